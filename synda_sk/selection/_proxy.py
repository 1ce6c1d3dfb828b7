"""p_proxy(y|x): a small model that answers for a large one."""

from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import rel_entr
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.validation import check_is_fitted

from synda_sk.base import check_labelled_table
from synda_sk.compression._soft_labels import NEGLIGIBLE, fit_soft_labels
from synda_sk.selection._committee import align_probabilities
from synda_sk.selection._pools import open_pool
from synda_sk.selection._uncertainty import predict_probabilities
from synda_sk.typing import FloatArray, Labels, RandomState, Table
from synda_sk.utils import SeedStreams, TableEncoder, check_table, set_seed


class ProxyClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    r"""A simplified version of a classifier, trained on its probabilities.

    :meth:`distill` minimises, over rows of the pool,

    .. math:: L = E_x\, KL\left(p_{target}(y|x) \,\|\, p_{proxy}(y|x)\right)

    by fitting `estimator` to every row once for each class, weighted with the
    target's probability of it: up to a constant that weighted log-loss is L
    (proposal, 2.2.2).

    Parameters
    ----------
    estimator : classifier or None, default=None
        The small model. None is a random forest of 20 trees with at least 3
        rows a leaf on encoded columns; a logistic regression is the fastest.
    n_samples : int, default=2000
        The most rows :meth:`distill` asks the target about.
    random_state : int, RandomState instance or None, default=None
        Seed of the rows drawn and of parts without their own.

    Attributes
    ----------
    estimator_ : classifier
        The fitted small model.
    classes_ : ndarray of shape (n_classes,)
        Labels.
    kl_divergence_ : float
        L on the rows of :meth:`distill`, in nats.
    n_features_in_ : int
        Number of columns.

    See Also
    --------
    HybridQuerySelector : Scores a pool by a proxy, see its parameter `proxy`.
    synda_sk.compression.distill_classifier : The same with labels beside, once.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from synda_sk.selection import ProxyClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> forest = RandomForestClassifier(500, random_state=0).fit(X[:200], y[:200])
    >>> proxy = ProxyClassifier(random_state=0).distill(forest, X)
    >>> bool((proxy.predict(X) == forest.predict(X)).mean() > 0.95)
    True
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict_proba"]), None],
        "n_samples": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self, estimator: Any = None, *, n_samples: int = 2000, random_state: RandomState = None
    ) -> None:
        self.estimator = estimator
        self.n_samples = n_samples
        self.random_state = random_state

    def distill(self, target: Any, X: Table) -> Self:
        """Train on the probabilities of a fitted classifier.

        Parameters
        ----------
        target : fitted classifier
            Has ``predict_proba`` or ``decision_function``, and ``classes_``.
        X : table of shape (n_samples, n_features) or other pool
            Rows without labels, as in ``query``; a random part stands for many.

        Returns
        -------
        ProxyClassifier
            Itself.
        """
        self._validate_params()
        streams = SeedStreams(self.random_state)
        pool, drawn = open_pool(X, target), None
        if len(pool) > self.n_samples:
            drawn = np.sort(streams.generator("rows").choice(len(pool), self.n_samples, replace=False))
        X = check_table(self, pool.take(drawn), reset=True)
        wanted = predict_probabilities(target, X)
        self.classes_ = np.asarray(target.classes_)
        self.estimator_ = self._make_estimator(streams)
        fit_soft_labels(self.estimator_, X, wanted, self.classes_, random_state=streams.seed("bootstrap"))
        given = np.maximum(self.predict_proba(X), NEGLIGIBLE)
        self.kl_divergence_ = float(rel_entr(wanted, given).sum(axis=1).mean())
        return self

    def fit(self, X: Table, y: Labels) -> Self:
        """Train on labels, as the small model would alone.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,)
            Their labels.

        Returns
        -------
        ProxyClassifier
            Itself.
        """
        self._validate_params()
        X, y = check_labelled_table(self, X, y)
        self.estimator_ = self._make_estimator(SeedStreams(self.random_state)).fit(X, y)
        self.classes_ = self.estimator_.classes_
        return self

    def predict_proba(self, X: Table) -> FloatArray:
        """Return the small model's probabilities.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            In the order of `classes_`.
        """
        check_is_fitted(self)
        X = check_table(self, X, reset=False)
        return align_probabilities(self.estimator_.predict_proba(X), self.estimator_.classes_, self.classes_)

    def predict(self, X: Table) -> NDArray[Any]:
        """Return the likeliest label of each row.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Labels.
        """
        probabilities = self.predict_proba(X)
        return self.classes_[probabilities.argmax(axis=1)]

    def _make_estimator(self, streams: SeedStreams) -> Any:
        if self.estimator is not None:
            estimator = clone(self.estimator)
        else:
            estimator = make_pipeline(TableEncoder(), RandomForestClassifier(20, min_samples_leaf=3))
        set_seed(estimator, streams.seed("estimator"))
        return estimator

    def __sklearn_tags__(self):  # type: ignore[no-untyped-def]
        """Mixed types and missing values are the small model's business."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self.estimator is None
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags
