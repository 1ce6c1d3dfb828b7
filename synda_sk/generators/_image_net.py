"""What the neural generators of images share: images as tensors, contexts as codes, weights as arrays."""

import copy
import warnings
from abc import abstractmethod
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from synda_sk.base import BaseGenerator, check_n_samples, check_seen
from synda_sk.exceptions import SampleHealthWarning
from synda_sk.images import StandardAugmentation
from synda_sk.images._codec import ImageCodec, check_labelled_images
from synda_sk.metrics import SampleHealth, sample_health
from synda_sk.typing import IntArray, Labels
from synda_sk.utils import NetworkMixin, SeedStreams, Training, hold_out, import_optional

PART = 256  # images drawn at a time
EVERY = 100  # steps between looks
LARGEST_HELD = 256
N_CHECKED = 64  # images drawn after a fit to see whether they are any
IMAGE_CONSTRAINTS: dict[str, Any] = {
    "image_shape": "no_validation",
    "augmentation": [StandardAugmentation, StrOptions({"auto"}), None],
    "average_decay": [Interval(Real, 0, 1, closed="left")],
    "precision": [StrOptions({"auto", "float32", "bfloat16"})],
    "max_steps": [Interval(Integral, 1, None, closed="left")],
    "batch_size": [Interval(Integral, 1, None, closed="left")],
    "learning_rate": [Interval(Real, 0, None, closed="neither")],
    "validation_fraction": [Interval(Real, 0, 1, closed="left")],
    "patience": [Interval(Integral, 1, None, closed="left")],
    "random_state": ["random_state"],
    "verbose": ["verbose"],
}


@dataclass
class Images:
    """Images as tensors."""

    pixels: Any  # (n_images, n_channels, h, w) float32 in [-1, 1]
    labels: Any  # (n_images,) int64
    contexts: Any  # (n_images, n_contexts) int64

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.labels)

    def take(self, rows: Any) -> "Images":
        """Return some of them."""
        return Images(self.pixels[rows], self.labels[rows], self.contexts[rows])

    def to(self, device: Any) -> "Images":
        """Return them on a device."""
        return Images(self.pixels.to(device), self.labels.to(device), self.contexts.to(device))


