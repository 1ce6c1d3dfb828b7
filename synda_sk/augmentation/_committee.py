"""Class probabilities of rows without a label, from two models of different kinds."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from synda_sk.typing import FloatArray, Table
from synda_sk.utils import TableEncoder

_LEAF, _LEAF_FROM = 5, 10  # rows in a leaf, once the rarest class has ten; until then one
_LEAST = 1e-3  # a probability below it makes no row


class SoftLabeller:
    """The mean of a random forest's and a logistic regression's probabilities.

    Parameters
    ----------
    random_state : int or None
        Seed of the forest.
    """

    def __init__(self, random_state: int | None) -> None:
        self.random_state = random_state

    def fit(self, X: Table, y: NDArray[Any]) -> "SoftLabeller":
        """Learn from labelled rows of two classes at least."""
        self._encoder = TableEncoder().fit(X)
        rows = self._encoder.transform(X)
        n_rarest = np.unique(y, return_counts=True)[1].min()
        leaf = _LEAF if n_rarest >= _LEAF_FROM else 1
        forest = RandomForestClassifier(min_samples_leaf=leaf, random_state=self.random_state)
        self._members = [member.fit(rows, y) for member in (forest, LogisticRegression(max_iter=1000))]
        self.classes_ = self._members[0].classes_
        return self

    def predict_proba(self, X: Table) -> FloatArray:
        """Return probabilities of shape (n_samples, n_classes)."""
        rows = self._encoder.transform(X)
        return np.mean([member.predict_proba(rows) for member in self._members], axis=0)


def as_weighted_rows(
    probabilities: FloatArray, classes: NDArray[Any]
) -> tuple[NDArray[np.intp], NDArray[Any], FloatArray]:
    r"""Turn soft labels into rows of one class each.

    The row i becomes one of class c with the weight :math:`p_{ic}` for every c,
    so that the weighted loss is the expected one,
    :math:`\sum_c p_{ic}\, \ell(x_i, c)`.

    Parameters
    ----------
    probabilities : ndarray of shape (n_samples, n_classes)
        p, each row summing to 1.
    classes : ndarray of shape (n_classes,)
        Labels of the columns.

    Returns
    -------
    rows : ndarray of int of shape (n_weighted,)
        The row each weighted one comes from, ascending.
    y : ndarray of shape (n_weighted,)
        Labels.
    weight : ndarray of shape (n_weighted,)
        Those probabilities that reach 0.001, scaled so that each row's sum to 1.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.augmentation._committee import as_weighted_rows
    >>> rows, y, weight = as_weighted_rows(np.array([[0.25, 0.75], [1.0, 0.0]]), np.array(["bill", "fraud"]))
    >>> rows.tolist(), y.tolist(), weight.tolist()
    ([0, 0, 1], ['bill', 'fraud', 'bill'], [0.25, 0.75, 1.0])
    """
    kept = np.where(probabilities >= _LEAST, probabilities, 0.0)
    kept /= kept.sum(axis=1, keepdims=True)
    rows, columns = np.nonzero(kept)
    return rows, classes[columns], kept[rows, columns]
