"""Synthetic rows against their rivals, all given the same few labels and the same test rows.

    python benchmarks/augmentation.py [--data DIR] [--arms A,...] [--redo A,...] [--seeds N] [--quick]

The test part of a table is drawn once (30 %, stratified; the last 30 % where rows
have a time). A seed draws the labels from the training part: n random rows, drawn
anew until every class is among them. All arms of a cell (table, n, model) see the
same labels and model seed. Augmenters of the SDV add as many rows as ours does,
equally many a class, at its weight (beta = 0.1), in every cell. SMOTE is
imbalanced-learn's on the raw columns (SMOTENC where some are categories, numbers
imputed by their median), up to parity, with min(5, rows of the class - 1)
neighbours; the only row of a class is copied. Semi-supervised arms and ours may see
3,000 unlabelled rows of the training part, "ours without pool" none. The soft vote has no synthetic row.

Scores: average precision, balanced accuracy for three classes. Gains are relative
to the mean of the real rows alone; tests are paired t-tests, one-sided for harm,
Holm-corrected over the cells of an arm. Finished scores are written at once and
never computed again, except those of the arms in --redo.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from _told import command_line, mean_error
from evidence import TABLES as EVIDENCE
from evidence import WithPool
from labels_saved import credit_g, maternal_risk
from scipy.stats import ttest_rel
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, balanced_accuracy_score
from sklearn.pipeline import make_pipeline

from synda_sk import SynDAClassifier, SyntheticAugmenter
from synda_sk.evaluation import held_out_split
from synda_sk.evaluation._report import versions, write_json
from synda_sk.metrics._signed_rank import holm
from synda_sk.utils import TableEncoder, concat_rows, fit_weighted

ROOT = Path(__file__).resolve().parents[1]
SIZES = (50, 100, 200, 500)
POOL_ROWS = 3_000
BETA = 0.1
MODELS: dict[str, Callable[[int], Any]] = {
    "logistic": lambda seed: LogisticRegression(max_iter=1000),
    "forest": lambda seed: RandomForestClassifier(random_state=seed),
    "boosting": lambda seed: HistGradientBoostingClassifier(random_state=seed),
}
SDV = ("gaussian_copula", "tvae", "ctgan", "copula_gan")
DEEP_SEEDS = 3  # seeds of the networks, which take up to a minute a fit
OWN_MODEL = ("label spreading", "soft vote")  # the same whatever model they are compared with
QUICK_ARMS = ("real", "class weights", "ours", "soft vote")
TABLES: dict[str, tuple[str | None, Callable[[Path], Any]]] = {
    "vehicle_fraud": tuple(EVIDENCE["vehicle_fraud"]),
    "bank_marketing": tuple(EVIDENCE["bank_marketing"]),
    "credit_g": ("credit_g/credit_g.csv.gz", credit_g),
    "adult_2_percent": tuple(EVIDENCE["adult_2_percent"]),
    "phoneme": tuple(EVIDENCE["phoneme"]),
    "maternal_risk": ("maternal_risk/maternal_risk_dedup.csv.gz", maternal_risk),
    "paysim_kaggle": tuple(EVIDENCE["paysim_kaggle"]),
    "mobile_money_hard": tuple(EVIDENCE["mobile_money_hard"]),
    "breast_cancer": (None, lambda _: (*load_breast_cancer(return_X_y=True, as_frame=True), None)),
}
FULL = [name for name in TABLES if name != "breast_cancer"]


class Draw:
    """The labelled rows of one seed, the pool, and the test rows."""

    def __init__(self, X: pd.DataFrame, y: np.ndarray, parts: Any, n: int, seed: int) -> None:
        train, test = parts
        rng = np.random.default_rng([seed, n])
        n_classes = len(np.unique(y))
        while True:
            order = rng.permutation(train)
            if len(np.unique(y[order[:n]])) == n_classes:
                break
        self.X, self.y = X.iloc[order[:n]].reset_index(drop=True), y[order[:n]]
        self.pool = X.iloc[order[n : n + POOL_ROWS]].reset_index(drop=True)
        self.X_test, self.y_test = X.iloc[test], y[test]
        self.n_classes, self.seed = n_classes, seed

    def score(self, model: Any) -> float:
        if self.n_classes > 2:
            return float(balanced_accuracy_score(self.y_test, model.predict(self.X_test)))
        return float(average_precision_score(self.y_test, model.predict_proba(self.X_test)[:, 1]))


def prepare(name: str, folder: Path) -> tuple[pd.DataFrame, np.ndarray, Any]:
    """Return rows, labels as codes, and the two parts that are the same for every seed."""
    file, load = TABLES[name]
    X, y, time = load(folder / (file or ""))
    codes = np.unique(y, return_inverse=True)[1]
    return X, codes, held_out_split(codes, time=time, test_size=0.3, seed=0)


def imputed(X: pd.DataFrame) -> pd.DataFrame:
    return X.fillna(X.median(numeric_only=True))


def play(arm: str, draw: Draw, models: list[str]) -> dict[str, float]:
    """Return the score of each model under one arm; what does not depend on the model is made once."""
    X, y, seed = draw.X, draw.y, draw.seed
    pipes = {kind: make_pipeline(TableEncoder(), MODELS[kind](seed)) for kind in models}
    if arm in OWN_MODEL:
        if arm == "soft vote":
            pair = [("forest", MODELS["forest"](seed)), ("logistic", MODELS["logistic"](seed))]
            model = make_pipeline(TableEncoder(), VotingClassifier(pair, voting="soft"))
        else:
            model = WithPool(arm, pipes[models[0]], draw.pool)
        return dict.fromkeys(models, draw.score(model.fit(X, y)))
    weight = None
    if arm == "class weights":
        for pipe in pipes.values():
            pipe[-1].set_params(class_weight="balanced")
    elif arm == "self-training":
        pipes = {kind: WithPool(arm, pipe, draw.pool) for kind, pipe in pipes.items()}
    elif arm in ("ours", "ours without pool"):
        if arm == "ours":
            X, y = pd.concat([X, draw.pool], ignore_index=True), np.r_[y, np.full(len(draw.pool), np.nan)]
        pipes = {kind: SynDAClassifier(pipe, random_state=seed) for kind, pipe in pipes.items()}
    elif arm in ("smote", "over-sampling"):
        if arm == "smote":
            sampler = SyntheticAugmenter("smote", random_state=seed)
        else:
            from imblearn.over_sampling import RandomOverSampler

            sampler = RandomOverSampler(random_state=seed)
        X, y = sampler.fit_resample(imputed(X), y)
    elif arm in SDV:
        n, n_new = len(y), int(np.clip(2 * len(y), 200, 600))
        X_new, y_new = SyntheticAugmenter(arm, random_state=seed).fit(X, y).sample(n_new)
        X, y = concat_rows(X, X_new), np.r_[y, y_new]
        weight = np.r_[np.ones(n), np.full(n_new, n * BETA / (1 - BETA) / n_new)]
    elif arm != "real":
        raise ValueError(f"arm == {arm!r}, must be one of {', '.join(ARMS)}.")
    for pipe in pipes.values():
        if weight is None:
            pipe.fit(X, y)
        else:
            fit_weighted(pipe, X, y, weight)
    return {kind: draw.score(pipe) for kind, pipe in pipes.items()}


CHEAP = (
    "real",
    "ours",
    "ours without pool",
    "soft vote",
    "class weights",
    "over-sampling",
    "smote",
    "label spreading",
)
ARMS = (*CHEAP, "self-training", *SDV)


def order_of_work(arms: list[str], n_seeds: int) -> list[tuple[str, int]]:
    """Return (arm, seed), what is quick first."""
    quick = [(arm, seed) for seed in range(n_seeds) for arm in arms if arm in CHEAP]
    slow = [(arm, seed) for seed in range(n_seeds) for arm in arms if arm in ("self-training", SDV[0])]
    deep = [(arm, seed) for seed in range(min(n_seeds, DEEP_SEEDS)) for arm in arms if arm in SDV[1:]]
    return quick + slow + deep


def summarise(runs: dict[str, Any]) -> dict[str, Any]:
    """Return gains by cell and their means by arm and model, over the seeds that arm and real rows share."""
    cells, pooled = [], []
    for arm in dict.fromkeys(arm for found in runs.values() for arm in found if arm != "real"):
        rows, gains = [], {}
        for cell, found in runs.items():
            seeds = sorted(set(found["real"]) & set(found.get(arm, {})), key=int)
            if not seeds:
                continue
            real, ours = (np.array([found[which][seed] for seed in seeds]) for which in ("real", arm))
            gain = (ours - real) / real.mean()
            gains[cell] = dict(zip(seeds, gain, strict=True))
            row = {"cell": cell, "arm": arm, "n_seeds": len(seeds), "real": float(real.mean())}
            row["gain"] = mean_error(gain)
            if len(seeds) > 1:
                p = ttest_rel(ours, real, alternative="less").pvalue
                row["p of harm"] = 1.0 if np.isnan(p) else float(p)
            rows.append(row)
        tested = [row for row in rows if "p of harm" in row]
        for row, p in zip(tested, holm([row["p of harm"] for row in tested]).tolist(), strict=True):
            row["p of harm, Holm"] = p
        cells += rows
        for kind in MODELS:
            own = {cell: gain for cell, gain in gains.items() if cell.endswith(f"/{kind}")}
            if not own:
                continue
            shared = sorted(set.intersection(*map(set, own.values())), key=int)
            by_seed = [np.mean([gain[seed] for gain in own.values()]) for seed in shared]
            harmed = [
                row["cell"] for row in rows if row["cell"] in own and row.get("p of harm, Holm", 1) < 0.05
            ]
            pooled.append(
                {
                    "arm": arm,
                    "model": kind,
                    "n_cells": len(own),
                    "n_seeds": len(shared),
                    "gain": mean_error(np.array(by_seed)) if shared else None,
                    "worst": min(row["gain"][0] for row in rows if row["cell"] in own),
                    "harmed": harmed,
                }
            )
    return {"cells": cells, "pooled": pooled}


def show(pooled: list[dict[str, Any]]) -> None:
    for row in pooled:
        if row["gain"] is not None:
            mean, error = row["gain"]
            spread = "" if error is None else f" +- {error:.1%}"
            print(
                f"{row['arm']:16s} {row['model']:9s} {row['n_cells']:3d} cells {row['n_seeds']:2d} seeds "
                f"{mean:+.1%}{spread}, worst {row['worst']:+.1%}, harmed {len(row['harmed'])}"
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--data", type=Path, default=Path("data"), help="relative to the project root")
    parser.add_argument("--tables", default=",".join(FULL))
    parser.add_argument("--arms", default=",".join(ARMS))
    parser.add_argument("--redo", default="", help="arms whose scores are thrown away first")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--quick", action="store_true", help="1 seed, 50 labels, two tables, four arms")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "augmentation.json")
    options = parser.parse_args()
    names = ["breast_cancer", "mobile_money_hard"] if options.quick else options.tables.split(",")
    arms = list(QUICK_ARMS) if options.quick else options.arms.split(",")
    sizes, n_seeds = (SIZES[:1], 1) if options.quick else (SIZES, options.seeds)
    content: dict[str, Any] = json.loads(options.out.read_text()) if options.out.exists() else {"runs": {}}
    for found in content["runs"].values():
        for arm in options.redo.split(","):
            found.pop(arm, None)
    content |= {
        "command": command_line(),
        "versions": versions(),
        "pool_rows": POOL_ROWS,
        "beta_of_sdv": BETA,
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    tasks = {}
    for name in names:
        file = TABLES[name][0]
        if file and not (ROOT / options.data / file).is_file():
            print(f"{name}: skipped: DATA absent ({file})")
        else:
            tasks[name] = prepare(name, ROOT / options.data)
    for arm, seed in order_of_work(arms, n_seeds):
        for name, (X, y, parts) in tasks.items():
            for n in (size for size in sizes if size < len(parts[0])):
                scores = {
                    kind: content["runs"].setdefault(f"{name}/{n}/{kind}", {}).setdefault(arm, {})
                    for kind in MODELS
                }
                missing = [kind for kind, found in scores.items() if str(seed) not in found]
                if not missing:
                    continue
                for kind, score in play(arm, Draw(X, y, parts, n, seed), missing).items():
                    scores[kind][str(seed)] = round(score, 5)
            write_json(options.out, content)
        sys.stderr.write(f"{arm}, seed {seed} done\n")
        content["table"] = summarise(
            {key: found for key, found in content["runs"].items() if found.get("real")}
        )
        write_json(options.out, content)
    show(content["table"]["pooled"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
