"""Batches within a money budget against their definition, row by row and in exact arithmetic."""

from fractions import Fraction
from unittest import mock

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from test_greedy_batch import KINDS, LAYOUTS, pool, table

from synda_sk.selection import _candidates, _lazy_greedy, greedy_batch
from synda_sk.selection._costs import Money, Purse
from synda_sk.selection._similarity import make_similarity


def spent(costs, rows):
    return sum((Fraction(float(costs[row])) for row in rows), Fraction(0))


def most_rows(costs, money):
    return max(
        n for n in range(len(costs) + 1) if money == np.inf or spent(np.sort(costs), range(n)) <= money
    )


def gains(scores, S, chosen, n_queries, redundancy, penalty):
    if not chosen:
        return scores
    step = penalty / n_queries if redundancy == "sum" else penalty
    return scores - step * (S[:, chosen].max(axis=1) if redundancy == "max" else S[:, chosen].sum(axis=1))


def one_greedy(scores, S, n_queries, redundancy, penalty, costs, money, by_worth):
    """Every worth at every pick; return the batch and the sum of the gains above 0."""
    chosen, value = [], 0.0
    while len(chosen) < n_queries:
        gain = gains(scores, S, chosen, n_queries, redundancy, penalty)
        worth = [g if not by_worth else g / c if g >= 0 else g * c for g, c in zip(gain, costs, strict=True)]
        fits = [money == np.inf or spent(costs, [*chosen, x]) <= Fraction(money) for x in range(len(costs))]
        open_ = [x for x in range(len(costs)) if fits[x] and x not in chosen]
        if not open_:
            break
        best = max(open_, key=lambda x: (worth[x], -x))
        value += max(gain[best], 0.0)
        chosen.append(best)
    others = [x for x in range(len(costs)) if x not in chosen]
    none_fits = money < np.inf and all(spent(costs, [*chosen, x]) > Fraction(money) for x in others)
    return chosen, value, bool(others) and none_fits


def naive(scores, S, n_queries, redundancy, penalty, costs, money):
    n_queries = min(n_queries, most_rows(costs, money))
    args = scores, S, n_queries, redundancy, penalty, costs, money
    chosen, value, money_ended_it = one_greedy(*args, by_worth=True)
    if money_ended_it:
        others, value_of_others, _ = one_greedy(*args, by_worth=False)
        if value_of_others > value * (1 + 1e-9):
            return others
    return chosen


def price(kind, n, rng):
    if kind == "whole":
        return rng.integers(1, 12, n).astype(float)
    if kind == "steep":
        return np.exp(rng.normal(0, 3, n))
    if kind == "two":
        return rng.choice([1.0, 50.0], n)
    return np.round(rng.uniform(0.05, 2, n), 2)


@settings(max_examples=200)
@example(
    n=36, d=2, n_queries=10, kind="rbf", redundancy="sum", penalty=0.3, layout="tied scores", prices="cents",
    share=0.1, sizes=(1,) * 7, seed=235204,
)  # fmt: skip  # the ten cheapest rows cost a rounding more than the money
@given(
    n=st.integers(1, 70),
    d=st.integers(1, 6),
    n_queries=st.integers(1, 30),
    kind=st.sampled_from(KINDS),
    redundancy=st.sampled_from(["max", "sum"]),
    penalty=st.sampled_from([0.0, 0.01, 0.3, 1.0, 10.0]),
    layout=st.sampled_from([name for name in LAYOUTS if name not in ("lattice", "one score", "zeros")]),
    prices=st.sampled_from(["whole", "steep", "two", "cents"]),
    share=st.sampled_from([None, 0.0, 0.02, 0.1, 0.3, 0.9]),
    sizes=st.tuples(*[st.integers(1, 60)] * 7),
    seed=st.integers(0, 10**6),
)
def test_it_is_the_naive_batch_within_the_money(
    n, d, n_queries, kind, redundancy, penalty, layout, prices, share, sizes, seed
):
    rng = np.random.default_rng(seed)
    F, s = pool(layout, n, d, rng)
    costs = price(prices, n, rng)
    money = None if share is None else float(np.round(share * costs.sum(), 2))
    similarity = make_similarity(kind, F)
    first, pairs, rows, plan, fixed, probes, sample = sizes
    small = dict(
        _FIRST_ROWS=first, _PAIRS=pairs, _ROWS=rows, _PLAN_ROWS=plan, _FIXED_WORK=fixed, _PROBES=probes
    )
    given_ = dict(redundancy=redundancy, penalty=penalty, costs=costs, cost_budget=money)
    with mock.patch.multiple(_lazy_greedy, **small), mock.patch.object(_candidates, "_SAMPLE", sample):
        chosen = greedy_batch(s, n_queries, similarity, **given_).tolist()
    assert chosen == greedy_batch(s, n_queries, similarity, **given_).tolist()
    money = np.inf if money is None else money
    assert chosen == naive(s, table(similarity), n_queries, redundancy, penalty, costs, money)
    assert money == np.inf or spent(costs, chosen) <= Fraction(money)
    by_call = make_similarity(
        lambda A, B: similarity.of(similarity.squared(A, B)), similarity.take(np.arange(n))
    )
    assert greedy_batch(s, n_queries, by_call, **given_).tolist() == chosen


