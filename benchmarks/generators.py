"""What a generator costs and what its rows are worth: ours by name, the SDV's by name and by itself.

    python benchmarks/generators.py [--data DIR] [--tables T,...] [--sizes N,...] [--generators G,...]
                                    [--seeds N] [--quick] [--out FILE]

Each cell (table, rows, generator, seed) runs in a fresh process on one core:
CPU seconds and extra peak memory of ``fit`` and 1,000 rows, bytes of the
fitted state (pickle), number of network parameters, and the worth of the rows.
TSTR, train on synthetic and test on real, is the ROC AUC (balanced accuracy
with more classes) on held-out real rows of a model fitted to as many synthetic
rows as there were real ones, at least 1,000; "real" trains on the real ones.
Finished cells are written at once and never run again.
"""

import argparse
import importlib.util
import json
import os
import pickle
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from _told import command_line
from real_tables import bank_marketing
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from synda_sk.datasets import make_mobile_money
from synda_sk.evaluation._report import versions, write_json
from synda_sk.generators import make_generator
from synda_sk.utils import TableEncoder

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "generators.json"
N_TIMED, MAX_TEST = 1_000, 5_000
MODELS = {
    "boosting": HistGradientBoostingClassifier(min_samples_leaf=5, random_state=0),
    "logistic": LogisticRegression(max_iter=2000),
}


def adult(path: Path) -> tuple[pd.DataFrame, np.ndarray]:
    frame = pd.read_csv(path)
    return frame.drop(columns=["income", "split"]), frame["income"].str.contains(">50K").to_numpy(dtype=int)


def phoneme(path: Path) -> tuple[pd.DataFrame, np.ndarray]:
    frame = pd.read_csv(path)
    return frame.drop(columns="class"), (frame["class"] == 1).to_numpy(dtype=int)


def maternal_risk(path: Path) -> tuple[pd.DataFrame, np.ndarray]:
    frame = pd.read_csv(path).drop_duplicates(ignore_index=True)
    return frame.drop(columns="RiskLevel"), frame["RiskLevel"].to_numpy()


def breast_cancer(_: Path) -> tuple[pd.DataFrame, np.ndarray]:
    data = load_breast_cancer(as_frame=True)
    return data.data, data.target.to_numpy()


def mobile_money(_: Path) -> tuple[pd.DataFrame, np.ndarray]:
    X, y = make_mobile_money(10_000, fraud_rate=0.02, difficulty="hard", random_state=0)
    return X, np.asarray(y)


TABLES = {
    "adult": ("adult/adult.csv.gz", adult),
    "bank_marketing": ("bank_marketing/bank_marketing.csv.gz", bank_marketing),
    "phoneme": ("phoneme/phoneme.csv.gz", phoneme),
    "maternal_risk": ("maternal_risk/maternal_risk_dedup.csv.gz", maternal_risk),
    "mobile_money_hard": (None, mobile_money),
    "breast_cancer": (None, breast_cancer),
}


class Alone:
    """A synthesizer of the SDV as its own manual uses it: all defaults, the label a column."""

    def __init__(self, name: str, epochs: int | None = None, random_state: int = 0) -> None:
        self.name, self.epochs, self.random_state = name, epochs, random_state

    def fit(self, X: pd.DataFrame, y: np.ndarray) -> "Alone":
        import sdv.single_table
        import torch
        from sdv.metadata import Metadata

        np.random.seed(self.random_state)  # noqa: NPY002
        torch.manual_seed(self.random_state)
        frame = X.assign(target=[f"class {label}" for label in y])
        frame = frame.astype({c: object for c in frame if frame[c].dtype.name in ("category", "bool", "str")})
        kinds = {c: {"sdtype": "numerical" if frame[c].dtype.kind in "iuf" else "categorical"} for c in frame}
        metadata = Metadata.load_from_dict({"tables": {"t": {"columns": kinds}}})
        options = {"enable_gpu": False} | ({"epochs": self.epochs} if self.epochs else {})
        self.synthesizer = getattr(sdv.single_table, self.name)(metadata, **options)
        self.synthesizer.fit({"t": frame})
        self.labels = {f"class {label}": label for label in np.unique(y)}
        return self

    def sample(self, n_samples: int) -> tuple[pd.DataFrame, np.ndarray]:
        frame = self.synthesizer.sample(n_samples)["t"]
        return frame.drop(columns="target"), frame["target"].map(self.labels).to_numpy()


