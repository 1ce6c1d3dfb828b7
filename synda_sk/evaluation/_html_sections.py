"""The sections of a report."""

from html import escape
from typing import Any

from synda_sk.evaluation._arms import METHOD
from synda_sk.evaluation._html_parts import (
    bar_row,
    definitions,
    dot_row,
    measure_name,
    number,
    p_value,
    percent,
    section,
    sentence,
    spread,
    table,
)
from synda_sk.evaluation._result import ProtocolResult
from synda_sk.evaluation._svg_curves import Curve, draw_curves

N_COLORS = 6  # k0 to k5 of report.css
WIDE, NARROW, SMALL = (820, 400), (380, 310), (390, 230)
ENOUGH_SEEDS = 6  # with fewer, the signed-rank test cannot reach 5 %


class Page:
    """What the sections are made of: a result, its summary, and the colour of each method.

    Parameters
    ----------
    result : ProtocolResult
        With at least one finished run.
    """

    def __init__(self, result: ProtocolResult) -> None:
        self.configuration = result.configuration
        self.result = result
        self.summary = result.summary()
        self.rows = {row["arm"]: row for row in result.comparison()}
        self.quality = result.quality
        self.reference = (
            self.configuration["reference"] if self.configuration["reference"] in self.rows else None
        )
        self.colors = self._colors()
        ranked = sorted(self.rows, key=lambda arm: -self.rows[arm]["area"])
        others = [arm for arm in ranked if arm != self.reference]
        self.hero = METHOD if METHOD in others else (others or ranked)[0]

    def name(self, measure: str) -> str:
        """Return the words for a measure."""
        return measure_name(measure, self.configuration)

    def _colors(self) -> dict[str, str]:
        ranked = sorted(self.rows, key=lambda arm: -self.rows[arm]["area"])
        colors = {METHOD: "k0"} if METHOD in self.rows else {}
        if self.reference is not None:
            colors.setdefault(self.reference, "kr")
        free = [f"k{i}" for i in range(N_COLORS) if f"k{i}" not in colors.values()]
        for arm in ranked:
            if arm not in colors:
                colors[arm] = free.pop(0) if free else "kx"
        return colors

    def curves(self, measure: str) -> list[Curve]:
        """Return the learning curves of a measure, grey ones first and the method last."""
        order = {"kx": 0, "kr": 1, "k0": 3}
        arms = sorted(self.summary["curves"], key=lambda arm: order.get(self.colors[arm], 2))
        return [
            Curve(
                arm,
                self.colors[arm],
                [
                    (entry["n_labels"], entry[measure]["mean"], entry[measure]["standard_error"])
                    for entry in self.summary["curves"][arm]
                ],
            )
            for arm in arms
        ]


def cards(page: Page) -> str:
    """Return the figures to see first."""
    found = _ablation_cards(page) if "studies" in page.configuration else _comparison_cards(page)
    cells = "".join(
        f'<div><b class="{css}">{value}</b><span>{text}</span></div>' for value, text, css in found
    )
    return f'<div class="cards">{cells}</div>'


def _ablation_cards(page: Page) -> list[tuple[str, str, str]]:
    quality = page.name(page.quality)
    found = []
    if page.reference is not None:
        whole = page.rows[page.reference]
        found.append(
            (number(whole["area"]), f"mean {quality} of {escape(page.reference)} over the whole curve", "")
        )
    changed = [row for row in page.rows.values() if row["area_difference_mean"] is not None]
    if changed:
        for words, row in (
            ("the most that a change loses", min(changed, key=lambda row: row["area_difference_mean"])),
            ("the most that a change gains", max(changed, key=lambda row: row["area_difference_mean"])),
        ):
            mean, error = row["area_difference_mean"], row["area_difference_standard_error"]
            sure = error is not None and abs(mean) > 2 * error
            tail = "" if error is None else f" ± {number(error)}"
            css = ("good" if mean > 0 else "bad") if sure else ""
            found.append((number(mean, sign=True), f"{tail} {words}: {escape(row['arm'])}", css))
    return found


