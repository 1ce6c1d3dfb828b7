"""One arm with one seed: fit on the training part, measure every round on the test part."""

import time
import zlib
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone

from synda_sk.classifier import SynDAClassifier
from synda_sk.evaluation._context import RunContext
from synda_sk.evaluation._cost import Meter
from synda_sk.evaluation._energy import EnergyCounter
from synda_sk.evaluation._groups import group_sizes, measure_groups
from synda_sk.evaluation._measured import Measured
from synda_sk.evaluation._measures import measure
from synda_sk.evaluation._operations import flops_per_row
from synda_sk.evaluation._robustness import measure_robustness
from synda_sk.evaluation._target import Target
from synda_sk.evaluation._transfer import TransferClassifier
from synda_sk.evaluation._value import measure_value
from synda_sk.selection._committee import align_probabilities
from synda_sk.typing import FloatArray, IntArray, Table
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
    source : ndarray of int
        Rows of another region or period, in neither part.
    """

    arm: str
    seed: int
    model: SynDAClassifier
    train: IntArray
    test: IntArray
    source: IntArray

    def rows_crc32(self) -> str:
        """Return a checksum of the rows of all parts."""
        parts = (self.train, self.test, self.source)
        return "-".join(str(zlib.crc32(part.astype(np.int64).tobytes())) for part in parts)


@dataclass(frozen=True)
class Run:
    """What a job gave.

    Parameters
    ----------
    account : dict
        Arm, seed, sizes of the parts, what it cost.
    rounds : list of dict
        Measures and history of every round.
    restored : bool, default=False
        Whether it was played before and only read now.
    """

    account: dict[str, Any]
    rounds: list[dict[str, Any]]
    restored: bool = False


def play(job: Job, X: Table, target: Target, measured: Measured, settings: dict[str, Any]) -> Run:
    """Fit and measure.

    Parameters
    ----------
    job : Job
        What to play.
    X : table of shape (n_samples, n_features)
        All rows.
    target : Target
        All labels.
    measured : Measured
        What to measure.
    settings : dict
        Parameters of the model that are common to all arms.

    Returns
    -------
    Run
        Records of plain Python values.
    """
    y_train, y_test = target.y[job.train], target.y[job.test]
    X_train, X_test = take_rows(X, job.train), take_rows(X, job.test)
    has_source = len(job.source) > 0
    context = RunContext(
        X_train,
        take_rows(X, job.source) if has_source else None,
        target.y[job.source] if has_source else None,
        job.seed,
    )
    started = time.perf_counter()
    with EnergyCounter() if measured.energy else nullcontext() as energy, Meter() as meter:
        model = clone(job.model).set_params(store_stages=True, random_state=job.seed, **settings)
        model.set_params(estimator=context.fitted_to(model.estimator))
        model.fit(X_train, y_train)
    account = {
        "arm": job.arm,
        "seed": job.seed,
        "n_train": len(job.train),
        "n_test": len(job.test),
        "test_rows_crc32": zlib.crc32(job.test.astype(np.int64).tobytes()),
        "fit_seconds": time.perf_counter() - started,
        "cpu_seconds": meter.cpu_seconds,
        "peak_memory_mb": meter.peak_memory_mb,
        "added_memory_mb": meter.added_memory_mb,
        "energy_joules": None if energy is None else energy.joules,
    }
    groups, amount = measured.groups, measured.amount
    if has_source:
        account["n_source"] = len(job.source)
    if target.is_binary:
        account |= {"positives_train": int(y_train.sum()), "positives_test": int(y_test.sum())}
    if groups is not None:
        account["groups"] = group_sizes(y_test, groups[job.test], is_binary=target.is_binary)
    started = time.perf_counter()
    model.predict_proba(X_test)
    account["inference_ms_per_1000_rows"] = 1e6 * (time.perf_counter() - started) / len(job.test)
    fixed = _source_as_it_is(model)
    account["flops_per_row"] = flops_per_row(model.estimator_ if fixed is None else fixed, X_test)
    rounds = []
    stages = _stages(model, X_test)
    for step, (entry, probabilities) in enumerate(zip(model.history_, stages, strict=True)):
        record = {"arm": job.arm, "seed": job.seed, "round": step, "n_labels": int(entry["n_labels"])}
        record |= measure(
            y_test, probabilities, model.classes_, is_binary=target.is_binary, alert_rate=measured.alert_rate
        )
        if target.is_binary:
            record["positives_found"] = int(entry["n_per_class"].get(1, 0))
        if amount is not None:
            record |= measure_value(
                y_test,
                probabilities[:, 1],
                amount[job.test],
                alert_rate=measured.alert_rate,
                alert_cost=measured.alert_cost,
            )
        if groups is not None:
            record |= measure_groups(
                y_test, probabilities, model.classes_, groups[job.test], is_binary=target.is_binary
            )
        rounds.append(record | {key: entry[key] for key in HISTORY})
    if measured.corruptions:
        account |= measure_robustness(
            lambda rows: _probabilities(model, rows),
            model.classes_,
            X_test,
            y_test,
            measured.corruptions,
            image_shape=measured.image_shape,
            is_binary=target.is_binary,
            seed=job.seed,
            arm=job.arm,
        )
    return Run(account, rounds)


def _stages(model: SynDAClassifier, X_test: Table) -> Iterable[FloatArray]:
    """Return the probabilities of each stage; a source as it is does not wait for two classes."""
    if _source_as_it_is(model) is not None:
        return [_probabilities(model, X_test)] * len(model.history_)
    return model.staged_predict_proba(X_test)


def _probabilities(model: SynDAClassifier, X: Table) -> FloatArray:
    """Return the probabilities of the last stage."""
    source = _source_as_it_is(model)
    if source is None:
        return model.predict_proba(X)
    return align_probabilities(source.predict_proba(X), source.classes_, model.classes_)


def _source_as_it_is(model: SynDAClassifier) -> Any:
    estimator = model.estimator
    is_fixed = isinstance(estimator, TransferClassifier) and not estimator.tune
    return estimator.source_model if is_fixed else None
