"""Query strategies exchanged with scikit-activeml, in both directions.

``ToSkactiveml`` is imported when first asked for, and scikit-activeml with it.
"""

from collections.abc import Mapping
from inspect import signature
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import _num_samples

from synda_sk.base import check_labels, check_seen
from synda_sk.interop._scores import RemembersScores
from synda_sk.selection import LinearBudget
from synda_sk.selection._uncertainty import predict_probabilities
from synda_sk.typing import FloatArray, IntArray, Labels, Table
from synda_sk.utils import Features, check_same_length, import_optional

if TYPE_CHECKING:
    from synda_sk.interop._skactiveml import ToSkactiveml

__all__ = ["FromSkactiveml", "ToSkactiveml"]


def __getattr__(name: str) -> Any:
    if name != "ToSkactiveml":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _classes().ToSkactiveml


def _classes() -> Any:
    import_optional("skactiveml", extra="active", feature="interop.skactiveml")
    from synda_sk.interop import _skactiveml

    return _skactiveml


class FromSkactiveml(RemembersScores):
    """Query strategy that asks a pool strategy of scikit-activeml.

    A strategy that takes a `clf` is given the fitted model as it is, without
    refitting it.

    Parameters
    ----------
    strategy : skactiveml.base.SingleAnnotatorPoolQueryStrategy
        Cloned for each query; its ``missing_label`` stays NaN, since labels
        reach it as the codes 0, 1, ... in the order of ``classes_``.
    features : {"auto", "estimator"}, transformer or callable, default="auto"
        f(x), the numbers that stand for a row, see :class:`~synda_sk.utils.Features`.
    query_params : dict or None, default=None
        More arguments of the strategy's ``query``, such as the `ensemble` of a
        committee, or a `clf` of scikit-activeml for strategies that refit it.
    batch_size : int or LinearBudget, default=20
        Rows a query returns when `n_queries` is not given.

    See Also
    --------
    synda_sk.interop.modal.FromModal : The same for modAL.

    Notes
    -----
    scikit-activeml allocates one float for each row of the table and row
    wanted: 0.8 GB for a million rows and a batch of 100.

    Examples
    --------
    >>> import numpy as np
    >>> from skactiveml.pool import UncertaintySampling
    >>> from sklearn.linear_model import LogisticRegression
    >>> from synda_sk.interop.skactiveml import FromSkactiveml
    >>> X = np.arange(10.0).reshape(-1, 1)
    >>> model = LogisticRegression().fit(X, X[:, 0] > 4.5)
    >>> sorted(FromSkactiveml(UncertaintySampling(random_state=0)).query(model, X, 2).tolist())
    [4, 5]
    """

    _scores_all = True

    def __init__(
        self,
        strategy: Any,
        *,
        features: Any = "auto",
        query_params: dict[str, Any] | None = None,
        batch_size: int | LinearBudget = 20,
    ) -> None:
        self.strategy = strategy
        self.features = features
        self.query_params = query_params
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
        """Return the positions in `X_pool` of the rows to label next, best first.

        Parameters
        ----------
        estimator : fitted classifier
            Has ``classes_`` and ``predict_proba`` or ``decision_function``.
        X_pool : table of shape (n_pool, n_features)
            Unlabelled rows.
        n_queries : int or None, default=None
            Rows wanted; None takes `batch_size`.
        X_labeled : table of shape (n_labeled, n_features) or None
            Rows labelled so far.
        y_labeled : array-like of shape (n_labeled,) or None
            Their labels.

        Returns
        -------
        ndarray of int of shape (min(n_queries, n_pool),)
            Distinct positions.

        Raises
        ------
        ValueError
            If `n_queries` is no int >= 1, or `y_labeled` has another length
            than `X_labeled`, or labels that are no class of `estimator`.
        TypeError
            If `strategy` is no strategy, or `query_params` no dict.
        """
        _classes()
        if isinstance(self.strategy, type) or not hasattr(self.strategy, "query"):
            raise TypeError(f"strategy == {self.strategy!r}, must be an instance of a pool strategy.")
        if self.query_params is not None and not isinstance(self.query_params, Mapping):
            raise TypeError(f"query_params == {self.query_params!r}, must be a dict of arguments by name.")
        n_pool = _num_samples(X_pool)
        n = self._size(n_queries, n_pool)
        tables = [X_pool] if X_labeled is None or not _num_samples(X_labeled) else [X_pool, X_labeled]
        features = Features(self.features, X_pool)
        rows = np.concatenate([features(table, estimator) for table in tables])
        codes = np.full(len(rows), np.nan)
        if len(tables) == 2:
            codes[n_pool:] = _codes(estimator, X_labeled, y_labeled)
        strategy = clone(self.strategy)
        chosen, utilities = strategy.query(
            rows,
            codes,
            batch_size=n,
            return_utilities=True,
            **self._arguments(strategy, estimator, tables, rows),
        )
        self._remember(estimator, X_pool, np.asarray(utilities[0][:n_pool], dtype=np.float64))
        return np.asarray(chosen, dtype=np.intp)

    def _arguments(
        self, strategy: Any, estimator: Any, tables: list[Table], rows: FloatArray
    ) -> dict[str, Any]:
        given = dict(self.query_params or {})
        if "clf" in signature(getattr(strategy, "query_strategy", strategy).query).parameters:
            probabilities = [predict_probabilities(estimator, table) for table in tables]
            model = _classes().FrozenClassifier().freeze(rows, np.concatenate(probabilities))
            given = {"clf": model, "fit_clf": False, **given} if "clf" not in given else given
        return given


def _codes(estimator: Any, X_labeled: Table, y_labeled: Labels) -> IntArray:
    """Return labels as positions in ``classes_``."""
    labels = check_labels(y_labeled, "y_labeled")
    check_same_length(X_labeled=X_labeled, y_labeled=labels)
    check_seen(labels, estimator.classes_, "y_labeled")
    return np.searchsorted(estimator.classes_, labels)
