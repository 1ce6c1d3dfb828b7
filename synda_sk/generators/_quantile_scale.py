"""Numbers as normal scores: every column becomes a standard normal one."""

import numpy as np
from scipy.special import ndtr, ndtri

from synda_sk.generators._class_conditional import NumberScale
from synda_sk.typing import FloatArray

MAX_KNOTS = 256
SCORE_LIMIT = 4.0


class QuantileScale:
    r"""Replace each value by its normal score, :math:`z = \Phi^{-1}(F(x))`, and back.

    :math:`F` is the empirical distribution of the column over all classes. The
    values of an atom share the middle of its interval. Back, quantiles are
    interpolated between at most 256 of them, on the scale of ``NumberScale``,
    and stay inside the range seen in fit.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.generators._quantile_scale import QuantileScale
    >>> x = np.array([[0.0], [0.0], [5.0], [900.0]])
    >>> scale = QuantileScale().fit(x)
    >>> scale.forward(x).round(2).ravel().tolist(), scale.inverse(scale.forward(x)).round(6).ravel().tolist()
    ([-0.67, -0.67, 0.32, 1.15], [0.0, 0.0, 5.0, 900.0])
    """

    def fit(self, numbers: FloatArray) -> "QuantileScale":
        """Learn the quantiles of the columns."""
        self._scale = NumberScale().fit(numbers)
        self.active = self._scale.active
        self._knots = [_knots(column[~np.isnan(column)]) for column in self._scale.forward(numbers).T]
        return self

    def forward(self, numbers: FloatArray) -> FloatArray:
        """Return the normal scores of the columns that vary, NaN where missing."""
        scores = self._scale.forward(numbers)
        for j, (probabilities, values) in enumerate(self._knots):
            column = scores[:, j]
            below = np.searchsorted(values, column, side="left").clip(0, len(values) - 1)
            above = (np.searchsorted(values, column, side="right") - 1).clip(0)
            between = np.interp(column, values, probabilities)
            atom = (probabilities[below] + probabilities[above]) / 2
            is_atom = (above > below) & (values[below] == column)
            scores[:, j] = np.where(np.isnan(column), np.nan, ndtri(np.where(is_atom, atom, between)))
        return np.clip(scores, -SCORE_LIMIT, SCORE_LIMIT)

    def inverse(self, scores: FloatArray) -> FloatArray:
        """Return all columns in their own units."""
        z = ndtr(scores)
        for j, (probabilities, values) in enumerate(self._knots):
            z[:, j] = np.interp(z[:, j], probabilities, values)
        return self._scale.inverse(z)


def _knots(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Middle probabilities of the sorted values, thinned out evenly."""
    values = np.sort(values)
    middles = (np.arange(len(values)) + 0.5) / len(values)
    if len(values) > MAX_KNOTS:
        kept = np.linspace(0, len(values) - 1, MAX_KNOTS).round().astype(np.intp)
        values, middles = values[kept], middles[kept]
    return middles, values
