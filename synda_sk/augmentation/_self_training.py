"""Rows without a label that a model is sure of, with the labels it gives them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synda_sk.typing import Table
from synda_sk.utils import take_rows

SURE = 0.95


def sure_rows(model: Any, X_pool: Table, classes: NDArray[Any]) -> tuple[Table, NDArray[Any]]:
    r"""Return the rows whose class a model is sure of, and these classes.

    .. math:: \{(x, \hat c(x)) : \max_c p_c(x) \ge 0.95\},
              \qquad \hat c(x) = \arg\max_c p_c(x)

    One step of self-training [1]_, [2]_.

    Parameters
    ----------
    model : classifier
        Fitted, with ``predict_proba``.
    X_pool : table of shape (n_pool, n_features)
        Rows without a label.
    classes : ndarray of shape (n_classes,)
        Labels that real rows have: a model that learnt from a teacher knows
        others too, and rows it gives these are left out.

    Returns
    -------
    X : table of shape (n_sure, n_features)
        Those of them, in their order.
    y : ndarray of shape (n_sure,)
        Labels.

    References
    ----------
    .. [1] D. Yarowsky, "Unsupervised word sense disambiguation rivaling supervised
       methods", Annual Meeting of the Association for Computational Linguistics
       (1995), 189-196.
    .. [2] D.-H. Lee, "Pseudo-Label: the simple and efficient semi-supervised learning
       method for deep neural networks", Workshop on Challenges in Representation
       Learning, International Conference on Machine Learning (2013).

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from synda_sk.augmentation._self_training import sure_rows
    >>> model = LogisticRegression().fit([[-1.0], [1.0]], ["bill", "fraud"])
    >>> X, y = sure_rows(model, np.array([[9.0], [0.1], [-9.0]]), model.classes_)
    >>> X.ravel().tolist(), y.tolist()
    ([9.0, -9.0], ['fraud', 'bill'])
    """
    p = model.predict_proba(X_pool)
    labels = model.classes_[p.argmax(axis=1)]
    sure = np.flatnonzero((p.max(axis=1) >= SURE) & np.isin(labels, classes))
    return take_rows(X_pool, sure), labels[sure]
