"""A small perceptron of residual blocks of grouped layers."""

from torch import Tensor, nn
from torch.nn import functional

from synda_sk.nn._grouped_linear import GroupedLinear
from synda_sk.nn._initialise import linear


class MLPBlock(nn.Module):
    r"""Residual block of two grouped layers, :math:`x + W_2\,\phi(W_1\,\phi(x))` with SiLU.

    Parameters
    ----------
    width : int
        Number of inputs and outputs, a multiple of `n_groups`.
    n_groups : int, default=1
        Groups of both layers.
    """

    def __init__(self, width: int, n_groups: int = 1) -> None:
        super().__init__()
        self.first = GroupedLinear(width, width, n_groups)
        self.second = GroupedLinear(width, width, n_groups)

    def forward(self, x: Tensor) -> Tensor:
        """Map (n_rows, width) to the same shape.

        Parameters
        ----------
        x : Tensor of shape (n_rows, width)
            Inputs.

        Returns
        -------
        Tensor of shape (n_rows, width)
            Outputs.
        """
        return x + self.second(functional.silu(self.first(functional.silu(x))))


class ResidualMLP(nn.Module):
    """A plain layer to the width, residual grouped blocks, and a plain layer to the outputs.

    Parameters
    ----------
    n_in : int
        Number of inputs.
    n_out : int
        Number of outputs.
    width : int
        Width of the blocks, a multiple of `n_groups`.
    n_blocks : int, default=1
        Number of blocks.
    n_groups : int, default=1
        Groups of the layers in the blocks.

    Examples
    --------
    >>> import torch
    >>> from synda_sk.nn import ResidualMLP, initialise
    >>> net = initialise(ResidualMLP(5, 3, width=16, n_groups=4), torch.Generator().manual_seed(0))
    >>> net(torch.zeros(2, 5)).shape
    torch.Size([2, 3])
    """

    def __init__(self, n_in: int, n_out: int, width: int, n_blocks: int = 1, n_groups: int = 1) -> None:
        super().__init__()
        self.inputs = linear(n_in, width)
        self.blocks = nn.Sequential(*[MLPBlock(width, n_groups) for _ in range(n_blocks)])
        self.outputs = linear(width, n_out)

    def forward(self, x: Tensor) -> Tensor:
        """Map (n_rows, n_in) to (n_rows, n_out).

        Parameters
        ----------
        x : Tensor of shape (n_rows, n_in)
            Inputs.

        Returns
        -------
        Tensor of shape (n_rows, n_out)
            Outputs.
        """
        return self.outputs(functional.silu(self.blocks(self.inputs(x))))
