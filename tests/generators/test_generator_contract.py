"""What every class-conditional generator promises, whatever its model."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import check_estimator

from synda_sk.generators import (
    CopulaGenerator,
    GaussianGenerator,
    KDEGenerator,
    OverSamplerGenerator,
    TableGAN,
    TableVAE,
)
from synda_sk.generators.estimator_checks import check_generator, generator_checks

pytest.importorskip("torch")


def table_vae(**params):
    return TableVAE(max_steps=2, **params)


def table_gan(**params):
    return TableGAN(max_steps=2, **params)


GENERATORS = [GaussianGenerator, CopulaGenerator, KDEGenerator, table_vae, table_gan]
CHECKED = [
    GaussianGenerator(),
    CopulaGenerator(),
    KDEGenerator(),
    OverSamplerGenerator(),
    TableVAE(max_steps=60),
    TableGAN(max_steps=60),
]
each_generator = pytest.mark.parametrize("make", GENERATORS)
each_light = pytest.mark.parametrize("make", [GaussianGenerator, CopulaGenerator, KDEGenerator])

finite = st.floats(allow_nan=True, allow_infinity=False)
levels = st.sampled_from(["bill", "transfer", "airtime", None])
whole = st.integers(-(2**53), 2**53)


@st.composite
def labelled_tables(draw, min_rows=1, max_rows=14):
    n = draw(st.integers(min_rows, max_rows))

    def column(values):
        return draw(st.lists(values, min_size=n, max_size=n))

    frame = pd.DataFrame(
        {
            "amount": np.array(column(finite), dtype=float),
            "ratio": np.array(column(st.floats(-1, 1, width=32)), dtype=np.float32),
            "count": np.array(column(whole)),
            "small": np.array(column(st.integers(-128, 127)), dtype=np.int8),
            "visits": pd.array(column(st.one_of(st.none(), st.integers(0, 9))), dtype="Int64"),
            "type": np.array(column(levels), dtype=object),
            "region": pd.Categorical(
                column(st.sampled_from(["north", "south"])), categories=["south", "north"]
            ),
            "known": np.array(column(st.booleans())),
            "empty": np.nan,
            "constant": 7,
        }
    )
    return frame, np.array(column(st.integers(0, 2)))


def mixed_table(n=60, seed=0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "amount": rng.lognormal(3, 2, n),
            "hour": rng.integers(0, 24, n),
            "age": np.where(rng.random(n) < 0.2, np.nan, rng.integers(18, 80, n)),
            "type": pd.Categorical(rng.choice(["bill", "transfer"], n)),
            "new": rng.random(n) < 0.3,
            "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 10**6, n), unit="s"),
        }
    )
    return frame, np.array(["genuine"] * (n - 6) + ["fraud"] * 5 + ["rare"])


@each_generator
@settings(max_examples=60)
@given(table=labelled_tables(), n=st.integers(0, 9), data=st.data())
def test_rows_look_like_the_table(make, table, n, data):
    X, y = table
    wanted = np.array(
        data.draw(st.lists(st.sampled_from(np.unique(y).tolist()), min_size=n, max_size=n)), dtype=int
    )
    X_new, y_new = make(random_state=0).fit(X, y).sample(n, wanted)
    assert y_new.tolist() == wanted.tolist()
    assert X_new.shape == (n, X.shape[1])
    pd.testing.assert_series_equal(X_new.dtypes, X.dtypes)
    for name in ("type", "region", "known"):
        assert set(X_new[name].dropna()) <= set(X[name].dropna())
    for name in ("amount", "ratio", "count", "small", "visits"):
        known = X_new[name].dropna()
        assert ((known >= X[name].min()) & (known <= X[name].max())).all()
    assert not (X_new.isna().any() & ~X.isna().any()).any()
    assert X_new["empty"].isna().all()
    assert (X_new["constant"] == 7).all()


@each_generator
@settings(max_examples=30)
@given(sizes=st.lists(st.integers(1, 5), min_size=1, max_size=4), seed=st.integers(0, 2**31 - 1))
def test_classes_of_any_size_and_equal_seeds_give_equal_rows(make, sizes, seed):
    X, _ = mixed_table(sum(sizes) if sum(sizes) > 7 else 8)
    y = np.repeat(np.arange(len(sizes)), sizes)
    X = X.iloc[: len(y)]
    wanted = np.repeat(np.arange(len(sizes)), 3)
    generator = make(random_state=seed).fit(X, y)
    X_new, _ = generator.sample(len(wanted), wanted)
    pd.testing.assert_frame_equal(X_new, generator.sample(len(wanted), wanted)[0])
    pd.testing.assert_frame_equal(X_new, make(random_state=seed).fit(X, y).sample(len(wanted), wanted)[0])
    pd.testing.assert_series_equal(X_new.dtypes, X.dtypes)


@each_generator
def test_polars_frame_comes_back(make):
    X = pl.DataFrame(
        {
            "amount": [1.5, 2.5, None, 900.0, 850.0, 870.0],
            "hour": [1, 2, None, 4, 5, 6],
            "type": ["bill", None, "bill", "transfer", "transfer", "bill"],
            "new": [True, False, None, True, True, False],
        },
        schema={"amount": pl.Float32, "hour": pl.Int16, "type": pl.Categorical, "new": pl.Boolean},
    )
    X_new, _ = make(random_state=0).fit(X, [0, 0, 0, 1, 1, 1]).sample(40)
    assert isinstance(X_new, pl.DataFrame)
    assert X_new.schema == X.schema
    assert set(X_new["type"].drop_nulls()) <= {"bill", "transfer"}


@each_generator
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.uint8, object])
def test_array_comes_back(make, dtype):
    X = np.array([[1, 20], [2, 10], [3, 15], [9, 99], [8, 98]], dtype=dtype)
    if dtype is object:
        X[:, 1] = ["a", "b", None, "b", "b"]
    X_new, _ = make(random_state=0).fit(X, [0, 0, 0, 1, 1]).sample(30)
    assert isinstance(X_new, np.ndarray)
    assert X_new.dtype == X.dtype
    if dtype is object:
        assert set(X_new[:, 1]) <= {"a", "b", None}
        assert all(type(value) is int for value in X_new[:, 0])


@each_generator
@pytest.mark.parametrize("dtype", [np.int64, np.uint64])
def test_extreme_integers(make, dtype):
    info = np.iinfo(dtype)
    X = np.array([[info.min], [info.max], [7], [info.max]], dtype=dtype)
    drawn, _ = make(random_state=0).fit(X, [0, 0, 0, 1]).sample(60, 1)
    assert drawn.dtype == dtype
    assert drawn.max() > info.max // 2


@each_light
def test_whole_numbers_with_gaps_stay_whole(make):
    X, y = mixed_table()
    ages = make(random_state=0).fit(X, y).sample(300)[0]["age"]
    assert 0.1 < ages.isna().mean() < 0.35
    assert (ages.dropna() % 1 == 0).all()


@each_generator
def test_labels_default_to_the_frequencies_in_fit(make):
    X, y = mixed_table()
    labels = make(random_state=0).fit(X, y).sample(4000)[1]
    assert np.mean(labels == "genuine") == pytest.approx(0.9, abs=0.02)


@each_light
def test_classes_are_kept_apart(make):
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": np.r_[rng.normal(0, 1, 50), rng.normal(9, 1, 50)], "k": ["a"] * 50 + ["b"] * 50})
    y = np.repeat([0, 1], 50)
    X_new, y_new = make(random_state=0).fit(X, y).sample(400, np.repeat([0, 1], 200))
    assert X_new["x"][y_new == 0].mean() == pytest.approx(0, abs=0.5)
    assert X_new["x"][y_new == 1].mean() == pytest.approx(9, abs=0.5)
    assert (X_new["k"][y_new == 0] == "a").mean() > 0.95


@pytest.mark.parametrize("make", [GaussianGenerator, CopulaGenerator])
def test_smoothing_is_one_pseudo_row_of_the_whole_table(make):
    X = pd.DataFrame({"k": ["a"] * 60 + ["b"] * 40})
    y = np.r_[np.zeros(97, int), np.ones(3, int)]
    share = (make(random_state=0).fit(X, y).sample(40_000, 1)[0]["k"] == "a").mean()
    assert share == pytest.approx(0.6 / 4, abs=0.01)


@each_generator
def test_all_categories_and_no_numbers(make):
    X = pd.DataFrame({"k": list("aabbc"), "b": [True, False, True, True, False]})
    X_new, _ = make(random_state=0).fit(X, [0, 0, 0, 1, 1]).sample(20)
    assert set(X_new["k"]) <= set("abc")


@each_generator
def test_identifier_column_of_many_levels(make):
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"id": [f"u{i}" for i in range(3000)], "x": rng.normal(size=3000)})
    X_new, _ = make(random_state=0).fit(X, rng.integers(0, 2, 3000)).sample(50)
    assert set(X_new["id"]) <= set(X["id"])


@each_generator
def test_fit_leaves_the_table_and_the_global_random_state_alone(make):
    X, y = mixed_table()
    before, state = X.copy(), np.random.get_state()[1].copy()  # noqa: NPY002
    make(random_state=0).fit(X, y).sample(20)
    pd.testing.assert_frame_equal(X, before)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


@each_generator
def test_errors_name_what_is_wrong(make):
    X, y = mixed_table()
    generator = make(random_state=0).fit(X, y)
    with pytest.raises(ValueError, match="not seen in fit: \\['stolen'\\]"):
        generator.sample(1, "stolen")
    with pytest.raises(ValueError, match="n_samples == -1"):
        generator.sample(-1)
    with pytest.raises(ValueError, match="infinity"):
        make().fit(X.assign(amount=np.inf), y)
    with pytest.raises(ValueError, match="every row labelled"):
        make().fit(X, np.where(y == "rare", None, y))


@each_generator
def test_scikit_learn_checks(make):
    results = check_estimator(make(), on_fail=None, on_skip=None)
    assert [r["check_name"] for r in results if r["status"] == "failed"] == []


@pytest.mark.parametrize(
    ("generator", "name"),
    [(generator, name) for generator in CHECKED for name, _ in generator_checks(generator)],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_the_public_suite(generator, name):
    dict(generator_checks(generator))[name]()


class Forgetful(GaussianGenerator):
    """Draws whatever labels it likes."""

    def _labels(self, n_samples, y, rng):
        return np.repeat(self.classes_[:1], n_samples)


class Careless(GaussianGenerator):
    """Changes itself before it knows that the input is sound."""

    def fit(self, X, y):
        self.__dict__.pop("_models", None)
        return super().fit(X, y)


@pytest.mark.parametrize(
    ("broken", "name"), [(Forgetful(), "labels_are_exact"), (Careless(), "failed_fit_leaves_the_former")]
)
def test_the_public_suite_finds_faults(broken, name):
    with pytest.raises(AssertionError, match=f"{type(broken).__name__} fails {name}"):
        check_generator(broken)


class Plain:
    """Knows nothing of scikit-learn."""

    def __init__(self):
        self.inner = CopulaGenerator(random_state=0)

    def fit(self, X, y):
        self.inner.fit(X, y)
        return self

    def sample(self, n_samples, y=None):
        return self.inner.sample(n_samples, y)


def test_the_public_suite_takes_plain_objects_and_says_that_they_have_no_seed():
    checks = dict(generator_checks(Plain()))
    for name in set(checks) - {"a_seed_repeats_itself", "failed_fit_leaves_the_former"}:
        checks[name]()
    with pytest.raises(AssertionError, match="seed"):
        checks["a_seed_repeats_itself"]()
