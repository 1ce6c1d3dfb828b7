"""Images as users have them, as the first layer of a network."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

GREY_LEVEL = 2 / 255  # of images that are bytes


class ReadImages(nn.Module):
    r"""Turn rows or stacks of images into channels in [-1, 1], or standardised.

    .. math:: x \mapsto 2 \frac{x - low}{high - low} - 1

    and, where they are standardised, each channel :math:`x_c` of each image further to

    .. math:: \frac{x_c - \bar x_c}{\max(s_c, 2 / 255)},

    with its own mean and standard deviation over the image: a channel that varies by less than
    one grey level stays nearly flat. It has no weights, and leaves a network that can be called
    with images as they come.

    Parameters
    ----------
    image_shape : sequence of int, (h, w, c)
        Shape of an image; shorter rows are padded at their end with the lowest value.
    low, high : float
        What is to become -1 and 1.
    standardize : bool, default=False
        Whether each channel of each image is then given mean 0 and standard deviation 1.

    Examples
    --------
    >>> import torch
    >>> from synda_sk.nn import ReadImages
    >>> read = ReadImages((2, 2, 1), low=0, high=255)
    >>> read(torch.tensor([[0, 255, 51]], dtype=torch.uint8)).flatten()
    tensor([-1.0000,  1.0000, -0.6000, -1.0000])
    >>> read = ReadImages((2, 2, 1), low=0, high=255, standardize=True)
    >>> dark, light = read(torch.tensor([[9, 9, 9, 1], [97, 97, 97, 81]]))
    >>> torch.allclose(dark, light)
    True
    """

    def __init__(
        self, image_shape: Sequence[int], low: float, high: float, standardize: bool = False
    ) -> None:
        super().__init__()
        self.standardize = standardize
        self.image_shape, self.low = tuple(image_shape), low
        self.scale = 2 / ((high - low) or 1.0)

    def forward(self, X: Tensor) -> Tensor:
        """Read images.

        Parameters
        ----------
        X : Tensor of shape (n_images, n_pixels), (n_images, h, w) or (n_images, h, w, c)
            Numbers of any type.

        Returns
        -------
        Tensor of shape (n_images, c, h, w)
            32-bit floats.
        """
        h, w, c = self.image_shape
        rows = X.flatten(1)
        rows = rows if rows.dtype == torch.float64 else rows.to(torch.float32)
        rows = ((rows - self.low) * self.scale - 1).to(torch.float32)
        rows = functional.pad(rows, (0, h * w * c - rows.shape[1]), value=-1.0)
        images = rows.unflatten(1, (h, w, c)).permute(0, 3, 1, 2).contiguous()
        if self.standardize:
            spread, mean = torch.std_mean(images, dim=(2, 3), correction=0, keepdim=True)
            images = (images - mean) / spread.clamp(min=GREY_LEVEL)
        return images
