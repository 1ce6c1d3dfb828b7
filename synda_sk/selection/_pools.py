"""Pools: whatever holds the rows to choose from, in memory or not."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from synda_sk.selection._arrow_rows import ArrowRows, open_dataset
from synda_sk.selection._dask_rows import DaskRows
from synda_sk.typing import IntArray, Table
from synda_sk.utils import RowSource, SampledRows, SubsetRows, TableRows, make_parts

_SECONDS = 5.0  # between two lines of progress


def is_outside_memory(pool: Any) -> bool:
    """Tell whether a pool is read in parts: a path, a dataset, a Dask collection or a mapped array."""
    return isinstance(pool, str | os.PathLike | RowSource | np.memmap) or _library(pool) in (
        "dask",
        "dataset",
    )


def open_pool(pool: Any, estimator: Any = None) -> RowSource:
    """Open whatever holds the rows of a pool.

    Parameters
    ----------
    pool : table, path, pyarrow.dataset.Dataset or Dask collection
        A path names a Parquet file or a folder of them.
    estimator : fitted estimator or None, default=None
        Of files and Dask frames only the columns it was fitted on are read, by
        their names; if it knows no names, all of them, as an array of numbers.
        None reads all columns, with their names.

    Returns
    -------
    RowSource
        Its rows, in order.

    Raises
    ------
    ValueError
        If there is nothing to read, or other columns than the estimator's.
    """
    if isinstance(pool, RowSource):
        return pool
    if not is_outside_memory(pool) or isinstance(pool, np.memmap):
        return TableRows(pool)
    if isinstance(pool, str | os.PathLike):
        pool = open_dataset(pool)
    names = getattr(estimator, "feature_names_in_", None)
    if estimator is None and _library(pool) == "dataset":
        names = pool.schema.names
    rows = ArrowRows(pool, names) if _library(pool) == "dataset" else DaskRows(pool, names)
    expected = getattr(estimator, "n_features_in_", len(rows.columns))
    if rows.holds_array and len(rows.columns) != expected:
        raise ValueError(
            f"X_pool has {len(rows.columns)} columns, but {type(estimator).__name__} was fitted on {expected}"
            ", without names. Fit it on a data frame, so that columns are found by name, or leave others out."
        )
    return rows


def keep_sample(pool: RowSource) -> RowSource:
    """Return the rows so that a sample of them need not be streamed twice."""
    return SampledRows(pool) if pool.is_streamed else pool


def without(pool: RowSource, exclude: Any) -> tuple[RowSource, IntArray | None]:
    """Leave rows out of a pool.

    Parameters
    ----------
    pool : RowSource
        All rows.
    exclude : array-like of int or None
        Positions, in any order, repeated or not.

    Returns
    -------
    pool : RowSource
        The others.
    rows : ndarray of int or None
        Their positions; None for all.

    Raises
    ------
    ValueError
        If `exclude` names no rows of the pool.
    """
    if exclude is None:
        return pool, None
    rows = free_rows(len(pool), exclude)
    return (pool, None) if len(rows) == len(pool) else (SubsetRows(pool, rows), rows)


def free_rows(n_rows: int, exclude: Any) -> IntArray:
    """Return the positions that `exclude` does not name."""
    if exclude is None:
        return np.arange(n_rows)
    return np.flatnonzero(~_named(exclude, n_rows))


def _named(exclude: Any, n_rows: int) -> Any:
    rows = np.asarray(exclude)
    if rows.ndim != 1 or (rows.size and rows.dtype.kind not in "iu"):
        raise ValueError(f"exclude == {exclude!r}, must be positions of rows: one-dimensional, of ints.")
    if rows.size and (rows.min() < 0 or rows.max() >= n_rows):
        wrong = rows[(rows < 0) | (rows >= n_rows)][0]
        raise ValueError(f"exclude names the row {wrong}, must name rows in [0, {n_rows}).")
    named = np.zeros(n_rows, dtype=bool)
    named[rows.astype(np.intp)] = True
    return named


def take_pool_rows(pool: Any, rows: IntArray, estimator: Any = None) -> Table:
    """Return rows of a pool by their position, wherever the pool is.

    Parameters
    ----------
    pool : table, path, pyarrow.dataset.Dataset or Dask collection
        What was given to ``query`` as `X_pool`.
    rows : array-like of int of shape (n_rows,)
        Positions, as ``query`` returns them, in any order.
    estimator : fitted estimator or None, default=None
        If given, only the columns it was fitted on, fit for its ``predict``
        and for :meth:`~synda_sk.SynDAClassifier.teach`; otherwise all columns.

    Returns
    -------
    table of shape (n_rows, n_features)
        In the order of `rows`: of the pool's own kind; of files a pandas frame,
        or an array of numbers where the estimator was fitted on such.

    Raises
    ------
    ValueError
        If `rows` are no positions of the pool.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.selection import take_pool_rows
    >>> take_pool_rows(np.array([[0.0], [1.0], [2.0]]), [2, 0]).tolist()
    [[2.0], [0.0]]
    """
    source = open_pool(pool, estimator)
    wanted = np.asarray(rows)
    if wanted.ndim != 1 or wanted.dtype.kind not in "iu" or not wanted.size:
        raise ValueError(f"rows == {rows!r}, must be positions of rows: one-dimensional, of ints.")
    if wanted.min() < 0 or wanted.max() >= len(source):
        raise ValueError(f"rows must lie in [0, {len(source)}).")
    ascending, places = np.unique(wanted, return_inverse=True)
    return TableRows(source.take(ascending)).take(places)


class ReportedRows(RowSource):
    """Rows that say on stderr every five seconds how far a scan has come.

    Parameters
    ----------
    source : RowSource
        The rows.
    """

    def __init__(self, source: RowSource) -> None:
        self._source = source

    @property
    def is_streamed(self) -> bool:
        """Whether the source's parts are."""
        return self._source.is_streamed

    def __len__(self) -> int:
        return len(self._source)

    def _scan(self, function: Callable[[Table], Any], rows: IntArray | None) -> Iterator[Any]:
        n_parts = sum(1 for _ in make_parts(len(self), rows))
        begin = last = time.monotonic()
        for k, result in enumerate(self._source.scan(function, rows), start=1):
            yield result
            now = time.monotonic()
            if now - last >= _SECONDS or (k == n_parts and now - begin >= _SECONDS):
                last = now
                sys.stderr.write(f"[query] {k} of {n_parts} parts of the pool, {now - begin:.0f} s\n")

    def take(self, rows: IntArray | None = None) -> Table:
        """Return rows by ascending positions, or all of them."""
        return self._source.take(rows)


def _library(pool: Any) -> str:
    """ "dask" or "dataset" for their collections; asks nothing to be imported."""
    module = type(pool).__module__.split(".")
    if module[0] == "dask":
        return "dask"
    return "dataset" if module[0] == "pyarrow" and module[-1].lstrip("_").startswith("dataset") else ""
