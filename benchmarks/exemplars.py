"""A generator from elsewhere, steered by a few local images.

    python benchmarks/exemplars.py [--data DIR] [--sets S,...] [--counts N,...] [--seeds N] [--quick]

kannada    elsewhere are Kannada digits; local are Dig-MNIST's, of other writers in another place
malaria    smears come in three stains, by the mean colour of a patient's images; local is the rarest.
           Elsewhere are the other two; local images are of its training patients, judged on its test patients

Of N local images a class the ways are: the images themselves; the generator of elsewhere as it is; the same
trained on with the local images (`finetune`); one trained on both with the place as context, drawn for the
local place; and one trained on the local images alone. Judged on local images that none of them saw, as in
benchmarks/images.py: CAS, Frechet distance, agreement.

Finished parts are written at once and never computed again.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from _image_judge import AUGMENTATIONS, FILES, JUDGED_WITH, features, few_of_each, fit_judge, predictions
from _told import command_line
from sklearn.cluster import KMeans

from synda_sk.evaluation._report import versions, write_json
from synda_sk.generators import DiffusionGenerator
from synda_sk.metrics import frechet_distance

ROOT = Path(__file__).resolve().parents[1]
ELSEWHERE = {"kannada": 50, "malaria": 200}  # images a class
N_TEST, N_JUDGES, N_STAINS = 2_000, 5, 3
WHOLE = {"elsewhere": 8_000, "fine-tuned": 1_200, "local alone": 4_000, "judge": 600, "images drawn": 1_000}
QUICK = dict.fromkeys(WHOLE, 3) | {"images drawn": 50}


class Place(NamedTuple):
    """Images and labels: of elsewhere, local ones to label, local ones to judge on."""

    X_elsewhere: np.ndarray
    y_elsewhere: np.ndarray
    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


def kannada(stored: dict[str, np.ndarray], seed: int) -> Place:
    order = np.random.default_rng(seed).permutation(len(stored["y_dig"]))
    test, pool = order[:N_TEST], order[N_TEST:]
    X, y = stored["X_dig"], stored["y_dig"]
    return Place(stored["X"], stored["y"], X[pool], y[pool], X[test], y[test])


def malaria(stored: dict[str, np.ndarray], seed: int) -> Place:
    """The patients do not depend on the seed."""
    X, y, is_test = stored["X"], stored["y"], stored["test"].astype(bool)
    stains = stains_of_patients(X, stored["patient"])
    local = stains == np.bincount(stains).argmin()
    return Place(
        *(part[rows] for rows in (~local & ~is_test, local & ~is_test, local & is_test) for part in (X, y))
    )


def stains_of_patients(X: np.ndarray, patient: np.ndarray) -> np.ndarray:
    """Return the group of each image's patient by the mean colour of what is no black background."""
    shown = X.max(axis=-1) > 30
    colours = (X * shown[..., None]).sum(axis=(1, 2)) / shown.sum(axis=(1, 2))[:, None]
    patients, codes = np.unique(patient, return_inverse=True)
    means = np.array([colours[codes == k].mean(axis=0) for k in range(len(patients))])
    return KMeans(N_STAINS, n_init=10, random_state=0).fit_predict(means)[codes]


