"""Generators of labelled synthetic rows, ``x = G(z, c)``."""

from synda_sk.generators._class_copula import CopulaGenerator
from synda_sk.generators._class_gaussian import GaussianGenerator
from synda_sk.generators._class_kde import KDEGenerator
from synda_sk.generators._conv_vae import ConvVAEGenerator
from synda_sk.generators._diffusion import DiffusionGenerator
from synda_sk.generators._diffusion_distillation import distill_diffusion
from synda_sk.generators._over_sampler import OverSamplerGenerator
from synda_sk.generators._registry import make_generator
from synda_sk.generators._sdv import SDVGenerator
from synda_sk.generators._table_gan import TableGAN
from synda_sk.generators._table_vae import TableVAE

__all__ = [
    "ConvVAEGenerator",
    "CopulaGenerator",
    "DiffusionGenerator",
    "GaussianGenerator",
    "KDEGenerator",
    "OverSamplerGenerator",
    "SDVGenerator",
    "TableGAN",
    "TableVAE",
    "distill_diffusion",
    "make_generator",
]
