"""u(x): how unsure the model is of a row."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import expit, softmax

from synda_sk.typing import FloatArray, Table


def predict_probabilities(estimator: Any, X: Table) -> FloatArray:
    """Class probabilities of a fitted classifier, from its decision function if need be.

    Parameters
    ----------
    estimator : fitted classifier
        Has ``predict_proba`` or ``decision_function``.
    X : table of shape (n_samples, n_features)
        Rows.

    Returns
    -------
    ndarray of shape (n_samples, n_classes)
        Rows sum to 1; decisions go through the logistic function or softmax.

    Raises
    ------
    TypeError
        If the estimator has neither method.
    ValueError
        If what it says holds NaN or infinity.
    """
    probabilities = _probabilities(estimator, X)
    if not np.isfinite(probabilities).all():
        raise ValueError(f"The probabilities of {type(estimator).__name__} hold NaN or infinity.")
    return probabilities


def _probabilities(estimator: Any, X: Table) -> FloatArray:
    if hasattr(estimator, "predict_proba"):
        return np.asarray(estimator.predict_proba(X), dtype=np.float64)
    if not hasattr(estimator, "decision_function"):
        raise TypeError(
            f"{type(estimator).__name__} has neither predict_proba nor decision_function; "
            "uncertainty needs one of them (CalibratedClassifierCV adds predict_proba)."
        )
    decision = np.asarray(estimator.decision_function(X), dtype=np.float64)
    if decision.ndim == 1:
        positive = expit(decision)
        return np.column_stack([1 - positive, positive])
    return softmax(decision, axis=1)


def entropy(probabilities: FloatArray) -> FloatArray:
    r"""Predictive entropy divided by its maximum, in [0, 1].

    .. math:: u(x) = -\frac{1}{\log C} \sum_{c=1}^{C} p(y=c|x) \log p(y=c|x)

    Parameters
    ----------
    probabilities : ndarray of shape (n_samples, n_classes)
        Rows sum to 1.

    Returns
    -------
    ndarray of shape (n_samples,)
        0 where one class is certain, 1 where all are equally likely. (Proposal, 2.2.1.)

    Raises
    ------
    ValueError
        If there are not two axes.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.selection import entropy
    >>> entropy(np.array([[0.5, 0.5], [1.0, 0.0]])).tolist()
    [1.0, 0.0]
    """
    probabilities = checked_probabilities(probabilities)
    n_classes = probabilities.shape[1]
    if n_classes < 2:
        return np.zeros(len(probabilities))
    terms = np.zeros_like(probabilities)
    with np.errstate(invalid="ignore"):
        np.log(probabilities, out=terms, where=probabilities != 0)
    terms *= probabilities
    return 0.0 - np.einsum("ij->i", terms) / np.log(n_classes)


def margin(probabilities: FloatArray) -> FloatArray:
    """One minus the gap between the two likeliest classes, in [0, 1].

    Parameters
    ----------
    probabilities : ndarray of shape (n_samples, n_classes)
        Rows sum to 1.

    Returns
    -------
    ndarray of shape (n_samples,)
        1 where the two likeliest classes tie. (Scheffer, Decomain & Wrobel, IDA 2001.)

    Raises
    ------
    ValueError
        If there are not two axes.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.selection import margin
    >>> margin(np.array([[0.5, 0.25, 0.25]])).tolist()
    [0.75]
    """
    probabilities = checked_probabilities(probabilities)
    if probabilities.shape[1] < 2:
        return np.zeros(len(probabilities))
    columns = np.ascontiguousarray(probabilities.T)
    first, second = np.maximum(*columns[:2]), np.minimum(*columns[:2])
    for column in columns[2:]:
        second = np.maximum(second, np.minimum(first, column))
        first = np.maximum(first, column)
    return 1.0 - (first - second)


def checked_probabilities(probabilities: FloatArray) -> FloatArray:
    """Return probabilities as floats; raise ValueError unless there are two axes."""
    values = np.asarray(probabilities, dtype=np.float64)
    if values.ndim != 2:
        raise ValueError(f"probabilities has shape {values.shape}, must have (n_samples, n_classes).")
    return values


def least_confident(probabilities: FloatArray) -> FloatArray:
    r"""One minus the probability of the likeliest class, scaled to [0, 1].

    .. math:: u(x) = \frac{C}{C - 1} \left(1 - \max_c p(y=c|x)\right)

    Parameters
    ----------
    probabilities : ndarray of shape (n_samples, n_classes)
        Rows sum to 1.

    Returns
    -------
    ndarray of shape (n_samples,)
        1 where all classes are equally likely. (Lewis & Gale, SIGIR 1994.)

    Raises
    ------
    ValueError
        If there are not two axes.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.selection import least_confident
    >>> least_confident(np.array([[0.5, 0.5], [0.75, 0.25]])).tolist()
    [1.0, 0.5]
    """
    probabilities = checked_probabilities(probabilities)
    n_classes = probabilities.shape[1]
    if n_classes < 2:
        return np.zeros(len(probabilities))
    return (1.0 - probabilities.max(axis=1)) * (n_classes / (n_classes - 1))


UNCERTAINTIES: dict[str, Callable[[FloatArray], FloatArray]] = {
    "entropy": entropy,
    "margin": margin,
    "least_confident": least_confident,
}


def uncertainty_scores(probabilities: FloatArray, method: str | Callable[..., Any] = "auto") -> FloatArray:
    """Score rows by a name of `UNCERTAINTIES`, or "auto": entropy for two classes, margin for more."""
    probabilities = checked_probabilities(probabilities)
    if callable(method):
        scores = np.asarray(method(probabilities), dtype=np.float64)
        if scores.shape != (len(probabilities),):
            raise ValueError(
                f"uncertainty made scores of shape {scores.shape}, must make ({len(probabilities)},)."
            )
        return scores
    if method == "auto":
        method = "entropy" if probabilities.shape[1] <= 2 else "margin"
    return UNCERTAINTIES[method](probabilities)
