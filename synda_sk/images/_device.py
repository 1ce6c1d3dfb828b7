"""Where networks of images run, and with which numbers."""

from typing import Any


def resolve_device(torch: Any, device: str = "auto") -> Any:
    """Return a device; "auto" is the GPU where there is one, the CPU otherwise.

    Raises
    ------
    ValueError
        If torch knows no such device, or has none here.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        found = torch.device(device)
        torch.empty(0, device=found)
    # a name that torch does not know, CUDA without CUDA, "mps" and "hpu" where they are not built in
    except (RuntimeError, AssertionError, NotImplementedError, ImportError) as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(f"device == {device!r}, must be 'auto' or a device of torch's: {reason}") from error
    return found


def autocast(torch: Any, precision: str, device: Any) -> Any:
    """Return a context in which convolutions compute with the numbers of `precision`.

    "auto" is bfloat16 where the device computes with it, float32 otherwise. Weights and
    their averages stay in 32 bits. No copies in 16 bits are kept: weights in training change.
    """
    if precision == "auto":
        precision = "bfloat16" if _has_bfloat16(torch, device) else "float32"
    return torch.autocast(device.type, torch.bfloat16, precision == "bfloat16", cache_enabled=False)


def _has_bfloat16(torch: Any, device: Any) -> bool:
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    probe = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return device.type == "cpu" and probe is not None and bool(probe())
