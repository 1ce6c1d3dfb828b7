"""What a desk finds, over the alerts it can look at a day."""

from collections.abc import Mapping
from numbers import Integral
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike

from synda_sk.inspection._style import COLORS, MARKERS, column_figure, tidy
from synda_sk.metrics._alert_budget import check_amount, daily_ranking, gains_by_rank
from synda_sk.typing import FloatArray, Labels, Table

__all__ = ["AlertBudgetDisplay"]

_WORDS = {"recall": "Recall", "precision": "Precision", "value": "Share of the money found"}
_FEW = 15  # budgets that are marked one by one
_STYLES = ("-", "--", "-.", (0, (1, 1)))


class AlertBudgetDisplay:
    """Recall, precision or value found against the number of alerts a day, one line a model.

    Grey lines are a perfect order and a random one: a desk of few alerts cannot
    find more than the first.

    Make one with :meth:`from_estimator` or :meth:`from_predictions`; the
    constructor takes computed values.

    Parameters
    ----------
    curves : dict of str to array-like of shape (n_budgets,)
        By model, the measure at 1, 2, ... alerts a day.
    best : array-like of shape (n_budgets,) or None, default=None
        The same for a perfect order.
    random : array-like of shape (n_budgets,) or None, default=None
        The same for a random order.
    measure : {"recall", "precision", "value"}, default="recall"
        What it is, for the axis.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Where it was drawn.
    figure_ : matplotlib.figure.Figure
        The figure around it.
    lines_ : dict of str to matplotlib.lines.Line2D
        By model.

    See Also
    --------
    synda_sk.metrics.recall_at_alert_budget : One point of a line.

    Examples
    --------
    >>> from synda_sk.inspection import AlertBudgetDisplay
    >>> display = AlertBudgetDisplay.from_predictions(
    ...     [1, 0, 1, 0], {"new": [0.9, 0.1, 0.8, 0.2], "old": [0.1, 0.9, 0.8, 0.2]}, day=[0, 0, 1, 1]
    ... )
    >>> display.lines_["old"].get_ydata().tolist()
    [0.5, 1.0]
    """

    def __init__(
        self,
        curves: Mapping[str, ArrayLike],
        *,
        best: ArrayLike | None = None,
        random: ArrayLike | None = None,
        measure: Literal["recall", "precision", "value"] = "recall",
    ) -> None:
        self.curves = curves
        self.best = best
        self.random = random
        self.measure = measure

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Table, y: Labels, *, pos_label: Any = 1, ax: Any = None, **settings: Any
    ) -> Self:
        """Score rows with one model or several and draw.

        Parameters
        ----------
        estimator : fitted classifier or dict of str to fitted classifier
            Models with ``predict_proba`` or ``decision_function``, by name.
        X : table of shape (n_samples, n_features)
            Test rows.
        y : array-like of shape (n_samples,)
            Their labels.
        pos_label : label, default=1
            The positive label.
        ax : matplotlib.axes.Axes or None, default=None
            Where to draw; None makes a figure.
        **settings : dict
            Further parameters of :meth:`from_predictions`: `day`, `amount`,
            `measure`, `max_alerts`.

        Returns
        -------
        AlertBudgetDisplay
            Drawn.

        Raises
        ------
        ValueError
            If a model does not know `pos_label`, or as :meth:`from_predictions`.
        """
        models = estimator if isinstance(estimator, Mapping) else {type(estimator).__name__: estimator}
        scores = {name: _scores(name, model, X, pos_label) for name, model in models.items()}
        return cls.from_predictions(y, scores, pos_label=pos_label, ax=ax, **settings)

    @classmethod
    def from_predictions(
        cls,
        y_true: Labels,
        y_score: Any,
        *,
        day: Any = None,
        amount: Any = None,
        measure: Literal["recall", "precision", "value"] | None = None,
        max_alerts: int | None = None,
        pos_label: Any = 1,
        ax: Any = None,
    ) -> Self:
        """Draw scores of one model or several on the same rows.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            True labels.
        y_score : array-like of shape (n_samples,) or dict of str to such
            Scores, higher for likelier positives, by model.
        day : array-like of shape (n_samples,) or None, default=None
            The day of each row; None makes all rows one day.
        amount : array-like of shape (n_samples,) or None, default=None
            What each row is worth, for "value".
        measure : {"recall", "precision", "value"} or None, default=None
            None takes "value" where there is an `amount`, else "recall".
        max_alerts : int or None, default=None
            The most alerts a day to draw; None takes the number at which a
            perfect order has found everything, threefold.
        pos_label : label, default=1
            The positive label.
        ax : matplotlib.axes.Axes or None, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        AlertBudgetDisplay
            Drawn.

        Raises
        ------
        ValueError
            If a parameter is out of range, lengths differ, or there is nothing to find.
        """
        if measure is None:
            measure = "recall" if amount is None else "value"
        if measure not in _WORDS:
            raise ValueError(f"measure == {measure!r}, must be one of {', '.join(_WORDS)}.")
        if measure == "value" and amount is None:
            raise ValueError("amount == None, must be given for measure == 'value'.")
        if max_alerts is not None and (not isinstance(max_alerts, Integral) or max_alerts < 1):
            raise ValueError(f"max_alerts == {max_alerts!r}, must be a whole number >= 1.")
        scores = y_score if isinstance(y_score, Mapping) else {"model": y_score}
        if not scores:
            raise ValueError("y_score is empty, must have the scores of a model.")
        curves: dict[str, FloatArray] = {}
        gain: FloatArray
        for name, values in scores.items():
            positive, score, days = daily_ranking(y_true, values, 1, day, pos_label)
            if not curves:
                worth = check_amount(amount, len(positive)) if measure == "value" else np.ones(len(positive))
                gain = np.where(positive, worth, 0.0)
                if not gain.sum() > 0:
                    raise ValueError(f"y_true has nothing to find: no {pos_label!r}, or none with an amount.")
            curves[name] = _curve(gain, score, days, measure)
        best, random = (_curve(gain, order, days, measure) for order in (gain, np.zeros(len(gain))))
        if max_alerts is None:
            all_found = int(np.bincount(days, gain > 0).max())
            max_alerts = 3 * all_found
        shown = slice(0, max_alerts)
        display = cls(
            {name: values[shown] for name, values in curves.items()},
            best=best[shown],
            random=random[shown],
            measure=measure,
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
        AlertBudgetDisplay
            Itself, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If there is no curve, or `measure` is none of its values.
        """
        if self.measure not in _WORDS:
            raise ValueError(f"measure == {self.measure!r}, must be one of {', '.join(_WORDS)}.")
        if not isinstance(self.curves, Mapping) or not self.curves:
            raise ValueError(f"curves == {self.curves!r}, must map a model's name to its values.")
        if ax is None:
            ax = column_figure("AlertBudgetDisplay.plot", 3.0)
        self.ax_, self.figure_ = ax, ax.figure
        for values, label, style in ((self.best, "perfect order", ":"), (self.random, "random order", "--")):
            if values is not None:
                ax.plot(_budgets(values), values, color="0.55", linestyle=style, linewidth=1, label=label)
        self.lines_ = {}
        for k, (name, values) in enumerate(self.curves.items()):
            (self.lines_[name],) = ax.plot(
                _budgets(values),
                values,
                color=COLORS[k % len(COLORS)],
                linestyle=_STYLES[k % len(_STYLES)],
                marker=MARKERS[k % len(MARKERS)] if np.size(values) <= _FEW else None,
                markersize=3.5,
                linewidth=1.6,
                label=name,
            )
        tidy(ax, xlabel="Alerts a day", ylabel=_WORDS[self.measure])
        top = 1.0
        if self.measure == "precision":
            top = max(line.get_ydata().max() for line in ax.get_lines())
        ax.set(ylim=(-0.02 * top, 1.04 * top))
        ax.xaxis.get_major_locator().set_params(integer=True)
        handles, names = ax.get_legend_handles_labels()
        n_grey = len(names) - len(self.curves)
        order = [*range(n_grey, len(names)), *range(n_grey)]  # the models first
        ax.legend(
            [handles[i] for i in order],
            [names[i] for i in order],
            fontsize=7,
            frameon=False,
            ncols=2,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            borderaxespad=0.2,
        )
        return self


def _scores(name: str, model: Any, X: Table, pos_label: Any) -> FloatArray:
    classes = np.asarray(model.classes_).tolist()
    if pos_label not in classes:
        raise ValueError(f"pos_label == {pos_label!r} is no class of {name!r}: {classes}.")
    column = classes.index(pos_label)
    if hasattr(model, "predict_proba"):
        return model.predict_proba(X)[:, column]
    decision = model.decision_function(X)
    if decision.ndim == 1:
        return decision if column else -decision
    return decision[:, column]


def _curve(gain: FloatArray, score: FloatArray, days: Any, measure: str) -> FloatArray:
    found = np.cumsum(gains_by_rank(gain, score, days))
    if measure == "precision":
        return found / np.cumsum(gains_by_rank(np.ones(len(gain)), score, days))
    return found / gain.sum()


def _budgets(values: ArrayLike) -> np.ndarray:
    return np.arange(1, np.size(values) + 1)
