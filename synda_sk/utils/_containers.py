"""What comes into a sampler, and the same containers on the way out."""

from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from synda_sk.typing import Labels, Table
from synda_sk.utils._frames import is_frame


class Containers:
    """Open X and y into a dense table and one-dimensional labels; close results alike.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
        Also a list of rows, a sparse matrix or array, a frame of sparse columns.
    y : array-like of shape (n_samples,), (n_samples, 1) or (n_samples, n_classes)
        Also a frame of one column, or indicators with a single 1 in each row.
    """

    def __init__(self, X: Table, y: Labels) -> None:
        self._X, self._y = X, y
        self._indicates = False

    def open(self) -> tuple[Table, Labels]:
        """Return the dense table and the labels, or their class numbers where y indicates them.

        Returns
        -------
        X : table of shape (n_samples, n_features)
            Dense.
        y : array-like of shape (n_samples,)
            Labels.

        Raises
        ------
        ValueError
            If a row of indicators does not have a single 1.
        """
        X, y = self._X, self._y
        if issparse(X):
            X = X.toarray()
        elif _sparse_columns(X):
            X = X.astype({name: dtype.subtype for name, dtype in _sparse_columns(X).items()})
        values = y.to_numpy() if is_frame(y) else y
        if np.ndim(values) != 2:
            return X, y
        values = np.asarray(values)
        numbers = values.shape[1] > 1 and values.dtype.kind in "biuf"
        self._indicates = numbers and bool(np.isin(values, (0, 1)).all())
        if self._indicates:
            if (values.sum(axis=1) != 1).any():
                raise ValueError(
                    "y has rows without a single 1. Multilabel and multioutput targets are not supported."
                )
            return X, values.argmax(axis=1)
        return X, values[:, 0] if values.shape[1] == 1 else values

    def close(self, X: Table, y: NDArray[Any]) -> tuple[Table, Any]:
        """Return a resampled table and its labels in the containers that were opened.

        Parameters
        ----------
        X : table of shape (n_resampled, n_features)
            Dense.
        y : ndarray of shape (n_resampled,)
            Labels, or class numbers.

        Returns
        -------
        X : table of shape (n_resampled, n_features)
            As it was given.
        y : array-like of shape (n_resampled,) or (n_resampled, n_classes)
            As it was given.
        """
        return self._close_table(X), self._close_labels(y)

    def _close_table(self, X: Table) -> Table:
        given = self._X
        if issparse(given):
            return type(given)(X)
        if _sparse_columns(given):
            return X.astype(given.dtypes)
        return X.tolist() if isinstance(given, list) else X

    def _close_labels(self, y: NDArray[Any]) -> Any:
        given = self._y
        if self._indicates:
            width = np.shape(given)[1]
            dtype = given.to_numpy().dtype if is_frame(given) else np.asarray(given).dtype
            y = np.eye(width, dtype=dtype)[y]
        if isinstance(given, list):
            return y.tolist()
        if is_frame(given):
            return _frame_like(given, y if y.ndim == 2 else y[:, np.newaxis])
        return _series_like(given, y) if hasattr(given, "to_numpy") else y


def _sparse_columns(X: Table) -> dict[Any, Any]:
    """Return the sparse columns of a pandas frame with their types."""
    if not is_frame(X) or not hasattr(X, "astype"):
        return {}
    return {name: dtype for name, dtype in X.dtypes.items() if str(dtype).startswith("Sparse")}


def _frame_like(given: Any, values: NDArray[Any]) -> Any:
    columns = {name: values[:, i].tolist() for i, name in enumerate(given.columns)}
    if hasattr(given, "astype"):
        return type(given)(columns).astype(given.dtypes)
    return type(given)(columns, schema=given.schema)


def _series_like(given: Any, values: NDArray[Any]) -> Any:
    opened = nw.from_native(given, series_only=True)
    series = nw.new_series(opened.name or "", values.tolist(), backend=opened.implementation).to_native()
    if hasattr(series, "astype"):
        series = series.astype(given.dtype)
        series.name = opened.name
        return series
    return nw.from_native(series, series_only=True).cast(opened.dtype).to_native()
