"""A mixed-type table as numbers and category codes, and back."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import repeat
from typing import Any, Literal

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import NotFittedError

from synda_sk.typing import FloatArray, IntArray, Table
from synda_sk.utils._frames import is_frame, numeric_values
from synda_sk.utils._labels import missing_values

MISSING, UNKNOWN = -1, -2


@dataclass
class _Column:
    name: str
    kind: Literal["continuous", "integer", "datetime", "category"]
    levels: dict[Hashable, int]
    sample: Any  # one value a level, then one missing value: native, so that dtypes survive


class TableCodec:
    """Translate a table into a numeric and a categorical part, without loss.

    Continuous, integer and datetime columns become float64 with NaN where
    missing; strings, categories, objects and booleans become integer codes,
    -1 where missing, -2 where the level was not seen in fit.

    Attributes
    ----------
    numeric : list of str
        Names of the columns in the numeric part.
    categorical : list of str
        Names of the columns in the categorical part.

    Examples
    --------
    >>> import pandas as pd
    >>> from synda_sk.utils import TableCodec
    >>> frame = pd.DataFrame({"amount": [1.5, None], "type": ["transfer", "bill"]})
    >>> codec = TableCodec().fit(frame)
    >>> numbers, codes = codec.encode(frame)
    >>> numbers.tolist(), codes.tolist()
    ([[1.5], [nan]], [[0], [1]])
    >>> codec.decode(numbers, codes).equals(frame)
    True
    """

    def fit(self, X: Table) -> "TableCodec":
        """Learn names, kinds, levels and dtypes of the columns.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Any validated table.

        Returns
        -------
        TableCodec
            Itself.

        Raises
        ------
        TypeError
            If a column holds lists or the like, which cannot be categories.
        """
        self._frame = is_frame(X)
        self._dtype = None if self._frame else np.asarray(X).dtype
        self._index([_learn(name, column) for name, column in _columns(X)])
        return self

    def _index(self, columns: list[_Column]) -> None:
        self._columns = columns
        self.numeric = [c.name for c in self._columns if c.kind != "category"]
        self.categorical = [c.name for c in self._columns if c.kind == "category"]
        self.n_levels = [len(c.levels) for c in self._columns if c.kind == "category"]
        self.is_integer = np.array(
            [c.kind != "continuous" for c in self._columns if c.kind != "category"], bool
        )

    def encode(self, X: Table) -> tuple[FloatArray, IntArray]:
        """Split rows into numbers and codes.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Columns as in fit.

        Returns
        -------
        numbers : ndarray of shape (n_samples, n_numeric)
            NaN where missing; datetimes as microseconds since 1970.
        codes : ndarray of int of shape (n_samples, n_categorical)
            -1 where missing, -2 for a level not seen in fit.

        Raises
        ------
        NotFittedError
            If ``fit`` was not called.
        ValueError
            If the columns are others than in fit, or of another kind.
        """
        self._check_columns(X)
        numbers = np.empty((len(X), len(self.numeric)))
        codes = np.empty((len(X), len(self.categorical)), dtype=np.intp)
        i = j = 0
        for learned, (_, column) in zip(self._columns, _columns(X), strict=True):
            try:
                if learned.kind == "category":
                    codes[:, j] = _codes(column, learned.levels)
                    j += 1
                else:
                    numbers[:, i] = _numbers(column, learned.kind)
                    i += 1
            except Exception as error:
                raise ValueError(
                    f"Column {learned.name!r} of X is not of the kind {learned.kind!r}, as in fit: {error}"
                ) from error
        return numbers, codes

    def decode(self, numbers: FloatArray, codes: IntArray) -> Table:
        """Rebuild a table with the container, column order and dtypes of fit.

        Integer and datetime columns are rounded; values are taken as they are
        otherwise.

        Parameters
        ----------
        numbers : ndarray of shape (n_samples, n_numeric)
            As :meth:`encode` gives them.
        codes : ndarray of int of shape (n_samples, n_categorical)
            As :meth:`encode` gives them, without -2.

        Returns
        -------
        table of shape (n_samples, n_features)
            Rows.

        Raises
        ------
        NotFittedError
            If ``fit`` was not called.
        ValueError
            If the parts do not have the columns of fit and as many rows, or
            `codes` holds a level not seen in fit.
        """
        self._check_fitted()
        wanted = (len(numbers), len(self.numeric)), (len(numbers), len(self.categorical))
        if (numbers.shape, codes.shape) != wanted:
            raise ValueError(
                f"numbers and codes have the shapes {numbers.shape} and {codes.shape}, expected "
                f"{wanted[0]} and {wanted[1]}."
            )
        parts = {}
        i = j = 0
        for column in self._columns:
            if column.kind == "category":
                rows = np.where(codes[:, j] == MISSING, len(column.levels), codes[:, j])
                if len(rows) and not 0 <= rows.min() <= rows.max() < len(column.sample):
                    raise ValueError(f"codes holds a level of column {column.name!r} not seen in fit.")
                parts[column.name] = _gather(column.sample, rows)
                j += 1
            else:
                values = numbers[:, i]
                if column.kind != "continuous":
                    values = _whole(values, column.sample.dtype)
                parts[column.name] = _restore(values, column) if self._frame else values
                i += 1
        if self._frame:
            return nw.DataFrame.from_dict(parts).to_native()
        out = np.empty((len(numbers), len(parts)), dtype=self._dtype)
        for k, (column, values) in enumerate(zip(self._columns, parts.values(), strict=True)):
            if out.dtype.kind == "O" and column.kind == "integer":
                out[:, k] = [value if value != value else int(value) for value in values.tolist()]
            else:
                out[:, k] = values
        return out

    def select(self, names: Iterable[Hashable]) -> "TableCodec":
        """Return the codec of some of the columns, in the order of the table.

        Parameters
        ----------
        names : iterable of str
            Names of columns, "x0", "x1", ... in an array.

        Returns
        -------
        TableCodec
            For tables of these columns only.

        Raises
        ------
        NotFittedError
            If ``fit`` was not called.
        """
        self._check_fitted()
        wanted = set(names)
        part = TableCodec()
        part._frame, part._dtype = self._frame, self._dtype
        part._index([column for column in self._columns if column.name in wanted])
        return part

    def kinds(self) -> list[str]:
        """Return "continuous", "integer", "datetime" or "category" for each column, in their order.

        Returns
        -------
        list of str
            Kinds.
        """
        self._check_fitted()
        return [column.kind for column in self._columns]

    def levels(self, name: Hashable) -> list[Hashable]:
        """Return the levels of a categorical column, in the order of their codes.

        Parameters
        ----------
        name : str
            A categorical column.

        Returns
        -------
        list
            Without a missing one.
        """
        self._check_fitted()
        return list(next(column for column in self._columns if column.name == name).levels)

    def encode_values(self, name: Hashable, values: Sequence[Any]) -> NDArray[Any]:
        """Encode values of one column, given one by one.

        Parameters
        ----------
        name : str
            A column.
        values : sequence of shape (n_samples,)
            Values as a person writes them: numbers, levels, times; None, NaN
            and the like where missing.

        Returns
        -------
        ndarray of shape (n_samples,)
            As a column of what :meth:`encode` gives.

        Raises
        ------
        NotFittedError
            If ``fit`` was not called.
        ValueError
            If a value is of another kind than the column.
        """
        self._check_fitted()
        column = next(column for column in self._columns if column.name == name)
        plain = np.empty(len(values), dtype=object)
        plain[:] = list(values)
        missing = missing_values(plain)
        if column.kind == "category":
            codes = [
                MISSING
                if gap
                else column.levels.get(value, UNKNOWN)
                if isinstance(value, Hashable)
                else UNKNOWN
                for value, gap in zip(plain.tolist(), missing.tolist(), strict=True)
            ]
            return np.array(codes, dtype=np.intp)
        numbers = np.full(len(plain), np.nan)
        try:
            known = plain[~missing]
            numbers[~missing] = _moments(known) if column.kind == "datetime" else known.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"Column {name!r} holds {'times' if column.kind == 'datetime' else 'numbers'}: {error}"
            ) from error
        return numbers

    def _check_fitted(self) -> None:
        if not hasattr(self, "_columns"):
            raise NotFittedError("This TableCodec instance is not fitted yet. Call 'fit' first.")

    def _check_columns(self, X: Table) -> None:
        self._check_fitted()
        found, wanted = [name for name, _ in _columns(X)], [column.name for column in self._columns]
        by_name = self._frame and is_frame(X)
        if found != wanted if by_name else len(found) != len(wanted):
            raise ValueError(f"X has the columns {found}, expected {wanted}, as in fit.")


def column_kinds(X: Table) -> dict[str, str]:
    """Tell what each column of a table holds.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
        Any validated table.

    Returns
    -------
    dict of str to {"numbers", "datetimes", "categories"}
        By name; a column of an object array without any value is left out.

    Examples
    --------
    >>> import pandas as pd
    >>> from synda_sk.utils import column_kinds
    >>> column_kinds(pd.DataFrame({"amount": [1.5], "type": ["bill"]}))
    {'amount': 'numbers', 'type': 'categories'}
    """
    names = {"continuous": "numbers", "integer": "numbers", "datetime": "datetimes", "category": "categories"}
    return {
        name: names[_kind(column)]
        for name, column in _columns(X)
        if is_frame(X) or column.dtype.kind != "O" or not missing_values(column).all()
    }


def _gather(sample: Any, rows: IntArray) -> Any:
    return sample[rows] if isinstance(sample, np.ndarray) else nw.maybe_reset_index(sample[rows])


def _columns(X: Table) -> Iterator[tuple[str, Any]]:
    if is_frame(X):
        frame = nw.from_native(X, eager_only=True)
        yield from ((column.name, column) for column in frame.iter_columns())
    else:
        array = np.asarray(X)
        yield from ((f"x{k}", array[:, k]) for k in range(array.shape[1]))


def _learn(name: str, column: Any) -> _Column:
    kind = _kind(column)
    if kind != "category":
        return _Column(name, kind, {}, column[:0])
    values, missing = _values(column)
    levels: dict[Hashable, int] = {}
    first: list[int] = []
    for row in np.flatnonzero(~missing).tolist():
        try:
            if levels.setdefault(values[row], len(levels)) == len(first):
                first.append(row)
        except TypeError as error:
            raise TypeError(f"Column {name!r} of X holds {values[row]!r}, which is no category.") from error
    first.extend(np.flatnonzero(missing)[:1].tolist())
    return _Column(name, kind, levels, column[np.asarray(first, dtype=np.intp)])


def _kind(column: Any) -> Literal["continuous", "integer", "datetime", "category"]:
    if isinstance(column, np.ndarray):
        if column.dtype.kind == "f":
            return "continuous"
        if column.dtype.kind in "iu":
            return "integer"
        if column.dtype.kind == "O":
            known = column[~missing_values(column)]
            if len(known) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in known):
                return "integer" if all(isinstance(v, int) for v in known) else "continuous"
        return "category"
    if column.dtype.is_float() or column.dtype.is_decimal():
        return "continuous"
    if column.dtype.is_integer():
        return "integer"
    return "datetime" if column.dtype in (nw.Datetime, nw.Date) else "category"


def _values(column: Any) -> tuple[list[Any], np.ndarray]:
    if isinstance(column, np.ndarray):
        return column.tolist(), missing_values(column)
    missing = column.is_null().to_numpy().astype(bool)
    return column.to_list(), missing


def _codes(column: Any, levels: dict[Hashable, int]) -> IntArray:
    values, missing = _values(column)
    codes = np.fromiter(map(levels.get, values, repeat(UNKNOWN)), dtype=np.intp, count=len(values))
    codes[missing] = MISSING
    return codes


def _numbers(column: Any, kind: str) -> FloatArray:
    if isinstance(column, np.ndarray):
        return column.astype(np.float64)
    if kind != "datetime":
        return numeric_values(column)
    microseconds = np.asarray(column.to_numpy(), dtype="datetime64[us]")
    numbers = microseconds.astype(np.int64).astype(np.float64)
    numbers[np.isnat(microseconds)] = np.nan
    return numbers


def _moments(values: NDArray[Any]) -> FloatArray:
    """Times of any make as microseconds since 1970, those with a zone in UTC."""
    naive = [
        value.astimezone(UTC).replace(tzinfo=None) if getattr(value, "tzinfo", None) else value
        for value in values.tolist()
    ]
    return np.array(naive, dtype="datetime64[us]").astype(np.int64).astype(np.float64)


def _whole(values: FloatArray, dtype: Any) -> FloatArray:
    """Round, and stay below 2**63 or 2**64: the largest integers are no floats."""
    unsigned = dtype.kind == "u" if isinstance(dtype, np.dtype) else dtype.is_unsigned_integer()
    return np.minimum(np.round(values), np.nextafter(2.0 ** (64 if unsigned else 63), 0))


def _restore(values: FloatArray, column: _Column) -> Any:
    like = column.sample
    if column.kind == "datetime":
        return _restore_datetime(values, column.name, like)
    series = nw.new_series(column.name, values, backend=like.implementation)
    native = series.to_native()
    if hasattr(native, "astype"):  # pandas keeps its own dtypes, the nullable ones too
        return nw.from_native(native.astype(like.to_native().dtype), series_only=True)
    known = [None if value != value else value for value in values.tolist()]
    series = nw.new_series(column.name, known, dtype=nw.Float64(), backend=like.implementation)
    return series.cast(like.dtype)


def _restore_datetime(values: FloatArray, name: str, like: Any) -> Any:
    stamps = np.full(len(values), np.datetime64("NaT"), dtype="datetime64[us]")
    known = ~np.isnan(values)
    stamps[known] = values[known].astype(np.int64).astype("datetime64[us]")
    series = nw.new_series(name, stamps, backend=like.implementation)
    zone = getattr(like.dtype, "time_zone", None)
    if zone is not None:
        series = series.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    return series.cast(like.dtype)
