"""From noise and a class to a row of a table: the VAE's decoder and the GAN's generator."""

import torch
from torch import Tensor, nn

from synda_sk.nn._mlp import ResidualMLP

LOGIT_LIMIT = 15.0


class TableDecoder(nn.Module):
    r"""Rows of a mixed table from a latent vector and a class, :math:`G_\theta(z, c)`.

    The numbers of a row are Gaussian round the first outputs, with one spread
    a column; the other outputs are the logits of the levels of each category.

    Parameters
    ----------
    n_latent : int
        Length of z.
    n_classes : int
        Number of classes.
    n_numbers : int
        Numeric columns.
    n_levels : list of int
        Levels of each categorical column.
    width : int
        Width of the hidden layers, a multiple of `n_groups`.
    n_blocks : int
        Hidden residual blocks.
    n_groups : int
        Groups of their layers.
    n_embedding : int, default=8
        Length of the embeddings of classes and levels.

    Examples
    --------
    >>> import torch
    >>> from synda_sk.nn import TableDecoder, initialise
    >>> net = TableDecoder(4, n_classes=2, n_numbers=3, n_levels=[2, 5], width=16, n_blocks=1, n_groups=4)
    >>> net = initialise(net, torch.Generator().manual_seed(0))
    >>> numbers, logits = net(torch.zeros(6, 4), torch.zeros(6, dtype=torch.long))
    >>> numbers.shape, logits.shape
    (torch.Size([6, 3]), torch.Size([6, 7]))
    """

    column: Tensor  # of each level

    def __init__(
        self,
        n_latent: int,
        n_classes: int,
        n_numbers: int,
        n_levels: list[int],
        width: int,
        n_blocks: int,
        n_groups: int,
        n_embedding: int = 8,
    ) -> None:
        super().__init__()
        self.n_numbers, self.n_columns = n_numbers, len(n_levels)
        self.classes = nn.Parameter(torch.empty(n_classes, n_embedding))
        n_out = max(n_numbers + sum(n_levels), 1)  # a table may hold nothing that varies
        self.mlp = ResidualMLP(n_latent + n_embedding, n_out, width, n_blocks, n_groups)
        self.spread = nn.Parameter(torch.empty(n_numbers))
        self.register_buffer("column", column_of_levels(n_levels), persistent=False)

    def forward(self, z: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Return the means of the numbers and the logits of the levels of all categories.

        Parameters
        ----------
        z : Tensor of shape (n_rows, n_latent)
            Latent vectors.
        labels : Tensor of int of shape (n_rows,)
            Classes.

        Returns
        -------
        numbers : Tensor of shape (n_rows, n_numbers)
            In standardised units.
        logits : Tensor of shape (n_rows, sum(n_levels))
            Column by column, inside ±15.
        """
        out = self.mlp(torch.cat([z, self.classes[labels]], dim=1))  # (n_rows, n_numbers + sum(n_levels))
        numbers, logits = out[:, : self.n_numbers], out[:, self.n_numbers :][:, : len(self.column)]
        return numbers, LOGIT_LIMIT * torch.tanh(logits / LOGIT_LIMIT)

    def log_spread(self) -> Tensor:
        """Return the logarithm of the standard deviation of each number given z, -1 at first.

        Returns
        -------
        Tensor of shape (n_numbers,)
            At least -3.
        """
        return (self.spread - 1).clamp(min=-3)

    def log_totals(self, logits: Tensor) -> Tensor:
        r"""Return :math:`\log \sum_l e^{a_l}` over the levels of each category.

        Parameters
        ----------
        logits : Tensor of shape (n_rows, sum(n_levels))
            As :meth:`forward` gives them; being bounded they need no shift.

        Returns
        -------
        Tensor of shape (n_rows, n_columns)
            What to subtract from the logits for log probabilities.
        """
        totals = logits.new_zeros(len(logits), self.n_columns)
        return totals.index_add(1, self.column, logits.exp()).log()


def column_of_levels(n_levels: list[int]) -> Tensor:
    """Return for each level of all categories, one after the other, the position of its column."""
    counts = torch.tensor(n_levels, dtype=torch.long)
    return torch.repeat_interleave(torch.arange(len(n_levels)), counts)
