"""Missing labels, seeds and sample weights."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from synda_sk.utils import SeedStreams, fit_weighted, set_seed, split_missing, weight_route

PARTLY = [
    [1, None, 0],
    np.array([1.0, np.nan, 0.0]),
    np.array([1, None, 0], dtype=object),
    pd.Series([1, None, 0]),
    pd.Series([1, None, 0], dtype="Int64"),
    pd.Series([1, pd.NA, 0], dtype=object),
    pl.Series([1, None, 0]),
]


@pytest.mark.parametrize("y", PARTLY, ids=lambda y: f"{type(y).__module__}.{getattr(y, 'dtype', 'list')}")
def test_every_container_of_numbers_splits_alike(y):
    known, is_missing = split_missing(y)
    assert known.tolist() == [1, 0]
    assert known.dtype.kind in "if"
    assert is_missing.tolist() == [False, True, False]


@pytest.mark.parametrize(
    "y",
    [
        ["fraud", None, "ok"],
        pd.Series(["fraud", None, "ok"]),
        pd.Series(["fraud", None, "ok"], dtype="string"),
        pd.Series(["fraud", None, "ok"], dtype="category"),
        pl.Series(["fraud", None, "ok"]),
    ],
)
def test_every_container_of_words_splits_alike(y):
    known, is_missing = split_missing(y)
    assert known.tolist() == ["fraud", "ok"]
    assert known.dtype.kind == "U"
    assert is_missing.tolist() == [False, True, False]


def test_a_marker_of_ones_own():
    known, is_missing = split_missing(np.array([1, -1, 0]), missing_label=-1)
    assert (known.tolist(), is_missing.tolist()) == ([1, 0], [False, True, False])
    assert not split_missing(np.array([1, -1, 1]))[1].any()
    assert split_missing(["yes", "?", "no"], missing_label="?")[0].tolist() == ["yes", "no"]


@given(st.integers(0, 2**31 - 1), st.text(max_size=8), st.integers(0, 100))
def test_streams_are_repeatable_and_apart(entropy, name, step):
    streams = SeedStreams(entropy)
    assert streams.seed(name, step) == SeedStreams(entropy).seed(name, step)
    assert 0 <= streams.seed(name, step) < 2**31
    others = {
        streams.seed(name + "!", step),
        streams.seed(name, step + 1),
        SeedStreams(entropy + 1).seed(name, step),
    }
    assert streams.seed(name, step) not in others


def test_seeds_fill_only_what_is_free():
    pipe = make_pipeline(StandardScaler(), RandomForestClassifier(random_state=3))
    set_seed(pipe, 0)
    assert pipe[-1].random_state == 3
    forest = RandomForestClassifier()
    set_seed(forest, 0)
    assert isinstance(forest.random_state, int)


def test_none_draws_fresh_entropy():
    assert SeedStreams(None).entropy != SeedStreams(None).entropy


@pytest.mark.parametrize(
    ("estimator", "route"),
    [
        (LogisticRegression(), ("sample_weight", "sample_weight")),
        (
            make_pipeline(StandardScaler(), LogisticRegression()),
            ("step", "logisticregression__sample_weight"),
        ),
        (
            make_pipeline(StandardScaler(), make_pipeline(StandardScaler(), LogisticRegression())),
            ("step", "pipeline__logisticregression__sample_weight"),
        ),
        (KNeighborsClassifier(), ("resample", None)),
        (make_pipeline(StandardScaler(), KNeighborsClassifier()), ("resample", None)),
    ],
)
def test_weights_find_their_way(estimator, route):
    assert weight_route(estimator) == route
    assert weight_route(estimator, "resample") == ("resample", None)


def test_weights_have_their_effect_by_every_way():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4000, 2))
    y = (X[:, 0] + rng.normal(size=4000) > 0).astype(int)
    weight = np.where(y == 1, 3.0, 1.0)
    direct = LogisticRegression().fit(X, y, sample_weight=weight)
    stepped = make_pipeline(LogisticRegression())
    assert fit_weighted(stepped, X, y, weight) == "step"
    assert_allclose(stepped[-1].coef_, direct.coef_)
    drawn = [LogisticRegression() for _ in range(10)]
    for seed, model in enumerate(drawn):
        assert fit_weighted(model, X, y, weight, weighting="resample", random_state=seed) == "resample"
    assert_allclose(np.mean([m.coef_ for m in drawn], axis=0), direct.coef_, rtol=0.1, atol=0.05)
    assert_allclose(np.mean([m.intercept_ for m in drawn]), direct.intercept_[0], atol=0.1)


def test_the_bootstrap_keeps_a_row_of_each_class():
    X = np.arange(200.0).reshape(-1, 1)
    y = np.r_[np.zeros(199, int), 1]
    model = KNeighborsClassifier(1)
    for seed in range(20):
        fit_weighted(model, X, y, np.r_[np.ones(199), 1e-3], random_state=seed)
        assert_array_equal(model.classes_, [0, 1])
