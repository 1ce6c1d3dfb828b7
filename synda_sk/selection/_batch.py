"""The greedy batch: high scores, little repetition."""

from typing import Literal

import numpy as np

from synda_sk.selection._similarity import Similarity
from synda_sk.typing import FloatArray, IntArray


def greedy_batch(
    scores: FloatArray,
    n_queries: int,
    similarity: Similarity,
    *,
    redundancy: Literal["max", "sum"] = "max",
    penalty: float = 0.3,
) -> IntArray:
    r"""Choose rows one by one, each time the best gain.

    The gain of a row x given the rows S already chosen is

    .. math::

        \text{max: } s(x) - \alpha \max_{j \in S} sim(x, x_j) \qquad
        \text{sum: } s(x) - \frac{\alpha}{B} \sum_{j \in S} sim(x, x_j)

    "sum" is the proposal's rule (2.2.3) over unordered pairs, its weight divided
    by the batch size B so that it means the same along a budget schedule; "max"
    does not depend on B at all. Ties go to the lowest index.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        s(x).
    n_queries : int
        Batch size B.
    similarity : Similarity
        On the same rows.
    redundancy : {"max", "sum"}, default="max"
        Form of the penalty.
    penalty : float, default=0.3
        alpha >= 0.

    Returns
    -------
    ndarray of int of shape (min(n_queries, n_samples),)
        Positions in the order chosen.

    Notes
    -----
    Similarities lie in [0, 1], so no gain falls more than the full penalty below
    its score. At every step one of the B best scores is still free; a row that
    scores lower than the worst of them by more than the full penalty can
    therefore never be chosen and is left out from the start: the result is that
    of the greedy rule over all rows.
    """
    n_queries = min(n_queries, len(scores))
    if n_queries == 0:
        return np.empty(0, dtype=np.intp)
    if penalty == 0:
        return np.argsort(-scores, kind="stable")[:n_queries]
    step = penalty / n_queries if redundancy == "sum" else penalty
    candidates = np.arange(len(scores))
    if similarity.bounded:
        worst = np.partition(scores, -n_queries)[-n_queries]
        candidates = np.flatnonzero(scores >= worst - penalty - 1e-9)
    gains = scores[candidates].astype(np.float64)
    redundant = np.zeros(len(candidates))
    chosen = np.empty(n_queries, dtype=np.intp)
    for k in range(n_queries):
        best = int(np.argmax(gains))
        chosen[k] = candidates[best]
        if k + 1 == n_queries:
            break
        nearness = similarity.to(candidates, int(candidates[best]))
        if redundancy == "max":
            np.maximum(redundant, nearness, out=redundant)
        else:
            redundant += nearness
        free = gains > -np.inf
        free[best] = False
        gains = np.where(free, scores[candidates] - step * redundant, -np.inf)
    return chosen
