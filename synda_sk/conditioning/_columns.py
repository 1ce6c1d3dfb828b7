"""Columns of a table by name, or by position where there are no names."""

from collections.abc import Hashable, Sequence
from numbers import Integral
from typing import Any

import narwhals as nw
import numpy as np
from sklearn.utils import _safe_indexing

from synda_sk.typing import Table
from synda_sk.utils import is_frame


def find_columns(X: Table, columns: Sequence[Any], owner: str) -> list[int]:
    """Return the positions of columns.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
        A data frame is searched by name, an array by position.
    columns : sequence of str or int
        What was given.
    owner : str
        What messages call them.

    Returns
    -------
    list of int
        In the order of `columns`.

    Raises
    ------
    ValueError
        If one is not there, or is named twice.
    """
    known = table_columns(X)
    for column in columns:
        if isinstance(column, bool) or column not in known:
            where = f"X has {known[:30]}" if is_frame(X) else f"X has no names but 0 to {len(known) - 1}"
            raise ValueError(f"{owner} names the column {column!r}, {where}.")
    if len(set(columns)) < len(columns):
        raise ValueError(f"{owner} names a column twice: {list(columns)!r}.")
    return [known.index(column) for column in columns]


def table_columns(X: Table) -> list[Hashable]:
    """Return what the columns are called: the names of a frame, the positions in an array."""
    return list(X.columns) if is_frame(X) else list(range(np.shape(X)[1]))


def is_column(column: Any) -> bool:
    """Tell whether this can name a column."""
    return isinstance(column, str | Integral) and not isinstance(column, bool)


def pick_columns(X: Table, positions: Sequence[int]) -> Table:
    """Return columns as a table of the same kind, in the order given."""
    return _safe_indexing(X, list(positions), axis=1)


def put_columns(X: Table, positions: Sequence[int], part: Table) -> Table:
    """Return a table whose columns at `positions` are those of `part`, with the index and order of `X`."""
    if not is_frame(X):
        out = np.array(X)
        out[:, list(positions)] = part
        return out
    frame = nw.from_native(X, eager_only=True)
    return frame.with_columns(*nw.from_native(part, eager_only=True).iter_columns()).to_native()


def column_values(X: Table, position: int) -> list[Any]:
    """Return one column as a list of plain values."""
    if not is_frame(X):
        return np.asarray(X)[:, position].tolist()
    return next(iter(nw.from_native(pick_columns(X, [position]), eager_only=True).iter_columns())).to_list()
