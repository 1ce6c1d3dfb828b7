"""A query over a Parquet file larger than it should be held: time, memory, and the same rows as in memory.

    python benchmarks/query_parquet.py [--rows N] [--repeats N] [--quick] [--out FILE]

Two pools: "numbers", 20 Gaussian columns, and "mixed", simulated mobile-money
transactions with text columns; the model is a logistic regression on 100
labelled rows, of the mixed pool in a pipeline with an encoder. Each call runs in
a fresh process on one core, ways alternate within a repeat. The limit to compare
with reads the file once, batch by batch, and asks the model for the
probabilities of each batch.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from _told import command_line
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from synda_sk.datasets import make_mobile_money
from synda_sk.evaluation._report import versions, write_json
from synda_sk.selection import HybridQuerySelector
from synda_sk.utils import TableEncoder

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "query_parquet.json"
ROWS = 6_300_000
BATCH = 100
PIECE = 500_000  # rows made at once
LIMIT, OURS, MEMORY = "limit: read and predict_proba", "query the file", "query in memory"


def make_piece(kind: str, k: int, n_rows: int) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(k)
    if kind == "numbers":
        X = rng.normal(size=(n_rows, 20))
        y = (X @ np.linspace(-1, 1, 20) + rng.normal(size=n_rows) > 0).astype(int)
        return pd.DataFrame(X, columns=[f"x{j}" for j in range(20)]), y
    X, y = make_mobile_money(n_rows, fraud_rate=0.01, random_state=k)
    return X.select_dtypes(exclude="datetime"), np.asarray(y)


def write_pool(kind: str, n_rows: int, path: Path) -> None:
    with_rows = 0
    writer = None
    while with_rows < n_rows:
        piece, _ = make_piece(kind, with_rows // PIECE, PIECE)
        table = pa.Table.from_pandas(piece[: n_rows - with_rows], preserve_index=False)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table, row_group_size=100_000)
        with_rows += len(table)
    writer.close()


def make_model(kind: str) -> Any:
    X, y = make_piece(kind, 10_000, 20_000)
    rows = np.concatenate([np.flatnonzero(y == label)[:50] for label in (0, 1)])
    linear = LogisticRegression(max_iter=1000)
    model = linear if kind == "numbers" else make_pipeline(TableEncoder(), linear)
    return model.fit(X.iloc[rows], y[rows])


def read_and_score(model: Any, path: str) -> None:
    options = ds.ParquetFragmentScanOptions(pre_buffer=False)
    names = list(model.feature_names_in_)
    for batch in ds.dataset(path).to_batches(columns=names, fragment_scan_options=options, batch_readahead=1):
        model.predict_proba(batch.to_pandas())


def measure(way: str, path: str, model_path: str) -> dict[str, Any]:
    """Run one call in this process, which has imported all it needs."""
    model = joblib.load(model_path)
    rows = None
    started, cpu = time.perf_counter(), time.process_time()
    if way == LIMIT:
        read_and_score(model, path)
    else:
        pool: Any = path if way == OURS else pq.read_table(path).to_pandas()
        rows = HybridQuerySelector().query(model, pool, BATCH).tolist()
    return {
        "wall_seconds": round(time.perf_counter() - started, 3),
        "cpu_seconds": round(time.process_time() - cpu, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "rows": rows,
    }


def run_fresh(way: str, path: Path, model_path: Path) -> dict[str, Any]:
    environment = os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    command = [sys.executable, "-W", "ignore", __file__, "--one", way, str(path), str(model_path)]
    return json.loads(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)


def compare(kind: str, n_rows: int, repeats: int, folder: Path) -> dict[str, Any]:
    """Play all ways on one pool and sum them up."""
    path, model_path = folder / f"{kind}.parquet", folder / f"{kind}.joblib"
    write_pool(kind, n_rows, path)
    joblib.dump(make_model(kind), model_path)
    runs: dict[str, list[dict[str, Any]]] = {way: [] for way in (LIMIT, OURS, MEMORY)}
    for _ in range(repeats):
        for way, found in runs.items():
            found.append(run_fresh(way, path, model_path))
            said = {name: value for name, value in found[-1].items() if name != "rows"}
            sys.stderr.write(f"{kind}, {way}: {said}\n")
    chosen = [found["rows"] for way in (OURS, MEMORY) for found in runs[way]]
    median = {
        name: {way: statistics.median(found[name] for found in runs[way]) for way in runs}
        for name in ("wall_seconds", "cpu_seconds", "peak_mb")
    }
    for found in (run for way in runs for run in runs[way]):
        del found["rows"]
    return {
        "rows": n_rows,
        "file_mb": round(path.stat().st_size / 2**20, 1),
        "same_rows_as_in_memory": all(rows == chosen[0] for rows in chosen),
        "ratio_to_limit_wall": round(median["wall_seconds"][OURS] / median["wall_seconds"][LIMIT], 2),
        "ratio_to_limit_cpu": round(median["cpu_seconds"][OURS] / median["cpu_seconds"][LIMIT], 2),
        "median": median,
        "runs": runs,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="200,000 rows, once")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--one", nargs=3, metavar=("WAY", "FILE", "MODEL"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(*options.one)))
        return 0
    n_rows, repeats = (200_000, 1) if options.quick else (options.rows, options.repeats)
    content: dict[str, Any] = {
        "command": command_line(),
        "versions": versions(),
        "pools": {},
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("numbers", "mixed"):
            content["pools"][kind] = found = compare(kind, n_rows, repeats, Path(folder))
            write_json(options.out, content)
            ratios = f"{found['ratio_to_limit_wall']} times the limit (CPU {found['ratio_to_limit_cpu']})"
            print(
                f"{kind}: {n_rows:,} rows, {found['file_mb']} MB; {ratios}, "
                f"peak {found['median']['peak_mb'][OURS]} MB; "
                f"same rows as in memory: {found['same_rows_as_in_memory']}"
            )
            if not found["same_rows_as_in_memory"]:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
