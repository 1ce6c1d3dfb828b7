"""What a proxy saves, and what its batches are worth to the model it stands for: a forest of 500 trees.

    python benchmarks/proxy.py [--data DIR] [--tables T,...] [--seeds N] [--quick] [--out FILE]

The forest is fitted to labels drawn at random (and five of the rarer class, where
those hold fewer) and asked about all other rows. Seconds are CPU seconds of one
thread, medians over seeds, forest and proxy in turn; "speed at 100,000 rows" is
reckoned from the seconds a row and those of distilling. The value of a batch is
the sum of the forest's own scores, divided by that of the batch the forest
chooses itself: by `HybridQuerySelector` as it is, and by plain uncertainty.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from _told import command_line
from evidence import phoneme
from labels_saved import bundled
from real_tables import bank_marketing, paysim_kaggle
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline

from synda_sk import HybridQuerySelector
from synda_sk.datasets import make_mobile_money
from synda_sk.evaluation._report import versions, write_json
from synda_sk.selection import ProxyClassifier
from synda_sk.utils import TableEncoder

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "proxy.json"
BATCHES = (20, 100)
LARGE = 100_000


def adult(path: Path) -> tuple[Any, np.ndarray, None]:
    import pandas as pd

    frame = pd.read_csv(path)
    y = frame["income"].str.contains(">50K").to_numpy(dtype=int)
    return frame.drop(columns=["income", "split"]), y, None


def mobile_money(n_rows: int) -> Callable[[Path], Any]:
    def load(_: Path) -> tuple[Any, np.ndarray, None]:
        X, y = make_mobile_money(n_rows, fraud_rate=0.01, random_state=0)
        return X, np.asarray(y), None

    return load


TABLES: dict[str, tuple[str | None, Callable[[Path], Any]]] = {
    "digits": (None, bundled(load_digits)),
    "phoneme": ("phoneme/phoneme.csv.gz", phoneme),
    "bank_marketing": ("bank_marketing/bank_marketing.csv.gz", lambda path: bank_marketing(path)[:3]),
    "adult": ("adult/adult.csv.gz", adult),
    "paysim_kaggle": ("paysim_kaggle/paysim_kaggle.parquet", lambda path: paysim_kaggle(path)[:3]),
    "mobile_money_200000": (None, mobile_money(200_000)),
}
QUICK = {"mobile_money_5000": (None, mobile_money(5_000))}


def first_labels(y: np.ndarray, n_labels: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(y))[:n_labels]
    classes, counts = np.unique(y, return_counts=True)
    rare = np.flatnonzero(y == classes[counts.argmin()])
    missing = 5 - np.isin(rows, rare).sum()
    if missing > 0:
        rows = np.concatenate([rows, rng.choice(np.setdiff1d(rare, rows), missing, replace=False)])
    return np.sort(rows)


def timed(function: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    start = time.process_time()
    result = function(*arguments)
    return result, time.process_time() - start


def play(X: Any, y: np.ndarray, n_labels: int, seed: int) -> dict[str, Any]:
    """Return seconds and values of one forest and one proxy of it."""
    rows = first_labels(y, n_labels, seed)
    model = make_pipeline(TableEncoder(), RandomForestClassifier(500, random_state=seed))
    model.fit(X.iloc[rows], y[rows])
    pool = X.drop(index=X.index[rows]).reset_index(drop=True)
    selector = HybridQuerySelector(random_state=0)
    wanted, of_forest = timed(selector.pool_uncertainty, model, pool)
    proxy, of_distilling = timed(ProxyClassifier(random_state=seed).distill, model, pool)
    given, of_proxy = timed(selector.pool_uncertainty, proxy, pool)
    found = {
        "pool": len(pool),
        "forest_seconds": of_forest,
        "distill_seconds": of_distilling,
        "proxy_seconds": of_proxy,
        "speed": of_forest / of_proxy,
        "speed_with_distilling": of_forest / (of_proxy + of_distilling),
        "speed_with_distilling_at_100000": of_forest
        / len(pool)
        / (of_proxy / len(pool) + of_distilling / LARGE),
        "agreement": proxy.agreement_,
        "batch_value_told": proxy.batch_value_,
        "kl_divergence": proxy.kl_divergence_,
        "speedup_told": proxy.speedup_,
    }
    features = TableEncoder().fit_transform(pool)
    for penalty, name in ((selector.redundancy_penalty, "value"), (0.0, "value_of_uncertainty_alone")):
        chooser = HybridQuerySelector(redundancy_penalty=penalty, random_state=0)
        for n_queries in BATCHES:
            own = wanted[chooser.choose(wanted, features, n_queries).indices].sum()
            by_proxy = wanted[chooser.choose(given, features, n_queries).indices].sum()
            found[f"{name}_{n_queries}"] = float(by_proxy / own) if own else 1.0
    return found


def summarise(runs: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a row for each table and number of labels: median, least and greatest of each figure."""
    cells: dict[str, list[dict[str, Any]]] = {}
    for key, run in runs.items():
        cells.setdefault(key.rsplit("/", 1)[0], []).append(run)
    return [
        {
            "cell": cell,
            "n_seeds": len(found),
            **{
                name: [statistics.median(values), min(values), max(values)]
                for name in found[0]
                for values in [[run[name] for run in found]]
            },
        }
        for cell, found in cells.items()
    ]


def show(table: list[dict[str, Any]]) -> None:
    for row in table:
        print(
            f"{row['cell']:26s} pool {row['pool'][0]:>7,.0f}: forest {row['forest_seconds'][0]:.2f} s, "
            f"distilling {row['distill_seconds'][0]:.2f} s, proxy {row['proxy_seconds'][0]:.3f} s; faster by "
            f"{row['speed'][0]:.1f}, with distilling {row['speed_with_distilling'][0]:.1f}, at 100,000 rows "
            f"{row['speed_with_distilling_at_100000'][0]:.1f}; value of 20 {row['value_20'][0]:.3f}, of 100 "
            f"{row['value_100'][0]:.3f} (least {row['value_100'][1]:.3f}, "
            f"told {row['batch_value_told'][0]:.3f}); "
            f"agreement {row['agreement'][0]:.4f}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the real tables")
    parser.add_argument("--tables", default=",".join(TABLES))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="1 seed, 5,000 rows of mobile money")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    tables = QUICK if options.quick else {name: TABLES[name] for name in options.tables.split(",")}
    content: dict[str, Any] = {
        "command": command_line(),
        "versions": versions(),
        "skipped": {},
        "runs": {},
    }
    if options.out.exists() and not options.quick:
        content["runs"] = json.loads(options.out.read_text())["runs"]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    for name, (file, load) in tables.items():
        path = ROOT / options.data / (file or "")
        if file and not path.is_file():
            content["skipped"][name] = f"DATA absent ({file})"
            print(f"{name}: skipped: {content['skipped'][name]}")
            continue
        X, y, _ = load(path)
        for seed in range(1 if options.quick else options.seeds):
            for n_labels in (100, 500):
                key = f"{name}/{n_labels}/{seed}"
                if key not in content["runs"]:
                    content["runs"][key] = play(X, y, n_labels, seed)
                    write_json(options.out, content)
    content["table"] = summarise(content["runs"])
    write_json(options.out, content)
    show(content["table"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
