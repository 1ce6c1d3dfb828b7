"""Tables of every container: codec, encoder, concatenation."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from synda_sk.utils import (
    Features,
    TableCodec,
    TableEncoder,
    concat_rows,
    evenly_spaced,
    scan_features,
)

N = 24


def column(kind, rng):
    values = {
        "float32": lambda: rng.normal(size=N).astype("float32"),
        "gaps": lambda: np.where(rng.random(N) < 0.3, np.nan, rng.normal(size=N)),
        "int16": lambda: rng.integers(-99, 99, N).astype("int16"),
        "Int64": lambda: pd.array(np.where(rng.random(N) < 0.3, None, rng.integers(0, 9, N)), dtype="Int64"),
        "bool": lambda: rng.random(N) < 0.5,
        "boolean": lambda: pd.array(
            np.where(rng.random(N) < 0.3, None, rng.random(N) < 0.5), dtype="boolean"
        ),
        "category": lambda: pd.Categorical(rng.choice(list("ab"), N), categories=list("cba"), ordered=True),
        "object": lambda: np.where(rng.random(N) < 0.2, None, rng.choice(["x", "y"], N)),
        "string": lambda: pd.array(rng.choice(["x", "y"], N), dtype="string"),
        "datetime": lambda: pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 10**6, N), unit="s"),
        "zoned": lambda: (
            pd.Timestamp("2025-01-01", tz="Africa/Nairobi")
            + pd.to_timedelta(rng.integers(0, 10**6, N), unit="s")
        ),
    }
    return values[kind]()


NUMBERS = ["float32", "gaps", "int16", "Int64", "datetime"]
KINDS = [*NUMBERS, "bool", "boolean", "category", "object", "string", "zoned"]


@settings(max_examples=60)
@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=5), st.integers(0, 10_000))
def test_a_pandas_frame_survives_the_codec(kinds, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({f"{kind} {k}": column(kind, rng) for k, kind in enumerate(kinds)})
    codec = TableCodec().fit(frame)
    pd.testing.assert_frame_equal(codec.decode(*codec.encode(frame)), frame)


@settings(max_examples=30)
@given(st.lists(st.sampled_from(KINDS[:-1]), min_size=1, max_size=5), st.integers(0, 10_000))
def test_a_polars_frame_survives_the_codec(kinds, seed):
    rng = np.random.default_rng(seed)
    frame = pl.from_pandas(pd.DataFrame({f"{kind} {k}": column(kind, rng) for k, kind in enumerate(kinds)}))
    codec = TableCodec().fit(frame)
    back = codec.decode(*codec.encode(frame))
    assert back.schema == frame.schema
    assert back.equals(frame)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int8", "int64", "bool", object])
def test_an_array_survives_the_codec(dtype):
    X = np.random.default_rng(0).integers(0, 2, (10, 3)).astype(dtype)
    codec = TableCodec().fit(X)
    back = codec.decode(*codec.encode(X))
    assert back.dtype == X.dtype
    assert_array_equal(back, X)


def test_levels_not_seen_in_fit_are_marked():
    codec = TableCodec().fit(pd.DataFrame({"type": ["bill", "bill", None]}))
    assert codec.encode(pd.DataFrame({"type": ["bill", "airtime", None]}))[1].ravel().tolist() == [0, -2, -1]


def test_the_encoder_gives_finite_standardised_features(mixed_frame):
    X, _ = mixed_frame
    encoder = TableEncoder().fit(X)
    F = encoder.transform(X)
    assert np.isfinite(F).all()
    assert_allclose(F[:, :2].mean(axis=0), 0, atol=1e-9)
    unseen = X.assign(region="moon", age=np.nan)
    assert np.isfinite(encoder.transform(unseen)).all()
    assert_allclose(TableEncoder().fit_transform(pl.from_pandas(X)), F)


def test_heavy_tails_are_compressed():
    amounts = np.random.default_rng(0).lognormal(0, 3, size=(500, 1))
    assert np.abs(TableEncoder().fit_transform(amounts)).max() < 8
    assert np.abs(TableEncoder(skew_threshold=np.inf).fit_transform(amounts)).max() > 15


def test_constant_and_empty_columns_do_no_harm():
    frame = pd.DataFrame({"constant": [3.0] * 8, "missing": [np.nan] * 8, "word": ["same"] * 8})
    assert np.isfinite(TableEncoder().fit_transform(frame)).all()


def test_rare_levels_share_a_column():
    frame = pd.DataFrame({"shop": [f"shop {k}" for k in range(300)] + ["big"] * 300})
    assert TableEncoder().fit_transform(frame).shape[1] == 2
    many = pd.DataFrame({"shop": np.repeat([f"shop {k}" for k in range(60)], 10)})
    assert TableEncoder(max_categories=30).fit_transform(many).shape[1] == 30


def test_stacking_numbers_the_index_anew():
    frame = pd.DataFrame({"a": [1, 2]}, index=[7, 7])
    stacked = concat_rows(frame, frame)
    assert stacked.index.tolist() == [0, 1, 2, 3]
    assert stacked["a"].tolist() == [1, 2, 1, 2]


def test_features_are_what_was_asked_for():
    X = np.arange(12.0).reshape(6, 2)
    assert_array_equal(Features(lambda Z: Z[:, :1], X)(X), X[:, :1])
    assert Features("auto", X)(X).shape == (6, 2)


@pytest.mark.parametrize("frame", [False, True])
def test_lazy_features_are_the_rows_of_the_features(frame):
    X = np.random.default_rng(0).normal(size=(50, 3))
    X = pd.DataFrame(X, columns=list("abc")) if frame else X
    features = Features("auto", X)
    lazy = features.lazy(X)
    rows = np.array([0, 7, 8, 49])
    assert len(lazy) == 50
    assert_array_equal(lazy[rows], features(X)[rows])
    assert_array_equal(np.concatenate(list(scan_features(lazy, np.copy))), features(X))


def test_large_tables_are_encoded_from_evenly_spaced_rows():
    X = np.random.default_rng(0).normal(size=(250_000, 1))
    sample = X[evenly_spaced(250_000, 32_768)]
    assert sample[0] == X[0]
    assert sample[-1] == X[-1]
    assert_array_equal(Features("auto", X)(X[:9]), TableEncoder().fit(sample).transform(X[:9]))
    assert_array_equal(evenly_spaced(5, 9), np.arange(5))
