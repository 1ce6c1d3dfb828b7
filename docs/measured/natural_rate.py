"""Fraud at its natural rate."""

from collections.abc import Callable
from typing import Any

from measured._format import percent, table

ARMS = {"synda": "SynDA", "random": "random", "oracle": "all labels"}


def by_difficulty(load: Callable[[str], Any]) -> str:
    """Return the share of the frauds found, and what the models are worth on later rows."""
    content = load("natural_rate")
    rows = []
    for level in ("easy", "medium", "hard"):
        told = content[level]["summary"]
        found = [percent(told[f"{arm} share_found"]["mean"]) for arm in ("synda", "random")]
        worth = [_spread(told[f"{arm} average_precision"]) for arm in ARMS]
        rows.append([level, str(len(content[level]["runs"])), *found, *worth])
    labels = content["budget"]["label_budget"]
    header = ["table", "seeds", f"frauds found by {labels} labels: SynDA", "random"]
    return table([*header, *(f"average precision later: {title}" for title in ARMS.values())], rows)


def _spread(found: dict[str, float | None]) -> str:
    return f"{found['mean']:.2f} ± {found['standard_error']:.2f}"
