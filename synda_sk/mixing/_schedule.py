"""beta_t, r_t and c_t: how the mix changes from round to round."""

from dataclasses import dataclass
from numbers import Integral, Real

from scipy.special import expit
from sklearn.utils._param_validation import Interval, validate_parameter_constraints

_ANY = [Interval(Real, None, None, closed="neither")]
_POSITIVE = [Interval(Real, 0, None, closed="neither")]


@dataclass(frozen=True)
class SigmoidSchedule:
    r"""The weight of the synthetic rows as a sigmoid of their ratio.

    .. math:: \beta_t = \sigma\left(\gamma\, \frac{r_t - r_{threshold}}{r_{scale}}\right)

    Parameters
    ----------
    gain : float, default=1.0
        gamma; negative values give many synthetic rows less weight.
    threshold : float, default=1.0
        r_threshold, the ratio at which beta is one half.
    scale : float, default=1.0
        r_scale > 0.

    Raises
    ------
    ValueError
        If a value is not finite, or `scale` not positive.

    Notes
    -----
    Proposal, section 2.3.1.

    Examples
    --------
    >>> from synda_sk.mixing import SigmoidSchedule
    >>> SigmoidSchedule(gain=2.0, threshold=1.0)(1.0)
    0.5
    """

    gain: float = 1.0
    threshold: float = 1.0
    scale: float = 1.0

    def __post_init__(self) -> None:
        constraints = {"gain": _ANY, "threshold": _ANY, "scale": _POSITIVE}
        validate_parameter_constraints(constraints, vars(self), "SigmoidSchedule")

    def __call__(self, ratio: float) -> float:
        """Return beta_t in (0, 1) for r_t = `ratio`."""
        return float(expit(self.gain * (ratio - self.threshold) / self.scale))


@dataclass(frozen=True)
class AdaptiveRatio:
    r"""Fewer synthetic rows as the model gets better or they look less real.

    .. math:: r_t = g(P_t, C_t) = r_{max}\, (1 - P_t)\, C_t

    Parameters
    ----------
    maximum : float, default=2.0
        r_max > 0, synthetic rows a real one when nothing has been learnt yet.

    Raises
    ------
    ValueError
        If `maximum` is not positive and finite.

    Notes
    -----
    One choice of the g of the proposal, section 2.3.1. P_t is an out-of-fold
    score in [0, 1], C_t the consistency of :class:`~synda_sk.QualityFilter`.

    Examples
    --------
    >>> from synda_sk.mixing import AdaptiveRatio
    >>> AdaptiveRatio(2.0)(0.75, 0.5)
    0.25
    """

    maximum: float = 2.0

    def __post_init__(self) -> None:
        validate_parameter_constraints({"maximum": _POSITIVE}, vars(self), "AdaptiveRatio")

    def __call__(self, performance: float, consistency: float) -> float:
        """Return r_t for P_t = `performance` and C_t = `consistency`, both in [0, 1]."""
        return self.maximum * (1.0 - performance) * consistency


def curriculum_threshold(step: int, minimum: float, maximum: float, n_warmup_rounds: int) -> float:
    r"""Return the complexity allowed in a round.

    .. math:: c_t = c_{min} + (c_{max} - c_{min}) \min(1, t / T_{curr})

    Parameters
    ----------
    step : int
        t, counted from 0.
    minimum, maximum : float
        c_min and c_max.
    n_warmup_rounds : int
        T_curr; 0 allows c_max from the start.

    Returns
    -------
    float
        c_t. (Proposal, section 2.3.3.)

    Raises
    ------
    ValueError
        If `step` or `n_warmup_rounds` is no int >= 0.

    Examples
    --------
    >>> from synda_sk.mixing import curriculum_threshold
    >>> [curriculum_threshold(t, 0.5, 1.0, 4) for t in (0, 2, 4, 9)]
    [0.5, 0.75, 1.0, 1.0]
    """
    for name, value in {"step": step, "n_warmup_rounds": n_warmup_rounds}.items():
        if not isinstance(value, Integral) or value < 0:
            raise ValueError(f"{name} == {value!r}, must be an int >= 0.")
    progress = 1.0 if n_warmup_rounds == 0 else min(1.0, step / n_warmup_rounds)
    return minimum + (maximum - minimum) * progress
