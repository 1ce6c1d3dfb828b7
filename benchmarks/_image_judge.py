"""What the benchmarks of images share: the data, and a small network that judges synthetic images.

The judge is no part of the library: torch alone, so that the library does not mark its own work.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional

from synda_sk.images import StandardAugmentation

FILES = {
    "digits": None,
    "kannada": "kannada/kannada_28gray.npz",
    "leaf_apple": "leaf_apple/leaf_apple_32rgb.npz",
    "malaria": "malaria/malaria_32rgb.npz",
}
AUGMENTATIONS = {
    "digits": None,  # interpolation blurs 8x8 pixels
    "kannada": StandardAugmentation(),
    "leaf_apple": StandardAugmentation(rotation=180, flip=True),
    "malaria": StandardAugmentation(rotation=180, flip=True),
}
STAINS = StandardAugmentation(rotation=180, flip=True, brightness=0.1, colour=0.1)
JUDGED_WITH = AUGMENTATIONS | {"malaria": STAINS}  # else a network learns the stains of smears
N_TEST = 2_000
WIDTH = 16


@dataclass
class Data:
    """Images of uint8, flat or not, and their labels; what generators and what judges change them by."""

    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    augmentation: StandardAugmentation | None
    judged_with: StandardAugmentation | None

    def few(self, n_per_class: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw as many of each class, fewer where there are fewer."""
        rows = few_of_each(self.y, n_per_class, np.random.default_rng([seed, n_per_class]))
        return self.X[rows], self.y[rows]


def few_of_each(y: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return random rows, n of each class, fewer where there are fewer."""
    return np.concatenate([rng.permutation(np.flatnonzero(y == label))[:n] for label in np.unique(y)])


def load(name: str, folder: Path) -> Data | None:
    """Return the images, None where the file is absent."""
    file = FILES[name]
    if file is None:
        X, y = load_digits(return_X_y=True)
        X = (X.reshape(-1, 8, 8) * 255 / 16).astype(np.uint8)
        test = np.random.default_rng(0).permutation(len(X)) < len(X) // 3
    elif not (folder / file).is_file():
        return None
    else:
        stored = np.load(folder / file)
        X, y = stored["X"], stored["y"]
        if "test" in stored.files:
            test = stored["test"]
        else:
            test = np.random.default_rng(0).permutation(len(X)) < N_TEST
    return Data(X[~test], y[~test], X[test], y[test], AUGMENTATIONS[name], JUDGED_WITH[name])


def as_tensor(X: np.ndarray) -> torch.Tensor:
    """Return images in [-1, 1], channels first."""
    images = X.astype(np.float32) / 127.5 - 1
    images = images[:, None] if images.ndim == 3 else images.transpose(0, 3, 1, 2)
    return torch.from_numpy(np.ascontiguousarray(images))


class Judge(nn.Module):
    """Three convolutions and two layers; the 64 numbers before the last are its features."""

    def __init__(self, n_channels: int, n_classes: int) -> None:
        super().__init__()

        def block(n_in: int, n_out: int) -> nn.Module:
            return nn.Sequential(nn.Conv2d(n_in, n_out, 3, padding=1), nn.BatchNorm2d(n_out), nn.ReLU())

        self.features = nn.Sequential(
            block(n_channels, WIDTH),
            nn.MaxPool2d(2),
            block(WIDTH, 2 * WIDTH),
            nn.MaxPool2d(2),
            block(2 * WIDTH, 4 * WIDTH),
            nn.AdaptiveAvgPool2d(2),
            nn.Flatten(),
            nn.Linear(16 * WIDTH, 64),
            nn.ReLU(),
        )
        self.head = nn.Linear(64, n_classes)

    def forward(self, x: Any) -> Any:
        return self.head(self.features(x))


def fit_judge(
    X: np.ndarray, y: np.ndarray, augmentation: StandardAugmentation | None, *, seed: int, n_steps: int = 400
) -> Judge:
    """Train on images with labels 0, 1, ..."""
    torch.manual_seed(seed)
    source = torch.Generator().manual_seed(seed)
    images, labels = as_tensor(X), torch.from_numpy(y.astype(np.int64))
    net = Judge(images.shape[1], int(y.max()) + 1)
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=n_steps)
    for _ in range(n_steps):
        rows = torch.randint(len(images), (64,), generator=source)
        batch = images[rows]
        if augmentation is not None:
            batch = augmentation.apply(batch, augmentation.draw(len(batch), source))
        with torch.autocast("cpu", torch.bfloat16):
            loss = functional.cross_entropy(net(batch).float(), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return net.eval()


@torch.no_grad()
def features(judge: Judge, X: np.ndarray) -> np.ndarray:
    return torch.cat([judge.features(part) for part in as_tensor(X).split(500)]).numpy()


@torch.no_grad()
def predictions(judge: Judge, X: np.ndarray) -> np.ndarray:
    return torch.cat([judge(part).argmax(1) for part in as_tensor(X).split(500)]).numpy()
