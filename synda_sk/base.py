"""The three contracts: generators make rows, samplers add rows, query strategies choose rows."""

import dataclasses
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, OneToOneFeatureMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from synda_sk.typing import FloatArray, IntArray, Labels, Table
from synda_sk.utils import Containers, check_same_length, check_table, restored_on_failure, split_missing

__all__ = ["BaseGenerator", "BaseQueryStrategy", "SamplerMixin"]


def check_labels(y: Labels, name: str = "y") -> NDArray[Any]:
    """Return labels, none of which is missing.

    Raises
    ------
    ValueError
        If one is, or they are no classification target.
    """
    known, is_missing = split_missing(y, name=name)
    if is_missing.any():
        raise ValueError(
            f"Input {name} contains NaN or None in {int(is_missing.sum())} of {len(is_missing)} rows, must "
            "have every row labelled."
        )
    return known


def check_seen(labels: NDArray[Any], classes: NDArray[Any], name: str, where: str = "fit") -> None:
    """Raise where a label is none of the classes.

    Raises
    ------
    ValueError
        Names both.
    """
    unseen = set(labels.tolist()) - set(classes.tolist())
    if unseen:
        raise ValueError(
            f"{name} contains labels not seen in {where}: {sorted(unseen, key=repr)}; "
            f"known: {classes.tolist()}."
        )


def require_labels(estimator: BaseEstimator, y: Labels | None) -> None:
    """Raise where there are no labels, in scikit-learn's words.

    Raises
    ------
    ValueError
        If `y` is None.
    """
    if y is None:
        raise ValueError(
            f"This {type(estimator).__name__} estimator requires y to be passed, but the target y is None."
        )


def check_labelled_table(
    estimator: BaseEstimator, X: Table, y: Labels, *, reset: bool = True
) -> tuple[Table, NDArray[Any]]:
    """Validate a table whose rows all have a label.

    Raises
    ------
    ValueError
        If lengths differ or a label is missing.
    """
    require_labels(estimator, y)
    X = check_table(estimator, X, reset=reset)
    known = check_labels(y)
    check_same_length(X=X, y=known)
    return X, known


def check_n_samples(n_samples: Any) -> None:
    """Raise unless `n_samples` is a number of rows to draw.

    Raises
    ------
    ValueError
        If it is no int >= 0.
    """
    if not isinstance(n_samples, Integral) or n_samples < 0:
        raise ValueError(f"n_samples == {n_samples!r}, must be an int >= 0.")


def rows_wanted(n_queries: Any, batch_size: int | Callable[[int], int], step: int = 0) -> int:
    """Return how many rows a query is to choose: `n_queries`, else the batch size of the round `step`.

    Raises
    ------
    ValueError
        If that is no int >= 1.
    """
    name = "n_queries"
    if n_queries is None:
        name, n_queries = "batch_size", batch_size(step) if callable(batch_size) else batch_size
    if not isinstance(n_queries, Integral) or n_queries < 1:
        raise ValueError(f"{name} == {n_queries!r}, must be an int >= 1.")
    return int(n_queries)


class _TableTags:
    """Tags of estimators that take mixed tables with missing values and need `y`."""

    def __sklearn_tags__(self):  # type: ignore[no-untyped-def]
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.target_tags.required = True
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags


class TableClassifier(_TableTags, ClassifierMixin, BaseEstimator, ABC):
    """Classifier of mixed tables whose rows all have a label.

    A subclass writes ``_fit(X, y)``, which sets ``classes_``, and
    ``_probabilities(X)``; parameters, tables and labels are checked here.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels.
    """

    classes_: NDArray[Any]

    def fit(self, X: Table, y: Labels) -> Self:
        """Learn from rows with labels.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,)
            Their labels, none missing.

        Returns
        -------
        TableClassifier
            Itself.

        Raises
        ------
        ValueError
            If a label is missing, lengths differ or a parameter is out of its range.
        """
        self._validate_params()
        self._fit(*check_labelled_table(self, X, y))
        return self

    def predict_proba(self, X: Table) -> FloatArray:
        """Return the probability of each class.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            In the order of `classes_`.
        """
        check_is_fitted(self)
        return self._probabilities(check_table(self, X, reset=False))

    def predict(self, X: Table) -> NDArray[Any]:
        """Return the likeliest label of each row.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Labels.
        """
        probabilities = self.predict_proba(X)
        return self.classes_[probabilities.argmax(axis=1)]

    @abstractmethod
    def _fit(self, X: Table, y: NDArray[Any]) -> None:
        """Fit to validated rows and labels, and set ``classes_``."""

    @abstractmethod
    def _probabilities(self, X: Table) -> FloatArray:
        """Return the probabilities of validated rows."""


