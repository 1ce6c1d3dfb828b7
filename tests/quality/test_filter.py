"""The quality filter."""

import numpy as np
import pytest
from imblearn.combine import SMOTEENN
from imblearn.over_sampling import SMOTE, RandomOverSampler
from numpy.testing import assert_array_equal
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from synda_sk import CurriculumMixer, QualityFilter, SynDAClassifier, SyntheticAugmenter
from synda_sk.quality import GlobalThreshold
from synda_sk.quality._discriminator import CrossFittedDiscriminator


@pytest.fixture(scope="module")
def data():
    return make_classification(300, 5, weights=[0.85], random_state=0)


def test_rows_far_from_the_data_score_lowest(data):
    X, y = data
    rng = np.random.default_rng(0)
    plausible = X + rng.normal(0, 0.1, X.shape)
    nonsense = rng.normal(8, 1, size=(60, 5))
    X_new, y_new = np.concatenate([plausible, nonsense]), np.r_[y, rng.integers(0, 2, 60)]
    quality = QualityFilter(discriminator=RandomForestClassifier(30, min_samples_leaf=5), random_state=0)
    quality.assess(X, y, X_new, y_new)
    assert quality.quality_[300:].max() < np.median(quality.quality_[:300])


@pytest.mark.parametrize("share", [0.25, 0.5, 0.9])
def test_a_share_is_kept_of_each_class(data, share):
    X, y = data
    sampler = SyntheticAugmenter(sampling_strategy={0: 300, 1: 300}, random_state=0)
    kept = QualityFilter(sampler, threshold=share, random_state=0).fit(X, y)
    made = {0: 300 - (y == 0).sum(), 1: 300 - (y == 1).sum()}
    assert kept.sampling_strategy_ == {label: int(np.ceil(share * n)) for label, n in made.items()}
    best = kept.quality_[kept.accepted_]
    assert best.mean() > kept.quality_.mean()


def test_the_literal_threshold_is_global(data):
    X, y = data
    kept = QualityFilter(threshold=GlobalThreshold(0.4), random_state=0).fit(X, y)
    assert_array_equal(kept.accepted_, kept.quality_ > 0.4)


def test_none_keeps_all_and_scores_all(data):
    X, y = data
    kept = QualityFilter(random_state=0).fit(X, y)
    assert kept.accepted_.all()
    assert kept.sampling_strategy_ == {0: 0, 1: int((y == 0).sum() - (y == 1).sum())}
    assert ((kept.quality_ >= 0) & (kept.quality_ <= 1)).all()


def test_it_filters_other_peoples_samplers(data):
    X, y = data
    X_new, y_new = QualityFilter(SMOTE(random_state=0), threshold=0.5, random_state=0).fit_resample(X, y)
    assert_array_equal(X_new[:300], X)
    assert (y_new == 1).sum() == (y == 1).sum() + np.ceil(((y == 0).sum() - (y == 1).sum()) / 2)


def test_cleaners_are_refused_by_name(data):
    with pytest.raises(ValueError, match="SMOTEENN does not return the original rows first"):
        QualityFilter(SMOTEENN(random_state=0)).fit_resample(*data)


@pytest.mark.parametrize("combine", ["product", "mean", "min", lambda d, c: d**0.5 * c**0.5])
def test_quality_of_new_rows_combines_realism_and_confidence(data, combine):
    X, y = data
    quality = QualityFilter(combine=combine, estimator=LogisticRegression(), random_state=0).fit(X, y)
    realism = quality._discriminator.score(quality._encoder.transform(X))
    confidence = quality.estimator_.predict_proba(X)[np.arange(300), y]
    function = {"product": np.multiply, "mean": lambda d, c: (d + c) / 2, "min": np.minimum}.get(
        combine, combine
    )
    np.testing.assert_allclose(quality.score_samples(X, y), function(realism, confidence))
    assert (quality.score_samples(X) >= quality.score_samples(X, y) - 1e-12).all() or combine != "product"
    assert quality.accept(X, y).all()


def test_the_discriminator_never_scores_a_row_it_was_trained_on():
    rng = np.random.default_rng(0)
    real, synthetic = rng.normal(size=(200, 4)), rng.normal(size=(200, 4))
    memoriser = CrossFittedDiscriminator(DecisionTreeClassifier(random_state=0), random_state=0)
    memoriser.fit(real, synthetic)
    assert memoriser.consistency_ > 0.8
    apart = CrossFittedDiscriminator(LogisticRegression(), random_state=0).fit(real, synthetic + 9)
    assert apart.consistency_ < 0.01


