"""Cross-validation in time where labels arrive late."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from numbers import Integral, Real
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import BaseCrossValidator

from synda_sk.typing import IntArray, Labels, Table
from synda_sk.utils import check_same_length, is_frame, missing_values


class DelayedLabelSplit(BaseCrossValidator):
    r"""Train on the past whose labels have arrived, test on the time that follows.

    .. code-block:: text

        |--------- train ---------|-- delay --|-- test --|
                                              start      stop

    A window tests the rows with ``start < time <= stop`` and trains on those
    with ``time <= start - delay``: the labels of the delay have not arrived when
    the model is fitted. Windows follow each other without a gap or an overlap,
    and the last one stops at the latest time.

    Parameters
    ----------
    n_splits : int, default=5
        Number of windows, at least 1.
    time : str, array-like of shape (n_samples,) or None, default=None
        When each row happened, as numbers or datetimes: the name of a column of
        X, which also works in nested cross-validation, or one value a row of
        the X that is split. None takes what ``split`` is given.
    delay : number or timedelta, default=0
        How long a label takes to arrive, at least 0: in the unit of numeric
        times, a ``datetime.timedelta`` or ``numpy.timedelta64`` for datetimes.
    test_size : number, timedelta or None, default=None
        Length of a test window, above 0. None makes n_splits + 1 equal parts of
        the time without the delay.
    train_size : number, timedelta or None, default=None
        Length of a training window, above 0; None trains on all the past.
    disjoint_groups : bool, default=False
        Leave a group, such as a customer, out of training where it has a row in
        the test window; ``split`` needs `groups` then. Otherwise they are ignored.

    Notes
    -----
    ``groups`` and ``time`` are requested in metadata routing by default:
    ``GridSearchCV(...).fit(X, y, time=times, groups=customers)``.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.model_selection import DelayedLabelSplit
    >>> day = np.arange(1, 11)
    >>> for train, test in DelayedLabelSplit(2, time=day, delay=2, test_size=3).split(np.zeros((10, 1))):
    ...     print("train on days", day[train], "test on", day[test])
    train on days [1 2] test on [5 6 7]
    train on days [1 2 3 4 5] test on [ 8  9 10]
    """

    __metadata_request__split = {"groups": True, "time": True}

    def __init__(
        self,
        n_splits: int = 5,
        *,
        time: Any = None,
        delay: Any = 0,
        test_size: Any = None,
        train_size: Any = None,
        disjoint_groups: bool = False,
    ) -> None:
        self.n_splits = n_splits
        self.time = time
        self.delay = delay
        self.test_size = test_size
        self.train_size = train_size
        self.disjoint_groups = disjoint_groups

    def split(
        self, X: Table, y: Labels | None = None, groups: Any = None, *, time: Any = None
    ) -> Iterator[tuple[IntArray, IntArray]]:
        """Yield the positions of the training and the test rows of each window, the earliest first.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows, in any order.
        y : array-like of shape (n_samples,) or None, default=None
            Not used.
        groups : array-like of shape (n_samples,) or None, default=None
            The group of each row, for `disjoint_groups`.
        time : array-like of shape (n_samples,) or None, default=None
            When each row happened; takes the place of the constructor's.

        Yields
        ------
        train, test : ndarray of int
            Ascending positions.

        Raises
        ------
        ValueError
            If a parameter is out of range, a time is missing, lengths differ, or
            a window has no row to train or to test on.
        TypeError
            If a length is no timedelta where times are datetimes, or no number
            where they are numbers.
        """
        self._check()
        times = _as_times(self._times(X) if time is None else time)
        check_same_length(X=X, time=times)
        members = self._groups(groups, len(times))
        delay = _as_length(self.delay, "delay", times, at_least_zero=True)
        train_size = _as_length(self.train_size, "train_size", times)
        edges = self._edges(times, delay)
        windows = []  # all are checked before the first is used: a search is not to fail half-way
        for k, (start, stop) in enumerate(pairwise(edges)):
            test = (times > start) & (times <= stop)
            train = times <= start - delay
            if train_size is not None:
                train &= times > start - delay - train_size
            if members is not None:
                train &= ~np.isin(members, members[test])
            for name, rows in {"test": test, "train on": train}.items():
                if not rows.any():
                    raise ValueError(
                        f"n_splits == {self.n_splits}: window {k}, which starts at {start}, has no row to "
                        f"{name}; take fewer or other windows (test_size, train_size, delay)."
                    )
            windows.append((np.flatnonzero(train), np.flatnonzero(test)))
        yield from windows

    def get_n_splits(
        self, X: Table | None = None, y: Labels | None = None, groups: Any = None, *, time: Any = None
    ) -> int:
        """Return the number of windows.

        Parameters
        ----------
        X : table or None, default=None
            Not used.
        y : array-like or None, default=None
            Not used.
        groups : array-like or None, default=None
            Not used.
        time : array-like or None, default=None
            Not used.

        Returns
        -------
        int
            `n_splits`.
        """
        self._check()
        return int(self.n_splits)

    def _check(self) -> None:
        if not isinstance(self.n_splits, Integral) or self.n_splits < 1:
            raise ValueError(f"n_splits == {self.n_splits!r}, must be a whole number >= 1.")
        if not isinstance(self.disjoint_groups, bool | np.bool_):
            raise ValueError(f"disjoint_groups == {self.disjoint_groups!r}, must be True or False.")

    def _times(self, X: Table) -> Any:
        if self.time is None:
            raise ValueError("time == None, must be given here or to split: a column's name or an array.")
        if not isinstance(self.time, str):
            return self.time
        if not is_frame(X):
            raise ValueError(f"time == {self.time!r}, but X has no column names: give an array of times.")
        frame = nw.from_native(X, eager_only=True)
        if self.time not in frame.columns:
            raise ValueError(f"time == {self.time!r} is no column of X; it has {frame.columns}.")
        return frame[self.time].to_native()

    def _groups(self, groups: Any, n_samples: int) -> NDArray[np.intp] | None:
        if not self.disjoint_groups:
            return None
        if groups is None:
            raise ValueError("groups == None, must be given where disjoint_groups == True.")
        values = np.asarray(groups)
        if values.shape != (n_samples,):
            raise ValueError(f"groups has shape {values.shape}, must have ({n_samples},), one a row.")
        return np.unique(values, return_inverse=True)[1]

    def _edges(self, times: NDArray[Any], delay: Any) -> list[Any]:
        """Return where the test windows start, and where the last one stops."""
        first, last = times.min(), times.max()
        size = _as_length(self.test_size, "test_size", times)
        if size is None:
            size = (last - first - delay) / (self.n_splits + 1)
            if not size > size * 0:
                raise ValueError(
                    f"delay == {self.delay!r} leaves no time to test: X is {last - first} from end to end."
                )
        return [last - (self.n_splits - k) * size for k in range(self.n_splits)] + [last]


def _as_times(time: Any) -> NDArray[Any]:
    """Return times as finite numbers or as datetime64."""
    values = np.asarray(time)
    if values.ndim != 1 or not len(values):
        raise ValueError(f"time has shape {values.shape}, must have (n_samples,).")
    n_missing = int(missing_values(values).sum())
    if n_missing:
        raise ValueError(f"time is missing in {n_missing} rows, must be known of every row.")
    if values.dtype.kind in "iuf":
        if not np.isfinite(values).all():
            raise ValueError("time holds infinity, must be finite.")
        return values.astype(np.float64)
    try:
        return np.asarray(_without_zone(time, values), dtype="datetime64[us]")
    except (TypeError, ValueError) as error:
        raise ValueError(f"time holds {values[0]!r}, must hold numbers or datetimes: {error}") from error


def _without_zone(time: Any, values: NDArray[Any]) -> Any:
    """Return datetimes, those with a time zone in UTC."""
    if values.dtype.kind == "O" and getattr(values[0], "tzinfo", None) is not None:
        return [np.datetime64(round(value.timestamp() * 1e6), "us") for value in values.tolist()]
    return values


def _as_length(length: Any, name: str, times: NDArray[Any], *, at_least_zero: bool = False) -> Any:
    """Return a length of time that can be added to the times."""
    if length is None:
        return None
    is_timedelta = isinstance(length, timedelta | np.timedelta64)  # the second is a Real to Python
    is_number = isinstance(length, Real) and not isinstance(length, bool) and not is_timedelta
    if times.dtype.kind == "M":
        if is_number and at_least_zero and length == 0:
            length = timedelta(0)
        elif not is_timedelta:
            raise TypeError(
                f"{name} == {length!r}, must be a timedelta, such as datetime.timedelta(days=7), because the "
                "times are datetimes."
            )
        value: Any = np.timedelta64(length).astype("timedelta64[us]")
    elif is_number:
        value = float(length)
    else:
        raise TypeError(f"{name} == {length!r}, must be a number, because the times are numbers.")
    if not (value >= value * 0 if at_least_zero else value > value * 0) or value == np.inf:
        raise ValueError(f"{name} == {length!r}, must be {'>= 0' if at_least_zero else '> 0'} and finite.")
    return value
