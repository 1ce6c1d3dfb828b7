"""Groups of rows (regions, periods, scripts): which there are, and how each of them is served."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, average_precision_score, recall_score, roc_auc_score

from synda_sk.metrics import group_scores, learning_curves, mean_standard_error
from synda_sk.metrics._groups import as_groups
from synda_sk.typing import FloatArray
from synda_sk.utils import check_same_length

WORST_GROUP = "worst_group"
GROUP_MEASURES = ("average_precision", "roc_auc", "balanced_accuracy", "accuracy")
MOST_GROUPS = 50


def group_names(groups: Any, y: NDArray[Any]) -> tuple[list[str], NDArray[np.str_]]:
    """Return the groups there are and the group of each row, as text.

    Parameters
    ----------
    groups : array-like of shape (n_samples,)
        Text, numbers or dates.
    y : ndarray of shape (n_samples,)
        Labels.

    Returns
    -------
    names : list of str
        In the order of `groups`: 2 before 10. Whole numbers without a decimal point.
    of_rows : ndarray of str of shape (n_samples,)
        One of them each.

    Raises
    ------
    ValueError
        If lengths differ, one is missing, or there is one group only or more than 50.
    """
    check_same_length(groups=groups, y=y)
    names, codes = as_groups(groups)
    if not 2 <= len(names) <= MOST_GROUPS:
        raise ValueError(f"groups has {len(names)} values, must have 2 to {MOST_GROUPS}.")
    text = [str(int(name)) if isinstance(name, float) and name.is_integer() else str(name) for name in names]
    return text, np.array(text)[codes]


def check_groups(groups: NDArray[np.str_], y: NDArray[Any]) -> None:
    """Raise unless some group of the test part has rows of every class.

    Parameters
    ----------
    groups : ndarray of str of shape (n_test,)
        The group of each row.
    y : ndarray of shape (n_test,)
        Labels.

    Raises
    ------
    ValueError
        If there is no such group.
    """
    n_classes = len(np.unique(y))
    if not any(len(np.unique(y[groups == name])) == n_classes for name in np.unique(groups)):
        raise ValueError("groups: none has rows of both classes in the test part; give larger groups.")


def measure_groups(
    y: NDArray[Any],
    probabilities: FloatArray,
    classes: NDArray[Any],
    groups: NDArray[np.str_],
    *,
    is_binary: bool,
) -> dict[str, Any]:
    """Measure predicted probabilities group by group.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        True labels, 0 and 1 where there is a positive class.
    probabilities : ndarray of shape (n_samples, n_classes)
        In the order of `classes`.
    classes : ndarray of shape (n_classes,)
        Labels.
    groups : ndarray of str of shape (n_samples,)
        The group of each row.
    is_binary : bool
        Whether 1 is a class sought among the rest.

    Returns
    -------
    dict
        "worst_group": the lowest quality of a group; "groups": by group, its
        measures, None where it lacks one of two classes. Balanced accuracy is
        the mean recall of the classes that a group has.
    """
    predicted = classes[np.argmax(probabilities, axis=1)]
    metrics: dict[str, tuple[Any, Any]] = {"balanced_accuracy": (_recall_of_classes_there, predicted)}
    if is_binary:
        score = probabilities[:, 1]
        ranking = {"average_precision": average_precision_score, "roc_auc": roc_auc_score}
        metrics = {name: (metric, score) for name, metric in ranking.items()} | metrics
    else:
        metrics["accuracy"] = (accuracy_score, predicted)
    scores = {
        name: group_scores(y, values, groups, metric, every_class=is_binary)
        for name, (metric, values) in metrics.items()
    }
    quality = next(iter(scores.values()))
    return {
        WORST_GROUP: min(score for score in quality.values() if not math.isnan(score)),
        "groups": {
            group: {
                name: None if math.isnan(by_group[group]) else by_group[group]
                for name, by_group in scores.items()
            }
            for group in quality
        },
    }


def group_sizes(y: NDArray[Any], groups: NDArray[np.str_], *, is_binary: bool) -> dict[str, dict[str, int]]:
    """Return the number of rows of each group, and of those with the positive class.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Labels of the test part.
    groups : ndarray of str of shape (n_samples,)
        The group of each row.
    is_binary : bool
        Whether 1 is the positive class.

    Returns
    -------
    dict of str to dict
        "n_test" and, of a binary target, "positives_test".
    """
    found = {}
    for name in np.unique(groups).tolist():
        own = y[groups == name]
        found[name] = {"n_test": len(own)} | ({"positives_test": int(own.sum())} if is_binary else {})
    return found


def group_rows(runs: Iterable[dict[str, Any]], rounds: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one row a group of a round.

    Parameters
    ----------
    runs, rounds : iterable of dict
        See :class:`~synda_sk.evaluation.ProtocolResult`.

    Returns
    -------
    list of dict
        "arm", "seed", "round", "n_labels", "group", its rows and its measures.
    """
    sizes = {(run["arm"], run["seed"]): run.get("groups", {}) for run in runs}
    return [
        {key: record[key] for key in ("arm", "seed", "round", "n_labels")}
        | {"group": group}
        | sizes[record["arm"], record["seed"]].get(group, {})
        | measures
        for record in rounds
        for group, measures in record.get("groups", {}).items()
    ]


def group_summary(
    runs: list[dict[str, Any]], rounds: list[dict[str, Any]], names: list[str]
) -> dict[str, dict[str, Any]]:
    """Return the means of each group at the last label count that all seeds of an arm have.

    Parameters
    ----------
    runs, rounds : list of dict
        See :class:`~synda_sk.evaluation.ProtocolResult`.
    names : list of str
        All groups, in their order.

    Returns
    -------
    dict of str to dict
        By arm and group: "n_labels", "n_seeds" that tested the group, means of
        its rows, and by measure mean and standard error over the seeds in which
        it was defined, None where in none.
    """
    ends = {arm: counts[-1] for arm, (_, counts, _) in learning_curves(rounds, WORST_GROUP).items()}
    by_group: dict[str, dict[str, list[dict[str, Any]]]] = {arm: {} for arm in ends}
    for row in group_rows(runs, rounds):
        if row["n_labels"] == ends[row["arm"]]:
            by_group[row["arm"]].setdefault(row["group"], []).append(row)
    return {
        arm: {name: _mean_row(found[name]) for name in names if name in found}
        for arm, found in by_group.items()
    }


def _mean_row(rows: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {"n_labels": rows[0]["n_labels"], "n_seeds": len(rows)}
    for name in ("n_test", "positives_test"):
        if name in rows[0]:
            found[name] = float(np.mean([row[name] for row in rows]))
    for name in GROUP_MEASURES:
        if name in rows[0]:
            known = [row[name] for row in rows if row[name] is not None]
            mean, error = mean_standard_error(known) if known else (None, math.nan)
            found[name] = {
                "mean": None if mean is None else float(mean),
                "standard_error": None if math.isnan(error) else float(error),
            }
    return found


def _recall_of_classes_there(y: NDArray[Any], predicted: NDArray[Any]) -> float:
    return float(recall_score(y, predicted, labels=np.unique(y), average="macro", zero_division=0))
