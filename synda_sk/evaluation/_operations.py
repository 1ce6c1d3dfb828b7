"""What the prediction of a row costs in operations, where that can be counted exactly."""

import sys
from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier, VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model._base import LinearClassifierMixin
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
)
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.tree import DecisionTreeClassifier

from synda_sk.classifier import SynDAClassifier
from synda_sk.compression._report import count_flops
from synda_sk.typing import Table
from synda_sk.utils import TableEncoder, evenly_spaced, take_rows

MOST_ROWS = 512
WITHOUT_PRODUCTS = (
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    SimpleImputer,
    StandardScaler,
    TableEncoder,
)


def flops_per_row(model: Any, X: Table) -> float | None:
    """Count the operations of a prediction, a row on average.

    A product and a sum of a matrix product or a convolution are two operations,
    a comparison in a tree is one, as it is on a processor. What is done to each
    number alone (scaling, activations) and means over trees and models are left
    out, as torch's own counter leaves them out.

    Parameters
    ----------
    model : fitted classifier
        SynDAClassifier and scikit-learn's linear classifiers, trees, forests, soft
        votes, frozen and self-training ones; networks that compute in torch;
        pipelines of these behind steps without a product; the classifiers of this
        sub-package.
    X : table of shape (n_samples, n_features)
        Rows to predict; of more than 512, 512 evenly spaced ones.

    Returns
    -------
    float or None
        None where it cannot be counted.
    """
    rows = take_rows(X, evenly_spaced(_n_rows(X), MOST_ROWS))
    total = _count(model, rows)
    return None if total is None else total / _n_rows(rows)


def _count(model: Any, X: Any) -> int | None:
    """Return the operations of ``model.predict_proba(X)``, None where they are unknown."""
    if hasattr(model, "_prediction_parts"):
        return _sum(_count(*part) for part in model._prediction_parts(X))
    if isinstance(model, Pipeline):
        if not all(_is_free(step) for _, step in model.steps[:-1]):
            return None
        for _, step in model.steps[:-1]:
            X = X if step in (None, "passthrough") else step.transform(X)
        return _count(model.steps[-1][1], X)
    if isinstance(model, FrozenEstimator):
        return _count(model.estimator, X)
    if isinstance(model, SelfTrainingClassifier | SynDAClassifier):
        return _count(model.estimator_, X)
    if isinstance(model, VotingClassifier):
        return _sum(_count(member, X) for member in model.estimators_)
    if isinstance(model, DummyClassifier):
        return 0
    if isinstance(model, LinearClassifierMixin):
        n_cells = X.nnz if sparse.issparse(X) else _n_rows(X) * model.n_features_in_
        return 2 * n_cells * np.atleast_2d(model.coef_).shape[0]
    if isinstance(model, RandomForestClassifier | ExtraTreesClassifier):
        return _sum(_comparisons(tree, X) for tree in model.estimators_)
    if isinstance(model, DecisionTreeClassifier):
        return _comparisons(model, X)
    return _torch_operations(model, X)


def _sum(counts: Iterable[int | None]) -> int | None:
    found = list(counts)
    return None if None in found else sum(count for count in found if count is not None)


def _comparisons(tree: DecisionTreeClassifier, X: Any) -> int:
    rows = X.toarray() if sparse.issparse(X) else np.asarray(X)
    return int(tree.tree_.decision_path(rows.astype(np.float32)).nnz) - len(rows)


def _torch_operations(model: Any, X: Any) -> int | None:
    """Return what torch counts; a model that does nothing there is not one of its networks."""
    if "torch" not in sys.modules:
        return None
    return count_flops(lambda: model.predict_proba(X)) or None


def _is_free(step: Any) -> bool:
    """Tell whether a step of a pipeline multiplies no matrices."""
    if isinstance(step, Pipeline):
        return all(_is_free(inner) for _, inner in step.steps)
    if isinstance(step, ColumnTransformer):
        return all(_is_free(inner) for _, inner, _ in step.transformers_)
    return step in (None, "passthrough", "drop") or isinstance(step, WITHOUT_PRODUCTS)


def _n_rows(X: Any) -> int:
    return int(X.shape[0]) if hasattr(X, "shape") else len(X)