def _comparison_cards(page: Page) -> list[tuple[str, str, str]]:
    hero, quality = page.rows[page.hero], page.name(page.quality)
    found = [
        (
            number(hero[page.quality]),
            f"{quality} of {escape(page.hero)} at {hero['n_labels']} labels"
            + (
                f"; {escape(page.reference)} {number(page.rows[page.reference][page.quality])}"
                if page.reference not in (None, page.hero)
                else ""
            ),
            "",
        )
    ]
    if page.reference not in (None, page.hero):
        reference = escape(str(page.reference))
        saved = hero["labels_saved"]
        low, high = hero["labels_saved_low"], hero["labels_saved_high"]
        between = "" if low is None or high is None else f" (between {percent(low)} and {percent(high)})"
        if saved is None:
            found.insert(0, ("never", f"as good as {reference} at its end", "bad"))
        elif saved >= 0:
            found.insert(0, (percent(saved), f"of the labels saved against {reference}{between}", "good"))
        else:
            found.insert(0, (percent(-saved), f"more labels needed than {reference}{between}", "bad"))
        error = hero["final_difference_standard_error"]
        words = [
            f"{'' if error is None else f'± {number(error)} '}{quality} against {reference} at equal labels"
        ]
        if hero["n_seeds"] >= ENOUGH_SEEDS:
            words.append(f"p {_equals(hero['final_difference_p_holm'])}")
        found.append((number(hero["final_difference_mean"], sign=True), "; ".join(words), ""))
    if "positives_found" in page.summary["curves"][page.hero][-1]:
        ends = {arm: page.summary["curves"][arm][-1]["positives_found"]["mean"] for arm in page.rows}
        other = (
            f"; {escape(str(page.reference))} {number(ends[page.reference], 1)}"
            if page.reference not in (None, page.hero)
            else ""
        )
        found.append((number(ends[page.hero], 1), f"positives among the labels bought{other}", ""))
    return found


def _equals(p: float | None) -> str:
    return p_value(p) if p is not None and p < 0.001 else f"= {p_value(p)}"


def learning_curves_section(page: Page) -> str:
    """Return the main picture."""
    level = page.summary.get("labels_to_target", {}).get("target")
    drawn = [
        f'<div class="{css}">'
        + draw_curves(
            page.curves(page.quality), width=w, height=h, label=page.name(page.quality), level=level
        )
        + "</div>"
        for css, (w, h) in (("wide", WIDE), ("narrow", NARROW))
    ]
    grey = sum(css == "kx" for css in page.colors.values())
    legend = "".join(
        f'<li class="{css}"><i></i>{escape(arm)}</li>' for arm, css in page.colors.items() if css != "kx"
    )
    if grey:
        legend += f'<li class="kx"><i></i>{grey} more</li>'
    lead = (
        f"{sentence(page.name(page.quality))} on held-out rows, mean of the seeds; "
        "bands are one standard error."
    )
    if level is not None:
        lead += f" The dashed line is what {escape(str(page.reference))} reaches at its end."
    body = f'<figure><ul class="legend">{legend}</ul>{"".join(drawn)}</figure>'
    return section("Quality for the labels bought", lead, body)


