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

from synda_sk import QualityFilter, SyntheticAugmenter
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
