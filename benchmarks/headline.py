"""The headline table: what the research proposal promises (sections 3.1 and 3.2) against what was measured.

    python benchmarks/headline.py [--data DIR] [--sets S,...] [--seeds N] [--quick] [--store DIR] [--out FILE]

Plays SynDA and every baseline of section 2.4.2 at equal labels by `evaluation.run_protocol` on the
simulator and on scikit-learn's bundled sets; with --data on real tables and images too. Differences are
paired by seed at the first, the middle and the last number of labels; two-sided paired t-tests,
Holm-corrected over all data sets and arms at each of the three. Finished runs are kept in --store and
never played again, so that an interrupted call goes on; results are written when all are there. What other
benchmarks have measured (labels saved, sizes of generators) is read from benchmarks/results when the table
is drawn.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
from _headline_sets import SETS, DataSet, Rows
from _told import command_line, mean_error
from scipy.stats import ttest_rel

from synda_sk.evaluation import run_protocol
from synda_sk.evaluation._report import versions, write_json
from synda_sk.metrics import labels_saved, learning_curves
from synda_sk.metrics._signed_rank import holm

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "headline.json"
QUICK_SETS = ("mobile_money_medium", "breast_cancer", "digits")
QUICK_ARMS = ("synda", "random", "label spreading")
COSTS = ("cpu_seconds", "inference_ms_per_1000_rows")


def play(one: DataSet, rows: Rows, seed: int, store: Path, quick: bool) -> dict[str, Any]:
    """Return the quality of every round of every arm on one split, and what each arm cost."""
    arms = one.arms(rows)
    result = run_protocol(
        rows.X,
        rows.y,
        arms={name: arms[name] for name in QUICK_ARMS} if quick else arms,
        positive=one.positive,
        label_budget=one.first + 2 * (one.first // 2) if quick else one.label_budget,
        initial_labels=one.first,
        n_rounds=2 if quick else one.n_rounds,
        n_seeds=1,
        time=rows.time,
        source=rows.source,
        test_size=0.25,
        store=store,
        random_state=seed,
    )
    if result.interrupted:
        raise KeyboardInterrupt
    found = {}
    for run in result.runs:
        rounds = [entry for entry in result.rounds if entry["arm"] == run["arm"]]
        found[run["arm"]] = {
            "n_labels": [entry["n_labels"] for entry in rounds],
            "score": [entry[result.quality] for entry in rounds],
            "with_synthetic": sum(entry["kept"] > 0 for entry in rounds),
            **{cost: run[cost] for cost in COSTS},
        }
    return {"measure": result.quality, "n_train": result.runs[0]["n_train"], "arms": found}


def summarise(runs: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return, for each data set, what each arm reached and what SynDA has more than it, Holm-corrected."""
    table = []
    for name, seeds in runs.items():
        records = [
            {"arm": arm, "seed": int(seed), "n_labels": n, "quality": quality}
            for seed, found in seeds.items()
            for arm, run in found["arms"].items()
            for n, quality in zip(run["n_labels"], run["score"], strict=True)
        ]
        curves = learning_curves(records, "quality")
        one = next(iter(seeds.values()))
        row: dict[str, Any] = {"set": name, "domain": SETS[name].domain, "measure": one["measure"]}
        row["of images"] = (SETS[name].file or "").endswith(".npz")
        row |= {"n_seeds": len(seeds), "n_train": one["n_train"], "arms": {}}
        for arm, (_, counts, scores) in curves.items():
            own = [found["arms"][arm] for found in seeds.values()]
            saved = labels_saved(counts, scores, curves["random"][2])
            row["arms"][arm] = {
                "at": {
                    str(counts[i]): _against(scores[:, i], curves["synda"][2][:, i], arm != "synda")
                    for i in (0, len(counts) // 2, -1)
                },
                "labels_saved": None if np.isnan(saved) else float(saved),
                "models_with_synthetic": [
                    sum(run["with_synthetic"] for run in own),
                    sum(len(run["n_labels"]) for run in own),
                ],
                **{cost: float(np.mean([run[cost] for run in own])) for cost in COSTS},
            }
        table.append(row)
    for i in range(3):  # one family of tests: all data sets and arms at the first, middle or last number
        at = [list(arm["at"].values())[i] for row in table for arm in row["arms"].values()]
        tested = [cell for cell in at if "p" in cell]
        for cell, p in zip(tested, holm([cell["p"] for cell in tested]).tolist(), strict=True):
            cell["p, Holm"] = p
    return table


def _against(scores: np.ndarray, synda: np.ndarray, is_other: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"mean": mean_error(scores)}
    if is_other:
        found["synda minus it"] = mean_error(synda - scores)
        found["relative"] = float(synda.mean() / scores.mean() - 1)
        if len(scores) > 1:
            p = ttest_rel(synda, scores).pvalue
            found["p"] = 1.0 if np.isnan(p) else float(p)
    return found


def show(content: dict[str, Any]) -> None:
    """Print the table as README has it, with these results in the place of the committed ones."""
    sys.path.append(str(ROOT / "docs"))
    from figures import load
    from measured import headline

    told = {"headline": content}
    for part in (headline.summary, headline.promises):
        print(part(lambda name: told[name] if name in told else load(name)), end="\n\n")


def play_all(options: argparse.Namespace, names: list[str]) -> dict[str, Any]:
    """Play what is not in the store yet, and return everything."""
    runs: dict[str, dict[str, Any]] = {}
    skipped = {}
    n_seeds = {name: options.seeds or (2 if options.quick else SETS[name].n_seeds) for name in names}
    for seed in range(max(n_seeds.values())):
        for name in [name for name in names if seed < n_seeds[name]]:
            one = SETS[name]
            path = (options.data or Path()) / (one.file or "")
            if one.file and (options.data is None or not path.is_file()):
                skipped[name] = f"DATA absent ({one.file})"
                continue
            found = play(one, one.load(path, seed), seed, options.store, options.quick)
            runs.setdefault(name, {})[str(seed)] = found
            sys.stderr.write(f"{name}, seed {seed} done\n")
    return {
        "command": command_line(),
        "versions": versions(),
        "skipped": skipped,
        "source of transfer": {name: SETS[name].source for name in runs},
        "runs": runs,
        "table": summarise(runs),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--data", type=Path, help="the folder of real data")
    parser.add_argument("--sets", help="some of the data sets, all by default")
    parser.add_argument("--seeds", type=int, help="10 by default, 5 for images")
    parser.add_argument("--quick", action="store_true", help="2 seeds, 3 arms, 2 rounds, few sets")
    parser.add_argument("--store", type=Path, default=ROOT / "benchmarks" / "cache" / "headline")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    names = options.sets.split(",") if options.sets else list(QUICK_SETS if options.quick else SETS)
    unknown = [name for name in names if name not in SETS]
    if unknown:
        parser.error(f"--sets: {unknown[0]!r} is none of {', '.join(SETS)}")
    try:
        content = play_all(options, names)
    except KeyboardInterrupt:
        print("Interrupted; the same command goes on.")
        return 130
    options.out.parent.mkdir(parents=True, exist_ok=True)
    write_json(options.out, content)
    for name, reason in content["skipped"].items():
        print(f"{name}: skipped: {reason}")
    show(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
