"""SynDA against random labelling on three real tables, by the protocol of the command line.

    python benchmarks/real_tables.py [--data DIR] [--tables NAME,...] [--seeds N] [--quick] [--out FILE]

Prints a table each and writes every round of every seed of both arms. A table
whose file is absent is skipped, with the reason in the output.
"""

import argparse
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline

from synda_sk.evaluation import run_protocol
from synda_sk.evaluation._report import format_summary, versions, write_json
from synda_sk.utils import TableEncoder

ROOT = Path(__file__).resolve().parents[1]
FULL = {"label_budget": 500, "initial_labels": 100, "n_rounds": 10, "n_seeds": 5}
QUICK = {"label_budget": 200, "initial_labels": 100, "n_rounds": 3, "n_seeds": 2}
TEST_SIZE = 0.3


class Task(NamedTuple):
    X: pd.DataFrame
    y: np.ndarray
    time: np.ndarray | None
    note: str


def vehicle_fraud(path: Path) -> Task:
    frame = pd.read_csv(path)
    y = (frame["FraudFound_P"] == 1).to_numpy(dtype=int)
    X = frame.drop(columns=["FraudFound_P", "PolicyNumber"], errors="ignore")
    X["Age"] = X["Age"].where(X["Age"] > 0)
    return Task(
        X, y, None, "Age 0 read as missing; the split is random and stratified, though Year and Month exist"
    )


def bank_marketing(path: Path) -> Task:
    frame = pd.read_csv(path)
    y = (frame["y"] == "yes").to_numpy(dtype=int)
    return Task(
        frame.drop(columns=["y", "duration"]), y, None, "duration left out: known after the call only"
    )


def paysim_kaggle(path: Path) -> Task:
    frame = pd.read_parquet(path)
    frame = frame[frame["source"] == "shivam"].reset_index(drop=True)
    y, step = frame["isFraud"].to_numpy(dtype=int), frame["step"].to_numpy()
    leaks = ["oldbalanceOrg", "newbalanceOrig", "nameOrig", "nameDest", "source", "isFlaggedFraud"]
    note = (
        "one sample of the Kaggle table, frauds over-sampled in it; origin balances and names left out; "
        "the last 30 % by step are the test part"
    )
    return Task(frame.drop(columns=["isFraud", "step", *leaks]), y, step, note)


TABLES: dict[str, tuple[str, Callable[[Path], Task]]] = {
    "vehicle_fraud": ("vehicle_fraud/vehicle_fraud.csv.gz", vehicle_fraud),
    "bank_marketing": ("bank_marketing/bank_marketing.csv.gz", bank_marketing),
    "paysim_kaggle": ("paysim_kaggle/paysim_kaggle.parquet", paysim_kaggle),
}


def compare(name: str, data: Path, settings: dict[str, int], jobs: int) -> dict[str, Any]:
    file, load = TABLES[name]
    if not (data / file).is_file():
        reason = f"skipped: DATA absent ({file} is not in the folder given by --data)"
        print(f"{name}: {reason}\n")
        return {"status": reason}
    task = load(data / file)

    def progress(done: int, total: int, run: Any) -> None:
        sys.stderr.write(f"{name} [{done}/{total}] {run.account['arm']} {run.account['fit_seconds']:.0f} s\n")

    result = run_protocol(
        task.X,
        task.y,
        make_pipeline(TableEncoder(), RandomForestClassifier()),
        positive=1,
        time=task.time,
        test_size=TEST_SIZE,
        n_jobs=jobs,
        progress=progress,
        **settings,
    )
    if not result.rounds:
        raise KeyboardInterrupt
    run = result.runs[0]
    rates = {part: run[f"positives_{part}"] / run[f"n_{part}"] for part in ("train", "test")}
    parts = [f"{run[f'n_{part}']} {part} rows ({rate:.2%} positive)" for part, rate in rates.items()]
    print(f"{name}: {', '.join(parts)}\n{task.note}.\n\n{format_summary(result)}\n", flush=True)
    return {
        "status": "interrupted" if result.interrupted else "done",
        "note": task.note,
        "positive_rate": rates,
        "features": list(map(str, task.X.columns)),
        **result.to_dict(),
    }


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--data", type=Path, default=Path("data"), help="relative to the project root")
    parser.add_argument("--tables", default=",".join(TABLES), help=f"some of {', '.join(TABLES)}")
    parser.add_argument("--quick", action="store_true", help="200 labels, 3 rounds, 2 seeds")
    parser.add_argument("--seeds", type=int, help="paired runs of each arm, 5 by default")
    parser.add_argument("--jobs", type=int, default=1, help="processes; changes no number")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "real_tables.json")
    options = parser.parse_args(argv)
    names = options.tables.split(",")
    unknown = [name for name in names if name not in TABLES]
    if unknown:
        parser.error(f"--tables: {unknown[0]!r} is none of {', '.join(TABLES)}")
    words = [
        Path(word).name if Path(word).is_absolute() else word
        for word in (sys.argv[1:] if argv is None else argv)
    ]
    settings = dict(QUICK if options.quick else FULL)
    if options.seeds is not None:
        settings["n_seeds"] = options.seeds
    content: dict[str, Any] = {
        "command": shlex.join(["python", "benchmarks/real_tables.py", *words]),
        "versions": versions(),
        "estimator": "make_pipeline(TableEncoder(), RandomForestClassifier())",
        "settings": settings,
        "tables": {},
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    for name in names:
        content["tables"][name] = compare(name, ROOT / options.data, settings, options.jobs)
        write_json(options.out, content)
        if content["tables"][name]["status"] == "interrupted":
            return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
