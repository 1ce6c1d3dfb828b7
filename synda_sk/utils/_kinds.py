"""What kind of model an estimator is, pipelines looked through."""

from typing import Any

from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.linear_model._base import LinearClassifierMixin
from sklearn.pipeline import Pipeline

_FORESTS = (RandomForestClassifier, ExtraTreesClassifier)
_BOOSTING = (GradientBoostingClassifier, HistGradientBoostingClassifier)


def final_estimator(estimator: Any) -> Any:
    """Return the last step of a pipeline, of pipelines in pipelines too.

    Parameters
    ----------
    estimator : estimator
        A pipeline or anything else.

    Returns
    -------
    estimator
        The last step, or the estimator itself.
    """
    while isinstance(estimator, Pipeline):
        estimator = estimator.steps[-1][1]
    return estimator


def is_linear(estimator: Any) -> bool:
    """Tell whether the last step is one of scikit-learn's linear classifiers.

    Parameters
    ----------
    estimator : estimator
        A pipeline or anything else.

    Returns
    -------
    bool
        True for a linear classifier.
    """
    return isinstance(final_estimator(estimator), LinearClassifierMixin)


def is_forest(estimator: Any) -> bool:
    """Tell whether the last step is a random forest or extremely randomised trees.

    Parameters
    ----------
    estimator : estimator
        A pipeline or anything else.

    Returns
    -------
    bool
        True for a forest.
    """
    return isinstance(final_estimator(estimator), _FORESTS)


def is_boosting(estimator: Any) -> bool:
    """Tell whether the last step is one of scikit-learn's gradient-boosted trees.

    Parameters
    ----------
    estimator : estimator
        A pipeline or anything else.

    Returns
    -------
    bool
        True for boosted trees.
    """
    return isinstance(final_estimator(estimator), _BOOSTING)


def is_logistic(estimator: Any) -> bool:
    """Tell whether the last step is a logistic regression of fixed penalty.

    Parameters
    ----------
    estimator : estimator
        A pipeline or anything else.

    Returns
    -------
    bool
        True for ``LogisticRegression``, False for its cross-validated kin.
    """
    last = final_estimator(estimator)
    return isinstance(last, LogisticRegression) and not isinstance(last, LogisticRegressionCV)
