"""Standard augmentation: small rotations, zooms, shears, shifts and flips."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

N_CHANGES = 7


@dataclass(frozen=True)
class StandardAugmentation:
    r"""Random affine changes of images, and flips: the first thing to try where labels are few.

    With an angle :math:`a`, a zoom :math:`s`, a shear :math:`k`, a shift :math:`d` and a
    mirroring :math:`m = \pm 1`, the pixel at :math:`p` (in [-1, 1]) takes the value at

    .. math:: \begin{pmatrix} m s\cos a & k - s\sin a \\ m s\sin a & s\cos a \end{pmatrix} p + 2d,

    interpolated linearly, with the border repeated beyond it. Needs the extra ``torch``.

    Parameters
    ----------
    rotation : float, default=10.0
        Largest angle in degrees; 180 for images without an upside.
    zoom : float, default=0.1
        Largest \|log s\|.
    shift : float, default=0.08
        Largest shift, as a share of the side.
    shear : float, default=0.1
        Largest \|k\|.
    flip : bool, default=False
        Whether half the images are mirrored.

    Examples
    --------
    >>> import torch
    >>> from synda_sk.images import StandardAugmentation
    >>> augmentation = StandardAugmentation(rotation=180, flip=True)
    >>> images = torch.zeros(5, 3, 32, 32)
    >>> changes = augmentation.draw(5, torch.Generator().manual_seed(0))
    >>> augmentation.apply(images, changes).shape
    torch.Size([5, 3, 32, 32])
    """

    rotation: float = 10.0
    zoom: float = 0.1
    shift: float = 0.08
    shear: float = 0.1
    flip: bool = False

    def draw(self, n_images: int, generator: "torch.Generator") -> "torch.Tensor":
        """Draw how to change images.

        Parameters
        ----------
        n_images : int
            Number of images.
        generator : torch.Generator
            On the CPU.

        Returns
        -------
        Tensor of shape (n_images, 7)
            Of each image: sin a, 1 - cos a, log s, k, the two shifts, and 1 where it is
            mirrored. All 0 is no change.
        """
        import torch

        largest = torch.tensor([math.radians(self.rotation), self.zoom, self.shear, self.shift, self.shift])
        angle, log_zoom, shear, beside, below = (
            (2 * torch.rand(n_images, 5, generator=generator) - 1) * largest
        ).T
        mirrored = (torch.rand(n_images, generator=generator) < 0.5) & self.flip
        return torch.stack(
            [angle.sin(), 1 - angle.cos(), log_zoom, shear, beside, below, mirrored.float()], dim=1
        )

    def apply(self, images: "torch.Tensor", changes: "torch.Tensor") -> "torch.Tensor":
        """Change images.

        Parameters
        ----------
        images : Tensor of shape (n_images, n_channels, h, w)
            Images on any device.
        changes : Tensor of shape (n_images, 7)
            As drawn by :meth:`draw`, on the same device.

        Returns
        -------
        Tensor of shape (n_images, n_channels, h, w)
            The images changed.
        """
        import torch
        from torch.nn import functional

        sine, versine, log_zoom, shear, beside, below, mirrored = changes.T
        zoom, m = log_zoom.exp(), 1 - 2 * mirrored
        cosine, sine = zoom * (1 - versine), zoom * sine
        matrix = torch.stack([m * cosine, shear - sine, 2 * beside, m * sine, cosine, 2 * below], dim=1)
        grid = functional.affine_grid(matrix.view(-1, 2, 3), list(images.shape), align_corners=False)
        return functional.grid_sample(images, grid, padding_mode="border", align_corners=False)
