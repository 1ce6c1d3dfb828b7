"""Figures of synthetic rows beside those of real rows in their place."""

from collections.abc import Mapping
from typing import Any, Self

from synda_sk.augmentation import GeneratorReport, SyntheticAugmenter
from synda_sk.inspection._style import BLUE, ORANGE, column_figure
from synda_sk.typing import Labels, Table

__all__ = ["FidelityDisplay"]

SYNTHETIC, REAL = ORANGE, BLUE
GROUPS = {
    "fidelity": {
        "column_shapes": "column shapes",
        "pair_trends": "pair trends",
        "two_sample_auc": "two-sample AUC",
    },
    "usefulness": {"test_score": "trained on it, {scoring}"},
    "privacy": {
        "near_copies": "near-copies",
        "closer_than_holdout": "very close to a row",
        "closer_to_train": "closer to training",
        "membership_auc": "membership AUC",
    },
}


class FidelityDisplay:
    """What a generator's rows are worth, one line a figure.

    A filled dot is what the synthetic rows have, an open one what real rows in
    their place have; the nearer to each other, the better. Shares and areas
    only, all in [0, 1]: the Frechet distance is not drawn.

    Make one with :meth:`from_estimator` or :meth:`from_report`; the
    constructor takes computed values.

    Parameters
    ----------
    figures : dict of str to dict of str to float
        As :class:`~synda_sk.augmentation.GeneratorReport` has them: by name the
        values "synthetic" and "real".
    columns : dict of str to dict of str to float or None, default=None
        Shape of each column, likewise.
    n_columns : int, default=8
        The most columns drawn, those whose shape is worst beside that of real
        rows.
    title : str or None, default=None
        Above the picture.
    scoring : str, default="score"
        What ``figures["test_score"]`` is.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Where it was drawn.
    figure_ : matplotlib.figure.Figure
        The figure around it.
    synthetic_ : matplotlib.lines.Line2D
        Dots of the synthetic rows, from top to bottom.
    real_ : matplotlib.lines.Line2D
        Dots of the real rows.

    Examples
    --------
    >>> from synda_sk.inspection import FidelityDisplay
    >>> display = FidelityDisplay({"membership_auc": {"synthetic": 0.8, "real": 0.5}}).plot()
    >>> [label.get_text() for label in display.ax_.get_yticklabels()]
    ['privacy', 'membership AUC']
    """

    def __init__(
        self,
        figures: Mapping[str, Mapping[str, float]],
        columns: Mapping[str, Mapping[str, float]] | None = None,
        *,
        n_columns: int = 8,
        title: str | None = None,
        scoring: str = "score",
    ) -> None:
        self.figures = figures
        self.columns = columns
        self.n_columns = n_columns
        self.title = title
        self.scoring = scoring

    @classmethod
    def from_estimator(
        cls, augmenter: SyntheticAugmenter, X: Table, y: Labels, *, ax: Any = None, **settings: Any
    ) -> Self:
        """Measure an augmenter on a table, which leaves it as it is, and draw.

        Parameters
        ----------
        augmenter : SyntheticAugmenter
            Its ``report`` is called.
        X : table of shape (n_samples, n_features)
            Real rows.
        y : array-like of shape (n_samples,)
            Their labels.
        ax : matplotlib.axes.Axes or None, default=None
            Where to draw; None makes a figure.
        **settings : dict
            Further parameters of ``report``.

        Returns
        -------
        FidelityDisplay
            Drawn.

        Raises
        ------
        TypeError
            If `augmenter` has no ``report``.
        """
        if not hasattr(augmenter, "report"):
            raise TypeError(f"augmenter == {augmenter!r}, must have report, as SyntheticAugmenter has.")
        return cls.from_report(augmenter.report(X, y, **settings), ax=ax)

    @classmethod
    def from_report(cls, report: GeneratorReport, *, n_columns: int = 8, ax: Any = None) -> Self:
        """Draw a report.

        Parameters
        ----------
        report : GeneratorReport
            What ``SyntheticAugmenter.report`` returned.
        n_columns : int, default=8
            The most columns drawn.
        ax : matplotlib.axes.Axes or None, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        FidelityDisplay
            Drawn.

        Raises
        ------
        TypeError
            If it is no report.
        """
        if not isinstance(report, GeneratorReport):
            raise TypeError(f"report == {report!r}, must be a GeneratorReport.")
        title = f"{report.generator}, {report.n_synthetic} rows"
        display = cls(
            report.figures, report.columns, n_columns=n_columns, title=title, scoring=report.scoring
        )
        return display.plot(ax=ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib.axes.Axes or None, default=None
            Where to; None makes a figure of a column's width.

        Returns
        -------
        FidelityDisplay
            Itself, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If there is no figure to draw, or a value lacks "synthetic" or "real".
        """
        groups = self._groups()
        n_lines = sum(1 + len(rows) for rows in groups.values())
        if ax is None:
            ax = column_figure("FidelityDisplay.plot", 0.9 + 0.18 * n_lines)
        self.ax_, self.figure_ = ax, ax.figure
        labels: list[str] = []
        places: list[int] = []
        for group, rows in groups.items():
            places += range(len(labels) + 1, len(labels) + 1 + len(rows))
            labels += [group, *rows]
        sides = [values for rows in groups.values() for values in rows.values()]
        synthetic, real = ([values[side] for values in sides] for side in ("synthetic", "real"))
        ax.hlines(places, synthetic, real, color="0.75", linewidth=2, zorder=1)
        (self.real_,) = ax.plot(
            real, places, "o", markersize=5.5, markerfacecolor="white", color=REAL, label="real rows"
        )
        (self.synthetic_,) = ax.plot(
            synthetic, places, "o", markersize=3.5, color=SYNTHETIC, label="synthetic rows"
        )
        ax.set_yticks(range(len(labels)), labels, fontsize=7)
        for place in set(range(len(labels))) - set(places):
            ax.get_yticklabels()[place].set_fontweight("bold")
        ax.set(xlim=(-0.02, 1.02), ylim=(n_lines - 0.4, -0.6))
        ax.tick_params(axis="x", labelsize=7)
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="x", alpha=0.25, linewidth=0.5)
        ax.spines[["top", "right", "left"]].set_visible(False)
        if self.title:
            ax.set_title(self.title, fontsize=8, loc="left")
        below = (1.0, -1.1 / n_lines)
        ax.legend(fontsize=7, frameon=False, ncols=2, loc="upper right", bbox_to_anchor=below)
        return self

    def _groups(self) -> dict[str, dict[str, Mapping[str, float]]]:
        """Values by their words, group by group: the figures there are, then the worst columns."""
        columns = dict(self.columns or {})
        for name, sides in [*self.figures.items(), *columns.items()]:
            if not isinstance(sides, Mapping) or {"synthetic", "real"} - set(sides):
                raise ValueError(
                    f"figures or columns hold {sides!r} for {name!r}, must hold synthetic and real."
                )
        groups = {
            group: {
                text.format(scoring=self.scoring.replace("_", " ")): self.figures[name]
                for name, text in words.items()
                if name in self.figures
            }
            for group, words in GROUPS.items()
        }
        worst = sorted(columns, key=lambda name: columns[name]["synthetic"] - columns[name]["real"])
        groups["worst columns"] = {name: columns[name] for name in worst[: self.n_columns]}
        groups = {group: rows for group, rows in groups.items() if rows}
        if not groups:
            raise ValueError(f"figures has nothing to draw; it has {list(self.figures)}.")
        return groups
