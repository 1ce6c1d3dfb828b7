"""Networks in files: to bytes and back."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from synda_sk.compression._packing import decode, encode
from synda_sk.utils import write_atomically

if TYPE_CHECKING:
    import torch


def save(model: "torch.nn.Module", path: str | os.PathLike[str]) -> None:
    """Save the state of a network, whole or not at all.

    A safetensors file with a JSON configuration in its header. Quantized
    weights are stored as packed integers and scales, and any tensor with enough
    zeros as one bit for each entry and the others. Nothing is pickled. Needs the
    extra ``torch``.

    Parameters
    ----------
    model : torch.nn.Module
        Any network.
    path : path
        The file, usually ``.safetensors``.

    Raises
    ------
    TypeError
        If `model` is no torch module, or its state holds more than tensors.
    ValueError
        If quantized or pruned weights have changed since.

    Examples
    --------
    >>> import tempfile, torch
    >>> from pathlib import Path
    >>> from synda_sk.compression import load, prune, save
    >>> pruned = prune(torch.nn.Linear(64, 64), amount=0.9)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(pruned, Path(folder) / "net.safetensors")
    ...     loaded = load(Path(folder) / "net.safetensors", torch.nn.Linear(64, 64))
    >>> bool((loaded.weight == pruned.weight).all())
    True
    """
    content = to_bytes(model)
    write_atomically(path, lambda file: file.write(content))


def load(path: str | os.PathLike[str], model: "torch.nn.Module") -> "torch.nn.Module":
    """Load what :func:`save` wrote into a copy of a network of the same architecture.

    Parameters
    ----------
    path : path
        The file.
    model : torch.nn.Module
        Its architecture; it is not changed.

    Returns
    -------
    torch.nn.Module
        A copy with the state of the saved network, quantized and pruned as it
        was.

    Raises
    ------
    TypeError
        If `model` is no torch module.
    ValueError
        If the file is no sound file of :func:`save`, or of another network.
    """
    return decode(Path(path).read_bytes(), model, f"path == {str(path)!r}")


def to_bytes(model: "torch.nn.Module") -> bytes:
    """Return the content of the file that :func:`save` writes.

    Parameters
    ----------
    model : torch.nn.Module
        Any network.

    Returns
    -------
    bytes
        Equal for equal states.

    Raises
    ------
    TypeError
        If `model` is no torch module, or its state holds more than tensors.
    ValueError
        If quantized or pruned weights have changed since.
    """
    return encode(model)


def from_bytes(content: bytes, model: "torch.nn.Module") -> "torch.nn.Module":
    """Return a copy of a network with the state that :func:`to_bytes` wrote.

    Parameters
    ----------
    content : bytes
        What :func:`to_bytes` returned.
    model : torch.nn.Module
        The architecture; it is not changed.

    Returns
    -------
    torch.nn.Module
        Quantized and pruned as it was.

    Raises
    ------
    TypeError
        If `model` is no torch module.
    ValueError
        If `content` is not sound, or of another network.

    Examples
    --------
    >>> import torch
    >>> from synda_sk.compression import from_bytes, quantize, to_bytes
    >>> small = quantize(torch.nn.Linear(8, 8), 3)
    >>> again = from_bytes(to_bytes(small), torch.nn.Linear(8, 8))
    >>> bool((again.weight == small.weight).all()), to_bytes(again) == to_bytes(small)
    (True, True)
    """
    return decode(content, model, "content")


def n_bytes(model: "torch.nn.Module") -> int:
    """Return the size of the file that :func:`save` writes.

    Parameters
    ----------
    model : torch.nn.Module
        Any network.

    Returns
    -------
    int
        Bytes, the header included.
    """
    return len(to_bytes(model))
