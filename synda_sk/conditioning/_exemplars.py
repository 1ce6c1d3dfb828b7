"""Real rows weighted by how much they look like exemplars."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from synda_sk.typing import FloatArray, IntArray, Table
from synda_sk.utils import TableEncoder, concat_rows

LARGEST_WEIGHT = 10.0
INVERSE_PENALTY = 0.01  # few exemplars, many columns: weights of less variance beat unbiased ones


def exemplar_weights(X: Table, X_exemplars: Table, seed: int) -> tuple[FloatArray, FloatArray]:
    r"""Estimate the density of exemplars relative to that of real rows.

    A logistic regression tells exemplars from real rows, both of equal weight;
    the ratio of the densities is that of its out-of-fold probabilities,
    :math:`w(x) = p(e \mid x) / p(r \mid x)` [1]_, here in [1/10, 10].

    Parameters
    ----------
    X, X_exemplars : table of shape (n_samples, n_features) and (n_exemplars, n_features)
        Real rows and exemplars.
    seed : int
        Of the folds.

    Returns
    -------
    weights, exemplar_weights : ndarray of shape (n_samples,) and (n_exemplars,)
        Ratios.

    References
    ----------
    .. [1] S. Bickel, M. Brueckner and T. Scheffer, "Discriminative learning for
       differing training and test distributions", International Conference on
       Machine Learning (2007), 81-88.
    """
    both = concat_rows(X, X_exemplars)
    is_exemplar = np.arange(len(both)) >= len(X)
    model = make_pipeline(
        TableEncoder(),
        LogisticRegression(C=INVERSE_PENALTY, class_weight="balanced", solver="newton-cholesky"),
    )
    n_splits = min(5, len(X), len(X_exemplars))
    if n_splits < 2:
        chance = model.fit(both, is_exemplar).predict_proba(both)[:, 1]
    else:
        folds = StratifiedKFold(n_splits, shuffle=True, random_state=seed)
        chance = cross_val_predict(model, both, is_exemplar, cv=folds, method="predict_proba")[:, 1]
    chance = np.clip(chance, 1e-9, 1 - 1e-9)
    ratio = np.clip(chance / (1 - chance), 1 / LARGEST_WEIGHT, LARGEST_WEIGHT)
    return ratio[~is_exemplar], ratio[is_exemplar]


def resample_evenly(weights: FloatArray, shift: float) -> IntArray:
    """Draw as many positions as there are, each close to as often as its weight asks.

    Systematic resampling: a position of weight w comes ``n w / sum(w)`` times,
    rounded down or up; equal weights give each once.

    Parameters
    ----------
    weights : ndarray of shape (n,)
        Positive.
    shift : float
        In (0, 1).

    Returns
    -------
    ndarray of int of shape (n,)
        Ascending positions.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.conditioning._exemplars import resample_evenly
    >>> resample_evenly(np.array([1.0, 1.0, 4.0]), 0.25).tolist()
    [0, 2, 2]
    """
    n = len(weights)
    shares = np.cumsum(weights) / np.sum(weights)
    return np.searchsorted(shares[:-1], (np.arange(n) + shift) / n, side="right").astype(np.intp)
