"""The protocol: paired seeds, the same split for every arm, measured after every round."""

from collections.abc import Callable, Mapping
from numbers import Integral
from typing import Any

from joblib import Parallel, delayed
from numpy.typing import ArrayLike

from synda_sk.evaluation._arms import REFERENCE, default_arms
from synda_sk.evaluation._result import ProtocolResult
from synda_sk.evaluation._run import Job, Run, play
from synda_sk.evaluation._split import held_out_split
from synda_sk.evaluation._target import make_target
from synda_sk.metrics import alert_count
from synda_sk.typing import Labels, Table
from synda_sk.utils import check_same_length

Progress = Callable[[int, int, Run], None]


def run_protocol(
    X: Table,
    y: Labels,
    estimator: Any = None,
    *,
    positive: Any = None,
    label_budget: int = 500,
    initial_labels: int | float = 0.2,
    n_rounds: int = 10,
    n_seeds: int = 5,
    time: ArrayLike | None = None,
    test_size: float = 0.3,
    alert_rate: float = 0.01,
    arms: Mapping[str, Any] | None = None,
    reference: str = REFERENCE,
    n_jobs: int | None = None,
    random_state: int = 0,
    progress: Progress | None = None,
) -> ProtocolResult:
    """Compare ways of buying labels, as section 2.4.4 of the proposal has it.

    For each seed the rows are split once. Every arm then replays on the same
    training part: first labels, then rounds of query, reveal, generate, filter,
    mix and refit until the budget is spent. The model of every round is
    measured on the same test part.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
        Rows: an array, a pandas or polars frame.
    y : array-like of shape (n_samples,)
        All labels.
    estimator : classifier or None, default=None
        The final model of the default arms, with ``predict_proba``; None takes
        the default of :class:`~synda_sk.SynDAClassifier`.
    positive : label or None, default=None
        The class sought, against the rest. None takes the rarer of two classes;
        more than two are measured by their balanced accuracy.
    label_budget : int, default=500
        Labels each arm may use in all, at most the training rows.
    initial_labels : int or float, default=0.2
        First labels: a number, or a share of the budget.
    n_rounds : int, default=10
        Rounds the rest of the budget is spread over.
    n_seeds : int, default=5
        Number of paired runs.
    time : array-like of shape (n_samples,) or None, default=None
        When each row happened. Given, the last rows in time are the test part
        for every seed, and seeds change the draws alone, so standard errors
        tell nothing about other tables. Without, each seed draws a split,
        stratified by class.
    test_size : float, default=0.3
        Share of the rows held out, in (0, 1).
    alert_rate : float, default=0.01
        Share of the test rows that can be looked at, in (0, 1].
    arms : mapping of str to SynDAClassifier or None, default=None
        Methods to compare; budget, rounds, seed and stages are set here. None
        takes :func:`default_arms`.
    reference : str, default="random"
        The arm the others are compared with. The default may be absent from
        `arms`; nothing is compared then.
    n_jobs : int or None, default=None
        Runs at a time, by joblib; changes no number but the times.
    random_state : int, default=0
        Seed of the first run; the next ones count up from it. A run's seed
        makes its split and is the ``random_state`` of its models.
    progress : callable (n_done, n_runs, run) -> None or None, default=None
        Called after each run; ``run`` has ``account`` and ``rounds``.

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
    of the test part are used to measure alone.

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
    target = make_target(y, positive)
    check_same_length(X=X, y=target.y)
    _check_counts(1, label_budget=label_budget, n_rounds=n_rounds, n_seeds=n_seeds)
    _check_counts(0, random_state=random_state)
    alert_count(len(target.y), alert_rate)
    if progress is not None and not callable(progress):
        raise ValueError(f"progress == {progress!r}, must be a callable or None.")
    models = _arms(arms, estimator, reference)
    jobs = []
    for seed in range(random_state, random_state + n_seeds):
        train, test = held_out_split(target.y, time=time, test_size=test_size, seed=seed)
        if label_budget > len(train):
            raise ValueError(f"label_budget == {label_budget}, must be <= {len(train)}, the training rows.")
        jobs += [Job(name, seed, model, train, test) for name, model in models.items()]
    settings = {"label_budget": label_budget, "initial_labels": initial_labels, "n_rounds": n_rounds}
    configuration = settings | {
        "arms": list(models),
        "reference": reference if reference in models else None,
        "positive": target.positive,
        "n_seeds": n_seeds,
        "random_state": random_state,
        "n_samples": len(target.y),
        "split": "stratified, drawn by seed"
        if time is None
        else "by time, the last rows, same for every seed",
        "test_size": test_size,
        "alert_rate": alert_rate,
        "n_alerts": alert_count(len(jobs[0].test), alert_rate),
    }
    finished = Parallel(n_jobs=n_jobs, return_as="generator")(
        delayed(play)(job, X, target, alert_rate, settings) for job in jobs
    )
    runs: list[Run] = []
    interrupted = False
    try:
        for run in finished:
            runs.append(run)
            if progress is not None:
                progress(len(runs), len(jobs), run)
    except KeyboardInterrupt:
        interrupted = True
    rounds = [record for run in runs for record in run.rounds]
    return ProtocolResult(configuration, [run.account for run in runs], rounds, interrupted)


def _check_counts(minimum: int, **counts: int) -> None:
    for name, count in counts.items():
        if not isinstance(count, Integral) or count < minimum:
            raise ValueError(f"{name} == {count!r}, must be a whole number >= {minimum}.")


def _arms(arms: Mapping[str, Any] | None, estimator: Any, reference: str) -> dict[str, Any]:
    if arms is not None and (not isinstance(arms, Mapping) or not arms):
        raise ValueError(f"arms == {arms!r}, must be a mapping of one SynDAClassifier a name, or None.")
    models = default_arms(estimator) if arms is None else dict(arms)
    for name, model in models.items():
        if not hasattr(model, "staged_predict_proba"):
            raise ValueError(f"arms[{name!r}] == {model!r}, must be a SynDAClassifier.")
        if not hasattr(model, "predict_proba"):
            raise ValueError(f"Arm {name!r} has no predict_proba; give an estimator that has it.")
    if reference not in models and reference != REFERENCE:
        raise ValueError(f"reference == {reference!r} is no arm; there are: {', '.join(models)}.")
    return models
