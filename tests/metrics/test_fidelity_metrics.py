import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.linalg import sqrtm
from scipy.stats import ks_2samp
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from synda_sk.metrics import (
    column_shapes,
    frechet_distance,
    pair_trends,
    tstr_ratio,
    tstr_score,
    two_sample_auc,
)

pytest.importorskip("sdmetrics")

tables = arrays(float, st.tuples(st.integers(2, 12), st.just(3)), elements=st.floats(-4, 4, width=16))


def itself(X):
    return X


class Witness(ClassifierMixin, BaseEstimator):
    """Fails where it is asked about a row it was trained on."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.seen_ = {row.tobytes() for row in X}
        return self

    def predict(self, X):
        return self.predict_proba(X).argmax(axis=1)

    def predict_proba(self, X):
        assert not {row.tobytes() for row in X} & self.seen_
        return np.tile([0.5, 0.5], (len(X), 1))


def test_no_row_is_scored_by_a_classifier_that_was_trained_on_it():
    real, synthetic = np.random.default_rng(0).normal(size=(2, 40, 3))
    assert two_sample_auc(real, synthetic, classifier=Witness(), features=itself) == 0.5


def test_rows_of_one_distribution_cannot_be_told_apart_and_others_can():
    real, same, other = np.random.default_rng(0).normal(size=(3, 300, 3))
    assert abs(two_sample_auc(real, same, random_state=0) - 0.5) < 0.06
    assert two_sample_auc(real, other * [1, 1, 3], random_state=0) > 0.7
    assert two_sample_auc(real, other + 6, random_state=0) == 1.0


def test_the_seed_repeats_and_a_seed_of_the_classifier_is_kept():
    real, synthetic = np.random.default_rng(0).normal(size=(2, 30, 2))
    first, second = (two_sample_auc(real, synthetic, random_state=3) for _ in range(2))
    assert first == second
    forest = RandomForestClassifier(5, random_state=0)
    two_sample_auc(real, synthetic, classifier=forest, random_state=3)
    assert not hasattr(forest, "classes_")


@given(tables, tables)
def test_frechet_distance_follows_its_definition(a, b):
    first, second = (np.cov(x, rowvar=False, bias=True) + 1e-3 * np.eye(3) for x in (a, b))

    def embed(x):
        return x

    shift = ((a.mean(axis=0) - b.mean(axis=0)) ** 2).sum()
    noise = np.sqrt(1e-3 * 3) * np.vstack([np.eye(3), -np.eye(3)])  # adds 1e-3 I to a covariance
    blurred = [(x[:, np.newaxis] + noise).reshape(-1, 3) for x in (a, b)]
    expected = shift + np.trace(first + second - 2 * np.real(sqrtm(first @ second)))
    assert frechet_distance(*blurred, features=embed) == pytest.approx(expected, abs=1e-6)


@given(tables, tables)
def test_frechet_distance_is_a_symmetric_distance(a, b):
    there = frechet_distance(a, b, features=itself)
    assert there >= 0
    assert there == pytest.approx(frechet_distance(b, a, features=itself), abs=1e-6)
    assert frechet_distance(a, a, features=itself) == pytest.approx(0, abs=1e-6)


def clouds(n, seed, n_classes=2):
    rng = np.random.default_rng(seed)
    y = np.arange(n) % n_classes
    return rng.normal(size=(n, 2)) + 2 * y[:, np.newaxis], y


def test_tstr_is_the_score_of_a_model_of_the_synthetic_rows():
    (X, y), (X_test, y_test) = clouds(80, 0), clouds(100, 1)
    model = LogisticRegression().fit(X, y)
    found = tstr_score(X, y, X_test, y_test, estimator=LogisticRegression())
    assert found == roc_auc_score(y_test, model.predict_proba(X_test)[:, 1])
    assert tstr_score(
        X, y, X_test, y_test, estimator=LogisticRegression(), scoring="accuracy"
    ) == model.score(X_test, y_test)
    assert tstr_ratio(X, y, X, y, X_test, y_test, random_state=0) == 1.0


def test_several_classes_are_scored_by_balanced_accuracy_of_the_classes_there_are():
    (X, y), (X_test, y_test) = clouds(90, 0, 3), clouds(90, 1, 3)
    there = y_test < 1
    found = tstr_score(X, y, X_test[there], y_test[there], estimator=LogisticRegression())
    assert found == np.mean(LogisticRegression().fit(X, y).predict(X_test[there]) == 0)


def test_labels_at_random_teach_nothing():
    (X, _), (X_test, y_test) = clouds(200, 0), clouds(200, 1)
    labels = np.random.default_rng(0).integers(0, 2, 200)
    assert tstr_score(X, labels, X_test, y_test, random_state=0) < 0.7


@settings(max_examples=30)
@given(tables, tables)
def test_shapes_and_trends_lie_in_the_unit_interval_and_are_1_for_equal_tables(a, b):
    for scores in (column_shapes(a, b), pair_trends(a, b)):
        assert all(0 <= score <= 1 for score in scores.values())
    same = [*column_shapes(a, a).values(), *pair_trends(a, a).values()]
    assert same == pytest.approx([1.0] * len(same))


@settings(max_examples=30)
@given(tables, tables)
def test_shapes_of_numbers_are_the_complement_of_kolmogorov_and_smirnov(a, b):
    expected = [1 - ks_2samp(a[:, j], b[:, j], method="asymp").statistic for j in range(3)]
    assert list(column_shapes(a, b).values()) == pytest.approx(expected)


def test_shapes_and_trends_of_a_mixed_table():
    real = pd.DataFrame(
        {
            "amount": [1.0, 2.0, np.nan, 4.0] * 5,
            "type": ["bill", "bill", None, "transfer"] * 5,
            "gone": np.nan,
            "one": 1.0,
        }
    )
    synthetic = real.assign(type=["bill"] * 20)
    shapes = column_shapes(real, synthetic)
    assert shapes == pytest.approx({"amount": 1.0, "type": 0.5, "one": 1.0})
    trends = pair_trends(real, synthetic)
    assert trends["amount", "type"] == pytest.approx(0.5)
    assert ("amount", "one") not in trends
