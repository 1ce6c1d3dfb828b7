"""The protocol: paired seeds, the same split for every arm, measured after every round."""

import os
from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from numpy.typing import ArrayLike
from scipy.sparse import issparse
from sklearn.base import clone

from synda_sk._sparse import why_not_sparse
from synda_sk.evaluation._arms import REFERENCE, make_arms
from synda_sk.evaluation._cells import Cells, open_cells
from synda_sk.evaluation._groups import check_groups, group_names
from synda_sk.evaluation._measured import Measured
from synda_sk.evaluation._progress_line import progress_line
from synda_sk.evaluation._result import ProtocolResult
from synda_sk.evaluation._robustness import check_corruptions
from synda_sk.evaluation._run import Job, Run, play
from synda_sk.evaluation._source_model import fitted_to_target, source_model
from synda_sk.evaluation._split import held_out_split
from synda_sk.evaluation._target import Target, make_target
from synda_sk.evaluation._task import make_protocol_task, source_mask
from synda_sk.evaluation._transfer import TransferClassifier
from synda_sk.evaluation._value import check_positive_amount, check_value
from synda_sk.metrics import alert_count
from synda_sk.typing import IntArray, Labels, Table
from synda_sk.utils import check_same_length, final_estimator

MOST_SEEDS = 2**32  # NumPy's
Progress = Callable[[int, int, Run], None]


