"""u(x) by the disagreement of several models."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.ensemble import BaggingClassifier, VotingClassifier
from sklearn.pipeline import Pipeline

from synda_sk.selection._committee import Committee, align_probabilities
from synda_sk.selection._uncertainty import checked_probabilities, entropy, predict_probabilities
from synda_sk.typing import FloatArray, Table
from synda_sk.utils import is_forest


def mutual_information(members: Iterable[FloatArray]) -> FloatArray:
    r"""Information that the label would give about which member is right, in [0, 1] (BALD).

    .. math:: u(x) = \frac{1}{\log C} \left( H\left(\frac{1}{M} \sum_m p_m(y|x)\right)
              - \frac{1}{M} \sum_m H(p_m(y|x)) \right)

    Parameters
    ----------
    members : iterable of ndarray of shape (n_samples, n_classes)
        Class probabilities of each member; read one by one.

    Returns
    -------
    ndarray of shape (n_samples,)
        0 where all members agree. (Houlsby et al., arXiv:1112.5745, 2011.)

    Raises
    ------
    ValueError
        If there is no member, or one has not two axes.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.selection import mutual_information
    >>> sure, opposed, unsure = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), np.array([[0.5, 0.5]])
    >>> mutual_information([sure, opposed]).tolist(), mutual_information([unsure, unsure]).tolist()
    ([1.0], [0.0])
    """
    total, inner, n_members = None, np.zeros(0), 0
    for probabilities in members:
        one = checked_probabilities(probabilities)
        total, inner = (one, entropy(one)) if total is None else (total + one, inner + entropy(one))
        n_members += 1
    if total is None:
        raise ValueError("members is empty, must hold the probabilities of one model at least.")
    return np.maximum(entropy(total / n_members) - inner / n_members, 0.0)


def vote_entropy(members: Iterable[FloatArray]) -> FloatArray:
    r"""Entropy of the members' votes, in [0, 1].

    .. math:: u(x) = -\frac{1}{\log C} \sum_c \frac{V(c)}{M} \log \frac{V(c)}{M}

    with V(c) the number of members for which c is the likeliest class, the
    first one where several are.

    Parameters
    ----------
    members : iterable of ndarray of shape (n_samples, n_classes)
        Class probabilities of each member; read one by one.

    Returns
    -------
    ndarray of shape (n_samples,)
        0 where all members vote alike. (Dagan & Engelson, ICML 1995.)

    Raises
    ------
    ValueError
        If there is no member, or one has not two axes.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.selection import vote_entropy
    >>> vote_entropy([np.array([[0.6, 0.4]]), np.array([[0.1, 0.9]])]).tolist()
    [1.0]
    """
    votes, n_members = None, 0
    for probabilities in members:
        one = checked_probabilities(probabilities)
        votes = np.zeros(one.shape) if votes is None else votes
        if votes.size:
            votes[np.arange(len(votes)), one.argmax(axis=1)] += 1.0
        n_members += 1
    if votes is None:
        raise ValueError("members is empty, must hold the probabilities of one model at least.")
    return entropy(votes / n_members)


DISAGREEMENTS: dict[str, Callable[[Iterable[FloatArray]], FloatArray]] = {
    "mutual_information": mutual_information,
    "vote_entropy": vote_entropy,
}


def members_probabilities(estimator: Any, X: Table) -> Iterator[FloatArray]:
    """Yield the class probabilities of each member of a fitted committee or ensemble.

    Parameters
    ----------
    estimator : Committee or fitted classifier
        The members of a committee of several; otherwise the trees of a forest,
        or the models of a BaggingClassifier or VotingClassifier, also as the
        last step of a pipeline; itself where it knows one class only.
    X : table of shape (n_samples, n_features)
        Rows.

    Yields
    ------
    ndarray of shape (n_samples, n_classes)
        Rows sum to 1.

    Raises
    ------
    ValueError
        If the estimator has no members.
    """
    if isinstance(estimator, Committee):
        if len(estimator.members) > 1:
            yield from estimator.members_proba(X)
            return
        model = estimator.members[0][0]
        for probabilities in members_probabilities(model, X):
            yield align_probabilities(probabilities, model.classes_, estimator.classes_)
        return
    if isinstance(estimator, Pipeline):
        yield from members_probabilities(estimator[-1], estimator[:-1].transform(X))
    elif is_forest(estimator):
        rows = X if issparse(X) else np.asarray(X, dtype=np.float32)
        yield from (tree.predict_proba(rows) for tree in estimator.estimators_)
    elif isinstance(estimator, BaggingClassifier):
        rows = X if issparse(X) else np.asarray(X)
        for member, columns in zip(estimator.estimators_, estimator.estimators_features_, strict=True):
            yield align_probabilities(
                predict_probabilities(member, rows[:, columns]),
                np.asarray(member.classes_, dtype=np.intp),
                np.arange(len(estimator.classes_)),
            )
    elif isinstance(estimator, VotingClassifier):
        yield from (predict_probabilities(member, X) for member in estimator.estimators_)
    elif len(estimator.classes_) == 1:
        yield predict_probabilities(estimator, X)
    else:
        raise ValueError(
            f"uncertainty asks for several models, but {type(estimator).__name__} is one: use a forest, a "
            "BaggingClassifier, a VotingClassifier or query_estimator='auto', or uncertainty='auto'."
        )
