"""Draw docs/fidelity.png: two generators on one mobile-money table, side by side.

    python docs/fidelity.py

One keeps to the distribution of each class, the other to the neighbours of
each row.
"""

from pathlib import Path

import matplotlib.pyplot as plt

from synda_sk import SyntheticAugmenter
from synda_sk.datasets import make_mobile_money
from synda_sk.inspection import FidelityDisplay

GENERATORS = ("copula", "kde")


def main() -> None:
    """Draw both reports on one scale."""
    X, y = make_mobile_money(4_000, fraud_rate=0.05, difficulty="hard", random_state=0)
    figure, axes = plt.subplots(1, 2, figsize=(8.2, 3.6), layout="constrained")
    for axis, name in zip(axes, GENERATORS, strict=True):
        FidelityDisplay.from_estimator(SyntheticAugmenter(name), X, y, ax=axis, random_state=0)
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
