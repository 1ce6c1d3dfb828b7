import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from synda_sk.datasets import load_paysim

HEADER = (
    "step,type,amount,nameOrig,oldbalanceOrg,newbalanceOrig,"
    "nameDest,oldbalanceDest,newbalanceDest,isFraud,isFlaggedFraud"
)
LINES = """\
1,PAYMENT,9839.64,C1231,170136.01,160296.36,M1979,0.0,0.0,0,0
1,TRANSFER,181.0,C1305,181.0,0.0,C5532,0.0,0.0,1,0
743,CASH_OUT,92445516.64,C1280,92445516.64,0.0,C8736,0.01,92445516.65,1,1
"""
SAMPLE = Path(__file__).parents[3] / "shared" / "data" / "paysim_kaggle" / "paysim_kaggle.parquet"


@pytest.fixture(params=[".csv", ".csv.gz", ".parquet"])
def path(request, tmp_path):
    path = tmp_path / f"paysim{request.param}"
    text = f"{HEADER}\n{LINES}"
    if request.param == ".csv":
        path.write_text(text)
    elif request.param == ".csv.gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        plain = tmp_path / "plain.csv"
        plain.write_text(text)
        pd.read_csv(plain).assign(source="a sample").to_parquet(path)
    return path


def test_columns_are_compact_and_cents_are_kept(path):
    X, y = load_paysim(path)
    assert X.dtypes.astype(str).to_dict() == {
        "step": "int16",
        "type": "category",
        "amount": "float64",
        "oldbalanceOrg": "float64",
        "newbalanceOrig": "float64",
        "oldbalanceDest": "float64",
        "newbalanceDest": "float64",
        "isFlaggedFraud": "int8",
    }
    assert X["amount"].tolist() == [9839.64, 181.0, 92445516.64]
    assert X["type"].tolist() == ["PAYMENT", "TRANSFER", "CASH_OUT"]
    assert y.name == "isFraud"
    assert y.dtype == np.int8
    assert y.tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("drop_balances", "kept"),
    [
        (False, ["oldbalanceOrg", "newbalanceOrig", "oldbalanceDest", "newbalanceDest"]),
        ("origin", ["oldbalanceDest", "newbalanceDest"]),
        (True, []),
    ],
)
def test_balances_are_dropped_on_request(path, drop_balances, kept):
    X, _ = load_paysim(path, drop_balances=drop_balances)
    assert [name for name in X if "balance" in name] == kept


def test_names_are_kept_on_request(path):
    X, _ = load_paysim(path, return_ids=True)
    assert X["nameOrig"].tolist() == ["C1231", "C1305", "C1280"]
    assert X["nameDest"].tolist() == ["M1979", "C5532", "C8736"]


def test_path_may_be_a_string(path):
    pd.testing.assert_frame_equal(load_paysim(str(path))[0], load_paysim(path)[0])


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_missing_columns_are_named(tmp_path, suffix):
    path = tmp_path / f"other{suffix}"
    table = pd.DataFrame({name: [1] for name in HEADER.split(",") if name not in ("step", "isFraud")})
    table.to_csv(path, index=False) if suffix == ".csv" else table.to_parquet(path)
    with pytest.raises(ValueError, match=r"lacks the columns \['step', 'isFraud'\]"):
        load_paysim(path)


@pytest.mark.parametrize("name", ["paysim.csv", "paysim.parquet"])
def test_missing_file_is_named(tmp_path, name):
    with pytest.raises(FileNotFoundError, match=name):
        load_paysim(tmp_path / name)


@pytest.mark.skipif(
    not SAMPLE.exists(),
    reason="the PaySim sample, whose source states no licence, is not part of the project",
)
def test_sample_is_solved_by_one_rule_unless_the_origin_balances_are_dropped():
    X, y = load_paysim(SAMPLE)
    alarm = X["type"].isin(["TRANSFER", "CASH_OUT"]) & (X["amount"] == X["oldbalanceOrg"]) & (X["amount"] > 0)
    assert y[alarm].mean() > 0.99
    assert alarm[y == 1].mean() > 0.95
    without, labels = load_paysim(SAMPLE, drop_balances="origin")
    assert list(without) == [name for name in X if name not in ("oldbalanceOrg", "newbalanceOrig")]
    pd.testing.assert_series_equal(labels, y)
