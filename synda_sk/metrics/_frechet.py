"""How far the means and covariances of two tables lie apart."""

import numpy as np

from synda_sk.metrics._space import FeatureMap, encode_tables
from synda_sk.typing import FloatArray, Table

__all__ = ["frechet_distance"]


def frechet_distance(X_real: Table, X_synthetic: Table, *, features: FeatureMap = "auto") -> float:
    r"""Squared Frechet distance of the Gaussians with the moments of two tables [1]_.

    .. math::
        \lVert \mu_1 - \mu_2 \rVert^2
        + \mathrm{tr}(\Sigma_1 + \Sigma_2 - 2 (\Sigma_1^{1/2} \Sigma_2 \Sigma_1^{1/2})^{1/2})

    With the embedding of a network as `features` it is the FID of images [2]_,
    here of a classifier fitted to real images of the kind at hand.

    Parameters
    ----------
    X_real : table of shape (n_real, n_features) or images of shape (n_real, height, width[, channels])
        Real rows.
    X_synthetic : table or images, n_synthetic rows
        Synthetic rows.
    features : "auto", transformer, callable or None, default="auto"
        f: :class:`~synda_sk.utils.TableEncoder` fitted on `X_real`, a fitted
        object with ``transform``, a callable that maps a table to a finite
        matrix, or None for the numbers themselves.

    Returns
    -------
    float
        At least 0, in squared units of f; 0 where both moments agree. Finite
        samples of one distribution lie above 0: compare with the distance of
        two real tables of the same sizes.

    Raises
    ------
    ValueError
        If the tables do not fit together.

    References
    ----------
    .. [1] D. C. Dowson and B. V. Landau, "The Frechet distance between
       multivariate normal distributions", Journal of Multivariate Analysis 12
       (1982), 450-455.
    .. [2] M. Heusel et al., "GANs trained by a two time-scale update rule
       converge to a local Nash equilibrium", Advances in Neural Information
       Processing Systems 30 (2017).

    Examples
    --------
    >>> from synda_sk.metrics import frechet_distance
    >>> frechet_distance([[0.0], [2.0]], [[3.0], [5.0]], features=lambda X: X)
    9.0
    """
    real, synthetic = encode_tables(features, X_real=X_real, X_synthetic=X_synthetic)
    first, second = _covariance(real), _covariance(synthetic)
    variances, axes = np.linalg.eigh(first)
    root = (axes * np.sqrt(np.maximum(variances, 0.0))) @ axes.T
    inner = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ second @ root), 0.0)).sum()
    shift = real.mean(axis=0) - synthetic.mean(axis=0)
    return float(max(0.0, shift @ shift + np.trace(first) + np.trace(second) - 2 * inner))


def _covariance(points: FloatArray) -> FloatArray:
    centred = points - points.mean(axis=0)
    return centred.T @ centred / len(points)
