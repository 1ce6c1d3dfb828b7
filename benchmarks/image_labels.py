"""Images with few labels: augmentation, self-training, synthetic images and acquisition.

    python benchmarks/image_labels.py [--data DIR] [--sets S,...] [--arms A,...] [--seeds N] [--quick]

Each arm of a seed starts from the same 10 random images a class and ends at 100 labels a class.
Further labels are the same random images for all arms but `synda`, whose `SynDAClassifier` asks for
them, 5 a class at a time (`query`, `teach`). All classify with `ConvClassifier`, and all but `real`
with standard augmentation. For malaria it is separable, standardises each image and its augmentation
changes colours too, because stains differ between patients: chosen on training patients held apart,
with random labels and with labels a loop had chosen. An arm's whole curve is one cell, written at
once and never played again. Generators are trained on each number of labels, in a third of their
default steps; the diffusion models once for both of their arms: they stay in benchmarks/cache. Labels
saved are `metrics.labels_saved` against `augmented`; harm is tested by one-sided paired t-tests at
the counts of `LABELS`, Holm-corrected over the table. `synda_alone` has the labels that `synda` asked for
and no image that the loop labelled itself; the loop is tested for harm against it in the same way.
Arms whose generator is not there are skipped with a reason.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from _image_judge import STAINS
from _told import command_line, mean_error
from joblib import Memory
from scipy.stats import ttest_rel
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score, balanced_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.semi_supervised import SelfTrainingClassifier

from synda_sk import CurriculumMixer, QualityFilter, SynDAClassifier, SyntheticAugmenter
from synda_sk.evaluation._report import versions, write_json
from synda_sk.generators import ConvVAEGenerator, DiffusionGenerator, make_generator
from synda_sk.images import ConvClassifier
from synda_sk.metrics import area_under_learning_curve, labels_saved
from synda_sk.metrics._signed_rank import holm

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "image_labels.json"
LABELS = (10, 25, 50, 100)  # a class
ROUNDS = (10, 25, 30, 40, 50, 60, 70, 80, 100)  # a class; where the loop is compared with random labels
BATCH = 5  # labels a class that the loop asks for at a time
ALONE = (10, 25, 50)  # a class; while a class has fewer than 40 the loop labels some images itself, too
FILES = {
    "kannada": "kannada/kannada_28gray.npz",
    "leaf_apple": "leaf_apple/leaf_apple_32rgb.npz",
    "malaria": "malaria/malaria_32rgb.npz",
}
SETS = ("digits", *FILES)
CLASSIFIERS = {
    "malaria": {"augmentation": STAINS, "separable": True, "standardize": True}
}  # else the defaults
N_TEST = 1000
LARGEST_POOL = 5000
SYNTHETIC_WEIGHT = 0.3  # share of the loss that synthetic images get
VAE_STEPS, DIFFUSION_STEPS = 500, 4_000  # a third of the defaults
MEMORY = Memory(ROOT / "benchmarks" / "cache", verbose=0)
QUICK_ARMS, QUICK = ("augmented", "synda", "synda_alone"), {"width": 8, "max_steps": 30}
Scores = list[tuple[float, float]]


def load(name: str, folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, tuple[int, ...]]:
    """Return flat rows of bytes, labels, which images are of other patients, and the shape of one."""
    if name == "digits":
        data = load_digits()
        images, y, is_test = np.rint(data.images * 255 / 16).astype(np.uint8), data.target, None
    else:
        stored = np.load(folder / FILES[name])
        images, y = stored["X"], stored["y"]
        is_test = stored["test"].astype(bool) if "test" in stored else None
    return images.reshape(len(images), -1), y, is_test, images.shape[1:]


class Task:
    """A data set split for a seed, and the order in which random labels come.

    Parameters
    ----------
    X, y, is_test, shape
        See `load`.
    params : dict
        Parameters of the classifier that are not the defaults, for all arms.
    seed : int
        Of the split, the labels and the models.
    """

    def __init__(
        self,
        X: np.ndarray,
        y: np.ndarray,
        is_test: Any,
        shape: tuple[int, ...],
        params: dict[str, Any],
        seed: int,
    ) -> None:
        rng = np.random.default_rng(seed)
        if is_test is None:
            pool, test = train_test_split(np.arange(len(y)), test_size=N_TEST, stratify=y, random_state=seed)
        else:
            pool, test = (rng.permutation(np.flatnonzero(part)) for part in (~is_test, is_test))
        pool, test = pool[:LARGEST_POOL], test[:N_TEST]
        self.X, self.y, self.X_test, self.y_test = X[pool], y[pool], X[test], y[test]
        self.shape, self.params, self.seed = shape, params, seed
        order = rng.permutation(len(pool))
        first = np.concatenate([order[self.y[order] == label][: ROUNDS[0]] for label in np.unique(y)])
        self.order = np.concatenate([first, order[~np.isin(order, first)]])
        self.n_classes = len(np.unique(y))

    def score(self, model: Any) -> tuple[float, float]:
        """Return accuracy and balanced accuracy."""
        found = model.predict(self.X_test)
        return accuracy_score(self.y_test, found), balanced_accuracy_score(self.y_test, found)

    def classifier(self, **params: Any) -> ConvClassifier:
        return ConvClassifier(self.shape, random_state=self.seed, **self.params | params)


def on_random_labels(
    make: Callable[[Task], Any], counts: tuple[int, ...] = LABELS, uses_pool: bool = False
) -> Callable[[Task], Scores]:
    """Return an arm that fits a model to the first labels of the random order."""

    def play(task: Task) -> Scores:
        scores = []
        for count in counts:
            rows = task.order[: count * task.n_classes]
            if uses_pool:
                y = np.full(len(task.y), -1)
                y[rows] = task.y[rows]
                scores.append(task.score(make(task).fit(task.X, y)))
            else:
                scores.append(task.score(make(task).fit(task.X[rows], task.y[rows])))
        return scores

    return play


def rounds(task: Task, counts: tuple[int, ...]) -> Iterator[SynDAClassifier]:
    """Play the loop, start, ask, label, fit again, and yield it at so many labels a class."""
    y = np.full(len(task.y), np.nan)
    first = task.order[: ROUNDS[0] * task.n_classes]
    y[first] = task.y[first]
    loop = SynDAClassifier(task.classifier(), random_state=task.seed).fit(task.X, y)
    yield loop
    for count in range(ROUNDS[0] + BATCH, counts[-1] + 1, BATCH):
        if loop.n_labels_ < len(task.y):
            rows = loop.query(n_queries=BATCH * task.n_classes)
            loop.teach(rows, task.y[rows])
        if count in counts:
            yield loop


def acquire(task: Task) -> Scores:
    return [task.score(loop) for loop in rounds(task, ROUNDS)]


def acquire_alone(task: Task) -> Scores:
    """Fit to the labels that the loop asked for and to nothing else."""
    scores = []
    for loop in rounds(task, ALONE):
        asked = np.flatnonzero(loop.labeled_iter_ >= 0)
        scores.append(task.score(task.classifier().fit(task.X[asked], task.y[asked])))
    return scores


@MEMORY.cache
def trained(params: dict[str, Any], X: np.ndarray, y: np.ndarray) -> DiffusionGenerator:
    return DiffusionGenerator(**params).fit(X, y)


class Diffusion(DiffusionGenerator):
    """A diffusion model that is trained once on the same images."""

    def fit(self, X: Any, y: Any, context: Any = None) -> "Diffusion":
        vars(self).update(vars(trained(self.get_params(), X, y)))
        return self


def conv_vae(task: Task) -> Any:
    return ConvVAEGenerator(task.shape, max_steps=VAE_STEPS)


def diffusion(task: Task) -> Any:
    return Diffusion(task.shape, max_steps=DIFFUSION_STEPS)


def synthetic(
    generator: Callable[[Task], Any], quality_filter: Any = None
) -> Callable[[Task], SynDAClassifier]:
    def make(task: Task) -> SynDAClassifier:
        return SynDAClassifier(
            task.classifier(),
            augmenter=SyntheticAugmenter(generator(task)),
            quality_filter=quality_filter,
            mixer=CurriculumMixer(synthetic_weight=SYNTHETIC_WEIGHT),
            random_state=task.seed,
        )

    return make


def self_training(task: Task) -> SelfTrainingClassifier:
    return SelfTrainingClassifier(task.classifier(), threshold=0.95, max_iter=2)


ARMS: dict[str, tuple[Callable[[Task], Scores], tuple[int, ...], str | None]] = {
    "real": (on_random_labels(lambda task: task.classifier(augmentation=None)), LABELS, None),
    "augmented": (on_random_labels(lambda task: task.classifier(), ROUNDS), ROUNDS, None),
    "self_training": (on_random_labels(self_training, uses_pool=True), LABELS, None),
    "vae": (on_random_labels(synthetic(conv_vae)), LABELS, "conv_vae"),
    "diffusion": (on_random_labels(synthetic(diffusion)), LABELS, "diffusion"),
    "diffusion_filtered": (
        on_random_labels(synthetic(diffusion, QualityFilter(threshold=0.7))),
        LABELS,
        "diffusion",
    ),
    "synda": (acquire, ROUNDS, None),
    "synda_alone": (acquire_alone, ALONE, None),
}


def missing(generator: str | None) -> str | None:
    """Return why a generator cannot be used, None where it can."""
    if generator is None:
        return None
    try:
        make_generator(generator)
    except (ValueError, ImportError) as error:
        return str(error)
    return None


def summarise(runs: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a row for each data set and arm, over the seeds it shares with `augmented`."""
    table = []
    for name in dict.fromkeys(key.split("/")[0] for key in runs):
        for arm, (_, counts, _) in ARMS.items():
            seeds = shared_seeds(runs, name, arm, "augmented")
            if seeds and counts[-1] == LABELS[-1]:
                table.append(describe(runs, name, arm, counts, seeds))
    correct(table)
    return table


