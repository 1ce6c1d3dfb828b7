"""What is known so far: the rows, their labels, and what can be computed from the rows alone."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import _num_samples

from synda_sk.selection._anomaly import anomaly_order
from synda_sk.selection._costs import Purse, money_left, total_cost
from synda_sk.selection._start import ANOMALY, RANDOM
from synda_sk.typing import FloatArray, IntArray, Table
from synda_sk.utils import Features, RowSource, concat_rows, evenly_spaced, take_rows

_SCREENED = 65_536  # rows among which anomalies are looked for


class Pool:
    """A table with its features and its order of anomalies, each computed once, on demand.

    Parameters
    ----------
    X : table of shape (n_samples, n_features) or RowSource
        Kept by reference; features of rows outside memory are not kept.
    features : Features
        f(x).
    seed : int
        Seed of the anomaly detectors.
    """

    def __init__(self, X: Table, features: Features, seed: int) -> None:
        self.X = X
        self._features = features
        self._seed = seed

    def __len__(self) -> int:
        return _num_samples(self.X)

    @property
    def in_memory(self) -> bool:
        """Whether the rows are a table."""
        return not isinstance(self.X, RowSource)

    def features(self, estimator: Any = None) -> FloatArray:
        """Return f(x) of every row; where f follows a model, "auto" stands in until there is one."""
        if self._features.follows_estimator and estimator is not None:
            return self._features(self.X, estimator)
        return self._fixed_features

    @cached_property
    def _fixed_features(self) -> FloatArray:
        return self._fixed_map(self.X)

    @property
    def _fixed_map(self) -> Features:
        return Features("auto", self.X) if self._features.follows_estimator else self._features

    @cached_property
    def anomalies(self) -> IntArray:
        """The most anomalous rows first, of all or of 65,536 evenly spaced ones."""
        rows = evenly_spaced(len(self), _SCREENED)
        if not self.in_memory:
            features = self._fixed_map(self.X.take(rows))
        else:
            features = self._fixed_features if len(rows) == len(self) else self._fixed_features[rows]
        return rows[anomaly_order(features, self._seed)]


@dataclass
class Answers:
    """Labels that came in one round, or rows that nobody could label.

    Parameters
    ----------
    step : int
        The round.
    labels : ndarray of shape (n_answers,)
        Known labels; None for each row that nobody could label.
    rows : ndarray of int of shape (n_answers,) or None
        Rows of the stored table; None for rows from outside.
    X : table of shape (n_answers, n_features) or None
        Rows from outside; None for rows of the stored table.
    weights : ndarray of shape (n_answers,) or None
        Weights that came with them.
    arms : ndarray of int8 of shape (n_answers,) or None
        What picked each row.
    costs : ndarray of shape (n_answers,) or None
        What they cost, where that is known; None for the costs of the stored rows.
    """

    step: int
    labels: NDArray[Any]
    rows: IntArray | None
    X: Table | None
    weights: FloatArray | None
    arms: NDArray[np.int8] | None = None
    costs: FloatArray | None = None

    @property
    def batch(self) -> IntArray:
        """Rows of the stored table."""
        return np.empty(0, dtype=np.intp) if self.rows is None else self.rows

    @property
    def n_hedge(self) -> int:
        """How many rows the hedge picked."""
        return 0 if self.arms is None else int((self.arms == ANOMALY).sum())

    @property
    def cannot_tell(self) -> bool:
        """Whether these are rows that nobody could label."""
        return len(self.labels) > 0 and self.labels[0] is None


@dataclass
class Rest:
    """What training may know beside the labelled rows.

    Parameters
    ----------
    X : table of shape (n_samples, n_features) or None
        The stored table; None where it is not there.
    unlabelled : ndarray of int
        Its rows without a label.
    any_chosen : bool
        Whether a label was asked for, or taught from outside, other than at
        random in the first round.
    """

    X: Table | None
    unlabelled: IntArray
    any_chosen: bool

    @property
    def has_rows(self) -> bool:
        """Whether there is a row without a label to look at."""
        return self.X is not None and len(self.unlabelled) > 0

    def draw(self, n_rows: int, rng: np.random.Generator) -> Table:
        """Return so many rows without a label, or all if they are fewer, in their order."""
        chosen = rng.permutation(len(self.unlabelled))[:n_rows]
        return take_rows(self.X, self.unlabelled[np.sort(chosen)])


class LabelState:
    """Which rows are labelled, since which round and picked by which arm, and which are set aside.

    Labels are stored as codes into `classes`; rows taught from outside the
    stored table are appended behind it.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
        Kept by reference.
    classes : ndarray of shape (n_classes,)
        Sorted labels.
    sample_weight : ndarray of shape (n_samples,) or None
        Weights of the rows.

    Attributes
    ----------
    costs : ndarray of shape (n_samples,) or None
        What the label of each stored row costs; None where that is not told.
    """

    costs: FloatArray | None = None

    def __init__(self, X: Table, classes: NDArray[Any], sample_weight: FloatArray | None) -> None:
        self.X = X
        self.classes = classes
        self.codes = np.full(_num_samples(X), -1, dtype=np.intp)
        self.rounds = np.full(_num_samples(X), -1, dtype=np.intp)
        self.arms = np.full(_num_samples(X), RANDOM, dtype=np.int8)
        self.set_aside = np.zeros(_num_samples(X), dtype=bool)
        self.weights = None if sample_weight is None else sample_weight.copy()
        self._added: tuple[Table, IntArray, FloatArray] | None = None
        self._costs_added: list[float] = []

    @property
    def added(self) -> tuple[Table, IntArray, FloatArray] | None:
        """Rows from outside, their codes and their weights, if there are any."""
        return self._added

    @property
    def known(self) -> IntArray:
        """Stored rows with a label."""
        return np.flatnonzero(self.codes >= 0)

    @property
    def unlabelled(self) -> IntArray:
        """Stored rows without a label."""
        return np.flatnonzero(self.codes < 0)

    @property
    def is_free(self) -> NDArray[np.bool_]:
        """Which stored rows may be asked about: neither labelled nor set aside."""
        return (self.codes < 0) & ~self.set_aside

    @property
    def free(self) -> IntArray:
        """Stored rows that may be asked about."""
        return np.flatnonzero(self.is_free)

    @property
    def n_labels(self) -> int:
        """Labels known, of stored and of added rows."""
        return int((self.codes >= 0).sum()) + (0 if self._added is None else len(self._added[1]))

    @property
    def all_codes(self) -> IntArray:
        """Codes of stored rows (-1 where unlabelled), then of added rows."""
        return self.codes if self._added is None else np.concatenate([self.codes, self._added[1]])

    @property
    def all_arms(self) -> NDArray[np.int8]:
        """Arms of stored rows, then of added rows, which count as random."""
        n_added = 0 if self._added is None else len(self._added[1])
        return np.concatenate([self.arms, np.full(n_added, RANDOM, dtype=np.int8)])

    @property
    def n_classes_seen(self) -> int:
        """Classes of which a label is known."""
        return len(np.unique(self.all_codes[self.all_codes >= 0]))

    @property
    def cost(self) -> float | None:
        """What the rows labelled or set aside have cost, rounded up; None where costs are not told."""
        if self.costs is None:
            return None
        return total_cost(np.append(self.costs[~self.is_free], self._costs_added))

    def account(self) -> dict[str, float | None]:
        """Return what ``history_`` says of costs."""
        free = np.empty(0) if self.costs is None else self.costs[self.is_free]
        return {"cost": self.cost, "cheapest": float(free.min()) if len(free) else None}

    def purse(self, money: float) -> Purse | None:
        """Return the costs of the stored rows, and what is left of money; None where costs are not told."""
        return None if self.costs is None else Purse(self.costs, self.left_of(money))

    def left_of(self, money: float) -> float:
        """Return what is left of money, at least 0."""
        return money_left(money, self.cost or 0.0)

    def rest(self, pool: Pool | None) -> Rest:
        """Return what training may know beside the labelled rows."""
        chosen = self._added is not None or bool((self.rounds > 0).any() or (self.arms != RANDOM).any())
        return Rest(None if pool is None else pool.X, self.unlabelled, chosen)

    def rarest_share_at_random(self) -> float:
        """Share of the rarest class among the first labels that were picked at random."""
        first = (self.rounds == 0) & (self.arms == RANDOM)
        counts = np.bincount(self.codes[first], minlength=len(self.classes))
        return float(counts.min() / max(counts.sum(), 1))

    def counts(self) -> dict[Any, int]:
        """Labels known, by class."""
        codes = self.all_codes
        counts = np.bincount(codes[codes >= 0], minlength=len(self.classes))
        return dict(zip(self.classes.tolist(), counts.tolist(), strict=True))

    def extend_classes(self, labels: NDArray[Any]) -> None:
        """Make room for labels not seen before."""
        classes = np.unique(np.concatenate([self.classes, labels]))
        if len(classes) == len(self.classes):
            return
        moved = np.searchsorted(classes, self.classes)
        self.codes = np.where(self.codes >= 0, moved[self.codes], -1)
        if self._added is not None:
            X, codes, weights = self._added
            self._added = (X, moved[codes], weights)
        self.classes = classes

    def encode(self, labels: NDArray[Any]) -> IntArray:
        """Return the codes of known labels."""
        return np.searchsorted(self.classes, labels)

    def take(self, answers: Answers) -> IntArray:
        """Take the answers of one round in; return the stored rows whose label is another now."""
        nothing = np.empty(0, dtype=np.intp)
        if answers.cannot_tell:
            self.set_aside[answers.batch] = True
            return nothing
        self.extend_classes(answers.labels)
        codes = self.encode(answers.labels)
        if answers.costs is not None and answers.rows is None:
            self._costs_added += answers.costs.tolist()
        elif answers.costs is not None and self.costs is not None:
            self.costs[answers.rows] = answers.costs
        if answers.rows is None:
            self.append(answers.X, codes, answers.weights)
            return nothing
        before = self.codes[answers.rows]
        self.reveal(answers.rows, codes, answers.step, answers.arms)
        if answers.weights is not None:
            self.require_weights()[answers.rows] = answers.weights
        return answers.rows[(before >= 0) & (before != codes)]

    def reveal(
        self, rows: IntArray, codes: IntArray, step: int, arms: NDArray[np.int8] | None = None
    ) -> None:
        """Label stored rows; one that has a label gets the new one, and keeps its round and arm."""
        new = self.rounds[rows] < 0
        self.codes[rows] = codes
        self.set_aside[rows] = False
        self.rounds[rows[new]] = step
        if arms is not None:
            self.arms[rows[new]] = arms[new]

    def append(self, X: Table, codes: IntArray, sample_weight: FloatArray | None) -> None:
        """Label rows from outside the stored table."""
        weights = np.ones(len(codes)) if sample_weight is None else sample_weight
        if self._added is not None:
            X_before, codes_before, weights_before = self._added
            X = concat_rows(X_before, X)
            codes = np.concatenate([codes_before, codes])
            weights = np.concatenate([weights_before, weights])
        self._added = (X, codes, weights)
        if sample_weight is not None:
            self.require_weights()

    def require_weights(self) -> FloatArray:
        """Give every stored row the weight 1 unless it has one."""
        if self.weights is None:
            self.weights = np.ones(len(self.codes))
        return self.weights

    def labelled(self) -> tuple[Table, NDArray[Any], FloatArray | None]:
        """Return the labelled rows, their labels and their weights (None: all alike)."""
        rows = np.flatnonzero(self.codes >= 0)
        everything = len(rows) == len(self.codes)
        X = self.X if everything else take_rows(self.X, rows)
        codes, weights = self.codes[rows], None if self.weights is None else self.weights[rows]
        if self._added is not None:
            X_added, codes_added, weights_added = self._added
            X = concat_rows(X, X_added) if len(rows) else X_added
            codes = np.concatenate([codes, codes_added])
            weights = None if weights is None else np.concatenate([weights, weights_added])
        return X, self.classes[codes], weights
