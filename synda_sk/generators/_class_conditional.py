"""One model a class over standardised numbers and a discrete pattern."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from synda_sk.base import BaseGenerator, check_n_samples
from synda_sk.conditioning import ContextEncoder
from synda_sk.typing import FloatArray, IntArray, Labels, Table
from synda_sk.utils import TableCodec

SKEW_LIMIT = 3.0
BLOCK_CELLS = 4_000_000


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
    other) and which of its numbers are missing. A subclass writes ``_fit_class``,
    ``_sample_class`` and ``_sample_class_given`` in these terms, ``_fit_pooled``
    where it needs what all classes share.
    """

    def sample(
        self, n_samples: int, y: Labels | None = None, context: Any = None
    ) -> tuple[Table, NDArray[Any]]:
        """Draw synthetic rows with the container, columns and dtypes seen in fit.

        Parameters
        ----------
        n_samples : int
            Number of rows, at least 0.
        y : label, array-like of shape (n_samples,) or None, default=None
            The class wanted, of every row or row by row. None draws classes
            with their frequencies in fit.
        context : mapping, data frame, array-like or None, default=None
            Values that some columns are to have, one for all rows or one for
            each, by name (by position in arrays): ``{"region": "north"}``. The
            other columns are drawn from their distribution given these and the
            class.

        Returns
        -------
        X : table of shape (n_samples, n_features)
            Synthetic rows.
        y : ndarray of shape (n_samples,)
            Their labels.

        Raises
        ------
        ValueError
            If `n_samples` is negative, `y` has another length or an unseen
            label, or `context` an unknown column, an unseen level or a number
            outside the range seen in fit.
        """
        if context is None:
            return super().sample(n_samples, y)
        check_is_fitted(self)
        check_n_samples(n_samples)
        rng = check_random_state(self.random_state)
        labels = self._labels(int(n_samples), y, rng)
        return self._sample_given(labels, context, rng), labels

    def _fit(self, X: Table, y: NDArray[Any]) -> None:
        self._codec = TableCodec().fit(X)
        numbers, codes = self._codec.encode(X)
        self._scale = NumberScale().fit(numbers)
        self._context = ContextEncoder.from_codec(X, self._codec, numbers, codes)
        self._n_categorical = codes.shape[1]
        z = self._scale.forward(numbers)
        missing = np.isnan(z)
        self._gaps = np.flatnonzero(missing.any(axis=0))
        pattern = np.column_stack([codes + 1, missing[:, self._gaps]]).astype(np.intp)
        self._fit_pooled(z, pattern)
        self._models = [self._fit_class(z[y == label], pattern[y == label]) for label in self.classes_]

    def _sample(self, labels: NDArray[Any], rng: np.random.RandomState) -> Table:
        z, pattern = self._empty(len(labels))
        for label, model in zip(self.classes_, self._models, strict=True):
            rows = np.flatnonzero(labels == label)
            z[rows], pattern[rows] = self._sample_class(model, len(rows), rng)
        return self._codec.decode(*self._parts(z, pattern))

    def _sample_given(self, labels: NDArray[Any], context: Any, rng: np.random.RandomState) -> Table:
        given = self._context.encode(context, len(labels))
        numeric, categorical = self._context.positions(given)
        known = np.full((len(labels), len(self._scale.low)), np.nan)
        known[:, numeric] = given.numbers
        z_known = self._scale.forward(known)
        pattern_known = np.full((len(labels), self._n_categorical + len(self._gaps)), -1, dtype=np.intp)
        pattern_known[:, categorical] = given.codes + 1
        for k, j in enumerate(self._scale.active[self._gaps].tolist(), start=self._n_categorical):
            if j in numeric:
                pattern_known[:, k] = np.isnan(known[:, j])
        z, pattern = self._empty(len(labels))
        for label, model in zip(self.classes_, self._models, strict=True):
            rows = np.flatnonzero(labels == label)
            if len(rows):
                z[rows], pattern[rows] = self._sample_class_given(
                    model, z_known[rows], pattern_known[rows], rng
                )
        numbers, codes = self._parts(z, pattern)
        numbers[:, numeric], codes[:, categorical] = given.numbers, given.codes
        return self._codec.decode(numbers, codes)

    def _empty(self, n_samples: int) -> tuple[FloatArray, IntArray]:
        z = np.empty((n_samples, len(self._scale.active)))
        return z, np.empty((n_samples, self._n_categorical + len(self._gaps)), dtype=np.intp)

    def _parts(self, z: FloatArray, pattern: IntArray) -> tuple[FloatArray, IntArray]:
        """Numbers in their own units and codes, from standardised numbers and patterns."""
        codes, missing = np.split(pattern, [self._n_categorical], axis=1)
        z[:, self._gaps] = np.where(missing > 0, np.nan, z[:, self._gaps])
        return self._scale.inverse(z), codes - 1

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

    @abstractmethod
    def _sample_class_given(
        self, model: Any, z_known: FloatArray, pattern_known: IntArray, rng: np.random.RandomState
    ) -> tuple[FloatArray, IntArray]:
        """Draw a row of one class for each row of what is known: NaN and -1 mark what is not."""


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


def condition_normal(z: FloatArray, z_known: FloatArray, covariance: FloatArray) -> FloatArray:
    """Turn draws from normal distributions of one covariance into draws given some coordinates.

    A draw moves by ``S_k S_kk^+ (z_known - z_k)``, which gives it the conditional
    distribution (Matheron's rule).

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.generators._class_conditional import condition_normal
    >>> condition_normal(np.zeros((1, 2)), np.array([[2.0, np.nan]]), np.array([[4.0, 1.0], [1.0, 4.0]]))
    array([[2. , 0.5]])
    """
    z = z.copy()
    for k, rows in known_sets(z_known):
        weights = covariance[:, k] @ np.linalg.pinv(covariance[np.ix_(k, k)], rcond=1e-10, hermitian=True)
        z[rows] += (z_known[np.ix_(rows, k)] - z[np.ix_(rows, k)]) @ weights.T
    return z


def known_sets(known: FloatArray) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield columns known together and the rows where just these are; rows without any are left out."""
    masks, where = np.unique(~np.isnan(known), axis=0, return_inverse=True)
    for i, mask in enumerate(masks):
        if mask.any():
            yield np.flatnonzero(mask), np.flatnonzero(where.ravel() == i)


def blocks(n_rows: int, n_columns: int) -> Iterator[slice]:
    """Yield slices of the rows of a matrix that is too large to be held whole."""
    size = max(1, BLOCK_CELLS // max(n_columns, 1))
    yield from (slice(start, start + size) for start in range(0, n_rows, size))


def draw_by_weight(log_weights: FloatArray, rng: np.random.RandomState) -> IntArray:
    """Draw one column a row, with probabilities proportional to the exponential."""
    weights = np.exp(log_weights - log_weights.max(axis=1, keepdims=True)).cumsum(axis=1)
    below = weights <= rng.uniform(size=(len(weights), 1)) * weights[:, -1:]
    return below.sum(axis=1)


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
