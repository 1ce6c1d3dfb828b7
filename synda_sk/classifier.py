"""SynDAClassifier: active learning with synthetic data behind scikit-learn's interface."""

import os
import sys
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import _check_method_params, check_is_fitted

from synda_sk._acquisition import NOBODY_ASKED, Acquisition, fixed_weight, proxy_account
from synda_sk._journal import Journal, write_down
from synda_sk._money import answer_costs, cannot_pay, fit_costs, query_purse, replay_money, resume_costs
from synda_sk._prediction import PredictionMixin
from synda_sk._replay import Replay
from synda_sk._resume import rebuild
from synda_sk._routing import RoutingMixin
from synda_sk._settings import (
    as_positions,
    check_kind,
    check_no_gaps,
    check_parts,
    check_positions,
    check_stackable,
    query_size,
    row_weights,
    rows_left,
    rows_to_set_aside,
    set_n_jobs,
    settle_budget,
    settle_classes,
    settle_initial,
    warn_if_inert,
    warn_if_pool_missed,
)
from synda_sk._sparse import check_takes
from synda_sk._state import Answers, LabelState, Pool
from synda_sk._stop_set import StopSet
from synda_sk._training import Trainer
from synda_sk.augmentation import SyntheticAugmenter
from synda_sk.images._kind import is_conv_classifier
from synda_sk.mixing import CurriculumMixer
from synda_sk.quality import QualityFilter
from synda_sk.selection import HybridQuerySelector
from synda_sk.selection._pools import is_outside_memory, open_pool
from synda_sk.selection._stopping import as_rules, first_reason, measured
from synda_sk.typing import FloatArray, IntArray, Labels, RandomState, Table
from synda_sk.utils import (
    Features,
    SeedStreams,
    check_features,
    check_same_length,
    check_table,
    split_missing,
    take_rows,
)
from synda_sk.utils._progress import CallbackSupportMixin, fit_task, progress_task, with_callbacks

__all__ = ["SynDAClassifier"]

_DEFAULT_PARTS = {
    "augmenter": SyntheticAugmenter,
    "selector": HybridQuerySelector,
    "quality_filter": QualityFilter,
    "mixer": CurriculumMixer,
}
_AT_RANDOM = 50  # labels of images before a network is asked which it doubts


