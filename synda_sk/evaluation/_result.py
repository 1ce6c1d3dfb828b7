"""The outcome of a comparison."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synda_sk.evaluation._frames import comparison_rows, curve_rows
from synda_sk.evaluation._groups import WORST_GROUP, group_rows, group_summary
from synda_sk.evaluation._measures import BINARY_MEASURES, MULTICLASS_MEASURES
from synda_sk.evaluation._robustness import robustness_summary
from synda_sk.evaluation._summary import summarise
from synda_sk.evaluation._value import VALUE_MEASURES
from synda_sk.utils import import_optional, write_atomically

if TYPE_CHECKING:
    import pandas as pd

KEYS = ("configuration", "runs", "rounds")


@dataclass(frozen=True)
class ProtocolResult:
    """Every round of every seed of every arm.

    Parameters
    ----------
    configuration : dict
        What was asked for.
    runs : list of dict
        One a seed of an arm: "arm", "seed", "n_train", "n_test",
        "test_rows_crc32" (equal where the test rows are), what the run cost,
        and for a binary target "positives_train", "positives_test". Training and
        choosing: "fit_seconds" by the clock, "cpu_seconds" of the process,
        "peak_memory_mb" and "added_memory_mb", None where not to be known, and
        "energy_joules" of the processor packages of the whole machine, None
        where the kernel does not tell it or runs are played side by side.
        Prediction by the last model: "inference_ms_per_1000_rows" by the clock,
        "flops_per_row" where they can be counted, else None: two for a product
        and a sum of a matrix product or a convolution, one for a comparison in a
        tree; a mean over the test rows, or 512 of them. With groups "groups", the
        test rows of each. With corruptions "robustness_noise" and so on: the share
        of its quality that the last model keeps on corrupted test rows.
    rounds : list of dict
        One a round of a run: "arm", "seed", "round", "n_labels", the measures,
        and "beta", "generated", "kept", "exploration", "seconds" of
        ``SynDAClassifier.history_``. With groups "worst_group", the lowest
        quality of a group, and "groups", the measures of each. With amounts
        "value_at_alerts", the share of the positives' money among the alerts, and
        "operating_cost", the money missed and the alerts paid; lower is better.
    interrupted : bool
        Whether runs are lacking because the user stopped.

    See Also
    --------
    run_protocol : Makes one.
    """

    configuration: dict[str, Any]
    runs: list[dict[str, Any]]
    rounds: list[dict[str, Any]]
    interrupted: bool = False

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures of each round; the first is the quality that label efficiency refers to."""
        measures = MULTICLASS_MEASURES if self.configuration["positive"] is None else BINARY_MEASURES
        if self.configuration.get("alert_cost") is not None:
            measures = (*measures, *VALUE_MEASURES)
        return (*measures, WORST_GROUP) if self.configuration.get("groups") else measures

    @property
    def quality(self) -> str:
        """Measure that label efficiency refers to."""
        return self.measures[0]

    def summary(self) -> dict[str, Any]:
        """Return means, standard errors, labels saved, areas and paired differences.

        Returns
        -------
        dict
            See the keys "curves", "area", "cost", "labels_to_target",
            "labels_saved", "difference", with groups "groups", the means of
            each at the end, and with corruptions "robustness"; empty where no run
            was finished.
        """
        if not self.rounds:
            return {}
        reference = self.configuration["reference"]
        measures = [name for name in self.measures if name in self.rounds[0]]
        summary = summarise(self.rounds, self.runs, measures, self.quality, reference)
        if self.configuration.get("groups"):
            summary["groups"] = group_summary(self.runs, self.rounds, self.configuration["groups"])
        if self.configuration.get("corruptions"):
            summary["robustness"] = robustness_summary(self.runs, self.configuration["corruptions"])
        return summary

    def comparison(self) -> list[dict[str, Any]]:
        """Return one row an arm: quality at the end and over the curve, differences, tests, costs.

        Returns
        -------
        list of dict
            "arm", "n_seeds", "n_labels", the quality and its standard error,
            "area" and its standard error, "labels_to_target", "labels_saved"
            with "labels_saved_low" and "labels_saved_high", for "final" and
            "area" the paired difference to the reference with "mean",
            "standard_error", "p" and "p_holm", and the costs; with groups
            "worst_group", with amounts "value_at_alerts" and "operating_cost" at
            the end and their paired differences; with corruptions "robustness_noise"
            and the like; of an ablation "study" too.
        """
        return comparison_rows(self.summary(), self.quality, self.configuration.get("studies"))

    def to_frames(self) -> dict[str, pd.DataFrame]:
        """Return everything as tidy data frames, one row an observation.

        Returns
        -------
        dict of str to pandas.DataFrame
            "rounds" and "runs", as they are here; "curves", means over the seeds
            of each arm, label count and measure; "comparison", see
            :meth:`comparison`; with groups "groups", one row a group of a round.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        pd = import_optional("pandas", extra="cli", feature="ProtocolResult.to_frames")
        measures = tuple(name for name in self.measures if self.rounds and name in self.rounds[0])
        frames = {
            "rounds": pd.DataFrame(_without_groups(self.rounds)),
            "runs": pd.DataFrame(_without_groups(self.runs)),
            "curves": pd.DataFrame(curve_rows(self.summary(), measures)),
            "comparison": pd.DataFrame(self.comparison()),
        }
        if self.configuration.get("groups"):
            frames["groups"] = pd.DataFrame(group_rows(self.runs, self.rounds))
        return frames

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write :meth:`to_dict` as strict JSON, whole or not at all.

        Parameters
        ----------
        path : path
            Where to; the folder exists.
        """
        text = json.dumps(self.to_dict(), indent=1, allow_nan=False, ensure_ascii=False) + "\n"
        write_atomically(path, lambda file: file.write(text.encode()))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> ProtocolResult:
        """Read what :meth:`save`, or the command line, has written.

        Parameters
        ----------
        path : path
            A file of JSON.

        Returns
        -------
        ProtocolResult
            Its summary is computed anew.

        Raises
        ------
        ValueError
            If it is no such file.
        """
        try:
            content = json.loads(Path(path).read_text())
            parts = {key: content[key] for key in KEYS}
            return cls(**parts, interrupted=bool(content.get("interrupted")))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"path == {Path(path).name!r} holds no results of a comparison.") from error

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values that JSON can hold.

        Returns
        -------
        dict
            With the keys "configuration", "summary", "interrupted", "runs",
            "rounds".
        """
        return {
            "configuration": self.configuration,
            "summary": self.summary(),
            "interrupted": self.interrupted,
            "runs": self.runs,
            "rounds": self.rounds,
        }


def _without_groups(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in record.items() if key != "groups"} for record in records]
