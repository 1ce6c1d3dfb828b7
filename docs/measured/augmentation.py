"""Synthetic rows against their rivals."""

from collections.abc import Callable
from typing import Any

from measured._format import percent, signed, table

MODELS = {"logistic": "LogisticRegression", "forest": "RandomForest", "boosting": "HistGradientBoosting"}
ARMS = {
    "ours": "SynDA, unlabelled rows at hand",
    "ours without pool": "SynDA, labelled rows alone",
    "soft vote": "soft vote of forest and linear model, no synthetic rows",
    "smote": "SMOTE / SMOTENC",
    "over-sampling": "random over-sampling",
    "class weights": "class weights",
    "gaussian_copula": "SDV GaussianCopula",
    "tvae": "SDV TVAE",
    "ctgan": "SDV CTGAN",
    "copula_gan": "SDV CopulaGAN",
    "self-training": "self-training",
    "label spreading": "label spreading",
}


def by_arm(load: Callable[[str], Any]) -> str:
    """Return the mean gain of each way with each model, its worst cell and the cells harmed."""
    found = {(row["arm"], row["model"]): row for row in load("augmentation")["table"]["pooled"]}
    rows = []
    for arm, title in ARMS.items():
        own = [found[arm, model] for model in MODELS]
        seeds = str(min(row["n_seeds"] for row in own))
        rows.append([title, seeds, *(_cell(row) for row in own)])
    return table(["way", "seeds", *MODELS.values()], rows)


def _cell(row: dict[str, Any]) -> str:
    worst = percent(row["worst"])
    return f"{signed(row['gain'], 1, 100)} %, worst {worst} ({len(row['harmed'])})"
