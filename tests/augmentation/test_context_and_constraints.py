"""What comes out has the context asked for and obeys every rule, whatever the generator."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline

from synda_sk import CurriculumMixer, QualityFilter, SynDAClassifier, SyntheticAugmenter
from synda_sk.conditioning import FixedCombinations, Inequality, Range, SumIs
from synda_sk.datasets import make_mobile_money
from synda_sk.exceptions import ConstraintWarning
from synda_sk.utils import TableEncoder

TOWNS = {"north": ["Tamale", "Yendi"], "south": ["Accra"], "east": ["Ho"]}
RULES = [
    SumIs("after", {"before": 1, "amount": -1}),
    Range("after", low=0),
    Range("amount", low=0, closed="neither"),
    Inequality("sim_days", "<=", "account_days"),
    FixedCombinations(["region", "town"]),
]


class Bootstrap(BaseEstimator):
    """A foreign generator, of any table: real rows, with noise in the columns of money."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y):
        self.X_, self.y_ = X, np.asarray(y)
        return self

    def sample(self, n_samples, y):
        rng = np.random.RandomState(self.random_state) if isinstance(self.random_state, int) else None
        rng = rng or self.random_state or np.random.RandomState()
        rows = np.array([rng.choice(np.flatnonzero(self.y_ == label)) for label in y], dtype=int)
        drawn = self.X_.iloc[rows].reset_index(drop=True)
        return drawn.assign(amount=drawn["amount"] * rng.uniform(0.5, 2, n_samples)), y


def wallet(n=240, seed=0):
    """A table that obeys the rules; the amounts depend on the region."""
    rng = np.random.default_rng(seed)
    region = rng.choice(list(TOWNS), n, p=[0.5, 0.3, 0.2])
    before = rng.integers(5_000, 90_000, n)
    share = np.where(region == "north", rng.uniform(0.5, 0.9, n), rng.uniform(0.05, 0.3, n))
    amount = np.maximum(1, (before * share).astype(int))
    account = rng.integers(0, 900, n)
    frame = pd.DataFrame(
        {
            "region": pd.Categorical(region, categories=["south", "north", "east"]),
            "town": [rng.choice(TOWNS[name]) for name in region],
            "before": before / 100,
            "amount": amount / 100,
            "after": (before - amount) / 100,
            "account_days": account.astype(np.int16),
            "sim_days": np.minimum(account, rng.integers(0, 900, n)),
            "note": np.where(rng.random(n) < 0.2, None, "x").astype(object),
        }
    )
    return frame, np.array(["genuine"] * (n - 12) + ["fraud"] * 10 + ["rare"] * 2)


def obeys(X, reference, rules=RULES):
    return np.array([clone(rule).fit(reference).holds(X).all() for rule in rules])


GENERATORS = ["gaussian", "copula", "kde", Bootstrap()]


@pytest.mark.parametrize("generator", GENERATORS, ids=str)
@settings(max_examples=4)
@given(seed=st.integers(0, 10**6), region=st.sampled_from([None, *TOWNS]))
def test_every_row_obeys_and_has_its_context(generator, seed, region):
    X, y = wallet(seed=seed)
    augmenter = SyntheticAugmenter(generator, context=["region"], constraints=RULES, random_state=seed)
    X_res, y_res = augmenter.fit_resample(X, y)
    assert obeys(X_res, X).all()
    assert pd.Series(y_res).value_counts().nunique() == 1
    pd.testing.assert_series_equal(X_res.dtypes, X.dtypes)
    pd.testing.assert_index_equal(X_res.index, pd.RangeIndex(len(X_res)))
    X_new, labels = augmenter.sample(30, context=None if region is None else {"region": region})
    assert obeys(X_new, X).all()
    assert region is None or (X_new["region"] == region).all()
    assert labels.tolist() == ["fraud"] * 10 + ["genuine"] * 10 + ["rare"] * 10
    pd.testing.assert_series_equal(X_new.dtypes, X.dtypes)
    rates = augmenter.acceptance_rate_
    assert 0 <= rates["before_repair"] <= rates["after_repair"] <= 1
    assert 0 < augmenter.context_match_rate_ <= 1


@pytest.mark.parametrize("generator", ["gaussian_copula", "smote"])
def test_generators_of_other_libraries(generator):
    pytest.importorskip({"smote": "imblearn"}.get(generator, "sdv"))
    X, y = wallet()
    augmenter = SyntheticAugmenter(generator, context=["region"], constraints=RULES, random_state=0).fit(X, y)
    X_new, _ = augmenter.sample(60, "genuine", context={"region": "north"})
    assert obeys(X_new, X).all()
    assert (X_new["region"] == "north").all()
    assert augmenter.context_match_rate_ > 0.9
    north = X["region"] == "north"
    share = (X_new["amount"] / X_new["before"]).median()
    others = (X["amount"] / X["before"])[~north].median()
    assert share > 1.5 * others


