"""What is known of rows beforehand: c in x = G(z, c)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from synda_sk.conditioning._columns import (
    column_values,
    find_columns,
    pick_columns,
    put_columns,
    table_columns,
)
from synda_sk.typing import FloatArray, IntArray, Table
from synda_sk.utils import TableCodec, is_frame

SHOWN_LEVELS = 20


@dataclass
class Context:
    """Values of some columns for a number of rows.

    Parameters
    ----------
    columns : list of str or int
        The columns, in the order of the table.
    codec : TableCodec
        Of these columns only.
    numbers, codes : ndarray of shape (n_rows, n_numeric) and (n_rows, n_categorical)
        Their values, encoded.
    """

    columns: list[Any]
    codec: TableCodec
    numbers: FloatArray
    codes: IntArray

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: IntArray) -> "Context":
        """Return the context of some rows, repeated or in another order if need be."""
        return Context(self.columns, self.codec, self.numbers[rows], self.codes[rows])

    def fill(self, X: Table) -> Table:
        """Return the table `X` with these values in the columns of the context."""
        positions = find_columns(X, self.columns, "context")
        return put_columns(X, positions, self.codec.decode(self.numbers, self.codes))

    def encode(self, X: Table) -> tuple[FloatArray, IntArray]:
        """Return the values that a table has in the columns of the context, encoded."""
        return self.codec.encode(pick_columns(X, find_columns(X, self.columns, "context")))

    def values(self) -> dict[Any, list[Any]]:
        """Return the values by column."""
        table = self.codec.decode(self.numbers, self.codes)
        return {column: column_values(table, k) for k, column in enumerate(self.columns)}


class ContextEncoder:
    """Turn what is known of rows beforehand into numbers and codes, and refuse what was never seen.

    The columns may hold categories (a region, a channel, a season), numbers or
    times. It is the :math:`c` of :math:`x = G(z, c)` (SynDA proposal, section
    2.1.2), from geographic and other metadata of the rows.

    Parameters
    ----------
    columns : list of str or int, or None, default=None
        Names, or positions in tables without names. None takes all columns.

    Attributes
    ----------
    columns_ : list of str or int
        The columns of the context, in the order of the table.

    Examples
    --------
    >>> import pandas as pd
    >>> from synda_sk.conditioning import ContextEncoder
    >>> X = pd.DataFrame({"amount": [3.0, 5.0, 4.0], "region": ["north", "south", "north"]})
    >>> encoder = ContextEncoder(["region"]).fit(X)
    >>> encoder.encode({"region": "south"}, 2).values()
    {'region': ['south', 'south']}
    >>> encoder.encode({"region": "west"}, 2)
    Traceback (most recent call last):
    ...
    ValueError: context has 'west' in column 'region', not seen in fit; known: ['north', 'south'].
    """

    def __init__(self, columns: Sequence[Any] | None = None) -> None:
        self.columns = columns

    def fit(self, X: Table) -> "ContextEncoder":
        """Learn kinds, levels and ranges of the columns.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Any validated table.

        Returns
        -------
        ContextEncoder
            Itself.

        Raises
        ------
        ValueError
            If `X` lacks one of the columns.
        """
        wanted = table_columns(X) if self.columns is None else list(self.columns)
        positions = sorted(find_columns(X, wanted, "context"))
        part = pick_columns(X, positions)
        codec = TableCodec().fit(part)
        return self._learn(X, positions, codec, *codec.encode(part))

    @classmethod
    def from_codec(
        cls, X: Table, codec: TableCodec, numbers: FloatArray, codes: IntArray
    ) -> "ContextEncoder":
        """Return a fitted encoder of all columns of a table that is encoded already.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            The table.
        codec : TableCodec
            Fitted to it.
        numbers, codes : ndarray
            What the codec made of it.

        Returns
        -------
        ContextEncoder
            Fitted.
        """
        return cls()._learn(X, list(range(X.shape[1])), codec, numbers, codes)

    def _learn(
        self, X: Table, positions: list[int], codec: TableCodec, numbers: FloatArray, codes: IntArray
    ) -> "ContextEncoder":
        names = table_columns(X)
        self.columns_ = [names[k] for k in positions]
        self._named = is_frame(X)
        self._codec = codec
        self._low, self._high = np.fmin.reduce(numbers), np.fmax.reduce(numbers)
        self._numbers_missing = np.flatnonzero(np.isnan(numbers).any(axis=0)).tolist()
        self._codes_missing = np.flatnonzero((codes < 0).any(axis=0)).tolist()
        return self

    def encode(self, context: Any, n_samples: int) -> Context:
        """Check a context and encode it.

        Parameters
        ----------
        context : mapping, data frame or array-like
            Values by column, one for all rows or one for each, of some or all
            of the columns; a data frame of `n_samples` rows; or `n_samples`
            rows of values in the order of `columns`.
        n_samples : int
            Rows.

        Returns
        -------
        Context
            Encoded.

        Raises
        ------
        ValueError
            If a column, a level or a length is wrong, a number lies outside the
            range seen in fit, or a value is missing in a column that had none
            missing.
        """
        given = self._values_by_column(context, n_samples)
        chosen = [column for column in self.columns_ if column in given]
        codec = self._codec.select(self._codec_name(column) for column in chosen)
        numbers = np.empty((n_samples, len(codec.numeric)))
        codes = np.empty((n_samples, len(codec.categorical)), dtype=np.intp)
        for column in chosen:
            name = self._codec_name(column)
            try:
                values = self._codec.encode_values(name, given[column])
            except ValueError as error:
                raise ValueError(f"context: {error}") from error
            if name in codec.numeric:
                self._check_numbers(column, values, self._codec.numeric.index(name))
                numbers[:, codec.numeric.index(name)] = values
            else:
                self._check_codes(column, values, given[column])
                codes[:, codec.categorical.index(name)] = values
        return Context(chosen, codec, numbers, codes)

    def read(self, X: Table) -> Context:
        """Return the context that the rows of a table have.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Columns as in fit.

        Returns
        -------
        Context
            Of all columns.
        """
        numbers, codes = self._codec.encode(pick_columns(X, find_columns(X, self.columns_, "context")))
        return Context(self.columns_, self._codec, numbers, codes)

    def positions(self, context: Context) -> tuple[list[int], list[int]]:
        """Tell where the columns of a context stand among all numbers and all codes of this encoder.

        Parameters
        ----------
        context : Context
            Made by :meth:`encode`.

        Returns
        -------
        numeric, categorical : list of int
            Positions.
        """
        return (
            [self._codec.numeric.index(name) for name in context.codec.numeric],
            [self._codec.categorical.index(name) for name in context.codec.categorical],
        )

    def _codec_name(self, column: Any) -> Any:
        return column if self._named else f"x{self.columns_.index(column)}"

    def _values_by_column(self, context: Any, n_samples: int) -> dict[Any, list[Any]]:
        if isinstance(context, Mapping):
            given = {column: _repeated(values, n_samples) for column, values in context.items()}
        elif is_frame(context):
            given = {name: column_values(context, k) for k, name in enumerate(context.columns)}
        else:
            rows = np.asarray(context, dtype=object)
            order = list(self.columns_ if self.columns is None else self.columns)
            if rows.ndim != 2 or rows.shape[1] != len(order):
                raise ValueError(
                    f"context has shape {rows.shape}, must be values by column, or rows of {order}."
                )
            given = {column: rows[:, k].tolist() for k, column in enumerate(order)}
        for column, values in given.items():
            if column not in self.columns_:
                raise ValueError(f"context has the column {column!r}, must be among {self.columns_[:30]}.")
            if len(values) != n_samples:
                raise ValueError(
                    f"context has {len(values)} values of {column!r}, expected {n_samples}, as n_samples."
                )
        if not given:
            raise ValueError(f"context is empty, must have some of the columns {self.columns_[:30]}.")
        return given

    def _check_codes(self, column: Any, codes: IntArray, values: Sequence[Any]) -> None:
        j = self._codec.categorical.index(self._codec_name(column))
        wrong = (codes < -1) | ((codes < 0) & (j not in self._codes_missing))
        if not wrong.any():
            return
        levels = self._codec.levels(self._codec_name(column))
        known = sorted(levels, key=repr)[:SHOWN_LEVELS]
        more = f" and {len(levels) - SHOWN_LEVELS} more" if len(levels) > SHOWN_LEVELS else ""
        raise ValueError(
            f"context has {values[int(np.argmax(wrong))]!r} in column {column!r}, not seen in fit; "
            f"known: {known}{more}."
        )

    def _check_numbers(self, column: Any, numbers: FloatArray, j: int) -> None:
        if np.isnan(numbers).any() and j not in self._numbers_missing:
            raise ValueError(f"context has a missing value in column {column!r}, which had none in fit.")
        known = numbers[~np.isnan(numbers)]
        if self._codec.is_integer[j] and (known != np.round(known)).any():
            raise ValueError(f"context has a fraction in column {column!r}, which holds integers.")
        if ((known < self._low[j]) | (known > self._high[j])).any() or (
            len(known) and np.isnan(self._low[j])
        ):
            ends = self._codec.select([self._codec_name(column)])
            empty = np.empty((2, 0), dtype=np.intp)
            low, high = column_values(ends.decode(np.array([[self._low[j]], [self._high[j]]]), empty), 0)
            raise ValueError(
                f"context has a value in column {column!r} outside the range seen in fit, {low} to {high}."
            )


def _repeated(values: Any, n_samples: int) -> list[Any]:
    """One value for all rows, or the values there are."""
    if isinstance(values, str) or np.ndim(values) == 0:
        return [values] * n_samples
    return values.to_list() if hasattr(values, "to_list") else np.asarray(values, dtype=object).tolist()
