import numpy as np

from synda_sk.evaluation._intervals import label_intervals
from synda_sk.metrics import isotonic_curve, labels_saved, labels_to_target


def test_the_intervals_are_those_of_the_measures_over_resampled_seeds():
    rng = np.random.default_rng(1)
    counts = np.array([10, 20, 30, 40])
    reference, scores = np.sort(rng.random((2, 4, 4)), axis=2)
    needed, saved = label_intervals(counts, scores, reference)
    by_hand = []
    for drawn in np.random.default_rng(0).integers(4, size=(1000, 4)):
        level = isotonic_curve(counts, reference[drawn])[-1]
        by_hand.append(
            [
                labels_to_target(counts, scores[drawn], level),
                labels_saved(counts, scores[drawn], reference[drawn]),
            ]
        )
    ends = np.nan_to_num(by_hand, nan=np.inf) * [1, 1]
    ends[:, 1] = np.where(np.isinf(ends[:, 1]), -np.inf, ends[:, 1])
    for found, values in zip((needed, saved), ends.T, strict=True):
        expected = [
            np.quantile(values, 0.025, method="lower"),
            np.quantile(values, 0.975, method="higher"),
        ]
        assert found == [end if np.isfinite(end) else None for end in expected]


def test_a_method_that_never_gets_there_has_no_end():
    counts, reference = np.array([10, 20]), np.array([[0.1, 0.8]] * 3)
    assert label_intervals(counts, reference - 0.5, reference) == ([None, None], [None, None])
    assert label_intervals(counts, reference[:2], reference[:2]) == (None, None)
    assert label_intervals(counts, reference, reference) == ([20.0, 20.0], [0.0, 0.0])