def beside_same_labels(runs: dict[str, Any]) -> list[dict[str, Any]]:
    """Return for each data set what the loop has over its own labels alone."""
    table = []
    for name in dict.fromkeys(key.split("/")[0] for key in runs):
        seeds = shared_seeds(runs, name, "synda_alone", "synda")
        if len(seeds) > 1:
            own, alone = scores_of(runs, name, "synda", seeds), scores_of(runs, name, "synda_alone", seeds)
            row: dict[str, Any] = {"set": name, "n_seeds": len(seeds)}
            row["accuracy"] = {str(n): mean_error(alone[:, k, 0]) for k, n in enumerate(ALONE)}
            differences = {n: own[:, ROUNDS.index(n), 0] - alone[:, k, 0] for k, n in enumerate(ALONE)}
            table.append(row | harm(differences, "minus alone"))
    correct(table)
    return table


def shared_seeds(runs: dict[str, Any], name: str, arm: str, other: str) -> list[str]:
    played = [key.split("/")[2] for key in runs if key.startswith(f"{name}/{arm}/")]
    return [seed for seed in played if f"{name}/{other}/{seed}" in runs]


def scores_of(runs: dict[str, Any], name: str, arm: str, seeds: list[str]) -> np.ndarray:
    """Return an array of shape (n_seeds, n_counts, 2)."""
    return np.array([runs[f"{name}/{arm}/{seed}"]["scores"] for seed in seeds])


