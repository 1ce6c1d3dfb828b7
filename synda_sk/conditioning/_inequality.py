"""One column below or above another."""

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.utils._param_validation import StrOptions

from synda_sk.conditioning._constraint import BoolArray, Constraint, nearest_allowed
from synda_sk.typing import FloatArray, IntArray

OPERATORS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class Inequality(Constraint):
    """One column is less, or not more, than another: opened before used, low before high.

    Parameters
    ----------
    left : str or int
        A column of numbers or times; its position in tables without names.
    comparison : {"<", "<=", ">", ">="}
        What holds between them.
    right : str or int
        A column of the same kind. For a number see :class:`Range`.
    where : mapping or None, default=None
        By column, the value or values at which the rule applies; None is always.

    See Also
    --------
    Range : A column between two numbers.

    Notes
    -----
    Values are compared in the coarser of the two columns' types. A row in which
    one of them is missing obeys the rule. Repair swaps the two values; where
    one must be kept, or they are equal and must not be, the other moves to the
    nearest value that is allowed (the left one where neither must be kept).

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.conditioning import Inequality
    >>> X = np.array([[1.0, 2.0], [5.0, 3.0]])
    >>> rule = Inequality(0, "<=", 1).fit(X)
    >>> rule.holds(X).tolist(), rule.repair(X).tolist()
    ([True, False], [[1.0, 2.0], [3.0, 5.0]])
    """

    _parameter_constraints = {
        "left": "no_validation",
        "comparison": [StrOptions(set(OPERATORS))],
        "right": "no_validation",
        "where": [Mapping, None],
    }

    def __init__(
        self, left: Any, comparison: str, right: Any, *, where: Mapping[Any, Any] | None = None
    ) -> None:
        self.left = left
        self.comparison = comparison
        self.right = right
        self.where = where

    def _columns(self) -> list[Any]:
        return [self.left, self.right]

    def _learn(self, numbers: FloatArray, codes: IntArray) -> None:
        kinds = self._codec.kinds()
        if kinds.count("datetime") == 1:
            raise ValueError(f"{self!r} compares times with numbers, must compare columns of one kind.")

    def _holds(self, numbers: FloatArray, codes: IntArray) -> BoolArray:
        with np.errstate(over="ignore"):
            left, right = numbers.astype(self._dtype).T
        return np.isnan(left) | np.isnan(right) | OPERATORS[self.comparison](left, right)

    def _repair(
        self, numbers: FloatArray, codes: IntArray, keep_numbers: BoolArray, keep_codes: BoolArray
    ) -> tuple[FloatArray, IntArray]:
        numbers = numbers.copy()
        if not keep_numbers.any():
            numbers = np.where(self._whole, np.round(numbers[:, ::-1]), numbers[:, ::-1])
        moved = 1 if keep_numbers[0] else 0
        rows = np.flatnonzero(~self._holds(numbers, codes))
        if not keep_numbers.all():
            numbers[rows, moved] = nearest_allowed(
                numbers[rows, 1 - moved],
                (self.comparison in (">", ">=")) == (moved == 0),
                strict=len(self.comparison) == 1,
                whole=bool(self._whole[moved]),
                dtype=self._dtype,
            )
        return numbers, codes
