"""Models of tables as ONNX files: the file answers as the model does, on rows it was not checked with."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import is_regressor
from sklearn.compose import ColumnTransformer
from sklearn.datasets import make_classification
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
)
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, PolynomialFeatures, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from synda_sk import SynDAClassifier
from synda_sk._default import default_estimator
from synda_sk.interop.onnx import export, load
from synda_sk.utils import TableEncoder

onnx = pytest.importorskip("onnx", reason="needs the extra onnx")
pytest.importorskip("onnxruntime", reason="needs the extra onnx")
pytest.importorskip("skl2onnx", reason="needs the extra onnx")

NUMBERS, TEXTS = ["amount", "hour", "new_account", "age"], ["type", "region"]
IGNORE = OneHotEncoder(handle_unknown="ignore")
X, Y = make_classification(600, 6, n_informative=4, n_classes=3, random_state=0)
X = np.exp(X) * 1000  # amounts: unscaled and skewed
TRAIN, TEST = slice(0, 300), slice(300, 600)


def columns(*transformers, **params):
    return ColumnTransformer([(str(k), *pair) for k, pair in enumerate(transformers)], **params)


def round_trip(model, path, X, **params):
    export(model, path, X=X, **params)
    return load(path)


def agree(model, file, X):
    if hasattr(model, "predict_proba"):
        assert_allclose(file.predict_proba(X), model.predict_proba(X), atol=1e-5)
        sure = np.ptp(np.sort(model.predict_proba(X), axis=1)[:, -2:], axis=1) > 1e-4
        assert_array_equal(file.predict(X)[sure], model.predict(X)[sure])
    elif file.classes_ is not None:
        assert_array_equal(file.predict(X), model.predict(X))
    else:
        assert_allclose(file.predict(X), model.predict(X), rtol=1e-4)


ON_NUMBERS = [
    LogisticRegression(max_iter=5000),
    make_pipeline(StandardScaler(), LogisticRegression()),
    DecisionTreeClassifier(random_state=0),
    RandomForestClassifier(20, random_state=0),
    ExtraTreesClassifier(20, random_state=0),
    GradientBoostingClassifier(n_estimators=5, random_state=0),
    HistGradientBoostingClassifier(max_iter=20, random_state=0),
    make_pipeline(StandardScaler(), HistGradientBoostingClassifier(max_iter=20, random_state=0)),
    make_pipeline(
        StandardScaler(), make_pipeline(SimpleImputer(), RandomForestClassifier(20, random_state=0))
    ),
    make_pipeline(PolynomialFeatures(), StandardScaler(), LogisticRegression()),
    VotingClassifier(
        [("a", HistGradientBoostingClassifier(max_iter=5)), ("b", DecisionTreeClassifier(max_depth=3))],
        voting="soft",
        weights=[2, 1],
    ),
    GridSearchCV(
        make_pipeline(StandardScaler(), LogisticRegression()), {"logisticregression__C": [0.1, 1]}, cv=2
    ),
    make_pipeline(StandardScaler(), LinearSVC()),
    make_pipeline(TableEncoder(), LogisticRegression()),
    RandomForestRegressor(10, random_state=0),
    HistGradientBoostingRegressor(max_iter=10),
    LinearRegression(),
]


LABELS = {"int": Y, "str": np.array(["fine", "odd", "fraud"])[Y], "bool": Y == 1}
CASES = [
    pytest.param(model, labels, id=f"{repr(model)[:60]}-{kind}".replace("\n", ""))
    for model in ON_NUMBERS
    for kind, labels in LABELS.items()
    if kind == "int" or not is_regressor(model)
]


@pytest.mark.parametrize(("model", "labels"), CASES)
def test_arrays_of_numbers(model, labels, tmp_path):
    model.fit(X[TRAIN], labels[TRAIN])
    agree(model, round_trip(model, tmp_path / "model.onnx", X[TRAIN]), X[TEST])


ON_FRAMES = [
    make_pipeline(TableEncoder(), LogisticRegression()),
    make_pipeline(TableEncoder(min_frequency=0.4), HistGradientBoostingClassifier(max_iter=20)),
    default_estimator().set_params(votingclassifier__forest__n_estimators=20),
    make_pipeline(
        columns(
            (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), NUMBERS),
            (make_pipeline(SimpleImputer(strategy="most_frequent"), IGNORE), TEXTS),
        ),
        RandomForestClassifier(20),
    ),
    make_pipeline(
        columns(
            (OneHotEncoder(min_frequency=0.4, handle_unknown="infrequent_if_exist"), TEXTS),
            remainder="passthrough",
        ),
        HistGradientBoostingClassifier(max_iter=20),
    ),
    make_pipeline(
        columns((OrdinalEncoder(), ["type"]), (SimpleImputer(), [0, 5]), (OneHotEncoder(), ["new_account"])),
        LogisticRegression(max_iter=2000),
    ),
]


@pytest.mark.parametrize("model", ON_FRAMES, ids=range(len(ON_FRAMES)))
def test_mixed_frames(model, mixed_frame, tmp_path):
    frame, y = mixed_frame
    frame.loc[::9, "region"] = np.nan
    model.fit(frame[:250], y[:250])
    file = round_trip(model, tmp_path / "model.onnx", frame[:250])
    assert file.columns_ == list(frame.columns)
    agree(model, file, frame[250:])


def test_containers_of_one_table_give_one_answer(mixed_frame, tmp_path):
    frame, y = mixed_frame
    model = make_pipeline(TableEncoder(), LogisticRegression()).fit(frame, y)
    file = round_trip(model, tmp_path / "model.onnx", frame)
    expected = file.predict_proba(frame)
    others = [
        frame[frame.columns[::-1]],
        frame.convert_dtypes(),
        pl.from_pandas(frame),
        {name: frame[name].tolist() for name in frame},
        frame.to_numpy(object),
    ]
    for other in others:
        assert_array_equal(file.predict_proba(other), expected)
    polars = make_pipeline(TableEncoder(), LogisticRegression()).fit(pl.from_pandas(frame), y)
    assert_allclose(
        round_trip(polars, tmp_path / "p.onnx", pl.from_pandas(frame)).predict_proba(frame), expected
    )


MOMENTS = st.datetimes(pd.Timestamp("1990-01-01"), pd.Timestamp("2040-01-01"))
COLUMNS = {
    "number": st.floats(-1e9, 1e9) | st.just(np.nan),
    "skewed": st.floats(0, 30).map(np.exp),
    "integer": st.integers(-(10**6), 10**6),
    "flag": st.booleans(),
    "text": st.sampled_from(["", "bill", "zapłata", "a b", "7"]) | st.just(None),
    "when": MOMENTS,
}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), n=st.integers(6, 30), chosen=st.sets(st.sampled_from(sorted(COLUMNS)), min_size=1))
def test_any_table_is_encoded_alike(tmp_path, data, n, chosen):
    names = sorted(chosen)
    table = {name: data.draw(st.lists(COLUMNS[name], min_size=n, max_size=n), label=name) for name in names}
    frame = pd.DataFrame(
        {name: pd.Series(v, dtype=object if name == "text" else None) for name, v in table.items()}
    )
    model = make_pipeline(TableEncoder(min_frequency=0.2, max_categories=3), LogisticRegression())
    model.fit(frame, np.arange(n) % 2)
    file = round_trip(model, tmp_path / "model.onnx", frame, n_checks=8)
    agree(model, file, frame)
    if "text" in names:
        unseen = frame.assign(text="never seen")
        agree(model, file, unseen)


def test_levels_of_any_type(tmp_path):
    grades = pd.Categorical([3, 4, 5, 3] * 10)
    frame = pd.DataFrame({"grade": grades, "flag": [True, False, False, False] * 10})
    model = make_pipeline(TableEncoder(), LogisticRegression()).fit(frame, [0, 1, 1, 0] * 10)
    file = round_trip(model, tmp_path / "model.onnx", frame)
    with_gap = frame.assign(grade=grades.set_categories([3, 4]))  # floats, once they are an array
    agree(model, file, with_gap)
    assert_allclose(file.predict_proba({"grade": [3.0], "flag": [1]}), file.predict_proba(frame[:1]))


@pytest.mark.parametrize("gap", [None, float("nan")], ids=["None", "NaN"])
def test_a_gap_in_a_list_of_texts_is_a_gap(gap, tmp_path):
    frame = pd.DataFrame({"type": ["bill", "cash", None, "bill", "cash", None], "n": range(6)})
    model = make_pipeline(TableEncoder(), LogisticRegression()).fit(frame, [0, 1, 1, 0, 1, 1])
    file = round_trip(model, tmp_path / "model.onnx", frame)
    rows = {"type": ["bill", "cash", gap, "bill", "cash", gap], "n": list(range(6))}
    assert_allclose(file.predict_proba(rows), model.predict_proba(frame), atol=1e-5)


def test_times_with_a_zone(tmp_path):
    frame = pd.DataFrame({"when": pd.date_range("2026-01-01", periods=40, freq="7h", tz="Africa/Kampala")})
    model = make_pipeline(TableEncoder(), LogisticRegression()).fit(frame, np.arange(40) // 20)
    agree(model, round_trip(model, tmp_path / "model.onnx", frame), frame)


def test_forests_send_missing_values_where_scikit_learn_does(tmp_path):
    rng = np.random.default_rng(0)
    gaps = np.where(rng.random(X.shape) < 0.2, np.nan, X)
    for train in (gaps, X):
        forest = RandomForestClassifier(20, random_state=0).fit(train[TRAIN], Y[TRAIN])
        agree(forest, round_trip(forest, tmp_path / "model.onnx", train[TRAIN]), gaps[TEST])


def test_integers_may_be_missing_where_they_are_filled_in(tmp_path, mixed_frame):
    frame, y = mixed_frame
    model = make_pipeline(TableEncoder(), LogisticRegression()).fit(frame[["hour", "type"]], y)
    file = round_trip(model, tmp_path / "model.onnx", frame[["hour", "type"]])
    agree(model, file, frame[["hour", "type"]].mask(np.arange(len(frame))[:, np.newaxis] % 3 == [0, 1]))


def test_missing_values_the_model_refuses_are_refused(tmp_path):
    model = LogisticRegression(max_iter=5000).fit(X, Y)
    file = round_trip(model, tmp_path / "model.onnx", X)
    with pytest.raises(ValueError, match="missing value in column 'x0'"):
        file.predict_proba(np.full((1, 6), np.nan))


def test_without_rows_normal_numbers_are_checked(tmp_path):
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y)
    export(model, tmp_path / "model.onnx")
    agree(model, load(tmp_path / "model.onnx"), X)


def test_the_loop_exports_its_final_model(mixed_frame, tmp_path):
    frame, y = mixed_frame
    frame = frame.assign(customer=[f"customer-{k:03d}" for k in range(len(frame))])
    clf = SynDAClassifier(label_budget=150, n_rounds=1, random_state=0).fit(frame, y)
    file = round_trip(clf, tmp_path / "clf.onnx", frame)
    agree(clf, file, frame)
    assert b"customer-" not in (tmp_path / "clf.onnx").read_bytes()
    assert_array_equal(
        round_trip(clf.to_predictor(), tmp_path / "predictor.onnx", frame).predict_proba(frame),
        file.predict_proba(frame),
    )
    assert isinstance(clf.to_predictor(), FrozenEstimator)


@pytest.mark.parametrize("classes", [["fine", "fraud", "odd"], ["a", "fine", "fraud"]])
def test_classes_without_a_label_yet_have_no_probability(classes, tmp_path):
    labels = np.array(["fine", "fraud"])[Y % 2]
    clf = SynDAClassifier(LogisticRegression(max_iter=5000), classes=classes, random_state=0).fit(X, labels)
    file = round_trip(clf, tmp_path / "clf.onnx", X)
    assert file.classes_.tolist() == classes
    agree(clf, file, X)
    onnx.checker.check_model(str(tmp_path / "clf.onnx"), full_check=True)


def test_samplers_are_left_out(tmp_path):
    imblearn = pytest.importorskip("imblearn.pipeline")
    from synda_sk import SyntheticAugmenter

    steps = StandardScaler(), SyntheticAugmenter(random_state=0), LogisticRegression()
    model = imblearn.make_pipeline(*steps).fit(X, Y)
    agree(model, round_trip(model, tmp_path / "model.onnx", X), X)
    clf = make_pipeline(StandardScaler(), SynDAClassifier(LogisticRegression(), random_state=0)).fit(X, Y)
    agree(clf, round_trip(clf, tmp_path / "clf.onnx", X), X)


def test_matrices_of_weights_take_a_quarter(tmp_path):
    model = make_pipeline(StandardScaler(), MLPClassifier((128, 128), max_iter=100, tol=0.1)).fit(X, Y)
    export(model, tmp_path / "model.onnx", X=X)
    small = round_trip(model, tmp_path / "small.onnx", X, weights="int8")
    assert (tmp_path / "small.onnx").stat().st_size < 0.35 * (tmp_path / "model.onnx").stat().st_size
    assert_allclose(small.predict_proba(X), model.predict_proba(X), atol=0.05)


def test_a_file_that_differs_is_not_kept(tmp_path):
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y)
    path = tmp_path / "model.onnx"
    path.write_bytes(b"the former one")
    with pytest.raises(
        ValueError, match=r"differ by up to .* more than tolerance == 0, in \d+ of 50 rows"
    ) as caught:
        export(model, path, X=X, tolerance=0, n_checks=50)
    assert "float64" in caught.value.__notes__[0]
    assert path.read_bytes() == b"the former one"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_converted_is_told(tmp_path):
    boosted = HistGradientBoostingClassifier(categorical_features=[5]).fit(np.c_[X[:, :5], Y], Y)
    one_class = SynDAClassifier(LogisticRegression(), classes=[0, 1]).fit(X, np.zeros(len(X)))
    tree = DecisionTreeClassifier().fit(X, Y)
    nameless = pd.DataFrame(X, columns=["", *"abcde"])
    for_nameless = DecisionTreeClassifier().fit(nameless, Y)
    for model, params, told in [
        (boosted, {}, "categorical_features"),
        (one_class, {}, "labels of one class"),
        (tree, {"weights": "int8"}, "no matrices"),
        (tree, {"opset": 10_000}, "estimator cannot be converted"),
        (DecisionTreeClassifier().fit(X, np.c_[Y, Y]), {}, "several labels"),
        (for_nameless, {"X": nameless}, "no name"),
    ]:
        with pytest.raises(ValueError, match=told):
            export(model, tmp_path / "model.onnx", **{"X": X, **params})
    with pytest.raises(NotFittedError):
        export(LogisticRegression(), tmp_path / "model.onnx", X=X)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["label", "probabilities", "X", "a b/ü"])
def test_columns_of_any_name(name, tmp_path, mixed_frame):
    frame, y = mixed_frame
    frame = frame[["hour", "region"]].set_axis([name, "region"], axis=1)
    model = make_pipeline(columns((IGNORE, ["region"]), remainder="passthrough"), LogisticRegression()).fit(
        frame, y
    )
    agree(model, round_trip(model, tmp_path / "model.onnx", frame), frame)


def test_files_are_the_same_each_time_and_obey_the_opset(tmp_path):
    model = make_pipeline(TableEncoder(), RandomForestClassifier(5, random_state=0)).fit(X, Y)
    for name in "ab":
        export(model, tmp_path / name, X=X, opset=18)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    versions = [entry.version for entry in onnx.load(tmp_path / "a").opset_import if not entry.domain]
    assert max(versions) <= 18
