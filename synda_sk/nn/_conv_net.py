"""A compact convolutional classifier of small images."""

from torch import Tensor, nn
from torch.nn import functional

from synda_sk.nn._conv_block import conv3
from synda_sk.nn._initialise import convolution, linear

LARGEST_SIDE = 20  # of the first maps; larger images are halved on the way in


class ConvNet(nn.Module):
    """Residual network of three resolutions, for images of 8 x 8 to 64 x 64 pixels.

    One residual block [1]_ at each resolution, with `width`, twice and four times as
    many channels; the features are the means of the last maps.

    Parameters
    ----------
    n_channels : int
        Channels of an image.
    n_classes : int
        Number of classes.
    size : (int, int), default=(32, 32)
        Height and width of the images: they decide how often they are halved first.
    width : int, default=24
        Channels of the first maps.
    separable : bool, default=False
        Whether blocks are depthwise-separable, with an eighth of their weights (the
        light architecture of the SynDA proposal, section 2.1.3).

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image
       recognition", CVPR (2016).

    Examples
    --------
    >>> import torch
    >>> from synda_sk.nn import ConvNet, initialise
    >>> net = initialise(ConvNet(3, n_classes=4), torch.Generator().manual_seed(0))
    >>> net(torch.zeros(2, 3, 32, 32)).shape, net.features(torch.zeros(2, 3, 32, 32)).shape
    (torch.Size([2, 4]), torch.Size([2, 96]))
    >>> sum(p.numel() for p in net.parameters())
    273268
    """

    def __init__(
        self,
        n_channels: int,
        n_classes: int,
        size: tuple[int, int] = (32, 32),
        width: int = 24,
        separable: bool = False,
    ) -> None:
        super().__init__()
        self.stem = nn.Sequential()
        n_in = n_channels
        while max(size) > LARGEST_SIDE:
            self.stem.append(Reduce(n_in, width, 5, strides(size)))
            size, n_in = halved(size), width
        if n_in == n_channels:
            self.stem.append(Reduce(n_in, width, 3, (1, 1)))
        self.first = Residual(width, separable)
        self.halve = Reduce(width, 2 * width, 3, strides(size))
        self.second = Residual(2 * width, separable)
        self.quarter = Reduce(2 * width, 4 * width, 3, strides(halved(size)))
        self.third = Residual(4 * width, separable)
        self.head = linear(4 * width, n_classes)

    def features(self, x: Tensor) -> Tensor:
        """Map images to what the last layer sees.

        Parameters
        ----------
        x : Tensor of shape (n_images, n_channels, h, w)
            Images in [-1, 1].

        Returns
        -------
        Tensor of shape (n_images, 4 * width)
            Features, not negative.
        """
        h = self.first(self.stem(x))  # (n, w, h/s, w/s)
        h = self.second(self.halve(h))  # (n, 2w, h/2s, w/2s)
        h = self.third(self.quarter(h))  # (n, 4w, h/4s, w/4s)
        return h.mean(dim=(2, 3))  # (n, 4w)

    def forward(self, x: Tensor) -> Tensor:
        """Map images to logits.

        Parameters
        ----------
        x : Tensor of shape (n_images, n_channels, h, w)
            Images in [-1, 1].

        Returns
        -------
        Tensor of shape (n_images, n_classes)
            Logits.
        """
        return self.head(self.features(x))


class Reduce(nn.Sequential):
    """A convolution that halves sides, normalised and rectified."""

    def __init__(self, n_in: int, n_out: int, size: int, stride: tuple[int, int]) -> None:
        super().__init__(convolution(n_in, n_out, size, stride=stride), nn.BatchNorm2d(n_out), nn.ReLU())


class Residual(nn.Module):
    """Two 3x3 convolutions beside a way round them."""

    def __init__(self, n_channels: int, separable: bool) -> None:
        super().__init__()
        self.convolve = nn.Sequential(
            conv3(n_channels, n_channels, separable),
            nn.BatchNorm2d(n_channels),
            nn.ReLU(),
            conv3(n_channels, n_channels, separable),
            nn.BatchNorm2d(n_channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map (n_images, n_channels, h, w) to the same."""
        return functional.relu(x + self.convolve(x))


def strides(size: tuple[int, int]) -> tuple[int, int]:
    """Return 2 for each side but one of a single pixel: in bfloat16 its gradient is not defined by oneDNN."""
    return (min(size[0], 2), min(size[1], 2))


def halved(size: tuple[int, int]) -> tuple[int, int]:
    """Return the sides behind a convolution of stride 2."""
    return ((size[0] + 1) // 2, (size[1] + 1) // 2)
