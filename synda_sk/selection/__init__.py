"""Which rows to have labelled."""

from synda_sk.selection._batch import greedy_batch
from synda_sk.selection._budget import LinearBudget
from synda_sk.selection._disagreement import mutual_information, vote_entropy
from synda_sk.selection._hybrid import HybridQuerySelector
from synda_sk.selection._pools import take_pool_rows
from synda_sk.selection._proxy import ProxyClassifier
from synda_sk.selection._random import RandomQuerySelector
from synda_sk.selection._stopping import (
    BaseStoppingRule,
    MaxCost,
    MaxLabels,
    PerformancePlateau,
    StablePredictions,
)
from synda_sk.selection._uncertainty import entropy, least_confident, margin

__all__ = [
    "BaseStoppingRule",
    "HybridQuerySelector",
    "LinearBudget",
    "MaxCost",
    "MaxLabels",
    "PerformancePlateau",
    "ProxyClassifier",
    "RandomQuerySelector",
    "StablePredictions",
    "entropy",
    "greedy_batch",
    "least_confident",
    "margin",
    "mutual_information",
    "take_pool_rows",
    "vote_entropy",
]
