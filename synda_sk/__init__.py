"""Active learning with synthetic data for scikit-learn.

The names below are loaded when first used: importing the package brings in
neither torch nor SDV nor matplotlib.
"""

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "CurriculumMixer": "synda_sk.mixing",
    "HybridQuerySelector": "synda_sk.selection",
    "LinearBudget": "synda_sk.selection",
    "QualityFilter": "synda_sk.quality",
    "RandomQuerySelector": "synda_sk.selection",
    "SigmoidSchedule": "synda_sk.mixing",
    "SynDAClassifier": "synda_sk.classifier",
    "SyntheticAugmenter": "synda_sk.augmentation",
}

__all__ = [
    "CurriculumMixer",
    "HybridQuerySelector",
    "LinearBudget",
    "QualityFilter",
    "RandomQuerySelector",
    "SigmoidSchedule",
    "SynDAClassifier",
    "SyntheticAugmenter",
    "__version__",
]

if TYPE_CHECKING:
    from synda_sk.augmentation import SyntheticAugmenter
    from synda_sk.classifier import SynDAClassifier
    from synda_sk.mixing import CurriculumMixer, SigmoidSchedule
    from synda_sk.quality import QualityFilter
    from synda_sk.selection import HybridQuerySelector, LinearBudget, RandomQuerySelector


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
