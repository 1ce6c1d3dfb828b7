"""``python -m synda_sk journal``: what is in a journal, whether it is sound, and its rows as a table."""

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from synda_sk._journal import Journal
from synda_sk._journal_record import Entry, Record
from synda_sk.evaluation._options import OptionError
from synda_sk.exceptions import JournalError
from synda_sk.utils import import_optional, write_atomically

SUFFIXES = (".csv", ".parquet")


def add_journal_command(commands: Any) -> None:
    """Add the command to the parser.

    Parameters
    ----------
    commands : object
        What ``add_subparsers`` returned.
    """
    text = "Show, verify and export the labels a journal holds."
    command = commands.add_parser("journal", help="look into a journal", description=text, allow_abbrev=False)
    command.set_defaults(parser=command)
    command.add_argument("file", metavar="FILE", help="the journal of a SynDAClassifier")
    command.add_argument("--export", metavar="OUT", help="write its labelled rows to a .csv or .parquet file")
    command.add_argument("--verify", action="store_true", help="read every row, and say so")


def run_journal(options: argparse.Namespace) -> int:
    """Run the command.

    Parameters
    ----------
    options : Namespace
        `file`, `export`, `verify`.

    Returns
    -------
    int
        0.

    Raises
    ------
    OptionError
        If the file is no sound journal or cannot be exported.
    """
    out = None if options.export is None else Path(options.export)
    if out is not None and out.suffix.lower() not in SUFFIXES:
        raise OptionError("--export", f"{options.export!r} must end in {' or '.join(SUFFIXES)}")
    try:
        record = Journal(options.file).read(writer=False)
        labels = final_labels(record)
        tables = [entry.X for entry in record.entries] if options.verify or out is not None else []
    except JournalError as error:
        raise OptionError("FILE", str(error).replace("journal == ", "", 1)) from error
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise OptionError("FILE", f"{options.file!r} is damaged: restore it from a copy ({error})") from error
    sys.stdout.write(f"{_summary(record, labels)}\n")
    if options.verify:
        n_rows = sum(map(len, tables))
        sys.stdout.write(f"Verified: the database is sound, all {n_rows} rows can be read\n")
    if out is not None:
        _export(tables, record.entries, labels, out)
        sys.stdout.write(f"Written: {out}\n")
    return 0


def final_labels(record: Record) -> list[dict[str, Any]]:
    """Return the last label of each row, stored rows by position first, then rows from outside.

    Parameters
    ----------
    record : Record
        What a journal holds.

    Returns
    -------
    list of dict
        With `position` (None outside), `round`, `label`, `weight`, and where the
        row is: `entry`, `row`.
    """
    stored: dict[int, dict[str, Any]] = {}
    outside = []
    for number, entry in enumerate(record.entries):
        answers = entry.answers
        if entry.kind == "aside":
            continue
        for row, label in enumerate(answers.labels.tolist()):
            position = None if answers.rows is None else int(answers.rows[row])
            told = {"position": position, "round": int(entry.rounds[row]), "label": label}
            if position is None:
                before = {"weight": 1.0}
                outside.append(told)
            else:
                start = 1.0 if record.weights is None else float(record.weights[position])
                before = stored.get(position, {"round": told["round"], "weight": start})
                told["round"] = before["round"]
                stored[position] = told
            given = answers.weights
            told["weight"] = before["weight"] if given is None else float(given[row])
            told |= {"entry": number, "row": row}
    return [stored[position] for position in sorted(stored)] + outside


def set_aside(record: Record) -> list[int]:
    """Return the positions of the rows set aside and not labelled since.

    Parameters
    ----------
    record : Record
        What a journal holds.

    Returns
    -------
    list of int
        Sorted.
    """
    rows: set[int] = set()
    for entry in record.entries:
        named = entry.answers.batch.tolist()
        rows = rows.union(named) if entry.kind == "aside" else rows.difference(named)
    return sorted(rows)


def _summary(record: Record, labels: list[dict[str, Any]]) -> str:
    by_class = Counter(told["label"] for told in labels)
    by_round = Counter(told["round"] for told in labels)
    n_stored = sum(told["position"] is not None for told in labels)
    lines = [
        f"labels   {len(labels)}: {n_stored} of a table of {record.n_rows} rows, "
        f"{len(labels) - n_stored} of rows from outside",
        f"aside    {len(set_aside(record))}",
        "classes  " + ", ".join(f"{label}: {by_class[label]}" for label in sorted(by_class)),
        "rounds   " + ", ".join(f"{number}: {by_round[number]}" for number in sorted(by_round)),
        f"written  {record.entries[0].time} to {record.entries[-1].time}",
    ]
    return "\n".join(lines)


def _export(tables: list[Any], entries: list[Entry], labels: list[dict[str, Any]], out: Path) -> None:
    pandas = import_optional("pandas", extra="cli", feature="--export")
    if out.suffix.lower() == ".parquet":
        import_optional("pyarrow", extra="cli", feature="--export to a .parquet file")
    parts, order = [], []
    for number, table in enumerate(tables):
        chosen = [(place, told) for place, told in enumerate(labels) if told["entry"] == number]
        if not chosen:
            continue
        frame = _to_pandas(pandas, table).iloc[[told["row"] for _, told in chosen]]
        parts.append(frame)
        order += [place for place, _ in chosen]
    rows = pandas.concat(parts, ignore_index=True).iloc[np.argsort(order)].reset_index(drop=True)
    told = pandas.DataFrame({name: [row[name] for row in labels] for name in ("round", "label", "weight")})
    told.insert(0, "position", pandas.array([row["position"] for row in labels], dtype="Int64"))
    taken = set(rows.columns)
    told.columns = [name if name not in taken else f"synda_{name}" for name in told.columns]
    frame = pandas.concat([told, rows], axis=1)
    try:
        if out.suffix.lower() == ".csv":
            write_atomically(out, lambda file: frame.to_csv(file, index=False), mode=0o600)
        else:
            write_atomically(out, lambda file: frame.to_parquet(file, index=False), mode=0o600)
    except OSError as error:
        raise OptionError(
            "--export", f"{str(out)!r} cannot be written ({error.strerror}); give another"
        ) from error
    except (TypeError, ValueError) as error:
        raise OptionError(
            "--export", f"{out.name!r}: the columns do not fit {out.suffix} ({error}); use .csv"
        ) from error


def _to_pandas(pandas: Any, table: Any) -> Any:
    if isinstance(table, np.ndarray):
        return pandas.DataFrame(table, columns=[f"x{k}" for k in range(table.shape[1])])
    frame = table.to_pandas() if hasattr(table, "to_pandas") else table
    return frame.set_axis([str(name) for name in frame.columns], axis=1)
