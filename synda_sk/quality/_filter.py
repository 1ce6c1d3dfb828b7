"""Keeping the good synthetic rows."""

from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from synda_sk.augmentation import SyntheticAugmenter
from synda_sk.base import SamplerMixin, check_labelled_table, check_labels
from synda_sk.metrics._near_copies import mark_near_copies
from synda_sk.quality._discriminator import CrossFittedDiscriminator
from synda_sk.quality._threshold import GlobalThreshold, accepted
from synda_sk.typing import FloatArray, Labels, RandomState, Table
from synda_sk.utils import (
    SeedStreams,
    TableEncoder,
    check_same_length,
    check_table,
    concat_rows,
    set_seed,
    take_rows,
)

KEPT, LOW_QUALITY, NEAR_COPY = "kept", "low quality", "near copy"

_COMBINE: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "product": np.multiply,
    "mean": lambda realism, confidence: (realism + confidence) / 2,
    "min": np.minimum,
}


class QualityFilter(SamplerMixin, BaseEstimator):
    r"""Keep the synthetic rows that look real and fit their label.

    .. math:: q(x_{syn}) = h(D_{disc}(x_{syn}),\; conf(M(x_{syn})))

    D is the cross-fitted and calibrated probability of being real, as if there
    were as many real rows as synthetic ones; conf the probability a model of
    the real rows gives to the row's label (proposal, 2.3.2).

    Parameters
    ----------
    sampler : sampler or None, default=None
        Makes the synthetic rows: any sampler that returns the original rows
        first, imbalanced-learn's over-samplers included. None is
        :class:`~synda_sk.augmentation.SyntheticAugmenter`.
    discriminator : classifier or None, default=None
        Tells real from synthetic on f(x). None is a class-balanced logistic regression.
    estimator : classifier or None, default=None
        M, fitted on the real rows as given. None is a logistic regression on
        f(x); inside :class:`~synda_sk.SynDAClassifier`, its estimator.
    combine : {"product", "mean", "min"} or callable, default="product"
        h; a callable maps (realism, confidence) to q.
    threshold : float, GlobalThreshold or None, default=None
        Share of each class to keep, in (0, 1], or the literal
        :class:`GlobalThreshold`; None keeps every row (and still scores them).
        Near-copies are dropped before, and not counted.
    min_distance : float or None, default=None
        Drop near-copies of real rows: rows nearer to a real row than this
        quantile, in (0, 1), of the distances of the distinct real rows to their
        nearest other one, in the space of :class:`~synda_sk.utils.TableEncoder`.
        A row equal to a real one is dropped, unless several real rows are equal
        to it, as in tables of a few discrete columns. None drops none.
    random_state : int, RandomState instance or None, default=None
        Seed of the folds and of parts without their own.

    Attributes
    ----------
    quality_ : ndarray of shape (n_synthetic,)
        q(x) of the rows the sampler made, before filtering.
    labels_ : ndarray of shape (n_synthetic,)
        Their labels.
    accepted_ : ndarray of bool of shape (n_synthetic,)
        Which of them were kept.
    reasons_ : ndarray of str of shape (n_synthetic,)
        "kept", "low quality" or "near copy".
    rejected_ : dict of str to int
        How many rows were dropped for each reason.
    consistency_ : float
        1 where real and synthetic rows cannot be told apart, 0 where they
        always can: 2 (1 - AUC) of the discriminator, at most 1.
    sampling_strategy_ : dict
        Rows added, by class.
    synthetic_mask_ : ndarray of bool of shape (n_resampled,)
        True for the rows that were added.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from synda_sk import QualityFilter
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> kept = QualityFilter(threshold=0.8, random_state=0).fit(X, y)
    >>> round(float(kept.accepted_.mean()), 1)
    0.8
    >>> kept.rejected_
    {'low quality': 29, 'near copy': 0}
    """

    _parameter_constraints = {
        "sampler": [HasMethods("fit_resample"), None],
        "discriminator": [HasMethods(["fit", "predict_proba"]), None],
        "estimator": [HasMethods(["fit", "predict_proba"]), None],
        "combine": [StrOptions(set(_COMBINE)), callable],
        "threshold": [Interval(Real, 0, 1, closed="right"), GlobalThreshold, None],
        "min_distance": [Interval(Real, 0, 1, closed="neither"), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        sampler: Any = None,
        *,
        discriminator: Any = None,
        estimator: Any = None,
        combine: str | Callable[[FloatArray, FloatArray], FloatArray] = "product",
        threshold: float | GlobalThreshold | None = None,
        min_distance: float | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.sampler = sampler
        self.discriminator = discriminator
        self.estimator = estimator
        self.combine = combine
        self.threshold = threshold
        self.min_distance = min_distance
        self.random_state = random_state

    def assess(self, X: Table, y: Labels, X_synthetic: Table, y_synthetic: Labels) -> NDArray[np.bool_]:
        """Score synthetic rows against real ones and tell which to keep.

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

        Returns
        -------
        ndarray of bool of shape (n_synthetic,)
            True where kept.

        Raises
        ------
        ValueError
            If a parameter is out of its range, a label is missing or lengths differ.
        """
        self._validate_params()
        X, y = check_labelled_table(self, X, y)
        y_synthetic = check_labels(y_synthetic, "y_synthetic")
        check_same_length(X_synthetic=X_synthetic, y_synthetic=y_synthetic)
        return self._assess(X, y, X_synthetic, y_synthetic)

    def score_samples(self, X: Table, y: Labels | None = None) -> FloatArray:
        """Return q(x) of rows that took no part in fit.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows to judge.
        y : array-like of shape (n_samples,) or None, default=None
            Their labels. None takes the labels the model predicts, so that
            conf is its largest probability.

        Returns
        -------
        ndarray of shape (n_samples,)
            Quality, in [0, 1] with the built-in `combine`.
        """
        check_is_fitted(self, "quality_")
        X = check_table(self, X, reset=False)
        y = self.estimator_.predict(X) if y is None else check_labelled_table(self, X, y, reset=False)[1]
        return self._quality(self._discriminator.score(self._encoder.transform(X)), X, y)

    def accept(self, X: Table, y: Labels) -> NDArray[np.bool_]:
        """Tell which rows that took no part in fit would be kept.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows to judge.
        y : array-like of shape (n_samples,)
            Their labels.

        Returns
        -------
        ndarray of bool of shape (n_samples,)
            True where kept; a share is taken of the rows given.

        Raises
        ------
        ValueError
            If `y` is missing, in whole or in part, or lengths differ.
        """
        check_is_fitted(self, "quality_")
        X, y = check_labelled_table(self, X, y, reset=False)
        return self._reasons(self._encoder.transform(X), self.score_samples(X, y), y) == KEPT

    def _fit_resample(self, X: Table, y: NDArray[Any]) -> tuple[Table, NDArray[Any]]:
        self._validate_params()
        streams = SeedStreams(self.random_state)
        sampler = clone(self.sampler) if self.sampler is not None else SyntheticAugmenter()
        set_seed(sampler, streams.seed("sampler"))
        X_new, y_new = new_rows(sampler, X, y)
        keep = self._assess(X, y, X_new, y_new, streams)
        return concat_rows(X, take_rows(X_new, np.flatnonzero(keep))), np.concatenate([y, y_new[keep]])

    def _assess(
        self, X: Table, y: NDArray[Any], X_new: Table, y_new: NDArray[Any], streams: SeedStreams | None = None
    ) -> NDArray[np.bool_]:
        streams = streams or SeedStreams(self.random_state)
        self._encoder = TableEncoder().fit(X)
        self._real = self._encoder.transform(X) if self.min_distance is not None else None
        default = LogisticRegression(class_weight="balanced", max_iter=1000)
        discriminator = clone(self.discriminator) if self.discriminator is not None else default
        set_seed(discriminator, streams.seed("discriminator"))
        self.estimator_ = (
            clone(self.estimator)
            if self.estimator is not None
            else make_pipeline(TableEncoder(), LogisticRegression(max_iter=1000))
        )
        set_seed(self.estimator_, streams.seed("estimator"))
        self.estimator_.fit(X, y)
        self._discriminator = CrossFittedDiscriminator(discriminator, streams.seed("folds"))
        if len(y_new):
            encoded = self._encoder.transform(X_new)
            self._discriminator.fit(self._encoder.transform(X), encoded)
            self.consistency_ = self._discriminator.consistency_
            self.quality_ = self._quality(self._discriminator.realism_, X_new, y_new)
            self.reasons_ = self._reasons(encoded, self.quality_, y_new)
        else:
            self._discriminator.models_ = []
            self.consistency_, self.quality_ = 1.0, np.empty(0)
            self.reasons_ = np.empty(0, dtype=f"<U{len(LOW_QUALITY)}")
        self.labels_ = y_new
        self.accepted_ = self.reasons_ == KEPT
        self.rejected_ = {reason: int((self.reasons_ == reason).sum()) for reason in (LOW_QUALITY, NEAR_COPY)}
        return self.accepted_

    def _reasons(self, encoded: FloatArray, quality: FloatArray, y: NDArray[Any]) -> NDArray[np.str_]:
        """Tell of each row why it is kept or dropped: near-copies first, then the threshold on the others."""
        copies = np.zeros(len(y), dtype=bool)
        if self.min_distance is not None and self._real is not None:
            copies = mark_near_copies(encoded, self._real, self.min_distance)
        reasons = np.where(copies, NEAR_COPY, LOW_QUALITY)
        others = np.flatnonzero(~copies)
        reasons[others[accepted(quality[others], y[others], self.threshold)]] = KEPT
        return reasons

    def _quality(self, realism: FloatArray, X: Table, y: NDArray[Any]) -> FloatArray:
        classes = self.estimator_.classes_
        column = np.searchsorted(classes, y).clip(max=len(classes) - 1)
        confidence = self.estimator_.predict_proba(X)[np.arange(len(y)), column]
        confidence = np.where(classes[column] == y, confidence, 0.0)
        combine = self.combine if callable(self.combine) else _COMBINE[self.combine]
        quality = np.asarray(combine(realism, confidence), dtype=np.float64)
        if quality.shape != (len(y),) or np.isnan(quality).any():
            raise ValueError(f"combine made {quality!r}, must make one number a row, {len(y)} in all.")
        return quality


def new_rows(sampler: Any, X: Table, y: NDArray[Any]) -> tuple[Table, NDArray[Any]]:
    """Run a sampler and return the rows it added behind the original ones.

    Parameters
    ----------
    sampler : sampler
        Has ``fit_resample``.
    X : table of shape (n_samples, n_features)
        Rows.
    y : ndarray of shape (n_samples,)
        Their labels.

    Returns
    -------
    X_new : table of shape (n_new, n_features)
        The rows added.
    y_new : ndarray of shape (n_new,)
        Their labels.

    Raises
    ------
    ValueError
        If the sampler does not return the original rows first.
    """
    X_resampled, y_resampled = sampler.fit_resample(X, y)
    y_resampled = np.asarray(y_resampled)
    n = len(y)
    first = take_rows(X_resampled, np.arange(min(n, len(y_resampled))))
    if len(y_resampled) < n or not np.array_equal(y_resampled[:n], y) or not _same_rows(first, X):
        raise ValueError(
            f"sampler={type(sampler).__name__} does not return the original rows first, so the new rows "
            "cannot be told apart; use an over-sampler (SMOTE, SyntheticAugmenter), not a cleaner."
        )
    return take_rows(X_resampled, np.arange(n, len(y_resampled))), y_resampled[n:]


def _same_rows(first: Table, X: Table) -> bool:
    a, b = np.asarray(first), np.asarray(X)
    if a.dtype.kind == b.dtype.kind == "f":
        return np.array_equal(a, b, equal_nan=True)
    return a.shape == b.shape and all((a == b).ravel() | ((a != a) & (b != b)).ravel())