class BaseGenerator(_TableTags, BaseEstimator, ABC):
    """Contract of a generator of labelled synthetic rows, x = G(z, c).

    A subclass writes ``_fit(X, y)`` and ``_sample(labels, rng)``; validation,
    labels and seeds are settled here. ``random_state`` is read at each call of
    ``sample``: an int repeats the same rows, a RandomState moves on.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels seen in fit.
    class_count_ : ndarray of shape (n_classes,)
        Rows of each class in fit.
    n_features_in_ : int
        Number of columns.
    """

    random_state: Any
    _parameter_constraints: dict[str, Any] = {"random_state": ["random_state"]}

    def fit(self, X: Table, y: Labels) -> Self:
        """Learn the distribution of the rows of each class.

        A fit that fails or is interrupted leaves a fitted generator as it was.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Real rows: numbers, integers, booleans, categories, missing values.
        y : array-like of shape (n_samples,)
            Their labels, none missing.

        Returns
        -------
        BaseGenerator
            Itself.

        Raises
        ------
        ValueError
            If a label is missing, lengths differ or a parameter is out of its range.
        """
        return self._fit_or_restore(X, y)

    def _fit_or_restore(self, X: Table, y: Labels, **told: Any) -> Self:
        with restored_on_failure(self):
            self._validate_params()
            X, y = self._check_rows(X, y)
            self.classes_, self.class_count_ = np.unique(y, return_counts=True)
            self._fit(X, y, **told)
        return self

    def _check_rows(self, X: Table, y: Labels, *, reset: bool = True) -> tuple[Table, NDArray[Any]]:
        return check_labelled_table(self, X, y, reset=reset)

    def sample(self, n_samples: int, y: Labels | None = None) -> tuple[Table, NDArray[Any]]:
        """Draw synthetic rows with the container, columns and dtypes seen in fit.

        Parameters
        ----------
        n_samples : int
            Number of rows, at least 0.
        y : label, array-like of shape (n_samples,) or None, default=None
            The class wanted, of every row or row by row. None draws classes
            with their frequencies in fit.

        Returns
        -------
        X : table of shape (n_samples, n_features)
            Synthetic rows.
        y : ndarray of shape (n_samples,)
            Their labels.

        Raises
        ------
        ValueError
            If `n_samples` is negative, `y` has another length or an unseen label.
        """
        check_is_fitted(self)
        check_n_samples(n_samples)
        rng = check_random_state(self.random_state)
        labels = self._labels(int(n_samples), y, rng)
        return self._sample(labels, rng), labels

    def _labels(self, n_samples: int, y: Labels | None, rng: np.random.RandomState) -> NDArray[Any]:
        if y is None:
            return rng.choice(self.classes_, size=n_samples, p=self.class_count_ / self.class_count_.sum())
        labels = np.asarray(y)
        labels = np.repeat(labels, n_samples) if labels.ndim == 0 else labels
        if labels.shape != (n_samples,):
            raise ValueError(f"y has shape {labels.shape}, expected one label or {n_samples}, as n_samples.")
        check_seen(labels, self.classes_, "y")
        return labels

    @abstractmethod
    def _fit(self, X: Table, y: NDArray[Any]) -> None:
        """Fit to validated rows and labels."""

    @abstractmethod
    def _sample(self, labels: NDArray[Any], rng: np.random.RandomState) -> Table:
        """Draw one row a label, in the order of `labels`."""


