"""Training a copy of a network, best state kept."""

import copy
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from sklearn.utils._param_validation import Interval, validate_parameter_constraints

from synda_sk.compression._modules import check_module, import_torch, pruned_weights, refuse_quantized
from synda_sk.typing import RandomState
from synda_sk.utils import SeedStreams

if TYPE_CHECKING:
    import torch

N_CHECKS = 20
N_BATCHES = 8  # of each check
CONSTRAINTS = {
    "n_steps": [Interval(Integral, 1, None, closed="left")],
    "learning_rate": [Interval(Real, 0, None, closed="neither")],
    "random_state": ["random_state"],
}


def finetune(
    model: "torch.nn.Module",
    loss: Callable[["torch.nn.Module", "torch.Generator"], "torch.Tensor"],
    *,
    n_steps: int = 1000,
    learning_rate: float = 1e-3,
    random_state: RandomState = None,
) -> "torch.nn.Module":
    """Train a copy of a network; what is pruned stays 0.

    Adam with a learning rate that falls to 0 along a half cosine. Twenty times
    in between the loss is taken over the same 8 batches, in evaluation mode,
    and the best state so far is what comes back: never one worse on them than
    the network given. Needs the extra ``torch``.

    Parameters
    ----------
    model : torch.nn.Module
        Any network, pruned or not; it is not changed. Parameters that require
        no gradient are not trained.
    loss : callable (model, generator) -> scalar tensor
        The loss of one batch, which it makes itself, all random choices drawn
        from the generator (a ``torch.Generator`` on the CPU). Should it use
        torch's global random state, that is seeded and put back after.
    n_steps : int, default=1000
        Steps of the optimiser, at least 1.
    learning_rate : float, default=1e-3
        The first learning rate, > 0.
    random_state : int, RandomState instance or None, default=None
        Seed of the batches.

    Returns
    -------
    torch.nn.Module
        The trained copy.

    Raises
    ------
    TypeError
        If `model` is no torch module or `loss` returns no scalar tensor.
    ValueError
        If a parameter is out of range, the model is quantized already or has
        nothing to train, or the loss is not finite at the start.

    See Also
    --------
    distill : Trains a network to answer as another.

    Examples
    --------
    >>> import torch
    >>> from synda_sk.compression import finetune, prune
    >>> x = torch.linspace(-1, 1, 64).reshape(-1, 1)
    >>> net = prune(torch.nn.Linear(1, 1), amount=0.0)
    >>> fit = finetune(net, lambda m, g: (m(x) - 2 * x).square().mean(), n_steps=200, learning_rate=0.1)
    >>> round(fit.weight.item(), 1)
    2.0
    """
    torch = import_torch("finetune")
    check_module(torch, model, "model")
    settings: dict[str, Any] = {
        "n_steps": n_steps,
        "learning_rate": learning_rate,
        "random_state": random_state,
    }
    validate_parameter_constraints(CONSTRAINTS, settings, caller_name="finetune")
    if not callable(loss):
        raise TypeError(f"loss is of type {type(loss).__name__}, must be callable: loss(model, generator).")
    return train_copy(torch, model, loss, "model", **settings)


def train_copy(
    torch: Any,
    model: "torch.nn.Module",
    loss: Callable[..., Any],
    name: str,
    *,
    n_steps: int,
    learning_rate: float,
    random_state: RandomState,
) -> "torch.nn.Module":
    """Train a copy as `finetune` tells; `name` is what errors call the model."""
    refuse_quantized(model, name, "train")
    tuned = copy.deepcopy(model)
    removed = [(weight.value, ~kept) for weight, kept in pruned_weights(tuned)]
    trainable = [parameter for parameter in tuned.parameters() if parameter.requires_grad]
    if not trainable:
        raise ValueError(f"{name} has no parameter that requires a gradient: nothing to train.")
    modes = [(module, module.training) for module in tuned.modules()]
    streams = SeedStreams(random_state)
    check = _Check(torch, tuned, loss, streams.seed("check"))
    with _seeded(torch, streams.seed("training")), torch.enable_grad():
        if not math.isfinite(check.run()):
            raise ValueError(f"loss == {check.best} before the first step, must be finite.")
        generator = torch.Generator().manual_seed(streams.seed("batches"))
        optimizer = torch.optim.Adam(trainable, lr=learning_rate)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, n_steps)
        pause = math.ceil(n_steps / N_CHECKS)
        for step in range(1, n_steps + 1):
            tuned.train()
            optimizer.zero_grad()
            loss(tuned, generator).backward()
            optimizer.step()
            schedule.step()
            for value, gone in removed:
                value.data.masked_fill_(gone, 0)
            if step % pause == 0 or step == n_steps:
                check.run()
        optimizer.zero_grad()
    tuned.load_state_dict(check.state)
    for module, mode in modes:
        module.training = mode
    return tuned


class _Check:
    """The loss over batches that are always the same, and the state at its lowest."""

    def __init__(self, torch: Any, model: "torch.nn.Module", loss: Callable[..., Any], seed: int) -> None:
        self._torch, self._model, self._loss, self._seed = torch, model, loss, seed
        self.best = math.inf
        self.state: dict[str, Any] = {}

    def run(self) -> float:
        """Return the loss, and keep the state if it is the lowest so far."""
        self._model.eval()
        generator = self._torch.Generator().manual_seed(self._seed)
        with _seeded(self._torch, self._seed), self._torch.no_grad():
            found = [self._loss(self._model, generator) for _ in range(N_BATCHES)]
        for value in found:
            if not isinstance(value, self._torch.Tensor) or value.numel() != 1:
                raise TypeError("loss must return a scalar tensor.")
        mean = float(self._torch.stack([value.reshape(()) for value in found]).mean())
        if mean < self.best or not self.state:
            self.best, self.state = mean, copy.deepcopy(self._model.state_dict())
        return mean


@contextmanager
def _seeded(torch: Any, seed: int) -> Iterator[None]:
    """Seed torch's global random state and put it back after."""
    gpus = range(torch.cuda.device_count()) if torch.cuda.is_initialized() else ()
    with torch.random.fork_rng(devices=gpus):
        torch.manual_seed(seed)
        yield
