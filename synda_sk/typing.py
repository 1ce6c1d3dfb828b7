"""Types shared by the public signatures."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["FloatArray", "IntArray", "Labels", "RandomState", "Table"]

Table: TypeAlias = Any
"""A two-dimensional table: ndarray, list of rows, pandas or polars DataFrame."""
Labels: TypeAlias = Any
"""One label a row: list, ndarray, pandas or polars Series."""
RandomState: TypeAlias = int | np.random.RandomState | None
"""scikit-learn's ``random_state``."""
FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.intp]
