"""The greedy batch: high scores, little repetition."""

from numbers import Integral, Real
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from synda_sk.selection._lazy_greedy import LazyGreedy
from synda_sk.selection._similarity import CallableSimilarity, DistanceSimilarity, PoolSimilarity
from synda_sk.typing import FloatArray, IntArray


def greedy_batch(
    scores: ArrayLike,
    n_queries: int,
    similarity: PoolSimilarity,
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
    scores : array-like of shape (n_samples,)
        s(x), finite.
    n_queries : int
        Batch size B, at least 0.
    similarity : Similarity
        On the same rows.
    redundancy : {"max", "sum"}, default="max"
        Form of the penalty.
    penalty : float, default=0.3
        alpha >= 0, finite.

    Returns
    -------
    ndarray of int of shape (min(n_queries, n_samples),)
        Positions in the order chosen.

    Raises
    ------
    ValueError
        If a score or a feature is NaN or infinite, lengths differ, or a
        parameter is out of its range.

    Notes
    -----
    The result is that of computing every gain anew at every pick. The built-in
    similarities lie in [0, 1], so gains only fall and an old gain is a bound:
    see :class:`~synda_sk.selection._lazy_greedy.LazyGreedy`. With a function as
    the similarity all gains are computed.
    """
    values = np.asarray(scores, dtype=np.float64)
    if values.shape != (len(similarity),):
        raise ValueError(
            f"scores have shape {values.shape}, expected ({len(similarity)},), one for each row."
        )
    if not np.isfinite(values).all():
        raise ValueError("The scores hold NaN or infinity: check the model's probabilities and features.")
    if not isinstance(n_queries, Integral) or n_queries < 0:
        raise ValueError(f"n_queries == {n_queries!r}, must be an int >= 0.")
    if redundancy not in ("max", "sum"):
        raise ValueError(f"redundancy == {redundancy!r}, must be 'max' or 'sum'.")
    if not isinstance(penalty, Real) or not 0 <= penalty < np.inf:
        raise ValueError(f"redundancy_penalty == {penalty!r}, must be finite and >= 0.")
    n_queries = min(int(n_queries), len(values))
    if n_queries == 0:
        return np.empty(0, dtype=np.intp)
    if penalty == 0:
        return _best(values, n_queries)
    step = penalty / n_queries if redundancy == "sum" else penalty
    if isinstance(similarity, DistanceSimilarity):
        return LazyGreedy(values, similarity, redundancy, step, n_queries).run()
    return _full_greedy(values, n_queries, similarity, redundancy, step)


def _best(scores: FloatArray, n_queries: int) -> IntArray:
    """The highest scores without sorting all of them."""
    worst = np.partition(scores, -n_queries)[-n_queries]
    rows = np.flatnonzero(scores >= worst)
    return rows[np.argsort(-scores[rows], kind="stable")[:n_queries]]


def _full_greedy(
    scores: FloatArray, n_queries: int, similarity: CallableSimilarity, redundancy: str, step: float
) -> IntArray:
    """Every gain at every pick: a function may return anything, so nothing bounds it."""
    cost = np.full(len(scores), -np.inf if redundancy == "max" else 0.0)
    gains = scores.copy()
    chosen = np.empty(n_queries, dtype=np.intp)
    for k in range(n_queries):
        chosen[k] = np.argmax(gains)
        if k + 1 < n_queries:
            nearness = similarity.to(int(chosen[k]))
            cost = np.maximum(cost, nearness) if redundancy == "max" else cost + nearness
            gains = scores - step * cost
            gains[chosen[: k + 1]] = -np.inf
    return chosen
