"""Numbers that measures are computed from."""

import numpy as np
from numpy.typing import ArrayLike

from synda_sk.typing import FloatArray


def finite_array(values: ArrayLike, name: str) -> FloatArray:
    """Return an array of finite numbers.

    Raises
    ------
    ValueError
        Names the values that are none.
    """
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be an array of numbers: {error}") from error
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds NaN or infinity, must be finite.")
    return array
