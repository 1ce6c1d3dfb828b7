"""Splitters for labels that are partly there or arrive late, and scorers of learning curves and alerts."""

from synda_sk.model_selection._alert_budget_scorer import make_alert_budget_scorer
from synda_sk.model_selection._delayed import DelayedLabelSplit
from synda_sk.model_selection._learning_curve_scorer import alc_scorer
from synda_sk.model_selection._partial import PartiallyLabeledSplit

__all__ = ["DelayedLabelSplit", "PartiallyLabeledSplit", "alc_scorer", "make_alert_budget_scorer"]
