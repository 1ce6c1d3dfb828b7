"""sim(f(x), f(x')): similarities in [0, 1] and the density they give."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.kernel_approximation import Nystroem
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.preprocessing import normalize
from sklearn.utils import gen_batches

from synda_sk.typing import FeatureProvider, FloatArray
from synda_sk.utils import evenly_spaced, feature_blocks

_EXACT_ROWS = 4096
_LANDMARKS = 256
_BLOCK = 1024


class Similarity(ABC):
    """A similarity on one set of feature vectors.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features)
        f(x) of the pool.
    """

    bounded = True  # whether every value lies in [0, 1] by construction

    def __init__(self, features: FloatArray) -> None:
        self.features = features

    @abstractmethod
    def to(self, rows: Any, j: int) -> FloatArray:
        """Return the similarity of the rows `rows` to row `j`."""

    @abstractmethod
    def density(self, reference: FloatArray | None = None) -> FloatArray:
        r"""Return :math:`d(x) = \frac{1}{N} \sum_i sim(f(x), f(x_i))` (proposal, 2.2.1).

        The x_i are the rows of `reference`, by default the pool itself.
        """


class CosineSimilarity(Similarity):
    """(1 + cos) / 2. The density is exact and linear: cos density is f(x) . mean(f)."""

    def __init__(self, features: FloatArray) -> None:
        super().__init__(normalize(features))

    def to(self, rows: Any, j: int) -> FloatArray:
        """Return (1 + cos) / 2 of the rows `rows` with row `j`."""
        return np.clip((1.0 + self.features[rows] @ self.features[j]) / 2.0, 0.0, 1.0)

    def density(self, reference: FloatArray | None = None) -> FloatArray:
        """Return the mean of (1 + cos) / 2 over the reference, exactly."""
        others = self.features if reference is None else normalize(reference)
        return (1.0 + self.features @ others.mean(axis=0)) / 2.0


class RbfSimilarity(Similarity):
    """exp(-gamma |f - f'|^2), gamma = 1 / median squared distance.

    The density is exact up to 4,096 rows; above, by the Nystroem method on 256
    landmarks (Williams & Seeger, NIPS 2000).
    """

    def __init__(self, features: FloatArray) -> None:
        super().__init__(features)
        self._norms = np.einsum("ij,ij->i", features, features)
        self.gamma = _inverse_median_distance(features)

    def to(self, rows: Any, j: int) -> FloatArray:
        """Return exp(-gamma |f - f_j|^2) of the rows `rows`."""
        squared = self._norms[rows] - 2.0 * (self.features[rows] @ self.features[j]) + self._norms[j]
        return np.exp(-self.gamma * np.maximum(squared, 0.0))

    def density(self, reference: FloatArray | None = None) -> FloatArray:
        """Return the mean similarity to the reference."""
        others = self.features if reference is None else reference
        if len(others) > _EXACT_ROWS:
            landmarks = Nystroem(gamma=self.gamma, n_components=_LANDMARKS, random_state=0).fit(others)
            return landmarks.transform(self.features) @ landmarks.transform(others).mean(axis=0)
        blocks = [
            rbf_kernel(self.features[rows], others, gamma=self.gamma).mean(axis=1)
            for rows in gen_batches(len(self.features), _BLOCK)
        ]
        return np.concatenate(blocks)


class CallableSimilarity(Similarity):
    """Any function (A, B) -> ndarray of shape (len(A), len(B)); for small pools."""

    bounded = False

    def __init__(
        self, features: FloatArray, function: Callable[[FloatArray, FloatArray], FloatArray]
    ) -> None:
        super().__init__(features)
        self._function = function

    def to(self, rows: Any, j: int) -> FloatArray:
        """Return the function's values of the rows `rows` against row `j`."""
        return np.asarray(self._function(self.features[rows], self.features[j : j + 1]))[:, 0]

    def density(self, reference: FloatArray | None = None) -> FloatArray:
        """Return the mean of the function's values over the reference, block by block."""
        others = self.features if reference is None else reference
        blocks = gen_batches(len(self.features), _BLOCK)
        return np.concatenate([np.mean(self._function(self.features[b], others), axis=1) for b in blocks])


def make_similarity(density: str | Callable[..., Any], features: FeatureProvider) -> Similarity:
    """Build the similarity named "rbf" or "cosine", or given as a function."""
    if not isinstance(features, np.ndarray):
        features = np.concatenate(list(feature_blocks(features)))
    if callable(density):
        return CallableSimilarity(features, density)
    return {"rbf": RbfSimilarity, "cosine": CosineSimilarity}[density](features)


def _inverse_median_distance(features: FloatArray) -> float:
    """1 / median squared distance over at most 1,000 evenly spaced rows."""
    sample = features[evenly_spaced(len(features), 1000)]
    norms = np.einsum("ij,ij->i", sample, sample)
    squared = norms[:, None] - 2.0 * sample @ sample.T + norms
    pairs = squared[np.triu_indices(len(sample), 1)]
    median = float(np.median(pairs)) if len(pairs) else 0.0
    if median <= 1e-12:
        median = float(pairs.mean()) if len(pairs) else 0.0
    return 1.0 / median if median > 1e-12 else 1.0
