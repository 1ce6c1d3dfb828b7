import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist
from sklearn.metrics import roc_auc_score

from synda_sk.metrics import (
    closer_than_holdout,
    closer_to_train,
    distance_to_closest_record,
    membership_auc,
    near_copy_share,
    nearest_neighbour_distance_ratio,
)

points = arrays(float, st.tuples(st.integers(2, 12), st.just(2)), elements=st.integers(-4, 4).map(float))


def itself(X):
    return X


def cloud(seed, n=300, d=4):
    return np.random.default_rng(seed).normal(size=(n, d))


@given(points, points)
def test_distances_follow_their_definition(a, b):
    np.testing.assert_allclose(
        distance_to_closest_record(a, b, features=itself), cdist(a, b).min(axis=1), atol=1e-12
    )


@given(points, points)
def test_distance_ratio_follows_its_definition(a, b):
    nearest = np.sort(cdist(a, b), axis=1)[:, :2]
    ratios = [one / two if two > 0 else 1.0 for one, two in nearest]
    found = nearest_neighbour_distance_ratio(a, b, quantile=0.25, features=itself)
    assert found == pytest.approx(np.quantile(ratios, 0.25))


@given(points, points, st.floats(0.01, 0.99))
def test_near_copies_follow_their_definition(rows, real, quantile):
    distinct = np.unique(real, axis=0)
    own = cdist(distinct, distinct) + np.diag(np.full(len(distinct), np.inf))
    limit = np.quantile(own.min(axis=1), quantile) if len(distinct) > 1 else 0.0
    copies = []
    for row in rows:
        twins = int((real == row).all(axis=1).sum())
        near = cdist([row], distinct).min() < limit
        copies.append(twins == 1 if twins else near)
    assert near_copy_share(rows, real, quantile=quantile, features=itself) == pytest.approx(np.mean(copies))


@given(points, points, points)
def test_membership_is_the_auc_of_the_distances(train, holdout, synthetic):
    distance = cdist(np.concatenate([train, holdout]), synthetic).min(axis=1)
    expected = roc_auc_score(np.arange(len(distance)) < len(train), -np.round(distance, 12))
    found = membership_auc(train, holdout, synthetic, features=itself)
    assert found == pytest.approx(expected, abs=1e-9)
    swapped = membership_auc(holdout, train, synthetic, features=itself)
    assert swapped == pytest.approx(1 - found, abs=1e-9)


@given(points, points, points)
def test_closer_to_train_is_one_less_closer_to_holdout(synthetic, a, b):
    n = min(len(a), len(b))
    there = closer_to_train(synthetic, a[:n], b[:n], features=itself)
    assert 0 <= there <= 1
    assert there == pytest.approx(1 - closer_to_train(synthetic, b[:n], a[:n], features=itself))


@given(st.integers(2, 40), st.integers(0, 100))
def test_copies_are_detected_with_certainty(n, seed):
    train, holdout = np.random.default_rng(seed).normal(size=(2, n, 3))
    copies = np.random.default_rng(seed).permutation(train)
    assert near_copy_share(copies, train) == 1.0
    assert membership_auc(train, holdout, copies) == 1.0
    assert closer_to_train(copies, train, holdout) == 1.0
    assert closer_than_holdout(copies, train, holdout) == 1.0
    assert nearest_neighbour_distance_ratio(copies, train) == 0.0


def test_an_independent_sample_leaks_nothing():
    train, holdout, synthetic = cloud(0), cloud(1), cloud(2)
    assert abs(membership_auc(train, holdout, synthetic) - 0.5) < 0.06
    assert abs(closer_to_train(synthetic, train, holdout) - 0.5) < 0.08
    assert closer_than_holdout(synthetic, train, holdout) < 0.12
    assert near_copy_share(synthetic, train) < 0.1


def test_tables_of_unequal_size_are_compared_at_equal_size():
    train, holdout, synthetic = cloud(0, 900), cloud(1, 100), cloud(2)
    assert abs(closer_to_train(synthetic, train, holdout, random_state=0) - 0.5) < 0.1


def test_equal_rows_of_a_discrete_table_are_no_copies_but_a_unique_one_is():
    real = pd.DataFrame({"type": ["bill"] * 5 + ["transfer"] * 4 + ["loan"], "new": [True] * 10})
    common, unique = real.iloc[[0, 5]], real.iloc[[9]]
    assert near_copy_share(common, real) == 0.0
    assert near_copy_share(unique, real) == 1.0


def test_mixed_frames_and_missing_values_are_compared(mixed_frame):
    X, _ = mixed_frame
    assert near_copy_share(X.iloc[:50], X) == 1.0
    assert (distance_to_closest_record(X.iloc[:50], X) == 0).all()
