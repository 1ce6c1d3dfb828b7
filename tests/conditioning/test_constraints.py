"""Each rule against a naive reading of it, and what its repair may change."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from synda_sk.conditioning import Constraint, FixedCombinations, Inequality, Range, SumIs

number = st.floats(-1e6, 1e6) | st.just(float("nan"))
small = st.integers(-120, 120)
OPERATORS = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@st.composite
def tables(draw, kind=None):
    n = draw(st.integers(1, 12))

    def column(values):
        return draw(st.lists(values, min_size=n, max_size=n))

    frame = pd.DataFrame(
        {
            "a": np.array(column(number)),
            "b": np.array(column(number), dtype=draw(st.sampled_from([np.float64, np.float32]))),
            "i": np.array(column(small), dtype=np.int8),
            "j": np.array(column(small), dtype=np.int64),
            "k": np.array(column(st.sampled_from(["x", "y", None])), dtype=object),
        },
        index=draw(st.permutations(range(n))),
    )
    kind = kind or draw(st.sampled_from(["pandas", "polars", "array"]))
    if kind == "polars":
        return pl.from_pandas(frame), list("abijk")
    if kind == "array":
        return frame.drop(columns="k").to_numpy(), [0, 1, 2, 3]
    return frame, list("abijk")


def column_of(X, column):
    if isinstance(X, np.ndarray):
        return X[:, column]
    return X[column].to_numpy()


def same_table(X, Z, but=()):
    """Both have the same container, dtypes, order and, but for some columns, the same values."""
    assert type(X) is type(Z)
    if isinstance(X, np.ndarray):
        assert X.dtype == Z.dtype
        rest = np.setdiff1d(np.arange(X.shape[1]), list(but))
        np.testing.assert_array_equal(X[:, rest], Z[:, rest])
    elif isinstance(X, pl.DataFrame):
        assert X.schema == Z.schema
        assert X.drop(but).equals(Z.drop(but), null_equal=True)
    else:
        pd.testing.assert_series_equal(X.dtypes, Z.dtypes)
        pd.testing.assert_frame_equal(X.drop(columns=list(but)), Z.drop(columns=list(but)))


@settings(max_examples=40)
@given(table=tables(), pair=st.permutations([0, 1, 2, 3]), comparison=st.sampled_from(sorted(OPERATORS)))
def test_inequality(table, pair, comparison):
    X, names = table
    left, right = names[pair[0]], names[pair[1]]
    rule = Inequality(left, comparison, right).fit(X)
    a, b = (column_of(X, name) for name in (left, right))
    coarse = np.float32 if np.float32 in (a.dtype, b.dtype) else np.float64
    a, b = a.astype(coarse), b.astype(coarse)
    expected = np.isnan(a) | np.isnan(b) | OPERATORS[comparison](a, b)
    np.testing.assert_array_equal(rule.holds(X), expected)
    Z = rule.repair(X)
    same_table(X, Z, but=[left, right])
    for name in (left, right):
        np.testing.assert_array_equal(column_of(Z, name)[expected], column_of(X, name)[expected])
    assert rule.holds(Z).all()
    kept = rule.repair(X, keep=[left])
    same_table(X, kept, but=[right])


@settings(max_examples=40)
@given(
    table=tables(),
    position=st.integers(0, 3),
    ends=st.tuples(st.floats(-100, 100), st.floats(3, 50)),
    closed=st.sampled_from(["both", "left", "right", "neither"]),
    open_end=st.sampled_from(["low", "high", None]),
)
def test_range(table, position, ends, closed, open_end):
    X, names = table
    low = None if open_end == "low" else ends[0]
    high = None if open_end == "high" else ends[0] + ends[1]
    rule = Range(names[position], low=low, high=high, closed=closed).fit(X)
    values = column_of(X, names[position])
    expected = np.ones(len(values), dtype=bool)
    if low is not None:
        bound = values.dtype.type(low) if values.dtype.kind == "f" else low
        expected &= ~((values < bound) | ((values == bound) & (closed not in ("both", "left"))))
    if high is not None:
        bound = values.dtype.type(high) if values.dtype.kind == "f" else high
        expected &= ~((values > bound) | ((values == bound) & (closed not in ("both", "right"))))
    np.testing.assert_array_equal(rule.holds(X), expected)
    Z = rule.repair(X)
    same_table(X, Z, but=[names[position]])
    assert rule.holds(Z)[~np.isnan(values)].all() or values.dtype == np.int8
    same_table(X, rule.repair(X, keep=[names[position]]))


@settings(max_examples=40)
@given(table=tables(), order=st.permutations([0, 1, 2, 3]), constant=st.integers(-3, 3))
def test_sum(table, order, constant):
    X, names = table
    target, first, second = (names[k] for k in order[:3])
    rule = SumIs(target, {first: 2, second: -0.5}, constant=constant).fit(X)
    t, p, q = (column_of(X, name).astype(float) for name in (target, first, second))
    far = np.abs(t - (2 * p - 0.5 * q + constant)) > 1
    assert not (rule.holds(X) & far).any()
    Z = rule.repair(X)
    same_table(X, Z, but=[target])
    wanted = 2 * p - 0.5 * q + constant
    fits = np.isnan(wanted) | (np.abs(wanted) < 127) | (column_of(X, target).dtype != np.int8)
    assert rule.holds(Z)[fits].all()
    free = [column_of(X, name).dtype.kind == "f" for name in (first, second)]
    if free[0]:
        Z = rule.repair(X, keep=[target])
        same_table(X, Z, but=[first])
        assert rule.holds(Z).all()
    same_table(X, rule.repair(X, keep=[target, first, second]))


@settings(max_examples=40)
@given(table=tables("pandas"), data=st.data())
def test_combinations(table, data):
    X = table[0]
    rule = FixedCombinations(["k", "i"]).fit(X)
    seen = set(zip(X["k"], X["i"], strict=True))
    assert rule.holds(X).all()
    Z = X.assign(k=data.draw(st.permutations(X["k"].tolist())))
    held = rule.holds(Z)
    assert held.tolist() == [pair in seen for pair in zip(Z["k"], Z["i"], strict=True)]
    repaired = rule.repair(Z)
    assert set(zip(repaired["k"], repaired["i"], strict=True)) <= seen
    same_table(Z, repaired, but=["k", "i"])
    kept = rule.repair(Z, keep=["i"])
    same_table(Z, kept, but=["k"])
    assert rule.holds(kept).all()


def test_ties_between_combinations_are_shared_by_frequency():
    X = pd.DataFrame({"country": ["K"] * 4 + ["G"], "city": ["N", "N", "N", "M", "A"]})
    rule = FixedCombinations(["country", "city"]).fit(X)
    wrong = pd.DataFrame({"country": ["K"] * 40, "city": ["A"] * 40})
    repaired = rule.repair(wrong, keep=["country"])
    assert repaired["city"].value_counts().to_dict() == {"N": 30, "M": 10}


def test_a_condition_limits_a_rule():
    X = pd.DataFrame({"type": ["in", "out", "in", None], "amount": [5.0, 5.0, -5.0, -5.0], "n": [1, 1, 1, 2]})
    rule = Range("amount", low=0, where={"type": "in"}).fit(X)
    assert rule.holds(X).tolist() == [True, True, False, True]
    assert rule.repair(X)["amount"].tolist() == [5.0, 5.0, 0.0, -5.0]
    rule = Range("amount", low=0, where={"type": ["in", "out"], "n": 2}).fit(X)
    assert rule.holds(X).all()


def test_times_and_missing_values():
    days = pd.to_datetime(["2024-01-05", "2024-01-01", None])
    X = pd.DataFrame({"opened": days, "used": pd.to_datetime(["2024-01-02"] * 3)})
    rule = Inequality("opened", "<=", "used").fit(X)
    assert rule.holds(X).tolist() == [False, True, True]
    assert rule.repair(X)["used"].tolist()[0] == pd.Timestamp("2024-01-05")
    assert Range("opened", low="2024-01-03").fit(X).holds(X).tolist() == [True, False, True]
    with pytest.raises(ValueError, match="times with numbers"):
        Inequality("opened", "<=", "n").fit(X.assign(n=1.0))


def test_cents_add_up_within_rounding():
    rng = np.random.default_rng(0)
    before, amount = rng.integers(0, 10**9, (2, 2000))
    X = pd.DataFrame({"before": before / 100, "amount": amount / 100, "after": (before - amount) / 100})
    assert SumIs("after", {"before": 1, "amount": -1}).fit(X).holds(X).all()
    off = X.assign(after=X["after"] + 0.01)
    assert not SumIs("after", {"before": 1, "amount": -1}).fit(X).holds(off).any()
    assert SumIs("after", {"before": 1, "amount": -1}, tolerance=0.011).fit(X).holds(off).all()
    single = X.astype(np.float32)
    assert SumIs("after", {"before": 1, "amount": -1}).fit(single).holds(single).all()


def test_rules_are_plain_objects():
    rule = SumIs("a", {"b": 1.0})
    assert repr(Range("a", low=0)) == "Range(column='a', low=0)"
    assert clone(rule).get_params() == rule.get_params()
    X = pd.DataFrame({"a": [1.0], "b": [1.0]})
    assert pickle.loads(pickle.dumps(rule.fit(X))).holds(X).all()
    with pytest.raises(NotFittedError):
        Range("a", low=0).holds(X)


class Even(Constraint):
    """A rule of one's own: even numbers only."""

    _parameter_constraints = {"column": "no_validation", "where": "no_validation"}

    def __init__(self, column, where=None):
        self.column = column
        self.where = where

    def _columns(self):
        return [self.column]

    def _holds(self, numbers, codes):
        return ~(numbers[:, 0] % 2 == 1)

    def _repair(self, numbers, codes, keep_numbers, keep_codes):
        return (numbers if keep_numbers.any() else numbers - 1), codes


def test_a_rule_of_ones_own():
    X = pd.DataFrame({"n": pd.array([1, 2, None, 5], dtype="Int64"), "k": list("aabb")})
    rule = Even("n", where={"k": "a"}).fit(X)
    assert rule.holds(X).tolist() == [False, True, True, True]
    assert rule.repair(X)["n"].tolist() == [0, 2, pd.NA, 5]
    assert rule.repair(X, keep=["n"]) is not None
    with pytest.raises(ValueError, match="'k' of categories"):
        Even("k").fit(X)
