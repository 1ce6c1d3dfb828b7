"""From the records of a comparison to one learning curve a method."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from synda_sk.typing import FloatArray, IntArray

__all__ = ["learning_curves", "mean_standard_error"]


def learning_curves(
    records: Iterable[Mapping[str, Any]], measure: str
) -> dict[str, tuple[IntArray, IntArray, FloatArray]]:
    """Arrange the records of rounds as one matrix of scores for each arm.

    Parameters
    ----------
    records : iterable of mapping
        One a round of a seed of an arm, with the keys "arm", "seed", "n_labels"
        and `measure`.
    measure : str
        The key to read.

    Returns
    -------
    dict of str to tuple
        For each arm, in order of appearance: the seeds, ascending, shape
        (n_seeds,); the label counts that all its seeds were measured at,
        ascending, shape (n_counts,); the scores, shape (n_seeds, n_counts).

    Raises
    ------
    ValueError
        If a record is no mapping or lacks a key, or the seeds of an arm share no label count.

    Examples
    --------
    >>> from synda_sk.metrics import learning_curves
    >>> records = [{"arm": "random", "seed": 0, "n_labels": n, "quality": n / 10} for n in (2, 4)]
    >>> seeds, n_labels, scores = learning_curves(records, "quality")["random"]
    >>> n_labels.tolist(), scores.tolist()
    ([2, 4], [[0.2, 0.4]])
    """
    found: dict[str, dict[int, dict[int, float]]] = {}
    for record in records:
        if not isinstance(record, Mapping):
            raise ValueError(f"records holds {record!r}, must hold mappings, one a round.")
        missing = [key for key in ("arm", "seed", "n_labels", measure) if key not in record]
        if missing:
            raise ValueError(f"A record lacks {missing[0]!r}; it has {sorted(record)}.")
        per_seed = found.setdefault(record["arm"], {}).setdefault(record["seed"], {})
        per_seed[record["n_labels"]] = record[measure]
    curves = {}
    for arm, by_seed in found.items():
        seeds = sorted(by_seed)
        counts = sorted(set.intersection(*(set(scores) for scores in by_seed.values())))
        if not counts:
            raise ValueError(f"The seeds of arm {arm!r} share no number of labels.")
        scores = [[by_seed[seed][count] for count in counts] for seed in seeds]
        curves[arm] = (
            np.array(seeds, dtype=np.intp),
            np.array(counts, dtype=np.intp),
            np.array(scores, dtype=np.float64),
        )
    return curves


def mean_standard_error(scores: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Mean over the first axis and its standard error.

    Parameters
    ----------
    scores : array-like of shape (n_seeds, ...)
        At least one seed.

    Returns
    -------
    mean : ndarray
        Mean over the seeds.
    standard_error : ndarray
        Sample standard deviation (one degree of freedom less) divided by the
        root of the number of seeds; NaN for a single seed.

    Raises
    ------
    ValueError
        If there is no seed.

    Examples
    --------
    >>> from synda_sk.metrics import mean_standard_error
    >>> mean, error = mean_standard_error([[0.25, 0.5], [0.75, 0.5]])
    >>> mean.tolist(), error.tolist()
    ([0.5, 0.5], [0.25, 0.0])
    """
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim < 1 or not len(values):
        raise ValueError("scores is empty; give at least one seed.")
    mean = values.mean(axis=0)
    if len(values) == 1:
        return mean, np.full_like(mean, np.nan)
    return mean, values.std(axis=0, ddof=1) / math.sqrt(len(values))
