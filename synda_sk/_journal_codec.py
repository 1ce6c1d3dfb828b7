"""Rows of a table as JSON text and back: values, types, levels and names of columns."""

import importlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from synda_sk._journal_cells import Cells, decode_array, decode_scalar, encode_array, encode_scalar
from synda_sk.typing import Table

Schema = dict[str, Any]
_POLARS = {
    *("Boolean", "Int8", "Int16", "Int32", "Int64", "Int128", "UInt8", "UInt16", "UInt32", "UInt64"),
    *("Float32", "Float64", "Decimal", "String", "Categorical", "Enum", "Binary", "Null"),
    *("Date", "Datetime", "Duration", "Time"),
}
_MASKED = {"i": "IntegerArray", "u": "IntegerArray", "f": "FloatingArray", "b": "BooleanArray"}


def dump(value: Any) -> str:
    """Return JSON in one canonical spelling.

    Parameters
    ----------
    value : object
        JSON value without NaN.

    Returns
    -------
    str
        ASCII.
    """
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def encode_rows(X: Table) -> tuple[Schema, list[str]]:
    """Return what the columns are, and one JSON text a row.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
        NumPy array, pandas or polars frame.

    Returns
    -------
    schema : dict
        Container, names, types, levels; JSON.
    rows : list of str
        Cells of each row.

    Raises
    ------
    TypeError
        If a column or the container cannot be stored.
    """
    container = type(X).__module__.partition(".")[0] if type(X).__name__ in ("DataFrame", "ndarray") else ""
    if container == "numpy":
        schema: Schema = {"container": "numpy", "dtype": X.dtype.str, "n_columns": X.shape[1]}
        columns = [encode_array(X[:, k]) for k in range(X.shape[1])]
    elif container in ("pandas", "polars"):
        encode = _encode_pandas if container == "pandas" else _encode_polars
        names = list(X.columns)
        schema = {"container": container, "names": [encode_scalar(name) for name in names], "columns": []}
        columns = []
        for k, name in enumerate(names):
            try:
                kind, cells = encode(X.iloc[:, k] if container == "pandas" else X[name])
            except (TypeError, ValueError, OverflowError) as error:
                raise TypeError(f"column {name!r}: {error}") from error
            schema["columns"].append(kind)
            columns.append(cells)
        if container == "pandas":
            schema["order"] = _order(X)
    else:
        raise TypeError(f"rows of a {type(X).__module__}.{type(X).__qualname__}")
    return schema, [dump(list(row)) for row in zip(*columns, strict=True)]


def decode_rows(schema: Schema, rows: Iterable[str]) -> Table:
    """Rebuild a table; a pandas index is numbered anew.

    Parameters
    ----------
    schema : dict
        From :func:`encode_rows`.
    rows : iterable of str
        From :func:`encode_rows`, any of them.

    Returns
    -------
    table of shape (n_rows, n_features)
        With the container, types and values that were stored.
    """
    lists = [json.loads(row) for row in rows]
    n_columns = schema.get("n_columns", len(schema.get("names", ())))
    columns = [[row[k] for row in lists] for k in range(n_columns)]
    if schema["container"] == "numpy":
        out = np.empty((len(lists), n_columns), dtype=schema["dtype"])
        for k, cells in enumerate(columns):
            out[:, k] = decode_array(cells, schema["dtype"])
        return out
    names = [decode_scalar(name) for name in schema["names"]]
    if schema["container"] == "polars":
        polars = importlib.import_module("polars")
        parts = zip(names, schema["columns"], columns, strict=True)
        return polars.DataFrame([_decode_polars(polars, *part) for part in parts])
    pandas = importlib.import_module("pandas")
    index = pandas.RangeIndex(len(lists))
    decoded = [
        pandas.Series(_decode_pandas(pandas, kind, cells), index=index)
        for kind, cells in zip(schema["columns"], columns, strict=True)
    ]
    if schema["order"]:
        values = np.column_stack([column.to_numpy() for column in decoded])
        frame = pandas.DataFrame(np.asarray(values, order=schema["order"]), index=index)
    else:
        frame = pandas.concat(decoded, axis=1)
    frame.columns = pandas.Index(names)
    return frame


def same_columns(schema: Schema, other: Schema) -> bool:
    """Tell whether two schemas name the same columns of the same types.

    Parameters
    ----------
    schema, other : dict
        From :func:`encode_rows`.

    Returns
    -------
    bool
        True where rows of one are comparable with rows of the other; the
        order in memory is left aside.
    """
    return {**schema, "order": ""} == {**other, "order": ""}


def _order(X: Any) -> str:
    """Memory order of a frame that is one block of numbers: the last bit of sums depends on it."""
    kinds = {str(dtype) for dtype in X.dtypes}
    if len(kinds) != 1 or not isinstance(X.dtypes.iloc[0], np.dtype) or X.dtypes.iloc[0].kind not in "fiu":
        return ""
    return "C" if X.to_numpy().flags.c_contiguous else "F"


