"""Several constraints at once."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from synda_sk.conditioning._constraint import BoolArray
from synda_sk.exceptions import ConstraintWarning
from synda_sk.typing import Table

SWEEPS = 5


class Rules:
    """Constraints that rows are to obey together.

    Parameters
    ----------
    constraints : sequence of Constraint
        Cloned.
    """

    def __init__(self, constraints: Sequence[Any]) -> None:
        self.constraints = [clone(constraint, safe=False) for constraint in constraints]

    def fit(self, X: Table, y: NDArray[Any]) -> BoolArray:
        """Fit the constraints to real rows and tell which of these obey them all.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Real rows.
        y : ndarray of shape (n_samples,)
            Their labels.

        Returns
        -------
        ndarray of bool of shape (n_samples,)
            True for rows to learn from.

        Raises
        ------
        ValueError
            If no row of a class obeys them all.

        Warns
        -----
        ConstraintWarning
            If some rows do not, with their share.
        """
        for constraint in self.constraints:
            constraint.fit(X)
        held = self.holds(X)
        good: BoolArray = np.all(held, axis=0)
        shares = {
            repr(constraint): f"{(~row).sum()} of {len(row)} real rows ({(~row).mean():.1%})"
            for constraint, row in zip(self.constraints, held, strict=True)
            if not row.all()
        }
        told = "; ".join(f"{name}: {share}" for name, share in shares.items())
        lost = sorted(set(y.tolist()) - set(y[good].tolist()), key=repr)
        if lost:
            raise ValueError(f"constraints: no real row of class {lost[0]!r} obeys them all. Broken: {told}.")
        if shares:
            warnings.warn(
                f"Real rows break constraints and are left out of what the generator learns from: {told}.",
                ConstraintWarning,
                stacklevel=2,
            )
        return good

    def holds(self, X: Table) -> BoolArray:
        """Tell which constraints each row obeys, as an array of shape (n_constraints, n_samples)."""
        rows = [constraint.holds(X) for constraint in self.constraints]
        return np.array(rows, dtype=bool).reshape(len(rows), len(X))

    def repair(self, X: Table, keep: Sequence[Any]) -> Table:
        """Repair by one constraint after the other, five times at most, while that brings rows to obey."""
        n_good = -1
        for _ in range(SWEEPS):
            for constraint in self.constraints:
                X = constraint.repair(X, keep)
            n_before, n_good = n_good, int(self.holds(X).all(axis=0).sum())
            if n_good in (n_before, len(X)):
                break
        return X
