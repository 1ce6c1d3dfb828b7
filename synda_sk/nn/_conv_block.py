"""A residual block of convolutions, told what to make by scales and shifts of its channels."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from synda_sk.nn._initialise import convolution, linear

LARGEST_N_GROUPS = 8


class ConvBlock(nn.Module):
    r"""Residual block of two convolutions, conditioned by FiLM.

    .. math::
        h = W_1\,\phi(N(x)), \qquad
        x + W_2\,\phi\bigl((1 + \gamma(e)) \odot N(h) + \beta(e)\bigr),

    N the normalisation of groups of channels, :math:`\phi` SiLU, and the scale
    :math:`\gamma` and shift :math:`\beta` of each channel linear in what the
    block is told, as in FiLM [1]_. With `separable` each 3x3 convolution is one
    of single channels followed by a mixing of channels, as in MobileNet [2]_:
    the light block of the SynDA proposal, section 2.1.3.

    Parameters
    ----------
    n_in : int
        Number of channels in.
    n_out : int
        Number of channels out; where it differs, the skip mixes channels.
    n_embedding : int
        Length of what the block is told; 0 for nothing.
    separable : bool, default=False
        Whether the convolutions are depthwise-separable.

    References
    ----------
    .. [1] E. Perez, F. Strub, H. de Vries, V. Dumoulin and A. Courville, "FiLM: Visual
       reasoning with a general conditioning layer", AAAI (2018).
    .. [2] A. G. Howard et al., "MobileNets: Efficient convolutional neural networks for
       mobile vision applications" (2017), arXiv:1704.04861.

    Examples
    --------
    >>> from synda_sk.nn import ConvBlock
    >>> [sum(p.numel() for p in ConvBlock(32, 32, 0, separable).parameters()) for separable in (False, True)]
    [18624, 2880]
    """

    def __init__(self, n_in: int, n_out: int, n_embedding: int, separable: bool = False) -> None:
        super().__init__()
        self.norm_in = norm(n_in)
        self.first = conv3(n_in, n_out, separable)
        self.norm_out = norm(n_out)
        self.film = linear(n_embedding, 2 * n_out) if n_embedding else None
        self.second = conv3(n_out, n_out, separable)
        self.skip = convolution(n_in, n_out, 1) if n_in != n_out else nn.Identity()

    def forward(self, x: Tensor, embedding: Tensor | None = None) -> Tensor:
        """Map (n_images, n_in, h, w) to (n_images, n_out, h, w).

        Parameters
        ----------
        x : Tensor of shape (n_images, n_in, h, w)
            Inputs.
        embedding : Tensor of shape (n_images, n_embedding) or None, default=None
            What the block is told.

        Returns
        -------
        Tensor of shape (n_images, n_out, h, w)
            Outputs.
        """
        h = self.norm_out(self.first(functional.silu(self.norm_in(x))))
        if self.film is not None:
            scale, shift = self.film(embedding)[:, :, None, None].chunk(2, dim=1)
            h = torch.addcmul(shift, h, 1 + scale)
        return self.skip(x) + self.second(functional.silu(h))


def norm(n_channels: int) -> nn.GroupNorm:
    """Return a normalisation over the most groups that divide the channels, 8 at most."""
    return nn.GroupNorm(math.gcd(n_channels, LARGEST_N_GROUPS), n_channels)


def conv3(n_in: int, n_out: int, separable: bool = False) -> nn.Module:
    """Return a 3x3 convolution, in one step or in two."""
    if not separable:
        return convolution(n_in, n_out, 3)
    return nn.Sequential(convolution(n_in, n_in, 3, n_groups=n_in), convolution(n_in, n_out, 1))
