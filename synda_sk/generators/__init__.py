"""Generators of labelled synthetic rows, ``x = G(z, c)``."""

from synda_sk.generators._class_copula import CopulaGenerator
from synda_sk.generators._class_gaussian import GaussianGenerator
from synda_sk.generators._class_kde import KDEGenerator
from synda_sk.generators._over_sampler import OverSamplerGenerator
from synda_sk.generators._registry import make_generator
from synda_sk.generators._sdv import SDVGenerator

__all__ = [
    "CopulaGenerator",
    "GaussianGenerator",
    "KDEGenerator",
    "OverSamplerGenerator",
    "SDVGenerator",
    "make_generator",
]
