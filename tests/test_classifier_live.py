"""The live loop: query, teach, and what is kept whatever happens."""

import copy

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from synda_sk import CurriculumMixer, HybridQuerySelector, LinearBudget, RandomQuerySelector, SynDAClassifier

LR = LogisticRegression(max_iter=1000)


@pytest.fixture(scope="module")
def data():
    return make_classification(300, 6, weights=[0.8], random_state=5)


@pytest.fixture
def started(data):
    X, y = data
    partly = y.astype(float)
    partly[30:] = np.nan
    return SynDAClassifier(LR, random_state=0).fit(X, partly)


def test_query_repeats_itself_and_changes_nothing(data, started):
    before = copy.deepcopy(vars(started))
    first, scores = started.query(n_queries=12, return_scores=True)
    again = started.query(n_queries=12)
    assert_array_equal(first, again)
    assert len(np.unique(first)) == len(first) == len(scores) == 12
    assert (first >= 30).all()
    for name, value in vars(started).items():
        if not name.startswith("_"):
            assert str(before[name]) == str(value)
    assert_array_equal(before["_state"].codes, started._state.codes)


def test_teaching_what_was_asked_until_the_pool_is_empty(data, started):
    X, y = data
    while started.n_labels_ < 300:
        rows = started.query(n_queries=90)
        started.teach(rows, y[rows])
    assert_array_equal(started.predict_proba(X), clone(LR).fit(X, y).predict_proba(X))
    assert [h["n_labels"] for h in started.history_] == [30, 120, 210, 300]
    with pytest.raises(ValueError, match="no stored pool"):
        started.query()
    assert len(started.query(X[:40], 5)) == 5


def test_teaching_positions_equals_teaching_rows_and_fitting_at_once(data, started):
    X, y = data
    started.set_params(mixer=CurriculumMixer(synthetic_weight=0))
    partly = y.astype(float)
    partly[30:] = np.nan
    started.fit(X, partly)
    rows = started.query(n_queries=10)
    by_rows = copy.deepcopy(started).teach(X[rows], y[rows])
    order = np.r_[np.arange(30), np.sort(rows)]
    at_once = clone(LR).fit(X[order], y[order])
    started.teach(rows, y[rows])
    assert_array_equal(started.predict_proba(X), at_once.predict_proba(X))
    assert by_rows.n_labels_ == started.n_labels_ == 40
    np.testing.assert_allclose(by_rows.predict_proba(X), at_once.predict_proba(X), atol=1e-4)


def test_missing_answers_are_skipped_and_asked_again(data, started):
    _, y = data
    rows = started.query(n_queries=6)
    answers = y[rows].astype(object)
    answers[1:] = None
    started.teach(rows, answers)
    assert started.n_labels_ == 31
    assert started.labeled_iter_[rows[0]] == 1
    assert (started.labeled_iter_[rows[1:]] == -1).all()
    n_stages = len(started.history_)
    started.teach(rows[1:], [None] * 5)
    assert len(started.history_) == n_stages


def test_a_new_answer_corrects_the_old_one(data, started):
    _, y = data
    row = np.array([40])
    started.teach(row, y[row]).teach(row, 1 - y[row])
    assert started.n_labels_ == 31
    assert started.history_[-1]["n_per_class"] != started.history_[-2]["n_per_class"]


def test_an_unseen_class_extends_the_classes(data, started):
    X, _ = data
    started.teach(np.array([50, 60]), [2.0, 2.0])
    assert started.classes_.tolist() == [0.0, 1.0, 2.0]
    assert started.predict_proba(X).shape == (300, 3)
    assert started.history_[-1]["n_per_class"][2.0] == 2


def test_unseen_string_labels_are_not_cut_short(data):
    X, _ = data
    clf = SynDAClassifier(LR).fit(X[:4], ["a", "b", "a", "b"])
    clf.teach(X[4:6], ["a much longer name", "a"])
    assert clf.classes_.tolist() == ["a", "a much longer name", "b"]


def test_teach_goes_on_past_the_budget_of_a_replay(data):
    X, y = data
    clf = SynDAClassifier(LR, label_budget=40, random_state=0).fit(X, y)
    rows = clf.query(n_queries=15)
    assert (clf.labeled_iter_[rows] == -1).all()
    assert clf.teach(rows, y[rows]).n_labels_ == 55


class FailsOnDemand(ClassifierMixin, BaseEstimator):
    broken = False

    def fit(self, X, y):
        if FailsOnDemand.broken:
            raise RuntimeError("out of memory")
        self.classes_ = np.unique(y)
        self.n_ = len(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])

    def predict_proba(self, X):
        return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))


def test_labels_stay_when_the_refit_fails(data, monkeypatch):
    X, y = data
    partly = y.astype(float)
    partly[30:] = np.nan
    clf = SynDAClassifier(FailsOnDemand(), random_state=0).fit(X, partly)
    monkeypatch.setattr(FailsOnDemand, "broken", True)
    with pytest.raises(RuntimeError):
        clf.teach(np.array([70, 80]), [1.0, 7.0])
    assert clf.predict_proba(X).shape == (300, 3)
    monkeypatch.setattr(FailsOnDemand, "broken", False)
    clf.teach(np.array([90]), [0.0])
    assert clf.n_labels_ == 33
    assert clf.estimator_.n_ == 33


