"""Label Studio tasks out, its annotations back in; only the standard library is needed."""

import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from synda_sk.interop._answers import Answers
from synda_sk.interop._rows import check_asked, columns_of, free_names, row_ids, spread
from synda_sk.typing import IntArray, Table
from synda_sk.utils import missing_values

__all__ = ["Answers", "read_annotations", "write_tasks"]

OWN = ("id", "position")


def write_tasks(
    path: str | Path,
    X: Table,
    indices: IntArray,
    *,
    ids: Any = None,
    scores: Any = None,
    suggested: Any = None,
    choices: Mapping[str, Any] | None = None,
    label_name: str = "label",
    to_name: str = "row",
    model_version: str = "synda_sk",
) -> None:
    """Write the rows to label as tasks that Label Studio imports.

    A task's ``data`` holds ``id``, ``position`` and the columns of the row (one
    that has one of these two names gets ``row_`` before it). Its prediction
    carries the selection score, by which the Data Manager can sort, and the
    suggested label as a choice.

    Parameters
    ----------
    path : str or Path
        The JSON file.
    X : table of shape (n_samples, n_features)
        The table asked about.
    indices : ndarray of int of shape (n_queries,)
        Positions in `X`, as ``query`` returns them.
    ids : str, array-like of shape (n_samples,) or None, default=None
        The column of `X` that names its rows, or their names; None takes positions.
    scores : array-like of shape (n_queries,) or None, default=None
        Scores of the rows asked about.
    suggested : array-like of shape (n_queries,) or None, default=None
        Labels the model suggests; None in it suggests nothing.
    choices : dict or None, default=None
        The label each choice stands for, such as ``{"fraud": 1, "genuine": 0}``.
        None: texts stand for themselves, numbers for the numbers they show.
    label_name : str, default="label"
        Name of the Choices tag of the labelling configuration.
    to_name : str, default="row"
        Name of the tag it refers to (toName).
    model_version : str, default="synda_sk"
        Shown beside the predictions.

    Raises
    ------
    ValueError
        If an argument does not fit the rows, or a suggested label is no choice.

    Notes
    -----
    A labelling configuration to go with it, for columns amount and type::

        <View>
          <Text name="row" value="$amount"/> <Text name="type" value="$type"/>
          <Choices name="label" toName="row">
            <Choice value="fraud"/> <Choice value="genuine"/> <Choice value="cannot tell"/>
          </Choices>
        </View>

    NaN and infinity are written as null, dates and times in ISO format.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from synda_sk.interop.label_studio import read_annotations, write_tasks
    >>> X = np.array([[10.0, 1.0], [250.0, 0.0], [30.0, 1.0]])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_tasks(f"{folder}/tasks.json", X, np.array([1, 0]), scores=[0.9, 0.7])
    ...     read_annotations(f"{folder}/tasks.json").indices.tolist()
    []
    """
    _check_choices(choices)
    rows = check_asked(X, indices)
    columns = columns_of(X, rows)
    if isinstance(ids, str):
        columns.pop(ids, None)
    values = {"id": row_ids(X, rows, ids), "position": rows.tolist()}
    values |= dict(zip(free_names(list(columns), OWN), columns.values(), strict=True))
    tasks = []
    for i, (score, label) in enumerate(
        zip(spread(scores, len(rows), "scores"), spread(suggested, len(rows), "suggested"), strict=True)
    ):
        label = _plain(label)
        result = {"from_name": label_name, "to_name": to_name, "type": "choices"}
        chosen = [] if label is None else [result | {"value": {"choices": [_choice_of(label, choices)]}}]
        prediction = {"model_version": model_version, "score": _plain(score), "result": chosen}
        data = {name: _plain(column[i]) for name, column in values.items()}
        tasks.append({"data": data, "predictions": [prediction]})
    Path(path).write_text(json.dumps(tasks, ensure_ascii=False, allow_nan=False, indent=1), encoding="utf-8")


