"""Seconds of a query, by benchmarks/query_speed.py."""

from collections.abc import Callable
from typing import Any

from measured._format import table

SIZES = ("10000", "200000", "1000000", "6300000")
COLUMNS = {
    "synda max": "SynDA",
    "limit: predict_proba": "`predict_proba` alone",
    "modAL ranked batch": "modAL ranked batch",
    "scikit-activeml BADGE": "BADGE",
    "scikit-activeml BADGE of 2,000": "BADGE of 2,000 rows",
    "scikit-activeml CoreSet": "CoreSet",
    "scikit-activeml Falcun": "Falcun",
    "scikit-activeml TypiClust": "TypiClust",
}
FORMS = {
    ("synda max", 100): "as it is, a batch of 100",
    ("synda max", 1000): "a batch of 1,000",
    ("synda sum", 100): '`redundancy="sum"`, `density="cosine"`',
    ("synda max, penalty 100", 100): "a penalty of 100 instead of 0.3",
    ("synda sum, penalty 100", 100): '"sum" with a penalty of 100',
}


def by_size(load: Callable[[str], Any]) -> str:
    """Return the seconds of each library's query by the size of the pool."""
    ways = _ways(load)
    rows = [[f"{int(n):,}", *(_seconds(ways[way, 100][n]) for way in COLUMNS)] for n in SIZES]
    return table(["rows", *COLUMNS.values()], rows)


def by_form(load: Callable[[str], Any]) -> str:
    """Return what the forms of SynDA's query cost at a million rows."""
    ways = _ways(load)
    rows = []
    for form, title in FORMS.items():
        row = ways[form]["1000000"]
        cells = [f"{row['ratio_to_predict_proba']:.2g}", f"{row['extra_mb']:.0f} MB"]
        rows.append([title, _seconds(row), *cells])
    return table(["query of a million rows", "CPU", "times `predict_proba`", "memory"], rows)


def _ways(load: Callable[[str], Any]) -> dict[tuple[str, int], Any]:
    return {(row["way"], row["batch"]): row for row in load("query_speed")["table"]}


def _seconds(found: Any) -> str:
    if isinstance(found, str):
        return "given up"
    value = found["cpu_seconds"]
    return f"{value:.0f} s" if value >= 10 else f"{value:.2g} s"
