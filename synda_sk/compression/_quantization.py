"""W_q = Quantize(W, b): a few bits for each weight."""

import copy
from collections.abc import Mapping
from numbers import Integral
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.utils._param_validation import Interval, validate_parameter_constraints

from synda_sk.compression._modules import CODES, check_module, compressible_weights, import_torch

if TYPE_CHECKING:
    import torch

_CONSTRAINTS = {"n_bits": [Interval(Integral, 2, 8, closed="both")]}


class Quantized(NamedTuple):
    """Integers and one scale for each index of the first axis."""

    codes: NDArray[np.uint8]  # the integers plus `zero`, in the weight's shape
    scale: NDArray[np.floating[Any]]  # (n_channels,)
    n_bits: int

    @property
    def zero(self) -> int:
        """The code of 0, and the largest magnitude of a level."""
        return self.zero_code(self.n_bits)

    @staticmethod
    def zero_code(n_bits: int) -> int:
        """Return the code of 0 for a number of bits."""
        return int(2 ** (n_bits - 1) - 1)

    def values(self, torch: Any, dtype: "torch.dtype") -> "torch.Tensor":
        """Return code times scale, rounded once to the weight's type."""
        limits = torch.finfo(dtype)
        scale = self.scale.astype(np.float64).reshape(-1, *[1] * (self.codes.ndim - 1))
        values = (self.codes.astype(np.float64) - self.zero) * scale
        return torch.from_numpy(values.clip(limits.min, limits.max)).to(dtype)


def quantize(model: "torch.nn.Module", n_bits: int | Mapping[str, int] = 8) -> "torch.nn.Module":
    r"""Round the weights to a few levels for each output channel.

    .. math:: W_q = \Delta_c \, \mathrm{round}(W / \Delta_c), \qquad
              \Delta_c = \frac{\max_j |W_{cj}|}{2^{b-1} - 1}

    (proposal, 2.1.3; symmetric quantisation of weights alone, Krishnamoorthi
    2018 [1]_). c runs over the first axis of each floating-point parameter with
    two or more axes, which is the output channel of linear and convolutional
    layers, the row of an embedding, and the input channel of transposed
    convolutions. Biases stay as they are. Needs the extra ``torch``.

    Parameters
    ----------
    model : torch.nn.Module
        Any network, pruned or not; it is not changed. Zeros stay 0.
    n_bits : int or dict of str to int, default=8
        b, in [2, 8]; or one for each part of the network by its name, the longest
        name counting: ``{"": 4, "stem": 8, "out": 8}`` gives the weights of the parts
        ``stem`` and ``out`` 8 bits and all others 4. Weights of parts that are not
        named stay as they are.

    Returns
    -------
    torch.nn.Module
        A copy that computes with W_q in the type of W, so that it runs
        everywhere, and knows its integers, so that :func:`save` packs them
        into b bits each.

    Raises
    ------
    TypeError
        If `model` is no torch module.
    ValueError
        If `n_bits` is out of range or names a part without weights, or a weight is not finite.

    See Also
    --------
    prune : Removes weights, before they are quantized.

    Notes
    -----
    :math:`|W - W_q| \leq \Delta_c / 2` for every weight, but for one rounding of
    W_q to the type of W. Training the copy would leave the levels: train first,
    then quantize.

    What goes in and comes out of a network suffers most from few bits: with 4 everywhere
    diffusion models of images of 28 pixels a side and more lose their images in noise. Layers at full
    resolution, ``{"": 4, "stem": 8, "down": 8, "up": 8, "out": 8}``, are what has to keep 8.

    References
    ----------
    .. [1] R. Krishnamoorthi, "Quantizing deep convolutional networks for
       efficient inference: A whitepaper" (2018), arXiv:1806.08342.

    Examples
    --------
    >>> import torch
    >>> from synda_sk.compression import n_bytes, quantize
    >>> model = torch.nn.Linear(128, 128)
    >>> small = quantize(model, 4)
    >>> len(small.weight[0].unique()) <= 15, n_bytes(small) / n_bytes(model) < 0.16
    (True, True)

    The last layer in 8 bits, the others in 4:

    >>> net = torch.nn.Sequential(torch.nn.Linear(8, 64), torch.nn.ReLU(), torch.nn.Linear(64, 8))
    >>> mixed = quantize(net, {"": 4, "2": 8})
    >>> len(mixed[0].weight[0].unique()) <= 15 < len(mixed[2].weight[0].unique())
    True
    """
    torch = import_torch("quantize")
    check_module(torch, model, "model")
    quantized = copy.deepcopy(model)
    weights = compressible_weights(quantized)
    bits = _bits_of_each(n_bits, [weight.name for weight in weights])
    for weight in weights:
        if weight.name in bits:
            coded = _quantize(torch, weight.value.detach().cpu(), bits[weight.name])
            weight.value.data.copy_(coded.values(torch, weight.value.dtype))
            weight.note(CODES, coded)
    return quantized


def _bits_of_each(n_bits: int | Mapping[str, int], names: list[str]) -> dict[str, int]:
    """Return the bits of each weight that is to have some, by the longest name of a part it is in."""
    parts = n_bits if isinstance(n_bits, Mapping) else {"": n_bits}
    if not parts or not all(isinstance(part, str) for part in parts):
        raise ValueError(
            f"n_bits == {n_bits!r}, must be bits or name parts of model, as {{'': 4, 'out': 8}}."
        )
    bits: dict[str, int] = {}
    for part in sorted(parts, key=len):
        validate_parameter_constraints(_CONSTRAINTS, {"n_bits": parts[part]}, caller_name="quantize")
        inside = [name for name in names if not part or f"{name}.".startswith(f"{part}.")]
        if not inside:
            raise ValueError(f"n_bits names {part!r}, but model has weights in {', '.join(names)} alone.")
        bits |= dict.fromkeys(inside, int(parts[part]))
    return bits


def _quantize(torch: Any, weight: "torch.Tensor", n_bits: int) -> Quantized:
    values = weight.to(torch.float64).numpy()
    rows = values.reshape(len(values), -1)
    largest = np.abs(rows).max(axis=1, initial=0.0)
    n_levels = Quantized.zero_code(n_bits)
    exact = largest / n_levels
    scale = exact.astype(np.float64 if weight.dtype == torch.float64 else np.float32)
    # rounded up, so that the largest weight stays within its level
    low = scale < exact
    scale[low] = np.nextafter(scale[low], np.inf, dtype=scale.dtype)
    scale = np.where(largest > 0, scale, 1).astype(scale.dtype)
    levels = np.rint(rows / scale[:, None].astype(np.float64)).clip(-n_levels, n_levels)
    return Quantized((levels + n_levels).astype(np.uint8).reshape(values.shape), scale, n_bits)
