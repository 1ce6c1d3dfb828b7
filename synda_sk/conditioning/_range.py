"""One column between two values."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.utils._param_validation import StrOptions

from synda_sk.conditioning._constraint import BoolArray, Constraint, nearest_allowed
from synda_sk.typing import FloatArray, IntArray


class Range(Constraint):
    """A column lies between two values: an amount above 0, an hour from 0 to 23.

    Parameters
    ----------
    column : str or int
        A column of numbers or times; its position in tables without names.
    low, high : number, time or None, default=None
        The ends, of which one may be None.
    closed : {"both", "left", "right", "neither"}, default="both"
        Which ends are allowed themselves.
    where : mapping or None, default=None
        By column, the value or values at which the rule applies; None is always.

    See Also
    --------
    Inequality : One column below another.

    Notes
    -----
    The ends are rounded to the column's type. A missing value obeys the rule.
    Repair moves a value to the nearest one that is allowed.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.conditioning import Range
    >>> X = np.array([[3], [-2], [0]])
    >>> rule = Range(0, low=0, closed="neither").fit(X)
    >>> rule.holds(X).tolist(), rule.repair(X).tolist()
    ([True, False, False], [[3], [1], [1]])
    """

    _parameter_constraints = {
        "column": "no_validation",
        "low": "no_validation",
        "high": "no_validation",
        "closed": [StrOptions({"both", "left", "right", "neither"})],
        "where": [Mapping, None],
    }

    def __init__(
        self,
        column: Any,
        *,
        low: Any = None,
        high: Any = None,
        closed: str = "both",
        where: Mapping[Any, Any] | None = None,
    ) -> None:
        self.column = column
        self.low = low
        self.high = high
        self.closed = closed
        self.where = where

    def _columns(self) -> list[Any]:
        return [self.column]

    def _learn(self, numbers: FloatArray, codes: IntArray) -> None:
        try:
            ends = self._codec.encode_values(self._codec.numeric[0], [self.low, self.high])
        except ValueError as error:
            raise ValueError(f"low or high of {self!r}: {error}") from error
        if np.isnan(ends).all():
            raise ValueError(f"{self!r} has neither low nor high, must have one.")
        self._ends = [
            nearest_allowed(
                ends[[k]],
                k == 0,
                strict=self.closed not in ("both", side),
                whole=bool(self._whole[0]),
                dtype=self._dtype,
            )
            for k, side in enumerate(("left", "right"))
        ]
        if self._ends[0] > self._ends[1]:
            raise ValueError(f"low and high of {self!r} leave no value between them.")

    def _holds(self, numbers: FloatArray, codes: IntArray) -> BoolArray:
        low, high = self._ends
        return ~((numbers[:, 0] < low) | (numbers[:, 0] > high))

    def _repair(
        self, numbers: FloatArray, codes: IntArray, keep_numbers: BoolArray, keep_codes: BoolArray
    ) -> tuple[FloatArray, IntArray]:
        if keep_numbers.any():
            return numbers, codes
        return np.fmax(np.fmin(numbers, self._ends[1]), self._ends[0]), codes
