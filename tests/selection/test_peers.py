"""The partner of the acquisition model votes only where neither model is clearly the better one."""

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from synda_sk import SynDAClassifier
from synda_sk.selection._peers import are_peers, partner_advantage

FOREST, LINEAR = RandomForestClassifier(50), make_pipeline(StandardScaler(), LogisticRegression())


@pytest.fixture(scope="module")
def chequered():
    """A table that a forest learns and a linear model cannot."""
    X = np.random.default_rng(0).uniform(-1, 1, (300, 2))
    return X, np.where(X[:, 0] * X[:, 1] > 0, "yes", "no")


@pytest.fixture(scope="module")
def linear():
    return make_classification(
        300, 5, n_informative=2, n_redundant=0, n_clusters_per_class=1, flip_y=0.2, random_state=0
    )


def test_the_better_model_has_the_advantage_whichever_it_is(chequered):
    X, y = chequered
    forward = partner_advantage(LINEAR, X, FOREST, X, y, 0)
    backward = partner_advantage(FOREST, X, LINEAR, X, y, 0)
    assert forward > 5
    assert backward == pytest.approx(-forward)
    assert not are_peers(forward)
    assert not are_peers(backward)


def test_models_of_equal_worth_are_peers(linear):
    X, y = linear
    model = LogisticRegression()
    assert partner_advantage(model, X, model, X, y, 0) == 0.0
    assert are_peers(0.0)
    assert are_peers(None)


def test_nothing_is_compared_before_five_labels_of_each_class_or_without_probabilities(linear):
    X, y = linear
    few = np.r_[np.flatnonzero(y == 1)[:4], np.flatnonzero(y == 0)]
    assert partner_advantage(LINEAR, X[few], FOREST, X[few], y[few], 0) is None
    assert partner_advantage(LinearSVC().fit(X, y), X, FOREST, X, y, 0) is None


def test_history_names_the_models_that_were_asked(chequered):
    X, y = chequered
    clf = SynDAClassifier(LINEAR, label_budget=120, n_rounds=2, random_state=0).fit(X, y)
    stages = clf.history_[1:]
    assert all(stage["query_model"] == ["LogisticRegression"] for stage in stages)
    assert all(stage["partner_advantage"] > 2 for stage in stages)
    assert clf.history_[0]["query_model"] is None


def test_the_partner_stays_where_a_class_is_rare():
    rng = np.random.default_rng(1)
    X = rng.uniform(-1, 1, (3_000, 2))
    y = ((X[:, 0] * X[:, 1] > 0) & (rng.random(3_000) < 0.12)).astype(int)
    clf = SynDAClassifier(LINEAR, label_budget=400, initial_labels=200, n_rounds=1, random_state=0).fit(X, y)
    assert clf.history_[0]["n_per_class"][1] >= 5
    assert clf.history_[1]["query_model"] == ["LogisticRegression", "RandomForestClassifier"]
    assert clf.history_[1]["partner_advantage"] is None


def test_few_labels_leave_the_committee_whole(linear):
    X, y = linear
    clf = SynDAClassifier(LINEAR, label_budget=12, initial_labels=8, n_rounds=1, random_state=0).fit(X, y)
    assert clf.history_[1]["query_model"] == ["LogisticRegression", "RandomForestClassifier"]
    assert clf.history_[1]["partner_advantage"] is None
