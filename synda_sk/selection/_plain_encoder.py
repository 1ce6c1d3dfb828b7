"""Any table as numbers for trees, as fast as it can be had."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from synda_sk.typing import FloatArray, Labels, Table
from synda_sk.utils import TableCodec

_LARGEST = 1e38  # so that differences are finite in float32


class PlainEncoder(TransformerMixin, BaseEstimator):
    """Numbers around their mean, then a code for each category, in float32; NaN stays.

    Examples
    --------
    >>> import pandas as pd
    >>> from synda_sk.selection._plain_encoder import PlainEncoder
    >>> PlainEncoder().fit_transform(pd.DataFrame({"amount": [1.0, 3.0], "type": ["bill", "loan"]})).tolist()
    [[-1.0, 0.0], [1.0, 1.0]]
    """

    def fit(self, X: Table, y: Labels | None = None) -> "PlainEncoder":
        """Learn columns, levels and means; `y` is ignored."""
        self.codec_ = TableCodec().fit(X)
        numbers, _ = self.codec_.encode(X)
        known = ~np.isnan(numbers)
        total = np.clip(numbers, -_LARGEST, _LARGEST).sum(axis=0, where=known)
        self.mean_ = total / np.maximum(known.sum(axis=0), 1)
        return self

    def transform(self, X: Table) -> FloatArray:
        """Encode rows; a level not seen in fit is -2, a missing one -1."""
        check_is_fitted(self)
        numbers, codes = self.codec_.encode(X)
        n_numbers = numbers.shape[1]
        encoded = np.empty((len(X), n_numbers + codes.shape[1]), dtype=np.float32)
        np.clip(numbers, -_LARGEST, _LARGEST, out=numbers)
        numbers -= self.mean_
        encoded[:, :n_numbers] = numbers
        encoded[:, n_numbers:] = codes
        return encoded
