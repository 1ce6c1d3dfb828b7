"""Draw docs/fraud_traces.png: what each kind of simulated fraud leaves behind.

    python docs/fraud_traces.py

A cell is the mean place of a kind's frauds among everyday rows of the same
types, column by column: 0 is the smallest value there is, 100 the largest.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from synda_sk.datasets import make_mobile_money

COLUMNS = [
    "sim_age_days",
    "device_age_days",
    "debits_1h",
    "hour",
    "hours_since_credit",
    "dealings_24h",
    "receiver_age_days",
    "receiver_credits_24h",
    "new_counterparty",
    "amount_to_usual",
]
LEVELS = ("easy", "hard")


def places(difficulty: str) -> pd.DataFrame:
    """Mean place in percent, one row a kind of fraud and one column a column of the table."""
    X, _, details = make_mobile_money(
        100_000, fraud_rate=0.02, difficulty=difficulty, return_details=True, random_state=0
    )
    table = {}
    for kind in details["kind"].cat.categories[1:]:
        frauds = (details["kind"] == kind) & details["fraud"]
        everyday = (details["kind"] == "everyday") & X["type"].isin(X["type"][frauds].unique())
        ranks = X.loc[frauds | everyday, COLUMNS].astype(float).rank(pct=True)
        table[kind] = 100 * ranks[frauds[ranks.index]].mean()
    return pd.DataFrame(table).T


def main() -> None:
    """Draw both levels, one above the other."""
    figure, axes = plt.subplots(len(LEVELS), 1, figsize=(8.2, 5.4), sharex=True, layout="constrained")
    for axis, difficulty in zip(axes, LEVELS, strict=True):
        table = places(difficulty)
        image = axis.imshow(table, cmap="PuOr", vmin=0, vmax=100, aspect="auto")
        for (i, j), value in np.ndenumerate(table.to_numpy()):
            label = "–" if np.isnan(value) else f"{value:.0f}"
            dark = abs(value - 50) > 35
            axis.text(j, i, label, ha="center", va="center", color="white" if dark else "black", fontsize=9)
        axis.set_yticks(range(len(table)), [name.replace("_", " ") for name in table.index])
        axis.set_xticks(range(len(COLUMNS)), COLUMNS, rotation=35, ha="right")
        axis.set_title(f'Frauds of difficulty "{difficulty}"', loc="left", fontsize=10)
    figure.colorbar(image, ax=axes, label="place among everyday rows of the same types, %", shrink=0.8)
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
