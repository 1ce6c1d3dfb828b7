"""Uncertainties by name, the adaptive weight and the clustered batch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.datasets import make_classification
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from synda_sk import HybridQuerySelector, SynDAClassifier
from synda_sk.selection import entropy, least_confident, mutual_information, vote_entropy
from synda_sk.selection._cluster_batch import cluster_batch
from synda_sk.selection._similarity import make_similarity
from synda_sk.selection._uncertainty import UNCERTAINTIES

X, y = make_classification(400, 6, n_informative=4, n_classes=3, random_state=0)
FOREST = RandomForestClassifier(12, random_state=0).fit(X[:80], y[:80])


@st.composite
def committees(draw):
    shape = (draw(st.integers(1, 5)), draw(st.integers(1, 6)), draw(st.integers(2, 4)))
    raw = draw(arrays(float, shape, elements=st.floats(0.0, 1.0)))
    raw[raw.sum(axis=2) == 0] = 1.0
    return raw / raw.sum(axis=2, keepdims=True)


def naive_entropy(p):
    return -sum(v * np.log(v) for v in p if v > 0) / np.log(len(p))


@given(committees())
def test_disagreement_is_the_textbook_formula_in_unit_range(members):
    n_classes = members.shape[2]
    for row, (bald, votes) in enumerate(zip(mutual_information(members), vote_entropy(members), strict=True)):
        ps = members[:, row]
        expected = naive_entropy(ps.mean(axis=0)) - np.mean([naive_entropy(p) for p in ps])
        assert bald == pytest.approx(max(expected, 0), abs=1e-9)
        share = np.bincount([int(np.argmax(p)) for p in ps], minlength=n_classes) / len(ps)
        assert votes == pytest.approx(naive_entropy(share), abs=1e-9)
        assert -1e-12 <= bald <= 1 + 1e-12


@given(committees())
def test_every_uncertainty_is_1_at_a_tie_of_all_and_0_at_certainty(members):
    n_classes = members.shape[2]
    for measure in UNCERTAINTIES.values():
        values = measure(members[0])
        assert ((values >= -1e-12) & (values <= 1 + 1e-12)).all()
        assert measure(np.full((1, n_classes), 1 / n_classes)) == pytest.approx([1.0])
        assert measure(np.eye(n_classes)) == pytest.approx(np.zeros(n_classes))


@given(st.floats(0.0, 0.49))
def test_least_confident_ranks_two_classes_as_entropy_does(p):
    pair = np.array([[p, 1 - p], [p + 0.01, 0.99 - p]])
    assert np.argmax(least_confident(pair)) == np.argmax(entropy(pair)) == 1


@pytest.mark.parametrize("empty", [mutual_information, vote_entropy])
def test_no_member_is_an_error(empty):
    with pytest.raises(ValueError, match="members is empty"):
        empty([])


@pytest.mark.parametrize("name", ["mutual_information", "vote_entropy"])
def test_members_are_those_of_forests_bags_votes_and_pipelines(name):
    formula = {"mutual_information": mutual_information, "vote_entropy": vote_entropy}[name]
    selector = HybridQuerySelector(uncertainty=name)
    trees = np.stack([tree.predict_proba(X) for tree in FOREST.estimators_])
    assert selector.pool_uncertainty(FOREST, X) == pytest.approx(formula(trees))
    piped = make_pipeline(StandardScaler(), RandomForestClassifier(5, random_state=0)).fit(X[:80], y[:80])
    inside = np.stack([t.predict_proba(piped[0].transform(X)) for t in piped[-1].estimators_])
    assert selector.pool_uncertainty(piped, X) == pytest.approx(formula(inside))
    vote = VotingClassifier([("a", GaussianNB()), ("b", LogisticRegression())], voting="soft")
    vote.fit(X[:80], y[:80])
    both = np.stack([member.predict_proba(X) for member in vote.estimators_])
    assert selector.pool_uncertainty(vote, X) == pytest.approx(formula(both))
    bag = BaggingClassifier(GaussianNB(), 4, max_features=0.5, random_state=0).fit(X[:80], y[:80])
    mean = np.mean(
        [m.predict_proba(X[:, c]) for m, c in zip(bag.estimators_, bag.estimators_features_, strict=True)],
        axis=0,
    )
    assert bag.predict_proba(X) == pytest.approx(mean)
    assert len(selector.query(bag, X, 5)) == 5


def test_a_single_model_has_no_members_and_the_error_says_what_to_use():
    with pytest.raises(ValueError, match="LogisticRegression is one: use a forest"):
        HybridQuerySelector(uncertainty="vote_entropy").query(LogisticRegression().fit(X, y), X, 3)
    with pytest.raises(ValueError, match="choose from pool_uncertainty"):
        HybridQuerySelector(uncertainty="vote_entropy").select(FOREST.predict_proba(X), X, 3)


@pytest.mark.parametrize("name", ["least_confident", "mutual_information", "vote_entropy"])
def test_a_replay_spends_its_budget_by_any_uncertainty(name):
    selector = HybridQuerySelector(uncertainty=name)
    model = SynDAClassifier(
        LogisticRegression(), selector=selector, label_budget=60, n_rounds=2, random_state=0
    ).fit(X, y)
    assert model.n_labels_ == 60


@pytest.mark.parametrize("name", ["mutual_information", "vote_entropy"])
def test_a_replay_begins_with_one_class(name):
    selector = HybridQuerySelector(uncertainty=name)
    start = np.flatnonzero(y == 0)[:5]
    model = SynDAClassifier(
        LogisticRegression(), selector=selector, label_budget=40, initial=start, n_rounds=3, random_state=0
    ).fit(X, y)
    assert model.n_labels_ == 40


def test_adaptive_lambda_follows_the_mean_doubt_and_is_told():
    selector = HybridQuerySelector("adaptive")
    u = selector.pool_uncertainty(FOREST, X)
    chosen = selector.choose(u, X, 20)
    assert chosen.uncertainty_weight == pytest.approx(1 - 0.2 * u.mean())
    by_hand = HybridQuerySelector(chosen.uncertainty_weight).choose(u, X, 20)
    assert chosen.indices.tolist() == by_hand.indices.tolist()
    model = SynDAClassifier(FOREST, selector=selector, label_budget=80, n_rounds=3, random_state=0).fit(X, y)
    told = [stage["lambda_t"] for stage in model.history_]
    assert told[0] is None
    assert all(0.8 <= weight <= 1 for weight in told[1:])
    assert len(set(told[1:])) > 1


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(0, 12), st.booleans())
def test_a_clustered_batch_is_distinct_and_of_the_best_rows(seed, n, wanted, duplicates):
    rng = np.random.default_rng(seed)
    F = rng.integers(0, 2, (n, 2)).astype(float) if duplicates else rng.normal(size=(n, 2))
    scores = np.round(rng.uniform(size=n), 1)
    wanted = min(wanted, n)
    chosen = cluster_batch(scores, wanted, make_similarity("rbf", F), 0)
    assert len(set(chosen.tolist())) == len(chosen) == wanted
    assert set(chosen) <= set(np.argsort(-scores, kind="stable")[: 5 * wanted].tolist())


def test_a_clustered_batch_takes_one_row_of_each_heap():
    rng = np.random.default_rng(0)
    heaps = np.repeat(np.eye(4) * 50, 10, axis=0) + rng.normal(size=(40, 4))
    F = np.concatenate([heaps, rng.normal(size=(60, 4)) - 100])
    scores = np.concatenate([np.linspace(1, 0.9, 40), np.zeros(60)])
    chosen = HybridQuerySelector(redundancy="cluster", random_state=0).choose(scores, F, 8).indices
    near = HybridQuerySelector(redundancy="cluster", random_state=0).choose(scores, F, 8).indices
    assert chosen.tolist() == near.tolist()
    assert set(chosen // 10) == {0, 1, 2, 3}
