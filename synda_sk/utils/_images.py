"""Images whatever their layout: stacked, or flat as the rows of a table."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synda_sk.typing import Table

LAYOUTS = "(n, height, width) or (n, height, width, channels)"


def as_images(X: Table, image_shape: Sequence[int] | None = None, *, name: str = "X") -> NDArray[Any]:
    """Return a stack of images, of which flat rows are views where they can be.

    Parameters
    ----------
    X : array-like of shape (n, height, width[, channels]) or (n, n_pixels)
        Finite numbers of any type; flat rows have their pixels in C order.
    image_shape : (height, width) or (height, width, channels) or None, default=None
        The shape of a flat row. Stacked images may do without it.
    name : str, default="X"
        What messages call the images.

    Returns
    -------
    ndarray of shape (n, height, width) or (n, height, width, channels)
        The images, in the dtype of `X`.

    Raises
    ------
    ValueError
        If there is no image, a pixel is no finite number, or shapes do not match.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.utils import as_images
    >>> as_images(np.zeros((5, 12)), (2, 2, 3)).shape
    (5, 2, 2, 3)
    """
    if image_shape is not None:
        image_shape = check_image_shape(image_shape)
    try:
        images = np.asarray(X)
    except ValueError as error:
        raise ValueError(f"{name} must be an array of shape {LAYOUTS}: {error}") from error
    if images.dtype.kind not in "buif":
        raise ValueError(f"{name} has the dtype {images.dtype}, must be an array of numbers.")
    if images.ndim == 2:
        if image_shape is None:
            raise ValueError(
                f"{name} has flat rows: give image_shape=(height, width) or (height, width, channels)."
            )
        if images.shape[1] != np.prod(image_shape):
            raise ValueError(
                f"{name} has {images.shape[1]} columns, image_shape == {image_shape!r} asks for "
                f"{np.prod(image_shape)}."
            )
        images = images.reshape(len(images), *image_shape)
    if images.ndim not in (3, 4) or not images.size:
        raise ValueError(f"{name} has the shape {images.shape}, must be at least one image in {LAYOUTS}.")
    if image_shape is not None and images.shape[1:] != image_shape:
        raise ValueError(
            f"{name} has images of the shape {images.shape[1:]}, image_shape == {image_shape!r}."
        )
    if images.dtype.kind == "f" and not np.isfinite(images).all():
        raise ValueError(f"{name} holds NaN or infinity, must be finite.")
    return images


def check_image_shape(image_shape: Any) -> tuple[int, ...]:
    """Return the height, the width and, if given, the number of channels of an image.

    Parameters
    ----------
    image_shape : sequence of int
        Two or three numbers of at least 1.

    Returns
    -------
    tuple of int
        The same.

    Raises
    ------
    ValueError
        If it is something else.

    Examples
    --------
    >>> from synda_sk.utils import check_image_shape
    >>> check_image_shape([8, 8])
    (8, 8)
    """
    numbers = np.asarray(image_shape if isinstance(image_shape, tuple | list | np.ndarray) else [])
    if numbers.ndim != 1 or numbers.dtype.kind not in "iu" or len(numbers) not in (2, 3) or numbers.min() < 1:
        raise ValueError(
            f"image_shape == {image_shape!r}, must be ints (height, width) or (height, width, channels) >= 1."
        )
    return tuple(numbers.tolist())
