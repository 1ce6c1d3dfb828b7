"""Whether a partner may vote: two models that predict about equally well out of fold."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from synda_sk.typing import FloatArray, IntArray, Table
from synda_sk.utils import final_estimator, is_forest, set_seed

_ENOUGH_LABELS = 5  # of the rarest class, before two models are compared
_N_SPLITS = 3
_N_TREES = 50
_LEAST = 0.01  # probabilities below it count as it, so that no single row decides
_SIGNIFICANT = 2.0


def partner_advantage(
    estimator: Any, X: Table, partner: Any, features: FloatArray, y: NDArray[Any], random_state: int
) -> float | None:
    r"""Return how much better than the estimator its partner predicts, in standard errors.

    .. math:: t = \frac{\bar d}{s_d / \sqrt n}, \qquad
              d_i = \ell_i(\text{estimator}) - \ell_i(\text{partner})

    over the labelled rows, with each model's log-loss in three-fold
    cross-validation.

    Parameters
    ----------
    estimator : classifier
        The user's model, fitted or not.
    X : table of shape (n_labels, n_columns)
        Labelled rows.
    partner : classifier
        Of the other kind.
    features : ndarray of shape (n_labels, n_features)
        f(x) of the labelled rows, which the partner is trained on.
    y : ndarray of shape (n_labels,)
        Labels.
    random_state : int
        Seed of the folds and the forests.

    Returns
    -------
    float or None
        Positive where the partner is better; None while the rarest class has
        fewer than five labels, or where the estimator gives no probabilities.
    """
    codes, counts = np.unique(y, return_inverse=True, return_counts=True)[1:]
    if counts.min() < _ENOUGH_LABELS or not hasattr(estimator, "predict_proba"):
        return None
    losses = [
        _losses(model, rows, codes, random_state) for model, rows in ((estimator, X), (partner, features))
    ]
    difference = losses[0] - losses[1]
    error = difference.std(ddof=1) / np.sqrt(len(difference))
    return float(difference.mean() / error) if error > 0 else 0.0


def are_peers(advantage: float | None) -> bool:
    """Tell whether neither model predicts significantly better than the other.

    A better partner is no better guide: the rows that a richer model doubts are
    not those that teach a poorer one, and a model that cannot represent the
    boundary loses by labels crowded along it (Bach, NIPS 2006). Phoneme with a
    linear model, whose forest partner is far better, lost to random labelling
    by such a committee.
    """
    return advantage is None or abs(advantage) <= _SIGNIFICANT


def _losses(model: Any, X: Table, codes: IntArray, random_state: int) -> FloatArray:
    model = clone(model)
    last = final_estimator(model)
    if is_forest(last):
        last.set_params(n_estimators=min(last.n_estimators, _N_TREES))
    set_seed(model, random_state)
    folds = StratifiedKFold(_N_SPLITS, shuffle=True, random_state=random_state)
    probabilities = cross_val_predict(model, X, codes, cv=folds, method="predict_proba")
    return -np.log(np.clip(probabilities[np.arange(len(codes)), codes], _LEAST, 1.0))
