"""beta chosen by cross-validation on the labelled rows."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold

from synda_sk.mixing._automatic import Source
from synda_sk.typing import FloatArray, Table
from synda_sk.utils import SeedStreams, fit_weighted, set_seed, take_rows

CANDIDATES = (0.1, 0.3, 0.5, 0.8)
_MOST_FOLDS = 5
_LEAST = 0.01  # probabilities below it count as it, so that no single row decides


def cross_validated_weight(
    mixer: Any,
    augmenter: Any,
    estimator: Any,
    X: Table,
    y: NDArray[Any],
    *,
    source: Source,
    feedback: dict[str, Any],
    weighting: str,
    streams: SeedStreams,
) -> float:
    r"""Return the weight of synthetic rows that predicts real rows best out of fold.

    .. math:: \hat\beta = \arg\max_\beta \bar d(\beta)
              \text{ over } \{\beta : \bar d(\beta) > s_{d(\beta)} / \sqrt n\} \cup \{0\},
              \qquad d_i(\beta) = \ell_i(0) - \ell_i(\beta)

    with the log-loss :math:`\ell_i` of each real row in the fold that holds it
    out (its error, 0 or 1, for a model without probabilities). Synthetic rows
    are made from the other folds alone.

    Parameters
    ----------
    mixer : CurriculumMixer
        Sets the number of rows and their weights; cloned.
    augmenter : SyntheticAugmenter
        Cloned for each fold.
    estimator : classifier
        Cloned for each fold and weight.
    X : table of shape (n_samples, n_features)
        Real rows.
    y : ndarray of shape (n_samples,)
        Their labels.
    source : {"class", "committee", "pool"}
        Where the rows come from. In place of the pool the generator is asked,
        so that the choice needs the labelled rows only.
    feedback : dict
        P_t and C_t, where the mixer's ratio asks for them.
    weighting : str
        See :func:`~synda_sk.utils.weight_route`.
    streams : SeedStreams
        Seeds of folds, rows and models.

    Returns
    -------
    float
        0 or one of 0.1, 0.3, 0.5 and 0.8; 0 where a class has a single row.
    """
    codes, counts = np.unique(y, return_inverse=True, return_counts=True)[1:]
    n_splits = min(_MOST_FOLDS, int(counts.min()))
    if n_splits < 2:
        return 0.0
    losses = np.empty((1 + len(CANDIDATES), len(y)))
    folds = StratifiedKFold(n_splits, shuffle=True, random_state=streams.seed("cv folds"))
    for fold, (train, test) in enumerate(folds.split(np.zeros(len(y)), y)):
        X_train, y_train = take_rows(X, train), y[train]
        maker = clone(augmenter)
        set_seed(maker, streams.seed("cv augmenter", fold))
        n_synthetic, _ = (
            clone(mixer).set_params(synthetic_weight=CANDIDATES[0]).plan(y_train, source=source, **feedback)
        )
        maker.fit(X_train, y_train)
        made = maker.sample_soft(n_synthetic) if source != "class" else (*maker.sample(n_synthetic), None)
        for k, weight in enumerate((0.0, *CANDIDATES)):
            blend = clone(mixer).set_params(synthetic_weight=weight)
            rows = blend.mix(
                X_train,
                y_train,
                *made[:2],
                weight_synthetic=made[2],
                source=source,
                step=mixer.n_warmup_rounds,
                estimator=estimator,
            )
            model = clone(estimator)
            set_seed(model, streams.seed("cv estimator"))
            fit_weighted(model, *rows, weighting=weighting, random_state=streams.seed("cv bootstrap", fold))
            losses[k, test] = _loss(model, take_rows(X, test), codes[test])
    gains = losses[0] - losses[1:]
    means, errors = gains.mean(axis=1), gains.std(axis=1, ddof=1) / np.sqrt(len(y))
    proven = np.where(means > errors, means, -np.inf)
    return CANDIDATES[int(proven.argmax())] if np.isfinite(proven).any() else 0.0


def _loss(model: Any, X: Table, codes: NDArray[np.intp]) -> FloatArray:
    """Log-loss of each row; 0 or 1 where there are no probabilities."""
    if hasattr(model, "predict_proba"):
        chance = model.predict_proba(X)[np.arange(len(codes)), codes]
        return -np.log(np.clip(chance, _LEAST, 1.0))
    return (np.searchsorted(model.classes_, model.predict(X)) != codes).astype(np.float64)
