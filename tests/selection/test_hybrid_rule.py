"""The query rule against its O(N^2) definition."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import entropy as scipy_entropy
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.metrics.pairwise import cosine_similarity, rbf_kernel
from sklearn.preprocessing import StandardScaler

from synda_sk import HybridQuerySelector, LinearBudget, RandomQuerySelector
from synda_sk.selection import entropy, greedy_batch, margin
from synda_sk.selection._similarity import CosineSimilarity, RbfSimilarity, make_similarity
from synda_sk.utils import TableEncoder, evenly_spaced


def naive_batch(scores, similarity, n_queries, redundancy, penalty):
    """Full-matrix greedy: the definition, row by row."""
    chosen = []
    for _ in range(min(n_queries, len(scores))):
        best, best_gain = None, -np.inf
        for x in range(len(scores)):
            if x in chosen:
                continue
            nearness = similarity[x, chosen] if chosen else np.zeros(1)
            cost = nearness.max() if redundancy == "max" else nearness.sum() / min(n_queries, len(scores))
            if scores[x] - penalty * cost > best_gain:
                best, best_gain = x, scores[x] - penalty * cost
        chosen.append(best)
    return chosen


def naive_similarity(kind, F):
    if kind == "cosine":
        return (1 + cosine_similarity(F)) / 2
    squared = ((F[:, None] - F[None]) ** 2).sum(axis=2)
    return np.exp(-squared / np.median(squared[np.triu_indices(len(F), 1)]))


@settings(max_examples=60)
@given(
    n=st.integers(2, 60),
    n_queries=st.integers(1, 25),
    kind=st.sampled_from(["rbf", "cosine"]),
    redundancy=st.sampled_from(["max", "sum"]),
    penalty=st.sampled_from([0.0, 0.05, 0.3, 1.0, 5.0]),
    peaked=st.booleans(),
    seed=st.integers(0, 10_000),
)
def test_the_pruned_greedy_batch_is_the_naive_one(n, n_queries, kind, redundancy, penalty, peaked, seed):
    rng = np.random.default_rng(seed)
    F = rng.normal(size=(n, 3))
    scores = rng.random(n) ** (12 if peaked else 1)
    chosen = greedy_batch(scores, n_queries, make_similarity(kind, F), redundancy=redundancy, penalty=penalty)
    assert chosen.tolist() == naive_batch(scores, naive_similarity(kind, F), n_queries, redundancy, penalty)


def test_ties_go_to_the_lowest_index():
    F = np.eye(6)
    chosen = greedy_batch(np.ones(6), 4, CosineSimilarity(F), penalty=0.3)
    assert chosen.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("weight", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("kind", ["rbf", "cosine"])
def test_scores_follow_the_definition(weight, kind):
    rng = np.random.default_rng(1)
    X = StandardScaler().fit_transform(rng.normal(size=(150, 4)))
    model = LogisticRegression().fit(X, X[:, 0] + rng.normal(size=150) > 0)
    selector = HybridQuerySelector(weight, density=kind, features=lambda Z: Z)
    u = scipy_entropy(model.predict_proba(X), axis=1) / np.log(2)
    d = naive_similarity(kind, X).mean(axis=1)
    assert_allclose(selector.score_samples(model, X), weight * u + (1 - weight) * d, atol=1e-10)
    expected = naive_batch(weight * u + (1 - weight) * d, naive_similarity(kind, X), 20, "max", 0.3)
    assert selector.query(model, X).tolist() == expected


def test_density_of_large_pools_is_close_to_the_exact_one():
    rng = np.random.default_rng(0)
    F = np.concatenate([rng.normal(size=(4000, 6)), rng.normal(3, 0.5, size=(1500, 6))])
    similarity = RbfSimilarity(F)
    exact = np.concatenate(
        [rbf_kernel(part, F, gamma=similarity.gamma).mean(axis=1) for part in np.split(F, 11)]
    )
    assert np.abs(similarity.density().values - exact).max() < 0.02
    assert np.corrcoef(similarity.density().values, exact)[0, 1] > 0.999


@given(st.integers(2, 6), st.integers(0, 1000))
def test_uncertainties_lie_between_zero_and_one(n_classes, seed):
    p = np.random.default_rng(seed).dirichlet(np.full(n_classes, 0.3), size=50)
    for score in (entropy(p), margin(p)):
        assert (score >= -1e-12).all()
        assert (score <= 1 + 1e-12).all()
    uniform = np.full((1, n_classes), 1 / n_classes)
    assert_allclose([entropy(uniform)[0], margin(uniform)[0]], 1.0)
    assert_array_equal(entropy(np.eye(n_classes)), 0.0)


def test_auto_is_entropy_for_two_classes_and_margin_for_more():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 3))
    two = LogisticRegression().fit(X, X[:, 0] > 0)
    three = LogisticRegression().fit(X, np.digitize(X[:, 0], [-0.5, 0.5]))
    assert_allclose(HybridQuerySelector().score_samples(two, X), entropy(two.predict_proba(X)))
    assert_allclose(HybridQuerySelector().score_samples(three, X), margin(three.predict_proba(X)))


def test_models_with_a_decision_function_only():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 3))
    for y in (X[:, 0] > 0, np.digitize(X[:, 0], [-0.5, 0.5])):
        assert len(HybridQuerySelector().query(Perceptron().fit(X, y), X, 5)) == 5


def test_mixed_frames_and_callable_similarity(mixed_frame):
    X, y = mixed_frame
    encoded = TableEncoder().fit_transform(X)
    model = RandomForestClassifier(10, random_state=0).fit(encoded, y)

    class OnFrames:
        classes_ = model.classes_

        def predict_proba(self, frame):
            return model.predict_proba(TableEncoder().fit(X).transform(frame))

    by_name = HybridQuerySelector(0.5, density="cosine").query(OnFrames(), X, 10)
    by_call = HybridQuerySelector(0.5, density=lambda A, B: (1 + cosine_similarity(A, B)) / 2).query(
        OnFrames(), X, 10
    )
    assert_array_equal(by_name, by_call)


def test_batches_are_distinct_repeatable_and_bounded_by_the_pool():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 3))
    model = LogisticRegression().fit(X, X[:, 0] > 0)
    for selector in (HybridQuerySelector(batch_size=50), RandomQuerySelector(batch_size=50, random_state=0)):
        first = selector.query(model, X)
        assert sorted(first) == list(range(30))
        assert_array_equal(first, selector.query(model, X))
        indices, utilities = selector(model, X, n_instances=2)
        assert len(indices) == len(utilities) == 2
        assert clone(selector).get_params() == selector.get_params()


@given(st.integers(1, 50), st.integers(0, 20), st.integers(0, 100), st.integers(0, 200))
def test_linear_budget_is_its_formula(initial, increment, extra, step):
    budget = LinearBudget(initial, increment, initial + extra)
    assert budget(step) == min(initial + extra, initial + increment * step)


def test_exploration_draws_a_share_at_random_with_known_probability():
    rng = np.random.default_rng(0)
    F = rng.normal(size=(60, 2))
    p = rng.dirichlet([1, 1], size=60)
    greedy = HybridQuerySelector().select(p, F, 6).indices
    seen = np.zeros(60)
    for seed in range(600):
        picked = HybridQuerySelector(exploration=0.4, random_state=seed).select(p, F, 10)
        assert_array_equal(picked.indices[:6], greedy)
        assert picked.inclusion.tolist() == [1.0] * 6 + [4 / 54] * 4
        assert len(set(picked.indices.tolist())) == 10
        seen[picked.indices[6:]] += 1
    assert (seen[greedy] == 0).all()
    assert np.abs(np.delete(seen, greedy) / 600 - 4 / 54).max() < 5 * np.sqrt(4 / 54 / 600)
    everything = HybridQuerySelector(exploration=1.0, random_state=0).select(p, F, 80)
    assert sorted(everything.indices) == list(range(60))


def blobs(n, d=4, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) + 3 * rng.integers(0, 2, (n, 1))
    return X, LogisticRegression().fit(X[:200], X[:200, 0] + rng.normal(size=len(X[:200])) > 1.5)


def test_a_default_query_looks_at_the_features_of_few_rows(monkeypatch):
    X, model = blobs(300_000)
    asked = []
    transform = TableEncoder.transform
    monkeypatch.setattr(TableEncoder, "transform", lambda self, X: asked.append(len(X)) or transform(self, X))
    chosen = HybridQuerySelector().query(model, X, 20)
    assert sum(asked) < 0.5 * len(X)
    encoded = TableEncoder().fit(X[evenly_spaced(len(X), 32_768)]).transform(X)
    by_hand = HybridQuerySelector().select(model.predict_proba(X), encoded, 20)
    assert_array_equal(chosen, by_hand.indices)


@pytest.mark.parametrize("frame", [False, True])
def test_pools_are_scored_in_parts_of_the_same_scores(frame):
    X, model = blobs(200_000)
    X = pd.DataFrame(X, columns=list("abcd")) if frame else X
    model = clone(model).fit(X[:200], model.predict(np.asarray(X[:200])))
    seen = []

    class Counting:
        classes_ = model.classes_

        def predict_proba(self, Z):
            seen.append(len(Z))
            return model.predict_proba(Z)

    whole = entropy(model.predict_proba(X))
    assert_array_equal(HybridQuerySelector().score_samples(Counting(), X), whole)
    assert seen == [65_536, 65_536, 68_928]
    seen.clear()
    by_rank = HybridQuerySelector(uncertainty=lambda p: p[:, 0].argsort().argsort() / len(p))
    assert by_rank.score_samples(Counting(), X).max() == pytest.approx(1 - 1 / len(X))
    assert sum(seen) == 200_000


@pytest.mark.parametrize("kind", ["rbf", "cosine"])
@pytest.mark.parametrize("n", [3000, 9000])
def test_densities_do_not_depend_on_blocks_or_places(kind, n):
    class Blocks:
        def __init__(self, F, size):
            self.F, self.size = F, size

        def __len__(self):
            return len(self.F)

        def __getitem__(self, rows):
            return self.F[rows]

        def blocks(self):
            return (self.F[k : k + self.size] for k in range(0, len(self.F), self.size))

    F = np.random.default_rng(0).normal(size=(n, 5))
    F[n // 2 :] = F[: n // 2]
    whole = make_similarity(kind, F).density()
    assert_array_equal(whole.values[n // 2 :], whole.values[: n // 2])
    for size in (700, 1777):
        parts = make_similarity(kind, Blocks(F, size)).density()
        assert_array_equal(parts.values, whole.values)
        assert parts.error == pytest.approx(whole.error, abs=1e-9)


def test_the_density_tells_its_error():
    X, _ = blobs(9000, d=6)
    selector = HybridQuerySelector(features=lambda Z: Z)
    density = selector.pool_density(X)
    similarity = RbfSimilarity(X)
    exact = np.concatenate(
        [rbf_kernel(X[k : k + 900], X, gamma=similarity.gamma).mean(axis=1) for k in range(0, 9000, 900)]
    )
    worst = np.abs(density.values - exact).max()
    assert worst / 20 < density.error <= worst + 1e-9
    assert worst < 0.01
    assert selector.pool_density(X[:500]).error == 0
    assert HybridQuerySelector(density="cosine").pool_density(X).error == 0


def test_one_class_and_no_rows():
    X, _ = blobs(50)
    model = DummyClassifier().fit(X, np.zeros(50))
    chosen = HybridQuerySelector().query(model, X, 4)
    assert chosen[0] == 0  # nothing but the ties and the penalty decide
    assert len(set(chosen)) == 4
    assert HybridQuerySelector().query(model, X[:0], 4).tolist() == []
    assert HybridQuerySelector().score_samples(model, X[:0]).tolist() == []
    assert HybridQuerySelector().select(np.empty((0, 2)), np.empty((0, 3)), 4).indices.tolist() == []


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_probabilities_and_features_that_are_no_numbers_are_named(wrong):
    p, F = np.full((6, 2), 0.5), np.eye(6)
    p[2, 1] = wrong
    with pytest.raises(ValueError, match="scores hold NaN or infinity: check the model's probabilities"):
        HybridQuerySelector().select(p, F, 2)
    p[2, 1], F[2, 1] = 0.5, wrong
    for kind in ("rbf", "cosine"):
        with pytest.raises(ValueError, match=r"features f\(x\) hold"):
            HybridQuerySelector(density=kind).select(p, F, 2)
    with pytest.raises(ValueError, match="probabilities of 6 rows, features of 5"):
        HybridQuerySelector().select(p, np.eye(5), 2)


@pytest.mark.parametrize("n_classes", [2, 3, 5, 12])
def test_uncertainties_are_their_formulas(n_classes):
    p = np.random.default_rng(0).dirichlet(np.full(n_classes, 0.2), size=300)
    p[0] = np.eye(n_classes)[0]
    top = np.sort(p, axis=1)
    assert_array_equal(margin(p), 1.0 - (top[:, -1] - top[:, -2]))
    assert_allclose(entropy(p), scipy_entropy(p, axis=1) / np.log(n_classes), atol=1e-14)
    assert_array_equal(entropy(p)[5:6], entropy(p[5:6]))
