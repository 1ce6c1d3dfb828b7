"""Fitting any classifier with sample weights, whether it takes them or not."""

from numbers import Real
from typing import Any, Literal, TypeAlias

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing
from sklearn.utils.metadata_routing import _routing_enabled, get_routing_for_object
from sklearn.utils.validation import _check_sample_weight, _num_samples, has_fit_parameter

from synda_sk.typing import FloatArray, Labels, Table

Route: TypeAlias = Literal["none", "sample_weight", "routing", "step", "resample"]


def weight_route(estimator: BaseEstimator, weighting: str = "auto") -> tuple[Route, str | None]:
    """Tell how sample weights can reach `estimator`.

    Parameters
    ----------
    estimator : classifier
        Any estimator, pipelines of pipelines included.
    weighting : {"auto", "sample_weight", "resample"}, default="auto"
        "auto" takes the first that works: a fit parameter, metadata routing, a
        pipeline step's fit parameter, a weighted bootstrap. "sample_weight"
        refuses the bootstrap, "resample" asks for it.

    Returns
    -------
    route : {"sample_weight", "routing", "step", "resample"}
        How the weights travel.
    parameter : str or None
        The name of the fit parameter that carries them.

    Raises
    ------
    ValueError
        If ``weighting="sample_weight"`` and the estimator takes no weights, or
        `weighting` is none of the three.
    """
    if weighting not in ("auto", "sample_weight", "resample"):
        raise ValueError(f"weighting == {weighting!r}, must be 'auto', 'sample_weight' or 'resample'.")
    if weighting == "resample":
        return "resample", None
    if _routing_enabled() and get_routing_for_object(estimator).consumes("fit", ["sample_weight"]):
        return "routing", "sample_weight"
    if isinstance(estimator, Pipeline) and not _routing_enabled():
        if estimator._final_estimator not in (None, "passthrough"):
            _, inner = weight_route(estimator._final_estimator, "auto")
            if inner is not None:
                return "step", f"{estimator.steps[-1][0]}__{inner}"
    elif has_fit_parameter(estimator, "sample_weight"):
        return "sample_weight", "sample_weight"
    if weighting == "sample_weight":
        raise ValueError(
            f"weighting='sample_weight', but {type(estimator).__name__} takes no sample_weight in fit; "
            "use weighting='auto' or 'resample' (a weighted bootstrap)."
        )
    return "resample", None


def check_weights(sample_weight: Any, X: Any) -> FloatArray:
    """Return the weights of the rows as numbers.

    Parameters
    ----------
    sample_weight : array-like of shape (n_samples,) or float
        What was given.
    X : table of shape (n_samples, n_features) or ndarray of shape (n_samples,)
        The rows they belong to, only counted.

    Returns
    -------
    ndarray of float of shape (n_samples,)
        Finite, non-negative, not all 0.

    Raises
    ------
    ValueError
        If they are something else.

    Examples
    --------
    >>> from synda_sk.utils import check_weights
    >>> check_weights([1, 0.5], [["bill"], ["transfer"]])
    array([1. , 0.5])
    """
    wanted = (_num_samples(X),)
    try:
        given = np.asarray(sample_weight, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"sample_weight must hold one number a row: {error}") from error
    if isinstance(sample_weight, Real):
        given = np.full(wanted, given)
    if given.shape != wanted:
        raise ValueError(f"sample_weight.shape == {given.shape}, expected {wanted}.")
    weights = _check_sample_weight(given, X, ensure_non_negative=True)
    if len(weights) and not weights.any():
        raise ValueError("sample_weight holds nothing but 0.")
    return weights


def fit_weighted(
    estimator: BaseEstimator,
    X: Table,
    y: Labels,
    sample_weight: FloatArray | None,
    *,
    weighting: str = "auto",
    random_state: int = 0,
    **fit_params: Any,
) -> Route:
    """Fit `estimator` in place so that the weights have their effect.

    Parameters
    ----------
    estimator : classifier
        Fitted in place.
    X : table of shape (n_samples, n_features)
        Training rows.
    y : array-like of shape (n_samples,)
        Their labels.
    sample_weight : ndarray of shape (n_samples,) or None
        Non-negative weights. None fits plainly, bit for bit what
        ``estimator.fit(X, y)`` gives.
    weighting : {"auto", "sample_weight", "resample"}, default="auto"
        See :func:`weight_route`.
    random_state : int, default=0
        Seed of the weighted bootstrap.
    **fit_params : dict
        Further parameters of the estimator's fit.

    Returns
    -------
    route : {"none", "sample_weight", "routing", "step", "resample"}
        How the weights reached the estimator.

    Raises
    ------
    ValueError
        If the weights are not one finite, non-negative number a row, or all 0.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from synda_sk.utils import fit_weighted
    >>> X, y = np.arange(8.0).reshape(-1, 1), np.array([0, 0, 0, 0, 1, 1, 1, 1])
    >>> fit_weighted(KNeighborsClassifier(1), X, y, np.linspace(1, 2, 8))
    'resample'
    """
    if sample_weight is None:
        estimator.fit(X, y, **fit_params)
        return "none"
    sample_weight = check_weights(sample_weight, X)
    route, parameter = weight_route(estimator, weighting)
    if parameter is not None:
        estimator.fit(X, y, **fit_params, **{parameter: sample_weight})
    else:
        rows = _weighted_bootstrap(np.asarray(y), sample_weight, random_state)
        estimator.fit(_safe_indexing(X, rows), _safe_indexing(y, rows), **fit_params)
    return route


def _weighted_bootstrap(y: np.ndarray, weight: FloatArray, random_state: int) -> np.ndarray:
    """Draw len(y) rows in proportion to their weight, keeping one of each weighted class."""
    rng = np.random.default_rng(random_state)
    drawn = rng.choice(len(y), size=len(y), p=weight / weight.sum())
    weighted = np.flatnonzero(weight > 0)
    _, first_of_class = np.unique(y[weighted], return_index=True)
    first = weighted[first_of_class]
    absent = first[~np.isin(y[first], y[drawn])]
    return np.sort(np.concatenate([absent, drawn[len(absent) :]]))
