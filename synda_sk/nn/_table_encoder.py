"""From a row of a table and its class to a Gaussian over latent vectors: the VAE's encoder."""

import torch
from torch import Tensor, nn

from synda_sk.nn._mlp import ResidualMLP


class LatentEncoder(nn.Module):
    r"""The Gaussian :math:`q(z \mid x, c)` of a row of a mixed table.

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
    """

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
        self.n_latent = n_latent
        self.classes = nn.Parameter(torch.empty(n_classes, n_embedding))
        self.levels = nn.Parameter(torch.empty(sum(n_levels), n_embedding))
        n_in = n_numbers + (len(n_levels) + 1) * n_embedding
        self.mlp = ResidualMLP(n_in, 2 * n_latent, width, n_blocks, n_groups)

    def forward(self, numbers: Tensor, levels: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log variance of z.

        Parameters
        ----------
        numbers : Tensor of shape (n_rows, n_numbers)
            Standardised, 0 where missing.
        levels : Tensor of int of shape (n_rows, n_columns)
            Levels, counted on from column to column.
        labels : Tensor of int of shape (n_rows,)
            Classes.

        Returns
        -------
        mean : Tensor of shape (n_rows, n_latent)
            Mean.
        log_variance : Tensor of shape (n_rows, n_latent)
            Logarithm of the variance.
        """
        parts = [numbers, self.levels[levels].flatten(1), self.classes[labels]]
        out = self.mlp(torch.cat(parts, dim=1))  # (n_rows, 2 * n_latent)
        return out[:, : self.n_latent], out[:, self.n_latent :]
