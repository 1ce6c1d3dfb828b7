"""First weights from a generator of random numbers of their own."""

import math
from typing import TypeVar

import torch
from torch import nn
from torch.nn.utils import skip_init

Net = TypeVar("Net", bound=nn.Module)


def linear(n_in: int, n_out: int) -> nn.Linear:
    """Return a plain linear layer without first weights.

    The constructor of torch's own draws them from the process-wide random state.

    Parameters
    ----------
    n_in : int
        Number of inputs.
    n_out : int
        Number of outputs.

    Returns
    -------
    torch.nn.Linear
        To be given weights by :func:`initialise`.
    """
    return skip_init(nn.Linear, n_in, n_out)


def initialise(module: Net, generator: torch.Generator) -> Net:
    r"""Give a module its first weights, reproducibly and without the process-wide random state.

    Matrices are uniform in :math:`\pm 1/\sqrt{n_{in}}`, everything else is 0.

    Parameters
    ----------
    module : Module
        Changed in place.
    generator : torch.Generator
        Source of the weights.

    Returns
    -------
    Module
        The same.

    Examples
    --------
    >>> import torch
    >>> from synda_sk.nn import initialise, linear
    >>> layers = [initialise(linear(4, 2), torch.Generator().manual_seed(0)) for _ in range(2)]
    >>> torch.equal(layers[0].weight, layers[1].weight)
    True
    """
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.ndim > 1 and parameter.numel():
                bound = 1 / math.sqrt(parameter.shape[1])
                parameter.uniform_(-bound, bound, generator=generator)
            else:
                parameter.zero_()
    return module
