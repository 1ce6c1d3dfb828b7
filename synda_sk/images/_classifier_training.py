"""How a classifier of images is trained: what to learn, batches, and the loss.

Importing this module imports torch and skorch.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, kl_div, log_softmax

from synda_sk.images._augmentation import StandardAugmentation
from synda_sk.images._device import autocast
from synda_sk.images._fit import train
from synda_sk.utils import Training

DECAY = 0.98  # of the moving average of the weights
FITTED = 0.95  # share of the training images that is to be classified as labelled
PART = 512  # images looked at at a time


@dataclass
class Lesson:
    """Images and what to learn of them.

    Parameters
    ----------
    images : Tensor of shape (n_images, n_channels, h, w)
        In [-1, 1].
    codes : Tensor of int64 of shape (n_images,)
        Their classes; anything for images without a label.
    weights : Tensor of shape (n_images,)
        How much each counts.
    wanted : Tensor of shape (n_images, n_classes) or None
        The teacher's probabilities, softened; None without a teacher.
    """

    images: Tensor
    codes: Tensor
    weights: Tensor
    wanted: Tensor | None = None

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.images)

    def take(self, rows: Tensor) -> "Lesson":
        """Return some of them."""
        wanted = None if self.wanted is None else self.wanted[rows]
        return Lesson(self.images[rows], self.codes[rows], self.weights[rows], wanted)

    def to(self, device: torch.device) -> "Lesson":
        """Return them on a device."""
        wanted = None if self.wanted is None else self.wanted.to(device)
        return Lesson(self.images.to(device), self.codes.to(device), self.weights.to(device), wanted)


@dataclass
class Course:
    """Everything about a training but the images.

    Parameters
    ----------
    augmentation : StandardAugmentation or None
        Changes of each image at each step.
    alpha, temperature : float
        Of the teacher's loss.
    batch_size, max_steps, every, patience : int
        Images a step, steps, steps between looks, looks.
    learning_rate : float
        The highest.
    precision : str
        See `autocast`.
    source : torch.Generator
        Random numbers, on the CPU.
    name : str
        What progress is reported under.
    verbose : int
        Above 0, progress is reported.
    """

    augmentation: StandardAugmentation | None
    alpha: float
    temperature: float
    batch_size: int
    max_steps: int
    every: int
    patience: int
    learning_rate: float
    precision: str
    source: torch.Generator
    name: str
    verbose: int

    def run(self, net: nn.Module, lesson: Lesson, unlabeled: Lesson | None, held: Lesson | None) -> Training:
        """Train a network in place, by labels and by the teacher's probabilities.

        Parameters
        ----------
        net : Module
            On the device it is to be trained on; gives logits.
        lesson : Lesson
            Labelled images; weights have mean 1.
        unlabeled : Lesson or None
            Images that only the teacher labels; as many of them in each batch.
        held : Lesson or None
            Images to judge by; without them the last state counts as best.

        Returns
        -------
        Training
            With the averaged weights of the best look.
        """
        device = next(net.parameters()).device
        lessons = [lesson] if unlabeled is None else [lesson, unlabeled]
        orders = [Order(len(part), self.source) for part in lessons]

        def draw() -> tuple[Lesson]:
            parts = [
                part.take(order.take(self.batch_size)) for part, order in zip(lessons, orders, strict=True)
            ]
            batch = parts[0] if len(parts) == 1 else _join(*parts)
            batch = batch.to(device)
            if self.augmentation is not None:
                changes = self.augmentation.draw(len(batch), self.source).to(device)
                batch.images = self.augmentation.apply(batch.images, changes)
            return (batch,)

        begin_statistics(net, *draw())
        return train(
            net,
            self.loss,
            draw,
            (lambda module: self.judge(module, held)) if held is not None else (lambda module: 0.0),
            max_steps=self.max_steps,
            every=self.every,
            patience=self.patience,
            learning_rate=self.learning_rate,
            decay=DECAY,
            name=self.name,
            verbose=self.verbose,
        )

    def run_until_fitted(
        self, net: nn.Module, lesson: Lesson, unlabeled: Lesson | None, held: Lesson | None, n_rounds: int
    ) -> Training:
        """Run, and go on from the averaged weights while images are not learnt, `n_rounds` times in all."""
        done = self.run(net, lesson, unlabeled, held)
        for _ in range(n_rounds - 1):
            net.load_state_dict(done.state)
            if done.interrupted or self.accuracy(net, lesson) >= FITTED:
                break
            again = self.run(net, lesson, unlabeled, held)
            again.best_step, again.n_steps = again.best_step + done.n_steps, again.n_steps + done.n_steps
            done = again
        return done

    def accuracy(self, net: nn.Module, lesson: Lesson) -> float:
        """Return the share of images, weighted, whose class is found."""
        device = next(net.parameters()).device
        found = 0.0
        net.eval()
        with torch.no_grad():
            for rows in torch.arange(len(lesson)).split(PART):
                part = lesson.take(rows).to(device)
                found += float(((net(part.images).argmax(dim=1) == part.codes) * part.weights).sum())
        return found / float(lesson.weights.sum())

    def loss(self, net: nn.Module, batch: Lesson) -> Tensor:
        r"""Return :math:`\alpha CE + (1 - \alpha) T^2 KL` of a batch, or CE without a teacher.

        The cross-entropy is a mean over the images that have a label.
        """
        with autocast(torch, self.precision, batch.images.device):
            logits = net(batch.images).float()
        n_labelled = min(len(batch), self.batch_size)
        losses = cross_entropy(logits[:n_labelled], batch.codes[:n_labelled], reduction="none")
        hard = (losses * batch.weights[:n_labelled]).mean()
        if batch.wanted is None:
            return hard
        log_p = log_softmax(logits / self.temperature, dim=1)
        soft = (kl_div(log_p, batch.wanted, reduction="none").sum(dim=1) * batch.weights).mean()
        return self.alpha * hard + (1 - self.alpha) * self.temperature**2 * soft

    def judge(self, net: nn.Module, held: Lesson) -> float:
        """Return the cross-entropy of held-out images, weighted."""
        device = next(net.parameters()).device
        total = 0.0
        for rows in torch.arange(len(held)).split(PART):
            part = held.take(rows).to(device)
            with autocast(torch, self.precision, device):
                logits = net(part.images).float()
            total += float((cross_entropy(logits, part.codes, reduction="none") * part.weights).sum())
        return total / float(held.weights.sum())


class Order:
    """Rows in random order, each once before any comes again."""

    def __init__(self, n_rows: int, source: torch.Generator) -> None:
        self.n_rows, self.source = n_rows, source
        self.left = torch.empty(0, dtype=torch.int64)

    def take(self, n_wanted: int) -> Tensor:
        """Return the next rows."""
        while len(self.left) < n_wanted:
            self.left = torch.cat([self.left, torch.randperm(self.n_rows, generator=self.source)])
        taken, self.left = self.left[:n_wanted], self.left[n_wanted:]
        return taken


def begin_statistics(net: nn.Module, batch: Lesson) -> None:
    """Let the running statistics of a new network begin with those of a batch, not with 0 and 1."""
    new = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d) and not m.num_batches_tracked]
    momenta = [module.momentum for module in new]
    for module in new:
        module.momentum = 1.0
    if new:
        with torch.no_grad():
            net.train()(batch.images)
    for module, momentum in zip(new, momenta, strict=True):
        module.momentum = momentum


def _join(first: Lesson, second: Lesson) -> Lesson:
    return Lesson(*(torch.cat([getattr(first, name), getattr(second, name)]) for name in vars(first)))
