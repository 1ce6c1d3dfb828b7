"""Which rows to ask for next: the selector's choice and the hedge around it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from synda_sk._state import LabelState, Pool
from synda_sk.selection._committee import Committee, make_partner
from synda_sk.selection._costs import Purse, as_keywords, check_takes_costs
from synda_sk.selection._disagreement import DISAGREEMENTS
from synda_sk.selection._peers import are_peers, partner_advantage
from synda_sk.selection._pools import keep_sample
from synda_sk.selection._start import ANOMALY, RANDOM, hedge_size, picks_within
from synda_sk.typing import FloatArray, IntArray, Table
from synda_sk.utils import Features, SeedStreams, SubsetRows, set_seed, take_rows


class Choice(NamedTuple):
    """Rows chosen, scores, arms, inclusion probabilities, size of the hedge, who was asked, lambda, proxy."""

    rows: IntArray
    scores: FloatArray
    arms: NDArray[np.int8]
    n_hedge: int
    inclusion: FloatArray | None
    committee: Committee
    lambda_t: float | None
    proxy: Any

    def account(self) -> dict[str, Any]:
        """Return what ``history_`` says of the choice beside its rows."""
        p = self.inclusion
        return {
            "inclusion": p if p is None else [None if np.isnan(each) else each for each in p.tolist()],
            "query_model": self.committee.names,
            "partner_advantage": self.committee.partner_advantage,
            "lambda_t": self.lambda_t,
            **proxy_account(self.proxy),
        }


@dataclass(frozen=True)
class _Remembering:
    """f(x) of one table that is known already, and of any other."""

    X: Table
    features: FloatArray
    compute: Callable[[Table], FloatArray]

    def __call__(self, X: Table) -> FloatArray:
        return self.features if X is self.X else self.compute(X)


_COMMON = 0.2  # of an even share of the labels: a class that has it need not be searched for
_ABOUT_PROXY = ("age", "agreement", "batch_value", "kl_divergence")


def proxy_account(proxy: Any) -> dict[str, Any]:
    """Return what ``history_`` says of a proxy; the speed, a measured time, stands apart."""
    if proxy is None:
        return {"proxy": None, "proxy_speedup": None}
    told = {name: getattr(proxy, f"{name}_", None) for name in _ABOUT_PROXY}
    return {"proxy": told, "proxy_speedup": getattr(proxy, "speedup_", None)}


NOBODY_ASKED = {"inclusion": None, "query_model": None, "partner_advantage": None, **proxy_account(None)}


def asks_members(selector: Any) -> bool:
    """Tell whether a selector measures the disagreement of several models."""
    uncertainty = getattr(selector, "uncertainty", None)
    return isinstance(uncertainty, str) and uncertainty in DISAGREEMENTS


def fixed_weight(selector: Any) -> float | None:
    """Return lambda of a selector that has a fixed one."""
    weight = getattr(selector, "uncertainty_weight", None)
    return None if isinstance(weight, str) else weight


@dataclass
class Acquisition:
    """Everything needed to choose rows of a pool.

    Parameters
    ----------
    selector : query strategy
        Cloned for each query.
    query_estimator : "auto", classifier or None
        The model asked for uncertainty beside, or instead of, the fitted one.
    features : Features
        f(x).
    hedge : bool
        Whether part of a batch insures against a rare class not yet found.
    streams : SeedStreams
        Seeds.
    n_at_random : int
        Labels before which a batch is drawn at random.
    proxy : ProxyClassifier or None, default=None
        That of the round before, for the stored rows.
    """

    selector: Any
    query_estimator: Any
    features: Features
    hedge: bool
    streams: SeedStreams
    n_at_random: int
    proxy: Any = None

    @property
    def keeps_proxy(self) -> bool:
        """Whether a proxy may serve more than one round."""
        return getattr(getattr(self.selector, "proxy", None), "refresh", 1) != 1

    def choose(
        self,
        pool: Pool,
        free: IntArray,
        n_queries: int,
        state: LabelState,
        model: Any,
        step: int,
        purse: Purse | None = None,
    ) -> Choice:
        """Choose up to `n_queries` of the rows `free` of `pool`; nothing is changed.

        Parameters
        ----------
        pool : Pool
            Where the rows are.
        free : ndarray of int
            Rows that may be chosen.
        n_queries : int
            Rows wanted.
        state : LabelState
            What is labelled.
        model : classifier
            Fitted to it.
        step : int
            The round, which picks the seeds.
        purse : Purse or None, default=None
            Costs of the pool's rows, and what the batch may cost.

        Returns
        -------
        Choice
            Rows of the pool, the selector's first, best first.
        """
        n_queries = min(n_queries, len(free))
        if purse is not None:
            check_takes_costs(self.selector)
            n_queries = min(n_queries, purse.of(free).most_rows())
        rng = self.streams.generator("hedge", step)
        n_anomalies = n_random = 0
        if self.hedge:
            n_anomalies, n_random = hedge_size(
                n_queries, state.all_codes, state.all_arms, len(state.classes), rng
            )
        n_hedge = min(n_anomalies + n_random, n_queries)
        chosen, scores, inclusion, lambda_t, committee, proxy = self._select(
            pool,
            free,
            n_queries - n_hedge,
            state,
            model,
            step,
            purse and purse.part(n_queries - n_hedge, n_queries),
        )
        arms = np.full(len(chosen), RANDOM, dtype=np.int8)
        if n_hedge:
            rest = np.setdiff1d(free, chosen, assume_unique=True)
            order = pool.anomalies if n_anomalies else np.empty(0, dtype=np.intp)
            left = purse and purse.after(chosen)
            rows, hedge_arms = picks_within(
                left, n_hedge, n_anomalies, 0, np.empty((len(pool), 0)), rest, order, rng
            )
            chosen = np.concatenate([chosen, rows])
            arms = np.concatenate([arms, hedge_arms])
            if inclusion is not None:
                strange = hedge_arms == ANOMALY
                share = (~strange).sum() / max(len(rest) - strange.sum(), 1)
                if left is not None and not left.holds_most(n_hedge, rest):
                    share = np.nan
                inclusion = np.concatenate([inclusion, np.where(strange, 1.0, share)])
        scores = scores[np.searchsorted(free, chosen)]
        return Choice(chosen, scores, arms, n_hedge, inclusion, committee, lambda_t, proxy)

    def keep_proxy(self, pool: Pool | None, state: LabelState, model: Any, step: int) -> Any:
        """Return the proxy of a live round for the next one, where one may serve both.

        Parameters
        ----------
        pool : Pool or None
            The stored rows.
        state : LabelState
            As it is before the answers of the round.
        model : classifier
            Fitted to it.
        step : int
            The round.

        Returns
        -------
        ProxyClassifier or None
            That which a query of the round asks.
        """
        if not self.keeps_proxy or pool is None or not len(state.free):
            return self.proxy
        committee = self._committee(state, model, lambda X: self.features(X, model))
        X_free = self._rows(pool, state.free)
        return self._seeded_selector(step).make_proxy(committee, X_free, self.proxy)

    def arms_of(self, pool: Pool, rows: IntArray, state: LabelState, step: int) -> NDArray[np.int8]:
        """Tell which of the rows answered in a live round the hedge would have asked for as anomalies.

        Parameters
        ----------
        pool : Pool
            The stored rows.
        rows : ndarray of int of shape (n_answers,)
            Rows of it.
        state : LabelState
            As it was before the answers.
        step : int
            The round.

        Returns
        -------
        ndarray of int8 of shape (n_answers,)
            Arms.
        """
        arms = np.full(len(rows), RANDOM, dtype=np.int8)
        if self.hedge:
            rng = self.streams.generator("hedge", step)
            n_anomalies, _ = hedge_size(len(rows), state.all_codes, state.all_arms, len(state.classes), rng)
            if n_anomalies:
                free = pool.anomalies[state.is_free[pool.anomalies]]
                arms[np.isin(rows, free[: 2 * n_anomalies])] = ANOMALY
        return arms

    def _select(
        self,
        pool: Pool,
        free: IntArray,
        n_queries: int,
        state: LabelState,
        model: Any,
        step: int,
        purse: Purse | None,
    ) -> tuple[IntArray, FloatArray, FloatArray | None, float | None, Committee, Any]:
        selector, X_free = self._seeded_selector(step), self._rows(pool, free)
        if state.n_labels < self.n_at_random:
            selector.set_params(exploration=1.0)
        money = as_keywords(purse and purse.of(free))
        if hasattr(selector, "choose"):
            if pool.in_memory:
                known = pool.features(model)
                features: Any = known[free]
                reference = known[self._unlabelled(pool, free, state)]
                feature_map: Any = _Remembering(X_free, features, lambda X: self.features(X, model))
            else:
                features, reference = self.features.lazy(X_free, model), None
                feature_map = self.features.map(model)
            scorer = committee = self._committee(state, model, feature_map)
            proxy = None
            if getattr(selector, "proxy", None) is not None:
                before = self.proxy if pool.X is state.X else None
                scorer = proxy = selector.make_proxy(committee, X_free, before)
                selector.set_params(proxy=None)
            chosen, scores, inclusion, lambda_t = selector.choose(
                selector.pool_uncertainty(scorer, X_free),
                features,
                n_queries,
                reference=reference,
                **money,
            )
            return free[chosen], scores, inclusion, lambda_t, committee, proxy
        if not pool.in_memory and not getattr(selector, "_reads_parts", False):
            raise ValueError(
                f"selector == {type(selector).__name__}() chooses from tables in memory only; for this pool "
                "use HybridQuerySelector or RandomQuerySelector."
            )
        committee = self._committee(state, model, lambda X: self.features(X, model))
        X_labeled, y_labeled, _ = state.labelled()
        chosen = np.asarray(
            selector.query(committee, X_free, n_queries, X_labeled=X_labeled, y_labeled=y_labeled, **money)
            if n_queries
            else [],
            dtype=np.intp,
        )
        scores = np.asarray(selector.score_samples(committee, X_free))
        return free[chosen], scores, None, fixed_weight(selector), committee, None

    def _seeded_selector(self, step: int) -> Any:
        selector = clone(self.selector)
        set_seed(selector, self.streams.seed("selector", step))
        return selector

    @staticmethod
    def _rows(pool: Pool, rows: IntArray) -> Any:
        whole = len(rows) == len(pool)
        if pool.in_memory:
            return pool.X if whole else take_rows(pool.X, rows)
        return keep_sample(pool.X if whole else SubsetRows(pool.X, rows))

    def _unlabelled(self, pool: Pool, free: IntArray, state: LabelState) -> IntArray:
        """Rows the density is taken over: all without a label, those whose label cannot be had too."""
        return state.unlabelled if pool.X is state.X else free

    def _committee(self, state: LabelState, model: Any, features: Any) -> Committee:
        alone = Committee([(model, None)], state.classes)
        if self.query_estimator is None or not hasattr(model, "classes_"):
            return alone
        X, y, _ = state.labelled()
        if len(np.unique(y)) < 2:
            return alone
        seed = self.streams.seed("query_estimator")
        if self.query_estimator != "auto":
            own = clone(self.query_estimator)
            set_seed(own, seed)
            return Committee([(own.fit(X, y), None)], state.classes)
        partner = make_partner(model, seed)
        if partner is None:
            return alone
        known = self.features(X, model)
        advantage = None
        if state.rarest_share_at_random() >= _COMMON / len(state.classes):
            advantage = partner_advantage(model, X, partner, known, y, seed)
        if not are_peers(advantage) and not asks_members(self.selector):
            return Committee([(model, None)], state.classes, advantage)
        return Committee([(model, None), (partner.fit(known, y), features)], state.classes, advantage)
