"""Draw the pictures of the user guide, docs/guide/*.png, from real runs and from committed results.

python docs/guide_pictures.py [NAME ...]
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline

from synda_sk import (
    CurriculumMixer,
    QualityFilter,
    SigmoidSchedule,
    SynDAClassifier,
    SyntheticAugmenter,
)
from synda_sk.conditioning import Range, SumIs
from synda_sk.datasets import make_mobile_money
from synda_sk.generators import DiffusionGenerator
from synda_sk.inspection import (
    AlertBudgetDisplay,
    MixingScheduleDisplay,
    QualityScoreDisplay,
    SampleGridDisplay,
)
from synda_sk.inspection._style import BLUE, COLORS, MARKERS, ORANGE, column_figure, tidy
from synda_sk.mixing import AdaptiveRatio
from synda_sk.utils import TableEncoder

GUIDE = Path(__file__).parent / "guide"
RESULTS = GUIDE.parents[1] / "benchmarks" / "results"


def results(name: str) -> Any:
    """Return what a benchmark found."""
    return json.loads((RESULTS / f"{name}.json").read_text())


def context() -> Any:
    """Balances of drawn payments, with and without the rule that they follow from the amount."""
    columns = ["type", "amount", "fee", "balance_before", "balance_after"]
    X, y = make_mobile_money(4_000, fraud_rate=0.05, random_state=0)
    paid = X["type"] != "cash_in"
    X, y = X.loc[paid, columns], np.asarray(y)[paid]
    rules = [
        SumIs("balance_after", {"balance_before": 1, "amount": -1, "fee": -1}),
        Range("balance_after", low=0),
    ]
    _, axes = plt.subplots(1, 2, figsize=(6.4, 3.2), sharex=True, sharey=True, layout="constrained")
    for axis, given, title in zip(axes, (None, rules), ("without rules", "with them"), strict=True):
        rows, _ = SyntheticAugmenter("copula", constraints=given, random_state=0).fit(X, y).sample(300, 0)
        due = rows["balance_before"] - rows["amount"] - rows["fee"]
        axis.axline((0, 0), slope=1, color="grey", linewidth=0.8)
        axis.scatter(due, rows["balance_after"], s=8, alpha=0.6, color=BLUE if given else ORANGE)
        axis.set_title(title, loc="left", fontsize=9)
        tidy(axis, xlabel="balance before − amount − fee")
    axes[0].set_xscale("symlog", linthresh=100)
    axes[0].set_yscale("symlog", linthresh=100)
    axes[0].set_ylabel("balance after, as drawn", fontsize=8)
    return axes[0].figure


def quality() -> Any:
    """Scores of rows made by a kernel density, those kept and those dropped."""
    X, y = make_mobile_money(2_000, fraud_rate=0.05, random_state=0)
    made = SyntheticAugmenter("kde", sampling_strategy="all", ratio=0.5, random_state=0)
    kept = QualityFilter(made, threshold=0.8, min_distance=0.05, random_state=0).fit(X, np.asarray(y))
    return QualityScoreDisplay.from_estimator(kept).figure_


def mixing() -> Any:
    """A schedule over the rounds of a replay."""
    X, y = make_mobile_money(3_000, fraud_rate=0.05, random_state=0)
    mixer = CurriculumMixer(
        ratio=AdaptiveRatio(2.0),
        schedule=SigmoidSchedule(gain=4.0, threshold=0.5, scale=0.5),
        complexity="distance",
        complexity_min=0.3,
        n_warmup_rounds=5,
    )
    model = make_pipeline(TableEncoder(), RandomForestClassifier(100, random_state=0))
    parts = {"mixer": mixer, "quality_filter": QualityFilter(random_state=0)}
    clf = SynDAClassifier(model, **parts, label_budget=200, n_rounds=8, random_state=0)
    return MixingScheduleDisplay.from_estimator(clf.fit(X, np.asarray(y))).figure_


def evaluation() -> Any:
    """What a desk finds by two models, by how many alerts it looks at each day."""
    X, y, details = make_mobile_money(12_000, fraud_rate=0.02, return_details=True, random_state=0)
    y, day = np.asarray(y), details["time"].dt.date.to_numpy()
    known, later = np.arange(8_000), np.arange(8_000, 12_000)
    model = make_pipeline(TableEncoder(), RandomForestClassifier(100, random_state=0))
    random = np.random.default_rng(0).choice(known, 200, replace=False)
    asked = SynDAClassifier(model, label_budget=200, n_rounds=8, random_state=0)
    models = {
        "200 labels asked for": asked.fit(X.iloc[known], y[known]),
        "200 random labels": model.fit(X.iloc[random], y[random]),
    }
    return AlertBudgetDisplay.from_estimator(models, X.iloc[later], y[later], day=day[later]).figure_


def images() -> Any:
    """Digits drawn by a diffusion model, between real ones and their nearest."""
    X, y = load_digits(n_class=6, return_X_y=True)
    generator = DiffusionGenerator((8, 8), max_steps=1_500, random_state=0).fit(X[:600], y[:600])
    return SampleGridDisplay.from_generator(generator, X[:600], y[:600], n_per_class=2).figure_


def compression() -> Any:
    """Bytes and worth of our VAE and SDV's TVAE after each way of making them smaller."""
    rows = results("compression")["summary"]
    axis = column_figure("the picture", 3.0)
    marks = dict(zip(("vae", "tvae"), zip(COLORS, MARKERS, strict=False), strict=False))
    for generator, (color, marker) in marks.items():
        own = [row for row in rows if row["generator"] == generator and "untrained" not in row["way"]]
        places = [(row["bytes_stored"], row["tstr_auc"]) for row in own]
        axis.scatter(*zip(*places, strict=True), s=16, color=color, marker=marker, label=f'"{generator}"')
        for row, place in zip(own, places, strict=True):
            if row["way"] in ("whole", "quarter, int8", "pruned 70%"):
                axis.annotate(row["way"], place, (0, 6), textcoords="offset points", fontsize=7, ha="center")
    axis.set(xscale="log", xlim=(2e3, 1e6), ylim=(0.76, 0.9))
    axis.legend(fontsize=7, frameon=False, loc="lower right")
    tidy(axis, xlabel="bytes of the file", ylabel="ROC AUC of a model trained on its rows")
    return axis.figure


