"""Encoder and decoder of a compact convolutional variational autoencoder."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from synda_sk.nn._conv_block import ConvBlock, norm
from synda_sk.nn._initialise import convolution, linear


class ConvEncoder(nn.Module):
    """From images and their classes to Gaussians of latent vectors.

    Parameters
    ----------
    n_channels : int
        Channels of an image.
    side : (int, int)
        Height and width, multiples of 4.
    n_values : sequence of int
        Number of classes, and of values of each part of the context.
    n_latent : int
        Length of the latent vectors.
    width : int
        Channels at full size; twice as many at half and at a quarter.
    """

    def __init__(
        self, n_channels: int, side: tuple[int, int], n_values: tuple[int, ...], n_latent: int, width: int
    ) -> None:
        super().__init__()
        self.told = Told(n_values, width)
        self.stem = convolution(n_channels, width, 3)
        self.blocks = nn.ModuleList([ConvBlock(n, n, width) for n in (width, 2 * width)])
        self.halves = nn.ModuleList([convolution(n, 2 * width, 3, stride=2) for n in (width, 2 * width)])
        self.norm = norm(2 * width)
        self.out = linear(2 * width * (side[0] // 4) * (side[1] // 4), 2 * n_latent)

    def forward(self, x: Tensor, label: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log variance.

        Parameters
        ----------
        x : Tensor of shape (n_images, n_channels, h, w)
            Images.
        label : Tensor of int64 of shape (n_images,)
            Classes.
        context : Tensor of int64 of shape (n_images, n_contexts)
            Contexts.

        Returns
        -------
        tuple of Tensor of shape (n_images, n_latent)
            Mean and log variance.
        """
        e = self.told(label, context)
        h = self.stem(x)  # (n, w, h, w)
        for block, halve in zip(self.blocks, self.halves, strict=True):
            h = halve(block(h, e))
        h = functional.silu(self.norm(h)).flatten(1)  # (n, 2w h/4 w/4)
        mean, log_variance = self.out(h).chunk(2, dim=1)
        return mean, log_variance


class ConvDecoder(nn.Module):
    """From latent vectors, classes and contexts to images.

    Parameters
    ----------
    n_channels : int
        Channels of an image.
    side : (int, int)
        Height and width, multiples of 4.
    n_values : sequence of int
        Number of classes, and of values of each part of the context.
    n_latent : int
        Length of the latent vectors.
    width : int
        Channels at full size; twice as many at half and at a quarter.

    Examples
    --------
    >>> import torch
    >>> from synda_sk.nn import ConvDecoder, initialise
    >>> net = initialise(ConvDecoder(3, (32, 32), (2,), 16, width=8), torch.Generator().manual_seed(0))
    >>> net(torch.zeros(5, 16), torch.zeros(5, dtype=torch.int64), torch.zeros(5, 0, dtype=torch.int64)).shape
    torch.Size([5, 3, 32, 32])
    """

    def __init__(
        self, n_channels: int, side: tuple[int, int], n_values: tuple[int, ...], n_latent: int, width: int
    ) -> None:
        super().__init__()
        self.quarter = (2 * width, side[0] // 4, side[1] // 4)
        self.told = Told(n_values, width)
        self.stem = linear(n_latent + width, 2 * width * self.quarter[1] * self.quarter[2])
        wide = 2 * width
        self.blocks = nn.ModuleList(
            [ConvBlock(n, m, width) for n, m in ((wide, wide), (wide, width), (width, width))]
        )
        self.norm = norm(width)
        self.out = convolution(width, n_channels, 3)
        self.log_spread = nn.Parameter(torch.empty(1))

    def forward(self, z: Tensor, label: Tensor, context: Tensor | None = None) -> Tensor:
        """Return the mean of the pixels.

        Parameters
        ----------
        z : Tensor of shape (n_images, n_latent)
            Latent vectors.
        label : Tensor of int64 of shape (n_images,)
            Classes.
        context : Tensor of int64 of shape (n_images, n_contexts) or None, default=None
            Contexts, where there are some.

        Returns
        -------
        Tensor of shape (n_images, n_channels, h, w)
            In [-1, 1].
        """
        e = self.told(label, context)
        h = self.stem(torch.cat([z, e], dim=1)).unflatten(1, self.quarter)  # (n, 2w, h/4, w/4)
        h = self.blocks[0](h, e)
        for block in list(self.blocks)[1:]:
            h = block(functional.interpolate(h, scale_factor=2, mode="nearest"), e)
        return self.out(functional.silu(self.norm(h))).tanh()


class Told(nn.Module):
    """The sum of what a class and its context are mapped to."""

    def __init__(self, n_values: tuple[int, ...], width: int) -> None:
        super().__init__()
        self.values = nn.ParameterList([torch.empty(n, width) for n in n_values])

    def forward(self, label: Tensor, context: Tensor | None) -> Tensor:
        """Map codes to (n_images, width)."""
        told = self.values[0][label]
        if context is not None:
            for j, values in enumerate(list(self.values)[1:]):
                told = told + values[context[:, j]]
        return functional.silu(told)
