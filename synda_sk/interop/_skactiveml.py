"""The classes that scikit-activeml wants to be the parent of; importing this module imports it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from skactiveml.base import SingleAnnotatorPoolQueryStrategy, SkactivemlClassifier
from skactiveml.utils import MISSING_LABEL, check_equal_missing_label, check_type, is_labeled
from sklearn.base import clone

from synda_sk.selection import HybridQuerySelector
from synda_sk.typing import FloatArray, IntArray, Labels, RandomState, Table
from synda_sk.utils import set_seed

__all__ = ["FrozenClassifier", "ToSkactiveml"]


class FrozenClassifier(SkactivemlClassifier):
    """A fitted model that knows its probabilities of certain rows; labels are the codes 0, 1, ..."""

    def freeze(self, rows: FloatArray, probabilities: FloatArray) -> "FrozenClassifier":
        """Answer `probabilities` when asked about `rows`."""
        self.classes_ = np.arange(probabilities.shape[1])
        self.n_features_in_ = rows.shape[1]
        self._probabilities = probabilities
        self._position = {row.tobytes(): i for i, row in enumerate(rows)}
        return self

    def fit(self, X: Table, y: Labels, sample_weight: Any = None) -> "FrozenClassifier":
        """Refuse: the model is what it is."""
        raise TypeError(
            "This strategy fits its classifier anew; give it a classifier of scikit-activeml, such as "
            "query_params={'clf': SklearnClassifier(LogisticRegression())}."
        )

    def predict_proba(self, X: Table) -> FloatArray:
        """Return the probabilities of rows that were frozen."""
        rows = np.ascontiguousarray(X, dtype=np.float64)
        try:
            return self._probabilities[[self._position[row.tobytes()] for row in rows]]
        except KeyError:
            raise ValueError(
                "This strategy asks its classifier about rows that are not in the table; give it a "
                "classifier of scikit-activeml in query_params."
            ) from None

    def predict(self, X: Table) -> IntArray:
        """Return the codes of the most probable classes."""
        return self.predict_proba(X).argmax(axis=1)

    def __sklearn_is_fitted__(self) -> bool:
        """Tell whether there are probabilities."""
        return hasattr(self, "_position")


class ToSkactiveml(SingleAnnotatorPoolQueryStrategy):
    """A query strategy of synda_sk as a pool strategy of scikit-activeml.

    Parameters
    ----------
    selector : query strategy or None, default=None
        Cloned for each query; None is :class:`~synda_sk.HybridQuerySelector`.
    missing_label : scalar, str or None, default=NaN
        What marks a missing label in y.
    random_state : int, RandomState instance or None, default=None
        Seed of a selector that has none.

    See Also
    --------
    synda_sk.interop.skactiveml.FromSkactiveml : The other way round.

    Examples
    --------
    >>> import numpy as np
    >>> from skactiveml.classifier import SklearnClassifier
    >>> from sklearn.linear_model import LogisticRegression
    >>> from synda_sk.interop.skactiveml import ToSkactiveml
    >>> X = np.arange(10.0).reshape(-1, 1)
    >>> y = np.r_[0, np.full(8, np.nan), 1]
    >>> clf = SklearnClassifier(LogisticRegression(), classes=[0, 1])
    >>> sorted(ToSkactiveml(random_state=0).query(X, y, clf, batch_size=2).tolist())
    [4, 5]
    """

    def __init__(
        self, selector: Any = None, missing_label: Any = MISSING_LABEL, random_state: RandomState = None
    ) -> None:
        super().__init__(missing_label=missing_label, random_state=random_state)
        self.selector = selector

    def query(
        self,
        X: Table,
        y: Labels,
        clf: Any,
        fit_clf: bool = True,
        sample_weight: Any = None,
        candidates: Any = None,
        batch_size: int = 1,
        return_utilities: bool = False,
    ) -> IntArray | tuple[IntArray, FloatArray]:
        """Choose the rows to label next.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            All rows, labelled or not.
        y : array-like of shape (n_samples,)
            Their labels, `missing_label` where there is none.
        clf : skactiveml.base.SkactivemlClassifier
            The classifier whose probabilities are asked for.
        fit_clf : bool, default=True
            Whether to fit a clone of it to `X` and `y` first.
        sample_weight : array-like of shape (n_samples,) or None, default=None
            Weights of the rows for that fit.
        candidates : None, array-like of int or array-like of shape (n_candidates, n_features)
            Rows that may be chosen: None for those without a label, positions
            in `X`, or rows.
        batch_size : int, default=1
            Rows wanted.
        return_utilities : bool, default=False
            Whether to return utilities too; without them nothing of their
            shape is allocated.

        Returns
        -------
        query_indices : ndarray of int of shape (batch_size,)
            Positions in `X`, or in `candidates` if these are rows.
        utilities : ndarray of shape (batch_size, n_samples) or (batch_size, n_candidates)
            The selector's scores before any penalty on repetition; NaN for rows
            that are no candidates and for those chosen before.
        """
        X, y, candidates, batch_size, return_utilities = self._validate_data(
            X, y, candidates, batch_size, return_utilities, reset=True
        )
        given = self.selector
        if given is not None and (isinstance(given, type) or not hasattr(given, "query")):
            raise TypeError(f"selector == {given!r}, must be a query strategy (an instance) or None.")
        check_type(clf, "clf", SkactivemlClassifier)
        check_type(fit_clf, "fit_clf", bool)
        check_equal_missing_label(clf.missing_label, self.missing_label_)
        X_pool, mapping = self._transform_candidates(candidates, X, y)
        if fit_clf:
            weights = {} if sample_weight is None else {"sample_weight": sample_weight}
            clf = clone(clf).fit(X, y, **weights)
        selector = HybridQuerySelector() if self.selector is None else clone(self.selector)
        set_seed(selector, int(self.random_state_.randint(2**31 - 1)))
        known = is_labeled(y, self.missing_label_)
        chosen = selector.query(clf, X_pool, batch_size, X_labeled=X[known], y_labeled=y[known])
        if mapping is None:
            mapping, n = np.arange(len(X_pool)), len(X_pool)
        else:
            n = len(X)
        indices = mapping[chosen]
        if not return_utilities:
            return indices
        return indices, _utilities(selector.score_samples(clf, X_pool), mapping, indices, n)


def _utilities(scores: FloatArray, mapping: NDArray[np.intp], indices: IntArray, n: int) -> FloatArray:
    utilities = np.full((len(indices), n), np.nan)
    utilities[:, mapping] = scores
    for i, index in enumerate(indices[:-1]):
        utilities[i + 1 :, index] = np.nan
    return utilities