@settings(max_examples=100)
@given(
    n=st.integers(1, 80),
    n_queries=st.integers(1, 40),
    kind=st.sampled_from(KINDS),
    redundancy=st.sampled_from(["max", "sum"]),
    penalty=st.sampled_from([0.0, 0.3, 10.0]),
    layout=st.sampled_from(LAYOUTS),
    cost=st.sampled_from([1.0, 3.0, 0.1, 1e-3]),
    seed=st.integers(0, 10**6),
)
def test_equal_costs_change_nothing(n, n_queries, kind, redundancy, penalty, layout, cost, seed):
    F, s = pool(layout, n, 3, np.random.default_rng(seed))
    similarity = make_similarity(kind, F)
    form = dict(redundancy=redundancy, penalty=penalty)
    plain = greedy_batch(s, n_queries, similarity, **form)
    costs = np.full(n, cost)
    assert_array_equal(greedy_batch(s, n_queries, similarity, costs=costs, **form), plain)
    if cost >= 1:
        money = cost * n_queries + 0.5
        assert_array_equal(greedy_batch(s, n, similarity, costs=costs, cost_budget=money, **form), plain)


@pytest.mark.parametrize("penalty", [0.3, 10.0])
@pytest.mark.parametrize("redundancy", ["max", "sum"])
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_the_naive_batch_on_many_rows(kind, redundancy, penalty):
    rng = np.random.default_rng(0)
    n, n_queries = 30_000, 30
    F = rng.normal(size=(n, 5)) + 4 * rng.integers(0, 2, (n, 1))
    s, costs = rng.random(n) ** 2, rng.choice([1.0, 2.0, 10.0, 40.0], n)
    similarity = make_similarity(kind, F)
    rows = similarity.take(np.arange(n))
    cost, chosen, left = np.zeros(n), [], 90.0
    while len(chosen) < n_queries and (left >= np.delete(costs, chosen)).any():
        gain = s - penalty * (cost if redundancy == "max" else cost / n_queries)
        worth = np.where(gain < 0, gain * costs, gain / costs)
        worth[chosen] = worth[costs > left] = -np.inf
        chosen.append(int(np.argmax(worth)))
        left -= costs[chosen[-1]]
        nearness = similarity.of(similarity.squared(rows, rows[chosen[-1:]]))[:, 0]
        cost = np.maximum(cost, nearness) if redundancy == "max" else cost + nearness
    found = greedy_batch(
        s, n_queries, similarity, redundancy=redundancy, penalty=penalty, costs=costs, cost_budget=90.0
    )
    assert found.tolist() == chosen


def test_a_row_that_only_repeats_is_the_worse_the_dearer_it_is():
    F = np.array([[0.0], [0.0], [0.0], [9.0]])
    s, costs = np.array([0.9, 0.1, 0.1, 0.5]), np.array([1.0, 8.0, 2.0, 1.0])
    chosen = greedy_batch(s, 4, make_similarity("rbf", F), penalty=1.0, costs=costs)
    assert chosen.tolist() == [0, 3, 2, 1]


def test_rows_of_no_value_tie_whatever_they_cost():
    similarity = make_similarity("cosine", np.eye(4))
    chosen = greedy_batch([0.0, 0.0, 0.4, 0.0], 4, similarity, penalty=0.0, costs=[9, 1, 5, 3])
    assert chosen.tolist() == [2, 0, 1, 3]


def test_a_cheap_row_of_little_value_does_not_keep_a_dear_one_of_much_out():
    similarity = make_similarity("cosine", np.eye(3))
    s, costs = [1.0, 0.002, 0.001], [10.0, 0.01, 0.01]
    assert greedy_batch(s, 3, similarity, penalty=0.1, costs=costs, cost_budget=10).tolist() == [0]
    assert greedy_batch(s, 1, similarity, penalty=0.1, costs=costs, cost_budget=20).tolist() == [1]
    assert greedy_batch(s, 3, similarity, penalty=0.0, costs=costs).tolist() == [1, 0, 2]


