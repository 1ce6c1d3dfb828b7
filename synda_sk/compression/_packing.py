"""The state of a network as bytes: zeros left out, small integers packed."""

import copy
import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from synda_sk.compression._bits import pack_bits, unpack_bits
from synda_sk.compression._modules import (
    CODES,
    MASKS,
    Weight,
    check_module,
    find_weights,
    import_torch,
    pruned_weights,
)
from synda_sk.compression._quantization import Quantized
from synda_sk.utils import import_optional

if TYPE_CHECKING:
    import torch

_FORMAT = 1
_KEY = "synda_sk.compression"
_OVERHEAD = 128  # bytes of the header that the entries of a sparse tensor cost
_FILLED, _VALUES, _SCALE = ":filled", ":values", ":scale"


def encode(model: "torch.nn.Module", *, packed: bool = True) -> bytes:
    """Return the state as bytes; not packed, every float is stored with 32 bits."""
    torch = import_torch("save")
    check_module(torch, model, "model")
    state = model.state_dict(keep_vars=True)
    for name, tensor in state.items():
        if not isinstance(tensor, torch.Tensor):
            kind = type(tensor).__name__
            raise TypeError(f"model has {name!r} of type {kind} in its state, must be a tensor.")
    same = _shared(state)
    coded = {w.name: _checked_codes(torch, w) for w in find_weights(model) if w.noted(CODES)}
    pruned = [weight.name for weight, _ in pruned_weights(model)]
    parts: dict[str, Any] = {}
    entries: dict[str, Any] = {}
    for name, tensor in state.items():
        if name in same:
            continue
        plain = tensor.detach().cpu().contiguous()
        if not packed:
            parts[name] = plain.float() if plain.is_floating_point() else plain.clone()
            continue
        stored, entry = _pack(torch, plain, coded.get(name))
        if entry is not None:
            entries[name] = entry
        parts |= {name + suffix: part for suffix, part in stored.items()}
    config = {"format": _FORMAT, "same": same, "packed": entries, "pruned": pruned}
    return _safetensors().save(parts, {_KEY: json.dumps(config, sort_keys=True)})


def decode(content: bytes, model: "torch.nn.Module", source: str) -> "torch.nn.Module":
    """Return a copy of `model` with the state in `content`; errors begin with `source`."""
    torch = import_torch("load")
    check_module(torch, model, "model")
    loaded = copy.deepcopy(model)
    own = loaded.state_dict(keep_vars=True)
    try:
        parts, config = _open(content)
        entries, same, pruned = dict(config["packed"]), dict(config["same"]), set(config["pruned"])
    except Exception as error:
        raise ValueError(f"{source} is no sound file of compression.save: {error!r}") from error
    names = {name for name in parts if name.rpartition(":")[0] not in entries} | entries.keys() | same.keys()
    for name in sorted(names ^ own.keys()):
        where = "the file" if name in names else "model"
        raise ValueError(f"{source} is of another network than model: {name!r} is in {where} alone.")
    if same != _shared(own):
        raise ValueError(f"{source} is of another network than model: it shares other weights.")
    values, coded = {}, {}
    for name in own.keys() - same.keys():
        try:
            values[name], coded[name] = _unpack(torch, parts, entries.get(name), name, own[name])
        except (AttributeError, KeyError, TypeError, ValueError, RuntimeError) as error:
            raise ValueError(f"{source} does not fit model in {name!r}: {error}") from error
    for module in loaded.modules():
        module.__dict__.pop(MASKS, None)
        module.__dict__.pop(CODES, None)
    for name, value in values.items():
        own[name].data.copy_(value)
    for weight in find_weights(loaded):
        if coded.get(weight.name) is not None:
            weight.note(CODES, coded[weight.name])
        if weight.name in pruned:
            weight.note(MASKS, weight.value.detach() != 0)
    return loaded


