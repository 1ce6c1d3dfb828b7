"""Pictures of a comparison, of a loop at work, and of what a generator makes."""

from synda_sk.inspection._alert_budget_display import AlertBudgetDisplay
from synda_sk.inspection._fidelity_display import FidelityDisplay
from synda_sk.inspection._label_efficiency_display import LabelEfficiencyDisplay
from synda_sk.inspection._mixing_schedule_display import MixingScheduleDisplay
from synda_sk.inspection._quality_score_display import QualityScoreDisplay
from synda_sk.inspection._query_map_display import QueryMapDisplay
from synda_sk.inspection._sample_grid_display import SampleGridDisplay

__all__ = [
    "AlertBudgetDisplay",
    "FidelityDisplay",
    "LabelEfficiencyDisplay",
    "MixingScheduleDisplay",
    "QualityScoreDisplay",
    "QueryMapDisplay",
    "SampleGridDisplay",
]
