"""The held-out part: the last rows in time, or a stratified draw."""

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import train_test_split

from synda_sk.base import check_labels
from synda_sk.typing import IntArray
from synda_sk.utils import check_same_length, missing_values


class SplitError(ValueError):
    """The rows cannot be split so that both parts are of use.

    Parameters
    ----------
    message : str
        What is wrong, with "{label}" where a class is named.
    label : label or None, default=None
        That class.
    """

    def __init__(self, message: str, label: Any = None) -> None:
        super().__init__(message, label)
        self.message, self.label = message, label

    def __str__(self) -> str:
        return self.naming({})

    def naming(self, names: Mapping[Any, str]) -> str:
        """Return the message with the class called by its name.

        Parameters
        ----------
        names : mapping
            Names by class; a class without one goes by itself.

        Returns
        -------
        str
            The message.
        """
        return self.message.format(label=names.get(self.label, self.label))


def held_out_split(
    y: NDArray[Any], *, time: ArrayLike | None, test_size: float, seed: int
) -> tuple[IntArray, IntArray]:
    """Split rows into a training part and a later, or a random, test part.

    With `time`, every test row is strictly later than every training row: the
    cut is the change of time nearest to the wanted share, so rows of one time
    stay together and the split is the same for every seed. Without, the split
    is random and stratified by class.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Labels.
    time : array-like of shape (n_samples,) or None
        When each row happened, in any unit that sorts.
    test_size : float
        Share of the rows to hold out, in (0, 1).
    seed : int
        Seed of the random split.

    Returns
    -------
    train, test : ndarray of int
        Positions of the rows, ascending.

    Raises
    ------
    SplitError
        If a class is too rare or one part lacks a class, or `time` is constant.
    ValueError
        If a label or a time is missing, lengths differ, or a parameter is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.evaluation import held_out_split
    >>> y = np.array([0, 1, 0, 0, 1, 0])
    >>> train, test = held_out_split(y, time=[6, 1, 2, 3, 5, 4], test_size=0.34, seed=0)
    >>> train.tolist(), test.tolist()
    ([1, 2, 3, 5], [0, 4])
    """
    y = check_labels(y)
    if not len(y):
        raise ValueError("y is empty, must have rows of every class.")
    if not isinstance(test_size, Real) or not 0 < test_size < 1:
        raise ValueError(f"test_size == {test_size!r}, must be in (0, 1).")
    if not isinstance(seed, Integral) or not 0 <= seed < 2**32:
        raise ValueError(f"seed == {seed!r}, must be an int >= 0 and < 2**32.")
    train, test = _by_time(time, y, test_size) if time is not None else _stratified(y, test_size, seed)
    for name, part in (("training", train), ("test", test)):
        absent = np.setdiff1d(y, y[part])
        if len(absent):
            raise SplitError(
                f"the {name} part ({len(part)} of {len(y)} rows) has no row of class {{label}}; "
                "both parts need every class",
                absent[0],
            )
    return train, test


def _by_time(time: ArrayLike, y: NDArray[Any], test_size: float) -> tuple[IntArray, IntArray]:
    when = np.asarray(time)
    if when.ndim != 1:
        raise ValueError(f"time has shape {when.shape}, must have (n_samples,).")
    check_same_length(time=when, y=y)
    n_missing = int(missing_values(when).sum())
    if n_missing:
        raise ValueError(f"time is missing in {n_missing} rows, must be known of every row.")
    order = np.argsort(when, kind="stable")
    changes = np.flatnonzero(when[order][1:] != when[order][:-1]) + 1
    if not len(changes):
        raise SplitError("the time is the same in every row, so there is no later part")
    cut = changes[np.argmin(np.abs(changes - (1 - test_size) * len(y)))]
    return np.sort(order[:cut]), np.sort(order[cut:])


def _stratified(y: NDArray[Any], test_size: float, seed: int) -> tuple[IntArray, IntArray]:
    classes, counts = np.unique(y, return_counts=True)
    if counts.min() < 2:
        raise SplitError("class {label} has 1 row; every class needs at least 2", classes[counts.argmin()])
    try:
        train, test = train_test_split(np.arange(len(y)), test_size=test_size, stratify=y, random_state=seed)
    except ValueError as error:
        raise SplitError(f"{len(y)} rows of {len(classes)} classes are too few to split") from error
    return np.sort(train), np.sort(test)
