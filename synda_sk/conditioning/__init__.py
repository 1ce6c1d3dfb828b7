"""What synthetic rows have and obey: c in ``x = G(z, c)``."""

from synda_sk.conditioning._constraint import Constraint
from synda_sk.conditioning._context import ContextEncoder
from synda_sk.conditioning._fixed_combinations import FixedCombinations
from synda_sk.conditioning._inequality import Inequality
from synda_sk.conditioning._range import Range
from synda_sk.conditioning._sum_is import SumIs

__all__ = ["Constraint", "ContextEncoder", "FixedCombinations", "Inequality", "Range", "SumIs"]
