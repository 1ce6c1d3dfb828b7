"""What a row costs because rows like it were chosen: the largest or the summed similarity."""

from abc import ABC, abstractmethod
from typing import Literal

import numpy as np

from synda_sk.selection._similarity import CosineSimilarity, DistanceSimilarity
from synda_sk.typing import FloatArray, IntArray


class Redundancy(ABC):
    """The cost of rows against a batch that grows, each row brought up to date when asked for.

    A row's state is a number that the subclass turns into its cost. It is
    computed from that row alone, in the order of the picks: which rows are
    refreshed together, and how often, makes no difference to the last bit.

    Parameters
    ----------
    similarity : DistanceSimilarity
        Of the rows.
    n_queries : int
        Most rows that will be chosen.
    """

    start: float  # the state of every row before the first pick

    def __init__(self, similarity: DistanceSimilarity, n_queries: int) -> None:
        self._similarity = similarity
        self._n_queries = n_queries
        self.n_chosen = 0

    def add(self, vector: FloatArray) -> None:
        """Choose a row."""
        if self.n_chosen == 0:
            self._allocate(len(vector))
        self._chosen[self.n_chosen] = vector
        self.n_chosen += 1

    def _allocate(self, n_components: int) -> None:
        self._chosen = np.empty((self._n_queries, n_components))

    @abstractmethod
    def refresh(self, vectors: FloatArray, state: FloatArray, seen: IntArray) -> FloatArray:
        """Return the present state of rows whose `state` counts the first `seen` picks only."""

    @abstractmethod
    def cost(self, state: FloatArray) -> FloatArray:
        """Return the costs that belong to states."""

    def growth(self, state: FloatArray, seen: IntArray) -> FloatArray | float:
        """Return what the costs have grown by at least since states were computed, after `seen` picks."""
        return 0.0

    def growth_of_all(self, seen: int) -> float:
        """Return what the cost of any row at all has grown by at least since `seen` rows were chosen."""
        return 0.0


class MaxRedundancy(Redundancy):
    """The largest similarity to a chosen row. The state is the smallest squared distance."""

    start = np.inf

    def refresh(self, vectors: FloatArray, state: FloatArray, seen: IntArray) -> FloatArray:
        """Compare the rows with the picks they have not seen, some of them with more."""
        squared = self._similarity.squared(self._chosen[seen.min() : self.n_chosen], vectors)
        return np.minimum(state, squared.min(axis=0))

    def cost(self, state: FloatArray) -> FloatArray:
        """Return the similarity at that distance."""
        return self._similarity.of(state)


class SumRedundancy(Redundancy):
    r"""The sum of the similarities to the chosen rows, which is the state itself.

    Both similarities are inner products of unit vectors phi in some space. Let V
    be the sum of phi over the first r picks, W that over the later ones, and a
    the cosine between phi(x) and V, which the state gives: a = state / |V|.
    With b the part of W along V and c the length of the rest,

    .. math:: \sum_{later} sim(x, x_j) = \phi(x) \cdot W \geq a b - c \sqrt{1 - a^2}.
    """

    start = 0.0

    def add(self, vector: FloatArray) -> None:
        """Choose a row."""
        super().add(vector)
        k = self.n_chosen
        nearness = self._similarity.of(self._similarity.squared(vector[None], self._chosen[:k]))[0]
        sums = np.cumsum(nearness)
        self._inner[1:k] += sums[:-1]
        self._inner[k] = self._squared[k] = self._squared[k - 1] + 2 * sums[-1] - nearness[-1]

    def _allocate(self, n_components: int) -> None:
        super()._allocate(n_components)
        self._inner = np.zeros(self._n_queries + 1)  # of the sum over the first r picks and that over all
        self._squared = np.zeros(self._n_queries + 1)  # length of the sum over the first r picks

    def refresh(self, vectors: FloatArray, state: FloatArray, seen: IntArray) -> FloatArray:
        """Add the similarities to the picks the rows have not seen, pick by pick."""
        first = int(seen.min())
        terms = np.empty((self.n_chosen - first + 1, len(state)))
        terms[0] = state
        terms[1:] = self._similarity.of(
            self._similarity.squared(self._chosen[first : self.n_chosen], vectors)
        )
        if first < seen.max():
            terms[1:][np.arange(first, self.n_chosen)[:, None] < seen] = 0.0
        return terms[0] + terms[1] if len(terms) == 2 else np.cumsum(terms, axis=0)[-1]

    def cost(self, state: FloatArray) -> FloatArray:
        """Return the sum."""
        return state

    def growth(self, state: FloatArray, seen: IntArray) -> FloatArray | float:
        """Return the bound of the class's description; 0 for rows that have seen no pick."""
        if self.n_chosen == 0:
            return 0.0
        k, rounding = self.n_chosen, 1e-12
        inner, squared = self._inner[: k + 1], self._squared[: k + 1]
        length = np.sqrt(squared)
        length[0] = np.inf
        along = (inner - squared) / length
        across = np.sqrt(np.maximum(squared[k] - 2 * inner + squared - along**2, 0.0) + rounding * squared[k])
        cosine = np.minimum(state / length[seen], 1.0)
        bound = cosine * along[seen] - across[seen] * np.sqrt(1.0 - cosine**2 + rounding)
        return np.maximum(bound, 0.0)


class CosineSumRedundancy(Redundancy):
    r"""The sum of (1 + cos) / 2 over the k chosen rows, whatever k, from their sum v.

    .. math:: \sum_{j \in S} \frac{1 + f(x) \cdot f_j}{2} = \frac{k + f(x) \cdot v}{2}

    By Cauchy and Schwarz it grows by at least (m - |v' - v|) / 2 over m more picks.
    """

    start = 0.0

    def add(self, vector: FloatArray) -> None:
        """Choose a row."""
        super().add(vector)
        self._sums[self.n_chosen] = self._sums[self.n_chosen - 1] + vector

    def _allocate(self, n_components: int) -> None:
        super()._allocate(n_components)
        self._sums = np.zeros((self._n_queries + 1, n_components))

    def refresh(self, vectors: FloatArray, state: FloatArray, seen: IntArray) -> FloatArray:
        """Compute the sum afresh."""
        return (self.n_chosen + np.einsum("ij,j->i", vectors, self._sums[self.n_chosen])) / 2.0

    def cost(self, state: FloatArray) -> FloatArray:
        """Return the sum."""
        return state

    def growth(self, state: FloatArray, seen: IntArray) -> FloatArray | float:
        """Return the bound of the class's description."""
        return self._growth_since(np.arange(self.n_chosen + 1))[seen] if self.n_chosen else 0.0

    def growth_of_all(self, seen: int) -> float:
        """Return the bound of the class's description."""
        return float(self._growth_since(np.array([seen]))[0]) if seen < self.n_chosen else 0.0

    def _growth_since(self, seen: IntArray) -> FloatArray:
        drift = self._sums[self.n_chosen] - self._sums[seen]
        return np.maximum(self.n_chosen - seen - np.linalg.norm(drift, axis=1), 0.0) / 2.0


def make_redundancy(
    kind: Literal["max", "sum"], similarity: DistanceSimilarity, n_queries: int
) -> Redundancy:
    """Build the cost named `kind`."""
    if kind == "max":
        return MaxRedundancy(similarity, n_queries)
    if isinstance(similarity, CosineSimilarity):
        return CosineSumRedundancy(similarity, n_queries)
    return SumRedundancy(similarity, n_queries)
