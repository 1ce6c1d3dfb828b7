"""Image files as one array."""

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synda_sk.utils import import_optional

FAULTS = (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, struct.error, zlib.error)


class ImageFileError(ValueError):
    """A file that is no image, or a damaged one."""


def read_images(
    files: Sequence[str], shape: tuple[int, int] | None, mode: str, *, skip: bool
) -> tuple[NDArray[np.uint8], list[int]]:
    """Return images as one array, and the positions of the files that were left out.

    Raises
    ------
    ValueError
        Names a file that cannot be read, unless `skip`, or whose size is not that of the others.
    """
    stack = None
    n_read = 0
    broken = []
    for position, file in enumerate(files):
        try:
            pixels = _read_image(file, shape, mode)
        except ImageFileError:
            if not skip:
                raise
            broken.append(position)
            continue
        if stack is None:
            first, stack = file, np.empty((len(files), *pixels.shape), np.uint8)
        if pixels.shape[:2] != stack.shape[1:3]:
            sizes = [
                f"{name!r} has {height} x {width}"
                for name, (height, width) in ((first, stack.shape[1:3]), (file, pixels.shape[:2]))
            ]
            raise ValueError(
                f"Images differ in height and width: {' and '.join(sizes)}; give size=(height, width)."
            )
        if pixels.ndim > stack.ndim - 1:
            stack = np.repeat(stack[..., np.newaxis], 3, axis=3)
        stack[n_read] = pixels if pixels.ndim == stack.ndim - 1 else pixels[..., np.newaxis]
        n_read += 1
    return np.empty((0, 0, 0), np.uint8) if stack is None else stack[:n_read], broken


def _read_image(file: str, shape: tuple[int, int] | None, mode: str) -> NDArray[np.uint8]:
    image_module: Any = import_optional("PIL.Image", extra="images", feature="load_image_folder")
    image_ops: Any = import_optional("PIL.ImageOps", extra="images", feature="load_image_folder")
    try:
        with image_module.open(file) as image:
            if shape is not None:
                image.draft(None, (2 * max(shape), 2 * max(shape)))
            image_ops.exif_transpose(image, in_place=True)
            image = _to_bytes(image, image_module)
            if mode != "auto":
                image = image.convert({"grey": "L", "rgb": "RGB"}[mode])
            if shape is not None:
                image = image.resize(shape[::-1], image_module.Resampling.BICUBIC, reducing_gap=3.0)
            return np.asarray(image)
    except (*FAULTS, image_module.DecompressionBombError) as error:
        raise ImageFileError(f"{str(Path(file))!r} cannot be read as an image: {error}") from error


def _to_bytes(image: Any, image_module: Any) -> Any:
    """Return the image in grey or in colours, a byte each."""
    if image.mode.startswith("I;16"):
        return image_module.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in ("I", "F"):
        raise ValueError("its pixels have 32 bits, 8 or 16 can be read.")
    if image.mode in ("1", "L", "LA", "La"):
        return image.convert("L")
    return image.convert("RGBA").convert("RGB") if image.mode in ("P", "PA") else image.convert("RGB")
