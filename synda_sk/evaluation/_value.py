"""Money: what of it is found among the alerts, and what errors cost."""

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synda_sk.evaluation._target import Target
from synda_sk.metrics import alert_count, operating_cost, value_at_alert_budget
from synda_sk.metrics._alert_budget import check_amount
from synda_sk.typing import FloatArray

VALUE_MEASURES = ("value_at_alerts", "operating_cost")


def check_value(amount: Any, alert_cost: Any, target: Target) -> FloatArray | None:
    """Return the checked amounts of the rows, None where none are given.

    Parameters
    ----------
    amount : array-like of shape (n_samples,) or None
        What each row is worth.
    alert_cost : float
        Of one alert.
    target : Target
        All labels.

    Returns
    -------
    ndarray of shape (n_samples,) or None
        At least 0.

    Raises
    ------
    ValueError
        If amounts are negative, missing or of another number, no class is
        sought, or `alert_cost` is out of range or given alone.
    """
    if (
        not isinstance(alert_cost, Real)
        or isinstance(alert_cost, bool)
        or not 0 <= float(alert_cost) < np.inf
    ):
        raise ValueError(f"alert_cost == {alert_cost!r}, must be a number >= 0.")
    if amount is None:
        if alert_cost:
            raise ValueError(
                f"alert_cost == {alert_cost!r}, but amount is None: give what each row is worth."
            )
        return None
    if not target.is_binary:
        raise ValueError("amount is for a class sought among the rest: give positive.")
    return check_amount(amount, len(target.y))


def check_positive_amount(amount: FloatArray, y: NDArray[Any]) -> None:
    """Raise unless positive rows of the test part are worth something.

    Parameters
    ----------
    amount : ndarray of shape (n_test,)
        Amounts.
    y : ndarray of shape (n_test,)
        1 for the positive class.

    Raises
    ------
    ValueError
        If all of them are worth 0.
    """
    if not amount[y == 1].sum() > 0:
        raise ValueError("amount is 0 in all positive rows of the test part: the share found is undefined.")


def measure_value(
    y: NDArray[Any], score: FloatArray, amount: FloatArray, *, alert_rate: float, alert_cost: float
) -> dict[str, float]:
    """Measure scores by the money they find.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        1 for the positive class, 0 for the rest.
    score : ndarray of shape (n_samples,)
        Higher for likelier positives.
    amount : ndarray of shape (n_samples,)
        What each row is worth.
    alert_rate : float
        Share of the rows that may raise an alert.
    alert_cost : float
        Of one alert.

    Returns
    -------
    dict of str to float
        "value_at_alerts", the share of the positives' money among the alerts, and
        "operating_cost", what is missed and what the alerts cost; lower is better.
    """
    k = alert_count(len(y), alert_rate)
    cost = operating_cost(y, score, amount, k, alert_cost=alert_cost)
    return {"value_at_alerts": value_at_alert_budget(y, score, amount, k), "operating_cost": cost.total}
