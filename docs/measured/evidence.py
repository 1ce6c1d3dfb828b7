"""Six ways to spend 500 labels on eight tables."""

from collections.abc import Callable
from typing import Any

from measured._format import percent, signed, table

OTHERS = ("synda, real rows", "entropy", "self-training", "label spreading")


def by_cell(load: Callable[[str], Any]) -> str:
    """Return, for each table and model, what SynDA saved and the ends of all ways."""
    cells: dict[str, dict[str, Any]] = {}
    for row in load("evidence")["table"]:
        cells.setdefault(row["cell"], {})[row["arm"]] = row
    rows = []
    for cell, arms in cells.items():
        own = arms["synda"]
        lost = own["p of harm against random, Holm"] < 0.05
        rows.append(
            [
                cell.replace("/", ", "),
                percent(own["labels_saved"]),
                f"{arms['random']['end'][0]:.3f}",
                f"{own['end'][0]:.3f}",
                signed(own["minus random"]) + (" (a significant loss)" if lost else ""),
                *(f"{arms[other]['end'][0]:.3f}" for other in OTHERS),
            ]
        )
    header = ["table, model", "SynDA saved", "random", "SynDA", "SynDA − random"]
    return table([*header, "SynDA, real rows", *OTHERS[1:]], rows)
