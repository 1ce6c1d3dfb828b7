"""The journal: what is written comes back, bit by bit, and so does the model."""

import copy
import datetime as dt
import json
import pickle
import sqlite3
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from synda_sk import CurriculumMixer, QualityFilter, SynDAClassifier, SyntheticAugmenter, cli
from synda_sk._journal_codec import decode_rows, dump, encode_rows
from synda_sk.exceptions import JournalError
from synda_sk.utils import TableEncoder

MODEL = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
NO_POOL = SyntheticAugmenter(use_pool=False)


@pytest.fixture(scope="module")
def data():
    X, y = make_classification(200, 6, weights=[0.8], random_state=5)
    partly = y.astype(float)
    partly[30:] = np.nan
    return X, y, partly


def same_rows(X):
    schema, rows = encode_rows(X)
    back = decode_rows(json.loads(dump(schema)), rows)
    assert (schema, rows) == encode_rows(back)
    assert type(back) is type(X)
    if isinstance(X, np.ndarray):
        assert (X.dtype, X.shape) == (back.dtype, back.shape)
        if X.dtype.kind != "O":
            assert np.ascontiguousarray(X).tobytes() == back.tobytes()
    elif isinstance(X, pd.DataFrame):
        pd.testing.assert_frame_equal(X.reset_index(drop=True), back, check_exact=True)
    else:
        assert back.schema == X.schema
        assert back.equals(X)
    return back


DTYPES = hnp.floating_dtypes() | hnp.integer_dtypes() | hnp.unsigned_integer_dtypes() | hnp.boolean_dtypes()


@given(DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=2, max_dims=2, max_side=4))))
@settings(max_examples=60)
def test_arrays_come_back(X):
    same_rows(X)


SCALARS = st.none() | st.text(max_size=4) | st.floats() | st.integers() | st.booleans()


@given(
    st.lists(SCALARS, min_size=1, max_size=6), st.lists(st.datetimes(timezones=st.just(dt.UTC)), max_size=3)
)
@settings(max_examples=60)
def test_objects_come_back(values, times):
    column = np.array([*values, *times, None], dtype=object)[:, None]
    back = same_rows(column)
    assert [type(v) for v in column[:, 0]] == [type(v) for v in back[:, 0]]
    assert repr(column.tolist()) == repr(back.tolist())


GAPS = st.none() | st.integers(-(2**31), 2**31)


