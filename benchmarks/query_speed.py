"""What one query costs: ours, modAL's, scikit-activeml's, and two limits no query can beat.

    python benchmarks/query_speed.py [--sizes N,...] [--repeats N] [--limit SECONDS] [--quick] [--plot FILE]

The pool is Gaussian, of 20 columns; the model, a logistic regression fitted on
100 labelled rows, is the same for all. Each call runs in a fresh process on one
core: CPU seconds of the call alone, and by how much it raised the process's
peak memory. Ways alternate within a repeat. A way that takes longer than the
limit, or more memory than 20 GiB, is not tried on larger pools.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from _told import command_line
from sklearn.linear_model import LogisticRegression

from synda_sk.evaluation._report import versions, write_json
from synda_sk.selection import HybridQuerySelector

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "query_speed.json"
SIZES = [2_000, 10_000, 50_000, 200_000, 1_000_000, 6_300_000]
N_LABELED = 100
MEMORY = 20 * 2**30
PROBA, READ = "limit: predict_proba", "limit: read X"
OURS, OURS_SUM = "synda max", "synda sum"


class Learner:
    """What modAL's query functions ask of a learner."""

    on_transformed = False

    def __init__(self, model: Any, X: np.ndarray) -> None:
        self.predict_proba = model.predict_proba
        self.X_training = X


def modal(name: str, model: Any, X: np.ndarray, y: np.ndarray, batch: int) -> None:
    from modAL.batch import uncertainty_batch_sampling
    from modAL.uncertainty import uncertainty_sampling

    function = {"ranked batch": uncertainty_batch_sampling, "uncertainty": uncertainty_sampling}[name]
    function(Learner(model, X[:N_LABELED]), X[N_LABELED:], n_instances=batch)


def skactiveml(name: str, model: Any, X: np.ndarray, y: np.ndarray, batch: int) -> None:
    from skactiveml import pool
    from skactiveml.classifier import SklearnClassifier

    labels = np.full(len(X), np.nan)
    labels[:N_LABELED] = y
    clf = SklearnClassifier(model, classes=[0, 1]).fit(X[:N_LABELED], y)
    asked = {} if name in ("TypiClust", "CoreSet") else {"clf": clf, "fit_clf": False}
    if name == "Badge of 2,000":
        strategy: Any = pool.SubSamplingWrapper(
            pool.Badge(random_state=0), max_candidates=2000, random_state=0
        )
    else:
        strategy = getattr(pool, name)(random_state=0)
    strategy.query(X, labels, batch_size=batch, **asked)


def synda(params: dict[str, Any], model: Any, X: np.ndarray, y: np.ndarray, batch: int) -> None:
    HybridQuerySelector(**params).query(model, X[N_LABELED:], batch)


WAYS: dict[str, Callable[..., Any]] = {
    READ: lambda model, X, y, batch: X.sum(),
    PROBA: lambda model, X, y, batch: model.predict_proba(X),
    OURS: partial(synda, {}),
    OURS_SUM: partial(synda, {"redundancy": "sum", "density": "cosine"}),
    "synda max, penalty 100": partial(synda, {"redundancy_penalty": 100}),
    "synda sum, penalty 100": partial(
        synda, {"redundancy": "sum", "density": "cosine", "redundancy_penalty": 100}
    ),
    "synda max, lambda 0.8": partial(synda, {"uncertainty_weight": 0.8, "density": "cosine"}),
    "modAL uncertainty": partial(modal, "uncertainty"),
    "modAL ranked batch": partial(modal, "ranked batch"),
    "scikit-activeml uncertainty": partial(skactiveml, "UncertaintySampling"),
    "scikit-activeml BADGE": partial(skactiveml, "Badge"),
    "scikit-activeml BADGE of 2,000": partial(skactiveml, "Badge of 2,000"),
    "scikit-activeml CoreSet": partial(skactiveml, "CoreSet"),
    "scikit-activeml TypiClust": partial(skactiveml, "TypiClust"),
    "scikit-activeml Falcun": partial(skactiveml, "Falcun"),
}

QUICK = [READ, PROBA, OURS, OURS_SUM, "modAL ranked batch", "scikit-activeml BADGE"]


