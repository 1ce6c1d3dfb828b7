"""A compact variational autoencoder of small images."""

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any, Literal

from sklearn.utils._param_validation import Interval

from synda_sk.generators._image_net import IMAGE_CONSTRAINTS, ImageNetGenerator, Images
from synda_sk.generators._latent_gaussian import latent_gaussian
from synda_sk.images._device import autocast, resolve_device
from synda_sk.typing import RandomState

LOG_VARIANCE = (-8.0, 4.0)


class ConvVAEGenerator(ImageNetGenerator):
    r"""A compact class- and context-conditional convolutional autoencoder of small images.

    The simplified VAE of the SynDA proposal, section 2.1.1. Encoder and decoder, told the class
    and the context, minimise

    .. math::
        -E_{q(z \mid x, c)} \log p(x \mid z, c) + \kappa\, KL\bigl(q(z \mid x, c) \,\|\, N(0, I)\bigr),

    pixels being Gaussian with one learnt spread [1]_. New images are the decoder's mean at a latent
    vector drawn from a Gaussian fitted to those of their class [2]_. Needs the extra ``torch``.

    Parameters
    ----------
    image_shape : (h, w), (h, w, c) or None, default=None
        Shape of an image where `X` is flat. None reads flat rows as squares, padded where
        their length is no square.
    n_latent : int, default=32
        Length of z.
    width : int, default=24
        Channels at full size.
    kl_weight : float, default=1.0
        :math:`\kappa > 0`; smaller keeps more of an image in z.
    augmentation : StandardAugmentation, "auto" or None, default="auto"
        Changes of training images, which show in samples. "auto" is ``StandardAugmentation()``.
    max_steps : int, default=1500
        Most gradient steps.
    batch_size : int, default=64
        Images a step.
    learning_rate : float, default=2e-3
        The highest, of AdamW.
    average_decay : float, default=0.99
        Of the moving average of the weights.
    validation_fraction : float, default=0.1
        Share of the images of each class held out to judge by, in [0, 1), at most 256 images.
        Never the only image of a class; where none is held out the training images judge.
    patience : int, default=5
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
    DiffusionGenerator : Sharper images, at a price.

    References
    ----------
    .. [1] O. Rybkin, K. Daniilidis and S. Levine, "Simple and effective VAE training with
       calibrated decoders", International Conference on Machine Learning (2021).
    .. [2] P. Ghosh, M. S. M. Sajjadi, A. Vergari, M. Black and B. Scholkopf,
       "From variational to deterministic autoencoders", International
       Conference on Learning Representations (2020).

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from synda_sk.generators import ConvVAEGenerator
    >>> X, y = load_digits(return_X_y=True)
    >>> generator = ConvVAEGenerator(width=8, max_steps=20, random_state=0).fit(X[:100], y[:100])
    >>> X_new, y_new = generator.sample(3, 7)
    >>> X_new.shape, y_new.tolist()
    ((3, 64), [7, 7, 7])
    """

    _parameter_constraints = {
        **IMAGE_CONSTRAINTS,
        "n_latent": [Interval(Integral, 1, None, closed="left")],
        "width": [Interval(Integral, 1, None, closed="left")],
        "kl_weight": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(
        self,
        image_shape: Sequence[int] | None = None,
        *,
        n_latent: int = 32,
        width: int = 24,
        kl_weight: float = 1.0,
        augmentation: Any = "auto",
        max_steps: int = 1500,
        batch_size: int = 64,
        learning_rate: float = 2e-3,
        average_decay: float = 0.99,
        validation_fraction: float = 0.1,
        patience: int = 5,
        precision: Literal["auto", "float32", "bfloat16"] = "auto",
        random_state: RandomState = None,
        verbose: int = 0,
    ) -> None:
        self.image_shape = image_shape
        self.n_latent = n_latent
        self.width = width
        self.kl_weight = kl_weight
        self.augmentation = augmentation
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
        return 4 if min(shape[:2]) > 4 else 8  # at a quarter of the size there are 2 x 2 pixels at least

    def _empty_module(self) -> Any:
        import torch

        from synda_sk.nn import ConvDecoder, ConvEncoder

        n_values = (len(self.classes_), *map(len, self._levels))
        shape = (self._codec.shape_[2], self._codec.padded_, n_values, int(self.n_latent), int(self.width))
        return torch.nn.ModuleDict({"encoder": ConvEncoder(*shape), "decoder": ConvDecoder(*shape)})

    def _train(self, module: Any, images: Images, held: Images, source: Any) -> Any:
        import torch

        device = resolve_device(torch)
        module.to(device)
        images, held = images.to(device), held.to(device)
        augmentation = self._changes()
        fixed = torch.randn(len(held), self.n_latent, generator=source).to(device)

        def draw() -> tuple[Any, ...]:
            n = self.batch_size
            batch = images.take(torch.randint(len(images), (n,), generator=source).to(device))
            pixels = batch.pixels
            if augmentation is not None:
                pixels = augmentation.apply(pixels, augmentation.draw(n, source).to(device))
            noise = torch.randn(n, self.n_latent, generator=source).to(device)
            return pixels, batch.labels, batch.contexts, noise

        def negative_elbo(net: Any, pixels: Any, labels: Any, contexts: Any, noise: Any) -> Any:
            with autocast(torch, self.precision, device):
                mean, log_variance = net["encoder"](pixels, labels, contexts)
                mean, log_variance = mean.float(), log_variance.float().clamp(*LOG_VARIANCE)
                made = net["decoder"](mean + torch.exp(log_variance / 2) * noise, labels, contexts).float()
            spread = net["decoder"].log_spread
            misfit = ((pixels - made) * torch.exp(-spread)) ** 2 / 2 + spread
            divergence = (mean**2 + log_variance.exp() - 1 - log_variance).sum(1) / 2
            return (misfit.sum(dim=(1, 2, 3)) + self.kl_weight * divergence).mean() / pixels[0].numel()

        def judge(net: Any) -> float:
            return float(negative_elbo(net, held.pixels, held.labels, held.contexts, fixed))

        done = self._run(module, negative_elbo, draw, judge)
        module.load_state_dict(done.state)
        module.eval()
        with torch.no_grad():
            mean, log_variance = (
                torch.cat(parts).cpu()
                for parts in zip(*(module["encoder"](*part) for part in _parts(images)), strict=True)
            )
        variance, labels = log_variance.clamp(*LOG_VARIANCE).exp(), images.labels.cpu()
        self._latents = [
            latent_gaussian(mean[labels == code].numpy(), variance[labels == code].numpy())
            for code in range(len(self.classes_))
        ]
        return done

    def _draw_pixels(self, module: Any, labels: Any, contexts: Any, source: Any) -> Any:
        import torch

        device = resolve_device(torch)
        z = torch.randn(len(labels), self.n_latent, generator=source)
        for code, (mean, factor) in enumerate(self._latents):
            own = labels == code
            z[own] = torch.from_numpy(mean + z[own].numpy() @ factor.T).to(z.dtype)
        decoder = module.to(device)["decoder"]
        return decoder(z.to(device), labels.to(device), contexts.to(device)).cpu()

    def _onnx_module(self) -> Any:
        """Return the decoder, for an ONNX file: latent vectors, classes, contexts -> images in [-1, 1]."""
        import torch

        n, n_contexts = 16, len(self._levels)
        z = torch.randn(n, self.n_latent, generator=torch.Generator().manual_seed(0))
        inputs, names = [z, torch.arange(n) % len(self.classes_)], ["latent", "label"]
        if n_contexts:
            inputs.append(torch.zeros(n, n_contexts, dtype=torch.int64))
            names.append("context")
        return self.to_module()["decoder"], tuple(inputs), names, ["image"]


def _parts(images: Images) -> Any:
    size = 256
    for start in range(0, len(images), size):
        part = images.take(slice(start, start + size))
        yield part.pixels, part.labels, part.contexts
