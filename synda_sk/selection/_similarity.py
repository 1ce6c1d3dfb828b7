"""sim(f(x), f(x')): similarities in [0, 1] and the density they give."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from scipy.spatial.distance import cdist, pdist

from synda_sk.typing import FeatureProvider, FloatArray, IntArray
from synda_sk.utils import evenly_spaced, feature_blocks

_EXACT_ROWS = 4096
_LANDMARKS = 256
_PROBES = 32  # rows on which an approximate density is compared with the exact one
_BLOCK = 512
_DECIMALS = 10  # of an approximate density: beyond them BLAS may tell a row's place in its block


class Density(NamedTuple):
    """d(x) of each row, and the largest error seen on a sample of rows (0 where d is exact)."""

    values: FloatArray
    error: float


class Similarity(ABC):
    """A similarity on one set of feature vectors.

    Parameters
    ----------
    features : FeatureProvider
        f(x) of the pool, asked for the rows that are needed.

    Raises
    ------
    ValueError
        If an array of features holds NaN or infinity; of other providers the
        rows asked for are checked, each time.
    """

    def __init__(self, features: FeatureProvider) -> None:
        self._features = features
        if isinstance(features, np.ndarray):
            if features.ndim != 2:
                raise ValueError(f"features have shape {features.shape}, expected (n_samples, n_components).")
            for block in feature_blocks(features):
                _check_finite(block)

    def __len__(self) -> int:
        return len(self._features)

    def take(self, rows: IntArray) -> FloatArray:
        """Return the vectors to compare of `rows`, ascending positions."""
        return self.normalize(_check_finite(self._features[rows]))

    def blocks(self, reference: FeatureProvider | None = None) -> Iterator[FloatArray]:
        """Yield the vectors to compare of all rows, of the pool or a reference, in order."""
        for block in feature_blocks(self._features if reference is None else reference):
            yield self.normalize(_check_finite(block))

    def normalize(self, features: FloatArray) -> FloatArray:
        """Return the vectors that stand for features, C-contiguous."""
        return np.ascontiguousarray(features, dtype=np.float64)

    @abstractmethod
    def density(self, reference: FeatureProvider | None = None) -> Density:
        r"""Return :math:`d(x) = \frac{1}{N} \sum_i sim(f(x), f(x_i))` (proposal, 2.2.1).

        The x_i are the rows of `reference`, by default the pool itself.
        """


class DistanceSimilarity(Similarity):
    """A similarity in [0, 1] that falls with the squared distance of two vectors.

    Distances are summed pair by pair in one order: equal rows get equal
    similarities wherever they stand and whatever stands beside them.
    """

    def squared(self, A: FloatArray, B: FloatArray) -> FloatArray:
        """Return squared distances, of shape (len(A), len(B))."""
        return cdist(A, B, "sqeuclidean")

    @abstractmethod
    def of(self, squared: FloatArray) -> FloatArray:
        """Return the similarities at squared distances."""


class CosineSimilarity(DistanceSimilarity):
    """(1 + cos) / 2 = 1 - |f - f'|^2 / 4 of unit vectors; a zero vector has cosine 0 with any.

    The density is exact and linear: its cosine is f(x) . mean(f).
    """

    def normalize(self, features: FloatArray) -> FloatArray:
        """Return the features at length 1."""
        norms = np.sqrt(np.einsum("ij,ij->i", features, features))
        norms[norms == 0.0] = 1.0
        return super().normalize(features / norms[:, None])

    def squared(self, A: FloatArray, B: FloatArray) -> FloatArray:
        """Return squared distances; 2, the distance of a right angle, from a zero vector."""
        squared = super().squared(A, B)
        suspects = np.flatnonzero(B[:, 0] == 0.0)
        squared[:, suspects[~B[suspects].any(axis=1)]] = 2.0
        squared[~A.any(axis=1)] = 2.0
        return squared

    def of(self, squared: FloatArray) -> FloatArray:
        """Return 1 - squared / 4, 0 beyond the opposite vector."""
        return np.maximum(1.0 - squared / 4.0, 0.0)

    def density(self, reference: FeatureProvider | None = None) -> Density:
        """Return the mean of (1 + cos) / 2 over the reference, exactly."""
        total, n_rows = 0.0, 0
        for block in self.blocks(reference):
            block[0] += total  # row by row from the first to the last, whatever the blocks
            total, n_rows = block.sum(axis=0), n_rows + len(block)
        mean = total / n_rows
        values = [(1.0 + np.einsum("ij,j->i", block, mean)) / 2.0 for block in self.blocks()]
        return Density(np.concatenate(values), 0.0)


class RbfSimilarity(DistanceSimilarity):
    """exp(-gamma |f - f'|^2), gamma = 1 / median squared distance.

    The density is exact up to 4,096 rows; above, by the Nystroem method on 256
    landmarks (Williams & Seeger, NIPS 2000).
    """

    @cached_property
    def gamma(self) -> float:
        """The inverse median squared distance over at most 1,000 evenly spaced rows."""
        return _inverse_median_distance(self.take(evenly_spaced(len(self), 1000)))

    def of(self, squared: FloatArray) -> FloatArray:
        """Return exp(-gamma squared)."""
        return np.exp(-self.gamma * squared)

    def density(self, reference: FeatureProvider | None = None) -> Density:
        """Return the mean similarity to the reference."""
        others = self._features if reference is None else reference
        if len(others) > _EXACT_ROWS:
            return self._approximate_density(others)
        rows = np.concatenate(list(self.blocks(others)))
        values = [
            self.of(self.squared(rows, part)).mean(axis=0)
            for block in self.blocks()
            for part in _parts(block)
        ]
        return Density(np.concatenate(values), 0.0)

    def _approximate_density(self, others: FeatureProvider) -> Density:
        """d(x) = k(x, Z) w with K(Z, Z) w = d(Z), which is exact on the landmarks Z."""
        drawn = np.random.default_rng(0).choice(len(others), _LANDMARKS + _PROBES, replace=False)
        ascending = np.sort(drawn)
        points = self.normalize(_check_finite(others[ascending]))[np.searchsorted(ascending, drawn)]
        exact = sum(
            self._kernel(points, part).sum(axis=1) for block in self.blocks(others) for part in _parts(block)
        ) / len(others)
        landmarks = points[:_LANDMARKS]
        weights = np.linalg.lstsq(self._kernel(landmarks, landmarks), exact[:_LANDMARKS], rcond=1e-10)[0]

        def evaluate(vectors: FloatArray) -> FloatArray:
            return np.clip(np.round(weights @ self._kernel(landmarks, vectors), _DECIMALS), 0.0, 1.0)

        values = [evaluate(part) for block in self.blocks() for part in _parts(block)]
        error = np.abs(evaluate(points[_LANDMARKS:]) - exact[_LANDMARKS:]).max()
        return Density(np.concatenate(values), float(error))

    def _kernel(self, A: FloatArray, B: FloatArray) -> FloatArray:
        """Return similarities by way of inner products, fast but not equal for equal rows to the last bit."""
        squared = A @ B.T
        squared *= -2.0
        squared += np.einsum("ij,ij->i", A, A)[:, None]
        squared += np.einsum("ij,ij->i", B, B)
        np.maximum(squared, 0.0, out=squared)
        squared *= -self.gamma
        return np.exp(squared, out=squared)


class CallableSimilarity(Similarity):
    """Any function (A, B) -> ndarray of shape (len(A), len(B)); for small pools, all of which it sees."""

    def __init__(
        self, features: FeatureProvider, function: Callable[[FloatArray, FloatArray], FloatArray]
    ) -> None:
        super().__init__(features)
        self._function = function

    @cached_property
    def vectors(self) -> FloatArray:
        """All rows."""
        return np.concatenate(list(self.blocks())) if len(self) else np.empty((0, 0))

    def to(self, row: int) -> FloatArray:
        """Return the function's values of all rows against one of them."""
        return self._values(self.vectors, self.vectors[row : row + 1])[:, 0]

    def density(self, reference: FeatureProvider | None = None) -> Density:
        """Return the mean of the function's values over the reference, block by block."""
        others = self.vectors if reference is None else np.concatenate(list(self.blocks(reference)))
        values = [self._values(part, others).mean(axis=1) for part in _parts(self.vectors)]
        return Density(np.concatenate(values), 0.0)

    def _values(self, A: FloatArray, B: FloatArray) -> FloatArray:
        values = np.asarray(self._function(A, B), dtype=np.float64)
        if values.shape != (len(A), len(B)) or not np.isfinite(values).all():
            raise ValueError(
                f"The similarity given as density= returned shape {values.shape} for {len(A)} and {len(B)} "
                "rows, or NaN or infinity: it must return a finite array of shape (len(A), len(B))."
            )
        return values


PoolSimilarity: TypeAlias = DistanceSimilarity | CallableSimilarity


def make_similarity(density: str | Callable[..., Any], features: FeatureProvider) -> PoolSimilarity:
    """Build the similarity named "rbf" or "cosine", or given as a function."""
    if callable(density):
        return CallableSimilarity(features, density)
    return {"rbf": RbfSimilarity, "cosine": CosineSimilarity}[density](features)


def _parts(rows: FloatArray) -> Iterator[FloatArray]:
    """Yield a few rows at a time."""
    return (rows[start : start + _BLOCK] for start in range(0, len(rows), _BLOCK))


def _check_finite(features: FloatArray) -> FloatArray:
    if not np.isfinite(features).all():
        row, column = np.argwhere(~np.isfinite(features))[0].tolist()
        raise ValueError(
            f"The features f(x) hold {features[row, column]} in component {column}: f(x) must be finite; "
            "features='auto' fills missing values in."
        )
    return features


def _inverse_median_distance(sample: FloatArray) -> float:
    pairs = pdist(sample, "sqeuclidean") if len(sample) > 1 else np.zeros(1)
    median = float(np.median(pairs))
    if median <= 1e-12:
        median = float(pairs.mean())
    if median == np.inf:
        raise ValueError(
            "The squared distances of the features overflow: scale them, or use features='auto'."
        )
    return 1.0 / median if median > 1e-12 else 1.0
