"""Rows of a table that are read in parts, cut at the same places whatever holds them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np
from scipy.sparse import issparse, vstack
from sklearn.utils.validation import _num_samples

from synda_sk.typing import FloatArray, IntArray, Table
from synda_sk.utils._frames import is_frame, take_rows

BLOCK_ROWS = 65_536
SAMPLE_ROWS = 32_768  # that stand for a pool where an encoder is fitted


class Part(NamedTuple):
    """Rows from `start` to before `stop`, and which of them are wanted (positions in the pool; None: all)."""

    start: int
    stop: int
    wanted: IntArray | None


def make_parts(n_rows: int, rows: IntArray | None = None) -> Iterator[Part]:
    """Yield the parts of a pool: 65,536 rows each, the last up to twice as many.

    So no part is small unless the pool is, and BLAS, which rounds rows at the
    edge of a matrix otherwise than those inside, treats them all alike.

    Parameters
    ----------
    n_rows : int
        Length of the pool.
    rows : ndarray of int or None, default=None
        The rows wanted, ascending; parts without any are left out. None wants all.

    Yields
    ------
    Part
        In order.
    """
    n_parts = max(1, n_rows // BLOCK_ROWS)
    for k in range(n_parts):
        start, stop = k * BLOCK_ROWS, (k + 1) * BLOCK_ROWS if k + 1 < n_parts else n_rows
        if rows is None:
            yield Part(start, stop, None)
        elif len(wanted := rows[slice(*np.searchsorted(rows, [start, stop]))]):
            yield Part(start, stop, wanted)


def evenly_spaced(n_samples: int, limit: int) -> IntArray:
    """Return at most `limit` row numbers, evenly spaced from the first row to the last.

    Parameters
    ----------
    n_samples : int
        Number of rows there are.
    limit : int
        Most rows wanted; all of them where there are no more.

    Returns
    -------
    ndarray of int of shape (min(n_samples, limit),)
        Ascending positions.

    Examples
    --------
    >>> from synda_sk.utils import evenly_spaced
    >>> evenly_spaced(9, 3).tolist()
    [0, 4, 8]
    """
    return np.linspace(0, n_samples - 1, min(n_samples, limit)).astype(np.intp)


def sample_rows(n_samples: int) -> IntArray:
    """Return the rows that stand for a pool: 32,768 evenly spaced ones, or all.

    Parameters
    ----------
    n_samples : int
        Length of the pool.

    Returns
    -------
    ndarray of int of shape (min(n_samples, 32768),)
        Ascending positions.
    """
    return evenly_spaced(n_samples, SAMPLE_ROWS)


class RowSource(ABC):
    """A table that is read part by part, of which only what is asked for is ever in memory."""

    @property
    def is_streamed(self) -> bool:
        """Whether all parts are read, at a price, by this process and in order."""
        return False

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of rows."""

    def scan(self, function: Callable[[Table], Any], rows: IntArray | None = None) -> Iterator[Any]:
        """Yield what `function` makes of each part, see :func:`make_parts`, in order.

        Parameters
        ----------
        function : callable
            Called with a table, perhaps in another process.
        rows : ndarray of int or None, default=None
            The only rows to show it, ascending positions; None shows all.

        Returns
        -------
        iterator of object
            What it returns.
        """
        return self._scan(function, rows)

    @abstractmethod
    def _scan(self, function: Callable[[Table], Any], rows: IntArray | None) -> Iterator[Any]:
        """Do it."""

    def take(self, rows: IntArray | None = None) -> Table:
        """Return rows by ascending positions, or all of them, as one table.

        Parameters
        ----------
        rows : ndarray of int or None, default=None
            Ascending positions; None takes all.

        Returns
        -------
        table of shape (n_rows, n_features)
            The rows, in one table.

        Raises
        ------
        ValueError
            If `rows` is empty.
        """
        if rows is not None and not len(rows):
            raise ValueError("There is no row to take.")
        return stack_rows(list(self.scan(_itself, rows)))


