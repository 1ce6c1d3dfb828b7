"""Where networks of images run, and with which numbers."""

from typing import Any


def resolve_device(torch: Any) -> Any:
    """Return the GPU where there is one, the CPU otherwise."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def autocast(torch: Any, precision: str, device: Any) -> Any:
    """Return a context in which convolutions compute with the numbers of `precision`.

    "auto" is bfloat16 where the device computes with it, float32 otherwise.
    """
    if precision == "auto":
        gpu = device.type == "cuda"
        has_it = torch.cuda.is_bf16_supported() if gpu else torch.cpu._is_avx512_bf16_supported()
        precision = "bfloat16" if has_it else "float32"
    return torch.autocast(device.type, torch.bfloat16, precision == "bfloat16", cache_enabled=False)
