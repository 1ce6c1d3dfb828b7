"""What labels, alerts and missed positives cost together."""

from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from synda_sk.metrics._alert_budget import check_amount, daily_ranking, gains_by_rank
from synda_sk.typing import Labels

__all__ = ["OperatingCost", "operating_cost"]


class OperatingCost(NamedTuple):
    """Money spent and lost.

    Parameters
    ----------
    labels : float
        For labels.
    alerts : float
        For looking at alerts.
    losses : float
        Lost to positives.
    """

    labels: float
    alerts: float
    losses: float

    @property
    def total(self) -> float:
        """The sum of all three."""
        return self.labels + self.alerts + self.losses


def operating_cost(
    y_true: Labels,
    y_score: Labels,
    amount: Any,
    n_alerts: int,
    *,
    day: Any = None,
    n_labels: int = 0,
    label_cost: float = 0.0,
    alert_cost: float = 0.0,
    recovered: float = 1.0,
    pos_label: Any = 1,
) -> OperatingCost:
    r"""Money a model costs: its labels, a desk for its alerts, and what it misses.

    .. math:: C = c_{label}\, n_{labels} + c_{alert}\, n_{alerts}
              + \sum_{i\;positive} a_i \, (1 - \rho\, [i\;alerted])

    with the alerts of every day counted and rho the share of an amount that an
    alert saves. Ties are expected values, as in
    :func:`~synda_sk.metrics.recall_at_alert_budget`.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_score : array-like of shape (n_samples,)
        Scores, higher for likelier positives; finite.
    amount : array-like of shape (n_samples,)
        What is lost with each row that is positive, at least 0.
    n_alerts : int
        Alerts a day, at least 1; a day of fewer rows makes fewer.
    day : array-like of shape (n_samples,) or None, default=None
        The day of each row; None makes all rows one day.
    n_labels : int, default=0
        Labels the model was trained on.
    label_cost : float, default=0.0
        Of one label, in the money of `amount`; at least 0.
    alert_cost : float, default=0.0
        Of one alert; at least 0.
    recovered : float, default=1.0
        rho, in [0, 1].
    pos_label : label, default=1
        The positive label.

    Returns
    -------
    OperatingCost
        ``labels``, ``alerts``, ``losses`` and their ``total``.

    Raises
    ------
    ValueError
        If a parameter is out of range or lengths differ.

    Examples
    --------
    >>> from synda_sk.metrics import operating_cost
    >>> cost = operating_cost(
    ...     [1, 0, 1], [0.9, 0.5, 0.1], [100, 10, 30], 2, n_labels=20, label_cost=0.5, alert_cost=1
    ... )
    >>> cost
    OperatingCost(labels=10.0, alerts=2.0, losses=30.0)
    >>> cost.total
    42.0
    """
    given = {"n_labels": n_labels, "label_cost": label_cost, "alert_cost": alert_cost, "recovered": recovered}
    for name, value in given.items():
        if not isinstance(value, Real) or not 0 <= value < np.inf:
            raise ValueError(f"{name} == {value!r}, must be a number >= 0.")
    if recovered > 1:
        raise ValueError(f"recovered == {recovered!r}, must be in [0, 1].")
    positive, score, days = daily_ranking(y_true, y_score, n_alerts, day, pos_label)
    money = positive * check_amount(amount, len(score))
    caught = gains_by_rank(money, score, days)[:n_alerts].sum()
    made = gains_by_rank(np.ones(len(score)), score, days)[:n_alerts].sum()
    losses = max(0.0, float(money.sum() - recovered * caught))
    return OperatingCost(float(n_labels * label_cost), float(made * alert_cost), losses)
