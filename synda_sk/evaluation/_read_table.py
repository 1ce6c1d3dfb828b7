"""A user's file as a data frame."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from synda_sk.evaluation._options import OptionError
from synda_sk.utils import import_optional

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".csv.gz", ".parquet")


def read_table(path: Path) -> pd.DataFrame:
    """Read a table from a CSV or Parquet file.

    Parameters
    ----------
    path : Path
        A file that ends in .csv, .csv.gz or .parquet.

    Returns
    -------
    pandas.DataFrame
        With at least one row; names of columns are text.

    Raises
    ------
    OptionError
        If there is no such file, its ending is another one, or it is broken.
    ImportError
        If pandas, or pyarrow for Parquet, is not installed.
    """
    pd = import_optional("pandas", extra="cli", feature="--table")
    suffix = next((s for s in SUFFIXES if path.name.lower().endswith(s)), None)
    if not path.exists():
        raise OptionError(
            "--table", f"{str(path)!r} does not exist; give the path of a .csv, .csv.gz or .parquet file"
        )
    if suffix is None or not path.is_file():
        raise OptionError("--table", f"{path.name!r} must be a file that ends in {', '.join(SUFFIXES)}")
    if suffix == ".parquet":
        import_optional("pyarrow", extra="cli", feature="--table with a .parquet file")
    try:
        frame = pd.read_parquet(path) if suffix == ".parquet" else pd.read_csv(path, low_memory=False)
    # NotImplementedError is how pyarrow refuses Parquet whose encoding it does not know
    except (OSError, ValueError, NotImplementedError, EOFError, zlib.error) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise OptionError("--table", f"{path.name!r} cannot be read as {suffix[1:]}: {reason}") from error
    if not len(frame):
        raise OptionError("--table", f"{path.name!r} has no rows; give a table with a header and rows")
    frame.columns = frame.columns.map(str)
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise OptionError("--table", f"{path.name!r} has more than one column {twice!r}; rename one")
    return frame