def comparison_section(page: Page) -> str:
    """Return the table of all methods, the best at the end first."""
    head = [
        "method",
        page.name(page.quality),
        "over the curve",
        "labels to target",
        "labels saved",
        "difference",
        "p",
    ]
    rows = []
    for row in sorted(page.rows.values(), key=lambda row: -row[page.quality]):
        interval = ""
        if row["labels_saved_low"] is not None and row["labels_saved_high"] is not None:
            interval = (
                f" <small>{percent(row['labels_saved_low'])} to {percent(row['labels_saved_high'])}</small>"
            )
        rows.append(
            [
                escape(row["arm"]),
                spread(row[page.quality], row[f"{page.quality}_standard_error"]),
                spread(row["area"], row["area_standard_error"]),
                "–" if row["labels_to_target"] is None else str(row["labels_to_target"]),
                percent(row["labels_saved"]) + interval,
                number(row["final_difference_mean"], sign=True),
                p_value(row["final_difference_p_holm"]),
            ]
        )
    lead = (
        f"At {max(r['n_labels'] for r in page.rows.values())} labels, standard errors over the seeds in grey."
    )
    if page.reference is not None:
        lead += (
            f" Target: what {escape(page.reference)} reaches at its end. "
            "Differences are to it, paired by seed; p of Wilcoxon's signed-rank test, corrected by Holm."
        )
    return section("All methods", lead, table(head, rows))


def differences_section(page: Page) -> str:
    """Return a dot for each method's difference to the reference; empty without one."""
    rows = [row for row in page.rows.values() if row["area_difference_mean"] is not None]
    if not rows:
        return ""
    ends = [
        row["area_difference_mean"] + sign * 2 * (row["area_difference_standard_error"] or 0)
        for row in rows
        for sign in (-1, 1)
    ]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    pad = 0.04 * ((high - low) or 1)
    studies = page.configuration.get("studies", {})
    parts = []
    for study in dict.fromkeys(studies.get(row["arm"], "") for row in rows):
        own = [row for row in rows if studies.get(row["arm"], "") == study]
        if study:
            parts.append(f"<h3>{escape(study)}</h3>")
        for row in sorted(own, key=lambda row: -row["area_difference_mean"]):
            mean, error = row["area_difference_mean"], row["area_difference_standard_error"]
            sure = error is not None and abs(mean) > 2 * error
            css = ("kg" if mean > 0 else "kb") if sure else "kr"
            name = row["arm"].removeprefix(f"{study}: ") if study else row["arm"]
            value = f"{number(mean, sign=True)}" + (
                "" if error is None else f" <small>± {number(error)}</small>"
            )
            parts.append(dot_row(name, mean, error, low - pad, high + pad, value, css))
    lead = (
        f"Mean {page.name(page.quality)} over the whole curve, against {escape(str(page.reference))}, "
        "the line at 0. Bars are two standard errors to each side; grey where they hold 0."
    )
    return section("Better or worse, and how surely", lead, f'<div class="rows">{"".join(parts)}</div>')


def measures_section(page: Page) -> str:
    """Return small pictures of the other measures."""
    first = page.summary["curves"][page.hero][0]
    others = [name for name in page.result.measures if name != page.quality and name in first]
    pictures = [
        f"<figure><h3>{escape(sentence(page.name(name)))}</h3>"
        + draw_curves(page.curves(name), width=SMALL[0], height=SMALL[1], label=page.name(name))
        + "</figure>"
        for name in others
    ]
    if not pictures:
        return ""
    lead = "The same runs by other measures; colours as above."
    if page.configuration["positive"] is None:
        lead += " Precision, recall and F1 are means over the classes."
    return section("Other measures", lead, f'<div class="multiples">{"".join(pictures)}</div>')


def synthetic_section(page: Page) -> str:
    """Return how often synthetic rows were used."""
    rows = []
    for arm in page.rows:
        own = [record for record in page.result.rounds if record["arm"] == arm]
        used = [record for record in own if record["kept"] > 0]
        if used:
            rows.append(
                [
                    escape(arm),
                    f"{len(used)} of {len(own)}",
                    number(sum(record["kept"] for record in used) / len(used), 0),
                    number(sum(record["beta"] for record in used) / len(used), 2),
                ]
            )
    if not rows:
        return ""
    head = ["method", "models trained with synthetic rows", "rows added to such a model", "their weight β"]
    lead = "β is the share of the loss that synthetic rows have; real rows have the rest."
    return section("Synthetic rows", lead, table(head, rows))


