"""The target of a comparison: two classes, one of them sought, or several."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synda_sk.typing import Labels
from synda_sk.utils import split_missing


@dataclass(frozen=True)
class Target:
    """Labels as the protocol uses them.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        1 for the positive class and 0 for the rest, or the labels of several
        classes as they are.
    positive : label or None
        The positive class; None for several classes.
    """

    y: NDArray[Any]
    positive: Any

    @property
    def is_binary(self) -> bool:
        """Whether there is a positive class."""
        return self.positive is not None


def make_target(y: Labels, positive: Any = None) -> Target:
    """Turn labels into a target.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Labels without missing values.
    positive : label or None, default=None
        The positive class, against all others. None takes the rarer one of two
        classes (the last in order if both are as frequent) and keeps more than
        two as they are.

    Returns
    -------
    Target
        Labels and positive class.

    Raises
    ------
    ValueError
        If labels are missing, there is one class only, or `positive` is none.
    """
    labels, is_missing = split_missing(y)
    if is_missing.any():
        raise ValueError(f"y has {int(is_missing.sum())} missing labels; the protocol needs them all.")
    classes, counts = np.unique(labels, return_counts=True)
    if len(classes) < 2:
        raise ValueError(f"y has one class only: {classes.tolist()}; at least two are needed.")
    if positive is None and len(classes) > 2:
        return Target(labels, None)
    if positive is None:
        positive = classes[1] if counts[1] <= counts[0] else classes[0]
    elif positive not in classes.tolist():
        raise ValueError(f"positive == {positive!r} is no label of y; it has {classes.tolist()}.")
    return Target((labels == positive).astype(np.intp), getattr(positive, "item", lambda: positive)())
