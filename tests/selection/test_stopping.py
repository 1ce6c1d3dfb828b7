"""Stopping rules: their formulas, and what they do in a replay and in a live loop."""

import warnings
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score
from sklearn.model_selection import GridSearchCV

from synda_sk import CurriculumMixer, SynDAClassifier
from synda_sk._stop_set import cohen_kappa
from synda_sk.exceptions import InertParameterWarning
from synda_sk.selection import BaseStoppingRule, MaxLabels, PerformancePlateau, StablePredictions

LR = LogisticRegression(max_iter=1000)
X, Y = make_classification(300, 6, weights=[0.7], random_state=5)


class Always(BaseStoppingRule):
    def _reason(self, history):
        return "now"


def replay(stopping, **params):
    params = {"label_budget": 120, "n_rounds": 10, "random_state": 0, **params}
    return SynDAClassifier(LR, stopping=stopping, **params).fit(X, Y)


LABELS = st.integers(1, 40).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 3), min_size=n, max_size=n)] * 2)
)


@given(LABELS)
@settings(max_examples=60)
def test_kappa_is_that_of_scikit_learn(labels):
    a, b = np.array(labels)
    found = cohen_kappa(a, b)
    if len(np.unique(np.r_[a, b])) == 1:
        assert found is None
    else:
        assert found == pytest.approx(cohen_kappa_score(a, b))


CURVES = st.lists(st.tuples(st.integers(1, 50), st.floats(0, 1)), min_size=1, max_size=9)


@given(CURVES, st.integers(3, 6), st.floats(0, 0.1))
@settings(max_examples=80)
def test_the_plateau_is_that_of_a_least_squares_line(curve, n_rounds, min_gain):
    n = np.cumsum([step for step, _ in curve])
    p = [score for _, score in curve]
    history = [{"n_labels": int(a), "performance": b} for a, b in zip(n, p, strict=True)]
    reason = PerformancePlateau(min_gain, n_labels=10, n_rounds=n_rounds).reason(history)
    if len(curve) < n_rounds:
        assert reason is None
        return
    gain = 10 * np.polyfit(n[-n_rounds:], p[-n_rounds:], 1)[0]
    if abs(gain - min_gain) > 1e-6:
        assert (reason is not None) == (gain < min_gain)


def test_a_plateau_needs_every_stage_measured_and_new_labels():
    flat = [{"n_labels": n, "performance": 0.9} for n in (10, 20, 30)]
    rule = PerformancePlateau(n_rounds=3)
    assert "promise a gain of 0.0000" in rule.reason(flat)
    assert rule.reason([*flat[:2], {"n_labels": 30, "performance": None}]) is None
    assert rule.reason([{"n_labels": 30, "performance": 0.9}] * 3) is None
    assert PerformancePlateau(0.0, n_rounds=3).reason(flat) is None


@given(st.lists(st.none() | st.floats(0.5, 1), max_size=6), st.integers(1, 4), st.floats(0.6, 1))
@settings(max_examples=80)
def test_predictions_are_stable_where_the_last_agreements_all_are(agreements, n_rounds, threshold):
    history = [{"agreement": kappa} for kappa in [None, *agreements]]
    last = agreements[-n_rounds:]
    stable = len(last) == n_rounds and all(kappa is not None and kappa >= threshold for kappa in last)
    rule = StablePredictions(threshold, n_rounds=n_rounds)
    assert (rule.reason(history) is not None) == stable


def test_a_replay_ends_early_and_is_the_same_until_then():
    whole = replay(None)
    short = replay(StablePredictions(0.9, n_rounds=2))
    assert whole.n_labels_ == 120
    assert whole.stop_reason_ is None
    assert 24 < short.n_labels_ < 120
    assert "kappa" in short.stop_reason_
    n_stages = len(short.history_)
    assert [s["batch"] for s in short.history_] == [s["batch"] for s in whole.history_[:n_stages]]
    assert [s["stop"] for s in short.history_] == [None] * (n_stages - 1) + [short.stop_reason_]
    assert [s["agreement"] for s in whole.history_] == [None] * 11