class SynDAClassifier(
    CallbackSupportMixin, PredictionMixin, RoutingMixin, ClassifierMixin, MetaEstimatorMixin, BaseEstimator
):
    r"""Classifier that chooses its labels and adds synthetic rows where they help.

    One class for three uses: an ordinary classifier (every row labelled), a
    replay of active learning inside cross-validation (every row labelled and a
    `label_budget`), a live loop with an annotator (labels missing; then
    :meth:`query`, :meth:`teach`).

    ================ ============ ==================================================
    labels in y      label_budget what ``fit`` does
    ================ ============ ==================================================
    all              None         trains on all rows and synthetic ones
    all              int or share replays: hides y, reveals `initial_labels`, then
                                  query, reveal, generate, filter, mix, refit, until
                                  the budget is spent
    some missing     None         trains on the known; the missing rows become the
                                  pool of ``query``
    some missing     int or share replays among the known rows
    ================ ============ ==================================================

    Where rows have `costs` (see :meth:`fit`) and ``stopping=MaxCost(500)``, fit
    never spends more than 500, the first labels included: if all labels together
    cost more it replays, with or without a `label_budget`. `initial_labels` as a
    share is one of the money then too, and `n_rounds` rounds spend the rest.

    Parameters
    ----------
    estimator : classifier or None, default=None
        The final model, cloned. None is a soft vote of a random forest and a
        logistic regression on encoded columns. Its own ``random_state`` is kept
        where set. For raw tables give a pipeline (encoder, model): generators
        then see the raw columns.
    augmenter : SyntheticAugmenter or None, default=None
        Makes synthetic rows; None takes its defaults, which use rows without a
        label (their values, no label) where there are some.
    selector : query strategy or None, default=None
        Chooses rows; None is :class:`~synda_sk.HybridQuerySelector`, for a
        :class:`~synda_sk.images.ConvClassifier` with ``exploration=1`` while there
        are fewer than 50 labels: a network of so few doubts the wrong images. Grid
        key of lambda: ``selector__uncertainty_weight``.
    quality_filter : QualityFilter or None, default=None
        Filters synthetic rows; None keeps all.
    mixer : CurriculumMixer or None, default=None
        Weighs synthetic against real rows; None takes its defaults. Grid key of
        beta: ``mixer__synthetic_weight``.
    query_estimator : "auto", classifier or None, default="auto"
        The model behind uncertainty: "auto" is the mean of the estimator and a
        fast partner of the other kind (forest or logistic regression), or,
        where no class is rare, the estimator alone once one of the two predicts
        significantly better out of fold; None is the estimator alone.
    features : {"auto", "estimator"}, transformer or callable, default="auto"
        f(x) for densities, clusters and anomalies, see
        :class:`~synda_sk.utils.Features`. It sees every row of X, no label. For a
        :class:`~synda_sk.images.ConvClassifier` "auto" is "estimator", the
        features of the fitted network; its first labels are chosen by the pixels.
    label_budget : int, float or None, default=None
        Labels a replay may use in all: a number, or a share in (0, 1] of the
        known rows. Inside cross-validation it counts per training fold.
    initial_labels : int or float, default=0.2
        First labels of a replay: a number, or a share of the budget.
    initial : {"auto", "random", "diverse", "anomaly"} or array of int, default="auto"
        How they are chosen: "auto" mixes random rows, k-means medoids and, for
        two classes, anomalies as long as these find the rarer class; once every
        class has five labels the rest is random, until then later batches insure
        against a class not yet found. The others are plain; an array names the
        rows.
    n_rounds : int, default=10
        Rounds a replay spreads the rest of the budget over.
    stopping : stopping rule, list of them or None, default=None
        When enough is labelled, such as
        :class:`~synda_sk.selection.StablePredictions`; any rule of a list will
        do. A replay ends, though never before two classes are known; live,
        `stop_reason_` tells.
    classes : array-like or None, default=None
        All labels there may be, where y does not show them yet.
    missing_label : "auto" or scalar, default="auto"
        What marks a missing label in y: "auto" takes NaN, None and pandas.NA.
    weighting : {"auto", "sample_weight", "resample"}, default="auto"
        How weights reach the estimator, see :func:`~synda_sk.utils.weight_route`.
    store_stages : bool, default=False
        Keep the model of each round, for :meth:`staged_predict_proba`.
    journal : path or None, default=None
        A file that every answer is written to before :meth:`teach` and
        :meth:`set_aside` do anything else, so that a crash loses none;
        :meth:`resume` goes on from it. It holds those rows, readable by the
        owner alone. ``fit`` does not touch it.
    n_jobs : int or None, default=None
        Given to every part that has an ``n_jobs`` left at None.
    random_state : int, RandomState instance or None, default=None
        One seed for all parts; each part and round has its own stream.
    verbose : int, default=0
        1 writes a line a round to stderr.

    Attributes
    ----------
    estimator_ : classifier
        The fitted model; a constant predictor while one class is known.
    classes_ : ndarray of shape (n_classes,)
        Labels.
    n_labels_ : int
        Labels used.
    labeled_iter_ : ndarray of int of shape (n_samples,)
        The round in which each row of fit was labelled: 0 at first, -1 never.
    history_ : list of dict
        One entry a stage: n_labels, n_per_class, batch (rows labelled),
        corrected (those of them that had another label before), set_aside (rows
        set aside until the next stage), lambda_t, ratio, beta, complexity,
        performance, consistency (None where not computed), rejected (rows the
        filter dropped, by reason; None without a filter), generated, kept,
        exploration (rows of the batch picked to find a class: medoids and
        anomalies at first, then the hedge), cost (what all labels so far and rows
        set aside have cost) and cheapest (the least cost of a row that may still
        be asked about), both None without `costs`, and in a replay inclusion (the
        probability with which each row of the batch was to be chosen, None where
        the money had a say in a random draw),
        query_model (names of the models asked) and partner_advantage (see
        `query_estimator`: how much better the partner predicted, in standard
        errors); proxy (age, agreement, batch_value and kl_divergence of the
        selector's proxy; in a live loop only where its `refresh` is not 1) and
        proxy_speedup; agreement with the model before (kappa on rows unlabelled
        at first) and performance where `stopping` needs them, stop (its reason);
        seconds. All but seconds and proxy_speedup, which are measured, repeat
        with the seed.
    cost_ : float or None
        What the rows labelled or set aside have cost, those of ``fit`` too; None
        where fit was given no `costs`.
    set_aside_ : ndarray of int
        Rows of fit whose label nobody could tell, see :meth:`set_aside`.
    stop_reason_ : str or None
        Why the labels are enough by the rules of `stopping`; None to go on.
    weighting_ : str
        How weights reached the model last: "none", "sample_weight", "routing",
        "step" or "resample".
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where they have names.

    See Also
    --------
    HybridQuerySelector : The query rule.
    CurriculumMixer : The mixing rule.

    Notes
    -----
    Labels that were not revealed influence nothing but `classes_` (give
    `classes` to rule that out too). A supervised transformer placed *before*
    this classifier in a pipeline sees them: put it inside `estimator`.

    One classifier at a time writes to a journal. Copies, clones and pickles do
    not take the open file along: a copy that is taught opens it itself, and
    raises :class:`~synda_sk.exceptions.JournalError` while another writes, or
    if another has written since.

    X is kept by reference for ``query`` and ``teach``; :meth:`to_predictor`
    gives a model without it.

    The method is that of the proposal, sections 2.2 and 2.3.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from synda_sk import SynDAClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = make_pipeline(StandardScaler(), LogisticRegression())
    >>> clf = SynDAClassifier(model, label_budget=60, n_rounds=4, random_state=0).fit(X, y)
    >>> clf.n_labels_, len(clf.history_)
    (60, 5)
    >>> bool(clf.score(X, y) > 0.9)
    True
    """

    _journal: Journal | None
    _pool: Any
    _proxy: Any = None
    _state: LabelState
    _stop_set: StopSet | None
    _trainer: Trainer

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict"]), None],
        "augmenter": [HasMethods(["fit", "sample"]), None],
        "selector": [HasMethods(["query"]), None],
        "quality_filter": [HasMethods(["assess"]), None],
        "mixer": [HasMethods(["plan", "mix"]), None],
        "query_estimator": [HasMethods(["fit"]), StrOptions({"auto"}), None],
        "features": "no_validation",
        "label_budget": [
            Interval(Integral, 1, None, closed="left"),
            Interval(Real, 0, 1, closed="right"),
            None,
        ],
        "initial_labels": [Interval(Integral, 1, None, closed="left"), Interval(Real, 0, 1, closed="right")],
        "initial": [StrOptions({"auto", "random", "diverse", "anomaly"}), "array-like"],
        "n_rounds": [Interval(Integral, 1, None, closed="left")],
        "stopping": "no_validation",
        "classes": ["array-like", None],
        "missing_label": "no_validation",
        "weighting": [StrOptions({"auto", "sample_weight", "resample"})],
        "store_stages": ["boolean"],
        "journal": [str, os.PathLike, None],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        estimator: Any = None,
        *,
        augmenter: Any = None,
        selector: Any = None,
        quality_filter: Any = None,
        mixer: Any = None,
        query_estimator: Any = "auto",
        features: Any = "auto",
        label_budget: int | float | None = None,
        initial_labels: int | float = 0.2,
        initial: Any = "auto",
        n_rounds: int = 10,
        stopping: Any = None,
        classes: Any = None,
        missing_label: Any = "auto",
        weighting: str = "auto",
        store_stages: bool = False,
        journal: str | os.PathLike[str] | None = None,
        n_jobs: int | None = None,
        random_state: RandomState = None,
        verbose: int = 0,
    ) -> None:
        self.estimator = estimator
        self.augmenter = augmenter
        self.selector = selector
        self.quality_filter = quality_filter
        self.mixer = mixer
        self.query_estimator = query_estimator
        self.features = features
        self.label_budget = label_budget
        self.initial_labels = initial_labels
        self.initial = initial
        self.n_rounds = n_rounds
        self.stopping = stopping
        self.classes = classes
        self.missing_label = missing_label
        self.weighting = weighting
        self.store_stages = store_stages
        self.journal = journal
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def set_params(self, **params: Any) -> Self:
        """Set parameters of this estimator and of its parts.

        Parameters
        ----------
        **params : dict
            Parameters by name, of parts as ``part__name``. A part left at None
            becomes its default where one of its parameters is set, so that
            ``selector__uncertainty_weight`` can be searched at once.

        Returns
        -------
        SynDAClassifier
            Itself.
        """
        for part, default in _DEFAULT_PARTS.items():
            wanted = part not in params and any(name.startswith(f"{part}__") for name in params)
            if wanted and getattr(self, part) is None:
                setattr(self, part, default())
        return super().set_params(**params)

    @with_callbacks
    def fit(
        self, X: Table, y: Labels, sample_weight: Any = None, *, costs: Any = None, **params: Any
    ) -> Self:
        """Train, or replay and train; see the table above.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows: an array, a pandas or polars frame; mixed types and missing
            values as the estimator allows. A sparse matrix or array where the
            estimator takes it; no synthetic rows are made of it then.
        y : array-like of shape (n_samples,)
            Labels, some of which may be missing.
        sample_weight : array-like of shape (n_samples,) or None, default=None
            Weights of the rows.
        costs : array-like of shape (n_samples,) or None, default=None
            What the label of each row costs, in money or minutes, positive and
            finite. Rows are then asked for by value per cost, and `cost_` tells
            what is spent; :class:`~synda_sk.selection.MaxCost` limits it.
        **params : dict
            Parameters of the estimator's fit, by metadata routing.

        Returns
        -------
        SynDAClassifier
            Itself.

        Raises
        ------
        ValueError
            If the input does not fit together or a parameter is out of range.

        Warns
        -----
        InertParameterWarning
            If a selector was given and there is nothing to acquire.
        BudgetClippedWarning
            If the budget exceeds the known rows.
        """
        before = vars(self).copy()
        try:
            self._fit(X, y, sample_weight, costs, params)
        except BaseException:
            self.__dict__ = before
            raise
        if before.get("_journal") is not None:
            before["_journal"].close()
        return self

    def resume(self, X: Table | None = None, *, costs: Any = None) -> Self:
        """Go on from the journal: take its rows and labels, and refit.

        The settings are those of this classifier, the seeds those of the
        process that wrote the journal; its model, classes and stage come back
        as they were after its last answer. In ``history_``, what only the
        training of earlier stages could tell is None. A proxy kept for several
        rounds is distilled anew.

        Parameters
        ----------
        X : table of shape (n_samples, n_features) or None, default=None
            The table given to fit, for its pool: ``query()`` and positions in
            ``teach`` mean the same rows as before. Without it the labelled rows
            are the stored table, both methods take rows only, and synthetic rows
            are not made from the pool.
        costs : array-like of shape (n_samples,) or None, default=None
            What the rows of `X` cost. The journal does not keep costs: those
            that :meth:`teach` was told are forgotten, and where it holds rows
            from elsewhere, what is spent cannot be told any more.

        Returns
        -------
        SynDAClassifier
            Itself.

        Raises
        ------
        ValueError
            If `X` is not the table of fit, or as :class:`~synda_sk.exceptions.JournalError`
            if the journal is missing, damaged, in use or not a journal.

        Warns
        -----
        UserWarning
            If `X` is None and the model was trained with rows of the pool.
        """
        self._check_parameters()
        if self.journal is None:
            raise ValueError("journal == None, must be the path of the file to resume from.")
        before, journal = vars(self).copy(), Journal(self.journal)
        if before.get("_journal") is not None:
            before["_journal"].close()
        try:
            table = None if X is None else check_table(self, X, reset=True)
            back = rebuild(journal, table)
            if table is None:
                table = check_table(self, back.state.labelled()[0], reset=True)
            back.state.costs = resume_costs(costs, self.stopping, back.state, X is None)
            self._begin(table, back.state, SeedStreams(back.entropy), {})
            self._pool = None if X is None else self._pool
            self._trainer.consistency, self._journal, self.history_ = back.consistency, journal, back.history
            account = {key: back.last.get(key) for key in NOBODY_ASKED}
            self._train(len(self.history_), back.last["batch"], back.last["exploration"], account)
            self.history_[-1] |= {key: back.last[key] for key in ("corrected", "set_aside")}
        except BaseException:
            journal.close()
            self.__dict__ = before
            raise
        warn_if_pool_missed(self._trainer.misses_pool)
        return self

    def query(
        self,
        X: Table | None = None,
        n_queries: int | None = None,
        *,
        exclude: Any = None,
        costs: Any = None,
        cost_budget: float | None = None,
        return_scores: bool = False,
    ) -> IntArray | tuple[IntArray, FloatArray]:
        """Return the rows to have labelled next; nothing is changed by asking.

        Parameters
        ----------
        X : table of shape (n_pool, n_features) or None, default=None
            A pool, in memory or not, as :class:`~synda_sk.HybridQuerySelector`
            takes it. None asks about the rows of fit that have no label yet and
            are not set aside.
        n_queries : int or None, default=None
            Rows wanted; None takes the selector's ``batch_size``, or with a
            `cost_budget` as many as fit.
        exclude : array-like of int or None, default=None
            Positions in the pool of rows not to choose, such as those of `X`
            that were taught or set aside.
        costs : array-like of shape (n_pool,) or None, default=None
            What the label of each row of the pool costs; None takes the costs
            given to fit for the rows of fit.
        cost_budget : float or None, default=None
            The most the batch may cost, at least 0; None for no limit but what
            :class:`~synda_sk.selection.MaxCost` in `stopping` leaves.
        return_scores : bool, default=False
            Also return the score of each row chosen.

        Returns
        -------
        indices : ndarray of int of shape (n_queries,)
            Positions in `X`, or in the X of fit; the selector's choice first,
            best first, then the hedge. Fewer where the pool is smaller, or no
            other row fits the money; maybe none.
        scores : ndarray of shape (n_queries,)
            Only if `return_scores`.

        Raises
        ------
        ValueError
            If there is no pool, `n_queries` is not a positive int, or a parameter is out of range.
        """
        check_is_fitted(self)
        self._check_parameters()
        step = len(self.history_)
        n_queries = query_size(X, n_queries, self._selector(), step - 1, cost_budget)
        given = None if X is None else self._given_pool(X)
        purse = query_purse(costs, cost_budget, self.stopping, given, self._state)
        pool, free = rows_left(self._pool, given, self._state.free, exclude)
        choice = self._acquisition().choose(pool, free, n_queries, self._state, self._asked, step, purse)
        return (choice.rows, choice.scores) if return_scores else choice.rows

    def teach(
        self, X_or_indices: Table | IntArray, y: Labels, *, sample_weight: Any = None, costs: Any = None
    ) -> Self:
        """Take answers and refit from scratch.

        Parameters
        ----------
        X_or_indices : ndarray of int of shape (n_answers,) or table of shape (n_answers, n_features)
            Rows of fit by their position (a one-dimensional integer array), or
            rows from elsewhere.
        y : array-like of shape (n_answers,)
            Answers. Missing ones are skipped, and may be asked about again; an
            unseen label extends `classes_`; a row of fit that has a label gets
            the new one; one that was set aside comes back.
        sample_weight : array-like of shape (n_answers,) or None, default=None
            Weights of the rows, 1 by default.
        costs : array-like of shape (n_answers,) or None, default=None
            What the answers did cost; None for the costs given to fit. Where fit
            was given costs, rows from elsewhere need theirs. A row is paid for
            once, so a new label for it counts its latest cost alone.

        Returns
        -------
        SynDAClassifier
            Itself.

        Raises
        ------
        ValueError
            If the input does not fit together or a parameter is out of range, or
            as :class:`~synda_sk.exceptions.JournalError` if the journal cannot be
            written; nothing has changed then. Should the refit itself fail, the
            labels are kept and the former model stays.
        """
        check_is_fitted(self)
        self._check_parameters()
        known, is_missing = split_missing(y, self.missing_label)
        positions = as_positions(X_or_indices)
        rows = check_table(self, X_or_indices, reset=False, sparse=True) if positions is None else positions
        check_same_length(X_or_indices=rows, y=is_missing)
        weights = row_weights(sample_weight, is_missing)
        check_kind(known, self.classes_)
        paid = answer_costs(costs, self.stopping, self._state, len(is_missing), positions is not None)
        if positions is None:
            check_stackable(rows, self._state.X)
        else:
            check_positions(positions, None if self._pool is None else len(self._pool))
        answered = np.flatnonzero(~is_missing)
        if not len(answered):
            return self
        step = len(self.history_)
        answers = Answers(step, known, None, None, None if weights is None else weights[answered])
        answers.costs = None if paid is None else paid[answered]
        if positions is None:
            answers.X = given = take_rows(rows, answered)
        else:
            answers.rows = positions[answered]
            answers.arms = self._acquisition().arms_of(self._pool, answers.rows, self._state, step)
            given = take_rows(self._pool.X, answers.rows)
        check_no_gaps(given, self.estimator_)
        proxy = self._acquisition().keep_proxy(self._pool, self._state, self._asked, step)
        self._write_down(answers, self._trainer.consistency)
        corrected = self._state.take(answers)
        self.classes_ = self._state.classes
        self._proxy = proxy
        self._train(step, answers.batch, answers.n_hedge, NOBODY_ASKED | proxy_account(proxy))
        self.history_[-1]["corrected"] = corrected.tolist()
        return self

    def set_aside(self, indices: IntArray) -> Self:
        """Take rows whose label nobody can tell out of the pool; nothing is refitted.

        They are not asked about again, in any later round or session. To bring
        a row back, :meth:`teach` its label.

        Parameters
        ----------
        indices : ndarray of int of shape (n_rows,)
            Rows of fit by their position, without a label. None may be named,
            and rows already set aside stay so.

        Returns
        -------
        SynDAClassifier
            Itself.

        Raises
        ------
        ValueError
            If `indices` are no positions of such rows, or as
            :class:`~synda_sk.exceptions.JournalError` if the journal cannot be
            written; nothing has changed then.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn.datasets import load_breast_cancer
        >>> from sklearn.naive_bayes import GaussianNB
        >>> from synda_sk import SynDAClassifier
        >>> X, y = load_breast_cancer(return_X_y=True)
        >>> partly = np.where(np.arange(len(y)) < 30, y, np.nan)
        >>> clf = SynDAClassifier(GaussianNB(), random_state=0).fit(X, partly)
        >>> rows = clf.query(n_queries=4)
        >>> clf = clf.set_aside(rows[:1]).teach(rows[1:], y[rows[1:]])
        >>> bool(rows[0] in clf.query(n_queries=535)), clf.set_aside_ == rows[:1], clf.n_labels_
        (False, array([ True]), 33)
        """
        check_is_fitted(self)
        rows = rows_to_set_aside(indices, self._state, None if self._pool is None else len(self._pool))
        if len(rows):
            answers = Answers(len(self.history_) - 1, np.full(len(rows), None), rows, None, None)
            self._write_down(answers, self._trainer.consistency_before)
            self._state.take(answers)
            self.history_[-1]["set_aside"] += rows.tolist()
            if self._state.costs is not None:
                self.history_[-1] |= self._state.account()
                self._judge(self.history_[-1], self.history_)
        return self

    @property
    def set_aside_(self) -> IntArray:
        """Rows of fit that are set aside."""
        return np.flatnonzero(self._state.set_aside)

    @property
    def cost_(self) -> float | None:
        """What the rows labelled or set aside have cost."""
        return self._state.cost

    def __sklearn_is_fitted__(self) -> bool:
        """Tell whether there is a model."""
        return hasattr(self, "estimator_")

    def _fit(self, X: Table, y: Labels, sample_weight: Any, costs: Any, params: dict[str, Any]) -> None:
        self._check_parameters()
        X = check_table(self, X, reset=True, sparse=True)
        check_takes(X, self, self._unfitted())
        known, is_missing = split_missing(y, self.missing_label)
        check_same_length(X=X, y=is_missing)
        classes = settle_classes(self.classes, known)
        weights = row_weights(sample_weight, is_missing)
        fit_params = self._routed_fit_params(weights, params)
        truth = np.full(len(is_missing), -1, dtype=np.intp)
        truth[~is_missing] = np.searchsorted(classes, known)
        costs = fit_costs(costs, self.stopping, len(is_missing))
        too_dear = cannot_pay(costs, self.stopping) and not is_missing.any()
        budget = settle_budget(self.label_budget, len(known), too_dear)
        initial, n_initial = settle_initial(self.initial, self.initial_labels, budget, truth)

        terms: dict[str, Any] = {"budget": budget, "initial": initial, "n_initial": n_initial}
        if budget is not None:
            terms |= replay_money(costs, self.stopping, truth, initial, self.initial_labels)

        self._begin(X, LabelState(X, classes, weights), SeedStreams(self.random_state), fit_params)
        self._state.costs = costs
        with fit_task(self):
            if budget is None:
                rows = np.flatnonzero(truth >= 0)
                self._state.reveal(rows, truth[rows], 0)
                self._train(0, rows, 0)
                warn_if_inert(self.selector, self.stopping, is_missing)
            else:
                self._run_replay(truth, **terms)

    def _begin(self, X: Table, state: LabelState, streams: SeedStreams, fit_params: dict[str, Any]) -> None:
        self._streams = streams
        self._features = Features(self._feature_map(), X)
        self._pool = Pool(X, self._features, streams.seed("anomalies"))
        self._state = state
        self._trainer = self._make_trainer()
        self._fit_params = fit_params
        self._journal = None
        self._stop_set = None
        self._proxy = None
        self.classes_ = state.classes
        self.history_ = []
        self._stages: list[Any] = []

    def _check_parameters(self) -> None:
        self._validate_params()
        check_features(self.features)
        check_parts(self, self._unfitted())

    def _run_replay(self, truth: IntArray, money: float, **terms: Any) -> None:
        size = getattr(self._selector(), "batch_size", None)
        acquisition = self._acquisition()
        Replay(self._state, truth, self._pool, acquisition, money).run(
            **terms,
            n_rounds=self.n_rounds,
            cap=size if callable(size) else None,
            train=self._train,
            enough=lambda: self.stop_reason_ is not None,
        )
        self._proxy = acquisition.proxy

    def _write_down(self, answers: Answers, consistency: float) -> None:
        account = {"entropy": self._streams.entropy, "history": self.history_, "consistency": consistency}
        self._journal = write_down(
            self._journal, self.journal, self._fit_params, self._state, answers, **account
        )

    def _train(self, step: int, batch: IntArray, n_exploring: int, account: Any = NOBODY_ASKED) -> Any:
        with progress_task(self, "stage"):
            X, y, weights = self._state.labelled()
            fit_params = _check_method_params(self._state.X, self._fit_params, indices=self._state.known)
            rules = as_rules(self.stopping)
            scored, rest = "performance" in measured(rules), self._state.rest(self._pool)
            stage = self._trainer.train(X, y, weights, self.classes_, step, fit_params, scored, rest)
        entry = {
            "n_labels": self._state.n_labels,
            "n_per_class": self._state.counts(),
            "batch": np.asarray(batch).tolist(),
            "corrected": [],
            "set_aside": [],
            "lambda_t": fixed_weight(self._selector()),
            "exploration": n_exploring,
            **self._state.account(),
            **account,
            **stage.record,
        }
        entry["agreement"] = self._agreement(stage.model, rules)
        self._judge(entry, [*self.history_, entry])
        self.history_.append(entry)
        self.estimator_, self._asked = stage.model, stage.asked
        self.weighting_ = stage.route
        self.n_labels_ = entry["n_labels"]
        self.labeled_iter_ = self._state.rounds
        if self.store_stages:
            self._stages.append(stage.model)
        if self.verbose:
            sys.stderr.write(
                f"[SynDAClassifier] stage {step}: {self.n_labels_} labels {self._state.counts()}\n"
            )
        return stage.asked

    def _judge(self, entry: dict[str, Any], history: list[dict[str, Any]]) -> None:
        """Ask the stopping rules about the last stage."""
        self.stop_reason_ = entry["stop"] = first_reason(as_rules(self.stopping), history)

    def _agreement(self, model: Any, rules: list[Any]) -> float | None:
        """Return how far a model agrees with the one before, None where no rule asks or there is no pool."""
        sizes = [rule.n_samples for rule in rules if "agreement" in rule.measures]
        if not sizes or self._pool is None:
            return None
        if self._stop_set is None:
            self._stop_set = StopSet(self._state, max(sizes), self._streams.generator("stop_set"))
        return self._stop_set.agreement(model, self._pool.X)

    def _given_pool(self, X: Table) -> Pool:
        rows = open_pool(X, self) if is_outside_memory(X) else check_table(self, X, reset=False, sparse=True)
        return Pool(rows, self._features, self._streams.seed("anomalies"))

    def _make_trainer(self) -> Trainer:
        estimator = clone(self._unfitted())
        set_n_jobs(estimator, self.n_jobs)
        return Trainer(
            estimator=estimator,
            augmenter=SyntheticAugmenter() if self.augmenter is None else self.augmenter,
            quality_filter=self.quality_filter,
            mixer=CurriculumMixer() if self.mixer is None else self.mixer,
            weighting=self.weighting,
            streams=self._streams,
        )

    def _acquisition(self) -> Acquisition:
        return Acquisition(
            selector=self._selector(),
            query_estimator=self.query_estimator,
            features=self._features,
            hedge=isinstance(self.initial, str) and self.initial == "auto",
            streams=self._streams,
            n_at_random=_AT_RANDOM if self.selector is None and is_conv_classifier(self.estimator) else 0,
            proxy=self._proxy,
        )

    def _selector(self) -> Any:
        return HybridQuerySelector() if self.selector is None else self.selector

    def _feature_map(self) -> Any:
        own = getattr(self.selector, "features", "auto")
        default = isinstance(self.features, str) and self.features == "auto"
        wanted = own if default else self.features
        of_images = is_conv_classifier(self.estimator)
        return "estimator" if of_images and isinstance(wanted, str) else wanted
