"""How true, how useful and how private the rows of a generator are, measured on the user's table."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from synda_sk.metrics import (
    closer_than_holdout,
    closer_to_train,
    column_shapes,
    frechet_distance,
    membership_auc,
    near_copy_share,
    nearest_neighbour_distance_ratio,
    pair_trends,
    tstr_score,
    two_sample_auc,
)
from synda_sk.metrics._space import FeatureMap
from synda_sk.metrics._train_on_synthetic import Scoring, scoring_name
from synda_sk.typing import IntArray, Table
from synda_sk.utils import SeedStreams, TableEncoder, take_rows

QUANTILE = 0.05
WORDS = {
    "column_shapes": "column shapes, mean",
    "pair_trends": "pair trends, mean",
    "two_sample_auc": "two-sample AUC",
    "frechet_distance": "Frechet distance",
    "test_score": "test score of a model",
    "near_copies": "near-copies",
    "closer_than_holdout": "very close to a training row",
    "closer_to_train": "closer to training than held out",
    "distance_ratio": "distance ratio, 5 % quantile",
    "membership_auc": "membership AUC",
}
SECTIONS = {
    "fidelity": ("column_shapes", "pair_trends", "two_sample_auc", "frechet_distance"),
    "usefulness": ("test_score",),
    "privacy": (
        "near_copies",
        "closer_than_holdout",
        "closer_to_train",
        "distance_ratio",
        "membership_auc",
    ),
}


@dataclass(frozen=True)
class GeneratorReport:
    """What was measured of a generator, each figure beside what real rows have.

    Made by :meth:`SyntheticAugmenter.report
    <synda_sk.augmentation.SyntheticAugmenter.report>`.

    Parameters
    ----------
    generator : str
        Name or class of the generator.
    n_train, n_holdout, n_synthetic : int
        Real rows the generator was fitted to, real rows held out, rows drawn.
    scoring : str
        What ``figures["test_score"]`` is.
    fit_seconds : float
        Time the generator took to fit.
    figures : dict of str to dict of str to float
        By name the value of the "synthetic" rows and that of "real" ones in
        their place: the ideal. ``column_shapes`` and ``pair_trends`` (means;
        absent without the extra ``report``), ``two_sample_auc``,
        ``frechet_distance``; ``test_score`` of a model trained on them;
        ``near_copies``, ``closer_than_holdout``, ``closer_to_train``,
        ``distance_ratio``, ``membership_auc``.
    columns : dict of str to dict of str to float
        Shape of each column, "synthetic" and "real"; empty without the extra
        ``report``.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from synda_sk import SyntheticAugmenter
    >>> report = SyntheticAugmenter("copula").report(*load_iris(return_X_y=True), random_state=0)
    >>> report.tstr_ratio > 0.9
    True
    """

    generator: str
    n_train: int
    n_holdout: int
    n_synthetic: int
    scoring: str
    fit_seconds: float
    figures: Mapping[str, Mapping[str, float]]
    columns: Mapping[str, Mapping[str, float]]

    @property
    def tstr_ratio(self) -> float:
        """Test score of a model of the synthetic rows by that of one of the real rows; NaN by 0."""
        score = self.figures["test_score"]
        return score["synthetic"] / score["real"] if score["real"] else float("nan")

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON.

        Returns
        -------
        dict
            The fields by name.
        """
        return asdict(self)

    def summary(self) -> str:
        """Lay the figures out as text.

        Returns
        -------
        str
            A line each: the synthetic rows', and the real rows' in their place.
        """
        lines = [
            f"{self.generator}: {self.n_train} rows to fit, {self.n_holdout} held out, "
            f"{self.n_synthetic} synthetic",
            f"{'':<34}{'synthetic':>10}{'real':>8}",
        ]
        missing = "undefined" if self.columns else "synda-sk[report]"
        for section, names in SECTIONS.items():
            lines.append(section)
            for name in names:
                words = f"{self.scoring} of a model" if name == "test_score" else WORDS[name]
                if name in self.figures:
                    figure = self.figures[name]
                    lines.append(f"  {words:<32}{figure['synthetic']:>10.3f}{figure['real']:>8.3f}")
                else:
                    lines.append(f"  {words:<32}{missing:>18}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.summary()


def measure_generator(
    augmenter: Any,
    X: Table,
    y: NDArray[Any],
    *,
    estimator: Any,
    test_size: float,
    scoring: Scoring,
    streams: SeedStreams,
) -> GeneratorReport:
    """Fit an augmenter to a part of the rows and compare its rows with the others.

    Parameters
    ----------
    augmenter : SyntheticAugmenter
        Unfitted; it is fitted here.
    X : table of shape (n_samples, n_features)
        Validated rows.
    y : ndarray of shape (n_samples,)
        Their labels.
    estimator, test_size, scoring
        See :meth:`SyntheticAugmenter.report`.
    streams : SeedStreams
        Seeds of the split, the draws and the models.

    Returns
    -------
    GeneratorReport
        The measures.
    """
    train, holdout = split_rows(y, test_size, streams.seed("split"))
    X_train, y_train = take_rows(X, train), y[train]
    X_holdout, y_holdout = take_rows(X, holdout), y[holdout]
    started = time.perf_counter()
    augmenter.fit(X_train, y_train)
    seconds = time.perf_counter() - started
    X_new, y_new = augmenter.sample(len(y_train), y_train)
    made = {"synthetic": X_new, "real": X_train}
    labels = {"synthetic": y_new, "real": y_train}
    features: FeatureMap = TableEncoder().fit(X_train).transform
    seed = streams.seed("models")
    columns, similar = _column_figures(made, X_holdout)
    scores = {
        side: tstr_score(
            made[side],
            labels[side],
            X_holdout,
            y_holdout,
            estimator=estimator,
            scoring=scoring,
            random_state=seed,
        )
        for side in made
    }
    generator = augmenter.generator
    return GeneratorReport(
        generator=generator if isinstance(generator, str) else type(generator).__name__,
        n_train=len(train),
        n_holdout=len(holdout),
        n_synthetic=len(y_new),
        scoring=scoring_name(y_train, y_holdout) if scoring is None else str(scoring),
        fit_seconds=seconds,
        figures={
            **similar,
            "two_sample_auc": {
                side: two_sample_auc(X_holdout, rows, features=features, random_state=seed)
                for side, rows in made.items()
            },
            "frechet_distance": {
                side: frechet_distance(X_holdout, rows, features=features) for side, rows in made.items()
            },
            "test_score": scores,
            **_privacy_figures(X_new, X_train, X_holdout, features, seed),
        },
        columns=columns,
    )


def _column_figures(
    made: dict[str, Table], X_holdout: Table
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """Shapes by column, and the means of shapes and trends; both empty without SDMetrics."""
    if find_spec("sdmetrics") is None:
        return {}, {}
    shapes = {side: column_shapes(X_holdout, rows) for side, rows in made.items()}
    trends = {side: pair_trends(X_holdout, rows) for side, rows in made.items()}
    columns = {
        name: {side: shapes[side][name] for side in made}
        for name in shapes["real"]
        if name in shapes["synthetic"]
    }
    figures = {}
    if columns:
        figures["column_shapes"] = {side: _mean(scores) for side, scores in shapes.items()}
    if all(trends.values()):
        figures["pair_trends"] = {side: _mean(scores) for side, scores in trends.items()}
    return columns, figures


def _mean(scores: dict[Any, float]) -> float:
    return float(np.mean(list(scores.values())))


def _privacy_figures(
    X_new: Table, X_train: Table, X_holdout: Table, features: FeatureMap, seed: int
) -> dict[str, dict[str, float]]:
    """Figures of the synthetic rows, and what held-out rows in their place have."""
    against_train = {"synthetic": X_new, "real": X_holdout}
    return {
        "near_copies": {
            side: near_copy_share(rows, X_train, quantile=QUANTILE, features=features)
            for side, rows in against_train.items()
        },
        "closer_than_holdout": {
            side: closer_than_holdout(rows, X_train, X_holdout, quantile=QUANTILE, features=features)
            for side, rows in against_train.items()
        },
        "closer_to_train": {
            "synthetic": closer_to_train(X_new, X_train, X_holdout, features=features, random_state=seed),
            "real": 0.5,
        },
        "distance_ratio": {
            side: nearest_neighbour_distance_ratio(rows, X_train, quantile=QUANTILE, features=features)
            for side, rows in against_train.items()
        },
        "membership_auc": {
            "synthetic": membership_auc(X_train, X_holdout, X_new, features=features),
            "real": 0.5,
        },
    }


def split_rows(y: NDArray[Any], test_size: float, seed: int) -> tuple[IntArray, IntArray]:
    """Split rows at random, class by class; the only row of a class is never held out.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Labels.
    test_size : float
        Share of the rows to hold out, in (0, 1).
    seed : int
        Seed.

    Returns
    -------
    train, holdout : ndarray of int
        Ascending positions.

    Raises
    ------
    ValueError
        If `test_size` is out of range, or leaves no row of each class on either side.
    """
    if isinstance(test_size, bool) or not isinstance(test_size, Real) or not 0 < test_size < 1:
        raise ValueError(f"test_size == {test_size!r}, must be a float in (0, 1).")
    classes, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
    alone = counts[codes] == 1
    rows = np.flatnonzero(~alone)
    try:
        train, holdout = train_test_split(rows, test_size=test_size, stratify=y[rows], random_state=seed)
    except ValueError as error:
        raise ValueError(
            f"test_size == {test_size!r} leaves too few of {len(y)} rows of {len(classes)} classes "
            f"in a part: {error}"
        ) from error
    return np.sort(np.concatenate([train, np.flatnonzero(alone)])), np.sort(holdout)
