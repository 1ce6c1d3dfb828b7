"""Playing the protocol of the proposal (section 2.4.4): labels bought round by round, paired comparison."""

from synda_sk.evaluation._arms import default_arms
from synda_sk.evaluation._protocol import run_protocol
from synda_sk.evaluation._result import ProtocolResult
from synda_sk.evaluation._split import SplitError, held_out_split

__all__ = ["ProtocolResult", "SplitError", "default_arms", "held_out_split", "run_protocol"]
