"""Single values and NumPy arrays as JSON and back, exactly."""

import datetime as dt
import importlib
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

Cells = list[Any]

_ENCODERS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    bytes: ("bytes", bytes.hex),
    Decimal: ("decimal", str),
    dt.date: ("date", dt.date.isoformat),
    dt.time: ("time", dt.time.isoformat),
    dt.timedelta: ("timedelta", lambda value: [value.days, value.seconds, value.microseconds]),
}
_DECODERS: dict[str, Callable[[Any], Any]] = {
    "bytes": bytes.fromhex,
    "decimal": Decimal,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "timedelta": lambda value: dt.timedelta(*value),
    "datetime": lambda value: dt.datetime.fromisoformat(value[0]).replace(fold=value[1]),
    "float": lambda value: decode_array([value], "<f8").tolist()[0],
    "numpy": lambda value: decode_array([value[1]], value[0])[0],
    "pandas": lambda value: getattr(importlib.import_module("pandas"), {"NA": "NA", "NaT": "NaT"}[value]),
    "timestamp": lambda value: importlib.import_module("pandas").Timestamp(value[0], unit=value[1]),
}


def encode_array(values: NDArray[Any]) -> Cells:
    """Return the values of a one-dimensional array as JSON values.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Floats, integers, booleans, text, bytes, times, or objects that
        :func:`encode_scalar` takes.

    Returns
    -------
    list
        Finite floats as numbers (Python writes them exactly), other floats by
        their bits, times as integers.

    Raises
    ------
    TypeError
        If the dtype or an object cannot be stored.
    """
    kind = values.dtype.kind
    if kind in "iubU":
        return values.tolist()
    if kind in "mM":
        return values.view(np.int64).tolist()
    if kind == "O":
        return [encode_scalar(value) for value in values.tolist()]
    if kind == "S" or (kind == "f" and values.dtype.itemsize > 8):
        return [values[row : row + 1].tobytes().hex() for row in range(len(values))]
    if kind == "f":
        cells = values.tolist()
        for row in np.flatnonzero(~np.isfinite(values)).tolist():
            cells[row] = values[row : row + 1].tobytes().hex()
        return cells
    raise TypeError(f"values of type {values.dtype}")


def decode_array(cells: Sequence[Any], dtype: str) -> NDArray[Any]:
    """Return the array that :func:`encode_array` was given.

    Parameters
    ----------
    cells : sequence
        JSON values.
    dtype : str
        ``dtype.str`` of the array.

    Returns
    -------
    ndarray of shape (n,)
        Values.
    """
    wanted = np.dtype(dtype)
    out = np.empty(len(cells), dtype=np.int64 if wanted.kind in "mM" else wanted)
    for row, cell in enumerate(cells):
        if wanted.kind == "O":
            out[row] = decode_scalar(cell)
        elif wanted.kind in "fS" and isinstance(cell, str):
            out[row : row + 1] = np.frombuffer(bytes.fromhex(cell), dtype=wanted)
        else:
            out[row] = cell
    return out.view(wanted) if wanted.kind in "mM" else out


def encode_scalar(value: Any) -> Any:
    """Return one Python, NumPy or pandas scalar as a JSON value.

    Parameters
    ----------
    value : object
        None, text, number, boolean, bytes, Decimal, date, time, datetime
        (naive or with a fixed offset), NumPy scalar, pandas.NA or NaT.

    Returns
    -------
    object
        The value itself where JSON has it, else a dictionary {kind: value}.

    Raises
    ------
    TypeError
        If it is of another type.
    """
    kind = type(value)
    if value is None or kind in (str, bool, int):
        return value
    if kind is float:
        cell = encode_array(np.array([value], dtype="<f8"))[0]
        return {"float": cell} if isinstance(cell, str) else cell
    if isinstance(value, np.generic):
        return {"numpy": [value.dtype.str, encode_array(np.array([value]))[0]]}
    if kind in _ENCODERS:
        name, encode = _ENCODERS[kind]
        return {name: encode(value)}
    if kind is dt.datetime and (value.tzinfo is None or isinstance(value.tzinfo, dt.timezone)):
        return {"datetime": [value.isoformat(), value.fold]}
    if kind.__module__.partition(".")[0] == "pandas":
        if kind.__name__ in ("NAType", "NaTType"):
            return {"pandas": kind.__name__.removesuffix("Type")}
        if kind.__name__ == "Timestamp" and value.tzinfo is None:
            return {"timestamp": [value.asm8.view(np.int64).item(), value.unit]}
    raise TypeError(f"a value of type {kind.__module__}.{kind.__qualname__}")


def decode_scalar(cell: Any) -> Any:
    """Return the value that :func:`encode_scalar` was given.

    Parameters
    ----------
    cell : object
        JSON value.

    Returns
    -------
    object
        The value.
    """
    if not isinstance(cell, dict):
        return cell
    ((kind, value),) = cell.items()
    return _DECODERS[kind](value)
