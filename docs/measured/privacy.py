"""Fidelity and privacy of the rows of each generator of tables."""

from collections.abc import Callable
from typing import Any

from measured._format import span, table

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


RANGES = ("membership_auc", "closer_to_train", "near_copies", "two_sample_auc")


def ranges(load: Callable[[str], Any]) -> str:
    """Return the least and the largest figures of each generator over the tables."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in load("privacy")["table"]:
        if row["n_seeds"]:
            found.setdefault(row["generator"], []).append(row)
    rows = []
    for generator, own in found.items():
        lost = [row["test_score"]["real"] - row["test_score"]["synthetic"] for row in own]
        cells = [span([row[name]["synthetic"] for row in own], "{:.2f}") for name in RANGES]
        cells += [span([value or 0.0 for value in lost], "{:.2f}").replace("-", "−")]
        rows.append([generator, *cells, span([row["fit_seconds"] for row in own])])
    header = ["generator", *(COLUMNS[name] for name in RANGES), "score lost when trained on it", "fit, s"]
    return table(header, rows)


def by_table(load: Callable[[str], Any]) -> str:
    """Return a table in Markdown for each table of the benchmark."""
    rows = load("privacy")["table"]
    parts = []
    for title in dict.fromkeys(row["table"] for row in rows):
        own = [row for row in rows if row["table"] == title]
        first = next(row for row in own if row["n_seeds"])
        lines = [
            f"### {title}",
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
