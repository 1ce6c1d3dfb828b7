"""A compact convolutional classifier as a scikit-learn estimator."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.validation import check_is_fitted

from synda_sk.base import check_seen
from synda_sk.images._augmentation import StandardAugmentation
from synda_sk.images._codec import ImageCodec, check_images, check_labelled_images
from synda_sk.images._device import resolve_device
from synda_sk.typing import FloatArray, IntArray, Labels, RandomState, Table
from synda_sk.utils import (
    NetworkMixin,
    SeedStreams,
    check_weights,
    hold_out,
    import_optional,
    restored_on_failure,
)

SMALLEST_SIDE = 8  # of images that are augmented without being asked
BLOCK = 32  # images predicted at a time
SMALLEST_BATCH, LARGEST_BATCH = 16, 64
LEAST_STEPS, EPOCHS, MOST_STEPS, MOST_ROUNDS = 500, 25, 800, 3
BRIGHTNESS = 0.2  # of images that are augmented without being asked


class ConvClassifier(
    NetworkMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClassifierMixin, BaseEstimator
):
    r"""Compact convolutional network for small images with few labels.

    A residual network of three resolutions (:class:`synda_sk.nn.ConvNet`), trained by AdamW
    on images changed at random at every step. Labels alone are learnt by cross-entropy;
    a `teacher` is learnt from as well, by

    .. math:: L_{KD} = \alpha \, CE(y, p_S) + (1 - \alpha) \, T^2 \, KL(p_T \| p_S)

    (the research proposal, section 2.1.3, after [1]_). Needs the extra ``torch``.

    Equal images of one class are one image with the sum of their weights, and the order of
    the rows does not matter: a weight of 2 and the same image twice give the same network.

    Parameters
    ----------
    image_shape : (h, w), (h, w, c) or None, default=None
        Shape of an image where `X` is flat. None reads a row as a square of one channel, or
        of three where that fits exactly, padded at its end where none does.
    width : int, default=24
        Channels of the first maps, a multiple of 8 best; weights grow with its square.
    separable : bool, default=False
        Whether convolutions are depthwise-separable: an eighth of the weights.
    standardize : bool, default=False
        Whether each channel of each image is first given mean 0 and standard deviation 1. Small
        marks are learnt sooner where stains, lamps or cameras differ; where the colour or the
        brightness of the whole tells the class, less is learnt. The changes of `augmentation`
        come after it, those of colour then in units of a standard deviation.
    augmentation : "auto", StandardAugmentation or None, default="auto"
        Random changes of the training images. "auto" is :class:`StandardAugmentation` with
        ``brightness=0.2``, for more than one channel with all rotations and mirror images too
        (written signs have an upside), and None for sides below 8 pixels. Add ``colour=0.2``
        where lamps or stains differ. An object with its two methods may stand for it.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes, as in scikit-learn.
    teacher : fitted classifier or None, default=None
        Has ``predict_proba`` and ``classes_``, which become those of the student. Cloning
        unfits it; in a search, wrap it in :class:`sklearn.frozen.FrozenEstimator`.
    alpha : float, default=0.5
        Weight of the labels beside the teacher, in [0, 1].
    temperature : float, default=2.0
        T > 0, which the logits of both are divided by in the teacher's part.
    max_steps : "auto" or int, default="auto"
        Most steps. "auto" is 25 times the images over 64, within 500 and 800, and as many again,
        once or twice, while fewer than 95 % of the training images are classified as labelled
        and nothing is held out: few images can be hard to learn.
    batch_size : "auto" or int, default="auto"
        Images a step, at least 2. "auto" is as many as there are, in 16..64.
    learning_rate : float, default=3e-3
        The highest rate; it rises first and falls along a half cosine.
    validation_fraction : float, default=0.0
        Share of the images of each class, in [0, 1), held out to judge by: the state with the
        lowest cross-entropy on them is kept. With 0 all are trained on, and the last is kept.
    patience : int, default=10
        Looks at them, one each twentieth of the steps, without a better one before the end.
    warm_start : bool, default=False
        Whether a further `fit` goes on from the present weights.
    precision : {"auto", "float32", "bfloat16"}, default="auto"
        Numbers to train with; "auto" is bfloat16 where the processor has it. Predictions
        are computed in float32.
    device : str, default="auto"
        Where to train and predict: "auto" is "cuda" where there is one, else "cpu".
    random_state : int, RandomState instance or None, default=None
        Seed of the first weights, batches, changes and the images held out.
    verbose : int, default=0
        Above 0, progress is written to stderr.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels: the teacher's, or those seen in fit.
    image_shape_ : (int, int, int)
        Height, width and channels of an image.
    n_features_in_ : int
        Numbers in an image.
    n_parameters_ : int
        Weights of the network.
    n_steps_ : int
        Steps taken.
    best_step_ : int
        Step of the state kept.
    validation_curve_ : list of (int, float)
        Step and held-out loss of each look; empty where nothing was held out.
    interrupted_ : bool
        Whether the fit was interrupted.

    Notes
    -----
    ``to_module()`` maps a tensor of images as in `X` to logits of shape (n_samples, n_classes): a
    :class:`synda_sk.nn.ReadImages` named ``read``, and a :class:`synda_sk.nn.ConvNet` named ``net``.

    References
    ----------
    .. [1] G. Hinton, O. Vinyals and J. Dean, "Distilling the Knowledge in a
       Neural Network" (2015), arXiv:1503.02531.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from synda_sk.images import ConvClassifier
    >>> X, y = load_digits(n_class=3, return_X_y=True)
    >>> classifier = ConvClassifier(width=8, max_steps=60, random_state=0).fit(X[:60], y[:60])
    >>> classifier.score(X[60:], y[60:]) > 0.8
    True
    >>> classifier.transform(X[60:]).shape, classifier.n_parameters_
    ((477, 32), 30627)
    """

    classes_: NDArray[Any]
    _net: dict[str, Any]
    _weights: dict[str, NDArray[Any]]
    _parameter_constraints: dict[str, Any] = {
        "image_shape": ["array-like", None],
        "width": [Interval(Integral, 1, None, closed="left")],
        "separable": ["boolean"],
        "standardize": ["boolean"],
        "augmentation": [StrOptions({"auto"}), HasMethods(["draw", "apply"]), None],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "teacher": [HasMethods(["predict_proba"]), None],
        "alpha": [Interval(Real, 0, 1, closed="both")],
        "temperature": [Interval(Real, 0, None, closed="neither")],
        "max_steps": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "batch_size": [StrOptions({"auto"}), Interval(Integral, 2, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "validation_fraction": [Interval(Real, 0, 1, closed="left")],
        "patience": [Interval(Integral, 1, None, closed="left")],
        "warm_start": ["boolean"],
        "precision": [StrOptions({"auto", "float32", "bfloat16"})],
        "device": [str],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        image_shape: Sequence[int] | None = None,
        *,
        width: int = 24,
        separable: bool = False,
        standardize: bool = False,
        augmentation: StandardAugmentation | Literal["auto"] | None = "auto",
        class_weight: dict[Any, float] | Literal["balanced"] | None = None,
        teacher: Any = None,
        alpha: float = 0.5,
        temperature: float = 2.0,
        max_steps: int | Literal["auto"] = "auto",
        batch_size: int | Literal["auto"] = "auto",
        learning_rate: float = 3e-3,
        validation_fraction: float = 0.0,
        patience: int = 10,
        warm_start: bool = False,
        precision: Literal["auto", "float32", "bfloat16"] = "auto",
        device: str = "auto",
        random_state: RandomState = None,
        verbose: int = 0,
    ) -> None:
        self.image_shape = image_shape
        self.width = width
        self.separable = separable
        self.standardize = standardize
        self.augmentation = augmentation
        self.class_weight = class_weight
        self.teacher = teacher
        self.alpha = alpha
        self.temperature = temperature
        self.max_steps = max_steps
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.warm_start = warm_start
        self.precision = precision
        self.device = device
        self.random_state = random_state
        self.verbose = verbose

    def fit(
        self, X: Table, y: Labels, sample_weight: Any = None, *, X_unlabeled: Table | None = None
    ) -> Self:
        """Train the network.

        An interruption (Ctrl-C) is raised as always, but first the best state so far is
        kept, if there was one look: the classifier can be used. Else it is left as it was,
        as after a failure.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_pixels), (n_samples, h, w) or (n_samples, h, w, c)
            Images: bytes from 0 to 255, or numbers that span what they span here.
        y : array-like of shape (n_samples,)
            Their labels, none missing.
        sample_weight : array-like of shape (n_samples,) or None, default=None
            Weights of the images in the loss, not negative.
        X_unlabeled : array-like like `X` or None, default=None
            Images without a label, to learn the teacher's probabilities from: each batch
            holds as many of them as of the others.

        Returns
        -------
        ConvClassifier
            Itself.

        Raises
        ------
        ValueError
            If a label is missing or unknown to the teacher, lengths differ, images have
            another shape, or a parameter is out of its range.
        ImportError
            If torch is not installed.
        """
        with restored_on_failure(self):
            self._validate_params()
            self._fit(X, y, sample_weight, X_unlabeled)
        return self._raise_if_interrupted()

    def predict_proba(self, X: Table) -> FloatArray:
        """Return the probability of each class.

        Parameters
        ----------
        X : array-like as in fit
            Images.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities, in the order of ``classes_``.
        """
        from scipy.special import softmax

        return softmax(self._outputs(X, lambda module: module), axis=1)

    def predict(self, X: Table) -> NDArray[Any]:
        """Return the most probable class of each image.

        Parameters
        ----------
        X : array-like as in fit
            Images.

        Returns
        -------
        ndarray of shape (n_samples,)
            Labels.
        """
        codes = self.predict_proba(X).argmax(axis=1)
        return self.classes_[codes]

    def transform(self, X: Table) -> FloatArray:
        """Return what the last layer sees: features for densities and distances.

        Parameters
        ----------
        X : array-like as in fit
            Images.

        Returns
        -------
        ndarray of shape (n_samples, 4 * width)
            Features.

        Raises
        ------
        ValueError
            If the network was replaced by one without ``features``.
        """

        def features(module: Any) -> Any:
            net: Any = getattr(module, "net", None)
            if not hasattr(net, "features"):
                raise ValueError(
                    "The module given to with_module has no net.features, as to_module()'s has: "
                    "it predicts, but transform needs them."
                )
            return lambda images: net.features(module.read(images))

        return self._outputs(X, features)

    @property
    def _n_features_out(self) -> int:
        return 4 * int(self._net["width"])

    def _fit(self, X: Table, y: Labels, sample_weight: Any, X_unlabeled: Table | None) -> None:
        torch = import_optional("torch", extra="torch", feature="ConvClassifier")
        import_optional("skorch", extra="torch", feature="ConvClassifier")
        from synda_sk.images._classifier_training import Course, Lesson

        goes_on = self.warm_start and hasattr(self, "_weights")
        former = (self.classes_, self._net, self._weights) if goes_on else None
        images, labels = check_labelled_images(self, X, y, reset=True)
        if X_unlabeled is not None and self.teacher is None:
            raise ValueError("X_unlabeled is given, but teacher is None: nothing can be learnt from it.")
        classes = np.unique(labels) if self.teacher is None else _classes_of(self.teacher)
        check_seen(labels, classes, "y", where="the teacher")
        codes = np.searchsorted(classes, labels)
        weights = np.ones(len(images)) if sample_weight is None else check_weights(sample_weight, images)
        rows, weights = _merge_equal(images, codes, weights)
        images, codes = images[rows], codes[rows]
        weights = weights * self._class_weights(codes, weights, classes)
        codec = ImageCodec(self.image_shape).fit(images)
        net: dict[str, Any] = {
            "n_channels": codec.shape_[2],
            "n_classes": len(classes),
            "size": codec.shape_[:2],
            "width": int(self.width),
            "separable": bool(self.separable),
        }
        self.classes_, self._codec, self._net, self.image_shape_ = classes, codec, net, codec.shape_
        self._standardized = bool(self.standardize)
        streams = SeedStreams(self.random_state)
        device = resolve_device(torch, self.device)
        module = self._first_module(former, streams.seed("weights"))

        def lesson(images: NDArray[Any], codes: IntArray, weights: FloatArray) -> Any:
            wanted = None if self.teacher is None else torch.from_numpy(self._soft(images))
            return Lesson(
                module.read(_tensor(images)),
                torch.from_numpy(codes.astype(np.int64)),
                torch.from_numpy((weights / weights.mean()).astype(np.float32)),
                wanted,
            )

        unlabeled = None
        if X_unlabeled is not None:
            free = check_images(self, X_unlabeled, reset=False)
            unlabeled = lesson(free, np.zeros(len(free), dtype=np.intp), np.ones(len(free)))
        is_held = hold_out(codes, self.validation_fraction, streams.generator("hold-out"))
        held = lesson(images[is_held], codes[is_held], weights[is_held]) if is_held.any() else None
        known = lesson(images[~is_held], codes[~is_held], weights[~is_held])
        n_images = len(known) + (0 if unlabeled is None else len(unlabeled))
        batch_size = min(max(len(known), SMALLEST_BATCH), LARGEST_BATCH)
        max_steps = self._resolved_max_steps(n_images, len(classes))
        course = Course(
            augmentation=self._resolved_augmentation(),
            alpha=float(self.alpha),
            temperature=float(self.temperature),
            batch_size=batch_size if self.batch_size == "auto" else int(self.batch_size),
            max_steps=max_steps,
            every=max(max_steps // 20, 1),
            patience=int(self.patience),
            learning_rate=float(self.learning_rate),
            precision=self.precision,
            source=torch.Generator().manual_seed(streams.seed("training")),
            name="ConvClassifier",
            verbose=int(self.verbose),
        )
        n_rounds = MOST_ROUNDS if self.max_steps == "auto" and held is None and len(classes) > 1 else 1
        done = course.run_until_fitted(module.net.to(device), known, unlabeled, held, n_rounds)
        done.history = done.history if held is not None else []
        self._take(done)

    def _class_weights(self, codes: IntArray, weights: FloatArray, classes: NDArray[Any]) -> FloatArray:
        """Return the weight of each image's class; balanced ones give each class the same sum of weights."""
        if self.class_weight == "balanced":
            sums = np.bincount(codes, weights=weights)
            return weights.sum() / (np.count_nonzero(sums) * sums[codes])
        found = compute_sample_weight(self.class_weight, classes[codes])
        return check_weights(found, found)

    def _resolved_max_steps(self, n_images: int, n_classes: int) -> int:
        """Return the number of steps: one where there is one class and nothing to learn."""
        if n_classes == 1:
            return 1
        if self.max_steps != "auto":
            return int(self.max_steps)
        return min(max(LEAST_STEPS, n_images * EPOCHS // LARGEST_BATCH), MOST_STEPS)

    def _resolved_augmentation(self) -> Any:
        if self.augmentation != "auto":
            return self.augmentation
        h, w, n_channels = self.image_shape_
        if min(h, w) < SMALLEST_SIDE:
            return None
        if n_channels == 1:
            return StandardAugmentation(brightness=BRIGHTNESS)
        return StandardAugmentation(rotation=180, flip=True, brightness=BRIGHTNESS)

    def _soft(self, images: NDArray[Any]) -> NDArray[np.float32]:
        """Return the teacher's probabilities, those of its logits divided by the temperature."""
        found = np.asarray(self.teacher.predict_proba(images), dtype=np.float64)
        if found.shape != (len(images), len(self.classes_)) or not np.isfinite(found).all():
            raise ValueError(f"teacher made no finite probabilities of {len(self.classes_)} classes.")
        found = found[:, np.argsort(self.teacher.classes_)]
        softened = (found / found.max(axis=1, keepdims=True)) ** (1 / self.temperature)
        return (softened / softened.sum(axis=1, keepdims=True)).astype(np.float32)

    def _empty_module(self) -> Any:
        import torch

        from synda_sk.nn import ConvNet, ReadImages

        codec = self._codec
        read = ReadImages(codec.shape_, codec.low_, codec.high_, self._standardized)
        return torch.nn.Sequential(OrderedDict(read=read, net=ConvNet(**self._net)))

    def _trained(self, module: Any) -> Any:
        return module.net

    def _first_module(self, former: Any, seed: int) -> Any:
        """Return the network to begin with: a new one, or that of the fit before."""
        import torch

        from synda_sk.nn import initialise

        module = self._empty_module()
        if former is None:
            initialise(module.net, torch.Generator().manual_seed(seed))
            return module
        classes, net, weights = former
        if net != self._net or not np.array_equal(classes, self.classes_):
            raise ValueError(
                "warm_start == True goes on with the same classes, width and shape of images; "
                f"the classes were {classes.tolist()} and are {self.classes_.tolist()}, "
                f"the network was {net} and is to be {self._net}."
            )
        module.net.load_state_dict(_tensors(weights))
        return module

    def _outputs(self, X: Table, make_function: Callable[[Any], Callable[[Any], Any]]) -> FloatArray:
        """Compute something of images, always of as many at a time: the others make no difference."""
        check_is_fitted(self)
        torch = import_optional("torch", extra="torch", feature="ConvClassifier")
        images = check_images(self, X, reset=False)
        device = resolve_device(torch, self.device)
        function = make_function(self.to_module().to(device))
        rows = np.arange(-(-len(images) // BLOCK) * BLOCK).clip(max=len(images) - 1)
        with torch.no_grad():
            parts = [
                function(_tensor(images[part]).to(device)).cpu().numpy() for part in rows.reshape(-1, BLOCK)
            ]
        return np.concatenate(parts)[: len(images)].astype(np.float64)

    def _onnx_module(self) -> tuple[Any, tuple[Any], list[str], list[str]]:
        """Return the network from images to probabilities, two images, and the names of its ends."""
        import torch

        low, high = self._codec.low_, self._codec.high_
        drawn = np.random.default_rng(0).uniform(low, high, size=(2, *self._codec.row_shape_))
        images = drawn.astype(self._codec.dtype_ if self._codec.dtype_ == np.uint8 else np.float32)
        module = torch.nn.Sequential(self.to_module(), torch.nn.Softmax(dim=1)).eval()
        return module, (torch.from_numpy(images),), ["images"], ["probabilities"]


def _merge_equal(images: NDArray[Any], codes: IntArray, weights: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return one row for equal images of a class, by content, with the sums of their weights."""
    rows = np.flatnonzero(weights)
    flat = np.ascontiguousarray(images[rows].reshape(len(rows), -1))
    flat = np.column_stack([flat.view(np.uint8), codes[rows].astype(np.int64)[:, None].view(np.uint8)])
    content = np.ascontiguousarray(flat).view(np.dtype((np.void, flat.shape[1]))).ravel()
    _, first, which = np.unique(content, return_index=True, return_inverse=True)
    sums = np.bincount(which, weights=weights[rows]).astype(np.float64)
    return rows[first], sums


def _tensor(images: NDArray[Any]) -> Any:
    """Return a copy that torch may write to, its bytes in the order of the machine."""
    import torch

    return torch.from_numpy(np.array(images, dtype=images.dtype.newbyteorder("=")))


def _tensors(weights: dict[str, NDArray[Any]]) -> dict[str, Any]:
    import torch

    return {name: torch.from_numpy(values.copy()) for name, values in weights.items()}


def _classes_of(teacher: Any) -> NDArray[Any]:
    if not hasattr(teacher, "classes_"):
        raise ValueError(
            f"teacher == {teacher!r} is not fitted; a fitted teacher is unfitted by clone(): "
            "wrap it in sklearn.frozen.FrozenEstimator."
        )
    return np.sort(np.asarray(teacher.classes_))
