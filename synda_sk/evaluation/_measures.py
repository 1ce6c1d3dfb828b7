"""The quality of a model on the held-out part."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    precision_recall_fscore_support,
    roc_auc_score,
)

from synda_sk.metrics import alert_count, precision_at_k, recall_at_k
from synda_sk.typing import FloatArray

LABEL_MEASURES = ("accuracy", "balanced_accuracy", "precision", "recall", "f1")
BINARY_MEASURES = (
    "average_precision",
    "roc_auc",
    "recall_at_alerts",
    "precision_at_alerts",
    "positives_found",
    *LABEL_MEASURES,
)
MULTICLASS_MEASURES = (
    "balanced_accuracy",
    "accuracy",
    "precision",
    "recall",
    "f1",
    "macro_roc_auc",
    "macro_average_precision",
)


def measure(
    y: NDArray[Any], probabilities: FloatArray, classes: NDArray[Any], *, is_binary: bool, alert_rate: float
) -> dict[str, float]:
    """Measure predicted probabilities against the truth.

    Accuracy, balanced accuracy, precision, recall and F1 are of the likeliest
    class: of the positive class where there is one, else means over the classes.
    For several classes ROC AUC and average precision are means too, each class
    against the rest.

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
        Measures in [0, 1], higher is better; "positives_found" is not among them.
    """
    predicted = classes[np.argmax(probabilities, axis=1)]
    average = "binary" if is_binary else "macro"
    precision, recall, f1, _ = precision_recall_fscore_support(y, predicted, average=average, zero_division=0)
    found = {
        "accuracy": accuracy_score(y, predicted),
        "balanced_accuracy": balanced_accuracy_score(y, predicted),
        "precision": precision,
        "recall": recall,
        "f1": f1,
    }
    if is_binary:
        score = probabilities[:, 1]
        k = alert_count(len(y), alert_rate)
        found |= {
            "average_precision": average_precision_score(y, score),
            "roc_auc": roc_auc_score(y, score),
            "recall_at_alerts": recall_at_k(y, score, k),
            "precision_at_alerts": precision_at_k(y, score, k),
        }
    else:
        truth = y[:, None] == classes
        found |= {
            "macro_roc_auc": roc_auc_score(truth, probabilities, average="macro"),
            "macro_average_precision": average_precision_score(truth, probabilities, average="macro"),
        }
    order = BINARY_MEASURES if is_binary else MULTICLASS_MEASURES
    return {name: float(found[name]) for name in order if name in found}
