"""Learning curves over the number of labels, one a method."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from synda_sk.inspection._style import COLORS, MARKERS, column_figure, tidy
from synda_sk.metrics import isotonic_curve, labels_saved, learning_curves, mean_standard_error

__all__ = ["LabelEfficiencyDisplay"]


class LabelEfficiencyDisplay:
    """Quality over the number of labels, with standard errors.

    Make one with :meth:`from_results`; the constructor takes computed values.

    Parameters
    ----------
    n_labels : dict of str to array-like of shape (n_counts,)
        Label counts of each arm.
    scores : dict of str to array-like of shape (n_seeds, n_counts)
        Quality of each arm.
    measure : str, default="quality"
        What the scores are, for the axis.
    reference : str or None, default=None
        Arm whose final isotonic quality is drawn as the level to reach.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Where it was drawn.
    figure_ : matplotlib.figure.Figure
        The figure around it.
    lines_ : dict of str to matplotlib.lines.Line2D
        Mean curves.
    bands_ : dict of str to matplotlib.collections.PolyCollection
        One standard error to each side, for arms of two or more seeds.
    level_ : matplotlib.lines.Line2D or None
        The reference's final quality.

    Examples
    --------
    >>> from synda_sk.inspection import LabelEfficiencyDisplay
    >>> display = LabelEfficiencyDisplay(
    ...     {"synda": [20, 40], "random": [20, 40]},
    ...     {"synda": [[0.4, 0.7], [0.5, 0.8]], "random": [[0.3, 0.4], [0.2, 0.5]]},
    ...     reference="random",
    ... )
    >>> display.plot().ax_.get_xlabel()
    'Labels'
    """

    def __init__(
        self,
        n_labels: Mapping[str, ArrayLike],
        scores: Mapping[str, ArrayLike],
        *,
        measure: str = "quality",
        reference: str | None = None,
    ) -> None:
        self.n_labels = n_labels
        self.scores = scores
        self.measure = measure
        self.reference = reference

    @classmethod
    def from_results(
        cls,
        results: Any,
        *,
        measure: str | None = None,
        reference: str | None = "random",
        ax: Any = None,
    ) -> Self:
        """Draw the outcome of a comparison.

        Parameters
        ----------
        results : ProtocolResult, mapping or iterable of mapping
            A result; the content of ``results.json``, ``ProtocolResult.to_dict()``, or
            the records under its key "rounds".
        measure : str or None, default=None
            The key of a record to draw; None takes "average_precision", or
            "balanced_accuracy" for several classes.
        reference : str or None, default="random"
            Arm whose final quality is the level to reach; ignored where absent.
        ax : matplotlib.axes.Axes or None, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        LabelEfficiencyDisplay
            Drawn.

        Raises
        ------
        ValueError
            If there is no record or `measure` is no key of them.
        """
        if hasattr(results, "rounds"):
            results = results.rounds
        if isinstance(results, Mapping) and "rounds" not in results:
            raise ValueError(f"results lacks 'rounds'; it has {list(results)}.")
        records = list(results["rounds"] if isinstance(results, Mapping) else results)
        if not records:
            raise ValueError("results holds no round; at least one run must be finished.")
        if measure is None:
            measure = "average_precision" if "average_precision" in records[0] else "balanced_accuracy"
        curves = learning_curves(records, measure)
        display = cls(
            {arm: counts for arm, (_, counts, _) in curves.items()},
            {arm: scores for arm, (_, _, scores) in curves.items()},
            measure=measure,
            reference=reference if reference in curves else None,
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
        LabelEfficiencyDisplay
            Itself, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If counts and scores do not fit together, or `reference` is no arm.
        """
        self._check()
        if ax is None:
            ax = column_figure("LabelEfficiencyDisplay.plot", 2.8)
        self.ax_, self.figure_ = ax, ax.figure
        self.lines_, self.bands_ = {}, {}
        for i, (arm, counts) in enumerate(self.n_labels.items()):
            color, marker = COLORS[i % len(COLORS)], MARKERS[i % len(MARKERS)]
            mean, error = mean_standard_error(self.scores[arm])
            (self.lines_[arm],) = ax.plot(
                counts,
                mean,
                color=color,
                marker=marker,
                markersize=3.5,
                linewidth=1.5,
                label=self._label(arm),
            )
            if not np.isnan(error).any():
                self.bands_[arm] = ax.fill_between(
                    counts, mean - error, mean + error, color=color, alpha=0.2, linewidth=0
                )
        self.level_ = self._draw_level(ax)
        tidy(ax, xlabel="Labels", ylabel=self.measure.replace("_", " ").capitalize())
        ax.legend(fontsize=7, frameon=False, loc="best")
        return self

    def _check(self) -> None:
        for name, given in {"n_labels": self.n_labels, "scores": self.scores}.items():
            if not isinstance(given, Mapping):
                raise ValueError(f"{name} == {given!r}, must be a mapping with one array an arm.")
        arms = list(self.n_labels)
        if set(arms) != set(self.scores):
            raise ValueError(f"scores has the arms {list(self.scores)}, n_labels has {arms}.")
        if self.reference is not None and self.reference not in arms:
            raise ValueError(f"reference == {self.reference!r} is no arm; there are: {', '.join(arms)}.")
        for arm in arms:
            wanted, found = np.shape(self.n_labels[arm]), np.shape(self.scores[arm])
            if len(wanted) != 1 or len(found) != 2 or found[1:] != wanted:
                raise ValueError(
                    f"scores[{arm!r}] has shape {found} and n_labels[{arm!r}] {wanted}, must be "
                    "(n_seeds, n_counts) and (n_counts,)."
                )

    def _draw_level(self, ax: Any) -> Any:
        if self.reference is None:
            return None
        level = isotonic_curve(self.n_labels[self.reference], self.scores[self.reference])[-1]
        return ax.axhline(
            level,
            color="0.35",
            linestyle="--",
            linewidth=0.9,
            label=f"final quality of {self.reference}",
            zorder=1,
        )

    def _label(self, arm: str) -> str:
        counts = np.asarray(self.n_labels[arm])
        if self.reference in (None, arm) or not np.array_equal(counts, self.n_labels[self.reference]):
            return arm
        saved = labels_saved(counts, self.scores[arm], self.scores[self.reference])
        if np.isnan(saved):
            return arm
        return (
            f"{arm}: {saved:.0%} of labels saved" if saved >= 0 else f"{arm}: {-saved:.0%} more labels needed"
        )
