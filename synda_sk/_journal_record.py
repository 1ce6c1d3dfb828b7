"""What a journal tells, as Python objects and as rows of its tables."""

import datetime
import json
import sqlite3
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synda_sk._journal_cells import decode_array, decode_scalar, encode_array, encode_scalar
from synda_sk._journal_codec import Schema, decode_rows, dump, encode_rows
from synda_sk._journal_file import JournalFile
from synda_sk._state import Answers, LabelState
from synda_sk.typing import FloatArray, IntArray, Table
from synda_sk.utils import take_rows


@dataclass
class Entry:
    """What one transaction holds of one kind of row.

    Parameters
    ----------
    kind : {"stored", "outside", "aside"}
        Labelled rows of the stored table, or from elsewhere, or rows of the
        stored table that were set aside.
    first : bool
        Whether it tells the state at the beginning, and not answers.
    time : str
        When it was written, UTC.
    consistency : float
        C_t the round began with.
    schema : dict
        Columns of the rows.
    cells : list of str
        The rows.
    rounds : ndarray of int of shape (n_rows,)
        The round of each label.
    answers : Answers
        The rest; its X is None.
    """

    kind: str
    first: bool
    time: str
    consistency: float
    schema: Schema
    cells: list[str]
    rounds: IntArray
    answers: Answers

    @property
    def X(self) -> Table:
        """The rows as a table."""
        return decode_rows(self.schema, self.cells)


@dataclass
class Record:
    """All a journal holds.

    Parameters
    ----------
    entropy : int
        Of the seeds.
    n_rows : int
        Rows of the stored table.
    fortran : bool
        Whether it lay column by column in memory.
    schema : dict
        Its columns.
    classes : ndarray of shape (n_classes,)
        Labels at the beginning.
    weights : ndarray of shape (n_rows,) or None
        Weights at the beginning.
    history : list of dict
        Stages before the first answer.
    entries : list of Entry
        In the order written.
    """

    entropy: int
    n_rows: int
    fortran: bool
    schema: Schema
    classes: NDArray[Any]
    weights: FloatArray | None
    history: list[dict[str, Any]]
    entries: list[Entry]


def checksum(*values: Any) -> int:
    return zlib.crc32(repr(values).encode("utf-8", "backslashreplace"))


def describe(state: LabelState, entropy: int, history: list[dict[str, Any]], identity: str) -> dict[str, Any]:
    schema, _ = encode_rows(take_rows(state.X, np.arange(min(2, len(state.X)))))
    by_column = isinstance(state.X, np.ndarray) and np.isfortran(state.X)
    return {
        "identity": identity,
        "entropy": str(entropy),
        "n_rows": len(state.X),
        "fortran": int(by_column),
        "schema": dump(schema),
        "classes": dump([state.classes.dtype.str, encode_array(state.classes)]),
        "weights": None if state.weights is None else state.weights.astype("<f8").tobytes(),
        "history": dump([_encode_stage(stage) for stage in history]),
    }


def _encode_stage(stage: dict[str, Any]) -> list[Any]:
    pairs = []
    for key, value in stage.items():
        try:
            if key == "n_per_class":
                cell: Any = [[encode_scalar(label), count] for label, count in value.items()]
            elif key == "proxy" or isinstance(value, list):
                cell = value
            else:
                cell = encode_scalar(value)
        except TypeError:
            cell = None
        pairs.append([key, cell])
    return pairs


def _decode_stage(pairs: list[Any]) -> dict[str, Any]:
    stage: dict[str, Any] = {"corrected": [], "set_aside": []}
    for key, cell in pairs:
        if key == "n_per_class":
            stage[key] = {decode_scalar(label): count for label, count in cell}
        else:
            stage[key] = cell if key == "proxy" or isinstance(cell, list) else decode_scalar(cell)
    return stage


def known(state: LabelState, step: int) -> list[Any]:
    """Return the entries that tell what was known before the first answer."""
    rows = np.flatnonzero(state.codes >= 0)
    stored = Answers(step, state.classes[state.codes[rows]], rows, None, None, state.arms[rows])
    entries = [make_entry(state, stored, state.rounds[rows])]
    if state.added is not None:
        X, codes, weights = state.added
        given = None if state.weights is None else weights
        entries.append(make_entry(state, Answers(step, state.classes[codes], None, X, given)))
    for entry, _ in entries:
        entry["kind"] += " first"
    return entries