@pytest.mark.parametrize("generator", GENERATORS, ids=str)
def test_other_columns_follow_the_context(generator):
    X, y = wallet(600)
    augmenter = SyntheticAugmenter(generator, context=["region"], random_state=0).fit(X, y)
    means = {}
    for region in ("north", "south"):
        drawn, _ = augmenter.sample(400, "genuine", context={"region": region})
        means[region] = drawn["amount"].mean()
        assert drawn["town"].isin(TOWNS[region]).mean() > 0.6
    real = X.groupby("region", observed=True)["amount"].mean()
    assert means["north"] - means["south"] > 0.5 * (real["north"] - real["south"])


def test_contexts_follow_the_rows_of_the_class_where_none_is_given():
    X, _ = wallet(400)
    y = np.where((X["region"] == "east") & (np.arange(400) % 2 == 0), "fraud", "genuine")
    augmenter = SyntheticAugmenter(context=["region"], random_state=0)
    X_res, y_res = augmenter.fit_resample(X, y)
    new = augmenter.synthetic_mask_
    assert set(y_res[new]) == {"fraud"}
    assert (X_res["region"][new] == "east").all()
    X_new, _ = augmenter.sample(3000, "genuine")
    for region in TOWNS:
        wanted = (X["region"][y == "genuine"] == region).mean()
        assert (X_new["region"] == region).mean() == pytest.approx(wanted, abs=0.04)


def test_row_by_row_contexts_of_numbers_polars_and_arrays():
    X, y = wallet()
    X = X[["before", "amount", "account_days", "region"]].astype({"region": str})
    frame = pl.from_pandas(X)
    augmenter = SyntheticAugmenter(context=["account_days", "region"], random_state=0).fit(frame, y)
    rows = frame[[3, 5, 8]].select("region", "account_days")
    X_new, _ = augmenter.sample(3, ["fraud", "genuine", "rare"], context=rows)
    assert X_new.schema == frame.schema
    assert X_new.select("region", "account_days").equals(rows)
    array = X.drop(columns="region").to_numpy()
    augmenter = SyntheticAugmenter(
        "copula", context=[2], constraints=[Inequality(1, "<=", 0)], random_state=0
    )
    X_new, _ = augmenter.fit(array, y).sample(40, context={2: 30.0})
    assert (X_new[:, 2] == 30.0).all()
    assert (X_new[:, 1] <= X_new[:, 0]).all()


def test_times_flags_and_nullable_integers_as_context():
    n = 60
    X = pd.DataFrame(
        {
            "when": pd.date_range("2024-01-01", periods=n, tz="Africa/Nairobi"),
            "visits": pd.array([None, 1, 2, 3] * 15, dtype="Int64"),
            "new": [True, False] * 30,
            "amount": np.linspace(0, 9, n),
        }
    )
    y = np.repeat([0, 1], 30)
    for frame in (X, pl.from_pandas(X)):
        augmenter = SyntheticAugmenter(context=["when", "visits", "new"], random_state=0).fit(frame, y)
        rows = frame[[2, 40, 8]] if isinstance(frame, pl.DataFrame) else frame.iloc[[2, 40, 8]]
        given = rows[["when", "visits", "new"]]
        X_new, _ = augmenter.sample(3, 1, context=given)
        got = X_new[["when", "visits", "new"]]
        assert got.equals(given if isinstance(given, pl.DataFrame) else given.reset_index(drop=True))


def test_seeds_pickles_and_nothing_configured():
    X, y = wallet()
    fixed = SyntheticAugmenter("kde", context=["region"], constraints=RULES, random_state=3).fit(X, y)
    pd.testing.assert_frame_equal(fixed.sample(50)[0], fixed.sample(50)[0])
    pd.testing.assert_frame_equal(fixed.sample(50)[0], pickle.loads(pickle.dumps(fixed)).sample(50)[0])
    moving = clone(fixed).set_params(random_state=np.random.RandomState(3)).fit(X, y)
    assert not moving.sample(50)[0].equals(moving.sample(50)[0])
    plain = SyntheticAugmenter(random_state=0).fit(X, y)
    generator = plain.generator_
    pd.testing.assert_frame_equal(plain.sample(50, "fraud")[0], generator.sample(50, ["fraud"] * 50)[0])
    assert plain.acceptance_rate_ is None
    assert plain.context_match_rate_ is None


def test_the_account_of_repair_is_right():
    X, y = np.arange(40.0).reshape(20, 2), np.repeat([0, 1], 10)
    augmenter = SyntheticAugmenter("kde", constraints=[Inequality(0, "<", 1)], random_state=0).fit(X, y)
    raw, _ = augmenter.generator_.sample(500, np.zeros(500, dtype=int))
    augmenter.sample(500, 0)
    assert augmenter.acceptance_rate_["before_repair"] == np.mean(raw[:, 0] < raw[:, 1])
    assert augmenter.acceptance_rate_["after_repair"] == 1.0


