import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synda_sk.augmentation._strategy import equal_counts, over_sampling_counts, share_equally

labels = st.one_of(
    st.lists(st.integers(-2, 2), min_size=2, max_size=30),
    st.lists(st.sampled_from("abc"), min_size=2, max_size=30),
).map(np.array)
several = labels.filter(lambda y: len(np.unique(y)) > 1)
two = several.filter(lambda y: len(np.unique(y)) == 2)


def reference(strategy, y):
    utils = pytest.importorskip("imblearn.utils")
    return dict(utils.check_sampling_strategy(strategy, y, "over-sampling"))


@given(y=several, name=st.sampled_from(["auto", "minority", "not minority", "not majority", "all"]))
def test_names_mean_what_they_mean_to_imbalanced_learn(y, name):
    assert over_sampling_counts(name, y) == reference(name, y)


@given(y=two, share=st.floats(0.01, 1))
def test_floats_mean_what_they_mean_to_imbalanced_learn(y, share):
    try:
        expected = reference(share, y)
    except ValueError:
        with pytest.raises(ValueError, match=r"sampling_strategy == .* increase it"):
            over_sampling_counts(share, y)
    else:
        assert over_sampling_counts(share, y) == expected


@given(y=several, extra=st.integers(0, 9), data=st.data())
def test_sizes_mean_what_they_mean_to_imbalanced_learn(y, extra, data):
    classes, counts = np.unique(y, return_counts=True)
    named = data.draw(st.sets(st.sampled_from(range(len(classes))), min_size=1))
    sizes = {classes[k]: int(counts[k]) + extra for k in named}
    assert over_sampling_counts(sizes, y) == reference(sizes, y)
    assert over_sampling_counts(lambda _: sizes, y) == reference(lambda _: sizes, y)


@given(n_rows=st.integers(0, 500), n_classes=st.integers(1, 9))
def test_shares_are_equal_and_the_first_get_the_remainder(n_rows, n_classes):
    parts = share_equally(n_rows, n_classes)
    assert sum(parts) == n_rows
    assert parts == sorted(parts, reverse=True)
    assert max(parts) - min(parts) <= 1


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("auto", {"a": 3, "b": 2, "c": 2}),
        ("all", {"a": 3, "b": 2, "c": 2}),
        ("minority", {"c": 7}),
        ("not majority", {"b": 4, "c": 3}),
        ("not minority", {"a": 4, "b": 3}),
        ({"b": 99, "c": 99}, {"b": 4, "c": 3}),
    ],
)
def test_equal_counts_over_the_classes_named(strategy, expected):
    assert equal_counts(7, strategy, np.array(list("aaabbc"))) == expected
