"""Class-conditional Gaussian with shrinkage, for mixed tables the general location model."""

from dataclasses import dataclass
from numbers import Real
from typing import Literal

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.covariance import ledoit_wolf, shrunk_covariance
from sklearn.utils._param_validation import Interval, StrOptions

from synda_sk.generators._class_conditional import (
    ClassConditionalGenerator,
    blocks,
    centre_columns,
    condition_normal,
    covariance_root,
    draw_by_weight,
    known_sets,
)
from synda_sk.typing import FloatArray, IntArray, RandomState

MAX_LEVELS = 20
TINY_CLASS_VARIANCE = 0.1


@dataclass
class _ClassModel:
    pattern: IntArray
    mean: FloatArray
    indicator_mean: FloatArray
    slope: FloatArray
    factor: FloatArray


class GaussianGenerator(ClassConditionalGenerator):
    r"""Class-conditional Gaussian with a shrunk covariance, for mixed tables.

    Purely numeric rows of class :math:`c` are drawn from
    :math:`N(\mu_c, \Sigma_c)`, with the mean of the class and the covariance of
    Ledoit and Wolf [1]_. Mixed rows follow the general location model [2]_: the
    discrete pattern :math:`d` (categories, and which numbers are missing) is
    that of a random row of the class, and the numbers given the pattern are

    .. math::
        x \mid d, c \sim N\bigl(\mu_c + S_{nd} S_{dd}^{-1} (e(d) - \bar e_c),\;
        S_{nn} - S_{nd} S_{dd}^{-1} S_{dn}\bigr),

    where :math:`e(d)` has one indicator a level and :math:`S` is the shrunk
    joint covariance of numbers and indicators in the class. It is the
    :math:`G_\theta(z, c)` of the SynDA proposal, section 2.1, at its lightest:
    fitting takes milliseconds and one row of a class is enough.

    Parameters
    ----------
    shrinkage : "ledoit-wolf" or float in [0, 1], default="ledoit-wolf"
        Weight of the multiple of the identity in the covariance of a class;
        "ledoit-wolf" estimates the best one.
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
    CopulaGenerator : Keeps the shape of each column's distribution too.

    Notes
    -----
    Numbers are standardised with their spread over all classes, those with an
    absolute skewness above 3 after a signed logarithm; draws are clipped to the
    range seen in fit and integers are rounded. Classes of one or two rows get
    the variance 0.1 in every standardised column. Each category is redrawn from
    the whole table with probability :math:`1/(n_c + 1)`, which is Dirichlet
    smoothing with one pseudo-row. The 20 most frequent levels of a column have
    indicators of their own, the others share one. A missing number counts as
    the class mean in the covariance, reweighted so that variances keep their
    size. A float column with gaps but only whole numbers is rounded too.

    A context is conditioned on as the model has it. The row whose pattern is
    taken is drawn with the probability that it, smoothed, has the context's
    categories, times the normal density of the context's numbers under its
    pattern: where many rows of the class have the context the pattern is one of
    theirs, where few or none have, all the rows count. The other entries are
    redrawn as without a context, and the numbers are normal given the pattern and
    the context's numbers. It is exact but for entries that are redrawn after the
    context's numbers were weighed.

    References
    ----------
    .. [1] O. Ledoit and M. Wolf, "A well-conditioned estimator for
       large-dimensional covariance matrices", Journal of Multivariate Analysis
       88 (2004), 365-411.
    .. [2] I. Olkin and R. F. Tate, "Multivariate correlation models with mixed
       discrete and continuous variables", Annals of Mathematical Statistics 32
       (1961), 448-465.

    Examples
    --------
    >>> import pandas as pd
    >>> from synda_sk.generators import GaussianGenerator
    >>> X = pd.DataFrame({"amount": [10.0, 12.5, 900.0, 870.0], "type": ["bill", "bill", "transfer", "bill"]})
    >>> generator = GaussianGenerator(random_state=0).fit(X, ["genuine", "genuine", "fraud", "fraud"])
    >>> X_new, y_new = generator.sample(3, "fraud")
    >>> X_new.shape, y_new.tolist(), X_new.dtypes.equals(X.dtypes)
    ((3, 2), ['fraud', 'fraud', 'fraud'], True)
    """

    _parameter_constraints = {
        "shrinkage": [StrOptions({"ledoit-wolf"}), Interval(Real, 0, 1, closed="both")],
        "random_state": ["random_state"],
    }

    def __init__(
        self, shrinkage: Literal["ledoit-wolf"] | float = "ledoit-wolf", random_state: RandomState = None
    ) -> None:
        self.shrinkage = shrinkage
        self.random_state = random_state

    def _fit_pooled(self, z: FloatArray, pattern: IntArray) -> None:
        self._pooled = pattern
        self._slots = [_indicator_slots(column) for column in pattern.T]

    def _fit_class(self, z: FloatArray, pattern: IntArray) -> _ClassModel:
        p = z.shape[1]
        mean, deviation = centre_columns(np.hstack([z, self._indicators(pattern)]))
        if len(z) < 3:
            joint = TINY_CLASS_VARIANCE * np.eye(len(mean))
        elif self.shrinkage == "ledoit-wolf":
            joint = ledoit_wolf(deviation, assume_centered=True)[0] if len(mean) else np.empty((0, 0))
        else:
            joint = shrunk_covariance(deviation.T @ deviation / len(z), self.shrinkage)
        slope = joint[:p, p:] @ np.linalg.pinv(joint[p:, p:], rcond=1e-10, hermitian=True)
        factor = covariance_root(joint[:p, :p] - slope @ joint[p:, :p])
        return _ClassModel(pattern, mean[:p], mean[p:], slope, factor)

    def _sample_class(
        self, model: _ClassModel, n_samples: int, rng: np.random.RandomState
    ) -> tuple[FloatArray, IntArray]:
        own = model.pattern[rng.randint(len(model.pattern), size=n_samples)]
        pattern = self._smooth(own, len(model.pattern), rng)
        return self._draw_numbers(model, pattern, rng), pattern

    def _sample_class_given(
        self, model: _ClassModel, z_known: FloatArray, pattern_known: IntArray, rng: np.random.RandomState
    ) -> tuple[FloatArray, IntArray]:
        own, counts = np.unique(model.pattern, axis=0, return_counts=True)
        chosen = np.empty(len(z_known), dtype=np.intp)
        cells, where = np.unique(pattern_known, axis=0, return_inverse=True)
        for i, cell in enumerate(cells):
            wanted = np.flatnonzero(where.ravel() == i)
            prior = self._log_prior(own, cell, len(model.pattern)) + np.log(counts)
            if np.isnan(z_known[wanted]).all():
                chance = np.exp(prior - prior.max())
                chosen[wanted] = rng.choice(len(own), size=len(wanted), p=chance / chance.sum())
                continue
            mean = self._mean(model, np.where(cell >= 0, cell, own))
            for part in blocks(len(wanted), len(prior)):
                log_weights = prior + _log_density(z_known[wanted[part]], mean, model.factor)
                chosen[wanted[part]] = draw_by_weight(log_weights, rng)
        pattern = self._smooth(own[chosen], len(model.pattern), rng)
        pattern = np.where(pattern_known >= 0, pattern_known, pattern)
        z = self._draw_numbers(model, pattern, rng)
        return condition_normal(z, z_known, model.factor @ model.factor.T), pattern

    def _log_prior(self, own: IntArray, cell: IntArray, n_rows: int) -> FloatArray:
        """Log probability that each pattern of a class, smoothed, has the known entries of a cell."""
        redrawn = 1 / (n_rows + 1)
        log_prior = np.zeros(len(own))
        for j in np.flatnonzero(cell >= 0):
            by_chance = redrawn * np.mean(self._pooled[:, j] == cell[j])
            log_prior += np.log((1 - redrawn) * (own[:, j] == cell[j]) + by_chance)
        return log_prior

    def _mean(self, model: _ClassModel, pattern: IntArray) -> FloatArray:
        return model.mean + (self._indicators(pattern) - model.indicator_mean) @ model.slope.T

    def _draw_numbers(self, model: _ClassModel, pattern: IntArray, rng: np.random.RandomState) -> FloatArray:
        noise = rng.standard_normal((len(pattern), len(model.mean)))
        return self._mean(model, pattern) + noise @ model.factor.T

    def _smooth(self, own: IntArray, n_rows: int, rng: np.random.RandomState) -> IntArray:
        """Replace an entry of the patterns of a class now and then by one from the whole table."""
        n_columns = own.shape[1]
        any_row = rng.randint(len(self._pooled), size=own.shape)
        redrawn = rng.uniform(size=own.shape) < 1 / (n_rows + 1)
        return np.where(redrawn, self._pooled[any_row, np.arange(n_columns)], own)

    def _indicators(self, pattern: IntArray) -> FloatArray:
        parts = [
            np.eye(slots.max() + 1)[slots[column]]
            for slots, column in zip(self._slots, pattern.T, strict=True)
            if slots.max() > 0
        ]
        return np.hstack([np.empty((len(pattern), 0)), *parts])


def _log_density(z_known: FloatArray, mean: FloatArray, factor: FloatArray) -> FloatArray:
    """Log density, but for a constant, of what is known of each row around each mean."""
    out = np.zeros((len(z_known), len(mean)))
    for k, rows in known_sets(z_known):
        root = covariance_root(
            np.linalg.pinv(factor[k] @ factor[k].T, rcond=1e-10, hermitian=True).astype(float)
        )
        distance = cdist(z_known[np.ix_(rows, k)] @ root, mean[:, k] @ root, "sqeuclidean")
        out[rows] = -distance / 2
    return out


def _indicator_slots(column: IntArray) -> IntArray:
    """Give each level its indicator: the most frequent ones their own, the others the last."""
    counts = np.bincount(column)
    by_frequency = np.argsort(-counts, kind="stable")
    slots = np.zeros(len(counts), dtype=np.intp)
    slots[by_frequency] = np.minimum(np.arange(len(counts)), MAX_LEVELS)
    slots[counts == 0] = 0
    return slots
