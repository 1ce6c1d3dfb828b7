import numpy as np
import pandas as pd
import polars as pl
import pytest

from synda_sk.conditioning import ContextEncoder

FRAME = pd.DataFrame(
    {
        "amount": [1.0, 2.0, 4.0],
        "region": pd.Categorical(["north", "south", "north"], categories=["south", "north", "never"]),
        "new": [True, False, True],
        "when": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01"]).tz_localize("Africa/Nairobi"),
        "note": ["x", None, "y"],
        "visits": [1, 2, 3],
    },
    index=[7, 8, 9],
)


def test_forms_of_one_context_agree():
    encoder = ContextEncoder(["new", "region"]).fit(FRAME)
    assert encoder.columns_ == ["region", "new"]
    wanted = {"region": ["south", "north"], "new": [True, True]}
    forms = [
        {"region": ["south", "north"], "new": True},
        {"region": pd.Series(["south", "north"]), "new": np.array([True, True])},
        pd.DataFrame(wanted),
        pl.DataFrame(wanted),
        [[True, "south"], [True, "north"]],
        np.array([[True, "south"], [True, "north"]], dtype=object),
    ]
    for form in forms:
        assert encoder.encode(form, 2).values() == wanted
    assert encoder.encode({"region": "north"}, 2).values() == {"region": ["north", "north"]}


def test_a_context_is_written_into_a_table_with_its_types():
    encoder = ContextEncoder(["region", "when", "note"]).fit(FRAME)
    context = encoder.encode({"region": "south", "when": "2024-01-31T21:00", "note": None}, 3)
    filled = context.fill(FRAME)
    pd.testing.assert_series_equal(filled.dtypes, FRAME.dtypes)
    pd.testing.assert_index_equal(filled.index, FRAME.index)
    assert filled["region"].tolist() == ["south"] * 3
    assert filled["when"].tolist() == [FRAME["when"].iloc[1]] * 3
    assert filled["note"].isna().all()
    pd.testing.assert_frame_equal(filled[["amount", "new", "visits"]], FRAME[["amount", "new", "visits"]])


def test_columns_of_arrays_go_by_position():
    X = np.array([[1, 10, 5], [2, 20, 5]])
    encoder = ContextEncoder([2, 0]).fit(X)
    assert encoder.columns_ == [0, 2]
    filled = encoder.encode([[5, 2], [5, 1]], 2).fill(X)
    assert filled.tolist() == [[2, 10, 5], [1, 20, 5]]
    assert filled.dtype == X.dtype


@pytest.mark.parametrize(
    ("context", "message"),
    [
        ({"region": "west"}, r"'west' in column 'region', not seen in fit; known: \['north', 'south'\]"),
        ({"region": "never"}, "not seen in fit"),
        ({"region": None}, "None in column 'region'"),
        ({"regoin": "north"}, "column 'regoin', must be among"),
        ({"region": ["north"]}, "1 values of 'region', expected 2"),
        ({"amount": 5.0}, "outside the range seen in fit, 1.0 to 4.0"),
        ({"amount": None}, "missing value in column 'amount'"),
        ({"amount": "much"}, "holds numbers"),
        ({"visits": 1.5}, "fraction in column 'visits'"),
        ({"when": "2031-01-01"}, "outside the range"),
        ({}, "is empty"),
        ([["north"]], r"shape \(1, 1\)"),
    ],
)
def test_what_was_never_seen_is_refused_by_name(context, message):
    with pytest.raises(ValueError, match=message):
        ContextEncoder().fit(FRAME).encode(context, 2)


def test_levels_are_told_up_to_twenty():
    X = pd.DataFrame({"id": [f"u{k:03}" for k in range(1000)]})
    with pytest.raises(ValueError, match="'u019'\\] and 980 more"):
        ContextEncoder(["id"]).fit(X).encode({"id": "v"}, 1)
