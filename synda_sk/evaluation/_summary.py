"""Means over seeds, their errors, and what a method gains over the reference."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from synda_sk.evaluation._groups import WORST_GROUP
from synda_sk.evaluation._intervals import label_intervals
from synda_sk.evaluation._value import VALUE_MEASURES
from synda_sk.metrics import (
    area_under_learning_curve,
    isotonic_curve,
    labels_saved,
    labels_to_target,
    learning_curves,
    mean_standard_error,
)
from synda_sk.metrics._signed_rank import holm, signed_rank_p
from synda_sk.typing import FloatArray, IntArray

COSTS = (
    "cpu_seconds",
    "fit_seconds",
    "peak_memory_mb",
    "added_memory_mb",
    "inference_ms_per_1000_rows",
    "flops_per_row",
    "energy_joules",
)
COMPARED = (WORST_GROUP, *VALUE_MEASURES)  # with the reference at the end, beside the quality

LABELS_SAVED = (
    "1 - n / n_ref: the first evaluated label counts at which the isotonic mean curves of the arm (n) and of "
    "the reference (n_ref) reach the reference's final isotonic quality; null if the arm never reaches it"
)


def summarise(
    rounds: list[dict[str, Any]],
    runs: list[dict[str, Any]],
    measures: Sequence[str],
    quality: str,
    reference: str | None,
) -> dict[str, Any]:
    """Summarise the rounds of a comparison.

    Parameters
    ----------
    rounds : list of dict
        Records, see :class:`~synda_sk.evaluation.ProtocolResult`.
    runs : list of dict
        What each run cost.
    measures : sequence of str
        Measures to average.
    quality : str
        The measure that label efficiency refers to.
    reference : str or None
        The arm the others are compared with.

    Returns
    -------
    dict
        "curves": for each arm and label count, mean and standard error of each
        measure; "area": of the curve of `quality`; "cost": means of what a run
        cost; "labels_to_target" (the reference's final isotonic quality), with
        the middle 95 % of resampled seeds as interval; for each arm but the
        reference "labels_saved" and its interval, and "difference" to the
        reference, paired by seed, at the end, in area and, where measured, of the
        worst group, the value found and the operating cost at the end, with the
        p-value of the signed-rank test and the one corrected over the arms by Holm.
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
    summary["cost"] = _costs(runs)
    if reference in curves:
        others = [arm for arm in curves if arm != reference]
        level = float(isotonic_curve(*curves[reference][1:])[-1])
        compared = {arm: _compare(curves[arm], curves[reference]) for arm in others}
        reached = {arm: _reached(*curves[arm][1:], level) for arm in curves}
        summary["labels_to_target"] = {
            "target": level,
            "arms": {arm: {"n_labels": n} for arm, n in reached.items()},
        }
        summary["labels_saved_is"] = LABELS_SAVED
        summary["labels_saved"] = {arm: found["saved"] for arm, found in compared.items()}
        summary["labels_saved_interval"] = {}
        for arm, found in compared.items():
            summary["labels_saved_interval"][arm] = found["saved_interval"]
            summary["labels_to_target"]["arms"][arm]["interval"] = found["reached_interval"]
        summary["difference"] = {arm: found["difference"] for arm, found in compared.items()}
        for name in [name for name in COMPARED if name in by_measure]:
            ends = by_measure[name]
            for arm in others:
                found = _compare(ends[arm], ends[reference])["difference"]
                if found:
                    summary["difference"][arm][name] = found["final"]
        for part in ("final", "area", *COMPARED):
            _correct([d[part] for d in summary["difference"].values() if part in d])
    return summary


def _compare(arm: tuple[Any, ...], reference: tuple[Any, ...]) -> dict[str, Any]:
    """Labels saved and paired differences, over the seeds and label counts that both have."""
    seeds = np.intersect1d(arm[0], reference[0])
    counts = np.intersect1d(arm[1], reference[1])
    if not len(seeds) or not len(counts):
        return {"saved": None, "saved_interval": None, "reached_interval": None, "difference": {}}
    ours, theirs = (scores[np.isin(s, seeds)][:, np.isin(c, counts)] for s, c, scores in (arm, reference))
    saved = labels_saved(counts, ours, theirs)
    difference = {
        "n_pairs": len(seeds),
        "n_labels": int(counts[-1]),
        "final": _tested(ours[:, -1] - theirs[:, -1]),
        "area": _tested(_area(counts, ours) - _area(counts, theirs)),
    }
    reached_interval, saved_interval = label_intervals(counts, ours, theirs)
    return {
        "saved": None if np.isnan(saved) else saved,
        "saved_interval": saved_interval,
        "reached_interval": reached_interval,
        "difference": difference,
    }


def _reached(counts: IntArray, scores: FloatArray, level: float) -> int | None:
    n_labels = labels_to_target(counts, scores, level)
    return None if np.isnan(n_labels) else int(n_labels)


def _costs(runs: list[dict[str, Any]]) -> dict[str, dict[str, float | None]]:
    found: dict[str, dict[str, float | None]] = {}
    for arm in dict.fromkeys(run["arm"] for run in runs):
        own = [run for run in runs if run["arm"] == arm]
        found[arm] = {}
        for cost in COSTS:
            values = [run[cost] for run in own if run.get(cost) is not None]
            found[arm][cost] = float(np.mean(values)) if values else None
    return found


def _tested(differences: FloatArray) -> dict[str, float | None]:
    return {**_spread(differences), "p": signed_rank_p(differences)}


def _correct(tested: list[dict[str, Any]]) -> None:
    """Add p-values corrected over the arms, in place."""
    known = [entry for entry in tested if entry["p"] is not None]
    for entry in tested:
        entry["p_holm"] = None
    for entry, p in zip(known, holm([entry["p"] for entry in known]), strict=True):
        entry["p_holm"] = float(p)


def _area(counts: Any, scores: FloatArray) -> FloatArray:
    return np.atleast_1d(area_under_learning_curve(counts, scores))


def _spread(values: FloatArray) -> dict[str, float | None]:
    return _pair(*mean_standard_error(values))


def _pair(mean: Any, error: Any) -> dict[str, float | None]:
    return {"mean": float(mean), "standard_error": None if np.isnan(error) else float(error)}
