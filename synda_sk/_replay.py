"""Replaying a labelled table: hide the labels, reveal them round by round, keep account."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from synda_sk._acquisition import Acquisition
from synda_sk._state import LabelState, Pool
from synda_sk.selection._costs import Purse
from synda_sk.selection._start import RANDOM, picks_within, start_block, start_blocks
from synda_sk.typing import IntArray


@dataclass
class Replay:
    """A labelled table played as if its labels had to be asked for.

    Parameters
    ----------
    state : LabelState
        Without a label yet; filled round by round.
    truth : ndarray of int of shape (n_samples,)
        Codes of the labels that can be had, -1 elsewhere. Read only where a row
        is revealed.
    pool : Pool
        The stored rows.
    acquisition : Acquisition
        Chooses rows.
    money : float, default=inf
        What all labels may cost, where the state knows costs.
    """

    state: LabelState
    truth: IntArray
    pool: Pool
    acquisition: Acquisition
    money: float = np.inf

    def reveal(self, rows: IntArray, step: int, arms: Any = None) -> None:
        """Move the labels of `rows` from the hidden truth to the state."""
        self.state.reveal(rows, self.truth[rows], step, arms)

    @property
    def askable(self) -> IntArray:
        """Rows whose label is hidden but can be had."""
        return np.flatnonzero((self.truth >= 0) & self.state.is_free)

    def cheapest(self) -> float:
        """Return what the cheapest label costs that can be had; 0 where labels cost nothing."""
        costs = np.zeros(len(self.truth)) if self.state.costs is None else self.state.costs
        return float(costs[self.askable].min(initial=np.inf))

    def start(self, initial: Any, n_initial: int, money: float = np.inf) -> None:
        """Reveal the first labels.

        Parameters
        ----------
        initial : "auto", "random", "diverse", "anomaly" or ndarray of int
            How they are chosen, or which they are.
        n_initial : int
            How many, at most. Where money is limited, not more than it buys on average.
        money : float, default=inf
            What they may cost; a row that does not fit is left out.
        """
        if not isinstance(initial, str):
            self.reveal(initial, 0)
            return
        rng = self.acquisition.streams.generator("initial")
        if self.state.costs is not None and money < np.inf:
            n_initial = min(n_initial, max(1, round(money / self.state.costs[self.askable].mean())))
        if initial == "auto":
            for size in start_blocks(n_initial):
                purse = self.state.purse(money)
                free = self.askable if purse is None else purse.affordable(self.askable)
                rows, arms = start_block(
                    size,
                    self.state.codes,
                    self.state.arms,
                    len(self.state.classes),
                    self.pool.features(),
                    free,
                    self.pool.anomalies if len(self.state.classes) <= 2 else np.empty(0, np.intp),
                    rng,
                )
                kept = np.arange(len(rows)) if purse is None else purse.keep(rows)
                self.reveal(rows[kept], 0, arms[kept])
        else:
            n_medoids = n_initial if initial == "diverse" else 0
            n_anomalies = n_initial if initial == "anomaly" else 0
            features = self.pool.features() if n_medoids else np.empty((len(self.pool), 0))
            order = self.pool.anomalies if n_anomalies else np.empty(0, np.intp)
            rows, arms = picks_within(
                self.state.purse(money), n_initial, n_anomalies, n_medoids, features, self.askable, order, rng
            )
            self.reveal(rows, 0, arms)

    def run(
        self,
        *,
        initial: Any,
        n_initial: int,
        initial_money: float,
        budget: int,
        n_rounds: int,
        cap: Callable[[int], int] | None,
        train: Callable[..., Any],
        enough: Callable[[], bool],
    ) -> None:
        """Play until a budget is spent, or enough is known and two classes at least.

        Where money is limited each round may spend an equal part of what the
        first labels leave, and what earlier rounds did not spend of theirs; at
        least one row is asked for as long as one fits the rest.

        Parameters
        ----------
        initial, n_initial
            See :meth:`start`.
        initial_money : float
            What the first labels may cost, if a row fits that.
        budget : int
            Labels in all, at most those that can be had.
        n_rounds : int
            Rounds after the first labels; each asks for an equal part.
        cap : callable or None
            B_t: the most labels of round t.
        train : callable (step, rows, n_exploring, account) -> classifier
            Fits to the state, records the stage and returns the model to ask.
        enough : callable
            The stopping rules' verdict on the last stage.
        """
        self.start(initial, n_initial, max(initial_money, self.cheapest()))
        first = np.flatnonzero(self.state.rounds == 0)
        model = train(0, first, int((self.state.arms[first] != RANDOM).sum()))
        per_round = int(np.ceil((budget - self.state.n_labels) / n_rounds))
        first_money = self.state.cost or 0.0
        step = 0
        while self.state.n_labels < budget and not (self.state.n_classes_seen > 1 and enough()):
            left = self.state.purse(self.money)
            if left is not None and self.cheapest() > left.money:
                break
            step += 1
            n_queries = min(per_round, budget - self.state.n_labels)
            if cap is not None:
                n_queries = min(n_queries, cap(step - 1))
            purse = None
            if left is not None:
                part = first_money + (self.money - first_money) * min(step / n_rounds, 1.0)
                money = max(self.state.left_of(part), self.cheapest())
                purse = Purse(left.costs, min(money, left.money))
            for size in (n_queries, 1):  # one row has all the money, and one fits
                choice = self.acquisition.choose(
                    self.pool, self.askable, size, self.state, model, step, purse
                )
                if len(choice.rows):
                    break
            if self.acquisition.keeps_proxy:
                self.acquisition.proxy = choice.proxy
            self.reveal(choice.rows, step, choice.arms)
            model = train(step, choice.rows, choice.n_hedge, choice.account())
