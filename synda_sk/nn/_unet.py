"""A small U-Net that is told the noise level, the class and the context."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from synda_sk.nn._conv_block import ConvBlock, norm
from synda_sk.nn._initialise import convolution, linear

N_FREQUENCIES = 16


class UNet(nn.Module):
    r"""U-Net of two resolutions for diffusion models of small images.

    The simplified generator of the SynDA proposal, section 2.1.1, after [1]_. Patches of
    `patch` x `patch` pixels become channels first; two blocks at full resolution, three at
    half, two more at full, joined by a skip. Each block is told the noise level, the class,
    the context and how the training image was augmented (zeros for not at all, so that
    augmentations do not leak into samples [2]_).

    Parameters
    ----------
    n_channels : int
        Channels of an image.
    n_classes : int
        Number of classes; class `n_classes` means "any".
    width : int, default=32
        Channels at full resolution, twice as many at half. At least
        ``n_channels * patch**2``: a narrower net cannot carry the noise through.
    patch : int, default=1
        Side of the patches; sides of images are multiples of ``2 * patch``.
    n_contexts : sequence of int, default=()
        Number of values of each part of the context; one more means "any".
    n_changes : int, default=0
        Numbers that tell how a training image was augmented.
    separable : bool, default=False
        Whether blocks are depthwise-separable.

    Raises
    ------
    ValueError
        If the net is narrower than a patch.

    References
    ----------
    .. [1] J. Ho, A. Jain and P. Abbeel, "Denoising diffusion probabilistic models",
       Advances in Neural Information Processing Systems 33 (2020).
    .. [2] T. Karras, M. Aittala, T. Aila and S. Laine, "Elucidating the design space of
       diffusion-based generative models", Advances in Neural Information Processing
       Systems 35 (2022).

    Examples
    --------
    >>> import torch
    >>> from synda_sk.nn import UNet, initialise
    >>> net = initialise(UNet(1, n_classes=10, width=16), torch.Generator().manual_seed(0))
    >>> net(torch.zeros(2, 1, 8, 8), torch.tensor([0.1, 0.9]), torch.tensor([3, 10])).shape
    torch.Size([2, 1, 8, 8])
    """

    def __init__(
        self,
        n_channels: int,
        n_classes: int,
        width: int = 32,
        patch: int = 1,
        n_contexts: Sequence[int] = (),
        n_changes: int = 0,
        separable: bool = False,
    ) -> None:
        super().__init__()
        n_in = n_channels * patch**2
        if n_in > width:
            raise ValueError(
                f"width == {width}, must be at least {n_in}, the numbers in a patch of {patch} x {patch} "
                f"pixels of {n_channels} channels."
            )
        n_embedding = 4 * width
        self.patch = patch
        self.n_values = (n_classes, *n_contexts)
        self.register_buffer("frequencies", 2 * math.pi * torch.logspace(-1, 1, N_FREQUENCIES, base=4.0))
        self.level = linear(2 * N_FREQUENCIES, n_embedding)
        self.labels = nn.ParameterList([torch.empty(n + 1, n_embedding) for n in self.n_values])
        self.changes = linear(n_changes, n_embedding) if n_changes else None
        self.embedding = linear(n_embedding, n_embedding)

        def block(n_in: int, n_out: int) -> ConvBlock:
            return ConvBlock(n_in, n_out, n_embedding, separable)

        self.stem = convolution(n_in, width, 3)
        self.down = nn.ModuleList([block(width, width), block(width, width)])
        self.halve = convolution(width, 2 * width, 3, stride=2)
        self.middle = nn.ModuleList([block(2 * width, 2 * width) for _ in range(3)])
        self.widen = convolution(2 * width, width, 1)
        self.up = nn.ModuleList([block(2 * width, width), block(width, width)])
        self.norm = norm(width)
        self.out = convolution(width, n_in, 3)

    def forward(
        self,
        x: Tensor,
        time: Tensor,
        label: Tensor,
        context: Tensor | None = None,
        changes: Tensor | None = None,
    ) -> Tensor:
        """Predict v from noisy images.

        Parameters
        ----------
        x : Tensor of shape (n_images, n_channels, h, w)
            Noisy images.
        time : Tensor of shape (n_images,)
            Noise levels in [0, 1].
        label : Tensor of int64 of shape (n_images,)
            Classes, `n_classes` for any.
        context : Tensor of int64 of shape (n_images, len(n_contexts)) or None, default=None
            Contexts; None for any.
        changes : Tensor of shape (n_images, n_changes) or None, default=None
            How each image was augmented; None for not at all.

        Returns
        -------
        Tensor of shape (n_images, n_channels, h, w)
            The prediction.
        """
        e = self.embed(time, label, context, changes)  # (n, 4w)
        h = self.stem(functional.pixel_unshuffle(x, self.patch))  # (n, w, h/p, w/p)
        for block in self.down:
            h = block(h, e)
        low = self.halve(h)  # (n, 2w, h/2p, w/2p)
        for block in self.middle:
            low = block(low, e)
        low = functional.interpolate(self.widen(low), scale_factor=2, mode="nearest")  # (n, w, h/p, w/p)
        h = torch.cat([h, low], dim=1)  # (n, 2w, h/p, w/p)
        for block in self.up:
            h = block(h, e)
        return functional.pixel_shuffle(self.out(functional.silu(self.norm(h))), self.patch)

    def withhold(self, label: Tensor, context: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Replace labels and contexts by "any".

        Parameters
        ----------
        label : Tensor of int64 of shape (n_images,)
            Classes.
        context : Tensor of int64 of shape (n_images, len(n_contexts))
            Contexts.
        rows : Tensor of bool of shape (n_images,)
            Where.

        Returns
        -------
        tuple of Tensor
            Both, replaced.
        """
        anything = torch.tensor(self.n_values, device=label.device)
        return torch.where(rows, anything[0], label), torch.where(rows[:, None], anything[1:], context)

    def embed(self, time: Tensor, label: Tensor, context: Tensor | None, changes: Tensor | None) -> Tensor:
        """Return what the blocks are told.

        Parameters
        ----------
        time, label, context, changes : Tensor
            As in :meth:`forward`.

        Returns
        -------
        Tensor of shape (n_images, 4 * width)
            The sum of what each is mapped to, through one more layer.
        """
        phase = time[:, None] * self.get_buffer("frequencies")
        told = self.level(torch.cat([phase.sin(), phase.cos()], dim=1)) + self.labels[0][label]
        for j, values in enumerate(list(self.labels)[1:]):
            told = told + (values[-1] if context is None else values[context[:, j]])
        if self.changes is not None and changes is not None:
            told = told + self.changes(changes)
        return functional.silu(self.embedding(functional.silu(told)))
