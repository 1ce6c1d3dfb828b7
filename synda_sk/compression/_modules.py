"""Which weights of a network are compressed, and what is known about them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from synda_sk.utils import import_optional

if TYPE_CHECKING:
    import torch

MASKS = "_synda_masks"
CODES = "_synda_codes"


class Weight(NamedTuple):
    """A parameter with two or more axes, and the module that owns it."""

    name: str
    owner: "torch.nn.Module"
    key: str
    value: "torch.nn.Parameter"

    def note(self, kind: str, what: Any) -> None:
        """Keep `what` with the module, so that copies and modules round it know it too."""
        self.owner.__dict__.setdefault(kind, {})[self.key] = what

    def noted(self, kind: str) -> Any:
        """Return what was kept, or None."""
        return self.owner.__dict__.get(kind, {}).get(self.key)


def import_torch(feature: str) -> Any:
    """Import torch or say which extra brings it."""
    return import_optional("torch", extra="torch", feature=feature)


def check_module(torch: Any, model: Any, name: str) -> None:
    """Raise TypeError unless `model` is a torch module."""
    if not isinstance(model, torch.nn.Module):
        raise TypeError(f"{name} is of type {type(model).__name__}, must be a torch.nn.Module.")


def find_weights(model: "torch.nn.Module") -> Iterator[Weight]:
    """Yield the floating-point parameters of two or more axes, shared ones once.

    These are the matrices and kernels of linear, convolutional, recurrent,
    attention and embedding layers; biases and the scales of normalisation have
    one axis.
    """
    seen: set[int] = set()
    for prefix, owner in model.named_modules():
        for key, value in owner.named_parameters(recurse=False):
            if value.ndim >= 2 and value.is_floating_point() and id(value) not in seen:
                seen.add(id(value))
                yield Weight(f"{prefix}.{key}" if prefix else key, owner, key, value)


def compressible_weights(model: "torch.nn.Module") -> list[Weight]:
    """Return the weights; raise ValueError if there is none or one is not finite."""
    found = list(find_weights(model))
    if not found:
        raise ValueError("model has no floating-point parameter of two or more axes: nothing to compress.")
    for weight in found:
        if not weight.value.isfinite().all():
            raise ValueError(f"model has NaN or infinity in the weight {weight.name!r}.")
    return found


def refuse_quantized(model: "torch.nn.Module", name: str, what: str) -> None:
    """Raise ValueError if weights have codes, which a change would make wrong."""
    for weight in find_weights(model):
        if weight.noted(CODES) is not None:
            raise ValueError(f"{name} is quantized already ({weight.name!r}): {what} first, then quantize.")


def pruned_weights(model: "torch.nn.Module") -> list[tuple[Weight, "torch.Tensor"]]:
    """Return the pruned weights, each with True where it was kept.

    Raises
    ------
    ValueError
        If a pruned entry is no longer 0.
    """
    found = []
    for weight in find_weights(model):
        kept = weight.noted(MASKS)
        if kept is None:
            continue
        kept = kept.to(weight.value.device)
        if weight.value.detach()[~kept].any():
            raise ValueError(f"model has changed in the pruned weight {weight.name!r}: prune it again.")
        found.append((weight, kept))
    return found
