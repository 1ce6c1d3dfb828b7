"""The acquisition model: the estimator and a partner of the other kind."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression

from synda_sk.images import ConvClassifier
from synda_sk.selection._uncertainty import predict_probabilities
from synda_sk.typing import FloatArray, Table
from synda_sk.utils import final_estimator, is_linear


def make_partner(estimator: BaseEstimator, random_state: int) -> BaseEstimator | None:
    """Return a fast classifier of the other kind, to be fitted on f(x).

    Linear models get a random forest of 50 trees, all others a logistic
    regression. A vote is a committee already, and tables are no match for a
    network of images on pixels: both get None.

    Parameters
    ----------
    estimator : classifier
        The user's model, fitted or not; pipelines count as their last step.
    random_state : int
        Seed of the forest.

    Returns
    -------
    classifier or None
        Unfitted.
    """
    last = final_estimator(estimator)
    if isinstance(last, VotingClassifier | ConvClassifier):
        return None
    if is_linear(last):
        return RandomForestClassifier(n_estimators=50, random_state=random_state)
    return LogisticRegression(max_iter=1000)


def align_probabilities(probabilities: FloatArray, seen: Any, classes: Any) -> FloatArray:
    """Spread the columns of the classes `seen` over those of `classes`, zeros elsewhere.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.selection._committee import align_probabilities
    >>> align_probabilities(np.array([[0.2, 0.8]]), np.array(["a", "c"]), np.array(["a", "b", "c"])).tolist()
    [[0.2, 0.0, 0.8]]
    """
    if len(seen) == len(classes):
        return probabilities
    aligned = np.zeros((len(probabilities), len(classes)))
    aligned[:, np.searchsorted(classes, seen)] = probabilities
    return aligned


def align_decisions(decision: FloatArray, seen: Any, classes: Any) -> FloatArray:
    """Spread decision values of the classes `seen` over `classes`, the others below all.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.selection._committee import align_decisions
    >>> align_decisions(np.array([0.5]), np.array([0, 2]), np.array([0, 1, 2])).tolist()
    [[-0.5, -1.5, 0.5]]
    """
    if len(seen) == len(classes):
        return decision
    decision = np.column_stack([-decision, decision]) if decision.ndim == 1 else decision
    aligned = np.repeat(decision.min(axis=1, keepdims=True) - 1, len(classes), axis=1)
    aligned[:, np.searchsorted(classes, seen)] = decision
    return aligned


class Committee:
    """Mean of the class probabilities of fitted members.

    Parameters
    ----------
    members : list of (classifier, rows)
        Fitted classifiers and what each is asked about: the raw rows (None) or
        a function that turns them into features.
    classes : ndarray of shape (n_classes,)
        All classes, sorted.
    partner_advantage : float or None, default=None
        How much better than the estimator the partner predicted, in standard
        errors; None where they were not compared.
    """

    def __init__(
        self, members: list[tuple[Any, Any]], classes: Any, partner_advantage: float | None = None
    ) -> None:
        self.members = members
        self.classes_ = classes
        self.partner_advantage = partner_advantage

    @property
    def names(self) -> list[str]:
        """Names of the members' classes, pipelines by their last step."""
        return [type(final_estimator(member)).__name__ for member, _ in self.members]

    def predict_proba(self, X: Table) -> FloatArray:
        """Return the mean probabilities, of shape (n_samples, n_classes)."""
        return self.members_proba(X).mean(axis=0)

    def members_proba(self, X: Table) -> FloatArray:
        """Return each member's probabilities, of shape (n_members, n_samples, n_classes)."""
        return np.stack(
            [
                align_probabilities(
                    predict_probabilities(member, X if features is None else features(X)),
                    member.classes_,
                    self.classes_,
                )
                for member, features in self.members
            ]
        )
