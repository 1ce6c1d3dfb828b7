"""The small model that answers for a large one."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from synda_sk import HybridQuerySelector, SynDAClassifier
from synda_sk.datasets import make_mobile_money
from synda_sk.persistence import load, save
from synda_sk.selection import ProxyClassifier, entropy
from synda_sk.selection._plain_encoder import PlainEncoder
from synda_sk.utils import TableEncoder


@pytest.fixture(scope="module")
def target():
    X, y = make_classification(1500, 6, n_informative=4, weights=[0.8], random_state=0)
    return RandomForestClassifier(100, random_state=0).fit(X[:300], y[:300]), X


class Asked:
    """A target that remembers the rows it was asked about."""

    def __init__(self, model):
        self.model = model
        self.classes_ = model.classes_
        self.rows = []

    def predict_proba(self, X):
        self.rows.append(np.asarray(X))
        return self.model.predict_proba(X)


class Seen(LogisticRegression):
    """A small model that remembers its rows."""

    def fit(self, X, y, sample_weight=None):
        self.rows_ = np.asarray(X)
        return super().fit(X, y, sample_weight)


class Says:
    """A target of two classes that gives one probability of the second, or a function of the first column."""

    def __init__(self, positive, classes=(0, 1)):
        self.positive = positive
        self.classes_ = np.array(classes)

    def predict_proba(self, X):
        p = self.positive(np.asarray(X)[:, 0]) if callable(self.positive) else np.full(len(X), self.positive)
        return np.column_stack([1 - p, p])


def test_distilling_minimises_the_divergence_from_the_target(target):
    forest, X = target
    proxy = ProxyClassifier(Seen(C=1e6, max_iter=2000), random_state=0).distill(forest, X)
    rows = np.unique(proxy.estimator_.rows_, axis=0)
    wanted = forest.predict_proba(rows)

    def divergence(weights):
        logits = rows @ weights[1:] + weights[0]
        log_p = np.column_stack([-np.logaddexp(0, logits), -np.logaddexp(0, -logits)])
        return (wanted * (np.log(np.maximum(wanted, 1e-300)) - log_p)).sum(axis=1).mean()

    best = np.r_[proxy.estimator_.intercept_, proxy.estimator_.coef_[0]]
    rng = np.random.default_rng(0)
    assert all(divergence(best + rng.normal(0, 0.05, 7)) > divergence(best) for _ in range(30))
    assert proxy.kl_divergence_ == pytest.approx(divergence(best), abs=0.05)


@pytest.mark.parametrize("n_samples", [200, 1000, 5000])
def test_what_is_told_is_of_rows_that_were_not_trained_on(target, n_samples):
    forest, X = target
    asked = Asked(forest)
    proxy = ProxyClassifier(Seen(), n_samples=n_samples, refresh=2, random_state=0).distill(asked, X)
    n_asked = min(n_samples, len(X))
    everything = np.concatenate(asked.rows)
    assert len(np.unique(everything, axis=0)) == len(everything) == n_asked
    out = proxy._held_out
    assert len(out) == n_asked // 5
    trained = {row.tobytes() for row in proxy.estimator_.rows_}
    assert len(trained) == n_asked - len(out)
    assert not trained & {row.tobytes() for row in out}
    wanted, given = forest.predict_proba(out), proxy.predict_proba(out)
    assert proxy.agreement_ == (forest.predict(out) == proxy.predict(out)).mean()
    n_best = int(np.ceil(len(out) / 10))
    chosen = np.argsort(-entropy(given), kind="stable")[:n_best]
    best = np.sort(entropy(wanted))[-n_best:].sum()
    assert proxy.batch_value_ == pytest.approx(entropy(wanted)[chosen].sum() / best)
    expected = (wanted * np.log(np.maximum(wanted, 1e-300) / given)).sum(axis=1).mean()
    assert proxy.kl_divergence_ == pytest.approx(expected)
    assert proxy.speedup_ > 0
    assert proxy.age_ == 0


def test_of_large_pools_doubtful_rows_are_trained_on(target):
    forest, X = target
    proxy = ProxyClassifier(Seen(), n_samples=200, random_state=0).distill(forest, X)
    assert len(np.unique(proxy.estimator_.rows_, axis=0)) == 160
    doubt = entropy(forest.predict_proba(np.unique(proxy.estimator_.rows_, axis=0))).mean()
    assert doubt > 1.2 * entropy(forest.predict_proba(X)).mean()


def test_soft_labels_beat_hard_ones_and_a_perfect_proxy_has_no_divergence(target):
    forest, X = target
    soft = ProxyClassifier(random_state=0).distill(forest, X)
    hard = ProxyClassifier(random_state=0).fit(X, forest.predict(X))
    wanted = forest.predict_proba(X)
    assert np.abs(soft.predict_proba(X) - wanted).mean() < np.abs(hard.predict_proba(X) - wanted).mean()
    logistic = LogisticRegression(C=1e6, max_iter=2000).fit(X, forest.predict(X))
    same = ProxyClassifier(LogisticRegression(C=1e6, max_iter=2000), random_state=0).distill(logistic, X)
    assert same.kl_divergence_ < 1e-3
    assert same.agreement_ > 0.99
    assert same.batch_value_ > 0.99


def test_a_seed_repeats_everything_but_the_speed(target):
    forest, X = target
    first, again, other = (
        ProxyClassifier(n_samples=200, refresh=3, random_state=seed).distill(forest, X) for seed in (0, 0, 1)
    )
    assert_array_equal(first.predict_proba(X), again.predict_proba(X))
    assert not np.array_equal(first.predict_proba(X), other.predict_proba(X))
    for name in ("agreement_", "batch_value_", "kl_divergence_", "age_"):
        assert getattr(first, name) == getattr(again, name)


def test_every_k_th_round_is_distilled_anew(target):
    forest, X = target
    proxy = ProxyClassifier(Seen(), n_samples=200, refresh=3, random_state=0)
    models, ages = [], []
    for _ in range(8):
        asked = Asked(forest)
        proxy.update(asked, X)
        models.append(proxy.estimator_)
        ages.append(proxy.age_)
        assert sum(map(len, asked.rows)) == (200 if proxy.age_ == 0 else 40)
    assert ages == [0, 1, 2, 0, 1, 2, 0, 1]
    assert models[0] is models[2] is not models[3]
    always = ProxyClassifier(Seen(), n_samples=200, random_state=0)
    assert [always.update(forest, X).age_ for _ in range(3)] == [0, 0, 0]
    assert always._held_out is None


def test_a_proxy_whose_batch_lost_its_value_is_distilled_anew(target):
    _, X = target
    left, right = Says(lambda x: 0.5 * (x < 0)), Says(lambda x: 0.5 * (x >= 0))
    proxy = ProxyClassifier(random_state=0, refresh=0.9).update(left, X)
    assert proxy.batch_value_ > 0.9
    assert [proxy.update(left, X).age_ for _ in range(5)] == [1, 2, 3, 4, 5]
    first = proxy.estimator_
    before = clone(proxy).set_params(refresh=10).update(left, X).update(right, X)
    assert before.age_ == 1
    assert before.batch_value_ < 0.9
    proxy.update(right, X)
    assert proxy.age_ == 0
    assert proxy.estimator_ is not first
    assert proxy.batch_value_ > 0.9


def test_other_classes_are_distilled_anew(target):
    _, X = target
    proxy = ProxyClassifier(random_state=0, refresh=5).update(Says(0.5), X)
    proxy.update(Says(0.5, ("a", "b")), X)
    assert proxy.age_ == 0
    assert set(proxy.predict(X)) <= {"a", "b"}


@pytest.mark.parametrize("model", [None, LogisticRegression()])
def test_a_target_sure_of_one_class_and_one_that_never_saw_another(target, model):
    _, X = target
    sure = ProxyClassifier(model, random_state=0).distill(Says(0.0), X)
    assert_array_equal(sure.predict_proba(X[:3]), [[1, 0]] * 3)
    assert (sure.agreement_, sure.batch_value_, sure.kl_divergence_) == (1.0, 1.0, 0.0)
    only = Says(0.0)
    only.classes_, only.predict_proba = np.array(["a"]), lambda X: np.ones((len(X), 1))
    assert set(ProxyClassifier(model, random_state=0).distill(only, X).predict(X)) == {"a"}


@pytest.mark.parametrize("n_rows", [1, 2, 4, 5, 12])
@pytest.mark.parametrize("refresh", [1, 4, 0.5])
def test_pools_of_a_few_rows(target, n_rows, refresh):
    forest, X = target
    proxy = ProxyClassifier(refresh=refresh, random_state=0).update(forest, X[:n_rows])
    known = n_rows >= 5
    told = (proxy.agreement_, proxy.batch_value_, proxy.kl_divergence_, proxy.speedup_)
    assert [value is not None for value in told] == [known] * 4
    assert proxy.predict_proba(X).shape == (len(X), 2)
    assert proxy.update(forest, X[:n_rows]).age_ == int(known and refresh != 1)
    selector = HybridQuerySelector(proxy=ProxyClassifier(n_samples=1, random_state=0))
    assert len(selector.query(forest, X[:n_rows], 3)) == min(n_rows, 3)


def test_a_pool_on_disk_gives_the_proxy_of_the_table(tmp_path):
    pytest.importorskip("pyarrow")
    X, y = make_mobile_money(3000, fraud_rate=0.1, random_state=0)
    model = make_pipeline(TableEncoder(), RandomForestClassifier(20, random_state=0)).fit(X[:300], y[:300])
    X.to_parquet(tmp_path / "pool.parquet")
    by_table, by_file = (
        ProxyClassifier(n_samples=150, random_state=0).distill(model, pool)
        for pool in (X, tmp_path / "pool.parquet")
    )
    assert_array_equal(by_table.predict_proba(X), by_file.predict_proba(X))
    assert by_table.batch_value_ == by_file.batch_value_


def test_the_default_reads_any_column():
    frame = pd.DataFrame({"amount": [1e300, np.nan, 2.0, -1e300], "type": ["a", None, "b", "a"]})
    encoder = PlainEncoder().fit(frame)
    encoded = encoder.transform(frame)
    assert encoded.dtype == np.float32
    assert not np.isinf(encoded).any()
    assert np.isnan(encoded[1, 0])
    assert encoded[1, 1] == -1
    assert encoder.transform(frame.assign(type="new"))[0, 1] == -2
    assert (
        ProxyClassifier().distill(Says(lambda x: np.linspace(0, 1, len(x))), frame).predict(frame).size == 4
    )


def test_the_selector_scores_the_pool_by_its_proxy(target):
    forest, X = target
    by_target = HybridQuerySelector(redundancy_penalty=0.0)
    by_proxy = HybridQuerySelector(redundancy_penalty=0.0, proxy=ProxyClassifier(random_state=0))
    value = by_target.score_samples(forest, X)
    chosen = by_proxy.query(forest, X, 50)
    assert not np.array_equal(chosen, by_target.query(forest, X, 50))
    assert value[chosen].sum() > 0.95 * np.sort(value)[-50:].sum()
    assert_array_equal(chosen, by_proxy.query(forest, X, 50))
    proxy = by_proxy.make_proxy(forest, X)
    assert_array_equal(by_proxy.score_samples(forest, X), by_target.score_samples(proxy, X))
    with pytest.raises(ValueError, match="proxy == None"):
        by_target.make_proxy(forest, X)


def test_the_former_proxy_is_left_as_it_is(target):
    forest, X = target
    selector = HybridQuerySelector(proxy=ProxyClassifier(refresh=2, random_state=0))
    first = selector.make_proxy(forest, X)
    model = first.estimator_
    second = selector.make_proxy(forest, X, first)
    third = selector.make_proxy(forest, X, second)
    assert [p.age_ for p in (first, second, third)] == [0, 1, 0]
    assert first.estimator_ is second.estimator_ is model is not third.estimator_


def loop(X, refresh, **params):
    proxy = ProxyClassifier(n_samples=100, refresh=refresh)
    model = make_pipeline(TableEncoder(), RandomForestClassifier(10))
    return SynDAClassifier(
        model, selector=HybridQuerySelector(proxy=proxy, batch_size=5), random_state=0, **params
    )


def account(clf):
    return [{k: v for k, v in h.items() if k not in ("seconds", "proxy_speedup")} for h in clf.history_]


def test_a_replay_tells_of_its_proxy_and_repeats(mixed_frame):
    X, y = mixed_frame
    bought = set()
    for refresh, ages in ((1, [0, 0, 0, 0, 0]), (3, [0, 1, 2, 0, 1])):
        clf = loop(X, refresh, label_budget=60, n_rounds=5).fit(X, y)
        again = clone(clf).fit(X, y)
        assert account(clf) == account(again)
        assert clf.history_[0]["proxy"] is None
        assert clf.history_[0]["proxy_speedup"] is None
        assert [h["proxy"]["age"] for h in clf.history_[1:]] == ages
        assert all(0 < h["proxy"]["batch_value"] <= 1 for h in clf.history_[1:])
        assert all(h["proxy_speedup"] > 0 for h in clf.history_[1:])
        bought.add(tuple(clf.history_[-1]["batch"]))
    plain = SynDAClassifier(label_budget=60, n_rounds=5, random_state=0).fit(X, y)
    assert [h["proxy"] for h in plain.history_] == [None] * 6
    assert len(bought | {tuple(plain.history_[-1]["batch"])}) == 3


def test_labels_not_revealed_influence_no_proxy(mixed_frame):
    X, y = mixed_frame
    first = loop(X, 2, label_budget=60, n_rounds=4, classes=np.unique(y)).fit(X, y)
    hidden, permuted = np.flatnonzero(first.labeled_iter_ < 0), np.array(y)
    permuted[hidden] = np.random.default_rng(9).permutation(permuted[hidden])
    assert account(first) == account(clone(first).fit(X, permuted))


@pytest.mark.parametrize("refresh", [1, 3, 0.99])
def test_a_live_query_repeats_itself_and_teach_keeps_the_proxy(mixed_frame, refresh, tmp_path):
    X, y = mixed_frame
    y = np.asarray(y)
    partly = np.where(np.arange(len(y)) < 60, y, None)

    def play(asking, through_file=False):
        clf = loop(X, refresh).fit(X, partly)
        for step in range(4):
            rows = clf.query(n_queries=5) if asking else np.flatnonzero(clf.labeled_iter_ < 0)[:5]
            if asking:
                assert_array_equal(rows, clf.query(n_queries=5))
                rows = np.flatnonzero(clf.labeled_iter_ < 0)[:5]
            clf.teach(rows, y[rows])
            if through_file and step == 1:
                save(clf, tmp_path / "m.skops")
                clf = load(tmp_path / "m.skops")
        return clf

    asked, silent = play(True), play(False)
    assert account(asked) == account(silent)
    assert_array_equal(asked.query(), silent.query())
    told = [h["proxy"] for h in asked.history_]
    if refresh == 1:
        assert told == [None] * 5
        assert asked._proxy is None
    elif refresh == 3:
        assert [h["age"] for h in told[1:]] == [0, 1, 2, 0]
        pytest.importorskip("skops")
        assert_array_equal(asked.query(), play(False, through_file=True).query())


def test_a_resumed_loop_has_the_model_and_distils_anew(mixed_frame, tmp_path):
    X, y = mixed_frame
    y = np.asarray(y)
    partly = np.where(np.arange(len(y)) < 60, y, None)
    for refresh in (1, 3):
        path = tmp_path / f"{refresh}.db"
        clf = loop(X, refresh, label_budget=50, n_rounds=2, journal=path).fit(X, partly)
        rows = clf.query()
        clf.teach(rows, y[rows])
        batch, told = clf.query(), [h["proxy"] for h in clf.history_[:-1]]
        clf._journal.close()
        back = clone(clf).resume(X)
        assert_array_equal(back.predict_proba(X), clf.predict_proba(X))
        assert [h["proxy"] for h in back.history_[:-1]] == told
        if refresh == 1:
            assert_array_equal(back.query(), batch)
        assert back._proxy is None
        back._journal.close()
