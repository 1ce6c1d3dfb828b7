"""A reader for images stored as arrays."""

import zipfile
import zlib
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Bunch

from synda_sk.utils import as_images, check_same_length, split_missing

ROLES = ("test", "split")


def load_image_archive(path: str | PathLike[str]) -> Bunch:
    """Read images and labels from a .npz file.

    Nothing pickled is loaded, so that a file from anywhere is safe to open.

    Parameters
    ----------
    path : str or path-like
        A file written by :func:`numpy.savez` or :func:`numpy.savez_compressed` that has `X`, images of shape
        (n, height, width) or (n, height, width, channels), and `y`, their labels. NaN marks a missing one.

    Returns
    -------
    sklearn.utils.Bunch
        With the attributes

        data : ndarray of shape (n, height, width) or (n, height, width, channels)
            `X`, in its dtype.
        target : ndarray of shape (n,)
            `y`.
        target_names : list
            The distinct labels, sorted.
        test, split, ... : ndarray
            Every further array of the file by its name; `test` and `split`, where they are there, have an
            entry for each image.

    Raises
    ------
    ValueError
        If the file is no such archive, or lengths differ.
    FileNotFoundError
        If there is no such file.

    See Also
    --------
    load_image_folder : Reads image files.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import numpy as np
    >>> from synda_sk.datasets import load_image_archive
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "cells.npz")
    ...     np.savez_compressed(path, X=np.zeros((3, 8, 8), "uint8"), y=[1, 0, 1], test=[True, False, False])
    ...     cells = load_image_archive(path)
    >>> cells.data[~cells.test].shape, cells.target_names
    ((2, 8, 8), [0, 1])
    """
    file = Path(path)
    if not file.exists():
        raise FileNotFoundError(f"There is no file {str(file)!r}.")
    if file.suffix != ".npz" or not file.is_file():
        raise ValueError(f"path == {str(path)!r}, must be a file that ends in .npz.")
    try:
        arrays = _read(file)
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{file.name!r} cannot be read as an archive of arrays: {error}") from error
    missing = {"X", "y"} - set(arrays)
    if missing:
        raise ValueError(f"{file.name!r} lacks the arrays {sorted(missing)}; it has {sorted(arrays)}.")
    taken = {"data", "target", "target_names"} & set(arrays)
    if taken:
        raise ValueError(
            f"{file.name!r} has arrays named {sorted(taken)}, which the result needs for itself."
        )
    data, target = arrays.pop("X"), arrays.pop("y")
    if data.ndim not in (3, 4):
        raise ValueError(f"{file.name!r}: X has the shape {data.shape}, must be a stack of images.")
    data = as_images(data)
    known, _ = split_missing(target)
    lengths = {"X": data, "y": target, **{name: arrays[name] for name in ROLES if name in arrays}}
    check_same_length(**lengths)
    return Bunch(data=data, target=target, target_names=np.unique(known).tolist(), **arrays)


def _read(file: Path) -> dict[str, NDArray[Any]]:
    with file.open("rb") as stream:
        archive = np.load(stream, allow_pickle=False)
        if isinstance(archive, np.ndarray):
            raise ValueError("it is a single array.")
        return {name: archive[name] for name in archive.files}
