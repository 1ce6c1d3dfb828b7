"""Measures of rankings, labels saved, groups, robustness, significance, and of synthetic rows and images."""

from synda_sk.metrics._adaptation import adaptation_drop, adaptation_recovery
from synda_sk.metrics._alert_budget import (
    precision_at_alert_budget,
    recall_at_alert_budget,
    value_at_alert_budget,
)
from synda_sk.metrics._closest_record import (
    closer_than_holdout,
    closer_to_train,
    distance_to_closest_record,
    nearest_neighbour_distance_ratio,
)
from synda_sk.metrics._columns import column_shapes, pair_trends
from synda_sk.metrics._corruption import corrupt
from synda_sk.metrics._cost import OperatingCost, operating_cost
from synda_sk.metrics._curves import learning_curves, mean_standard_error
from synda_sk.metrics._frechet import frechet_distance
from synda_sk.metrics._groups import group_scores, worst_group_score
from synda_sk.metrics._label_efficiency import (
    area_under_learning_curve,
    isotonic_curve,
    labels_saved,
    labels_to_target,
)
from synda_sk.metrics._membership import membership_auc
from synda_sk.metrics._memorisation import memorisation_ratio
from synda_sk.metrics._near_copies import near_copy_share
from synda_sk.metrics._precision_recall import precision_recall_neighbours
from synda_sk.metrics._ranking import alert_count, precision_at_k, recall_at_alert_rate, recall_at_k
from synda_sk.metrics._robustness import corruption_robustness
from synda_sk.metrics._sample_health import SampleHealth, sample_health
from synda_sk.metrics._significance import PairedDifference, paired_bootstrap, wilcoxon_holm
from synda_sk.metrics._train_on_synthetic import tstr_ratio, tstr_score
from synda_sk.metrics._two_sample import two_sample_auc

__all__ = [
    "OperatingCost",
    "PairedDifference",
    "SampleHealth",
    "adaptation_drop",
    "adaptation_recovery",
    "alert_count",
    "area_under_learning_curve",
    "closer_than_holdout",
    "closer_to_train",
    "column_shapes",
    "corrupt",
    "corruption_robustness",
    "distance_to_closest_record",
    "frechet_distance",
    "group_scores",
    "isotonic_curve",
    "labels_saved",
    "labels_to_target",
    "learning_curves",
    "mean_standard_error",
    "membership_auc",
    "memorisation_ratio",
    "near_copy_share",
    "nearest_neighbour_distance_ratio",
    "operating_cost",
    "pair_trends",
    "paired_bootstrap",
    "precision_at_alert_budget",
    "precision_at_k",
    "precision_recall_neighbours",
    "recall_at_alert_budget",
    "recall_at_alert_rate",
    "recall_at_k",
    "sample_health",
    "tstr_ratio",
    "tstr_score",
    "two_sample_auc",
    "value_at_alert_budget",
    "wilcoxon_holm",
    "worst_group_score",
]
