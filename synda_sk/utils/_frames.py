"""Tables whatever their container: ndarray, pandas or polars."""

import re
from typing import Any

import narwhals as nw
import numpy as np
from narwhals.dependencies import is_into_dataframe
from scipy.sparse import issparse, vstack
from sklearn.base import BaseEstimator
from sklearn.utils import _safe_indexing, check_array
from sklearn.utils.validation import _num_samples, validate_data

from synda_sk.typing import Table

IMAGES_HINT = " Images are given as flat rows, X.reshape(len(X), -1), and their shape as image_shape."


def is_frame(X: Table) -> bool:
    """Tell whether `X` is a pandas, polars or other narwhals-readable data frame.

    Parameters
    ----------
    X : object
        What was given.

    Returns
    -------
    bool
        True for a data frame.
    """
    return bool(is_into_dataframe(X))


def check_table(estimator: BaseEstimator, X: Table, *, reset: bool, sparse: bool = False) -> Table:
    """Validate a table without flattening its types.

    Data frames stay as they are (their columns' names are checked); anything
    else becomes a two-dimensional array, numeric where it can be.

    Parameters
    ----------
    estimator : estimator
        Gets ``n_features_in_`` and ``feature_names_in_`` when `reset`, is checked
        against them otherwise.
    X : table of shape (n_samples, n_features)
        May hold NaN and strings; infinity is refused.
    reset : bool
        True in fit.
    sparse : bool, default=False
        Whether sparse rows are taken, as CSR.

    Returns
    -------
    table
        The frame itself, an ndarray, or a sparse matrix or array.

    Raises
    ------
    ValueError
        If `X` is empty, not two-dimensional, holds infinity, or does not match what
        was fitted.
    TypeError
        If `X` is sparse and must not be, or cells are neither numbers nor text.
    """
    if is_frame(X):
        if X.shape[0] < 1 or X.shape[1] < 1:
            raise ValueError(
                f"Input X: Found array with {X.shape[0]} sample(s) and {X.shape[1]} feature(s) "
                f"(shape={tuple(X.shape)}) while a minimum of 1 is required."
            )
        names = [str(name) for name in X.columns]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"X has duplicated column names: {repeated}. Give each column its own name.")
        _refuse_infinity(X)
        return validate_data(estimator, X, reset=reset, skip_check_array=True)
    try:
        return validate_data(
            estimator,
            X,
            reset=reset,
            dtype=_array_dtype(X),
            ensure_all_finite="allow-nan",
            accept_sparse="csr" if sparse else False,
        )
    except (TypeError, ValueError) as error:
        if re.search(r"\bX\b", str(error)):
            raise
        kind = TypeError if isinstance(error, TypeError) else ValueError
        hint = IMAGES_HINT if getattr(X, "ndim", 2) > 2 else ""
        raise kind(f"Input X: {error}{hint}") from error


def _array_dtype(X: Table) -> Any:
    """Numbers hidden in an object array become numbers; strings keep it an object array."""
    if np.dtype(getattr(X, "dtype", float)).kind != "O" and not isinstance(X, list | tuple):
        return None
    try:
        check_array(X, dtype=np.float64, ensure_all_finite=False)
    except (ValueError, TypeError) as error:
        return "numeric" if "argument must be" in str(error) or "complex" in str(error).lower() else object
    return "numeric"


def _refuse_infinity(X: Table) -> None:
    frame = nw.from_native(X, eager_only=True)
    for column in frame.iter_columns():
        if column.dtype.is_float() and np.isinf(numeric_values(column)).any():
            raise ValueError(
                f"Input X contains infinity in column {column.name!r}; replace it or mark it missing."
            )


def numeric_values(column: nw.Series[Any]) -> np.ndarray:
    """Return a numeric or boolean column as float64, missing values as NaN."""
    return np.asarray(column.cast(nw.Float64).to_numpy(), dtype=np.float64)


def check_same_length(**parts: Any) -> None:
    """Raise unless all parts have as many rows.

    Parameters
    ----------
    **parts : array-like or table
        What was given, by the name of its parameter.

    Raises
    ------
    ValueError
        Names the parts and how many rows each has.
    TypeError
        If one has no rows at all, such as None.

    Examples
    --------
    >>> from synda_sk.utils import check_same_length
    >>> check_same_length(X=[[1.0], [2.0]], y=[0])
    Traceback (most recent call last):
    ...
    ValueError: Found input variables with inconsistent numbers of samples: X has 2, y has 1.
    """
    lengths = {}
    for name, part in parts.items():
        try:
            lengths[name] = _num_samples(part)
        except TypeError as error:
            raise TypeError(f"{name} == {part!r}, must be a table or array. {error}") from error
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise ValueError(f"Found input variables with inconsistent numbers of samples: {found}.")


def take_rows(X: Table, rows: np.ndarray | slice) -> Table:
    """Return rows by their position.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
        Any table.
    rows : ndarray of int or slice
        Positions; a slice of an array is a view.

    Returns
    -------
    table of shape (len(rows), n_features)
        In the container of `X`.
    """
    return _safe_indexing(X, rows)


def concat_rows(X: Table, X_new: Table) -> Table:
    """Stack two tables of one kind; a pandas index is numbered anew.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
        First rows.
    X_new : table of shape (n_new, n_features)
        Rows to put behind them.

    Returns
    -------
    table of shape (n_samples + n_new, n_features)
        In the container of `X`.

    Raises
    ------
    ValueError
        If they are of different kinds, or have other columns.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.utils import concat_rows
    >>> concat_rows(np.zeros((2, 3)), np.ones((1, 3))).shape
    (3, 3)
    """
    if _described(X_new) != _described(X):
        raise ValueError(f"X_new is {_described(X_new)}, must be {_described(X)} like X.")
    if is_frame(X):
        parts = [nw.maybe_reset_index(nw.from_native(part, eager_only=True)) for part in (X, X_new)]
        return nw.maybe_reset_index(nw.concat(parts, how="vertical")).to_native()
    return vstack([X, X_new], format="csr") if issparse(X) else np.concatenate([X, X_new])


def _described(X: Table) -> str:
    if issparse(X):
        return f"sparse with {X.shape[1]} columns"
    if is_frame(X):
        return f"a data frame with the columns {list(X.columns)}"
    return f"an array with {np.shape(X)[1]} columns"
