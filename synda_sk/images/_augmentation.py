"""Standard augmentation: small moves, flips, and changes of brightness and colour."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

N_GEOMETRIC, N_COLOURS = 7, 3


@dataclass(frozen=True)
class StandardAugmentation:
    r"""Random changes of images that leave their class alone: the first thing to try where labels are few.

    With an angle :math:`a`, a zoom :math:`s`, a shear :math:`k`, a shift :math:`d` and a
    mirroring :math:`m = \pm 1`, the pixel at :math:`p` (in [-1, 1]) takes the value at

    .. math:: \begin{pmatrix} m s\cos a & k - s\sin a \\ m s\sin a & s\cos a \end{pmatrix} p + 2d,

    interpolated linearly, with the border repeated beyond it. A channel c then becomes

    .. math:: (1 + b_0 + k_c) (x_c - \bar x_c) + \bar x_c + b_1 + l_c,

    with :math:`\bar x_c` its mean over the image, :math:`b` from `brightness`, the same for all
    channels, and :math:`k, l` from `colour`. All are drawn uniformly. Needs the extra ``torch``.

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
    brightness : float, default=0.0
        Largest change of brightness, in units of half the range of the pixels, and of contrast.
    colour : float, default=0.0
        The same for each channel by itself: for stains, lamps and cameras that differ, and not
        where the colour tells the class. More than three channels take three draws in turn.

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
    brightness: float = 0.0
    colour: float = 0.0

    @property
    def n_changes(self) -> int:
        """Return how many numbers tell how an image was changed."""
        return N_GEOMETRIC + (2 * N_COLOURS if self.brightness or self.colour else 0)

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
        Tensor of shape (n_images, n_changes)
            Of each image: sin a, 1 - cos a, log s, k, the two shifts, 1 where it is mirrored,
            and, where `brightness` or `colour` is above 0, changes of contrast and of brightness
            of three channels. All 0 is no change.
        """
        import torch

        largest = torch.tensor([math.radians(self.rotation), self.zoom, self.shear, self.shift, self.shift])
        angle, log_zoom, shear, beside, below = (
            (2 * torch.rand(n_images, 5, generator=generator) - 1) * largest
        ).T
        mirrored = (torch.rand(n_images, generator=generator) < 0.5) & self.flip
        moves = torch.stack(
            [angle.sin(), 1 - angle.cos(), log_zoom, shear, beside, below, mirrored.float()], dim=1
        )
        if self.n_changes == N_GEOMETRIC:
            return moves
        common, single = (
            (2 * torch.rand(n_images, 2, n, generator=generator) - 1) * size
            for n, size in ((1, self.brightness), (N_COLOURS, self.colour))
        )
        return torch.cat([moves, (common + single).flatten(1)], dim=1)

    def apply(self, images: "torch.Tensor", changes: "torch.Tensor") -> "torch.Tensor":
        """Change images.

        Parameters
        ----------
        images : Tensor of shape (n_images, n_channels, h, w)
            Images on any device.
        changes : Tensor of shape (n_images, n_changes)
            As drawn by :meth:`draw`, on the same device.

        Returns
        -------
        Tensor of shape (n_images, n_channels, h, w)
            The images changed.
        """
        moved = self._move(images, changes[:, :N_GEOMETRIC])
        if self.n_changes == N_GEOMETRIC:
            return moved
        colours = changes[:, N_GEOMETRIC:].view(-1, 2, N_COLOURS)
        contrast, shift = colours[:, :, [c % N_COLOURS for c in range(images.shape[1])], None, None].unbind(1)
        mean = moved.mean(dim=(2, 3), keepdim=True)
        return (1 + contrast) * (moved - mean) + mean + shift

    def turn(self, images: "torch.Tensor", generator: "torch.Generator") -> "torch.Tensor":
        """Turn images that have no upside by right angles, and mirror them where `flip`.

        No pixel is interpolated: what comes out is as likely an image as what went in.

        Parameters
        ----------
        images : Tensor of shape (n_images, n_channels, h, w)
            Images on any device. Where h is not w they are turned by 180 degrees or not at all.
        generator : torch.Generator
            On the CPU.

        Returns
        -------
        Tensor of shape (n_images, n_channels, h, w)
            The images turned; as they are where `rotation` is below 180.
        """
        import torch

        if self.rotation < 180:
            return images
        n_images, square = len(images), images.shape[2] == images.shape[3]
        quarters = (1 if square else 2) * torch.randint(4 if square else 2, (n_images,), generator=generator)
        mirrored = (torch.rand(n_images, generator=generator) < 0.5) & self.flip
        mirror, half, quarter = (
            chosen.view(-1, 1, 1, 1).to(images.device)
            for chosen in (mirrored, quarters >= 2, quarters % 2 == 1)
        )
        images = torch.where(mirror, images.flip(3), images)
        images = torch.where(half, images.flip((2, 3)), images)
        return torch.where(quarter, images.rot90(1, (2, 3)), images) if square else images

    @staticmethod
    def _move(images: "torch.Tensor", changes: "torch.Tensor") -> "torch.Tensor":
        import torch
        from torch.nn import functional

        sine, versine, log_zoom, shear, beside, below, mirrored = changes.T
        zoom, m = log_zoom.exp(), 1 - 2 * mirrored
        cosine, sine = zoom * (1 - versine), zoom * sine
        matrix = torch.stack([m * cosine, shear - sine, 2 * beside, m * sine, cosine, 2 * below], dim=1)
        grid = functional.affine_grid(matrix.view(-1, 2, 3), list(images.shape), align_corners=False)
        return functional.grid_sample(images, grid, padding_mode="border", align_corners=False)
