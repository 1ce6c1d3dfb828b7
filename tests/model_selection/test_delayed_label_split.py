import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate

from synda_sk.datasets import make_mobile_money
from synda_sk.metrics import value_at_alert_budget
from synda_sk.model_selection import DelayedLabelSplit, PartiallyLabeledSplit, make_alert_budget_scorer

DAY = datetime.timedelta(days=1)


@given(
    st.lists(st.integers(0, 60), min_size=30, max_size=80),
    st.integers(1, 4),
    st.integers(0, 10),
    st.one_of(st.none(), st.integers(5, 9)),
    st.one_of(st.none(), st.integers(20, 40)),
)
def test_no_row_is_trained_on_whose_label_comes_after_the_window_starts(days, n, delay, size, train_size):
    day = np.array([0, 60, *days])
    cv = DelayedLabelSplit(n, time=day, delay=delay, test_size=size, train_size=train_size)
    try:
        windows = list(cv.split(np.zeros((len(day), 1))))
    except ValueError as error:
        assert "has no row to" in str(error)  # noqa: PT017
        return
    assert len(windows) == cv.get_n_splits() == n
    length = (60 - delay) / (n + 1) if size is None else size
    for k, (train, test) in enumerate(windows):
        start = 60 - (n - k) * length
        assert day[train].max() <= start - delay + 1e-9
        if train_size is not None:
            assert day[train].min() > start - delay - train_size - 1e-9
        else:
            assert_array_equal(train, np.flatnonzero(day <= start - delay + 1e-9))
        assert (day[test] > start - 1e-9).all()
    tested = np.concatenate([test for _, test in windows])
    assert len(tested) == len(set(tested.tolist()))
    assert_array_equal(np.sort(tested), np.flatnonzero(day > 60 - n * length + 1e-9))


def test_datetimes_split_as_the_days_they_are():
    day = np.random.default_rng(0).permutation(40)
    times = pd.Timestamp("2024-02-20") + pd.to_timedelta(day, unit="D")
    wanted = list(DelayedLabelSplit(3, time=day, delay=4, test_size=6).split(np.zeros((40, 1))))
    kinds = [
        times,
        times.tz_localize("Africa/Nairobi"),
        [time.to_pydatetime() for time in times],
        [str(time.date()) for time in times],
        pl.Series(times.to_pydatetime()),
    ]
    for kind in kinds:
        cv = DelayedLabelSplit(3, time=kind, delay=4 * DAY, test_size=np.timedelta64(6, "D"))
        for found, expected in zip(cv.split(np.zeros((40, 1))), wanted, strict=True):
            assert_array_equal(found[0], expected[0])
            assert_array_equal(found[1], expected[1])


def test_a_column_serves_frames_and_nested_splits():
    frame = pd.DataFrame({"time": pd.date_range("2024-01-01", periods=60), "x": np.arange(60) % 7})
    y = np.arange(60) % 2
    cv = DelayedLabelSplit(2, time="time", delay=3 * DAY, test_size=10 * DAY)
    search = GridSearchCV(DummyClassifier(), {"strategy": ["prior", "uniform"]}, cv=cv)
    assert len(cross_val_score(search, frame, y, cv=cv)) == 2
    for found, expected in zip(cv.split(pl.from_pandas(frame)), cv.split(frame), strict=True):
        assert_array_equal(found[0], expected[0])
    partly = np.where(np.arange(60) % 3 == 0, np.nan, y)
    for train, test in PartiallyLabeledSplit(cv).split(frame, partly):
        assert not np.isnan(partly[test]).any()
        assert np.isnan(partly[train]).sum() == 20


def test_customers_of_the_test_window_are_not_trained_on():
    X, _ = make_mobile_money(1500, fraud_rate=0.02, return_ids=True, random_state=0)
    cv = DelayedLabelSplit(3, time="time", delay=7 * DAY, test_size=2 * DAY, disjoint_groups=True)
    origin = X["origin"].to_numpy()
    plain = DelayedLabelSplit(3, time="time", delay=7 * DAY, test_size=2 * DAY)
    for (train, test), (all_train, same) in zip(
        cv.split(X, groups=origin), plain.split(X, groups=origin), strict=True
    ):
        assert_array_equal(test, same)
        assert not set(origin[train]) & set(origin[test])
        left_out = np.setdiff1d(all_train, train)
        assert len(left_out)
        assert set(origin[left_out]) <= set(origin[test])


def test_times_and_groups_come_by_metadata_routing():
    rng = np.random.default_rng(0)
    X, day = rng.normal(size=(200, 2)), rng.integers(0, 50, 200)
    y = (X[:, 0] > 0.5).astype(int)
    customer = rng.integers(0, 60, 200)
    cv = DelayedLabelSplit(2, delay=5, test_size=10, disjoint_groups=True)
    with sklearn.config_context(enable_metadata_routing=True):
        given = cross_validate(
            LogisticRegression(), X, y, cv=cv, params={"time": day, "groups": customer}, return_indices=True
        )
        GridSearchCV(LogisticRegression(), {"C": [1.0]}, cv=cv).fit(X, y, time=day, groups=customer)
    expected = DelayedLabelSplit(2, time=day, delay=5, test_size=10, disjoint_groups=True)
    for train, (wanted, _) in zip(given["indices"]["train"], expected.split(X, y, customer), strict=True):
        assert_array_equal(train, wanted)


@pytest.mark.parametrize("measure", ["recall", "precision", "value"])
def test_alert_scorers_get_the_days_and_amounts_of_the_test_rows(measure):
    rng = np.random.default_rng(0)
    X, day = rng.normal(size=(300, 2)), np.repeat(np.arange(30), 10)
    y, amount = (X[:, 0] > 1).astype(int), rng.lognormal(size=300)
    cv = DelayedLabelSplit(2, time=day, delay=2, test_size=7)
    needed = {"day": day, "amount": amount} if measure == "value" else {"day": day}
    with sklearn.config_context(enable_metadata_routing=True):
        scorer = make_alert_budget_scorer(1, measure=measure).set_score_request(**dict.fromkeys(needed, True))
        found = cross_validate(
            LogisticRegression(), X, y, cv=cv, scoring=scorer, params=needed, return_estimator=True
        )
        assert np.isfinite(found["test_score"]).all()
        search = GridSearchCV(
            LogisticRegression(), {"C": [0.01, 1.0]}, cv=cv, scoring={"alerts": scorer}, refit="alerts"
        )
        search.fit(X, y, **needed)
    if measure == "value":
        for k, (_, test) in enumerate(cv.split(X)):
            score = found["estimator"][k].decision_function(X[test])
            by_hand = value_at_alert_budget(y[test], score, amount[test], 1, day=day[test])
            assert found["test_score"][k] == pytest.approx(by_hand)
