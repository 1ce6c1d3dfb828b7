"""Cross-validation where some labels are missing."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.model_selection import BaseCrossValidator, check_cv
from sklearn.utils import _safe_indexing

from synda_sk.typing import IntArray, Labels, Table
from synda_sk.utils import check_same_length, split_missing


class PartiallyLabeledSplit(BaseCrossValidator):
    """Split the labelled rows; unlabelled rows are in every training part, in no test part.

    Scorers count a missing label as a wrong answer, or fail on it. With this
    splitter a search over a semi-supervised or active learner is scored on
    known labels only.

    Parameters
    ----------
    cv : int, splitter or iterable, default=5
        How the labelled rows are split; an int means stratified folds.
    missing_label : "auto" or scalar, default="auto"
        What marks a missing label: "auto" takes NaN, None and pandas.NA.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.model_selection import PartiallyLabeledSplit
    >>> y = np.array([0.0, 1.0, 0.0, 1.0, np.nan, np.nan])
    >>> for train, test in PartiallyLabeledSplit(2).split(np.zeros((6, 1)), y):
    ...     print(train, test)
    [2 3 4 5] [0 1]
    [0 1 4 5] [2 3]
    """

    def __init__(self, cv: Any = 5, *, missing_label: Any = "auto") -> None:
        self.cv = cv
        self.missing_label = missing_label

    def split(self, X: Table, y: Labels, groups: Any = None) -> Iterator[tuple[IntArray, IntArray]]:
        """Yield the positions of the training and the test rows of each split.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,)
            Labels, some of which may be missing.
        groups : array-like of shape (n_samples,) or None, default=None
            Passed on to `cv`.

        Yields
        ------
        train, test : ndarray of int
            Sorted positions.

        Raises
        ------
        ValueError
            If no label is known, or lengths differ.
        """
        known, is_missing = split_missing(y, self.missing_label)
        if not len(known):
            raise ValueError("y has no known label; PartiallyLabeledSplit needs some to test on.")
        check_same_length(X=X, y=is_missing, **({} if groups is None else {"groups": groups}))
        rows, unlabelled = np.flatnonzero(~is_missing), np.flatnonzero(is_missing)
        cv = check_cv(self.cv, known, classifier=True)
        groups = None if groups is None else np.asarray(groups)[rows]
        for train, test in cv.split(_safe_indexing(X, rows), known, groups):
            yield np.sort(np.concatenate([rows[train], unlabelled])), rows[test]

    def get_n_splits(self, X: Table | None = None, y: Labels | None = None, groups: Any = None) -> int:
        """Return the number of splits.

        Parameters
        ----------
        X : table or None, default=None
            Passed on to `cv`.
        y : array-like or None, default=None
            Labels, some of which may be missing; passed on to `cv` without them.
        groups : array-like or None, default=None
            Passed on to `cv`.

        Returns
        -------
        int
            Number of splits.
        """
        known = None if y is None else split_missing(y, self.missing_label)[0]
        return int(check_cv(self.cv, known, classifier=True).get_n_splits(X, known, groups))
