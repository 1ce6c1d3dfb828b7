import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synda_sk.metrics import (
    operating_cost,
    precision_at_alert_budget,
    precision_at_k,
    recall_at_alert_budget,
    recall_at_k,
    value_at_alert_budget,
)

rows = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from([0.0, 0.25, 0.5, 1.0]),
        st.integers(0, 3),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=25,
)

TIMES = ["2024-01-01 03:00", "2024-01-01 22:00", "2024-01-02 00:00", "2024-01-02 09:00"]


def daily_hits(y, score, day, k):
    """Day by day, with the measure for one list of alerts."""
    return sum(
        precision_at_k(y[day == d], score[day == d], min(k, (day == d).sum())) * min(k, (day == d).sum())
        for d in np.unique(day)
    )


@given(rows, st.integers(1, 8))
def test_the_measures_are_those_of_one_list_day_by_day(table, k):
    y, score, day, _ = (np.array(column) for column in zip(*table, strict=True))
    hits = daily_hits(y, score, day, k)
    n_alerts = sum(min(k, count) for count in np.unique(day, return_counts=True)[1])
    assert precision_at_alert_budget(y, score, k, day=day) == pytest.approx(hits / n_alerts)
    if y.any():
        assert recall_at_alert_budget(y, score, k, day=day) == pytest.approx(hits / y.sum())


@given(rows, st.integers(1, 8), st.randoms(use_true_random=False))
def test_value_is_the_mean_over_shuffles_that_stay_sorted(table, k, random):
    y, score, day, amount = (np.array(column, dtype=float) for column in zip(*table, strict=True))
    if not (y * amount).sum():
        return
    found = value_at_alert_budget(y, score, amount, k, day=day)
    order = list(range(len(y)))
    random.shuffle(order)
    again = value_at_alert_budget(y[order], score[order], amount[order], k, day=day[order])
    assert again == pytest.approx(found)
    assert 0 <= found <= 1 + 1e-12
    assert value_at_alert_budget(y, score, amount, 25, day=day) == pytest.approx(1)
    distinct = score + np.arange(len(y)) * 1e-6
    best = np.lexsort((-distinct, day))
    seen = np.concatenate([best[day[best] == d][:k] for d in np.unique(day)])
    by_hand = (y * amount)[seen].sum() / (y * amount).sum()
    assert value_at_alert_budget(y, distinct, amount, k, day=day) == pytest.approx(by_hand)


def test_without_days_all_rows_are_one_list():
    y, score = [1, 0, 1, 0, 1], [0.9, 0.8, 0.3, 0.3, 0.1]
    assert recall_at_alert_budget(y, score, 3) == recall_at_k(y, score, 3)
    assert precision_at_alert_budget(y, score, 3) == precision_at_k(y, score, 3)


@pytest.mark.parametrize(
    "day",
    [
        ["mon", "mon", "tue", "tue"],
        pd.to_datetime(TIMES),
        pd.to_datetime(TIMES, utc=True),
        [datetime.date(2024, 1, 1)] * 2 + [datetime.date(2024, 1, 2)] * 2,
        [1.0, 1.0, 2.0, 2.0],
    ],
)
def test_days_may_be_text_dates_times_or_whole_numbers(day):
    assert recall_at_alert_budget([1, 1, 0, 0], [4, 3, 2, 1], 1, day=day) == 0.5


def test_a_cost_is_the_sum_of_labels_alerts_and_what_is_missed():
    y, score, amount = [1, 0, 1, 1], [0.9, 0.8, 0.7, 0.1], [100.0, 7.0, 40.0, 60.0]
    day = [0, 0, 1, 1]
    cost = operating_cost(
        y, score, amount, 1, day=day, n_labels=50, label_cost=0.2, alert_cost=3, recovered=0.5
    )
    assert cost == (10.0, 6.0, 60.0 + 0.5 * 140.0)
    assert cost.total == pytest.approx(146.0)


def test_more_alerts_lose_less_and_cost_more():
    rng = np.random.default_rng(0)
    y, score, amount = rng.random(200) < 0.1, rng.random(200), rng.lognormal(3, 1, 200)
    day = np.repeat(np.arange(10), 20)
    costs = [operating_cost(y, score, amount, k, day=day, alert_cost=1, pos_label=True) for k in range(1, 21)]
    assert np.all(np.diff([cost.losses for cost in costs]) <= 1e-9)
    assert [cost.alerts for cost in costs] == [10.0 * k for k in range(1, 21)]
    assert costs[-1].losses == pytest.approx(0)
