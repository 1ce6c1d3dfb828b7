"""One stage of the loop: generate, filter, mix, fit."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, clone
from sklearn.dummy import DummyClassifier
from sklearn.metrics import average_precision_score, balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from synda_sk._state import Rest
from synda_sk.augmentation import SyntheticAugmenter
from synda_sk.augmentation._self_training import sure_rows
from synda_sk.images._kind import is_conv_classifier
from synda_sk.mixing import CurriculumMixer
from synda_sk.mixing._automatic import Source
from synda_sk.mixing._cross_validated import cross_validated_weight
from synda_sk.quality import QualityFilter
from synda_sk.typing import FloatArray, IntArray, Table
from synda_sk.utils import SeedStreams, fit_weighted, is_forest, set_seed, take_rows, weight_route


@dataclass
class Stage:
    """A fitted model and the account of how it was made.

    Parameters
    ----------
    model : classifier
        Fitted.
    asked : classifier
        The same, or the first one of self-training, whose uncertainty about the
        pool no row of the pool has lowered: queries ask it.
    route : str
        How sample weights reached it.
    record : dict
        The part of ``history_`` about training.
    """

    model: Any
    asked: Any
    route: str
    record: dict[str, Any]


@dataclass
class Trainer:
    """Everything needed to turn labelled rows into a fitted model.

    Parameters
    ----------
    estimator : classifier
        Cloned for each stage.
    augmenter, quality_filter, mixer : parts
        Unfitted; the filter may be None.
    weighting : str
        See :func:`~synda_sk.utils.weight_route`.
    streams : SeedStreams
        Seeds.
    """

    estimator: BaseEstimator
    augmenter: SyntheticAugmenter
    quality_filter: QualityFilter | None
    mixer: CurriculumMixer
    weighting: str
    streams: SeedStreams
    consistency: float = 1.0  # C_t of the last synthetic rows
    consistency_before: float = 1.0  # that the last stage began with
    first: Any = None  # model of the last stage's labelled rows alone, where it labelled others
    misses_pool: bool = False  # whether the last stage would have used rows of a pool that is not there

    def train(
        self,
        X: Table,
        y: NDArray[Any],
        sample_weight: FloatArray | None,
        classes: NDArray[Any],
        step: int,
        fit_params: dict[str, Any],
        measure_performance: bool,
        rest: Rest,
    ) -> Stage:
        """Fit a fresh model to labelled rows and the synthetic rows they allow.

        Parameters
        ----------
        X : table of shape (n_labels, n_features)
            Labelled rows.
        y : ndarray of shape (n_labels,)
            Their labels.
        sample_weight : ndarray of shape (n_labels,) or None
            Their weights.
        classes : ndarray of shape (n_classes,)
            All labels there may be.
        step : int
            The round.
        fit_params : dict
            Further parameters of the estimator's fit.
        measure_performance : bool
            Whether P_t is wanted though no part needs it.
        rest : Rest
            Rows without a label, for an augmenter with ``use_pool=True``, and
            whether some labelled rows were chosen: a committee trained on such
            rows misjudges the pool, and forests were measured to lose by it.

        Returns
        -------
        Stage
            With fewer than two classes seen, a constant predictor.
        """
        started = time.perf_counter()
        self.consistency_before, self.first, self.misses_pool = self.consistency, None, False
        record = dict.fromkeys(("ratio", "complexity", "performance", "consistency", "rejected"))
        record |= {"beta": 0.0, "generated": 0, "kept": 0}
        if len(np.unique(y)) < 2:
            seen = y if len(y) else classes
            model: Any = DummyClassifier(strategy="prior").fit(np.zeros((len(seen), 1)), seen)
            return Stage(model, model, "none", record | {"seconds": time.perf_counter() - started})
        if measure_performance or callable(self.mixer.ratio):
            record["performance"] = self._performance(X, y)
        X_mixed, y_mixed, weight = self._mix(X, y, sample_weight, step, record, rest, bool(fit_params))
        if len(y_mixed) > len(y) and fit_params:
            raise ValueError(
                f"Fit parameters {sorted(fit_params)} are given, but synthetic rows have no value for "
                "them; use mixer=CurriculumMixer(synthetic_weight=0)."
            )
        if self.first is not None and record["kept"] == 0:
            return Stage(self.first, self.first, "none", record | {"seconds": time.perf_counter() - started})
        model = self._unfitted()
        route = fit_weighted(
            model,
            X_mixed,
            y_mixed,
            weight,
            weighting=self.weighting,
            random_state=self.streams.seed("bootstrap", step),
            **fit_params,
        )
        asked = model if self.first is None else self.first
        return Stage(model, asked, route, record | {"seconds": time.perf_counter() - started})

    def _mix(
        self,
        X: Table,
        y: NDArray[Any],
        sample_weight: FloatArray | None,
        step: int,
        record: dict[str, Any],
        rest: Rest,
        real_rows_only: bool,
    ) -> tuple[Table, NDArray[Any], FloatArray | None]:
        """Return the labelled rows, behind them the synthetic ones let in, and the weights of all."""
        if issparse(X):
            return X, y, sample_weight
        mixer = clone(self.mixer)
        set_seed(mixer, self.streams.seed("mixer", step))
        wanted = getattr(mixer, "synthetic_weight", None)
        automatic = wanted == "auto" and getattr(mixer, "schedule", None) is None
        best = self._best_source(automatic and sample_weight is None, rest.any_chosen)
        of_pool = best in ("pool", "self")
        source = "committee" if of_pool and not rest.has_rows else best
        feedback = self._feedback(record)
        if wanted == "cv":
            weight = cross_validated_weight(
                mixer,
                self.augmenter,
                self.estimator,
                X,
                y,
                source=source,
                feedback=feedback,
                weighting=self.weighting,
                streams=self.streams,
            )
            mixer.set_params(synthetic_weight=weight)
        terms = {"estimator": self.estimator, **feedback}
        self.misses_pool = of_pool and rest.X is None and mixer.plan(y, source=best, **terms)[0] > 0
        if source != "class":
            terms["source"] = source
        n_rows, _ = mixer.plan(y, **terms)
        if n_rows == 0 or (automatic and real_rows_only):
            return X, y, sample_weight
        X_new, y_new, weight_new = self._make_rows(X, y, n_rows, step, record, source, rest)
        if weight_new is not None:
            terms["weight_synthetic"] = weight_new
        X_mixed, y_mixed, weight = mixer.mix(X, y, X_new, y_new, step=step, **terms)
        n, n_kept = len(y), len(y_mixed) - len(y)
        record.update(kept=n_kept, ratio=n_kept / n, beta=mixer.synthetic_weight_)
        if mixer.complexity is not None:
            record["complexity"] = getattr(mixer, "complexity_threshold_", None)
        if n_kept == 0:
            return X, y, sample_weight
        if sample_weight is not None:
            weight[:n] *= sample_weight
            weight[n:] *= sample_weight.mean()
        return X_mixed, y_mixed, weight

    def _feedback(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return P_t and C_t where the mixer's ratio asks for them."""
        if not callable(self.mixer.ratio):
            return {}
        record["consistency"] = self.consistency
        return {name: record[name] for name in ("performance", "consistency")}

    def _best_source(self, automatic: bool, any_chosen: bool) -> Source:
        """Tell where rows best come from: labels are soft as asked, else where that was measured to help."""
        soft = getattr(self.augmenter, "soft_labels", False)
        if soft == "auto":
            travels = weight_route(self.estimator, self.weighting)[0] != "resample"
            misled = any_chosen and is_forest(self.estimator)
            free_choice = automatic and getattr(self.augmenter, "leaves_rows_open", False)
            soft = free_choice and travels and not misled
            if soft and self.augmenter.use_pool and is_conv_classifier(self.estimator):
                return "self"
        if not soft:
            return "class"
        return "pool" if self.augmenter.use_pool else "committee"

    def _make_rows(
        self,
        X: Table,
        y: NDArray[Any],
        n_rows: int,
        step: int,
        record: dict[str, Any],
        source: Source,
        rest: Rest,
    ) -> tuple[Table, NDArray[Any], FloatArray | None]:
        """Return rows that pass the filter, their labels and, where labels are soft, their weights."""
        augmenter = clone(self.augmenter)
        set_seed(augmenter, self.streams.seed("augmenter", step))
        pool = weight = None
        if source in ("pool", "self"):
            pool = rest.draw(n_rows, self.streams.generator("pool", step))
        if source == "class":
            X_new, y_new = augmenter.fit(X, y).sample(n_rows)
        elif source == "self":
            self.first = self._unfitted().fit(X, y)
            X_new, y_new = sure_rows(self.first, pool, np.unique(y))
        else:
            X_new, y_new, weight = augmenter.fit(X, y, X_pool=pool).sample_soft(n_rows)
        record["generated"] = len(y_new)
        if self.quality_filter is None:
            return X_new, y_new, weight
        keep = self._filter(X, y, X_new, y_new, step, record)
        return take_rows(X_new, keep), y_new[keep], None if weight is None else weight[keep]

    def _filter(
        self, X: Table, y: NDArray[Any], X_new: Table, y_new: NDArray[Any], step: int, record: dict[str, Any]
    ) -> IntArray:
        quality_filter = clone(self.quality_filter)
        if quality_filter.estimator is None and hasattr(self.estimator, "predict_proba"):
            quality_filter.set_params(estimator=clone(self.estimator))
        set_seed(quality_filter, self.streams.seed("quality_filter", step))
        keep = quality_filter.assess(X, y, X_new, y_new)
        self.consistency = record["consistency"] = quality_filter.consistency_
        record["rejected"] = quality_filter.rejected_
        return np.flatnonzero(keep)

    def _unfitted(self) -> BaseEstimator:
        model = clone(self.estimator)
        set_seed(model, self.streams.seed("estimator"))
        return model

    def _performance(self, X: Table, y: NDArray[Any]) -> float:
        """Out-of-fold score: average precision of the rarer of two classes, else balanced accuracy."""
        classes, counts = np.unique(y, return_counts=True)
        n_splits = int(min(5, counts.min()))
        if n_splits < 2:
            return 0.0
        model = self._unfitted()
        folds = StratifiedKFold(n_splits, shuffle=True, random_state=self.streams.seed("performance"))
        if len(classes) > 2 or not hasattr(model, "predict_proba"):
            return float(balanced_accuracy_score(y, cross_val_predict(model, X, y, cv=folds)))
        rarer = int(np.argmin(counts))
        score = cross_val_predict(model, X, y, cv=folds, method="predict_proba")[:, rarer]
        return float(average_precision_score(y == classes[rarer], score))
