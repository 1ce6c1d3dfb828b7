"""``synthetic_weight="cv"``."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, clone
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from synda_sk import CurriculumMixer, SynDAClassifier, SyntheticAugmenter


class Told(BaseEstimator):
    """A generator that draws rows from a wide source and labels them by a rule."""

    def __init__(self, rule, random_state=None):
        self.rule = rule
        self.random_state = random_state

    def fit(self, X, y):
        self.n_columns_ = X.shape[1]
        return self

    def sample(self, n_samples, y=None):
        rng = np.random.RandomState(self.random_state)
        rows = rng.normal(size=(50 * n_samples, self.n_columns_))
        labels = self.rule(rows)
        picked = np.empty(n_samples, dtype=int)
        for label in np.unique(y):
            picked[y == label] = np.flatnonzero(labels == label)[: (y == label).sum()]
        return rows[picked], np.asarray(y)


def truth(X):
    return (X.sum(axis=1) > 0).astype(int)


def lie(X):
    return 1 - truth(X)


@pytest.fixture(scope="module")
def data():
    X = np.random.default_rng(1).normal(size=(40, 12))
    return X, truth(X)


def fitted(X, y, augmenter, model=None, seed=0, **mixing):
    mixer = CurriculumMixer(synthetic_weight="cv", **mixing)
    return SynDAClassifier(
        model or LogisticRegression(), augmenter=augmenter, mixer=mixer, random_state=seed
    ).fit(X, y)


@pytest.mark.parametrize("model", [LogisticRegression(), LinearSVC()])
def test_it_takes_rows_that_help_and_refuses_rows_that_lie(data, model):
    X, y = data
    assert fitted(X, y, SyntheticAugmenter(Told(truth)), model).history_[0]["beta"] > 0
    refused = fitted(X, y, SyntheticAugmenter(Told(lie)), model)
    assert (refused.history_[0]["beta"], refused.history_[0]["kept"]) == (0, 0)
    assert_array_equal(
        refused.predict(X),
        clone(model).set_params(random_state=refused.estimator_.random_state).fit(X, y).predict(X),
    )


def test_a_seed_makes_one_choice(data):
    X, y = make_classification(60, 5, flip_y=0.3, random_state=4)
    for soft in (False, True):
        augmenter = SyntheticAugmenter(soft_labels=soft)
        first, second = (fitted(X, y, augmenter, seed=7) for _ in range(2))
        assert first.history_[0]["beta"] == second.history_[0]["beta"]
        assert_array_equal(first.predict_proba(X), second.predict_proba(X))


def test_a_class_of_one_row_takes_no_choice(data):
    X, y = data
    rows = np.r_[np.flatnonzero(y == 0), np.flatnonzero(y == 1)[:1]]
    assert fitted(X[rows], y[rows], SyntheticAugmenter()).history_[0]["beta"] == 0
