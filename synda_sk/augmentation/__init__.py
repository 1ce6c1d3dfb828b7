"""Samplers that add synthetic rows to a labelled table."""

from synda_sk.augmentation._augmenter import SyntheticAugmenter
from synda_sk.augmentation._report import GeneratorReport

__all__ = ["GeneratorReport", "SyntheticAugmenter"]
