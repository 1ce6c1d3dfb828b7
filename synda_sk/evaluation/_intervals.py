"""How far labels needed and labels saved may be off, by resampling the seeds."""

from typing import Any

import numpy as np
from scipy.optimize import isotonic_regression

from synda_sk.typing import FloatArray, IntArray

N_RESAMPLES = 1000
MIN_SEEDS = 3  # fewer seeds give no interval


def label_intervals(n_labels: IntArray, scores: FloatArray, reference: FloatArray) -> tuple[Any, Any]:
    """Return the middle 95 % of the labels needed and of the share saved, over resampled pairs of seeds.

    The bootstrap of :func:`~synda_sk.metrics.labels_to_target` at the
    reference's final quality, and of :func:`~synda_sk.metrics.labels_saved`.

    Parameters
    ----------
    n_labels : ndarray of int of shape (n_counts,)
        Label counts.
    scores, reference : ndarray of shape (n_seeds, n_counts)
        Quality of the method and of the reference, paired by seed.

    Returns
    -------
    needed, saved : [low, high] or None
        None for fewer than three seeds. A method that does not get there needs
        endlessly many labels; such an end is None.
    """
    if len(scores) < MIN_SEEDS:
        return None, None
    draws = np.random.default_rng(0).integers(len(scores), size=(N_RESAMPLES, len(scores)))
    theirs = _isotonic(reference[draws].mean(axis=1))
    level = theirs[:, -1:]
    needed, needed_reference = (
        _first(n_labels, curve >= level) for curve in (_isotonic(scores[draws].mean(axis=1)), theirs)
    )
    return _middle(needed), _middle(1 - needed / needed_reference)


def _isotonic(curves: FloatArray) -> FloatArray:
    return np.array([isotonic_regression(curve).x for curve in curves])


def _first(n_labels: IntArray, reached: Any) -> FloatArray:
    return np.where(reached.any(axis=1), n_labels[reached.argmax(axis=1)], np.inf)


def _middle(values: FloatArray) -> list[float | None]:
    low = np.quantile(values, 0.025, method="lower")
    high = np.quantile(values, 0.975, method="higher")
    return [float(end) if np.isfinite(end) else None for end in (low, high)]
