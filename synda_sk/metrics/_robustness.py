"""How much of its quality a model keeps on corrupted rows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.metrics import get_scorer

from synda_sk.metrics._corruption import corrupt
from synda_sk.typing import Labels, RandomState, Table
from synda_sk.utils import SeedStreams

__all__ = ["corruption_robustness"]


def corruption_robustness(
    estimator: Any,
    X: Table,
    y: Labels,
    kinds: Sequence[str],
    *,
    severities: Sequence[float] = (0.1, 0.25, 0.5),
    scoring: Any = "balanced_accuracy",
    random_state: RandomState = None,
) -> dict[str, float]:
    """Score a fitted model on corrupted rows, as a share of its score on clean ones.

    Parameters
    ----------
    estimator : fitted classifier
        Takes rows as `X` holds them; of pictures, put a step that flattens them
        in front of a model of tables.
    X : table of shape (n_samples, n_features) or array of shape (n_samples, height, width[, n_channels])
        Test rows.
    y : array-like of shape (n_samples,)
        Their labels.
    kinds : sequence of str
        What to do to them, see :func:`corrupt`.
    severities : sequence of float, default=(0.1, 0.25, 0.5)
        How much; the scores are averaged.
    scoring : str or callable, default="balanced_accuracy"
        A scorer whose value on the clean rows is positive.
    random_state : int, RandomState instance or None, default=None
        Seed.

    Returns
    -------
    dict of str to float
        By kind: mean score over the severities / score on clean rows. 1 where
        corruption costs nothing.

    Raises
    ------
    ValueError
        If `kinds` or `severities` is empty or text, :func:`corrupt` refuses one,
        or the score on the clean rows is not positive.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.ensemble import HistGradientBoostingClassifier
    >>> from synda_sk.metrics import corruption_robustness
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = HistGradientBoostingClassifier(max_iter=20, random_state=0).fit(X[::2], y[::2])
    >>> kept = corruption_robustness(model, X[1::2], y[1::2], ["noise", "missing"], random_state=0)
    >>> {kind: round(share, 1) for kind, share in kept.items()}
    {'noise': 1.0, 'missing': 0.9}
    """
    lists: dict[str, Any] = {"kinds": kinds, "severities": severities}
    for name, given in lists.items():
        if isinstance(given, str) or not np.ndim(given) or not len(given):
            raise ValueError(f"{name} == {given!r}, must be a list of at least one.")
    score = get_scorer(scoring)
    clean = float(score(estimator, X, y))
    if not clean > 0:
        raise ValueError(f"scoring gives {clean} on the clean rows, must be positive to compare with.")
    seed = SeedStreams(random_state).seed("corruption")
    return {
        kind: float(
            np.mean(
                [
                    score(estimator, corrupt(X, kind, severity, random_state=seed), y)
                    for severity in severities
                ]
            )
            / clean
        )
        for kind in kinds
    }
