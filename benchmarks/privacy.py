"""How true, useful and private the rows of each generator are, table by table.

    python benchmarks/privacy.py [--data DIR] [--generators NAME,...] [--tables NAME,...] [--seeds N]
                                 [--minutes M] [--quick] [--out FILE]

Each cell is `SyntheticAugmenter.report` of a generator on 500 rows of a table:
half of them to fit, half held out. Random over-sampling, which copies rows, is
the worst case for privacy. Numbers that are missing are filled with medians
first, since over-samplers take none. Cells in the file are not run again. No
cell is begun after M minutes; the generators that fit fast come first.
"""

import argparse
import itertools
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from _told import command_line
from sklearn.datasets import load_breast_cancer

from synda_sk import SyntheticAugmenter
from synda_sk.datasets import make_mobile_money
from synda_sk.evaluation._report import versions, write_json
from synda_sk.generators import OverSamplerGenerator
from synda_sk.generators._registry import GENERATORS

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "privacy.json"
N_ROWS = 500
OVER_SAMPLING = "random over-sampling"
LIGHT = ["gaussian", "copula", "kde", "smote", OVER_SAMPLING, "gaussian_copula"]
BUNDLED = ["breast_cancer", "mobile_money"]


def breast_cancer(data: Path, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    return X, y.to_numpy()


def mobile_money(data: Path, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    return make_mobile_money(N_ROWS, fraud_rate=0.02, difficulty="hard", random_state=seed)


def csv(file: str, target: str, drop: tuple[str, ...] = ()) -> Callable[..., tuple[pd.DataFrame, np.ndarray]]:
    def load(data: Path, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
        frame = pd.read_csv(data / file)
        return frame.drop(columns=[target, *drop]), frame[target].to_numpy()

    return load


TABLES: dict[str, Callable[..., tuple[pd.DataFrame, np.ndarray]]] = {
    "breast_cancer": breast_cancer,
    "mobile_money": mobile_money,
    "adult": csv("adult/adult.csv.gz", "income", ("split",)),
    "bank_marketing": csv("bank_marketing/bank_marketing.csv.gz", "y", ("duration",)),
    "maternal_risk": csv("maternal_risk/maternal_risk_dedup.csv.gz", "RiskLevel"),
}


def names() -> list[str]:
    """Return all generators there are by name, and the worst case; those that fit fast first."""
    known = [name for name in GENERATORS if name != "auto"]
    return [*LIGHT, *(name for name in known if name not in LIGHT)]


def draw_rows(table: str, data: Path, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    X, y = TABLES[table](data, seed)
    rows = np.sort(np.random.default_rng(seed).permutation(len(y))[:N_ROWS])
    X, y = X.iloc[rows].reset_index(drop=True), np.asarray(y)[rows]
    gaps = [name for name in X.select_dtypes("number") if X[name].isna().any()]
    return X.fillna({name: X[name].median() for name in gaps}), y


def measure(name: str, X: pd.DataFrame, y: np.ndarray, seed: int) -> dict[str, Any]:
    generator: Any = name
    if name == OVER_SAMPLING:
        from imblearn.over_sampling import RandomOverSampler

        generator = OverSamplerGenerator(RandomOverSampler())
    try:
        report = SyntheticAugmenter(generator).report(X, y, random_state=seed)
    except ValueError as error:
        return {"gave_up": str(error).splitlines()[0]}
    found = report.to_dict()
    return {
        "figures": {
            k: {side: round(v, 4) for side, v in figure.items()} for k, figure in found["figures"].items()
        },
        **{key: found[key] for key in ("n_train", "n_holdout", "n_synthetic", "scoring")},
        "fit_seconds": round(found["fit_seconds"], 3),
    }


def play(content: dict[str, Any], options: Any) -> None:
    """Fill the cells in; those already there are not run again."""
    started = time.monotonic()
    cells = itertools.product(range(options.seeds), options.generators, options.tables)
    for seed, name, table in sorted(cells, key=lambda cell: cell[1] not in LIGHT):
        key = f"{table}/{name}/{seed}"
        if key in content["cells"]:
            continue
        if time.monotonic() - started > 60 * options.minutes:
            sys.stderr.write(f"{key} and what follows are left out: {options.minutes:g} minutes are over\n")
            return
        content["cells"][key] = measure(name, *draw_rows(table, options.data, seed), seed)
        write_json(options.out, content)
        sys.stderr.write(f"{key}: {time.monotonic() - started:.0f} s\n")


def summarise(cells: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a row for each table and generator: means over the seeds."""
    rows = []
    for table, name in dict.fromkeys(tuple(key.split("/")[:2]) for key in cells):
        found = [cell for key, cell in cells.items() if key.startswith(f"{table}/{name}/")]
        done = [cell for cell in found if "figures" in cell]
        row: dict[str, Any] = {"table": table, "generator": name, "n_seeds": len(done)}
        if not done:
            rows.append(row | {"gave_up": found[0]["gave_up"]})
            continue
        for figure in done[0]["figures"]:
            row[figure] = {
                side: round(statistics.mean(cell["figures"][figure][side] for cell in done), 4)
                for side in ("synthetic", "real")
            }
        row["scoring"] = done[0]["scoring"]
        row["fit_seconds"] = round(statistics.median(cell["fit_seconds"] for cell in done), 3)
        rows.append(row)
    return sorted(rows, key=lambda row: (list(TABLES).index(row["table"]), names().index(row["generator"])))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--data", type=Path, help="folder of further tables; without it the bundled ones")
    parser.add_argument("--generators", type=lambda text: text.split(","), default=names())
    parser.add_argument("--tables", type=lambda text: text.split(","))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--quick", action="store_true", help="three generators on 200 rows, one seed")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    options.tables = options.tables or (list(TABLES) if options.data else BUNDLED)
    if options.quick:
        global N_ROWS
        N_ROWS = 200
        options.seeds, options.generators, options.tables = 1, ["gaussian", "copula", OVER_SAMPLING], BUNDLED
    for given, known in ((options.tables, list(TABLES)), (options.generators, names())):
        for name in given:
            if name not in known:
                parser.error(f"{name!r} is none of {', '.join(known)}")
    content: dict[str, Any] = {"commands": [], "cells": {}}
    if options.out.exists() and not options.quick:
        content |= json.loads(options.out.read_text())
    command = command_line()
    content["commands"] = list(dict.fromkeys([*content["commands"], command]))
    content |= {"versions": versions(), "n_rows": N_ROWS}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    play(content, options)
    content["table"] = summarise(content["cells"])
    write_json(options.out, content)
    for row in content["table"]:
        if "gave_up" in row:
            print(f"{row['table']}, {row['generator']}: {row['gave_up']}")
            continue
        shown = [f"{k} {v['synthetic']:.3f} ({v['real']:.3f})" for k, v in row.items() if isinstance(v, dict)]
        print(f"{row['table']}, {row['generator']}, {row['n_seeds']} seeds: " + "; ".join(shown))
    return 0


if __name__ == "__main__":
    sys.exit(main())
