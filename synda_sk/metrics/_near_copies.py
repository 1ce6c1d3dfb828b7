"""Synthetic rows that are real rows, or all but."""

import numpy as np
from numpy.typing import NDArray

from synda_sk.metrics._space import EQUAL, FeatureMap, check_share, encode_tables, nearest
from synda_sk.typing import FloatArray, Table

__all__ = ["near_copy_share"]


def mark_near_copies(rows: FloatArray, real: FloatArray, quantile: float) -> NDArray[np.bool_]:
    """Mark the rows that are nearly a real row, see :func:`near_copy_share`.

    Parameters
    ----------
    rows : ndarray of shape (n_samples, n_components)
        f(x) of the rows to judge.
    real : ndarray of shape (n_real, n_components)
        f(x) of the real rows.
    quantile : float
        Which quantile of the real rows' own nearest distances.

    Returns
    -------
    ndarray of bool of shape (n_samples,)
        True for a near-copy.
    """
    distinct, counts = np.unique(real, axis=0, return_counts=True)
    limit = np.quantile(nearest(distinct, distinct, 2)[0][:, 1], quantile) if len(distinct) > 1 else 0.0
    distances, positions = (found[:, 0] for found in nearest(rows, distinct))
    equal = distances <= EQUAL
    return (equal | (distances < limit)) & ~(equal & (counts[positions] > 1))


def near_copy_share(
    X_synthetic: Table, X_real: Table, *, quantile: float = 0.05, features: FeatureMap = "auto"
) -> float:
    r"""Share of synthetic rows nearer to a real row than real rows are to each other.

    .. math::
        P(\min_{r \in R} \lVert f(x) - f(r) \rVert < Q_{0.05}(\min_{r' \ne r} \lVert f(r) - f(r') \rVert))

    Parameters
    ----------
    X_synthetic : table of shape (n_synthetic, n_features)
        Synthetic rows.
    X_real : table of shape (n_real, n_features)
        R, the rows the generator was fitted to.
    quantile : float, default=0.05
        Which quantile of the distances of the distinct real rows to their
        nearest other one, in (0, 1).
    features : "auto", transformer, callable or None, default="auto"
        f: :class:`~synda_sk.utils.TableEncoder` fitted on `X_real`, a fitted
        object with ``transform``, a callable that maps a table to a finite
        matrix, or None for the numbers themselves.

    Returns
    -------
    float
        In [0, 1]; what held-out real rows give is ideal.

    Raises
    ------
    ValueError
        If the tables do not fit together or `quantile` is out of range.

    Notes
    -----
    A row equal to a real row is a near-copy, unless several real rows are
    equal to it: in a table of a few discrete columns such a row tells of
    nobody. Rows are compared in f: there a missing number equals the median,
    and rare levels equal each other.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.metrics import near_copy_share
    >>> X = np.random.default_rng(0).normal(size=(50, 3))
    >>> near_copy_share(X, X), near_copy_share(X + 9.0, X)
    (1.0, 0.0)
    """
    check_share(quantile, "quantile")
    real, synthetic = encode_tables(features, X_real=X_real, X_synthetic=X_synthetic)
    return float(mark_near_copies(synthetic, real, quantile).mean())
