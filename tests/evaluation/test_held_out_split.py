import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synda_sk.evaluation import SplitError, held_out_split


@given(
    st.lists(st.integers(0, 8), min_size=20, max_size=80).filter(lambda t: len(set(t)) > 1),
    st.floats(0.1, 0.9),
)
def test_every_test_row_is_later_than_every_training_row(time, test_size):
    y = np.zeros(len(time), dtype=int)
    train, test = held_out_split(y, time=time, test_size=test_size, seed=0)
    time = np.array(time)
    assert time[train].max() < time[test].min()
    assert sorted([*train, *test]) == list(range(len(time)))
    cuts = [np.mean(time > value) for value in np.unique(time)[:-1]]
    assert abs(len(test) / len(time) - test_size) == pytest.approx(min(abs(c - test_size) for c in cuts))


def test_the_time_split_ignores_the_seed():
    y, time = np.tile([0, 1], 20), np.arange(40)[::-1]
    splits = [held_out_split(y, time=time, test_size=0.3, seed=seed)[1].tolist() for seed in (0, 1)]
    assert splits[0] == splits[1] == list(range(12))


def test_the_stratified_split_keeps_shares_and_follows_the_seed():
    y = np.repeat([0, 1], [90, 10])
    tests = [held_out_split(y, time=None, test_size=0.3, seed=seed)[1] for seed in (0, 0, 1)]
    assert [y[test].sum() for test in tests] == [3, 3, 3]
    assert tests[0].tolist() == tests[1].tolist() != tests[2].tolist()


@pytest.mark.parametrize(
    ("y", "time", "message"),
    [
        ([0] * 9 + [1], None, "class 1 has 1 row"),
        ([1, 1] + [0] * 18, list(range(20)), "test part .* no row of class 1"),
        ([0] * 18 + [1, 1], list(range(20)), "training part .* no row of class 1"),
        ([0, 1] * 5, [3] * 10, "same in every row"),
        ([0, 1, 0, 1], None, "too few|no row"),
    ],
)
def test_rows_that_cannot_be_split_are_refused(y, time, message):
    with pytest.raises(SplitError, match=message):
        held_out_split(np.array(y), time=time, test_size=0.3 if len(y) > 4 else 0.1, seed=0)
