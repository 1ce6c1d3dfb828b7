"""What a fitted SynDAClassifier predicts, aligned to all the classes there may be."""

from collections.abc import Iterator
from typing import Any

from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from synda_sk._default import default_estimator
from synda_sk.selection._committee import align_decisions, align_probabilities
from synda_sk.typing import FloatArray, Table
from synda_sk.utils import check_table


def _estimator_has(method: str) -> Any:
    def check(self: "PredictionMixin") -> bool:
        if hasattr(self, "estimator_") and not isinstance(self.estimator_, DummyClassifier):
            return hasattr(self.estimator_, method)
        return hasattr(self._unfitted(), method)

    return check


class PredictionMixin:
    """Predictions of `estimator_`, and of the models of each stage.

    Attributes
    ----------
    estimator : classifier or None
        The unfitted model.
    estimator_ : classifier
        The fitted model, which may have seen fewer classes than there are.
    classes_ : ndarray of shape (n_classes,)
        Labels.
    history_ : list of dict
        One entry a stage.
    """

    estimator: Any
    estimator_: Any
    classes_: NDArray[Any]
    history_: list[dict[str, Any]]
    _stages: list[Any]

    def _unfitted(self) -> Any:
        return default_estimator() if self.estimator is None else self.estimator

    def predict(self, X: Table) -> NDArray[Any]:
        """Return the label of each row.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Labels.
        """
        check_is_fitted(self)
        return self.estimator_.predict(check_table(self, X, reset=False, sparse=True))

    @available_if(_estimator_has("predict_proba"))
    def predict_proba(self, X: Table) -> FloatArray:
        """Return the probability of each class.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            In the order of `classes_`; 0 for a class without a label yet.
        """
        check_is_fitted(self)
        X = check_table(self, X, reset=False, sparse=True)
        return align_probabilities(self.estimator_.predict_proba(X), self.estimator_.classes_, self.classes_)

    @available_if(_estimator_has("decision_function"))
    def decision_function(self, X: Table) -> FloatArray:
        """Return the decision values of the estimator.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            One column for two classes; a class without a label yet scores
            below all others.
        """
        check_is_fitted(self)
        X = check_table(self, X, reset=False, sparse=True)
        if isinstance(self.estimator_, DummyClassifier):
            decision = self.predict_proba(X)
            return decision[:, 1] - decision[:, 0] if len(self.classes_) == 2 else decision
        return align_decisions(self.estimator_.decision_function(X), self.estimator_.classes_, self.classes_)

    def staged_predict_proba(self, X: Table) -> Iterator[FloatArray]:
        """Yield the class probabilities after each stage of ``history_``.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows.

        Yields
        ------
        ndarray of shape (n_samples, n_classes)
            As :meth:`predict_proba`.

        Raises
        ------
        ValueError
            If ``store_stages`` was False in fit.
        """
        check_is_fitted(self)
        if len(self._stages) != len(self.history_):
            raise ValueError("store_stages == False, must be True in fit for staged_predict_proba.")
        X = check_table(self, X, reset=False, sparse=True)
        for model in self._stages:
            yield align_probabilities(model.predict_proba(X), model.classes_, self.classes_)

    def to_predictor(self) -> FrozenEstimator:
        """Return the fitted model alone, without the rows and labels kept for the loop.

        Returns
        -------
        sklearn.frozen.FrozenEstimator
            Around `estimator_`. A model that stores its training rows by
            nature, such as nearest neighbours, still holds those.
        """
        check_is_fitted(self)
        return FrozenEstimator(self.estimator_)
