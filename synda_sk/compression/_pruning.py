"""M * I(|W| > tau): weights near 0 are removed."""

import copy
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

from sklearn.utils._param_validation import Interval, StrOptions, validate_parameter_constraints

from synda_sk.compression._modules import (
    MASKS,
    check_module,
    compressible_weights,
    import_torch,
    refuse_quantized,
)

if TYPE_CHECKING:
    import torch

_CONSTRAINTS = {
    "amount": [Interval(Real, 0, 1, closed="both"), None],
    "threshold": [Interval(Real, 0, None, closed="left"), None],
    "scope": [StrOptions({"global", "layer"})],
}


def prune(
    model: "torch.nn.Module",
    *,
    amount: float | None = None,
    threshold: float | None = None,
    scope: Literal["global", "layer"] = "global",
) -> "torch.nn.Module":
    r"""Set the weights of the smallest magnitude to 0.

    .. math:: M_{pruned} = M \odot I(|W| > \tau)

    (proposal, 2.1.3; Han et al. 2015 [1]_). W are all floating-point parameters
    with two or more axes: linear, convolutional, recurrent and embedding
    weights. Biases and the scales of normalisation stay. Needs the extra
    ``torch``.

    Parameters
    ----------
    model : torch.nn.Module
        Any network; it is not changed.
    amount : float or None, default=None
        Share of the weights to remove, in [0, 1]: tau is the magnitude of the
        last one removed. Of equal magnitudes the first go first.
    threshold : float or None, default=None
        tau itself, >= 0. Give either `amount` or `threshold`.
    scope : {"global", "layer"}, default="global"
        Whether `amount` is a share of all weights together or of each alone.

    Returns
    -------
    torch.nn.Module
        A pruned copy. :func:`finetune` and :func:`distill` keep its zeros, and
        :func:`save` stores only what is left. Weights that were 0 count as
        pruned.

    Raises
    ------
    TypeError
        If `model` is no torch module.
    ValueError
        If not exactly one of `amount` and `threshold` is given, one is out of
        range, a weight is not finite, or the model is quantized already.

    See Also
    --------
    finetune : Trains what is left.
    quantize : Fewer bits for each weight.

    Notes
    -----
    The network runs as long as before: libraries multiply with the zeros.
    Pruning saves bytes of the file, a narrower student saves time.

    References
    ----------
    .. [1] S. Han, J. Pool, J. Tran and W. J. Dally, "Learning both Weights and
       Connections for Efficient Neural Networks", NeurIPS 28 (2015).

    Examples
    --------
    >>> import torch
    >>> from synda_sk.compression import prune
    >>> pruned = prune(torch.nn.Linear(10, 10), amount=0.7)
    >>> int((pruned.weight != 0).sum())
    30
    """
    torch = import_torch("prune")
    check_module(torch, model, "model")
    given = {"amount": amount, "threshold": threshold, "scope": scope}
    validate_parameter_constraints(_CONSTRAINTS, given, caller_name="prune")
    if (amount is None) == (threshold is None):
        raise ValueError(
            f"amount == {amount!r} and threshold == {threshold!r}: exactly one of them must be given."
        )
    refuse_quantized(model, "model", "prune")
    pruned = copy.deepcopy(model)
    weights = compressible_weights(pruned)
    sizes = [weight.value.detach().abs() for weight in weights]
    if threshold is not None:
        kept = [size > threshold for size in sizes]
    elif scope == "layer":
        kept = [_largest(torch, size.flatten(), amount).reshape(size.shape) for size in sizes]
    else:
        every = torch.cat([size.flatten().double().cpu() for size in sizes])
        parts = _largest(torch, every, amount).split([size.numel() for size in sizes])
        kept = [part.reshape(size.shape).to(size.device) for part, size in zip(parts, sizes, strict=True)]
    for weight, size, keep in zip(weights, sizes, kept, strict=True):
        keep = keep & (size > 0)
        weight.value.data.masked_fill_(~keep, 0)
        weight.note(MASKS, keep)
    return pruned


def _largest(torch: Any, sizes: "torch.Tensor", amount: Any) -> "torch.Tensor":
    """Return True for all but the round(amount n) smallest."""
    kept = torch.ones(len(sizes), dtype=torch.bool, device=sizes.device)
    kept[torch.argsort(sizes, stable=True)[: round(amount * len(sizes))]] = False
    return kept
