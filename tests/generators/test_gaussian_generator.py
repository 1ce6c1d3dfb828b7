import time

import numpy as np
import pandas as pd
import pytest
from sklearn.covariance import ledoit_wolf

from synda_sk.generators import GaussianGenerator

rng = np.random.default_rng(0)


def correlated(n, d=4, seed=0):
    local = np.random.default_rng(seed)
    return local.normal(size=(n, d)) @ local.normal(size=(d, d)) * [1, 10, 100, 0.1][:d]


def test_numeric_rows_follow_the_class_mean_and_ledoit_wolf_covariance():
    X, y = correlated(90), np.repeat([0, 1], [75, 15])
    X[y == 1] += X.std(axis=0)
    spread = X.std(axis=0)
    generator = GaussianGenerator(random_state=0).fit(X, y)
    generator._scale.low, generator._scale.high = X.min(0) - 1e9, X.max(0) + 1e9
    for label in (0, 1):
        rows = X[y == label]
        drawn, _ = generator.sample(60_000, label)
        np.testing.assert_allclose(drawn.mean(0) / spread, rows.mean(0) / spread, atol=0.03)
        expected, _ = ledoit_wolf(rows / spread)
        np.testing.assert_allclose(np.cov((drawn / spread).T), expected, atol=0.03)


def test_shrinkage_given_as_a_number():
    X, y = correlated(60), np.repeat([0, 1], 30)
    isotropic = GaussianGenerator(shrinkage=1.0, random_state=0).fit(X, y)
    factor = isotropic._models[0].factor
    covariance = factor @ factor.T
    np.testing.assert_allclose(covariance, covariance[0, 0] * np.eye(4), atol=1e-12)
    plain = GaussianGenerator(shrinkage=0.0, random_state=0).fit(X, y)._models[0].factor
    np.testing.assert_allclose(plain @ plain.T, np.cov((X[:30] / X.std(0)).T, bias=True), atol=1e-10)


def test_numbers_given_the_pattern_are_the_conditional_gaussian():
    n = 400
    kind = rng.choice(["a", "b", "c"], n, p=[0.5, 0.3, 0.2])
    shift = np.select([kind == "b", kind == "c"], [2.0, -1.0])
    x = rng.normal(size=(n, 2)) + shift[:, None] * [1, 0.5]
    X = pd.DataFrame({"x": x[:, 0], "w": x[:, 1], "kind": kind})
    generator = GaussianGenerator(random_state=0).fit(X, np.zeros(n))
    generator._scale.low, generator._scale.high = np.full(2, -1e9), np.full(2, 1e9)
    drawn, _ = generator.sample(60_000, 0)

    spread, centre = x.std(0), x.mean(0)
    order = ["a", "b", "c"]
    onehot = (kind[:, None] == order).astype(float)
    S, _ = ledoit_wolf(np.hstack([(x - centre) / spread, onehot]))
    slope = np.linalg.lstsq(S[2:, 2:], S[2:, :2], rcond=None)[0].T
    for k, level in enumerate(order):
        expected = centre + spread * (slope @ (np.eye(3)[k] - onehot.mean(0)))
        rows = drawn[drawn["kind"] == level][["x", "w"]].to_numpy()
        np.testing.assert_allclose(rows.mean(0), expected, atol=0.05)
        conditional = S[:2, :2] - slope @ S[2:, :2]
        np.testing.assert_allclose(np.cov((rows / spread).T), conditional, atol=0.05)


def test_one_and_two_rows_spread_by_a_tenth_of_the_variance():
    X, y = correlated(202), np.repeat([0, 1, 2], [199, 2, 1])
    X[-3:] = X.mean(0)
    generator = GaussianGenerator(random_state=0).fit(X, y)
    for label in (1, 2):
        drawn, _ = generator.sample(40_000, label)
        np.testing.assert_allclose(drawn.mean(0) / X.std(0), X[y == label].mean(0) / X.std(0), atol=0.01)
        np.testing.assert_allclose(drawn.var(0) / X.var(0), 0.1, atol=0.005)


def test_gaps_do_not_shrink_the_variance():
    x = rng.normal(5, 2, size=(3000, 2))
    x[rng.random(3000) < 0.5, 0] = np.nan
    drawn, _ = GaussianGenerator(random_state=0).fit(x, np.zeros(3000)).sample(20_000)
    assert np.isnan(drawn[:, 0]).mean() == pytest.approx(0.5, abs=0.03)
    np.testing.assert_allclose(np.nanstd(drawn, axis=0), 2, atol=0.1)
    np.testing.assert_allclose(np.nanmean(drawn, axis=0), 5, atol=0.1)


def test_missing_pattern_travels_with_the_categories():
    kind = np.repeat(["card", "cash"], 200)
    X = pd.DataFrame({"kind": kind, "card_age": np.where(kind == "cash", np.nan, 3.0) + rng.normal(size=400)})
    drawn, _ = GaussianGenerator(random_state=0).fit(X, np.zeros(400)).sample(2000)
    assert (drawn["card_age"].isna() == (drawn["kind"] == "cash")).mean() > 0.98


def test_skewed_amounts_are_modelled_on_a_log_scale():
    amount = rng.lognormal(5, 1.5, 2000)
    drawn, _ = GaussianGenerator(random_state=0).fit(amount[:, None], np.zeros(2000)).sample(5000)
    logs = np.log(drawn)
    assert logs.mean() == pytest.approx(5, abs=0.1)
    assert logs.std() == pytest.approx(1.5, abs=0.1)
    mirrored, _ = GaussianGenerator(random_state=0).fit(-amount[:, None], np.zeros(2000)).sample(5000)
    assert np.log(-mirrored).mean() == pytest.approx(5, abs=0.1)


def test_levels_beyond_twenty_share_an_indicator():
    X = pd.DataFrame({"k": [f"k{i % 50}" for i in range(500)], "x": rng.normal(size=500)})
    generator = GaussianGenerator(random_state=0).fit(X, np.zeros(500))
    assert generator._models[0].slope.shape == (1, 21)


def test_huge_tiny_and_nearly_equal_numbers():
    X = np.array([[1e308, 5e-324, 1.0, 0.0], [-1e308, 0.0, 1.0 + 2**-52, 1e-300], [3.0, 0.0, 1.0, 1e300]])
    drawn, _ = GaussianGenerator(random_state=0).fit(X, [0, 0, 0]).sample(50)
    assert np.isfinite(drawn).all()
    assert (drawn >= X.min(0)).all()
    assert (drawn <= X.max(0)).all()


def test_fit_takes_milliseconds():
    X, y = rng.normal(size=(500, 30)), rng.integers(0, 2, 500)
    GaussianGenerator().fit(X, y)
    times = []
    for _ in range(5):
        start = time.process_time()
        GaussianGenerator().fit(X, y)
        times.append(time.process_time() - start)
    assert min(times) < 0.1