def interop() -> Any:
    """Time of an answer and memory of a process, in the library of training and in onnxruntime."""
    found = results("deployment")["results"]
    _, axes = plt.subplots(1, 2, figsize=(6.4, 2.7), sharey=True, layout="constrained")
    for axis, measure, label in zip(
        axes, ("p50_ms", "peak_mb"), ("ms an answer", "MB of memory"), strict=True
    ):
        for shift, color, runtimes in (
            (-0.2, ORANGE, ("scikit-learn", "torch")),
            (0.2, BLUE, ("onnxruntime",)),
        ):
            values = [
                next(
                    told["runtimes"][name][measure]["median"] for name in runtimes if name in told["runtimes"]
                )
                for told in found.values()
            ]
            label_of = " or ".join(runtimes)
            axis.barh(np.arange(len(found)) + shift, values, 0.36, color=color, label=label_of)
        tidy(axis, xlabel=label)
    axes[0].set_xscale("log")
    axes[0].set_yticks(range(len(found)), list(found))
    axes[0].invert_yaxis()
    axes[0].figure.legend(
        *axes[1].get_legend_handles_labels(), fontsize=7, frameon=False, loc="outside upper right", ncols=2
    )
    return axes[0].figure


def domains() -> Any:
    """Labels saved on each table with three models; a cross where random's end was never reached."""
    rows = [row for row in results("labels_saved")["table"] if row["arm"] == "synda"]
    tables = list(dict.fromkeys(row["cell"].split("/")[0] for row in rows))
    _, axis = plt.subplots(figsize=(4.6, 3.4), layout="constrained")
    for model, color, marker in zip(("forest", "logistic", "boosting"), COLORS, MARKERS, strict=False):
        own = {row["cell"].split("/")[0]: row["labels_saved"] for row in rows if row["cell"].endswith(model)}
        places = [(100 * (own[table] or 0), i) for i, table in enumerate(tables) if own[table] is not None]
        axis.scatter(*zip(*places, strict=True), s=22, color=color, marker=marker, label=model, alpha=0.8)
        never = [i for i, table in enumerate(tables) if own[table] is None]
        axis.scatter(np.full(len(never), -5), never, s=22, color=color, marker="x")
    axis.set_yticks(range(len(tables)), tables)
    axis.legend(fontsize=7, frameon=False, loc="lower left", ncols=3, bbox_to_anchor=(0, 1))
    axis.set_xlim(-10, 100)
    tidy(axis, xlabel="labels saved against random labelling, %")
    return axis.figure


PICTURES = (compression, context, domains, evaluation, images, interop, mixing, quality)


def main() -> None:
    """Draw the pictures named, or all."""
    for draw in PICTURES:
        if draw.__name__ in (sys.argv[1:] or [draw.__name__]):
            draw().savefig(GUIDE / f"{draw.__name__}.png", dpi=130)


if __name__ == "__main__":
    main()
