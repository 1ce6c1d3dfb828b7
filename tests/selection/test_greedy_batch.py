"""The fast greedy batch against full recomputation of every gain at every pick."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics.pairwise import cosine_similarity, rbf_kernel

from synda_sk.selection import _candidates, _lazy_greedy, greedy_batch
from synda_sk.selection._similarity import make_similarity

KINDS, FORMS = ["rbf", "cosine"], ["max", "sum"]


def table(similarity):
    """Similarities of all rows with all, by the arithmetic of the rule."""
    rows = similarity.take(np.arange(len(similarity)))
    return similarity.of(similarity.squared(rows, rows))


def gains(scores, S, chosen, n_queries, redundancy, penalty):
    if not chosen:
        return scores.copy()
    cost = S[:, chosen].max(axis=1) if redundancy == "max" else S[:, chosen].sum(axis=1) / n_queries
    gain = scores - penalty * cost
    gain[chosen] = -np.inf
    return gain


def naive(scores, S, n_queries, redundancy, penalty):
    chosen = []
    n_queries = min(n_queries, len(scores))
    for _ in range(n_queries):
        chosen.append(int(np.argmax(gains(scores, S, chosen, n_queries, redundancy, penalty))))
    return chosen


def assert_greedy(chosen, scores, features, S, n_queries, redundancy, penalty):
    """Each pick has the best gain, and no equal row comes before it."""
    n_queries = min(n_queries, len(scores))
    assert len(set(chosen)) == len(chosen) == n_queries
    for k, row in enumerate(chosen):
        gain = gains(scores, S, chosen[:k], n_queries, redundancy, penalty)
        assert gain[row] >= gain.max() - 1e-9 * (1 + penalty)
        before = np.setdiff1d(np.arange(row), chosen[:k])
        equal = (scores[before] == scores[row]) & (features[before] == features[row]).all(axis=1)
        assert not equal.any()


def pool(layout, n, d, rng):
    F, s = rng.normal(size=(n, d)), rng.random(n)
    if layout == "peaked":
        s **= 10
    elif layout == "duplicates":
        rows = rng.integers(0, max(1, n // 3), n)
        F, s = F[rows], s[rows]
    elif layout == "tied scores":
        s = np.round(s, 1)
    elif layout == "one score":
        s[:] = 0.5
    elif layout == "constant features":
        F[:] = 1.0
    elif layout == "zeros":
        F[rng.random(n) < 0.4] = 0.0
    elif layout == "lattice":
        F, s = rng.integers(-1, 2, size=(n, d)).astype(float), np.round(s, 1)
    return F, s


LAYOUTS = [
    "free",
    "peaked",
    "duplicates",
    "tied scores",
    "one score",
    "constant features",
    "zeros",
    "lattice",
]


@settings(max_examples=300)
@given(
    n=st.integers(1, 120),
    d=st.integers(1, 10),
    n_queries=st.integers(1, 60),
    kind=st.sampled_from(KINDS),
    redundancy=st.sampled_from(FORMS),
    penalty=st.sampled_from([0.0, 0.01, 0.3, 1.0, 10.0, 1000.0]),
    layout=st.sampled_from(LAYOUTS),
    sizes=st.tuples(*[st.integers(1, 60)] * 7),
    seed=st.integers(0, 10**6),
)
def test_it_is_the_naive_batch_whatever_the_blocks(
    n, d, n_queries, kind, redundancy, penalty, layout, sizes, seed
):
    F, s = pool(layout, n, d, np.random.default_rng(seed))
    similarity = make_similarity(kind, F)
    first, pairs, rows, plan, fixed, probes, sample = sizes
    small = dict(
        _FIRST_ROWS=first, _PAIRS=pairs, _ROWS=rows, _PLAN_ROWS=plan, _FIXED_WORK=fixed, _PROBES=probes
    )
    with mock.patch.multiple(_lazy_greedy, **small), mock.patch.object(_candidates, "_SAMPLE", sample):
        chosen = greedy_batch(s, n_queries, similarity, redundancy=redundancy, penalty=penalty).tolist()
    assert chosen == greedy_batch(s, n_queries, similarity, redundancy=redundancy, penalty=penalty).tolist()
    S = table(similarity)
    assert_greedy(chosen, s, F, S, n_queries, redundancy, penalty)
    if layout not in ("lattice", "one score", "zeros"):  # where different rows tie but for rounding
        assert chosen == naive(s, S, n_queries, redundancy, penalty)


@pytest.mark.parametrize("penalty", [0.3, 10.0])
@pytest.mark.parametrize("redundancy", FORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_the_naive_batch_on_many_rows(kind, redundancy, penalty):
    rng = np.random.default_rng(0)
    F = rng.normal(size=(30_000, 5)) + 4 * rng.integers(0, 2, (30_000, 1))
    s = rng.random(30_000) ** 2
    similarity = make_similarity(kind, F)
    rows = similarity.take(np.arange(30_000))
    cost, chosen = np.zeros(30_000), []
    for _ in range(40):
        gain = s - penalty * (cost if redundancy == "max" else cost / 40)
        gain[chosen] = -np.inf
        chosen.append(int(np.argmax(gain)))
        nearness = similarity.of(similarity.squared(rows, rows[chosen[-1:]]))[:, 0]
        cost = np.maximum(cost, nearness) if redundancy == "max" else cost + nearness
    assert greedy_batch(s, 40, similarity, redundancy=redundancy, penalty=penalty).tolist() == chosen


def test_the_arithmetic_is_the_definition():
    F = np.random.default_rng(0).normal(size=(40, 3))
    F[7] = 0.0
    assert_allclose(table(make_similarity("cosine", F)), (1 + cosine_similarity(F)) / 2, atol=1e-12)
    rbf = make_similarity("rbf", F)
    squared = ((F[:, None] - F[None]) ** 2).sum(axis=2)
    assert rbf.gamma == pytest.approx(1 / np.median(squared[np.triu_indices(40, 1)]))
    assert_allclose(table(rbf), rbf_kernel(F, gamma=rbf.gamma), atol=1e-12)


@pytest.mark.parametrize("d", [1, 2, 3, 8, 20, 33])
@pytest.mark.parametrize("kind", KINDS)
def test_a_similarity_does_not_depend_on_the_rows_around(kind, d):
    rng = np.random.default_rng(d)
    similarity = make_similarity(kind, rng.normal(size=(501, d)))
    rows = similarity.take(np.arange(501))
    whole = similarity.of(similarity.squared(rows[:70], rows))
    for _ in range(50):
        a, b = np.sort(rng.integers(0, 502, 2))
        j = rng.integers(0, 70)
        assert_array_equal(similarity.of(similarity.squared(rows[j : j + 1], rows[a:b]))[0], whole[j, a:b])


class Recorder:
    """A provider that notes what it is asked for."""

    def __init__(self, features):
        self.features, self.asked = features, []

    def __len__(self):
        return len(self.features)

    def __getitem__(self, rows):
        assert (np.diff(rows) > 0).all()
        self.asked.append(len(rows))
        return self.features[rows]


def test_few_rows_are_fetched_in_few_growing_blocks():
    rng = np.random.default_rng(0)
    F, s = rng.normal(size=(200_000, 4)), rng.random(200_000) ** 8
    provider = Recorder(F)
    similarity = make_similarity("rbf", provider)
    chosen = greedy_batch(s, 100, similarity)
    gamma_rows, *blocks = sorted(provider.asked, key=lambda n: n != 1000)
    assert gamma_rows == 1000
    assert sum(blocks) < 0.2 * len(F)
    assert len(blocks) <= 3
    assert_array_equal(chosen, greedy_batch(s, 100, make_similarity("rbf", F)))
    dominated = Recorder(F)
    greedy_batch(s, 10, make_similarity("cosine", dominated), penalty=100.0)
    assert len(dominated.asked) <= 5
    assert sum(dominated.asked) <= len(F)


@pytest.mark.parametrize("redundancy", FORMS)
def test_functions_of_any_range_are_obeyed_exactly(redundancy):
    rng = np.random.default_rng(3)
    F, s = rng.normal(size=(60, 3)), rng.random(60)
    similarity = make_similarity(lambda A, B: A @ B.T, F)
    chosen = greedy_batch(s, 20, similarity, redundancy=redundancy, penalty=0.7)
    assert chosen.tolist() == naive(s, F @ F.T, 20, redundancy, 0.7)


def test_the_best_rows_without_a_penalty_the_whole_pool_and_none_of_it():
    s = np.array([0.1, 0.9, 0.9, 0.4])
    similarity = make_similarity("rbf", np.arange(8.0).reshape(4, 2))
    assert greedy_batch(s, 3, similarity, penalty=0).tolist() == [1, 2, 3]
    assert sorted(greedy_batch(s, 9, similarity)) == [0, 1, 2, 3]
    assert greedy_batch(s, 0, similarity).tolist() == []
    assert greedy_batch([], 3, make_similarity("rbf", np.empty((0, 2)))).tolist() == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (dict(scores=np.array([0.1, np.nan, 0.2])), "scores hold NaN"),
        (dict(scores=np.zeros(4)), "scores have shape"),
        (dict(n_queries=-1), "n_queries"),
        (dict(n_queries=1.5), "n_queries"),
        (dict(redundancy="mean"), "redundancy"),
        (dict(penalty=-0.1), "redundancy_penalty"),
        (dict(penalty=np.inf), "redundancy_penalty"),
    ],
)
def test_a_wrong_argument_is_named(change, word):
    given_ = dict(
        scores=np.zeros(3), n_queries=2, similarity=make_similarity("rbf", np.eye(3)), redundancy="max"
    )
    with pytest.raises(ValueError, match=word):
        greedy_batch(**given_ | change)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
@pytest.mark.parametrize("density", [*KINDS, lambda A, B: A @ B.T])
def test_features_that_are_not_finite_are_refused(density, wrong):
    F = np.ones((5, 2))
    F[3, 1] = wrong
    with pytest.raises(ValueError, match=r"features f\(x\) hold (nan|inf) in component 1"):
        make_similarity(density, F)
    with pytest.raises(ValueError, match=r"features f\(x\) hold (nan|inf) in component 1"):
        greedy_batch(np.ones(5), 2, make_similarity(density, Recorder(F)))
    with pytest.raises(ValueError, match="overflow"):
        greedy_batch(np.ones(3), 2, make_similarity("rbf", np.array([[1e200], [-1e200], [0]])))


def test_a_function_that_is_no_similarity_is_named():
    with pytest.raises(ValueError, match="density="):
        greedy_batch(np.ones(5), 2, make_similarity(lambda A, B: np.ones(len(A)), np.eye(5)))
