"""Samplers that add synthetic rows to a labelled table."""

from synda_sk.augmentation._augmenter import SyntheticAugmenter

__all__ = ["SyntheticAugmenter"]
