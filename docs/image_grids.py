"""Draw docs/image_grids.png: real images, and those of the generators that benchmarks/images.py trained.

python docs/image_grids.py --data DIR [--cells DATA/N,...] [--seed SEED]

The generators are read from benchmarks/cache, which a run of that benchmark fills.
"""

import argparse
import pickle
import sys
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
CELLS = "digits/50,kannada/50,leaf_apple/50,malaria/50"
NETWORKS = ("teacher", "50 % fewer", "75 % fewer")
N_SHOWN = 6


def drawn(cell: str, seed: int, network: str, labels: np.ndarray) -> Any:
    """Return images of these labels by a generator."""
    file = "-".join([*cell.split("/"), str(seed), *network.split()]) + ".pkl"
    path = ROOT / "benchmarks" / "cache" / file
    generator, _ = pickle.loads(path.read_bytes())
    return generator.set_params(random_state=1, n_sampling_steps=16).sample(len(labels), labels)[0]


def strip(images: np.ndarray) -> np.ndarray:
    """Return images beside each other, with a gap between."""
    gap = np.full((images.shape[1], 1, *images.shape[3:]), 255, dtype=images.dtype)
    return np.concatenate([part for image in images for part in (image, gap)], axis=1)


def main() -> None:
    """Draw and save."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cells", default=CELLS)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    sys.path.append(str(ROOT / "benchmarks"))
    from _image_judge import load

    cells = options.cells.split(",")
    figure, axes = plt.subplots(len(cells), 1 + len(NETWORKS), figsize=(11, 0.62 * len(cells) + 0.3))
    for row, cell in zip(axes, cells, strict=True):
        name, n = cell.split("/")
        X, y = load(name, options.data).few(int(n), options.seed)
        shown = np.linspace(0, len(y) - 1, N_SHOWN).astype(int)
        parts = {"real": X[shown]} | {
            network: drawn(cell, options.seed, network, y[shown]) for network in NETWORKS
        }
        for axis, (title, images) in zip(row, parts.items(), strict=True):
            axis.imshow(strip(np.asarray(images)), cmap="gray", interpolation="nearest")
            axis.set_xticks([])
            axis.set_yticks([])
            axis.spines[:].set_visible(False)
            if cell == cells[0]:
                axis.set_title(title, fontsize=9)
        row[0].set_ylabel(f"{name}\n{n} a class", fontsize=7, rotation=0, ha="right", va="center")
    figure.tight_layout(pad=0.4)
    figure.savefig(ROOT / "docs" / "image_grids.png", dpi=110)


if __name__ == "__main__":
    main()
