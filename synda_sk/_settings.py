"""From what the user asked for to numbers of labels, rows and classes."""

import sys
import warnings
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from synda_sk._state import LabelState, Pool
from synda_sk.base import rows_wanted
from synda_sk.exceptions import BudgetClippedWarning, InertParameterWarning
from synda_sk.selection._pools import free_rows
from synda_sk.selection._stopping import as_rules, measured
from synda_sk.typing import FloatArray, IntArray, Table
from synda_sk.utils import (
    check_weights,
    column_kinds,
    concat_rows,
    is_frame,
    split_missing,
    take_rows,
    weight_route,
)

OWN_PARTS = ("selector", "quality_filter", "mixer", "augmenter")


def check_parts(clf: Any, estimator: Any) -> None:
    """Raise where a part of the classifier cannot be used as it is.

    Parameters
    ----------
    clf : SynDAClassifier
        With its own parameters checked.
    estimator : classifier
        The final model, unfitted.

    Raises
    ------
    TypeError
        If a part is a class.
    ValueError
        If a parameter of a part is out of its range, a part brings its own
        sampler, which only pipelines of samplers need, `stopping` holds what is
        no rule, or the estimator takes no weights though it has to.
    """
    for name in ("estimator", "query_estimator", *OWN_PARTS):
        part = getattr(clf, name)
        if isinstance(part, type):
            raise TypeError(f"{name} is the class {part.__name__}, must be an instance: {part.__name__}().")
        if name in OWN_PARTS and hasattr(part, "_parameter_constraints"):
            part._validate_params()
        if name in ("quality_filter", "mixer") and getattr(part, "sampler", None) is not None:
            raise ValueError(
                f"{name} has its own sampler; inside SynDAClassifier the parts are given flat, so set "
                f"{name}__sampler=None and pass its sampler as augmenter."
            )
    as_rules(clf.stopping)
    if clf.weighting == "sample_weight":
        weight_route(estimator, clf.weighting)


def row_weights(sample_weight: Any, rows: Any) -> FloatArray | None:
    """Return checked weights of the rows, None where none are given."""
    return None if sample_weight is None else check_weights(sample_weight, rows)


def query_size(X: Any, n_queries: Any, selector: Any, step: int, cost_budget: Any = None) -> int:
    """Return how many rows to ask for at most; with a `cost_budget` alone that says how many.

    Raises
    ------
    ValueError
        If that is no int >= 1, or a number was given in the place of a table.
    """
    if isinstance(X, Integral):
        raise ValueError(f"X == {X!r} is no table; for that many rows use query(n_queries={X!r}).")
    if n_queries is None and cost_budget is not None:
        return sys.maxsize
    return rows_wanted(n_queries, getattr(selector, "batch_size", 20), step)


def rows_left(stored: Pool | None, given: Pool | None, free: IntArray, exclude: Any) -> tuple[Pool, IntArray]:
    """Return the pool a query is about and the rows of it that may be chosen.

    Raises
    ------
    ValueError
        If there is no pool, or no row left in it.
    """
    pool = stored if given is None else given
    if pool is None or (given is None and not len(free)):
        raise ValueError(
            "There is no stored pool: every row given to fit is labelled or set aside. "
            "Pass the unlabelled rows as X."
        )
    rows = free_rows(len(pool), exclude)
    rows = rows if given is not None else np.intersect1d(free, rows, assume_unique=True)
    if not len(rows):
        raise ValueError("There is no row to choose: X is empty, or exclude names every row that is free.")
    return pool, rows


def settle_classes(classes: Any, known: NDArray[Any]) -> NDArray[Any]:
    """Return all labels there may be: those named, else those seen.

    Raises
    ------
    ValueError
        If neither names nor sees one, one seen is not named, or `classes` are no labels.
    """
    seen = np.unique(known)
    if classes is None:
        if not len(seen):
            raise ValueError(
                "Input y contains NaN or None only: there is no label at all. Give at least one, or name "
                "the possible labels in classes."
            )
        return seen
    named = np.unique(split_missing(classes, name="classes")[0])
    unknown = np.setdiff1d(seen, named)
    if len(unknown):
        raise ValueError(f"classes == {named.tolist()} lacks the labels {unknown.tolist()} found in y.")
    return named


