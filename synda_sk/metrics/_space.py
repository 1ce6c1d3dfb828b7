"""Tables as points whose distances are compared."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from sklearn.exceptions import NotFittedError
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import gen_batches

from synda_sk.typing import FloatArray, IntArray, Table
from synda_sk.utils import TableEncoder

FeatureMap: TypeAlias = Any
"""f: "auto", a fitted object with ``transform``, a callable, or None for the numbers themselves."""

EQUAL = 1e-9  # rows closer than this are the same row, seen through rounding


def encode_tables(features: FeatureMap, **tables: Table) -> list[FloatArray]:
    """Return f(x) of tables: by the encoder fitted on the first, an object, a callable, or their numbers.

    Raises
    ------
    ValueError
        Names the table that does not fit.
    NotFittedError
        If the object is not fitted.
    """
    function = _as_function(features)
    encoded: list[FloatArray] = []
    for name, table in tables.items():
        try:
            points = np.asarray(function(table), dtype=np.float64)
        except NotFittedError as error:
            raise NotFittedError(f"features: {error}") from error
        except (TypeError, ValueError) as error:
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise kind(f"{name}: {error}") from error
        if points.ndim != 2 or not len(points) or not np.isfinite(points).all():
            raise ValueError(f"features made of {name} must be a finite matrix of at least one row.")
        if encoded and points.shape[1] != encoded[0].shape[1]:
            widths = encoded[0].shape[1], points.shape[1]
            raise ValueError(f"features made {widths[0]} columns at first and {widths[1]} of {name}.")
        encoded.append(points)
    return encoded


def _as_function(features: FeatureMap) -> Callable[[Table], Any]:
    if features is None:
        return _numbers
    if isinstance(features, str) and features == "auto":
        return _Encoder()
    if hasattr(features, "transform") and not isinstance(features, type):
        return features.transform
    if callable(features) and not isinstance(features, type):
        return features
    raise ValueError(
        f"features == {features!r}, must be 'auto' or a callable, a fitted object with transform, or None."
    )


def _numbers(table: Table) -> Any:
    """Return the numbers of each row: the pixels of an image, the columns of a table."""
    numbers = np.asarray(table)
    return numbers.reshape(len(numbers), -1) if numbers.ndim > 2 and len(numbers) else numbers


class _Encoder:
    """Encode tables as the first one asks for."""

    def __init__(self) -> None:
        self.encoder: TableEncoder | None = None

    def __call__(self, table: Table) -> Any:
        if getattr(table, "ndim", 2) > 2:
            raise ValueError("features='auto' takes tables; None takes the pixels of images.")
        if self.encoder is None:
            self.encoder = TableEncoder().fit(table)
        return self.encoder.transform(table)


def nearest(rows: FloatArray, reference: FloatArray, n_neighbors: int = 1) -> tuple[FloatArray, IntArray]:
    """Return distances to the nearest reference rows and their positions, nearest first.

    Candidates are searched in chunks; their distances are then summed pair by
    pair, so that equal rows have the distance 0 to the last bit.
    """
    n_candidates = min(n_neighbors + 2, len(reference))
    search = NearestNeighbors(n_neighbors=n_candidates).fit(reference)
    candidates = search.kneighbors(rows, return_distance=False)
    distances = np.empty(candidates.shape)
    for part in gen_batches(len(rows), max(1, 2**24 // max(1, n_candidates * rows.shape[1]))):
        gaps = rows[part, np.newaxis] - reference[candidates[part]]
        distances[part] = np.sqrt((gaps * gaps).sum(axis=2))
    order = np.argsort(distances, axis=1, kind="stable")[:, :n_neighbors]
    return np.take_along_axis(distances, order, axis=1), np.take_along_axis(candidates, order, axis=1)


def check_share(value: Any, name: str) -> float:
    """Return a share inside (0, 1).

    Raises
    ------
    ValueError
        Names the parameter.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0 < value < 1:
        raise ValueError(f"{name} == {value!r}, must be a float in (0, 1).")
    return float(value)
