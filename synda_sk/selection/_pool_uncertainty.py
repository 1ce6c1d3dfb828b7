"""u(x) of a whole pool, scored in parts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from synda_sk.selection._disagreement import DISAGREEMENTS, members_probabilities
from synda_sk.selection._uncertainty import predict_probabilities, uncertainty_scores
from synda_sk.typing import FloatArray, Table
from synda_sk.utils import RowSource, fill_rows


def pool_uncertainty(
    estimator: Any, pool: RowSource, method: str | Callable[..., Any] = "auto"
) -> FloatArray:
    """u(x) of each row of a pool, from the probabilities of one part after the other.

    Parameters
    ----------
    estimator : fitted classifier
        Has ``predict_proba`` or ``decision_function``.
    pool : RowSource
        Rows.
    method : str or callable, default="auto"
        See :class:`~synda_sk.HybridQuerySelector`. A callable is given the
        probabilities of all rows at once.

    Returns
    -------
    ndarray of shape (n_samples,)
        u(x).
    """
    if callable(method):
        return uncertainty_scores(fill_rows(pool.scan(_Probabilities(estimator)), len(pool)), method)
    return fill_rows(pool.scan(_Uncertainty(estimator, method)), len(pool))


@dataclass(frozen=True)
class _Probabilities:
    estimator: Any

    def __call__(self, X: Table) -> FloatArray:
        return predict_probabilities(self.estimator, X)


@dataclass(frozen=True)
class _Uncertainty:
    estimator: Any
    method: str

    def __call__(self, X: Table) -> FloatArray:
        if self.method in DISAGREEMENTS:
            return DISAGREEMENTS[self.method](members_probabilities(self.estimator, X))
        return uncertainty_scores(predict_probabilities(self.estimator, X), self.method)
