"""The order in which rows look strange, agreed on by four detectors."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import NearestNeighbors

from synda_sk.typing import FloatArray, IntArray

_REFERENCE_ROWS = 2000


def anomaly_order(features: FloatArray, random_state: int) -> IntArray:
    """Order rows from the most to the least anomalous, by round robin.

    Four detectors rank the rows: isolation forest (Liu, Ting & Zhou, ICDM
    2008), empirical tail probability (ECOD: Li et al., TKDE 2022), residual of
    up to five principal components, distance to the nearest of 2,000 rows. A row's
    place is its best rank: no single detector is safe on every table.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features)
        f(x), finite.
    random_state : int
        Seed.

    Returns
    -------
    ndarray of int of shape (n_samples,)
        Positions, the most anomalous first.
    """
    if len(features) < 3:
        return np.arange(len(features))
    scores = (
        -IsolationForest(random_state=random_state).fit(features).score_samples(features),
        _tail_score(features),
        _residual(features, random_state),
        _isolation_distance(features, random_state),
    )
    ranks = [np.argsort(np.argsort(-score, kind="stable"), kind="stable") for score in scores]
    return np.argsort(np.min(ranks, axis=0), kind="stable")


def _tail_score(features: FloatArray) -> FloatArray:
    """Sum over columns of -log of the smaller empirical tail probability."""
    score = np.zeros(len(features))
    for column in features.T:
        ordered = np.sort(column)
        below = np.searchsorted(ordered, column, side="right")
        above = len(column) - np.searchsorted(ordered, column, side="left")
        score -= np.log(np.minimum(below, above) / len(column))
    return score


def _residual(features: FloatArray, random_state: int) -> FloatArray:
    n_components = min(5, features.shape[1] - 1, len(features) - 1)
    if n_components < 1 or not features.var(axis=0).any():
        return np.zeros(len(features))
    pca = PCA(n_components, random_state=random_state).fit(features)
    return ((features - pca.inverse_transform(pca.transform(features))) ** 2).sum(axis=1)


def _isolation_distance(features: FloatArray, random_state: int) -> FloatArray:
    """Distance to the nearest other row of a random reference."""
    n_reference = min(_REFERENCE_ROWS, len(features))
    reference = np.random.default_rng(random_state).choice(len(features), n_reference, replace=False)
    distance, neighbour = NearestNeighbors(n_neighbors=2).fit(features[reference]).kneighbors(features)
    itself = reference[neighbour[:, 0]] == np.arange(len(features))
    return np.where(itself, distance[:, 1], distance[:, 0])
