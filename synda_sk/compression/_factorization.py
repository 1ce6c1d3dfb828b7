"""W ~ U V: layers of low rank, the best of their size."""

import copy
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils._param_validation import Interval, validate_parameter_constraints

from synda_sk.compression._modules import (
    check_module,
    compressible_weights,
    import_torch,
    pruned_weights,
    refuse_quantized,
)
from synda_sk.typing import FloatArray

if TYPE_CHECKING:
    import torch

_CONSTRAINTS = {"amount": [Interval(Real, 0, 1, closed="left")]}


def factorize(model: "torch.nn.Module", *, amount: float) -> "torch.nn.Module":
    r"""Replace linear layers and convolutions by two thinner ones each.

    A weight W of shape (outputs, inputs), the inputs of a convolution those under its kernel,
    becomes its truncated singular value decomposition

    .. math:: W \approx U_r \Sigma_r V_r^\top,

    the nearest matrix of rank r [1]_: a layer from the inputs to r channels and one from those to
    the outputs, :math:`r (n_{in} + n_{out})` numbers instead of :math:`n_{in} n_{out}` [2]_. The ranks are
    chosen together: a singular value stays where its share of its layer's sum of squares, for
    each number it costs, is largest. Layers that would not shrink stay whole. Needs the extra
    ``torch``.

    Parameters
    ----------
    model : torch.nn.Module
        Any network; it is not changed.
    amount : float
        Share of all numbers of the network to save at least, in [0, 1).

    Returns
    -------
    torch.nn.Module
        A smaller copy that answers much like it, and a good first state for :func:`distill`.

    Raises
    ------
    TypeError
        If `model` is no torch module.
    ValueError
        If `amount` is out of range or more than rank 1 saves, the model has a weight that is not
        finite, or it is pruned or quantized already.

    See Also
    --------
    distill : Gets back what was lost.
    prune : Fewer weights; the network takes as long as before.

    References
    ----------
    .. [1] C. Eckart and G. Young, "The approximation of one matrix by another of lower rank",
       Psychometrika 1 (1936).
    .. [2] E. L. Denton, W. Zaremba, J. Bruna, Y. LeCun and R. Fergus, "Exploiting linear structure
       within convolutional networks for efficient evaluation", NeurIPS 27 (2014).

    Examples
    --------
    >>> import torch
    >>> from synda_sk.compression import factorize
    >>> net = torch.nn.Sequential(torch.nn.Linear(100, 100), torch.nn.ReLU(), torch.nn.Linear(100, 10))
    >>> small = factorize(net, amount=0.5)
    >>> small(torch.zeros(3, 100)).shape, sum(p.numel() for p in small.parameters()) < 0.5 * 11110
    (torch.Size([3, 10]), True)
    """
    torch = import_torch("factorize")
    check_module(torch, model, "model")
    validate_parameter_constraints(_CONSTRAINTS, {"amount": amount}, caller_name="factorize")
    refuse_quantized(model, "model", "factorize")
    compressible_weights(model)
    if pruned_weights(model):
        raise ValueError("model is pruned already: factorize first, then prune.")
    return factorized(model, amount)[0]


def factorized(model: "torch.nn.Module", amount: float) -> tuple["torch.nn.Module", dict[str, int]]:
    """Return a factorized copy, and the rank of each layer that was replaced, by its name."""
    layers = list(_layers(model))
    ranks = _ranks(layers, amount, sum(parameter.numel() for parameter in model.parameters()))
    found = {
        layer.name: rank
        for layer, rank in zip(layers, ranks, strict=True)
        if rank * layer.cost < layer.n_whole
    }
    smaller = thinned(copy.deepcopy(model), found)
    for layer in layers:
        if layer.name in found:
            layer.fill(smaller.get_submodule(layer.name), found[layer.name])
    return smaller, found


def thinned(model: "torch.nn.Module", ranks: Mapping[str, int]) -> "torch.nn.Module":
    """Put two layers without weights in the place of each one named; return the model, changed in place."""
    for name, rank in ranks.items():
        pair = _pair(model.get_submodule(name), rank)
        if not name:
            return pair
        owner, _, key = name.rpartition(".")
        setattr(model.get_submodule(owner), key, pair)
    return model


