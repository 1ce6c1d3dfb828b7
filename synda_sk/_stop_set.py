"""Rows that consecutive models are compared on."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier

from synda_sk._state import LabelState
from synda_sk.typing import IntArray
from synda_sk.utils import take_rows


class StopSet:
    """Rows that were unlabelled at first, and what the last model said about them.

    Parameters
    ----------
    state : LabelState
        With the first labels known.
    n_samples : int
        The most rows to take.
    rng : numpy.random.Generator
        Picks them.
    """

    def __init__(self, state: LabelState, n_samples: int, rng: np.random.Generator) -> None:
        rows = np.flatnonzero(state.rounds != 0)
        if len(rows) > n_samples:
            rows = np.sort(rng.choice(rows, n_samples, replace=False))
        self.rows: IntArray = rows
        self._before: NDArray[Any] | None = None

    def agreement(self, model: Any, X: Any) -> float | None:
        """Return Cohen's kappa of a model and the one given before.

        Parameters
        ----------
        model : fitted classifier
            Of this stage.
        X : table of shape (n_samples, n_features)
            The stored rows.

        Returns
        -------
        float or None
            None for the first model, where one of both is a constant, and where
            kappa is not defined.
        """
        before, self._before = self._before, None
        if not len(self.rows) or isinstance(model, DummyClassifier):
            return None
        self._before = model.predict(take_rows(X, self.rows))
        return None if before is None else cohen_kappa(before, self._before)


def cohen_kappa(a: NDArray[Any], b: NDArray[Any]) -> float | None:
    """Return the agreement of two columns of labels beyond chance, None where both are one label.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk._stop_set import cohen_kappa
    >>> cohen_kappa(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 0]))
    0.5
    """
    classes, codes = np.unique(np.concatenate([a, b]), return_inverse=True)
    if len(classes) == 1:
        return None
    shares = [np.bincount(half, minlength=len(classes)) / len(a) for half in np.split(codes, 2)]
    by_chance = float(shares[0] @ shares[1])
    return (float((a == b).mean()) - by_chance) / (1 - by_chance)
