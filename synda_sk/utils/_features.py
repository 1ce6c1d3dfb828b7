"""f(x): the feature space in which rows are compared."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import clone
from sklearn.decomposition import TruncatedSVD
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import _num_samples

from synda_sk.typing import FeatureProvider, FloatArray, IntArray, Table
from synda_sk.utils._encoder import TableEncoder
from synda_sk.utils._rows import RowSource, TableRows, as_rows, fill_rows, make_parts, sample_rows

_DIRECTIONS = 50  # of sparse rows


def scan_features(features: FeatureProvider, function: Callable[[FloatArray], Any]) -> Iterator[Any]:
    """Yield what `function` makes of f(x) of each part of a pool, in order.

    Parameters
    ----------
    features : FeatureProvider
        Asked for its own ``scan``, otherwise for the rows of each part.
    function : callable
        Called with f(x) of the next rows, of shape (n_part, n_components).

    Yields
    ------
    object
        What it returns.
    """
    if hasattr(features, "scan"):
        yield from features.scan(function)
        return
    for start, stop, _ in make_parts(len(features)):
        part = slice(start, stop)
        yield function(
            features[part] if isinstance(features, np.ndarray) else features[np.arange(start, stop)]
        )


class LazyFeatures:
    """The features of a table, computed for the rows asked for and not kept.

    Parameters
    ----------
    X : RowSource
        Kept by reference.
    make_transform : callable
        Called once, when the first features are needed; returns what maps a
        table to f(x), each row by itself.
    """

    def __init__(self, X: RowSource, make_transform: Callable[[], Callable[[Table], FloatArray]]) -> None:
        self._X = X
        self._make_transform = make_transform

    @cached_property
    def _transform(self) -> Callable[[Table], FloatArray]:
        return self._make_transform()

    def __len__(self) -> int:
        return len(self._X)

    def __getitem__(self, rows: IntArray) -> FloatArray:
        return fill_rows(self._X.scan(self._transform, rows), len(rows))

    def scan(self, function: Callable[[FloatArray], Any]) -> Iterator[Any]:
        """Yield what `function` makes of f(x) of each part, in order.

        Parameters
        ----------
        function : callable
            Called with f(x) of the next rows, of shape (n_part, n_components).

        Returns
        -------
        iterator of object
            What it returns.
        """
        return self._X.scan(_Chain(self._transform, function))


@dataclass(frozen=True)
class _Chain:
    """One function after the other, fit to be sent to another process."""

    first: Callable[[Table], FloatArray]
    second: Callable[[FloatArray], Any]

    def __call__(self, X: Table) -> Any:
        return self.second(self.first(X))


def check_features(features: Any, parameter: str = "features") -> None:
    """Raise unless `features` is "auto", "estimator", a transformer or a callable.

    Parameters
    ----------
    features : object
        What was given.
    parameter : str, default="features"
        The name to use in the message.

    Raises
    ------
    ValueError
        Names the parameter and what it takes.
    """
    if isinstance(features, str) and features in ("auto", "estimator"):
        return
    if not isinstance(features, str) and (callable(features) or hasattr(features, "transform")):
        return
    raise ValueError(
        f"{parameter} == {features!r}, must be 'auto', 'estimator', a transformer or a callable X -> array."
    )


@dataclass(frozen=True)
class FeatureMap:
    """f(x) of a table, by a function or by a transformer's ``transform``."""

    transform: Callable[[Table], Any]

    def __call__(self, X: Table) -> FloatArray:
        """Return f(X) as a finite float array of shape (n_samples, n_components).

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_components)
            Features.

        Raises
        ------
        ValueError
            If they are not one row of finite numbers for each row of `X`.
        """
        return _as_features(self.transform(X), _num_samples(X))


class Features:
    """The feature map f(x) the user asked for, fitted on rows without looking at labels.

    Parameters
    ----------
    features : "auto", "estimator", transformer or callable
        "auto" is a :class:`TableEncoder`, or, for sparse rows, their first 50
        singular directions, which keep their distances best; "estimator" the
        fitted model's own ``transform``, or a pipeline's steps before the model,
        and "auto" as long as one class is known and the model is a constant;
        a transformer is cloned and fitted; a callable maps X to an array: all of
        it, or a part, where X is read in parts.
    X : table of shape (n_samples, n_features) or RowSource
        Rows to fit the encoder or transformer on, at the first call: all, or
        32,768 evenly spaced ones of more.
    """

    def __init__(self, features: Any, X: Table) -> None:
        check_features(features)
        self._wanted = features
        self._X = X
        self.follows_estimator = isinstance(features, str) and features == "estimator"

    @cached_property
    def _transform(self) -> Callable[[Table], Any]:
        if self._is_function:
            return self._wanted
        source = as_rows(self._X)
        sample = sample_rows(len(source))
        rows = source.take(None if len(sample) == len(source) else sample)
        if not isinstance(self._wanted, str):
            transformer = clone(self._wanted)
        elif issparse(rows):
            transformer = TruncatedSVD(min(_DIRECTIONS, rows.shape[1]), random_state=0)
        else:
            transformer = TableEncoder()
        return transformer.fit(rows).transform

    @property
    def _is_function(self) -> bool:
        return callable(self._wanted) and not hasattr(self._wanted, "transform")

    def map(self, estimator: Any = None) -> FeatureMap:
        """Return f itself.

        Parameters
        ----------
        estimator : fitted classifier or None
            Needed for "estimator" only.

        Returns
        -------
        FeatureMap
            Without a reference to the rows it was fitted on.

        Raises
        ------
        ValueError
            If "estimator" was asked for and the model cannot transform.
        """
        if not self.follows_estimator or isinstance(estimator, DummyClassifier):
            return FeatureMap(self._transform)
        if hasattr(estimator, "transform"):
            return FeatureMap(estimator.transform)
        if isinstance(estimator, Pipeline):
            return FeatureMap(estimator[:-1].transform)
        raise ValueError(
            f"features='estimator', but {type(estimator).__name__} has no transform and is no Pipeline; "
            "use features='auto'."
        )

    def lazy(self, X: Table, estimator: Any = None) -> FeatureProvider:
        """Return f(X), computed row by row when asked for; a callable sees the whole of a table, once.

        Parameters
        ----------
        X : table of shape (n_samples, n_features) or RowSource
            Rows.
        estimator : fitted classifier or None
            Needed for "estimator" only.

        Returns
        -------
        FeatureProvider
            An ndarray for a callable and a table, otherwise :class:`LazyFeatures`.
        """
        rows = as_rows(X)
        if self._is_function and isinstance(rows, TableRows):
            return self(rows.take(), estimator)
        return LazyFeatures(rows, lambda: self.map(estimator))

    def __call__(self, X: Table, estimator: Any = None) -> FloatArray:
        """Return f(X), fitted or taken from the estimator as `features` says."""
        return self.map(estimator)(X)


def _as_features(values: Any, n_samples: int) -> FloatArray:
    """Return a finite matrix of `n_samples` rows."""
    try:
        array = np.asarray(values.toarray() if hasattr(values, "toarray") else values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"features must make numbers: {error}") from error
    if array.shape[:1] != (n_samples,):
        raise ValueError(f"features made an array of shape {array.shape}, must make {n_samples} rows.")
    if not np.isfinite(array).all():
        raise ValueError("features made NaN or infinity, must make finite numbers.")
    return array.reshape(n_samples, -1)
