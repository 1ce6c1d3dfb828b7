"""Whether paired differences are more than luck."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import wilcoxon

from synda_sk.typing import FloatArray


def signed_rank_p(differences: ArrayLike, alternative: str = "two-sided") -> float | None:
    """Return the p-value of Wilcoxon's signed-rank test.

    Parameters
    ----------
    differences : array-like of shape (n_seeds,)
        Paired differences.
    alternative : {"two-sided", "greater", "less"}, default="two-sided"
        "greater": the differences lie above 0.

    Returns
    -------
    float or None
        None for fewer than two seeds; 1 where all differences are 0. Two-sided it cannot
        fall below 2 / 2**n_seeds: six seeds at least for 5 %.

    Examples
    --------
    >>> from synda_sk.metrics._signed_rank import signed_rank_p
    >>> signed_rank_p([0.1, 0.2, 0.3, 0.15, 0.25, 0.05])
    0.03125
    """
    values = np.asarray(differences, dtype=np.float64)
    if len(values) < 2:
        return None
    if not values.any():
        return 1.0
    # the exact distribution with ties and zeros too: all signs of up to 13 differences are gone through
    return float(wilcoxon(values, alternative=alternative).pvalue)


def holm(p_values: ArrayLike) -> FloatArray:
    """Correct p-values for being several, by Holm's step-down rule.

    Parameters
    ----------
    p_values : array-like of shape (n_tests,)
        In [0, 1].

    Returns
    -------
    ndarray of shape (n_tests,)
        At least as large; all tests below 5 % hold together with 95 %.

    References
    ----------
    .. [1] S. Holm, "A simple sequentially rejective multiple test procedure",
       Scandinavian Journal of Statistics 6 (1979), 65-70.

    Examples
    --------
    >>> from synda_sk.metrics._signed_rank import holm
    >>> holm([0.25, 0.01, 0.03]).tolist()
    [0.25, 0.03, 0.06]
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p)
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(1.0, stepped)
    return corrected