def read_annotations(
    path: str | Path,
    *,
    choices: Mapping[str, Any] | None = None,
    label_name: str = "label",
    cannot_tell: str = "cannot tell",
) -> Answers:
    """Read Label Studio's JSON export.

    All of it goes to the classifier in one line,
    ``clf.set_aside(answers.set_aside).teach(answers.indices, answers.y)``.

    Tasks without an annotation are left out. Where a row was annotated more
    than once, by one person or several, the annotation updated last counts
    (the one with the higher id, should the times be equal).

    Parameters
    ----------
    path : str or Path
        The export, format "JSON", of tasks that :func:`write_tasks` made.
    choices : dict or None, default=None
        As given to :func:`write_tasks`.
    label_name : str, default="label"
        Name of the Choices tag of the labelling configuration.
    cannot_tell : str, default="cannot tell"
        The choice for a row that should not be asked about again.

    Returns
    -------
    Answers
        Positions, labels (None where the annotator skipped the task, chose
        nothing or cannot tell), minutes (Label Studio's lead times of all
        annotations), and the rows set aside.

    Raises
    ------
    ValueError
        If the file is no such export, an annotation has more than one choice or
        one that `choices` does not name, or `choices` names `cannot_tell`.
    """
    _check_choices(choices)
    if choices is not None and cannot_tell in choices:
        raise ValueError(f"cannot_tell == {cannot_tell!r} is one of choices: {', '.join(choices)}.")
    meaning = None if choices is None else {**choices, cannot_tell: None}
    try:
        tasks = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise ValueError(f"{Path(path).name!r} is no JSON file: {error}") from error
    if not isinstance(tasks, list):
        raise ValueError(f"{Path(path).name!r} is no list of tasks; export the project in the format JSON.")
    last: dict[int, tuple[tuple[datetime, int], bool, Any]] = {}
    seconds = 0.0
    for n, task in enumerate(tasks, 1):
        data = task.get("data") if isinstance(task, dict) else None
        position = data.get("position") if isinstance(data, dict) else None
        if type(position) is not int or position < 0:
            raise ValueError(f"Task {n} of {Path(path).name!r} has no data.position; write_tasks sets it.")
        try:
            found = [
                (_when(given), given.get("lead_time") or 0.0, _names_in(given, label_name))
                for given in task.get("annotations", [])
            ]
            seconds += sum(spent for _, spent, _ in found)
        except (AttributeError, TypeError, ValueError) as error:
            raise ValueError(f"Task {n} of {Path(path).name!r} has broken annotations: {error}") from error
        for when, _, names in found:
            if position not in last or when > last[position][0]:
                aside = names == [cannot_tell]
                known = [] if aside else names
                last[position] = when, aside, _label_in(known, meaning, label_name, f"in task {n}")
    y = np.empty(len(last), dtype=object)
    y[:] = [label for _, _, label in last.values()]
    set_aside = [position for position, (_, aside, _) in last.items() if aside]
    rows = np.fromiter(last, dtype=np.intp, count=len(last))
    return Answers(rows, y, seconds / 60, np.asarray(set_aside, dtype=np.intp))


def _plain(value: Any) -> Any:
    """Return what JSON can hold."""
    value = value.item() if isinstance(value, np.generic) and value.dtype.kind not in "mM" else value
    if value is None or missing_values(np.array([value, ""], dtype=object))[0]:
        return None
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return str(value)


def _choice_of(label: Any, choices: Mapping[str, Any] | None) -> str:
    if choices is not None:
        name = next((name for name, meant in choices.items() if meant == label), None)
        if name is None:
            raise ValueError(f"suggested holds {label!r}, which choices does not name: {dict(choices)}.")
        return name
    return label if isinstance(label, str) and _label_of(label) == label else json.dumps(label)


def _label_of(name: str) -> Any:
    """Undo ``_choice_of``: a number, a truth value or a quoted text is JSON, all else stands for itself."""
    try:
        label = json.loads(name, parse_constant=_refuse)
    except ValueError:
        return name
    return label if isinstance(label, bool | int | float | str) else name


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _when(annotation: dict[str, Any]) -> tuple[datetime, int]:
    text = annotation.get("updated_at") or annotation.get("created_at")
    moment = datetime.fromisoformat(text) if text else datetime.min
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment, int(annotation.get("id") or 0)


def _check_choices(choices: Any) -> None:
    if choices is not None and not isinstance(choices, Mapping):
        raise ValueError(f"choices == {choices!r}, must be a dict of labels by choice, or None.")


def _names_in(annotation: dict[str, Any], label_name: str) -> list[str]:
    """Return the choices made, none where the task was skipped."""
    if annotation.get("was_cancelled"):
        return []
    names = [
        name
        for result in annotation.get("result", [])
        if result.get("from_name") == label_name
        for name in result.get("value", {}).get("choices", [])
    ]
    if not all(isinstance(name, str) for name in names):
        raise TypeError(f"choices {names}")
    return names


def _label_in(names: list[str], choices: Mapping[str, Any] | None, label_name: str, where: str) -> Any:
    if len(names) > 1:
        raise ValueError(f"{label_name} has {len(names)} choices {where}: {names}; one is expected.")
    if not names:
        return None
    if choices is None:
        return _label_of(names[0])
    if names[0] not in choices:
        near = get_close_matches(names[0], list(choices), n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ValueError(f"{label_name} == {names[0]!r} {where}: {hint}choices are: {', '.join(choices)}.")
    return choices[names[0]]
