"""First weights from a generator of random numbers of their own."""

import math
from typing import TypeVar

import torch
from torch import nn

Net = TypeVar("Net", bound=nn.Module)


class _Linear(nn.Linear):
    def reset_parameters(self) -> None:
        """Draw no weights."""


class _Conv2d(nn.Conv2d):
    def reset_parameters(self) -> None:
        """Draw no weights."""


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
    layer: nn.Linear = _Linear(n_in, n_out)
    layer.__class__ = nn.Linear
    return layer


def convolution(
    n_in: int, n_out: int, size: int, n_groups: int = 1, stride: int | tuple[int, int] = 1
) -> nn.Conv2d:
    """Return a convolution that keeps the size of the image, without first weights.

    Parameters
    ----------
    n_in : int
        Number of channels in.
    n_out : int
        Number of channels out.
    size : int
        Side of the kernel, odd.
    n_groups : int, default=1
        Groups of channels; as many as channels is a depthwise convolution.
    stride : int or (int, int), default=1
        2 halves the sides of the image.

    Returns
    -------
    torch.nn.Conv2d
        To be given weights by :func:`initialise`.
    """
    layer: nn.Conv2d = _Conv2d(n_in, n_out, size, padding=size // 2, groups=n_groups, stride=stride)
    layer.__class__ = nn.Conv2d
    return layer


def initialise(module: Net, generator: torch.Generator) -> Net:
    r"""Give a module its first weights, reproducibly and without the process-wide random state.

    Weights are uniform in :math:`\pm 1/\sqrt{n_{in}}`, where a unit has :math:`n_{in}` inputs.
    The tables of a `ParameterList` have a row for each class or context: one input is on, so
    theirs are in :math:`\pm 1`. The scales of normalisations are 1, everything else is 0.

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
    tables = {id(table) for part in module.modules() if isinstance(part, nn.ParameterList) for table in part}
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.ndim > 1 and parameter.numel():
                bound = 1 if id(parameter) in tables else 1 / math.sqrt(parameter[0].numel())
                parameter.uniform_(-bound, bound, generator=generator)
            else:
                parameter.zero_()
        for part in module.modules():
            if isinstance(part, nn.GroupNorm | nn.BatchNorm2d) and part.affine:
                part.weight.fill_(1)
    return module
