"""f(x): the feature space in which rows are compared."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from synda_sk.typing import FloatArray, Table
from synda_sk.utils._encoder import TableEncoder


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
        Rows to fit the encoder on, at the first call.
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
        return transformer.fit(self._X).transform

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
            If "estimator" was asked for and the model cannot transform.
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
        values = values.toarray() if hasattr(values, "toarray") else values
        values = np.asarray(values, dtype=np.float64)
        return values.reshape(len(values), -1)
