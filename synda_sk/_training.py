"""One stage of the loop: generate, filter, mix, fit."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.dummy import DummyClassifier
from sklearn.metrics import average_precision_score, balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from synda_sk._state import Rest
from synda_sk.augmentation import SyntheticAugmenter
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
    route : str
        How sample weights reached it.
    record : dict
        The part of ``history_`` about training.
    """

    model: Any
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
    misses_pool: bool = False  # whether the last stage would have used rows of a pool that is not there

    def train(
        self,
        X: Table,
        y: NDArray[Any],
        sample_weight: FloatArray | None,
        classes: NDArray[Any],
        step: int,
        fit_params: dict[str, Any],
        measure_performance: bool = False,
        rest: Rest | None = None,
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
        measure_performance : bool, default=False
            Whether P_t is wanted though no part needs it.
        rest : Rest or None, default=None
            Rows without a label, for an augmenter with ``use_pool=True``, and
            whether some labelled rows were chosen: a committee trained on such
            rows misjudges the pool, and forests were measured to lose by it.

        Returns
        -------
        Stage
            With fewer than two classes seen, a constant predictor.
        """
        started = time.perf_counter()
        self.consistency_before, self.misses_pool = self.consistency, False
        record = dict.fromkeys(("ratio", "complexity", "performance", "consistency", "rejected"))
        record |= {"beta": 0.0, "generated": 0, "kept": 0}
        if len(np.unique(y)) < 2:
            seen = y if len(y) else classes
            model: Any = DummyClassifier(strategy="prior").fit(np.zeros((len(seen), 1)), seen)
            return Stage(model, "none", record | {"seconds": time.perf_counter() - started})
        if measure_performance or callable(self.mixer.ratio):
            record["performance"] = self._performance(X, y)
        X_mixed, y_mixed, weight = self._mix(X, y, sample_weight, step, record, rest, bool(fit_params))
        if len(y_mixed) > len(y) and fit_params:
            raise ValueError(
                f"Fit parameters {sorted(fit_params)} are given, but synthetic rows have no value for "
                "them; use mixer=CurriculumMixer(synthetic_weight=0)."
            )
        model = clone(self.estimator)
        set_seed(model, self.streams.seed("estimator"))
        route = fit_weighted(
            model,
            X_mixed,
            y_mixed,
            weight,
            weighting=self.weighting,
            random_state=self.streams.seed("bootstrap", step),
            **fit_params,
        )
        return Stage(model, route, record | {"seconds": time.perf_counter() - started})

    def _mix(
        self,
        X: Table,
        y: NDArray[Any],
        sample_weight: FloatArray | None,
        step: int,
        record: dict[str, Any],
        rest: Rest | None,
        real_rows_only: bool,
    ) -> tuple[Table, NDArray[Any], FloatArray | None]:
        mixer = clone(self.mixer)
        set_seed(mixer, self.streams.seed("mixer", step))
        feedback: dict[str, Any] = {}
        if callable(mixer.ratio):
            feedback = {"performance": record["performance"], "consistency": self.consistency}
            record.update(feedback)
        weight_wanted = getattr(mixer, "synthetic_weight", None)
        automatic = weight_wanted == "auto" and getattr(mixer, "schedule", None) is None
        source = self._source(automatic and sample_weight is None, rest)
        if weight_wanted == "cv":
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
        self.misses_pool = (
            source == "committee"
            and self.augmenter.use_pool
            and (rest is None or rest.X is None)
            and mixer.plan(y, estimator=self.estimator, source="pool", **feedback)[0] > 0
        )
        kind = {} if source == "class" else {"source": source}
        n_synthetic, _ = mixer.plan(y, estimator=self.estimator, **kind, **feedback)
        if n_synthetic == 0 or (automatic and real_rows_only):
            return X, y, sample_weight
        X_new, y_new, weight_new = self._generate(X, y, n_synthetic, step, rest, source)
        record["generated"] = len(y_new)
        if self.quality_filter is not None:
            keep = self._filter(X, y, X_new, y_new, step, record)
            X_new, y_new = take_rows(X_new, keep), y_new[keep]
            weight_new = None if weight_new is None else weight_new[keep]
        X_mixed, y_mixed, weight = mixer.mix(
            X,
            y,
            X_new,
            y_new,
            step=step,
            estimator=self.estimator,
            **({} if weight_new is None else {"weight_synthetic": weight_new}),
            **kind,
            **feedback,
        )
        n, n_kept = len(y), len(y_mixed) - len(y)
        record.update(
            kept=n_kept,
            ratio=n_kept / n,
            beta=mixer.synthetic_weight_,
            complexity=getattr(mixer, "complexity_threshold_", None)
            if mixer.complexity is not None
            else None,
        )
        if n_kept == 0:
            return X, y, sample_weight
        if sample_weight is not None:
            weight[:n] *= sample_weight
            weight[n:] *= sample_weight.mean()
        return X_mixed, y_mixed, weight

    def _source(self, automatic: bool, rest: Rest | None) -> Source:
        """Tell where rows come from: labels are soft as asked, else where that was measured to help."""
        soft = getattr(self.augmenter, "soft_labels", False)
        if not isinstance(soft, bool):
            travels = weight_route(self.estimator, self.weighting)[0] != "resample"
            chosen = rest is not None and rest.any_chosen
            free_choice = automatic and getattr(self.augmenter, "leaves_rows_open", False)
            soft = free_choice and travels and not (chosen and is_forest(self.estimator))
        if not soft:
            return "class"
        free = rest is not None and rest.X is not None and len(rest.unlabelled) > 0
        return "pool" if self.augmenter.use_pool and free else "committee"

    def _generate(
        self,
        X: Table,
        y: NDArray[Any],
        n_rows: int,
        step: int,
        rest: Rest | None,
        source: Source,
    ) -> tuple[Table, NDArray[Any], FloatArray | None]:
        augmenter = clone(self.augmenter)
        set_seed(augmenter, self.streams.seed("augmenter", step))
        if source == "class":
            return *augmenter.fit(X, y).sample(n_rows), None
        if source == "committee" or rest is None:
            return augmenter.fit(X, y).sample_soft(n_rows)
        order = self.streams.generator("pool", step).permutation(len(rest.unlabelled))[:n_rows]
        pool = take_rows(rest.X, rest.unlabelled[np.sort(order)])
        return augmenter.fit(X, y, X_pool=pool).sample_soft(n_rows)

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

    def _performance(self, X: Table, y: NDArray[Any]) -> float:
        """Out-of-fold score: average precision of the rarer of two classes, else balanced accuracy."""
        classes, counts = np.unique(y, return_counts=True)
        n_splits = int(min(5, counts.min()))
        if n_splits < 2:
            return 0.0
        model = clone(self.estimator)
        set_seed(model, self.streams.seed("estimator"))
        folds = StratifiedKFold(n_splits, shuffle=True, random_state=self.streams.seed("performance"))
        if len(classes) > 2 or not hasattr(model, "predict_proba"):
            return float(balanced_accuracy_score(y, cross_val_predict(model, X, y, cv=folds)))
        rarer = int(np.argmin(counts))
        score = cross_val_predict(model, X, y, cv=folds, method="predict_proba")[:, rarer]
        return float(average_precision_score(y == classes[rarer], score))
