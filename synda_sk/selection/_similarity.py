"""sim(f(x), f(x')): similarities in [0, 1] and the density they give."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from scipy.spatial.distance import cdist, pdist

from synda_sk.typing import FeatureProvider, FloatArray, IntArray
from synda_sk.utils import evenly_spaced, make_parts, sample_rows, scan_features

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
            for start, stop, _ in make_parts(len(features)):
                _check_finite(features[start:stop])

    def __len__(self) -> int:
        return len(self._features)

    def take(self, rows: IntArray) -> FloatArray:
        """Return the vectors to compare of `rows`, ascending positions."""
        return self.normalize(_check_finite(self._features[rows]))

    def scan(
        self, function: Callable[..., Any], *args: Any, reference: FeatureProvider | None = None
    ) -> Iterator[Any]:
        """Yield ``function(vectors, *args)`` of each part of the pool, or of a reference, in order."""
        features = self._features if reference is None else reference
        return scan_features(features, _OnVectors(self.normalize, function, args))

    @staticmethod
    def normalize(features: FloatArray) -> FloatArray:
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

    @staticmethod
    def normalize(features: FloatArray) -> FloatArray:
        """Return the features at length 1."""
        norms = np.sqrt(np.einsum("ij,ij->i", features, features))
        norms[norms == 0.0] = 1.0
        return Similarity.normalize(features / norms[:, None])

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
        others = self._features if reference is None else reference
        mean = sum(self.scan(_sum, reference=others)) / len(others)
        return Density(np.concatenate(list(self.scan(_mean_cosine, mean))), 0.0)


class RbfSimilarity(DistanceSimilarity):
    """exp(-gamma |f - f'|^2), gamma = 1 / median squared distance.

    The density is exact up to 4,096 rows; above, by the Nystroem method on 256
    landmarks (Williams & Seeger, NIPS 2000).
    """

    @cached_property
    def gamma(self) -> float:
        """The inverse median squared distance over at most 1,000 rows of the pool's sample."""
        sample = sample_rows(len(self))
        return _inverse_median_distance(self.take(sample[evenly_spaced(len(sample), 1000)]))

    def of(self, squared: FloatArray) -> FloatArray:
        """Return exp(-gamma squared)."""
        return np.exp(-self.gamma * squared)

    def density(self, reference: FeatureProvider | None = None) -> Density:
        """Return the mean similarity to the reference."""
        others = self._features if reference is None else reference
        if len(others) > _EXACT_ROWS:
            return self._approximate_density(others)
        rows = np.concatenate(list(self.scan(_itself, reference=others)))
        values = [self.of(self.squared(rows, vectors)).mean(axis=0) for vectors in self._few_at_once()]
        return Density(np.concatenate(values), 0.0)

    def _few_at_once(self) -> Iterator[FloatArray]:
        return (part for vectors in self.scan(_itself) for part in _parts(vectors))

    def _approximate_density(self, others: FeatureProvider) -> Density:
        """d(x) = k(x, Z) w with K(Z, Z) w = d(Z), which is exact on the landmarks Z."""
        drawn = np.random.default_rng(0).choice(len(others), _LANDMARKS + _PROBES, replace=False)
        ascending = np.sort(drawn)
        points = self.normalize(_check_finite(others[ascending]))[np.searchsorted(ascending, drawn)]
        exact = sum(self.scan(_kernel_sums, points, self.gamma, reference=others)) / len(others)
        landmarks = points[:_LANDMARKS]
        weights = np.linalg.lstsq(_kernel(landmarks, landmarks, self.gamma), exact[:_LANDMARKS], rcond=1e-10)[
            0
        ]
        values = np.concatenate(list(self.scan(_interpolate, landmarks, weights, self.gamma)))
        seen = _interpolate(points[_LANDMARKS:], landmarks, weights, self.gamma)
        return Density(values, float(np.abs(seen - exact[_LANDMARKS:]).max()))


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
        return np.concatenate(list(self.scan(_itself))) if len(self) else np.empty((0, 0))

    def to(self, row: int) -> FloatArray:
        """Return the function's values of all rows against one of them."""
        return self._values(self.vectors, self.vectors[row : row + 1])[:, 0]

    def density(self, reference: FeatureProvider | None = None) -> Density:
        """Return the mean of the function's values over the reference, block by block."""
        others = (
            self.vectors
            if reference is None
            else np.concatenate(list(self.scan(_itself, reference=reference)))
        )
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


@dataclass(frozen=True)
class _OnVectors:
    """A function of vectors as one of features, fit to be sent to another process."""

    normalize: Callable[[FloatArray], FloatArray]
    function: Callable[..., Any]
    args: tuple[Any, ...]

    def __call__(self, features: FloatArray) -> Any:
        return self.function(self.normalize(_check_finite(features)), *self.args)


def _itself(vectors: FloatArray) -> FloatArray:
    return vectors


def _sum(vectors: FloatArray) -> FloatArray:
    return vectors.sum(axis=0)


def _mean_cosine(vectors: FloatArray, mean: FloatArray) -> FloatArray:
    return (1.0 + np.einsum("ij,j->i", vectors, mean)) / 2.0


def _kernel(A: FloatArray, B: FloatArray, gamma: float) -> FloatArray:
    """Return similarities by way of inner products, fast but not equal for equal rows to the last bit."""
    squared = A @ B.T
    squared *= -2.0
    squared += np.einsum("ij,ij->i", A, A)[:, None]
    squared += np.einsum("ij,ij->i", B, B)
    np.maximum(squared, 0.0, out=squared)
    squared *= -gamma
    return np.exp(squared, out=squared)


def _kernel_sums(vectors: FloatArray, points: FloatArray, gamma: float) -> FloatArray:
    """Sum over the vectors of the similarity to each point."""
    return sum(_kernel(points, part, gamma).sum(axis=1) for part in _parts(vectors))


def _interpolate(vectors: FloatArray, landmarks: FloatArray, weights: FloatArray, gamma: float) -> FloatArray:
    """Weigh the similarities of each vector to the landmarks."""
    values = [weights @ _kernel(landmarks, part, gamma) for part in _parts(vectors)]
    return np.clip(np.round(np.concatenate(values), _DECIMALS), 0.0, 1.0)


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
