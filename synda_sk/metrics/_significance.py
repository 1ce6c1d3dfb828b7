"""Whether paired scores differ."""

from collections.abc import Mapping
from itertools import combinations
from numbers import Integral, Real
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import bootstrap

from synda_sk.metrics._numbers import finite_array
from synda_sk.metrics._signed_rank import holm, signed_rank_p
from synda_sk.typing import FloatArray, RandomState
from synda_sk.utils import SeedStreams

__all__ = ["PairedDifference", "paired_bootstrap", "wilcoxon_holm"]


class PairedDifference(NamedTuple):
    """A mean difference of paired scores and where it may lie.

    Parameters
    ----------
    difference : float
        Mean of scores - reference.
    low, high : float
        Ends of the confidence interval.
    """

    difference: float
    low: float
    high: float


def paired_bootstrap(
    scores: ArrayLike,
    reference: ArrayLike,
    *,
    confidence_level: float = 0.95,
    n_resamples: int = 9999,
    random_state: RandomState = None,
) -> PairedDifference:
    """Mean difference of paired scores with a confidence interval.

    Pairs (seeds, tables, folds) are drawn with replacement and the
    bias-corrected and accelerated interval is taken
    (:func:`scipy.stats.bootstrap`; Efron, JASA 82, 1987).

    Parameters
    ----------
    scores : array-like of shape (n_pairs,)
        Scores of the method, at least two.
    reference : array-like of shape (n_pairs,)
        Scores of the reference on the same seeds or tables, in the same order.
    confidence_level : float, default=0.95
        In (0, 1).
    n_resamples : int, default=9999
        Bootstrap draws, at least 100.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws.

    Returns
    -------
    PairedDifference
        ``difference``, ``low`` and ``high``. If all pairs differ by the same
        amount, all three are that amount.

    Raises
    ------
    ValueError
        If there are fewer than two pairs, lengths differ, a score is not finite
        or a parameter is out of range.

    Notes
    -----
    Few pairs make the interval too narrow. Of 1,000 intervals for normal
    differences at the default level, 82 % held the true mean with 5 pairs,
    91 % with 10, 92 % with 20 and 93 % with 40; for log-normal ones 75 %,
    83 %, 87 % and 90 % (999 resamples).

    Examples
    --------
    >>> from synda_sk.metrics import paired_bootstrap
    >>> found = paired_bootstrap([0.8, 0.7, 0.9, 0.8], [0.6, 0.6, 0.7, 0.7], random_state=0)
    >>> round(found.difference, 2), found.low > 0
    (0.15, True)
    """
    if not isinstance(confidence_level, Real) or not 0 < confidence_level < 1:
        raise ValueError(f"confidence_level == {confidence_level!r}, must be in (0, 1).")
    if not isinstance(n_resamples, Integral) or n_resamples < 100:
        raise ValueError(f"n_resamples == {n_resamples!r}, must be a whole number >= 100.")
    difference = _differences(scores, reference, "scores", "reference")
    mean = float(difference.mean())
    if np.ptp(difference) <= 1e-12 * np.abs(difference).max():
        return PairedDifference(mean, mean, mean)
    found = bootstrap(
        (difference,),
        np.mean,
        confidence_level=confidence_level,
        n_resamples=n_resamples,
        random_state=SeedStreams(random_state).generator("bootstrap"),  # called rng from SciPy 1.15 on
    ).confidence_interval
    return PairedDifference(mean, float(found.low), float(found.high))


def wilcoxon_holm(
    scores: Mapping[str, ArrayLike],
    *,
    reference: str | None = None,
    alternative: Literal["two-sided", "greater", "less"] = "two-sided",
) -> list[dict[str, Any]]:
    """Wilcoxon's signed-rank test of paired scores, corrected for the number of comparisons.

    Parameters
    ----------
    scores : mapping of str to array-like of shape (n_pairs,)
        Scores of each method on the same tables or seeds, in the same order.
    reference : str or None, default=None
        The method all others are compared with; None compares every two.
    alternative : {"two-sided", "greater", "less"}, default="two-sided"
        "greater": the method scores higher than what it is compared with.

    Returns
    -------
    list of dict
        A row a comparison: "method", "reference", "n_pairs", "difference" (the
        mean), "p_value" and "p_holm", which Holm's step-down procedure has
        multiplied: reject where it is below the level, and the chance of any
        false rejection stays below the level. ``pandas.DataFrame`` makes a
        table of it.

    Raises
    ------
    ValueError
        If there are fewer than two methods or two pairs, lengths differ, a score
        is not finite, or a parameter is none of its values.

    Notes
    -----
    Pairs without a difference are left out (Wilcoxon, Biometrics Bulletin 1,
    1945); a comparison without any difference has the p value 1. The smallest
    two-sided p value that n pairs can have is 2 / 2^n: five seeds never reach
    5 %. Correction: Holm, Scandinavian Journal of Statistics 6, 1979.

    Examples
    --------
    >>> from synda_sk.metrics import wilcoxon_holm
    >>> base = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    >>> better = [score + 0.01 * (k + 1) for k, score in enumerate(base)]
    >>> rows = wilcoxon_holm({"base": base, "same": base, "better": better}, reference="base")
    >>> [(row["method"], round(row["p_value"], 4), round(row["p_holm"], 4)) for row in rows]
    [('same', 1.0, 1.0), ('better', 0.0078, 0.0156)]
    """
    if not isinstance(scores, Mapping) or len(scores) < 2:
        raise ValueError(f"scores == {scores!r}, must map two methods or more to their scores.")
    if reference is not None and reference not in scores:
        raise ValueError(f"reference == {reference!r} is no method; there are: {', '.join(scores)}.")
    if alternative not in ("two-sided", "greater", "less"):
        raise ValueError(f"alternative == {alternative!r}, must be 'two-sided', 'greater' or 'less'.")
    pairs = (
        [(b, a) for a, b in combinations(scores, 2)]
        if reference is None
        else [(name, reference) for name in scores if name != reference]
    )
    rows: list[dict[str, Any]] = []
    for method, other in pairs:
        names = f"scores[{method!r}]", f"scores[{other!r}]"
        difference = _differences(scores[method], scores[other], *names)
        rows.append(
            {
                "method": method,
                "reference": other,
                "n_pairs": len(difference),
                "difference": float(difference.mean()),
                "p_value": signed_rank_p(difference, alternative),
            }
        )
    for row, p_holm in zip(rows, holm([row["p_value"] for row in rows]), strict=True):
        row["p_holm"] = float(p_holm)
    return rows


def _differences(scores: ArrayLike, reference: ArrayLike, name: str, other: str) -> FloatArray:
    first, second = finite_array(scores, name), finite_array(reference, other)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError(
            f"{name} has shape {first.shape} and {other} {second.shape}, must both have (n_pairs,)."
        )
    if len(first) < 2:
        raise ValueError(f"{name} has {len(first)} scores, must have at least 2 pairs.")
    return first - second
