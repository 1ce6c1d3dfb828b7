"""Small pieces of a report: numbers, rows with a bar or a dot, tables."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

NAMES = {
    "average_precision": "average precision",
    "roc_auc": "area under the ROC curve",
    "recall_at_alerts": "recall at {n_alerts} alerts",
    "precision_at_alerts": "precision at {n_alerts} alerts",
    "positives_found": "positives among the labels",
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "value_at_alerts": "share of the value in {n_alerts} alerts",
    "operating_cost": "value missed and cost of the alerts",
    "worst_group": "{quality} of the worst group",
    "macro_roc_auc": "area under the ROC curve, mean over classes",
    "macro_average_precision": "average precision, mean over classes",
}


def measure_name(measure: str, configuration: dict[str, Any]) -> str:
    """Return the words for a measure."""
    quality = "balanced accuracy" if configuration.get("positive") is None else "average precision"
    words = NAMES.get(measure, measure.replace("_", " "))
    return words.format(n_alerts=configuration.get("n_alerts", "k"), quality=quality)


def sentence(words: str) -> str:
    """Return words with a capital at the beginning."""
    return words[:1].upper() + words[1:]


def number(value: float | None, decimals: int = 3, sign: bool = False) -> str:
    """Return a number as it is printed, a dash where there is none.

    Examples
    --------
    >>> from synda_sk.evaluation._html_parts import number
    >>> number(-0.12345), number(0.5, 1, sign=True), number(12808.6, 0), number(None)
    ('−0.123', '+0.5', '12,809', '–')
    """
    if value is None:
        return "–"
    return f"{value:{'+' if sign else ''},.{decimals}f}".replace("-", "−")


def percent(value: float | None) -> str:
    """Return a share in percent, a dash where there is none."""
    return "–" if value is None else f"{100 * value:.0f} %".replace("-", "−")


def p_value(p: float | None) -> str:
    """Return a p-value, small ones as a bound."""
    return "–" if p is None else "< 0.001" if p < 0.001 else f"{p:.3f}"


def spread(mean: float | None, error: float | None, decimals: int = 3) -> str:
    """Return a mean and, small, its standard error, as HTML."""
    tail = "" if error is None else f" <small>± {number(error, decimals)}</small>"
    return number(mean, decimals) + tail


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table that scrolls sideways where it is too wide; cells are HTML, the first names the row."""
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    return f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def dot_row(
    name: str, mean: float, error: float | None, low: float, high: float, value: str, css: str
) -> str:
    """Return a row with a dot at `mean`, a bar of two standard errors to each side, and a line at 0."""

    def place(x: float) -> float:
        return 100 * (min(max(x, low), high) - low) / (high - low)

    bar = ""
    if error is not None:
        left, right = place(mean - 2 * error), place(mean + 2 * error)
        bar = f'<s style="left:{left:.2f}%;width:{right - left:.2f}%"></s>'
    return (
        f'<div class="row {css}"><span class="name">{escape(name)}</span>'
        f'<span class="track"><u style="left:{place(0):.2f}%"></u>{bar}'
        f'<em style="left:{place(mean):.2f}%"></em></span><span class="value">{value}</span></div>'
    )


def bar_row(name: str, value: float, highest: float, text: str, css: str) -> str:
    """Return a row with a bar from 0."""
    width = 100 * value / highest if highest > 0 else 0
    return (
        f'<div class="row {css}"><span class="name">{escape(name)}</span>'
        f'<span class="track bar"><s style="width:{max(width, 0.5):.2f}%"></s></span>'
        f'<span class="value">{text}</span></div>'
    )


def section(title: str, lead: str, body: str) -> str:
    """Return a section; `title` and `lead` are HTML."""
    return f"<section><h2>{title}</h2><p>{lead}</p>{body}</section>"


def definitions(entries: Iterable[tuple[str, Any]]) -> str:
    """Return a list of names and values, those of None left out."""
    return (
        "<dl>"
        + "".join(
            f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>"
            for name, value in entries
            if value is not None
        )
        + "</dl>"
    )
