"""Playing the protocol of the proposal (section 2.4): labels bought round by round, paired comparison."""

from synda_sk.evaluation._ablations import ablation_arms, run_ablations
from synda_sk.evaluation._arms import default_arms, make_arms
from synda_sk.evaluation._html_report import html_report, write_report
from synda_sk.evaluation._over_sampled import OverSampledClassifier
from synda_sk.evaluation._protocol import run_protocol
from synda_sk.evaluation._result import ProtocolResult
from synda_sk.evaluation._semi_supervised import SemiSupervisedClassifier
from synda_sk.evaluation._split import SplitError, held_out_split
from synda_sk.evaluation._transfer import TransferClassifier

__all__ = [
    "OverSampledClassifier",
    "ProtocolResult",
    "SemiSupervisedClassifier",
    "SplitError",
    "TransferClassifier",
    "ablation_arms",
    "default_arms",
    "held_out_split",
    "html_report",
    "make_arms",
    "run_ablations",
    "run_protocol",
    "write_report",
]
