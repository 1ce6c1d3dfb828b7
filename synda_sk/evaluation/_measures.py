"""The quality of a model on the held-out part."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, balanced_accuracy_score, roc_auc_score

from synda_sk.metrics import alert_count, precision_at_k, recall_at_k
from synda_sk.typing import FloatArray

BINARY_MEASURES = (
    "average_precision",
    "roc_auc",
    "recall_at_alerts",
    "precision_at_alerts",
    "positives_found",
)
MULTICLASS_MEASURES = ("balanced_accuracy",)


def measure(
    y: NDArray[Any], probabilities: FloatArray, classes: NDArray[Any], *, is_binary: bool, alert_rate: float
) -> dict[str, float]:
    """Measure predicted probabilities against the truth.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        True labels, 0 and 1 where there is a positive class.
    probabilities : ndarray of shape (n_samples, n_classes)
        In the order of `classes`.
    classes : ndarray of shape (n_classes,)
        Labels.
    is_binary : bool
        Whether 1 is a class sought among the rest.
    alert_rate : float
        Share of the rows that may raise an alert.

    Returns
    -------
    dict of str to float
        Measures in [0, 1], higher is better.
    """
    if not is_binary:
        return {
            "balanced_accuracy": float(balanced_accuracy_score(y, classes[np.argmax(probabilities, axis=1)]))
        }
    score = probabilities[:, 1]
    k = alert_count(len(y), alert_rate)
    return {
        "average_precision": float(average_precision_score(y, score)),
        "roc_auc": float(roc_auc_score(y, score)),
        "recall_at_alerts": recall_at_k(y, score, k),
        "precision_at_alerts": precision_at_k(y, score, k),
    }
