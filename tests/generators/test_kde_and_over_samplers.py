"""Generators that stay near the real rows: kernel density and over-samplers."""

import numpy as np
import pytest
from imblearn.over_sampling import ADASYN, SMOTE, RandomOverSampler
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import make_classification

from synda_sk import SyntheticAugmenter
from synda_sk.generators import KDEGenerator, OverSamplerGenerator, make_generator


def test_the_density_is_rows_plus_noise_of_the_bandwidth():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(0, 1, 200), rng.normal(0, 50, 200)])
    X[0], y = [0.2, -30.0], np.r_[1, np.zeros(199)]
    X_new, _ = KDEGenerator(bandwidth=0.05, random_state=0).fit(X, y).sample(4000, 1)
    assert_allclose(X_new.mean(axis=0), X[0], atol=3 * 0.05 * X.std(axis=0).max() / 4000**0.5)
    assert_allclose(X_new.std(axis=0) / X.std(axis=0), 0.05, rtol=0.1)


def test_scotts_bandwidth_shrinks_with_the_class():
    X = np.concatenate([np.zeros((600, 2)), np.repeat([[-5.0, 5.0], [5.0, -5.0]], 300, axis=0)])
    y = np.r_[np.zeros(590), np.ones(10), np.full(600, 2)]
    generator = KDEGenerator(random_state=0).fit(X, y)
    spread = {label: generator.sample(4000, label)[0].std() for label in (0, 1)}
    assert spread[0] / spread[1] == pytest.approx((590 / 10) ** (-1 / 6), rel=0.05)


@pytest.mark.parametrize("sampler", [SMOTE(k_neighbors=3), RandomOverSampler(shrinkage=0.1), None])
def test_any_number_of_any_class_comes_out(sampler):
    X, y = make_classification(120, 4, weights=[0.8], random_state=0)
    generator = OverSamplerGenerator(sampler, random_state=0).fit(X, y)
    X_new, y_new = generator.sample(7, [0, 1, 0, 0, 1, 1, 0])
    assert X_new.shape == (7, 4)
    assert y_new.tolist() == [0, 1, 0, 0, 1, 1, 0]
    assert_array_equal(X_new, generator.sample(7, y_new)[0])
    for label in (0, 1):
        rows = generator.sample(50, label)[0]
        assert ((rows >= X.min(axis=0) - 1) & (rows <= X.max(axis=0) + 1)).all()
        assert not np.array_equal(rows, generator.set_params(random_state=1).sample(50, label)[0])
        generator.set_params(random_state=0)


def test_smote_interpolates_within_the_class():
    X = np.array([[0.0, 0], [1, 1], [2, 2], [9, 1], [9, 3]])
    rows, _ = OverSamplerGenerator(random_state=0).fit(X, [0, 0, 0, 1, 1]).sample(40, 0)
    assert_allclose(rows[:, 0], rows[:, 1])
    rows, _ = OverSamplerGenerator(random_state=0).fit(X, [0, 0, 0, 1, 1]).sample(40, 1)
    assert_array_equal(rows[:, 0], 9)


def test_mixed_frames_keep_their_types_and_levels(mixed_frame):
    X, y = mixed_frame
    X = X.drop(columns="age")
    rows, _ = make_generator("smote").set_params(random_state=0).fit(X, y).sample(30, 1)
    assert rows.dtypes.equals(X.dtypes)
    assert set(rows["region"]) <= set(X["region"])
    only_words, _ = OverSamplerGenerator(random_state=0).fit(X[["type", "region"]], y).sample(5, 1)
    assert only_words.dtypes.equals(X[["type", "region"]].dtypes)
    resampled, _ = SyntheticAugmenter("smote", random_state=0).fit_resample(X, y)
    assert resampled.iloc[: len(X)].equals(X)


def test_a_single_row_is_copied_and_gaps_are_refused():
    X = np.array([[0.0], [1.0], [5.0]])
    assert_array_equal(OverSamplerGenerator().fit(X, [0, 0, 1]).sample(3, 1)[0], 5.0)
    with pytest.raises(ValueError, match="NaN"):
        OverSamplerGenerator().fit(np.array([[0.0], [np.nan]]), [0, 1])


def test_a_sampler_that_misses_its_count_is_named():
    X, y = make_classification(300, 4, weights=[0.7], class_sep=0.4, random_state=1)
    with pytest.raises(ValueError, match="sampler=ADASYN made"):
        OverSamplerGenerator(ADASYN(random_state=0)).fit(X, y).sample(101, 1)
