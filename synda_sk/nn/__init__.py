"""Plain torch modules, one short file each; importing this package imports torch."""

from synda_sk.nn._grouped_linear import GroupedLinear
from synda_sk.nn._initialise import initialise, linear
from synda_sk.nn._mlp import MLPBlock, ResidualMLP
from synda_sk.nn._table_critic import TableCritic
from synda_sk.nn._table_decoder import TableDecoder
from synda_sk.nn._table_encoder import LatentEncoder

__all__ = [
    "GroupedLinear",
    "LatentEncoder",
    "MLPBlock",
    "ResidualMLP",
    "TableCritic",
    "TableDecoder",
    "initialise",
    "linear",
]
