"""The data sets of the headline table, one function each, and what is played on them.

A function is given the folder of real data and a seed, and returns rows, labels, times (or None) and
which rows are the source's (or None).
"""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from image_labels import CLASSIFIERS
from real_tables import vehicle_fraud
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline

from synda_sk import SynDAClassifier
from synda_sk.datasets import make_mobile_money
from synda_sk.evaluation import make_arms
from synda_sk.utils import TableEncoder

FOREST = make_pipeline(TableEncoder(), RandomForestClassifier())
SOURCE_SHARE = 0.3  # of the times of a table: the earlier period that transfer learns from
POOL_IMAGES, TEST_IMAGES, SOURCE_IMAGES = 3_000, 1_000, 2_000


class Rows(NamedTuple):
    X: Any
    y: np.ndarray
    time: np.ndarray | None = None
    source: np.ndarray | None = None


class DataSet(NamedTuple):
    domain: str
    file: str | None  # in the folder of real data; None where nothing is needed
    load: Callable[[Path, int], Rows]
    first: int
    label_budget: int
    n_rounds: int
    arms: Callable[[Rows], dict[str, SynDAClassifier]]
    positive: int | None = None
    source: str = "no source of the same task"
    n_seeds: int = 10


def mobile_money(difficulty: str) -> Callable[[Path, int], Rows]:
    """A table of its own for each seed; the source is the smallest named region, before the test rows."""

    def load(_: Path, seed: int) -> Rows:
        X, y = make_mobile_money(20_000, fraud_rate=0.01, difficulty=difficulty, random_state=seed)
        is_source = (X["region"] == "border").to_numpy()
        step = np.arange(len(y))
        keep = ~is_source | (step < 0.7 * len(y))
        return Rows(X[keep].reset_index(drop=True), np.asarray(y)[keep], step[keep], is_source[keep])

    return load


def paysim(path: Path, seed: int) -> Rows:
    frame = pd.read_parquet(path)
    frame = frame[frame["source"] == "shivam"].reset_index(drop=True)
    step = frame["step"].to_numpy()
    names = ["isFraud", "step", "oldbalanceOrg", "newbalanceOrig", "nameOrig", "nameDest", "source"]
    X = frame.drop(columns=[*names, "isFlaggedFraud"])
    is_source = step <= np.quantile(step, SOURCE_SHARE)
    return Rows(X, frame["isFraud"].to_numpy(dtype=int), step, is_source)


def insurance(path: Path, seed: int) -> Rows:
    X, y, *_ = vehicle_fraud(path)
    return Rows(X, y, source=(X["Year"] == X["Year"].min()).to_numpy())


def pregnancies(path: Path, seed: int) -> Rows:
    frame = pd.read_csv(path).drop_duplicates(ignore_index=True)
    return Rows(frame.drop(columns="RiskLevel"), frame["RiskLevel"].to_numpy())


def cancer(_: Path, seed: int) -> Rows:
    data = load_breast_cancer(as_frame=True)
    return Rows(data.data, (data.target == 0).to_numpy(dtype=int))


def signs(_: Path, seed: int) -> Rows:
    data = load_digits(as_frame=True)
    return Rows(data.data, data.target.to_numpy())


def kannada(path: Path, seed: int) -> Rows:
    """The source are digits of the same script by other writers, collected elsewhere."""
    stored = np.load(path)
    X, y = _drawn(stored["X"], stored["y"], POOL_IMAGES + TEST_IMAGES, seed)
    other, labels = _drawn(stored["X_dig"], stored["y_dig"], SOURCE_IMAGES, seed)
    is_source = np.arange(len(y) + len(labels)) >= len(y)
    return Rows(np.concatenate([X, other]), np.concatenate([y, labels]), source=is_source)


def leaves(path: Path, seed: int) -> Rows:
    stored = np.load(path)
    return Rows(*_drawn(stored["X"], stored["y"], POOL_IMAGES + TEST_IMAGES, seed))


