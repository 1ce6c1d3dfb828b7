"""modAL's query functions as query strategies.

The other way round needs nothing: every query strategy of synda_sk is callable
as modAL wants it, ``ActiveLearner(..., query_strategy=HybridQuerySelector())``.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.utils.validation import _num_samples

from synda_sk.interop._scores import RemembersScores
from synda_sk.selection import LinearBudget
from synda_sk.selection._uncertainty import predict_probabilities
from synda_sk.typing import FloatArray, IntArray, Labels, Table

__all__ = ["FromModal"]


class FromModal(RemembersScores):
    """Query strategy that asks a modAL query function.

    Parameters
    ----------
    query_function : callable
        ``f(classifier, X, n_instances=n)`` that returns (indices, metrics) or
        indices only, such as those of ``modAL.uncertainty``. The classifier it
        is given has ``predict``, ``predict_proba``, ``classes_``, ``X_training``
        and ``y_training``; committees are not supported.
    lower_first : bool, default=False
        Whether the function prefers low metrics, as modAL's
        ``margin_sampling`` does; the scores are the negated metrics then.
    batch_size : int or LinearBudget, default=20
        Rows a query returns when `n_queries` is not given.

    See Also
    --------
    synda_sk.interop.skactiveml.FromSkactiveml : The same for scikit-activeml.

    Notes
    -----
    The function scores only the rows it returns, so the scores of all other
    rows are NaN. Where it returns no metrics, the scores fall from 1 in the
    order it chose. modAL's own functions draw from NumPy's global random
    state, and only when asked to break ties at random.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from synda_sk.interop.modal import FromModal
    >>> def least_sure(classifier, X, n_instances=1):
    ...     unsure = 1 - classifier.predict_proba(X).max(axis=1)
    ...     best = np.argsort(-unsure)[:n_instances]
    ...     return best, unsure[best]
    >>> X = np.arange(10.0).reshape(-1, 1)
    >>> model = LogisticRegression().fit(X, X[:, 0] > 4.5)
    >>> sorted(FromModal(least_sure).query(model, X, 2).tolist())
    [4, 5]
    """

    def __init__(
        self,
        query_function: Callable[..., Any],
        *,
        lower_first: bool = False,
        batch_size: int | LinearBudget = 20,
    ) -> None:
        self.query_function = query_function
        self.lower_first = lower_first
        self.batch_size = batch_size

    def query(
        self,
        estimator: Any,
        X_pool: Table,
        n_queries: int | None = None,
        *,
        X_labeled: Table | None = None,
        y_labeled: Labels | None = None,
    ) -> IntArray:
        """Return the positions in `X_pool` of the rows to label next, in the function's order.

        Parameters
        ----------
        estimator : fitted classifier
            Has ``predict_proba`` or ``decision_function``.
        X_pool : table of shape (n_pool, n_features)
            Unlabelled rows.
        n_queries : int or None, default=None
            Rows wanted; None takes `batch_size`.
        X_labeled : table of shape (n_labeled, n_features) or None
            Rows labelled so far, ``X_training`` to the function.
        y_labeled : array-like of shape (n_labeled,) or None
            Their labels, ``y_training`` to the function.

        Returns
        -------
        ndarray of int of shape (min(n_queries, n_pool),)
            Distinct positions.

        Raises
        ------
        ValueError
            If the function returns something else, or `n_queries` is no int >= 1.
        TypeError
            If `query_function` is no function, or `estimator` no fitted classifier.
        """
        if not callable(self.query_function):
            raise TypeError(f"query_function == {self.query_function!r}, must be a callable.")
        if not hasattr(estimator, "classes_"):
            raise TypeError(f"estimator == {estimator!r}, must be a fitted classifier.")
        n = self._size(n_queries, _num_samples(X_pool))
        answer = self.query_function(_Learner(estimator, X_labeled, y_labeled), X_pool, n_instances=n)
        indices, metrics = answer if isinstance(answer, tuple) and len(answer) == 2 else (answer, None)
        rows = np.asarray(indices)
        if rows.ndim != 1 or rows.dtype.kind not in "iu" or len(np.unique(rows)) != n:
            raise ValueError(
                f"query_function returned {indices!r}, expected {n} distinct row positions (int)."
            )
        n_pool = _num_samples(X_pool)
        if n and (rows.min() < 0 or rows.max() >= n_pool):
            raise ValueError(f"query_function returned positions outside [0, {n_pool}).")
        scores = np.full(n_pool, np.nan)
        scores[rows] = self._oriented(metrics, n)
        self._remember(estimator, X_pool, scores)
        return rows.astype(np.intp)

    def _oriented(self, metrics: Any, n: int) -> FloatArray:
        if np.shape(metrics) != (n,):
            return 1 - np.arange(n) / max(n, 1)
        try:
            scores = np.asarray(metrics, dtype=np.float64)
        except ValueError as error:
            raise ValueError(f"query_function returned metrics that are no numbers: {metrics!r}.") from error
        return -scores if self.lower_first else scores


class _Learner:
    """What modAL's functions use of an ActiveLearner."""

    on_transformed = False

    def __init__(self, estimator: Any, X_training: Table | None, y_training: Labels | None) -> None:
        self.estimator = estimator
        self.classes_ = estimator.classes_
        self.X_training = X_training
        self.y_training = y_training

    def predict_proba(self, X: Table) -> FloatArray:
        return predict_probabilities(self.estimator, X)

    def predict(self, X: Table) -> Any:
        return self.classes_[self.predict_proba(X).argmax(axis=1)]
