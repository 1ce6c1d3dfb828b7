"""Smaller diffusion models in fewer steps."""

import copy
import math
from numbers import Integral, Real
from typing import Any

from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, validate_parameter_constraints
from sklearn.utils.validation import check_is_fitted

from synda_sk.base import check_seen
from synda_sk.compression._factorization import factorized
from synda_sk.generators._diffusion import DiffusionGenerator
from synda_sk.generators._image_net import Images
from synda_sk.images._device import autocast, resolve_device
from synda_sk.typing import Labels, RandomState
from synda_sk.utils import SeedStreams

BATCH_SIZE = 64
NEW_RATE, INHERITED_RATE = 2e-3, 5e-4
CONSTRAINTS = {
    "amount": [Interval(Real, 0, 1, closed="neither"), None],
    "width": [Interval(Integral, 1, None, closed="left"), None],
    "separable": ["boolean", None],
    "n_sampling_steps": [Interval(Integral, 1, None, closed="left"), None],
    "max_steps": [Interval(Integral, 1, None, closed="left")],
    "max_steps_per_halving": [Interval(Integral, 1, None, closed="left")],
    "n_images": [Interval(Integral, 1, None, closed="left")],
    "learning_rate": [Interval(Real, 0, None, closed="neither"), None],
    "random_state": ["random_state"],
}


