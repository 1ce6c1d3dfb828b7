"""Colours and axes that all pictures share."""

from typing import Any

from synda_sk.utils import import_optional

# Okabe & Ito, "Color Universal Design" (2008): told apart by colour-blind readers.
BLUE, ORANGE, GREEN, PINK, YELLOW, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"
COLORS = (BLUE, ORANGE, GREEN, PINK, YELLOW, SKY)
MARKERS = ("o", "s", "^", "D", "v", "P")


def column_figure(feature: str, height: float, n_rows: int = 1, **settings: Any) -> Any:
    """Return the axes of a figure as wide as a column of text, one below the other.

    Parameters
    ----------
    feature : str
        What needs matplotlib, for the message where it is missing.
    height : float
        Of the figure, in inches.
    n_rows : int, default=1
        Number of axes.
    **settings : dict
        Further parameters of ``matplotlib.pyplot.subplots``.

    Returns
    -------
    matplotlib.axes.Axes or ndarray of them
        As ``subplots`` returns them.
    """
    pyplot = import_optional("matplotlib.pyplot", extra="plot", feature=feature)
    return pyplot.subplots(n_rows, figsize=(3.5, height), layout="constrained", **settings)[1]


def tidy(ax: Any, *, xlabel: str | None = None, ylabel: str | None = None) -> None:
    """Give axes small labels, a faint grid and two sides only.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Drawn already.
    xlabel, ylabel : str or None, default=None
        Labels.
    """
    if xlabel is not None:
        ax.set_xlabel(xlabel, fontsize=8)
    if ylabel is not None:
        ax.set_ylabel(ylabel, fontsize=8)
    ax.tick_params(labelsize=7)
    ax.grid(alpha=0.25, linewidth=0.5)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
