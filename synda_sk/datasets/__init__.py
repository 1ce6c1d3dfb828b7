"""Data sets on which methods can be compared: a simulator, readers for PaySim and for images."""

from synda_sk.datasets._image_archive import load_image_archive
from synda_sk.datasets._image_folder import load_image_folder
from synda_sk.datasets._mobile_money import make_mobile_money
from synda_sk.datasets._paysim import load_paysim

__all__ = ["load_image_archive", "load_image_folder", "load_paysim", "make_mobile_money"]
