import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synda_sk.metrics import (
    area_under_learning_curve,
    isotonic_curve,
    labels_saved,
    labels_to_target,
    learning_curves,
    mean_standard_error,
)

quality = st.floats(0, 1, allow_subnormal=False)
curves = st.lists(quality, min_size=1, max_size=5)


def counts_of(curve):
    return 10 * (1 + np.arange(len(curve)))


def max_min_isotonic(curve):
    """The max-min formula of isotonic regression."""
    n = len(curve)
    return [
        max(min(np.mean(curve[a:b]) for b in range(i + 1, n + 1)) for a in range(i + 1)) for i in range(n)
    ]


@given(curves)
def test_isotonic_curve_follows_the_max_min_formula(curve):
    np.testing.assert_allclose(isotonic_curve(counts_of(curve), curve), max_min_isotonic(curve), atol=1e-12)


@given(curves)
def test_a_curve_saves_nothing_against_itself(curve):
    assert labels_saved(counts_of(curve), curve, curve) == 0.0


@given(curves, st.randoms(use_true_random=False))
def test_labels_saved_follows_its_definition(reference, random):
    method = [random.random() for _ in reference]
    counts = counts_of(reference)
    ours, theirs = isotonic_curve(counts, method), isotonic_curve(counts, reference)
    n = next((c for c, q in zip(counts, ours, strict=True) if q >= theirs[-1]), None)
    n_reference = next(c for c, q in zip(counts, theirs, strict=True) if q >= theirs[-1])
    saved = labels_saved(counts, method, reference)
    assert np.isnan(saved) if n is None else saved == 1 - n / n_reference


def test_means_come_before_the_isotonic_fit():
    seeds = [[0.0, 1.0], [1.0, 0.0]]
    assert isotonic_curve([1, 2], seeds).tolist() == [0.5, 0.5]


def test_the_plateau_of_the_reference_counts_from_its_start():
    assert labels_saved([10, 20, 30, 40], [0.1, 0.2, 0.6, 0.6], [0.1, 0.5, 0.5, 0.5]) == pytest.approx(-0.5)


def test_a_target_out_of_reach_is_nan():
    assert np.isnan(labels_to_target([10, 20], [0.1, 0.2], 0.3))
    assert np.isnan(labels_saved([10, 20], [0.1, 0.2], [0.1, 0.3]))


@given(st.floats(0, 1), st.lists(st.integers(1, 50), min_size=1, max_size=6))
def test_area_of_a_flat_curve_is_its_height(height, steps):
    counts = list(itertools.accumulate(steps))
    assert area_under_learning_curve(counts, [height] * len(counts)) == pytest.approx(height)


def test_area_of_seeds_is_one_value_a_seed():
    area = area_under_learning_curve([0, 10, 30], [[0, 1, 1], [0, 0, 1]])
    assert area.tolist() == pytest.approx([25 / 30, 10 / 30])


def test_standard_error_of_one_seed_is_unknown():
    mean, error = mean_standard_error([[0.25, 0.5]])
    assert mean.tolist() == [0.25, 0.5]
    assert np.isnan(error).all()


def test_learning_curves_keep_the_counts_all_seeds_have():
    records = [
        {"arm": "a", "seed": seed, "n_labels": n, "q": 10 * seed + n}
        for seed, counts in ((1, (4, 2)), (0, (2, 4, 6)))
        for n in counts
    ]
    seeds, counts, scores = learning_curves(records, "q")["a"]
    assert seeds.tolist() == [0, 1]
    assert counts.tolist() == [2, 4]
    assert scores.tolist() == [[2, 4], [12, 14]]
