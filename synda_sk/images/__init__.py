"""Images: standard augmentation and compact classifiers. Needs the extra ``torch``."""

from synda_sk.images._augmentation import StandardAugmentation
from synda_sk.images._classifier import ConvClassifier

__all__ = ["ConvClassifier", "StandardAugmentation"]
