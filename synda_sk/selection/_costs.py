"""What rows cost, and money to buy their labels with."""

import inspect
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import floor, fsum, inf, nextafter
from numbers import Real
from typing import Any, Self

import numpy as np

from synda_sk.base import rows_wanted
from synda_sk.typing import FloatArray, IntArray

_LEAST, _MOST = 1e-100, 1e100
_ROUNDING = 1e-9  # of a sum of costs, at most


def check_costs(costs: Any, n_rows: int) -> FloatArray:
    """Return the costs of rows as numbers.

    Parameters
    ----------
    costs : array-like of shape (n_rows,)
        What was given.
    n_rows : int
        Rows they belong to.

    Returns
    -------
    ndarray of float of shape (n_rows,)
        Positive and finite.

    Raises
    ------
    ValueError
        If they are something else.
    """
    try:
        given = np.asarray(costs)
    except ValueError as error:
        raise ValueError(f"costs must hold one positive number a row: {error}") from error
    if given.shape != (n_rows,):
        raise ValueError(f"costs have shape {given.shape}, expected ({n_rows},), one for each row.")
    if given.dtype.kind not in "iuf":
        for row, value in enumerate(given.tolist()):
            if isinstance(value, bool) or not isinstance(value, Real | Decimal):
                raise ValueError(f"costs hold {value!r} in row {row}, must be positive numbers.")
    values = given.astype(np.float64)
    wrong = np.flatnonzero(~((values >= _LEAST) & (values <= _MOST)))
    if len(wrong):
        raise ValueError(
            f"costs hold {values[wrong[0]]} in row {wrong[0]}, must be positive and finite "
            f"(from {_LEAST:g} to {_MOST:g})."
        )
    return values


def total_cost(costs: FloatArray) -> float:
    """Return the sum of costs, exactly, rounded up."""
    total = fsum(costs)
    return nextafter(total, inf) if fsum([*costs, -total]) > 0 else total


def make_purse(costs: Any, cost_budget: Any, n_rows: int, rows: IntArray | None = None) -> "Purse | None":
    """Check what was given as `costs` and `cost_budget`, for all `n_rows`; None where rows cost nothing.

    Parameters
    ----------
    costs : array-like of shape (n_rows,) or None
        Costs.
    cost_budget : float or None
        Money.
    n_rows : int
        Rows there are.
    rows : ndarray of int or None, default=None
        Those of them the purse is for; None for all.

    Returns
    -------
    Purse or None
        None without costs.

    Raises
    ------
    ValueError
        If one of them is wrong, or there is a budget and no costs.
    """
    money = cost_budget
    if money is not None and (not isinstance(money, Real) or not 0 <= float(money) < np.inf):
        raise ValueError(f"cost_budget == {cost_budget!r}, must be a finite number >= 0, or None.")
    if costs is None:
        if money is not None:
            raise ValueError("cost_budget is given without costs: give what each row costs, as costs.")
        return None
    values = check_costs(costs, n_rows)
    return Purse(values if rows is None else values[rows], np.inf if money is None else float(money))


def as_keywords(purse: "Purse | None") -> dict[str, Any]:
    """Return `costs` and `cost_budget` as a query strategy takes them; nothing without a purse."""
    if purse is None:
        return {}
    return {"costs": purse.costs, "cost_budget": None if purse.money == np.inf else purse.money}


def check_takes_costs(strategy: Any) -> None:
    """Raise where a query strategy knows no costs.

    Raises
    ------
    ValueError
        Names it.
    """
    if not {"costs", "cost_budget"} <= set(inspect.signature(strategy.query).parameters):
        raise ValueError(
            f"selector == {type(strategy).__name__}() takes no costs; with costs use HybridQuerySelector or "
            "RandomQuerySelector, or a strategy whose query() has the keywords costs and cost_budget."
        )


def rows_within(purse: "Purse | None", n_queries: Any, batch_size: int | Callable[[int], int]) -> int:
    """Return how many rows a query is to choose at most.

    That is `n_queries`; else, where money is limited, as many as fit; else the
    batch size.

    Raises
    ------
    ValueError
        If that is no int >= 1.
    """
    if purse is None:
        return rows_wanted(n_queries, batch_size)
    if n_queries is None and purse.money < np.inf:
        return purse.most_rows()
    return min(rows_wanted(n_queries, batch_size), purse.most_rows())


def draw_within(
    rows: IntArray, n: int, rng: np.random.Generator, purse: "Purse | None"
) -> tuple[IntArray, float]:
    """Draw up to `n` of the rows at random, as long as they fit.

    Returns
    -------
    rows : ndarray of int
        In the order drawn.
    probability : float
        With which each of `rows` was to be drawn; NaN where the money had a say.
    """
    if purse is None or purse.holds_most(n, rows):
        return rng.choice(rows, size=n, replace=False), n / max(len(rows), 1)
    return purse.first_that_fit(rng.permutation(rows), n), np.nan


class Money:
    """An amount that costs are paid from, in exact arithmetic: never overdrawn by rounding.

    Parameters
    ----------
    left : float
        At least 0, maybe infinite.

    Attributes
    ----------
    left : float
        What can still be paid: the largest float that is not above the rest.
    """

    def __init__(self, left: float) -> None:
        self.left = left
        self._exact = None if left == np.inf else Fraction(left)

    def pay(self, cost: float) -> None:
        """Pay a cost of at most what is left."""
        if self._exact is None:
            return
        self._exact -= Fraction(cost)
        nearest = float(self._exact)
        self.left = nextafter(nearest, 0.0) if nearest > self._exact else nearest


