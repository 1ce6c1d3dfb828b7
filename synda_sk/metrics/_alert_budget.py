"""What a desk finds that can look at so many alerts a day."""

from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synda_sk.metrics._numbers import finite_array
from synda_sk.metrics._ranking import ranking
from synda_sk.typing import FloatArray, Labels
from synda_sk.utils import missing_values

__all__ = ["precision_at_alert_budget", "recall_at_alert_budget", "value_at_alert_budget"]


def recall_at_alert_budget(
    y_true: Labels, y_score: Labels, n_alerts: int, *, day: Any = None, pos_label: Any = 1
) -> float:
    """Share of all positives found by a desk that looks at the highest scores of each day.

    Where tied scores straddle the last place of a day, the value is its
    expectation over all orders of the tied rows.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels, at least one of them positive.
    y_score : array-like of shape (n_samples,)
        Scores, higher for likelier positives; finite.
    n_alerts : int
        Alerts a day, at least 1. On a day of fewer rows all of them are looked at.
    day : array-like of shape (n_samples,) or None, default=None
        The day of each row: whole numbers, text or dates, of which the hour is
        ignored. None makes all rows one day.
    pos_label : label, default=1
        The positive label.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ValueError
        If `n_alerts` is out of range, there is no positive, lengths differ, a
        label or day is missing, a score is not finite or a day no whole number.

    See Also
    --------
    synda_sk.model_selection.make_alert_budget_scorer : The same as a scorer.

    Examples
    --------
    >>> from synda_sk.metrics import recall_at_alert_budget
    >>> recall_at_alert_budget([1, 1, 0, 0], [0.9, 0.8, 0.3, 0.1], 1, day=[0, 0, 1, 1])
    0.5
    """
    positive, score, days = daily_ranking(y_true, y_score, n_alerts, day, pos_label)
    if not positive.any():
        raise ValueError(f"y_true has no row labelled {pos_label!r}: recall is undefined.")
    return float(gains_by_rank(positive, score, days)[:n_alerts].sum() / positive.sum())


def precision_at_alert_budget(
    y_true: Labels, y_score: Labels, n_alerts: int, *, day: Any = None, pos_label: Any = 1
) -> float:
    """Share of positives among the alerts of a desk that looks at the highest scores of each day.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_score : array-like of shape (n_samples,)
        Scores, higher for likelier positives; finite.
    n_alerts : int
        Alerts a day, at least 1; a day of fewer rows makes fewer.
    day : array-like of shape (n_samples,) or None, default=None
        As :func:`recall_at_alert_budget` takes it.
    pos_label : label, default=1
        The positive label.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ValueError
        As :func:`recall_at_alert_budget`, though no positive is needed.

    Examples
    --------
    >>> from synda_sk.metrics import precision_at_alert_budget
    >>> precision_at_alert_budget([1, 1, 0, 0], [0.9, 0.8, 0.3, 0.1], 1, day=[0, 0, 1, 1])
    0.5
    """
    positive, score, days = daily_ranking(y_true, y_score, n_alerts, day, pos_label)
    hits = gains_by_rank(positive, score, days)[:n_alerts].sum()
    return float(hits / gains_by_rank(np.ones(len(score)), score, days)[:n_alerts].sum())


def value_at_alert_budget(
    y_true: Labels, y_score: Labels, amount: Any, n_alerts: int, *, day: Any = None, pos_label: Any = 1
) -> float:
    """Share of the positives' money that is in the alerts of a desk, day by day.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels, at least one of them positive with an amount above 0.
    y_score : array-like of shape (n_samples,)
        Scores, higher for likelier positives; finite.
    amount : array-like of shape (n_samples,)
        What each row is worth, at least 0.
    n_alerts : int
        Alerts a day, at least 1.
    day : array-like of shape (n_samples,) or None, default=None
        As :func:`recall_at_alert_budget` takes it.
    pos_label : label, default=1
        The positive label.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ValueError
        As :func:`recall_at_alert_budget`, and if an amount is negative or the
        positives have none.

    Examples
    --------
    >>> from synda_sk.metrics import value_at_alert_budget
    >>> value_at_alert_budget([1, 1, 0, 0], [0.9, 0.8, 0.3, 0.1], [75, 25, 10, 10], 1)
    0.75
    """
    positive, score, days = daily_ranking(y_true, y_score, n_alerts, day, pos_label)
    money = positive * check_amount(amount, len(score))
    if not money.sum() > 0:
        raise ValueError(f"amount is 0 in all rows labelled {pos_label!r}: the share found is undefined.")
    return float(gains_by_rank(money, score, days)[:n_alerts].sum() / money.sum())


