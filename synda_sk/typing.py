"""Types shared by the public signatures."""

from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["FeatureProvider", "FloatArray", "IntArray", "Labels", "RandomState", "Table"]

Table: TypeAlias = Any
"""A two-dimensional table: ndarray, list of rows, pandas or polars DataFrame."""
Labels: TypeAlias = Any
"""One label a row: list, ndarray, pandas or polars Series."""
RandomState: TypeAlias = int | np.random.RandomState | None
"""scikit-learn's ``random_state``."""
FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.intp]


class FeatureProvider(Protocol):
    """f(x) of a pool, handed out for the rows asked for: an ndarray is one.

    A provider may have a method ``scan(function)`` that yields what a function
    makes of f(x) of each part of the pool in order, for sources that are read
    from end to end more cheaply, or elsewhere.
    """

    def __len__(self) -> int:
        """Return the number of rows of the pool."""

    def __getitem__(self, rows: IntArray, /) -> FloatArray:
        """Return f(x) of `rows`, ascending positions: finite, of shape (len(rows), n_components)."""
