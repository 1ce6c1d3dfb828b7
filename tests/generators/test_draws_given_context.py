"""Draws given columns against their definition: the unconditional draws that happen to have them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_generator_contract import each_light, labelled_tables, mixed_table

from synda_sk.generators import CopulaGenerator, GaussianGenerator, KDEGenerator


def regional(n=400, seed=0):
    rng = np.random.default_rng(seed)
    region = rng.choice(["north", "south", "east"], n, p=[0.5, 0.4, 0.1])
    channel = np.where(rng.random(n) < np.where(region == "north", 0.8, 0.3), "app", "ussd")
    heat = rng.normal(20, 5, n)
    y = (rng.random(n) < 0.3).astype(int)
    amount = 10 * (region == "north") + 3 * (channel == "app") + 0.5 * heat + rng.normal(0, 1, n) + 4 * y
    gap = np.where(rng.random(n) < np.where(channel == "app", 0.5, 0.1), np.nan, amount)
    return pd.DataFrame({"amount": amount, "heat": heat, "gap": gap, "region": region, "channel": channel}), y


@each_light
@pytest.mark.parametrize(
    "context",
    [{"region": "north"}, {"region": "east"}, {"region": "south", "channel": "app"}, {"gap": np.nan}],
    ids=str,
)
def test_categories_are_conditioned_on_as_the_model_has_it(make, context):
    X, y = regional()
    generator = make(random_state=0).fit(X, y)
    free, _ = generator.sample(40_000, 1)
    same = np.ones(len(free), dtype=bool)
    for column, value in context.items():
        same &= (free[column].isna() if value != value else free[column] == value).to_numpy()
    wanted, drawn = free[same], generator.sample(8_000, 1, context=context)[0]
    error = 4 * np.sqrt(1 / len(wanted) + 1 / len(drawn))
    for column in ("amount", "heat"):
        assert abs(drawn[column].mean() - wanted[column].mean()) < error * wanted[column].std()
        assert drawn[column].std() == pytest.approx(wanted[column].std(), rel=0.1)
    for column, level in (("region", "north"), ("channel", "app")):
        assert abs((drawn[column] == level).mean() - (wanted[column] == level).mean()) < error / 2 + 1e-9
    for column, value in context.items():
        assert (drawn[column].isna() if value != value else drawn[column] == value).all()


@each_light
def test_numbers_are_conditioned_on_as_the_model_has_it(make):
    X, y = regional()
    generator = make(random_state=0).fit(X, y)
    free, _ = generator.sample(60_000, 1)
    near = free[(free["heat"] - 26).abs() < 0.5]
    drawn, _ = generator.sample(6_000, 1, context={"heat": 26.0})
    assert (drawn["heat"] == 26.0).all()
    error = 4 * np.sqrt(1 / len(near) + 1 / len(drawn))
    assert abs(drawn["amount"].mean() - near["amount"].mean()) < error * near["amount"].std() + 0.1
    assert abs((drawn["region"] == "north").mean() - (near["region"] == "north").mean()) < error / 2 + 0.01


def test_gaussian_numbers_follow_the_textbook():
    rng = np.random.default_rng(0)
    X = rng.multivariate_normal([0, 1, 2], [[1, 0.8, 0.3], [0.8, 2, 0.1], [0.3, 0.1, 1.5]], 4000)
    S, mean = np.cov(X.T), X.mean(axis=0)
    drawn, _ = GaussianGenerator(random_state=0).fit(X, np.zeros(4000)).sample(20_000, 0, context={1: 2.0})
    slope = S[[0, 2], 1] / S[1, 1]
    np.testing.assert_allclose(drawn[:, [0, 2]].mean(axis=0), mean[[0, 2]] + slope * (2 - mean[1]), atol=0.03)
    left = S[np.ix_([0, 2], [0, 2])] - np.outer(slope, S[1, [0, 2]])
    np.testing.assert_allclose(np.cov(drawn[:, [0, 2]].T), left, atol=0.05)
    assert (drawn[:, 1] == 2.0).all()


@each_light
def test_a_class_without_the_context_falls_back_on_its_own_rows(make):
    X, y = regional()
    rare = X["region"] == "east"
    X, y = pd.concat([X, X[rare]]), np.concatenate([np.where(rare, 0, y), np.zeros(rare.sum(), int)])
    drawn, _ = make(random_state=0).fit(X, y).sample(500, 1, context={"region": "east"})
    own = X[(y == 1)]
    assert (drawn["region"] == "east").all()
    assert drawn["amount"].between(own["amount"].min() - 9, own["amount"].max() + 9).all()


@each_light
@settings(max_examples=25)
@given(table=labelled_tables(), n=st.integers(0, 6), data=st.data())
def test_any_columns_of_any_table_can_be_given(make, table, n, data):
    X, y = table
    columns = data.draw(st.lists(st.sampled_from(list(X.columns)), min_size=1, max_size=4, unique=True))
    rows = data.draw(st.lists(st.integers(0, len(X) - 1), min_size=n, max_size=n))
    context = X.iloc[rows][columns].reset_index(drop=True)
    wanted = y[data.draw(st.lists(st.integers(0, len(X) - 1), min_size=n, max_size=n))]
    drawn, labels = make(random_state=0).fit(X, y).sample(n, wanted, context=context)
    assert labels.tolist() == wanted.tolist()
    pd.testing.assert_series_equal(drawn.dtypes, X.dtypes)
    pd.testing.assert_frame_equal(drawn[columns], context)
    again, _ = make(random_state=0).fit(X, y).sample(n, wanted, context=context)
    pd.testing.assert_frame_equal(drawn, again)


@each_light
@settings(max_examples=15)
@given(share=st.floats(0.1, 0.9), seed=st.integers(0, 999))
def test_missing_values_keep_their_share_and_categories_their_frequencies(make, share, seed):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "x": np.where(rng.random(400) < share, np.nan, rng.normal(size=400)),
            "k": rng.choice(["a", "b", "c"], 400, p=[0.6, 0.3, 0.1]),
        }
    )
    drawn, _ = make(random_state=seed).fit(X, rng.integers(0, 2, 400)).sample(3000)
    assert drawn["x"].isna().mean() == pytest.approx(X["x"].isna().mean(), abs=0.05)
    for level in "abc":
        assert (drawn["k"] == level).mean() == pytest.approx((X["k"] == level).mean(), abs=0.05)


@each_light
def test_three_hundred_columns_and_a_thousand_levels(make):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(200, 300)), columns=[f"x{k}" for k in range(300)])
    X["id"] = [f"u{k}" for k in rng.permutation(1000)[:200]]
    X = pd.concat([X] * 5, ignore_index=True).assign(id=[f"u{k}" for k in range(1000)])
    y = np.repeat([0, 1], 500)
    generator = make(random_state=0).fit(X, y)
    drawn, _ = generator.sample(30, context={"id": "u7"})
    assert drawn.shape == (30, 301)
    assert (drawn["id"] == "u7").all()
    assert set(generator.sample(30)[0]["id"]) <= set(X["id"])


@each_light
def test_duplicated_column_names_are_refused_by_name(make):
    X = mixed_table()[0].rename(columns={"hour": "amount"})
    with pytest.raises(ValueError, match=r"duplicated column names: \['amount'\]"):
        make().fit(X, np.zeros(len(X)))


def test_context_of_one_level_is_what_it_is_without():
    X, y = regional()
    X = X.assign(region="north")
    for make in (GaussianGenerator, CopulaGenerator, KDEGenerator):
        generator = make(random_state=0).fit(X, y)
        drawn = generator.sample(4000, 0, context={"region": "north"})[0]
        free = generator.sample(4000, 0)[0]
        assert drawn["amount"].mean() == pytest.approx(free["amount"].mean(), abs=0.4)
