"""A column that is a sum of others."""

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval

from synda_sk.conditioning._constraint import BoolArray, Constraint
from synda_sk.typing import FloatArray, IntArray

ROUNDING = 16


class SumIs(Constraint):
    r"""A column is a weighted sum of others: the balance after is the one before, less the amount.

    .. math:: x_{target} = c_0 + \sum_j c_j x_j

    Parameters
    ----------
    target : str or int
        A column of numbers; its position in tables without names.
    terms : mapping of column to float
        The coefficients :math:`c_j` by column.
    constant : float, default=0.0
        :math:`c_0`.
    tolerance : float, default=0.0
        How far the two sides may differ, at least 0, beside rounding: 16 units in
        the last place of the largest term in the coarsest type of the columns,
        and half a unit where the target holds integers and a term or coefficient
        does not.
    where : mapping or None, default=None
        By column, the value or values at which the rule applies; None is always.

    Notes
    -----
    A row in which one of the columns is missing obeys the rule. Repair computes the target
    from the terms; where the target must be kept, the first term that need not
    be kept from the others.

    Examples
    --------
    >>> import pandas as pd
    >>> from synda_sk.conditioning import SumIs
    >>> X = pd.DataFrame({"before": [50.0, 80.0], "amount": [20.0, 5.0], "after": [30.0, 90.0]})
    >>> rule = SumIs("after", {"before": 1, "amount": -1}).fit(X)
    >>> rule.holds(X).tolist(), rule.repair(X)["after"].tolist()
    ([True, False], [30.0, 75.0])
    """

    _parameter_constraints = {
        "target": "no_validation",
        "terms": [Mapping],
        "constant": [Real],
        "tolerance": [Interval(Real, 0, None, closed="left")],
        "where": [Mapping, None],
    }

    def __init__(
        self,
        target: Any,
        terms: Mapping[Any, float],
        *,
        constant: float = 0.0,
        tolerance: float = 0.0,
        where: Mapping[Any, Any] | None = None,
    ) -> None:
        self.target = target
        self.terms = terms
        self.constant = constant
        self.tolerance = tolerance
        self.where = where

    def _columns(self) -> list[Any]:
        return [self.target, *self.terms]

    def _learn(self, numbers: FloatArray, codes: IntArray) -> None:
        if "datetime" in self._codec.kinds():
            raise ValueError(f"{self!r} names a column of times, must name numbers.")
        for column, coefficient in self.terms.items():
            if not isinstance(coefficient, Real) or not np.isfinite(coefficient) or coefficient == 0:
                raise ValueError(
                    f"terms of {self!r} has {coefficient!r} for {column!r}, must be a number but 0."
                )
        if not self.terms:
            raise ValueError(f"terms of {self!r} is empty, must have a coefficient by column.")
        self._weights = np.array([-1.0, *self.terms.values()])
        exact = all(self._whole[1:]) and all(
            float(c).is_integer() for c in (*self.terms.values(), self.constant)
        )
        self._slack = self.tolerance + (0.5 if self._whole[0] and not exact else 0.0)

    def _holds(self, numbers: FloatArray, codes: IntArray) -> BoolArray:
        parts = numbers * self._weights
        rounding = (
            ROUNDING * np.finfo(self._dtype).eps * np.abs(parts).max(axis=1, initial=abs(self.constant))
        )
        error = np.abs(parts.sum(axis=1) + self.constant)
        return ~(error > self._slack + rounding)

    def _repair(
        self, numbers: FloatArray, codes: IntArray, keep_numbers: BoolArray, keep_codes: BoolArray
    ) -> tuple[FloatArray, IntArray]:
        free = np.flatnonzero(~keep_numbers)
        if not len(free):
            return numbers, codes
        numbers, k = numbers.copy(), free[0]
        others = np.delete(numbers * self._weights, k, axis=1).sum(axis=1) + self.constant
        numbers[:, k] = -others / self._weights[k]
        return numbers, codes
