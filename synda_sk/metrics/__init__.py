"""Measures of a ranking under an alert budget, and of how few labels a method needs."""

from synda_sk.metrics._curves import learning_curves, mean_standard_error
from synda_sk.metrics._label_efficiency import (
    area_under_learning_curve,
    isotonic_curve,
    labels_saved,
    labels_to_target,
)
from synda_sk.metrics._ranking import alert_count, precision_at_k, recall_at_alert_rate, recall_at_k

__all__ = [
    "alert_count",
    "area_under_learning_curve",
    "isotonic_curve",
    "labels_saved",
    "labels_to_target",
    "learning_curves",
    "mean_standard_error",
    "precision_at_k",
    "recall_at_alert_rate",
    "recall_at_k",
]
