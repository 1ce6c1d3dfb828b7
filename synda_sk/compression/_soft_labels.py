"""Fitting a classifier to probabilities instead of labels."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synda_sk.typing import FloatArray, Table
from synda_sk.utils import fit_weighted, take_rows

NEGLIGIBLE = 1e-6  # probabilities below it train nothing


def fit_soft_labels(
    estimator: Any, X: Table, targets: FloatArray, classes: NDArray[Any], *, random_state: int
) -> None:
    """Fit a classifier in place to every row once for each class, weighted with its target.

    That weighted log-loss is the cross-entropy between the targets and the
    classifier's probabilities, and so, up to a constant, their KL divergence.
    `targets` has shape (n_samples, n_classes); its rows sum to 1.
    """
    rows, columns = np.nonzero(targets > NEGLIGIBLE)
    fit_weighted(
        estimator, take_rows(X, rows), classes[columns], targets[rows, columns], random_state=random_state
    )
