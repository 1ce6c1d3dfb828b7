"""Training of networks of images: skorch's loop round a loss of ours, averaged weights, the best state kept.

Importing this module imports torch and skorch.
"""

import copy
import math
import sys
from collections.abc import Callable, Iterator
from typing import Any, Self

import torch
from skorch import NeuralNet
from skorch.callbacks import Callback, LRScheduler

from synda_sk.utils import Training

WARM_UP_STEPS = 100
WEIGHT_DECAY = 1e-3


class Enough(Exception):
    """The held-out loss has not fallen for long."""


class Batches:
    """One look's worth of batches, drawn afresh each time, until there were enough."""

    def __init__(self, draw: Callable[[], tuple[Any, ...]], every: int, n_batches: int) -> None:
        self.draw, self.every, self.n_left = draw, every, n_batches

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        n = min(self.every, self.n_left)
        self.n_left -= n
        return (self.draw() for _ in range(n))


class Average(Callback):
    """Exponential moving average of the weights and of running statistics; the first steps count less."""

    def __init__(self, decay: float) -> None:
        self.decay = decay

    def on_train_begin(self, net: Any, **_: Any) -> None:
        """Start at the first weights."""
        self.module_ = copy.deepcopy(net.module_).eval()
        self.n_steps_ = 0

    def on_batch_end(self, net: Any, training: bool, **_: Any) -> None:
        """Move towards the weights of the step."""
        self.n_steps_ += 1
        decay = min(self.decay, self.n_steps_ / (self.n_steps_ + 9))
        with torch.no_grad():
            mine, theirs = list(self.module_.parameters()), list(net.module_.parameters())
            torch._foreach_lerp_(mine, theirs, 1 - decay)
            for buffer, new in zip(self.module_.buffers(), net.module_.buffers(), strict=True):
                if buffer.is_floating_point():
                    buffer.lerp_(new, 1 - decay)
                else:
                    buffer.copy_(new)


class KeepBest(Callback):
    """Looks at the averaged module once an epoch, keeps its best state, stops when nothing gets better."""

    def __init__(
        self,
        average: Average,
        judge: Callable[[torch.nn.Module], float],
        patience: int,
        name: str,
        verbose: int,
    ) -> None:
        self.average, self.judge, self.patience = average, judge, patience
        self.name, self.verbose = name, verbose
        self.found = Training()

    def on_epoch_end(self, net: Any, **_: Any) -> None:
        """Look, keep, and stop where it is time."""
        found, module = self.found, self.average.module_
        found.n_steps = self.average.n_steps_
        with torch.no_grad():
            loss = self.judge(module)
        if self.verbose:
            sys.stderr.write(f"{self.name}: step {found.n_steps}, held-out loss {loss:.4f}\n")
        found.history.append((found.n_steps, loss))
        if not found.state or loss <= min(seen for _, seen in found.history):
            found.best_step = found.n_steps
            found.state = {key: value.detach().cpu().clone() for key, value in module.state_dict().items()}
        elif sum(step > found.best_step for step, _ in found.history) >= self.patience:
            raise Enough


class StepNet(NeuralNet):
    """skorch's loop with a loss that sees the module and the batch."""

    def __init__(self, module: torch.nn.Module, loss: Callable[..., torch.Tensor], **params: Any) -> None:
        self.loss = loss
        super().__init__(module, criterion=torch.nn.Identity, train_split=None, verbose=0, **params)

    def get_split_datasets(self, X: Batches, y: None = None, **_: Any) -> tuple[Batches, None]:
        """Return the batches to train on; looking at held-out images is a callback's."""
        return X, None

    def get_iterator(self, dataset: Batches, training: bool = False) -> Batches:
        """Return the batches themselves."""
        return dataset

    def train_step_single(self, batch: Any, **_: Any) -> dict[str, Any]:
        """Take the gradient of the loss."""
        self._set_training(True)
        loss = self.loss(self.module_, *batch)
        loss.backward()
        return {"loss": loss.detach(), "y_pred": None}

    def fit_loop(self, X: Batches, y: None = None, epochs: int | None = None, **_: Any) -> Self:
        """Run until the epochs are over, it is enough, or someone interrupts."""
        self.interrupted = False
        try:
            super().fit_loop(X, y, epochs)
        except Enough:
            pass
        except KeyboardInterrupt:
            self.interrupted = True
        return self


def train(
    module: torch.nn.Module,
    loss: Callable[..., torch.Tensor],
    draw: Callable[[], tuple[Any, ...]],
    judge: Callable[[torch.nn.Module], float],
    *,
    max_steps: int,
    every: int,
    patience: int,
    learning_rate: float,
    decay: float,
    name: str,
    verbose: int,
) -> Training:
    """Train a module by steps of AdamW, at a rate that rises for a while and falls along a half cosine.

    Parameters
    ----------
    module : Module
        Left in whatever state the last step brought; on the device it is to be trained on.
    loss : callable (module, *batch) -> scalar Tensor
        Loss of a batch.
    draw : callable () -> tuple
        Draws a batch.
    judge : callable (module) -> float
        Loss of the averaged module on images held out, asked every `every` steps.
    max_steps, every, patience : int
        Most steps; steps between looks; looks without a better one before the end.
    learning_rate : float
        The highest rate.
    decay : float
        Of the moving average of the weights.
    name : str
        What progress is reported under.
    verbose : int
        Above 0, each look is written to stderr.

    Returns
    -------
    Training
        With the averaged weights of the best look. An interruption ends the training;
        without a state to keep, it goes on upwards.
    """
    average = Average(decay)
    best = KeepBest(average, judge, patience, name, verbose)
    warm_up = min(WARM_UP_STEPS, max(max_steps // 10, 1))

    def rate(step: int) -> float:
        rise = min(1.0, (step + 1) / warm_up)
        return rise * (math.cos(math.pi * step / max_steps) + 1) / 2

    net = StepNet(
        module,
        loss,
        optimizer=torch.optim.AdamW,
        optimizer__weight_decay=WEIGHT_DECAY,
        optimizer__fused=True,
        lr=learning_rate,
        max_epochs=math.ceil(max_steps / every),
        device=next(module.parameters()).device,
        callbacks=[
            ("schedule", LRScheduler(torch.optim.lr_scheduler.LambdaLR, lr_lambda=rate, step_every="batch")),
            ("average", average),
            ("best", best),
        ],
        callbacks__print_log=None,
    )
    net.fit(Batches(draw, every, max_steps), None)
    best.found.interrupted = net.interrupted
    if net.interrupted and not best.found.state:
        raise KeyboardInterrupt
    return best.found
