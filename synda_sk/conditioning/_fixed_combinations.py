"""Columns that occur together in certain combinations only."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from synda_sk.conditioning._constraint import BoolArray, Constraint
from synda_sk.typing import FloatArray, IntArray

MISSING_NUMBER = np.inf


class FixedCombinations(Constraint):
    """Columns have a combination of values seen in real rows: no city but in its country.

    Parameters
    ----------
    columns : list of str or int
        At least two; their positions in tables without names.
    where : mapping or None, default=None
        By column, the value or values at which the rule applies; None is always.

    Attributes
    ----------
    n_combinations_ : int
        Combinations seen.

    Notes
    -----
    A missing value is a value like any other. Repair takes the combination seen
    that has most values in common with the row, and all that must be kept; where
    several have, the rows with one wrong combination are shared over them in
    proportion to how often each was seen. Without any the row stays as it is.

    Examples
    --------
    >>> import pandas as pd
    >>> from synda_sk.conditioning import FixedCombinations
    >>> X = pd.DataFrame({"country": ["Kenya", "Ghana"], "city": ["Nairobi", "Accra"]})
    >>> rule = FixedCombinations(["country", "city"]).fit(X)
    >>> wrong = pd.DataFrame({"country": ["Kenya"], "city": ["Accra"]})
    >>> rule.holds(wrong).tolist(), rule.repair(wrong, keep=["country"])["city"].tolist()
    ([False], ['Nairobi'])
    """

    _parameter_constraints = {"columns": ["array-like"], "where": [Mapping, None]}
    _takes_categories = True

    def __init__(self, columns: Sequence[Any], *, where: Mapping[Any, Any] | None = None) -> None:
        self.columns = columns
        self.where = where

    def _columns(self) -> list[Any]:
        return list(self.columns)

    def _learn(self, numbers: FloatArray, codes: IntArray) -> None:
        if len(self.columns) < 2:
            raise ValueError(f"columns == {self.columns!r} of {self!r}, must be two or more.")
        self._seen, self._counts = np.unique(_joined(numbers, codes), axis=0, return_counts=True)
        self._keys = set(map(tuple, self._seen.tolist()))
        self.n_combinations_ = len(self._seen)

    def _holds(self, numbers: FloatArray, codes: IntArray) -> BoolArray:
        return np.array([tuple(row) in self._keys for row in _joined(numbers, codes).tolist()], dtype=bool)

    def _repair(
        self, numbers: FloatArray, codes: IntArray, keep_numbers: BoolArray, keep_codes: BoolArray
    ) -> tuple[FloatArray, IntArray]:
        rows = _joined(numbers, codes)
        keep = np.concatenate([keep_numbers, keep_codes])
        wrong, where = np.unique(rows, axis=0, return_inverse=True)
        for i, combination in enumerate(wrong):
            same = self._seen == combination
            usable = same[:, keep].all(axis=1)
            if not usable.any():
                continue
            agreement = np.where(usable, same.sum(axis=1), -1)
            nearest = np.flatnonzero(agreement == agreement.max())
            mine = np.flatnonzero(where.ravel() == i)
            share = self._counts[nearest].cumsum() / self._counts[nearest].sum()
            chosen = np.searchsorted(share, (np.arange(len(mine)) + 0.5) / len(mine))
            rows[mine] = self._seen[nearest[chosen]]
        n_numeric = numbers.shape[1]
        new = np.where(np.isinf(rows[:, :n_numeric]), np.nan, rows[:, :n_numeric])
        return new, rows[:, n_numeric:].astype(np.intp)


def _joined(numbers: FloatArray, codes: IntArray) -> FloatArray:
    """Numbers and codes side by side; a missing number is infinite, which no number of a table is."""
    return np.hstack([np.where(np.isnan(numbers), MISSING_NUMBER, numbers), codes])
