"""The cold start: first labels that find the rare class without betting on it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import pairwise_distances_argmin

from synda_sk.selection._costs import Purse
from synda_sk.typing import FloatArray, IntArray

RANDOM, ANOMALY, MEDOID = 0, 1, 2

_CLUSTER_ROWS = 5000
_ENOUGH_LABELS = 5  # of the rarest class, to end the special start and the hedge
_ENOUGH_HITS = 3  # before the anomaly arm is judged at all
_ALIVE_PROBABILITY = 0.7
_HOT_RATIO = 3.0


@dataclass(frozen=True)
class ArmRecord:
    """What the anomaly picks and all other picks have found of the rarest class.

    Parameters
    ----------
    anomaly_hits, anomaly_picks : int
        Labels of the rarest class among, and number of, the anomaly picks.
    other_hits, other_picks : int
        The same for random and medoid picks.
    """

    anomaly_hits: int
    anomaly_picks: int
    other_hits: int
    other_picks: int

    @classmethod
    def from_labels(cls, codes: IntArray, arms: NDArray[np.int8], n_classes: int) -> "ArmRecord":
        """Count hits among the labelled rows (codes >= 0); with one class seen there are none."""
        known = codes >= 0
        counts = np.bincount(codes[known], minlength=n_classes)
        rarest = int(np.argmin(np.where(counts > 0, counts, counts.sum() + 1)))
        hit = known & (codes == rarest) if (counts > 0).sum() > 1 else np.zeros(len(codes), bool)
        anomalous = known & (arms == ANOMALY)
        return cls(
            int((hit & anomalous).sum()),
            int(anomalous.sum()),
            int((hit & ~anomalous).sum()),
            int((known & ~anomalous).sum()),
        )

    def alive(self, rng: np.random.Generator) -> bool:
        """Tell whether anomalies may still be picked.

        True until three of the rarest class are known; then while the
        probability that the anomaly arm's hit rate exceeds the others' is at
        least 0.7, under independent Jeffreys Beta(1/2, 1/2) priors.
        """
        if self.anomaly_hits + self.other_hits < _ENOUGH_HITS:
            return True
        anomaly = rng.beta(self.anomaly_hits + 0.5, self.anomaly_picks - self.anomaly_hits + 0.5, size=2000)
        other = rng.beta(self.other_hits + 0.5, self.other_picks - self.other_hits + 0.5, size=2000)
        return bool((anomaly > other).mean() >= _ALIVE_PROBABILITY)

    @property
    def hot(self) -> bool:
        """Whether anomalies hit more than three times as often as the rest, on three hits or more."""
        if self.anomaly_hits < _ENOUGH_HITS:
            return False
        rate = (self.other_hits + 0.5) / (self.other_picks + 1)
        return self.anomaly_hits / self.anomaly_picks > _HOT_RATIO * rate


def start_blocks(n_initial: int) -> list[int]:
    """Split the first labels into five blocks of about a fifth each."""
    bounds = np.unique(np.round(np.linspace(0, n_initial, 6)).astype(int))
    return [int(size) for size in np.diff(bounds)]


def start_block(
    n_queries: int,
    codes: IntArray,
    arms: NDArray[np.int8],
    n_classes: int,
    features: FloatArray,
    free: IntArray,
    anomalies: IntArray,
    rng: np.random.Generator,
) -> tuple[IntArray, NDArray[np.int8]]:
    """Choose the rows of one block of the adaptive start.

    Once every class has five labels a block is random: rows picked to be unlike
    the others cost where classes overlap, and are no longer needed. Until then
    half of a block is random. Of the other half, two classes give one part to
    anomalies and one to k-means medoids, all to anomalies while that arm is
    hot, all to medoids once it is dead. More than two classes use medoids only.

    Parameters
    ----------
    n_queries : int
        Size of the block.
    codes : ndarray of int of shape (n_samples,)
        Class codes revealed so far, -1 elsewhere.
    arms : ndarray of int8 of shape (n_samples,)
        Which arm picked each revealed row.
    n_classes : int
        Number of classes.
    features : ndarray of shape (n_samples, n_features)
        f(x).
    free : ndarray of int
        Rows that may be picked.
    anomalies : ndarray of int
        All rows, the most anomalous first.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    rows : ndarray of int of shape (n_queries,)
        Distinct rows of `free`.
    picked_by : ndarray of int8 of shape (n_queries,)
        Their arms.
    """
    if np.bincount(codes[codes >= 0], minlength=n_classes).min() >= _ENOUGH_LABELS:
        return combine_picks(n_queries, 0, 0, features, free, anomalies, rng)
    record = ArmRecord.from_labels(codes, arms, n_classes)
    quarter = round(n_queries / 4)
    if n_classes > 2 or not record.alive(rng):
        n_anomalies, n_medoids = 0, 2 * quarter
    elif record.hot:
        n_anomalies, n_medoids = 2 * quarter, 0
    else:
        n_anomalies, n_medoids = quarter, quarter
    return combine_picks(n_queries, n_anomalies, n_medoids, features, free, anomalies, rng)


def hedge_size(
    n_queries: int, codes: IntArray, arms: NDArray[np.int8], n_classes: int, rng: np.random.Generator
) -> tuple[int, int]:
    """Tell how much of a batch insures against a rare class not yet found.

    Parameters
    ----------
    n_queries : int
        Size of the batch.
    codes, arms, n_classes
        As in :func:`start_block`.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    n_anomalies, n_random : int
        Rows to pick as anomalies and at random: a quarter each while the rarest
        class has fewer than five labels, a half each while one class is all
        there is, none otherwise. Anomalies only for two classes and while their
        arm is alive.
    """
    counts = np.bincount(codes[codes >= 0], minlength=n_classes)
    if counts.min() >= _ENOUGH_LABELS:
        return 0, 0
    alone = (counts > 0).sum() <= 1
    share = n_queries // 2 if alone else n_queries // 4
    alive = n_classes <= 2 and ArmRecord.from_labels(codes, arms, n_classes).alive(rng)
    n_anomalies = share if alive else 0
    return n_anomalies, (n_queries - n_anomalies if alone else share)


def combine_picks(
    n_queries: int,
    n_anomalies: int,
    n_medoids: int,
    features: FloatArray,
    free: IntArray,
    anomalies: IntArray,
    rng: np.random.Generator,
) -> tuple[IntArray, NDArray[np.int8]]:
    """Pick anomalies, then medoids, then fill up at random; rows and their arms."""
    n_queries = min(n_queries, len(free))
    open_ = np.zeros(len(features), dtype=bool)
    open_[free] = True
    strange = anomalies[open_[anomalies]][: min(n_anomalies, n_queries)] if n_anomalies else anomalies[:0]
    open_[strange] = False
    central = medoids(features, np.flatnonzero(open_), min(n_medoids, n_queries - len(strange)), rng)
    open_[central] = False
    rest = np.flatnonzero(open_)
    random = rng.choice(rest, size=n_queries - len(strange) - len(central), replace=False)
    rows = np.concatenate([strange, central, random])
    arms = np.repeat([ANOMALY, MEDOID, RANDOM], [len(strange), len(central), len(random)])
    return rows, arms.astype(np.int8)


def picks_within(
    purse: Purse | None,
    n_queries: int,
    n_anomalies: int,
    n_medoids: int,
    features: FloatArray,
    free: IntArray,
    anomalies: IntArray,
    rng: np.random.Generator,
) -> tuple[IntArray, NDArray[np.int8]]:
    """Combine picks of the rows that a purse can pay for, and keep those that fit one after the other."""
    if purse is not None:
        free = purse.affordable(free)
    rows, arms = combine_picks(n_queries, n_anomalies, n_medoids, features, free, anomalies, rng)
    kept = np.arange(len(rows)) if purse is None else purse.keep(rows)
    return rows[kept], arms[kept]


def medoids(features: FloatArray, rows: IntArray, n_medoids: int, rng: np.random.Generator) -> IntArray:
    """Return the rows nearest to the centres of as many k-means clusters, distinct.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features)
        f(x).
    rows : ndarray of int
        Rows to cluster; above 5,000 a random part stands for them.
    n_medoids : int
        Clusters; fewer rows come back where clusters share their nearest row.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of int
        Rows.
    """
    if n_medoids == 0 or len(rows) == 0:
        return rows[:0]
    if len(rows) > _CLUSTER_ROWS:
        rows = rng.choice(rows, size=_CLUSTER_ROWS, replace=False)
    points = features[rows]
    n_clusters = min(n_medoids, len(np.unique(points, axis=0)))
    seed = int(rng.integers(np.iinfo(np.int32).max))
    centres = KMeans(n_clusters, n_init=1, random_state=seed).fit(points).cluster_centers_
    return np.unique(rows[pairwise_distances_argmin(centres, points)])
