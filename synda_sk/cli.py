"""The command line: ``python -m synda_sk demo``, ``run`` and ``journal``."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from synda_sk._cli_journal import run_journal
from synda_sk._cli_parser import fail, make_parser
from synda_sk.evaluation import (
    ProtocolResult,
    SplitError,
    held_out_split,
    make_arms,
    run_protocol,
    write_report,
)
from synda_sk.evaluation._arms import TRANSFER
from synda_sk.evaluation._groups import check_groups, group_names
from synda_sk.evaluation._options import OptionError
from synda_sk.evaluation._progress_line import progress_line as _progress
from synda_sk.evaluation._read_table import read_table
from synda_sk.evaluation._report import format_summary, versions, write_json
from synda_sk.evaluation._source_model import source_model
from synda_sk.evaluation._table_task import make_task
from synda_sk.evaluation._target import Target, make_target
from synda_sk.evaluation._task import source_mask
from synda_sk.evaluation._value import check_value
from synda_sk.inspection import LabelEfficiencyDisplay
from synda_sk.typing import Table
from synda_sk.utils import TableEncoder, import_optional, write_atomically

TEST_SIZE = 0.3


class Task(NamedTuple):
    """Data to play the protocol on, the option to blame where it cannot be split, and what to tell of it."""

    X: Table
    y: Any
    positive: Any
    time: Any
    source: str | None
    groups: Any
    amount: Any
    alert_cost: float
    blame: str
    name: str
    notes: list[str]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str or None, default=None
        Arguments; None takes those of the process.

    Returns
    -------
    int
        Exit code: 0, 2 for bad input, 130 where the user stopped.
    """
    argv = list(sys.argv[1:] if argv is None else argv)
    options = make_parser().parse(argv)
    try:
        return run_journal(options) if options.command == "journal" else _compare(options, argv)
    except (OptionError, ImportError) as error:
        return fail(options.command, str(error))
    except KeyboardInterrupt:
        sys.stderr.write(f"synda {options.command}: stopped before the first result\n")
        return 130


def _compare(options: argparse.Namespace, argv: list[str]) -> int:
    import_optional("matplotlib", extra="cli", feature=f"synda {options.command}")
    task = _demo_task(options) if options.command == "demo" else _table_task(options)
    _check_fit(task, options)
    out = _output_folder(options.out)
    for note in task.notes:
        sys.stderr.write(f"synda {options.command}: note: {note}\n")
    result = run_protocol(
        task.X,
        task.y,
        make_estimator(options.estimator),
        positive=task.positive,
        label_budget=options.labels,
        n_rounds=options.rounds,
        n_seeds=options.seeds,
        time=task.time,
        source=task.source,
        groups=task.groups,
        amount=task.amount,
        alert_cost=task.alert_cost,
        test_size=TEST_SIZE,
        alert_rate=options.alerts,
        arms=_methods(options),
        store=out / "runs" if options.resume else None,
        n_jobs=options.jobs,
        progress=_progress(),
    )
    if not result.rounds:
        raise KeyboardInterrupt
    sys.stdout.write(f"{_headline(task, result)}\n\n{format_summary(result)}\n\n")
    _write(out, result, options, task, argv)
    sys.stdout.write(f"Written: {Path(options.out) / 'report.html'}, learning_curve.png and results.json\n")
    return 130 if result.interrupted else 0


def make_estimator(name: str) -> Pipeline:
    """Return the model behind ``--estimator``, on encoded columns.

    Parameters
    ----------
    name : {"forest", "logistic", "boosting"}
        Its name.

    Returns
    -------
    Pipeline
        Unfitted; takes mixed types and missing values.
    """
    models = {
        "forest": RandomForestClassifier,
        "logistic": lambda: LogisticRegression(max_iter=1000),
        "boosting": HistGradientBoostingClassifier,
    }
    return make_pipeline(TableEncoder(), models[name]())


def _demo_task(options: argparse.Namespace) -> Task:
    from synda_sk.datasets import make_mobile_money

    X, y = make_mobile_money(
        options.n_samples, fraud_rate=options.fraud_rate, difficulty=options.difficulty, random_state=0
    )
    amount = X["amount"].to_numpy()
    return Task(X, y, 1, np.arange(len(y)), None, None, amount, 0.0, "--fraud-rate", "make_mobile_money", [])


def _table_task(options: argparse.Namespace) -> Task:
    path = Path(options.table)
    table = make_task(
        read_table(path),
        target=options.target,
        positive=options.positive,
        time=options.time,
        drop=options.drop,
        groups=options.groups,
        amount=options.amount,
    )
    return Task(
        table.X,
        table.y,
        table.positive,
        table.time,
        options.source,
        table.groups,
        table.amount,
        options.alert_cost,
        "--time" if options.time else "--target",
        path.name,
        table.notes,
    )


