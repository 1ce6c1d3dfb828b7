"""Rows to compare a file with its original on, and the comparison."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synda_sk.typing import Table
from synda_sk.utils import TableCodec, take_rows


def draw_rows(X: Table, n: int, rng: np.random.Generator) -> Table:
    """Return rows of `X`, half of them with each value from another row."""
    rows = take_rows(X, rng.integers(len(X), size=n))
    codec = TableCodec().fit(rows)
    numbers, codes = codec.encode(rows)
    for part in (numbers, codes):
        part[n // 2 :] = rng.permuted(part[n // 2 :], axis=0)
    return codec.decode(numbers, codes)


def with_gaps(X: Table) -> Table | None:
    """Return `X` with every third number of its float columns missing, None without such a column."""
    codec = TableCodec().fit(X)
    numbers, codes = codec.encode(X)
    columns = np.flatnonzero(~codec.is_integer)
    if not len(columns):
        return None
    places = np.arange(len(numbers))[:, np.newaxis] + np.arange(len(columns))
    numbers[:, columns] = np.where(places % 3 == 0, np.nan, numbers[:, columns])
    return codec.decode(numbers, codes)


def compare(name: str, expected: NDArray[Any], found: NDArray[Any], tolerance: float) -> None:
    """Raise where the file answers otherwise than the original.

    Raises
    ------
    ValueError
        Tells by how much, in units of the largest value where that exceeds 1.
    """
    if expected.shape != found.shape:
        raise ValueError(
            f"{name} of estimator has the shape {expected.shape}, that of its file {found.shape}."
        )
    if expected.dtype.kind == "f":
        scale = max(1.0, float(np.abs(expected).max(initial=0)))
        with np.errstate(invalid="ignore"):
            distance = np.abs(expected - found) / scale
        off = ~(distance <= tolerance)
        told = f"differ by up to {distance.max(initial=0):.2g}, more than tolerance == {tolerance:g},"
    else:
        off, told = expected != found, "differ"
    if off.any():
        n_off = int(off.reshape(len(off), -1).any(axis=1).sum())
        raise ValueError(f"{name} of estimator and of its file {told} in {n_off} of {len(off)} rows.")