def distill_diffusion(
    teacher: DiffusionGenerator,
    X: Any = None,
    y: Labels | None = None,
    context: Any = None,
    *,
    amount: float | None = None,
    width: int | None = None,
    separable: bool | None = None,
    n_sampling_steps: int | None = None,
    max_steps: int = 2000,
    max_steps_per_halving: int = 500,
    n_images: int = 2000,
    learning_rate: float | None = None,
    random_state: RandomState = None,
) -> DiffusionGenerator:
    r"""Make a smaller diffusion model that answers as a large one does, and one that needs fewer steps.

    First the outputs of a smaller network are matched with the teacher's (SynDA proposal, 2.1.1),
    guidance included, on noised images:

    .. math:: \min_\phi\; E \| g_\phi(z_t, t, c) - f_\theta(z_t, t, c) \|^2 .

    Then the number of steps is halved again and again, the network learning to do in one step what
    it did in two, from its own weights [1]_. Needs the extra ``torch``.

    Parameters
    ----------
    teacher : DiffusionGenerator
        Fitted; it is not changed.
    X : array-like or None, default=None
        Real images to noise, as seen in fit. The teacher adds `n_images` of its own.
    y : array-like of shape (n_samples,) or None, default=None
        Their labels.
    context : array-like or None, default=None
        Their contexts, where fit had contexts.
    amount : float or None, default=None
        Share of the teacher's numbers to save, in (0, 1): the smaller network is the teacher's
        with layers of low rank (:func:`synda_sk.compression.factorize`), and what the teacher
        knows of classes is in it from the start.
    width : int or None, default=None
        Channels of a network of its own instead, which starts from nothing. Three quarters of
        the width are about half the numbers. Without `amount`, `width` and `separable` the teacher's
        network is kept and only steps are halved.
    separable : bool or None, default=None
        Whether the blocks of that network are depthwise-separable; None as the teacher's.
    n_sampling_steps : int or None, default=None
        Steps of the result, the teacher's divided by a power of 2; None as many as the teacher.
    max_steps : int, default=2000
        Gradient steps of the matching.
    max_steps_per_halving : int, default=500
        Gradient steps of each halving.
    n_images : int, default=2000
        Images drawn from the teacher, its classes and contexts with their frequencies in fit.
    learning_rate : float or None, default=None
        The first, of Adam; None is 2e-3 for a network that starts from nothing, else 5e-4.
    random_state : int, RandomState instance or None, default=None
        Seed of first weights, batches and noise.

    Returns
    -------
    DiffusionGenerator
        Fitted, with the parameters `width`, `separable` and `n_sampling_steps` it was made
        with, without guidance where the teacher's was matched, and with ``solver="ddim"`` where
        steps were halved.

    Raises
    ------
    ValueError
        If `amount` is given beside `width` or `separable`, or is more than ranks of 1 save,
        `n_sampling_steps` is not the teacher's divided by a power of 2, a parameter is out
        of its range, or images, labels and contexts are not of the kinds the teacher knows.
    TypeError
        If `teacher` is no DiffusionGenerator.

    See Also
    --------
    synda_sk.compression.distill : What trains the networks.
    synda_sk.compression.factorize : What makes them smaller.

    References
    ----------
    .. [1] T. Salimans and J. Ho, "Progressive distillation for fast sampling of diffusion
       models", International Conference on Learning Representations (2022).

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from synda_sk.generators import DiffusionGenerator, distill_diffusion
    >>> X, y = load_digits(return_X_y=True)
    >>> teacher = DiffusionGenerator(max_steps=20, random_state=0).fit(X[:100], y[:100])
    >>> student = distill_diffusion(teacher, amount=0.5, max_steps=20, n_images=50, random_state=0)
    >>> student.n_parameters_ < teacher.n_parameters_ / 2
    True
    """
    if not isinstance(teacher, DiffusionGenerator):
        raise TypeError(f"teacher is of type {type(teacher).__name__}, must be a DiffusionGenerator.")
    check_is_fitted(teacher)
    settings = {name: value for name, value in locals().items() if name in CONSTRAINTS}
    validate_parameter_constraints(CONSTRAINTS, settings, caller_name="distill_diffusion")
    if amount is not None and (width is not None or separable is not None):
        raise ValueError(
            f"amount == {amount}, width == {width} and separable == {separable}: give amount or the others."
        )
    n_halvings = _n_halvings(teacher.n_sampling_steps, n_sampling_steps)
    streams = SeedStreams(random_state)
    drawer = copy.copy(teacher).set_params(random_state=streams.seed("images"))
    images = _images_to_noise(drawer, X, y, context, n_images)
    course = _Course(images, teacher.label_dropout, learning_rate, streams)
    student: DiffusionGenerator = copy.copy(teacher)
    if amount is not None:
        small, ranks = factorized(teacher._network_to_train(), amount)
        student.guidance, student._ranks = 0.0, teacher._ranks | ranks
        course.match(teacher, student, small, max_steps)
    elif width is not None or separable is not None:
        student.set_params(
            width=teacher.width if width is None else width,
            separable=teacher.separable if separable is None else separable,
            guidance=0.0,
        )
        student._ranks = {}
        course.match(teacher, student, None, max_steps)
    for _ in range(n_halvings):
        student = course.halve(student, max_steps_per_halving)
    return student


