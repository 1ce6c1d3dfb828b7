"""How real and synthetic rows are mixed, round by round."""

from synda_sk.mixing._mixer import CurriculumMixer
from synda_sk.mixing._schedule import AdaptiveRatio, SigmoidSchedule, curriculum_threshold

__all__ = ["AdaptiveRatio", "CurriculumMixer", "SigmoidSchedule", "curriculum_threshold"]