class Trial:
    """One seed of a place: what is judged, and what has been found so far."""

    def __init__(
        self,
        name: str,
        place: Place,
        seed: int,
        effort: dict[str, int],
        found: dict[str, Any],
        save: Callable[[], None],
    ) -> None:
        self.place, self.seed, self.effort, self.found, self.save = place, seed, effort, found, save
        self.name, self.augmentation, self.judged_with = name, AUGMENTATIONS[name], JUDGED_WITH[name]
        self.rng = np.random.default_rng(seed)
        rows = few_of_each(place.y_elsewhere, ELSEWHERE[name], self.rng)
        self.X, self.y = place.X_elsewhere[rows], place.y_elsewhere[rows]

    def play(self, counts: list[int]) -> None:
        """Play what has not been found yet."""
        self.note("elsewhere", lambda: self.drawn(self.elsewhere))
        for n in counts:
            local = few_of_each(self.place.y, n, self.rng)
            X, y = self.place.X[local], self.place.y[local]
            self.note(f"images, {n}", lambda X=X, y=y: self.judged(X, y))
            self.note(f"fine-tuned, {n}", lambda X=X, y=y: self.drawn(self.finetuned(X, y)))
            self.note(f"as context, {n}", lambda X=X, y=y: self.drawn(self.with_context(X, y), "local"))
            self.note(f"local alone, {n}", lambda X=X, y=y: self.drawn(self.fitted("local alone", X, y)))

    def note(self, key: str, make: Callable[[], dict[str, float]]) -> None:
        if key not in self.found:
            self.found[key] = make()
            self.save()
            told = {name: round(value, 3) for name, value in self.found[key].items()}
            print(self.name, self.seed, key, told, flush=True)

    @cached_property
    def elsewhere(self) -> tuple[DiffusionGenerator, float]:
        return self.fitted("elsewhere", self.X, self.y)

    def finetuned(self, X: np.ndarray, y: np.ndarray) -> tuple[DiffusionGenerator, float]:
        generator, _ = self.elsewhere
        return timed(lambda: generator.finetune(X, y, max_steps=self.effort["fine-tuned"]))

    def with_context(self, X: np.ndarray, y: np.ndarray) -> tuple[DiffusionGenerator, float]:
        place = np.repeat(["elsewhere", "local"], [len(self.y), len(y)])
        both = np.concatenate([self.X, X]), np.concatenate([self.y, y])
        return self.fitted("elsewhere", *both, context=place)

    def fitted(self, key: str, X: np.ndarray, y: np.ndarray, **given: Any) -> tuple[Any, float]:
        generator = DiffusionGenerator(
            max_steps=self.effort[key], augmentation=self.augmentation, random_state=self.seed
        )
        return timed(lambda: generator.fit(X, y, **given))

    def drawn(self, made: tuple[DiffusionGenerator, float], context: str | None = None) -> dict[str, float]:
        generator, seconds = made
        classes = np.unique(self.place.y)
        labels = np.repeat(classes, self.effort["images drawn"] // len(classes))
        X, y = generator.sample(len(labels), labels, context)
        return {**self.judged(X, y), "training seconds": seconds}

    @cached_property
    def full_judge(self) -> Any:
        steps = 2 * self.effort["judge"]
        return fit_judge(self.place.X, self.place.y, self.judged_with, seed=100, n_steps=steps)

    def judged(self, X: np.ndarray, y: np.ndarray) -> dict[str, float]:
        X_test, y_test = self.place.X_test, self.place.y_test
        accuracies = []
        for seed in range(N_JUDGES):
            net = fit_judge(X, y, self.judged_with, seed=seed, n_steps=self.effort["judge"])
            accuracies.append((predictions(net, X_test) == y_test).mean())
        real, synthetic = (features(self.full_judge, images) for images in (X_test, X))
        return {
            "CAS": float(np.mean(accuracies)),
            "Frechet": frechet_distance(real, synthetic, features=np.asarray),
            "agree": float((predictions(self.full_judge, X) == y).mean()),
        }


def timed(make: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    return make(), time.process_time() - start


def quick_digits() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    stored = {name: rng.integers(256, size=(2_500, 28, 28), dtype=np.uint8) for name in ("X", "X_dig")}
    return stored | {name: np.arange(2_500) % 10 for name in ("y", "y_dig")}


PLACES = {"kannada": kannada, "malaria": malaria}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--data", type=Path, default=ROOT / "data", help="where the folders of images are")
    parser.add_argument("--sets", default=",".join(PLACES))
    parser.add_argument("--counts", default="5,20", help="local images a class")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="a few steps on random images")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "exemplars.json")
    options = parser.parse_args()
    torch.set_num_threads(1)
    stored = {"kannada": quick_digits()} if options.quick else {}
    for name in [] if options.quick else options.sets.split(","):
        if (options.data / FILES[name]).is_file():
            stored[name] = dict(np.load(options.data / FILES[name]))
        else:
            print(f"{name}: skipped: DATA absent ({FILES[name]})")
    if not stored:
        return 0
    content: dict[str, Any] = json.loads(options.out.read_text()) if options.out.exists() else {"runs": {}}
    content |= {"command": command_line(), "versions": versions()}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    counts = [int(n) for n in options.counts.split(",")][: 1 if options.quick else None]
    effort = QUICK if options.quick else WHOLE
    for seed in range(options.seeds):
        for name, arrays in stored.items():
            found = content["runs"].setdefault(name, {}).setdefault(str(seed), {})
            place = PLACES[name](arrays, seed)
            Trial(name, place, seed, effort, found, lambda: write_json(options.out, content)).play(counts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
