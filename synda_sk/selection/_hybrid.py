"""The proposal's query rule."""

from collections.abc import Callable
from copy import copy
from numbers import Integral, Real
from typing import Any, Literal, NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from synda_sk.base import BaseQueryStrategy
from synda_sk.selection._adaptive_weight import adaptive_weight
from synda_sk.selection._batch import greedy_batch
from synda_sk.selection._budget import LinearBudget
from synda_sk.selection._cluster_batch import cluster_batch
from synda_sk.selection._costs import Purse, as_keywords, draw_within, make_purse, rows_within
from synda_sk.selection._disagreement import DISAGREEMENTS
from synda_sk.selection._pool_uncertainty import pool_uncertainty
from synda_sk.selection._pools import ReportedRows, keep_sample, open_pool, without
from synda_sk.selection._similarity import Density, PoolSimilarity, make_similarity
from synda_sk.selection._uncertainty import UNCERTAINTIES, uncertainty_scores
from synda_sk.typing import FeatureProvider, FloatArray, IntArray, Labels, RandomState, Table
from synda_sk.utils import Features, RowSource, SeedStreams, check_features, set_seed


class Selection(NamedTuple):
    """Rows chosen, the score of every row, how likely each chosen row was to be chosen, and lambda."""

    indices: IntArray
    scores: FloatArray
    inclusion: FloatArray
    uncertainty_weight: float


