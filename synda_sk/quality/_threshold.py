"""Which scores are good enough."""

from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils._param_validation import Interval, validate_parameter_constraints

from synda_sk.typing import FloatArray


@dataclass(frozen=True)
class GlobalThreshold:
    """The proposal's literal filter: keep a row iff q(x) > tau_q, whatever its class.

    Parameters
    ----------
    value : float
        tau_q, finite.

    Raises
    ------
    ValueError
        If `value` is no finite number.

    Notes
    -----
    Proposal, section 2.3.2. One threshold for all classes tends to throw the
    rare class away, whose rows look least certain: a share per class is the
    better choice on imbalanced data.
    """

    value: float

    def __post_init__(self) -> None:
        constraints = {"value": [Interval(Real, None, None, closed="neither")]}
        validate_parameter_constraints(constraints, vars(self), "GlobalThreshold")


def accepted(
    scores: FloatArray, y: NDArray[Any], threshold: float | GlobalThreshold | None
) -> NDArray[np.bool_]:
    """Mark the rows to keep.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        q(x).
    y : ndarray of shape (n_samples,)
        Labels.
    threshold : float, GlobalThreshold or None
        Share of each class to keep, the best first; tau_q; None keeps all.

    Returns
    -------
    ndarray of bool of shape (n_samples,)
        True where kept.
    """
    if threshold is None:
        return np.ones(len(scores), dtype=bool)
    if isinstance(threshold, GlobalThreshold):
        return scores > threshold.value
    keep = np.zeros(len(scores), dtype=bool)
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        best = np.argsort(-scores[rows], kind="stable")
        keep[rows[best[: int(np.ceil(threshold * len(rows)))]]] = True
    return keep
