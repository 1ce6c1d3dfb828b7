"""What an import costs."""

from collections.abc import Callable
from typing import Any

from measured._format import table


def by_statement(load: Callable[[str], Any]) -> str:
    """Return CPU seconds of imports in fresh processes."""
    rows = [
        [f"`{statement}`", f"{found['median']:.2f} s", f"{found['ratio_to_peer']:.2f}"]
        for statement, found in load("import_cost")["results"].items()
    ]
    return table(["statement", "CPU", "of the first"], rows)
