"""Labels saved by SynDA and by other libraries' strategies."""

from collections.abc import Callable
from typing import Any

from measured._format import percent, signed, table

MODELS = {"forest": "RandomForest", "logistic": "LogisticRegression", "boosting": "HistGradientBoosting"}
ARMS = {
    "synda": "SynDA",
    "entropy": "entropy",
    "uncertainty": "uncertainty",
    "badge": "BADGE",
    "coreset": "CoreSet",
    "falcun": "Falcun",
    "typiclust": "TypiClust",
}


def by_model(load: Callable[[str], Any]) -> str:
    """Return the share of labels saved and the rank of each way, means over the tables."""
    rows = []
    for model, title in MODELS.items():
        cells = [_mean(_of(load, model, arm)) for arm in ARMS]
        n_seeds = min(row["n_seeds"] for row in _of(load, model, "synda"))
        rows.append([f"{title} ({n_seeds} seeds)", *cells])
    return table(["model", *ARMS.values()], rows)


def against(load: Callable[[str], Any]) -> str:
    """Return where SynDA is first and last, and how near it comes to a significant loss."""
    rows = []
    for model, title in MODELS.items():
        own = _of(load, model, "synda")
        first = sum(row["rank_by_area"] == 1 for row in own)
        last = max(own, key=lambda row: row["rank_by_area"])
        cells = [f"{first} of {len(own)}", f"{last['rank_by_area']} of 8 ({_table(last)})"]
        rows.append([title, *cells, *(_nearest_loss(own, other) for other in ("random", "entropy"))])
    header = [
        "model",
        "first by area",
        "worst rank",
        "nearest to a loss: random",
        "nearest to a loss: entropy",
    ]
    return table(header, rows)


def by_table(load: Callable[[str], Any]) -> str:
    """Return what each table saved with each model, and how far the ends are apart."""
    rows = []
    for name in dict.fromkeys(row["cell"].split("/")[0] for row in load("labels_saved")["table"]):
        cells = []
        for model in MODELS:
            row = next(row for row in _of(load, model, "synda") if _table(row) == name)
            cells.append(f"{percent(row['labels_saved'])}, {signed(row['minus random'])}")
        budget = load("labels_saved")["budgets"][name]
        rows.append([name, str(budget["label_budget"]), *cells])
    return table(["table", "labels", *MODELS.values()], rows)


def _of(load: Callable[[str], Any], model: str, arm: str) -> list[dict[str, Any]]:
    found = load("labels_saved")["table"]
    return [row for row in found if row["arm"] == arm and row["cell"].endswith(f"/{model}")]


def _mean(rows: list[dict[str, Any]]) -> str:
    saved = sum(row["labels_saved"] or 0 for row in rows) / len(rows)
    return f"{percent(saved)}, {sum(row['rank_by_area'] for row in rows) / len(rows):.1f}"


def _nearest_loss(rows: list[dict[str, Any]], reference: str) -> str:
    row = min(rows, key=lambda row: row[f"p of harm against {reference}"])
    p, corrected = row[f"p of harm against {reference}"], row[f"p of harm against {reference}, Holm"]
    return f"{_table(row)}: {signed(row[f'minus {reference}'])}, p {p:.2g} ({corrected:.2g} by Holm)"


def _table(row: dict[str, Any]) -> str:
    return row["cell"].split("/")[0]
