"""Running an ONNX file: what it takes, what it refuses, and what it costs."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline

from synda_sk.interop.onnx import export, load
from synda_sk.utils import TableEncoder

pytest.importorskip("onnxruntime", reason="needs the extra onnx")
pytest.importorskip("skl2onnx", reason="needs the extra onnx")

FRAME = pd.DataFrame({"amount": [1.0, 2.0, 30.0, 40.0] * 5, "type": ["bill", "bill", "cash", "bill"] * 5})


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("onnx") / "model.onnx"
    model = make_pipeline(TableEncoder(), LogisticRegression()).fit(
        FRAME, ["fine", "fine", "fraud", "fraud"] * 5
    )
    export(model, path, X=FRAME)
    return path


@pytest.mark.parametrize(
    ("X", "told"),
    [
        (FRAME.rename(columns={"type": "kind"}), r"lacks \['type'\] and has the unknown \['kind'\]"),
        (FRAME[["amount"]], r"lacks \['type'\]; the model takes the columns \['amount', 'type'\]"),
        (FRAME.assign(more=1), r"has the unknown \['more'\]"),
        (np.zeros((3, 5)), r"shape \(3, 5\).*rows of 2 columns"),
        (np.zeros(2), r"shape \(2,\)"),
        (FRAME.assign(amount="much"), "column 'amount' of X must hold a number"),
        (FRAME.assign(amount=np.inf), "infinite value in column 'amount'"),
    ],
)
def test_other_columns_are_refused(path, X, told):
    with pytest.raises(ValueError, match=told):
        load(path).predict(X)


def test_raw_tensors(path):
    file = load(path)
    outputs = file.run({"amount": [[1.0], [2.0]], "type": np.array([["bill"], ["cash"]], dtype=object)})
    assert sorted(outputs) == sorted(file.output_names)
    assert outputs[file.output_names[1]].shape == (2, 2)
    with pytest.raises(ValueError, match=r"keys \['amount'\], must have \['amount', 'type'\]"):
        file.run({"amount": [[1.0]]})
    with pytest.raises(ValueError, match="must be a dict with the keys"):
        file.run([[1.0]])
    with pytest.raises(ValueError, match=r"amount has the shape \(1,\), the model takes \('n', 1\)"):
        file.run({"amount": [1.0], "type": np.array([["bill"]], dtype=object)})
    with pytest.raises(TypeError, match="amount has the type <U3, the model takes float64"):
        file.run({"amount": [["one"]], "type": np.array([["bill"]], dtype=object)})


def test_no_rows_give_no_answers(path):
    assert load(path).predict_proba(FRAME[:0]).shape == (0, 2)


def test_regressors_have_no_probabilities(tmp_path):
    X = FRAME[["amount"]].to_numpy()
    export(LinearRegression().fit(X, X[:, 0] * 2), tmp_path / "model.onnx", X=X)
    file = load(tmp_path / "model.onnx")
    assert file.classes_ is None
    assert file.predict(X).shape == (20,)
    with pytest.raises(AttributeError, match="gives no probabilities"):
        file.predict_proba(X)


def test_running_needs_numpy_and_onnxruntime_alone(path):
    code = (
        "import sys; from synda_sk.interop.onnx import load\n"
        f"print(load({str(path)!r}).predict({{'amount': [35.0], 'type': ['cash']}}))\n"
        "print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    answer, modules = run.stdout.splitlines()
    assert answer == "['fraud']"
    heavy = {"sklearn", "scipy", "torch", "pandas", "onnx", "skl2onnx", "narwhals", "joblib"}
    assert not heavy & set(modules.split())
    assert run.stderr == ""
