"""A task made of a table: which column is sought, which are features, which is time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from synda_sk.evaluation._columns import clean_features, time_ranks
from synda_sk.evaluation._options import OptionError, suggestion

if TYPE_CHECKING:
    import pandas as pd

MAX_CLASSES = 50


@dataclass(frozen=True)
class TableTask:
    """What the protocol needs, taken from a table.

    Parameters
    ----------
    X : pandas.DataFrame
        Features.
    y : ndarray of str of shape (n_samples,)
        Labels as text.
    positive : str or None
        The class sought; None leaves it to the protocol.
    time : ndarray of int of shape (n_samples,) or None
        Rank of each row in time.
    notes : list of str
        What was left out of the table.
    groups : ndarray of shape (n_samples,) or None, default=None
        The group of each row.
    amount : ndarray of shape (n_samples,) or None, default=None
        What each row is worth.
    """

    X: pd.DataFrame
    y: NDArray[Any]
    positive: str | None
    time: NDArray[np.intp] | None
    notes: list[str]
    groups: NDArray[Any] | None = None
    amount: NDArray[Any] | None = None


def make_task(
    frame: pd.DataFrame,
    *,
    target: str,
    positive: str | None,
    time: list[str],
    drop: list[str],
    groups: str | None = None,
    amount: str | None = None,
) -> TableTask:
    """Take target, time and features out of a table, and check them.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.
    target : str
        Column with the labels. Rows without a label are left out.
    positive : str or None
        The class sought, as text; the others become one.
    time : list of str
        Columns that order the rows, the most significant first; none for no
        order. They are no features. Rows without a time are left out.
    drop : list of str
        Columns to leave out.
    groups : str or None, default=None
        Column with the group of each row. It stays a feature unless it is in
        `drop` or `time`.
    amount : str or None, default=None
        Column with what each row is worth, a feature likewise.

    Returns
    -------
    TableTask
        Checked.

    Raises
    ------
    OptionError
        Names the option that does not fit the table.
    """
    named = {
        "--target": [target],
        "--time": time,
        "--drop": drop,
        "--groups": [] if groups is None else [groups],
        "--amount": [] if amount is None else [amount],
    }
    for option, names in named.items():
        for name in names:
            if name not in frame.columns:
                hint = suggestion(name, frame.columns, "columns")
                raise OptionError(option, f"{name!r} is not a column of the table; {hint}")
    if target in drop:
        raise OptionError("--drop", f"holds {target!r}, which is the --target; drop other columns")
    if target in time:
        raise OptionError(
            "--time", f"{target!r} is the --target; give the column that says when a row happened"
        )
    if groups == target:
        raise OptionError("--groups", f"{target!r} is the --target; give the column of a region, a period")
    if amount == target:
        raise OptionError("--amount", f"{target!r} is the --target; give the column of what a row is worth")
    notes = []
    for option, name in [("--target", target), *(("--time", name) for name in time)]:
        n_missing = int(frame[name].isna().sum())
        if n_missing == len(frame):
            raise OptionError(option, f"{name!r} has missing values only; give a column that is filled in")
        if n_missing:
            notes.append(f"{n_missing} of {len(frame)} rows left out: {option} {name!r} is missing there")
            frame = frame[frame[name].notna()]
    labels = _as_text(frame[target].to_numpy(dtype=object))
    _check_classes(labels, target, positive)
    features = frame.drop(columns=[target, *time, *drop], errors="ignore")
    empty = features.columns[features.isna().all()].tolist()
    if empty:
        notes.append(f"columns left out, for they hold missing values only: {', '.join(empty)}")
        features = features.drop(columns=empty)
    if not features.shape[1]:
        raise OptionError("--drop", "leaves no column to learn from; drop fewer")
    ranks = time_ranks(frame, time) if time else None
    belongs = None if groups is None else frame[groups].to_numpy()
    worth = None if amount is None else frame[amount].to_numpy()
    features = clean_features(features).reset_index(drop=True)
    return TableTask(features, labels, positive, ranks, notes, belongs, worth)


def _as_text(labels: NDArray[Any]) -> NDArray[Any]:
    """Labels as a user would type them: 1 and not 1.0, which a gap makes of whole numbers."""
    return np.array([str(int(v)) if isinstance(v, float) and v.is_integer() else str(v) for v in labels])


def _check_classes(labels: NDArray[Any], target: str, positive: str | None) -> None:
    values, counts = np.unique(labels, return_counts=True)
    classes = values.tolist()
    listed = suggestion(positive or "", classes, "values")
    if len(classes) < 2:
        raise OptionError(
            "--target", f"{target!r} has the single value {classes[0]!r}; at least two classes are needed"
        )
    if positive is not None and positive not in classes:
        raise OptionError("--positive", f"{positive!r} is no value of {target!r}; {listed}")
    if positive is None and len(classes) > MAX_CLASSES:
        raise OptionError(
            "--target",
            f"{target!r} has {len(classes)} different values, too many for classes; give a column of at most "
            f"{MAX_CLASSES} classes, or one class with --positive",
        )
    if positive is not None:
        counts = np.array([(labels == positive).sum(), (labels != positive).sum()])
        classes = [positive, f"other than {positive}"]
    if counts.min() < 2:
        rare = classes[counts.argmin()]
        raise OptionError("--target", f"{target!r} has 1 row of class {rare!r}; every class needs at least 2")
