"""Rows and pictures made worse on purpose."""

from numbers import Real

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from sklearn.base import BaseEstimator

from synda_sk.typing import FloatArray, IntArray, RandomState, Table
from synda_sk.utils import SeedStreams, TableCodec, check_table, is_frame

__all__ = ["corrupt"]

TABLE_KINDS = ("noise", "missing", "levels")
IMAGE_KINDS = ("noise", "blur", "contrast", "brightness")


def corrupt(X: Table, kind: str, severity: float, *, random_state: RandomState = None) -> Table:
    """Return a copy of a table or of pictures that is worse by so much.

    Parameters
    ----------
    X : table of shape (n_samples, n_features) or array of shape (n_samples, height, width[, n_channels])
        Rows: an array or a pandas or polars frame, of mixed types. Pictures:
        an array of numbers, channels last.
    kind : {"noise", "missing", "levels", "blur", "contrast", "brightness"}
        "noise": normal noise is added, its standard deviation `severity` times
        that of the column, or times the range of the pixels.
        "missing" (tables): a share `severity` of all cells is missing.
        "levels" (tables): a share `severity` of the cells of each categorical
        column has the next level instead, the first one after the last.
        "blur" (pictures): a normal blur of standard deviation `severity` times
        an eighth of the shorter side.
        "contrast" (pictures): pixels are drawn towards the mean of their
        picture by a share `severity`.
        "brightness" (pictures): each picture is lighter or darker, as a coin falls,
        by `severity` times the range of the pixels.
    severity : float
        In [0, 1]; 0 changes nothing.
    random_state : int, RandomState instance or None, default=None
        Seed. For one seed, what is hit at a severity is hit at any higher one.

    Returns
    -------
    table or ndarray
        In the container of `X`. Pictures keep their type and the range of their
        pixels, 0 to 255 for ``uint8``; columns keep their type, unless it has no
        missing value, as integers of NumPy do not, which become floats.

    Raises
    ------
    ValueError
        If `kind` is none for such an X, or no column is of the kind it changes,
        or `severity` is out of range.

    Notes
    -----
    After Hendrycks & Dietterich, arXiv:1903.12261, for tables too. With
    "noise" whole numbers stay whole and within the range of their column, and
    datetimes do not change.

    Examples
    --------
    >>> import pandas as pd
    >>> from synda_sk.metrics import corrupt
    >>> frame = pd.DataFrame({"amount": [1.5, 2.5, 9.0], "type": ["bill", "cash_in", "cash_out"]})
    >>> corrupt(frame, "levels", 1.0)["type"].tolist()
    ['cash_in', 'cash_out', 'bill']
    """
    if not isinstance(severity, Real) or not 0 <= severity <= 1:
        raise ValueError(f"severity == {severity!r}, must be in [0, 1].")
    pictures = not is_frame(X) and np.ndim(X) in (3, 4)
    kinds = IMAGE_KINDS if pictures else TABLE_KINDS
    if kind not in kinds:
        what = "pictures" if pictures else "a table"
        raise ValueError(f"kind == {kind!r}, must be one of {', '.join(kinds)} for {what}.")
    rng = SeedStreams(random_state).generator("corruption")
    if pictures:
        return _corrupt_pictures(np.asarray(X), kind, float(severity), rng)
    return _corrupt_table(check_table(BaseEstimator(), X, reset=True), kind, float(severity), rng)


def _corrupt_table(X: Table, kind: str, severity: float, rng: np.random.Generator) -> Table:
    if kind == "missing":
        worse = _without(X, rng.random(X.shape) < severity)
    else:
        codec = TableCodec().fit(X)
        numbers, codes = codec.encode(X)
        if kind == "noise":
            _add_noise(numbers, [k for k in codec.kinds() if k != "category"], severity, rng)
        else:
            codes = _shift_levels(codec, codes, severity, rng)
        worse = codec.decode(numbers, codes)
    if is_frame(X) and hasattr(X, "index"):
        worse.index = X.index
    return worse


def _without(X: Table, hit: NDArray[np.bool_]) -> Table:
    """Return the table with the marked cells missing."""
    if not is_frame(X):
        worse = X.astype(np.float64 if X.dtype.kind in "iubf" else object)
        worse[hit] = np.nan
        return worse
    frame = nw.maybe_reset_index(nw.from_native(X, eager_only=True))
    left = [
        nw.when(nw.new_series(name, ~hit[:, j], backend=frame.implementation)).then(nw.col(name)).alias(name)
        for j, name in enumerate(frame.columns)
    ]
    return frame.with_columns(*left).to_native()


def _add_noise(numbers: FloatArray, kinds: list[str], severity: float, rng: np.random.Generator) -> None:
    if set(kinds) <= {"datetime"}:
        raise ValueError("kind == 'noise', but X has no column of numbers.")
    noise = rng.standard_normal(numbers.shape)
    for j, kind in enumerate(kinds):
        known = numbers[~np.isnan(numbers[:, j]), j]
        if kind == "datetime" or not len(known):
            continue
        numbers[:, j] += severity * known.std() * noise[:, j]
        if kind == "integer":
            numbers[:, j] = numbers[:, j].clip(known.min(), known.max())


def _shift_levels(codec: TableCodec, codes: IntArray, severity: float, rng: np.random.Generator) -> IntArray:
    """Return codes of which a share is the next level's, in the order of their text."""
    if not codec.categorical:
        raise ValueError("kind == 'levels', but X has no categorical column.")
    hit = (rng.random(codes.shape) < severity) & (codes >= 0)
    following = np.empty_like(codes)
    for j, name in enumerate(codec.categorical):
        order = np.argsort([str(level) for level in codec.levels(name)], kind="stable")
        after = np.full(len(order) + 1, -1)
        after[order] = np.roll(order, -1)
        following[:, j] = after[codes[:, j]]
    return np.where(hit, following, codes)


def _corrupt_pictures(
    X: NDArray[np.generic], kind: str, severity: float, rng: np.random.Generator
) -> NDArray[np.generic]:
    if X.dtype.kind not in "uif" or not X.size:
        raise ValueError(f"X is an array of {X.dtype} and shape {X.shape}, must hold pictures of numbers.")
    if X.ndim == 4 and X.shape[-1] > 4:
        raise ValueError(f"X has shape {X.shape}, must have the channels, four at most, last (np.moveaxis).")
    pixels: FloatArray = X.astype(np.float64)
    if not np.isfinite(pixels).all():
        raise ValueError("X holds NaN or infinity, must be finite pictures.")
    low, high = (0, 255) if X.dtype == np.uint8 else (pixels.min(), pixels.max())
    if kind == "noise":
        pixels += severity * (high - low) * rng.standard_normal(pixels.shape)
    elif kind == "blur":
        sigma = severity * min(X.shape[1:3]) / 8
        pixels = gaussian_filter(pixels, (0, sigma, sigma, 0)[: X.ndim], mode="nearest")
    elif kind == "brightness":
        sign = rng.choice([-1.0, 1.0], size=(len(X), *[1] * (X.ndim - 1)))
        pixels += severity * (high - low) * sign
    else:
        middle = pixels.mean(axis=(1, 2), keepdims=True)
        pixels = middle + (1 - severity) * (pixels - middle)
    pixels = pixels.clip(low, high)
    return (pixels if X.dtype.kind == "f" else pixels.round()).astype(X.dtype)
