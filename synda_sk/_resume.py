"""From a journal back to what was known when its writer stopped."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from synda_sk._acquisition import NOBODY_ASKED
from synda_sk._journal import Journal
from synda_sk._journal_codec import decode_rows, encode_rows, same_columns
from synda_sk._journal_record import Entry, Record
from synda_sk._state import Answers, LabelState
from synda_sk.typing import IntArray, Table
from synda_sk.utils import take_rows


@dataclass
class Resumed:
    """What a journal gives back.

    Parameters
    ----------
    state : LabelState
        As it was after the last answer.
    history : list of dict
        The stages before the last; what only their training could tell is None,
        and rows are positions in the table of fit.
    last : dict
        The last stage, to be trained anew.
    consistency : float
        C_t the last stage began with.
    entropy : int
        Of the seeds.
    """

    state: LabelState
    history: list[dict[str, Any]]
    last: dict[str, Any]
    consistency: float
    entropy: int


def rebuild(journal: Journal, X: Table | None) -> Resumed:
    """Play a journal through, and stay open for writing.

    Parameters
    ----------
    journal : Journal
        Closed or open.
    X : table or None
        The table given to fit; None makes one of its labelled rows.

    Returns
    -------
    Resumed
        The state and what belongs to it.

    Raises
    ------
    JournalError
        If the journal cannot be read.
    ValueError
        If `X` is another table.
    """
    record = journal.read()
    blind = X is None
    kinds = ("stored",) if blind else ("stored", "aside")
    stored = [entry for entry in record.entries if entry.kind in kinds]
    cells = {
        row: cell
        for entry in stored
        for row, cell in zip(entry.answers.batch.tolist(), entry.cells, strict=True)
    }
    positions = np.array(sorted(cells), dtype=np.intp)
    texts = [cells[row] for row in positions.tolist()]
    if blind:
        X = decode_rows(record.schema, texts)
        if record.fortran and len(positions) == record.n_rows:
            X = np.asfortranarray(X)
        places = np.full(record.n_rows, -1, dtype=np.intp)
        places[positions] = np.arange(len(positions))
        weights = None if record.weights is None else record.weights[positions]
    else:
        _check_same_table(record, X, positions, texts, journal.name)
        places, weights = np.arange(record.n_rows), record.weights
    state = LabelState(X, record.classes, weights)
    history = list(record.history)
    for entry in record.entries:
        answers = _placed(entry, places)
        if entry.first:
            _restore(state, entry, answers)
        elif entry.kind == "aside":
            history[answers.step]["set_aside"] += entry.answers.batch.tolist()
            if not blind:
                state.take(answers)
        else:
            corrected = np.isin(answers.batch, state.take(answers))
            history[answers.step :] = [_stage(state, entry.answers, entry.answers.batch[corrected])]
    consistency = next(entry.consistency for entry in reversed(record.entries) if entry.kind != "aside")
    return Resumed(state, history[:-1], history[-1], consistency, record.entropy)


def _placed(entry: Entry, places: IntArray) -> Answers:
    """Return the answers of an entry with positions in the table at hand."""
    given = entry.answers
    rows = None if given.rows is None else places[given.rows]
    X = entry.X if given.rows is None else None
    return Answers(given.step, given.labels, rows, X, given.weights, given.arms)


def _restore(state: LabelState, entry: Entry, answers: Answers) -> None:
    state.take(answers)
    if answers.rows is not None:
        state.rounds[answers.rows] = entry.rounds


def _stage(state: LabelState, answers: Answers, corrected: IntArray) -> dict[str, Any]:
    trained = ("lambda_t", "ratio", "beta", "complexity", "performance", "consistency", "rejected")
    costs = ("cost", "cheapest")
    return {
        "n_labels": state.n_labels,
        "n_per_class": state.counts(),
        "batch": answers.batch.tolist(),
        "corrected": corrected.tolist(),
        "set_aside": [],
        "exploration": answers.n_hedge,
        **NOBODY_ASKED,
        **dict.fromkeys((*trained, *costs, "agreement", "stop", "generated", "kept", "seconds")),
    }


def _check_same_table(record: Record, X: Table, positions: IntArray, texts: list[str], name: str) -> None:
    if len(X) != record.n_rows:
        raise ValueError(f"X has {len(X)} rows, the table of {name} had {record.n_rows}; give that table.")
    try:
        schema, now = encode_rows(take_rows(X, positions))
    except TypeError as error:
        raise ValueError(f"X is another table than that of {name}: {error}") from error
    if not same_columns(schema, record.schema):
        raise ValueError(f"X has other columns, or columns of other types, than the table of {name}.")
    for row, text, then in zip(positions.tolist(), now, texts, strict=True):
        if text != then:
            raise ValueError(
                f"X differs from the table of {name} in row {row}: {text[:60]} instead of {then[:60]}; give "
                "that table, in its order."
            )
