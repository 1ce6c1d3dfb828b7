"""What every constraint has: columns, an optional condition, a test and a repair."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Self

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from synda_sk.conditioning._columns import column_values, find_columns, pick_columns, put_columns
from synda_sk.typing import FloatArray, IntArray, Table
from synda_sk.utils import TableCodec

BoolArray = NDArray[np.bool_]


class Constraint(BaseEstimator, ABC):
    """Contract of a rule that rows obey.

    A subclass tells its columns in ``_columns()`` and writes ``_holds`` and
    ``_repair`` in terms of their numbers and category codes, those of
    :class:`~synda_sk.utils.TableCodec` (times are microseconds since 1970, -1 is a
    missing category); ``_learn`` where it needs to see real rows. Columns of
    categories are refused where ``_takes_categories`` is False.

    `where` limits a rule to the rows that have certain values in other columns.
    A row to which the rule does not apply obeys it.

    Parameters
    ----------
    where : mapping or None, default=None
        By column, the value or values at which the rule applies.
    """

    where: Mapping[Any, Any] | None
    _takes_categories = False

    def fit(self, X: Table) -> Self:
        """Learn the kinds of the columns from real rows.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Real rows.

        Returns
        -------
        Constraint
            Itself.

        Raises
        ------
        ValueError
            If `X` lacks a column, or a column holds categories and the rule is
            about numbers.
        """
        self._validate_params()
        self._positions = find_columns(X, self._columns(), repr(self))
        self._where_positions = find_columns(X, list(self.where or ()), f"where of {self!r}")
        part = pick_columns(X, self._positions)
        self._codec = TableCodec().fit(part)
        if self._codec.categorical and not self._takes_categories:
            column = next(
                column
                for column, own in zip(self._columns(), self._codec.kinds(), strict=True)
                if own == "category"
            )
            raise ValueError(
                f"{self!r} names the column {column!r} of categories, must name numbers or times."
            )
        self._whole = self._codec.is_integer
        self._dtype, self._limits = _precision(part)
        self._learn(*self._codec.encode(part))
        return self

    def holds(self, X: Table) -> BoolArray:
        """Tell which rows obey the rule.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Columns as in fit.

        Returns
        -------
        ndarray of bool of shape (n_samples,)
            True where the rule holds or does not apply.
        """
        check_is_fitted(self, "_codec")
        return self._holds(*self._encode(X)) | ~self._applies(X)

    def repair(self, X: Table, keep: Sequence[Any] = ()) -> Table:
        """Change the rows that break the rule so that they obey it, where that can be done.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Columns as in fit.
        keep : sequence of str or int, default=()
            Columns that must stay as they are.

        Returns
        -------
        table of shape (n_samples, n_features)
            Other in the columns of the rule alone, in rows that broke it.
        """
        broken = np.flatnonzero(~self.holds(X))
        if not len(broken):
            return X
        kept = np.array([column in keep for column in self._columns()], dtype=bool)
        categories = np.array([kind == "category" for kind in self._codec.kinds()], dtype=bool)
        numbers, codes = self._encode(X)
        numbers[broken], codes[broken] = self._repair(
            numbers[broken], codes[broken], kept[~categories], kept[categories]
        )
        numbers = np.clip(numbers, *self._limits[:, ~categories])
        return put_columns(X, self._positions, self._codec.decode(numbers, codes))

    def _encode(self, X: Table) -> tuple[FloatArray, IntArray]:
        return self._codec.encode(pick_columns(X, self._positions))

    def _applies(self, X: Table) -> BoolArray:
        applies = np.ones(len(X), dtype=bool)
        for wanted, position in zip((self.where or {}).values(), self._where_positions, strict=True):
            levels = [wanted] if isinstance(wanted, str) or np.ndim(wanted) == 0 else list(wanted)
            applies &= np.array([value in levels for value in column_values(X, position)], dtype=bool)
        return applies

    @abstractmethod
    def _columns(self) -> list[Any]:
        """Return the columns the rule is about, each once."""

    def _learn(self, numbers: FloatArray, codes: IntArray) -> None:
        """Learn from real rows."""

    @abstractmethod
    def _holds(self, numbers: FloatArray, codes: IntArray) -> BoolArray:
        """Tell which rows obey the rule, whether or not it applies to them."""

    @abstractmethod
    def _repair(
        self, numbers: FloatArray, codes: IntArray, keep_numbers: BoolArray, keep_codes: BoolArray
    ) -> tuple[FloatArray, IntArray]:
        """Return repaired rows; columns that are to be kept must not change."""


def _precision(part: Table) -> tuple[type, FloatArray]:
    """Coarsest float type of the columns, and the least and greatest value each can hold."""
    if isinstance(part, np.ndarray):
        names = [part.dtype.name] * part.shape[1]
    else:
        names = [str(c.dtype).lower() for c in nw.from_native(part, eager_only=True).iter_columns()]
    whole = [np.iinfo(name) if name.startswith(("int", "uint")) else None for name in names]
    limits = [(info.min, info.max) if info else (-np.inf, np.inf) for info in whole]
    return np.float32 if "float32" in names else np.float64, np.array(limits, dtype=np.float64).T


def nearest_allowed(
    bound: FloatArray, upwards: bool, *, strict: bool, whole: bool, dtype: type
) -> FloatArray:
    """Return the value next to a bound that is at least (`upwards`) or at most the bound, or strictly so."""
    sign = 1.0 if upwards else -1.0
    if whole:
        edge = np.ceil(sign * bound)
        return sign * np.where(strict & (edge == sign * bound), edge + 1, edge)
    edge = bound.astype(dtype)
    return (np.nextafter(edge, dtype(sign * np.inf)) if strict else edge).astype(np.float64)
