"""Random labelling, the baseline of every comparison."""

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval

from synda_sk.base import BaseQueryStrategy, rows_wanted
from synda_sk.selection._budget import LinearBudget
from synda_sk.selection._costs import make_purse
from synda_sk.selection._pools import free_rows, open_pool
from synda_sk.typing import FloatArray, IntArray, Labels, RandomState, Table


class RandomQuerySelector(BaseQueryStrategy):
    """Choose rows at random, all alike, whatever they cost.

    Parameters
    ----------
    batch_size : int or LinearBudget, default=20
        Rows a query returns when `n_queries` is not given.
    random_state : int, RandomState instance or None, default=None
        An int repeats the same choice from the same pool.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.selection import RandomQuerySelector
    >>> len(RandomQuerySelector(random_state=0).query(None, np.zeros((50, 2)), 5))
    5
    """

    _reads_parts = True
    _parameter_constraints = {
        "batch_size": [Interval(Integral, 1, None, closed="left"), LinearBudget],
        "random_state": ["random_state"],
    }

    def __init__(self, *, batch_size: int | LinearBudget = 20, random_state: RandomState = None) -> None:
        self.batch_size = batch_size
        self.random_state = random_state

    def query(
        self,
        estimator: Any,
        X_pool: Table,
        n_queries: int | None = None,
        *,
        X_labeled: Table | None = None,
        y_labeled: Labels | None = None,
        exclude: Any = None,
        costs: Any = None,
        cost_budget: float | None = None,
    ) -> IntArray:
        """Return random positions in `X_pool`.

        Parameters
        ----------
        estimator : ignored
            Present for the contract.
        X_pool : table of shape (n_pool, n_features) or other pool
            Unlabelled rows, as in :meth:`HybridQuerySelector.query`.
        n_queries : int or None, default=None
            Rows wanted, at least 1; None takes `batch_size`, or with a
            `cost_budget` as many as fit.
        X_labeled : ignored
            Present for the contract.
        y_labeled : ignored
            Present for the contract.
        exclude : array-like of int or None, default=None
            Positions of rows that have a label already or were set aside.
        costs : array-like of shape (n_pool,) or None, default=None
            What the label of each row costs, positive and finite.
        cost_budget : float or None, default=None
            The most the batch may cost, at least 0: of the rows in random order
            each is taken that still fits.

        Returns
        -------
        ndarray of int of shape (n_queries,)
            Distinct positions; fewer where no other row fits `cost_budget`.

        Raises
        ------
        ValueError
            If a parameter is out of its range.
        """
        by_money = n_queries is None and cost_budget is not None
        wanted = None if by_money else rows_wanted(n_queries, self.batch_size)
        scores = self.score_samples(estimator, X_pool)
        purse = make_purse(costs, cost_budget, len(scores))
        free = free_rows(len(scores), exclude)
        order = free[np.argsort(-scores[free], kind="stable")]
        return order[:wanted] if purse is None else purse.first_that_fit(order, wanted)

    def score_samples(self, estimator: Any, X_pool: Table) -> FloatArray:
        """Return uniform random scores in [0, 1).

        Parameters
        ----------
        estimator : ignored
            Present for the contract.
        X_pool : table of shape (n_pool, n_features) or other pool
            Unlabelled rows.

        Returns
        -------
        ndarray of shape (n_pool,)
            Scores.
        """
        self._validate_params()
        return check_random_state(self.random_state).uniform(size=len(open_pool(X_pool)))
