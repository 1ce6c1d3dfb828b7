"""Real and synthetic rows in one training set."""

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from synda_sk.base import SamplerMixin, check_labels, check_seen
from synda_sk.mixing._automatic import Source, automatic_weight
from synda_sk.mixing._complexity import COMPLEXITIES, distance_complexity, margin_complexity
from synda_sk.mixing._schedule import SigmoidSchedule, curriculum_threshold
from synda_sk.quality import QualityFilter, new_rows
from synda_sk.typing import FloatArray, Labels, RandomState, Table
from synda_sk.utils import SeedStreams, check_same_length, concat_rows, set_seed, take_rows

_AUTO_ROWS = (200, 600)
_SOFT_ROWS = 1200  # rows after each has been repeated for every class


class CurriculumMixer(SamplerMixin, BaseEstimator):
    r"""Weigh synthetic against real rows, and let the easy ones in first.

    .. math:: L = (1 - \beta_t)\, L_{real} + \beta_t\, L_{syn}

    Real rows keep their weight; the synthetic rows share the total
    :math:`n_{real}\, \beta_t / (1 - \beta_t)`, the same loss up to a factor.
    A row enters once its complexity is at most :math:`c_t` (proposal, 2.3.1, 2.3.3).

    Parameters
    ----------
    sampler : sampler or None, default=None
        Makes the synthetic rows when the mixer is used alone. None is
        :class:`~synda_sk.QualityFilter`.
    synthetic_weight : float, "auto" or "cv", default="auto"
        beta in [0, 1), obeyed as given. "auto" follows what was measured, by the
        model and the labels n of the rarest class. Rows of the pool with soft
        labels: 0.8 for boosting and, with two classes, logistic regression while
        n < 40, for a forest while n < 20; images of the pool that a first
        :class:`~synda_sk.images.ConvClassifier` is sure of, with its labels: 0.5 for
        a second one while n < 40, none more than a real one; a generator's rows with
        soft labels: 0.8 for boosting while n < 40, for a forest while n < 3; one
        label a row: 0.1 for a forest (or an unknown model) while n < 10; else 0.
        "cv" chooses among 0, 0.1, 0.3, 0.5 and 0.8 by cross-validation on the
        labelled rows, inside
        :class:`~synda_sk.SynDAClassifier` only.
    ratio : float, callable or "auto", default="auto"
        r_t, synthetic rows a real one: a number > 0, a callable g(P_t, C_t) such
        as :class:`AdaptiveRatio`, or "auto": 2, bounded to 200-600 rows in all;
        with soft labels 1,200 rows over the number of classes, 200 at least and
        600 at most; 600 images of the pool.
    schedule : SigmoidSchedule, callable or None, default=None
        beta_t as a function of r_t; `synthetic_weight` must then stay "auto".
    complexity : {"distance", "margin"}, callable or None, default=None
        c(x): ranks within the class in (0, 1], the farthest from the real rows of
        the class last, or those of least margin under the model to be trained
        (fitted to the real rows; a linear one where there is none); or a
        callable (X, y) -> values. None lets every row in.
    complexity_min : float, default=0.2
        c_min.
    complexity_max : float, default=1.0
        c_max >= c_min.
    n_warmup_rounds : int, default=5
        T_curr >= 0, rounds until c_max is reached.
    random_state : int, RandomState instance or None, default=None
        Seed of the draw by counts and of parts without their own.

    Attributes
    ----------
    synthetic_weight_ : float
        beta of the last call.
    complexity_threshold_ : float
        c_t of the last call.
    sampling_strategy_ : dict
        Rows added, by class.
    synthetic_mask_ : ndarray of bool of shape (n_resampled,)
        True for the rows that were added.

    Notes
    -----
    A pipeline of samplers carries rows, not weights. There ``fit_resample``
    realises beta by counts: it draws round(n beta / (1 - beta)) of the sampler's
    rows, with all rounds of the curriculum passed.
    :class:`~synda_sk.SynDAClassifier` realises it by weights.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from synda_sk import CurriculumMixer
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> mixer = CurriculumMixer(synthetic_weight=0.2, random_state=0)
    >>> X_mixed, y_mixed = mixer.fit_resample(X, y)
    >>> len(X), len(X_mixed)
    (569, 711)
    """

    _parameter_constraints = {
        "sampler": [HasMethods("fit_resample"), None],
        "synthetic_weight": [Interval(Real, 0, 1, closed="left"), StrOptions({"auto", "cv"})],
        "ratio": [Interval(Real, 0, None, closed="neither"), StrOptions({"auto"}), callable],
        "schedule": [callable, None],
        "complexity": [StrOptions(set(COMPLEXITIES)), callable, None],
        "complexity_min": [Interval(Real, None, None, closed="neither")],
        "complexity_max": [Interval(Real, None, None, closed="neither")],
        "n_warmup_rounds": [Interval(Integral, 0, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        sampler: Any = None,
        *,
        synthetic_weight: float | str = "auto",
        ratio: float | str | Callable[[float, float], float] = "auto",
        schedule: SigmoidSchedule | Callable[[float], float] | None = None,
        complexity: str | Callable[[Table, Labels], FloatArray] | None = None,
        complexity_min: float = 0.2,
        complexity_max: float = 1.0,
        n_warmup_rounds: int = 5,
        random_state: RandomState = None,
    ) -> None:
        self.sampler = sampler
        self.synthetic_weight = synthetic_weight
        self.ratio = ratio
        self.schedule = schedule
        self.complexity = complexity
        self.complexity_min = complexity_min
        self.complexity_max = complexity_max
        self.n_warmup_rounds = n_warmup_rounds
        self.random_state = random_state

    def plan(
        self,
        y: Labels,
        *,
        performance: float | None = None,
        consistency: float | None = None,
        estimator: Any = None,
        source: Source = "class",
    ) -> tuple[int, float]:
        """Tell how many synthetic rows to make, and what weight they will get.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Labels of the real rows.
        performance : float or None, default=None
            P_t in [0, 1], needed where `ratio` is a callable.
        consistency : float or None, default=None
            C_t in [0, 1], likewise.
        estimator : classifier or None, default=None
            The model to be trained, for ``synthetic_weight="auto"``.
        source : {"class", "committee", "pool", "self"}, default="class"
            Where the rows come from: one class a row; a generator's rows with
            the soft labels of a committee; rows of the pool with such labels;
            rows of the pool that the model itself is sure of, none of which
            ever weighs more than a real row, however few they are.

        Returns
        -------
        n_synthetic : int
            Rows to make, 0 where the weight is 0.
        weight : float
            beta_t.

        Raises
        ------
        ValueError
            If a parameter is out of its range, or `ratio` lacks its arguments.
        """
        self._validate_params()
        _check_source(source)
        y = check_labels(y)
        n = len(y)
        if not n:
            raise ValueError("y is empty, must have at least one label.")
        counts = np.unique(y, return_counts=True)[1]
        n_labels_a_row = {"class": None, "self": 1}.get(source, len(counts))
        ratio = self._ratio(n, performance, consistency, n_labels_a_row)
        weight = self._weight(counts, ratio, estimator, source)
        return (round(ratio * n) if weight > 0 else 0), weight

    def mix(
        self,
        X: Table,
        y: Labels,
        X_synthetic: Table,
        y_synthetic: Labels,
        *,
        step: int = 0,
        performance: float | None = None,
        consistency: float | None = None,
        estimator: Any = None,
        weight_synthetic: FloatArray | None = None,
        source: Source = "class",
    ) -> tuple[Table, NDArray[Any], FloatArray]:
        """Join real and synthetic rows with their weights.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Real rows.
        y : array-like of shape (n_samples,)
            Their labels.
        X_synthetic : table of shape (n_synthetic, n_features)
            Synthetic rows.
        y_synthetic : array-like of shape (n_synthetic,)
            Their labels.
        step : int, default=0
            The round t, for the curriculum.
        performance, consistency : float or None, default=None
            P_t and C_t in [0, 1]. With both given and `ratio` a callable, rows
            beyond r_t times the real ones are left out, evenly, unless their
            labels are soft.
        estimator : classifier or None, default=None
            The model to be trained, for ``synthetic_weight="auto"`` and
            ``complexity="margin"``.
        weight_synthetic : ndarray of shape (n_synthetic,) or None, default=None
            Weights of the synthetic rows relative to each other, such as those of
            :meth:`SyntheticAugmenter.sample_soft`; None: all alike.
        source : {"class", "committee", "pool", "self"}, default="class"
            As in :meth:`plan`.

        Returns
        -------
        X_mixed : table of shape (n_mixed, n_features)
            Real rows, then the synthetic rows let in.
        y_mixed : ndarray of shape (n_mixed,)
            Their labels.
        sample_weight : ndarray of shape (n_mixed,)
            1 for real rows; shares of n beta / (1 - beta) for the others.

        Raises
        ------
        ValueError
            If a parameter or a weight is out of its range, lengths differ, or a
            synthetic row has a label that no real row has.
        """
        self._validate_params()
        _check_source(source)
        y, y_synthetic = check_labels(y), check_labels(y_synthetic, "y_synthetic")
        check_same_length(X=X, y=y)
        check_same_length(X_synthetic=X_synthetic, y_synthetic=y_synthetic)
        check_seen(y_synthetic, np.unique(y), "y_synthetic", "y")
        shares = _relative_weights(weight_synthetic, len(y_synthetic))
        fed = performance is not None and consistency is not None
        if callable(self.ratio) and fed and source == "class":
            limit = min(round(self._ratio(len(y), performance, consistency) * len(y)), len(y_synthetic))
            rows = np.linspace(0, len(y_synthetic) - 1, limit).astype(np.intp)
            X_synthetic, y_synthetic, shares = take_rows(X_synthetic, rows), y_synthetic[rows], shares[rows]
        counts = np.unique(y, return_counts=True)[1]
        ratio = shares.sum() / len(y)
        weight = self._weight(counts, ratio, estimator, source) if ratio > 0 else 0.0
        entering = (
            self._entering(X, y, X_synthetic, y_synthetic, step, estimator)
            if weight > 0
            else np.empty(0, np.intp)
        )
        total = shares[entering].sum()
        if source == "self":
            weight = min(weight, total / (len(y) + total))
        self.synthetic_weight_ = weight if total > 0 else 0.0
        if not total > 0:
            return X, y, np.ones(len(y))
        return (
            concat_rows(X, take_rows(X_synthetic, entering)),
            np.concatenate([y, y_synthetic[entering]]),
            np.concatenate([np.ones(len(y)), shares[entering] * (len(y) * weight / (1 - weight) / total)]),
        )

    def _fit_resample(self, X: Table, y: NDArray[Any]) -> tuple[Table, NDArray[Any]]:
        self._validate_params()
        streams = SeedStreams(self.random_state)
        sampler = clone(self.sampler) if self.sampler is not None else QualityFilter()
        set_seed(sampler, streams.seed("sampler"))
        X_new, y_new = new_rows(sampler, X, y)
        X_mixed, y_mixed, weight = self.mix(X, y, X_new, y_new, step=self.n_warmup_rounds)
        n, n_mixed = len(y), len(y_mixed)
        wanted = round(float(weight[n:].sum()))
        order = streams.generator("draw").permutation(np.arange(n, n_mixed))
        rows = np.concatenate([np.arange(n), np.resize(order, wanted if len(order) else 0)]).astype(np.intp)
        return take_rows(X_mixed, rows), y_mixed[rows]

    def _validate_params(self) -> None:
        super()._validate_params()
        if self.complexity_min > self.complexity_max:
            limits = f"complexity_min == {self.complexity_min}, complexity_max == {self.complexity_max}"
            raise ValueError(f"{limits}: the first must be <= the second.")
        if self.schedule is not None and self.synthetic_weight != "auto":
            raise ValueError(
                "Both schedule and a number for synthetic_weight were given; the schedule sets the weight, "
                "so leave synthetic_weight='auto'."
            )

    def _ratio(self, n: int, performance: Any, consistency: Any, n_labels_a_row: int | None = None) -> float:
        if callable(self.ratio):
            for name, value in {"performance": performance, "consistency": consistency}.items():
                if not isinstance(value, Real) or not 0 <= float(value) <= 1:
                    raise ValueError(f"{name} == {value!r}, must be in [0, 1] where ratio is a callable.")
            ratio = self.ratio(performance, consistency)
            if not isinstance(ratio, Real) or not 0 <= ratio < np.inf:
                raise ValueError(f"ratio made {ratio!r}, must make a finite number >= 0.")
            return float(ratio)
        if self.ratio == "auto":
            wanted = 2 * n if n_labels_a_row is None else _SOFT_ROWS // n_labels_a_row
            return float(np.clip(wanted, *_AUTO_ROWS)) / n
        return float(self.ratio)

    def _weight(self, counts: NDArray[np.intp], ratio: float, estimator: Any, source: Source) -> float:
        if self.schedule is not None:
            weight = self.schedule(ratio)
            if not isinstance(weight, Real) or not 0 <= weight < 1:
                raise ValueError(f"schedule made {weight!r} of {ratio}, must make a number in [0, 1).")
            return float(weight)
        if self.synthetic_weight == "cv":
            raise ValueError(
                "synthetic_weight == 'cv' needs the model to be trained, which only SynDAClassifier knows; "
                "give a number, or search one with GridSearchCV."
            )
        if self.synthetic_weight != "auto":
            return float(self.synthetic_weight)
        return automatic_weight(counts, estimator, source)

    def _entering(
        self, X: Table, y: NDArray[Any], X_new: Table, y_new: NDArray[Any], step: int, estimator: Any
    ) -> NDArray[np.intp]:
        self.complexity_threshold_ = curriculum_threshold(
            step, self.complexity_min, self.complexity_max, self.n_warmup_rounds
        )
        if self.complexity is None:
            return np.arange(len(y_new))
        if callable(self.complexity):
            hardness = np.asarray(self.complexity(X_new, y_new))
        elif self.complexity == "distance":
            hardness = distance_complexity(X, y, X_new, y_new)
        else:
            model = clone(estimator) if estimator is not None else None
            set_seed(model, SeedStreams(self.random_state).seed("complexity", step))
            hardness = margin_complexity(X, y, X_new, y_new, model)
        if hardness.shape != (len(y_new),):
            raise ValueError(f"complexity made shape {hardness.shape}, must make ({len(y_new)},), one a row.")
        return np.flatnonzero(hardness <= self.complexity_threshold_)


def _check_source(source: Any) -> None:
    if source not in get_args(Source):
        raise ValueError(f"source == {source!r}, must be one of {', '.join(map(repr, get_args(Source)))}.")


def _relative_weights(weight_synthetic: Any, n_rows: int) -> FloatArray:
    if weight_synthetic is None:
        return np.ones(n_rows)
    weights = np.asarray(weight_synthetic, dtype=np.float64)
    if weights.shape != (n_rows,):
        raise ValueError(f"weight_synthetic.shape == {weights.shape}, expected ({n_rows},), one a row.")
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError("weight_synthetic must hold finite numbers >= 0.")
    return weights
