"""The file behind a journal: one SQLite database, one writer, durable transactions.

A rollback journal with ``synchronous=EXTRA`` is used and not WAL: whatever was
committed is in this one file, which can be copied, and survives a power cut
right after the commit. The writer keeps a write transaction open while it
idles; so others may read, none may write, and the operating system frees the
lock when the process dies.
"""

import os
import sqlite3
import struct
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from synda_sk.exceptions import JournalError

APPLICATION_ID = 0x53594E44  # "SYND"
VERSION = 2  # 1 has no rows set aside
MAGIC = b"SQLite format 3\x00"
TABLES = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value, checksum INTEGER)",
    "CREATE TABLE schemas (id INTEGER PRIMARY KEY, schema TEXT UNIQUE, checksum INTEGER)",
    "CREATE TABLE entries (seq INTEGER PRIMARY KEY, kind TEXT, time TEXT, step INTEGER, consistency REAL, "
    "weighted INTEGER, label_dtype TEXT, schema INTEGER, n INTEGER, checksum INTEGER)",
    "CREATE TABLE labels (id INTEGER PRIMARY KEY, seq INTEGER, position INTEGER, label TEXT, weight REAL, "
    "round INTEGER, arm INTEGER, cells TEXT, checksum INTEGER)",
    f"PRAGMA application_id = {APPLICATION_ID}",
)
UPGRADE = f"PRAGMA user_version = {VERSION}"
_OPEN: "weakref.WeakSet[JournalFile]" = weakref.WeakSet()


class JournalFile:
    """An open journal.

    Parameters
    ----------
    path : Path
        The file.
    mode : {"read", "write", "create"}
        Whether to take the writer's lock, and whether a new file may be made.

    Raises
    ------
    JournalError
        If it is no journal, damaged, of a later version, in use, or cannot be
        opened. Nothing has been changed then.
    """

    def __init__(self, path: Path, mode: Literal["read", "write", "create"]) -> None:
        self.path = path
        self._pid = os.getpid()
        writer = mode != "read"
        with self._errors("opened"):
            ours = path.exists() and any(path.samefile(other.path) for other in list(_OPEN))
            if ours and writer:
                raise JournalError(f"journal == {str(path)!r} {IN_USE}")
            if mode == "create":
                _create(path)
            if not ours:  # reading a file beside SQLite drops the locks this process has on it
                self._check_header()
            uri = path.absolute().as_uri() + "?mode=rw"
            self._connection = sqlite3.connect(
                uri, uri=True, isolation_level=None, timeout=0.5, check_same_thread=False
            )
            weakref.finalize(self, self._connection.close).atexit = False
            for pragma in ("synchronous=EXTRA", "fullfsync=1", "trusted_schema=OFF", "cell_size_check=ON"):
                self._connection.execute(f"PRAGMA {pragma}")
            try:
                self._connection.execute("BEGIN IMMEDIATE" if writer else "BEGIN")
                self._check_whole()
            except BaseException:
                self.close()
                raise
        if writer:
            _OPEN.add(self)

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been written yet."""
        return not self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]

    def select(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query.

        Parameters
        ----------
        query : str
            SQL that reads.

        Returns
        -------
        list of tuple
            Rows.
        """
        with self._errors("read"):
            return self._connection.execute(query).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write everything or nothing; what is done on leaving is on the disk.

        Yields
        ------
        sqlite3.Connection
            To write with.
        """
        if self._pid != os.getpid():
            raise JournalError(
                f"journal == {str(self.path)!r} was opened by process {self._pid}, of which this one is a "
                "fork; teach there, or use resume() in a new process."
            )
        with self._errors("written"):
            try:
                self._connection.execute("ROLLBACK")
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("PRAGMA busy_timeout = 30000")  # readers may be at work
                self._connection.execute("COMMIT")
                self._connection.execute("PRAGMA busy_timeout = 500")
            except BaseException:
                self.close()
                raise
        with suppress(sqlite3.Error):
            self._connection.execute("BEGIN IMMEDIATE")

    def close(self) -> None:
        """Give the lock back; what is not committed is undone."""
        _OPEN.discard(self)
        with suppress(sqlite3.Error):
            self._connection.close()

    @contextmanager
    def _errors(self, done: str) -> Iterator[None]:
        """Say in one line what SQLite or the system could not do."""
        name = f"journal == {str(self.path)!r}"
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise JournalError(f"{name} {IN_USE}") from error
            if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
                raise JournalError(f"{name} {DAMAGED} ({error})") from error
            raise JournalError(
                f"{name} cannot be {done}: {error}; what was taught before is kept."
            ) from error
        except OSError as error:
            raise JournalError(f"{name} cannot be {done}: {error.strerror}; give another path.") from error

    def _check_header(self) -> None:
        """Look at the first bytes before SQLite does: it might change a file that is not ours."""
        name = f"journal == {str(self.path)!r}"
        with self.path.open("rb") as file:
            header = file.read(100)
        if not header or _hot(self.path):
            return
        if not header.startswith(MAGIC):
            raise JournalError(f"{name} is no journal: not a SQLite file; give the path of a journal.")
        if len(header) < 100:
            raise JournalError(f"{name} {DAMAGED} (the file is cut short)")
        version, application = struct.unpack(">I4xI", header[60:72])
        if application != APPLICATION_ID:
            raise JournalError(f"{name} {FOREIGN}")
        if version > VERSION:
            raise JournalError(
                f"{name} is of version {version}, this synda_sk reads up to {VERSION}; update synda_sk."
            )

    def _check_whole(self) -> None:
        faults = [row[0] for row in self._connection.execute("PRAGMA integrity_check(1)")]
        if faults != ["ok"]:
            raise JournalError(f"journal == {str(self.path)!r} {DAMAGED} ({' '.join(faults[0].split())})")
        application = self._connection.execute("PRAGMA application_id").fetchone()[0]
        if not self.is_empty and application != APPLICATION_ID:
            raise JournalError(f"journal == {str(self.path)!r} {FOREIGN}")


IN_USE = (
    "is in use: another process, or another classifier of this process, writes to it. "
    "End that one first, or give another path."
)
FOREIGN = "is no journal: another program's SQLite file; give another path."
DAMAGED = "is damaged: restore it from a copy"


def _hot(path: Path) -> bool:
    """Whether a writer died in a transaction, which SQLite undoes on opening."""
    return path.with_name(path.name + "-journal").exists()


def _create(path: Path) -> None:
    """Make an empty file for its owner alone, and its name durable."""
    if path.exists():
        if path.is_file() and not path.stat().st_size and not _hot(path):
            path.chmod(0o600)
        return
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
