"""Which synthetic rows to keep."""

from synda_sk.quality._filter import QualityFilter, new_rows
from synda_sk.quality._threshold import GlobalThreshold

__all__ = ["GlobalThreshold", "QualityFilter", "new_rows"]