def test_agreement_is_measured_between_consecutive_models_on_rows_unlabelled_at_first():
    clf = replay(StablePredictions(1.0, n_rounds=9, n_samples=100), store_stages=True)
    rows = clf._stop_set.rows
    assert len(rows) == 100
    assert (clf.labeled_iter_[rows] != 0).all()
    said = [model.predict(X[rows]) for model in clf._stages]
    expected = [cohen_kappa_score(a, b) for a, b in pairwise(said)]
    assert clf.history_[0]["agreement"] is None
    np.testing.assert_allclose([s["agreement"] for s in clf.history_[1:]], expected)


def test_hidden_labels_do_not_influence_when_to_stop():
    rule = [StablePredictions(0.9), PerformancePlateau(n_rounds=3)]
    first = replay(rule, classes=[0, 1])
    hidden = first.labeled_iter_ < 0
    permuted = Y.copy()
    permuted[hidden] = np.random.default_rng(0).permutation(Y[hidden])
    again = SynDAClassifier(
        LR, stopping=rule, label_budget=120, n_rounds=10, random_state=0, classes=[0, 1]
    ).fit(X, permuted)
    assert_array_equal(first.labeled_iter_, again.labeled_iter_)
    assert first.stop_reason_ == again.stop_reason_


def test_any_rule_of_a_list_will_do():
    assert replay([MaxLabels(60), Always()]).stop_reason_ == "now"
    assert replay([Always(), MaxLabels(1)]).n_labels_ == 24
    clf = replay([StablePredictions(1.0, n_rounds=9), MaxLabels(50)])
    assert 50 <= clf.n_labels_ < 60
    assert "n_labels == 50" in clf.stop_reason_
    assert replay([]).n_labels_ == 120


def test_a_replay_never_ends_before_two_classes_are_known():
    one_class = np.flatnonzero(Y == 0)[:10]
    clf = replay(Always(), initial=one_class)
    assert len(clf.history_) >= 2
    assert min(clf.history_[-1]["n_per_class"].values()) > 0
    assert min(clf.history_[-2]["n_per_class"].values()) == 0
    assert {s["stop"] for s in clf.history_} == {"now"}


def test_performance_is_measured_only_where_a_rule_asks():
    assert {s["performance"] for s in replay(MaxLabels()).history_} == {None}
    clf = replay(PerformancePlateau(0.01, n_rounds=4))
    assert all(0 <= s["performance"] <= 1 for s in clf.history_)
    assert clf.n_labels_ < 120
    assert "promise a gain" in clf.stop_reason_


def partly(n_known):
    return np.where(np.arange(300) < n_known, Y, np.nan)


def test_a_live_loop_is_told_when_to_stop():
    rule = StablePredictions(0.95, n_rounds=2)
    clf = SynDAClassifier(LR, stopping=rule, random_state=0).fit(X, partly(30))
    while clf.stop_reason_ is None:
        rows = clf.query(n_queries=15)
        clf.teach(rows, Y[rows])
    assert clf.n_labels_ < 300
    last = clf.history_[-1]
    assert last["stop"] == clf.stop_reason_
    assert min(s["agreement"] for s in clf.history_[-2:]) >= 0.95
    clf.set_params(stopping=None).teach(clf.query(n_queries=1), [0])
    assert clf.stop_reason_ is None


def test_rules_may_come_and_go():
    clf = SynDAClassifier(LR, random_state=0).fit(X, partly(30))
    for _ in range(2):
        rows = clf.query(n_queries=5)
        clf.set_params(stopping=StablePredictions(0.1, n_rounds=1)).teach(rows, Y[rows])
    assert [s["agreement"] is None for s in clf.history_] == [True, True, False]
    assert (clf._stop_set.rows >= 30).all()