def test_rules_that_cannot_be_met_together_are_an_error_that_names_one():
    X, y = np.arange(40.0).reshape(20, 2), np.repeat([0, 1], 10)
    rules = [Inequality(0, "<", 1), FixedCombinations([0, 1])]
    augmenter = SyntheticAugmenter(constraints=rules, context=[0], random_state=0).fit(X, y)
    with pytest.raises(
        ValueError, match=r"FixedCombinations\(columns=\[0, 1\]\) failed most often; after repair 0.0%"
    ):
        augmenter.sample(5, context={0: 3.5})


def test_rows_that_break_a_rule_are_told_and_not_learnt_from():
    X, y = wallet()
    dirty = X.copy()
    dirty.loc[[0, 3, 7], "after"] = -50.0
    augmenter = SyntheticAugmenter(constraints=RULES[:2], random_state=0)
    with pytest.warns(ConstraintWarning, match=r"SumIs.*: 3 of 240 real rows \(1.2%\)"):
        X_res, _ = augmenter.fit_resample(dirty, y)
    pd.testing.assert_frame_equal(X_res.iloc[:240], dirty)
    assert obeys(X_res.iloc[240:], X, RULES[:2]).all()
    assert augmenter.generator_.class_count_.sum() == 237
    with pytest.raises(ValueError, match="no real row of class 'fraud' obeys them all"):
        SyntheticAugmenter(constraints=[Range("amount", low=0, high=0.001)]).fit(X, y)


def energy(A, B):
    from scipy.spatial.distance import cdist

    return 2 * cdist(A, B).mean() - cdist(A, A).mean() - cdist(B, B).mean()


@pytest.mark.parametrize("seed", [0, 1])
def test_exemplars_of_another_region_bring_rows_nearer_to_it(seed):
    X, y = make_mobile_money(8_000, fraud_rate=0.05, n_regions=2, random_state=seed)
    y, region = np.asarray(y), X["region"].cat.codes.to_numpy()
    X = X.drop(columns="region")
    rows = np.random.default_rng(seed).permutation(np.flatnonzero(region == 1))
    local, held, rest = rows[:60], rows[60:660], np.flatnonzero(region == 0)[:2_000]
    encoder = TableEncoder().fit(X)
    target = encoder.transform(X.iloc[held])
    wanted = np.repeat([0, 1], [600 - y[held].sum(), y[held].sum()])
    distances = []
    for exemplars in (None, X.iloc[local], (X.iloc[local], y[local])):
        augmenter = SyntheticAugmenter("copula", exemplars=exemplars, random_state=0)
        X_new, _ = augmenter.fit(X.iloc[rest], y[rest]).sample(600, wanted)
        distances.append(energy(encoder.transform(X_new), target))
    assert distances[1] < 0.95 * distances[0]
    assert distances[2] < 0.8 * distances[0]


def test_exemplars_without_strength_or_labels_change_nothing_and_bring_new_contexts():
    X, y = wallet()
    plain = SyntheticAugmenter(random_state=0).fit(X, y).sample(20)[0]
    flat = SyntheticAugmenter(exemplars=X[:9], exemplar_strength=0, random_state=0).fit(X, y)
    pd.testing.assert_frame_equal(flat.sample(20)[0], plain)
    east = X["region"] == "east"
    given = (X[east], y[east.to_numpy()])
    augmenter = SyntheticAugmenter(context=["region"], exemplars=given, random_state=0)
    augmenter.fit(X[~east], y[~east.to_numpy()])
    assert (augmenter.sample(9, context={"region": "east"})[0]["region"] == "east").all()


def test_inside_the_classifier_and_its_grid():
    X, y = wallet(160)
    y = (y != "genuine").astype(int)
    clf = SynDAClassifier(
        make_pipeline(TableEncoder(), RandomForestClassifier(10)),
        augmenter=SyntheticAugmenter(constraints=RULES),
        mixer=CurriculumMixer(synthetic_weight=0.2),
        quality_filter=QualityFilter(threshold=0.8),
        random_state=0,
    )
    grid = {"synda__augmenter__context": [None, ["region"]], "synda__augmenter__constraints": [None, RULES]}
    search = GridSearchCV(Pipeline([("synda", clf)]), grid, cv=2, error_score="raise").fit(X, y)
    assert search.predict(X).shape == y.shape
    replayed = clone(clf).set_params(label_budget=60, n_rounds=2, augmenter__context=["region"]).fit(X, y)
    assert replayed.history_[-1]["generated"] > 0
