"""A linear layer whose outputs see a part of the inputs each."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class GroupedLinear(nn.Module):
    r"""Linear layer in groups, with shuffled outputs.

    Inputs and outputs are cut into `n_groups` parts, and part :math:`g` of the
    outputs is :math:`W_g x_g + b_g`: a block-diagonal matrix with
    ``n_groups`` times fewer weights. The outputs of the groups are interleaved,
    so that a second layer mixes what the first kept apart, as ShuffleNet [1]_
    does with channels. It is the grouped linear layer of the SynDA proposal,
    section 2.1.3.

    Parameters
    ----------
    n_in : int
        Number of inputs, a multiple of `n_groups`.
    n_out : int
        Number of outputs, a multiple of `n_groups`.
    n_groups : int, default=1
        Number of groups; 1 is a plain linear layer.

    Raises
    ------
    ValueError
        If a width is no multiple of `n_groups`.

    Notes
    -----
    The weights are not initialised: see :func:`initialise`.

    References
    ----------
    .. [1] X. Zhang, X. Zhou, M. Lin and J. Sun, "ShuffleNet: An extremely
       efficient convolutional neural network for mobile devices", CVPR (2018).

    Examples
    --------
    >>> from synda_sk.nn import GroupedLinear
    >>> [sum(p.numel() for p in GroupedLinear(64, 64, g).parameters()) for g in (1, 4)]
    [4160, 1088]
    """

    def __init__(self, n_in: int, n_out: int, n_groups: int = 1) -> None:
        super().__init__()
        if n_in % n_groups or n_out % n_groups:
            raise ValueError(
                f"n_in == {n_in} and n_out == {n_out}, must be multiples of n_groups == {n_groups}."
            )
        self.n_groups = n_groups
        self.weight = nn.Parameter(torch.empty(n_out, n_in // n_groups))  # as in a grouped convolution
        self.bias = nn.Parameter(torch.empty(n_out))

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
        g = self.n_groups
        if g == 1:
            return functional.linear(x, self.weight, self.bias)
        parts = x.view(len(x), g, -1).transpose(0, 1)  # (g, n_rows, n_in / g)
        weight = self.weight.view(g, -1, x.shape[1] // g).transpose(1, 2)  # (g, n_in / g, n_out / g)
        out = torch.baddbmm(self.bias.view(g, 1, -1), parts, weight)  # (g, n_rows, n_out / g)
        return out.permute(1, 2, 0).reshape(len(x), -1)  # interleaved: (n_rows, n_out)

    def extra_repr(self) -> str:
        """Describe the layer in one line.

        Returns
        -------
        str
            Its sizes.
        """
        n_out, width = self.weight.shape
        return f"n_in={width * self.n_groups}, n_out={n_out}, n_groups={self.n_groups}"