class _Course:
    """The images a student learns on, and the two ways it learns."""

    def __init__(
        self, images: Images, label_dropout: float, learning_rate: float | None, streams: SeedStreams
    ) -> None:
        import torch

        self.device = resolve_device(torch)
        self.images = images.to(self.device)
        self.label_dropout, self.learning_rate, self.streams = label_dropout, learning_rate, streams

    def match(
        self, teacher: DiffusionGenerator, student: DiffusionGenerator, small: Any, n_steps: int
    ) -> None:
        """Give the student a network that answers as the teacher's: `small` trained, or a new one."""
        import torch

        from synda_sk.generators import _cosine as cosine
        from synda_sk.nn import initialise

        large = copy.deepcopy(teacher.to_module()).to(self.device)
        rate = INHERITED_RATE
        if small is None:
            source = torch.Generator().manual_seed(self.streams.seed("weights"))
            small, rate = initialise(student._empty_module(), source), NEW_RATE

        def inputs(generator: Any) -> tuple[Any, ...]:
            images, noise = self._batch(generator)
            withheld = torch.rand(BATCH_SIZE, generator=generator) < self.label_dropout
            told = large.withhold(images.labels, images.contexts, withheld.to(self.device))
            time = torch.rand(BATCH_SIZE, generator=generator).to(self.device)
            return cosine.noised(images.pixels, noise, time), time, *told

        def answer(z: Any, time: Any, labels: Any, contexts: Any) -> Any:
            return teacher._velocity(large, labels, contexts)(z, time)

        self._train(student, small, answer, inputs, n_steps, rate)

    def halve(self, slow: DiffusionGenerator, n_steps: int) -> DiffusionGenerator:
        """Return a generator that does in one step what `slow` does in two."""
        import torch

        from synda_sk.generators import _cosine as cosine

        fast: DiffusionGenerator = copy.copy(slow)
        fast.set_params(n_sampling_steps=slow.n_sampling_steps // 2, solver="ddim", guidance=0.0)
        network, n_left = slow._network_to_train().eval().to(self.device), fast.n_sampling_steps
        moments = cosine.times(2 * n_left).to(self.device)

        def inputs(generator: Any) -> tuple[Any, ...]:
            images, noise = self._batch(generator)
            k = 2 * (torch.randint(n_left, (BATCH_SIZE,), generator=generator) + 1)
            time = moments[k.to(self.device)]
            return cosine.noised(images.pixels, noise, time), time, images.labels, images.contexts

        def answer(z: Any, time: Any, labels: Any, contexts: Any) -> Any:
            k = torch.searchsorted(moments, time)
            predict = slow._velocity(network, labels, contexts)
            return cosine.two_steps(predict, z, time, moments[k - 1], moments[k - 2])

        self._train(fast, network, answer, inputs, n_steps, INHERITED_RATE)
        return fast

    def _batch(self, generator: Any) -> tuple[Images, Any]:
        import torch

        rows = torch.randint(len(self.images), (BATCH_SIZE,), generator=generator)
        images = self.images.take(rows.to(self.device))
        return images, torch.randn(images.pixels.shape, generator=generator).to(self.device)

    def _train(
        self, student: DiffusionGenerator, network: Any, answer: Any, inputs: Any, n_steps: int, rate: float
    ) -> None:
        import torch

        from synda_sk.compression import distill

        seed = self.streams.seed(f"{student.n_sampling_steps} steps")
        with autocast(torch, student.precision, self.device):
            network = distill(
                answer,
                network.to(self.device),
                inputs,
                n_steps=n_steps,
                learning_rate=self.learning_rate or rate,
                random_state=seed,
            )
        student._take_weights(network.state_dict())


def _n_halvings(n_teacher: int, n_student: int | None) -> int:
    if n_student is None:
        return 0
    n_halvings = round(math.log2(n_teacher / n_student)) if n_student <= n_teacher else -1
    if n_halvings < 0 or n_student * 2**n_halvings != n_teacher:
        raise ValueError(
            f"n_sampling_steps == {n_student}, must be the teacher's, {n_teacher}, divided by a power of 2."
        )
    return n_halvings


def _images_to_noise(teacher: DiffusionGenerator, X: Any, y: Any, context: Any, n_images: int) -> Images:
    """Return `n_images` of the teacher's own, and the images given."""
    import torch

    rng = check_random_state(teacher.random_state)
    labels = teacher._labels(n_images, None, rng)
    contexts = teacher._draw_contexts(labels, rng)
    parts = [teacher._images(teacher._sample(labels, rng, contexts), labels, contexts)]
    if X is not None:
        rows, labels = teacher._check_rows(X, y, reset=False)
        check_seen(labels, teacher.classes_, "y")
        parts.append(teacher._images(rows, labels, teacher._contexts(context, len(rows))))
    return Images(
        torch.cat([part.pixels for part in parts]),
        torch.cat([part.labels for part in parts]),
        torch.cat([part.contexts for part in parts]),
    )