def money_left(money: float, spent: float) -> float:
    """Return what is left of money, rounded down, at least 0."""
    rest = Money(money)
    rest.pay(spent)
    return max(rest.left, 0.0)


class Purse:
    r"""The costs of rows and the money there is for them.

    A gain g of a row that costs c is worth

    .. math:: w = g / c \;\text{ where } g \ge 0, \qquad w = g\, c \;\text{ elsewhere:}

    of two rows that lose equally much the cheaper is better too, which division
    would turn round. w grows with g, and no factor on all costs matters.

    Parameters
    ----------
    costs : ndarray of shape (n_rows,)
        Positive and finite.
    money : float, default=inf
        What may be spent, at least 0.
    """

    def __init__(self, costs: FloatArray, money: float = np.inf) -> None:
        self.costs = costs
        self.money = money

    def of(self, rows: IntArray) -> Self:
        """Return a purse for some of the rows, by their positions."""
        return type(self)(self.costs[rows], self.money)

    def part(self, n: int, n_all: int) -> Self:
        """Return a purse with the money for `n` of `n_all` rows."""
        return type(self)(self.costs, self.money * n / n_all if n else 0.0)

    def after(self, rows: IntArray) -> Self:
        """Return a purse with what is left when rows are bought."""
        money = Money(self.money)
        for cost in self.costs[rows].tolist():
            money.pay(cost)
        return type(self)(self.costs, money.left)

    def most_rows(self) -> int:
        """Return how many rows can be bought at most, the cheapest."""
        if self.money == np.inf or not len(self.costs):
            return len(self.costs)
        if self.all_equal:
            return min(len(self.costs), floor(Fraction(self.money) / Fraction(float(self.costs[0]))))
        costs = np.sort(self.costs)
        n_rows = int(np.searchsorted(np.cumsum(costs), self.money * (1 + _ROUNDING), side="right"))
        while fsum([-self.money, *costs[:n_rows].tolist()]) > 0:  # exactly, whatever the sums above lost
            n_rows -= 1
        return n_rows

    def holds_most(self, n: int, rows: IntArray) -> bool:
        """Tell whether any `n` of the rows can be bought."""
        dearest = rows[np.argsort(-self.costs[rows], kind="stable")[:n]]
        return len(self.first_that_fit(dearest)) == len(dearest)

    def first_that_fit(self, rows: IntArray, n: int | None = None) -> IntArray:
        """Return the first `n` of the rows, in their order, leaving out each that no longer fits."""
        bought: list[int] = []
        costs, money = self.costs[rows], Money(self.money)
        least = costs.min(initial=np.inf)
        for place, cost in enumerate(costs.tolist()):
            if money.left < least or len(bought) == n:
                break
            if cost <= money.left:
                bought.append(place)
                money.pay(cost)
        return rows[bought]

    def affordable(self, rows: IntArray) -> IntArray:
        """Return those of the rows that fit by themselves."""
        return rows[self.costs[rows] <= self.money]

    def keep(self, rows: IntArray) -> IntArray:
        """Return the places of those of the rows that fit, one after the other."""
        return self.of(rows).first_that_fit(np.arange(len(rows)))

    @property
    def all_equal(self) -> bool:
        """Whether every row costs the same, so that costs do not change which is best."""
        return bool((self.costs == self.costs[0]).all())


class Spending:
    """Money on its way through one greedy batch; without a purse rows cost nothing.

    Parameters
    ----------
    purse : Purse or None
        Costs and money.
    by_worth : bool, default=True
        Whether gains count by their cost, or as they are.

    Attributes
    ----------
    unit : float
        A typical cost; 1 where gains count as they are.
    value : float
        Sum of the gains of the rows bought that gained.
    """

    def __init__(self, purse: Purse | None, by_worth: bool = True) -> None:
        self._costs = None if purse is None else purse.costs
        self._money = Money(np.inf if purse is None else purse.money)
        self.by_worth = by_worth and purse is not None
        self.unit = 1.0 if purse is None or not by_worth else float(np.median(purse.costs))
        self.value = 0.0

    def worth(self, gain: FloatArray, rows: IntArray | slice = slice(None)) -> FloatArray:
        """Return what the gains of rows count."""
        if not self.by_worth:
            return gain
        costs = self._costs[rows]  # type: ignore[index]
        return np.where(gain < 0, gain * costs, gain / costs)

    def too_dear(self, rows: IntArray | slice = slice(None)) -> Any:
        """Index those of the rows that no longer fit."""
        return slice(0) if self._costs is None else self._costs[rows] > self._money.left

    def buy(self, row: int, gain: float) -> None:
        """Pay for a row."""
        self.value += max(gain, 0.0)
        if self._costs is not None:
            self._money.pay(float(self._costs[row]))

    def best(self, scores: FloatArray, n: int) -> IntArray:
        """Buy the rows of the best worth, up to `n`, where gains do not change."""
        worth = self.worth(scores)
        if self._costs is None:  # without sorting all of them
            rows = np.flatnonzero(worth >= np.partition(worth, -n)[-n])
            return rows[np.argsort(-worth[rows], kind="stable")[:n]]
        order = np.argsort(-worth, kind="stable")
        chosen = Purse(self._costs, self._money.left).first_that_fit(order, n)
        for row in chosen.tolist():
            self.buy(row, float(scores[row]))
        return chosen

    def ended_it(self, chosen: IntArray) -> bool:
        """Tell whether none of the other rows fits any more, though there are some."""
        if self._costs is None:
            return False
        others = np.delete(self._costs, chosen)
        return bool(len(others) and (others > self._money.left).all())