def _encode_pandas(column: Any) -> tuple[Schema, Cells]:
    dtype, array = column.dtype, column.array
    name = type(dtype).__name__
    if isinstance(dtype, np.dtype):
        return {"kind": "numpy", "dtype": dtype.str}, encode_array(column.to_numpy())
    if name == "CategoricalDtype":
        levels, cells = _encode_pandas(dtype.categories.to_series())
        levels = {"kind": "category", "ordered": dtype.ordered, "levels": levels, "cells": cells}
        return levels, encode_array(np.asarray(array.codes, dtype=np.int64))
    if name == "DatetimeTZDtype":
        stamps = column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
        kind = {"kind": "zoned", "unit": dtype.unit, "zone": str(dtype.tz)}
        _check_spelling(dtype, f"datetime64[{dtype.unit}, {dtype.tz}]")
        return kind, encode_array(stamps)
    missing = column.isna().to_numpy(dtype=bool)
    if name == "StringDtype":
        values = [None if gap else str(value) for value, gap in zip(array, missing, strict=True)]
        return {"kind": "string", "storage": dtype.storage, "nan": dtype.na_value is np.nan}, list(values)
    if hasattr(array, "_mask"):
        filled = column.where(~column.isna(), dtype.type(0)).to_numpy(dtype=dtype.numpy_dtype)
        cells = [
            None if gap else cell for cell, gap in zip(encode_array(filled), missing.tolist(), strict=True)
        ]
        return {"kind": "masked", "dtype": dtype.numpy_dtype.str}, cells
    _check_spelling(dtype, str(dtype))
    if name != "ArrowDtype":
        raise TypeError(f"values of type {dtype}")
    values = [None if gap else encode_scalar(value) for value, gap in zip(array, missing, strict=True)]
    return {"kind": "arrow", "dtype": str(dtype)}, values


def _check_spelling(dtype: Any, spelling: str) -> None:
    """Raise unless the type can be found again by its name."""
    if importlib.import_module("pandas").api.types.pandas_dtype(spelling) != dtype:
        raise TypeError(f"values of type {dtype}")


def _decode_pandas(pandas: Any, kind: Schema, cells: Cells) -> Any:
    if kind["kind"] == "numpy":
        return decode_array(cells, kind["dtype"])
    if kind["kind"] == "category":
        levels = pandas.Index(_decode_pandas(pandas, kind["levels"], kind["cells"]))
        dtype = pandas.CategoricalDtype(levels, kind["ordered"])
        return pandas.Categorical.from_codes(cells, dtype=dtype)
    if kind["kind"] == "zoned":
        stamps = pandas.Series(decode_array(cells, f"<M8[{kind['unit']}]"))
        return stamps.dt.tz_localize("UTC").dt.tz_convert(kind["zone"]).array
    if kind["kind"] == "string":
        missing = np.nan if kind["nan"] else pandas.NA
        return pandas.array(cells, dtype=pandas.StringDtype(kind["storage"], na_value=missing))
    if kind["kind"] == "masked":
        mask = np.array([cell is None for cell in cells], dtype=bool)
        dtype = np.dtype(kind["dtype"])
        values = decode_array([0 if cell is None else cell for cell in cells], kind["dtype"])
        return getattr(pandas.arrays, _MASKED[dtype.kind])(values, mask)
    return pandas.array([decode_scalar(cell) for cell in cells], dtype=kind["dtype"])


def _encode_polars(column: Any) -> tuple[Schema, Cells]:
    dtype = column.dtype
    kind: Schema = {"kind": str(dtype.base_type())}
    for name in ("time_unit", "time_zone", "precision", "scale"):
        if hasattr(dtype, name):
            kind[name] = getattr(dtype, name)
    if kind["kind"] == "Enum":
        kind["categories"] = dtype.categories.to_list()
    if kind["kind"] not in _POLARS:
        raise TypeError(f"values of type {dtype}")
    physical = column.to_physical() if dtype.is_temporal() else column
    return kind, [encode_scalar(value) for value in physical.to_list()]


def _decode_polars(polars: Any, name: str, kind: Schema, cells: Sequence[Any]) -> Any:
    if kind["kind"] not in _POLARS:
        raise ValueError(f"unknown type {kind['kind']!r}")
    arguments = {key: value for key, value in kind.items() if key != "kind"}
    dtype = getattr(polars, kind["kind"])(**arguments)
    physical = polars.Series([], dtype=dtype).to_physical().dtype if dtype.is_temporal() else dtype
    values = [decode_scalar(cell) for cell in cells]
    return polars.Series(name, values, dtype=physical, strict=True).cast(dtype)