def test_a_failing_fit_leaves_the_former_model_and_labels(data, started):
    X, y = data
    started.teach(np.array([70]), y[[70]])
    probabilities = started.predict_proba(X)
    with pytest.raises(ValueError, match="inconsistent"):
        started.fit(X[:, :3], y[:10])
    assert started.n_labels_ == 31
    assert_array_equal(started.predict_proba(X), probabilities)


def test_queries_have_a_size_and_a_pool(data, started):
    X, _ = data
    assert len(started.query()) == 20
    started.set_params(selector=HybridQuerySelector(batch_size=7))
    assert len(started.query()) == 7
    started.set_params(selector=HybridQuerySelector(batch_size=LinearBudget(3, 2)))
    assert len(started.query()) == 3
    assert len(started.teach(np.array([99]), [0.0]).query()) == 5
    assert len(started.query(X[:4], 10)) == 4


def test_the_hedge_goes_on_until_five_of_the_rare_class_are_known(data):
    X, y = data
    genuine, fraud = np.flatnonzero(y == 0), np.flatnonzero(y == 1)
    partly = np.full(300, np.nan)
    partly[genuine[:20]] = 0
    clf = SynDAClassifier(LR, classes=[0, 1], random_state=0).fit(X, partly)
    clf.teach(fraud[:1], [1])
    clf.teach(fraud[1:4], [1] * 3)
    clf.teach(fraud[4:5], [1])
    scored = SynDAClassifier(LR, classes=[0, 1], initial="random", random_state=0)
    for n_fraud, hedged in [(0, True), (4, True), (5, False)]:
        known = np.r_[genuine[:20], fraud[:n_fraud]]
        partly = np.full(300, np.nan)
        partly[known] = y[known]
        with_hedge = clone(clf).fit(X, partly).query(n_queries=20)
        without = clone(scored).fit(X, partly).query(n_queries=20)
        assert (set(with_hedge) != set(without)) == hedged


def test_a_frame_keeps_its_index_out_of_the_positions(data):
    X, y = data
    frame = pd.DataFrame(X, columns=list("abcdef"), index=np.arange(300)[::-1] + 1000)
    partly = pd.Series(y, index=frame.index, dtype="Int64")
    partly.iloc[30:] = pd.NA
    clf = SynDAClassifier(LR, random_state=0).fit(frame, partly)
    rows = clf.query(n_queries=5)
    clf.teach(rows, y[rows])
    assert clf.n_labels_ == 35
    clf.teach(frame.iloc[[200]], y[[200]])
    assert clf.n_labels_ == 36


def test_other_strategies_can_be_the_selector(started):
    class Last(BaseEstimator):
        def query(self, estimator, X_pool, n_queries=None, *, X_labeled=None, y_labeled=None):
            assert len(X_labeled) == len(y_labeled) == 30
            assert estimator.predict_proba(X_pool).shape == (len(X_pool), 2)
            return np.arange(len(X_pool))[::-1][:n_queries]

        def score_samples(self, estimator, X_pool):
            return np.arange(len(X_pool), dtype=float)

    assert_array_equal(started.set_params(selector=Last(), initial="random").query(n_queries=2), [299, 298])
    assert len(started.set_params(selector=RandomQuerySelector()).query(n_queries=4)) == 4


def test_committee_members_of_both_kinds(data):
    X, y = data
    for estimator in (LR, RandomForestClassifier(10)):
        chosen = {
            str(query): SynDAClassifier(
                estimator, query_estimator=query, initial="random", label_budget=40, random_state=0
            )
            .fit(X, y)
            .query(n_queries=10)
            .tolist()
            for query in ("auto", None, RandomForestClassifier(5))
        }
        assert len({tuple(v) for v in chosen.values()}) > 1


def test_rows_from_outside_must_fit_behind_those_of_fit(data, started):
    X, y = data
    frame = pd.DataFrame(X, columns=list("abcdef"))
    on_frame = SynDAClassifier(LR).fit(frame, y)
    words = frame.iloc[:1].astype(object).assign(a="word")
    for clf, rows in [
        (started, np.array([["x"] * 6], dtype=object)),
        (on_frame, pl.from_pandas(frame.iloc[:1])),
        (SynDAClassifier(LR).fit(pl.from_pandas(frame), y), pl.from_pandas(words)),
    ]:
        n_labels = clf.n_labels_
        with pytest.raises(ValueError, match="X_or_indices"):
            clf.teach(rows, [1])
        assert clf.n_labels_ == n_labels


def test_weights_taught_later_leave_the_users_own_array_alone(data):
    X, y = data
    partly = y.astype(float)
    partly[30:] = np.nan
    given = np.ones(300)
    real = CurriculumMixer(synthetic_weight=0)
    clf = SynDAClassifier(LR, mixer=real, random_state=0).fit(X, partly, sample_weight=given)
    clf.teach(np.array([50, 60]), y[[50, 60]], sample_weight=[3.0, 0.5])
    assert_array_equal(given, 1.0)
    rows = np.r_[np.arange(30), 50, 60]
    expected = clone(LR).fit(X[rows], y[rows], sample_weight=np.r_[np.ones(30), 3.0, 0.5])
    assert_array_equal(clf.predict_proba(X), expected.predict_proba(X))
