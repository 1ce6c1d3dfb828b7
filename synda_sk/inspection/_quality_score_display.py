"""Which synthetic rows a filter kept, by their quality."""

from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from synda_sk.inspection._style import BLUE, ORANGE, column_figure, tidy
from synda_sk.quality import GlobalThreshold, QualityFilter
from synda_sk.typing import Labels
from synda_sk.utils import import_optional

__all__ = ["QualityScoreDisplay"]

_REASONS: dict[str, dict[str, Any]] = {
    "kept": {"color": BLUE},
    "low quality": {"color": ORANGE},
    "near copy": {"color": "white", "edgecolor": "0.35", "hatch": "/////", "linewidth": 0.5},
}


class QualityScoreDisplay:
    """Histograms of q(x), one a class: rows kept, of low quality, and near-copies.

    A dashed line is the quality from which the class was kept.

    Make one with :meth:`from_estimator`; the constructor takes computed values.

    Parameters
    ----------
    quality : array-like of shape (n_synthetic,)
        q(x) of synthetic rows.
    labels : array-like of shape (n_synthetic,)
        Their classes.
    reasons : array-like of str of shape (n_synthetic,)
        "kept", "low quality" or "near copy", as ``QualityFilter.reasons_``.
    threshold : float or None, default=None
        tau_q, where it is the same for all classes; None draws the lowest
        quality kept of each class that lost rows of low quality.
    n_bins : int, default=25
        Bins over the range of q.

    Attributes
    ----------
    axes_ : ndarray of matplotlib.axes.Axes
        One a class, in the order of the classes.
    figure_ : matplotlib.figure.Figure
        The figure around them.
    thresholds_ : dict
        The quality from which each class was kept, by class; those drawn.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from synda_sk import QualityFilter
    >>> from synda_sk.inspection import QualityScoreDisplay
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> display = QualityScoreDisplay.from_estimator(QualityFilter(threshold=0.8, random_state=0).fit(X, y))
    >>> display.axes_[0].get_title(loc="left")  # rows were made of the rarer class alone
    'class 0: 80 % of 145 kept'
    """

    def __init__(
        self,
        quality: ArrayLike,
        labels: Labels,
        reasons: ArrayLike,
        *,
        threshold: float | None = None,
        n_bins: int = 25,
    ) -> None:
        self.quality = quality
        self.labels = labels
        self.reasons = reasons
        self.threshold = threshold
        self.n_bins = n_bins

    @classmethod
    def from_estimator(cls, quality_filter: QualityFilter, *, n_bins: int = 25, axes: Any = None) -> Self:
        """Draw the rows that a fitted filter judged.

        Parameters
        ----------
        quality_filter : QualityFilter
            Fitted.
        n_bins : int, default=25
            Bins over the range of q.
        axes : array-like of matplotlib.axes.Axes or None, default=None
            Where to draw, see :meth:`plot`.

        Returns
        -------
        QualityScoreDisplay
            Drawn.

        Raises
        ------
        TypeError
            If it is no fitted QualityFilter.
        ValueError
            If it judged no row.
        """
        if not isinstance(quality_filter, QualityFilter) or not hasattr(quality_filter, "quality_"):
            raise TypeError(f"quality_filter == {quality_filter!r}, must be a fitted QualityFilter.")
        given = quality_filter.threshold
        display = cls(
            quality_filter.quality_,
            quality_filter.labels_,
            quality_filter.reasons_,
            threshold=given.value if isinstance(given, GlobalThreshold) else None,
            n_bins=n_bins,
        )
        return display.plot(axes=axes)

    def plot(self, axes: Any = None) -> Self:
        """Draw.

        Parameters
        ----------
        axes : array-like of matplotlib.axes.Axes or None, default=None
            Where to, one a class; None makes a figure of a column's width.

        Returns
        -------
        QualityScoreDisplay
            Itself, with `axes_` and `figure_`.

        Raises
        ------
        ValueError
            If there is no row, lengths differ, a reason is none of the three, or
            `axes` are not one a class.
        """
        quality, labels, reasons = self._check()
        transforms = import_optional(
            "matplotlib.transforms", extra="plot", feature="QualityScoreDisplay.plot"
        )
        classes = np.unique(labels)
        if axes is None:
            axes = column_figure(
                "QualityScoreDisplay.plot",
                0.7 + 0.85 * len(classes),
                len(classes),
                sharex=True,
                squeeze=False,
            )
        self.axes_ = np.atleast_1d(np.asarray(axes, dtype=object)).ravel()
        if len(self.axes_) != len(classes):
            raise ValueError(f"axes has {len(self.axes_)} axes, must have {len(classes)}, one a class.")
        self.figure_ = self.axes_[0].figure
        self.thresholds_ = {}
        drawn = [reason for reason in _REASONS if (reasons == reason).any()]
        ends = [*quality, *([] if self.threshold is None else [self.threshold])]
        bins = np.histogram_bin_edges(ends, self.n_bins)
        for ax, label in zip(self.axes_, classes.tolist(), strict=True):
            own = labels == label
            below = np.zeros(self.n_bins)
            for reason in drawn:
                counts = np.histogram(quality[own & (reasons == reason)], bins)[0]
                ax.bar(
                    bins[:-1], counts, np.diff(bins), below, align="edge", label=reason, **_REASONS[reason]
                )
                below += counts
            cut = self._cut(quality[own], reasons[own])
            if cut is not None:
                self.thresholds_[label] = cut
                ax.axvline(cut, color="0.2", linestyle="--", linewidth=0.9, label="threshold")
            kept = np.mean(reasons[own] == "kept")
            tidy(ax, ylabel="Rows", xlabel="Quality q(x)" if ax is self.axes_[-1] else None)
            title = f"class {label}: {100 * kept:.0f} % of {own.sum():,} kept"
            ax.set_title(title, fontsize=7.5, loc="left", pad=3)
            ax.grid(visible=False, axis="x")
            ax.yaxis.get_major_locator().set_params(nbins=3, integer=True)
            ax.set_ylim(0, 1.1 * below.max())
        found: dict[str, Any] = {}
        for ax in self.axes_:
            found |= dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
        names = [name for name in (*_REASONS, "threshold") if name in found]
        handles = [found[name] for name in names]
        first = self.axes_[0]
        above_title = transforms.offset_copy(first.transAxes, self.figure_, y=14, units="points")
        first.legend(
            handles,
            names,
            fontsize=7,
            frameon=False,
            ncols=4,
            handlelength=1.5,
            handletextpad=0.5,
            columnspacing=1.0,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            bbox_transform=above_title,
            borderaxespad=0,
            borderpad=0,
        )
        return self

    def _cut(self, quality: np.ndarray, reasons: np.ndarray) -> float | None:
        if self.threshold is not None:
            return float(self.threshold)
        kept = quality[reasons == "kept"]
        return float(kept.min()) if len(kept) and (reasons == "low quality").any() else None

    def _check(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        if not isinstance(self.n_bins, Integral) or self.n_bins < 1:
            raise ValueError(f"n_bins == {self.n_bins!r}, must be a whole number >= 1.")
        quality = np.asarray(self.quality, dtype=np.float64)
        labels, reasons = np.asarray(self.labels), np.asarray(self.reasons)
        if quality.ndim != 1 or not len(quality) or not np.isfinite(quality).all():
            raise ValueError(f"quality has shape {quality.shape}, must have a finite number for each row.")
        for name, values in {"labels": labels, "reasons": reasons}.items():
            if values.shape != quality.shape:
                raise ValueError(f"{name} has shape {values.shape}, quality {quality.shape}; must be alike.")
        other = set(reasons.tolist()) - set(_REASONS)
        if other:
            raise ValueError(f"reasons holds {sorted(other)[0]!r}, must be one of {', '.join(_REASONS)}.")
        return quality, labels, reasons
