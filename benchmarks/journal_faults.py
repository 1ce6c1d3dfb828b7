"""Kill a process that teaches, at a random moment, and count what its journal lost.

    python benchmarks/journal_faults.py [--kills 200] [--quick] [--out FILE]

Each time a child teaches one row after another, sets every third aside, and
says so on stdout once ``teach`` or ``set_aside`` has returned; it is killed with
SIGKILL at a random moment. Then every acknowledged answer must be in the
journal, with the label that was given or as set aside, and the resumed model
must equal a model fitted to the same rows.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from _told import command_line
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

from synda_sk import CurriculumMixer, SynDAClassifier
from synda_sk.evaluation._report import versions, write_json

ROOT = Path(__file__).resolve().parents[1]
MODEL = LogisticRegression(max_iter=1000)
REAL_ROWS = CurriculumMixer(synthetic_weight=0)


def make_data():
    return make_classification(3_000, 6, random_state=0)


def child(path: Path) -> None:
    X, y = make_data()
    partly = y.astype(float)
    partly[20:] = np.nan
    clf = SynDAClassifier(MODEL, mixer=REAL_ROWS, random_state=0, journal=path).fit(X, partly)
    for row in range(20, len(X)):
        if row % 3:
            clf.teach(np.array([row]), y[[row]])
        else:
            clf.set_aside(np.array([row]))
        print(row, flush=True)


def one_kill(path: Path, delay: float) -> dict[str, int]:
    X, y = make_data()
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, __file__, "--child", str(path)], stdout=subprocess.PIPE, text=True, env=environment
    )
    said = [process.stdout.readline()]
    time.sleep(delay)
    process.kill()
    said += process.stdout.readlines()
    process.wait()
    process.stdout.close()
    acknowledged = [int(line) for line in said if line.endswith("\n")]
    hot = path.with_name(path.name + "-journal").exists()
    clf = SynDAClassifier(MODEL, mixer=REAL_ROWS, random_state=0, journal=path).resume(X)
    labelled = np.flatnonzero(clf.labeled_iter_ >= 0)
    at_once = clone(MODEL).fit(X[labelled], y[labelled])
    told = np.union1d(labelled[labelled % 3 > 0], clf.set_aside_[clf.set_aside_ % 3 == 0])
    told = told[told >= 20]
    lost = np.setdiff1d(acknowledged, told)
    differs = not np.array_equal(at_once.predict_proba(X), clf.predict_proba(X))
    clf.set_params(journal=None).teach(np.array([len(X) - 1]), [0.0])  # closes the journal
    return {
        "acknowledged": len(acknowledged),
        "lost": len(lost),
        "written_unacknowledged": len(told) - len(acknowledged),
        "killed_in_a_transaction": int(hot),
        "model_differs": int(differs),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--quick", action="store_true", help="5 kills")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child)
        return 0
    rng, started = random.Random(options.seed), time.perf_counter()
    totals: dict[str, int] = {}
    n_kills = 5 if options.quick else options.kills
    with tempfile.TemporaryDirectory() as folder:
        for number in range(n_kills):
            for name, count in one_kill(Path(folder) / f"{number}.db", rng.uniform(0, 0.3)).items():
                totals[name] = totals.get(name, 0) + count
    result = {
        "command": command_line(),
        "versions": versions(),
        "kills": n_kills,
        **totals,
        "seconds": round(time.perf_counter() - started, 1),
    }
    print(result)
    if options.out:
        write_json(options.out, result)
    return int(totals["lost"] + totals["model_differs"] > 0)


if __name__ == "__main__":
    sys.exit(main())
