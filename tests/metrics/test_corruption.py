import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from synda_sk.metrics import corrupt, corruption_robustness


def images(dtype=np.uint8):
    return (load_digits().images[:40] * 15).astype(dtype)


@pytest.mark.parametrize("kind", ["noise", "missing", "levels"])
@pytest.mark.parametrize("convert", [lambda f: f, pl.from_pandas], ids=["pandas", "polars"])
def test_severity_zero_changes_no_cell_and_the_input_is_never_touched(mixed_frame, kind, convert):
    frame = convert(mixed_frame[0])
    before = frame.clone() if hasattr(frame, "clone") else frame.copy()
    assert corrupt(frame, kind, 0.0).equals(before)
    assert not corrupt(frame, kind, 0.5, random_state=0).equals(before)
    assert frame.equals(before)


@pytest.mark.parametrize("convert", [lambda f: f, pl.from_pandas], ids=["pandas", "polars"])
def test_the_wanted_share_of_all_cells_is_missing(mixed_frame, convert):
    frame = mixed_frame[0].drop(columns="age")
    worse = corrupt(convert(frame), "missing", 0.3, random_state=0)
    assert list(worse.columns) == list(frame.columns)
    missing = pd.DataFrame({name: pd.isna(worse[name].to_numpy()) for name in worse.columns})
    assert missing.to_numpy().mean() == pytest.approx(0.3, abs=0.03)
    assert (missing.mean() > 0.2).all()


def test_noise_is_in_units_of_each_column_and_keeps_whole_numbers(mixed_frame):
    frame = mixed_frame[0]
    worse = corrupt(frame, "noise", 0.5, random_state=0)
    assert (worse.dtypes == frame.dtypes).all()
    change = (worse["amount"] - frame["amount"]).std() / frame["amount"].std(ddof=0)
    assert change == pytest.approx(0.5, rel=0.1)
    assert worse["hour"].between(0, 23).all()
    assert (worse["age"].isna() == frame["age"].isna()).all()
    for name in ("new_account", "type", "region"):
        assert (worse[name] == frame[name]).all()


def test_levels_move_to_the_next_one_and_keep_their_dtype(mixed_frame):
    frame = mixed_frame[0]
    worse = corrupt(frame, "levels", 1.0)
    following = {"east": "north", "north": "south", "south": "east"}
    assert (worse["region"] == frame["region"].map(following)).all()
    assert (worse["new_account"] == ~frame["new_account"]).all()
    assert worse["type"].dtype == frame["type"].dtype
    assert worse[["amount", "hour"]].equals(frame[["amount", "hour"]])
    half = corrupt(frame, "levels", 0.5, random_state=0)
    assert (half["region"] != frame["region"]).mean() == pytest.approx(0.5, abs=0.1)


def test_a_frame_keeps_its_index(mixed_frame):
    frame = mixed_frame[0].iloc[::-1]
    for kind in ("noise", "missing", "levels"):
        assert corrupt(frame, kind, 0.2, random_state=0).index.equals(frame.index)


def test_tables_in_arrays_are_corrupted_too():
    mixed = np.array([["bill", 1], ["cash", 2], ["bill", 3]], dtype=object)
    assert corrupt(mixed, "levels", 1.0)[:, 0].tolist() == ["cash", "bill", "cash"]
    assert pd.isna(corrupt(mixed, "missing", 1.0)).all()
    whole = np.arange(12).reshape(6, 2)
    assert corrupt(whole, "noise", 0.3, random_state=0).dtype == whole.dtype
    assert np.isnan(corrupt(whole, "missing", 1.0)).all()


@given(st.integers(0, 5), st.floats(0, 1), st.floats(0, 1))
def test_what_is_missing_stays_missing_at_a_higher_severity(seed, a, b):
    X = np.ones((20, 3))
    low, high = (np.isnan(corrupt(X, "missing", s, random_state=seed)) for s in sorted([a, b]))
    assert not (low & ~high).any()


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("kind", ["noise", "blur", "contrast", "brightness"])
def test_pictures_keep_their_type_and_range(kind, dtype):
    X = images(dtype)
    worse = corrupt(X, kind, 0.4, random_state=0)
    assert worse.dtype == X.dtype
    assert worse.shape == X.shape
    assert worse.min() >= X.min()
    assert worse.max() <= 255
    np.testing.assert_array_equal(corrupt(X, kind, 0.0), X)
    colour = np.stack([X, X, X], axis=-1)
    assert corrupt(colour, kind, 0.4, random_state=0).shape == colour.shape


def test_blur_keeps_the_light_and_contrast_shrinks_it():
    X = images(np.float64)
    blurred, flat = corrupt(X, "blur", 1.0), corrupt(X, "contrast", 0.5)
    assert np.abs(np.diff(blurred, axis=2)).sum() < 0.6 * np.abs(np.diff(X, axis=2)).sum()
    np.testing.assert_allclose(flat.mean(axis=(1, 2)), X.mean(axis=(1, 2)))
    np.testing.assert_allclose(flat.std(axis=(1, 2)), X.std(axis=(1, 2)) / 2)
    np.testing.assert_allclose(corrupt(X, "contrast", 1.0).std(axis=(1, 2)), 0, atol=1e-9)
    pairs = corrupt(np.stack([X, X], axis=-1), "blur", 1.0)
    np.testing.assert_allclose(pairs[..., 0], blurred)


def test_robustness_falls_with_severity_and_works_on_tables_and_pictures(mixed_frame):
    digits = load_digits()
    flatten = FunctionTransformer(lambda X: X.reshape(len(X), -1))
    model = make_pipeline(flatten, LogisticRegression(max_iter=200)).fit(
        digits.images[:900], digits.target[:900]
    )
    X, y = digits.images[900:], digits.target[900:]
    mild, strong = (
        corruption_robustness(model, X, y, ["noise", "blur"], severities=[s], random_state=0)
        for s in (0.05, 0.6)
    )
    assert list(mild) == ["noise", "blur"]
    assert mild["noise"] > 0.97
    assert strong["noise"] < mild["noise"]
    assert strong["blur"] < mild["blur"]
    frame, labels = mixed_frame
    boosting = HistGradientBoostingClassifier(categorical_features="from_dtype", max_iter=20)
    columns = ["amount", "hour", "age", "type"]
    boosting.fit(frame[columns], labels)
    kept = corruption_robustness(
        boosting, frame[columns], labels, ["missing", "levels"], scoring="average_precision", random_state=0
    )
    assert 0 < kept["missing"] < 1
    assert kept["levels"] <= 1
