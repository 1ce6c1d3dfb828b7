"""The small model that answers for a large one."""

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from synda_sk import HybridQuerySelector, SynDAClassifier
from synda_sk.selection import ProxyClassifier


@pytest.fixture(scope="module")
def target():
    X, y = make_classification(1500, 6, n_informative=4, weights=[0.8], random_state=0)
    return RandomForestClassifier(100, random_state=0).fit(X[:300], y[:300]), X


def test_distilling_minimises_the_divergence_from_the_target(target):
    forest, X = target
    model = LogisticRegression(C=1e6, max_iter=2000)
    proxy = ProxyClassifier(model).distill(forest, X)
    wanted = forest.predict_proba(X)

    def divergence(weights):
        logits = X @ weights[1:] + weights[0]
        log_p = np.column_stack([-np.logaddexp(0, logits), -np.logaddexp(0, -logits)])
        return (wanted * (np.log(np.maximum(wanted, 1e-300)) - log_p)).sum(axis=1).mean()

    best = np.r_[proxy.estimator_.intercept_, proxy.estimator_.coef_[0]]
    assert proxy.kl_divergence_ == pytest.approx(divergence(best), abs=1e-4)
    rng = np.random.default_rng(0)
    assert all(divergence(best + rng.normal(0, 0.05, 7)) > divergence(best) for _ in range(30))


def test_soft_labels_beat_hard_ones_and_a_perfect_proxy_has_no_divergence(target):
    forest, X = target
    soft = ProxyClassifier(random_state=0).distill(forest, X)
    hard = ProxyClassifier(random_state=0).fit(X, forest.predict(X))
    wanted = forest.predict_proba(X)
    assert np.abs(soft.predict_proba(X) - wanted).mean() < np.abs(hard.predict_proba(X) - wanted).mean()
    logistic = LogisticRegression(C=1e6, max_iter=2000).fit(X, forest.predict(X))
    same = ProxyClassifier(LogisticRegression(C=1e6, max_iter=2000)).distill(logistic, X)
    assert same.kl_divergence_ < 1e-3


def test_only_some_rows_are_asked_about(target):
    forest, X = target
    asked = []

    class Counting:
        classes_ = forest.classes_

        def predict_proba(self, rows):
            asked.append(len(rows))
            return forest.predict_proba(rows)

    first = ProxyClassifier(n_samples=200, random_state=0).distill(Counting(), X)
    again = ProxyClassifier(n_samples=200, random_state=0).distill(Counting(), X)
    assert asked == [200, 200]
    np.testing.assert_array_equal(first.predict_proba(X), again.predict_proba(X))


def test_the_selector_scores_the_pool_by_its_proxy(target):
    forest, X = target
    by_target = HybridQuerySelector(redundancy_penalty=0.0)
    by_proxy = HybridQuerySelector(redundancy_penalty=0.0, proxy=ProxyClassifier(random_state=0))
    value = by_target.score_samples(forest, X)
    chosen = by_proxy.query(forest, X, 50)
    assert not np.array_equal(chosen, by_target.query(forest, X, 50))
    assert value[chosen].sum() > 0.9 * np.sort(value)[-50:].sum()
    np.testing.assert_array_equal(chosen, by_proxy.query(forest, X, 50))


def test_a_proxy_in_the_loop_changes_which_rows_are_bought(mixed_frame):
    X, y = mixed_frame
    bought = []
    for proxy in (None, ProxyClassifier(n_samples=100)):
        selector = HybridQuerySelector(proxy=proxy)
        clf = SynDAClassifier(selector=selector, label_budget=60, n_rounds=2, random_state=0).fit(X, y)
        assert clf.n_labels_ == 60
        bought.append(tuple(clf.history_[-1]["batch"]))
    assert bought[0] != bought[1]
