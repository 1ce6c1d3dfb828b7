"""The journal of labels: every answer is on the disk before anything is done with it."""

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

from synda_sk._journal_file import DAMAGED, TABLES, UPGRADE, JournalFile
from synda_sk._journal_record import Record, checksum, describe, insert, known, make_entry, read
from synda_sk._state import Answers, LabelState
from synda_sk.exceptions import JournalError


class Journal:
    """The journal of one classifier.

    Copies and pickles leave the open file behind; a copy opens it again when it
    is taught, provided nobody has written to it since.

    Parameters
    ----------
    path : str or path
        The file.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.given = os.fspath(path)
        self.path = Path(os.path.abspath(self.given))  # the folder of the process may change
        self._file: JournalFile | None = None
        self._identity: str | None = None
        self._n_entries = 0

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_file": None}

    @property
    def name(self) -> str:
        """How messages call it."""
        return f"journal == {str(self.path)!r}"

    def close(self) -> None:
        """Let others write; the next answer opens the file again."""
        if self._file is not None:
            self._file.close()
        self._file = None

    def read(self, *, writer: bool = True) -> Record:
        """Read everything, and stay open for writing if `writer`.

        Returns
        -------
        Record
            What is there.

        Raises
        ------
        JournalError
            If it cannot be read, or holds something damaged.
        """
        file = JournalFile(self.path, "write" if writer else "read")
        try:
            if file.is_empty:
                raise JournalError(
                    f"{self.name} is empty: no answer was written to it yet; use fit and teach."
                )
            try:
                record, self._identity = read(file)
            except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
                raise JournalError(f"{self.name} {DAMAGED} ({error})") from error
            self._n_entries = len(record.entries)
        except BaseException:
            file.close()
            raise
        if writer:
            self._file = file
        else:
            file.close()
        return record

    def write(
        self,
        state: LabelState,
        answers: Answers,
        *,
        entropy: int,
        consistency: float,
        history: list[dict[str, Any]],
    ) -> None:
        """Put answers on the disk, before them at the first time what was known until then.

        Parameters
        ----------
        state : LabelState
            As it was before the answers.
        answers : Answers
            To be written.
        entropy : int
            Of the seeds.
        consistency : float
            C_t so far.
        history : list of dict
            Stages so far.

        Raises
        ------
        JournalError
            If that failed; the journal is then as it was before.
        """
        new = self._identity is None
        identity = self._identity or uuid4().hex
        try:
            meta = describe(state, entropy, history, identity) if new else {}
            entries = [*(known(state, len(history) - 1) if new else []), make_entry(state, answers)]
        except TypeError as error:
            raise JournalError(
                f"{self.name} cannot hold {error}. Change the type of that column, or use journal=None."
            ) from error
        if self._file is None:
            self._file = JournalFile(self.path, "create" if new else "write")
        file = self._file
        try:
            with file.transaction() as connection:
                self._check_unchanged(file, new)
                connection.execute(UPGRADE)
                if new:
                    for statement in TABLES:
                        connection.execute(statement)
                for key, value in meta.items():
                    connection.execute(
                        "INSERT INTO meta VALUES (?, ?, ?)", (key, value, checksum(key, value))
                    )
                for number, (entry, rows) in enumerate(entries, self._n_entries):
                    insert(connection, number, {**entry, "consistency": float(consistency)}, rows)
        except BaseException:
            self.close()
            raise
        self._identity = identity
        self._n_entries += len(entries)

    def _check_unchanged(self, file: JournalFile, new: bool) -> None:
        if new:
            if not file.is_empty:
                raise JournalError(
                    f"{self.name} already holds labels: go on from them with "
                    "SynDAClassifier(..., journal=path).resume(), or give the path of a new file."
                )
            return
        identity = file.select("SELECT value FROM meta WHERE key = 'identity'")
        n_entries = file.select("SELECT count(*) FROM entries")[0][0]
        if identity != [(self._identity,)] or n_entries != self._n_entries:
            raise JournalError(
                f"{self.name} holds {n_entries} entries, this classifier knows {self._n_entries} of them: "
                "somebody else went on with it. Use resume(), or give the path of a new file."
            )


def write_down(
    journal: Journal | None,
    path: Any,
    fit_params: dict[str, Any],
    state: LabelState,
    answers: Answers,
    **account: Any,
) -> Journal | None:
    """Write answers to the journal at `path`, opening it where need be.

    Parameters
    ----------
    journal : Journal or None
        The one in use.
    path : path or None
        The one wanted; None keeps none.
    fit_params : dict
        Routed parameters of fit, which a journal does not hold.
    state : LabelState
        As it was before the answers.
    answers : Answers
        To be written.
    **account : dict
        See :meth:`Journal.write`.

    Returns
    -------
    Journal or None
        The one in use from now on.

    Raises
    ------
    JournalError
        If they could not be written.
    """
    wanted = None if path is None else Journal(path)
    if wanted is not None and journal is not None and wanted.given == journal.given:
        wanted = journal
    if wanted is not None:
        if fit_params:
            raise JournalError(
                f"{wanted.name} cannot hold the parameters {sorted(fit_params)} of fit; use journal=None."
            )
        wanted.write(state, answers, **account)
    if journal is not None and journal is not wanted:
        journal.close()
    return wanted
