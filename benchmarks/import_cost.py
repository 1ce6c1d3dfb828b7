"""What importing synda_sk costs beside importing scikit-learn's ensembles.

    python benchmarks/import_cost.py [--repeats N] [--quick] [--out FILE]

Each statement runs in a fresh interpreter, alternating; CPU seconds of the
whole process, so that another job on the machine counts little.
"""

import argparse
import resource
import statistics
import subprocess
import sys
from pathlib import Path

from _told import command_line

from synda_sk.evaluation._report import versions, write_json

ROOT = Path(__file__).resolve().parents[1]
PEER = "import sklearn.ensemble"
STATEMENTS = [PEER, "import synda_sk", "from synda_sk import *"]
HEAVY = ["torch", "sdv", "skorch", "imblearn", "modAL", "matplotlib", "dask"]


def cpu_seconds(statement: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", statement], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def heavy_modules(statement: str) -> list[str]:
    code = f"{statement}\nimport sys\nprint(*[name for name in {HEAVY} if name in sys.modules])"
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=11)
    parser.add_argument("--quick", action="store_true", help="3 repeats")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "import_cost.json")
    options = parser.parse_args()
    repeats = 3 if options.quick else options.repeats
    seconds: dict[str, list[float]] = {statement: [] for statement in STATEMENTS}
    for _ in range(repeats):
        for statement in STATEMENTS:
            seconds[statement].append(cpu_seconds(statement))
    peer = statistics.median(seconds[PEER])
    results = {}
    for statement, values in seconds.items():
        median = statistics.median(values)
        results[statement] = {
            "cpu_seconds": [round(value, 4) for value in values],
            "median": round(median, 4),
            "ratio_to_peer": round(median / peer, 3),
            "heavy_modules": heavy_modules(statement),
        }
        ratio = f"{median / peer:5.2f} x {PEER!r}"
        print(f"{statement:28s} {median:6.3f} s CPU, {ratio}, loads {results[statement]['heavy_modules']}")
    command = command_line()
    write_json(options.out, {"command": command, "versions": versions(), "peer": PEER, "results": results})
    return 0


if __name__ == "__main__":
    sys.exit(main())
