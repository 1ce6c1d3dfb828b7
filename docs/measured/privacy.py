"""Fidelity and privacy of the rows of each generator of tables."""

from collections.abc import Callable
from typing import Any

COLUMNS = {
    "column_shapes": "shapes",
    "pair_trends": "trends",
    "two_sample_auc": "two-sample AUC",
    "test_score": "trained on it",
    "near_copies": "near-copies",
    "closer_than_holdout": "very close",
    "closer_to_train": "closer to training",
    "membership_auc": "membership AUC",
}


def by_table(load: Callable[[str], Any]) -> str:
    """Return a table in Markdown for each table of the benchmark."""
    rows = load("privacy")["table"]
    parts = []
    for table in dict.fromkeys(row["table"] for row in rows):
        own = [row for row in rows if row["table"] == table]
        first = next(row for row in own if row["n_seeds"])
        lines = [
            f"### {table}",
            "",
            f"Trained on it: {first['scoring'].replace('_', ' ')}.",
            "",
            f"| generator | seeds | {' | '.join(COLUMNS.values())} | fit, s |",
            f"|---|---|{'---|' * len(COLUMNS)}---|",
            f"| *real rows* | | {' | '.join(_cell(first, name, 'real') for name in COLUMNS)} | |",
        ]
        for row in own:
            if not row["n_seeds"]:
                lines.append(f"| {row['generator']} | 0 | {row['gave_up']} |")
                continue
            cells = " | ".join(_cell(row, name, "synthetic") for name in COLUMNS)
            lines.append(
                f"| {row['generator']} | {row['n_seeds']} | {cells} | {_seconds(row['fit_seconds'])} |"
            )
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _cell(row: dict[str, Any], name: str, side: str) -> str:
    return f"{row[name][side]:.2f}" if name in row else ""


def _seconds(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"
