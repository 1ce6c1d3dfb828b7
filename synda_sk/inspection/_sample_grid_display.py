"""Synthetic images between real ones and the real ones they are nearest to."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synda_sk.base import check_labels
from synda_sk.metrics._space import FeatureMap, encode_tables, nearest
from synda_sk.typing import Labels, Table
from synda_sk.utils import as_images, check_same_length, evenly_spaced, import_optional

__all__ = ["SampleGridDisplay"]

ROWS = ("real", "synthetic", "nearest real")
MOST_REFERENCES = 500
GAP = 0.08  # between pictures, in parts of a picture
INCHES = (0.45, 1.2)  # a picture's height, more where labels are long and columns few
LETTER = 0.07  # inches of a letter of a label


class SampleGridDisplay:
    """Rows of images: real ones, synthetic ones, and the real ones nearest to these.

    Below each nearest image stands its distance; in :meth:`from_generator` 1 is
    what real images have to their nearest other one, and 0 a copy. Where
    columns do not fit beside each other they go on below.

    Make one with :meth:`from_generator`; the constructor takes computed values.

    Parameters
    ----------
    real : array-like of shape (n_images, height, width) or (n_images, height, width, channels)
        Real images, one a column; 1 or 3 channels.
    synthetic : array-like, shaped as `real`
        Synthetic images, of the same labels.
    nearest : array-like, shaped as `real`
        The real image nearest to each synthetic one.
    distances : array-like of shape (n_images,)
        From each synthetic image to the nearest one.
    labels : array-like of shape (n_images,)
        Class of each column, equal ones side by side.
    title : str or None, default=None
        Above the picture.
    n_columns : int, default=12
        The most images beside each other.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Where it was drawn.
    figure_ : matplotlib.figure.Figure
        The figure around it.
    images_ : list of matplotlib.image.AxesImage
        The pictures, row by row from top to bottom.
    distance_texts_ : list of matplotlib.text.Text
        The distances, one a column.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from synda_sk.generators import GaussianGenerator
    >>> from synda_sk.inspection import SampleGridDisplay
    >>> X, y = load_digits(n_class=3, return_X_y=True)
    >>> generator = GaussianGenerator(random_state=0).fit(X, y)
    >>> display = SampleGridDisplay.from_generator(generator, X, y, image_shape=(8, 8))
    >>> display.synthetic.shape, display.labels.tolist()
    ((12, 8, 8), [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2])
    """

    def __init__(
        self,
        real: ArrayLike,
        synthetic: ArrayLike,
        nearest: ArrayLike,
        distances: ArrayLike,
        labels: ArrayLike,
        *,
        title: str | None = None,
        n_columns: int = 12,
    ) -> None:
        self.real = real
        self.synthetic = synthetic
        self.nearest = nearest
        self.distances = distances
        self.labels = labels
        self.title = title
        self.n_columns = n_columns

    @classmethod
    def from_generator(
        cls,
        generator: Any,
        X: Table,
        y: Labels,
        *,
        n_per_class: int = 4,
        image_shape: Sequence[int] | None = None,
        features: FeatureMap = None,
        n_columns: int = 12,
        ax: Any = None,
    ) -> Self:
        """Draw images from a fitted generator and look for them among real ones.

        Parameters
        ----------
        generator : fitted generator
            Its ``sample(n_samples, y)`` is called once.
        X : array-like of shape (n_samples, height, width[, channels]) or (n_samples, n_pixels)
            Images, best all that the generator was fitted to, in the form it was given them.
        y : array-like of shape (n_samples,)
            Their labels.
        n_per_class : int, default=4
            Images of each class, fewer where it has fewer; the real ones are evenly spaced over its rows.
        image_shape : (height, width) or (height, width, channels) or None, default=None
            Shape of flat rows; None takes that of the generator: the one it was given or, of an image
            network, the one it was fitted to. Generators of tables know none.
        features : transformer, callable, "auto" or None, default=None
            In which distances are measured: a fitted object with ``transform``, a callable, or None
            for pixels. They are divided by the median distance of a real image to its nearest other
            one, of at most 500 of `X`.
        n_columns : int, default=12
            The most images beside each other.
        ax : matplotlib.axes.Axes or None, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        SampleGridDisplay
            Drawn.

        Raises
        ------
        ValueError
            If `X` holds no images or one only, all of them are equal, `y` has another length, a
            parameter is out of its range, or nothing tells the shape of flat rows.
        TypeError
            If `generator` has no ``sample``.
        """
        if isinstance(generator, type) or not hasattr(generator, "sample"):
            raise TypeError(f"generator == {generator!r}, must be a fitted generator with sample.")
        _check_count(n_per_class, "n_per_class")
        _check_count(n_columns, "n_columns")
        if image_shape is None:
            image_shape = _shape_of(generator, X)
        images = as_images(X, image_shape)
        known = check_labels(y)
        check_same_length(X=images, y=known)
        rows = [np.flatnonzero(known == label) for label in np.unique(known)]
        shown = np.concatenate([row[evenly_spaced(len(row), int(n_per_class))] for row in rows])
        X_new, _ = generator.sample(len(shown), known[shown])
        synthetic = as_images(X_new, image_shape, name="generator's sample")
        points, new_points = encode_tables(features, X=X, X_synthetic=X_new)
        distances, found = (part[:, 0] for part in nearest(new_points, points))
        title = f"{type(generator).__name__}\ndistance 1: a real image to its nearest other one"
        display = cls(
            images[shown],
            synthetic,
            images[found],
            distances / _usual_distance(points),
            known[shown],
            title=title,
            n_columns=n_columns,
        )
        return display.plot(ax=ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib.axes.Axes or None, default=None
            Where to; None makes a figure that is as large as the images ask for.

        Returns
        -------
        SampleGridDisplay
            Itself, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If the values do not fit together.
        """
        stacks, distances, labels = self._check()
        n_images, height, width = stacks[0].shape[:3]
        n_columns = min(int(self.n_columns), n_images)
        bands = [slice(start, start + n_columns) for start in range(0, n_images, n_columns)]
        aspect = width / height
        tall = 3 + 2 * GAP + 0.85  # a band: three pictures, and text above and below
        step = aspect * (1 + GAP)
        groups = [_groups(labels[band]) for band in bands]
        if ax is None:
            pyplot = import_optional("matplotlib.pyplot", extra="plot", feature="SampleGridDisplay.plot")
            room = max(LETTER * len(str(label)) / (n * step) for group in groups for _, n, label in group)
            inches = min(max(room, INCHES[0]), INCHES[1])
            size = (max(3.5, inches * n_columns * step + 0.8), inches * len(bands) * tall + 0.5)
            _, ax = pyplot.subplots(figsize=size, layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        self.images_, self.distance_texts_ = [], []
        places = []
        low, high = _limits(stacks[0])
        for i, band in enumerate(bands):
            top = i * tall
            for j, stack in enumerate(stacks):
                place = top + j * (1 + GAP)
                places.append(place + 0.5)
                for k, picture in enumerate(stack[band]):
                    self.images_.append(
                        ax.imshow(
                            np.clip((picture - low) / (high - low), 0, 1),
                            cmap="gray",
                            vmin=0,
                            vmax=1,
                            interpolation="nearest",
                            extent=(k * step, k * step + aspect, place + 1, place),
                        )
                    )
            bottom = top + 3 + 2 * GAP
            for k, distance in enumerate(distances[band]):
                text = ax.text(
                    k * step + aspect / 2, bottom + 0.06, f"{distance:.2f}", ha="center", va="top", fontsize=6
                )
                self.distance_texts_.append(text)
            for k, _, label in groups[i]:
                ax.text(
                    k * step, top - 0.08, str(label), ha="left", va="bottom", fontsize=7, fontweight="bold"
                )
        ax.set(
            xlim=(0, n_columns * step - aspect * GAP), ylim=(len(bands) * tall - 0.45, -0.45), aspect="equal"
        )
        ax.set_yticks(places, ROWS * len(bands), fontsize=7)
        ax.tick_params(bottom=False, labelbottom=False, left=False)
        ax.spines[:].set_visible(False)
        ax.set_anchor("NW")
        if self.title:
            ax.set_title(self.title, fontsize=7, loc="left")
        return self

    def _check(self) -> tuple[list[NDArray[Any]], NDArray[Any], NDArray[Any]]:
        """Return the three stacks as floats, the distances and the labels."""
        given = {"real": self.real, "synthetic": self.synthetic, "nearest": self.nearest}
        stacks = []
        for name, images in given.items():
            stack = as_images(images, name=name).astype(np.float64)
            if stack.ndim == 4 and stack.shape[3] not in (1, 3):
                raise ValueError(f"{name} has {stack.shape[3]} channels, 1 or 3 can be drawn.")
            stacks.append(stack[..., 0] if stack.ndim == 4 and stack.shape[3] == 1 else stack)
            if stacks[-1].shape != stacks[0].shape:
                raise ValueError(f"{name} has the shape {stacks[-1].shape}, real has {stacks[0].shape}.")
        distances, labels = np.asarray(self.distances, dtype=np.float64), np.asarray(self.labels)
        check_same_length(real=stacks[0], distances=distances, labels=labels)
        _check_count(self.n_columns, "n_columns")
        return stacks, distances, labels


def _shape_of(generator: Any, X: Table) -> Any:
    """Return the shape of an image that the generator, or the one inside it, was given or fitted to."""
    inner = getattr(generator, "generator_", None)
    for owner in (generator, inner):
        given = getattr(owner, "image_shape", None)
        if given is not None:
            return given
    for owner in (generator, inner):
        fitted = getattr(owner, "image_shape_", None)
        if fitted is not None and np.shape(X)[1:] == (np.prod(fitted),):
            return fitted[:2] if fitted[2] == 1 else fitted
    return None


def _groups(labels: NDArray[Any]) -> list[tuple[int, int, Any]]:
    """Return where equal labels start, how many they are, and the label."""
    starts = [k for k in range(len(labels)) if k == 0 or labels[k] != labels[k - 1]]
    ends = [*starts[1:], len(labels)]
    return [(start, end - start, labels[start]) for start, end in zip(starts, ends, strict=True)]


def _check_count(value: Any, name: str) -> None:
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < 1:
        raise ValueError(f"{name} == {value!r}, must be an int >= 1.")


def _usual_distance(points: NDArray[Any]) -> float:
    """Return the median distance of a real image to its nearest other one."""
    if len(points) < 2:
        raise ValueError("X has 1 image, must have at least 2.")
    some = points[evenly_spaced(len(points), MOST_REFERENCES)]
    usual = float(np.median(nearest(some, points, 2)[0][:, 1]))
    if not usual:
        raise ValueError("X: most images equal another one, so that distances have no unit.")
    return usual


def _limits(images: NDArray[Any]) -> tuple[float, float]:
    """Return what is drawn black and white: the range of the real images."""
    low, high = float(images.min()), float(images.max())
    return low, high if high > low else low + 1.0
