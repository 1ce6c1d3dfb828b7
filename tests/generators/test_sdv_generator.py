import logging
import pickle
import random
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import check_estimator

from synda_sk.generators import SDVGenerator
from synda_sk.generators._sdv import _batch_size

pytest.importorskip("sdv")
torch = pytest.importorskip("torch")

NETWORKS = ["ctgan", "tvae", "copula_gan"]
each_synthesizer = pytest.mark.parametrize("name", ["gaussian_copula", *NETWORKS])
SMALL = {
    "gaussian_copula": {},
    "ctgan": {"epochs": 1, "generator_dim": (8,), "discriminator_dim": (8,)},
    "copula_gan": {"epochs": 1, "generator_dim": (8,), "discriminator_dim": (8,)},
    "tvae": {"epochs": 2, "compress_dims": (8,), "decompress_dims": (8,)},
}


def build(name="gaussian_copula", random_state=0, **params):
    return SDVGenerator(name, synthesizer_params=SMALL[name] | params, random_state=random_state)


def table():
    rng = np.random.default_rng(0)
    n = 46
    frame = pd.DataFrame(
        {
            "amount": rng.lognormal(3, 1, n).astype(np.float32),
            "hour": rng.integers(0, 24, n),
            "visits": pd.array(rng.integers(0, 9, n), dtype="Int64"),
            "type": pd.Categorical(
                rng.choice(["bill", "transfer"], n), categories=["transfer", "bill", "never"]
            ),
            "region": np.array(rng.choice(["north", "south", None], n), dtype=object),
            "new": rng.random(n) < 0.3,
            "empty": np.nan,
        }
    )
    frame.loc[::5, "visits"] = pd.NA
    return frame, np.array(["genuine"] * 38 + ["fraud"] * 5 + ["two"] * 2 + ["one"])


@settings(max_examples=4)
@given(seed=st.integers(0, 10**6), sizes=st.lists(st.integers(1, 20), min_size=1, max_size=3))
def test_tables_come_out_as_they_went_in(seed, sizes):
    rng = np.random.default_rng(seed)
    n = sum(sizes)
    X = pd.DataFrame(
        {
            "amount": np.where(rng.random(n) < 0.3, np.nan, rng.lognormal(3, 2, n)).astype(np.float32),
            "count": rng.integers(-100, 100, n).astype(np.int8),
            "id": pd.Categorical([f"u{k}" for k in rng.permutation(n)]),
            "kind": np.array(rng.choice(["bill", None], n), dtype=object),
            "empty": np.nan,
            "constant": 7,
        }
    )
    y = np.repeat(np.arange(len(sizes)), sizes)
    wanted = np.repeat(np.arange(len(sizes)), 4)
    X_new, labels = build(random_state=seed).fit(X, y).sample(len(wanted), wanted)
    assert labels.tolist() == wanted.tolist()
    pd.testing.assert_series_equal(X_new.dtypes, X.dtypes)
    for label in np.unique(y):
        own, drawn = X[y == label], X_new[labels == label]
        assert set(drawn["id"]) <= set(own["id"])
        assert set(drawn["kind"].dropna()) <= set(own["kind"].dropna())
    for name in ("amount", "count"):
        known = X_new[name].dropna()
        assert ((known >= X[name].min()) & (known <= X[name].max())).all()
    assert X_new["empty"].isna().all()
    assert (X_new["constant"] == 7).all()


LABELS = np.repeat(["one", "genuine", "two", "fraud"], 12)


@each_synthesizer
def test_every_class_is_exact_typed_seeded_and_silent(name, capfd, caplog):
    X, y = table()
    state = np.random.get_state()[1].copy(), torch.get_rng_state(), random.getstate()  # noqa: NPY002
    with warnings.catch_warnings(), caplog.at_level(logging.INFO):
        warnings.simplefilter("error")
        generator = build(name).fit(X, y)
        X_new, y_new = generator.sample(len(LABELS), LABELS)
    np.testing.assert_array_equal(np.random.get_state()[1], state[0])  # noqa: NPY002
    assert torch.equal(torch.get_rng_state(), state[1])
    assert random.getstate() == state[2]
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []

    np.testing.assert_array_equal(y_new, LABELS)
    pd.testing.assert_series_equal(X_new.dtypes, X.dtypes)
    assert list(X_new["type"].cat.categories) == ["transfer", "bill", "never"]
    assert X_new["empty"].isna().all()
    for label in np.unique(y):
        real, drawn = X[y == label], X_new[y_new == label]
        for column in ("amount", "hour", "visits"):
            assert drawn[column].dropna().between(real[column].min(), real[column].max()).all()
        for column in ("type", "region", "new"):
            assert set(drawn[column].dropna()) <= set(real[column].dropna())
    assert (X_new[LABELS == "one"].drop(columns="empty").nunique() <= 1).all()

    pd.testing.assert_frame_equal(X_new, generator.sample(len(LABELS), LABELS)[0])
    again = pickle.loads(pickle.dumps(generator))
    pd.testing.assert_frame_equal(X_new, again.sample(len(LABELS), LABELS)[0])
    other = again.set_params(random_state=1).sample(len(LABELS), LABELS)[0]
    assert not X_new["amount"].equals(other["amount"])
    assert not X_new["visits"].isna().equals(other["visits"].isna())


