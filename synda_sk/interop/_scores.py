"""Strategies of others score rows while they choose; what they said is kept for ``score_samples``."""

from typing import Any

from sklearn.utils.validation import _num_samples

from synda_sk.base import BaseQueryStrategy, rows_wanted
from synda_sk.typing import FloatArray, Table


class RemembersScores(BaseQueryStrategy):
    """Query strategy whose ``query`` ends with ``_remember``; the memory is neither cloned nor pickled."""

    batch_size: Any
    _scores_all = False

    def score_samples(self, estimator: Any, X_pool: Table) -> FloatArray:
        """Return the scores of the last query, or of a new one where it was about another model or table.

        Parameters
        ----------
        estimator : fitted classifier
            Has ``predict_proba`` or ``decision_function``.
        X_pool : table of shape (n_pool, n_features)
            Unlabelled rows.

        Returns
        -------
        ndarray of shape (n_pool,)
            Scores, NaN for a row that was not scored.
        """
        about = getattr(self, "_about", None)
        if about is None or about[0] is not estimator or about[1] is not X_pool:
            self.query(estimator, X_pool, 1 if self._scores_all else _num_samples(X_pool))
        return self._scores

    def _remember(self, estimator: Any, X_pool: Table, scores: FloatArray) -> None:
        self._about = (estimator, X_pool)
        self._scores = scores

    def _size(self, n_queries: int | None, n_pool: int) -> int:
        return min(rows_wanted(n_queries, self.batch_size), n_pool)

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        state.pop("_about", None)
        state.pop("_scores", None)
        return state
