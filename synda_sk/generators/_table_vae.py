"""A compact variational autoencoder of tables."""

from functools import partial
from numbers import Real
from typing import Any, Literal

import numpy as np
from sklearn.utils._param_validation import Interval

from synda_sk.generators._latent_gaussian import latent_gaussian
from synda_sk.generators._net_training import train
from synda_sk.generators._table_net import NET_CONSTRAINTS, Rows, TableNetGenerator, draw_weights
from synda_sk.typing import FloatArray, IntArray, RandomState
from synda_sk.utils import Training
from synda_sk.utils._progress import progress_task

LOG_VARIANCE = (-8.0, 4.0)


class TableVAE(TableNetGenerator):
    r"""A compact class-conditional variational autoencoder of mixed tables.

    The simplified VAE of the SynDA proposal, section 2.1.1, a small relative of
    TVAE [1]_. Encoder and decoder are perceptrons with grouped layers, both
    told the class. They minimise

    .. math::
        -E_{q(z \mid x, c)} \log p(x \mid z, c)
        + \kappa\, KL\bigl(q(z \mid x, c) \,\|\, N(0, I)\bigr),

    where the numbers of a row, as normal scores, are Gaussian with a learnt
    spread a column, and categories and gaps are softmax draws. New rows start
    from a Gaussian fitted to the latent vectors of their class [2]_.
    Needs the extra ``torch``, imported in ``fit``; the fitted generator holds
    arrays.

    Parameters
    ----------
    n_latent : int, default=16
        Length of z.
    width : int, default=64
        Width of the hidden layers, a multiple of `n_groups`.
    n_groups : int, default=4
        Groups of the hidden layers; 1 is the plain layer.
    kl_weight : float, default=0.5
        :math:`\kappa > 0`; smaller keeps more of a row in z.
    max_steps : int, default=400
        Most gradient steps. The learning rate falls to nearly 0 over their second half.
    batch_size : int or "auto", default="auto"
        Rows a step; "auto" is a tenth of the rows, at least 64 and at most 256.
    learning_rate : float, default=6e-3
        Of AdamW.
    validation_fraction : float, default=0.15
        Share of the rows of each class held out to judge by, in [0, 1). Never
        the only row of a class; where none is held out the training rows judge.
    patience : int, default=5
        Stop where the held-out loss has not fallen for so many looks, one every 50 steps.
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
        Step and held-out loss of each look.
    interrupted_ : bool
        Whether an interruption ended the training.
    n_parameters_ : int
        Numbers in the decoder, which is all that is kept.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where they have names.

    See Also
    --------
    TableGAN : An adversarial network of the same size.
    GaussianGenerator : Fits in milliseconds and does as well on many tables.

    Notes
    -----
    ``to_module()`` is a :class:`synda_sk.nn.TableDecoder`, which draws the rows.
    Each class is drawn equally often in training, so that a rare one is learnt.
    A class of one row has its own embedding and latent Gaussian and comes out
    as variations of that row on the scale of the whole table. Levels have
    embeddings of eight numbers on the way in. Draws stay inside the range seen
    in fit and integers are rounded. The latent Gaussian of a class has five
    pseudo-rows of N(0, I). Callbacks given to ``set_callbacks`` (scikit-learn 1.9
    and later) hear of every 50 steps.

    References
    ----------
    .. [1] L. Xu, M. Skoularidou, A. Cuesta-Infante and K. Veeramachaneni,
       "Modeling tabular data using conditional GAN", Advances in Neural
       Information Processing Systems 32 (2019).
    .. [2] P. Ghosh, M. S. M. Sajjadi, A. Vergari, M. Black and B. Scholkopf,
       "From variational to deterministic autoencoders", International
       Conference on Learning Representations (2020).

    Examples
    --------
    >>> import pandas as pd
    >>> from synda_sk.generators import TableVAE
    >>> X = pd.DataFrame({"amount": [10.0, 12.5, 900.0, 870.0], "type": ["bill", "bill", "transfer", "bill"]})
    >>> generator = TableVAE(max_steps=50, random_state=0).fit(X, ["genuine", "genuine", "fraud", "fraud"])
    >>> X_new, y_new = generator.sample(3, "fraud")
    >>> X_new.shape, y_new.tolist(), X_new.dtypes.equals(X.dtypes)
    ((3, 2), ['fraud', 'fraud', 'fraud'], True)
    """

    _parameter_constraints = {
        **NET_CONSTRAINTS,
        "kl_weight": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(
        self,
        n_latent: int = 16,
        width: int = 64,
        *,
        n_groups: int = 4,
        kl_weight: float = 0.5,
        max_steps: int = 400,
        batch_size: int | Literal["auto"] = "auto",
        learning_rate: float = 6e-3,
        validation_fraction: float = 0.15,
        patience: int = 5,
        random_state: RandomState = None,
        verbose: int = 0,
    ) -> None:
        self.n_latent = n_latent
        self.width = width
        self.n_groups = n_groups
        self.kl_weight = kl_weight
        self.max_steps = max_steps
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.random_state = random_state
        self.verbose = verbose

    def _train(self, rows: Rows, held: Rows, source: Any) -> Training:
        import torch

        from synda_sk.nn import LatentEncoder, TableDecoder, initialise

        encoder = initialise(LatentEncoder(**self._shape), source)
        decoder = initialise(TableDecoder(**self._shape), source)
        nets = torch.nn.ModuleList([encoder, decoder])
        optimizer = torch.optim.AdamW(nets.parameters(), lr=self.learning_rate, fused=True)
        n_batch = self._resolved_batch_size(len(rows))
        weights = draw_weights(rows.labels, len(self.classes_))
        judged = draw_weights(held.labels, len(self.classes_)) / held.labels.unique().numel()
        fixed = torch.randn(len(held), self.n_latent, generator=source)

        def negative_elbo(batch: Rows, noise: Any) -> Any:
            mean, log_variance = encoder(batch.numbers, batch.levels, batch.labels)
            log_variance = log_variance.clamp(*LOG_VARIANCE)
            z = mean + torch.exp(log_variance / 2) * noise
            numbers, logits = decoder(z, batch.labels)
            spread = decoder.log_spread()
            misfit = ((batch.numbers - numbers) * torch.exp(-spread)) ** 2 / 2 + spread
            surprise = decoder.log_totals(logits).sum(1) - logits.gather(1, batch.levels).sum(1)
            divergence = (mean**2 + log_variance.exp() - 1 - log_variance).sum(1) / 2
            return (misfit * batch.known).sum(1) + surprise + self.kl_weight * divergence

        def step(done: float) -> None:
            optimizer.param_groups[0]["lr"] = self.learning_rate * min(1.0, 2 * (1 - done) + 0.02)
            chosen = torch.multinomial(weights, n_batch, replacement=True, generator=source)
            noise = torch.randn(n_batch, self.n_latent, generator=source)
            optimizer.zero_grad()
            negative_elbo(rows.take(chosen), noise).mean().backward()
            optimizer.step()

        def judge() -> float:
            with torch.no_grad():
                return float((negative_elbo(held, fixed) * judged).sum())

        def snapshot() -> dict[str, Any]:
            return {name: tensor.clone() for name, tensor in nets.state_dict().items()}

        done = train(
            step,
            judge,
            snapshot,
            max_steps=self.max_steps,
            patience=self.patience,
            verbose=self.verbose,
            name="TableVAE",
            task=partial(progress_task, self, "steps"),
        )
        nets.load_state_dict(done.state)
        with torch.no_grad():
            mean, log_variance = encoder(rows.numbers, rows.levels, rows.labels)
        variance = log_variance.clamp(*LOG_VARIANCE).exp()
        self._latents = [
            latent_gaussian(mean[own].numpy(), variance[own].numpy())
            for own in (rows.labels == label for label in range(len(self.classes_)))
        ]
        done.state = dict(decoder.state_dict())
        return done

    def _draw_latent(self, codes: IntArray, rng: np.random.RandomState) -> FloatArray:
        z = rng.standard_normal((len(codes), self.n_latent))
        for label, (mean, factor) in enumerate(self._latents):
            own = codes == label
            z[own] = mean + z[own] @ factor.T
        return z