@pytest.mark.parametrize("name", ["ctgan", "tvae"])
def test_fit_depends_on_the_seed_alone(name):
    X, y = table()
    X, y = X[["amount", "type"]].iloc[:40], y[:40]
    fits = []
    for fit_seed, noise in ((0, 1), (0, 2), (5, 3)):
        np.random.seed(noise)  # noqa: NPY002
        torch.manual_seed(noise)
        generator = build(name, random_state=fit_seed).fit(X, y)
        fits.append(generator.set_params(random_state=9).sample(20)[0])
    pd.testing.assert_frame_equal(fits[0], fits[1])
    assert not fits[0].equals(fits[2])


def test_threads_give_the_serial_rows():
    X, y = table()
    X = X[["amount", "region"]]

    def rows(seed):
        return build("tvae", random_state=seed).fit(X, y).sample(len(LABELS), LABELS)[0]

    serial = [rows(seed) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for alone, threaded in zip(serial, pool.map(rows, range(4)), strict=True):
            pd.testing.assert_frame_equal(alone, threaded)


def test_random_state_moves_on():
    X, y = table()
    generator = build(random_state=np.random.RandomState(0)).fit(X[["amount"]], y)
    assert not generator.sample(9, "genuine")[0].equals(generator.sample(9, "genuine")[0])


def test_rare_class_of_an_unbalanced_array():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(500, 3)), np.repeat([0, 1], [488, 12])
    X[y == 1] += 5
    drawn, labels = build().fit(X, y).sample(300, np.repeat([1, 0], 150))
    assert drawn.dtype == X.dtype
    assert drawn[labels == 1].mean() == pytest.approx(5, abs=0.5)
    assert drawn[labels == 0].mean() == pytest.approx(0, abs=0.5)


def test_polars_frame_comes_back():
    X = pl.DataFrame({"x": [1, 2, None, 9, 8, 7], "k": ["a", None, "b", "b", "b", "a"]})
    drawn, _ = build().fit(X, [0, 0, 0, 1, 1, 1]).sample(20)
    assert drawn.schema == X.schema


@pytest.mark.parametrize(
    ("n_rows", "pac", "expected"), [(1, 10, 40), (500, 10, 50), (10**6, 10, 500), (90, 1, 32)]
)
def test_batch_size_follows_the_rows(n_rows, pac, expected):
    assert _batch_size(n_rows, pac) == expected


@pytest.mark.parametrize("pac", range(1, 60))
def test_batch_size_suits_the_network(pac):
    batch_size = _batch_size(300, pac)
    assert batch_size > 0
    assert batch_size % 2 == 0
    assert batch_size % pac == 0


def test_parameters_reach_the_synthesizer():
    X, y = table()
    X, y = X[["amount", "type"]].iloc[:40], np.repeat(0, 40)
    given = build("ctgan", batch_size=20, pac=5, embedding_dim=7).fit(X, y).synthesizers_[0].get_parameters()
    assert (given["batch_size"], given["pac"], given["embedding_dim"]) == (20, 5, 7)
    assert given["enable_gpu"] is False
    shapes = build(numerical_distributions={"amount": "gamma"}).fit(X, y).synthesizers_[0].get_parameters()
    assert shapes["numerical_distributions"] == {"c0": "gamma"}


def test_unknown_names_are_explained():
    X, y = table()
    with pytest.raises(
        ValueError, match="synthesizer == 'ctgn' is unknown, did you mean 'ctgan'\\? Valid: 'gauss"
    ):
        SDVGenerator("ctgn").fit(X, y)
    with pytest.raises(ValueError, match=r"synthesizer_params of 'tvae' == 'epoch' .* did you mean 'epochs'"):
        build("tvae", epoch=3).fit(X, y)
    with pytest.raises(ValueError, match=r"numerical_distributions == 'amout' .* did you mean 'amount'"):
        build(numerical_distributions={"amout": "gamma"}).fit(X, y)


def test_clone_is_unfitted():
    X, y = table()
    generator = build().fit(X[["amount"]], y)
    with pytest.raises(NotFittedError):
        clone(generator).sample(1)


def test_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sdv", None)
    with pytest.raises(
        ImportError, match=r"SDVGenerator needs the package 'sdv': pip install 'synda-sk\[sdv\]'"
    ):
        build().fit(*table())


def test_scikit_learn_checks():
    results = check_estimator(SDVGenerator(), on_fail=None, on_skip=None)
    assert [r["check_name"] for r in results if r["status"] == "failed"] == []
