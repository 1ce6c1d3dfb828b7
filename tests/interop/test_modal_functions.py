"""modAL's query functions, and functions of the same protocol, under the newest scikit-learn."""

import pickle

import modAL.uncertainty
import numpy as np
import pandas as pd
import pytest
from modAL.batch import uncertainty_batch_sampling
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from synda_sk import HybridQuerySelector, LinearBudget, SynDAClassifier
from synda_sk.interop.modal import FromModal

LR = LogisticRegression(max_iter=1000)


@pytest.fixture(scope="module")
def data():
    return make_classification(200, 5, n_informative=4, n_redundant=0, n_classes=3, random_state=1)


@pytest.fixture(scope="module")
def model(data):
    X, y = data
    return clone(LR).fit(X[:60], y[:60])


def last_rows(classifier, X, n_instances=1):
    return np.arange(len(X))[::-1][:n_instances]


def last_rows_and_instances(classifier, X, n_instances=1):
    rows = last_rows(classifier, X, n_instances)
    return rows, X[rows]


def nearest_unlike_label(classifier, X, n_instances=1):
    """Uses all a modAL learner shows: its predictions, its training rows and their labels."""
    unlike = classifier.predict(X) != classifier.y_training[0]
    distance = np.linalg.norm(X - classifier.X_training[0], axis=1) + 100 * ~unlike
    rows = np.argsort(distance, kind="stable")[:n_instances]
    return rows, distance[rows]


@pytest.mark.parametrize("name", ["uncertainty_sampling", "entropy_sampling", "margin_sampling"])
@pytest.mark.parametrize("n", [1, 7, 140])
def test_modal_itself_chooses_the_same_rows_alone_and_through_us(data, model, name, n):
    function = getattr(modAL.uncertainty, name)
    X, _ = data
    strategy = FromModal(function, lower_first=name == "margin_sampling")
    rows, metrics = function(model, X[60:], n_instances=n)
    assert_array_equal(strategy.query(model, X[60:], n), rows)
    pool = X[60:]
    indices, scores = strategy(model, pool, n_instances=n)
    assert_array_equal(indices, rows)
    assert_array_equal(scores, -metrics if strategy.lower_first else metrics)


@pytest.mark.parametrize("name", ["uncertainty_sampling", "entropy_sampling", "margin_sampling"])
def test_modal_itself_in_the_loop(data, name):
    function = getattr(modAL.uncertainty, name)
    X, y = data
    clf = SynDAClassifier(LR, selector=FromModal(function), label_budget=60, n_rounds=2, random_state=0)
    assert clf.fit(X, y).n_labels_ == 60
    rows = clf.query(n_queries=10)
    assert len(np.unique(rows)) == 10
    assert clf.teach(rows, y[rows]).n_labels_ == 70


def test_modal_ranked_batches_see_the_training_rows(data):
    X, y = data
    partly = np.where(np.arange(200) < 40, y, np.nan)
    clf = SynDAClassifier(
        LR, selector=FromModal(uncertainty_batch_sampling), initial="random", random_state=0
    ).fit(X, partly)
    rows, scores = clf.query(n_queries=9, return_scores=True)
    assert len(np.unique(rows)) == 9
    assert (rows >= 40).all()
    assert np.isfinite(scores).all()


def test_a_function_that_uses_the_training_rows(data):
    X, y = data
    partly = np.where(np.arange(200) < 40, y, np.nan)
    selector = FromModal(nearest_unlike_label, lower_first=True, batch_size=6)
    clf = SynDAClassifier(LR, selector=selector, initial="random", query_estimator=None, random_state=0)
    clf.fit(X, partly)
    rows, scores = clf.query(return_scores=True)
    expected = np.argsort(
        np.linalg.norm(X[40:] - X[0], axis=1) + 100 * (clf.predict(X[40:]) == y[0]), kind="stable"
    )
    assert_array_equal(rows, 40 + expected[:6])
    assert (np.diff(scores) <= 0).all()


@pytest.mark.parametrize("function", [last_rows, last_rows_and_instances])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_indices_alone_are_enough(data, model, function, n):
    X, _ = data
    indices, scores = FromModal(function)(model, X, n_instances=n)
    assert_array_equal(indices, [199, 198, 197][:n])
    assert scores[0] == 1
    assert (np.diff(scores) < 0).all()


def test_our_own_strategy_is_such_a_function(data, model):
    X, _ = data
    ours = HybridQuerySelector()
    assert_array_equal(FromModal(ours).query(model, X[60:], 8), ours.query(model, X[60:], 8))


def test_sizes_and_scores(data, model):
    X, _ = data
    strategy = FromModal(last_rows, batch_size=LinearBudget(3, 1))
    assert len(strategy.query(model, X)) == 3
    scores = strategy.score_samples(model, X)
    assert np.isfinite(scores).sum() == 3
    assert np.isfinite(strategy.score_samples(model, X[:50])).sum() == 50
    assert len(strategy.query(model, X[:5], 9)) == 5
    assert set(vars(pickle.loads(pickle.dumps(strategy)))) == set(strategy.get_params())


def test_a_frame_reaches_the_function_as_it_is(data):
    X, y = data
    frame = pd.DataFrame(X, columns=list("abcde"))

    def largest_a(classifier, X, n_instances=1):
        rows = np.argsort(-X["a"].to_numpy())[:n_instances]
        return rows, X["a"].to_numpy()[rows]

    model = SVC().fit(frame, y)
    assert_array_equal(FromModal(largest_a).query(model, frame, 4), np.argsort(-X[:, 0])[:4])


@pytest.mark.parametrize("answer", [[0, 0], [[0, 1]], [0.0, 1.0], [0], None, [0, 200], [-1, 3]])
def test_what_is_no_choice_is_refused(data, model, answer):
    with pytest.raises(ValueError, match="query_function returned"):
        FromModal(lambda classifier, X, n_instances: answer).query(model, data[0], 2)