def harm(differences: dict[int, np.ndarray], told: str) -> dict[str, Any]:
    """Return mean differences at each number of labels and how likely chance is to give lower ones."""
    tests = {n: ttest_rel(d, np.zeros(len(d)), alternative="less").pvalue for n, d in differences.items()}
    return {
        told: {str(n): mean_error(values) for n, values in differences.items()},
        "p of harm": {str(n): float(np.nan_to_num(p, nan=1.0)) for n, p in tests.items()},
    }


def correct(table: list[dict[str, Any]]) -> None:
    tested = [(row, count) for row in table for count in row.get("p of harm", {})]
    for (row, count), p in zip(tested, holm([row["p of harm"][count] for row, count in tested]), strict=True):
        row.setdefault("p of harm, Holm", {})[count] = p


def describe(
    runs: dict[str, Any], name: str, arm: str, counts: tuple[int, ...], seeds: list[str]
) -> dict[str, Any]:
    mine, theirs = (scores_of(runs, name, each, seeds) for each in (arm, "augmented"))
    at = {count: counts.index(count) for count in LABELS}
    row: dict[str, Any] = {"set": name, "arm": arm, "n_seeds": len(seeds)}
    row["seconds"] = float(np.mean([runs[f"{name}/{arm}/{seed}"]["seconds"] for seed in seeds]))
    for j, measure in enumerate(("accuracy", "balanced accuracy")):
        row[measure] = {str(count): mean_error(mine[:, at[count], j]) for count in LABELS}
    both = [count for count in counts if count in ROUNDS]
    columns = [ROUNDS.index(count) for count in both]
    reference = theirs[:, columns, 0]
    saved = labels_saved(both, mine[:, :, 0], reference)
    row["labels_saved"] = None if np.isnan(saved) else float(saved)
    row["area"] = mean_error(np.atleast_1d(area_under_learning_curve(both, mine[:, :, 0])))
    if arm != "augmented" and len(seeds) > 1:
        differences = {n: mine[:, at[n], 0] - theirs[:, ROUNDS.index(n), 0] for n in LABELS}
        row |= harm(differences, "minus augmented")
    return row


