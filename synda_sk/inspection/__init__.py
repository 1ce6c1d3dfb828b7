"""Pictures of a comparison, and of what a generator makes."""

from synda_sk.inspection._fidelity_display import FidelityDisplay
from synda_sk.inspection._label_efficiency_display import LabelEfficiencyDisplay
from synda_sk.inspection._sample_grid_display import SampleGridDisplay

__all__ = ["FidelityDisplay", "LabelEfficiencyDisplay", "SampleGridDisplay"]
