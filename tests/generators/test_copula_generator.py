import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp, spearmanr

from synda_sk.generators import CopulaGenerator

rng = np.random.default_rng(1)


def drawn_from(X, n=5000, y=None, label=None):
    y = np.zeros(len(X), int) if y is None else y
    return CopulaGenerator(random_state=0).fit(X, y).sample(n, label)[0]


def test_each_column_keeps_its_distribution():
    X = np.column_stack([rng.normal(size=800), rng.exponential(size=800), rng.uniform(size=800) ** 4])
    drawn = drawn_from(X)
    for j in range(3):
        assert ks_2samp(X[:, j], drawn[:, j]).statistic < 0.03


def test_rank_correlation_is_kept():
    x = rng.normal(size=1500)
    X = np.column_stack([np.exp(x + 0.3 * rng.normal(size=1500)), -(x**3)])
    assert spearmanr(drawn_from(X)).statistic == pytest.approx(spearmanr(X).statistic, abs=0.05)


def test_atoms_keep_their_share_and_other_values_are_new():
    x = np.where(rng.random(400) < 0.5, 0.0, rng.lognormal(size=400))
    drawn = drawn_from(x[:, None]).ravel()
    assert (drawn == 0).mean() == pytest.approx((x == 0).mean(), abs=0.03)
    assert not np.isin(drawn[(drawn > 0) & (drawn < x.max())], x).any()


def test_categories_follow_the_numbers():
    x = rng.normal(size=1000)
    X = pd.DataFrame({"x": x, "k": np.where(x > 0.5, "high", np.where(x < -0.5, "low", "middle"))})
    means = drawn_from(X).groupby("k")["x"].mean()
    assert means["high"] - means["low"] > 1.5
    assert means["low"] < means["middle"] < means["high"]


def test_gaps_depend_on_the_other_columns():
    x = rng.normal(size=2000)
    X = np.column_stack([x, np.where(x > 0, np.nan, rng.normal(size=2000))])
    drawn = drawn_from(X)
    gap = np.isnan(drawn[:, 1])
    assert gap.mean() == pytest.approx(0.5, abs=0.05)
    assert drawn[gap, 0].mean() - drawn[~gap, 0].mean() > 0.7


@pytest.mark.parametrize("n_rows", [1, 2, 3, 4])
def test_tiny_classes_spread_around_their_rows(n_rows):
    X = rng.normal(size=(300, 5))
    y = np.repeat([0, 1], [300 - n_rows, n_rows])
    drawn = drawn_from(X, 400, y, 1)
    assert len(np.unique(drawn[:, 0])) == 400
    low, high = X[y == 1].min(0), X[y == 1].max(0)
    reach = np.maximum(high - low, 0.6)
    assert (drawn >= low - reach).all()
    assert (drawn <= high + reach).all()


def test_tiny_class_takes_a_column_it_never_saw_from_the_table():
    X = np.column_stack([rng.normal(size=50), rng.normal(3, 1, 50)])
    X[-2:, 1] = np.nan
    drawn = drawn_from(X, 2000, np.repeat([0, 1], [48, 2]), 1)
    assert np.isnan(drawn[:, 1]).mean() == pytest.approx(1 - 0.96 / 3, abs=0.03)
    assert np.nanmean(drawn[:, 1]) == pytest.approx(3, abs=0.3)


def test_constant_column_of_a_class_stays_constant():
    X = np.column_stack([rng.normal(size=60), np.repeat([4.0, 5.0], 30)])
    drawn = drawn_from(X, 100, np.repeat([0, 1], 30), 1)
    np.testing.assert_array_equal(drawn[:, 1], 5.0)
