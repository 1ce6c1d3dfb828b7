"""Learning curves as SVG that takes its colours from the page around it."""

from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import Any

MARGIN_LEFT, MARGIN_RIGHT, MARGIN_TOP, MARGIN_BOTTOM = 44, 14, 12, 38
PIXELS_A_TICK = 55
THOUSANDS = ((10**9, "G"), (10**6, "M"), (10**3, "k"))
CROWDED = 3  # with more curves, only the method and the reference have bands


@dataclass(frozen=True)
class Curve:
    """One line of a picture.

    Parameters
    ----------
    name : str
        The method.
    css : str
        Class that colours it.
    points : list of (float, float, float or None)
        Label count, mean, standard error.
    """

    name: str
    css: str
    points: list[tuple[float, float, float | None]]


def draw_curves(
    curves: list[Curve], *, width: int, height: int, label: str, level: float | None = None
) -> str:
    """Draw means and standard errors over label counts.

    Parameters
    ----------
    curves : list of Curve
        The last is drawn on top.
    width, height : int
        Size of the picture in its own pixels.
    label : str
        What is on the vertical axis, for screen readers.
    level : float or None, default=None
        A height to mark by a dashed line.

    Returns
    -------
    str
        An ``<svg>`` element.
    """
    counts = [x for curve in curves for x, _, _ in curve.points]
    ends = [mean + sign * (error or 0) for c in curves for _, mean, error in c.points for sign in (-1, 1)]
    lowest = min([*ends, *([] if level is None else [level])])
    ticks = nice_ticks(lowest, max(ends), height // PIXELS_A_TICK)
    low, high = ticks[0], ticks[-1]
    left, right = min(counts), max(counts)

    def x_of(value: float) -> float:
        return MARGIN_LEFT + (value - left) / ((right - left) or 1) * (width - MARGIN_LEFT - MARGIN_RIGHT)

    def y_of(value: float) -> float:
        span = height - MARGIN_TOP - MARGIN_BOTTOM
        return MARGIN_TOP + (high - min(max(value, low), high)) / (high - low) * span

    crowded = ' class="crowded"' if len(curves) > CROWDED else ""
    parts = [
        f'<svg{crowded} viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)} over labels">'
    ]
    scale, unit = next((step for step in THOUSANDS if ticks[-1] >= 10 * step[0]), (1, ""))
    decimals = max(0, -floor(log10((ticks[1] - ticks[0]) / scale) + 1e-9))
    across = f'x1="{MARGIN_LEFT}" x2="{width - MARGIN_RIGHT}"'
    for tick in ticks:
        y = y_of(tick)
        parts.append(f'<line class="grid" {across} y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(_text(f"{tick / scale:.{decimals}f}{unit}", MARGIN_LEFT - 7, y + 4, "end"))
    for tick in count_ticks(sorted(set(counts)), width):
        parts.append(_text(f"{tick:.0f}", x_of(tick), height - MARGIN_BOTTOM + 18, "middle"))
    middle = (MARGIN_LEFT + width - MARGIN_RIGHT) / 2
    parts.append(_text("labels bought", middle, height - 4, "middle"))
    if level is not None:
        y = y_of(level)
        parts.append(f'<line class="level" {across} y1="{y:.1f}" y2="{y:.1f}"/>')
    for curve in curves:
        parts += _line(curve, x_of, y_of)
    return "".join([*parts, "</svg>"])


def _text(words: str, x: float, y: float, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


def _line(curve: Curve, x_of: Any, y_of: Any) -> list[str]:
    name = escape(curve.name)
    parts = [f'<g class="curve {curve.css}"><title>{name}</title>']
    banded = [(x, mean, error) for x, mean, error in curve.points if error is not None]
    if len(banded) > 1:
        upper = [f"{x_of(x):.1f},{y_of(mean + error):.1f}" for x, mean, error in banded]
        lower = [f"{x_of(x):.1f},{y_of(mean - error):.1f}" for x, mean, error in reversed(banded)]
        parts.append(f'<polygon class="band" points="{" ".join(upper + lower)}"/>')
    line = " ".join(f"{x_of(x):.1f},{y_of(mean):.1f}" for x, mean, _ in curve.points)
    parts.append(f'<polyline class="line" points="{line}"/>')
    for x, mean, error in curve.points:
        spread = "" if error is None else f" ± {error:.3f}"
        parts.append(
            f'<circle class="dot" cx="{x_of(x):.1f}" cy="{y_of(mean):.1f}" r="3.2">'
            f"<title>{name}: {mean:.3f}{spread} at {x:.0f} labels</title></circle>"
        )
    return [*parts, "</g>"]


def nice_ticks(low: float, high: float, n_steps: int = 4) -> list[float]:
    """Return evenly spaced round numbers from at most `low` to at least `high`, about `n_steps` apart.

    Examples
    --------
    >>> from synda_sk.evaluation._svg_curves import nice_ticks
    >>> nice_ticks(0.13, 0.71)
    [0.0, 0.2, 0.4, 0.6, 0.8]
    """
    if high - low < 1e-9:
        low, high = low - 0.05, high + 0.05
    raw = (high - low) / n_steps
    power = 10.0 ** floor(log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * 0.999)
    first = floor(low / step + 1e-9)
    last = max(first + 1, ceil(high / step - 1e-9))
    return [round(i * step, 10) for i in range(first, last + 1)]


def count_ticks(counts: list[float], width: int) -> list[float]:
    """Return those of the label counts that have room below the axis, the last one always."""
    room = max(2, (width - MARGIN_LEFT - MARGIN_RIGHT) // 46)
    every = ceil(len(counts) / room)
    return counts[::-1][::every][::-1]
