"""Columns of a table as the tensors of an ONNX model, with NumPy alone."""

import datetime
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

MISSING = "<NA>"
"""What stands for a missing text."""


def is_missing(value: Any) -> bool:
    """Tell whether a value is None, NaN, NaT or pandas' NA."""
    return value is None or type(value).__name__ == "NAType" or bool(value != value)


def spell(value: Any) -> str:
    """Return a value as text; numbers that are equal are spelt alike, whatever their type.

    Examples
    --------
    >>> from synda_sk.interop.onnx._columns import spell
    >>> [spell(value) for value in ("bill", True, 1, 1.0, 1.5, None)]
    ['bill', '1', '1', '1', '1.5', '<NA>']
    """
    if is_missing(value):
        return MISSING
    whole = isinstance(value, int | np.integer | np.bool_) or (
        isinstance(value, float) and value.is_integer()
    )
    return str(int(value) if whole else value)


def column_kind(column: Any) -> str:
    """Tell whether a column holds "number", "time" or "text"."""
    values = np.asarray(column)
    if values.dtype.kind == "M":
        return "time"
    if values.dtype.kind in "biuf":
        return "number"
    known = [value for value in values.tolist() if not is_missing(value)]
    if known and all(isinstance(value, int | float | np.number) for value in known):
        return "number"
    return "time" if known and all(isinstance(value, datetime.date) for value in known) else "text"


def as_numbers(column: Any) -> NDArray[np.float64]:
    """Return numbers, NaN where missing."""
    values = np.asarray(column)
    if values.dtype.kind in "biuf":
        return values.astype(np.float64)
    return np.array([np.nan if is_missing(value) else float(value) for value in values.tolist()], np.float64)


def as_moments(column: Any) -> NDArray[np.float64]:
    """Return times as microseconds since 1970 in UTC, NaN where missing."""
    values = np.asarray(column)
    if values.dtype.kind != "M":
        plain = [None if is_missing(value) else _naive(value) for value in values.tolist()]
        values = np.array(plain, dtype="datetime64[us]")
    values = values.astype("datetime64[us]")
    numbers = values.astype(np.int64).astype(np.float64)
    numbers[np.isnat(values)] = np.nan
    return numbers


def as_texts(column: Any) -> NDArray[np.object_]:
    """Return values as they are spelt; those of a list one by one: an array of them would spell NaN."""
    values = column if isinstance(column, list | tuple) else np.asarray(column).tolist()
    return np.array([spell(value) for value in values], dtype=object)


CONVERTERS = {"number": as_numbers, "time": as_moments, "text": as_texts}


def split_columns(X: Any, names: list[str], *, named: bool) -> list[Any]:
    """Return the columns of a table in the order of `names`.

    Data frames and mappings are read by name, anything else by position.

    Raises
    ------
    ValueError
        If columns are missing, unknown or too many.
    """
    if isinstance(X, Mapping) or hasattr(X, "columns"):
        keys = list(X.keys() if isinstance(X, Mapping) else X.columns)
        found = {str(key): key for key in keys}
        if named and set(found) != set(names):
            lacking = [name for name in names if name not in found]
            unknown = [name for name in found if name not in names]
            told = [f"lacks {lacking}"] * bool(lacking) + [f"has the unknown {unknown}"] * bool(unknown)
            raise ValueError(f"X {' and '.join(told)}; the model takes the columns {names}.")
        if len(keys) != len(names):
            raise ValueError(f"X has {len(keys)} columns, the model takes {len(names)}.")
        return [X[found[name]] for name in names] if named else [X[key] for key in keys]
    values = np.asarray(X)
    if values.ndim != 2 or values.shape[1] != len(names):
        raise ValueError(f"X has the shape {values.shape}, the model takes rows of {len(names)} columns.")
    return list(values.T)


def _naive(value: Any) -> Any:
    if getattr(value, "tzinfo", None) is None:
        return value
    return value.astimezone(datetime.UTC).replace(tzinfo=None)
