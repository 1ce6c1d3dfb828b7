"""Fraud at its natural rate: 0.1 % in a pool of 40,000 transactions, 600 labels.

    python benchmarks/natural_rate.py [--seeds N] [--quick] [--out FILE]

How many of the pool's frauds SynDA and random labelling find, and what a forest
trained on those labels is worth on later transactions beside one trained on the
whole pool (the oracle). Each seed simulates its own table.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
from _told import command_line
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import average_precision_score
from sklearn.pipeline import make_pipeline

from synda_sk import CurriculumMixer, RandomQuerySelector, SynDAClassifier
from synda_sk.datasets import make_mobile_money
from synda_sk.evaluation._report import versions, write_json
from synda_sk.metrics import mean_standard_error
from synda_sk.utils import TableEncoder

ROOT = Path(__file__).resolve().parents[1]
RATE, LATER = 0.001, 0.3
FOREST = make_pipeline(TableEncoder(), RandomForestClassifier())


def play(seed: int, difficulty: str, n_pool: int, budget: dict[str, int]) -> dict[str, Any]:
    X, y = make_mobile_money(
        round(n_pool / (1 - LATER)), fraud_rate=RATE, difficulty=difficulty, random_state=seed
    )
    y = np.asarray(y)
    pool, later = np.arange(n_pool), np.arange(n_pool, len(y))
    arms = {
        "synda": SynDAClassifier(FOREST, classes=[0, 1]),
        "random": SynDAClassifier(
            FOREST,
            classes=[0, 1],
            selector=RandomQuerySelector(),
            initial="random",
            mixer=CurriculumMixer(synthetic_weight=0),
            query_estimator=None,
        ),
    }
    result: dict[str, Any] = {
        "seed": seed,
        "frauds_in_pool": int(y[pool].sum()),
        "frauds_later": int(y[later].sum()),
    }
    for name, arm in arms.items():
        clf = arm.set_params(random_state=seed, **budget).fit(X.iloc[pool], y[pool])
        score = clf.predict_proba(X.iloc[later])[:, 1]
        result[name] = {
            "found": [stage["n_per_class"][1] for stage in clf.history_],
            "share_found": clf.history_[-1]["n_per_class"][1] / result["frauds_in_pool"],
            "average_precision": average_precision(y[later], score),
        }
    oracle = clone(FOREST).set_params(randomforestclassifier__random_state=seed).fit(X.iloc[pool], y[pool])
    score = oracle.predict_proba(X.iloc[later])[:, 1]
    result["oracle"] = {"average_precision": average_precision(y[later], score)}
    return result


def average_precision(y: np.ndarray, score: np.ndarray) -> float | None:
    return float(average_precision_score(y, score)) if y.any() else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--quick", action="store_true", help="1 seed, a pool of 10,000, 200 labels")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "natural_rate.json")
    options = parser.parse_args()
    n_pool, n_seeds = (10_000, 1) if options.quick else (40_000, options.seeds)
    budget = {"label_budget": 600, "initial_labels": 200, "n_rounds": 10}
    if options.quick:
        budget = {"label_budget": 200, "initial_labels": 100, "n_rounds": 2}
    content: dict[str, Any] = {
        "command": command_line(),
        "versions": versions(),
        "fraud_rate": RATE,
        "n_pool": n_pool,
        "budget": budget,
    }
    for difficulty in ("easy", "medium", "hard"):
        runs = []
        for seed in range(n_seeds):
            runs.append(play(seed, difficulty, n_pool, budget))
            sys.stderr.write(f"{difficulty}, seed {seed} done\n")
        summary = {}
        for arm, key in (
            ("synda", "share_found"),
            ("random", "share_found"),
            ("synda", "average_precision"),
            ("random", "average_precision"),
            ("oracle", "average_precision"),
        ):
            told = [run for run in runs if key == "share_found" or run["frauds_later"]]
            if not told:
                print(f"{difficulty:6s} {arm:7s} {key:18s} no fraud among the later transactions")
                continue
            values = np.array([[run[arm][key]] for run in told])
            mean, error = (float(value[0]) for value in mean_standard_error(values))
            summary[f"{arm} {key}"] = {"mean": mean, "standard_error": None if np.isnan(error) else error}
            print(f"{difficulty:6s} {arm:7s} {key:18s} {mean:.3f} ({error:.3f})")
        content[difficulty] = {"summary": summary, "runs": runs}
        write_json(options.out, content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