def settle_budget(label_budget: int | float | None, n_known: int, too_dear: bool = False) -> int | None:
    """Return the number of labels a replay may use, None for no replay.

    Where the money does not buy all labels there is one without a `label_budget` too.

    Raises
    ------
    ValueError
        If there is no label to replay.

    Warns
    -----
    BudgetClippedWarning
        If more are asked for than are known.
    """
    if label_budget is None:
        return n_known if too_dear else None
    if n_known == 0:
        raise ValueError("label_budget asks for a replay, but y has no label to replay.")
    if not isinstance(label_budget, Integral):
        return max(1, round(float(label_budget) * n_known))
    if label_budget > n_known:
        warnings.warn(
            f"label_budget == {label_budget} exceeds the {n_known} labelled rows; using {n_known}.",
            BudgetClippedWarning,
            stacklevel=4,
        )
    return min(int(label_budget), n_known)


def settle_initial(
    initial: Any, initial_labels: int | float, budget: int | None, truth: IntArray
) -> tuple[str | IntArray, int]:
    """Return how the first labels are chosen, or which they are, and how many.

    Raises
    ------
    ValueError
        If rows are named that have no label, or more first labels are asked
        for than the budget allows.
    """
    if not isinstance(initial, str):
        rows = np.asarray(initial)
        if rows.ndim != 1 or rows.dtype.kind not in "iu" or not len(rows):
            raise ValueError("initial must be 'auto', 'random', 'diverse', 'anomaly' or row positions (int).")
        if rows.min() < 0 or rows.max() >= len(truth) or (truth[rows] < 0).any():
            raise ValueError(f"initial must name labelled rows, positions in [0, {len(truth)}).")
        initial = np.unique(rows)
        n_initial, given = len(initial), "initial names that many rows"
    elif isinstance(initial_labels, Integral):
        n_initial, given = int(initial_labels), "initial_labels"
    else:
        n_initial, given = max(1, round(float(initial_labels) * (budget or 1))), "initial_labels"
    if budget is not None and n_initial > budget:
        raise ValueError(f"initial_labels == {n_initial} ({given}), must be <= label_budget == {budget}.")
    return initial, n_initial


def warn_if_inert(selector: Any, stopping: Any, is_missing: NDArray[np.bool_]) -> None:
    """Say that a selector was given where there is nothing to acquire, or a rule without rows to ask about.

    Warns
    -----
    InertParameterWarning
        If every row is labelled.
    """
    if is_missing.any():
        return
    if "agreement" in measured(as_rules(stopping)):
        warnings.warn(
            "stopping compares predictions of unlabelled rows, and every row is labelled: it will never say "
            "to stop. Give fit the unlabelled rows too, with missing labels.",
            InertParameterWarning,
            stacklevel=4,
        )
    if selector is not None:
        warnings.warn(
            "selector is unused by fit, used by query(): every row is labelled and label_budget is None. "
            "Set label_budget to replay the acquisition of labels inside fit.",
            InertParameterWarning,
            stacklevel=4,
        )


def warn_if_pool_missed(misses_pool: bool) -> None:
    """Say that a resumed model was trained without the pool.

    Warns
    -----
    UserWarning
        If `misses_pool`.
    """
    if misses_pool:
        warnings.warn(
            "The synthetic rows of the model came from the pool, which resume() was not given, so the model "
            "may differ from the one before; use resume(X), or use_pool=False in augmenter.",
            UserWarning,
            stacklevel=3,
        )


def set_n_jobs(estimator: Any, n_jobs: int | None) -> None:
    """Give `n_jobs` to every ``n_jobs`` parameter of the estimator that is still None."""
    if n_jobs is not None and hasattr(estimator, "get_params"):
        params = estimator.get_params()
        free = [key for key, value in params.items() if key.split("__")[-1] == "n_jobs" and value is None]
        estimator.set_params(**dict.fromkeys(free, n_jobs))


