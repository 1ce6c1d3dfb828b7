"""Figures of docs/guide/domains.md, each by a function of a few words."""

from statistics import mean
from typing import Any

import numpy as np

from measured._results import load as results

MODELS = ("forest", "logistic", "boosting")
DOMAINS = {
    "finance": ("paysim_kaggle", "mobile_money_medium", "mobile_money_hard")
    + ("bank_marketing", "vehicle_fraud", "credit_g"),
    "health": ("maternal_risk", "breast_cancer"),
}
WAYS = {
    "ours": "SynDA, unlabelled rows at hand",
    "ours without pool": "SynDA, labelled rows alone",
    "soft vote": "vote of forest and linear model, no synthetic rows",
    "smote": "SMOTE / SMOTENC",
    "gaussian_copula": "SDV GaussianCopula",
    "self-training": "self-training",
    "label spreading": "label spreading",
}
ARMS = {
    "real": "random labels, no augmentation",
    "augmented": "random labels, standard augmentation",
    "self_training": "self-training on random labels",
    "synda": "the classifier chooses, and learns from images of the pool",
}


def _one(rows: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    (row,) = (row for row in rows if all(row[key] == value for key, value in wanted.items()))
    return row


def _share(value: float) -> str:
    return f"{value:.0%}".replace("%", " %").replace("-", "−")


def _saved(value: float | None) -> str:
    return "never" if value is None else _share(value) if value else "none"


def _signed(mean: float, error: float) -> str:
    return f"{mean:+.3f} ± {error:.3f}".replace("-", "−")


def saved(table: str, model: str, arm: str = "synda") -> str:
    """Return the share of labels saved against random labelling."""
    return _saved(_one(results("labels_saved")["table"], cell=f"{table}/{model}", arm=arm)["labels_saved"])


def end(table: str, model: str, arm: str = "synda") -> str:
    """Return the quality at the end of the budget."""
    return f"{_one(results('labels_saved')['table'], cell=f'{table}/{model}', arm=arm)['end'][0]:.3f}"


def saved_table(domain: str) -> str:
    """Return labels saved and quality at the end, a line for each table and model."""
    found = results("labels_saved")
    lines = ["| table | model | saved | by entropy | at the end: random → SynDA | difference |"]
    lines.append(f"|{'---|' * 6}")
    for table in DOMAINS[domain]:
        measure = (
            "AP" if found["runs"][f"{table}/forest/random/0"]["measure"] == "average_precision" else "BA"
        )
        for model in MODELS:
            mine = _one(found["table"], cell=f"{table}/{model}", arm="synda")
            ends = f"{measure} {end(table, model, 'random')} → {end(table, model)}"
            shares = f"{saved(table, model)} | {saved(table, model, 'entropy')}"
            lines.append(f"| {table} | {model} | {shares} | {ends} | {_signed(*mine['minus random'])} |")
    return "\n".join(lines)


def natural(level: str, measure: str, arm: str = "synda") -> str:
    """Return frauds found or average precision at the natural rate."""
    value = results("natural_rate")[level]["summary"][f"{arm} {measure}"]["mean"]
    return _share(value) if measure == "share_found" else f"{value:.2f}"


def alerts(table: str, arm: str, measure: str = "precision_at_alerts") -> str:
    """Return what the alerts on the riskiest hundredth of the test rows are worth."""
    found = results("real_tables_20_seeds")["tables"][table]["summary"]["curves"][arm][-1]
    return f"{found[measure]['mean']:.2f}" if "at_alerts" in measure else f"{found[measure]['mean']:.0f}"


def synthetic_table(domain: str) -> str:
    """Return mean relative gains on few labels, and how many cells were harmed."""
    cells = results("augmentation")["table"]["cells"]
    lines = [f"| way | {' | '.join(MODELS)} |", f"|{'---|' * 4}"]
    for arm, name in WAYS.items():
        told = []
        for model in MODELS:
            own = [
                cell
                for cell in cells
                if cell["arm"] == arm
                and cell["cell"].endswith(f"/{model}")
                and cell["cell"].split("/")[0] in DOMAINS[domain]
            ]
            gain = np.mean([cell["gain"][0] for cell in own])
            harmed = sum(cell["p of harm, Holm"] < 0.05 for cell in own)
            told.append(f"{100 * gain:+.1f} % ({harmed} of {len(own)})".replace("-", "−"))
        lines.append(f"| {name} | {' | '.join(told)} |")
    return "\n".join(lines)


def images_table(name: str) -> str:
    """Return accuracies by labels a class, and labels saved."""
    rows = [row for row in results("image_labels")["table"] if row["set"] == name]
    counts = list(rows[0]["accuracy"])
    lines = [f"| labels a class | {' | '.join(counts)} | labels saved |", f"|{'---|' * (len(counts) + 2)}"]
    by_arm = {row["arm"]: row for row in rows}
    for arm, told in ARMS.items():
        if arm not in by_arm:
            continue
        row = by_arm[arm]
        scores = " | ".join(f"{row['accuracy'][count][0]:.3f}" for count in counts)
        lines.append(f"| {told} | {scores} | {'' if arm == 'augmented' else _saved(row['labels_saved'])} |")
    return "\n".join(lines)


def image(name: str, arm: str, count: str) -> str:
    """Return an accuracy with so many labels a class."""
    return f"{_one(results('image_labels')['table'], set=name, arm=arm)['accuracy'][count][0]:.3f}"


def images_saved(name: str, arm: str = "synda") -> str:
    """Return labels saved on images."""
    return _saved(_one(results("image_labels")["table"], set=name, arm=arm)["labels_saved"])


def drawn(cell: str, *images: str) -> str:
    """Return the accuracy on real images of nets trained on these ones alone, a mean over seeds."""
    return f"{mean(found[' '.join(images)]['CAS'] for found in results('images')['runs'][cell].values()):.3f}"


def private(table: str, generator: str, measure: str, side: str = "synthetic") -> str:
    """Return a figure of a generator's report, of its rows or of real ones."""
    return f"{_one(results('privacy')['table'], table=table, generator=generator)[measure][side]:.2f}"


def slow(model: str, runtime: str, measure: str) -> str:
    """Return what one answer takes, in ms or in MB of memory, of a model in a runtime."""
    value = results("deployment")["results"][model.replace("_", " ")]["runtimes"][runtime][measure]["median"]
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"


def proxy(cell: str, measure: str) -> str:
    """Return how much faster a proxy scans, or what its batch of 100 is worth, in the median."""
    value = _one(results("proxy")["table"], cell=cell)[measure][0]
    return f"{value:.1f}" if "speed" in measure else f"{value:.2f}"


def student(*what: str) -> str:
    """Return an accuracy, or the kilobytes, of the small classifier of images."""
    found, key = results("deployment")["results"]["image classifier"]["files"], " ".join(what)
    return f"{found[key] / 1000:.0f}" if "bytes" in key else f"{np.mean(found['accuracy'][key]):.3f}"


def figure(words: str) -> str:
    """Return what the function of this name says."""
    name, *arguments = words.split()
    told: str = globals()[name](*arguments)
    return f"\n\n{told}\n\n" if name.endswith("_table") else told
