"""Greedy selection that looks only at the rows that may be next."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from synda_sk.selection._candidates import Candidates
from synda_sk.selection._costs import Spending
from synda_sk.selection._redundancy import make_redundancy
from synda_sk.selection._similarity import DistanceSimilarity
from synda_sk.typing import FloatArray, IntArray

_FIRST_ROWS = 8192  # fetched at first
_GROWTH = 3  # size of each further block over all before, at most
_AHEAD = 8  # picks that a further block is to last for, at least
_PAIRS = 2**18  # compared at once
_ROWS = 2**13  # compared at once with one row
_PLAN_ROWS = 4096  # whose bounds a level is chosen by
_PROBES, _MOST_PROBES = 64, 4096  # rows that tell how low a level must be
_FIXED_WORK = 200_000  # of setting a level, in pairs of rows
_SLACK = 1e-9  # of the penalty: far above the rounding of any bound


@dataclass
class _Active:
    """Rows whose gains are kept up to date; `at` their places among the candidates."""

    at: IntArray | slice
    rows: IntArray
    scores: FloatArray
    state: FloatArray
    gain: FloatArray
    worth: FloatArray
    parts: list[tuple[slice, FloatArray]]

    def best(self) -> tuple[float, int]:
        """Return the best worth and its place, that of the lowest row where several tie."""
        if not len(self.rows):
            return -np.inf, 0
        worth = self.worth.max()
        tied = np.flatnonzero(self.worth == worth)
        return float(worth), int(tied[np.argmin(self.rows[tied])])

    def vector(self, place: int) -> FloatArray:
        """Return the vector at a place."""
        return next(vectors[place - part.start] for part, vectors in self.parts if place < part.stop)


class LazyGreedy:
    """The exact greedy batch for similarities in [0, 1].

    Gains only fall while the batch grows. So a gain computed before bounds the
    present one, and its score bounds the gain of a row never looked at (Minoux,
    1978). Rows are fetched in a few blocks of descending score, each as large as
    the next picks are likely to need and at most three times all before. Those
    fetched whose bound reaches a level are brought up to date and become active:
    only their gains are computed at every pick. Their best is the best of all
    rows as long as it reaches the level; when it does not, a new level is set.

    A low level costs more rows to keep up to date, a high one lasts for fewer
    picks: the level is the one of least work a pick, judged by the bounds of a
    sample of rows and by how fast the best gain has been falling. Where that
    makes most candidates active, nothing is gathered and every gain is computed
    in place at every pick, which is the plain greedy algorithm.

    Where rows have costs, what counts is what a gain is worth at its cost, which
    falls with it: all of the above is said of worths then, and rows that no
    longer fit the money are left out, for good (Leskovec et al., 2007).

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        s(x), finite.
    similarity : DistanceSimilarity
        On the same rows.
    redundancy : {"max", "sum"}
        Form of the penalty.
    step : float
        What a cost is multiplied by before it is subtracted from a score.
    n_queries : int
        Rows wanted, from 1 to n_samples.
    spending : Spending
        Costs and money.
    """

    def __init__(
        self,
        scores: FloatArray,
        similarity: DistanceSimilarity,
        redundancy: Literal["max", "sum"],
        step: float,
        n_queries: int,
        spending: Spending,
    ) -> None:
        self._redundancy = make_redundancy(redundancy, similarity, n_queries)
        self._candidates = Candidates(scores, spending, similarity, self._redundancy.start)
        self._spending = spending
        self._step = step
        self._slack = _SLACK * step * n_queries
        self._n_queries = n_queries

    def run(self) -> IntArray:
        """Return the rows chosen, in order; fewer than wanted where no other fits the money."""
        redundancy, candidates = self._redundancy, self._candidates
        chosen = np.empty(self._n_queries, dtype=np.intp)
        candidates.fetch(max(_FIRST_ROWS, 8 * self._n_queries))
        fall = self._step / self._spending.unit
        while redundancy.n_chosen < self._n_queries:
            candidates.drop_too_dear()
            bounds = self._bounds()
            known = self._probe(bounds)
            level, n_picks = self._plan(bounds, known, fall)
            level = max(level, candidates.below - self._fall_of_all(0))
            active = self._activate(bounds, level)
            first, last = redundancy.n_chosen, min(redundancy.n_chosen + n_picks, self._n_queries)
            start, place = active.best()
            worth = start
            while redundancy.n_chosen < last and level - self._fall_of_all(first) <= worth > -np.inf:
                chosen[redundancy.n_chosen] = active.rows[place]
                self._pick(active, place)
                worth, place = active.best()
            self._store(active)
            if redundancy.n_chosen > first:
                fall = (start - worth) / (redundancy.n_chosen - first) if worth > -np.inf else fall
            elif candidates.below > -np.inf:
                self._fetch(known, fall)
            else:
                break
        return chosen[: redundancy.n_chosen]

    def _fetch(self, known: float, fall: float) -> None:
        """Fetch the rows that may be among the next picks, if these fall as the last ones did.

        At least those that may beat the worth `known`, so that a pick can be made.
        """
        c, n_chosen = self._candidates, self._redundancy.n_chosen
        n_ahead = min(max(_AHEAD, n_chosen), self._n_queries - n_chosen)
        c.fetch(
            _GROWTH * len(c),
            reach=known + self._fall_of_all(0) if known > -np.inf else np.inf,
            enough=known - fall * n_ahead,
        )

    def _probe(self, bounds: FloatArray) -> float:
        """Bring the rows of the highest bounds up to date; return the best worth of all that are.

        More of them as long as that worth lies below all their bounds.
        """
        c, n_probes = self._candidates, _PROBES
        while True:
            n_probes = min(n_probes, len(bounds))
            places = np.argpartition(bounds, -n_probes)[-n_probes:]
            lowest = bounds[places].min()
            self._refresh(places)
            bounds[places] = self._spending.worth(c.gain[places], c.rows[places])
            known = float(bounds[c.seen == self._redundancy.n_chosen].max())
            if known >= lowest or n_probes >= min(_MOST_PROBES, len(bounds)):
                return known
            n_probes *= 8

    def _plan(self, bounds: FloatArray, known: float, fall: float) -> tuple[float, int]:
        """Choose a level that a row of the worth `known` reaches, and for how many picks at most."""
        if known == -np.inf:
            return known, 1
        stride = max(1, len(bounds) // _PLAN_ROWS)
        order = np.argsort(-bounds[::stride])
        levels = bounds[::stride][order]
        n_active = stride * np.arange(1.0, len(levels) + 1)
        unseen = self._redundancy.n_chosen - self._candidates.seen[::stride][order]
        work = _FIXED_WORK + len(bounds) / 4 + stride * np.cumsum(unseen) + 3 * n_active
        n_left = self._n_queries - self._redundancy.n_chosen
        n_picks = np.minimum(1.0 + np.maximum(known - levels, 0.0) / max(fall, 1e-12), n_left)
        k = int(np.argmin(np.where(levels <= known, work / n_picks + n_active, np.inf)))
        if levels[k] > known:
            return known, 1
        return float(levels[k]), min(2 * int(n_picks[k]), max(8, self._redundancy.n_chosen))

    def _activate(self, bounds: FloatArray, level: float) -> _Active:
        """Bring the rows whose bound reaches the level up to date; return those that do reach it."""
        c, spending = self._candidates, self._spending
        at = np.flatnonzero(bounds >= level)
        if 2 * len(at) > len(c):
            self._refresh(np.arange(len(c)))
            worth = spending.worth(c.gain, c.rows)
            return _Active(slice(None), c.rows, c.scores, c.state, c.gain, worth, c.parts)
        self._refresh(at)
        worth = spending.worth(c.gain[at], c.rows[at])
        at, worth = at[worth >= level], worth[worth >= level]
        parts = [(slice(0, len(at)), c.gather(at))]
        return _Active(at, c.rows[at], c.scores[at], c.state[at], c.gain[at], worth, parts)

    def _bounds(self) -> FloatArray:
        """The most that the gain of each candidate can be worth."""
        c = self._candidates
        fall = self._step * self._redundancy.growth(c.state, c.seen) - self._slack
        return self._spending.worth(c.gain - np.maximum(fall, 0.0), c.rows)

    def _fall_of_all(self, seen: int) -> float:
        """What the worth of every row has fallen by at least since `seen` rows were chosen."""
        if self._spending.by_worth:
            return 0.0
        return max(self._step * self._redundancy.growth_of_all(seen) - self._slack, 0.0)

    def _refresh(self, at: IntArray) -> None:
        """Bring candidates up to date, those together that have seen about as many picks."""
        c, n_chosen = self._candidates, self._redundancy.n_chosen
        at = at[c.seen[at] < n_chosen]
        at = at[np.argsort(c.seen[at], kind="stable")]
        rows_at_once = max(1, _PAIRS // max(1, n_chosen))
        for start in range(0, len(at), rows_at_once):
            places = np.sort(at[start : start + rows_at_once])
            c.state[places] = self._redundancy.refresh(c.gather(places), c.state[places], c.seen[places])
        c.seen[at] = n_chosen
        c.gain[at] = c.scores[at] - self._step * self._redundancy.cost(c.state[at])

    def _pick(self, active: _Active, place: int) -> None:
        """Choose the row at a place and bring all active rows up to date."""
        redundancy, spending = self._redundancy, self._spending
        seen = np.array([redundancy.n_chosen])
        redundancy.add(active.vector(place))
        spending.buy(int(active.rows[place]), float(active.gain[place]))
        active.scores[place] = -np.inf
        active.scores[spending.too_dear(active.rows)] = -np.inf
        for part, vectors in active.parts:
            for start in range(0, len(vectors), _ROWS):
                piece = vectors[start : start + _ROWS]
                here = slice(part.start + start, part.start + start + len(piece))
                state = redundancy.refresh(piece, active.state[here], seen)
                active.state[here] = state
                active.gain[here] = active.scores[here] - self._step * redundancy.cost(state)
        active.worth = spending.worth(active.gain, active.rows)

    def _store(self, active: _Active) -> None:
        """Write what is known of the active rows back to the candidates."""
        c, at = self._candidates, active.at
        c.scores[at], c.state[at], c.gain[at] = active.scores, active.state, active.gain
        c.seen[at] = self._redundancy.n_chosen
