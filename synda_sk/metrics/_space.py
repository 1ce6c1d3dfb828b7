"""Tables as points whose distances are compared."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import gen_batches

from synda_sk.typing import FloatArray, IntArray, Table
from synda_sk.utils import TableEncoder

FeatureMap: TypeAlias = str | Callable[[Table], Any]

EQUAL = 1e-9  # rows closer than this are the same row, seen through rounding


def encode_tables(features: FeatureMap, **tables: Table) -> list[FloatArray]:
    """Return f(x) of tables, by the encoder fitted on the first or by a callable.

    Raises
    ------
    ValueError
        Names the table that does not fit.
    """
    if not callable(features) and not (isinstance(features, str) and features == "auto"):
        raise ValueError(f"features == {features!r}, must be 'auto' or a callable.")
    encoder = TableEncoder()
    encoded: list[FloatArray] = []
    for name, table in tables.items():
        try:
            if not callable(features):
                points = encoder.transform(table) if encoded else encoder.fit(table).transform(table)
            else:
                points = np.asarray(features(table), dtype=np.float64)
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


def nearest(rows: FloatArray, reference: FloatArray, n_neighbors: int = 1) -> tuple[FloatArray, IntArray]:
    """Return distances to the nearest reference rows and their positions, nearest first.

    Candidates are searched in chunks; their distances are then summed pair by
    pair, so that equal rows have the distance 0 to the last bit.
    """
    n_candidates = min(n_neighbors + 2, len(reference))
    search = NearestNeighbors(n_neighbors=n_candidates).fit(reference)
    candidates = search.kneighbors(rows, return_distance=False)
    distances = np.empty(candidates.shape)
    for part in gen_batches(len(rows), 4096):
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