def run_protocol(
    X: Table | str | os.PathLike[str],
    y: Labels | str | None = None,
    estimator: Any = None,
    *,
    positive: Any = None,
    label_budget: int | float = 500,
    initial_labels: int | float = 0.2,
    n_rounds: int = 10,
    n_seeds: int = 5,
    time: ArrayLike | str | None = None,
    drop: Sequence[str] = (),
    source: Any = None,
    groups: ArrayLike | str | None = None,
    amount: ArrayLike | str | None = None,
    alert_cost: float = 0.0,
    corruptions: Sequence[str] | None = None,
    test_size: float = 0.3,
    alert_rate: float = 0.01,
    arms: Mapping[str, Any] | Sequence[str] | str | None = None,
    reference: str = REFERENCE,
    store: str | os.PathLike[str] | None = None,
    n_jobs: int | None = None,
    random_state: int = 0,
    progress: Progress | bool | None = None,
) -> ProtocolResult:
    """Compare ways of buying labels, as section 2.4.4 of the proposal has it.

    For each seed the rows are split once. Every arm then replays on the same
    training part: first labels, then rounds of query, reveal, generate, filter,
    mix and refit until the budget is spent. The model of every round is
    measured on the same test part.

    Parameters
    ----------
    X : table of shape (n_samples, n_features), or path
        Rows: an array, a pandas or polars frame; or the path of a .csv, .csv.gz
        or .parquet file. A sparse matrix or array, of texts say, for arms whose
        estimator takes it; none of them makes synthetic rows of it. Images as an
        array of shape (n_samples, height, width[, n_channels]), flattened for an
        estimator that knows their shape, or as the path of a folder with one
        folder a class, resized to the ``image_shape`` of the estimator (see
        :func:`~synda_sk.datasets.load_image_folder`).
    y : array-like of shape (n_samples,), str or None, default=None
        All labels. Or the column of `X` that holds them; rows without a label
        are left out then, and labels are text. None for a folder of images.
    estimator : classifier or None, default=None
        The final model of the default arms, with ``predict_proba``; None takes
        the default of :class:`~synda_sk.SynDAClassifier`.
    positive : label or None, default=None
        The class sought, against the rest. None takes the rarer of two classes;
        more than two are measured by their balanced accuracy.
    label_budget : int or float, default=500
        Labels each arm may use in all, at most the training rows; or a share of
        these in (0, 1].
    initial_labels : int or float, default=0.2
        First labels: a number, or a share of the budget. The proposal begins
        with 5 to 10 % of the labels there are.
    n_rounds : int, default=10
        Rounds the rest of the budget is spread over.
    n_seeds : int, default=5
        Number of paired runs.
    time : array-like of shape (n_samples,), str, list of str or None, default=None
        When each row happened; or the columns that tell it, where `y` names one
        (they are no features). Given, the last rows in time are the test part
        for every seed, and seeds change the draws alone, so standard errors
        tell nothing about other tables. Without, each seed draws a split,
        stratified by class.
    drop : sequence of str, default=()
        Columns to leave out, where `y` names one.
    source : array-like of bool, "column=value", mapping, classifier, path or None, default=None
        Rows of another region or an earlier period, all with their labels, that
        transfer learns from: a mask, or the value of a column. They are neither
        trained on by the other methods nor tested on. Those of a class that the
        rest has not are left out. Or a model trained elsewhere, such as a net of
        another script or stain: a fitted classifier of the same columns, or the
        file that :func:`synda_sk.persistence.save` wrote of it.
    groups : array-like of shape (n_samples,), str or None, default=None
        The region, period, script or other group of each row, 2 to 50 of them,
        or the column of `X` that tells it (a feature still, unless dropped).
        The test rows of each group are measured apart too, and the measure
        "worst_group" is the lowest quality of a group. A group that lacks one of
        two classes in the test part does not count. Nothing is trained otherwise.
    amount : array-like of shape (n_samples,), str or None, default=None
        What each row is worth, at least 0, such as the money of a transaction, or
        the column of `X` that tells it (a feature still, unless dropped). Then
        "value_at_alerts" is a measure, the share of the positives' money among
        the `alert_rate` highest scores of the test rows, and "operating_cost":
        the money missed and the alerts paid. For a class sought.
    alert_cost : float, default=0.0
        What looking at one alert costs, in the money of `amount`; at least 0.
    corruptions : sequence of str or None, default=None
        How to make the test rows worse for the last model of a run: of tables
        "noise", "missing", "levels", of images "noise", "blur", "contrast",
        "brightness" (see :func:`~synda_sk.metrics.corrupt`). Its quality there,
        mean over three severities, / its quality on the rows as they are is in
        the run's "robustness_noise" and so on. The corrupted rows of a seed are
        the same for every arm. Costs three predictions of the test part a kind.
    test_size : float, default=0.3
        Share of the rows held out, in (0, 1).
    alert_rate : float, default=0.01
        Share of the test rows that can be looked at, in (0, 1].
    arms : mapping of str to SynDAClassifier, names or None, default=None
        Methods to compare; budget, rounds, seed and stages are set here. Names
        are those of :func:`make_arms`: "baselines", "all" or a list. None takes
        :func:`default_arms`.
    reference : str, default="random"
        The arm the others are compared with. The default may be absent from
        `arms`; nothing is compared then.
    store : path or None, default=None
        A folder for finished runs. Each is written as soon as it is finished and
        never played again: called anew, a comparison that was killed goes on,
        and more seeds or methods are added to one that was not. Runs of other
        data, settings, methods or versions in the folder are left alone. That a
        class of your own was rewritten under its old name is not noticed.
    n_jobs : int or None, default=None
        Runs at a time, by joblib; changes no number but times, memory and energy,
        which is known where it is one alone.
    random_state : int, default=0
        Seed of the first run; the next ones count up from it. A run's seed
        makes its split and is the ``random_state`` of its models.
    progress : callable (n_done, n_runs, run) -> None, bool or None, default=None
        Called after each run; ``run`` has ``account``, ``rounds`` and
        ``restored``. True writes a line to stderr, with the time left.

    Returns
    -------
    ProtocolResult
        After a KeyboardInterrupt, what is finished, marked as interrupted.

    Raises
    ------
    ValueError
        If the input does not fit together or a parameter is out of range.
    SplitError
        If the rows cannot be split, a kind of ValueError.

    Notes
    -----
    Labels of the training part that were not revealed influence nothing; labels
    of the test part are used to measure alone. Methods that label at random
    label the same rows, seed by seed.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from synda_sk.evaluation import run_protocol
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = make_pipeline(StandardScaler(), LogisticRegression())
    >>> result = run_protocol(X, y, model, positive=0, label_budget=40, n_rounds=2, n_seeds=2)
    >>> [entry["n_labels"] for entry in result.summary()["curves"]["synda"]]
    [8, 24, 40]
    """
    task = make_protocol_task(X, y, positive, time, drop, groups, amount, estimator)
    X, time = task.X, task.time
    target = make_target(task.y, task.positive)
    check_same_length(X=X, y=target.y)
    _check_budget(label_budget)
    _check_counts(1, n_rounds=n_rounds, n_seeds=n_seeds)
    _check_counts(0, random_state=random_state)
    if random_state + n_seeds > MOST_SEEDS:
        raise ValueError(f"random_state == {random_state}, must be <= {MOST_SEEDS - n_seeds}.")
    alert_count(len(target.y), alert_rate)
    if progress is not None and not isinstance(progress, bool) and not callable(progress):
        raise ValueError(f"progress == {progress!r}, must be a callable, a bool or None.")
    names, belongs = (None, None) if task.groups is None else group_names(task.groups, target.y)
    measured = Measured(
        alert_rate,
        belongs,
        check_value(task.amount, alert_cost, target),
        alert_cost,
        check_corruptions(corruptions, X, task.image_shape),
        task.image_shape,
        effective_n_jobs(n_jobs) == 1,
    )
    models = _arms(arms, estimator, reference, source is not None)
    if issparse(X):
        _check_takes_sparse(models)
    elsewhere = source_model(source)
    mask = None if elsewhere is not None else source_mask(source, X, target.y)
    if elsewhere is not None:
        models = _with_source(models, fitted_to_target(elsewhere, target, np.shape(X)[1]))
    jobs = []
    for seed in range(random_state, random_state + n_seeds):
        train, test, origin = _parts(target, mask, time, test_size, seed)
        n_labels = _n_labels(label_budget, len(train))
        if belongs is not None and target.is_binary:
            check_groups(belongs[test], target.y[test])
        if measured.amount is not None:
            check_positive_amount(measured.amount[test], target.y[test])
        jobs += [Job(name, seed, model, train, test, origin) for name, model in models.items()]
    settings = {"label_budget": n_labels, "initial_labels": initial_labels, "n_rounds": n_rounds}
    configuration = settings | {
        "arms": list(models),
        "reference": reference if reference in models else None,
        "positive": target.positive,
        "n_seeds": n_seeds,
        "random_state": random_state,
        "n_samples": len(target.y),
        "n_source": len(jobs[0].source),
        "source_model": None if elsewhere is None else type(final_estimator(elsewhere)).__name__,
        "split": "stratified, drawn by seed"
        if time is None
        else "by time, the last rows, same for every seed",
        "test_size": test_size,
        "alert_rate": alert_rate,
        "n_alerts": alert_count(len(jobs[0].test), alert_rate),
        "groups": names,
        "alert_cost": None if measured.amount is None else float(alert_cost),
        "corruptions": list(measured.corruptions) or None,
    }
    told = settings | measured.told() | {"is_binary": target.is_binary}
    cells = open_cells(store, X, target.y, mask, told)
    report = progress_line() if progress is True else progress or None
    runs: dict[int, Run] = {}
    interrupted = False

    def done(i: int, run: Run) -> None:
        runs[i] = run
        if report is not None:
            report(len(runs), len(jobs), run)

    try:
        for i, job in enumerate(jobs):
            run = None if cells is None else cells.load(job)
            if run is not None:
                done(i, run)
        to_play = [i for i in range(len(jobs)) if i not in runs]
        finished = Parallel(n_jobs=n_jobs, return_as="generator_unordered")(
            delayed(_play)(i, jobs[i], X, target, measured, settings, cells) for i in to_play
        )
        for i, run in finished:
            done(i, run)
    except KeyboardInterrupt:
        interrupted = True
    ordered = [runs[i] for i in sorted(runs)]
    rounds = [record for run in ordered for record in run.rounds]
    return ProtocolResult(configuration, [run.account for run in ordered], rounds, interrupted)


