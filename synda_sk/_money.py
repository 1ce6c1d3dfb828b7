"""What a SynDAClassifier is told of costs: by fit, query, teach and its stopping rules."""

from numbers import Integral
from typing import Any

import numpy as np

from synda_sk._state import LabelState, Pool
from synda_sk.selection._costs import Purse, check_costs, make_purse, total_cost
from synda_sk.selection._stopping import as_rules, measured, money_for
from synda_sk.typing import FloatArray, IntArray


def fit_costs(costs: Any, stopping: Any, n_rows: int) -> FloatArray | None:
    """Return the checked costs of the rows of fit, None where none are given.

    Raises
    ------
    ValueError
        If they are no costs, or a stopping rule needs some.
    """
    if costs is not None:
        return check_costs(costs, n_rows)
    if "cost" in measured(as_rules(stopping)):
        raise ValueError(
            "stopping limits the cost, so costs must tell what each row costs: fit(X, y, costs=...)."
        )
    return None


def cannot_pay(costs: FloatArray | None, stopping: Any) -> bool:
    """Tell whether the labels of all rows cost more than the stopping rules allow."""
    return costs is not None and total_cost(costs) > money_for(as_rules(stopping))


def replay_money(
    costs: FloatArray | None,
    stopping: Any,
    truth: IntArray,
    initial: str | IntArray,
    initial_labels: int | float,
) -> dict[str, float]:
    """Return "money", what all labels of a replay may cost, and "initial_money", what the first may.

    Raises
    ------
    ValueError
        If the first labels are named and cost more, or no label costs as little.
    """
    money = money_for(as_rules(stopping))
    if costs is None or money == np.inf:
        return {"money": np.inf, "initial_money": np.inf}
    if not isinstance(initial, str):
        cost = total_cost(costs[initial])
        if cost > money:
            raise ValueError(
                f"initial names rows that cost {cost:g}, but cost_budget == {money:g} in stopping."
            )
        return {"money": money, "initial_money": money}
    cheapest = costs[truth >= 0].min()
    if cheapest > money:
        raise ValueError(
            f"cost_budget == {money:g} in stopping buys no label: the cheapest costs {cheapest:g}."
        )
    share = 1.0 if isinstance(initial_labels, Integral) else float(initial_labels)
    return {"money": money, "initial_money": share * money}


def query_purse(
    costs: Any, cost_budget: Any, stopping: Any, given: Pool | None, state: LabelState
) -> Purse | None:
    """Return what the rows of the pool a query is about cost, and what its batch may.

    Raises
    ------
    ValueError
        If `costs` or `cost_budget` are wrong, or a stopping rule needs costs that are not known.
    """
    if given is None and costs is None:
        costs = state.costs
    purse = make_purse(costs, cost_budget, len(state.codes) if given is None else len(given))
    if "cost" not in measured(as_rules(stopping)):
        return purse
    spent = state.cost
    if purse is None or spent is None:
        raise ValueError(
            "stopping limits the cost, but what rows cost is not known: "
            + ("give costs of the rows of X." if spent is not None else "give costs to fit, or to resume.")
        )
    return Purse(purse.costs, min(purse.money, state.left_of(money_for(as_rules(stopping)))))


def answer_costs(
    costs: Any, stopping: Any, state: LabelState, n_rows: int, stored: bool
) -> FloatArray | None:
    """Return the checked costs of answers; None for those the stored rows have.

    Raises
    ------
    ValueError
        If they are no costs, there are none of rows from elsewhere, or none were given to fit.
    """
    if state.costs is None:
        if costs is not None or "cost" in measured(as_rules(stopping)):
            raise ValueError(
                "costs of answers can be counted only where fit, or resume, was given costs too."
            )
        return None
    if costs is None and not stored:
        raise ValueError("costs must tell what the rows of X_or_indices cost: they come from elsewhere.")
    return None if costs is None else check_costs(costs, n_rows)


def resume_costs(costs: Any, stopping: Any, state: LabelState, blind: bool) -> FloatArray | None:
    """Return the checked costs of the rows of a table given to resume.

    Raises
    ------
    ValueError
        If they are no costs, there is no table, or rows from elsewhere are in the journal.
    """
    if costs is not None and blind:
        raise ValueError("costs belong to the rows of X: give resume the table too.")
    if costs is not None and state.added is not None:
        raise ValueError(
            "costs cannot be told: the journal holds rows from elsewhere, and not what they cost."
        )
    return fit_costs(costs, stopping, len(state.codes))
