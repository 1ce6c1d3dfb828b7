"""p_proxy(y|x): a small model that answers for a large one."""

import time
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import rel_entr
from sklearn.base import MetaEstimatorMixin, clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.utils._param_validation import HasMethods, Interval

from synda_sk.base import TableClassifier
from synda_sk.compression._soft_labels import NEGLIGIBLE, fit_soft_labels
from synda_sk.selection._committee import align_probabilities
from synda_sk.selection._plain_encoder import PlainEncoder
from synda_sk.selection._pools import open_pool
from synda_sk.selection._uncertainty import predict_probabilities, uncertainty_scores
from synda_sk.typing import FloatArray, IntArray, RandomState, Table
from synda_sk.utils import SeedStreams, check_table, set_seed, stack_rows, take_rows

_CANDIDATES = 5  # times `n_samples`: rows among which the doubtful ones are looked for
_PARTS = 5  # of `n_samples`: one is held out, two are random, two are doubtful
_BEST = 10  # one in ten held-out rows stands for a batch


class ProxyClassifier(MetaEstimatorMixin, TableClassifier):
    r"""A simplified version of a classifier, trained on its probabilities.

    :meth:`distill` minimises, over rows of the pool,

    .. math:: L = E_x\, KL\left(p_{target}(y|x) \,\|\, p_{proxy}(y|x)\right)

    by fitting `estimator` to every row once for each class, weighted with the
    target's probability of it: up to a constant that weighted log-loss is L
    (proposal, 2.2.2). It says on rows held out from that how good the proxy is.

    Parameters
    ----------
    estimator : classifier or None, default=None
        The small model. None is a forest of 8 trees without bootstrap, on
        numbers and codes of categories.
    n_samples : int, default=2000
        The most rows :meth:`distill` asks the target about: a fifth is held
        out, two fifths are drawn at random; the rest are those, of five times
        `n_samples` rows drawn, that a first proxy fitted to the random rows
        doubts most, since the batch will be chosen among such. Of a pool of no
        more than `n_samples` rows four fifths are trained on.
    refresh : int or float, default=1
        When :meth:`update` distils anew. An int k >= 1: every k-th round. A
        float in (0, 1): as soon as `batch_value_`, with the target of the
        round, is below it. Always where the target knows other classes.
    random_state : int, RandomState instance or None, default=None
        Seed of the rows drawn and of parts without their own.

    Attributes
    ----------
    estimator_ : classifier
        The fitted small model; a constant one while the target names one class.
    classes_ : ndarray of shape (n_classes,)
        Labels.
    agreement_ : float or None
        Share of the held-out rows to which proxy and target give the same
        label. None, as the next three, for pools of fewer than 5 rows.
    batch_value_ : float or None
        What a batch chosen by the proxy is worth to the target: over the tenth
        of the held-out rows that the proxy doubts most, the sum of the target's
        uncertainty, divided by the largest such sum. In [0, 1].
    kl_divergence_ : float or None
        L on the held-out rows, in nats.
    speedup_ : float or None
        Seconds the target took, divided by those the proxy took, for the random
        rows and the held-out ones. Each takes some time for a call of any size,
        so that a large pool may gain more.
    age_ : int
        Rounds since the small model was distilled.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where they have names.

    See Also
    --------
    HybridQuerySelector : Scores a pool by a proxy, see its parameter `proxy`.
    synda_sk.compression.distill_classifier : The same with labels beside, once.

    Notes
    -----
    The held-out rows are kept for :meth:`update` unless `refresh` is 1.

    Agreement on labels says little where one class is rare; read
    `batch_value_`.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from synda_sk.selection import ProxyClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> forest = RandomForestClassifier(500, random_state=0).fit(X[:200], y[:200])
    >>> proxy = ProxyClassifier(random_state=0).distill(forest, X)
    >>> proxy.agreement_ > 0.95, proxy.batch_value_ > 0.8, proxy.speedup_ > 1
    (True, True, True)
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict_proba"]), None],
        "n_samples": [Interval(Integral, 1, None, closed="left")],
        "refresh": [
            Interval(Integral, 1, None, closed="left"),
            Interval(Real, 0, 1, closed="neither"),
        ],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Any = None,
        *,
        n_samples: int = 2000,
        refresh: int | float = 1,
        random_state: RandomState = None,
    ) -> None:
        self.estimator = estimator
        self.n_samples = n_samples
        self.refresh = refresh
        self.random_state = random_state

    def distill(self, target: Any, X: Table) -> Self:
        """Train on the probabilities of a fitted classifier.

        Parameters
        ----------
        target : fitted classifier
            Has ``predict_proba`` or ``decision_function``, and ``classes_``.
        X : table of shape (n_samples, n_features) or other pool
            Rows without labels, as in ``query``; some of them stand for many.

        Returns
        -------
        ProxyClassifier
            Itself.

        Raises
        ------
        ValueError
            If a parameter is out of its range, or the target says NaN or infinity.
        """
        self._validate_params()
        streams = SeedStreams(self.random_state)
        rows, out, random, candidates = self._draw(X, target, streams)
        asked = np.concatenate([out, random])
        X_asked = take_rows(rows, asked)
        wanted, target_seconds = _timed(predict_probabilities, target, X_asked)
        X_train, wanted_train = take_rows(X_asked, np.arange(len(out), len(asked))), wanted[len(out) :]
        self.classes_ = np.asarray(target.classes_)
        self.estimator_ = self._fitted(X_train, wanted_train, streams)
        n_doubtful = min(self.n_samples - len(asked), len(candidates))
        if n_doubtful:
            doubt = uncertainty_scores(self._probabilities(take_rows(rows, candidates)))
            worst = np.argsort(-doubt, kind="stable")[:n_doubtful]
            X_doubtful = take_rows(rows, candidates[worst])
            X_train = stack_rows([X_train, X_doubtful])
            wanted_train = np.concatenate([wanted_train, predict_probabilities(target, X_doubtful)])
            self.estimator_ = self._fitted(X_train, wanted_train, streams)
        given, own_seconds = _timed(self._probabilities, X_asked)
        self.age_ = 0
        self.speedup_ = target_seconds / max(own_seconds, 1e-9) if len(out) else None
        self._held_out = take_rows(rows, out) if len(out) and self.refresh != 1 else None
        self._compare(wanted[: len(out)], given[: len(out)])
        return self

    def update(self, target: Any, X: Table) -> Self:
        """Go one round on: distil anew where `refresh` asks for it, or keep the small model.

        Where it is kept, the target of the round is asked about the held-out
        rows alone, and `agreement_`, `batch_value_` and `kl_divergence_` tell
        how the small model compares with it; `age_` grows by one.

        Parameters
        ----------
        target : fitted classifier
            As for :meth:`distill`, as it is in this round.
        X : table of shape (n_samples, n_features) or other pool
            Rows without labels; not looked at where the small model is kept.

        Returns
        -------
        ProxyClassifier
            Itself; distilled if it was not yet.

        Raises
        ------
        ValueError
            As :meth:`distill`.
        """
        self._validate_params()
        held_out = getattr(self, "_held_out", None)
        every = self.refresh if isinstance(self.refresh, Integral) else None
        due = held_out is None or (every is not None and self.age_ + 1 >= every)
        if due or not np.array_equal(target.classes_, self.classes_):
            return self.distill(target, X)
        self._compare(predict_probabilities(target, held_out), self._probabilities(held_out))
        if every is None and self.batch_value_ is not None and self.batch_value_ < self.refresh:
            return self.distill(target, X)
        self.age_ += 1
        return self

    def _fit(self, X: Table, y: NDArray[Any]) -> None:
        """Train on labels, as the small model would alone."""
        self.estimator_ = self._make_estimator(SeedStreams(self.random_state)).fit(X, y)
        self.classes_ = self.estimator_.classes_

    def _draw(
        self, X: Table, target: Any, streams: SeedStreams
    ) -> tuple[Table, IntArray, IntArray, IntArray]:
        """Rows of the pool, and which of them are held out, random, and candidates for doubtful ones."""
        pool, rng, drawn = open_pool(X, target), streams.generator("rows"), None
        if len(pool) > _CANDIDATES * self.n_samples:
            drawn = np.sort(rng.choice(len(pool), _CANDIDATES * self.n_samples, replace=False))
        rows = check_table(self, pool.take(drawn), reset=True)
        order = rng.permutation(len(pool) if drawn is None else len(drawn))
        n_asked = min(len(pool), self.n_samples)
        n_out = n_asked // _PARTS
        n_random = n_asked - n_out if n_asked == len(pool) else max(1, 2 * n_asked // _PARTS)
        out, random, candidates = np.split(order, [n_out, n_out + n_random])
        return rows, out, random, candidates

    def _fitted(self, X: Table, wanted: FloatArray, streams: SeedStreams) -> Any:
        possible = np.flatnonzero((wanted > NEGLIGIBLE).any(axis=0))
        if len(possible) == 1:
            return DummyClassifier(strategy="prior").fit(np.zeros((1, 1)), self.classes_[possible])
        estimator = self._make_estimator(streams)
        fit_soft_labels(estimator, X, wanted, self.classes_, random_state=streams.seed("bootstrap"))
        return estimator

    def _probabilities(self, X: Table) -> FloatArray:
        return align_probabilities(self.estimator_.predict_proba(X), self.estimator_.classes_, self.classes_)

    def _compare(self, wanted: FloatArray, given: FloatArray) -> None:
        """Tell how probabilities given for the held-out rows compare with those wanted."""
        self.agreement_: float | None = None
        self.batch_value_: float | None = None
        self.kl_divergence_: float | None = None
        if not len(wanted):
            return
        self.agreement_ = float((wanted.argmax(axis=1) == given.argmax(axis=1)).mean())
        self.kl_divergence_ = float(rel_entr(wanted, np.maximum(given, NEGLIGIBLE)).sum(axis=1).mean())
        n_best = -(-len(wanted) // _BEST)
        value = uncertainty_scores(wanted)
        chosen = np.argsort(-uncertainty_scores(given), kind="stable")[:n_best]
        best = np.sort(value)[-n_best:].sum()
        self.batch_value_ = float(value[chosen].sum() / best) if best > 0 else 1.0

    def _make_estimator(self, streams: SeedStreams) -> Any:
        if self.estimator is not None:
            estimator = clone(self.estimator)
        else:
            estimator = make_pipeline(
                PlainEncoder(),
                RandomForestClassifier(8, bootstrap=False, min_samples_leaf=4),
            )
        set_seed(estimator, streams.seed("estimator"))
        return estimator

    def __sklearn_tags__(self):  # type: ignore[no-untyped-def]
        """Missing values are the small model's business."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self.estimator is None
        return tags


def _timed(function: Any, *arguments: Any) -> tuple[Any, float]:
    start = time.perf_counter()
    result = function(*arguments)
    return result, time.perf_counter() - start
