"""Our selectors as query strategies of a real modAL learner, in the environment modAL can run in."""

import warnings

import numpy as np
import pytest
import sklearn
from modAL.models import ActiveLearner
from modAL.uncertainty import entropy_sampling
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from synda_sk import HybridQuerySelector, LinearBudget, RandomQuerySelector, SynDAClassifier
from synda_sk.interop.modal import FromModal

LR = LogisticRegression(max_iter=1000)
SELECTORS = [
    HybridQuerySelector(),
    HybridQuerySelector(0.8, redundancy="sum"),
    HybridQuerySelector(uncertainty="margin", batch_size=LinearBudget(3, 1)),
    RandomQuerySelector(random_state=0),
    FromModal(entropy_sampling),
]


@pytest.fixture(autouse=True)
def modal_calls_deprecated_names():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'force_all_finite' was renamed", category=FutureWarning)
        yield


def start(selector, estimator=LR):
    X, y = make_classification(300, 6, weights=[0.8], flip_y=0, class_sep=1.5, random_state=2)
    first = np.r_[np.flatnonzero(y == 0)[:8], np.flatnonzero(y == 1)[:2]]
    rest = np.setdiff1d(np.arange(300), first)
    learner = ActiveLearner(
        clone(estimator),
        query_strategy=selector,
        X_training=X[first],
        y_training=y[first],
    )
    return learner, X[rest], y[rest], (X, y)


@pytest.mark.parametrize("selector", SELECTORS, ids=lambda s: repr(s)[:40])
def test_a_query_and_teach_loop(selector):
    learner, X_pool, y_pool, (X, y) = start(selector)
    for _ in range(5):
        indices, rows, utilities = learner.query(X_pool, n_instances=6, return_metrics=True)
        assert len(np.unique(indices)) == len(rows) == len(utilities) == 6
        assert_array_equal(rows, X_pool[indices])
        learner.teach(X_pool[indices], y_pool[indices])
        X_pool, y_pool = np.delete(X_pool, indices, axis=0), np.delete(y_pool, indices)
    assert len(learner.X_training) == 40
    assert learner.score(X, y) > 0.85


@pytest.mark.parametrize("n", [1, 2, 3])
def test_two_rows_are_two_rows(n):
    learner, X_pool, _, _ = start(HybridQuerySelector())
    indices, rows = learner.query(X_pool, n_instances=n)
    assert indices.shape == (n,)
    assert rows.shape == (n, 6)


def test_the_choice_is_that_of_the_selector_alone():
    selector = HybridQuerySelector(0.9)
    learner, X_pool, _, _ = start(selector, RandomForestClassifier(20, random_state=0))
    indices, _, utilities = learner.query(X_pool, n_instances=10, return_metrics=True)
    assert_array_equal(indices, selector.query(learner.estimator, X_pool, 10))
    assert_array_equal(utilities, selector.score_samples(learner.estimator, X_pool)[indices])


def test_synda_classifier_is_an_estimator_to_modal():
    clf = SynDAClassifier(LR, random_state=0)
    learner, X_pool, y_pool, (X, _) = start(HybridQuerySelector(), clf)
    indices, _ = learner.query(X_pool, n_instances=5)
    learner.teach(X_pool[indices], y_pool[indices])
    assert learner.estimator.n_labels_ == 15
    assert learner.predict_proba(X).shape == (300, 2)


def test_modal_functions_in_our_loop():
    _, _, _, (X, y) = start(HybridQuerySelector())
    clf = SynDAClassifier(LR, selector=FromModal(entropy_sampling), label_budget=40, random_state=0)
    first = clone(clf).fit(X, y)
    assert first.n_labels_ == 40
    assert_array_equal(first.labeled_iter_, clf.fit(X, y).labeled_iter_)


def test_this_is_the_environment_meant():
    assert tuple(map(int, sklearn.__version__.split(".")[:2])) < (1, 8)