class ImageNetGenerator(NetworkMixin, BaseGenerator):
    """A network from noise, a class and a context to an image.

    A subclass trains the network and draws pixels from it.
    """

    image_shape: Any
    augmentation: Any
    max_steps: int
    batch_size: int
    learning_rate: float
    average_decay: float
    validation_fraction: float
    patience: int
    verbose: int

    @property
    def image_shape_(self) -> tuple[int, int, int]:
        """Height, width and channels as a row is read."""
        return self._codec.shape_

    def fit(self, X: Any, y: Labels, context: Any = None) -> Self:
        """Learn what images of each class look like.

        An interruption (Ctrl-C) is raised as always, but first the best state
        so far is kept, if the held-out images were looked at once: the generator
        can be used. Else it is left as it was, as after a failure.

        Parameters
        ----------
        X : array-like of shape (n_samples, h, w), (n_samples, h, w, c) or (n_samples, n_pixels)
            Images, whole or as flat rows (see `image_shape`); uint8 from 0 to 255, other
            numbers between the least and the largest value they have here.
        y : array-like of shape (n_samples,)
            Their labels, none missing.
        context : array-like of shape (n_samples,) or (n_samples, n_contexts) or None, default=None
            Where each image comes from: region, device, writer. Values to tell apart, not
            quantities.

        Returns
        -------
        BaseGenerator
            Itself.

        Warns
        -----
        SampleHealthWarning
            If 64 images drawn afterwards are noise, blur or all alike; not looked for after fewer
            than 100 steps.

        Raises
        ------
        ValueError
            If images are not finite or not of `image_shape`, a label is missing, lengths
            differ or a parameter is out of its range.
        ImportError
            If torch or skorch is not installed.
        """
        self._fit_or_restore(X, y, context=context)
        return self._raise_if_interrupted()

    def finetune(self, X: Any, y: Labels, context: Any = None, *, max_steps: int | None = None) -> Self:
        """Return a copy trained further on other images of the same classes.

        A few local images steer a generator that was trained elsewhere (SynDA proposal,
        section 2.1.2, exemplars).

        Parameters
        ----------
        X : array-like
            Images of the shape seen in fit.
        y : array-like of shape (n_samples,)
            Their labels, seen in fit.
        context : array-like or None, default=None
            Their contexts, seen in fit; None where fit had none.
        max_steps : int or None, default=None
            Most steps; None takes the parameter.

        Returns
        -------
        ImageNetGenerator
            A copy; this one is left as it was.

        Raises
        ------
        ValueError
            If images, labels or contexts are not of the kinds seen in fit, or the network was
            given to :meth:`with_module`.
        """
        check_is_fitted(self)
        tuned = copy.copy(self)
        if max_steps is not None:
            tuned.max_steps = max_steps
            tuned._validate_params()
        rows, labels = tuned._check_rows(X, y, reset=False)
        check_seen(labels, self.classes_, "y")
        if context is None and self._levels:
            raise ValueError("context is None, but the generator was fitted with contexts.")
        images = tuned._images(rows, labels, tuned._contexts(context, len(rows)))
        tuned._learn(images, tuned._network_to_train())
        tuned.max_steps = self.max_steps
        return tuned._raise_if_interrupted()

    def sample(
        self, n_samples: int, y: Labels | None = None, context: Any = None
    ) -> tuple[Any, NDArray[Any]]:
        """Draw synthetic images with the shape, dtype and range seen in fit.

        Parameters
        ----------
        n_samples : int
            Number of images, at least 0.
        y : label, array-like of shape (n_samples,) or None, default=None
            The class wanted, of every image or one by one. None draws classes
            with their frequencies in fit.
        context : value, tuple, array-like or None, default=None
            The context wanted, of every image or one by one. None draws contexts with their
            frequencies in fit, those of each class.

        Returns
        -------
        X : ndarray of shape (n_samples, ...)
            Synthetic images.
        y : ndarray of shape (n_samples,)
            Their labels.

        Raises
        ------
        ValueError
            If `n_samples` is negative, `y` or `context` has another length or unseen values.
        """
        check_is_fitted(self)
        check_n_samples(n_samples)
        rng = check_random_state(self.random_state)
        labels = self._labels(int(n_samples), y, rng)
        contexts = (
            self._draw_contexts(labels, rng) if context is None else self._contexts(context, int(n_samples))
        )
        return self._sample(labels, rng, contexts), labels

    def _check_rows(self, X: Any, y: Labels, *, reset: bool = True) -> tuple[Any, NDArray[Any]]:
        return check_labelled_images(self, X, y, reset=reset)

    def _fit(self, X: Any, y: NDArray[Any], context: Any = None) -> None:
        torch = import_optional("torch", extra="torch", feature=type(self).__name__)
        import_optional("skorch", extra="torch", feature=type(self).__name__)
        from synda_sk.nn import initialise

        self._codec = ImageCodec(self.image_shape).fit(X, self._multiple)
        self._levels = [] if context is None else [np.unique(column) for column in _columns(context).T]
        images = self._images(X, y, self._contexts(context, len(X)))
        codes, contexts = images.labels.numpy(), images.contexts.numpy()
        self._context_rows = [contexts[codes == code] for code in range(len(self.classes_))]
        source = torch.Generator().manual_seed(SeedStreams(self.random_state).seed("weights"))
        self._learn(images, initialise(self._empty_module(), source))

    def _images(self, rows: NDArray[Any], labels: NDArray[Any], contexts: IntArray) -> Images:
        import torch

        codes = np.searchsorted(self.classes_, labels)
        return Images(
            torch.from_numpy(self._codec.encode(rows)),
            torch.from_numpy(codes.astype(np.int64)),
            torch.from_numpy(contexts),
        )

    def _learn(self, images: Images, module: Any) -> None:
        import torch

        streams = SeedStreams(self.random_state)
        held = self._hold_out(images.labels.numpy(), streams.generator("hold-out"))
        source = torch.Generator().manual_seed(streams.seed("training"))
        done = self._train(module, images.take(~held), images.take(held) if held.any() else images, source)
        self._take(done)
        self.health_ = self._health(images, streams) if done.n_steps >= EVERY else None
        if self.health_ is not None and not self.health_.ok:
            warnings.warn(
                f"{type(self).__name__} makes images unlike those it learnt from: "
                f"{'; '.join(self.health_.reasons)}",
                SampleHealthWarning,
                stacklevel=2,
            )

    def _health(self, images: Images, streams: SeedStreams) -> SampleHealth:
        drawn = self._sample(
            np.resize(self.classes_, N_CHECKED), np.random.RandomState(streams.seed("health"))
        )
        real, synthetic = images.pixels.numpy(), self._codec.encode(drawn)
        return sample_health(real.transpose(0, 2, 3, 1), synthetic.transpose(0, 2, 3, 1))

    def _hold_out(self, codes: IntArray, rng: np.random.Generator) -> Any:
        """Choose images to judge by, not too many."""
        import torch

        held = hold_out(codes, self.validation_fraction, rng)
        spare = rng.permutation(np.flatnonzero(held))[LARGEST_HELD:]
        held[spare] = False
        return torch.from_numpy(held)

    def _contexts(self, context: Any, n_samples: int) -> IntArray:
        """Return the codes of contexts, of shape (n_samples, n_contexts)."""
        if context is None:
            return np.zeros((n_samples, 0), dtype=np.int64)
        if not self._levels:
            raise ValueError("context is given, but the generator was fitted without; pass context to fit.")
        values = np.asarray(context, dtype=object)
        if values.ndim == 0 or (values.ndim == 1 and len(values) == len(self._levels) != n_samples):
            values = np.repeat(values.reshape(1, -1), n_samples, axis=0)
        values = _columns(values)
        if values.shape != (n_samples, len(self._levels)):
            raise ValueError(
                f"context has shape {values.shape}, expected ({n_samples}, {len(self._levels)}) as in fit."
            )
        codes = np.empty(values.shape, dtype=np.int64)
        for j, levels in enumerate(self._levels):
            unseen = set(values[:, j].tolist()) - set(levels.tolist())
            if unseen:
                raise ValueError(
                    f"context contains {sorted(unseen, key=repr)}, not seen in fit; known: {levels.tolist()}."
                )
            codes[:, j] = np.searchsorted(levels, values[:, j].astype(levels.dtype))
        return codes

    def _draw_contexts(self, labels: NDArray[Any], rng: np.random.RandomState) -> IntArray:
        drawn = np.zeros((len(labels), len(self._levels)), dtype=np.int64)
        if self._levels:
            for label, seen in zip(self.classes_, self._context_rows, strict=True):
                own = labels == label
                drawn[own] = seen[rng.randint(len(seen), size=int(own.sum()))]
        return drawn

    def _sample(self, labels: NDArray[Any], rng: np.random.RandomState, contexts: Any = None) -> Any:
        import torch

        if contexts is None:
            contexts = self._draw_contexts(labels, rng)
        codes = np.searchsorted(self.classes_, labels)
        module = self.to_module()
        source = torch.Generator().manual_seed(int(rng.randint(2**31 - 1)))
        drawn = [np.empty((0, self._codec.shape_[2], *self._codec.padded_), dtype=np.float32)]
        with torch.no_grad():
            for start in range(0, len(codes), PART):
                part = slice(start, start + PART)
                told = torch.from_numpy(codes[part].astype(np.int64)), torch.from_numpy(contexts[part])
                drawn.append(self._draw_pixels(module, *told, source).numpy())
        return self._codec.decode(np.concatenate(drawn))

    def __sklearn_tags__(self):  # type: ignore[no-untyped-def]
        """Images are numbers, whole or flat."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = False
        tags.input_tags.string = False
        tags.input_tags.categorical = False
        tags.input_tags.three_d_array = True
        return tags

    @abstractmethod
    def _multiple(self, shape: tuple[int, int, int]) -> int:
        """Return what the sides of images of shape (h, w, c) are to be a multiple of."""

    def _changes(self) -> StandardAugmentation | None:
        return StandardAugmentation() if self.augmentation == "auto" else self.augmentation

    def _n_changes(self) -> int:
        return (self._changes() or StandardAugmentation()).n_changes

    def _run(self, module: Any, loss: Any, draw: Any, judge: Any) -> Training:
        from synda_sk.images._fit import train

        return train(
            module,
            loss,
            draw,
            judge,
            max_steps=self.max_steps,
            every=EVERY,
            patience=self.patience,
            learning_rate=self.learning_rate,
            decay=self.average_decay,
            name=type(self).__name__,
            verbose=self.verbose,
        )

    @abstractmethod
    def _train(self, module: Any, images: Images, held: Images, source: Any) -> Training:
        """Train the module and return what came of it."""

    @abstractmethod
    def _draw_pixels(self, module: Any, labels: Any, contexts: Any, source: Any) -> Any:
        """Draw images in [-1, 1], of the padded shape."""


def _columns(context: Any) -> NDArray[Any]:
    values = np.asarray(context)
    return values.reshape(-1, 1) if values.ndim == 1 else values
