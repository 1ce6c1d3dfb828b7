"""Splitters for labels that are partly there."""

from synda_sk.model_selection._partial import PartiallyLabeledSplit

__all__ = ["PartiallyLabeledSplit"]
