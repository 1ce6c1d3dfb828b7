import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import check_estimator

from synda_sk.augmentation import SyntheticAugmenter
from synda_sk.generators import CopulaGenerator, GaussianGenerator


class Recorder(BaseEstimator):
    """A foreign generator that repeats the mean row and remembers what it was fitted to."""

    def __init__(self, scale=1.0, random_state=None):
        self.scale = scale
        self.random_state = random_state

    def fit(self, X, y):
        self.X_, self.y_ = X, y
        return self

    def sample(self, n_samples, y):
        return np.tile(self.scale * self.X_.mean(axis=0), (n_samples, 1)), y


def table(n=40):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "amount": rng.lognormal(3, 2, n),
            "hour": rng.integers(0, 24, n).astype(np.int16),
            "type": pd.Categorical(rng.choice(["bill", "transfer"], n)),
            "new": rng.random(n) < 0.3,
            "note": np.array(rng.choice(["x", None], n), dtype=object),
        }
    )
    y = pd.Series(["genuine"] * (n - 4) + ["fraud"] * 3 + ["rare"], name="label", index=frame.index)
    return frame, y


def test_rows_given_come_first_and_unchanged():
    X, y = table()
    augmenter = SyntheticAugmenter(random_state=0)
    X_res, y_res = augmenter.fit_resample(X, y)
    pd.testing.assert_frame_equal(X_res.iloc[:40], X)
    pd.testing.assert_series_equal(y_res.iloc[:40], y)
    pd.testing.assert_series_equal(X_res.dtypes, X.dtypes)
    assert y_res.value_counts().to_dict() == {"genuine": 36, "fraud": 36, "rare": 36}
    assert augmenter.sampling_strategy_ == {"fraud": 33, "genuine": 0, "rare": 35}
    np.testing.assert_array_equal(augmenter.synthetic_mask_, np.arange(108) >= 40)


@settings(max_examples=40)
@given(
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    ratio=st.one_of(st.none(), st.floats(0.05, 4)),
    generator=st.sampled_from(["auto", "gaussian", "copula"]),
    seed=st.integers(0, 2**31 - 1),
)
def test_counts_are_exact_for_classes_of_any_size(sizes, ratio, generator, seed):
    X = table(20)[0].iloc[: sum(sizes)]
    y = np.repeat(np.arange(len(sizes)), sizes)
    augmenter = SyntheticAugmenter(generator, ratio=ratio, random_state=seed)
    X_res, y_res = augmenter.fit_resample(X, y)
    added = np.bincount(y_res, minlength=len(sizes)) - sizes
    if ratio is None:
        np.testing.assert_array_equal(added, max(sizes) - np.array(sizes))
    else:
        assert added.sum() == round(ratio * len(y))
        assert added.max() - added.min() <= 1
    assert augmenter.sampling_strategy_ == dict(enumerate(added))
    pd.testing.assert_series_equal(X_res.dtypes, X.dtypes)
    again = SyntheticAugmenter(generator, ratio=ratio, random_state=seed).fit_resample(X, y)[0]
    pd.testing.assert_frame_equal(X_res, again)


def test_ratio_with_a_strategy_that_names_classes():
    X, y = table()
    augmenter = SyntheticAugmenter(ratio=0.5, sampling_strategy="not majority", random_state=0).fit(X, y)
    assert augmenter.sampling_strategy_ == {"fraud": 10, "genuine": 0, "rare": 10}


def test_nothing_to_add_gives_the_table_back():
    X, y = np.arange(8.0).reshape(4, 2), np.array([0, 0, 1, 1])
    augmenter = SyntheticAugmenter()
    X_res, y_res = augmenter.fit_resample(X, y)
    np.testing.assert_array_equal(X_res, X)
    np.testing.assert_array_equal(y_res, y)
    assert augmenter.sampling_strategy_ == {0: 0, 1: 0}
    assert isinstance(augmenter.generator_, GaussianGenerator)


def test_polars_and_arrays_come_back():
    X, y = table()
    polars = pl.from_pandas(X.drop(columns="type")).with_columns(type=pl.Series(X["type"].astype(str)))
    X_res, y_res = SyntheticAugmenter(random_state=0).fit_resample(polars, pl.Series("label", y.tolist()))
    assert X_res.schema == polars.schema
    assert isinstance(y_res, pl.Series)
    assert y_res.name == "label"
    numbers = X[["amount", "hour"]].to_numpy(dtype=np.float32)
    X_res, y_res = SyntheticAugmenter(random_state=0).fit_resample(numbers, y.to_numpy())
    assert X_res.dtype == np.float32
    assert isinstance(y_res, np.ndarray)


