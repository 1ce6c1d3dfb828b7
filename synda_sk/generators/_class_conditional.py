"""One model a class over standardised numbers and a discrete pattern."""

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synda_sk.base import BaseGenerator
from synda_sk.typing import FloatArray, IntArray, Table
from synda_sk.utils import TableCodec

SKEW_LIMIT = 3.0


class NumberScale:
    """Standardise the numeric columns with their spread over all classes.

    A column whose absolute skewness exceeds 3 is first replaced by
    ``sign(x) log(1 + abs(x))``. Constant and wholly missing columns carry no
    information and are left out of the standardised matrix.
    """

    def fit(self, numbers: FloatArray) -> "NumberScale":
        """Learn range, skewness, centre and spread of the columns."""
        self.low, self.high = np.fmin.reduce(numbers), np.fmax.reduce(numbers)
        self.active = np.flatnonzero(self.high > self.low)
        known = numbers[:, self.active]
        gaps = np.isnan(numbers).any(axis=0)
        self._whole = gaps & (np.isnan(numbers) | (numbers == np.round(numbers))).all(axis=0)
        deviation = known / _peak(known)
        deviation -= _column_means(deviation)
        skewness = _column_means(deviation**3) / _column_means(deviation**2) ** 1.5
        self._skewed = np.abs(skewness) > SKEW_LIMIT
        known = self._compress(known)
        self._unit = _peak(known)
        known = known / self._unit
        self._centre = _column_means(known)
        spread = np.sqrt(_column_means((known - self._centre) ** 2))
        self._spread = np.where(spread > 0, spread, 1.0)
        return self

    def forward(self, numbers: FloatArray) -> FloatArray:
        """Return the active columns in standardised units, NaN where missing."""
        return (self._compress(numbers[:, self.active]) / self._unit - self._centre) / self._spread

    def inverse(self, z: FloatArray) -> FloatArray:
        """Return all columns in their own units, inside the range seen in fit."""
        limits = self._compress(np.stack([self.low, self.high])[:, self.active]) / self._unit
        values = np.clip(z * self._spread + self._centre, *limits) * self._unit
        logs = values[:, self._skewed]
        values[:, self._skewed] = np.sign(logs) * np.expm1(np.abs(logs))
        numbers = np.tile(self.low, (len(z), 1))
        numbers[:, self.active] = values
        numbers = np.where(self._whole, np.round(numbers), numbers)
        return np.clip(numbers, self.low, self.high)

    def _compress(self, known: FloatArray) -> FloatArray:
        return np.where(self._skewed, np.sign(known) * np.log1p(np.abs(known)), known)


class ClassConditionalGenerator(BaseGenerator):
    """A table as standardised numbers and a discrete pattern, one model a class.

    The pattern of a row holds its categories (a missing one is a level like any
    other) and which of its numbers are missing. A subclass writes ``_fit_class``
    and ``_sample_class`` in these terms, ``_fit_pooled`` where it needs what all
    classes share.
    """

    def _fit(self, X: Table, y: NDArray[Any]) -> None:
        self._codec = TableCodec().fit(X)
        numbers, codes = self._codec.encode(X)
        self._scale = NumberScale().fit(numbers)
        self._n_categorical = codes.shape[1]
        z = self._scale.forward(numbers)
        missing = np.isnan(z)
        self._gaps = np.flatnonzero(missing.any(axis=0))
        pattern = np.column_stack([codes + 1, missing[:, self._gaps]]).astype(np.intp)
        self._fit_pooled(z, pattern)
        self._models = [self._fit_class(z[y == label], pattern[y == label]) for label in self.classes_]

    def _sample(self, labels: NDArray[Any], rng: np.random.RandomState) -> Table:
        z = np.empty((len(labels), len(self._scale.active)))
        pattern = np.empty((len(labels), self._n_categorical + len(self._gaps)), dtype=np.intp)
        for label, model in zip(self.classes_, self._models, strict=True):
            rows = np.flatnonzero(labels == label)
            z[rows], pattern[rows] = self._sample_class(model, len(rows), rng)
        codes, missing = np.split(pattern, [self._n_categorical], axis=1)
        z[:, self._gaps] = np.where(missing > 0, np.nan, z[:, self._gaps])
        return self._codec.decode(self._scale.inverse(z), codes - 1)

    def _fit_pooled(self, z: FloatArray, pattern: IntArray) -> None:
        """Learn what all classes share."""

    @abstractmethod
    def _fit_class(self, z: FloatArray, pattern: IntArray) -> Any:
        """Return the model of one class."""

    @abstractmethod
    def _sample_class(
        self, model: Any, n_samples: int, rng: np.random.RandomState
    ) -> tuple[FloatArray, IntArray]:
        """Draw rows of one class."""


def centre_columns(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the columns' means and the deviations from them, 0 where missing.

    Deviations are divided by the root of the share of values there are, so
    that a gap does not shrink the variance; the product of the deviations with
    themselves stays positive semi-definite.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.generators._class_conditional import centre_columns
    >>> mean, deviation = centre_columns(np.array([[1.0], [3.0], [np.nan]]))
    >>> mean.tolist(), round(float(np.mean(deviation**2)), 6)
    ([2.0], 1.0)
    """
    mean = _column_means(z)
    share = np.mean(~np.isnan(z), axis=0)
    deviation = np.where(np.isnan(z), 0.0, z - mean) / np.sqrt(np.where(share > 0, share, 1.0))
    return mean, deviation


def covariance_root(covariance: FloatArray) -> FloatArray:
    """Return a matrix A with A A' = covariance, for singular covariances too."""
    variances, axes = np.linalg.eigh(covariance)
    return axes * np.sqrt(np.maximum(variances, 0.0))


def _column_means(values: FloatArray) -> FloatArray:
    """Means of what is there, 0 in a column without values."""
    n_known = np.sum(~np.isnan(values), axis=0)
    return np.nansum(values, axis=0) / np.maximum(n_known, 1)


def _peak(values: FloatArray) -> FloatArray:
    """Largest absolute values, by which to divide before squaring."""
    return np.fmax.reduce(np.abs(values))
