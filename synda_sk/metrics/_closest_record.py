"""How near synthetic rows come to the rows a generator was fitted to."""

from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from synda_sk.metrics._space import EQUAL, FeatureMap, check_share, encode_tables, nearest
from synda_sk.typing import FloatArray, RandomState, Table

__all__ = [
    "closer_than_holdout",
    "closer_to_train",
    "distance_to_closest_record",
    "nearest_neighbour_distance_ratio",
]


def distance_to_closest_record(X: Table, X_reference: Table, *, features: FeatureMap = "auto") -> FloatArray:
    r"""Distance of each row to the nearest reference row (DCR) [1]_.

    .. math:: DCR(x) = \min_{x' \in R} \lVert f(x) - f(x') \rVert_2

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
        Rows, as a rule synthetic ones.
    X_reference : table of shape (n_reference, n_features)
        R, as a rule the rows a generator was fitted to.
    features : "auto", transformer, callable or None, default="auto"
        f: :class:`~synda_sk.utils.TableEncoder` fitted on `X_reference`, a fitted
        object with ``transform``, a callable that maps a table to a finite
        matrix, or None for the numbers themselves.

    Returns
    -------
    ndarray of shape (n_samples,)
        Distances, at least 0; 0 exactly where a row equals a reference row in f.

    Raises
    ------
    ValueError
        If the tables do not fit together or `features` makes no finite matrix.

    References
    ----------
    .. [1] N. Park et al., "Data synthesis based on generative adversarial
       networks", Proceedings of the VLDB Endowment 11 (2018), 1071-1083.

    Examples
    --------
    >>> from synda_sk.metrics import distance_to_closest_record
    >>> distance_to_closest_record([[1.0], [5.0]], [[1.0], [3.0]], features=lambda X: X).tolist()
    [0.0, 2.0]
    """
    reference, rows = encode_tables(features, X_reference=X_reference, X=X)
    return nearest(rows, reference)[0][:, 0]


def closer_than_holdout(
    X_synthetic: Table,
    X_train: Table,
    X_holdout: Table,
    *,
    quantile: float = 0.05,
    features: FeatureMap = "auto",
) -> float:
    r"""Share of synthetic rows as near to a training row as few held-out rows are.

    .. math:: P(DCR(x_{syn}) \le Q_{0.05}(DCR(x_{holdout})))

    with the distances to the closest training row. Independent rows of the
    true distribution give the quantile itself, copies of distinct rows 1. In
    tables of few distinct rows held-out rows tie with the quantile and the
    ideal is their own share, which this function gives for them.

    Parameters
    ----------
    X_synthetic : table of shape (n_synthetic, n_features)
        Synthetic rows.
    X_train : table of shape (n_train, n_features)
        Rows the generator was fitted to.
    X_holdout : table of shape (n_holdout, n_features)
        Real rows it never saw.
    quantile : float, default=0.05
        Which quantile of the held-out rows' distances, in (0, 1).
    features : "auto", transformer, callable or None, default="auto"
        As in :func:`distance_to_closest_record`, fitted on `X_train`.

    Returns
    -------
    float
        In [0, 1]; `quantile` is ideal.

    Raises
    ------
    ValueError
        As :func:`distance_to_closest_record`, or if `quantile` is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.metrics import closer_than_holdout
    >>> rng = np.random.default_rng(0)
    >>> train, holdout = rng.normal(size=(2, 100, 3))
    >>> closer_than_holdout(train, train, holdout)
    1.0
    """
    check_share(quantile, "quantile")
    train, synthetic, holdout = encode_tables(
        features, X_train=X_train, X_synthetic=X_synthetic, X_holdout=X_holdout
    )
    limit = np.quantile(nearest(holdout, train)[0], quantile)
    return float(np.mean(nearest(synthetic, train)[0] <= limit))


