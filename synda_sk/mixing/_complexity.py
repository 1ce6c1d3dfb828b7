"""c(x): how hard a synthetic row is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline

from synda_sk.typing import FloatArray, Table
from synda_sk.utils import TableEncoder


def distance_complexity(X: Table, y: NDArray[Any], X_new: Table, y_new: NDArray[Any]) -> FloatArray:
    """Rank rows within their class by the distance to the nearest real row of it.

    Parameters
    ----------
    X, y : table of shape (n_samples, n_features) and ndarray of shape (n_samples,)
        Real rows.
    X_new, y_new : table of shape (n_new, n_features) and ndarray of shape (n_new,)
        Synthetic rows, of classes in `y`.

    Returns
    -------
    ndarray of shape (n_new,)
        Ranks in (0, 1], the farthest of each class 1.
    """
    encoder = TableEncoder().fit(X)
    real, new = encoder.transform(X), encoder.transform(X_new)
    distance = np.empty(len(new))
    for label in np.unique(y_new):
        rows = y_new == label
        nearest = NearestNeighbors(n_neighbors=1).fit(real[y == label])
        distance[rows] = nearest.kneighbors(new[rows])[0][:, 0]
    return _rank_within_class(distance, y_new)


def margin_complexity(
    X: Table, y: NDArray[Any], X_new: Table, y_new: NDArray[Any], model: Any = None
) -> FloatArray:
    r"""Rank rows within their class by the margin a model of the real rows gives their label.

    .. math:: m(x, y) = p(y \mid x) - \max_{k \ne y} p(k \mid x)

    Parameters
    ----------
    X, y : table of shape (n_samples, n_features) and ndarray of shape (n_samples,)
        Real rows, of two classes at least.
    X_new, y_new : table of shape (n_new, n_features) and ndarray of shape (n_new,)
        Synthetic rows, of classes in `y`.
    model : classifier or None, default=None
        Unfitted, fitted in place. Without probabilities, or None, a logistic
        regression on encoded columns stands in.

    Returns
    -------
    ndarray of shape (n_new,)
        Ranks in (0, 1], the smallest margin of each class 1.
    """
    if not hasattr(model, "predict_proba"):
        model = make_pipeline(TableEncoder(), LogisticRegression(max_iter=1000))
    model.fit(X, y)
    others = np.array(model.predict_proba(X_new), dtype=np.float64)
    own_class = np.arange(len(y_new)), np.searchsorted(model.classes_, y_new)
    own = others[own_class]
    others[own_class] = -np.inf
    return _rank_within_class(others.max(axis=1) - own, y_new)


COMPLEXITIES = ("distance", "margin")


def _rank_within_class(values: FloatArray, y: NDArray[Any]) -> FloatArray:
    ranks = np.empty(len(values))
    for label in np.unique(y):
        rows = y == label
        ranks[rows] = rankdata(values[rows]) / rows.sum()
    return ranks
