"""Cases for a review desk: a CSV or Parquet file out, the same file with answers back in."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from synda_sk.interop._answers import Answers
from synda_sk.interop._rows import check_asked, columns_of, free_names, row_ids, spread
from synda_sk.typing import IntArray, Table
from synda_sk.utils import import_optional, is_frame, missing_values, take_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Answers", "read_answers", "write_queue"]

FRAUD_OR_GENUINE = MappingProxyType({"fraud": 1, "genuine": 0})
TO_FILL_IN = ("answer", "minutes")
NEEDED = ("position", *TO_FILL_IN)
OWN = {"id", "score", "suggested_label", "reason", "deadline", *NEEDED}
FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d .,()/-]*$)")


def write_queue(
    path: str | Path,
    X: Table,
    indices: IntArray,
    *,
    ids: Any = None,
    scores: Any = None,
    score_parts: Mapping[str, Any] | None = None,
    suggested: Any = None,
    reason: Any = None,
    deadline: Any = None,
) -> None:
    """Write the rows to review, most urgent first, with empty columns for the answers.

    The columns are id, position, score, those of `score_parts`, suggested_label,
    reason, deadline, answer, minutes, then those of the row; a column of the row
    that has one of these names gets ``row_`` before it.

    Parameters
    ----------
    path : str or Path
        A file that ends in .csv, .csv.gz or .parquet.
    X : table of shape (n_samples, n_features)
        The table asked about.
    indices : ndarray of int of shape (n_queries,)
        Positions in `X`, as ``query`` returns them.
    ids : str, array-like of shape (n_samples,) or None, default=None
        The column of `X` that names its rows, or their names; None takes positions.
    scores : array-like of shape (n_queries,) or None, default=None
        Scores of the rows asked about.
    score_parts : dict of array-like of shape (n_queries,) or None, default=None
        What the scores are made of, such as ``{"uncertainty": u, "density": d}``.
    suggested : array-like of shape (n_queries,) or None, default=None
        What the model would answer.
    reason : str, array-like of shape (n_queries,) or None, default=None
        Why a row is asked about.
    deadline : date, str, array-like of shape (n_queries,) or None, default=None
        When the answer is wanted.

    Raises
    ------
    ValueError
        If an argument does not fit the rows or the suffix is another one.
    ImportError
        If pandas, or pyarrow for Parquet, is not installed.

    Notes
    -----
    In CSV a text that a spreadsheet would run as a formula gets an apostrophe
    before it; plain numbers such as +226 70 12 34 56 are left alone.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from synda_sk.interop.case_queue import read_answers, write_queue
    >>> X = np.array([[10.0, 1.0], [250.0, 0.0], [30.0, 1.0]])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_queue(f"{folder}/monday.csv", X, np.array([1, 0]), scores=[0.9, 0.7])
    ...     read_answers(f"{folder}/monday.csv").indices.tolist()
    []
    """
    path, suffix = Path(path), _suffix(path)
    pd = import_optional("pandas", extra="cli", feature="interop.case_queue")
    rows = check_asked(X, indices)
    if score_parts is not None and not isinstance(score_parts, Mapping):
        raise ValueError(f"score_parts == {score_parts!r}, must be a dict of one array a part.")
    parts = {} if score_parts is None else dict(score_parts)
    taken = sorted(set(parts) & OWN)
    if taken:
        raise ValueError(f"score_parts names {taken}, which are columns of the queue; give other names.")
    own = {"id": row_ids(X, rows, ids), "position": rows, "score": spread(scores, len(rows), "scores")}
    own |= {name: spread(part, len(rows), f"score_parts[{name!r}]") for name, part in parts.items()}
    own |= {
        "suggested_label": spread(suggested, len(rows), "suggested"),
        "reason": spread(reason, len(rows), "reason"),
        "deadline": spread(deadline, len(rows), "deadline"),
        "answer": pd.array([None] * len(rows), dtype="string"),
        "minutes": pd.array([None] * len(rows), dtype="Float64"),
    }
    shown = _as_pandas(pd, X, rows)
    if isinstance(ids, str):
        shown = shown.drop(columns=ids)
    shown.columns = free_names(shown.columns.tolist(), own)
    frame = pd.concat([pd.DataFrame(own), shown], axis=1)
    if suffix == ".parquet":
        import_optional("pyarrow", extra="cli", feature="A .parquet file")
        frame.to_parquet(path, index=False)
    else:
        frame.map(_harmless).to_csv(path, index=False, encoding="utf-8-sig")


def read_answers(
    path: str | Path,
    *,
    answers: Mapping[str, Any] = FRAUD_OR_GENUINE,
    unsure: str = "unsure",
    cannot_tell: str = "cannot tell",
) -> Answers:
    """Read a queue that was filled in.

    All of it goes to the classifier in one line,
    ``clf.set_aside(answers.set_aside).teach(answers.indices, answers.y)``.

    A blank answer means not answered yet: the row is left out. Capital letters
    and blanks around a word do not matter; a CSV may have come back with
    semicolons and decimal commas.

    Parameters
    ----------
    path : str or Path
        The file, with its columns position, answer and minutes.
    answers : dict, default={"fraud": 1, "genuine": 0}
        The label each word stands for.
    unsure : str, default="unsure"
        The word for a row that may be asked about again.
    cannot_tell : str, default="cannot tell"
        The word for a row that should not be asked about again.

    Returns
    -------
    Answers
        Positions, labels, minutes spent, and the rows set aside.

    Raises
    ------
    ValueError
        If the file is broken, a column is missing, a word is unknown, minutes
        are negative, or a row is answered twice; the message names the row.
    ImportError
        If pandas, or pyarrow for Parquet, is not installed.
    """
    meaning = _meaning(answers, unsure, cannot_tell)
    table = _read(Path(path), _suffix(path))
    minutes = 0.0
    found: dict[int, str] = {}
    for i, (position, answer, spent) in enumerate(zip(*(table[name] for name in NEEDED), strict=True), 1):
        where = f"in row {i} below the header of {Path(path).name!r}"
        minutes += _minutes(_word(spent), where)
        word = _word(answer)
        if not word:
            continue
        if word not in meaning:
            near = get_close_matches(word, list(meaning), n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise ValueError(f"answer == {answer!r} {where}: {hint}The words are: {', '.join(meaning)}.")
        row = _position(_word(position), where)
        if row in found:
            raise ValueError(f"position == {row} is answered a second time {where}.")
        found[row] = word
    rows = np.fromiter(found, dtype=np.intp, count=len(found))
    y = np.empty(len(rows), dtype=object)
    y[:] = [meaning[word] for word in found.values()]
    set_aside = [row for row, word in found.items() if word == _word(cannot_tell)]
    return Answers(rows, y, minutes, np.asarray(set_aside, dtype=np.intp))


def _meaning(answers: Any, unsure: str, cannot_tell: str) -> dict[str, Any]:
    """Return the label of each word, None for the two that are no answer."""
    if not isinstance(answers, Mapping):
        raise ValueError(f"answers == {answers!r}, must be a dict of labels by word.")
    words = [_word(word) for word in (*answers, unsure, cannot_tell)]
    if not all(words) or len(set(words)) < len(words):
        raise ValueError(f"answers, unsure and cannot_tell must be different words, got {words}.")
    return dict(zip(words, (*answers.values(), None, None), strict=True))


def _suffix(path: str | Path) -> str:
    suffix = next((s for s in (".csv", ".csv.gz", ".parquet") if str(path).lower().endswith(s)), None)
    if suffix is None:
        raise ValueError(f"path == {str(path)!r} must end in .csv, .csv.gz or .parquet.")
    return suffix


def _as_pandas(pd: Any, X: Table, rows: IntArray) -> pd.DataFrame:
    if not is_frame(X):
        return pd.DataFrame(columns_of(X, rows))
    frame = nw.from_native(take_rows(X, rows), eager_only=True).to_pandas().reset_index(drop=True)
    return frame.set_axis(frame.columns.map(str), axis=1)


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


def _read(path: Path, suffix: str) -> pd.DataFrame:
    pd = import_optional("pandas", extra="cli", feature="interop.case_queue")
    if suffix == ".parquet":
        import_optional("pyarrow", extra="cli", feature="A .parquet file")
    try:
        table = pd.read_parquet(path) if suffix == ".parquet" else _read_csv(pd, path)
    except (ValueError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path.name!r} cannot be read as {suffix[1:]}: {error}") from error
    lacking = [name for name in NEEDED if name not in table.columns]
    if lacking:
        raise ValueError(f"{path.name!r} lacks the columns {lacking}; write_queue made them.")
    return table


def _read_csv(pd: Any, path: Path) -> pd.DataFrame:
    given = {"dtype": str, "keep_default_na": False, "encoding_errors": "replace", "index_col": False}
    header = pd.read_csv(path, nrows=0, **given).columns
    return pd.read_csv(path, sep=";" if len(header) == 1 and ";" in header[0] else ",", **given)


def _word(value: Any) -> str:
    if missing_values(np.array([value], dtype=object))[0]:
        return ""
    whole = isinstance(value, float) and value.is_integer()
    return " ".join(str(int(value) if whole else value).split()).casefold()


def _position(word: str, where: str) -> int:
    try:
        number = float(word)
    except ValueError:
        number = -1.0
    if not 0 <= number < 2**53 or not number.is_integer():
        raise ValueError(f"position == {word!r} {where} is no row position (int >= 0).")
    return int(number)


def _minutes(word: str, where: str) -> float:
    try:
        number = float(word.replace(",", ".")) if word else 0.0
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise ValueError(f"minutes == {word!r} {where}, must be a number >= 0.")
    return number
