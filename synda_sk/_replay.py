"""Replaying a labelled table: hide the labels, reveal them round by round, keep account."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from synda_sk._acquisition import Acquisition
from synda_sk._state import LabelState, Pool
from synda_sk.selection._start import RANDOM, combine_picks, start_block, start_blocks
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
    """

    state: LabelState
    truth: IntArray
    pool: Pool
    acquisition: Acquisition

    def reveal(self, rows: IntArray, step: int, arms: Any = None) -> None:
        """Move the labels of `rows` from the hidden truth to the state."""
        self.state.reveal(rows, self.truth[rows], step, arms)

    @property
    def askable(self) -> IntArray:
        """Rows whose label is hidden but can be had."""
        return np.flatnonzero((self.truth >= 0) & self.state.is_free)

    def start(self, initial: Any, n_initial: int) -> None:
        """Reveal the first labels.

        Parameters
        ----------
        initial : "auto", "random", "diverse", "anomaly" or ndarray of int
            How they are chosen, or which they are.
        n_initial : int
            How many.
        """
        if not isinstance(initial, str):
            self.reveal(initial, 0)
            return
        rng = self.acquisition.streams.generator("initial")
        if initial == "auto":
            for size in start_blocks(n_initial):
                block = start_block(
                    size,
                    self.state.codes,
                    self.state.arms,
                    len(self.state.classes),
                    self.pool.features(),
                    self.askable,
                    self.pool.anomalies if len(self.state.classes) <= 2 else np.empty(0, np.intp),
                    rng,
                )
                self.reveal(block[0], 0, block[1])
        else:
            n_medoids = n_initial if initial == "diverse" else 0
            n_anomalies = n_initial if initial == "anomaly" else 0
            features = self.pool.features() if n_medoids else np.empty((len(self.pool), 0))
            order = self.pool.anomalies if n_anomalies else np.empty(0, np.intp)
            rows, arms = combine_picks(n_initial, n_anomalies, n_medoids, features, self.askable, order, rng)
            self.reveal(rows, 0, arms)

    def run(
        self,
        *,
        initial: Any,
        n_initial: int,
        budget: int,
        n_rounds: int,
        cap: Callable[[int], int] | None,
        train: Callable[..., Any],
        enough: Callable[[], bool],
    ) -> None:
        """Play until the budget is spent, or enough is known and two classes at least.

        Parameters
        ----------
        initial, n_initial
            See :meth:`start`.
        budget : int
            Labels in all, at most those that can be had.
        n_rounds : int
            Rounds after the first labels; each asks for an equal part.
        cap : callable or None
            B_t: the most labels of round t.
        train : callable (step, rows, n_exploring, account) -> classifier
            Fits to the state and records the stage.
        enough : callable
            The stopping rules' verdict on the last stage.
        """
        self.start(initial, n_initial)
        first = np.flatnonzero(self.state.rounds == 0)
        model = train(0, first, int((self.state.arms[first] != RANDOM).sum()))
        per_round = int(np.ceil((budget - self.state.n_labels) / n_rounds))
        step = 0
        while self.state.n_labels < budget and not (self.state.n_classes_seen > 1 and enough()):
            step += 1
            n_queries = min(per_round, budget - self.state.n_labels)
            if cap is not None:
                n_queries = min(n_queries, cap(step - 1))
            choice = self.acquisition.choose(self.pool, self.askable, n_queries, self.state, model, step)
            if self.acquisition.keeps_proxy:
                self.acquisition.proxy = choice.proxy
            self.reveal(choice.rows, step, choice.arms)
            model = train(step, choice.rows, choice.n_hedge, choice.account())