def closer_to_train(
    X_synthetic: Table,
    X_train: Table,
    X_holdout: Table,
    *,
    features: FeatureMap = "auto",
    random_state: RandomState = None,
) -> float:
    r"""Share of synthetic rows that are nearer to the training rows than to held-out ones [1]_.

    .. math:: P(DCR_{train}(x) < DCR_{holdout}(x)) + P(DCR_{train}(x) = DCR_{holdout}(x)) / 2

    Half is ideal: the generator knows no more of its training rows than of
    others. Of the larger of the two real tables as many rows are drawn as the
    smaller one has, for more rows are nearer by chance.

    Parameters
    ----------
    X_synthetic : table of shape (n_synthetic, n_features)
        Synthetic rows.
    X_train : table of shape (n_train, n_features)
        Rows the generator was fitted to.
    X_holdout : table of shape (n_holdout, n_features)
        Real rows it never saw.
    features : "auto", transformer, callable or None, default="auto"
        As in :func:`distance_to_closest_record`, fitted on `X_train`.
    random_state : int, RandomState instance or None, default=None
        Draws from the larger table.

    Returns
    -------
    float
        In [0, 1]; 0.5 is ideal.

    Raises
    ------
    ValueError
        As :func:`distance_to_closest_record`.

    References
    ----------
    .. [1] M. Platzer and T. Reutterer, "Holdout-based empirical assessment of
       mixed-type synthetic data", Frontiers in Big Data 4 (2021).

    Examples
    --------
    >>> from synda_sk.metrics import closer_to_train
    >>> closer_to_train([[0.0], [4.0]], [[0.0], [1.0]], [[3.0], [4.0]])
    0.5
    """
    train, synthetic, holdout = encode_tables(
        features, X_train=X_train, X_synthetic=X_synthetic, X_holdout=X_holdout
    )
    n = min(len(train), len(holdout))
    rng = check_random_state(random_state)
    parts = [part if len(part) == n else part[rng.permutation(len(part))[:n]] for part in (train, holdout)]
    to_train, to_holdout = (nearest(synthetic, part)[0] for part in parts)
    return float(np.mean((to_train < to_holdout) + 0.5 * (to_train == to_holdout)))


def nearest_neighbour_distance_ratio(
    X_synthetic: Table, X_train: Table, *, quantile: float = 0.05, features: FeatureMap = "auto"
) -> float:
    r"""Low quantile of the ratio of the distances to the two nearest training rows [1]_.

    .. math:: NNDR(x) = d_1(x) / d_2(x)

    A ratio near 0 tells of a row that keeps to one training row alone. Rows
    equal to two training rows have the ratio 1.

    Parameters
    ----------
    X_synthetic : table of shape (n_synthetic, n_features)
        Synthetic rows.
    X_train : table of shape (n_train, n_features)
        Rows the generator was fitted to, at least two.
    quantile : float, default=0.05
        Which quantile of the rows' ratios, in (0, 1).
    features : "auto", transformer, callable or None, default="auto"
        As in :func:`distance_to_closest_record`, fitted on `X_train`.

    Returns
    -------
    float
        In [0, 1]; what held-out real rows have is ideal.

    Raises
    ------
    ValueError
        As :func:`distance_to_closest_record`, or if `quantile` is out of range
        or there is one training row only.

    References
    ----------
    .. [1] Z. Zhao, A. Kunar, R. Birke and L. Y. Chen, "CTAB-GAN: effective
       table data synthesizing", Asian Conference on Machine Learning (2021).

    Examples
    --------
    >>> from synda_sk.metrics import nearest_neighbour_distance_ratio
    >>> nearest_neighbour_distance_ratio([[1.0]], [[0.0], [4.0]])
    0.333...
    """
    check_share(quantile, "quantile")
    train, synthetic = encode_tables(features, X_train=X_train, X_synthetic=X_synthetic)
    if len(train) < 2:
        raise ValueError("X_train has 1 row, must have at least 2.")
    first, second = nearest(synthetic, train, 2)[0].T
    ratio: Any = np.divide(first, second, out=np.ones_like(first), where=second > EQUAL)
    return float(np.quantile(ratio, quantile))