def _check_fit(task: Task, options: argparse.Namespace) -> None:
    """Blame an option for what the protocol would refuse, before anything is trained."""
    try:
        arms = make_arms(_methods(options), source=task.source is not None)
    except ValueError as error:
        raise OptionError("--methods", f"does not fit: {error}") from error
    missing = [name for name in TRANSFER if name in arms and task.source is None]
    if missing:
        raise OptionError("--methods", f"holds {missing[0]!r}, which learns from the rows of a --source")
    try:
        is_model = source_model(task.source) is not None
        mask = None if is_model else source_mask(task.source, task.X, task.y)
    except ValueError as error:
        raise OptionError("--source", f"does not fit: {error}") from error
    home = slice(None) if mask is None else ~mask
    try:
        target = make_target(task.y, task.positive)
    except ValueError as error:
        raise OptionError(task.blame, f"does not fit the data: {error}") from error
    _check_amount(task, target)
    groups = None
    if task.groups is not None:
        try:
            groups = group_names(task.groups, task.y)[1][home]
        except ValueError as error:
            raise OptionError("--groups", f"does not fit: {error}") from error
    names: dict[Any, str] = {}
    if target.is_binary:
        names = {1: repr(target.positive), 0: f"other than {target.positive!r}"}
    for seed in range(options.seeds):
        try:
            when = None if task.time is None else np.asarray(task.time)[home]
            train, test = held_out_split(target.y[home], time=when, test_size=TEST_SIZE, seed=seed)
        except SplitError as error:
            raise OptionError(task.blame, f"does not fit the data: {error.naming(names)}") from error
        except ValueError as error:
            raise OptionError(task.blame, f"does not fit the data: {error}") from error
        if groups is not None and target.is_binary:
            try:
                check_groups(groups[test], target.y[home][test])
            except ValueError as error:
                raise OptionError("--groups", f"does not fit: {error}") from error
        if options.labels > len(train):
            raise OptionError(
                "--labels",
                f"is {options.labels}, but only {len(train)} rows are there to train on; give at most that",
            )


def _check_amount(task: Task, target: Target) -> None:
    if task.amount is None and task.alert_cost:
        raise OptionError(
            "--alert-cost", "is of no use without --amount; give the column of what a row is worth"
        )
    try:
        check_value(task.amount, task.alert_cost, target)
    except ValueError as error:
        raise OptionError("--amount", f"does not fit: {error}") from error


def _methods(options: argparse.Namespace) -> Any:
    """Return names of methods, or the one name of a group of them."""
    return options.methods[0] if len(options.methods) == 1 else options.methods


def _output_folder(name: str) -> Path:
    folder = Path(name)
    if folder.exists() and not folder.is_dir():
        raise OptionError("--out", f"{name!r} is a file; give a folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".synda_probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise OptionError(
            "--out", f"{name!r} cannot be written to ({error.strerror}); give another folder"
        ) from error
    return folder


def _headline(task: Task, result: ProtocolResult) -> str:
    run, configuration = result.runs[0], result.configuration
    kind = "other" if task.time is None else "later"
    text = f"{task.name}: {run['n_train']} rows to label, {run['n_test']} {kind} rows to test on"
    if configuration["positive"] is not None:
        text += f" ({run['positives_test']} of class {configuration['positive']})"
    return text + ("; stopped early, what is finished:" if result.interrupted else "")


def _write(
    out: Path, result: ProtocolResult, options: argparse.Namespace, task: Task, argv: list[str]
) -> None:
    figure_module = import_optional("matplotlib.figure", extra="cli", feature="learning_curve.png")
    figure = figure_module.Figure(figsize=(3.5, 2.8), layout="constrained")
    content = result.to_dict()
    LabelEfficiencyDisplay.from_results(content, ax=figure.subplots())
    write_atomically(out / "learning_curve.png", lambda file: figure.savefig(file, format="png", dpi=200))
    asked = {key: value for key, value in vars(options).items() if key not in ("parser", "out", "table")}
    configuration = {
        "data": task.name,
        **asked,
        "features": list(map(str, task.X.columns)),
        **content["configuration"],
    }
    written = {"command": _command(argv)} | content | {"configuration": configuration, "versions": versions()}
    write_json(out / "results.json", written)
    write_report(written, out / "report.html")


def _command(argv: list[str]) -> str:
    """Return the command as typed, without the folders of this machine."""
    words = []
    for word in argv:
        option, equals, value = word.partition("=") if word.startswith("--") else ("", "", word)
        words.append(f"{option}{equals}{Path(value).name if Path(value).is_absolute() else value}")
    return shlex.join(["python", "-m", "synda_sk", *words])
