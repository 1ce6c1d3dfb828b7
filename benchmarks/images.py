"""Diffusion models of images: how good, how small, in how many steps.

    python benchmarks/images.py [--data DIR] [--cells DATA/N,...] [--seeds N] [--quick] [--out FILE]

A cell has N training images a class. The teacher is `DiffusionGenerator` with its defaults (for leaves
with 20,000 steps), trained on them; students are distilled from it (`distill_diffusion`, the same images,
1,500 steps). Synthetic images, as many of each class, are judged by small networks (_image_judge.py):

CAS      accuracy on the real test images of networks trained on synthetic ones alone: of one for
         pruned networks and fewer steps, a mean of five for all else
Frechet  distance to the test images in the features of a network trained on all training images
agree    share of synthetic images to which that network gives the label they were made with
TV       total variation of the synthetic images over that of the real ones
near     distance of synthetic images to the nearest training image over that of test images (median)

Baselines: the N real images themselves, and a Gaussian of each class in as many principal components
as hold 95 % of the variance. Seconds are CPU seconds of one thread; what one step costs beside the
teacher's sixteen is timed in turns. "Pruned" is the teacher without its smallest weights, as it is and
trained to answer as the whole teacher does. "Full resolution int8" leaves 4 bits to the layers at half the
resolution and to what they are told. All but the baselines, the teacher and its students of 50 and 75 % in
16 steps is played by the first seed of cells with 50 images a class alone. Trained generators stay in
benchmarks/cache, finished parts are never computed again.
"""

import argparse
import json
import pickle
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from _image_judge import Data, as_tensor, features, fit_judge, load, predictions
from _told import command_line
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from synda_sk.compression import distill, n_bytes, prune, quantize
from synda_sk.evaluation._report import versions, write_json
from synda_sk.generators import DiffusionGenerator, distill_diffusion
from synda_sk.metrics import frechet_distance

ROOT = Path(__file__).resolve().parents[1]
CELLS = ",".join(
    f"{name}/{n}" for n in (50, 200, 20) for name in ("digits", "kannada", "leaf_apple", "malaria")
)
FEWER = (50, 75)  # percent of the teacher's numbers that its students save
FEWEST = 90  # the same, in the other parts
PRUNED = (50, 75)  # percent of the teacher's weights that are set to 0
FULL_RESOLUTION = dict.fromkeys(("stem", "down", "up", "out"), 8)
BITS: dict[str, Any] = {"int8": 8, "int4": 4, "int4, full resolution int8": {"": 4} | FULL_RESOLUTION}
LONGER = {"leaf_apple": 20_000 / 12_000}  # the default's last step is its best one
N_JUDGES = 5  # two of one training differ by 0.1 and more
N_TIMINGS = 5


class Effort(NamedTuple):
    n_drawn: int
    judge_steps: int
    full_judge_steps: int
    max_steps: int
    student_steps: int


WHOLE = Effort(n_drawn=2_000, judge_steps=400, full_judge_steps=1_500, max_steps=12_000, student_steps=1_500)
QUICK = Effort(n_drawn=200, judge_steps=20, full_judge_steps=60, max_steps=12, student_steps=6)


