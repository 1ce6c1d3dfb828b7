"""Whether synthetic rows lie nearer to the training rows than new real ones do."""

import numpy as np

from synda_sk.metrics._space import EQUAL, FeatureMap, encode_tables, nearest
from synda_sk.typing import Table

__all__ = ["memorisation_ratio"]


def memorisation_ratio(
    X_synthetic: Table, X_train: Table, X_holdout: Table, *, features: FeatureMap = None
) -> float:
    r"""Distance of synthetic rows to their nearest training row, beside that of held-out real rows.

    .. math::
        \frac{\mathrm{median}_{x \in syn} \min_{t \in train} \lVert f(x) - f(t) \rVert}
        {\mathrm{median}_{x \in holdout} \min_{t \in train} \lVert f(x) - f(t) \rVert}

    The comparison is that of Meehan et al. [1]_, told as a ratio instead of a
    rank test. Give both sides the classes in one proportion.

    Parameters
    ----------
    X_synthetic : table or images of shape (n_synthetic, height, width[, channels])
        Synthetic rows.
    X_train : table or images
        Rows the generator was fitted to.
    X_holdout : table or images
        Real rows it never saw, drawn as the training rows were.
    features : transformer, callable, "auto" or None, default=None
        f, as in :func:`precision_recall_neighbours`.

    Returns
    -------
    float
        At least 0. 1: as far from the training rows as new real rows are; near
        0: copies; well above 1: unlike real rows. NaN where the held-out rows
        are copies of training rows themselves.

    Raises
    ------
    ValueError
        If the tables do not fit together.

    References
    ----------
    .. [1] C. Meehan, K. Chaudhuri and S. Dasgupta, "A non-parametric test to
       detect data-copying in generative models", International Conference on
       Artificial Intelligence and Statistics (2020), 3546-3556.

    Examples
    --------
    >>> from synda_sk.metrics import memorisation_ratio
    >>> train, holdout = [[0.0], [10.0]], [[2.0], [7.0], [14.0]]
    >>> memorisation_ratio([[0.0], [1.5], [12.0]], train, holdout)
    0.5
    """
    train, synthetic, holdout = encode_tables(
        features, X_train=X_train, X_synthetic=X_synthetic, X_holdout=X_holdout
    )
    of_synthetic, of_holdout = (np.median(nearest(rows, train)[0][:, 0]) for rows in (synthetic, holdout))
    return float(of_synthetic / of_holdout) if of_holdout > EQUAL else float("nan")
