"""Columns of a user's table as the models can take them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from synda_sk.evaluation._options import OptionError
from synda_sk.utils import import_optional

if TYPE_CHECKING:
    import pandas as pd


def clean_features(features: pd.DataFrame) -> pd.DataFrame:
    """Check the columns to learn from; decimals become floating-point numbers.

    Parameters
    ----------
    features : pandas.DataFrame
        Columns of any type.

    Returns
    -------
    pandas.DataFrame
        A copy.

    Raises
    ------
    OptionError
        If a column holds infinity, or lists and the like.
    """
    features = features.copy()
    for name, column in features.items():
        if column.dtype.kind == "f" and np.isinf(column.to_numpy(dtype=np.float64, na_value=np.nan)).any():
            raise OptionError(
                "--table", f"holds infinity in column {name!r}; leave those cells empty or --drop it"
            )
        if column.dtype != object:
            continue
        kinds = {type(value) for value in column[column.notna()]}
        if kinds == {Decimal}:
            features[name] = column.astype(np.float64)
        elif any(kind.__hash__ is None for kind in kinds):
            raise OptionError("--table", f"holds lists or the like in column {name!r}; --drop it")
    return features


def time_ranks(frame: pd.DataFrame, columns: list[str]) -> NDArray[np.intp]:
    """Number the different times of the rows, the earliest 0.

    Parameters
    ----------
    frame : pandas.DataFrame
        Without missing values in `columns`.
    columns : list of str
        Numbers, dates, or text in ISO 8601; the first is the most significant.

    Returns
    -------
    ndarray of int of shape (n_samples,)
        Ranks, equal where all columns are.

    Raises
    ------
    OptionError
        If a column is of another kind, or the time never changes.
    """
    pd = import_optional("pandas", extra="cli", feature="--time")
    times = {}
    for name in columns:
        column = frame[name]
        if column.dtype.kind not in "iufmMb":
            parsed = pd.to_datetime(column.astype(str), format="ISO8601", errors="coerce", utc=True)
            if parsed.isna().any():
                example = column[parsed.isna()].iloc[0]
                raise OptionError(
                    "--time",
                    f"{name!r} holds {str(example)!r}; give a column of numbers or dates such as 2024-01-31",
                )
            column = parsed
        times[name] = column
    ranks = pd.DataFrame(times).groupby(list(times), sort=True).ngroup().to_numpy(dtype=np.intp)
    if ranks.max() == 0:
        raise OptionError(
            "--time", f"{','.join(columns)!r} is the same in every row; give a column that changes"
        )
    return ranks