def smears(path: Path, seed: int) -> Rows:
    """The test part are other patients."""
    stored = np.load(path)
    is_test = stored["test"].astype(bool)
    parts = [
        _drawn(stored["X"][rows], stored["y"][rows], n, seed)
        for rows, n in ((~is_test, POOL_IMAGES), (is_test, TEST_IMAGES))
    ]
    X, y = (np.concatenate(both) for both in zip(*parts, strict=True))
    return Rows(X, y, np.repeat([0, 1], [len(labels) for _, labels in parts]))


def _drawn(images: np.ndarray, y: np.ndarray, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rows = np.random.default_rng(seed).permutation(len(y))[:n]
    return images[rows].reshape(len(rows), -1), y[rows]


class FineTuned(ClassifierMixin, BaseEstimator):
    """A network trained on the source, trained on with the labels bought here."""

    def __init__(self, network: Any, source: Any = None) -> None:
        self.network = network
        self.source = source

    def given(self, context: Any) -> "FineTuned":
        network = deepcopy(self.network).set_params(random_state=context.seed)
        fitted = network.fit(context.X_source, context.y_source)
        return FineTuned(self.network, _Held(fitted))

    def fit(self, X: Any, y: Any) -> "FineTuned":
        self.network_ = deepcopy(self.source.network).set_params(warm_start=True).fit(X, y)
        self.classes_ = self.network_.classes_
        return self

    def predict_proba(self, X: Any) -> Any:
        return self.network_.predict_proba(X)

    def predict(self, X: Any) -> Any:
        return self.network_.predict(X)


class _Held:
    """A fitted network that is cloned as it is."""

    def __init__(self, network: Any) -> None:
        self.network = network

    def __sklearn_clone__(self) -> "_Held":
        return self


def table_arms(rows: Rows) -> dict[str, SynDAClassifier]:
    return make_arms("baselines", FOREST, source=rows.source is not None)


def image_arms(
    shape: tuple[int, ...], params: dict[str, Any] | None = None
) -> Callable[[Rows], dict[str, SynDAClassifier]]:
    """What is cheap to play; benchmarks/image_labels.py has self-training and synthetic images."""

    def make(rows: Rows) -> dict[str, SynDAClassifier]:
        from synda_sk.images import ConvClassifier

        network = ConvClassifier(shape, **params or {})
        names = ["synda", "random", "active learning", "label spreading"]
        if rows.source is None:
            return make_arms(names, network)
        arms = make_arms([*names, "transfer"], network)
        arms["transfer tuned"] = clone(arms["random"]).set_params(estimator=FineTuned(network))
        return arms

    return make


REGION, PERIOD = "another region, before the time of the test rows", "an earlier period"
SETS = {
    "mobile_money_medium": DataSet(
        "finance", None, mobile_money("medium"), 60, 300, 6, table_arms, 1, REGION
    ),
    "mobile_money_hard": DataSet("finance", None, mobile_money("hard"), 60, 300, 6, table_arms, 1, REGION),
    "paysim_kaggle": DataSet(
        "finance", "paysim_kaggle/paysim_kaggle.parquet", paysim, 60, 300, 6, table_arms, 1, PERIOD
    ),
    "vehicle_fraud": DataSet(
        "finance", "vehicle_fraud/vehicle_fraud.csv.gz", insurance, 60, 300, 6, table_arms, 1, PERIOD
    ),
    "breast_cancer": DataSet("health", None, cancer, 20, 100, 4, table_arms, 1),
    "maternal_risk": DataSet(
        "health", "maternal_risk/maternal_risk_dedup.csv.gz", pregnancies, 20, 120, 4, table_arms
    ),
    "malaria": DataSet(
        "health",
        "malaria/malaria_32rgb.npz",
        smears,
        40,
        200,
        2,
        image_arms((32, 32, 3), CLASSIFIERS["malaria"]),
        1,
        n_seeds=5,
    ),
    "leaf_apple": DataSet(
        "agriculture",
        "leaf_apple/leaf_apple_32rgb.npz",
        leaves,
        40,
        200,
        2,
        image_arms((32, 32, 3)),
        n_seeds=5,
    ),
    "digits": DataSet("education", None, signs, 60, 300, 6, table_arms),
    "kannada": DataSet(
        "education",
        "kannada/kannada_28gray.npz",
        kannada,
        100,
        500,
        2,
        image_arms((28, 28)),
        source="the same script by other writers",
        n_seeds=5,
    ),
}