def measure(way: str, n_rows: int, batch: int) -> dict[str, float]:
    """Run one call in this process; a small call first pays for imports."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_rows + N_LABELED, 20))
    y = (X[:N_LABELED] @ rng.normal(size=20) + rng.normal(size=N_LABELED) > 0).astype(int)
    model = LogisticRegression().fit(X[:N_LABELED], y)
    WAYS[way](model, X[: N_LABELED + 300], y, 2)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    WAYS[way](model, X, y, batch)
    seconds = time.process_time() - start
    return {
        "cpu_seconds": seconds,
        "extra_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
    }


def run_fresh(way: str, n_rows: int, batch: int, limit: float) -> dict[str, float] | str:
    """Return what `measure` finds in a process of its own, or why it found nothing."""
    command = [sys.executable, "-W", "ignore", __file__, "--one", way, str(n_rows), str(batch)]
    environment = os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    try:
        found = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=limit + 30, check=False
        )
    except subprocess.TimeoutExpired:
        return f"more than {limit:g} s"
    if found.returncode == 0:
        return json.loads(found.stdout)
    if "MemoryError" in found.stderr or found.returncode < 0:
        return "out of memory"
    raise RuntimeError(f"{way} on {n_rows} rows: {found.stderr}")


def play(content: dict[str, Any], sizes: list[int], batches: dict[str, list[int]], options: Any) -> None:
    """Fill the cells in; those already there are not run again."""
    cells = content["cells"]
    for n_rows in sizes:
        for repeat in range(options.repeats):
            for way in QUICK if options.quick else WAYS:
                for batch in batches.get(way, [100]):
                    key = f"{way}/{batch}/{n_rows}"
                    cell = cells.setdefault(key, {"cpu_seconds": [], "extra_mb": []})
                    smaller = [cells.get(f"{way}/{batch}/{size}", {}) for size in sizes if size < n_rows]
                    if any("gave_up" in other for other in smaller):
                        cell["gave_up"] = "on a smaller pool"
                    if "gave_up" in cell or len(cell["cpu_seconds"]) > repeat:
                        continue
                    found = run_fresh(way, n_rows, batch, options.limit)
                    if isinstance(found, str):
                        cell["gave_up"] = found
                    else:
                        for name, value in found.items():
                            cell[name].append(round(value, 5))
                    write_json(options.out, content)
                    sys.stderr.write(f"{key}: {found}\n")


def summarise(content: dict[str, Any], sizes: list[int]) -> list[dict[str, Any]]:
    """Return a row for each way and batch: medians, ratios to predict_proba and growth."""
    cells = content["cells"]
    table = []
    for way, batch in dict.fromkeys(tuple(key.split("/")[:2]) for key in cells):
        row: dict[str, Any] = {"way": way, "batch": int(batch)}
        known = []
        for n_rows in sizes:
            cell = cells.get(f"{way}/{batch}/{n_rows}", {})
            if not cell.get("cpu_seconds"):
                row[str(n_rows)] = cell.get("gave_up", "not run")
                continue
            seconds = statistics.median(cell["cpu_seconds"])
            limit = cells.get(f"{PROBA}/100/{n_rows}", {}).get("cpu_seconds")
            row[str(n_rows)] = {
                "cpu_seconds": seconds,
                "extra_mb": statistics.median(cell["extra_mb"]),
                "ratio_to_predict_proba": round(seconds / statistics.median(limit), 2) if limit else None,
            }
            if n_rows >= 50_000:
                known.append((n_rows, max(seconds, 1e-6)))
        if len(known) > 1:
            row["growth_exponent_from_50000"] = round(float(np.polyfit(*np.log(known).T, 1)[0]), 3)
        table.append(row)
    return table


def draw(table: list[dict[str, Any]], sizes: list[int], path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, 5), layout="constrained")
    axes = figure.subplots()
    for row in table:
        if row["batch"] != 100 or "penalty" in row["way"] or "lambda" in row["way"]:
            continue
        points = [(n, row[str(n)]["cpu_seconds"]) for n in sizes if isinstance(row[str(n)], dict)]
        style = {"linewidth": 3} if row["way"].startswith("synda") else {"linewidth": 1}
        dashed = {"linestyle": "--", "color": "gray"} if row["way"].startswith("limit") else {}
        axes.plot(*np.array(points).T, marker="o", markersize=3, label=row["way"], **style, **dashed)
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="rows in the pool",
        ylabel="CPU seconds",
        title="A query of 100 rows",
    )
    axes.legend(fontsize=7, loc="upper left")
    figure.savefig(path, dpi=120)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--sizes", type=lambda text: [int(n) for n in text.split(",")], default=SIZES)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--limit", type=float, default=120.0, help="seconds a call may take")
    parser.add_argument("--quick", action="store_true", help="2,000 rows, once, six ways")
    parser.add_argument("--plot", type=Path, help="also draw the medians into this file")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--one", nargs=3, metavar=("WAY", "ROWS", "BATCH"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one[0], int(options.one[1]), int(options.one[2]))))
        return 0
    sizes = [2_000] if options.quick else options.sizes
    batches = {} if options.quick else {OURS: [100, 1000], OURS_SUM: [100, 1000]}
    options.repeats = 1 if options.quick else options.repeats
    content: dict[str, Any] = {"cells": {}}
    if options.out.exists() and not options.quick:
        content["cells"] = json.loads(options.out.read_text())["cells"]
    content |= {
        "command": command_line(),
        "versions": versions(),
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    play(content, sizes, batches, options)
    content["table"] = summarise(content, sizes)
    write_json(options.out, content)
    for row in content["table"]:
        known = {n: row[str(n)] for n in sizes}
        shown = [
            f"{n:,}: {v['cpu_seconds']:.3f} s, {v['extra_mb']:.0f} MB"
            if isinstance(v, dict)
            else f"{n:,}: {v}"
            for n, v in known.items()
        ]
        print(f"{row['way']} ({row['batch']}): " + "; ".join(shown))
    if options.plot:
        draw(content["table"], sizes, options.plot)
    return 0


if __name__ == "__main__":
    sys.exit(main())
