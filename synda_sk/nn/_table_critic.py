"""From a row of a table and a class to how real it looks: the GAN's critic."""

import torch
from torch import Tensor, nn

from synda_sk.nn._mlp import ResidualMLP
from synda_sk.nn._table_decoder import column_of_levels


class TableCritic(nn.Module):
    """How real rows look in their class.

    Levels come as shares, one-hot for real rows and soft for made ones, and are
    shortened by a small embedding.

    Parameters
    ----------
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
    """

    column: Tensor  # of each level

    def __init__(
        self,
        n_classes: int,
        n_numbers: int,
        n_levels: list[int],
        width: int,
        n_blocks: int,
        n_groups: int,
        n_embedding: int = 8,
    ) -> None:
        super().__init__()
        self.n_columns, self.n_embedding = len(n_levels), n_embedding
        self.classes = nn.Parameter(torch.empty(n_classes, n_embedding))
        self.levels = nn.Parameter(torch.empty(sum(n_levels), n_embedding))
        self.register_buffer("column", column_of_levels(n_levels), persistent=False)
        self.mlp = ResidualMLP(n_numbers + (self.n_columns + 1) * n_embedding, 1, width, n_blocks, n_groups)

    def forward(self, numbers: Tensor, shares: Tensor, labels: Tensor) -> Tensor:
        """Return one score a row, higher for rows that look real.

        Parameters
        ----------
        numbers : Tensor of shape (n_rows, n_numbers)
            Standardised, 0 where missing.
        shares : Tensor of shape (n_rows, sum(n_levels))
            Shares of the levels, which sum to 1 in each column.
        labels : Tensor of int of shape (n_rows,)
            Classes.

        Returns
        -------
        Tensor of shape (n_rows,)
            Scores.
        """
        weighted = shares[:, :, None] * self.levels  # (n_rows, sum(n_levels), n_embedding)
        seen = numbers.new_zeros(len(numbers), self.n_columns, self.n_embedding)
        seen = seen.index_add(1, self.column, weighted).flatten(1)
        h = torch.cat([numbers, seen, self.classes[labels]], dim=1)
        return self.mlp(h).squeeze(1)