def test_mixed_frames_pass_through(mixed_frame):
    X, y = mixed_frame
    X_new, y_new = QualityFilter(threshold=0.6, random_state=0).fit_resample(X, y)
    assert X_new.dtypes.equals(X.dtypes)
    assert X_new.iloc[: len(X)].equals(X)
    assert len(X_new) == len(y_new) > len(X)
    X_new, _ = QualityFilter(RandomOverSampler(random_state=0), threshold=0.5, random_state=0).fit_resample(
        X, y
    )
    assert X_new.dtypes.equals(X.dtypes)


def test_realism_is_calibrated_whatever_the_numbers_of_rows_and_the_classifier():
    rng = np.random.default_rng(0)
    real, synthetic = rng.normal(size=(150, 3)), rng.normal(size=(600, 3))
    for classifier in (LogisticRegression(), LogisticRegression(class_weight="balanced")):
        fitted = CrossFittedDiscriminator(classifier, random_state=0).fit(real, synthetic)
        assert abs(fitted.realism_.mean() - 0.5) < 0.03
        assert np.abs(fitted.realism_ - 0.5).max() < 0.2
    synthetic[:, 0] += 1.0
    fitted = CrossFittedDiscriminator(LogisticRegression(), random_state=0).fit(real, synthetic)
    fresh_real, fresh = rng.normal(size=(4000, 3)), rng.normal(size=(4000, 3))
    fresh[:, 0] += 1.0
    realism = fitted.score(np.concatenate([fresh_real, fresh]))
    for low, high in ((0.2, 0.4), (0.4, 0.6), (0.6, 0.8)):
        rows = (realism >= low) & (realism < high)
        assert abs((np.flatnonzero(rows) < 4000).mean() - realism[rows].mean()) < 0.07


def test_too_few_rows_are_as_real_as_not():
    real = np.arange(20.0).reshape(-1, 2)
    fitted = CrossFittedDiscriminator(LogisticRegression(), random_state=0).fit(real, real[:2])
    assert fitted.realism_.tolist() == [0.5, 0.5]
    assert fitted.consistency_ == 1.0


def test_near_copies_are_dropped_and_the_reason_is_told(data):
    X, y = data
    rng = np.random.default_rng(0)
    fresh = X[:60] + rng.normal(0, 3, size=(60, 5))
    X_new, y_new = np.concatenate([X[:40] + 1e-6, fresh]), np.r_[y[:40], y[:60]]
    quality = QualityFilter(min_distance=0.05, random_state=0)
    keep = quality.assess(X, y, X_new, y_new)
    assert (quality.reasons_[:40] == "near copy").all()
    assert set(quality.reasons_[40:]) == {"kept"}
    assert quality.rejected_ == {"low quality": 0, "near copy": 40}
    assert_array_equal(keep, quality.reasons_ == "kept")
    assert_array_equal(quality.accept(X_new, y_new), keep)


def test_the_share_is_one_of_the_rows_that_are_no_copies(data):
    X, y = data
    rng = np.random.default_rng(0)
    fresh = X + rng.normal(0, 3, size=X.shape)
    quality = QualityFilter(min_distance=0.05, threshold=0.5, random_state=0)
    keep = quality.assess(X, y, np.concatenate([X, fresh]), np.r_[y, y])
    left = (quality.reasons_[300:] != "near copy").nonzero()[0]
    for label in (0, 1):
        n = int((y[left] == label).sum())
        assert keep[300:][y == label].sum() == np.ceil(0.5 * n)
    assert quality.rejected_ == {
        "low quality": int((quality.reasons_ == "low quality").sum()),
        "near copy": 600 - len(left),
    }


def test_by_default_copies_stay(data):
    X, y = data
    quality = QualityFilter(random_state=0)
    assert quality.assess(X, y, X, y).all()
    assert quality.rejected_ == {"low quality": 0, "near copy": 0}


def test_a_sampler_of_copies_adds_nothing(data):
    X, y = data
    kept = QualityFilter(RandomOverSampler(random_state=0), min_distance=0.05, random_state=0)
    X_new, _ = kept.fit_resample(X, y)
    assert len(X_new) == len(X)
    assert kept.rejected_["near copy"] == (y == 0).sum() - (y == 1).sum()


def test_history_tells_why_rows_were_dropped(data):
    X, y = data
    clf = SynDAClassifier(
        LogisticRegression(),
        mixer=CurriculumMixer(synthetic_weight=0.2),
        quality_filter=QualityFilter(threshold=0.5, min_distance=0.05),
        random_state=0,
    ).fit(X, y)
    record = clf.history_[0]
    assert record["generated"] - record["kept"] == sum(record["rejected"].values()) > 0
