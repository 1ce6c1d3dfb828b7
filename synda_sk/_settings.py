"""From what the user asked for to numbers of labels, rows and classes."""

import warnings
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synda_sk.exceptions import BudgetClippedWarning, InertParameterWarning
from synda_sk.typing import IntArray, Table
from synda_sk.utils import concat_rows, is_frame, split_missing, take_rows


def check_flat(**parts: Any) -> None:
    """Raise where a part brings its own sampler, which only pipelines of samplers need.

    Raises
    ------
    ValueError
        Names the part.
    """
    for name, part in parts.items():
        if getattr(part, "sampler", None) is not None:
            raise ValueError(
                f"{name} has its own sampler; inside SynDAClassifier the parts are given flat, so set "
                f"{name}__sampler=None and pass its sampler as augmenter."
            )


def settle_classes(classes: Any, known: NDArray[Any]) -> NDArray[Any]:
    """Return all labels there may be: those named, else those seen.

    Raises
    ------
    ValueError
        If neither names nor sees one, or one seen is not named.
    """
    seen = np.unique(known)
    if classes is None:
        if not len(seen):
            raise ValueError(
                "Input y contains NaN or None only: there is no label at all. Give at least one, or name "
                "the possible labels in classes."
            )
        return seen
    named = np.unique(split_missing(classes)[0])
    unknown = np.setdiff1d(seen, named)
    if len(unknown):
        raise ValueError(f"classes == {named.tolist()} lacks the labels {unknown.tolist()} found in y.")
    return named


def settle_budget(label_budget: int | float | None, n_known: int) -> int | None:
    """Return the number of labels a replay may use, None for no replay.

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
        return None
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


def warn_if_inert(selector: Any, is_missing: NDArray[np.bool_]) -> None:
    """Say that a selector was given where there is nothing to acquire.

    Warns
    -----
    InertParameterWarning
        If every row is labelled.
    """
    if selector is not None and not is_missing.any():
        warnings.warn(
            "selector is unused by fit, used by query(): every row is labelled and label_budget is None. "
            "Set label_budget to replay the acquisition of labels inside fit.",
            InertParameterWarning,
            stacklevel=4,
        )


def set_n_jobs(estimator: Any, n_jobs: int | None) -> None:
    """Give `n_jobs` to every ``n_jobs`` parameter of the estimator that is still None."""
    if n_jobs is not None and hasattr(estimator, "get_params"):
        params = estimator.get_params()
        free = [key for key, value in params.items() if key.split("__")[-1] == "n_jobs" and value is None]
        estimator.set_params(**dict.fromkeys(free, n_jobs))


def is_positions(rows: Any) -> bool:
    """Tell whether rows are given by position: a one-dimensional integer array or list."""
    array = rows if isinstance(rows, np.ndarray) else np.asarray(rows) if isinstance(rows, list) else None
    return array is not None and array.ndim == 1 and array.dtype.kind in "iu"


def check_positions(rows: IntArray, n_rows: int | None) -> None:
    """Raise unless the positions lie in [0, n_rows) and none is repeated; None: there is no table.

    Raises
    ------
    ValueError
        Names the parameter.
    """
    if n_rows is None:
        raise ValueError(
            "X_or_indices holds positions, but the table they belong to was not given to resume(); "
            "give it, as resume(X), or pass the rows themselves."
        )
    if len(rows) and (rows.min() < 0 or rows.max() >= n_rows):
        raise ValueError(f"X_or_indices holds positions outside [0, {n_rows}), the rows given to fit.")
    if len(np.unique(rows)) < len(rows):
        raise ValueError("X_or_indices names a row more than once.")


def check_kind(known: NDArray[Any], classes: NDArray[Any]) -> None:
    """Raise if text is answered where the labels are numbers, or numbers where they are text.

    Raises
    ------
    ValueError
        Names the labels.
    """
    if len(known) and isinstance(known[0], str) != isinstance(classes[0], str):
        raise ValueError(f"y holds {known[0]!r}, but classes_ are of another type: {classes.tolist()}.")


def check_stackable(rows: Table, X: Table) -> None:
    """Raise unless rows from outside can be put behind the rows of fit.

    Raises
    ------
    ValueError
        If the containers or the types of the columns differ.
    """
    wanted = f"{type(X).__module__.partition('.')[0]} {type(X).__name__}"
    if type(rows) is not type(X):
        raise ValueError(f"X_or_indices is a {type(rows).__name__}, expected a {wanted}, as in fit.")
    if not is_frame(X):
        if rows.dtype.kind == "O" and X.dtype.kind != "O":
            raise ValueError(f"X_or_indices holds text or mixed types, expected {X.dtype}, as in fit.")
        return
    try:
        concat_rows(take_rows(X, np.arange(min(1, len(X)))), rows)
    except Exception as error:
        raise ValueError(f"X_or_indices does not have the column types of fit: {error}") from error
