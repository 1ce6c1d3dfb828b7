"""A generator from elsewhere, steered by a few local images.

    python benchmarks/exemplars.py [--data DIR] [--counts N,...] [--seeds N] [--quick] [--out FILE]

Elsewhere are Kannada digits; local are Dig-MNIST's, of other writers in another place. Of N local images a
class the ways are: the images themselves; the generator of elsewhere as it is; the same trained on with the
local images (`finetune`); and one trained on the local images alone. Judged on local images that none of them
saw, as in benchmarks/images.py: CAS, Frechet distance, agreement.

Finished parts are written at once and never computed again.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _image_judge import features, few_of_each, fit_judge, predictions
from _told import command_line

from synda_sk.evaluation._report import versions, write_json
from synda_sk.generators import DiffusionGenerator
from synda_sk.images import StandardAugmentation
from synda_sk.metrics import frechet_distance

ROOT = Path(__file__).resolve().parents[1]
FILE = "kannada/kannada_28gray.npz"
ELSEWHERE = 50  # images a class
N_TEST, N_DRAWN, N_JUDGES = 2_000, 1_000, 2
STEPS = {"elsewhere": 2_000, "fine-tuned": 300, "local alone": 1_000}
QUICK = dict.fromkeys(STEPS, 3)


class Place:
    """The local images: those to be labelled, those to judge on, and the judges."""

    def __init__(self, X: np.ndarray, y: np.ndarray, seed: int, judge_steps: int) -> None:
        order = np.random.default_rng(seed).permutation(len(y))
        test, pool = order[:N_TEST], order[N_TEST:]
        self.X, self.y, self.X_test, self.y_test = X[pool], y[pool], X[test], y[test]
        self.steps = judge_steps
        self.full = fit_judge(self.X, self.y, StandardAugmentation(), seed=100, n_steps=2 * judge_steps)
        self.real = features(self.full, self.X_test)

    def judge(self, X: np.ndarray, y: np.ndarray) -> dict[str, float]:
        accuracies = []
        for seed in range(N_JUDGES):
            net = fit_judge(X, y, StandardAugmentation(), seed=seed, n_steps=self.steps)
            accuracies.append((predictions(net, self.X_test) == self.y_test).mean())
        return {
            "CAS": float(np.mean(accuracies)),
            "Frechet": frechet_distance(self.real, features(self.full, X), features=np.asarray),
            "agree": float((predictions(self.full, X) == y).mean()),
        }

    def judge_drawn(self, generator: DiffusionGenerator, seconds: float) -> dict[str, float]:
        labels = np.repeat(np.unique(self.y), N_DRAWN // 10)
        return {**self.judge(*generator.sample(len(labels), labels)), "training seconds": seconds}


def timed(make: Any) -> tuple[Any, float]:
    start = time.process_time()
    return make(), time.process_time() - start


def play(
    stored: Any, seed: int, counts: list[int], steps: dict[str, int], found: dict[str, Any], save: Any
) -> None:
    """Play what is not in `found` yet."""
    wanted = {"elsewhere"} | {
        f"{way}, {n}" for n in counts for way in ("images", "fine-tuned", "local alone")
    }
    if wanted <= set(found):
        return
    rng = np.random.default_rng(seed)
    rows = few_of_each(stored["y"], ELSEWHERE, rng)
    place = Place(stored["X_dig"], stored["y_dig"], seed, 600 if steps is STEPS else 20)
    settings = {"augmentation": StandardAugmentation(), "random_state": seed}
    elsewhere, seconds = timed(
        lambda: DiffusionGenerator(max_steps=steps["elsewhere"], **settings).fit(
            stored["X"][rows], stored["y"][rows]
        )
    )

    def note(key: str, make: Any) -> None:
        if key not in found:
            found[key] = make()
            save()
            print(seed, key, {name: round(value, 3) for name, value in found[key].items()}, flush=True)

    note("elsewhere", lambda: place.judge_drawn(elsewhere, seconds))
    for n in counts:
        local = few_of_each(place.y, n, rng)
        X, y = place.X[local], place.y[local]
        note(f"images, {n}", lambda X=X, y=y: place.judge(X, y))
        note(
            f"fine-tuned, {n}",
            lambda X=X, y=y: place.judge_drawn(
                *timed(lambda: elsewhere.finetune(X, y, max_steps=steps["fine-tuned"]))
            ),
        )
        note(
            f"local alone, {n}",
            lambda X=X, y=y: place.judge_drawn(
                *timed(lambda: DiffusionGenerator(max_steps=steps["local alone"], **settings).fit(X, y))
            ),
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--data", type=Path, default=ROOT / "data", help="where the folders of images are")
    parser.add_argument("--counts", default="5,20", help="local images a class")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="a few steps on random images")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "exemplars.json")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.quick:
        rng = np.random.default_rng(0)
        stored: Any = {
            name: rng.integers(256, size=(2_500, 28, 28), dtype=np.uint8) for name in ("X", "X_dig")
        }
        stored |= {name: np.arange(2_500) % 10 for name in ("y", "y_dig")}
    elif not (options.data / FILE).is_file():
        print(f"skipped: DATA absent ({FILE})")
        return 0
    else:
        stored = np.load(options.data / FILE)
        stored = {name: stored[name] for name in stored.files}
    content: dict[str, Any] = json.loads(options.out.read_text()) if options.out.exists() else {"runs": {}}
    content |= {"command": command_line(), "versions": versions()}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    counts = [int(n) for n in options.counts.split(",")]
    for seed in range(options.seeds):
        found = content["runs"].setdefault(str(seed), {})
        play(
            stored,
            seed,
            counts[:1] if options.quick else counts,
            QUICK if options.quick else STEPS,
            found,
            lambda: write_json(options.out, content),
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
