"""Labels saved against random labelling: SynDA, plain entropy and scikit-activeml's strategies.

    python benchmarks/labels_saved.py [--data DIR] [--tables T,...] [--models M,...] [--seeds N] [--quick]

Every arm replays the same splits with the same final model; all but SynDA start
from random labels, and all but SynDA's batch come from the final model's own
probabilities. Finished runs (table, model, arm, seed) are written at once and
never played again. Tests are paired t-tests, one-sided for harm,
Holm-corrected over the table.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from _told import command_line, mean_error
from evidence import TABLES as BINARY
from scipy.stats import ttest_rel
from skactiveml.pool import Badge, CoreSet, Falcun, TypiClust, UncertaintySampling
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from synda_sk import CurriculumMixer, HybridQuerySelector, RandomQuerySelector, SynDAClassifier
from synda_sk.evaluation import run_protocol
from synda_sk.evaluation._report import versions, write_json
from synda_sk.interop.skactiveml import FromSkactiveml
from synda_sk.metrics import area_under_learning_curve, labels_saved
from synda_sk.metrics._signed_rank import holm
from synda_sk.utils import TableEncoder

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "labels_saved.json"
MODELS = {
    "forest": RandomForestClassifier(),
    "logistic": LogisticRegression(max_iter=1000),
    "boosting": HistGradientBoostingClassifier(),
}
PEERS = {
    "uncertainty": UncertaintySampling,
    "badge": Badge,
    "typiclust": TypiClust,
    "coreset": CoreSet,
    "falcun": Falcun,
}


def credit_g(path: Path) -> tuple[pd.DataFrame, np.ndarray, None]:
    frame = pd.read_csv(path)
    return frame.drop(columns="class"), (frame["class"] == "bad").to_numpy(dtype=int), None


def maternal_risk(path: Path) -> tuple[pd.DataFrame, np.ndarray, None]:
    frame = pd.read_csv(path).drop_duplicates(ignore_index=True)
    return frame.drop(columns="RiskLevel"), frame["RiskLevel"].to_numpy(), None


def bundled(load: Any) -> Any:
    def table(_: Path) -> tuple[pd.DataFrame, np.ndarray, None]:
        data = load(as_frame=True)
        return data.data, data.target.to_numpy(), None

    return table


TABLES = {
    "digits": (None, bundled(load_digits)),
    "breast_cancer": (None, bundled(load_breast_cancer)),
    "credit_g": ("credit_g/credit_g.csv.gz", credit_g),
    "maternal_risk": ("maternal_risk/maternal_risk_dedup.csv.gz", maternal_risk),
    **{name: tuple(source) for name, source in BINARY.items() if name != "mobile_money_easy"},
}
SMALL = {"breast_cancer": 200, "credit_g": 300, "maternal_risk": 140}  # budgets of tables of few rows


def budget_of(name: str, quick: bool) -> dict[str, int]:
    budget = 100 if quick else SMALL.get(name, 500)
    return {"label_budget": budget, "initial_labels": budget // 5, "n_rounds": 2 if quick else 10}


def arms(model: Any) -> dict[str, SynDAClassifier]:
    plain = {"initial": "random", "query_estimator": None, "mixer": CurriculumMixer(synthetic_weight=0)}
    return {
        "random": SynDAClassifier(model, selector=RandomQuerySelector(), **plain),
        "entropy": SynDAClassifier(
            model, selector=HybridQuerySelector(uncertainty="entropy", redundancy_penalty=0), **plain
        ),
        "synda": SynDAClassifier(model),
        **{
            name: SynDAClassifier(model, selector=FromSkactiveml(strategy()), **plain)
            for name, strategy in PEERS.items()
        },
    }


def play(X: Any, y: np.ndarray, time: Any, arm: dict[str, Any], seed: int, budget: dict[str, int]) -> Any:
    """Return label counts and scores of every round of one arm on one split."""
    positive = 1 if len(np.unique(y)) == 2 else None
    rounds = run_protocol(
        X,
        y,
        arms=arm,
        reference=next(iter(arm)),
        positive=positive,
        time=time,
        n_seeds=1,
        random_state=seed,
        **budget,
    ).rounds
    measure = "average_precision" if positive else "balanced_accuracy"
    return {
        "measure": measure,
        "n_labels": [r["n_labels"] for r in rounds],
        "score": [r[measure] for r in rounds],
    }


def summarise(runs: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a row for each table, model and arm, over the seeds that all its arms have."""
    cells: dict[str, dict[str, dict[str, Any]]] = {}
    for key, run in runs.items():
        cell, arm, seed = key.rsplit("/", 2)
        cells.setdefault(cell, {}).setdefault(seed, {})[arm] = run
    table = []
    for cell, seeds in cells.items():
        names = list(dict.fromkeys(arm for found in seeds.values() for arm in found))
        whole = [found for found in seeds.values() if set(found) == set(names)]
        if not {"random", "entropy"} <= set(names) or not whole:
            continue
        counts = np.array(whole[0]["random"]["n_labels"])
        scores = {arm: np.array([found[arm]["score"] for found in whole]) for arm in names}
        areas = {arm: np.atleast_1d(area_under_learning_curve(counts, scores[arm])) for arm in names}
        for arm in names:
            saved = labels_saved(counts, scores[arm], scores["random"])
            row: dict[str, Any] = {
                "cell": cell,
                "arm": arm,
                "n_seeds": len(whole),
                "end": mean_error(scores[arm][:, -1]),
                "area": mean_error(areas[arm]),
                "labels_saved": None if np.isnan(saved) else float(saved),
                "rank_by_area": 1 + sum(bool(areas[other].mean() > areas[arm].mean()) for other in names),
            }
            for reference in ("random", "entropy"):
                if arm != reference and len(whole) > 1:
                    row[f"minus {reference}"] = mean_error(scores[arm][:, -1] - scores[reference][:, -1])
                    p = ttest_rel(scores[arm][:, -1], scores[reference][:, -1], alternative="less").pvalue
                    row[f"p of harm against {reference}"] = 1.0 if np.isnan(p) else float(p)
            table.append(row)
    for reference in ("random", "entropy"):
        for arm in {row["arm"] for row in table}:
            tested = [r for r in table if r["arm"] == arm and f"p of harm against {reference}" in r]
            corrected = holm([row[f"p of harm against {reference}"] for row in tested])
            for row, p in zip(tested, corrected.tolist(), strict=True):
                row[f"p of harm against {reference}, Holm"] = p
    return table