def test_resume_compares_the_same_rows(tmp_path):
    rule = StablePredictions(0.1, n_rounds=2, n_samples=50)
    config = SynDAClassifier(LR, stopping=rule, random_state=0, journal=tmp_path / "j.db")
    clf = config.fit(X, partly(30))
    for _ in range(2):
        rows = clf.query(n_queries=5)
        clf.teach(rows, Y[rows])
    assert clf.stop_reason_ is not None
    stop_set = clf._stop_set.rows
    clf.resume(X)
    assert_array_equal(clf._stop_set.rows, stop_set)
    assert [s["agreement"] for s in clf.history_] == [None] * 3
    assert clf.stop_reason_ is None
    for _ in range(2):
        rows = clf.query(n_queries=5)
        clf.teach(rows, Y[rows])
    assert clf.stop_reason_ is not None
    clf._journal.close()
    real_only = CurriculumMixer(synthetic_weight=0)
    blind = SynDAClassifier(LR, stopping=rule, mixer=real_only, journal=tmp_path / "j.db").resume()
    blind.teach(X[200:205], Y[200:205]).teach(X[205:210], Y[205:210])
    assert {s["agreement"] for s in blind.history_} == {None}


def test_thresholds_can_be_searched():
    clf = SynDAClassifier(LR, stopping=StablePredictions(n_rounds=1), label_budget=100, random_state=0)
    search = GridSearchCV(clf, {"stopping__threshold": [0.2, 1.0]}, cv=2, scoring=lambda e, X, y: e.n_labels_)
    cheap, dear = search.fit(X, Y).cv_results_["mean_test_score"]
    assert cheap < dear <= 100


def test_a_rule_without_rows_to_ask_about_says_so():
    with pytest.warns(InertParameterWarning, match="every row is labelled"):
        SynDAClassifier(LR, stopping=[MaxLabels(), StablePredictions()]).fit(X, Y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        clf = SynDAClassifier(LR, stopping=MaxLabels(301)).fit(X, Y)
    assert clf.stop_reason_ is None
    assert clf.teach(X[:1], [0]).stop_reason_ is not None


@pytest.mark.parametrize("bad", ["stable", StablePredictions, [MaxLabels(), None], 3])
def test_what_is_no_rule_is_named(bad):
    with pytest.raises(ValueError, match=r"stopping holds .*must be a stopping rule"):
        SynDAClassifier(LR, stopping=bad).fit(X, Y)


BAD_PARAMETERS = [
    (StablePredictions(0.0), "threshold"),
    (StablePredictions(1.5), "threshold"),
    (StablePredictions(n_rounds=0), "n_rounds"),
    (StablePredictions(n_samples=0), "n_samples"),
    (PerformancePlateau(-0.1), "min_gain"),
    (PerformancePlateau(n_rounds=2), "n_rounds"),
    (PerformancePlateau(n_labels=0), "n_labels"),
    (MaxLabels(0), "n_labels"),
]


@pytest.mark.parametrize(("rule", "name"), BAD_PARAMETERS)
def test_parameters_have_ranges(rule, name):
    with pytest.raises(ValueError, match=name):
        rule.reason([{"n_labels": 3}])
    clf = SynDAClassifier(LR, random_state=0).fit(X, partly(30))
    with pytest.raises(ValueError, match=name):
        clf.set_params(stopping=rule).teach(np.array([50]), [0])
    assert clf.n_labels_ == 30


class Broken(BaseStoppingRule):
    def _reason(self, history):
        raise RuntimeError("broken rule")


def test_a_rule_that_fails_leaves_the_former_model():
    clf = SynDAClassifier(LR, random_state=0).fit(X, partly(30))
    model = clf.estimator_
    with pytest.raises(RuntimeError, match="broken"):
        clf.set_params(stopping=Broken()).teach(np.array([50]), [0])
    assert clf.estimator_ is model
    assert len(clf.history_) == 1
    assert clf.set_params(stopping=None).teach(np.array([51]), [0]).n_labels_ == 32


def test_rules_are_saved_with_the_model(tmp_path):
    pytest.importorskip("skops")
    from synda_sk.persistence import load, save

    rules = [StablePredictions(0.5, n_rounds=1), PerformancePlateau(), MaxLabels()]
    clf = SynDAClassifier(LR, stopping=rules, random_state=0).fit(X, partly(30))
    save(clf, tmp_path / "model.skops")
    back = load(tmp_path / "model.skops")
    rows = clf.query(n_queries=5)
    for model in (clf, back):
        model.teach(rows, Y[rows])
    assert back.history_[-1]["agreement"] == clf.history_[-1]["agreement"]
    assert back.stop_reason_ == clf.stop_reason_
