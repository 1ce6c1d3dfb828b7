"""Pictures of a comparison."""

from synda_sk.inspection._label_efficiency_display import LabelEfficiencyDisplay

__all__ = ["LabelEfficiencyDisplay"]