@settings(max_examples=60)
@given(
    costs=st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=30),
    power=st.integers(-20, 20),
    share=st.floats(0.01, 1),
    seed=st.integers(0, 10**6),
)
def test_the_currency_does_not_matter(costs, power, share, seed):
    rng = np.random.default_rng(seed)
    F, s = rng.normal(size=(len(costs), 2)), rng.random(len(costs))
    costs, similarity = np.array(costs), make_similarity("rbf", F)
    money = share * costs.sum()
    chosen = greedy_batch(s, 9, similarity, penalty=2.0, costs=costs, cost_budget=money)
    factor = 2.0**power
    again = greedy_batch(s, 9, similarity, penalty=2.0, costs=costs * factor, cost_budget=money * factor)
    assert_array_equal(again, chosen)


class Recorder:
    """A provider that notes how many rows it is asked for."""

    def __init__(self, features):
        self.features, self.asked = features, []

    def __len__(self):
        return len(self.features)

    def __getitem__(self, rows):
        self.asked.append(len(rows))
        return self.features[rows]


@pytest.mark.parametrize("money", [None, 60.0, 3.0])
def test_few_rows_are_fetched(money):
    rng = np.random.default_rng(0)
    n = 100_000
    F, s, costs = rng.normal(size=(n, 4)), rng.random(n) ** 8, rng.choice([1.0, 5.0, 30.0], n)
    provider = Recorder(F)
    chosen = greedy_batch(s, 50, make_similarity("rbf", provider), costs=costs, cost_budget=money)
    assert sum(provider.asked) < 0.2 * n
    assert len(chosen) == (50 if money is None else min(50, money))


def test_rows_no_money_is_left_for_are_not_fetched():
    n = 50_000
    F, s = np.random.default_rng(0).normal(size=(n, 2)), np.linspace(0, 1, n)
    costs = np.full(n, 10.0)
    costs[:5] = 1.0
    provider = Recorder(F)
    assert sorted(greedy_batch(s, 50, make_similarity("rbf", provider), costs=costs, cost_budget=8.0)) == [
        0, 1, 2, 3, 4,
    ]  # fmt: skip
    assert max(provider.asked) == 1000


@given(st.lists(st.floats(1e-9, 1e9), min_size=1, max_size=30), st.floats(0, 1))
def test_money_is_never_overdrawn_by_rounding(costs, share):
    costs = np.array(costs)
    purse = Purse(costs, share * costs.sum())
    bought = purse.first_that_fit(np.arange(len(costs)))
    assert spent(costs, bought) <= Fraction(purse.money)
    assert 0 <= purse.after(bought).money <= purse.money
    assert len(bought) <= purse.most_rows()


@given(st.lists(st.integers(1, 300), min_size=1, max_size=30), st.data())
def test_the_most_rows_are_those_of_the_exact_sum(cents, data):
    costs = np.array(cents) / 100
    n = data.draw(st.integers(1, len(costs)))
    money = round(float(np.sort(costs)[:n].sum()), 2)
    assert Purse(costs, money).most_rows() == most_rows(costs, money)


@given(st.lists(st.floats(1e-9, 1e9), max_size=30))
def test_what_is_left_is_rounded_down_once(costs):
    amount = float(np.sum(costs)) + 1.0
    money = Money(amount)
    for cost in costs:
        money.pay(cost)
    exact = Fraction(amount) - sum(map(Fraction, costs))
    assert money.left <= exact < np.nextafter(money.left, np.inf)


BAD = [
    (dict(costs=[1, 2]), "costs have shape"),
    (dict(costs=[[1, 2, 3]]), "costs have shape"),
    (dict(costs=[[1], [2, 3], 4]), "costs must hold"),
    (dict(costs=3.0), "costs have shape"),
    (dict(costs=[1, 0, 2]), "costs hold 0.0 in row 1"),
    (dict(costs=[1, 1, -2]), "costs hold -2.0 in row 2"),
    (dict(costs=[np.nan, 1, 1]), "costs hold nan in row 0"),
    (dict(costs=[np.inf, 1, 1]), "costs hold inf in row 0"),
    (dict(costs=["1", "2", "3"]), "costs hold '1' in row 0"),
    (dict(costs=[1, None, 3]), "costs hold None in row 1"),
    (dict(costs=[True, True, True]), "costs hold True"),
    (dict(costs=[1, 1, 1], cost_budget=-1), "cost_budget == -1"),
    (dict(costs=[1, 1, 1], cost_budget=np.nan), "cost_budget == nan"),
    (dict(costs=[1, 1, 1], cost_budget="10"), "cost_budget == '10'"),
    (dict(cost_budget=10), "cost_budget is given without costs"),
]


@pytest.mark.parametrize(("bad", "word"), BAD)
def test_what_is_no_cost_is_named(bad, word):
    with pytest.raises(ValueError, match=word):
        greedy_batch(np.ones(3), 2, make_similarity("rbf", np.eye(3)), **bad)
