"""Means over seeds, their errors, and what a method gains over the reference."""

from typing import Any

import numpy as np

from synda_sk.metrics import area_under_learning_curve, labels_saved, learning_curves, mean_standard_error
from synda_sk.typing import FloatArray

LABELS_SAVED = (
    "1 - n / n_ref: the first evaluated label counts at which the isotonic mean curves of the arm (n) and of "
    "the reference (n_ref) reach the reference's final isotonic quality; null if the arm never reaches it"
)


def summarise(
    rounds: list[dict[str, Any]], measures: tuple[str, ...], quality: str, reference: str | None
) -> dict[str, Any]:
    """Summarise the rounds of a comparison.

    Parameters
    ----------
    rounds : list of dict
        Records, see :class:`~synda_sk.evaluation.ProtocolResult`.
    measures : tuple of str
        Measures to average.
    quality : str
        The measure that label efficiency refers to.
    reference : str or None
        The arm the others are compared with.

    Returns
    -------
    dict
        "curves": for each arm and label count, mean and standard error of each
        measure; "area": of the curve of `quality`; for each arm but the
        reference "labels_saved", and "difference" to the reference, paired by
        seed, at the end and in area.
    """
    by_measure = {name: learning_curves(rounds, name) for name in measures}
    curves = by_measure[quality]
    summary: dict[str, Any] = {"quality": quality, "reference": reference, "curves": {}, "area": {}}
    for arm, (seeds, counts, scores) in curves.items():
        spread = {name: mean_standard_error(found[arm][2]) for name, found in by_measure.items()}
        summary["curves"][arm] = [
            {"n_labels": int(count), "n_seeds": len(seeds)}
            | {name: _pair(mean[i], error[i]) for name, (mean, error) in spread.items()}
            for i, count in enumerate(counts)
        ]
        summary["area"][arm] = _spread(_area(counts, scores))
    if reference in curves:
        others = [arm for arm in curves if arm != reference]
        compared = {arm: _compare(curves[arm], curves[reference]) for arm in others}
        summary["labels_saved_is"] = LABELS_SAVED
        summary["labels_saved"] = {arm: saved for arm, (saved, _) in compared.items()}
        summary["difference"] = {arm: difference for arm, (_, difference) in compared.items()}
    return summary


def _compare(arm: tuple[Any, ...], reference: tuple[Any, ...]) -> tuple[float | None, dict[str, Any]]:
    """Labels saved and paired differences, over the seeds and label counts that both have."""
    seeds = np.intersect1d(arm[0], reference[0])
    counts = np.intersect1d(arm[1], reference[1])
    if not len(seeds) or not len(counts):
        return None, {}
    ours, theirs = (scores[np.isin(s, seeds)][:, np.isin(c, counts)] for s, c, scores in (arm, reference))
    saved = labels_saved(counts, ours, theirs)
    difference = {
        "n_pairs": len(seeds),
        "n_labels": int(counts[-1]),
        "final": _spread(ours[:, -1] - theirs[:, -1]),
        "area": _spread(_area(counts, ours) - _area(counts, theirs)),
    }
    return (None if np.isnan(saved) else saved), difference


def _area(counts: Any, scores: FloatArray) -> FloatArray:
    return np.atleast_1d(area_under_learning_curve(counts, scores))


def _spread(values: FloatArray) -> dict[str, float | None]:
    return _pair(*mean_standard_error(values))


def _pair(mean: Any, error: Any) -> dict[str, float | None]:
    return {"mean": float(mean), "standard_error": None if np.isnan(error) else float(error)}
