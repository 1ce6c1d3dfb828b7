"""What is told about a comparison: a table of text and a file of JSON."""

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from textwrap import wrap
from typing import Any

import synda_sk
from synda_sk.evaluation._groups import WORST_GROUP
from synda_sk.evaluation._result import ProtocolResult
from synda_sk.utils import write_atomically

PACKAGES = (
    "numpy",
    "scipy",
    "scikit-learn",
    "joblib",
    "narwhals",
    "pandas",
    "pyarrow",
    "matplotlib",
    "torch",
    "skorch",
)
MOST_SIDE_BY_SIDE = 2
COLUMNS = {
    "average_precision": ("average precision", "{:.3f}"),
    "recall_at_alerts": ("recall at {n_alerts} alerts", "{:.3f}"),
    "positives_found": ("positives found", "{:.1f}"),
    "balanced_accuracy": ("balanced accuracy", "{:.3f}"),
}


def versions() -> dict[str, str]:
    """Return the versions of Python, synda_sk and the packages it stands on.

    Returns
    -------
    dict of str to str
        Packages that are not installed are left out.
    """
    found = {"python": platform.python_version(), "synda_sk": synda_sk.__version__}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write strict JSON (no NaN), whole or not at all.

    Parameters
    ----------
    path : Path
        Where to.
    content : dict
        Plain values.
    """
    text = json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False) + "\n"
    write_atomically(path, lambda file: file.write(text.encode()))


def format_summary(result: ProtocolResult) -> str:
    """Lay out the means of all arms as text, standard errors in brackets.

    Parameters
    ----------
    result : ProtocolResult
        With at least one finished run.

    Returns
    -------
    str
        Lines of at most 100 characters, ASCII only: for two arms every label
        count, for more the end of each.
    """
    summary = result.summary()
    if len(summary["curves"]) > MOST_SIDE_BY_SIDE:
        lines = _ends(result)
    else:
        lines = _side_by_side(result, summary)
    n_seeds = max(entries[0]["n_seeds"] for entries in summary["curves"].values())
    shared = "; all seeds share one test part" if result.configuration["split"].startswith("by time") else ""
    lines.append(f"Means of {n_seeds} seed{'s' * (n_seeds > 1)}, standard errors in brackets{shared}.")
    gains = _gains(summary) if len(summary["curves"]) <= MOST_SIDE_BY_SIDE else []
    return "\n".join([*lines, *gains, *_beside_quality(result), *_synthetic_use(result)])


def _side_by_side(result: ProtocolResult, summary: dict[str, Any]) -> list[str]:
    arms = list(summary["curves"])
    measures = [name for name in COLUMNS if name in result.rounds[0] and _is_told(name, result)]
    by_count = {arm: {entry["n_labels"]: entry for entry in summary["curves"][arm]} for arm in arms}
    counts = sorted(set().union(*by_count.values()))
    titles = [COLUMNS[name][0].format(n_alerts=result.configuration["n_alerts"]) for name in measures]
    widths = [max(max(14, len(arm)) for arm in arms) for _ in measures]
    span = [width * len(arms) + len(arms) - 1 for width in widths]
    lines = [
        " " * 6 + "".join(f"  {title:^{n}}" for title, n in zip(titles, span, strict=True)).rstrip(),
        "labels" + "".join("  " + " ".join(f"{arm:^{n}}" for arm in arms) for n in widths).rstrip(),
    ]
    for count in counts:
        cells = [
            " ".join(f"{_cell(by_count[arm].get(count), name):^{n}}" for arm in arms)
            for name, n in zip(measures, widths, strict=True)
        ]
        lines.append(f"{count:>6}" + "".join(f"  {cell}" for cell in cells).rstrip())
    return lines


def _is_told(measure: str, result: ProtocolResult) -> bool:
    return measure == result.quality or measure != "balanced_accuracy"


def _ends(result: ProtocolResult) -> list[str]:
    rows = sorted(result.comparison(), key=lambda row: -row[result.quality])
    name = COLUMNS[result.quality][0]
    width = max(len(row["arm"]) for row in rows)
    saved_title = "labels saved" if result.configuration["reference"] else ""
    lines = [f"{'method':{width}}  {name:^17}  {'whole curve':^15}  {saved_title}".rstrip()]
    for row in rows:
        end = _told(row[result.quality], row[f"{result.quality}_standard_error"])
        area = _told(row["area"], row["area_standard_error"])
        saved = row["labels_saved"]
        tail = "" if saved is None else f"{saved:>12.0%}"
        lines.append(f"{row['arm']:{width}}  {end:^17}  {area:^15}  {tail}".rstrip())
    return lines


def _told(mean: float, error: float | None) -> str:
    return f"{mean:.3f}" + (f" ({error:.3f})" if error is not None else "")


def _cell(entry: dict[str, Any] | None, measure: str) -> str:
    if entry is None:
        return "-"
    mean, error = entry[measure]["mean"], entry[measure]["standard_error"]
    form = COLUMNS[measure][1]
    return form.format(mean) + (f" ({form.format(error)})" if error is not None else "")


def _gains(summary: dict[str, Any]) -> list[str]:
    reference, lines = summary["reference"], []
    for arm, difference in summary.get("difference", {}).items():
        if not difference:
            continue
        saved = summary["labels_saved"][arm]
        name, end = COLUMNS[summary["quality"]][0].capitalize(), difference["n_labels"]
        lines += [
            f"{arm} against {reference}: {_saved(saved, reference)}.",
            f"{name} differs by {_signed(difference['final'])} at {end} labels, "
            f"{_signed(difference['area'])} over the whole curve.",
        ]
    return lines


def _beside_quality(result: ProtocolResult) -> list[str]:
    """Tell the worst group and the value found by each arm at the end, where they were measured."""
    n_alerts = result.configuration.get("n_alerts")
    told = {
        WORST_GROUP: f"{COLUMNS[result.quality][0].capitalize()} of the worst group",
        "value_at_alerts": f"Share of the value among {n_alerts} alerts",
    }
    lines = []
    for name in [name for name in told if name in result.measures]:
        ends = [
            f"{row['arm']} {_told(row[name], row[f'{name}_standard_error'])}" for row in result.comparison()
        ]
        lines += wrap(f"{told[name]} at the end: {', '.join(ends)}.", 100)
    return lines


def _synthetic_use(result: ProtocolResult) -> list[str]:
    """Say how many models of each arm but the reference were trained with synthetic rows."""
    lines = []
    for arm in result.configuration["arms"]:
        kept = [record["kept"] > 0 for record in result.rounds if record["arm"] == arm]
        if kept and arm != result.configuration["reference"]:
            lines.append(f"{arm}: {sum(kept)} of {len(kept)} models were trained with synthetic rows too.")
    return lines


def _saved(saved: float | None, reference: str) -> str:
    if saved is None:
        return f"never as good as {reference} at its end"
    return f"{saved:.0%} of the labels saved" if saved >= 0 else f"{-saved:.0%} more labels needed"


def _signed(spread: dict[str, float | None]) -> str:
    error = spread["standard_error"]
    return f"{spread['mean']:+.3f}" + (f" ({error:.3f})" if error is not None else "")
