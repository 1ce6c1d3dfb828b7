"""Plain torch modules, one short file each; importing this package imports torch."""

from synda_sk.nn._conv_block import ConvBlock
from synda_sk.nn._conv_net import ConvNet
from synda_sk.nn._conv_vae import ConvDecoder, ConvEncoder
from synda_sk.nn._grouped_linear import GroupedLinear
from synda_sk.nn._initialise import convolution, initialise, linear
from synda_sk.nn._mlp import MLPBlock, ResidualMLP
from synda_sk.nn._read_images import ReadImages
from synda_sk.nn._table_critic import TableCritic
from synda_sk.nn._table_decoder import TableDecoder
from synda_sk.nn._table_encoder import LatentEncoder
from synda_sk.nn._unet import UNet

__all__ = [
    "ConvBlock",
    "ConvDecoder",
    "ConvEncoder",
    "ConvNet",
    "GroupedLinear",
    "LatentEncoder",
    "MLPBlock",
    "ReadImages",
    "ResidualMLP",
    "TableCritic",
    "TableDecoder",
    "UNet",
    "convolution",
    "initialise",
    "linear",
]
