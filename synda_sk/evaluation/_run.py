"""One arm with one seed: fit on the training part, measure every round on the test part."""

import time
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone

from synda_sk.classifier import SynDAClassifier
from synda_sk.evaluation._measures import measure
from synda_sk.evaluation._target import Target
from synda_sk.typing import IntArray, Table
from synda_sk.utils import take_rows

HISTORY = ("beta", "generated", "kept", "exploration", "seconds")


@dataclass(frozen=True)
class Job:
    """An arm to play with a seed on a split.

    Parameters
    ----------
    arm : str
        Its name.
    seed : int
        Its seed.
    model : SynDAClassifier
        Unfitted, cloned.
    train, test : ndarray of int
        Rows of the two parts.
    """

    arm: str
    seed: int
    model: SynDAClassifier
    train: IntArray
    test: IntArray


@dataclass(frozen=True)
class Run:
    """What a job gave.

    Parameters
    ----------
    account : dict
        Arm, seed, sizes of the parts, seconds of the fit.
    rounds : list of dict
        Measures and history of every round.
    """

    account: dict[str, Any]
    rounds: list[dict[str, Any]]


def play(job: Job, X: Table, target: Target, alert_rate: float, settings: dict[str, Any]) -> Run:
    """Fit and measure.

    Parameters
    ----------
    job : Job
        What to play.
    X : table of shape (n_samples, n_features)
        All rows.
    target : Target
        All labels.
    alert_rate : float
        Share of the test rows that may raise an alert.
    settings : dict
        Parameters of the model that are common to all arms.

    Returns
    -------
    Run
        Records of plain Python values.
    """
    y_train, y_test = target.y[job.train], target.y[job.test]
    model = clone(job.model).set_params(store_stages=True, random_state=job.seed, **settings)
    started = time.perf_counter()
    model.fit(take_rows(X, job.train), y_train)
    account = {
        "arm": job.arm,
        "seed": job.seed,
        "n_train": len(job.train),
        "n_test": len(job.test),
        "test_rows_crc32": zlib.crc32(job.test.astype(np.int64).tobytes()),
        "fit_seconds": time.perf_counter() - started,
    }
    if target.is_binary:
        account |= {"positives_train": int(y_train.sum()), "positives_test": int(y_test.sum())}
    rounds = []
    stages = model.staged_predict_proba(take_rows(X, job.test))
    for step, (entry, probabilities) in enumerate(zip(model.history_, stages, strict=True)):
        record = {"arm": job.arm, "seed": job.seed, "round": step, "n_labels": int(entry["n_labels"])}
        record |= measure(
            y_test, probabilities, model.classes_, is_binary=target.is_binary, alert_rate=alert_rate
        )
        if target.is_binary:
            record["positives_found"] = int(entry["n_per_class"].get(1, 0))
        rounds.append(record | {key: entry[key] for key in HISTORY})
    return Run(account, rounds)
