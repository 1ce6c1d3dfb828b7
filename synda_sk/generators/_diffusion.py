"""A light diffusion model of small images."""

from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral, Real
from typing import Any, Literal

from numpy.typing import NDArray
from sklearn.utils._param_validation import Interval, StrOptions

from synda_sk.generators._image_net import IMAGE_CONSTRAINTS, ImageNetGenerator, Images
from synda_sk.images._device import autocast, resolve_device
from synda_sk.metrics import SampleHealth
from synda_sk.typing import RandomState
from synda_sk.utils import SeedStreams

LARGE = 16  # pixels a side; smaller images have patches of one
N_JUDGED = 512  # noised images a look
GUIDANCE = 1.5  # from LARGE on
GUIDED = 0.25, 0.75  # of the time; at more noise guidance exaggerates colours, at less it smooths small spots


class DiffusionGenerator(ImageNetGenerator):
    r"""A light class- and context-conditional diffusion model of small images.

    The simplified generator of the SynDA proposal, section 2.1.1: a :class:`~synda_sk.nn.UNet`
    that predicts the velocity of noised images under the cosine schedule [1]_,

    .. math::
        \min_\theta\; E \bigl\| f_\theta(\alpha_t x + \sigma_t \epsilon, t, c)
        - (\alpha_t \epsilon - \sigma_t x) \bigr\|^2, \qquad
        \alpha_t = \cos\tfrac{\pi t}{2},\; \sigma_t = \sin\tfrac{\pi t}{2},

    and draws images by deterministic steps [2]_ [5]_ of equal length in
    :math:`\log(\alpha_t / \sigma_t)`, which keeps the spread of coarse and of fine details. The
    moving average of the weights with the lowest loss on held-out images is kept. Needs the
    extra ``torch``.

    Parameters
    ----------
    image_shape : (h, w), (h, w, c) or None, default=None
        Shape of an image where `X` is flat. None reads flat rows as squares, padded where
        their length is no square.
    width : int or "auto", default="auto"
        Channels of the network; "auto" is 24 below 16 pixels a side, else 32. At least the
        numbers in a patch.
    patch : int or "auto", default="auto"
        Side of the patches the network works on; "auto" is 1 below 16 pixels a side, else 2.
    separable : bool, default=False
        Whether its blocks are depthwise-separable: fewer bytes, not less time.
    n_sampling_steps : int, default=16
        Steps from noise to image.
    solver : {"dpm++", "ddim"}, default="dpm++"
        How a step is taken: DPM-Solver++(2M) draws out the last two predictions of the image and
        needs fewer steps than DDIM for as good an image. Networks whose steps were halved by
        :func:`distill_diffusion` learnt those of DDIM.
    guidance : float or "auto", default="auto"
        :math:`w` in :math:`(1 + w) f(z, t, c) - w f(z, t)` [3]_, where :math:`0.25 \le t < 0.75` [6]_.
        Above 0 images are more typical of their class, less diverse, and take a fifth longer.
        "auto" is 0 below 16 pixels a side, else 1.5.
    augmentation : StandardAugmentation, "auto" or None, default="auto"
        Changes of training images. The network is told of them, so that they do not show in
        samples [4]_. With a rotation of 180 all images are turned by right angles too, which it
        is not told: samples then lie in any of these ways. "auto" is ``StandardAugmentation()``.
    augmented_share : float, default=0.5
        Share of the training images that are changed.
    label_dropout : float, default=0.1
        Share of the training images whose label and context are withheld.
    max_steps : int, default=12000
        Most gradient steps. A step takes about 0.03 s on one core at 28x28. Where
        ``best_step_`` is the last one, more help: `patience` ends what does not.
    batch_size : int, default=16
        Images a step. Their noise levels are spread evenly over [0, 1) [7]_.
    learning_rate : float, default=2e-3
        The highest, of AdamW.
    average_decay : float, default=0.998
        Of the moving average of the weights.
    validation_fraction : float, default=0.1
        Share of the images of each class held out to judge by, in [0, 1), at most 256 images.
        Never the only image of a class; where none is held out the training images judge.
    patience : int, default=20
        Stop where the held-out loss has not fallen for so many looks, one every 100 steps.
    precision : {"auto", "float32", "bfloat16"}, default="auto"
        Numbers to compute with; "auto" is bfloat16 where the processor has it.
    random_state : int, RandomState instance or None, default=None
        Source of the first weights and of the noise. An int gives the same images
        at each call of ``sample``. The process-wide states stay untouched.
    verbose : int, default=0
        Above 0, each look at the held-out images is written to stderr.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels seen in fit.
    class_count_ : ndarray of shape (n_classes,)
        Images of each class in fit.
    image_shape_ : (int, int, int)
        Height, width and channels as a row is read; larger than a flat row that no square holds.
    n_steps_ : int
        Steps taken.
    best_step_ : int
        Step of the state that was kept.
    validation_curve_ : list of (int, float)
        Step and held-out loss of each look.
    interrupted_ : bool
        Whether an interruption ended the training.
    health_ : SampleHealth or None
        What :func:`synda_sk.metrics.sample_health` says of 64 images drawn after the fit; None
        after fewer than 100 steps.
    n_parameters_ : int
        Numbers in the network.
    n_features_in_ : int
        Number of values of an image.

    See Also
    --------
    ConvVAEGenerator : Trains and draws in a fraction of the time, and blurs.

    References
    ----------
    .. [1] T. Salimans and J. Ho, "Progressive distillation for fast sampling of diffusion
       models", International Conference on Learning Representations (2022).
    .. [2] J. Song, C. Meng and S. Ermon, "Denoising diffusion implicit models",
       International Conference on Learning Representations (2021).
    .. [3] J. Ho and T. Salimans, "Classifier-free diffusion guidance" (2022), arXiv:2207.12598.
    .. [4] T. Karras, M. Aittala, T. Aila and S. Laine, "Elucidating the design space of
       diffusion-based generative models", Advances in Neural Information Processing
       Systems 35 (2022).
    .. [5] C. Lu, Y. Zhou, F. Bao, J. Chen, C. Li and J. Zhu, "DPM-Solver++: Fast solver for guided
       sampling of diffusion probabilistic models" (2022), arXiv:2211.01095.
    .. [6] T. Kynkaanniemi, M. Aittala, T. Karras, S. Laine, T. Aila and J. Lehtinen, "Applying
       guidance in a limited interval improves sample and distribution quality in diffusion
       models", Advances in Neural Information Processing Systems 37 (2024).
    .. [7] D. Kingma, T. Salimans, B. Poole and J. Ho, "Variational diffusion models", Advances in
       Neural Information Processing Systems 34 (2021).

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from synda_sk.generators import DiffusionGenerator
    >>> X, y = load_digits(return_X_y=True)
    >>> generator = DiffusionGenerator(width=16, max_steps=20, random_state=0).fit(X[:100], y[:100])
    >>> X_new, y_new = generator.sample(3, 7)
    >>> X_new.shape, y_new.tolist()
    ((3, 64), [7, 7, 7])
    """

    _parameter_constraints = {
        **IMAGE_CONSTRAINTS,
        "width": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "patch": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "separable": ["boolean"],
        "n_sampling_steps": [Interval(Integral, 1, None, closed="left")],
        "solver": [StrOptions({"dpm++", "ddim"})],
        "guidance": [StrOptions({"auto"}), Interval(Real, 0, None, closed="left")],
        "augmented_share": [Interval(Real, 0, 1, closed="both")],
        "label_dropout": [Interval(Real, 0, 1, closed="both")],
    }

    def __init__(
        self,
        image_shape: Sequence[int] | None = None,
        *,
        width: int | Literal["auto"] = "auto",
        patch: int | Literal["auto"] = "auto",
        separable: bool = False,
        n_sampling_steps: int = 16,
        solver: Literal["dpm++", "ddim"] = "dpm++",
        guidance: float | Literal["auto"] = "auto",
        augmentation: Any = "auto",
        augmented_share: float = 0.5,
        label_dropout: float = 0.1,
        max_steps: int = 12000,
        batch_size: int = 16,
        learning_rate: float = 2e-3,
        average_decay: float = 0.998,
        validation_fraction: float = 0.1,
        patience: int = 20,
        precision: Literal["auto", "float32", "bfloat16"] = "auto",
        random_state: RandomState = None,
        verbose: int = 0,
    ) -> None:
        self.image_shape = image_shape
        self.width = width
        self.patch = patch
        self.separable = separable
        self.n_sampling_steps = n_sampling_steps
        self.solver = solver
        self.guidance = guidance
        self.augmentation = augmentation
        self.augmented_share = augmented_share
        self.label_dropout = label_dropout
        self.max_steps = max_steps
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.average_decay = average_decay
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.precision = precision
        self.random_state = random_state
        self.verbose = verbose

    def _multiple(self, shape: tuple[int, int, int]) -> int:
        return 2 * self._resolved_patch(shape)

    def _resolved_patch(self, shape: tuple[int, int, int]) -> int:
        return (1 if min(shape[:2]) < LARGE else 2) if self.patch == "auto" else int(self.patch)

    def _resolved_guidance(self) -> float:
        if self.guidance == "auto":
            return GUIDANCE if min(self._codec.shape_[:2]) >= LARGE else 0.0
        return float(self.guidance)

    def _empty_module(self) -> Any:
        from synda_sk.compression._factorization import thinned
        from synda_sk.nn import UNet

        shape = self._codec.shape_
        patch = self._resolved_patch(shape)
        wide = 24 if min(shape[:2]) < LARGE else 32
        network = UNet(
            shape[2],
            len(self.classes_),
            width=max(wide, shape[2] * patch**2) if self.width == "auto" else int(self.width),
            patch=patch,
            n_contexts=[len(levels) for levels in self._levels],
            n_changes=self._n_changes(),
            separable=self.separable,
        )
        return thinned(network, self._ranks)

    def _fit(self, X: Any, y: NDArray[Any], context: Any = None) -> None:
        self._ranks: dict[str, int] = {}  # of the layers that distill_diffusion made thinner
        super()._fit(X, y, context)

    def _train(self, module: Any, images: Images, held: Images, source: Any) -> Any:
        import torch
        from torch.nn.functional import mse_loss

        from synda_sk.generators import _cosine as cosine

        device = resolve_device(torch)
        module.to(device)
        images = images.to(device)
        augmentation = self._changes()
        no_change = torch.zeros(1, self._n_changes(), device=device)

        def draw() -> tuple[Any, ...]:
            n = self.batch_size
            batch = images.take(torch.randint(len(images), (n,), generator=source).to(device))
            changes = no_change
            batch.pixels = self._turned(batch.pixels, source)
            if augmentation is not None:
                changed = torch.rand(n, 1, generator=source) < self.augmented_share
                changes = (augmentation.draw(n, source) * changed).to(device)
                batch.pixels = torch.where(
                    changed.to(device)[:, :, None, None],
                    augmentation.apply(batch.pixels, changes),
                    batch.pixels,
                )
            withheld = (torch.rand(n, generator=source) < self.label_dropout).to(device)
            told = module.withhold(batch.labels, batch.contexts, withheld)
            time = cosine.spread(n, source).to(device)
            noise = torch.randn(batch.pixels.shape, generator=source).to(device)
            return batch.pixels, noise, time, *told, changes

        def loss(net: Any, pixels: Any, noise: Any, time: Any, *told: Any) -> Any:
            with autocast(torch, self.precision, device):
                v = net(cosine.noised(pixels, noise, time), time, *told)
            return mse_loss(v.float(), cosine.velocity(pixels, noise, time))

        judged = held.take(torch.arange(N_JUDGED) % len(held)).to(device)
        noise = torch.randn(judged.pixels.shape, generator=source).to(device)
        time = ((torch.arange(N_JUDGED) + 0.5) / N_JUDGED)[torch.randperm(N_JUDGED, generator=source)].to(
            device
        )

        def judge(net: Any) -> float:
            return float(loss(net, judged.pixels, noise, time, judged.labels, judged.contexts, no_change))

        return self._run(module, loss, draw, judge)

    def _turned(self, pixels: Any, source: Any) -> Any:
        """Return images each in one of the ways it may lie, what pads them left where it is."""
        augmentation = self._changes()
        if augmentation is None:
            return pixels
        h, w, _ = self._codec.shape_
        turned = pixels.clone()
        turned[:, :, :h, :w] = augmentation.turn(pixels[:, :, :h, :w], source)
        return turned

    def _health(self, images: Images, streams: SeedStreams) -> SampleHealth:
        import torch

        source = torch.Generator().manual_seed(streams.seed("turned"))
        return super()._health(replace(images, pixels=self._turned(images.pixels, source)), streams)

    def _draw_pixels(self, module: Any, labels: Any, contexts: Any, source: Any) -> Any:
        import torch

        from synda_sk.generators import _cosine as cosine

        device = resolve_device(torch)
        module = module.to(device)
        labels, contexts = labels.to(device), contexts.to(device)
        noise = torch.randn(len(labels), self._codec.shape_[2], *self._codec.padded_, generator=source).to(
            device
        )
        predict = self._velocity(module, labels, contexts)
        return cosine.draw(predict, noise, self.n_sampling_steps, self.solver).cpu()

    def _velocity(self, module: Any, labels: Any, contexts: Any) -> Any:
        """Return (z, time) -> v of images of these labels and contexts, with guidance."""
        import torch

        everywhere = torch.ones(len(labels), dtype=torch.bool, device=labels.device)
        any_label, _ = module.withhold(labels, contexts, everywhere)
        guidance = self._resolved_guidance()

        def predict(z: Any, time: Any) -> Any:
            rows = (time >= GUIDED[0]) & (time < GUIDED[1]) & (guidance > 0)
            with autocast(torch, self.precision, z.device):
                v = module(z, time, labels, contexts).float()
                if rows.any():
                    plain = module(z[rows], time[rows], any_label[rows], contexts[rows]).float()
                    v[rows] += guidance * (v[rows] - plain)
            return v

        return predict

    def _onnx_module(self) -> Any:
        """Return the network of one step, for an ONNX file: noised images, times, classes, contexts -> v."""
        import torch

        n, n_contexts = 16, len(self._levels)
        source = torch.Generator().manual_seed(0)
        noise = torch.randn(n, self._codec.shape_[2], *self._codec.padded_, generator=source)
        labels = torch.arange(n) % len(self.classes_)
        inputs = [noise, (torch.arange(n) + 1) / n, labels]
        names = ["noised", "time", "label"]
        if n_contexts:
            inputs.append(torch.zeros(n, n_contexts, dtype=torch.int64))
            names.append("context")
        return self.to_module(), tuple(inputs), names, ["velocity"]