def as_positions(rows: Any) -> IntArray | None:
    """Return rows given by position as integers, None where they are a table.

    Raises
    ------
    ValueError
        If they are neither.
    """
    if is_frame(rows) or issparse(rows):
        return None
    try:
        array = np.asarray(rows)
    except ValueError:  # rows of different lengths
        array = np.asarray(rows, dtype=object)
    if array.ndim == 2:
        return None
    whole = array.dtype.kind in "iu" or not array.size
    if array.ndim == 1 and whole and isinstance(rows, np.ndarray | list):
        return array.astype(np.intp)
    raise ValueError(
        f"X_or_indices is a {type(rows).__name__} of shape {array.shape} and type {array.dtype}, must be a "
        "one-dimensional array of row positions (int) or a table of rows."
    )


def check_positions(rows: IntArray, n_rows: int | None, name: str = "X_or_indices") -> None:
    """Raise unless the positions lie in [0, n_rows) and none is repeated; None: there is no table.

    Raises
    ------
    ValueError
        Names the parameter.
    """
    if n_rows is None:
        raise ValueError(
            f"{name} holds positions, but the table they belong to was not given to resume(); "
            "give it, as resume(X), or pass the rows themselves."
        )
    if len(rows) and (rows.min() < 0 or rows.max() >= n_rows):
        raise ValueError(f"{name} holds positions outside [0, {n_rows}), the rows given to fit.")
    if len(np.unique(rows)) < len(rows):
        raise ValueError(f"{name} names a row more than once.")


def rows_to_set_aside(indices: Any, state: LabelState, n_rows: int | None) -> IntArray:
    """Return the rows named that are not yet set aside.

    Raises
    ------
    ValueError
        If `indices` are no positions of rows of the stored table, or of rows that have a label.
    """
    rows = np.asarray(indices)
    if rows.ndim != 1 or (len(rows) and rows.dtype.kind not in "iu"):
        raise ValueError("indices must be a one-dimensional array of row positions (int).")
    if not len(rows):
        return rows.astype(np.intp)
    check_positions(rows, n_rows, "indices")
    labelled = rows[state.codes[rows] >= 0]
    if len(labelled):
        raise ValueError(f"indices names rows that have a label: {labelled.tolist()}; set aside only others.")
    return rows[~state.set_aside[rows]].astype(np.intp)


def check_kind(known: NDArray[Any], classes: NDArray[Any]) -> None:
    """Raise if text is answered where the labels are numbers, or numbers where they are text.

    Raises
    ------
    ValueError
        Names the labels.
    """
    if len(known) and isinstance(known[0], str) != isinstance(classes[0], str):
        given = known.tolist()[0]
        raise ValueError(f"y holds {given!r}, but classes_ are of another type: {classes.tolist()}.")


def check_stackable(rows: Table, X: Table) -> None:
    """Raise unless rows from outside can be put behind the rows of fit.

    Raises
    ------
    ValueError
        If the containers or the types of the columns differ.
    """
    found, wanted = _container(rows), _container(X)
    if found != wanted:
        raise ValueError(f"X_or_indices is a {found}, expected a {wanted}, as in fit.")
    if issparse(X):
        return
    kinds = column_kinds(X)
    for name, kind in column_kinds(rows).items():
        if kind != kinds.get(name, kind):
            raise ValueError(
                f"X_or_indices holds {kind} in column {name!r}, expected {kinds[name]}, as in fit."
            )
    if is_frame(X):
        try:
            concat_rows(take_rows(X, np.arange(min(1, len(X)))), rows)
        except Exception as error:
            raise ValueError(f"X_or_indices does not have the column types of fit: {error}") from error


def check_no_gaps(rows: Table, model: Any) -> None:
    """Raise if the fitted model says that the rows have missing values: it could not be fitted to them.

    Raises
    ------
    ValueError
        Names the rows.
    """
    try:
        model.predict(rows)
    except ValueError as error:
        if "contains NaN" in str(error):
            raise ValueError(f"X_or_indices holds missing values that estimator refuses: {error}") from error


def _container(X: Table) -> str:
    if issparse(X):
        return "sparse matrix"
    return f"{type(X).__module__.partition('.')[0]} {type(X).__name__}"
