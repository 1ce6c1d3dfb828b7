"""How real and synthetic rows were mixed, stage by stage."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from synda_sk.classifier import SynDAClassifier
from synda_sk.inspection._style import BLUE, GREEN, ORANGE, PINK, column_figure, tidy
from synda_sk.typing import FloatArray

__all__ = ["MixingScheduleDisplay"]

_LINES = {
    "beta": (r"Weight $\beta_t$", BLUE, "o"),
    "ratio": (r"Ratio $r_t$", ORANGE, "s"),
    "performance": (r"Performance $P_t$", GREEN, "^"),
    "consistency": (r"Consistency $C_t$", PINK, "D"),
}
_PANELS = (("beta",), ("ratio",), ("performance", "consistency"))


class MixingScheduleDisplay:
    r"""Weight and ratio of the synthetic rows at each stage, and what they follow where it was computed.

    beta_t is the weight of the synthetic rows and r_t their number by that of
    the real ones; P_t the quality of the model out of fold and C_t how far real
    and synthetic rows are alike, which an adaptive ratio follows (proposal,
    2.3.1). The lowest axes are left out where no stage has either.

    Make one with :meth:`from_estimator`; the constructor takes computed values.

    Parameters
    ----------
    history : sequence of dict
        One a stage, as ``SynDAClassifier.history_`` has them, with the keys
        "beta", "ratio", "kept", "performance" and "consistency".

    Attributes
    ----------
    axes_ : ndarray of matplotlib.axes.Axes
        Two or three axes, from top to bottom.
    figure_ : matplotlib.figure.Figure
        The figure around them.
    lines_ : dict of str to matplotlib.lines.Line2D
        By "beta", "ratio", "performance" and "consistency", those drawn.

    Examples
    --------
    >>> from synda_sk.inspection import MixingScheduleDisplay
    >>> stage = {"kept": 10, "performance": None, "consistency": None}
    >>> display = MixingScheduleDisplay(
    ...     [stage | {"beta": 0.1, "ratio": 0.5}, stage | {"beta": 0.2, "ratio": 0.25}]
    ... ).plot()
    >>> display.lines_["beta"].get_ydata().tolist()
    [0.1, 0.2]
    """

    def __init__(self, history: Sequence[Mapping[str, Any]]) -> None:
        self.history = history

    @classmethod
    def from_estimator(cls, estimator: SynDAClassifier, *, axes: Any = None) -> Self:
        """Draw the stages of a fitted classifier.

        Parameters
        ----------
        estimator : SynDAClassifier
            Fitted.
        axes : array-like of matplotlib.axes.Axes or None, default=None
            Where to draw, see :meth:`plot`.

        Returns
        -------
        MixingScheduleDisplay
            Drawn.

        Raises
        ------
        TypeError
            If `estimator` is no fitted SynDAClassifier.
        """
        if not isinstance(estimator, SynDAClassifier) or not hasattr(estimator, "history_"):
            raise TypeError(f"estimator == {estimator!r}, must be a fitted SynDAClassifier.")
        return cls(estimator.history_).plot(axes=axes)

    def plot(self, axes: Any = None) -> Self:
        """Draw.

        Parameters
        ----------
        axes : array-like of matplotlib.axes.Axes or None, default=None
            Where to: three axes, or two where there is nothing for the third;
            None makes a figure of a column's width.

        Returns
        -------
        MixingScheduleDisplay
            Itself, with `axes_` and `figure_`.

        Raises
        ------
        ValueError
            If `history` is empty or lacks a key, or `axes` are too few.
        """
        values = self._values()
        panels = [names for names in _PANELS if any(np.isfinite(values[name]).any() for name in names)]
        if axes is None:
            height = 0.4 + 0.95 * len(panels)
            axes = column_figure(
                "MixingScheduleDisplay.plot", height, len(panels), sharex=True, squeeze=False
            )
        self.axes_ = np.atleast_1d(np.asarray(axes, dtype=object)).ravel()
        if len(self.axes_) < len(panels):
            raise ValueError(f"axes has {len(self.axes_)} axes, must have {len(panels)}.")
        self.axes_ = self.axes_[: len(panels)]
        self.figure_ = self.axes_[0].figure
        self.lines_ = {}
        for ax, names in zip(self.axes_, panels, strict=True):
            for name in names:
                if np.isfinite(values[name]).any():
                    label, color, marker = _LINES[name]
                    (self.lines_[name],) = ax.plot(
                        values[name], color=color, marker=marker, markersize=3.5, linewidth=1.5, label=label
                    )
            several = len(ax.get_lines()) > 1
            xlabel = "Stage" if ax is self.axes_[-1] else None
            tidy(ax, xlabel=xlabel, ylabel=None if several else ax.get_lines()[0].get_label())
            top = max(np.nanmax(line.get_ydata()) for line in ax.get_lines()) or 1.0
            ax.set(ylim=(-0.06 * top, 1.12 * top))
            ax.xaxis.get_major_locator().set_params(integer=True)
            ax.yaxis.get_major_locator().set_params(nbins=4)
            if several:
                ax.legend(fontsize=7, frameon=False, ncols=2, loc="best")
        self.figure_.align_ylabels(self.axes_)
        return self

    def _values(self) -> dict[str, FloatArray]:
        """Arrays with NaN where a stage has no value; without a synthetic row the ratio is 0."""
        if not len(self.history):
            raise ValueError("history is empty, must have a stage.")
        for stage in self.history:
            missing = [key for key in (*_LINES, "kept") if key not in stage]
            if missing:
                raise ValueError(f"A stage of history lacks {missing[0]!r}; it has {sorted(stage)}.")
        values = {
            name: np.array([stage[name] for stage in self.history], dtype=np.float64) for name in _LINES
        }
        no_rows = np.array([stage["ratio"] is None and not stage["kept"] for stage in self.history])
        values["ratio"][no_rows] = 0.0
        return values