def make_entry(
    state: LabelState, answers: Answers, rounds: IntArray | None = None
) -> tuple[dict[str, Any], Any]:
    rows, n = answers.rows, len(answers.labels)
    schema, cells = encode_rows(answers.X if rows is None else take_rows(state.X, rows))
    entry = {
        "kind": "outside" if rows is None else "aside" if answers.cannot_tell else "stored",
        "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "step": answers.step,
        "weighted": int(answers.weights is not None),
        "label_dtype": answers.labels.dtype.str,
        "schema": dump(schema),
        "n": n,
    }
    columns = (
        [None] * n if rows is None else rows.tolist(),
        [dump(label) for label in encode_array(answers.labels)],
        [None] * n if answers.weights is None else answers.weights.tolist(),
        [answers.step] * n if rounds is None else rounds.tolist(),
        [None] * n if answers.arms is None else answers.arms.tolist(),
        cells,
    )
    return entry, list(zip(*columns, strict=True))


def insert(connection: sqlite3.Connection, number: int, entry: dict[str, Any], rows: Iterable[Any]) -> None:
    schema = entry["schema"]
    connection.execute(
        "INSERT OR IGNORE INTO schemas (schema, checksum) VALUES (?, ?)", (schema, checksum(schema))
    )
    (key,) = connection.execute("SELECT id FROM schemas WHERE schema = ?", (schema,)).fetchone()
    names = ("kind", "time", "step", "consistency", "weighted", "label_dtype")
    plain = [None if entry[name] != entry[name] else entry[name] for name in names]  # NaN is NULL
    values = (number, *plain, key, entry["n"])
    connection.execute(f"INSERT INTO entries VALUES ({', '.join('?' * 10)})", (*values, checksum(*values)))
    connection.executemany(
        f"INSERT INTO labels VALUES (NULL, {', '.join('?' * 8)})",
        ((number, *row, checksum(number, *row)) for row in rows),
    )


def _checked(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    for *values, expected in rows:
        if checksum(*values) != expected:
            raise ValueError(f"a checksum is wrong near {str(values)[:40]!r}")
    return [tuple(row[:-1]) for row in rows]


def read(file: JournalFile) -> tuple[Record, str]:
    meta = dict(_checked(file.select("SELECT * FROM meta")))
    _checked(file.select("SELECT schema, checksum FROM schemas"))
    schemas = {key: json.loads(text) for key, text in file.select("SELECT id, schema FROM schemas")}
    by_entry: dict[int, list[Any]] = {}
    columns = "seq, position, label, weight, round, arm, cells, checksum"
    for seq, *row in _checked(file.select(f"SELECT {columns} FROM labels ORDER BY id")):
        by_entry.setdefault(seq, []).append(row)
    entries = [
        _decode_entry(values, schemas, by_entry.pop(values[0], []))
        for values in _checked(file.select("SELECT * FROM entries ORDER BY seq"))
    ]
    if by_entry or not entries:
        raise ValueError("labels and entries do not match")
    dtype, cells = json.loads(meta["classes"])
    weights = meta["weights"]
    record = Record(
        entropy=int(meta["entropy"]),
        n_rows=meta["n_rows"],
        fortran=bool(meta["fortran"]),
        schema=json.loads(meta["schema"]),
        classes=decode_array(cells, dtype),
        weights=None if weights is None else np.frombuffer(weights, dtype="<f8").astype(np.float64),
        history=[_decode_stage(pairs) for pairs in json.loads(meta["history"])],
        entries=entries,
    )
    return record, meta["identity"]


def _decode_entry(values: tuple[Any, ...], schemas: dict[int, Schema], rows: list[Any]) -> Entry:
    _, kind, time, step, consistency, weighted, dtype, schema, n = values
    if len(rows) != n:
        raise ValueError(f"{len(rows)} of {n} labels are there")
    positions, labels, weights, rounds, arms, cells = zip(*rows, strict=True) if n else ((),) * 6
    stored = not kind.startswith("outside")
    answers = Answers(
        step=step,
        labels=decode_array([json.loads(label) for label in labels], dtype),
        rows=np.array(positions, dtype=np.intp) if stored else None,
        X=None,
        weights=np.array(weights, dtype=np.float64) if weighted else None,
        arms=np.array(arms, dtype=np.int8) if stored and None not in arms else None,
    )
    return Entry(
        kind=kind.partition(" ")[0],
        first=kind.endswith(" first"),
        time=time,
        consistency=float("nan") if consistency is None else consistency,
        schema=schemas[schema],
        cells=list(cells),
        rounds=np.array(rounds, dtype=np.intp),
        answers=answers,
    )
