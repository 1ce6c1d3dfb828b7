"""A batch of one row from each cluster of the most promising rows."""

import numpy as np
from sklearn.cluster import KMeans

from synda_sk.selection._similarity import PoolSimilarity
from synda_sk.typing import FloatArray, IntArray

_PROMISING = 5  # rows clustered for each row wanted
_LEAST_WEIGHT = 1e-3  # so that rows without any score still have a place


def cluster_batch(
    scores: FloatArray, n_queries: int, similarity: PoolSimilarity, random_state: int
) -> IntArray:
    """Choose the row nearest each centre of a k-means of the best rows, weighted with their scores.

    The five rows of highest score for each row wanted are clustered into as
    many clusters as rows are wanted (Zhdanov, arXiv:1901.05954, 2019). Where
    they have fewer distinct vectors than that, the best of the rest follow.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        s(x), finite.
    n_queries : int
        Rows wanted, from 0 to n_samples.
    similarity : PoolSimilarity
        On the same rows; hands out their vectors.
    random_state : int
        Seed of the first centres.

    Returns
    -------
    ndarray of int of shape (n_queries,)
        Positions, each cluster's row by descending score, then the rest.
    """
    if n_queries == 0:
        return np.empty(0, dtype=np.intp)
    best = np.argsort(-scores, kind="stable")[: _PROMISING * n_queries]
    rows = np.sort(best)
    vectors = similarity.take(rows)
    n_clusters = min(n_queries, len(np.unique(vectors, axis=0)))
    means = KMeans(n_clusters, n_init=1, random_state=random_state).fit(
        vectors, sample_weight=np.maximum(scores[rows], _LEAST_WEIGHT)
    )
    chosen = rows[np.unique(means.transform(vectors).argmin(axis=0))]
    chosen = chosen[np.argsort(-scores[chosen], kind="stable")]
    rest = best[~np.isin(best, chosen)]
    return np.concatenate([chosen, rest[: n_queries - len(chosen)]])
