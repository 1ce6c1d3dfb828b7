"""Rows in the partitions of a Dask DataFrame or Array, read where they are."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from synda_sk.typing import IntArray, Table
from synda_sk.utils import RowSource, make_parts, stack_rows, take_rows


class DaskRows(RowSource):
    """The rows of a Dask collection in its order, each part put together on a worker.

    Only what a function makes of a part comes back. Partitions are computed
    anew for every scan: ``persist`` the collection where that is dear.

    Parameters
    ----------
    collection : dask.dataframe.DataFrame or dask.array.Array
        Array: of two dimensions.
    names : sequence of str or None, default=None
        The columns of a data frame to read; None reads all.

    Raises
    ------
    ValueError
        If a column is not there, or an array has not two dimensions.
    """

    def __init__(self, collection: Any, names: Any = None) -> None:
        self.holds_array = not hasattr(collection, "columns")
        if self.holds_array:
            if collection.ndim != 2:
                raise ValueError(f"X_pool has {collection.ndim} dimensions, must have 2.")
            if np.isnan(collection.shape[0]):
                collection = collection.compute_chunk_sizes()
            collection = collection.rechunk({1: -1})
            self.columns = [str(k) for k in range(collection.shape[1])]
            self._partitions = collection.to_delayed().ravel().tolist()
            lengths = collection.chunks[0]
        else:
            self.columns = [str(name) for name in (collection.columns if names is None else names)]
            missing = [name for name in self.columns if name not in collection.columns]
            if missing:
                raise ValueError(
                    f"X_pool lacks the columns {missing} that the estimator was fitted on; "
                    f"it has {list(collection.columns)}."
                )
            collection = collection[self.columns]
            self._partitions = collection.to_delayed()
            lengths = collection.map_partitions(len, meta=(None, "int64")).compute()
        self._starts = np.cumsum([0, *lengths])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def _scan(self, function: Callable[[Table], Any], rows: IntArray | None) -> Iterator[Any]:
        import dask

        shared = dask.delayed(function, pure=False, traverse=False)
        on_part = dask.delayed(_on_part, pure=False)
        tasks = []
        for start, stop, wanted in make_parts(len(self), rows):
            partitions, picks = [], []
            first, last = np.searchsorted(self._starts, [start, stop], side="right") - 1
            for k in range(first, min(last + 1, len(self._partitions))):
                begin, end = max(start, self._starts[k]), min(stop, self._starts[k + 1])
                if wanted is None:
                    pick = np.arange(begin, end)
                else:
                    pick = wanted[slice(*np.searchsorted(wanted, [begin, end]))]
                if len(pick):
                    partitions.append(self._partitions[k])
                    picks.append(pick - self._starts[k])
            tasks.append(on_part(shared, partitions, dask.delayed(picks, pure=False, traverse=False)))
        yield from dask.compute(*tasks)


def _on_part(function: Callable[[Table], Any], partitions: list[Table], picks: list[Any]) -> Any:
    return function(stack_rows([take_rows(X, pick) for X, pick in zip(partitions, picks, strict=True)]))
