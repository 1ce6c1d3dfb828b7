"""Rows in Parquet files and other datasets that pyarrow reads, batch by batch."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synda_sk.typing import IntArray, Table
from synda_sk.utils import RowSource, import_optional, make_parts

_BATCH_ROWS = 65_536
_READAHEAD = 1  # batches decoded ahead: more would be faster by little and hold far more


class ArrowRows(RowSource):
    """The rows of a dataset in the order of its files, of which one part is in memory at a time.

    Parameters
    ----------
    dataset : pyarrow.dataset.Dataset
        Not filtered.
    names : sequence of str or None, default=None
        The columns to read, handed on as a pandas frame. None reads all, handed
        on as a float array where every column holds numbers.

    Raises
    ------
    ValueError
        If a column is not there.
    """

    def __init__(self, dataset: Any, names: Any = None) -> None:
        self._schema = dataset.schema
        missing = [] if names is None else [name for name in names if name not in self._schema.names]
        if missing:
            raise ValueError(
                f"X_pool lacks the columns {missing} that the estimator was fitted on; "
                f"it has {self._schema.names}."
            )
        self._columns = self._schema.names if names is None else list(names)
        self._pieces = [piece for fragment in dataset.get_fragments() for piece in _pieces(fragment)]
        self._starts = np.cumsum([0, *map(_length, self._pieces)])
        self._convert = _frame if names is not None else _converter(self._schema)

    @property
    def is_streamed(self) -> bool:
        """True: each scan decodes the files anew."""
        return True

    def __len__(self) -> int:
        return int(self._starts[-1])

    @property
    def columns(self) -> list[str]:
        """Names of the columns read."""
        return self._columns

    @property
    def holds_array(self) -> bool:
        """Whether parts are handed on as arrays."""
        return self._convert is not _frame

    def _scan(self, function: Callable[[Table], Any], rows: IntArray | None) -> Iterator[Any]:
        import pyarrow as pa

        batches = self._batches(rows)
        begin, batch = 0, None  # what is left of the batch read last, and its first row
        for start, stop, wanted in make_parts(len(self), rows):
            held = []
            last = stop if wanted is None else int(wanted[-1]) + 1
            while batch is None or begin + len(batch) < last:
                if batch is not None:
                    held.append(_pick(batch, begin, max(start, begin), wanted))
                begin, batch = next(batches)
            cut = min(stop - begin, len(batch))
            held.append(_pick(batch.slice(0, cut), begin, max(start, begin), wanted))
            begin, batch = begin + cut, batch.slice(cut)
            yield function(self._convert(pa.Table.from_batches([part for part in held if len(part)])))

    def _batches(self, rows: IntArray | None) -> Iterator[tuple[int, Any]]:
        """Yield record batches and their first rows, of the pieces with rows that are wanted."""
        import pyarrow.dataset as ds

        options = {"fragment_scan_options": ds.ParquetFragmentScanOptions(pre_buffer=False)}
        for piece, start, stop in zip(self._pieces, self._starts[:-1], self._starts[1:], strict=True):
            if rows is not None and np.searchsorted(rows, start) == np.searchsorted(rows, stop):
                continue
            begin = int(start)
            parquet = options if hasattr(piece, "row_groups") else {}
            for batch in piece.to_batches(
                schema=self._schema,
                columns=self._columns,
                batch_size=_BATCH_ROWS,
                batch_readahead=_READAHEAD,
                **parquet,
            ):
                yield begin, batch
                begin += len(batch)


def open_dataset(path: str | os.PathLike[str]) -> Any:
    """Open a Parquet file, or a folder of them, whose folders' names may hold columns.

    Raises
    ------
    ValueError
        If there is none, or it cannot be read.
    ImportError
        If pyarrow is not installed.
    """
    ds = import_optional("pyarrow.dataset", extra="cli", feature="a pool in Parquet files")
    if not os.path.exists(path):
        raise ValueError(f"X_pool == {os.fspath(path)!r} does not exist; give a Parquet file or folder.")
    try:
        return ds.dataset(path, format="parquet", partitioning="hive")
    except (OSError, ValueError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ValueError(f"X_pool == {os.fspath(path)!r} cannot be read as Parquet: {reason}") from error


def _pieces(fragment: Any) -> list[Any]:
    """The row groups of a Parquet file, so that those without wanted rows need not be read."""
    return fragment.split_by_row_group() if hasattr(fragment, "split_by_row_group") else [fragment]


def _length(piece: Any) -> int:
    """Rows of a piece; ``count_rows`` of a row group would tell those of the whole file."""
    if hasattr(piece, "row_groups"):
        return sum(group.num_rows for group in piece.row_groups)
    return piece.count_rows()


def _pick(batch: Any, begin: int, first: int, wanted: IntArray | None) -> Any:
    """Return the wanted rows, from row `first` on, of a batch that begins at row `begin`."""
    if wanted is None:
        return batch.slice(first - begin)
    inside = slice(*np.searchsorted(wanted, [first, begin + len(batch)]))
    return batch.take(wanted[inside] - begin)


def _converter(schema: Any) -> Callable[[Any], Table]:
    """Arrays where every column holds numbers: float32 where all do, float64 otherwise."""
    import pyarrow.types as kinds

    def is_number(kind: Any) -> bool:
        return kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_boolean(kind)

    if not all(is_number(field.type) for field in schema):
        return _frame
    single = all(kinds.is_float32(field.type) for field in schema)
    return partial(_array, kind="float32" if single else "float64")


def _array(table: Any, kind: str) -> NDArray[Any]:
    values = np.empty((len(table), table.num_columns), dtype=kind)
    for k, column in enumerate(table.columns):
        values[:, k] = column.cast(kind, safe=False).to_numpy()
    return values


def _frame(table: Any) -> Table:
    return table.to_pandas(ignore_metadata=True)
