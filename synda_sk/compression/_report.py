"""What a network costs: parameters, bytes, operations."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from synda_sk.compression._modules import check_module, import_torch
from synda_sk.compression._packing import encode

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class CompressionReport:
    """What a network costs.

    Parameters
    ----------
    n_parameters : int
        All parameters, biases included, shared ones once.
    n_nonzero : int
        Those that are not 0.
    bytes_fp32 : int
        Size of the file with every float in 32 bits and no zero left out.
    bytes_stored : int
        Size of the file that :func:`save` writes.
    flops : int or None
        Floating-point operations of one forward pass; None where no example was
        given.
    """

    n_parameters: int
    n_nonzero: int
    bytes_fp32: int
    bytes_stored: int
    flops: int | None

    @property
    def share_saved(self) -> float:
        """1 - bytes_stored / bytes_fp32."""
        return 1 - self.bytes_stored / self.bytes_fp32


def report(model: "torch.nn.Module", example_input: Any = None) -> CompressionReport:
    """Count parameters, bytes and operations of a network.

    Parameters
    ----------
    model : torch.nn.Module
        Any network, compressed or not; it is not changed.
    example_input : tensor, tuple of tensors or None, default=None
        What to call it with, to count operations by torch's own
        ``FlopCounterMode``. A tuple holds several arguments.

    Returns
    -------
    CompressionReport
        Operations are those of matrix products and convolutions, a product and
        a sum counted as two; zeros count as well, since they are computed.

    Raises
    ------
    TypeError
        If `model` is no torch module.
    ValueError
        If quantized or pruned weights have changed since.

    Examples
    --------
    >>> import torch
    >>> from synda_sk.compression import prune, report
    >>> net = torch.nn.Sequential(torch.nn.Linear(100, 50), torch.nn.ReLU(), torch.nn.Linear(50, 10))
    >>> found = report(prune(net, amount=0.5), torch.zeros(1, 100))
    >>> found.n_parameters, found.n_nonzero, found.flops
    (5560, 2810, 11000)
    >>> found.share_saved > 0.4
    True
    """
    torch = import_torch("report")
    check_module(torch, model, "model")
    parameters = [parameter.detach() for parameter in model.parameters()]
    return CompressionReport(
        n_parameters=sum(parameter.numel() for parameter in parameters),
        n_nonzero=sum(int(parameter.count_nonzero()) for parameter in parameters),
        bytes_fp32=len(encode(model, packed=False)),
        bytes_stored=len(encode(model)),
        flops=None if example_input is None else _count_flops(torch, model, example_input),
    )


def count_flops(call: Callable[[], Any]) -> int:
    """Count what torch computes while a function runs.

    Parameters
    ----------
    call : callable without arguments
        What to run, in this thread.

    Returns
    -------
    int
        Operations of matrix products and convolutions, a product and a sum
        counted as two, by torch's own ``FlopCounterMode``.
    """
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        call()
    return int(counter.get_total_flops())


def _count_flops(torch: Any, model: "torch.nn.Module", example_input: Any) -> int:
    inputs = example_input if isinstance(example_input, tuple) else (example_input,)
    runner = copy.deepcopy(model).eval()
    with torch.no_grad():
        return count_flops(lambda: runner(*inputs))
