"""Class-conditional Gaussian copula over mixed types."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata
from sklearn.covariance import ledoit_wolf_shrinkage

from synda_sk.generators._class_conditional import (
    ClassConditionalGenerator,
    centre_columns,
    condition_normal,
    covariance_root,
)
from synda_sk.typing import FloatArray, IntArray, RandomState

LONE_ROW_HALF_WIDTH = 0.3**0.5
CHANCE = 1e-12, 1 - 1e-12
SWEEPS = 10


@dataclass
class _Levels:
    order: IntArray
    rank: IntArray
    frequency: FloatArray


@dataclass
class _ClassModel:
    knots: list[tuple[FloatArray, FloatArray]]
    cuts: list[FloatArray]
    factor: FloatArray


class CopulaGenerator(ClassConditionalGenerator):
    r"""Class-conditional Gaussian copula: each column keeps its own distribution.

    A row of class :math:`c` is made from a latent normal vector,

    .. math::
        x_j = F_{cj}^{-1}(\Phi(z_j)), \qquad z \sim N(0, R_c),

    where :math:`F_{cj}` is the empirical distribution of column :math:`j` in
    the class and :math:`R_c` the correlation of the normal scores
    :math:`\Phi^{-1}(F_{cj}(x_j))`, shrunk to the identity as Ledoit and Wolf
    [1]_ do. Categories, and whether a number is missing, cut the latent line
    into intervals. It is the :math:`G_\theta(z, c)` of the SynDA proposal,
    section 2.1, without a network.

    Parameters
    ----------
    random_state : int, RandomState instance or None, default=None
        Source of the noise. An int gives the same rows at each call of ``sample``.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels seen in fit.
    class_count_ : ndarray of shape (n_classes,)
        Rows of each class in fit.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where they have names.

    See Also
    --------
    GaussianGenerator : Faster, and better with a handful of rows a class.

    Notes
    -----
    Quantiles are interpolated between the order statistics and reach half a
    gap beyond them, so that a value of a column with distinct values is not a
    copy; a single row is spread with the variance 0.1 of a standardised
    column. Draws are clipped to the range seen in fit and integers are
    rounded. Columns with an absolute skewness above 3 are interpolated on the
    scale of a signed logarithm. Levels are ordered along the first principal
    component of the numbers, and their probabilities in a class are smoothed
    with one pseudo-row of the whole table. Columns of a class of one or two
    rows are independent.

    A context fixes latent coordinates: a number its normal score, a category a
    draw inside the interval of its level (ten sweeps of a Gibbs sampler for more
    than one category). The other coordinates are normal given these.

    References
    ----------
    .. [1] O. Ledoit and M. Wolf, "A well-conditioned estimator for
       large-dimensional covariance matrices", Journal of Multivariate Analysis
       88 (2004), 365-411.
    .. [2] N. Patki, R. Wedge and K. Veeramachaneni, "The Synthetic Data
       Vault", IEEE International Conference on Data Science and Advanced
       Analytics (2016), 399-410.

    Examples
    --------
    >>> import pandas as pd
    >>> from synda_sk.generators import CopulaGenerator
    >>> X = pd.DataFrame({"amount": [10.0, 12.5, 900.0, 870.0], "type": ["bill", "bill", "transfer", "bill"]})
    >>> generator = CopulaGenerator(random_state=0).fit(X, ["genuine", "genuine", "fraud", "fraud"])
    >>> X_new, _ = generator.sample(50, "fraud")
    >>> bool(X_new["amount"].min() > 800), sorted(X_new["type"].unique())
    (True, ['bill', 'transfer'])
    """

    def __init__(self, random_state: RandomState = None) -> None:
        self.random_state = random_state

    def _fit_pooled(self, z: FloatArray, pattern: IntArray) -> None:
        self._pooled = z
        position = _main_direction(z)
        self._levels = [_ordered_levels(column, position) for column in pattern.T]

    def _fit_class(self, z: FloatArray, pattern: IntArray) -> _ClassModel:
        knots = [_quantile_knots(own, pooled) for own, pooled in zip(z.T, self._pooled.T, strict=True)]
        cuts, scores = [], [_normal_scores(z)]
        for levels, column in zip(self._levels, pattern.T, strict=True):
            ranks = levels.rank[column]
            counts = np.bincount(ranks, minlength=len(levels.frequency))
            share = (counts + levels.frequency) / (len(column) + 1)
            upper = np.cumsum(share)
            cuts.append(upper[:-1])
            middle = ndtri(np.clip(upper - share / 2, 1e-12, 1 - 1e-12))
            scores.append(middle[ranks][:, None])
        return _ClassModel(knots, cuts, covariance_root(_shrunk_correlation(np.hstack(scores))))

    def _sample_class(
        self, model: _ClassModel, n_samples: int, rng: np.random.RandomState
    ) -> tuple[FloatArray, IntArray]:
        return self._from_latent(model, rng.standard_normal((n_samples, len(model.factor))) @ model.factor.T)

    def _sample_class_given(
        self, model: _ClassModel, z_known: FloatArray, pattern_known: IntArray, rng: np.random.RandomState
    ) -> tuple[FloatArray, IntArray]:
        scores = np.full_like(z_known, np.nan)
        for (probabilities, values), column, out in zip(model.knots, z_known.T, scores.T, strict=True):
            known = ~np.isnan(column)
            out[known] = ndtri(np.clip(np.interp(column[known], values, probabilities), *CHANCE))
        low, high = self._intervals(model, pattern_known)
        correlation = model.factor @ model.factor.T
        known_latent = draw_in_intervals(
            np.hstack([scores, np.full(low.shape, np.nan)]), low, high, correlation, rng
        )
        latent = rng.standard_normal(known_latent.shape) @ model.factor.T
        return self._from_latent(model, condition_normal(latent, known_latent, correlation))

    def _intervals(self, model: _ClassModel, pattern_known: IntArray) -> tuple[FloatArray, FloatArray]:
        """Ends of the piece of the latent line of each level that is known, NaN where none is."""
        ends = np.full((2, *pattern_known.shape), np.nan)
        for j, (cuts, levels) in enumerate(zip(model.cuts, self._levels, strict=True)):
            known = pattern_known[:, j] >= 0
            rank = levels.rank[pattern_known[known, j]]
            borders = ndtri(np.concatenate([[0.0], np.clip(cuts, 0.0, 1.0), [1.0]]))
            ends[:, known, j] = borders[rank], borders[rank + 1]
        return ends[0], ends[1]

    def _from_latent(self, model: _ClassModel, latent: FloatArray) -> tuple[FloatArray, IntArray]:
        numbers, discrete = np.split(ndtr(latent), [len(model.knots)], axis=1)
        z = np.empty_like(numbers)
        for j, (probabilities, values) in enumerate(model.knots):
            z[:, j] = np.interp(numbers[:, j], probabilities, values)
        pattern = np.empty(discrete.shape, dtype=np.intp)
        for j, (cuts, levels) in enumerate(zip(model.cuts, self._levels, strict=True)):
            pattern[:, j] = levels.order[np.searchsorted(cuts, discrete[:, j], side="right")]
        return z, pattern


def draw_in_intervals(
    known: FloatArray, low: FloatArray, high: FloatArray, correlation: FloatArray, rng: np.random.RandomState
) -> FloatArray:
    """Draw the last coordinates of normal vectors inside intervals, given the other known ones.

    One interval is drawn from at once, several in ten sweeps of a Gibbs sampler.

    Parameters
    ----------
    known : ndarray of shape (n_samples, p + d)
        NaN where free, and in the last d columns.
    low, high : ndarray of shape (n_samples, d)
        Ends of the intervals, NaN where there is none.
    correlation : ndarray of shape (p + d, p + d)
        Of all coordinates.

    Returns
    -------
    ndarray of shape (n_samples, p + d)
        `known` with draws in the place of intervals.
    """
    first = known.shape[1] - low.shape[1]
    bounded = ~np.isnan(low)
    drawn = known.copy()
    drawn[:, first:] = _draw_truncated(np.zeros(low.shape), 1.0, low, high, rng)
    masks, where = np.unique(np.hstack([~np.isnan(known[:, :first]), bounded]), axis=0, return_inverse=True)
    for i, mask in enumerate(masks):
        rows, columns = np.flatnonzero(where.ravel() == i), np.flatnonzero(mask)
        inside = columns[columns >= first]
        for _ in range(0 if len(columns) < 2 else 1 if len(inside) < 2 else SWEEPS):
            for j in inside:
                others = columns[columns != j]
                inverse = np.linalg.pinv(correlation[np.ix_(others, others)], rcond=1e-10, hermitian=True)
                slope = correlation[j, others] @ inverse
                spread = np.sqrt(max(1.0 - slope @ correlation[others, j], 0.0))
                mean = drawn[np.ix_(rows, others)] @ slope
                ends = low[rows, j - first], high[rows, j - first]
                drawn[rows, j] = _draw_truncated(mean, spread, *ends, rng)
    return drawn


def _draw_truncated(
    mean: FloatArray, spread: float, low: FloatArray, high: FloatArray, rng: np.random.RandomState
) -> FloatArray:
    """Draw from normal distributions between `low` and `high`."""
    ends = ndtr((low - mean) / max(spread, 1e-9)), ndtr((high - mean) / max(spread, 1e-9))
    share = ends[0] + (ends[1] - ends[0]) * rng.uniform(size=low.shape)
    return np.clip(mean + spread * ndtri(np.clip(share, *CHANCE)), low, high)


def _main_direction(z: FloatArray) -> FloatArray:
    """Position of the rows along the first principal component of the numbers."""
    if z.shape[1] == 0:
        return np.zeros(len(z))
    _, deviation = centre_columns(z)
    return deviation @ np.linalg.eigh(deviation.T @ deviation)[1][:, -1]


def _ordered_levels(column: IntArray, position: FloatArray) -> _Levels:
    """Order the levels seen by the mean position of their rows."""
    levels, where, counts = np.unique(column, return_inverse=True, return_counts=True)
    order = np.argsort(np.bincount(where, weights=position) / counts, kind="stable")
    rank = np.zeros(levels[-1] + 1, dtype=np.intp)
    rank[levels[order]] = np.arange(len(levels))
    return _Levels(levels[order], rank, counts[order] / len(column))


def _quantile_knots(own: FloatArray, pooled: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Probabilities and values between which the quantile function of a class is a line."""
    values = np.sort(own[~np.isnan(own)])
    if not len(values):
        values = np.sort(pooled[~np.isnan(pooled)])
    n = len(values)
    if n == 1:
        return np.array([0.0, 1.0]), values + LONE_ROW_HALF_WIDTH * np.array([-1.0, 1.0])
    ends = values[[0, -1]] + (values[[0, -1]] - values[[1, -2]]) / 2
    middles = (np.arange(n) + 0.5) / n
    return np.concatenate([[0.0], middles, [1.0]]), np.concatenate([ends[:1], values, ends[1:]])


def _normal_scores(z: FloatArray) -> FloatArray:
    """Normal quantiles of the mid-ranks of each column, NaN where missing."""
    scores = np.full_like(z, np.nan)
    for column, out in zip(z.T, scores.T, strict=True):
        known = ~np.isnan(column)
        out[known] = ndtri((rankdata(column[known]) - 0.5) / max(known.sum(), 1))
    return scores


def _shrunk_correlation(scores: FloatArray) -> FloatArray:
    n, p = scores.shape
    if n < 3 or p == 0:
        return np.eye(p)
    _, deviation = centre_columns(scores)
    spread = np.sqrt(np.mean(deviation**2, axis=0))
    deviation /= np.where(spread > 1e-9, spread, np.inf)
    shrinkage = ledoit_wolf_shrinkage(deviation, assume_centered=True)
    correlation = (1 - shrinkage) * (deviation.T @ deviation) / n
    np.fill_diagonal(correlation, 1.0)
    return correlation
