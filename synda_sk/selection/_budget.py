"""B_t: how many labels a round may ask for."""

from dataclasses import dataclass
from numbers import Integral

from sklearn.utils._param_validation import Interval, validate_parameter_constraints

_CONSTRAINTS = {
    "initial": [Interval(Integral, 1, None, closed="left")],
    "increment": [Interval(Integral, 0, None, closed="left")],
    "maximum": [Interval(Integral, 1, None, closed="left"), None],
}


@dataclass(frozen=True)
class LinearBudget:
    r"""A cap on the labels of round t that grows linearly.

    .. math:: B_t = \min(B_{max},\; B_{init} + \Delta B \cdot t)

    Parameters
    ----------
    initial : int
        B_init, labels allowed in round 0, at least 1.
    increment : int, default=0
        Delta B, added each round, at least 0.
    maximum : int or None, default=None
        B_max, at least `initial`; None for no limit.

    Raises
    ------
    ValueError
        If a value is out of its range.

    Notes
    -----
    Proposal, section 2.2.3. The total number of labels is bounded by the
    ``label_budget`` of :class:`~synda_sk.SynDAClassifier`.

    Examples
    --------
    >>> from synda_sk.selection import LinearBudget
    >>> budget = LinearBudget(10, 5, 18)
    >>> [budget(t) for t in range(4)]
    [10, 15, 18, 18]
    """

    initial: int
    increment: int = 0
    maximum: int | None = None

    def __post_init__(self) -> None:
        validate_parameter_constraints(_CONSTRAINTS, vars(self), "LinearBudget")
        if self.maximum is not None and self.maximum < self.initial:
            raise ValueError(f"maximum == {self.maximum}, must be >= initial == {self.initial}.")

    def __call__(self, step: int) -> int:
        """Return the labels allowed in round `step`, counted from 0."""
        if not isinstance(step, Integral) or step < 0:
            raise ValueError(f"step == {step!r}, must be an int >= 0.")
        size = self.initial + self.increment * step
        return size if self.maximum is None else min(self.maximum, size)
