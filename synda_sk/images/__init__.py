"""Images: standard augmentation and compact classifiers. Needs the extra ``torch``."""

from synda_sk.images._augmentation import StandardAugmentation

__all__ = ["StandardAugmentation"]
