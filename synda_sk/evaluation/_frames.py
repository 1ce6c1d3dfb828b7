"""A comparison as tidy tables: one row an observation."""

from typing import Any

from synda_sk.evaluation._robustness import ROBUSTNESS
from synda_sk.evaluation._summary import COMPARED


def comparison_rows(
    summary: dict[str, Any], quality: str, parts: dict[str, str] | None = None
) -> list[dict[str, Any]]:
    """Return one row an arm: its quality, what it differs by from the reference, what it cost.

    Parameters
    ----------
    summary : dict
        See :meth:`ProtocolResult.summary`.
    quality : str
        The measure that label efficiency refers to.
    parts : dict of str to str or None, default=None
        The study of an ablation that each arm belongs to.

    Returns
    -------
    list of dict
        In the order of the arms; None where there is no number.
    """
    rows = []
    for arm, curve in summary.get("curves", {}).items():
        last, area = curve[-1], summary["area"][arm]
        row: dict[str, Any] = {"arm": arm}
        if parts is not None:
            row = {"study": parts.get(arm, ""), **row}
        row |= {
            "n_seeds": last["n_seeds"],
            "n_labels": last["n_labels"],
            quality: last[quality]["mean"],
            f"{quality}_standard_error": last[quality]["standard_error"],
            "area": area["mean"],
            "area_standard_error": area["standard_error"],
        }
        target = summary.get("labels_to_target", {}).get("arms", {}).get(arm, {})
        row["labels_to_target"] = target.get("n_labels")
        row["labels_saved"] = summary.get("labels_saved", {}).get(arm)
        low, high = summary.get("labels_saved_interval", {}).get(arm) or (None, None)
        row |= {"labels_saved_low": low, "labels_saved_high": high}
        parts_compared = ["final", "area"]
        for name in [name for name in COMPARED if name in last]:
            row[name] = last[name]["mean"]
            row[f"{name}_standard_error"] = last[name]["standard_error"]
            parts_compared.append(name)
        difference = summary.get("difference", {}).get(arm) or {}
        for part in parts_compared:
            for key in ("mean", "standard_error", "p", "p_holm"):
                row[f"{part}_difference_{key}"] = difference.get(part, {}).get(key)
        for kind, share in summary.get("robustness", {}).get(arm, {}).items():
            row[f"{ROBUSTNESS}{kind}"] = share["mean"]
            row[f"{ROBUSTNESS}{kind}_standard_error"] = share["standard_error"]
        rows.append(row | summary["cost"].get(arm, {}))
    return rows


def curve_rows(summary: dict[str, Any], measures: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return one row an arm, label count and measure: mean and standard error over the seeds.

    Parameters
    ----------
    summary : dict
        See :meth:`ProtocolResult.summary`.
    measures : tuple of str
        Measures to tell.

    Returns
    -------
    list of dict
        With "arm", "n_labels", "measure", "mean", "standard_error", "n_seeds".
    """
    return [
        {"arm": arm, "n_labels": entry["n_labels"], "measure": name}
        | entry[name]
        | {"n_seeds": entry["n_seeds"]}
        for arm, curve in summary.get("curves", {}).items()
        for entry in curve
        for name in measures
    ]
