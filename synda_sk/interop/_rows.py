"""Rows asked about, with their ids, as any labelling tool takes them."""

from collections.abc import Collection, Sequence
from typing import Any

import narwhals as nw
import numpy as np

from synda_sk.typing import IntArray, Table
from synda_sk.utils import is_frame, take_rows


def check_asked(X: Table, indices: Any) -> IntArray:
    """Return the positions asked about as an integer array.

    Raises
    ------
    ValueError
        If `X` is no table or `indices` no list of distinct positions in it.
    """
    if not is_frame(X) and np.ndim(X) != 2:
        raise ValueError(f"X is a {type(X).__name__}, must be a table of shape (n_samples, n_features).")
    rows = np.asarray(indices)
    if rows.ndim != 1 or (len(rows) and rows.dtype.kind not in "iu"):
        raise ValueError("indices must be a one-dimensional array of row positions (int), as query returns.")
    if len(rows) and (rows.min() < 0 or rows.max() >= len(X)):
        raise ValueError(f"indices holds positions outside [0, {len(X)}), the rows of X.")
    if len(np.unique(rows)) < len(rows):
        raise ValueError("indices names a row more than once.")
    return rows.astype(np.intp)


def spread(values: Any, n: int, name: str) -> list[Any]:
    """Return one value a row: those given, or the one given for all.

    Raises
    ------
    ValueError
        If there are more or fewer than `n`.
    """
    if values is None or isinstance(values, str) or np.ndim(values) == 0:
        return [values] * n
    given = values.tolist() if isinstance(values, np.ndarray) else list(values)
    if len(given) != n:
        raise ValueError(f"{name} has {len(given)} entries, expected {n}, one for each entry of indices.")
    return given


def row_ids(X: Table, rows: IntArray, ids: Any) -> list[Any]:
    """Return the id of each row asked about: from a column, from a list over all of `X`, or its position.

    Raises
    ------
    ValueError
        If `ids` is no column of `X` and does not have one entry for each of its rows.
    """
    if ids is None:
        return rows.tolist()
    if isinstance(ids, str):
        if not is_frame(X) or ids not in X.columns:
            raise ValueError(f"ids == {ids!r} is not a column of X.")
        ids = X[ids]
    if np.ndim(ids) != 1:
        raise ValueError(f"ids == {ids!r}, must be the name of a column or one id for each row of X.")
    given = list(ids)
    if len(given) != len(X):
        raise ValueError(f"ids has {len(given)} entries, expected {len(X)}, one for each row of X.")
    return [given[row] for row in rows]


def columns_of(X: Table, rows: IntArray) -> dict[str, list[Any]]:
    """Return the rows column by column as plain Python values; columns without a name are x0, x1, ..."""
    if is_frame(X):
        part = nw.from_native(take_rows(X, rows), eager_only=True)
        return {str(column.name): column.to_list() for column in part.iter_columns()}
    part = np.asarray(X)[rows]
    return {f"x{i}": column for i, column in enumerate(part.T.tolist())}


def free_names(names: Sequence[str], taken: Collection[str]) -> list[str]:
    """Put "row_" before each name that is taken, until it is not.

    Examples
    --------
    >>> from synda_sk.interop._rows import free_names
    >>> free_names(["amount", "score"], {"id", "score"})
    ['amount', 'row_score']
    """
    used = {*taken, *names}
    free = []
    for name in names:
        if name in taken:
            while name in used:
                name = f"row_{name}"
            used.add(name)
        free.append(name)
    return free