def test_sample_is_balanced_and_takes_labels():
    X, y = table()
    augmenter = SyntheticAugmenter(random_state=0).fit(X, y)
    X_new, y_new = augmenter.sample(8)
    assert y_new.tolist() == ["fraud"] * 3 + ["genuine"] * 3 + ["rare"] * 2
    pd.testing.assert_series_equal(X_new.dtypes, X.dtypes)
    assert augmenter.sample(3, "rare")[1].tolist() == ["rare"] * 3
    assert augmenter.sample(2, ["rare", "fraud"])[1].tolist() == ["rare", "fraud"]
    assert len(augmenter.sample(0)[0]) == 0


def test_fit_draws_nothing_and_tells_what_would_be_added(monkeypatch):
    X, y = np.arange(20.0)[:, None], np.repeat([0, 1], [15, 5])
    calls = []
    monkeypatch.setattr(GaussianGenerator, "sample", lambda *args, **kwargs: calls.append(args))
    augmenter = SyntheticAugmenter(random_state=0).fit(X, y)
    assert augmenter.sampling_strategy_ == {0: 0, 1: 10}
    assert not calls
    monkeypatch.undo()
    assert augmenter.sample(4)[1].tolist() == [0, 0, 1, 1]
    assert SyntheticAugmenter(random_state=0).fit_resample(X, y)[1].sum() == 15


def test_seeds():
    X, y = table()
    fixed = SyntheticAugmenter(random_state=3).fit(X, y)
    pd.testing.assert_frame_equal(fixed.sample(9)[0], fixed.sample(9)[0])
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(fixed)).sample(9)[0], fixed.sample(9)[0])
    for state in (None, np.random.RandomState(3)):
        moving = SyntheticAugmenter(random_state=state).fit(X, y)
        assert not moving.sample(9)[0].equals(moving.sample(9)[0])
    own = SyntheticAugmenter(GaussianGenerator(random_state=8), random_state=3).fit(X, y)
    assert own.generator_.random_state == 8


def test_generators_by_name_by_instance_and_from_elsewhere():
    X, y = np.arange(10.0).reshape(5, 2), np.array([0, 0, 0, 1, 1])
    named = SyntheticAugmenter("gaussian", generator_params={"shrinkage": 0.5}).fit(X, y)
    assert named.generator_.shrinkage == 0.5
    given = CopulaGenerator()
    assert SyntheticAugmenter(given).fit(X, y).generator_ is not given
    assert not hasattr(given, "classes_")
    X_res, _ = SyntheticAugmenter(Recorder(scale=2)).fit_resample(X, y)
    np.testing.assert_array_equal(X_res[-1], [8, 10])


def test_no_transform():
    assert not hasattr(SyntheticAugmenter(), "transform")


def test_grid_search_over_an_imbalanced_learn_pipeline():
    pipeline_of = pytest.importorskip("imblearn.pipeline").make_pipeline
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(120, 3)), np.repeat([0, 1], [100, 20])
    X[y == 1] += 1.5
    pipeline = pipeline_of(SyntheticAugmenter(random_state=0), RandomForestClassifier(10, random_state=0))
    grid = {
        "syntheticaugmenter__generator": ["gaussian", "copula"],
        "syntheticaugmenter__ratio": [None, 0.5],
    }
    search = GridSearchCV(pipeline, grid, cv=3, scoring="average_precision", error_score="raise").fit(X, y)
    assert search.best_score_ > 0.5
    assert search.predict(X).shape == y.shape


def test_fit_sees_only_the_rows_it_is_given():
    pipeline_of = pytest.importorskip("imblearn.pipeline").make_pipeline
    X, y = np.arange(40.0).reshape(20, 2), np.repeat([0, 1], [15, 5])
    pipeline = pipeline_of(SyntheticAugmenter(Recorder()), RandomForestClassifier(3, random_state=0))
    train = np.arange(0, 20, 2)
    pipeline.fit(X[train], y[train])
    np.testing.assert_array_equal(pipeline[0].generator_.X_, X[train])


def test_scikit_learn_checks():
    results = check_estimator(SyntheticAugmenter(), on_fail=None, on_skip=None)
    assert [r["check_name"] for r in results if r["status"] == "failed"] == []
