"""A compact conditional generative adversarial network of tables."""

import copy
from functools import partial
from typing import Any, Literal

import numpy as np

from synda_sk.generators._net_training import train
from synda_sk.generators._table_net import NET_CONSTRAINTS, Rows, TableNetGenerator, draw_weights
from synda_sk.typing import FloatArray, IntArray, RandomState
from synda_sk.utils import Training
from synda_sk.utils._progress import progress_task

TEMPERATURE = 0.5
MEMORY = 0.98  # of the average of the generator's weights
PENALTY = 1.0
PENALTY_EVERY = 4
MAX_JUDGED = 500
DRAWS = 4  # rows drawn for each held-out row


class TableGAN(TableNetGenerator):
    r"""A compact class-conditional generative adversarial network of mixed tables.

    The simplified GAN of the SynDA proposal, section 2.1.1, a small relative of
    CTGAN [1]_. Generator G and critic D are perceptrons with grouped layers, both told
    the class, and play the relativistic game [2]_

    .. math::
        D: \min E\,\log(1 + e^{D(G(z, c), c) - D(x, c)}) + \tfrac{1}{2} E \|\nabla_x D\|^2,
        \qquad G: \min E\,\log(1 + e^{D(x, c) - D(G(z, c), c)}) + m,

    where :math:`m` is the squared gap between the class means of real and made
    rows, of numbers, their squares and levels [3]_. Levels are Gumbel-softmax
    draws while training. What is kept is an average of the generator's weights
    over the last steps, at the step where its rows had the least energy
    distance to the held-out ones. Needs the extra ``torch``, imported in
    ``fit``; the fitted generator holds arrays.

    Parameters
    ----------
    n_latent : int, default=16
        Length of z.
    width : int, default=64
        Width of the hidden layers, a multiple of `n_groups`.
    n_groups : int, default=4
        Groups of the hidden layers; 1 is the plain layer.
    max_steps : int, default=1000
        Most gradient steps. The learning rate falls to nearly 0 over their second half.
    batch_size : int or "auto", default="auto"
        Rows a step; "auto" is a tenth of the rows, at least 64 and at most 256.
    learning_rate : float, default=2e-3
        Of AdamW, for both networks.
    validation_fraction : float, default=0.15
        Share of the rows of each class held out to judge by, in [0, 1). Never
        the only row of a class; where none is held out the training rows judge.
    patience : int, default=8
        Stop where the energy distance to the held-out rows has not fallen for so
        many looks, one every 50 steps.
    random_state : int, RandomState instance or None, default=None
        Source of the first weights and of the noise. An int gives the same rows
        at each call of ``sample``. The process-wide states stay untouched.
    verbose : int, default=0
        Above 0, each look at the held-out rows is written to stderr.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels seen in fit.
    class_count_ : ndarray of shape (n_classes,)
        Rows of each class in fit.
    n_steps_ : int
        Steps taken.
    best_step_ : int
        Step of the state that was kept, the best on the held-out rows.
    validation_curve_ : list of (int, float)
        Step and energy distance of each look, up to a constant.
    interrupted_ : bool
        Whether an interruption ended the training.
    n_parameters_ : int
        Numbers in the generating network, which is all that is kept.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where they have names.

    See Also
    --------
    TableVAE : Trains in a third of the time.

    Notes
    -----
    ``to_module()`` is a :class:`synda_sk.nn.TableDecoder`, which draws the rows.
    Each class is drawn equally often in training, so that a rare one is learnt;
    a class of one row comes out as variations of that row. Made rows have the
    gaps of real ones while training. The gradient penalty is taken every
    fourth step, four times over. Draws stay inside the range seen in fit and
    integers are rounded. Callbacks given to ``set_callbacks`` (scikit-learn 1.9
    and later) hear of every 50 steps.

    References
    ----------
    .. [1] L. Xu, M. Skoularidou, A. Cuesta-Infante and K. Veeramachaneni,
       "Modeling tabular data using conditional GAN", Advances in Neural
       Information Processing Systems 32 (2019).
    .. [2] A. Jolicoeur-Martineau, "The relativistic discriminator: a key element
       missing from standard GAN", International Conference on Learning
       Representations (2019).
    .. [3] T. Salimans et al., "Improved techniques for training GANs", Advances
       in Neural Information Processing Systems 29 (2016).

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.generators import TableGAN
    >>> X = np.random.default_rng(0).normal(size=(40, 3))
    >>> generator = TableGAN(max_steps=20, random_state=0).fit(X, np.arange(40) % 2)
    >>> X_new, y_new = generator.sample(4, [0, 1, 1, 0])
    >>> X_new.shape, y_new.tolist()
    ((4, 3), [0, 1, 1, 0])
    """

    _parameter_constraints = NET_CONSTRAINTS

    def __init__(
        self,
        n_latent: int = 16,
        width: int = 64,
        *,
        n_groups: int = 4,
        max_steps: int = 1000,
        batch_size: int | Literal["auto"] = "auto",
        learning_rate: float = 2e-3,
        validation_fraction: float = 0.15,
        patience: int = 8,
        random_state: RandomState = None,
        verbose: int = 0,
    ) -> None:
        self.n_latent = n_latent
        self.width = width
        self.n_groups = n_groups
        self.max_steps = max_steps
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.random_state = random_state
        self.verbose = verbose

    def _train(self, rows: Rows, held: Rows, source: Any) -> Training:
        import torch
        from torch.nn import functional

        from synda_sk.nn import TableCritic, TableDecoder, initialise

        n_classes, n_levels = len(self.classes_), sum(self._shape["n_levels"])
        generator = initialise(TableDecoder(**self._shape), source)
        critic_shape = {name: size for name, size in self._shape.items() if name != "n_latent"}
        critic = initialise(TableCritic(**critic_shape), source)
        average = copy.deepcopy(generator).requires_grad_(False)
        options: dict[str, Any] = {"lr": self.learning_rate, "betas": (0.5, 0.9), "fused": True}
        generator_steps = torch.optim.AdamW(generator.parameters(), **options)
        critic_steps = torch.optim.AdamW(critic.parameters(), **options)
        n_batch = self._resolved_batch_size(len(rows))
        weights = draw_weights(rows.labels, n_classes)

        def shares_of(batch: Rows) -> Any:
            return torch.zeros(len(batch), n_levels).scatter_(1, batch.levels, 1.0)

        def made(net: Any, like: Rows, noise: tuple[Any, Any, Any]) -> tuple[Any, Any]:
            """Rows with the labels and the gaps of others."""
            numbers, logits = net(noise[0], like.labels)
            soft = (logits + noise[2]) / TEMPERATURE
            shares = torch.exp(soft - net.log_totals(soft)[:, net.column])
            return (numbers + net.log_spread().exp() * noise[1]) * like.known, shares

        def draw_noise(n_rows: int) -> tuple[Any, Any, Any]:
            gumbel = torch.empty(n_rows, n_levels).exponential_(generator=source)
            return (
                torch.randn(n_rows, self.n_latent, generator=source),
                torch.randn(n_rows, self._shape["n_numbers"], generator=source),
                -gumbel.clamp(min=1e-10).log(),
            )

        def step(done: float) -> None:
            rate = self.learning_rate * min(1.0, 2 * (1 - done) + 0.02)
            generator_steps.param_groups[0]["lr"] = critic_steps.param_groups[0]["lr"] = rate
            batch = rows.take(torch.multinomial(weights, n_batch, replacement=True, generator=source))
            numbers, shares = made(generator, batch, draw_noise(n_batch))
            real_numbers, real_shares = batch.numbers, shares_of(batch)
            penalised = round(done * self.max_steps) % PENALTY_EVERY == 0
            if penalised:
                real_numbers, real_shares = real_numbers.requires_grad_(), real_shares.requires_grad_()
            real = critic(real_numbers, real_shares, batch.labels)
            fake = critic(numbers.detach(), shares.detach(), batch.labels)
            loss = functional.softplus(fake - real).mean()
            if penalised:
                slopes = torch.autograd.grad(
                    real.sum(), [real_numbers, real_shares], create_graph=True, materialize_grads=True
                )
                size = sum((slope**2).sum(1).mean() for slope in slopes)
                loss = loss + PENALTY * PENALTY_EVERY / 2 * size
            critic_steps.zero_grad()
            loss.backward()
            critic_steps.step()

            critic.requires_grad_(False)
            fake = critic(numbers, shares, batch.labels)
            real = critic(batch.numbers.detach(), shares_of(batch), batch.labels)
            critic.requires_grad_(True)
            members = functional.one_hot(batch.labels, n_classes).float()
            members = members / members.sum(0).clamp(min=1)  # (n_batch, n_classes)
            gap = sum(
                ((members.T @ (one - other)) ** 2).sum(1).mean()
                for one, other in (
                    (numbers, batch.numbers.detach()),
                    (numbers**2, batch.numbers.detach() ** 2),
                    (shares, shares_of(batch)),
                )
            )
            generator_steps.zero_grad()
            (functional.softplus(real - fake).mean() + gap).backward()
            generator_steps.step()
            for mean, parameter in zip(average.parameters(), generator.parameters(), strict=True):
                mean.lerp_(parameter.detach(), 1 - MEMORY)

        def points(batch: Rows, numbers: Any, shares: Any) -> Any:
            """Rows as points: the label counts most, then categories and numbers alike."""
            members = functional.one_hot(batch.labels, n_classes).float()
            return torch.cat([numbers, shares, 3 * members], dim=1)

        like = held.take(torch.arange(len(held))[:MAX_JUDGED].repeat(DRAWS))
        fixed = draw_noise(len(like))
        judged = points(held, held.numbers, shares_of(held))[:MAX_JUDGED]

        def judge() -> float:
            """Energy distance of held-out rows and rows drawn with their labels, up to a constant."""
            drawn = points(like, *made(average, like, fixed))
            return float(2 * torch.cdist(judged, drawn).mean() - torch.cdist(drawn, drawn).mean())

        def snapshot() -> dict[str, Any]:
            return {name: tensor.clone() for name, tensor in average.state_dict().items()}

        return train(
            step,
            judge,
            snapshot,
            max_steps=self.max_steps,
            patience=self.patience,
            verbose=self.verbose,
            name="TableGAN",
            task=partial(progress_task, self, "steps"),
        )

    def _draw_latent(self, codes: IntArray, rng: np.random.RandomState) -> FloatArray:
        return rng.standard_normal((len(codes), self.n_latent))