def _open(content: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    parts = _safetensors().load(content)
    length = int.from_bytes(content[:8], "little")
    config = json.loads(json.loads(content[8 : 8 + length])["__metadata__"][_KEY])
    if config["format"] != _FORMAT:
        raise ValueError(f"format {config['format']!r}, this version reads {_FORMAT}")
    return parts, config


def _shared(state: dict[str, Any]) -> dict[str, str]:
    """Return for each tensor that came before under another name that name."""
    first: dict[int, str] = {}
    same = {}
    for name, tensor in state.items():
        if first.setdefault(id(tensor), name) != name:
            same[name] = first[id(tensor)]
    return same


def _checked_codes(torch: Any, weight: Weight) -> Quantized:
    coded: Quantized = weight.noted(CODES)
    if not torch.equal(coded.values(torch, weight.value.dtype), weight.value.detach().cpu()):
        raise ValueError(f"model has changed in the quantized weight {weight.name!r}: quantize it again.")
    return coded


def _pack(
    torch: Any, tensor: "torch.Tensor", coded: Quantized | None
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return what to store under which suffix, and the entry of the configuration.

    Zeros are left out if that is smaller: then one bit tells of each value
    whether it is there.
    """
    entry: dict[str, Any] = {"shape": list(tensor.shape), "dtype": str(tensor.dtype)}
    filled = _filled(torch, tensor, coded)
    if coded is None:
        whole, rest = tensor.clone(), tensor.reshape(-1)[torch.from_numpy(filled)]
    else:
        entry["n_bits"] = coded.n_bits
        flat = coded.codes.reshape(-1)
        whole, rest = (torch.from_numpy(pack_bits(part, coded.n_bits)) for part in (flat, flat[filled]))
    mask = torch.from_numpy(pack_bits(filled.astype(np.uint8), 1))
    scale = {} if coded is None else {_SCALE: torch.from_numpy(coded.scale)}
    if rest.nbytes + mask.nbytes + _OVERHEAD < whole.nbytes:
        return {_FILLED: mask, _VALUES: rest} | scale, entry | {"sparse": True}
    if coded is None:
        return {"": whole}, None
    return {_VALUES: whole} | scale, entry | {"sparse": False}


def _filled(torch: Any, tensor: "torch.Tensor", coded: Quantized | None) -> Any:
    """Return False for each 0: bit by bit, so that -0.0 is kept."""
    if coded is not None:
        return coded.codes.reshape(-1) != coded.zero
    if not tensor.numel():
        return np.zeros(0, dtype=bool)
    raw = tensor.reshape(-1).view(torch.uint8).reshape(tensor.numel(), -1)
    return (raw != 0).any(dim=1).numpy()


def _unpack(
    torch: Any, parts: dict[str, Any], entry: dict[str, Any] | None, name: str, like: "torch.Tensor"
) -> tuple["torch.Tensor", Quantized | None]:
    """Return a tensor of the shape and type of `like`, and its codes where it has some."""
    if entry is None:
        _check_like(parts[name].shape, str(parts[name].dtype), like)
        return parts[name], None
    _check_like(entry["shape"], entry["dtype"], like)
    count, values = math.prod(like.shape), parts[name + _VALUES]
    filled = np.ones(count, dtype=bool)
    if entry["sparse"]:
        filled = unpack_bits(parts[name + _FILLED].numpy(), 1, count).astype(bool)
    if "n_bits" not in entry:
        if values.dtype != like.dtype or values.shape != (filled.sum(),):
            raise ValueError(f"{values.dtype} of {tuple(values.shape)} for {filled.sum()} values")
        flat = torch.zeros(count, dtype=like.dtype)
        flat[torch.from_numpy(filled)] = values
        return flat.reshape(like.shape), None
    n_bits, scale = entry["n_bits"], parts[name + _SCALE].numpy()
    if n_bits not in range(2, 9) or scale.shape != (like.shape[0],):
        raise ValueError(f"{n_bits} bits, scales of shape {scale.shape}")
    codes = np.full(count, Quantized.zero_code(n_bits), dtype=np.uint8)
    codes[filled] = unpack_bits(values.numpy(), n_bits, int(filled.sum()))
    coded = Quantized(codes.reshape(tuple(like.shape)), scale, n_bits)
    return coded.values(torch, like.dtype), coded


def _check_like(shape: Any, dtype: str, like: "torch.Tensor") -> None:
    if (list(shape), dtype) != (list(like.shape), str(like.dtype)):
        raise ValueError(f"{dtype} of {list(shape)} in the file, {like.dtype} of {list(like.shape)} in model")


def _safetensors() -> Any:
    return import_optional("safetensors.torch", extra="torch", feature="save")
