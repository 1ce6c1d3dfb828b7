"""f(x): the feature space in which rows are compared."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import _num_samples

from synda_sk.typing import FeatureProvider, FloatArray, IntArray, Table
from synda_sk.utils._encoder import TableEncoder
from synda_sk.utils._frames import take_rows

FIT_ROWS = 100_000  # rows an encoder is fitted on, at most
BLOCK_ROWS = 65_536


def evenly_spaced(n_samples: int, limit: int) -> IntArray:
    """Return at most `limit` row numbers, evenly spaced from the first row to the last.

    Parameters
    ----------
    n_samples : int
        Number of rows there are.
    limit : int
        Most rows wanted; all of them where there are no more.

    Returns
    -------
    ndarray of int of shape (min(n_samples, limit),)
        Ascending positions.

    Examples
    --------
    >>> from synda_sk.utils import evenly_spaced
    >>> evenly_spaced(9, 3).tolist()
    [0, 4, 8]
    """
    return np.linspace(0, n_samples - 1, min(n_samples, limit)).astype(np.intp)


def feature_blocks(features: FeatureProvider) -> Iterator[FloatArray]:
    """Yield f(x) of all rows in their order, block by block.

    Parameters
    ----------
    features : FeatureProvider
        Asked for its own ``blocks()``, otherwise for 65,536 rows at a time.

    Yields
    ------
    ndarray of shape (n_block, n_components)
        f(x) of the next rows.
    """
    if hasattr(features, "blocks"):
        yield from features.blocks()
        return
    for start in range(0, len(features), BLOCK_ROWS):
        stop = min(start + BLOCK_ROWS, len(features))
        yield features[start:stop] if isinstance(features, np.ndarray) else features[np.arange(start, stop)]


class LazyFeatures:
    """The features of a table, computed for the rows asked for and not kept.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
        Kept by reference.
    transform : callable
        Maps a table to f(x), each row by itself.
    """

    def __init__(self, X: Table, transform: Callable[[Table], FloatArray]) -> None:
        self._X = X
        self._transform = transform

    def __len__(self) -> int:
        return _num_samples(self._X)

    def __getitem__(self, rows: IntArray) -> FloatArray:
        first = self._transform(take_rows(self._X, rows[:BLOCK_ROWS]))
        if len(rows) <= BLOCK_ROWS:
            return first
        features = np.empty((len(rows), first.shape[1]))
        features[:BLOCK_ROWS] = first
        for start in range(BLOCK_ROWS, len(rows), BLOCK_ROWS):
            part = slice(start, start + BLOCK_ROWS)
            features[part] = self._transform(take_rows(self._X, rows[part]))
        return features

    def blocks(self) -> Iterator[FloatArray]:
        """Yield f(x) of all rows in their order, 65,536 at a time."""
        for start in range(0, len(self), BLOCK_ROWS):
            yield self._transform(take_rows(self._X, slice(start, start + BLOCK_ROWS)))


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


class Features:
    """The feature map f(x) the user asked for, fitted on rows without looking at labels.

    Parameters
    ----------
    features : "auto", "estimator", transformer or callable
        "auto" is a :class:`TableEncoder`; "estimator" the fitted model's own
        ``transform``, or a pipeline's steps before the model; a transformer is
        cloned and fitted; a callable maps X to an array.
    X : table of shape (n_samples, n_features)
        Rows to fit the encoder or transformer on, at the first call: all, or
        100,000 evenly spaced ones of more.
    """

    def __init__(self, features: Any, X: Table) -> None:
        check_features(features)
        self._wanted = features
        self._X = X
        self.follows_estimator = isinstance(features, str) and features == "estimator"

    @cached_property
    def _transform(self) -> Callable[[Table], Any]:
        if callable(self._wanted) and not hasattr(self._wanted, "transform"):
            return self._wanted
        transformer = TableEncoder() if isinstance(self._wanted, str) else clone(self._wanted)
        n_samples = _num_samples(self._X)
        few = n_samples <= FIT_ROWS
        return transformer.fit(
            self._X if few else take_rows(self._X, evenly_spaced(n_samples, FIT_ROWS))
        ).transform

    def lazy(self, X: Table, estimator: Any = None) -> FeatureProvider:
        """Return f(X), computed row by row when asked for; a callable sees the whole of X, once.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows.
        estimator : fitted classifier or None
            Needed for "estimator" only.

        Returns
        -------
        FeatureProvider
            An ndarray for a callable, otherwise :class:`LazyFeatures`.
        """
        if callable(self._wanted) and not hasattr(self._wanted, "transform"):
            return self(X)
        return LazyFeatures(X, lambda part: self(part, estimator))

    def __call__(self, X: Table, estimator: Any = None) -> FloatArray:
        """Return f(X) as a finite float array of shape (n_samples, n_components).

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows.
        estimator : fitted classifier or None
            Needed for "estimator" only.

        Returns
        -------
        ndarray of shape (n_samples, n_components)
            Features.

        Raises
        ------
        ValueError
            If "estimator" was asked for and the model cannot transform, or the
            features are not one row of finite numbers for each row of `X`.
        """
        if not self.follows_estimator:
            values = self._transform(X)
        elif hasattr(estimator, "transform"):
            values = estimator.transform(X)
        elif isinstance(estimator, Pipeline):
            values = estimator[:-1].transform(X)
        else:
            raise ValueError(
                f"features='estimator', but {type(estimator).__name__} has no transform and is no Pipeline; "
                "use features='auto'."
            )
        return _as_features(values, _num_samples(X))


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
