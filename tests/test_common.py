"""scikit-learn's own conformance suite on every public estimator."""

import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.utils.estimator_checks import check_estimator, parametrize_with_checks

from synda_sk import (
    CurriculumMixer,
    HybridQuerySelector,
    QualityFilter,
    RandomQuerySelector,
    SynDAClassifier,
    SyntheticAugmenter,
)
from synda_sk.conditioning import FixedCombinations, Inequality, Range, SumIs
from synda_sk.evaluation import OverSampledClassifier, SemiSupervisedClassifier
from synda_sk.generators import (
    CopulaGenerator,
    GaussianGenerator,
    KDEGenerator,
    OverSamplerGenerator,
    SDVGenerator,
    TableGAN,
    TableVAE,
)
from synda_sk.images import ConvClassifier
from synda_sk.selection import ProxyClassifier
from synda_sk.utils import TableEncoder

WEIGHTS = (
    "a weighted row and the same row repeated are different random draws to a stochastic fit "
    "(forests, first labels of a replay, synthetic rows); scikit-learn excuses its own forests alike"
)
STOCHASTIC = {
    "check_sample_weight_equivalence_on_dense_data": WEIGHTS,
    "check_sample_weight_equivalence_on_sparse_data": WEIGHTS,
}

CONSTRAINTS = [Range("a"), Inequality("a", "<", "b"), SumIs("a", {"b": 1}), FixedCombinations(["a", "b"])]

ESTIMATORS = [
    SynDAClassifier(),
    SynDAClassifier(LogisticRegression()),
    SynDAClassifier(LogisticRegression(), label_budget=0.6, n_rounds=4),
    SynDAClassifier(LogisticRegression(), label_budget=20, n_rounds=3),
    SynDAClassifier(
        KNeighborsClassifier(3),
        label_budget=0.8,
        initial_labels=0.6,
        n_rounds=3,
        mixer=CurriculumMixer(synthetic_weight=0.1),
        quality_filter=QualityFilter(threshold=0.8),
    ),
    SyntheticAugmenter(),
    SyntheticAugmenter("copula", ratio=0.5),
    SyntheticAugmenter("kde", constraints=[]),
    QualityFilter(),
    QualityFilter(threshold=0.8),
    CurriculumMixer(),
    CurriculumMixer(synthetic_weight=0.2, complexity="distance"),
    GaussianGenerator(),
    CopulaGenerator(),
    KDEGenerator(),
    OverSamplerGenerator(),
    TableVAE(max_steps=5),
    TableGAN(max_steps=5),
    ConvClassifier(width=8, max_steps=30, learning_rate=1e-2),
    TableEncoder(),
    OverSampledClassifier("random", LogisticRegression()),
    OverSampledClassifier("smote", LogisticRegression()),
    SemiSupervisedClassifier("self-training", LogisticRegression()),
    SemiSupervisedClassifier("label spreading"),
    ProxyClassifier(),
    ProxyClassifier(LogisticRegression()),
]


def expected_failures(estimator):
    deterministic = not isinstance(estimator, SynDAClassifier) or (
        isinstance(estimator.estimator, LogisticRegression) and estimator.label_budget is None
    )
    return {} if deterministic else STOCHASTIC


@parametrize_with_checks(ESTIMATORS, expected_failed_checks=expected_failures)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore::synda_sk.exceptions.BudgetClippedWarning")
def test_scikit_learn_conformance(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_sdv_generator_conformance():
    check_estimator(SDVGenerator("gaussian_copula"), on_skip=None)


@pytest.mark.parametrize(
    "part",
    [*ESTIMATORS, *CONSTRAINTS, HybridQuerySelector(), RandomQuerySelector(), SDVGenerator()],
    ids=lambda e: repr(e)[:60],
)
def test_constructor_follows_the_rules(part):
    params = part.get_params(deep=False)
    assert isinstance(part, BaseEstimator)
    assert not [name for name in params if name.endswith("_")]
    assert vars(part).keys() == params.keys()
    assert clone(part).get_params(deep=False).keys() == params.keys()


def test_a_replaying_forest_is_excused_for_one_reason_only():
    failing = {
        result["check_name"]
        for result in check_estimator(
            SynDAClassifier(RandomForestClassifier(10), label_budget=0.5, n_rounds=2),
            on_fail=None,
            on_skip=None,
        )
        if result["status"] == "failed"
    }
    assert failing <= STOCHASTIC.keys()
