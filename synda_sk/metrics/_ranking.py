"""What an analyst finds who can look at the k highest scores only."""

from numbers import Integral, Real
from typing import Any

import numpy as np

from synda_sk.base import check_labels
from synda_sk.metrics._numbers import finite_array
from synda_sk.typing import Labels
from synda_sk.utils import check_same_length

__all__ = ["alert_count", "precision_at_k", "recall_at_alert_rate", "recall_at_k"]


def precision_at_k(y_true: Labels, y_score: Labels, k: int, *, pos_label: Any = 1) -> float:
    """Share of positives among the `k` rows with the highest scores.

    Where tied scores straddle the k-th place, the value is its expectation over
    all orders of the tied rows: it depends on no order of the input.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_score : array-like of shape (n_samples,)
        Scores, higher for likelier positives; finite.
    k : int
        Number of alerts, in [1, n_samples].
    pos_label : label, default=1
        The positive label.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ValueError
        If `k` is out of range, lengths differ, a label is missing or of another
        type than `pos_label`, or a score is not finite.

    Examples
    --------
    >>> from synda_sk.metrics import precision_at_k
    >>> precision_at_k([1, 0, 1, 0], [0.9, 0.8, 0.3, 0.1], 2)
    0.5
    """
    positive, score = ranking(y_true, y_score, pos_label)
    return _expected_hits(positive, score, k) / k


def recall_at_k(y_true: Labels, y_score: Labels, k: int, *, pos_label: Any = 1) -> float:
    """Share of all positives that are among the `k` rows with the highest scores.

    Ties are handled as in :func:`precision_at_k`.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels, at least one of them positive.
    y_score : array-like of shape (n_samples,)
        Scores, higher for likelier positives; finite.
    k : int
        Number of alerts, in [1, n_samples].
    pos_label : label, default=1
        The positive label.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ValueError
        As :func:`precision_at_k`, and if there is no positive.

    Examples
    --------
    >>> from synda_sk.metrics import recall_at_k
    >>> recall_at_k([1, 0, 1, 0], [0.9, 0.5, 0.5, 0.1], 2)
    0.75
    """
    positive, score = ranking(y_true, y_score, pos_label)
    if not positive.any():
        raise ValueError(f"y_true has no row labelled {pos_label!r}: recall is undefined.")
    return _expected_hits(positive, score, k) / int(positive.sum())


def recall_at_alert_rate(y_true: Labels, y_score: Labels, alert_rate: float, *, pos_label: Any = 1) -> float:
    """Share of all positives found when a share of the rows can be looked at.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels, at least one of them positive.
    y_score : array-like of shape (n_samples,)
        Scores, higher for likelier positives; finite.
    alert_rate : float
        Share of the rows that raise an alert, in (0, 1].
    pos_label : label, default=1
        The positive label.

    Returns
    -------
    float
        :func:`recall_at_k` at ``alert_count(n_samples, alert_rate)``.

    Raises
    ------
    ValueError
        As :func:`recall_at_k` and :func:`alert_count`.

    Examples
    --------
    >>> from synda_sk.metrics import recall_at_alert_rate
    >>> recall_at_alert_rate([1, 0, 1, 0], [0.9, 0.8, 0.3, 0.1], 0.25)
    0.5
    """
    k = alert_count(len(ranking(y_true, y_score, pos_label)[0]), alert_rate)
    return recall_at_k(y_true, y_score, k, pos_label=pos_label)


def alert_count(n_samples: int, alert_rate: float) -> int:
    """Return the number of alerts that a share of the rows makes.

    Parameters
    ----------
    n_samples : int
        Number of rows, at least 1.
    alert_rate : float
        Share of the rows, in (0, 1].

    Returns
    -------
    int
        The nearest whole number (halves to the even one), at least 1.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    Examples
    --------
    >>> from synda_sk.metrics import alert_count
    >>> alert_count(6000, 0.01), alert_count(20, 0.01)
    (60, 1)
    """
    if not isinstance(n_samples, Integral) or n_samples < 1:
        raise ValueError(f"n_samples == {n_samples!r}, must be a whole number >= 1.")
    if not isinstance(alert_rate, Real) or not 0 < alert_rate <= 1:
        raise ValueError(f"alert_rate == {alert_rate!r}, must be in (0, 1].")
    return max(1, round(n_samples * alert_rate))


def ranking(y_true: Labels, y_score: Labels, pos_label: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return which rows are positive, and the scores.

    Raises
    ------
    ValueError
        If lengths differ, a label is missing or of another type than
        `pos_label`, or a score is not finite.
    """
    label, score = check_labels(y_true, "y_true"), finite_array(y_score, "y_score")
    if score.ndim != 1:
        raise ValueError(f"y_score has shape {score.shape}, must have (n_samples,).")
    check_same_length(y_true=label, y_score=score)
    if len(label) and isinstance(pos_label, str) != isinstance(label[0], str):
        given = label.tolist()[0]
        raise ValueError(f"pos_label == {pos_label!r}, must be a label like those of y_true: {given!r}.")
    return label == pos_label, score


def _expected_hits(positive: np.ndarray, score: np.ndarray, k: int) -> float:
    if not isinstance(k, Integral) or not 1 <= k <= len(score):
        raise ValueError(f"k == {k!r}, must be a whole number in [1, {len(score)}], the number of rows.")
    cut = np.partition(score, len(score) - k)[len(score) - k]
    above, tied = score > cut, score == cut
    return float(positive[above].sum() + positive[tied].mean() * (k - above.sum()))