class Cell:
    """Some training images, what is judged against them, and what has been found so far."""

    def __init__(
        self, name: str, seed: int, data: Data, effort: Effort, cache: Path, part: dict[str, Any]
    ) -> None:
        self.source, n = name.split("/")
        self.name = f"{self.source}-{n}-{seed}"
        self.seed, self.data, self.effort = seed, data, effort
        self.cache, self.found = cache, part
        self.save: Callable[[], None] = lambda: None
        self.X, self.y = data.few(int(n), seed)
        self.classes = np.unique(self.y)
        self.labels = np.repeat(self.classes, effort.n_drawn // len(self.classes))
        self.rng = np.random.default_rng(seed)
        self._judge: Any = None

    @property
    def judge(self) -> Any:
        if self._judge is None:
            X, y = self.data.X, self.data.y
            self._judge = fit_judge(
                X, y, self.data.judged_with, seed=100, n_steps=self.effort.full_judge_steps
            )
            self.test_features = features(self._judge, self.data.X_test)
        return self._judge

    def part(self, key: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return what was found, computing it where it was not."""
        if key not in self.found:
            self.found[key] = make()
            self.save()
            told = {k: round(v, 4) for k, v in self.found[key].items() if isinstance(v, float)}
            print(f"{self.name} {key}: {told}", flush=True)
        return self.found[key]

    def quality(self, X: np.ndarray, y: np.ndarray, n_judges: int = N_JUDGES) -> dict[str, Any]:
        """Judge images with labels."""
        data, judge = self.data, self.judge
        accuracies = []
        for k in range(n_judges):
            trained = fit_judge(X, y, data.judged_with, seed=k, n_steps=self.effort.judge_steps)
            accuracies.append(float((predictions(trained, data.X_test) == data.y_test).mean()))
        near = NearestNeighbors(n_neighbors=1).fit(self.X.reshape(len(self.X), -1).astype(float))
        synthetic, real = (
            np.median(near.kneighbors(some.reshape(len(some), -1)[:500].astype(float))[0])
            for some in (self.rng.permutation(X), data.X_test)
        )
        return {
            "CAS": float(np.mean(accuracies)),
            "CAS of each judge": accuracies,
            "Frechet": frechet_distance(self.test_features, features(judge, X), features=np.asarray),
            "agree": float((predictions(judge, X) == y).mean()),
            "TV": variation(X) / variation(self.X),
            "near": float(synthetic / real),
        }

    def generator(self, key: str, make: Callable[[], Any]) -> tuple[Any, float]:
        """Return a trained generator and the CPU seconds of its training."""
        path = self.cache / f"{self.name}-{key.replace(' ', '-')}.pkl"
        if not path.is_file():
            start = time.process_time()
            made = make()
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(pickle.dumps((made, time.process_time() - start)))
        made, seconds = pickle.loads(path.read_bytes())
        return made, seconds

    def drawn(self, generator: Any, n_steps: int, n_judges: int) -> dict[str, Any]:
        """Draw and judge."""
        generator.set_params(random_state=self.seed + 1, n_sampling_steps=n_steps)
        start = time.process_time()
        X, y = generator.sample(len(self.labels), self.labels)
        seconds = (time.process_time() - start) / len(X)
        told = {"seconds a picture": seconds, "steps": generator.n_sampling_steps}
        return {**told, **self.quality(X, y, n_judges)}


def variation(X: np.ndarray) -> float:
    """Return the mean absolute difference of neighbouring pixels."""
    images = as_tensor(X)
    return float(images.diff(dim=2).abs().mean() + images.diff(dim=3).abs().mean())


def pca_gaussian(cell: Cell) -> dict[str, Any]:
    """Draw from a Gaussian of the principal components of each class."""
    parts = []
    for label in cell.classes:
        own = cell.X[cell.y == label]
        pca = PCA(0.95, random_state=0).fit(own.reshape(len(own), -1))
        scores = cell.rng.standard_normal((int((cell.labels == label).sum()), pca.n_components_))
        parts.append(pca.inverse_transform(scores * np.sqrt(pca.explained_variance_)))
    X = np.clip(np.rint(np.concatenate(parts)), 0, 255).astype(np.uint8).reshape(-1, *cell.X.shape[1:])
    return cell.quality(X, cell.labels)


def judged(
    cell: Cell,
    made: tuple[Any, float],
    n_steps: int = 16,
    change: Callable[[Any], Any] | None = None,
    n_judges: int = 1,
) -> dict[str, Any]:
    """Draw with a generator, its network changed first, and judge."""
    generator, seconds = made
    if change is not None:
        generator = generator.with_module(change(generator.to_module()))
    size = {"n_parameters": generator.n_parameters_, "bytes": n_bytes(generator.to_module())}
    return {**size, "training seconds": seconds, **cell.drawn(generator, n_steps, n_judges)}


def matched(cell: Cell, pruned: Any, teacher: Any) -> Any:
    """Train a pruned network to answer as the whole one on noised training images."""
    clean, labels = as_tensor(cell.X), torch.from_numpy(np.searchsorted(cell.classes, cell.y))

    def inputs(source: torch.Generator) -> tuple[torch.Tensor, ...]:
        rows = torch.randint(len(clean), (64,), generator=source)
        time = torch.rand(64, generator=source)
        angle = time[:, None, None, None] * torch.pi / 2
        noise = torch.randn(clean[rows].shape, generator=source)
        contexts = torch.zeros(64, 0, dtype=torch.int64)
        return clean[rows] * angle.cos() + noise * angle.sin(), time, labels[rows], contexts

    with torch.autocast("cpu", torch.bfloat16, cache_enabled=False):
        return distill(
            teacher, pruned, inputs, n_steps=cell.effort.student_steps // 3, random_state=cell.seed
        )


def one_step_beside_sixteen(cell: Cell, teacher: Any, one_step: Any) -> dict[str, Any]:
    """Time drawing in turns."""
    seconds: dict[str, list[float]] = {"teacher": [], "one step": []}
    teacher.set_params(n_sampling_steps=16)
    for _ in range(N_TIMINGS):
        for name, generator in (("teacher", teacher), ("one step", one_step)):
            start = time.process_time()
            generator.sample(len(cell.labels), cell.labels)
            seconds[name].append(time.process_time() - start)
    ratios = np.divide(seconds["teacher"], seconds["one step"])
    return {"times faster": float(np.median(ratios)), "ratios": ratios.tolist()}


def teacher(cell: Cell) -> tuple[Any, float]:
    """Return the teacher and the CPU seconds of its training."""

    def train() -> Any:
        generator = DiffusionGenerator(
            max_steps=round(cell.effort.max_steps * LONGER.get(cell.source, 1)),
            augmentation=cell.data.augmentation,
            random_state=cell.seed,
        )
        return generator.fit(cell.X, cell.y)

    return cell.generator("teacher", train)


def student(cell: Cell, fewer: int) -> tuple[Any, float]:
    """Return a student that saves so many percent of the teacher's numbers, and its CPU seconds."""

    def shrink() -> Any:
        return distill_diffusion(
            teacher(cell)[0],
            cell.X,
            cell.y,
            amount=fewer / 100,
            max_steps=cell.effort.student_steps,
            random_state=cell.seed,
        )

    return cell.generator(f"{fewer} % fewer", shrink)


def first_parts(cell: Cell) -> None:
    """The baselines, the teacher and its students."""
    cell.part("real", lambda: cell.quality(cell.X, cell.y))
    cell.part("PCA Gaussian", lambda: pca_gaussian(cell))
    cell.part("teacher, 16 steps", lambda: judged(cell, teacher(cell), n_judges=N_JUDGES))
    for fewer in FEWER:
        cell.part(
            f"{fewer} % fewer, 16 steps",
            lambda fewer=fewer: judged(cell, student(cell, fewer), n_judges=N_JUDGES),
        )


def other_parts(cell: Cell) -> None:
    """Fewer bits, fewer weights, fewer steps."""
    models = {"teacher": teacher(cell), **{f"{fewer} % fewer": student(cell, fewer) for fewer in FEWER}}
    for key, made in models.items():
        for told, n_bits in BITS.items():
            cell.part(
                f"{key}, {told}",
                lambda m=made, b=n_bits: judged(
                    cell, m, change=lambda net: quantize(net, n_bits=b), n_judges=N_JUDGES
                ),
            )
    for n_steps in (50, 8, 4, 2, 1):
        cell.part(f"teacher, {n_steps} steps", lambda n=n_steps: judged(cell, models["teacher"], n))
    for key, shown in (("teacher", (8, 4, 2, 1)), ("50 % fewer", (4, 1)), ("75 % fewer", (4, 1))):
        model = models[key][0].set_params(n_sampling_steps=16)
        for n_steps in (8, 4, 2, 1):

            def halve(model: Any = model, n_steps: int = n_steps) -> Any:
                return distill_diffusion(
                    model,
                    cell.X,
                    cell.y,
                    n_sampling_steps=n_steps,
                    max_steps_per_halving=cell.effort.student_steps // 6,
                    random_state=cell.seed,
                )

            made = cell.generator(f"{key} halved {n_steps}", halve)
            model = made[0]
            if n_steps in shown:
                cell.part(f"{key}, halved to {n_steps}", lambda m=made, n=n_steps: judged(cell, m, n))
        if key == "teacher":
            cell.part("one step", lambda m=model: one_step_beside_sixteen(cell, models["teacher"][0], m))
    for percent in PRUNED:
        cell.part(
            f"pruned by {percent} %",
            lambda p=percent: judged(cell, models["teacher"], change=lambda net: prune(net, amount=p / 100)),
        )
        cell.part(
            f"pruned by {percent} %, matched",
            lambda p=percent: judged(
                cell,
                models["teacher"],
                change=lambda net: matched(cell, prune(net, amount=p / 100), net),
            ),
        )
    cell.part(f"{FEWEST} % fewer, 16 steps", lambda: judged(cell, student(cell, FEWEST), n_judges=N_JUDGES))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--data", type=Path, default=Path("data"), help="relative to the project root")
    parser.add_argument("--cells", default=CELLS)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="digits, 20 a class, 12 steps of training")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "images.json")
    options = parser.parse_args()
    torch.set_num_threads(1)
    names = ["digits/20"] if options.quick else options.cells.split(",")
    content: dict[str, Any] = json.loads(options.out.read_text()) if options.out.exists() else {"runs": {}}
    content |= {"command": command_line(), "versions": versions()}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    effort, cache = WHOLE, ROOT / "benchmarks" / "cache"
    if options.quick:
        effort, cache = QUICK, Path(tempfile.mkdtemp())
    told_more = [name for name in names if name.endswith("/50")]
    for seed in range(options.seeds):
        for parts, cells in ((first_parts, names), (other_parts, told_more if seed == 0 else [])):
            for name in cells:
                data = load(name.split("/")[0], ROOT / options.data)
                if data is None:
                    print(f"{name}: skipped: DATA absent")
                    continue
                found = content["runs"].setdefault(name, {}).setdefault(str(seed), {})
                cell = Cell(name, seed, data, effort, cache, found)
                cell.save = lambda: write_json(options.out, content)
                parts(cell)
    return 0


if __name__ == "__main__":
    sys.exit(main())
