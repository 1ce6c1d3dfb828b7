"""A scorer for the whole learning curve, not for its end."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import get_scorer
from sklearn.pipeline import Pipeline

from synda_sk.classifier import SynDAClassifier
from synda_sk.metrics import area_under_learning_curve
from synda_sk.typing import FloatArray, Labels, Table

__all__ = ["alc_scorer"]


def alc_scorer(estimator: Any, X: Table, y: Labels, *, scoring: Any = None) -> float:
    """Area under the learning curve of a replayed classifier, as a scorer.

    A search with ``scoring=alc_scorer`` prefers settings that are good with few
    labels, where the score of the final model tells about the last round alone.

    Parameters
    ----------
    estimator : SynDAClassifier or Pipeline
        Fitted with ``store_stages=True`` and a ``label_budget``; or a pipeline
        that ends in such a classifier.
    X : table of shape (n_samples, n_features)
        Test rows.
    y : array-like of shape (n_samples,)
        Their labels.
    scoring : str, callable or None, default=None
        What is measured at each stage; None takes "average_precision" for two
        classes and "balanced_accuracy" for more. Set it for a search with
        ``functools.partial(alc_scorer, scoring="roc_auc")``.

    Returns
    -------
    float
        :func:`~synda_sk.metrics.area_under_learning_curve` over the label counts
        of ``history_``: the mean height of the curve, in the unit of the score.
        The score itself where there is one stage only.

    Raises
    ------
    TypeError
        If `estimator` is neither of the two.
    ValueError
        If ``store_stages`` was False in fit, or `scoring` is no scorer.

    Notes
    -----
    Compare settings of one budget: the area is a mean over the label counts a
    curve has.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from synda_sk import CurriculumMixer, SynDAClassifier
    >>> from synda_sk.model_selection import alc_scorer
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = make_pipeline(StandardScaler(), LogisticRegression())
    >>> clf = SynDAClassifier(
    ...     model,
    ...     query_estimator=None,
    ...     mixer=CurriculumMixer(synthetic_weight=0.0),
    ...     initial="random",
    ...     label_budget=40,
    ...     n_rounds=2,
    ...     store_stages=True,
    ...     random_state=0,
    ... )
    >>> grid = {"selector__uncertainty_weight": [0.0, 1.0]}
    >>> search = GridSearchCV(clf, grid, scoring=alc_scorer, cv=2).fit(X, y)
    >>> bool(0.8 < search.best_score_ <= 1)
    True
    """
    clf = estimator
    if isinstance(estimator, Pipeline):
        clf = estimator[-1]
        X = estimator[:-1].transform(X) if len(estimator) > 1 else X
    if not isinstance(clf, SynDAClassifier):
        raise TypeError(f"estimator == {estimator!r}, must be a SynDAClassifier or a pipeline ending in one.")
    stages = list(clf.staged_predict_proba(X))
    if scoring is None:
        scoring = "average_precision" if len(clf.classes_) == 2 else "balanced_accuracy"
    score = get_scorer(scoring)
    # After corrections two stages may have as many labels: the later one counts.
    curve = {
        stage["n_labels"]: float(score(_Told(clf.classes_, probabilities), X, y))
        for stage, probabilities in zip(clf.history_, stages, strict=True)
    }
    return float(area_under_learning_curve(list(curve), list(curve.values())))


class _Told(ClassifierMixin, BaseEstimator):
    """A classifier whose probabilities of the test rows are known."""

    def __init__(self, classes: Any, probabilities: FloatArray) -> None:
        self.classes_ = classes
        self.probabilities = probabilities

    def predict_proba(self, X: Table) -> FloatArray:
        return self.probabilities

    def predict(self, X: Table) -> Any:
        return self.classes_[np.argmax(self.probabilities, axis=1)]
