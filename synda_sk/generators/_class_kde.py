"""Class-conditional kernel density estimate: real rows with a little noise."""

from numbers import Real

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from synda_sk.generators._class_conditional import ClassConditionalGenerator, blocks, draw_by_weight
from synda_sk.typing import FloatArray, IntArray, RandomState

DISAGREEMENT = 1e9


class KDEGenerator(ClassConditionalGenerator):
    r"""Class-conditional Gaussian kernel density estimate, a smoothed bootstrap.

    A synthetic row is a random row :math:`x_i` of its class plus noise,

    .. math:: x_{syn} = x_i + h_c\, \sigma \odot \varepsilon, \quad \varepsilon \sim N(0, I),

    with :math:`\sigma` the spread of each numeric column over all classes and
    the bandwidth of Scott [1]_, :math:`h_c = n_c^{-1/(p+4)}`. Its categories and
    missing values are those of :math:`x_i`.

    Parameters
    ----------
    bandwidth : "scott" or float, default="scott"
        h > 0 in units of a column's standard deviation; "scott" depends on the
        rows of the class and the number of numeric columns.
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
    GaussianGenerator : Keeps no real row.

    Notes
    -----
    Every synthetic row lies near a real one and carries its categories: on
    tables of persons this is a poor choice for privacy. The spread is taken
    over all classes because that of one row is unknown.

    Given a context, the rows that agree with it in most categories are drawn
    from, with weights :math:`\exp(-\|x_k - x_{ik}\|^2 / 2 h_c^2 \sigma_k^2)` in its numbers
    :math:`k`: the conditional distribution of the estimate where some row agrees in
    all.

    References
    ----------
    .. [1] D. W. Scott, "Multivariate Density Estimation", Wiley, 1992.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.generators import KDEGenerator
    >>> generator = KDEGenerator(bandwidth=0.1, random_state=0)
    >>> X_new, y_new = generator.fit(np.array([[0.0], [1.0], [8.0], [9.0]]), [0, 0, 1, 1]).sample(2, 1)
    >>> bool((X_new > 7).all()), y_new.tolist()
    (True, [1, 1])
    """

    _parameter_constraints = {
        "bandwidth": [StrOptions({"scott"}), Interval(Real, 0, None, closed="neither")],
        "random_state": ["random_state"],
    }

    def __init__(self, bandwidth: float | str = "scott", random_state: RandomState = None) -> None:
        self.bandwidth = bandwidth
        self.random_state = random_state

    def _fit_class(self, z: FloatArray, pattern: IntArray) -> tuple[FloatArray, IntArray]:
        return z, pattern

    def _sample_class(
        self, model: tuple[FloatArray, IntArray], n_samples: int, rng: np.random.RandomState
    ) -> tuple[FloatArray, IntArray]:
        z, pattern = model
        rows = rng.randint(len(z), size=n_samples)
        return z[rows] + self._width(z) * rng.standard_normal((n_samples, z.shape[1])), pattern[rows]

    def _sample_class_given(
        self,
        model: tuple[FloatArray, IntArray],
        z_known: FloatArray,
        pattern_known: IntArray,
        rng: np.random.RandomState,
    ) -> tuple[FloatArray, IntArray]:
        z, pattern = model
        rows = np.empty(len(z_known), dtype=np.intp)
        for part in blocks(len(z_known), len(z)):
            log_weights = np.zeros((len(z_known[part]), len(z)))
            for j in np.flatnonzero((pattern_known[part] >= 0).any(axis=0)):
                known, own = pattern_known[part][:, j], pattern[:, j]
                log_weights -= DISAGREEMENT * ((known >= 0)[:, None] & (known[:, None] != own))
            for j in np.flatnonzero(~np.isnan(z_known[part]).all(axis=0)):
                distance = (z_known[part][:, j, None] - z[:, j]) / self._width(z)
                log_weights -= np.where(np.isnan(distance), 0.0, distance**2 / 2)
            rows[part] = draw_by_weight(log_weights, rng)
        return z[rows] + self._width(z) * rng.standard_normal(z_known.shape), pattern[rows]

    def _width(self, z: FloatArray) -> float:
        n_rows, n_columns = z.shape
        return n_rows ** (-1 / (n_columns + 4)) if self.bandwidth == "scott" else float(self.bandwidth)
