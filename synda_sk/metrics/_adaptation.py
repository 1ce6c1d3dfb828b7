"""How much a model loses in another domain, and how much adapting wins back."""

import numpy as np
from numpy.typing import ArrayLike

from synda_sk.metrics._numbers import finite_array

__all__ = ["adaptation_drop", "adaptation_recovery"]


def adaptation_drop(source_score: ArrayLike, target_score: ArrayLike) -> float:
    """Share of its quality that a model loses from the source to the target domain.

    ``1 - mean(target) / mean(source)`` of one model: the same fraud model in
    another region or a later month, the same digits on another script.

    Parameters
    ----------
    source_score : float or array-like of shape (n_seeds,)
        Quality in the domain the model was trained in, positive on average.
    target_score : float or array-like of shape (n_seeds,)
        Quality in the other domain.

    Returns
    -------
    float
        At most 1; negative where the target is easier.

    Raises
    ------
    ValueError
        If a score is not finite, one is empty, or the mean of `source_score`
        is not positive.

    Examples
    --------
    >>> from synda_sk.metrics import adaptation_drop
    >>> adaptation_drop(0.8, [0.35, 0.45])
    0.5
    """
    source, target = _mean(source_score, "source_score"), _mean(target_score, "target_score")
    if source <= 0:
        raise ValueError(f"source_score == {source} on average, must be positive.")
    return 1.0 - target / source


def adaptation_recovery(
    unadapted_score: ArrayLike, adapted_score: ArrayLike, target_trained_score: ArrayLike
) -> float:
    """Share of the gap to a model trained in the target domain that adapting closes.

    ``(adapted - unadapted) / (target-trained - unadapted)``, all three measured
    in the target domain.

    Parameters
    ----------
    unadapted_score : float or array-like of shape (n_seeds,)
        Quality of the model of the source domain as it is.
    adapted_score : float or array-like of shape (n_seeds,)
        Quality of the model adapted with a few labels of the target domain.
    target_trained_score : float or array-like of shape (n_seeds,)
        Quality of a model trained on all labels of the target domain.

    Returns
    -------
    float
        1 where all of the gap is closed, 0 where none is, negative where
        adapting did harm; NaN where the model trained in the target domain is
        no better than the unadapted one, so that there is no gap.

    Raises
    ------
    ValueError
        If a score is not finite or one is empty.

    Examples
    --------
    >>> from synda_sk.metrics import adaptation_recovery
    >>> adaptation_recovery(0.5, 0.875, 1.0)
    0.75
    """
    unadapted = _mean(unadapted_score, "unadapted_score")
    gap = _mean(target_trained_score, "target_trained_score") - unadapted
    gained = _mean(adapted_score, "adapted_score") - unadapted
    return gained / gap if gap > 0 else float("nan")


def _mean(scores: ArrayLike, name: str) -> float:
    values = finite_array(scores, name)
    if values.ndim > 1 or not values.size:
        raise ValueError(f"{name} has shape {values.shape}, must be a number or have (n_seeds,).")
    return float(np.mean(values))
