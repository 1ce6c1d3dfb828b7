"""Mixing weights, ratios and the curriculum."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline
from numpy.testing import assert_array_equal
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB

from synda_sk import CurriculumMixer, QualityFilter, SigmoidSchedule, SyntheticAugmenter
from synda_sk.images import ConvClassifier
from synda_sk.mixing import AdaptiveRatio, curriculum_threshold


@pytest.fixture(scope="module")
def data():
    return make_classification(200, 4, n_redundant=0, weights=[0.8], random_state=0)


def balanced(n):
    return np.arange(n) % 2


@given(st.floats(0.01, 0.9), st.integers(4, 60), st.integers(1, 80))
def test_weights_realise_beta(beta, n_real, n_synthetic):
    X, X_new = np.zeros((n_real, 2)), np.ones((n_synthetic, 2))
    mixer = CurriculumMixer(synthetic_weight=beta)
    X_mixed, y_mixed, weight = mixer.mix(X, balanced(n_real), X_new, balanced(n_synthetic))
    synthetic = X_mixed[:, 0] == 1
    assert weight[synthetic].sum() / weight.sum() == pytest.approx(beta)
    assert_array_equal(weight[~synthetic], 1.0)
    assert len(np.unique(weight[synthetic])) == 1
    assert len(y_mixed) == n_real + n_synthetic


def test_the_weighted_loss_is_the_proposals_up_to_a_factor(data):
    X, y = data
    rng = np.random.default_rng(0)
    X_new, y_new = rng.normal(size=(50, 4)), rng.integers(0, 2, 50)
    beta = 0.3
    model = LogisticRegression().fit(X, y)

    def mean_loss(A, b):
        return -np.log(model.predict_proba(A)[np.arange(len(b)), b])

    _, _, weight = CurriculumMixer(synthetic_weight=beta).mix(X, y, X_new, y_new)
    mixed = (weight * np.r_[mean_loss(X, y), mean_loss(X_new, y_new)]).sum()
    literal = (1 - beta) * mean_loss(X, y).mean() + beta * mean_loss(X_new, y_new).mean()
    assert mixed == pytest.approx(literal * len(X) / (1 - beta))


def test_beta_zero_leaves_the_real_rows_alone(data):
    X, y = data
    X_mixed, y_mixed, weight = CurriculumMixer(synthetic_weight=0.0).mix(X, y, X[:10], y[:10])
    assert X_mixed is X
    assert_array_equal(y_mixed, y)
    assert_array_equal(weight, 1.0)


@pytest.mark.parametrize(
    ("rare", "estimator", "beta"),
    [
        (1, RandomForestClassifier(), 0.1),
        (9, RandomForestClassifier(), 0.1),
        (10, RandomForestClassifier(), 0.0),
        (5, LogisticRegression(), 0.0),
        (5, None, 0.1),
    ],
)
def test_auto_is_the_measured_gate(rare, estimator, beta):
    y = np.r_[np.zeros(50), np.ones(rare)]
    n_synthetic, weight = CurriculumMixer().plan(y, estimator=estimator)
    assert weight == beta
    assert n_synthetic == (min(max(2 * len(y), 200), 600) if beta else 0)


@given(st.integers(0, 200))
def test_an_image_labelled_by_the_model_itself_never_counts_more_than_a_real_one(n_sure):
    mixer = CurriculumMixer()
    X, y = np.zeros((40, 64)), np.repeat([0, 1], 20)
    mixed = mixer.mix(
        X, y, np.ones((n_sure, 64)), np.zeros(n_sure, int), estimator=ConvClassifier(), source="self"
    )
    assert mixed[2][40:].sum() == pytest.approx(min(n_sure, 40))
    assert mixer.synthetic_weight_ == pytest.approx(min(0.5, n_sure / (40 + n_sure)))


@given(st.floats(-5, 5), st.floats(0, 4), st.floats(0.1, 4), st.floats(0, 6))
def test_sigmoid_schedule_is_its_formula(gain, threshold, scale, ratio):
    beta = SigmoidSchedule(gain, threshold, scale)(ratio)
    assert beta == pytest.approx(1 / (1 + np.exp(-gain * (ratio - threshold) / scale)))


@given(st.integers(0, 30), st.floats(0, 1), st.floats(0, 1), st.integers(0, 12))
def test_curriculum_threshold_rises_from_minimum_to_maximum(step, a, b, n_warmup):
    low, high = min(a, b), max(a, b)
    value = curriculum_threshold(step, low, high, n_warmup)
    assert low - 1e-12 <= value <= high + 1e-12
    assert curriculum_threshold(step + 1, low, high, n_warmup) >= value - 1e-12
    assert curriculum_threshold(n_warmup, low, high, n_warmup) == pytest.approx(high)


def test_a_schedule_sets_the_weight_from_the_ratio(data):
    X, y = data
    schedule = SigmoidSchedule(gain=2.0, threshold=0.5)
    mixer = CurriculumMixer(schedule=schedule, ratio=0.25)
    assert mixer.plan(y) == (50, schedule(0.25))
    mixer.mix(X, y, X[:50], y[:50])
    assert mixer.synthetic_weight_ == schedule(0.25)


def test_the_adaptive_ratio_needs_and_uses_feedback(data):
    X, y = data
    mixer = CurriculumMixer(synthetic_weight=0.2, ratio=AdaptiveRatio(2.0))
    assert mixer.plan(y, performance=0.75, consistency=0.5)[0] == 50
    X_mixed, *_ = mixer.mix(X, y, X, y, performance=0.75, consistency=0.5)
    assert len(X_mixed) == 250


@pytest.mark.parametrize("complexity", ["distance", "margin", lambda X, y: np.arange(len(y)) / len(y)])
def test_the_curriculum_lets_easy_rows_in_first(data, complexity):
    X, y = data
    rng = np.random.default_rng(0)
    rows = rng.choice(200, 100)
    X_new = X[rows] + np.linspace(0, 3, 100)[:, None]
    mixer = CurriculumMixer(synthetic_weight=0.2, complexity=complexity, n_warmup_rounds=4)
    sizes = [len(mixer.mix(X, y, X_new, y[rows], step=step)[1]) - 200 for step in range(6)]
    assert sizes == sorted(sizes)
    assert 10 <= sizes[0] < sizes[4] == 100
    first = mixer.mix(X, y, X_new, y[rows], step=0)[0][200:]
    if complexity == "distance":
        easy = [np.flatnonzero((X_new == row).all(axis=1))[0] for row in first]
        assert np.mean(easy) < 40


def test_the_margin_is_that_of_the_model_to_be_trained(data):
    X, y = data
    rng = np.random.default_rng(0)
    X_new, y_new = rng.normal(size=(60, 4)), rng.integers(0, 2, 60)
    for model in (GaussianNB(), RandomForestClassifier(20, random_state=3)):
        own = model.fit(X, y).predict_proba(X_new)[np.arange(60), y_new]
        mixer = CurriculumMixer(
            synthetic_weight=0.2, complexity="margin", complexity_min=0.5, n_warmup_rounds=4
        )
        entered, labels, _ = mixer.mix(X, y, X_new, y_new, step=0, estimator=model)
        for label in (0, 1):
            inside = (X_new[:, None] == entered[200:][labels[200:] == label]).all(axis=2).any(axis=1)
            candidates = y_new == label
            assert own[inside].min() >= own[candidates & ~inside].max()


def test_counts_realise_beta_where_weights_cannot_travel(data):
    X, y = data
    for beta in (0.1, 0.5, 0.8):
        mixer = CurriculumMixer(SyntheticAugmenter(), synthetic_weight=beta, random_state=0)
        X_mixed, _ = mixer.fit_resample(X, y)
        assert len(X_mixed) - 200 == round(200 * beta / (1 - beta))
        assert_array_equal(X_mixed[:200], X)
        assert mixer.synthetic_mask_.sum() == len(X_mixed) - 200


def test_the_three_samplers_in_imbalanced_learns_pipeline(data):
    X, y = data
    nested = CurriculumMixer(QualityFilter(SyntheticAugmenter()), synthetic_weight=0.2, random_state=0)
    over_smote = CurriculumMixer(QualityFilter(SMOTE(random_state=0), threshold=0.5), synthetic_weight=0.2)
    for sampler, grid in [
        (nested, {"curriculummixer__synthetic_weight": [0.1, 0.5]}),
        (nested, {"curriculummixer__sampler__threshold": [0.3, None]}),
        (nested, {"curriculummixer__sampler__sampler__generator": ["gaussian", "copula"]}),
        (over_smote, {"curriculummixer__sampler__sampler__k_neighbors": [2, 5]}),
        (QualityFilter(SMOTE(random_state=0), random_state=0), {"qualityfilter__threshold": [0.2, 0.8]}),
        (SyntheticAugmenter(random_state=0), {"syntheticaugmenter__ratio": [0.2, 2.0]}),
    ]:
        pipe = make_pipeline(sampler, LogisticRegression())
        search = GridSearchCV(pipe, grid, cv=3, scoring="neg_log_loss").fit(X, y)
        assert len(np.unique(search.cv_results_["mean_test_score"])) == 2
