"""The rows a greedy search has fetched."""

import numpy as np

from synda_sk.selection._costs import Spending
from synda_sk.selection._similarity import Similarity
from synda_sk.typing import FloatArray, IntArray

_SAMPLE = 65_536  # scores that thresholds are read off


class Candidates:
    """Rows fetched in blocks by descending worth of their score, and what is known of their gains.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        s(x) of all rows.
    spending : Spending
        What a score counts, by which rows are ordered, and which rows are too dear.
    similarity : Similarity
        Hands out their vectors.
    start : float
        The state of a row before the first pick.

    Attributes
    ----------
    rows : ndarray of int of shape (n_fetched,)
        Positions in the pool.
    scores, state, gain : ndarray of shape (n_fetched,)
        Score, state of the redundancy and gain; minus infinity as the score of a
        row chosen or too dear.
    seen : ndarray of int of shape (n_fetched,)
        Number of picks that state and gain count.
    parts : list of (slice, ndarray)
        Vectors of the rows, block by block.
    below : float
        The score of every row not fetched is worth less, unless it is too dear;
        minus infinity when there is none.
    """

    def __init__(self, scores: FloatArray, spending: Spending, similarity: Similarity, start: float) -> None:
        self._all_scores = scores
        self._spending = spending
        self._worth = np.array(spending.worth(scores))
        self._worth[spending.too_dear()] = -np.inf
        self._similarity = similarity
        self._start = start
        self._sample = np.sort(self._worth[:: max(1, len(scores) // _SAMPLE)])
        self.below = np.inf
        self.rows = np.empty(0, dtype=np.intp)
        self.seen = np.empty(0, dtype=np.intp)
        self.scores = np.empty(0)
        self.state = np.empty(0)
        self.gain = np.empty(0)
        self.parts: list[tuple[slice, FloatArray]] = []

    def __len__(self) -> int:
        return len(self.rows)

    def fetch(self, n_rows: int, *, reach: float = np.inf, enough: float = -np.inf) -> None:
        """Fetch about `n_rows` more rows, the best of the rest, ties together.

        Down to the score `reach` in any case, and no further than `enough`.
        """
        threshold = min(reach, max(self._threshold(n_rows), enough))
        fresh = self._worth >= threshold
        if self.below < np.inf:
            fresh &= self._worth < self.below
        fresh[self._spending.too_dear()] = False
        self.below = threshold
        rows = np.flatnonzero(fresh)
        if not len(rows):
            return
        scores = self._all_scores[rows]
        self.parts.append((slice(len(self), len(self) + len(rows)), self._similarity.take(rows)))
        self.rows = np.concatenate([self.rows, rows])
        self.seen = np.concatenate([self.seen, np.zeros_like(rows)])
        self.scores = np.concatenate([self.scores, scores])
        self.state = np.concatenate([self.state, np.full(len(rows), self._start)])
        self.gain = np.concatenate([self.gain, scores])

    def _threshold(self, n_rows: int) -> float:
        """A worth that about `n_rows` of the rows not fetched reach, read off a sample."""
        n_below = int(np.searchsorted(self._sample, self.below))
        place = n_below - max(1, round(n_rows * len(self._sample) / len(self._worth)))
        return float(self._sample[place]) if place > 0 else -np.inf

    def drop_too_dear(self) -> None:
        """Never choose the fetched rows that no longer fit."""
        dear = self._spending.too_dear(self.rows)
        self.scores[dear] = self.gain[dear] = -np.inf

    def gather(self, at: IntArray) -> FloatArray:
        """Return the vectors of fetched rows, by ascending places among them."""
        cuts = np.searchsorted(at, [part.start for part, _ in self.parts] + [len(self)])
        return np.concatenate(
            [
                vectors[at[begin:end] - part.start]
                for (part, vectors), begin, end in zip(self.parts, cuts[:-1], cuts[1:], strict=True)
            ]
        )
