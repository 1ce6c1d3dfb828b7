"""The cold start and its anomaly arm."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synda_sk.selection._anomaly import anomaly_order
from synda_sk.selection._start import (
    ANOMALY,
    RANDOM,
    ArmRecord,
    combine_picks,
    hedge_size,
    medoids,
    start_block,
    start_blocks,
)


@given(st.integers(1, 500))
def test_start_blocks_add_up(n_initial):
    blocks = start_blocks(n_initial)
    assert sum(blocks) == n_initial
    assert min(blocks) > 0
    if n_initial >= 50:
        assert len(blocks) == 5
        assert max(blocks) - min(blocks) <= 1


def test_the_arm_lives_until_three_hits_and_then_must_be_better():
    rng = np.random.default_rng(0)
    assert ArmRecord(0, 40, 2, 60).alive(rng)
    assert not ArmRecord(0, 40, 6, 60).alive(rng)
    assert ArmRecord(8, 40, 1, 60).alive(rng)
    assert ArmRecord(8, 40, 1, 60).hot
    assert not ArmRecord(2, 40, 0, 60).hot


def test_hits_are_counted_for_the_rarest_class_by_arm():
    codes = np.array([0, 0, 0, 1, 1, -1, 0])
    arms = np.array([0, ANOMALY, 0, ANOMALY, 0, ANOMALY, 0], dtype=np.int8)
    assert ArmRecord.from_labels(codes, arms, 2) == ArmRecord(1, 2, 1, 4)
    assert ArmRecord.from_labels(np.where(codes > 0, -1, codes), arms, 2) == ArmRecord(0, 1, 0, 3)


@settings(max_examples=40)
@given(st.integers(1, 60), st.integers(0, 40), st.integers(0, 40), st.integers(0, 99))
def test_picks_are_distinct_free_and_as_many_as_asked(n_queries, n_anomalies, n_medoids, seed):
    rng = np.random.default_rng(seed)
    F = rng.normal(size=(80, 2))
    free = np.sort(rng.choice(80, 50, replace=False))
    rows, arms = combine_picks(n_queries, n_anomalies, n_medoids, F, free, np.arange(80)[::-1], rng)
    assert len(rows) == len(set(rows)) == len(arms) == min(n_queries, 50)
    assert np.isin(rows, free).all()
    wanted = min(n_anomalies, n_queries, 50)
    assert (arms == ANOMALY).sum() == wanted
    np.testing.assert_array_equal(rows[:wanted], free[::-1][:wanted])


def test_a_block_uses_anomalies_only_for_two_classes_and_a_living_arm():
    rng = np.random.default_rng(0)
    F = rng.normal(size=(200, 3))
    order, free = np.arange(200), np.arange(100, 200)
    none = np.full(200, -1)
    arms = np.zeros(200, dtype=np.int8)

    def n_anomalies(codes, arms, n_classes):
        return (start_block(40, codes, arms, n_classes, F, free, order, rng)[1] == ANOMALY).sum()

    assert n_anomalies(none, arms, 2) == 10
    assert n_anomalies(none, arms, 3) == 0
    codes, tried = none.copy(), arms.copy()
    codes[:100] = 0
    codes[:4] = 1
    tried[50:100] = ANOMALY
    assert n_anomalies(codes, tried, 2) == 0
    tried[:] = 0
    tried[:20] = ANOMALY
    assert n_anomalies(codes, tried, 2) == 20


@settings(max_examples=30)
@given(st.integers(2, 4), st.integers(0, 9), st.integers(0, 99))
def test_a_block_is_random_once_every_class_has_five_labels(n_classes, n_rarest, seed):
    rng = np.random.default_rng(seed)
    F = rng.normal(size=(200, 3))
    codes = np.full(200, -1)
    codes[:100] = np.resize(np.arange(n_classes - 1), 100)
    codes[:n_rarest] = n_classes - 1
    arms = np.zeros(200, dtype=np.int8)
    free, order = np.arange(100, 200), np.arange(200)
    _, picked_by = start_block(20, codes, arms, n_classes, F, free, order, rng)
    assert (picked_by == RANDOM).all() == (n_rarest >= 5)


def test_the_hedge_shrinks_and_ends():
    rng = np.random.default_rng(0)
    arms = np.zeros(60, dtype=np.int8)
    one_class = np.r_[np.zeros(20, int), np.full(40, -1)]
    few = np.r_[np.zeros(20, int), np.ones(2, int), np.full(38, -1)]
    enough = np.r_[np.zeros(20, int), np.ones(5, int), np.full(35, -1)]
    assert hedge_size(40, one_class, arms, 2, rng) == (20, 20)
    assert hedge_size(40, few, arms, 2, rng) == (10, 10)
    assert hedge_size(40, enough, arms, 2, rng) == (0, 0)
    assert hedge_size(40, few, arms, 3, rng) == (0, 10)


def test_medoids_are_rows_near_the_middle_of_the_clusters():
    rng = np.random.default_rng(0)
    centres = np.array([[0, 0], [10, 0], [0, 10]])
    F = np.concatenate([c + rng.normal(0, 0.5, size=(40, 2)) for c in centres])
    rows = medoids(F, np.arange(120), 3, rng)
    assert sorted(rows // 40) == [0, 1, 2]
    assert (np.linalg.norm(F[rows] - centres[rows // 40], axis=1) < 0.5).all()


@pytest.mark.parametrize("kind", ["far away", "odd combination"])
def test_anomalies_of_several_kinds_come_first(kind):
    rng = np.random.default_rng(0)
    x = rng.normal(size=2000)
    F = np.column_stack([x, x + 0.05 * rng.normal(size=2000), rng.normal(size=2000)])
    F[:5] = [9, 9, 9] if kind == "far away" else [1.5, -1.5, 0]
    order = anomaly_order(F, 0)
    assert sorted(order) == list(range(2000))
    assert np.isin(np.arange(5), order[:60]).all()


def test_tiny_pools_have_an_order_too():
    for n in (1, 2, 3, 5):
        assert sorted(anomaly_order(np.zeros((n, 2)), 0)) == list(range(n))