def _pair(whole: Any, rank: int) -> "torch.nn.Module":
    """Return a layer to `rank` channels and one from there."""
    from torch import nn

    options = {"device": whole.weight.device, "dtype": whole.weight.dtype}
    has_bias = whole.bias is not None
    parts: tuple[nn.Module, nn.Module]
    if isinstance(whole, nn.Linear):
        parts = (
            nn.utils.skip_init(nn.Linear, whole.in_features, rank, bias=False, **options),
            nn.utils.skip_init(nn.Linear, rank, whole.out_features, bias=has_bias, **options),
        )
    else:
        place = {name: getattr(whole, name) for name in ("stride", "padding", "dilation", "padding_mode")}
        size = whole.kernel_size
        parts = (
            nn.utils.skip_init(nn.Conv2d, whole.in_channels, rank, size, bias=False, **place, **options),
            nn.utils.skip_init(nn.Conv2d, rank, whole.out_channels, 1, bias=has_bias, **options),
        )
    return nn.Sequential(*parts).requires_grad_(whole.weight.requires_grad).train(whole.training)


@dataclass
class _Layer:
    """A layer, its name, and the singular values of its weight."""

    name: str
    whole: Any

    def __post_init__(self) -> None:
        matrix = self.whole.weight.detach().flatten(1).double().cpu()
        self.left, self.values, self.right = matrix.svd()
        self.cost = sum(matrix.shape)
        self.n_whole = matrix.numel()

    @property
    def worth(self) -> FloatArray:
        """Return each singular value's share of the sum of squares, for each number it costs."""
        squares = self.values.numpy() ** 2
        return squares / (max(squares.sum(), np.finfo(float).tiny) * self.cost)

    def fill(self, pair: Any, rank: int) -> None:
        """Give two layers the weights nearest to its own."""
        first, second = pair
        root = self.values[:rank].sqrt()
        first.weight.data.copy_((root[:, None] * self.right[:, :rank].T).reshape(first.weight.shape))
        second.weight.data.copy_((self.left[:, :rank] * root).reshape(second.weight.shape))
        if second.bias is not None:
            second.bias.data.copy_(self.whole.bias.data)


def _layers(model: "torch.nn.Module") -> Iterator[_Layer]:
    """Yield the linear layers and convolutions of a network, those with a weight used twice left out."""
    from torch import nn

    uses = Counter(id(value) for _, value in model.named_parameters(remove_duplicate=False))
    for name, part in model.named_modules():
        is_plain = type(part) in (nn.Linear, nn.Conv2d) and getattr(part, "groups", 1) == 1
        if is_plain and uses[id(part.weight)] == 1:
            yield _Layer(name, part)


def _ranks(layers: list[_Layer], amount: float, n_numbers: int) -> list[int]:
    """Return the ranks with the most worth that leave at most 1 - amount of the numbers."""
    worths = [layer.worth for layer in layers]
    n_others = n_numbers - sum(layer.n_whole for layer in layers)

    def ranks(least: float) -> list[int]:
        return [max(int((worth >= least).sum()), 1) for worth in worths]

    def n_left(least: float) -> int:
        pairs = zip(layers, ranks(least), strict=True)
        return n_others + sum(min(rank * layer.cost, layer.n_whole) for layer, rank in pairs)

    candidates = np.unique(np.concatenate([[0.0, np.inf], *worths]))
    n_wanted = (1 - amount) * n_numbers
    if n_left(np.inf) > n_wanted:
        most = 1 - n_left(np.inf) / n_numbers
        raise ValueError(f"amount == {amount}, must be at most {most:.3f}: layers of rank 1 save no more.")
    low, high = 0, len(candidates) - 1  # the smallest candidate that saves enough
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if n_left(candidates[middle]) <= n_wanted else (middle + 1, high)
    return ranks(candidates[low])
