"""A small model in the place of a slow one."""

from collections.abc import Callable
from typing import Any

from measured._format import table


def by_table(load: Callable[[str], Any]) -> str:
    """Return medians of the speed of a proxy and the worth of its batches."""
    rows = []
    for row in load("proxy")["table"]:
        name, n_labels = row["cell"].split("/")
        speeds = [f"{row[key][0]:.1f}" for key in ("speed", "speed_with_distilling_at_100000")]
        rows.append([name, n_labels, *speeds, *(f"{row[key][0]:.3f}" for key in ("value_20", "value_100"))])
    header = [
        "table",
        "labels",
        "times faster",
        "with training, 100,000 rows",
        "worth of a batch of 20",
        "of 100",
    ]
    return table(header, rows)
