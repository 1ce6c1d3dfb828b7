"""The one encoder f(x) behind densities, clusters and anomaly scores."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from synda_sk.typing import FloatArray, IntArray, Labels, Table
from synda_sk.utils._codec import TableCodec
from synda_sk.utils._frames import check_table


class TableEncoder(TransformerMixin, BaseEstimator):
    """Turn a mixed-type table into a finite numeric matrix.

    Numbers are imputed by their median and standardised, after a signed
    logarithm where a column is heavily skewed (amounts of money); categories
    become one column a level, the rare ones sharing one.

    Parameters
    ----------
    skew_threshold : float, default=3.0
        A numeric column whose absolute skewness exceeds it is replaced by
        ``sign(x) log(1 + abs(x))``.
    min_frequency : float, default=0.01
        Share of the rows below which a level counts as rare, in [0, 1).
    max_categories : int, default=30
        The most output columns one categorical column may give.

    Attributes
    ----------
    n_features_in_ : int
        Number of input columns.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the input columns, where they have names.

    Examples
    --------
    >>> import pandas as pd
    >>> from synda_sk.utils import TableEncoder
    >>> frame = pd.DataFrame({"amount": [1.0, 3.0, None], "type": ["bill", "bill", "transfer"]})
    >>> TableEncoder().fit_transform(frame).shape
    (3, 3)
    """

    _parameter_constraints = {
        "skew_threshold": [Interval(Real, 0, None, closed="both")],
        "min_frequency": [Interval(Real, 0, 1, closed="left")],
        "max_categories": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self, *, skew_threshold: float = 3.0, min_frequency: float = 0.01, max_categories: int = 30
    ) -> None:
        self.skew_threshold = skew_threshold
        self.min_frequency = min_frequency
        self.max_categories = max_categories

    def fit(self, X: Table, y: Labels | None = None) -> "TableEncoder":
        """Learn the encoding from `X`; `y` is ignored.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            May be mixed in type and have missing values.
        y : ignored
            Present for pipelines.

        Returns
        -------
        TableEncoder
            Itself.

        Raises
        ------
        ValueError
            If a parameter is out of its range, or `X` is no table.
        """
        self._validate_params()
        X = check_table(self, X, reset=True)
        self._codec = TableCodec().fit(X)
        numbers, codes = self._encode(X)
        columns = [_known(column) for column in np.ascontiguousarray(numbers.T)]
        self._skewed = np.array([abs(_skewness(column)) > self.skew_threshold for column in columns], bool)
        self._scale: StandardScaler | None = None
        self._one_hot: OneHotEncoder | None = None
        if numbers.shape[1]:
            columns = [
                _signed_log(column) if skewed else column
                for column, skewed in zip(columns, self._skewed, strict=True)
            ]
            self._fill = np.array([np.median(column) if len(column) else 0.0 for column in columns])
            self._scale = StandardScaler().fit(self._impute(self._compress(numbers)))
        if codes.shape[1]:
            self._one_hot = OneHotEncoder(
                min_frequency=self.min_frequency or None,
                max_categories=self.max_categories,
                handle_unknown="infrequent_if_exist",
                sparse_output=False,
            ).fit(codes)
        return self

    def transform(self, X: Table) -> FloatArray:
        """Encode the rows of `X`.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Columns as in fit; unseen levels count as rare.

        Returns
        -------
        ndarray of shape (n_samples, n_encoded)
            Finite float64 values.
        """
        check_is_fitted(self)
        numbers, codes = self._encode(check_table(self, X, reset=False))
        parts = []
        if self._scale is not None:
            scaled = self._impute(self._compress(numbers)) - self._scale.mean_
            scaled /= self._scale.scale_
            parts.append(scaled)
        if self._one_hot is not None:
            parts.append(self._one_hot.transform(codes))
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def _encode(self, X: Table) -> tuple[FloatArray, IntArray]:
        """Numbers and codes; an array of numbers is its own numbers, without a loop over columns."""
        if isinstance(X, np.ndarray) and X.dtype.kind in "fiu" and len(self._codec.numeric) == X.shape[1]:
            return X.astype(np.float64, copy=False), np.empty((len(X), 0), dtype=np.intp)
        return self._codec.encode(X)

    def _compress(self, numbers: FloatArray) -> FloatArray:
        if not self._skewed.any():
            return numbers
        compressed = numbers.copy()
        compressed[:, self._skewed] = _signed_log(numbers[:, self._skewed])
        return compressed

    def _impute(self, numbers: FloatArray) -> FloatArray:
        missing = np.isnan(numbers)
        return np.where(missing, self._fill, numbers) if missing.any() else numbers

    def __sklearn_tags__(self):  # type: ignore[no-untyped-def]
        """Missing values, strings and categories are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags


def _known(column: FloatArray) -> FloatArray:
    missing = np.isnan(column)
    return column[~missing] if missing.any() else column


def _signed_log(values: FloatArray) -> FloatArray:
    return np.sign(values) * np.log1p(np.abs(values))


def _skewness(column: FloatArray) -> float:
    if not len(column) or np.ptp(column) <= 1e-12 * max(1.0, np.abs(column).max()):
        return 0.0
    centred = column - column.mean()
    centred /= np.abs(centred).max()
    squares = centred * centred
    return float((squares * centred).mean() / squares.mean() ** 1.5)
