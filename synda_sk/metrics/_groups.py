"""Scores of each group of rows, and of the group that is served worst."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synda_sk.typing import IntArray, Labels
from synda_sk.utils import check_same_length, missing_values, split_missing

__all__ = ["group_scores", "worst_group_score"]

Metric = Callable[[Any, Any], float]


def group_scores(
    y_true: Labels, y_pred: Any, groups: Any, metric: Metric, *, every_class: bool = False
) -> dict[Any, float]:
    r"""Score the rows of each group apart: regions, periods, devices, scripts.

    .. math:: s_g = m(\{(y_i, \hat y_i) : g_i = g\})

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels, none missing.
    y_pred : array-like of shape (n_samples,) or (n_samples, n_classes)
        What `metric` compares them with: labels, scores or probabilities.
    groups : array-like of shape (n_samples,)
        The group of each row, none missing: text, whole numbers or dates.
    metric : callable (y_true, y_pred) -> float
        Such as those of ``sklearn.metrics``.
    every_class : bool, default=False
        Whether a group that lacks a class of `y_true` has no score. Average
        precision and the area under the ROC curve need both classes.

    Returns
    -------
    dict of group to float
        By group in ascending order, dates as text. NaN where `metric` gives NaN,
        and, with `every_class`, where a class is lacking.

    Raises
    ------
    ValueError
        If lengths differ, a label or group is missing, groups are not
        one-dimensional or cannot be ordered.
    TypeError
        If `metric` is not callable.

    See Also
    --------
    worst_group_score : The lowest of them, for a search.

    Examples
    --------
    >>> from sklearn.metrics import recall_score
    >>> from synda_sk.metrics import group_scores
    >>> group_scores([1, 1, 0, 1], [1, 0, 0, 1], ["north", "north", "south", "south"], recall_score)
    {'north': 0.5, 'south': 1.0}
    """
    if not callable(metric):
        raise TypeError(f"metric == {metric!r}, must be a callable such as sklearn.metrics.accuracy_score.")
    truth, is_missing = split_missing(y_true, name="y_true")
    if is_missing.any():
        raise ValueError(f"y_true is missing in {int(is_missing.sum())} rows.")
    check_same_length(y_true=truth, y_pred=y_pred, groups=groups)
    predicted = np.asarray(y_pred)
    names, codes = as_groups(groups)
    n_classes = len(np.unique(truth))
    found = {}
    for code, name in enumerate(names):
        own = codes == code
        lacks = every_class and len(np.unique(truth[own])) < n_classes
        found[name] = math.nan if lacks else float(metric(truth[own], predicted[own]))
    return found


def worst_group_score(
    y_true: Labels, y_pred: Any, groups: Any, metric: Metric, *, every_class: bool = False
) -> float:
    """Return the lowest score of a group: the worst-group score of [1]_.

    It is a metric for ``sklearn.metrics.make_scorer``; the groups come through
    metadata routing, as in the example.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels, none missing.
    y_pred : array-like of shape (n_samples,) or (n_samples, n_classes)
        What `metric` compares them with.
    groups : array-like of shape (n_samples,)
        The group of each row, none missing. Small groups have scores of much
        chance, so the lowest of many small ones is low by chance alone.
    metric : callable (y_true, y_pred) -> float
        Higher is better.
    every_class : bool, default=False
        Whether groups that lack a class of `y_true` do not count.

    Returns
    -------
    float
        Groups whose score is NaN do not count.

    Raises
    ------
    ValueError
        As :func:`group_scores`, and if no group has a score.
    TypeError
        If `metric` is not callable.

    References
    ----------
    .. [1] S. Sagawa, P. W. Koh, T. B. Hashimoto, P. Liang, "Distributionally
       robust neural networks for group shifts", International Conference on
       Learning Representations (2020).

    Examples
    --------
    >>> import numpy as np
    >>> import sklearn
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.metrics import average_precision_score, make_scorer
    >>> from sklearn.model_selection import cross_val_score
    >>> from synda_sk.metrics import worst_group_score
    >>> rng = np.random.default_rng(0)
    >>> X, region = rng.normal(size=(300, 2)), np.tile(["east", "north", "west"], 100)
    >>> y = (X[:, 0] > 1).astype(int)
    >>> scorer = make_scorer(
    ...     worst_group_score,
    ...     response_method="predict_proba",
    ...     metric=average_precision_score,
    ...     every_class=True,
    ... )
    >>> with sklearn.config_context(enable_metadata_routing=True):
    ...     found = cross_val_score(
    ...         LogisticRegression(),
    ...         X,
    ...         y,
    ...         scoring=scorer.set_score_request(groups=True),
    ...         params={"groups": region},
    ...     )
    >>> bool((found > 0.5).all())
    True
    """
    scores = group_scores(y_true, y_pred, groups, metric, every_class=every_class)
    known = [score for score in scores.values() if not math.isnan(score)]
    if not known:
        lacking = "; with every_class each of them lacks a class" if every_class else ""
        raise ValueError(f"groups: none of {len(scores)} has a score{lacking}.")
    return min(known)


def as_groups(groups: Any) -> tuple[list[Any], IntArray]:
    """Return the groups there are, in ascending order, and the number of each row's.

    Raises
    ------
    ValueError
        If they are not one-dimensional, one is missing, or they cannot be ordered.
    """
    values: NDArray[Any] = np.asarray(groups)
    if values.ndim != 1:
        raise ValueError(f"groups has shape {values.shape}, must have (n_samples,).")
    n_missing = int(missing_values(values).sum())
    if n_missing:
        raise ValueError(f"groups is missing in {n_missing} rows, must be known of every row.")
    try:
        names, codes = np.unique(values, return_inverse=True)
    except TypeError as error:
        raise ValueError(f"groups holds values that cannot be ordered: {error}.") from error
    return (names.astype(str) if names.dtype.kind in "mM" else names).tolist(), codes
