"""What a comparison is played on: arrays, a frame and names of its columns, or a file."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import narwhals as nw
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse

from synda_sk.base import check_labels
from synda_sk.datasets import load_image_folder
from synda_sk.evaluation._options import OptionError, suggestion
from synda_sk.evaluation._read_table import read_table
from synda_sk.evaluation._table_task import make_task
from synda_sk.typing import Labels, Table
from synda_sk.utils import check_image_shape, check_same_length, final_estimator, is_frame, split_missing

PARAMETERS = {
    "--table": "X",
    "--target": "y",
    "--positive": "positive",
    "--time": "time",
    "--drop": "drop",
    "--groups": "groups",
    "--amount": "amount",
}


class Task(NamedTuple):
    """Rows, labels, the class sought, times, groups, amounts and the shape of images."""

    X: Table
    y: Labels
    positive: Any
    time: ArrayLike | None
    groups: ArrayLike | None
    amount: ArrayLike | None
    image_shape: tuple[int, ...] | None


def make_protocol_task(
    X: Any, y: Any, positive: Any, time: Any, drop: Sequence[str], groups: Any, amount: Any, estimator: Any
) -> Task:
    """Take the rows and labels of a comparison out of what was given.

    Parameters
    ----------
    X : table, or path
        Rows, perhaps sparse; the path of a .csv, .csv.gz or .parquet file; a pandas
        frame that holds the labels too; images, or the path of a folder of them.
    y : array-like, str or None
        Labels; or the column of `X` that holds them, as text; None for a folder.
    positive : label or None
        The class sought.
    time : array-like, str, list of str or None
        When each row happened; or the column, or columns, that tell it.
    drop : sequence of str
        Columns to leave out, where `y` is the name of one.
    groups : array-like, str or None
        The group of each row; or the column that tells it.
    amount : array-like, str or None
        What each row is worth; or the column that tells it.
    estimator : classifier or None
        Knows the shape of the images of a folder or of flat rows, if any.

    Returns
    -------
    Task
        Arrays and frames.

    Raises
    ------
    ValueError
        Names the parameter that does not fit.
    """
    is_path = isinstance(X, str | os.PathLike)
    if is_path and Path(X).is_dir():
        if y is not None:
            raise ValueError(f"y == {y!r}, must be None where X is a folder of images, one folder a class.")
        X, y = _read_images(X, estimator)
        is_path = False
    shape = getattr(final_estimator(estimator), "image_shape", None)
    shape = None if shape is None else check_image_shape(shape)
    if isinstance(X, np.ndarray) and X.ndim in (3, 4):
        shape = X.shape[1:]
        X = X.reshape(len(X), -1)
    if issparse(X):
        X = X.tocsr()
    if not isinstance(y, str):
        if is_path:
            raise ValueError(f"y == {type(y).__name__}, must be the name of a column where X is a file.")
        if len(drop):
            raise ValueError("drop is for a y that names a column of X; leave columns out of X instead.")
        if isinstance(time, str):
            raise ValueError(f"time == {time!r} names a column, where y does not; give an array.")
        groups, amount = (
            _column(X, given, name) if isinstance(given, str) else given
            for name, given in (("groups", groups), ("amount", amount))
        )
        return Task(X, y, positive, time, groups, amount, shape)
    if not is_path and not is_frame(X):
        raise ValueError(f"y == {y!r} names a column, so X must be a data frame or a file.")
    for name, given in (("groups", groups), ("amount", amount)):
        if given is not None and not isinstance(given, str):
            raise ValueError(
                f"{name} == {type(given).__name__}, must be the name of a column where y is one."
            )
    names = [time] if isinstance(time, str) else [] if time is None else list(time)
    try:
        frame = read_table(Path(X)) if is_path else nw.from_native(X, eager_only=True).to_pandas()
        task = make_task(
            frame,
            target=y,
            positive=None if positive is None else str(positive),
            time=names,
            drop=list(drop),
            groups=groups,
            amount=amount,
        )
    except OptionError as error:
        message = re.sub(r"--\w+", lambda found: PARAMETERS.get(found.group(), found.group()), str(error))
        raise ValueError(message) from error
    return Task(task.X, task.y, task.positive, task.time, task.groups, task.amount, None)


def source_mask(source: Any, X: Table, y: Labels) -> NDArray[np.bool_] | None:
    """Tell which rows are the source's.

    Parameters
    ----------
    source : array-like of bool, "column=value", mapping or None
        A mask; or the value, compared as text, of one column or, as a mapping,
        of several.
    X : table of shape (n_samples, n_features)
        All rows.
    y : array-like of shape (n_samples,)
        All labels.

    Returns
    -------
    ndarray of bool of shape (n_samples,) or None
        None without a source.

    Raises
    ------
    ValueError
        If `source` is something else, names no column, or leaves one part empty.
    """
    if source is None:
        return None
    labels = check_labels(y)
    if isinstance(source, str):
        column, equals, value = source.partition("=")
        if not equals:
            raise ValueError(f"source == {source!r}, must be 'column=value', a file, a mapping or a mask.")
        source = {column: value}
    if isinstance(source, Mapping):
        mask = _matching(source, X)
    else:
        mask = np.asarray(source)
        if mask.ndim != 1 or mask.dtype != bool:
            raise ValueError(
                "source must be 'column=value', a mapping, a one-dimensional mask of bool, "
                "a fitted classifier or its file."
            )
        check_same_length(source=mask, y=labels)
    if mask.all() or not mask.any():
        raise ValueError(
            f"source holds {int(mask.sum())} of {len(mask)} rows, must leave rows on both sides."
        )
    if len(np.unique(labels[mask])) < 2:
        raise ValueError("source has rows of one class only, must have two at least.")
    return mask


def _read_images(folder: Any, estimator: Any) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    """Return the labelled images of a folder in the shape that the estimator knows, and their labels."""
    shape = getattr(final_estimator(estimator), "image_shape", None)
    size: tuple[int, int] | None = None
    mode: Literal["auto", "grey", "rgb"] = "auto"
    if shape is not None:
        height, width, *channels = check_image_shape(shape)
        size, mode = (height, width), "rgb" if channels == [3] else "grey"
    try:
        found = load_image_folder(folder, size=size, mode=mode)
    except ValueError as error:
        raise ValueError(
            f"X cannot be read as a folder of images: {error} Or give the arrays of load_image_folder."
        ) from error
    labels, is_missing = split_missing(found.target)
    return found.data[~is_missing], labels


def _column(X: Any, name: str, parameter: str) -> NDArray[Any]:
    if not is_frame(X):
        raise ValueError(f"{parameter} == {name!r} names a column, so X must be a data frame; give an array.")
    frame = nw.from_native(X, eager_only=True)
    if name not in frame.columns:
        raise ValueError(f"{parameter} == {name!r}; {suggestion(name, frame.columns, 'columns')}.")
    return frame[name].to_numpy()


def _matching(source: Mapping[Any, Any], X: Table) -> NDArray[np.bool_]:
    if not is_frame(X):
        raise ValueError("source names a column, so X must be a data frame; give a mask of rows instead.")
    frame = nw.from_native(X, eager_only=True)
    mask = np.ones(len(frame), dtype=bool)
    for column, value in source.items():
        if column not in frame.columns:
            raise ValueError(f"source names {column!r}; {suggestion(str(column), frame.columns, 'columns')}.")
        found = np.array([str(cell) for cell in frame[column].to_list()])
        if str(value) not in found:
            known = list(dict.fromkeys(found.tolist()))
            hint = suggestion(str(value), known, "values")
            raise ValueError(f"source == {value!r} is no value of {column!r}; {hint}.")
        mask &= found == str(value)
    return mask
