"""How much of what is synthetic is real-like, and how much of what is real is covered."""

from numbers import Integral

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import gen_batches

from synda_sk.metrics._space import FeatureMap, encode_tables, nearest
from synda_sk.typing import FloatArray, Table

__all__ = ["precision_recall_neighbours"]

ROWS_AT_ONCE = 512
ROUNDING = 1e-14


def precision_recall_neighbours(
    X_real: Table, X_synthetic: Table, *, n_neighbors: int = 3, features: FeatureMap = None
) -> tuple[float, float]:
    r"""Improved precision and recall [1]_: shares of points inside the other side's neighbourhoods.

    A set's region is the union of the balls round its points that reach to the
    `n_neighbors`-th nearest other point of the set, :math:`r_k`. Precision is

    .. math::
        P\bigl(\exists\, x \in real: \lVert f(x_{syn}) - f(x) \rVert \le r_k(x)\bigr)

    and recall the same with the sides exchanged. A generator that repeats one
    good image has a high precision and a low recall; noise has neither.

    Parameters
    ----------
    X_real : table of shape (n_real, n_features) or images of shape (n_real, height, width[, channels])
        Real rows, best as many as synthetic ones: both figures depend on the numbers.
    X_synthetic : table or images, n_synthetic rows
        Synthetic rows.
    n_neighbors : int, default=3
        k, at least 1 and less than the rows of either side. Larger balls raise both figures.
    features : transformer, callable, "auto" or None, default=None
        f: a fitted object with ``transform``, such as a classifier of real images with its features; a
        callable; None for the numbers themselves (pixels); "auto" for the encoder of tables.

    Returns
    -------
    precision, recall : float
        Each in [0, 1]. Two halves of the real rows tell what can be had.

    Raises
    ------
    ValueError
        If the tables do not fit together or `n_neighbors` is out of range.

    Notes
    -----
    All pairs are compared, block by block: time grows with n_real times
    n_synthetic, memory with their sum. A ball includes its surface, and pairs
    too near to it for rounding to tell are summed again coordinate by coordinate.

    References
    ----------
    .. [1] T. Kynkaanniemi, T. Karras, S. Laine, J. Lehtinen and T. Aila,
       "Improved precision and recall metric for assessing generative models",
       Advances in Neural Information Processing Systems 32 (2019).

    Examples
    --------
    >>> from synda_sk.metrics import precision_recall_neighbours
    >>> real, synthetic = [[0.0], [1.0], [5.0], [6.0]], [[0.5], [0.6], [0.7], [0.8]]
    >>> precision_recall_neighbours(real, synthetic, n_neighbors=1)
    (1.0, 0.0)
    """
    real, synthetic = encode_tables(features, X_real=X_real, X_synthetic=X_synthetic)
    fewest = min(len(real), len(synthetic))
    if (
        isinstance(n_neighbors, bool)
        or not isinstance(n_neighbors, Integral)
        or not 1 <= n_neighbors < fewest
    ):
        raise ValueError(
            f"n_neighbors == {n_neighbors!r}, must be an int in [1, {fewest}), less than the rows of a side."
        )
    k = int(n_neighbors)
    return (
        float(_inside(synthetic, real, _radii(real, k)).mean()),
        float(_inside(real, synthetic, _radii(synthetic, k)).mean()),
    )


def _radii(points: FloatArray, k: int) -> FloatArray:
    return nearest(points, points, k + 1)[0][:, k]


def _inside(rows: FloatArray, centres: FloatArray, radii: FloatArray) -> NDArray[np.bool_]:
    """Mark the rows that lie in a ball."""
    lengths = (centres * centres).sum(axis=1)
    inside = np.empty(len(rows), dtype=bool)
    for part in gen_batches(len(rows), ROWS_AT_ONCE):
        block = rows[part]
        size = (block * block).sum(axis=1)[:, np.newaxis] + lengths
        gaps = size - 2 * block @ centres.T - radii**2
        doubt = ROUNDING * block.shape[1] * (size + radii**2)
        found = (gaps < -doubt).any(axis=1)
        at_surface, balls = np.nonzero((np.abs(gaps) <= doubt) & ~found[:, np.newaxis])
        for pairs in gen_batches(max(1, len(balls)), max(1, 2**22 // block.shape[1])):
            steps = block[at_surface[pairs]] - centres[balls[pairs]]
            touches = np.sqrt((steps * steps).sum(axis=1)) <= radii[balls[pairs]]
            found[at_surface[pairs][touches]] = True
        inside[part] = found
    return inside
