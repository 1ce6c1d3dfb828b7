"""When enough is labelled: rules that read ``history_`` and say why to stop."""

from abc import ABC, abstractmethod
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import Interval

from synda_sk.selection._costs import money_left


class BaseStoppingRule(BaseEstimator, ABC):
    """Contract of a stopping rule: parameters, and a verdict on a history.

    A subclass writes ``_reason(history)``.

    Attributes
    ----------
    measures : tuple of {"performance", "agreement", "cost"}
        What the loop has to measure for the rule after each stage, beside what
        it always tells; "cost" needs the `costs` of the rows. A rule that names "agreement" has a parameter
        `n_samples`: how many rows are asked about.
    """

    measures: ClassVar[tuple[str, ...]] = ()
    _parameter_constraints: dict[str, Any] = {}

    def reason(self, history: list[dict[str, Any]]) -> str | None:
        """Tell why to stop, if it is time.

        Parameters
        ----------
        history : list of dict
            ``history_`` of a :class:`~synda_sk.SynDAClassifier`, one entry or more.

        Returns
        -------
        str or None
            None to go on.

        Raises
        ------
        ValueError
            If a parameter is out of its range, or the history is empty.
        """
        self._validate_params()
        if not len(history):
            raise ValueError("history is empty, must have one entry or more.")
        return self._reason(history)

    @abstractmethod
    def _reason(self, history: list[dict[str, Any]]) -> str | None:
        """Tell why to stop, None to go on."""


class MaxLabels(BaseStoppingRule):
    r"""Stop when a number of labels is spent, :math:`n_t \ge n_{max}`.

    A replay ends at its ``label_budget`` anyway; this is the same for a live
    loop, where labels come from outside, and one of several rules.

    Parameters
    ----------
    n_labels : int, default=1000
        Labels in all, those of ``fit`` too, at least 1.

    Examples
    --------
    >>> from synda_sk.selection import MaxLabels
    >>> MaxLabels(50).reason([{"n_labels": 30}, {"n_labels": 50}])
    '50 labels are known, n_labels == 50 were to be spent'
    """

    _parameter_constraints = {"n_labels": [Interval(Integral, 1, None, closed="left")]}

    def __init__(self, n_labels: int = 1000) -> None:
        self.n_labels = n_labels

    def _reason(self, history: list[dict[str, Any]]) -> str | None:
        known = history[-1]["n_labels"]
        if known < self.n_labels:
            return None
        return f"{known} labels are known, n_labels == {self.n_labels} were to be spent"


class MaxCost(BaseStoppingRule):
    r"""Stop when a sum of money is spent, or no row is left that fits the rest.

    The costs are those given to ``fit`` and ``teach`` of a
    :class:`~synda_sk.SynDAClassifier`, in money or minutes. With this rule no
    label is asked for that would exceed the sum, by a replay or by ``query``,
    first labels included,

    .. math:: \sum_{x \in \text{labelled or set aside}} c(x) \le C_{max}.

    Parameters
    ----------
    cost_budget : float, default=1000.0
        C_max, above 0, finite.

    Examples
    --------
    >>> from synda_sk.selection import MaxCost
    >>> MaxCost(50.0).reason([{"cost": 42.0, "cheapest": 9.5}])
    '42 is spent, cost_budget == 50.0, and the cheapest row left costs 9.5'

    A replay of 100 minutes, where flowers with long petals take ten times as long:

    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from synda_sk import SynDAClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> minutes = [10.0 if petal > 4 else 1.0 for petal in X[:, 2]]
    >>> clf = SynDAClassifier(GaussianNB(), stopping=MaxCost(100.0), random_state=0)
    >>> clf.fit(X, y, costs=minutes).cost_ <= 100
    True
    """

    measures = ("cost",)
    _parameter_constraints = {"cost_budget": [Interval(Real, 0, None, closed="neither")]}

    def __init__(self, cost_budget: float = 1000.0) -> None:
        self.cost_budget = cost_budget

    def _reason(self, history: list[dict[str, Any]]) -> str | None:
        spent, cheapest = history[-1]["cost"], history[-1]["cheapest"]
        told = f"{spent:g} is spent, cost_budget == {self.cost_budget}"
        if spent >= self.cost_budget:
            return told
        if cheapest is not None and cheapest > money_left(self.cost_budget, spent):
            return f"{told}, and the cheapest row left costs {cheapest:g}"
        return None


