"""``synthetic_weight="auto"``: the regions in which synthetic rows were measured to help."""

from typing import Any, Literal, TypeAlias

from synda_sk.images._kind import is_conv_classifier
from synda_sk.typing import IntArray
from synda_sk.utils import final_estimator, is_boosting, is_forest, is_logistic

Source: TypeAlias = Literal["class", "committee", "pool", "self"]

_BELOW = {
    "class": {is_forest: 10},
    "committee": {is_forest: 3, is_boosting: 40},
    "pool": {is_forest: 20, is_boosting: 40, is_logistic: 40},
    "self": {is_conv_classifier: 40},
}
_WEIGHT = {"class": 0.1, "committee": 0.8, "pool": 0.8, "self": 0.5}


def automatic_weight(counts: IntArray, estimator: Any, source: Source) -> float:
    """Return beta for a model and the numbers of labels.

    Parameters
    ----------
    counts : ndarray of int of shape (n_classes,)
        Labels of each class.
    estimator : classifier or None
        The model to be trained; pipelines count as their last step.
    source : {"class", "committee", "pool", "self"}
        Where rows come from: drawn for a class; drawn and softly labelled by a
        committee; rows of the pool, softly labelled; rows of the pool that the
        model itself is sure of.

    Returns
    -------
    float
        0 outside the measured regions: for other models, for more labels of the
        rarest class, with soft labels where the model weighs classes itself, and
        for a logistic regression of more than two classes.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from synda_sk.mixing._automatic import automatic_weight
    >>> [automatic_weight(np.array([90, n]), RandomForestClassifier(), "pool") for n in (1, 19, 20)]
    [0.8, 0.8, 0.0]
    >>> [automatic_weight(np.array([90, n]), RandomForestClassifier(), "class") for n in (1, 9, 10)]
    [0.1, 0.1, 0.0]
    """
    if source == "class" and estimator is None:
        below = _BELOW["class"][is_forest]
    elif source != "class" and getattr(final_estimator(estimator), "class_weight", None) is not None:
        below = 0
    else:
        below = max((limit for is_kind, limit in _BELOW[source].items() if is_kind(estimator)), default=0)
    if source != "class" and is_logistic(estimator) and len(counts) > 2:
        below = 0
    return _WEIGHT[source] if counts.min() < below else 0.0