GENERATORS: dict[str, tuple[str | None, dict[str, Any]]] = {  # package, a quick fit
    "real": (None, {}),
    "gaussian": (None, {}),
    "copula": (None, {}),
    "kde": (None, {}),
    "smote": ("imblearn", {}),
    "vae": ("torch", {"max_steps": 2}),
    "gan": ("torch", {"max_steps": 2}),
    "gaussian_copula": ("sdv", {}),
    "tvae": ("sdv", {"synthesizer_params": {"epochs": 1}}),
    "ctgan": ("sdv", {"synthesizer_params": {"epochs": 1}}),
    "copula_gan": ("sdv", {"synthesizer_params": {"epochs": 1}}),
    "SDV alone: TVAE": ("sdv", {"epochs": 1}),
    "SDV alone: CTGAN": ("sdv", {"epochs": 1}),
}


def build(name: str, seed: int, quick: bool = False) -> Any:
    params = GENERATORS[name][1] if quick else {}
    if name.startswith("SDV alone"):
        return Alone(f"{name.split()[-1]}Synthesizer", random_state=seed, **params)
    generator = make_generator(name, params)
    return generator.set_params(random_state=seed)


def n_parameters(generator: Any) -> int | None:
    """Count the numbers of the networks that draw rows; None where there is no network."""
    if hasattr(generator, "n_parameters_"):
        return generator.n_parameters_
    total = 0
    for synthesizer in getattr(generator, "synthesizers_", [getattr(generator, "synthesizer", None)]):
        model = getattr(synthesizer, "_model", None)
        network = getattr(model, "decoder", None) or getattr(model, "_generator", None)
        if network is not None:
            total += sum(p.numel() for p in network.parameters())
    return total or None


def score(model: Any, X: Any, y: np.ndarray, X_test: Any, y_test: np.ndarray) -> float:
    classes = np.unique(y_test)
    if len(np.unique(y)) < 2:
        return 1 / len(classes)
    model = make_pipeline(TableEncoder(), model).fit(X, y)
    if len(classes) == 2:
        return roc_auc_score(y_test, model.predict_proba(X_test)[:, 1])
    return balanced_accuracy_score(y_test, model.predict(X_test))


def worth(train: Any, test: Any, synthetic: Any) -> dict[str, float]:
    """Return what the synthetic rows are worth, by name; a new column is a new entry here."""
    return {f"tstr_{name}": score(model, *synthetic, *test) for name, model in MODELS.items()}


def split(table: str, data: Path, n_rows: int, seed: int) -> Any:
    file, load = TABLES[table]
    X, y = load(data / (file or ""))[:2]
    n_test = min(MAX_TEST, len(y) - n_rows)
    X, X_test, y, y_test = train_test_split(
        X, y, train_size=n_rows, test_size=n_test, stratify=y, random_state=seed
    )
    return (X.reset_index(drop=True), y), (X_test.reset_index(drop=True), y_test)


def measure(table: str, data: Path, n_rows: int, name: str, seed: int) -> dict[str, Any]:
    """Run one cell in this process; a small fit first pays for imports."""
    (X, y), test = split(table, data, n_rows, seed)
    if name == "real":
        return worth((X, y), test, (X, y))
    few = np.concatenate([np.flatnonzero(y == label)[:6] for label in np.unique(y)])
    build(name, 0, quick=True).fit(X.iloc[few].reset_index(drop=True), y[few]).sample(2)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    generator = build(name, seed).fit(X, y)
    fitted = time.process_time()
    rows = generator.sample(N_TIMED)
    end = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if n_rows > N_TIMED:
        rows = generator.sample(n_rows)
    return {
        "fit_cpu_seconds": fitted - start,
        "cpu_seconds": end - start,
        "extra_mb": (peak - before) / 1024,
        "pickle_bytes": len(pickle.dumps(generator)),
        "n_parameters": n_parameters(generator),
        **worth((X, y), test, rows),
    }


