"""A reader for the PaySim table."""

from __future__ import annotations

import gzip
import zlib
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from synda_sk.utils import import_optional

if TYPE_CHECKING:
    import pandas as pd

DTYPES = {
    "step": "int16",
    "type": "category",
    "amount": "float64",
    "nameOrig": "object",
    "oldbalanceOrg": "float64",
    "newbalanceOrig": "float64",
    "nameDest": "object",
    "oldbalanceDest": "float64",
    "newbalanceDest": "float64",
    "isFraud": "int8",
    "isFlaggedFraud": "int8",
}
NAMES = ("nameOrig", "nameDest")
ORIGIN = ("oldbalanceOrg", "newbalanceOrig")
DESTINATION = ("oldbalanceDest", "newbalanceDest")
SUFFIXES = (".csv", ".csv.gz", ".parquet")


def load_paysim(
    path: str | PathLike[str], *, drop_balances: bool | str = False, return_ids: bool = False
) -> tuple[pd.DataFrame, pd.Series]:
    """Read the PaySim table, as published on Kaggle, from a file.

    The table itself does not come with this package. With the balances of the origin one rule solves it,
    ``amount == oldbalanceOrg`` in transfers and cash-outs; ``drop_balances="origin"`` takes that rule away.

    Parameters
    ----------
    path : str or path-like
        A file that ends in .csv, .csv.gz or .parquet and has the eleven columns of PaySim. Further columns
        are ignored.
    drop_balances : {False, "origin", True}, default=False
        Which balances to leave out: none, the two of the origin, or all four.
    return_ids : bool, default=False
        Whether to keep `nameOrig` and `nameDest`.

    Returns
    -------
    X : pandas.DataFrame
        The rows in the order of the file, without the label: `step` (int16, hours), `type` (category),
        `amount` and balances (float64, as float32 loses cents beyond 131,072), `isFlaggedFraud` (int8), and
        the names (str) if asked for.
    y : pandas.Series
        The column `isFraud` (int8).

    Raises
    ------
    ValueError
        If the file has another suffix or is broken, columns are missing or `drop_balances` is not one of its
        options.
    FileNotFoundError
        If there is no such file.
    ImportError
        If pandas, or pyarrow for .parquet, is not installed.

    See Also
    --------
    make_mobile_money : Simulator of a mobile-money operator that no single rule solves.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from synda_sk.datasets import load_paysim
    >>> header = (
    ...     "step,type,amount,nameOrig,oldbalanceOrg,newbalanceOrig,"
    ...     "nameDest,oldbalanceDest,newbalanceDest,isFraud,isFlaggedFraud"
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "paysim.csv")
    ...     _ = path.write_text(header + "\\n1,TRANSFER,181.00,C1,181.00,0.00,C2,0.00,0.00,1,0\\n")
    ...     X, y = load_paysim(path, drop_balances=True)
    >>> X.columns.tolist()
    ['step', 'type', 'amount', 'isFlaggedFraud']
    >>> y.tolist()
    [1]
    """
    file = Path(path)
    if not file.name.endswith(SUFFIXES):
        raise ValueError(f"path must end in one of {', '.join(SUFFIXES)}, got {file.name!r}.")
    if drop_balances not in (False, "origin", True):
        raise ValueError(f"drop_balances must be one of [False, 'origin', True], got {drop_balances!r}.")
    if not file.is_file():
        raise FileNotFoundError(f"There is no file {str(file)!r}.")
    dropped = {"isFraud"}
    if not return_ids:
        dropped.update(NAMES)
    if drop_balances:
        dropped.update(ORIGIN)
    if drop_balances is True:
        dropped.update(DESTINATION)
    columns = [name for name in DTYPES if name not in dropped]
    try:
        table = _read(file, [*columns, "isFraud"])
    except (ValueError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{file.name!r} cannot be read as a table of PaySim: {error}") from error
    return table[columns], table["isFraud"]


def _read(file: Path, columns: list[str]) -> pd.DataFrame:
    """Read some columns of a file that has all those of PaySim."""
    pd = import_optional("pandas", extra="cli", feature="load_paysim")
    dtypes = {name: DTYPES[name] for name in columns}
    if file.suffix == ".parquet":
        parquet = import_optional("pyarrow.parquet", extra="cli", feature="load_paysim")
        _check_columns(file, parquet.read_schema(file).names)
        return pd.read_parquet(file, columns=columns).astype(dtypes)
    _check_columns(file, pd.read_csv(file, nrows=0).columns)
    return pd.read_csv(file, usecols=columns, dtype=dtypes)[columns]


def _check_columns(file: Path, found: pd.Index | list[str]) -> None:
    """Raise if the file lacks columns of PaySim."""
    missing = [name for name in DTYPES if name not in set(found)]
    if missing:
        raise ValueError(f"it lacks the columns {missing}.")