class SamplerMixin(_TableTags, OneToOneFeatureMixin, ABC):
    """Contract of an imbalanced-learn sampler that adds rows.

    A subclass writes ``_fit_resample(X, y)``, which returns the original rows
    first and the new ones behind them. Nothing of imbalanced-learn is imported
    unless the user has done so.

    Attributes
    ----------
    sampling_strategy_ : dict
        Rows added, by class.
    synthetic_mask_ : ndarray of bool of shape (n_resampled,)
        True for the rows that were added.
    """

    sampling_strategy_: dict[Any, int]
    synthetic_mask_: NDArray[np.bool_]

    def fit(self, X: Table, y: Labels) -> Self:
        """Check the input and fit the parts of the sampler; use ``fit_resample`` to resample.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Real rows.
        y : array-like of shape (n_samples,)
            Their labels.

        Returns
        -------
        SamplerMixin
            Itself.
        """
        self.fit_resample(X, y)
        return self

    def fit_resample(self, X: Table, y: Labels) -> tuple[Table, NDArray[Any]]:
        """Return the rows given, followed by the rows added.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Real rows; a list of rows and sparse matrices too, made dense inside.
        y : array-like of shape (n_samples,), (n_samples, 1) or (n_samples, n_classes)
            Their labels, of at least two classes, or indicators of them (one
            1 in each row).

        Returns
        -------
        X_resampled : table of shape (n_resampled, n_features)
            Same container and dtypes as `X`.
        y_resampled : array-like of shape (n_resampled,) or (n_resampled, n_classes)
            Labels in the container of `y`.

        Raises
        ------
        ValueError
            If `y` has a single class or missing labels.
        """
        containers, X, labels = self._open(X, y)
        X_resampled, y_resampled = self._fit_resample(X, labels)
        self.synthetic_mask_ = np.arange(len(y_resampled)) >= len(labels)
        added = y_resampled[self.synthetic_mask_]
        self.sampling_strategy_ = {label: int((added == label).sum()) for label in np.unique(labels).tolist()}
        return containers.close(X_resampled, y_resampled)

    def _open(self, X: Table, y: Labels) -> tuple[Containers, Table, NDArray[Any]]:
        """Check a table and labels of two classes at least, and take them out of their containers."""
        containers = Containers(X, y)
        X, labels = check_labelled_table(self, *containers.open())
        classes = np.unique(labels)
        if len(classes) < 2:
            raise ValueError(
                f"The target 'y' needs to have more than 1 class. Got {len(classes)} class instead: "
                f"{classes.tolist()}."
            )
        return containers, X, labels

    @abstractmethod
    def _fit_resample(self, X: Table, y: NDArray[Any]) -> tuple[Table, NDArray[Any]]:
        """Return the original rows and behind them the new ones, with their labels."""

    def __sklearn_tags__(self):  # type: ignore[no-untyped-def]
        """imbalanced-learn's tags where it is in use, scikit-learn's otherwise."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        if "imblearn" not in sys.modules:
            return tags
        from imblearn.utils._tags import InputTags, SamplerTags, Tags

        given = _field_values(tags) | {
            "estimator_type": "sampler",
            "input_tags": InputTags(**_field_values(tags.input_tags) | {"dataframe": True}),
            "sampler_tags": SamplerTags(),
        }
        return Tags(**given)


def _field_values(tags: Any) -> dict[str, Any]:
    return {field.name: getattr(tags, field.name) for field in dataclasses.fields(tags)}


class BaseQueryStrategy(BaseEstimator, ABC):
    """Contract of a rule that chooses which rows to have labelled.

    ``query`` may take two more keywords, `costs` (what the label of each row of
    the pool costs) and `cost_budget` (the most the batch may cost, or None). A
    :class:`~synda_sk.SynDAClassifier` that knows costs needs a strategy with both.
    """

    @abstractmethod
    def query(
        self,
        estimator: Any,
        X_pool: Table,
        n_queries: int | None = None,
        *,
        X_labeled: Table | None = None,
        y_labeled: Labels | None = None,
    ) -> IntArray:
        """Return the positions in `X_pool` of the rows to label next, best first.

        Parameters
        ----------
        estimator : fitted classifier
            Has ``predict_proba`` or ``decision_function``.
        X_pool : table of shape (n_pool, n_features)
            Unlabelled rows.
        n_queries : int or None, default=None
            Rows wanted; None takes the strategy's batch size.
        X_labeled : table of shape (n_labeled, n_features) or None
            Rows labelled so far.
        y_labeled : array-like of shape (n_labeled,) or None
            Their labels.

        Returns
        -------
        ndarray of int of shape (n_queries,)
            Distinct positions, fewer where the pool is smaller.
        """

    @abstractmethod
    def score_samples(self, estimator: Any, X_pool: Table) -> FloatArray:
        """Return the score of each row of `X_pool`, higher meaning sooner.

        Parameters
        ----------
        estimator : fitted classifier
            Has ``predict_proba`` or ``decision_function``.
        X_pool : table of shape (n_pool, n_features)
            Unlabelled rows.

        Returns
        -------
        ndarray of shape (n_pool,)
            Scores.
        """

    def __call__(self, learner: Any, X_pool: Table, n_instances: int = 1) -> tuple[IntArray, FloatArray]:
        """Query as modAL 0.4.2 does: ``(indices, utilities)``, always a tuple.

        Parameters
        ----------
        learner : modAL.ActiveLearner or fitted classifier
            Its fitted estimator is asked for probabilities.
        X_pool : table of shape (n_pool, n_features)
            Unlabelled rows.
        n_instances : int, default=1
            Rows wanted.

        Returns
        -------
        indices : ndarray of int of shape (n_instances,)
            Positions in `X_pool`.
        utilities : ndarray of shape (n_instances,)
            Their scores.
        """
        estimator = getattr(learner, "estimator", learner)
        indices = self.query(estimator, X_pool, n_instances)
        return indices, self.score_samples(estimator, X_pool)[indices]
