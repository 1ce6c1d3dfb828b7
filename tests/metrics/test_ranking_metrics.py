import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synda_sk.metrics import alert_count, precision_at_k, recall_at_alert_rate, recall_at_k

rankings = st.integers(1, 6).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 1), min_size=n, max_size=n),
        st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=n, max_size=n),
        st.integers(1, n),
    )
)


def hits_over_all_orders(y, score, k):
    """Mean hits of every order of the rows that is sorted by score."""
    orders = [
        order
        for order in itertools.permutations(range(len(y)))
        if all(score[a] >= score[b] for a, b in itertools.pairwise(order))
    ]
    return np.mean([sum(y[i] for i in order[:k]) for order in orders])


@given(rankings)
def test_precision_is_the_mean_over_the_orders_of_ties(case):
    y, score, k = case
    assert precision_at_k(y, score, k) == pytest.approx(hits_over_all_orders(y, score, k) / k)


@given(rankings)
def test_recall_is_the_mean_over_the_orders_of_ties(case):
    y, score, k = case
    if sum(y):
        assert recall_at_k(y, score, k) == pytest.approx(hits_over_all_orders(y, score, k) / sum(y))


@given(rankings, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(case, random):
    y, score, k = case
    rows = list(range(len(y)))
    random.shuffle(rows)
    shuffled = precision_at_k([y[i] for i in rows], [score[i] for i in rows], k)
    assert shuffled == pytest.approx(precision_at_k(y, score, k))


def test_recall_of_all_rows_is_one():
    assert recall_at_k([0, 1, 1], [0.1, 0.2, 0.3], 3) == 1.0


def test_other_labels_can_be_positive():
    assert recall_at_k(["no", "yes", "no"], [0.1, 0.9, 0.5], 1, pos_label="yes") == 1.0


def test_alert_rate_is_recall_at_its_count():
    rng = np.random.default_rng(0)
    y, score = rng.integers(0, 2, 200), rng.random(200)
    assert recall_at_alert_rate(y, score, 0.05) == recall_at_k(y, score, 10)


@pytest.mark.parametrize(("n", "rate", "expected"), [(100, 0.29, 29), (10, 0.001, 1), (7, 1.0, 7)])
def test_alert_count(n, rate, expected):
    assert alert_count(n, rate) == expected
