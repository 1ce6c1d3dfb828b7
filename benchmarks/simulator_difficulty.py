"""How hard is make_mobile_money? Average precision of models, single columns and a rule, per level.

Usage: python benchmarks/simulator_difficulty.py [--seeds 5] [--quick] [--out FILE]
"""

import argparse
import json
import platform
import time
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from _told import command_line
from sklearn.ensemble import HistGradientBoostingClassifier, IsolationForest, RandomForestClassifier
from sklearn.metrics import average_precision_score

import synda_sk
from synda_sk.datasets import make_mobile_money

TRAIN_SHARE = 0.7
CHANGES = {
    "nothing": {},
    "drift=1": {"drift": 1.0},
    "label_noise=0.2": {"label_noise": 0.2},
    "n_regions=20": {"n_regions": 20},
}
RESULTS = Path(__file__).parent / "results" / "simulator_difficulty.json"


def column_scores(X_train, y_train, X_test, y_test):
    """Best AP of each column as a score: either sign, missing values at either end, categories by rate."""
    scores = {}
    for name in X_train:
        if X_train[name].dtype == "category":
            rate = y_train.groupby(X_train[name].astype(str)).mean()
            candidates = [X_test[name].astype(str).map(rate).fillna(0.0)]
        else:
            values = X_test[name].astype(float)
            candidates = [(sign * values).fillna(end) for sign in (1, -1) for end in (-1e12, 1e12)]
        scores[name] = max(average_precision_score(y_test, score) for score in candidates)
    return scores


def forest_score(Z, y, rows, test):
    """AP of a random forest of 100 trees trained on some rows; the base rate if they hold no fraud."""
    forest = RandomForestClassifier(100, random_state=0).fit(Z[rows], y[rows])
    return average_precision_score(y[test], forest.predict_proba(Z[test])[:, -1])


def measure(difficulty, seed, n_samples):
    """All figures of one table."""
    X, y = make_mobile_money(n_samples, difficulty=difficulty, random_state=seed)
    cut = int(TRAIN_SHARE * n_samples)
    X_train, X_test, y_train, y_test = X[:cut], X[cut:], y[:cut], y[cut:]
    boosting = HistGradientBoostingClassifier(random_state=0, categorical_features="from_dtype")
    boosting.fit(X_train, y_train)
    columns = column_scores(X_train, y_train, X_test, y_test)
    best_column = max(columns, key=columns.get)

    Z = pd.get_dummies(X, dtype=float).fillna(-1.0).to_numpy(np.float32)
    isolation = IsolationForest(random_state=0).fit(Z[:cut])
    labels = y.to_numpy()
    test = np.arange(cut, n_samples)
    rng = np.random.default_rng(seed)
    frauds, genuine = np.flatnonzero(labels[:cut] == 1), np.flatnonzero(labels[:cut] == 0)
    rows_200_800 = np.r_[rng.choice(frauds, min(200, frauds.size), replace=False), rng.choice(genuine, 800)]
    rows_60_440 = np.r_[rng.choice(frauds, 60, replace=False), rng.choice(genuine, 440)]
    return {
        "seed": seed,
        "frauds_train": int(frauds.size),
        "frauds_test": int(y_test.sum()),
        "boosting_all_labels": average_precision_score(y_test, boosting.predict_proba(X_test)[:, 1]),
        "forest_all_labels": forest_score(Z, labels, np.arange(cut), test),
        "forest_200_frauds_800_genuine": forest_score(Z, labels, rows_200_800, test),
        "forest_60_frauds_440_genuine": forest_score(Z, labels, rows_60_440, test),
        "forest_500_random": forest_score(Z, labels, rng.choice(cut, 500, replace=False), test),
        "isolation_forest": average_precision_score(y_test, -isolation.score_samples(Z[cut:])),
        "best_single_column": columns[best_column],
        "best_single_column_name": best_column,
        "rule_amount_is_balance": average_precision_score(
            y_test, X_test["amount"] == X_test["balance_before"]
        ),
        "amount_over_balance": average_precision_score(y_test, X_test["amount"] / X_test["balance_before"]),
    }


def boosting_under(change, seed, n_samples):
    """AP of boosting, judged by what was fraud in truth, on a table at "medium" with one thing changed."""
    X, y, details = make_mobile_money(
        n_samples, difficulty="medium", return_details=True, random_state=seed, **change
    )
    cut = int(TRAIN_SHARE * n_samples)
    boosting = HistGradientBoostingClassifier(random_state=0, categorical_features="from_dtype")
    boosting.fit(X[:cut], y[:cut])
    return average_precision_score(details["fraud"][cut:], boosting.predict_proba(X[cut:])[:, 1])


def summarise(runs):
    """Mean and standard deviation over seeds of every figure that is a float."""
    names = [name for name, value in runs[0].items() if isinstance(value, float)]
    values = {name: [run[name] for run in runs] for name in names}
    return {name: {"mean": float(np.mean(v)), "std": float(np.std(v))} for name, v in values.items()}


def generation_seconds(n_samples):
    """Wall-clock time of one call."""
    begin = time.perf_counter()
    make_mobile_money(n_samples, random_state=0)
    return time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="number of tables per level")
    parser.add_argument("--quick", action="store_true", help="one table of 20,000 rows per level, no timing")
    parser.add_argument("--out", type=Path, default=RESULTS, help="JSON file to write")
    options = parser.parse_args()
    n_samples, n_seeds = (20_000, 1) if options.quick else (100_000, options.seeds)

    levels = {}
    for difficulty in ("easy", "medium", "hard"):
        runs = [measure(difficulty, seed, n_samples) for seed in range(n_seeds)]
        levels[difficulty] = {"runs": runs, "summary": summarise(runs)}
    rows = {
        name: [
            f"{levels[d]['summary'][name]['mean']:.3f} ± {levels[d]['summary'][name]['std']:.3f}"
            for d in levels
        ]
        for name in levels["hard"]["summary"]
    }
    print(f"Average precision, {n_samples:,} rows, {n_seeds} seed(s)")
    print(pd.DataFrame.from_dict(rows, orient="index", columns=list(levels)).to_string())
    changes = {
        name: [boosting_under(change, seed, n_samples) for seed in range(n_seeds)]
        for name, change in CHANGES.items()
    }
    print('Boosting at "medium", with one thing changed')
    for name, scores in changes.items():
        print(f"{name:>30s}  {np.mean(scores):.3f} ± {np.std(scores):.3f}")
    seconds = None if options.quick else generation_seconds(1_000_000)
    if seconds is not None:
        print(f"1,000,000 rows in {seconds:.1f} s")

    report = {
        "command": command_line(),
        "versions": {
            "python": platform.python_version(),
            **{
                module.__name__: getattr(module, "__version__", "?") for module in (np, pd, sklearn, synda_sk)
            },
        },
        "n_samples": n_samples,
        "train_share": TRAIN_SHARE,
        "seconds_1_000_000_rows": seconds,
        "levels": levels,
        "medium_changed": changes,
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