def _play(
    i: int,
    job: Job,
    X: Table,
    target: Target,
    measured: Measured,
    settings: dict[str, Any],
    cells: Cells | None,
) -> tuple[int, Run]:
    run = play(job, X, target, measured, settings)
    if cells is not None:
        cells.save(job, run)
    return i, run


def _parts(
    target: Target, mask: Any, time: Any, test_size: float, seed: int
) -> tuple[IntArray, IntArray, IntArray]:
    """Return the rows to train on, to test on, and those of the source."""
    if mask is None:
        train, test = held_out_split(target.y, time=time, test_size=test_size, seed=seed)
        return train, test, np.empty(0, np.intp)
    home = np.flatnonzero(~mask)
    labels = target.y[home]
    if len(np.unique(labels)) < 2:
        raise ValueError("source leaves rows of one class only, must leave two at least.")
    when = None if time is None else np.asarray(time)[home]
    train, test = held_out_split(labels, time=when, test_size=test_size, seed=seed)
    origin = np.flatnonzero(mask & np.isin(target.y, labels))
    if len(np.unique(target.y[origin])) < 2:
        raise ValueError("source shares fewer than two classes with the rest, must share two at least.")
    return home[train], home[test], origin


def _n_labels(label_budget: int | float, n_train: int) -> int:
    n_labels = int(label_budget) if isinstance(label_budget, Integral) else round(label_budget * n_train)
    if n_labels > n_train:
        raise ValueError(f"label_budget == {label_budget}, must be <= {n_train}, the training rows.")
    return max(1, n_labels)


