"""Labels of which some may be missing."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from synda_sk.typing import Labels


def _is_missing(value: Any) -> bool:
    if value is None:
        return True
    unequal = value != value
    return not isinstance(unequal, bool | np.bool_) or bool(unequal)  # pd.NA answers NA


def missing_values(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Mark NaN, NaT, None and pandas.NA in a one-dimensional array.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Values of any dtype.

    Returns
    -------
    ndarray of bool of shape (n,)
        True where the value is missing.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.utils import missing_values
    >>> missing_values(np.array(["fraud", None, float("nan")], dtype=object)).tolist()
    [False, True, True]
    """
    if values.dtype.kind == "f":
        return np.isnan(values)
    if values.dtype.kind in "mM":
        return np.isnat(values)
    if values.dtype.kind == "O":
        return np.fromiter(map(_is_missing, values.tolist()), dtype=bool, count=len(values))
    return np.zeros(len(values), dtype=bool)


def split_missing(
    y: Labels, missing_label: Any = "auto", *, name: str = "y"
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Separate the known labels of `y` from the missing ones.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Labels: array, list, pandas or polars Series.
    missing_label : "auto" or scalar, default="auto"
        The value that marks a missing label. "auto" takes NaN, None and
        pandas.NA, never -1 (which is a class to scikit-learn).
    name : str, default="y"
        What messages call the labels.

    Returns
    -------
    known : ndarray of shape (n_known,)
        The labels that are there, in order, as classification targets.
    is_missing : ndarray of bool of shape (n_samples,)
        True where the label is missing.

    Raises
    ------
    ValueError
        If `y` is not one-dimensional, or what is known is no classification
        target (continuous values, mixed types), or `missing_label` is no scalar.

    Examples
    --------
    >>> from synda_sk.utils import split_missing
    >>> known, is_missing = split_missing(["fraud", None, "genuine"])
    >>> known.tolist(), is_missing.tolist()
    (['fraud', 'genuine'], [False, True, False])
    """
    if y is None:
        raise ValueError(f"This estimator requires {name} to be passed, but the target {name} is None.")
    if np.ndim(missing_label):
        raise ValueError(f"missing_label == {missing_label!r}, must be 'auto' or a single value.")
    try:
        array = y.to_numpy() if hasattr(y, "to_numpy") else np.asarray(y, dtype=_list_dtype(y))
    except ValueError as error:
        raise ValueError(f"{name} should be a 1d array, got rows of different lengths.") from error
    if array.ndim != 1 and array.shape[1:] != (1,):
        raise ValueError(f"{name} should be a 1d array, got an array of shape {array.shape} instead.")
    array = column_or_1d(array, warn=True)
    is_missing = missing_values(array)
    if not isinstance(missing_label, str) or missing_label != "auto":
        is_missing = is_missing | np.fromiter(
            (bool(value == missing_label) for value in array.tolist()), dtype=bool, count=len(array)
        )
    known = array[~is_missing]
    if known.dtype.kind == "O":
        nested = next((value for value in known if np.ndim(value)), None)
        if nested is not None:
            raise ValueError(f"{name} should be a 1d array of labels, got {nested!r} among them.")
        kinds = {str if isinstance(value, str) else float for value in known}
        if len(kinds) > 1:
            raise ValueError(f"Unknown label type: {name} mixes strings and numbers; give one type.")
        known = np.array(known.tolist())
    if known.dtype.kind == "f" and np.isinf(known).any():
        raise ValueError(
            f"Input {name} contains infinity; labels are finite numbers, strings or missing (NaN)."
        )
    if len(known):
        check_classification_targets(known)
    return known, is_missing


def _list_dtype(y: Any) -> type | None:
    """Keep None, and numbers beside strings, as they are: NumPy alone would write them out as text."""
    kinds = set(map(type, y)) if isinstance(y, list | tuple) else set()
    mixed = len(kinds) > 1 and any(issubclass(kind, str) for kind in kinds)
    return object if mixed or type(None) in kinds else None
