"""The classifier used where the user names none."""

from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from synda_sk.utils import TableEncoder


def default_estimator() -> Pipeline:
    """Return an unfitted soft vote of a random forest and a logistic regression on encoded columns.

    Returns
    -------
    Pipeline
        Takes mixed types and missing values.
    """
    members = [("forest", RandomForestClassifier()), ("logistic", LogisticRegression(max_iter=1000))]
    return make_pipeline(TableEncoder(), VotingClassifier(members, voting="soft"))