def run_fresh(cell: tuple[Any, ...], data: Path) -> dict[str, Any]:
    """Return what `measure` finds in a process of its own, or the error it ended with."""
    command = [sys.executable, "-W", "ignore", __file__, "--data", str(data), "--one", *map(str, cell)]
    environment = os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if found.returncode:
        return {"error": found.stderr.strip().splitlines()[-1][:300] if found.stderr else "killed"}
    return json.loads(found.stdout.splitlines()[-1])


def play(content: dict[str, Any], options: Any) -> None:
    """Fill the cells in; those already there are not run again."""
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        for table in options.tables:
            file, _ = TABLES[table]
            if file and not (options.data / file).is_file():
                content["skipped"][table] = f"DATA absent ({file} is not in the folder given by --data)"
                continue
            for n_rows in options.sizes:
                if (table == "maternal_risk" and n_rows > 300) or (table == "breast_cancer" and n_rows > 400):
                    n_rows = 300 if table == "maternal_risk" else 400  # some rows must be left to test on
                for name in options.generators:
                    package = GENERATORS[name][0]
                    if package and importlib.util.find_spec(package) is None:
                        content["skipped"][name] = f"{package} is not installed"
                        continue
                    key = f"{table}/{n_rows}/{name}/{seed}"
                    if key not in content["cells"]:
                        content["cells"][key] = run_fresh((table, n_rows, name, seed), options.data)
                        write_json(options.out, content)
                        sys.stderr.write(f"{key}: {content['cells'][key]}\n")


def mean_spread(values: list[Any]) -> list[float] | None:
    known = [value for value in values if value is not None]
    if not known:
        return None
    return [float(np.mean(known)), float(np.std(known, ddof=1)) if len(known) > 1 else 0.0]


def summarise(cells: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a row for each table, size and generator: mean and standard deviation over the seeds."""
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for key, cell in cells.items():
        table, n_rows, name, _ = key.split("/")
        found.setdefault((table, n_rows, name), []).append(cell)
    rows = []
    for (table, n_rows, name), group in found.items():
        whole = [cell for cell in group if "error" not in cell]
        row: dict[str, Any] = {"table": table, "rows": int(n_rows), "generator": name, "n_seeds": len(whole)}
        row |= {"errors": [cell["error"] for cell in group if "error" in cell]}
        row |= {measure: mean_spread([cell[measure] for cell in whole]) for measure in (whole or [{}])[0]}
        rows.append(row)
    return rows


def show(table: list[dict[str, Any]]) -> None:
    for row in table:
        words = [f"{row['table']} {row['rows']} {row['generator']} ({row['n_seeds']} seeds)"]
        for name, found in row.items():
            if isinstance(found, list) and name != "errors":
                words.append(f"{name} {found[0]:.4g} ± {found[1]:.2g}")
        print(", ".join(words + row["errors"]))


def words_of(text: str) -> list[str]:
    return text.split(",")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--data", type=Path, default=Path("data"), help="relative to the project root")
    parser.add_argument("--tables", type=words_of, default=list(TABLES))
    parser.add_argument("--sizes", type=lambda text: [int(n) for n in text.split(",")], default=[500])
    parser.add_argument("--generators", type=words_of, default=list(GENERATORS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="a bundled table, 100 rows, generators of ours")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--one", nargs=4, metavar=("TABLE", "ROWS", "NAME", "SEED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.data = ROOT / options.data
    if options.one:
        table, n_rows, name, seed = options.one
        print(json.dumps(measure(table, options.data, int(n_rows), name, int(seed))))
        return 0
    if options.quick:
        options.tables, options.sizes, options.seeds = ["breast_cancer"], [100], 1
        options.generators = ["real", "gaussian", "copula", "kde", "vae"]
    content: dict[str, Any] = {"commands": [], "cells": {}}
    if options.out.exists():
        content |= json.loads(options.out.read_text())
    command = command_line()
    content["commands"] = list(dict.fromkeys([*content["commands"], command]))
    content |= {"versions": versions(), "skipped": {}}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    play(content, options)
    content["table"] = summarise(content["cells"])
    write_json(options.out, content)
    show(content["table"])
    for name, reason in content["skipped"].items():
        print(f"{name}: skipped: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
