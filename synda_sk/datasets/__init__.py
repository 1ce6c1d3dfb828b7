"""Data sets on which methods can be compared: a simulator of our own and a reader for PaySim."""

from synda_sk.datasets._mobile_money import make_mobile_money
from synda_sk.datasets._paysim import load_paysim

__all__ = ["load_paysim", "make_mobile_money"]
