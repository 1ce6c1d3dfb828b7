"""u(x) of a whole table, scored in parts."""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.utils.validation import _num_samples

from synda_sk.selection._disagreement import DISAGREEMENTS, members_probabilities
from synda_sk.selection._uncertainty import predict_probabilities, uncertainty_scores
from synda_sk.typing import FloatArray, Table
from synda_sk.utils import take_rows

_ROWS = 65_536  # scored at once: no part is smaller, so that BLAS treats all rows alike


def table_uncertainty(estimator: Any, X: Table, method: str | Callable[..., Any] = "auto") -> FloatArray:
    """u(x) of each row of a table, from the probabilities of 65,536 rows or more at a time.

    Parameters
    ----------
    estimator : fitted classifier
        Has ``predict_proba`` or ``decision_function``.
    X : table of shape (n_samples, n_features)
        Rows.
    method : str or callable, default="auto"
        See :class:`~synda_sk.HybridQuerySelector`. A callable is given the
        probabilities of all rows at once.

    Returns
    -------
    ndarray of shape (n_samples,)
        u(x).
    """
    n_samples = _num_samples(X)
    n_parts = 1 if callable(method) else max(1, n_samples // _ROWS)
    if n_parts == 1:
        return _score(estimator, X, method)
    scores = np.empty(n_samples)
    for k in range(n_parts):
        part = slice(k * _ROWS, (k + 1) * _ROWS if k + 1 < n_parts else n_samples)
        scores[part] = _score(estimator, take_rows(X, part), method)
    return scores


def _score(estimator: Any, X: Table, method: str | Callable[..., Any]) -> FloatArray:
    if isinstance(method, str) and method in DISAGREEMENTS:
        return DISAGREEMENTS[method](members_probabilities(estimator, X))
    return uncertainty_scores(predict_probabilities(estimator, X), method)
