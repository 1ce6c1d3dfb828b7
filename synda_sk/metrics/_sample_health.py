"""Whether synthetic images are images at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synda_sk.base import check_labels, check_seen
from synda_sk.typing import FloatArray, Labels, Table
from synda_sk.utils import as_images, check_same_length, evenly_spaced

__all__ = ["SampleHealth", "sample_health"]

MOST_IMAGES = 4096
MOST_OUTSIDE = 0.05


@dataclass(frozen=True)
class SampleHealth:
    """What was measured of synthetic images, made by :func:`sample_health`.

    Parameters
    ----------
    variation_ratio : float
        Total variation of the synthetic images by that of the real ones.
    range_ratio : float
        Likewise the range of values within an image.
    spread_ratio : float
        Likewise the standard deviation of a pixel over the images.
    outside_share : float
        Share of synthetic pixels outside the range of the real ones.
    agreement : float or None
        Share of synthetic images whose label the judge confirms; None without a judge.
    chance : float or None
        The agreement of a judge who looks at real images instead.
    reasons : tuple of str
        What is wrong.

    Examples
    --------
    >>> from synda_sk.metrics import SampleHealth
    >>> SampleHealth(1.0, 1.0, 1.0, 0.0, None, None, ()).ok
    True
    """

    variation_ratio: float
    range_ratio: float
    spread_ratio: float
    outside_share: float
    agreement: float | None
    chance: float | None
    reasons: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """True if nothing is wrong."""
        return not self.reasons


def sample_health(
    X_real: Table,
    X_synthetic: Table,
    *,
    y_synthetic: Labels | None = None,
    judge: Any = None,
    image_shape: Sequence[int] | None = None,
    bounds: tuple[float, float] = (0.5, 1.5),
    min_skill: float = 0.2,
) -> SampleHealth:
    r"""Check synthetic images for noise, blur, grey, repetition and labels that mean nothing.

    Beside that of the real images stand the total variation [1]_ per pair of
    neighbours,

    .. math:: TV = \mathrm{mean}_{i \sim j} |x_i - x_j|,

    which is large for noise inside right outlines, the range of values in an
    image, and the deviation of a pixel over the images, 0 if all are alike. With
    a judge, its agreement a with the labels is put on a scale from chance a_0 to 1,

    .. math:: skill = (a - a_0) / (1 - a_0),
        \quad a_0 = \sum_c P(y_{syn} = c) P(judge(x_{real}) = c).

    Parameters
    ----------
    X_real : array-like of shape (n_real, height, width[, channels]) or (n_real, n_pixels)
        Real images, best such that the generator never saw.
    X_synthetic : array-like, shaped as `X_real`
        Synthetic images, 100 at least for a `judge` to tell anything.
    y_synthetic : array-like of shape (n_synthetic,) or None, default=None
        Their labels, for the `judge`.
    judge : fitted classifier or None, default=None
        Was fitted to real images; takes them as they are given here.
    image_shape : (height, width) or (height, width, channels) or None, default=None
        Shape of flat rows.
    bounds : (low, high), default=(0.5, 1.5)
        Where the three ratios have to lie; low in [0, 1], high at least 1.
    min_skill : float, default=0.2
        Least skill, in [-1, 1].

    Returns
    -------
    SampleHealth
        The figures, `ok`, and `reasons` in words.

    Raises
    ------
    ValueError
        If arrays are no images or of different shapes, a parameter is out of
        its range, only one of `judge` and `y_synthetic` is given, a label is
        unknown to the judge, or the judge gives all real images one class.
    TypeError
        If `judge` has no ``predict``.

    Notes
    -----
    The bounds tell failure from success, not good from better. Total variation
    tells little of strokes about a pixel wide, whose own variation is that of
    noise (digits of 8 x 8: noise has 1.4 times theirs): give a judge there. Of
    each side at most 4096 evenly spaced images are measured.

    References
    ----------
    .. [1] L. I. Rudin, S. Osher and E. Fatemi, "Nonlinear total variation based
       noise removal algorithms", Physica D 60 (1992), 259-268.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.metrics import sample_health
    >>> rng = np.random.default_rng(0)
    >>> brightness = rng.uniform(0.2, 0.8, size=(100, 1, 1))
    >>> real = brightness * np.linspace(0, 1, 16).reshape(1, 1, 16) * np.ones((1, 16, 1))
    >>> health = sample_health(real[:50], real[50:] * rng.uniform(size=(50, 16, 16)))
    >>> health.ok, health.reasons[0]
    (False, 'total variation is 5.4 times that of real images, must be in [0.5, 1.5]')
    """
    low, high = _check_bounds(bounds)
    if isinstance(min_skill, bool) or not isinstance(min_skill, Real) or not -1 <= min_skill <= 1:
        raise ValueError(f"min_skill == {min_skill!r}, must be a float in [-1, 1].")
    real = as_images(X_real, image_shape, name="X_real")
    synthetic = as_images(X_synthetic, image_shape, name="X_synthetic")
    if real.shape[1:] != synthetic.shape[1:]:
        raise ValueError(
            f"X_synthetic has images of the shape {synthetic.shape[1:]}, X_real of {real.shape[1:]}."
        )
    agreement, chance = _ask(judge, X_real, X_synthetic, y_synthetic)
    real, synthetic = (images[evenly_spaced(len(images), MOST_IMAGES)] for images in (real, synthetic))
    figures = {
        "total variation": _ratio(_variation(synthetic), _variation(real)),
        "the range of values in an image": _ratio(_range(synthetic), _range(real)),
        "the spread over images": _ratio(_spread(synthetic), _spread(real)),
    }
    outside = float(np.mean((synthetic < real.min()) | (synthetic > real.max())))
    reasons = [
        f"{name} is {ratio:.2g} times that of real images, must be in [{low:g}, {high:g}]"
        for name, ratio in figures.items()
        if not low <= ratio <= high
    ]
    if outside > MOST_OUTSIDE:
        reasons.append(f"{outside:.0%} of the pixels are outside the range of real ones, at most 5% may be")
    if agreement is not None and chance is not None and agreement - chance < min_skill * (1 - chance):
        reasons.append(
            f"the judge confirms {agreement:.0%} of the labels and {chance:.0%} by chance, a skill of "
            f"{(agreement - chance) / (1 - chance):.2g}, must be >= {min_skill:g}"
        )
    return SampleHealth(*figures.values(), outside, agreement, chance, tuple(reasons))


def _check_bounds(bounds: Any) -> tuple[float, float]:
    numbers = np.asarray(bounds if isinstance(bounds, tuple | list) else [])
    if numbers.shape != (2,) or numbers.dtype.kind not in "if" or not 0 <= numbers[0] <= 1 <= numbers[1]:
        raise ValueError(f"bounds == {bounds!r}, must be (low, high) with 0 <= low <= 1 <= high.")
    return float(numbers[0]), float(numbers[1])


def _ask(judge: Any, X_real: Table, X_synthetic: Table, y: Labels) -> tuple[float | None, float | None]:
    """Return how often the judge confirms the labels, and how often it would by chance."""
    if (judge is None) != (y is None):
        raise ValueError("judge and y_synthetic belong together: give both or neither.")
    if judge is None:
        return None, None
    if isinstance(judge, type) or not hasattr(judge, "predict"):
        raise TypeError(f"judge == {judge!r}, must be a fitted classifier with predict.")
    labels = check_labels(y, "y_synthetic")
    check_same_length(X_synthetic=X_synthetic, y_synthetic=labels)
    said_of_real = np.asarray(judge.predict(X_real))
    classes, counts = np.unique(said_of_real, return_counts=True)
    check_seen(labels, getattr(judge, "classes_", classes), "y_synthetic", "the fit of judge")
    if len(classes) < 2:
        raise ValueError(f"judge gives every image of X_real the class {classes[0]!r}; two are needed.")
    agreement = float(np.mean(np.asarray(judge.predict(X_synthetic)) == labels))
    chance = sum(
        np.mean(labels == label) * count / len(said_of_real)
        for label, count in zip(classes, counts, strict=True)
    )
    return agreement, float(chance)


def _ratio(value: float, reference: float) -> float:
    if reference:
        return value / reference
    return float("inf") if value else 1.0


def _variation(images: NDArray[Any]) -> float:
    pixels = images.astype(np.float64)
    steps = [np.abs(np.diff(pixels, axis=axis)) for axis in (1, 2)]
    n_pairs = sum(step.size for step in steps)
    return float(sum(step.sum() for step in steps) / n_pairs) if n_pairs else 0.0


def _range(images: NDArray[Any]) -> float:
    rows: FloatArray = images.reshape(len(images), -1).astype(np.float64)
    return float((rows.max(axis=1) - rows.min(axis=1)).mean())


def _spread(images: NDArray[Any]) -> float:
    return float(np.sqrt(images.var(axis=0, dtype=np.float64).mean()))