def show(table: list[dict[str, Any]]) -> None:
    for row in table:
        saved = "never" if row["labels_saved"] is None else f"{row['labels_saved']:.0%}"
        scores = " ".join(f"{value:.3f}" for value, _ in row["accuracy"].values())
        print(
            f"{row['set']:11s} {row['arm']:19s} n={row['n_seeds']} accuracy {scores} "
            f"saved {saved} ({row['seconds']:.0f} s)"
        )


def cells(options: argparse.Namespace) -> Iterator[tuple[str, str, int]]:
    """Yield what is to be played, whole seeds first, and say what is left out."""
    arms = list(QUICK_ARMS if options.quick else ARMS)
    if options.arms is not None:
        arms = options.arms.split(",")
    for arm in list(arms):
        reason = missing(ARMS[arm][2])
        if reason is not None:
            print(f"{arm}: skipped: {reason}")
            arms.remove(arm)
    for seed in range(1 if options.quick else options.seeds):
        for name in ["digits"] if options.quick else options.sets.split(","):
            if name in FILES and not (options.data / FILES[name]).is_file():
                print(f"{name}: skipped: DATA absent ({FILES[name]})")
                continue
            yield from ((name, arm, seed) for arm in arms)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--data", type=Path, default=ROOT / "data", help="where the folders of images are")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--arms", default=None, help=f"of {', '.join(ARMS)}")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="1 seed of digits, two arms, small networks")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    content: dict[str, Any] = json.loads(options.out.read_text()) if options.out.exists() else {"runs": {}}
    content |= {
        "command": command_line(),
        "versions": versions(),
        "labels a class": {"reported": LABELS, "rounds": ROUNDS},
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    for name, arm, seed in cells(options):
        key = f"{name}/{arm}/{seed}"
        if key in content["runs"]:
            continue
        task = Task(*load(name, options.data), QUICK if options.quick else CLASSIFIERS.get(name, {}), seed)
        started = time.process_time()
        scores = ARMS[arm][0](task)
        content["runs"][key] = {"scores": scores, "seconds": time.process_time() - started}
        write_json(options.out, content)
        sys.stderr.write(f"{key} done\n")
    content["table"] = summarise(content["runs"])
    content["same labels"] = beside_same_labels(content["runs"])
    write_json(options.out, content)
    show(content["table"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
