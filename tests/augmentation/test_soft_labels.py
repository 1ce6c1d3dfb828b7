"""Rows with the soft labels of a committee."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import make_classification

from synda_sk import SyntheticAugmenter
from synda_sk.augmentation._committee import SoftLabeller, as_weighted_rows


@pytest.fixture(scope="module")
def data():
    return make_classification(300, 5, n_informative=4, n_redundant=0, weights=[0.8], random_state=0)


@given(arrays(np.float64, st.tuples(st.integers(1, 12), st.integers(2, 5)), elements=st.floats(0.0, 1.0)))
def test_weighted_rows_are_the_probabilities(raw):
    p = (raw + 1e-6) / (raw + 1e-6).sum(axis=1, keepdims=True)
    rows, y, weight = as_weighted_rows(p, np.arange(p.shape[1]) * 10)
    back = np.zeros_like(p)
    back[rows, y // 10] = weight
    assert_allclose(back.sum(axis=1), 1.0)
    assert_allclose(back, p, atol=p.shape[1] * 1.1e-3)
    assert (weight > 0).all()
    loss = np.random.default_rng(0).random(p.shape)
    naive = sum(back[i, c] * loss[i, c] for i in range(len(p)) for c in range(p.shape[1]))
    assert (weight * loss[rows, y // 10]).sum() == pytest.approx(naive)


@settings(max_examples=10)
@given(st.integers(0, 40), st.integers(1, 60))
def test_a_pool_is_drawn_from_without_repeats(data, n_samples, n_pool):
    X, y = data
    pool = X[240 : 240 + n_pool]
    augmenter = SyntheticAugmenter(random_state=3).fit(X[:200], y[:200], X_pool=pool)
    X_new, y_new, weight = augmenter.sample_soft(n_samples)
    assert weight.sum() == pytest.approx(min(n_samples, n_pool))
    where = [np.flatnonzero((pool == row).all(axis=1)).item() for row in X_new]
    assert len(set(zip(where, y_new, strict=True))) == len(where)


def test_labels_are_the_committees(data):
    X, y = data
    augmenter = SyntheticAugmenter(random_state=3).fit(X[:200], y[:200], X_pool=X[200:])
    X_new, y_new, weight = augmenter.sample_soft(100)
    again = augmenter.sample_soft(100)
    for a, b in zip((X_new, y_new, weight), again, strict=True):
        assert_array_equal(a, b)
    positive = {tuple(row): w for row, label, w in zip(X_new, y_new, weight, strict=True) if label == 1}
    truth = {tuple(row): label for row, label in zip(X[200:], y[200:], strict=True)}
    chance = np.array([positive.get(row, 0.0) for row in truth])
    actual = np.array(list(truth.values()))
    assert chance[actual == 1].mean() > chance[actual == 0].mean() + 0.3


def test_without_a_pool_the_generator_keeps_the_classes_shares(data):
    X, y = data
    frame = pd.DataFrame(X, columns=list("abcde")).assign(kind=np.where(X[:, 0] > 0, "bill", "transfer"))
    for generator in ("auto", "copula"):
        augmenter = SyntheticAugmenter(generator, random_state=0).fit(frame, y)
        X_new, y_new, weight = augmenter.sample_soft(400)
        assert X_new.dtypes.equals(frame.dtypes)
        assert weight.sum() == pytest.approx(400)
        assert weight[y_new == 1].sum() / 400 == pytest.approx(y.mean(), abs=0.08)


def test_a_lone_row_of_a_class_is_enough(data):
    X, y = data
    rows = np.r_[np.flatnonzero(y == 0)[:20], np.flatnonzero(y == 1)[:1]]
    labeller = SoftLabeller(0).fit(X[rows], np.array(["genuine", "fraud"])[y[rows]])
    p = labeller.predict_proba(X)
    assert labeller.classes_.tolist() == ["fraud", "genuine"]
    assert_allclose(p.sum(axis=1), 1.0)
    assert SyntheticAugmenter(random_state=0).fit(X[rows], y[rows]).sample_soft(0)[2].shape == (0,)