class PerformancePlateau(BaseStoppingRule):
    r"""Stop when more labels no longer pay: the learning curve has become flat.

    A line is fitted by least squares to the out-of-fold performances :math:`P_i`
    of the last k stages over their numbers of labels :math:`n_i`. Its slope
    times m is the gain expected of m further labels,

    .. math::

        \hat g = m\, \frac{\sum_i (n_i - \bar n)(P_i - \bar P)}{\sum_i (n_i - \bar n)^2} < g_{min}.

    Parameters
    ----------
    min_gain : float, default=0.01
        g_min, the least gain worth the labels, at least 0.
    n_labels : int, default=100
        m, the labels it is to be had for, at least 1.
    n_rounds : int, default=5
        k, stages the line is fitted to, at least 3.

    Notes
    -----
    P is the average precision of the rarer of two classes, else the balanced
    accuracy, by cross-validation on the labels known: it costs up to five fits
    a stage. The labels were chosen, so P tells how it changes, not how well the
    model does elsewhere. Stopping where the slope of an estimated performance
    vanishes is due to Laws and Schütze [1]_.

    References
    ----------
    .. [1] F. Laws and H. Schütze, "Stopping criteria for active learning of named
           entity recognition", COLING 2008, 465-472.

    Examples
    --------
    >>> from synda_sk.selection import PerformancePlateau
    >>> curve = zip([20, 40, 60, 80], [0.5, 0.8, 0.801, 0.801])
    >>> history = [{"n_labels": n, "performance": p} for n, p in curve]
    >>> PerformancePlateau(n_rounds=3).reason(history)
    '100 further labels promise a gain of 0.0025, less than min_gain == 0.01'
    """

    measures = ("performance",)
    _parameter_constraints = {
        "min_gain": [Interval(Real, 0, None, closed="left")],
        "n_labels": [Interval(Integral, 1, None, closed="left")],
        "n_rounds": [Interval(Integral, 3, None, closed="left")],
    }

    def __init__(self, min_gain: float = 0.01, *, n_labels: int = 100, n_rounds: int = 5) -> None:
        self.min_gain = min_gain
        self.n_labels = n_labels
        self.n_rounds = n_rounds

    def _reason(self, history: list[dict[str, Any]]) -> str | None:
        last = history[-self.n_rounds :]
        performances = [stage.get("performance") for stage in last]
        if len(last) < self.n_rounds or None in performances:
            return None
        n = np.array([stage["n_labels"] for stage in last], dtype=np.float64)
        n -= n.mean()
        if not n.any():
            return None
        gain = self.n_labels * float(n @ np.array(performances)) / float(n @ n)
        if gain >= self.min_gain:
            return None
        return (
            f"{self.n_labels} further labels promise a gain of {gain:.4f}, less than "
            f"min_gain == {self.min_gain}"
        )


class StablePredictions(BaseStoppingRule):
    r"""Stop when consecutive models say the same about unlabelled rows.

    After each stage the model and the one before it predict a fixed set of rows
    that were unlabelled at first; :math:`p_o` is the share of rows on which they
    agree, :math:`p_e` the share expected by chance from their class frequencies.
    Enough is labelled when Cohen's kappa has reached a threshold k times running,

    .. math:: \kappa_i = \frac{p_o - p_e}{1 - p_e} \ge \kappa_{min}, \quad i = t - k + 1, \ldots, t.

    Parameters
    ----------
    threshold : float, default=0.99
        kappa_min, in (0, 1].
    n_rounds : int, default=3
        k, at least 1.
    n_samples : int, default=2000
        The most rows asked about, at least 1.

    Notes
    -----
    The rule and its default values are those of Bloodgood and Vijay-Shanker
    [1]_, who average the last k agreements where here each must reach the
    threshold. Agreement of T bounds the change of the F measure by 4 (1 - T) / T
    [2]_. Where both models predict one class only, kappa is not defined and the
    loop goes on: a rare class may not have been found yet.

    It needs rows without a label among those of ``fit``.

    References
    ----------
    .. [1] M. Bloodgood and K. Vijay-Shanker, "A method for stopping active learning
           based on stabilizing predictions and the need for user-adjustable
           stopping", CoNLL 2009, 39-47.
    .. [2] M. Bloodgood and J. Grothendieck, "Analysis of stopping active learning
           based on stabilizing predictions", CoNLL 2013, 10-19.

    Examples
    --------
    >>> from synda_sk.selection import StablePredictions
    >>> rule = StablePredictions(0.95, n_rounds=2)
    >>> rule.reason([{"agreement": None}, {"agreement": 0.97}])
    >>> rule.reason([{"agreement": 0.97}, {"agreement": 0.96}])
    'the last 2 models agree with those before, kappa >= 0.96, threshold == 0.95'
    """

    measures = ("agreement",)
    _parameter_constraints = {
        "threshold": [Interval(Real, 0, 1, closed="right")],
        "n_rounds": [Interval(Integral, 1, None, closed="left")],
        "n_samples": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(self, threshold: float = 0.99, *, n_rounds: int = 3, n_samples: int = 2000) -> None:
        self.threshold = threshold
        self.n_rounds = n_rounds
        self.n_samples = n_samples

    def _reason(self, history: list[dict[str, Any]]) -> str | None:
        found = [stage.get("agreement") for stage in history[-self.n_rounds :]]
        agreements = [kappa for kappa in found if kappa is not None]
        if len(agreements) < self.n_rounds or min(agreements) < self.threshold:
            return None
        return (
            f"the last {self.n_rounds} models agree with those before, kappa >= {min(agreements):.2g}, "
            f"threshold == {self.threshold}"
        )


def as_rules(stopping: Any) -> list[BaseStoppingRule]:
    """Return the rules given, one or a list of them or None, as a list.

    Raises
    ------
    ValueError
        If one of them is no rule, or a parameter of it is out of its range.
    """
    if stopping is None:
        return []
    rules = list(stopping) if isinstance(stopping, list | tuple) else [stopping]
    for rule in rules:
        if not isinstance(rule, BaseStoppingRule):
            raise ValueError(
                f"stopping holds {rule!r}, must be a stopping rule such as StablePredictions(), or a list."
            )
        rule._validate_params()
    return rules


def measured(rules: list[BaseStoppingRule]) -> set[str]:
    """Return what has to be measured for the rules."""
    return {name for rule in rules for name in rule.measures}


def money_for(rules: list[BaseStoppingRule]) -> float:
    """Return what may be spent by the rules; infinity where none of them says."""
    return min((float(rule.cost_budget) for rule in rules if isinstance(rule, MaxCost)), default=np.inf)


def first_reason(rules: list[BaseStoppingRule], history: list[dict[str, Any]]) -> str | None:
    """Return the reason of the first rule that has one: any of them ends the loop."""
    return next((reason for rule in rules if (reason := rule.reason(history)) is not None), None)
