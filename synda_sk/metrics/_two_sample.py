"""Whether a classifier can tell real rows from synthetic ones."""

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from synda_sk.metrics._space import FeatureMap, encode_tables
from synda_sk.typing import RandomState, Table
from synda_sk.utils import SeedStreams, set_seed

__all__ = ["two_sample_auc"]


def two_sample_auc(
    X_real: Table,
    X_synthetic: Table,
    *,
    classifier: Any = None,
    features: FeatureMap = "auto",
    n_splits: int = 5,
    random_state: RandomState = None,
) -> float:
    """AUC of a cross-fitted classifier of real and synthetic rows (C2ST) [1]_.

    Each row is scored by a classifier that was not trained on it.

    Parameters
    ----------
    X_real : table of shape (n_real, n_features)
        Real rows, best such that the generator never saw.
    X_synthetic : table of shape (n_synthetic, n_features)
        Synthetic rows.
    classifier : classifier or None, default=None
        Has ``predict_proba``; cloned for each fold. None is a random forest
        with at least five rows a leaf.
    features : "auto", transformer, callable or None, default="auto"
        f(x) given to the classifier: :class:`~synda_sk.utils.TableEncoder`
        fitted on `X_real`, a fitted object with ``transform``, a callable that maps a table
        to a finite matrix, or None for the numbers themselves.
    n_splits : int, default=5
        Folds; fewer where either side has fewer rows.
    random_state : int, RandomState instance or None, default=None
        Seed of the folds and of a classifier without its own.

    Returns
    -------
    float
        In [0, 1]: 0.5 where the rows cannot be told apart, 1 where they always
        can. Below 0.5 where synthetic rows copy the real ones given: then the
        twin of a row, in the training folds, has the other label.

    Raises
    ------
    ValueError
        If the tables do not fit together, one has a single row, or `n_splits`
        is below 2.
    TypeError
        If `classifier` has no ``predict_proba``.

    References
    ----------
    .. [1] D. Lopez-Paz and M. Oquab, "Revisiting classifier two-sample tests",
       International Conference on Learning Representations (2017).

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.metrics import two_sample_auc
    >>> X = np.random.default_rng(0).normal(size=(200, 2))
    >>> two_sample_auc(X, X + 9.0, random_state=0)
    1.0
    """
    if not isinstance(n_splits, Integral) or n_splits < 2:
        raise ValueError(f"n_splits == {n_splits!r}, must be an int >= 2.")
    if classifier is not None and not hasattr(classifier, "predict_proba"):
        raise TypeError(f"classifier == {classifier!r}, must have predict_proba.")
    real, synthetic = encode_tables(features, X_real=X_real, X_synthetic=X_synthetic)
    fewest = min(len(real), len(synthetic))
    if fewest < 2:
        raise ValueError(
            f"X_real has {len(real)} and X_synthetic {len(synthetic)} rows, must have at least 2 each."
        )
    streams = SeedStreams(random_state)
    model = RandomForestClassifier(min_samples_leaf=5) if classifier is None else clone(classifier)
    set_seed(model, streams.seed("classifier"))
    folds = StratifiedKFold(min(int(n_splits), fewest), shuffle=True, random_state=streams.seed("folds"))
    is_real = np.arange(len(real) + len(synthetic)) < len(real)
    rows = np.concatenate([real, synthetic])
    scores = cross_val_predict(model, rows, is_real, cv=folds, method="predict_proba")[:, 1]
    return float(roc_auc_score(is_real, scores))
