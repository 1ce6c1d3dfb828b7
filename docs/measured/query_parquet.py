"""A query over a file larger than memory."""

from collections.abc import Callable
from typing import Any

from measured._format import table

TITLES = {"numbers": "20 numbers", "mixed": "numbers and text"}
LIMIT, FILE, MEMORY = "limit: read and predict_proba", "query the file", "query in memory"


def by_pool(load: Callable[[str], Any]) -> str:
    """Return memory and time beside those of reading the file once."""
    rows = []
    for name, found in load("query_parquet")["pools"].items():
        peak, wall = found["median"]["peak_mb"], found["median"]["wall_seconds"]
        same = "yes" if found["same_rows_as_in_memory"] else "no"
        cells = [f"{peak[way]:,.0f} MB, {wall[way]:.1f} s" for way in (FILE, MEMORY, LIMIT)]
        rows.append([TITLES[name], f"{found['rows']:,}", same, *cells, f"{found['ratio_to_limit_wall']:.2g}"])
    header = ["columns", "rows", "same rows as in memory", "query of the file", "query in memory"]
    return table([*header, "reading and `predict_proba`", "times reading"], rows)
