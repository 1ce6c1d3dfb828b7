"""The rows a greedy search has fetched."""

import numpy as np

from synda_sk.selection._similarity import Similarity
from synda_sk.typing import FloatArray, IntArray

_SAMPLE = 65_536  # scores that thresholds are read off


class Candidates:
    """Rows fetched block by block in descending order of score, and what is known of their gains.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        s(x) of all rows.
    similarity : Similarity
        Hands out their vectors.
    start : float
        The state of a row before the first pick.

    Attributes
    ----------
    rows : ndarray of int of shape (n_fetched,)
        Positions in the pool.
    scores, state, gain : ndarray of shape (n_fetched,)
        Score, state of the redundancy and gain; minus infinity as the score of a row chosen.
    seen : ndarray of int of shape (n_fetched,)
        Number of picks that state and gain count.
    parts : list of (slice, ndarray)
        Vectors of the rows, block by block.
    below : float
        Every row not fetched scores less; minus infinity when there is none.
    """

    def __init__(self, scores: FloatArray, similarity: Similarity, start: float) -> None:
        self._all_scores = scores
        self._similarity = similarity
        self._start = start
        self._sample = np.sort(scores[:: max(1, len(scores) // _SAMPLE)])
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
        fresh = self._all_scores >= threshold
        if self.below < np.inf:
            fresh &= self._all_scores < self.below
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
        """A score that about `n_rows` of the rows not fetched reach, read off a sample."""
        n_below = int(np.searchsorted(self._sample, self.below))
        place = n_below - max(1, round(n_rows * len(self._sample) / len(self._all_scores)))
        return float(self._sample[place]) if place > 0 else -np.inf

    def gather(self, at: IntArray) -> FloatArray:
        """Return the vectors of fetched rows, by ascending places among them."""
        cuts = np.searchsorted(at, [part.start for part, _ in self.parts] + [len(self)])
        return np.concatenate(
            [
                vectors[at[begin:end] - part.start]
                for (part, vectors), begin, end in zip(self.parts, cuts[:-1], cuts[1:], strict=True)
            ]
        )