class HybridQuerySelector(BaseQueryStrategy):
    r"""Choose rows the model is unsure of, typical of the pool and unlike each other.

    The score of a row weighs uncertainty against density,

    .. math:: s(x) = \lambda\, u(x) + (1 - \lambda)\, d(x),

    and the batch is chosen greedily with a penalty on repetition (proposal,
    2.2.1 and 2.2.3; see ``redundancy``).

    Parameters
    ----------
    uncertainty_weight : float or "adaptive", default=1.0
        lambda, in [0, 1]. Values from 0.8 are a plateau; pure density (0) is
        worse than random labelling on nearly every table measured. "adaptive"
        is 1 - 0.2 times the mean of u over the pool: nearer 1 the less the
        model doubts.
    uncertainty : str or callable, default="auto"
        u(x), in [0, 1], by name: :func:`entropy`, :func:`margin`,
        :func:`least_confident`; by the members of a forest, a
        BaggingClassifier, a VotingClassifier or, in a
        :class:`~synda_sk.SynDAClassifier`, its committee:
        :func:`mutual_information`, :func:`vote_entropy`; "auto" takes entropy
        for two classes and margin for more. A callable maps probabilities of
        shape (n, C) to n scores.
    density : {"rbf", "cosine"} or callable, default="rbf"
        The similarity behind d(x) and the penalty, in [0, 1]: the RBF kernel at
        the inverse median squared distance, (1 + cos) / 2, or a callable
        (A, B) -> array of shape (len(A), len(B)) for small pools.
    redundancy : {"max", "sum", "cluster"}, default="max"
        A row's gain falls by `redundancy_penalty` times its largest similarity
        to a row already chosen ("max"), or times the sum of its similarities
        divided by the batch size ("sum", the proposal's form over unordered pairs).
        "cluster" takes one row from each cluster of the five times as many rows
        of highest score (Zhdanov, arXiv:1901.05954), without a penalty; it does
        not weigh costs.
    redundancy_penalty : float, default=0.3
        alpha >= 0.
    batch_size : int or LinearBudget, default=20
        Rows a query returns when `n_queries` is not given; inside
        :class:`~synda_sk.SynDAClassifier` a LinearBudget caps each round.
    features : {"auto", "estimator"}, transformer or callable, default="auto"
        f(x), see :class:`~synda_sk.utils.Features`.
    proxy : ProxyClassifier or None, default=None
        A small model distilled from the estimator at each query, which then
        scores the pool in its place; None asks the estimator about every row.
        A :class:`~synda_sk.SynDAClassifier` may keep it for several rounds, see
        ``ProxyClassifier(refresh=)``; :meth:`make_proxy` shows how good it is.
    exploration : float, default=0.0
        Share of a batch drawn at random from the rows the rule leaves, in
        [0, 1]. Only such rows tell about the whole pool: a row's probability of
        being drawn is in ``history_`` of the classifier, under "inclusion". Of a
        `cost_budget` the same share is kept for them.
    random_state : int, RandomState instance or None, default=None
        Seed of the exploration, of the clusters and of a proxy without its own.
    verbose : int, default=0
        1 tells on stderr, every five seconds, how far a scan of the pool has come.

    See Also
    --------
    RandomQuerySelector : The baseline.
    synda_sk.SynDAClassifier : Runs a selector in a loop.

    Notes
    -----
    The batch is the greedy rule's own, index for index, though most gains are
    never computed and f(x) only of the rows that may be chosen (see
    :func:`~synda_sk.selection.greedy_batch`). Any pool is read in the same parts
    of 65,536 rows, the last one up to twice as long, so that the choice does not
    depend on what holds it. A row's probabilities and features must not depend
    on the other rows of its part; an `uncertainty` that is a callable sees all
    probabilities at once. Pools on disk are scanned about four times, those in
    Dask about six; a query that is interrupted has changed nothing.

    d(x) is exact for "cosine", and for "rbf" up to 4,096 rows; above, it is
    approximate, and :meth:`pool_density` tells how good it is.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from synda_sk.selection import HybridQuerySelector
    >>> X, y = load_iris(return_X_y=True)
    >>> model = LogisticRegression().fit(X[::10], y[::10])
    >>> HybridQuerySelector().query(model, X, n_queries=3).shape
    (3,)

    Half an hour of an annotator who needs 1 minute for a row, 10 for some:

    >>> minutes = [10.0 if petal > 4 else 1.0 for petal in X[:, 2]]
    >>> rows = HybridQuerySelector().query(model, X, costs=minutes, cost_budget=30)
    >>> sum(minutes[row] for row in rows)
    30.0
    """

    _parameter_constraints = {
        "uncertainty_weight": [Interval(Real, 0, 1, closed="both"), StrOptions({"adaptive"})],
        "uncertainty": [StrOptions({"auto", *UNCERTAINTIES, *DISAGREEMENTS}), callable],
        "density": [StrOptions({"rbf", "cosine"}), callable],
        "redundancy": [StrOptions({"max", "sum", "cluster"})],
        "redundancy_penalty": [Interval(Real, 0, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left"), LinearBudget],
        "features": "no_validation",
        "exploration": [Interval(Real, 0, 1, closed="both")],
        "proxy": [HasMethods(["distill", "predict_proba"]), None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        uncertainty_weight: float | Literal["adaptive"] = 1.0,
        *,
        uncertainty: str | Callable[[FloatArray], FloatArray] = "auto",
        density: str | Callable[[FloatArray, FloatArray], FloatArray] = "rbf",
        redundancy: Literal["max", "sum", "cluster"] = "max",
        redundancy_penalty: float = 0.3,
        batch_size: int | LinearBudget = 20,
        features: Any = "auto",
        proxy: Any = None,
        exploration: float = 0.0,
        random_state: RandomState = None,
        verbose: int = 0,
    ) -> None:
        self.uncertainty_weight = uncertainty_weight
        self.uncertainty = uncertainty
        self.density = density
        self.redundancy = redundancy
        self.redundancy_penalty = redundancy_penalty
        self.batch_size = batch_size
        self.features = features
        self.proxy = proxy
        self.exploration = exploration
        self.random_state = random_state
        self.verbose = verbose

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
        """Return the positions in `X_pool` of the rows to label next, best first.

        Parameters
        ----------
        estimator : fitted classifier
            Has ``predict_proba`` or ``decision_function``.
        X_pool : table of shape (n_pool, n_features)
            Unlabelled rows: an array, also mapped from a file, a sparse matrix, a
            pandas or polars frame; the path of a Parquet file or of a folder of
            them; a pyarrow.dataset.Dataset; a Dask DataFrame or Array. Of files
            and Dask frames the columns the estimator was fitted on are read.
        n_queries : int or None, default=None
            Rows wanted, at least 1; None takes `batch_size`, or with a
            `cost_budget` as many as fit.
        X_labeled : table of shape (n_labeled, n_features) or None
            Not used by this rule.
        y_labeled : array-like of shape (n_labeled,) or None
            Not used by this rule.
        exclude : array-like of int or None, default=None
            Positions of rows that have a label already or were set aside: as if
            they were not in the pool.
        costs : array-like of shape (n_pool,) or None, default=None
            What the label of each row costs, in money or minutes, positive and
            finite. Rows are then chosen by value per cost, see
            :func:`~synda_sk.selection.greedy_batch`.
        cost_budget : float or None, default=None
            The most the batch may cost, at least 0; None for no limit.

        Returns
        -------
        ndarray of int of shape (min(n_queries, n_free),)
            Distinct positions; ties go to the lowest. Fewer, maybe none, where
            no other row fits `cost_budget`.

        Raises
        ------
        ValueError
            If a parameter is out of its range.
        """
        self._validate_params()
        whole = self._open(X_pool, estimator)
        pool, rows = without(whole, exclude)
        purse = self._purse(costs, cost_budget, len(whole), rows)
        n_queries = rows_within(purse, n_queries, self.batch_size)
        if not n_queries or not len(pool):
            return np.empty(0, dtype=np.intp)
        pool = keep_sample(pool)
        similarity = self._similarity(estimator, pool)
        chosen = self._choose(self._uncertainty(estimator, pool), similarity, n_queries, purse=purse).indices
        return chosen if rows is None else rows[chosen]

    def score_samples(self, estimator: Any, X_pool: Table) -> FloatArray:
        """Return s(x) of each row of `X_pool`, before any penalty.

        Parameters
        ----------
        estimator : fitted classifier
            Has ``predict_proba`` or ``decision_function``.
        X_pool : table of shape (n_pool, n_features)
            Unlabelled rows.

        Returns
        -------
        ndarray of shape (n_pool,)
            Scores in [0, 1] with the built-in measures.
        """
        self._validate_params()
        pool = self._open(X_pool, estimator)
        if not len(pool):
            return np.empty(0)
        uncertainty = self._uncertainty(estimator, pool)
        return self._scores(uncertainty, self._weight(uncertainty), self._similarity(estimator, pool))

    def pool_density(self, X_pool: Table, estimator: Any = None) -> Density:
        """Return d(x) of each row of `X_pool`, and how far off it may be.

        Parameters
        ----------
        X_pool : table of shape (n_pool, n_features)
            Unlabelled rows.
        estimator : fitted classifier or None, default=None
            Needed for ``features="estimator"`` only.

        Returns
        -------
        Density
            ``values``: d(x), of shape (n_pool,); ``error``: the largest error on
            32 rows drawn at random, 0 where d(x) is exact, as it is except for
            "rbf" on more than 4,096 rows.
        """
        self._validate_params()
        return self._similarity(estimator, self._open(X_pool, estimator)).density()

    def pool_uncertainty(self, estimator: Any, X_pool: Table) -> FloatArray:
        """Return u(x) of each row of `X_pool`, by the estimator or its proxy.

        Parameters
        ----------
        estimator : fitted classifier
            Has ``predict_proba`` or ``decision_function``.
        X_pool : table of shape (n_pool, n_features)
            Unlabelled rows.

        Returns
        -------
        ndarray of shape (n_pool,)
            In [0, 1] with the built-in measures.
        """
        self._validate_params()
        return self._uncertainty(estimator, self._open(X_pool, estimator))

    def make_proxy(self, estimator: Any, X_pool: Table, before: Any = None) -> Any:
        """Return the proxy that scores `X_pool` in a query, for a look at how good it is.

        Parameters
        ----------
        estimator : fitted classifier
            Has ``predict_proba`` or ``decision_function``.
        X_pool : table of shape (n_pool, n_features)
            Unlabelled rows.
        before : ProxyClassifier or None, default=None
            The proxy of the round before, which is left as it is; a copy of it
            is updated by its rule of refreshing.

        Returns
        -------
        ProxyClassifier
            Fitted.

        Raises
        ------
        ValueError
            If ``proxy`` is None.
        """
        self._validate_params()
        if self.proxy is None:
            raise ValueError("proxy == None, must be a ProxyClassifier for make_proxy.")
        proxy = clone(self.proxy)
        set_seed(proxy, SeedStreams(self.random_state).seed("proxy"))
        if before is None:
            return proxy.distill(estimator, X_pool)
        return copy(before).set_params(**proxy.get_params(deep=False)).update(estimator, X_pool)

    def select(
        self,
        probabilities: FloatArray,
        features: FeatureProvider,
        n_queries: int,
        *,
        reference: FloatArray | None = None,
    ) -> Selection:
        """Choose a batch from class probabilities and f(x) computed before.

        Parameters
        ----------
        probabilities : ndarray of shape (n_pool, n_classes)
            Of the pool's rows.
        features : ndarray of shape (n_pool, n_components) or FeatureProvider
            f(x) of the pool's rows.
        n_queries : int
            Batch size.
        reference : ndarray of shape (n_reference, n_components) or None, default=None
            Rows the density is taken over; None takes the pool.

        Returns
        -------
        Selection
            ``indices``: positions, the rule's choice first, best first, then the
            rows drawn at random; ``scores``: s(x) of all rows, before any penalty;
            ``inclusion``: the probability with which each row of ``indices`` was
            to be chosen, 1 for the rule's own choice, NaN for random rows where a
            `cost_budget` ruled some out; ``uncertainty_weight``: lambda.

        Raises
        ------
        ValueError
            If shapes do not fit, a number is not finite or `n_queries` no int >= 0.
        """
        if self.uncertainty in DISAGREEMENTS:
            raise ValueError(
                f"uncertainty={self.uncertainty!r} asks several models: choose from pool_uncertainty instead."
            )
        return self.choose(
            uncertainty_scores(probabilities, self.uncertainty), features, n_queries, reference=reference
        )

    def choose(
        self,
        uncertainty: FloatArray,
        features: FeatureProvider,
        n_queries: int,
        *,
        reference: FloatArray | None = None,
        costs: Any = None,
        cost_budget: float | None = None,
    ) -> Selection:
        """Choose a batch from u(x) and f(x) computed before.

        Parameters
        ----------
        uncertainty : ndarray of shape (n_pool,)
            u(x), as :meth:`pool_uncertainty` returns it.
        features : ndarray of shape (n_pool, n_components) or FeatureProvider
            f(x) of the pool's rows.
        n_queries : int
            Batch size.
        reference : ndarray of shape (n_reference, n_components) or None, default=None
            Rows the density is taken over; None takes the pool.
        costs : array-like of shape (n_pool,) or None, default=None
            As :meth:`query` takes them.
        cost_budget : float or None, default=None
            As :meth:`query` takes it.

        Returns
        -------
        Selection
            As :meth:`select` returns it.

        Raises
        ------
        ValueError
            If shapes do not fit, a number is not finite or `n_queries` no int >= 0.
        """
        purse = self._purse(costs, cost_budget, len(features))
        return self._choose(uncertainty, make_similarity(self.density, features), n_queries, reference, purse)

    def _purse(self, costs: Any, cost_budget: Any, n_rows: int, rows: IntArray | None = None) -> Purse | None:
        purse = make_purse(costs, cost_budget, n_rows, rows)
        if purse is not None and self.redundancy == "cluster":
            raise ValueError(
                "redundancy == 'cluster' does not weigh costs: with costs use redundancy='max' or 'sum'."
            )
        return purse

    def _choose(
        self,
        uncertainty: FloatArray,
        similarity: PoolSimilarity,
        n_queries: int,
        reference: FeatureProvider | None = None,
        purse: Purse | None = None,
    ) -> Selection:
        weight = self._weight(uncertainty)
        scores = self._scores(uncertainty, weight, similarity, reference)
        if not isinstance(n_queries, Integral) or n_queries < 0:
            raise ValueError(f"n_queries == {n_queries!r}, must be an int >= 0.")
        n_queries = min(n_queries, len(scores) if purse is None else purse.most_rows())
        n_random = round(self.exploration * n_queries)
        streams = SeedStreams(self.random_state)
        if self.redundancy == "cluster":
            chosen = cluster_batch(scores, n_queries - n_random, similarity, streams.seed("clusters"))
        else:
            chosen = greedy_batch(
                scores,
                n_queries - n_random,
                similarity,
                redundancy=self.redundancy,
                penalty=self.redundancy_penalty,
                **as_keywords(purse and purse.part(n_queries - n_random, n_queries)),
            )
        inclusion = np.ones(len(chosen))
        if n_random:
            rest = np.delete(np.arange(len(scores)), chosen)
            left = purse and purse.after(chosen)
            drawn, probability = draw_within(rest, n_random, streams.generator("exploration"), left)
            chosen = np.concatenate([chosen, drawn])
            inclusion = np.concatenate([inclusion, np.full(len(drawn), probability)])
        return Selection(chosen, scores, inclusion, weight)

    def _weight(self, uncertainty: FloatArray) -> float:
        weight = self.uncertainty_weight
        return adaptive_weight(uncertainty) if isinstance(weight, str) else weight

    def _scores(
        self,
        uncertainty: FloatArray,
        weight: float,
        similarity: PoolSimilarity,
        reference: FeatureProvider | None = None,
    ) -> FloatArray:
        """Weigh u(x) against d(x)."""
        if len(uncertainty) != len(similarity):
            raise ValueError(
                f"There are probabilities of {len(uncertainty)} rows, features of {len(similarity)}."
            )
        scores = uncertainty if weight == 1 else weight * uncertainty
        if weight < 1:
            scores += (1 - weight) * similarity.density(reference).values
        if not np.isfinite(scores).all():
            raise ValueError("The scores hold NaN or infinity: check the model's probabilities and features.")
        return scores

    def _open(self, X_pool: Table, estimator: Any) -> RowSource:
        pool = open_pool(X_pool, estimator)
        return ReportedRows(pool) if self.verbose else pool

    def _scorer(self, estimator: Any, pool: RowSource) -> Any:
        """The model that is asked for probabilities: the estimator or a proxy distilled from it."""
        return estimator if self.proxy is None else self.make_proxy(estimator, pool)

    def _uncertainty(self, estimator: Any, pool: RowSource) -> FloatArray:
        return pool_uncertainty(self._scorer(estimator, pool), pool, self.uncertainty)

    def _similarity(self, estimator: Any, pool: RowSource) -> PoolSimilarity:
        check_features(self.features)
        return make_similarity(self.density, Features(self.features, pool).lazy(pool, estimator))