def show(table: list[dict[str, Any]]) -> None:
    for row in table:
        saved = "never" if row["labels_saved"] is None else f"{row['labels_saved']:.0%}"
        print(
            f"{row['cell']:30s} {row['arm']:12s} n={row['n_seeds']:2d} end {row['end'][0]:.3f} "
            f"area {row['area'][0]:.3f} (rank {row['rank_by_area']}) saved {saved}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--data", type=Path, default=Path("data"), help="relative to the project root")
    parser.add_argument("--tables", default=",".join(TABLES))
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--quick", action="store_true", help="1 seed, 100 labels, breast_cancer, linear")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    names = ["breast_cancer"] if options.quick else options.tables.split(",")
    models = ["logistic"] if options.quick else options.models.split(",")
    content: dict[str, Any] = json.loads(options.out.read_text()) if options.out.exists() else {"runs": {}}
    content |= {
        "command": command_line(),
        "versions": versions(),
        "budgets": {name: budget_of(name, options.quick) for name in names},
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    for seed in range(1 if options.quick else options.seeds):
        for name in names:
            file, load = TABLES[name]
            path = ROOT / options.data / (file or "")
            if file and not path.is_file():
                print(f"{name}: skipped: DATA absent ({file})")
                continue
            X, y, time = load(path)
            for kind in models:
                for arm, classifier in arms(make_pipeline(TableEncoder(), MODELS[kind])).items():
                    key = f"{name}/{kind}/{arm}/{seed}"
                    if key in content["runs"]:
                        continue
                    budget = budget_of(name, options.quick)
                    content["runs"][key] = play(X, y, time, {arm: classifier}, seed, budget)
                    write_json(options.out, content)
                    sys.stderr.write(f"{key} done\n")
    content["table"] = summarise(content["runs"])
    write_json(options.out, content)
    show(content["table"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