class TableRows(RowSource):
    """A table in memory, or an array mapped from a file.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
        Also a sparse matrix; kept by reference.
    """

    def __init__(self, X: Table) -> None:
        if issparse(X):
            self._X = X.tocsr()
        else:
            self._X = X if is_frame(X) or hasattr(X, "shape") else np.asarray(X)
        if isinstance(self._X, np.ndarray) and self._X.ndim == 0:
            raise TypeError(f"Expected a table, array-like of rows, got {type(X).__name__}.")

    def __len__(self) -> int:
        return _num_samples(self._X)

    def _scan(self, function: Callable[[Table], Any], rows: IntArray | None) -> Iterator[Any]:
        for start, stop, wanted in make_parts(len(self), rows):
            if wanted is not None:
                yield function(take_rows(self._X, wanted))
            elif stop - start == len(self):
                yield function(self._X)
            else:
                yield function(take_rows(self._X, slice(start, stop)))

    def take(self, rows: IntArray | None = None) -> Table:
        """Return rows by ascending positions, or the table itself.

        Parameters
        ----------
        rows : ndarray of int or None, default=None
            Ascending positions; None takes all.

        Returns
        -------
        table of shape (n_rows, n_features)
            The rows, in one table.
        """
        return self._X if rows is None else take_rows(self._X, rows)


class SubsetRows(RowSource):
    """Some rows of a source, which are read with the parts of the source.

    Parameters
    ----------
    source : RowSource
        All rows.
    rows : ndarray of int
        Ascending positions.
    """

    def __init__(self, source: RowSource, rows: IntArray) -> None:
        self._source = source
        self._rows = rows

    @property
    def is_streamed(self) -> bool:
        """Whether the source's parts are."""
        return self._source.is_streamed

    def __len__(self) -> int:
        return len(self._rows)

    def _scan(self, function: Callable[[Table], Any], rows: IntArray | None) -> Iterator[Any]:
        return self._source.scan(function, self._rows if rows is None else self._rows[rows])


class SampledRows(RowSource):
    """Streamed rows, of which a sample is kept while all are read for the first time.

    Parameters
    ----------
    source : RowSource
        Streamed. The rows kept are those of ``sample_rows``.
    """

    def __init__(self, source: RowSource) -> None:
        self._source = source
        self._rows = sample_rows(len(source))
        self._sample: Table | None = None

    def __len__(self) -> int:
        return len(self._source)

    def _scan(self, function: Callable[[Table], Any], rows: IntArray | None) -> Iterator[Any]:
        if rows is None:
            return self._source.scan(function) if self._sample is not None else self._keeping(function)
        if self._sample is None or not np.isin(rows, self._rows).all():
            return self._source.scan(function, rows)
        return TableRows(self._sample).scan(function, np.searchsorted(self._rows, rows))

    def _keeping(self, function: Callable[[Table], Any]) -> Iterator[Any]:
        kept: list[Table] = []
        n_seen = 0

        def look(X: Table) -> Any:
            nonlocal n_seen
            begin, end = np.searchsorted(self._rows, [n_seen, n_seen + _num_samples(X)])
            if end > begin:
                kept.append(take_rows(X, self._rows[begin:end] - n_seen))
            n_seen += _num_samples(X)
            return function(X)

        yield from self._source.scan(look)
        self._sample = stack_rows(kept)


def as_rows(X: Table) -> RowSource:
    """Return a table as a source of rows.

    Parameters
    ----------
    X : table of shape (n_samples, n_features) or RowSource
        A source is returned as it is.

    Returns
    -------
    RowSource
        The rows of X.
    """
    return X if isinstance(X, RowSource) else TableRows(X)


def stack_rows(parts: list[Table]) -> Table:
    """Return tables of one kind below each other.

    Parameters
    ----------
    parts : list of tables of shape (n_part, n_features)
        At least one.

    Returns
    -------
    table of shape (n_samples, n_features)
        In their container.
    """
    if len(parts) == 1:
        return parts[0]
    if is_frame(parts[0]):
        frames = [nw.maybe_reset_index(nw.from_native(part, eager_only=True)) for part in parts]
        return nw.maybe_reset_index(nw.concat(frames, how="vertical")).to_native()
    return vstack(parts, format="csr") if issparse(parts[0]) else np.concatenate(parts)


def fill_rows(parts: Iterator[FloatArray], n_rows: int) -> FloatArray:
    """Return the arrays of parts as one, without holding both.

    Parameters
    ----------
    parts : iterator of ndarray of shape (n_part, ...)
        In order.
    n_rows : int
        Rows of all parts together.

    Returns
    -------
    ndarray of shape (n_rows, ...)
        The rows of all parts.
    """
    filled, start = np.empty(0), 0
    for part in parts:
        if start == 0:
            if len(part) == n_rows:
                return part
            filled = np.empty((n_rows, *part.shape[1:]), dtype=part.dtype)
        filled[start : start + len(part)] = part
        start += len(part)
    return filled


def _itself(X: Table) -> Table:
    return X