def gains_by_rank(gain: NDArray[Any], score: FloatArray, day: NDArray[np.intp]) -> FloatArray:
    """Return what the best row of each day is worth, all second rows, and so on.

    Parameters
    ----------
    gain : ndarray of shape (n_samples,)
        What each row is worth; tied rows of a day share the mean of theirs.
    score : ndarray of shape (n_samples,)
        Higher comes first.
    day : ndarray of int of shape (n_samples,)
        Days as numbers from 0.

    Returns
    -------
    ndarray of shape (n_rows_of_longest_day,)
        Expected sum over the days, by place within the day.
    """
    order = np.lexsort((-score, day))
    day, score = day[order], score[order]
    new_day = np.concatenate([[True], day[1:] != day[:-1]])
    new_block = new_day | np.concatenate([[True], score[1:] != score[:-1]])
    block = np.cumsum(new_block) - 1
    shared = np.bincount(block, gain[order]) / np.bincount(block)
    first_of_day = np.flatnonzero(new_day)[np.cumsum(new_day) - 1]
    place = np.arange(len(day)) - first_of_day
    return np.bincount(place, shared[block]).astype(np.float64)


def as_days(day: Any, n_samples: int) -> NDArray[np.intp]:
    """Return days as numbers from 0; None is one day.

    Raises
    ------
    ValueError
        If lengths differ, one is missing, or a number is not whole.
    """
    if day is None:
        return np.zeros(n_samples, dtype=np.intp)
    values = np.asarray(day)
    if values.ndim != 1 or len(values) != n_samples:
        raise ValueError(f"day has shape {values.shape}, must have ({n_samples},), one a row.")
    if missing_values(values).any():
        raise ValueError(f"day is missing in {int(missing_values(values).sum())} rows.")
    if values.dtype.kind == "f" and (values != np.floor(values)).any():
        raise ValueError("day holds fractions, must hold whole numbers, text or dates.")
    if values.dtype.kind == "O" and all(hasattr(value, "toordinal") for value in values):
        values = np.array([value.toordinal() for value in values])
    if values.dtype.kind == "M":
        values = values.astype("datetime64[D]")
    return np.unique(values, return_inverse=True)[1]


def check_amount(amount: Any, n_samples: int) -> FloatArray:
    """Return amounts.

    Raises
    ------
    ValueError
        If lengths differ, one is not finite or below 0.
    """
    values = finite_array(amount, "amount")
    if values.shape != (n_samples,):
        raise ValueError(f"amount has shape {values.shape}, must have ({n_samples},), one a row.")
    if (values < 0).any():
        raise ValueError(f"amount == {values.min()} in some row, must be >= 0.")
    return values


def daily_ranking(
    y_true: Labels, y_score: Labels, n_alerts: int, day: Any, pos_label: Any
) -> tuple[NDArray[np.bool_], FloatArray, NDArray[np.intp]]:
    """Return which rows are positive, the scores, and days as numbers from 0.

    Raises
    ------
    ValueError
        As :func:`recall_at_alert_budget`.
    """
    positive, score = ranking(y_true, y_score, pos_label)
    if not len(score):
        raise ValueError("y_true is empty, must have at least one row.")
    if not isinstance(n_alerts, Integral) or n_alerts < 1:
        raise ValueError(f"n_alerts == {n_alerts!r}, must be a whole number >= 1.")
    return positive, score, as_days(day, len(score))
