"""scikit-activeml's strategies in our loop, ours in its loop."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from skactiveml.base import SingleAnnotatorPoolQueryStrategy
from skactiveml.classifier import ParzenWindowClassifier, SklearnClassifier
from skactiveml.pool import (
    Badge,
    CoreSet,
    DiscriminativeAL,
    MonteCarloEER,
    ProbabilisticAL,
    QueryByCommittee,
    RandomSampling,
    SubSamplingWrapper,
    TypiClust,
    UncertaintySampling,
)
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from synda_sk import HybridQuerySelector, RandomQuerySelector, SynDAClassifier
from synda_sk.interop.skactiveml import FromSkactiveml, ToSkactiveml
from synda_sk.utils import TableEncoder

LR = LogisticRegression(max_iter=1000)
PARZEN = ParzenWindowClassifier(classes=[0, 1])


@pytest.fixture(scope="module")
def data():
    return make_classification(150, 4, random_state=3)


@pytest.fixture(scope="module")
def model(data):
    X, y = data
    return clone(LR).fit(X[:30], y[:30])


@pytest.fixture(scope="module")
def partly(data):
    _, y = data
    return np.where(np.arange(150) < 30, y, np.nan)


def plain(X):
    return X


@pytest.mark.parametrize(
    "strategy",
    [
        UncertaintySampling(method="entropy", random_state=0),
        UncertaintySampling(method="margin_sampling", random_state=0),
        Badge(random_state=0),
        RandomSampling(random_state=0),
        CoreSet(random_state=0),
        TypiClust(random_state=0),
    ],
    ids=lambda s: type(s).__name__,
)
def test_a_strategy_chooses_as_it_does_alone(data, partly, model, strategy):
    X, y = data
    clf = SklearnClassifier(LR, classes=[0, 1]).fit(X, partly)
    takes_clf = isinstance(strategy, UncertaintySampling | Badge)
    order = np.r_[30:150, :30]
    alone, utilities = clone(strategy).query(
        X[order],
        partly[order],
        batch_size=6,
        return_utilities=True,
        **({"clf": clf, "fit_clf": False} if takes_clf else {}),
    )
    ours = FromSkactiveml(strategy, features=plain)
    pool = X[30:]
    assert_array_equal(ours.query(model, pool, 6, X_labeled=X[:30], y_labeled=y[:30]), alone)
    assert_allclose(ours.score_samples(model, pool), utilities[0][:120])


@pytest.mark.parametrize(
    ("strategy", "params"),
    [
        (UncertaintySampling(), None),
        (SubSamplingWrapper(UncertaintySampling(), max_candidates=0.5), None),
        (CoreSet(), None),
        (ProbabilisticAL(), {"clf": PARZEN, "fit_clf": True}),
        (MonteCarloEER(), {"clf": PARZEN}),
        (QueryByCommittee(), {"ensemble": [PARZEN, SklearnClassifier(LR, classes=[0, 1])]}),
        (DiscriminativeAL(), {"discriminator": SklearnClassifier(LR)}),
    ],
    ids=lambda s: type(s).__name__,
)
def test_as_the_selector_of_the_classifier(data, partly, strategy, params):
    X, y = data
    selector = FromSkactiveml(strategy, query_params=params)
    clf = SynDAClassifier(LR, selector=selector, initial="random", random_state=0).fit(X, partly)
    rows, scores = clf.query(n_queries=5, return_scores=True)
    assert len(np.unique(rows)) == 5
    assert (rows >= 30).all()
    assert scores.shape == (5,)
    assert_array_equal(clf.query(n_queries=5), rows)
    assert clf.teach(rows, y[rows]).n_labels_ == 35


def test_mixed_tables_and_labels_in_words(mixed_frame):
    X, truth = mixed_frame
    y = np.where(truth == 1, "fraud", "genuine").astype(object)
    y[80:] = None
    model = make_pipeline(TableEncoder(), LR)
    selector = FromSkactiveml(UncertaintySampling(), batch_size=4)
    clf = SynDAClassifier(model, selector=selector, initial="random", random_state=0).fit(X, y)
    rows, scores = clf.query(return_scores=True)
    everyone = clf.set_params(query_estimator=None).query(n_queries=320)
    assert len(rows) == 4
    assert (np.diff(scores) <= 0).all()
    probabilities = clf.predict_proba(X.iloc[everyone]).max(axis=1)
    assert_allclose(np.sort(probabilities), probabilities)


def test_a_replay_finds_the_label_budget(data):
    X, y = data
    selector = FromSkactiveml(UncertaintySampling())
    clf = SynDAClassifier(LR, selector=selector, label_budget=50, n_rounds=3, random_state=0).fit(X, y)
    again = clone(clf).fit(X, y)
    assert clf.n_labels_ == 50
    assert_array_equal(clf.labeled_iter_, again.labeled_iter_)


def test_strategies_that_refit_or_look_elsewhere_say_so(data, model):
    X, y = data
    known = dict(X_labeled=X[:30], y_labeled=y[:30])
    with pytest.raises(NotFittedError, match="partial_fit"):
        FromSkactiveml(MonteCarloEER()).query(model, X[30:], 2, **known)
    with pytest.raises(TypeError, match="query_params"):
        FromSkactiveml(UncertaintySampling(), query_params={"fit_clf": True}).query(model, X[30:], 2, **known)
    elsewhere = {"candidates": np.ones((3, 4))}
    with pytest.raises(ValueError, match="query_params"):
        FromSkactiveml(UncertaintySampling(), query_params=elsewhere).query(model, X[30:], 2, **known)


def test_ours_in_a_loop_of_scikit_activeml(data):
    X, truth = data
    y = np.full(150, np.nan)
    y[:10] = truth[:10]
    clf = SklearnClassifier(LR, classes=[0, 1])
    strategy = ToSkactiveml(HybridQuerySelector(0.9), random_state=0)
    assert isinstance(strategy, SingleAnnotatorPoolQueryStrategy)
    for _ in range(4):
        rows = strategy.query(X, y, clf, batch_size=5)
        assert np.isnan(y[rows]).all()
        expected = HybridQuerySelector(0.9).query(clone(clf).fit(X, y), X[np.isnan(y)], 5)
        assert_array_equal(rows, np.flatnonzero(np.isnan(y))[expected])
        y[rows] = truth[rows]
    assert (~np.isnan(y)).sum() == 30


def test_candidates_and_utilities_refer_to_the_same_rows(data, partly):
    X, _ = data
    clf = SklearnClassifier(LR, classes=[0, 1]).fit(X, partly)
    strategy = ToSkactiveml(random_state=0)
    some = np.arange(60, 100)
    rows, utilities = strategy.query(
        X, partly, clf, fit_clf=False, candidates=some, batch_size=3, return_utilities=True
    )
    inside, shorter = strategy.query(
        X, partly, clf, fit_clf=False, candidates=X[some], batch_size=3, return_utilities=True
    )
    assert_array_equal(rows, some[inside])
    assert utilities.shape == (3, 150)
    assert shorter.shape == (3, 40)
    assert_allclose(utilities[:, some], shorter)
    assert np.isnan(utilities[:, :60]).all()
    assert_array_equal(np.isnan(shorter).sum(axis=1), [0, 1, 2])
    assert utilities[0, rows[0]] == np.nanmax(utilities[0])


def test_labels_in_words_weights_and_seeds(data):
    X, truth = data
    y = np.array(["yes", "no"], dtype=object)[truth]
    y[30:] = None
    clf = SklearnClassifier(LR, classes=["no", "yes"], missing_label=None)
    strategy = ToSkactiveml(RandomQuerySelector(), missing_label=None, random_state=0)
    weights = np.ones(150)
    rows = strategy.query(X, y, clf, sample_weight=weights, batch_size=4)
    assert_array_equal(rows, clone(strategy).query(X, y, clf, batch_size=4))
    copy = pickle.loads(pickle.dumps(strategy))
    assert_array_equal(rows, copy.query(X, y, clf, batch_size=4))


def test_there_and_back(data, partly, model):
    X, y = data
    ours = HybridQuerySelector(features=plain)
    around = FromSkactiveml(ToSkactiveml(ours, random_state=0), features=plain)
    known = dict(X_labeled=X[:30], y_labeled=y[:30])
    assert_array_equal(around.query(model, X[30:], 7, **known), ours.query(model, X[30:], 7))


def test_nothing_of_it_is_imported_before_it_is_used():
    code = (
        "import sys, synda_sk.interop.modal; from synda_sk.interop.skactiveml import FromSkactiveml; "
        "print('skactiveml' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
