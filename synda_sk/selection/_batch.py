"""The greedy batch: high scores, little repetition."""

from numbers import Integral, Real
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from synda_sk.selection._costs import Spending, make_purse
from synda_sk.selection._lazy_greedy import LazyGreedy
from synda_sk.selection._similarity import CallableSimilarity, DistanceSimilarity, PoolSimilarity
from synda_sk.typing import FloatArray, IntArray

_ROUNDING = 1e-9  # what two sums of the same gains may differ by


def greedy_batch(
    scores: ArrayLike,
    n_queries: int,
    similarity: PoolSimilarity,
    *,
    redundancy: Literal["max", "sum"] = "max",
    penalty: float = 0.3,
    costs: ArrayLike | None = None,
    cost_budget: float | None = None,
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
    costs : array-like of shape (n_samples,) or None, default=None
        What the label of each row costs, positive and finite.
    cost_budget : float or None, default=None
        The most the batch may cost, at least 0; None for no limit.

    Returns
    -------
    ndarray of int of shape (min(n_queries, n_samples),)
        Positions in the order chosen; fewer where no other row fits `cost_budget`.

    Raises
    ------
    ValueError
        If a score or a feature is NaN or infinite, lengths differ, or a
        parameter is out of its range.

    Notes
    -----
    The result is that of computing every gain anew at every pick. The built-in
    similarities lie in [0, 1], so gains only fall and an old gain is a bound:
    see ``synda_sk.selection._lazy_greedy``. With a function as
    the similarity all gains are computed.

    With costs c(x) each pick has the best gain for its cost, g / c, among the
    rows that still fit [1]_ [2]_. A gain below 0 counts g c instead, because
    dividing would make the dearest of two equally bad rows the better one; such
    rows come last. Gains of 0 tie, whatever they cost. Where no other row fits
    at the end, so that it is the money that ends the batch, the same is done
    with the gains as they are, and the batch of the greater sum of gains (those
    above 0) is returned: a cheap row of little value may keep a dear one of much
    out. As long as other rows fit, money saved is worth having, and there is no
    such comparison. Where all costs are equal the batch is the one without costs.
    In the sum the batch size B is the number of rows wanted or, if less, that of
    the cheapest rows which fit.

    References
    ----------
    .. [1] H. Lin and J. Bilmes, "Multi-document summarization via budgeted
           maximization of submodular functions", NAACL 2010, 912-920.
    .. [2] J. Leskovec et al., "Cost-effective outbreak detection in networks",
           KDD 2007, 420-429.

    Examples
    --------
    A dear row and two cheap ones, for 3 and for 10:

    >>> import numpy as np
    >>> from synda_sk.selection import greedy_batch
    >>> from synda_sk.selection._similarity import make_similarity
    >>> apart = make_similarity("cosine", np.eye(3))
    >>> greedy_batch([0.9, 0.4, 0.3], 2, apart, costs=[10, 1, 2], cost_budget=3).tolist()
    [1, 2]
    >>> greedy_batch([0.9, 0.4, 0.3], 2, apart, costs=[10, 1, 2], cost_budget=10).tolist()
    [0]
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
    purse = make_purse(costs, cost_budget, len(values))
    n_queries = min(int(n_queries), len(values) if purse is None else purse.most_rows())
    if n_queries == 0:
        return np.empty(0, dtype=np.intp)
    step = penalty / n_queries if redundancy == "sum" else penalty
    if purse is None or purse.all_equal:
        return _greedy(values, n_queries, similarity, redundancy, step, Spending(None))
    by_worth, by_gain = Spending(purse), Spending(purse, by_worth=False)
    chosen = _greedy(values, n_queries, similarity, redundancy, step, by_worth)
    if by_worth.ended_it(chosen):
        others = _greedy(values, n_queries, similarity, redundancy, step, by_gain)
        if by_gain.value > by_worth.value * (1 + _ROUNDING):
            return others
    return chosen


def _greedy(
    scores: FloatArray,
    n_queries: int,
    similarity: PoolSimilarity,
    redundancy: Literal["max", "sum"],
    step: float,
    spending: Spending,
) -> IntArray:
    """The best worth at every pick."""
    if step == 0:
        return spending.best(scores, n_queries)
    if isinstance(similarity, DistanceSimilarity):
        return LazyGreedy(scores, similarity, redundancy, step, n_queries, spending).run()
    return _full_greedy(scores, n_queries, similarity, redundancy, step, spending)


def _full_greedy(
    scores: FloatArray,
    n_queries: int,
    similarity: CallableSimilarity,
    redundancy: str,
    step: float,
    spending: Spending,
) -> IntArray:
    """Every gain at every pick: a function may return anything, so nothing bounds it."""
    cost = np.full(len(scores), -np.inf if redundancy == "max" else 0.0)
    gains = scores.copy()
    chosen: list[int] = []
    while True:
        gains[chosen] = gains[spending.too_dear()] = -np.inf
        row = int(np.argmax(spending.worth(gains)))
        if gains[row] == -np.inf:
            break
        chosen.append(row)
        spending.buy(row, float(gains[row]))
        if len(chosen) == n_queries:
            break
        nearness = similarity.to(row)
        cost = np.maximum(cost, nearness) if redundancy == "max" else cost + nearness
        gains = scores - step * cost
    return np.array(chosen, dtype=np.intp)