def _check_budget(label_budget: int | float) -> None:
    is_count = isinstance(label_budget, Integral) and label_budget >= 1 and label_budget is not True
    is_share = isinstance(label_budget, Real) and not isinstance(label_budget, Integral)
    if not is_count and not (is_share and 0 < label_budget <= 1):
        raise ValueError(
            f"label_budget == {label_budget!r}, must be a whole number >= 1 or a share in (0, 1]."
        )


def _check_counts(minimum: int, **counts: int) -> None:
    for name, count in counts.items():
        if not isinstance(count, Integral) or isinstance(count, bool) or count < minimum:
            raise ValueError(f"{name} == {count!r}, must be a whole number >= {minimum}.")


def _arms(arms: Any, estimator: Any, reference: str, has_source: bool) -> dict[str, Any]:
    models = _named(arms, estimator, has_source) if not isinstance(arms, Mapping) else dict(arms)
    if not models:
        raise ValueError("arms is empty, must be a mapping of one SynDAClassifier a name, names or None.")
    for name, model in models.items():
        if not hasattr(model, "staged_predict_proba"):
            raise ValueError(f"arms[{name!r}] == {model!r}, must be a SynDAClassifier.")
        if not hasattr(model, "predict_proba"):
            raise ValueError(f"Arm {name!r} has no predict_proba; give an estimator that has it.")
        inner = model.estimator
        if isinstance(inner, TransferClassifier) and inner.source_model is None and not has_source:
            raise ValueError(f"source is None; arm {name!r} needs rows to learn from.")
    if reference not in models and reference != REFERENCE:
        raise ValueError(f"reference == {reference!r} is no arm; there are: {', '.join(models)}.")
    return models


def _check_takes_sparse(models: dict[str, Any]) -> None:
    for name, model in models.items():
        reason = why_not_sparse(model, model._unfitted())
        if reason is not None:
            raise ValueError(f"arms[{name!r}] cannot take X, which is sparse: {reason}.")


def _with_source(models: dict[str, Any], source: Any) -> dict[str, Any]:
    """Return the arms, the source's model in those of transfer that have none."""
    return {
        name: clone(model).set_params(estimator__source_model=source)
        if isinstance(model.estimator, TransferClassifier) and model.estimator.source_model is None
        else model
        for name, model in models.items()
    }


def _named(arms: Any, estimator: Any, has_source: bool) -> dict[str, Any]:
    if arms is None:
        return make_arms("default", estimator)
    is_names = isinstance(arms, str) or (
        isinstance(arms, Sequence) and all(isinstance(name, str) for name in arms)
    )
    if not is_names:
        raise ValueError(
            f"arms == {arms!r}, must be a mapping of one SynDAClassifier a name, names of methods or None."
        )
    return make_arms(arms, estimator, source=has_source) if len(arms) else {}
