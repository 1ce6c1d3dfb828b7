"""How many labels a method needs for the quality another one reaches."""

from numbers import Real

import numpy as np
from numpy.typing import ArrayLike
from sklearn.isotonic import isotonic_regression

from synda_sk.metrics._numbers import finite_array
from synda_sk.typing import FloatArray

__all__ = ["area_under_learning_curve", "isotonic_curve", "labels_saved", "labels_to_target"]


def isotonic_curve(n_labels: ArrayLike, scores: ArrayLike) -> FloatArray:
    """Smooth a learning curve to the nearest one that never falls.

    Parameters
    ----------
    n_labels : array-like of shape (n_counts,)
        Label counts, strictly ascending.
    scores : array-like of shape (n_counts,) or (n_seeds, n_counts)
        Quality at each count, higher is better; a second axis is averaged first.

    Returns
    -------
    ndarray of shape (n_counts,)
        Least-squares non-decreasing fit of the mean curve.

    Raises
    ------
    ValueError
        If shapes do not fit, a number is not finite, or counts do not ascend.

    Examples
    --------
    >>> from synda_sk.metrics import isotonic_curve
    >>> isotonic_curve([10, 20, 30], [0.5, 0.25, 1.0]).tolist()
    [0.375, 0.375, 1.0]
    """
    _, scores = _check(n_labels, scores)
    return isotonic_regression(scores if scores.ndim == 1 else scores.mean(axis=0))


def labels_to_target(n_labels: ArrayLike, scores: ArrayLike, target: float) -> float:
    """Return the first label count at which the isotonic mean curve reaches a target.

    Only evaluated counts are returned; nothing is interpolated.

    Parameters
    ----------
    n_labels : array-like of shape (n_counts,)
        Label counts, strictly ascending.
    scores : array-like of shape (n_counts,) or (n_seeds, n_counts)
        Quality at each count, higher is better.
    target : float
        Quality to reach.

    Returns
    -------
    float
        A value of `n_labels`; NaN if the target is never reached.

    Raises
    ------
    ValueError
        As :func:`isotonic_curve`, and if `target` is no number.

    Examples
    --------
    >>> from synda_sk.metrics import labels_to_target
    >>> labels_to_target([10, 20, 30], [0.2, 0.6, 0.7], 0.5)
    20.0
    >>> labels_to_target([10, 20, 30], [0.2, 0.6, 0.7], 0.8)
    nan
    """
    counts, _ = _check(n_labels, scores)
    if not isinstance(target, Real) or np.isnan(float(target)):
        raise ValueError(f"target == {target!r}, must be a number.")
    reached = np.flatnonzero(isotonic_curve(n_labels, scores) >= target)
    return float(counts[reached[0]]) if len(reached) else float("nan")


def labels_saved(n_labels: ArrayLike, method_scores: ArrayLike, reference_scores: ArrayLike) -> float:
    """Share of the reference's labels that a method does without.

    ``1 - n / n_ref``, where n and n_ref are the first evaluated label counts at
    which the isotonic mean curves (over seeds) of the method and of the
    reference reach the reference's final (isotonic) quality.

    Parameters
    ----------
    n_labels : array-like of shape (n_counts,)
        Label counts of both curves, strictly ascending, positive.
    method_scores : array-like of shape (n_counts,) or (n_seeds, n_counts)
        Quality of the method, higher is better.
    reference_scores : array-like of shape (n_counts,) or (n_seeds, n_counts)
        Quality of the reference, as a rule random labelling.

    Returns
    -------
    float
        At most 1; negative where the method needs more labels; NaN where it
        never reaches the reference's final quality.

    Raises
    ------
    ValueError
        As :func:`isotonic_curve`.

    Examples
    --------
    >>> from synda_sk.metrics import labels_saved
    >>> labels_saved([10, 20, 30, 40], [0.3, 0.8, 0.8, 0.9], [0.2, 0.5, 0.7, 0.75])
    0.5
    """
    counts, _ = _check(n_labels, method_scores, "method_scores")
    _check(n_labels, reference_scores, "reference_scores")
    if counts[0] == 0:
        raise ValueError("n_labels == 0 in the first place, must be positive.")
    target = float(isotonic_curve(n_labels, reference_scores)[-1])
    n_reference = labels_to_target(n_labels, reference_scores, target)
    return 1.0 - labels_to_target(n_labels, method_scores, target) / n_reference


def area_under_learning_curve(n_labels: ArrayLike, scores: ArrayLike) -> float | FloatArray:
    """Mean height of a learning curve, by the trapezoidal rule.

    Parameters
    ----------
    n_labels : array-like of shape (n_counts,)
        Label counts, strictly ascending.
    scores : array-like of shape (n_counts,) or (n_seeds, n_counts)
        Quality at each count.

    Returns
    -------
    float or ndarray of shape (n_seeds,)
        Area divided by the range of the label counts, so in the unit of the
        scores; the score itself where there is one count only.

    Raises
    ------
    ValueError
        As :func:`isotonic_curve`.

    Examples
    --------
    >>> from synda_sk.metrics import area_under_learning_curve
    >>> area_under_learning_curve([10, 20, 40], [0.0, 0.5, 0.5])
    0.41666...
    """
    counts, scores = _check(n_labels, scores)
    if len(counts) == 1:
        area = scores[..., 0]
    else:
        area = np.trapezoid(scores, counts, axis=-1) / (counts[-1] - counts[0])
    return float(area) if scores.ndim == 1 else area


def _check(n_labels: ArrayLike, scores: ArrayLike, name: str = "scores") -> tuple[FloatArray, FloatArray]:
    counts, values = finite_array(n_labels, "n_labels"), finite_array(scores, name)
    if counts.ndim != 1 or not len(counts) or not values.size or values.ndim not in (1, 2):
        raise ValueError(f"n_labels must have shape (n_counts,), {name} (n_counts,) or (n_seeds, n_counts).")
    if values.shape[-1] != len(counts):
        raise ValueError(f"{name} has {values.shape[-1]} label counts, n_labels {len(counts)}.")
    if (np.diff(counts) <= 0).any() or counts[0] < 0:
        raise ValueError("n_labels must be strictly ascending and not negative.")
    return counts, values
