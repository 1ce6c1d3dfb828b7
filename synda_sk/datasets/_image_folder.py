"""A reader for folders of image files, one folder a class."""

import difflib
import os
import warnings
from collections.abc import Sequence
from numbers import Integral
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np
from sklearn.utils import Bunch

from synda_sk.datasets._image_files import ImageFileError, read_images
from synda_sk.exceptions import BrokenFileWarning

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm", ".ppm")


def load_image_folder(
    path: str | PathLike[str],
    *,
    size: int | tuple[int, int] | None = None,
    mode: Literal["auto", "grey", "rgb"] = "auto",
    classes: Sequence[str] | None = None,
    unlabeled: str | None = "unlabeled",
    on_broken: Literal["raise", "skip"] = "raise",
) -> Bunch:
    """Read images from a folder that has one folder a class.

    Files are those that end in .png, .jpg, .jpeg, .bmp, .gif, .tif, .tiff, .webp, .pgm or .ppm, at any
    depth below the folder of their class; others, and hidden ones, are passed over. The first frame counts,
    transparency does not, and photographs are turned upright as their EXIF data tell.

    Parameters
    ----------
    path : str or path-like
        A folder of folders, whose names are the labels.
    size : int or (height, width) or None, default=None
        Images are resized to it, smoothly and without keeping their proportions; an int is a square. None
        leaves them as they are: then all must have one size.
    mode : {"auto", "grey", "rgb"}, default="auto"
        Colours of the result: "auto" is grey if every image is. Of 16 bits the upper 8 are kept.
    classes : sequence of str or None, default=None
        Folders to read, in the order of `target_names`; None reads every folder that has images, sorted.
        Images without a label are read in any case.
    unlabeled : str or None, default="unlabeled"
        Name of the folder whose images have no label; None gives no folder this meaning. Images that lie in
        `path` itself have none either.
    on_broken : {"raise", "skip"}, default="raise"
        What to do about a file that cannot be read: raise, or leave it out and warn once, at the end.

    Returns
    -------
    sklearn.utils.Bunch
        With the attributes

        data : ndarray of uint8 of shape (n, height, width) or (n, height, width, 3)
            Images by class and path, those without a label last.
        target : ndarray of shape (n,)
            Labels (str); where some are missing an object array with None for them.
        target_names : list of str
            Classes.
        filenames : ndarray of str of shape (n,)
            Where each image was.

    Raises
    ------
    ValueError
        If there are no images, a folder named in `classes` has none, a file cannot be read, images differ in
        size while `size` is None, or a parameter is out of its range.
    FileNotFoundError
        If there is no such folder.
    ImportError
        If Pillow is not installed.

    See Also
    --------
    load_image_archive : Reads images that are arrays already.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import numpy as np
    >>> from PIL import Image
    >>> from synda_sk.datasets import load_image_folder
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ["rust/a.png", "scab/b.png", "unlabeled/c.png"]:
    ...         file = pathlib.Path(folder, name)
    ...         file.parent.mkdir()
    ...         Image.fromarray(np.zeros((40, 60, 3), "uint8")).save(file)
    ...     leaves = load_image_folder(folder, size=32)
    >>> leaves.data.shape, leaves.target.tolist()
    ((3, 32, 32, 3), ['rust', 'scab', None])
    """
    shape = _check_size(size)
    for name, value, options in (
        ("mode", mode, ["auto", "grey", "rgb"]),
        ("on_broken", on_broken, ["raise", "skip"]),
    ):
        if value not in options:
            raise ValueError(f"{name} == {value!r}, must be one of {options}.")
    if unlabeled is not None and not isinstance(unlabeled, str):
        raise ValueError(f"unlabeled == {unlabeled!r}, must be the name of a folder or None.")
    folder = Path(path)
    if folder.is_file():
        raise ValueError(f"path == {str(path)!r} is a file; load_image_archive reads .npz files.")
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {str(folder)!r}.")
    by_label = _find(folder, classes, unlabeled)
    files = [file for found in by_label.values() for file in found]
    labels = [label for label, found in by_label.items() for _ in found]
    if not files:
        raise ValueError(f"path == {str(path)!r} has no image, a file that ends in {', '.join(SUFFIXES)}.")
    try:
        data, broken = read_images(files, shape, mode, skip=on_broken == "skip")
    except ImageFileError as error:
        raise ValueError(f"{error} (on_broken='skip' leaves such files out.)") from error
    if broken:
        _warn_of([files[position] for position in broken])
    if not len(data):
        raise ValueError(f"path == {str(path)!r} has no file that can be read as an image.")
    kept = np.setdiff1d(np.arange(len(files)), broken)
    has_gaps = any(labels[row] is None for row in kept)
    return Bunch(
        data=data,
        target=np.array(labels, dtype=object if has_gaps else str)[kept],
        target_names=[label for label in by_label if label is not None],
        filenames=np.array(files)[kept],
    )


def _check_size(size: Any) -> tuple[int, int] | None:
    if size is None:
        return None
    sides: Any = (size, size) if isinstance(size, Integral) else size
    if (
        not isinstance(sides, tuple | list)
        or len(sides) != 2
        or not all(
            isinstance(side, Integral) and not isinstance(side, bool) and int(side) >= 1 for side in sides
        )
    ):
        raise ValueError(f"size == {size!r}, must be an int >= 1, (height, width) or None.")
    return int(sides[0]), int(sides[1])


def _find(folder: Path, classes: Sequence[str] | None, unlabeled: str | None) -> dict[str | None, list[str]]:
    """Return the image files of each class in order, those without a label under None."""
    with os.scandir(folder) as entries:
        visible = sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda e: e.name)
    found = {entry.name: _images_below(entry.path) for entry in visible if entry.is_dir()}
    loose = [entry.path for entry in visible if entry.is_file() and _is_image(entry.name)]
    without = found.pop(unlabeled, []) if unlabeled is not None else []
    found = {name: files for name, files in found.items() if files}
    wanted = found if classes is None else _check_classes(classes, found)
    by_label: dict[str | None, list[str]] = {name: found[name] for name in wanted}
    if loose or without:
        by_label[None] = loose + without
    return by_label


def _check_classes(classes: Any, found: dict[str, list[str]]) -> list[str]:
    is_list = isinstance(classes, Sequence | np.ndarray) and not isinstance(classes, str)
    if not is_list or not all(isinstance(name, str) for name in classes) or len(set(classes)) < len(classes):
        raise ValueError(f"classes == {classes!r}, must be distinct names of folders.")
    for name in classes:
        if name not in found:
            near = difflib.get_close_matches(str(name), found, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {list(found)}."
            raise ValueError(f"classes has {name!r}, which is no folder with images; {hint}")
    return list(classes)


def _images_below(folder: str) -> list[str]:
    files = []
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [os.path.join(where, name) for name in names if _is_image(name)]
    return sorted(files, key=lambda file: file.split(os.sep))


def _is_image(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and not name.startswith(".")


def _warn_of(files: list[str]) -> None:
    shown = ", ".join(map(repr, files[:5])) + (", ..." if len(files) > 5 else "")
    warnings.warn(
        f"{len(files)} file(s) cannot be read as images and are left out: {shown}",
        BrokenFileWarning,
        stacklevel=3,
    )
