"""The table of evidence: six ways to spend 500 labels, on real and simulated tables, forest and linear model.

    python benchmarks/evidence.py [--data DIR] [--tables NAME,...] [--seeds N] [--quick] [--out FILE]

Random labelling, plain entropy, SynDA without and with synthetic rows, and, on
the random labels at the end of the budget, self-training and label spreading.
Finished cells (table, model, seed) are written at once and never played again:
run it anew with more seeds and it goes on; an arm missing from a cell is played.
Tests are paired t-tests, one-sided for harm, Holm-corrected over the cells.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from _told import command_line
from real_tables import bank_marketing, paysim_kaggle, vehicle_fraud
from scipy.stats import ttest_rel
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.semi_supervised import LabelSpreading, SelfTrainingClassifier

from synda_sk import CurriculumMixer, HybridQuerySelector, RandomQuerySelector, SynDAClassifier
from synda_sk.datasets import make_mobile_money
from synda_sk.evaluation import held_out_split, run_protocol
from synda_sk.evaluation._report import versions, write_json
from synda_sk.metrics import area_under_learning_curve, labels_saved, learning_curves
from synda_sk.metrics._signed_rank import holm
from synda_sk.utils import TableEncoder

ROOT = Path(__file__).resolve().parents[1]
BUDGET = {"label_budget": 500, "initial_labels": 100, "n_rounds": 10}
QUICK = {"label_budget": 120, "initial_labels": 60, "n_rounds": 2}
POOL_ROWS = 3_000  # unlabelled rows the semi-supervised arms see
SEMI_SUPERVISED = ("self-training", "label spreading")
ARMS = ("random", "entropy", "synda, real rows", "synda", *SEMI_SUPERVISED)
MODELS = {
    "forest": make_pipeline(TableEncoder(), RandomForestClassifier()),
    "logistic": make_pipeline(TableEncoder(), LogisticRegression(max_iter=1000)),
}


class WithPool(ClassifierMixin, BaseEstimator):
    """A semi-supervised classifier that finds its unlabelled rows in a parameter."""

    def __init__(self, method: str, model: Any, pool: Any) -> None:
        self.method = method
        self.model = model
        self.pool = pool

    def fit(self, X: Any, y: Any) -> "WithPool":
        self.encoder_ = clone(self.model[0]).fit(pd.concat([X, self.pool]))
        rows = self.encoder_.transform(pd.concat([X, self.pool]))
        partly = np.concatenate([y, np.full(len(self.pool), -1)])
        learner = (
            SelfTrainingClassifier(clone(self.model[1]), threshold=0.9)
            if self.method == "self-training"
            else LabelSpreading(kernel="knn", n_neighbors=7)
        )
        self.learner_ = learner.fit(rows, partly)
        self.classes_ = self.learner_.classes_
        return self

    def predict_proba(self, X: Any) -> Any:
        return np.nan_to_num(self.learner_.predict_proba(self.encoder_.transform(X)))

    def predict(self, X: Any) -> Any:
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class Source(NamedTuple):
    file: str | None
    load: Callable[[Path], Any]


def adult_two_percent(path: Path) -> tuple[pd.DataFrame, np.ndarray, None]:
    frame = pd.read_csv(path)
    y = frame["income"].str.contains(">50K").to_numpy(dtype=int)
    rng = np.random.default_rng(0)
    rows = np.concatenate(
        [
            rng.choice(np.flatnonzero(y == 1), 306, replace=False),
            rng.choice(np.flatnonzero(y == 0), 15_000, replace=False),
        ]
    )
    rows.sort()
    return frame.iloc[rows].drop(columns=["income", "split"]).reset_index(drop=True), y[rows], None


def phoneme(path: Path) -> tuple[pd.DataFrame, np.ndarray, None]:
    frame = pd.read_csv(path)
    return frame.drop(columns="class"), (frame["class"] == 1).to_numpy(dtype=int), None


def mobile_money(difficulty: str) -> Callable[[Path], Any]:
    def load(_: Path) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
        X, y = make_mobile_money(20_000, fraud_rate=0.01, difficulty=difficulty, random_state=0)
        return X, np.asarray(y), np.arange(len(y))

    return load


TABLES = {
    "vehicle_fraud": Source("vehicle_fraud/vehicle_fraud.csv.gz", lambda path: vehicle_fraud(path)[:3]),
    "bank_marketing": Source("bank_marketing/bank_marketing.csv.gz", lambda path: bank_marketing(path)[:3]),
    "adult_2_percent": Source("adult/adult.csv.gz", adult_two_percent),
    "phoneme": Source("phoneme/phoneme.csv.gz", phoneme),
    "paysim_kaggle": Source("paysim_kaggle/paysim_kaggle.parquet", lambda path: paysim_kaggle(path)[:3]),
    "mobile_money_easy": Source(None, mobile_money("easy")),
    "mobile_money_medium": Source(None, mobile_money("medium")),
    "mobile_money_hard": Source(None, mobile_money("hard")),
}


def arms(model: Any) -> dict[str, SynDAClassifier]:
    real = CurriculumMixer(synthetic_weight=0)
    plain = {"initial": "random", "mixer": real, "query_estimator": None}
    return {
        "random": SynDAClassifier(model, selector=RandomQuerySelector(), **plain),
        "entropy": SynDAClassifier(model, selector=HybridQuerySelector(redundancy_penalty=0), **plain),
        "synda, real rows": SynDAClassifier(model, mixer=real),
        "synda": SynDAClassifier(model),
    }


def play(
    X: pd.DataFrame,
    y: np.ndarray,
    time: Any,
    model: Any,
    seed: int,
    budget: dict[str, int],
    played: set[str],
) -> list[Any]:
    """Return the records of one cell, all arms on one split, save those of the arms played before."""
    common = {"positive": 1, "time": time, "n_seeds": 1, "random_state": seed}
    rounds = []
    active = {name: arm for name, arm in arms(model).items() if name not in played}
    if active:
        rounds += run_protocol(X, y, arms=active, **common, **budget).rounds
    methods = [method for method in SEMI_SUPERVISED if method not in played]
    if methods:
        rounds += run_protocol(
            X, y, arms=semi_supervised(X, y, time, model, seed, budget, methods), **common, **budget
        ).rounds
    wanted = ("arm", "seed", "n_labels", "average_precision", "recall_at_alerts", "positives_found", "kept")
    return [{key: record[key] for key in wanted} for record in rounds]


def semi_supervised(
    X: pd.DataFrame,
    y: np.ndarray,
    time: Any,
    model: Any,
    seed: int,
    budget: dict[str, int],
    methods: list[str],
) -> dict[str, SynDAClassifier]:
    """Return the semi-supervised arms, which are given the labels that random labelling ends with."""
    train, _ = held_out_split(y, time=time, test_size=0.3, seed=seed)
    rng = np.random.default_rng(seed)
    pool = X.iloc[rng.choice(train, min(POOL_ROWS, len(train)), replace=False)]
    blind = arms(DummyClassifier())["random"].set_params(random_state=seed, **budget)
    labelled = np.flatnonzero(blind.fit(X.iloc[train], y[train]).labeled_iter_ >= 0)
    return {
        method: SynDAClassifier(
            WithPool(method, model, pool), initial=labelled, mixer=CurriculumMixer(synthetic_weight=0)
        )
        for method in methods
    }


def summarise(cells: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """Return a row for each table, model and arm over its whole cells, with Holm-corrected tests of harm."""
    table = []
    cells = {key: found for key, found in cells.items() if {r["arm"] for r in found}.issuperset(ARMS)}
    for name in dict.fromkeys(key.rsplit("/", 1)[0] for key in cells):
        records = [
            record for key, found in cells.items() if key.rsplit("/", 1)[0] == name for record in found
        ]
        curves = learning_curves(records, "average_precision")
        ends = {arm: scores[:, -1] for arm, (_, _, scores) in curves.items()}
        for arm, (seeds, counts, scores) in curves.items():
            row: dict[str, Any] = {"cell": name, "arm": arm, "n_seeds": len(seeds)}
            row["end"] = [float(ends[arm].mean()), _error(ends[arm])]
            if len(counts) > 1:
                areas = np.atleast_1d(area_under_learning_curve(counts, scores))
                row["area"] = [float(areas.mean()), _error(areas)]
                saved = labels_saved(counts, scores, curves["random"][2])
                row["labels_saved"] = None if np.isnan(saved) else float(saved)
            for reference in ("random", "entropy"):
                if arm != reference and len(seeds) > 1:
                    difference = ends[arm] - ends[reference]
                    p = ttest_rel(ends[arm], ends[reference], alternative="less").pvalue
                    row[f"minus {reference}"] = [float(difference.mean()), _error(difference)]
                    row[f"p of harm against {reference}"] = 1.0 if np.isnan(p) else float(p)
            table.append(row)
    for reference in ("random", "entropy"):
        for arm in ("synda", "synda, real rows"):
            tested = [r for r in table if r["arm"] == arm and f"p of harm against {reference}" in r]
            corrected = holm([row[f"p of harm against {reference}"] for row in tested])
            for row, p in zip(tested, corrected.tolist(), strict=True):
                row[f"p of harm against {reference}, Holm"] = p
    return table


def _error(values: np.ndarray) -> float | None:
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else None


def show(table: list[dict[str, Any]]) -> None:
    for row in table:
        error = "" if row["end"][1] is None else f" ({row['end'][1]:.3f})"
        saved = "" if row.get("labels_saved") is None else f"  saved {row['labels_saved']:.0%}"
        against = "".join(
            f"  {reference} {row[f'minus {reference}'][0]:+.3f}"
            for reference in ("random", "entropy")
            if f"minus {reference}" in row
        )
        print(f"{row['cell']:28s} {row['arm']:18s} n={row['n_seeds']:2d}", end=" ")
        print(f"{row['end'][0]:.3f}{error}{saved}{against}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--data", type=Path, default=Path("data"), help="relative to the project root")
    parser.add_argument("--tables", default=",".join(TABLES))
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--quick", action="store_true", help="1 seed, 120 labels, the simulated tables alone")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "evidence.json")
    options = parser.parse_args()
    names = ["mobile_money_easy", "mobile_money_hard"] if options.quick else options.tables.split(",")
    budget, n_seeds = (QUICK, 1) if options.quick else (BUDGET, options.seeds)
    content: dict[str, Any] = json.loads(options.out.read_text()) if options.out.exists() else {"cells": {}}
    content |= {
        "command": command_line(),
        "versions": versions(),
        "budget": budget,
        "semi_supervised_pool_rows": POOL_ROWS,
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    for seed in range(n_seeds):
        for name in names:
            source = TABLES[name]
            path = ROOT / options.data / (source.file or "")
            if source.file and not path.is_file():
                print(f"{name}: skipped: DATA absent ({source.file})")
                continue
            X, y, time = source.load(path)
            for kind, model in MODELS.items():
                key = f"{name}/{kind}/{seed}"
                found = content["cells"].get(key, [])
                played = {record["arm"] for record in found}
                if played.issuperset(ARMS):
                    continue
                content["cells"][key] = found + play(X, y, time, model, seed, budget, played)
                content["table"] = summarise(content["cells"])
                write_json(options.out, content)
                sys.stderr.write(f"{key} done\n")
    content["table"] = summarise(content["cells"])
    write_json(options.out, content)
    show(content["table"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