def cost_section(page: Page) -> str:
    """Return what a run of each method cost; empty where it was not measured."""
    known = {arm: row for arm, row in page.rows.items() if row.get("cpu_seconds") is not None}
    if not known:
        return ""
    highest = max(row["cpu_seconds"] for row in known.values())
    rows = []
    for arm, row in sorted(known.items(), key=lambda item: item[1]["cpu_seconds"]):
        memory = row.get("added_memory_mb")
        seconds = row["cpu_seconds"]
        text = f"{number(seconds, 1 if seconds >= 1 else 2)} s" + (
            "" if memory is None else f" <small>+{memory:.0f} MiB</small>"
        )
        rows.append(bar_row(arm, row["cpu_seconds"], highest, text, page.colors[arm]))
    lead = "Processor seconds of a whole run, all its models and questions, and the memory it added."
    body = f'<div class="rows">{"".join(rows)}</div>{_prediction_table(known)}'
    return section("What it costs", lead, body)


def _prediction_table(rows: dict[str, dict[str, Any]]) -> str:
    head = [
        "method",
        "training by the clock, s",
        "most memory, MiB",
        "prediction, µs a row",
        "operations a row",
    ]
    knows_energy = any(row.get("energy_joules") is not None for row in rows.values())
    if knows_energy:
        head.append("energy, J")
    cells = [
        [
            escape(arm),
            number(row["fit_seconds"], 1),
            number(row.get("peak_memory_mb"), 0),
            number(row["inference_ms_per_1000_rows"], 1),
            number(row.get("flops_per_row"), 0),
            *([number(row.get("energy_joules"), 0)] if knows_energy else []),
        ]
        for arm, row in rows.items()
    ]
    note = (
        "Prediction by the last model. Operations are products and sums of matrix products and convolutions, "
        "and comparisons in trees; a dash where they cannot be counted exactly."
    )
    if knows_energy:
        note += " Energy is that of the processor of the whole machine during training and choosing."
    return table(head, cells) + f'<p class="note">{note}</p>'


def setup_section(page: Page, content: dict[str, Any]) -> str:
    """Return how the comparison was made, and the command that repeats it."""
    c, run = page.configuration, page.result.runs[0]
    positives = run.get("positives_test")
    first = c["initial_labels"] if isinstance(c["initial_labels"], int) else percent(c["initial_labels"])
    entries = [
        ("data", c.get("data")),
        ("rows to label", run["n_train"]),
        ("rows to test on", run["n_test"]),
        ("class sought", None if c["positive"] is None else f"{c['positive']}, {positives} of the test rows"),
        ("rows of the source", c.get("n_source") or None),
        ("model from elsewhere", c.get("source_model")),
        ("split", c["split"]),
        ("groups", ", ".join(c["groups"]) if c.get("groups") else None),
        ("labels", f"{c['label_budget']} in all, {first} of them first, then {c['n_rounds']} rounds"),
        ("paired seeds", c["n_seeds"]),
        ("rows looked at", f"{c['n_alerts']} ({percent(c['alert_rate'])} of the test rows)"),
        ("cost of an alert", c.get("alert_cost")),
        ("versions", ", ".join(f"{k} {v}" for k, v in content.get("versions", {}).items()) or None),
    ]
    body = definitions(entries)
    n_seeds = max(row["n_seeds"] for row in page.rows.values())
    notes = []
    if page.reference is not None and n_seeds < ENOUGH_SEEDS:
        notes.append(
            f"With {n_seeds} seed{'s' * (n_seeds > 1)} no difference can pass the test at 5 %: "
            f"{ENOUGH_SEEDS} are needed."
        )
    if str(c["split"]).startswith("by time"):
        notes.append("All seeds share one test part: standard errors say nothing about other tables.")
    body += "".join(f'<p class="note">{note}</p>' for note in notes)
    if content.get("command"):
        body += f"<pre><code>{escape(content['command'])}</code></pre>"
    lead = "Every method had the same splits and seeds. A label that was not bought influenced nothing."
    return section("How it was done", lead, body)
