"""Files that are written whole or not at all."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO


def write_atomically(
    path: str | os.PathLike[str], write: Callable[[BinaryIO], Any], mode: int = 0o644
) -> None:
    """Write a file whole or not at all, and onto the disk before it gets its name.

    Parameters
    ----------
    path : path
        Where to; its folder exists.
    write : callable (file) -> None
        Writes the content to an open binary file.
    mode : int, default=0o644
        Who may read it.
    """
    path = Path(path)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
