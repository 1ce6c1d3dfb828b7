"""The outcome of a comparison."""

from dataclasses import dataclass
from typing import Any

from synda_sk.evaluation._measures import BINARY_MEASURES, MULTICLASS_MEASURES
from synda_sk.evaluation._summary import summarise


@dataclass(frozen=True)
class ProtocolResult:
    """Every round of every seed of every arm.

    Parameters
    ----------
    configuration : dict
        What was asked for.
    runs : list of dict
        One a seed of an arm: "arm", "seed", "n_train", "n_test",
        "test_rows_crc32" (equal where the test rows are), "fit_seconds", and
        for a binary target "positives_train", "positives_test".
    rounds : list of dict
        One a round of a run: "arm", "seed", "round", "n_labels", the measures,
        and "beta", "generated", "kept", "exploration", "seconds" of
        ``SynDAClassifier.history_``.
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
        return MULTICLASS_MEASURES if self.configuration["positive"] is None else BINARY_MEASURES

    @property
    def quality(self) -> str:
        """Measure that label efficiency refers to."""
        return self.measures[0]

    def summary(self) -> dict[str, Any]:
        """Return means, standard errors, labels saved, areas and paired differences.

        Returns
        -------
        dict
            See the keys "curves", "area", "labels_saved", "difference"; empty
            where no run was finished.
        """
        if not self.rounds:
            return {}
        return summarise(self.rounds, self.measures, self.quality, self.configuration["reference"])

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
