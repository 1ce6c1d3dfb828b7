"""SynDA against random labelling on three real tables, twenty seeds."""

from collections.abc import Callable
from typing import Any

from measured._format import percent, signed, table

TITLES = {
    "paysim_kaggle": "mobile-money fraud, PaySim sample, origin balances left out, tested on later rows",
    "bank_marketing": "bank marketing, `duration` left out",
    "vehicle_fraud": "vehicle insurance fraud",
}


def against_random(load: Callable[[str], Any]) -> str:
    """Return what was saved, and what 500 labels reached."""
    rows = []
    for name, title in TITLES.items():
        found = load("real_tables_20_seeds")["tables"][name]
        summary = found["summary"]
        random, synda = (
            summary["curves"][arm][-1]["average_precision"]["mean"] for arm in ("random", "synda")
        )
        final = summary["difference"]["synda"]["final"]
        synthetic = [entry["kept"] > 0 for entry in found["rounds"] if entry["arm"] == "synda"]
        rows.append(
            [
                title,
                percent(found["positive_rate"]["train"], digits=1),
                percent(summary["labels_saved"]["synda"], "none"),
                f"{random:.3f} → {synda:.3f}",
                signed([final["mean"], final["standard_error"]]),
                f"{sum(synthetic)} of {len(synthetic)}",
            ]
        )
    header = ["table", "positives", "labels saved", "average precision at 500 labels: random → SynDA"]
    return table([*header, "difference", "models with synthetic rows"], rows)