@given(
    st.lists(
        st.tuples(st.floats(), GAPS, st.none() | st.text(max_size=3), st.none() | st.booleans()), max_size=5
    )
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_frames_come_back(rows):
    number, whole, word, flag = ([row[k] for row in rows] for k in range(4))
    stamps = pd.to_datetime(pd.Series(whole, dtype="Int64"), unit="s")
    same_rows(
        pd.DataFrame(
            {
                "number": np.array(number, dtype=float),
                "whole": pd.array(whole, dtype="Int64"),
                "word": pd.Series(word, dtype=object),
                "text": pd.array(word, dtype="string[python]"),
                "level": pd.Categorical(word, categories=sorted({w for w in word if w is not None} | {"z"})),
                "flag": pd.array(flag, dtype="boolean"),
                "when": stamps,
                3: stamps.dt.tz_localize("Africa/Kampala"),
            },
            index=np.arange(len(rows)) + 7,
        )
    )
    same_rows(
        pl.DataFrame({"number": number, "whole": whole, "word": word, "flag": flag}).cast(
            {"number": pl.Float64, "whole": pl.Int64, "word": pl.String, "flag": pl.Boolean}
        )
    )


def test_rarer_types_come_back():
    frame = pd.DataFrame(
        {
            "nan": pd.array([1.5, None], dtype="Float64"),
            "arrow": pd.array([1, None], dtype="int64[pyarrow]"),
            "text": pd.array(["a", None], dtype=pd.StringDtype("pyarrow", na_value=np.nan)),
            "level": pd.Categorical([2, None], categories=[3, 2], ordered=True),
            "span": pd.to_timedelta([1, None], unit="s"),
            "mixed": [pd.NA, np.float32(1.1)],
            "more": [Decimal("1.10"), dt.date(2024, 2, 29)],
            "time": [pd.NaT, b"\x00"],
        }
    )
    same_rows(frame)
    same_rows(frame.iloc[:0])
    day = dt.datetime(2024, 2, 29)
    same_rows(
        pl.DataFrame({"s": ["a", None], "d": [day, None], "x": [Decimal("1.10"), None]}).with_columns(
            pl.col("s").cast(pl.Categorical).alias("c"),
            pl.col("s").cast(pl.Enum(["b", "a"])).alias("e"),
            pl.col("d").dt.replace_time_zone("Africa/Kampala").alias("z"),
            pl.col("d").cast(pl.Date).alias("day"),
        )
    )
    for text in ("M8[ns]", "m8[D]", "S3", "U3"):
        same_rows(np.array([[0, 1]]).astype(text))
    same_rows(np.array([[np.inf, np.nan]], dtype=">f2"))


BAD_COLUMNS = [
    pd.DataFrame({"p": pd.period_range("2020", periods=2)}),
    pd.DataFrame({"p": [[1], [2]]}),
    pl.DataFrame({"p": [[1]]}),
]


@pytest.mark.parametrize("frame", BAD_COLUMNS, ids=["period", "list", "polars list"])
def test_a_column_that_cannot_be_kept_is_named(frame):
    with pytest.raises(TypeError, match="column 'p'"):
        encode_rows(frame)


def as_numpy(X):
    return X


def as_fortran(X):
    return np.asfortranarray(X)


def as_pandas(X):
    return pd.DataFrame(X, columns=list("abcdef"))


def as_mixed(X):
    frame = as_pandas(X).round(1).assign(word=np.where(X[:, 0] > 0, "up", "down"))
    return frame.assign(level=pd.Categorical(frame["word"]), whole=(10 * X[:, 1]).astype(int))


def as_polars(X):
    return pl.from_pandas(as_mixed(X))


def take(X, rows):
    return X.iloc[rows] if isinstance(X, pd.DataFrame) else X[rows]


CONTAINERS = [as_numpy, as_fortran, as_pandas, as_mixed, as_polars]


def assert_same(a, b, X):
    assert a.n_labels_ == b.n_labels_
    assert a.classes_.dtype == b.classes_.dtype
    assert_array_equal(a.classes_, b.classes_)
    assert_array_equal(a.predict_proba(X), b.predict_proba(X))
    assert len(a.history_) == len(b.history_)
    for stage_a, stage_b in zip(a.history_, b.history_, strict=True):
        for name in ("n_labels", "n_per_class", "batch", "exploration"):
            assert stage_a[name] == stage_b[name]


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
def test_resume_equals_never_killed(data, tmp_path, container, weighted):
    raw, y, partly = data
    X = container(raw)
    model = (
        MODEL
        if container in (as_numpy, as_fortran, as_pandas)
        else make_pipeline(TableEncoder(), LogisticRegression(max_iter=1000))
    )
    config = SynDAClassifier(model, augmenter=NO_POOL, journal=tmp_path / "j.db")
    given_weights = np.random.default_rng(0).uniform(0.5, 2, 200) if weighted else None
    clf = clone(config).fit(X, partly, sample_weight=given_weights)
    assert not (tmp_path / "j.db").exists()
    rows = clf.query(n_queries=8)
    answers = y[rows].astype(object)
    answers[2] = None
    clf.teach(rows, answers)
    clf.teach(rows[:2], 1 - y[rows[:2]], sample_weight=[3.0, 0.25] if weighted else None)
    outside = take(X, np.arange(150, 154))
    clf.teach(outside, [0, 1, 5, None], sample_weight=[1.0, 2.0, 0.5, 1.0] if weighted else None)
    clf.teach(clf.query(n_queries=5), [0, 0, 1, 0, 0])
    del_journal = clf._journal
    del_journal.close()

    blind = clone(config).resume()
    assert_same(clf, blind, X)
    with pytest.raises(ValueError, match="no stored pool"):
        blind.query()
    with pytest.raises(ValueError, match=r"resume\(X\)"):
        blind.teach(np.array([3]), [0])
    assert len(blind.query(X, 4)) == 4
    blind._journal.close()

    seeing = clone(config).resume(X)
    assert_same(clf, seeing, X)
    assert_array_equal(clf.labeled_iter_, seeing.labeled_iter_)
    assert_array_equal(clf.query(n_queries=7), seeing.query(n_queries=7))
    batch = seeing.query(n_queries=7)
    seeing.teach(batch, y[batch])
    clf.set_params(journal=None).teach(batch, y[batch])
    assert_same(clf, seeing, X)


def test_a_replay_and_synthetic_rows_come_back(data, tmp_path):
    X, y, _ = data
    config = SynDAClassifier(
        RandomForestClassifier(10),
        mixer=CurriculumMixer(
            synthetic_weight=0.5, ratio=lambda performance, consistency: 0.3 + consistency / 2
        ),
        quality_filter=QualityFilter(threshold=0.5),
        label_budget=40,
        n_rounds=3,
        journal=str(tmp_path / "j.db"),
    )
    clf = clone(config).fit(X, y)
    for _ in range(2):
        rows = clf.query(n_queries=6)
        clf.teach(rows, y[rows])
    clf._journal.close()
    assert_same(clf, clone(config).resume(), X)


def test_rows_of_the_pool_come_back_with_it_and_are_missed_without(data, tmp_path):
    X, y, partly = data
    config = SynDAClassifier(MODEL, journal=tmp_path / "j.db")
    clf = clone(config).fit(X, partly)
    rows = clf.query(n_queries=6)
    clf.teach(rows, y[rows])
    assert clf.history_[-1]["beta"] > 0
    clf._journal.close()
    seeing = clone(config).resume(X)
    assert_same(clf, seeing, X)
    seeing._journal.close()
    with pytest.warns(UserWarning, match=r"came from the pool.*use resume\(X\)"):
        clone(config).resume()


@pytest.mark.parametrize("labels", [["no", "fraud"], [False, True], [0, 1], [0.5, 2.0]])
def test_labels_of_any_type(data, tmp_path, labels):
    X, y, _ = data
    labels = [1.0, 2.0] if labels == [0.5, 2.0] else labels
    names = np.array(labels)[y].astype(object)
    names[30:] = None
    config = SynDAClassifier(MODEL, augmenter=NO_POOL, journal=tmp_path / "j.db")
    clf = clone(config).fit(X, names)
    clf.teach(np.array([50, 51]), [labels[0], labels[1]])
    clf._journal.close()
    assert_same(clf, clone(config).resume(), X)


def test_labels_are_kept_where_the_refit_failed(data, tmp_path, monkeypatch):
    X, _, partly = data
    config = SynDAClassifier(MODEL, random_state=0, journal=tmp_path / "j.db")
    clf = clone(config).fit(X, partly)

    def fail(*args):
        raise RuntimeError("out of memory")

    with monkeypatch.context() as patch:
        patch.setattr("synda_sk._training.Trainer.train", fail)
        with pytest.raises(RuntimeError):
            clf.teach(np.array([40, 41]), [0.0, 1.0])
    clf.teach(np.array([42]), [0.0])
    clf._journal.close()
    assert_same(clf, clone(config).resume(X), X)


def test_a_new_fit_does_not_write_over_a_journal(data, tmp_path):
    X, _, partly = data
    path = tmp_path / "j.db"
    clf = SynDAClassifier(MODEL, augmenter=NO_POOL, random_state=0, journal=path).fit(X, partly)
    clf.teach(np.array([40]), [1.0])
    before = path.stat().st_size
    clf.fit(X, partly)
    with pytest.raises(JournalError, match=r"resume\(\)"):
        clf.teach(np.array([41]), [1.0])
    assert (clf.n_labels_, path.stat().st_size) == (30, before)
    assert clf.resume(X).n_labels_ == 31
    assert clf.teach(np.array([41]), [1.0]).resume().n_labels_ == 32


def test_grids_clones_and_predictors_do_not_touch_it(data, tmp_path):
    X, y, _ = data
    clf = SynDAClassifier(MODEL, label_budget=40, n_rounds=2, random_state=0, journal=tmp_path / "j.db")
    search = GridSearchCV(clf, {"mixer": [CurriculumMixer(), CurriculumMixer(synthetic_weight=0.2)]}, cv=2)
    best = search.fit(X, y).best_estimator_
    assert not list(tmp_path.iterdir())
    best.teach(best.query(n_queries=3), [0, 0, 1])
    assert b"j.db" not in pickle.dumps(best.to_predictor())


def test_a_copy_opens_the_file_itself(data, tmp_path):
    X, _, partly = data
    clf = SynDAClassifier(MODEL, random_state=0, journal=tmp_path / "j.db").fit(X, partly)
    clf.teach(np.array([40]), [1.0])
    twins = [copy.deepcopy(clf), pickle.loads(pickle.dumps(clf))]
    for twin in twins:
        with pytest.raises(JournalError, match="in use"):
            twin.teach(np.array([41]), [1.0])
        assert twin.n_labels_ == 31
    clf._journal.close()
    assert twins[0].teach(np.array([41]), [1.0]).n_labels_ == 32
    twins[0]._journal.close()
    with pytest.raises(JournalError, match="somebody else"):
        clf.teach(np.array([42]), [1.0])
    assert clf.n_labels_ == 31


def test_resume_checks_the_table(data, tmp_path):
    X, _, partly = data
    config = SynDAClassifier(MODEL, journal=tmp_path / "j.db")
    clf = clone(config).fit(X, partly).teach(np.array([40]), [1.0])
    clf._journal.close()
    for other, word in [
        (X[:150], "150 rows"),
        (X[::-1], "row 0"),
        (X.astype("f4"), "types"),
        (X[:, :3], "columns"),
    ]:
        fresh = clone(config)
        with pytest.raises(ValueError, match=word):
            fresh.resume(other)
        assert not hasattr(fresh, "estimator_")
    with pytest.raises(ValueError, match="journal == None"):
        SynDAClassifier(MODEL).resume()


def test_the_command_line_shows_verifies_and_exports(data, tmp_path, capsys):
    raw, _, partly = data
    X = as_mixed(raw).assign(label="mine")
    model = make_pipeline(TableEncoder(), LogisticRegression(max_iter=1000))
    clf = SynDAClassifier(model, random_state=0, journal=tmp_path / "j.db").fit(X, partly)
    clf.teach(np.array([40, 3]), [1.0, 1.0], sample_weight=[2.0, 3.0])
    clf.teach(X.iloc[[50]], [0.0])
    assert cli.main(["journal", str(tmp_path / "j.db"), "--verify"]) == 0
    out = capsys.readouterr().out
    assert "32: 31 of a table of 200 rows, 1 of rows from outside" in out
    assert "all 33 rows can be read" in out
    for name in ("out.csv", "out.parquet"):
        assert cli.main(["journal", str(tmp_path / "j.db"), "--export", str(tmp_path / name)]) == 0
        read = pd.read_csv if name.endswith("csv") else pd.read_parquet
        table = read(tmp_path / name)
        assert list(table.columns[:4]) == ["position", "round", "synda_label", "weight"]
        assert len(table) == 32
        assert table["weight"].sum() == 35
        assert table["position"].tolist()[:-1] == [*range(30), 40]
        np.testing.assert_array_equal(table["a"], X["a"].to_numpy()[[*range(30), 40, 50]])
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o600


def test_bad_command_lines_are_one_line(tmp_path, capsys):
    (tmp_path / "text.db").write_text("not a database at all")
    path = str(tmp_path / "text.db")
    for argv in ([path], [str(tmp_path / "none.db")], [path, "--export", "x.xlsx"]):
        assert cli.main(["journal", *argv]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_the_file_is_for_its_owner_and_holds_no_pickle(data, tmp_path):
    X, _, partly = data
    path = tmp_path / "j.db"
    clf = SynDAClassifier(MODEL, journal=path).fit(X, partly).teach(np.array([40]), [1.0])
    assert path.stat().st_mode & 0o777 == 0o600
    clf._journal.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM labels").fetchone() == (31,)
    connection.close()


def test_a_change_of_folder_does_not_start_a_second_journal(data, tmp_path, monkeypatch):
    X, _, partly = data
    monkeypatch.chdir(tmp_path)
    clf = SynDAClassifier(MODEL, journal="j.db").fit(X, partly).teach(np.array([40]), [1.0])
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    clf.teach(np.array([41]), [1.0])
    assert not list((tmp_path / "sub").iterdir())


def test_outside_rows_alone_are_enough(data, tmp_path):
    X, y, _ = data
    config = SynDAClassifier(MODEL, augmenter=NO_POOL, classes=[0, 1], journal=tmp_path / "j.db")
    clf = clone(config).fit(X, np.full(200, np.nan)).teach(X[:8], y[:8])
    clf._journal.close()
    back = clone(config).resume()
    assert_same(clf, back, X)
    assert back.teach(X[8:9], [1]).n_labels_ == 9
