"""Finished runs on the disk, so that a comparison that was killed goes on."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import narwhals as nw
import numpy as np
from scipy import sparse

import synda_sk
from synda_sk.evaluation._run import Job, Run
from synda_sk.typing import Labels, Table
from synda_sk.utils import is_frame, write_atomically


@dataclass(frozen=True)
class Cells:
    """A folder with one file for each finished run.

    The name of a file holds a digest of all that its numbers follow from: the
    data, the split, the method and its parameters, the seed, the settings and
    the version. Files of other comparisons may lie in the same folder; they are
    neither read nor changed.

    Parameters
    ----------
    folder : Path
        Made where it is absent.
    common : str
        A digest of the data and the settings.
    """

    folder: Path
    common: str

    def path(self, job: Job) -> Path:
        """Return the file of a run.

        Parameters
        ----------
        job : Job
            What is played.

        Returns
        -------
        Path
            It need not exist.

        Raises
        ------
        ValueError
            If the method holds something that cannot be told apart from others, such as a lambda.
        """
        try:
            method = joblib.hash(job.model)
        except Exception as error:  # pickling may raise anything
            raise ValueError(
                f"arms[{job.arm!r}] cannot be stored ({error}); leave lambdas and local functions out of it."
            ) from error
        key = _digest(self.common, job.arm, str(job.seed), method, job.rows_crc32())
        name = re.sub(r"[^a-z0-9]+", "-", job.arm.lower()).strip("-")
        return self.folder / f"{name}-{job.seed}-{key[:16]}.json"

    def load(self, job: Job) -> Run | None:
        """Return a finished run, None where there is none.

        Parameters
        ----------
        job : Job
            What is to be played.

        Returns
        -------
        Run or None
            As it was played.

        Raises
        ------
        ValueError
            If the file is broken.
        """
        path = self.path(job)
        if not path.exists():
            return None
        try:
            content = json.loads(path.read_text())
            return Run(content["run"], content["rounds"], restored=True)
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"store holds {path.name!r}, which is no finished run; delete it.") from error

    def save(self, job: Job, run: Run) -> None:
        """Write a finished run, whole or not at all.

        Parameters
        ----------
        job : Job
            What was played.
        run : Run
            What came of it.
        """
        text = json.dumps({"run": run.account, "rounds": run.rounds}, allow_nan=False)
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self.path(job), lambda file: file.write(text.encode()))


def open_cells(store: Any, X: Table, y: Labels, source: Any, settings: dict[str, Any]) -> Cells | None:
    """Return the finished runs of a folder.

    Parameters
    ----------
    store : path or None
        The folder.
    X : table of shape (n_samples, n_features)
        Rows.
    y : array-like of shape (n_samples,)
        Labels.
    source : ndarray of bool or None
        Rows of the source.
    settings : dict
        All else that every run follows from.

    Returns
    -------
    Cells or None
        None without a folder.

    Raises
    ------
    ValueError
        If `store` is no path, or a file.
    """
    if store is None:
        return None
    try:
        folder = Path(store)
    except TypeError as error:
        raise ValueError(f"store == {store!r}, must be the path of a folder or None.") from error
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"store == {str(store)!r} is a file, must be a folder.")
    data = [table_digest(X), joblib.hash(np.asarray(y)), joblib.hash(source)]
    told = json.dumps(settings, sort_keys=True, default=str)
    return Cells(folder, _digest(*data, told, synda_sk.__version__))


def table_digest(X: Table) -> str:
    """Return a digest of the cells of a table, its columns' names and types.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
        An array, a sparse matrix or a frame.

    Returns
    -------
    str
        Equal for equal tables; of sparse ones, in whatever format and order their cells are stored.
    """
    if sparse.issparse(X):
        rows = sparse.csr_array(X, copy=True)
        rows.sum_duplicates()
        places = [part.astype(np.int64) for part in (rows.indptr, rows.indices)]
        return _digest("sparse", str(rows.shape), joblib.hash([rows.data, *places]))
    if not is_frame(X):
        return joblib.hash(np.asarray(X))
    frame = nw.from_native(X, eager_only=True)
    parts = []
    for name in frame.columns:
        values = frame[name].to_numpy()
        if values.dtype.kind not in "biufmM":
            values = np.array([f"{type(value).__name__} {value}" for value in values.tolist()])
        parts.append(f"{name} {frame[name].dtype} {joblib.hash(np.ascontiguousarray(values))}")
    return _digest(*parts)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
