"""Images as they come, as tensors in [-1, 1], and back."""

import math
import re
from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_array, validate_data

from synda_sk.base import check_labels, require_labels
from synda_sk.typing import FloatArray, Labels
from synda_sk.utils import check_image_shape, check_same_length


class ImageCodec:
    """Reads stacks of images or flat rows, and writes what it was fitted to.

    uint8 spans 0 to 255, other numbers what they span in `fit`. Sides are padded with
    the lowest value, behind the last row and column, to multiples of what `fit` is told.

    Parameters
    ----------
    image_shape : (h, w), (h, w, c) or None
        Shape of an image where `X` is flat. None reads a flat row as a square of one
        channel, or of three where that fits exactly, padded at its end where none does.
    """

    def __init__(self, image_shape: Sequence[int] | None = None) -> None:
        self.image_shape = image_shape

    def fit(
        self, X: NDArray[Any], multiple_of: Callable[[tuple[int, int, int]], int] = lambda shape: 1
    ) -> Self:
        """Learn the shape, the dtype and the range of images that `check_images` returned.

        `multiple_of` tells, of a shape (h, w, c), what the sides are padded to a multiple of.
        """
        self.row_shape_: tuple[int, ...] = X.shape[1:]
        self.dtype_ = X.dtype
        self.shape_ = self._shape()
        whole = X.dtype == np.uint8
        self.low_, self.high_ = (0.0, 255.0) if whole else (float(X.min()), float(X.max()))
        multiple = multiple_of(self.shape_)
        h, w = (math.ceil(side / multiple) * multiple for side in self.shape_[:2])
        self.padded_ = (h, w)
        return self

    def encode(self, X: NDArray[Any]) -> NDArray[np.float32]:
        """Return an array of shape (n_images, n_channels, height, width) in [-1, 1]."""
        h, w, c = self.shape_
        spread = max(self.high_ - self.low_, float(np.finfo(np.float32).tiny))
        flat = np.full((len(X), h * w * c), -1, dtype=np.float32)
        n_pixels = int(np.prod(self.row_shape_))
        flat[:, :n_pixels] = (X.reshape(len(X), -1).astype(np.float32) - self.low_) / spread * 2 - 1
        images = flat.reshape(len(X), h, w, c).transpose(0, 3, 1, 2)
        below, beside = self.padded_[0] - h, self.padded_[1] - w
        return np.pad(images, ((0, 0), (0, 0), (0, below), (0, beside)), constant_values=-1)

    def decode(self, images: NDArray[np.float32]) -> NDArray[Any]:
        """Return images as they were in fit; values beyond the range are clipped, integers rounded."""
        h, w, c = self.shape_
        flat = images[:, :, :h, :w].transpose(0, 2, 3, 1).reshape(len(images), h * w * c)
        values: FloatArray = (np.clip(flat, -1, 1).astype(np.float64) + 1) / 2 * (
            self.high_ - self.low_
        ) + self.low_
        values = values[:, : int(np.prod(self.row_shape_))]
        if np.issubdtype(self.dtype_, np.integer):
            values = np.rint(values)
        return (
            np.clip(values, self.low_, self.high_).astype(self.dtype_).reshape(len(images), *self.row_shape_)
        )

    def _shape(self) -> tuple[int, int, int]:
        if self.image_shape is not None:
            check_image_shape(self.image_shape)
        if len(self.row_shape_) > 1:
            h, w, c = (*self.row_shape_, 1)[:3]
            if self.image_shape is not None and tuple(self.image_shape) not in ((h, w), (h, w, c)):
                raise ValueError(
                    f"image_shape == {self.image_shape!r}, but the images of X are {self.row_shape_}."
                )
            return h, w, c
        n_pixels = self.row_shape_[0]
        if self.image_shape is None:
            for c in (1, 3):
                side = math.isqrt(n_pixels // c)
                if c * side**2 == n_pixels:
                    return side, side, c
            side = math.isqrt(n_pixels - 1) + 1
            return side, side, 1
        h, w, c = (*self.image_shape, 1)[:3]
        if h * w * c != n_pixels:
            raise ValueError(
                f"image_shape == {self.image_shape!r} holds {h * w * c} values, but X has {n_pixels} columns."
            )
        return h, w, c


def check_images(estimator: Any, X: Any, *, reset: bool) -> NDArray[Any]:
    """Validate images, whole or as flat rows, for an estimator.

    Returns
    -------
    ndarray of shape (n_images, n_pixels), (n_images, h, w) or (n_images, h, w, c)
        Finite numbers, unsigned bytes and float32 as they are, other numbers as they came.

    Raises
    ------
    ValueError
        If they are no images, or not of the shape seen in fit.
    """
    try:
        if getattr(X, "ndim", 2) <= 2:
            rows: NDArray[Any] = validate_data(estimator, X, reset=reset, dtype="numeric")
        else:
            rows = check_array(X, allow_nd=True, dtype="numeric", estimator=estimator)
    except ValueError as error:
        if re.search(r"\bX\b", str(error)):
            raise
        raise ValueError(f"Input X: {error}") from error
    if rows.ndim > 2:
        if rows.ndim > 4:
            raise ValueError(
                f"X has {rows.ndim} dimensions, must have 2, 3 or 4: (n_images, height, width, n_channels)."
            )
        if reset:
            estimator.n_features_in_ = int(np.prod(rows.shape[1:]))
    seen = rows.shape[1:] if reset else estimator._codec.row_shape_
    if rows.shape[1:] != seen:
        if int(np.prod(rows.shape[1:])) != int(np.prod(seen)):
            raise ValueError(
                f"X has images of shape {rows.shape[1:]}, "
                f"but {type(estimator).__name__} was fitted to {seen}."
            )
        rows = rows.reshape(len(rows), *seen)
    return rows


def check_labelled_images(
    estimator: Any, X: Any, y: Labels, *, reset: bool
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Validate images that all have a label.

    Raises
    ------
    ValueError
        As :func:`check_images`, and if lengths differ or a label is missing.
    """
    require_labels(estimator, y)
    rows = check_images(estimator, X, reset=reset)
    labels = check_labels(y)
    check_same_length(X=rows, y=labels)
    return rows, labels
