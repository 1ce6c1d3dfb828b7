"""Scorers of a desk that can look at so many alerts a day."""

from numbers import Integral
from typing import Any, Literal

from sklearn.metrics import make_scorer

from synda_sk.metrics import precision_at_alert_budget, recall_at_alert_budget, value_at_alert_budget

__all__ = ["make_alert_budget_scorer"]

_MEASURES = {
    "recall": recall_at_alert_budget,
    "precision": precision_at_alert_budget,
    "value": value_at_alert_budget,
}


def make_alert_budget_scorer(
    n_alerts: int, *, measure: Literal["recall", "precision", "value"] = "recall", pos_label: Any = 1
) -> Any:
    """Make a scorer of what is found when so many alerts a day can be looked at.

    The day of each row, and its amount for "value", come through metadata
    routing: switch it on with ``sklearn.set_config(enable_metadata_routing=True)``
    and ask for them with ``set_score_request``.

    Parameters
    ----------
    n_alerts : int
        Alerts a day, at least 1.
    measure : {"recall", "precision", "value"}, default="recall"
        :func:`~synda_sk.metrics.recall_at_alert_budget` (takes `day`),
        :func:`~synda_sk.metrics.precision_at_alert_budget` (`day`) or
        :func:`~synda_sk.metrics.value_at_alert_budget` (`amount` and `day`).
        Without `day` all test rows are one day.
    pos_label : label, default=1
        The positive label.

    Returns
    -------
    scorer
        For ``scoring=`` of scikit-learn's searches and cross-validation; it asks
        the model for ``decision_function``, else ``predict_proba``.

    Raises
    ------
    ValueError
        If `n_alerts` is no whole number >= 1, or `measure` none of the three.

    Examples
    --------
    >>> import numpy as np
    >>> import sklearn
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import cross_val_score
    >>> from synda_sk.model_selection import DelayedLabelSplit, make_alert_budget_scorer
    >>> rng = np.random.default_rng(0)
    >>> X, day = rng.normal(size=(300, 2)), np.repeat(np.arange(30), 10)
    >>> y, amount = (X[:, 0] > 1).astype(int), rng.lognormal(size=300)
    >>> with sklearn.config_context(enable_metadata_routing=True):
    ...     scorer = make_alert_budget_scorer(4, measure="value").set_score_request(day=True, amount=True)
    ...     found = cross_val_score(
    ...         LogisticRegression(),
    ...         X,
    ...         y,
    ...         cv=DelayedLabelSplit(3, delay=2, test_size=7),
    ...         scoring=scorer,
    ...         params={"time": day, "day": day, "amount": amount},
    ...     )
    >>> bool((found > 0.5).all())
    True
    """
    if not isinstance(n_alerts, Integral) or n_alerts < 1:
        raise ValueError(f"n_alerts == {n_alerts!r}, must be a whole number >= 1.")
    if measure not in _MEASURES:
        raise ValueError(f"measure == {measure!r}, must be one of {', '.join(_MEASURES)}.")
    return make_scorer(
        _MEASURES[measure],
        response_method=("decision_function", "predict_proba"),
        n_alerts=n_alerts,
        pos_label=pos_label,
    )
