"""Whether synthetic rows betray which real rows were used to make them."""

import numpy as np
from sklearn.metrics import roc_auc_score

from synda_sk.metrics._space import FeatureMap, encode_tables, nearest
from synda_sk.typing import Table

__all__ = ["membership_auc"]


def membership_auc(
    X_train: Table, X_holdout: Table, X_synthetic: Table, *, features: FeatureMap = "auto"
) -> float:
    r"""AUC of an attacker who guesses that rows near a synthetic row were in training.

    .. math:: AUC(-\min_{x_{syn}} \lVert f(x) - f(x_{syn}) \rVert), \quad x \in train \cup holdout

    The attack of Chen et al. [1]_ on a generator whose rows alone are known.

    Parameters
    ----------
    X_train : table of shape (n_train, n_features)
        The members: rows the generator was fitted to.
    X_holdout : table of shape (n_holdout, n_features)
        Real rows it never saw.
    X_synthetic : table of shape (n_synthetic, n_features)
        Its rows.
    features : "auto", transformer, callable or None, default="auto"
        f: :class:`~synda_sk.utils.TableEncoder` fitted on `X_train`, a fitted
        object with ``transform``, a callable that maps a table to a finite
        matrix, or None for the numbers themselves.

    Returns
    -------
    float
        In [0, 1]; 0.5 where members look like others, 1 where all are known.

    Raises
    ------
    ValueError
        If the tables do not fit together.

    References
    ----------
    .. [1] D. Chen, N. Yu, Y. Zhang and M. Fritz, "GAN-Leaks: a taxonomy of
       membership inference attacks against generative models", ACM Conference
       on Computer and Communications Security (2020), 343-362.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.metrics import membership_auc
    >>> train, holdout = np.random.default_rng(0).normal(size=(2, 60, 3))
    >>> membership_auc(train, holdout, train)
    1.0
    """
    train, holdout, synthetic = encode_tables(
        features, X_train=X_train, X_holdout=X_holdout, X_synthetic=X_synthetic
    )
    distances = nearest(np.concatenate([train, holdout]), synthetic)[0][:, 0]
    return float(roc_auc_score(np.arange(len(distances)) < len(train), -distances))
