"""Cases out to a review desk, answers back in."""

import datetime
import gzip

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from synda_sk import SynDAClassifier
from synda_sk.interop.case_queue import read_answers, write_queue
from synda_sk.utils import TableEncoder

SUFFIXES = [".csv", ".csv.gz", ".parquet"]
OWN = ["id", "position", "score", "suggested_label", "reason", "deadline", "answer", "minutes"]


def load(path):
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def fill_in(path, answers, minutes=None, **how):
    """What the desk does: open the file, fill in two columns, save it."""
    frame = load(path)
    frame["answer"] = answers
    if minutes is not None:
        frame["minutes"] = minutes
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    else:
        frame.to_csv(path, index=False, **how)


@pytest.fixture
def table():
    return np.arange(12.0).reshape(6, 2)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_day_at_the_desk(tmp_path, mixed_frame, suffix):
    X, truth = mixed_frame
    y = np.where(np.arange(len(X)) < 60, truth, np.nan)
    model = make_pipeline(TableEncoder(), LogisticRegression(max_iter=1000))
    clf = SynDAClassifier(model, random_state=0).fit(X, y)
    rows, scores = clf.query(n_queries=8, return_scores=True)
    path = tmp_path / f"cases{suffix}"
    write_queue(path, X, rows, scores=scores, suggested=clf.predict(X.iloc[rows]), reason="close call")
    assert load(path).columns.tolist() == [*OWN, *X.columns]
    words = np.where(truth[rows] == 1, "fraud", "genuine").astype(object)
    words[:3] = "unsure", "cannot tell", None
    fill_in(path, words, [2, 1.5, None, 0, 1, 1, 1, 1])
    answers = read_answers(path)
    assert answers.indices.tolist() == [*rows[:2], *rows[3:]]
    assert answers.y.tolist() == [None, None, *truth[rows[3:]]]
    assert answers.minutes == 7.5
    assert answers.set_aside.tolist() == [rows[1]]
    clf.set_aside(answers.set_aside).teach(answers.indices, answers.y)
    assert clf.n_labels_ == 65
    assert clf.set_aside_.tolist() == [rows[1]]
    asked_again = clf.query(n_queries=len(X))
    assert set(rows) & set(asked_again) == {rows[0], rows[2]}


def test_parquet_keeps_the_types_of_the_row(tmp_path, mixed_frame):
    X, _ = mixed_frame
    path = tmp_path / "cases.parquet"
    write_queue(path, X, [7, 3], deadline=datetime.date(2030, 1, 2), score_parts={"uncertainty": [0.5, 0.25]})
    frame = pd.read_parquet(path)
    pd.testing.assert_frame_equal(frame[X.columns], X.iloc[[7, 3]].reset_index(drop=True))
    assert frame["position"].tolist() == [7, 3]
    assert frame["uncertainty"].tolist() == [0.5, 0.25]
    assert frame["deadline"].tolist() == [datetime.date(2030, 1, 2)] * 2


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_ids_and_columns_that_have_our_names(tmp_path, make):
    X = make({"account": ["a", "b", "c"], "score": [1, 2, 3], "answer": [True, False, True]})
    path = tmp_path / "cases.csv"
    write_queue(path, X, [2, 0], ids="account", scores=[0.9, 0.8])
    frame = load(path)
    assert frame["id"].tolist() == ["c", "a"]
    assert frame.columns.tolist() == [*OWN, "row_score", "row_answer"]
    assert frame["row_score"].tolist() == ["3", "1"]
    write_queue(path, X, [1], ids=["k", "l", "m"])
    assert load(path)["id"].tolist() == ["l"]


def test_a_spreadsheet_with_semicolons_and_decimal_commas(tmp_path, table):
    path = tmp_path / "cases.csv"
    write_queue(path, table, [4, 2, 0])
    fill_in(path, [" FRAUD ", "cannot  Tell", "Genuine"], ["2,5", "", " 1 "], sep=";", encoding="utf-8-sig")
    answers = read_answers(path)
    assert answers.indices.tolist() == [4, 2, 0]
    assert answers.y.tolist() == [1, None, 0]
    assert answers.minutes == 3.5
    assert answers.set_aside.tolist() == [2]


def test_texts_that_a_spreadsheet_would_run(tmp_path):
    texts = ["=cmd|' /C calc'!A0", "@SUM(A1)", "+226 70 12 34 56", "-5", "+cmd|x", "plain"]
    path = tmp_path / "cases.csv"
    write_queue(path, pd.DataFrame({"note": texts}), np.arange(6))
    shown = load(path)["note"].tolist()
    assert shown == [f"'{texts[0]}", f"'{texts[1]}", texts[2], texts[3], f"'{texts[4]}", texts[5]]


def test_words_of_another_desk(tmp_path, table):
    path = tmp_path / "cases.parquet"
    write_queue(path, table, [1, 2, 3])
    fill_in(path, ["Betrug", "weiß nicht", "echt"])
    answers = read_answers(path, answers={"betrug": "bad", "echt": "good"}, unsure="weiß nicht")
    assert answers.y.tolist() == ["bad", None, "good"]
    assert answers.minutes == 0


@given(st.lists(st.sampled_from(["fraud", "genuine", "unsure", "cannot tell", ""]), min_size=1, max_size=6))
def test_every_answer_comes_back_once(tmp_path_factory, words):
    path = tmp_path_factory.mktemp("queue") / "cases.csv"
    rows = np.arange(6)[::-1][: len(words)]
    write_queue(path, np.zeros((6, 1)), rows)
    fill_in(path, words)
    answers = read_answers(path)
    label = {"fraud": 1, "genuine": 0, "unsure": None, "cannot tell": None}
    assert dict(zip(answers.indices, answers.y, strict=True)) == {
        row: label[word] for row, word in zip(rows, words, strict=True) if word
    }
    assert answers.set_aside.tolist() == [r for r, w in zip(rows, words, strict=True) if w == "cannot tell"]


@pytest.mark.parametrize(
    ("answers", "minutes", "message"),
    [
        (
            ["fraud", "frued", ""],
            None,
            "'frued' in row 2 .* did you mean 'fraud'.*unsure, cannot tell",
        ),
        (["fraud", "", ""], ["1", "-2", ""], "minutes == '-2' in row 2"),
        (["fraud", "", ""], ["soon", "", ""], "minutes == 'soon' in row 1"),
        (["fraud", "", ""], ["inf", "", ""], "minutes == 'inf'"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, table, answers, minutes, message):
    path = tmp_path / "cases.csv"
    write_queue(path, table, [5, 1, 0])
    fill_in(path, answers, minutes)
    with pytest.raises(ValueError, match=message):
        read_answers(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("position,answer\n1,fraud\n", "lacks the columns .*minutes"),
        (
            "position,answer,minutes\n1,fraud,\n1.0,genuine,\n",
            "position == 1 .* second time in row 2",
        ),
        ("position,answer,minutes\n1.5,fraud,\n", "position == '1.5'"),
        ("position,answer,minutes\n,fraud,\n", "position == ''"),
    ],
)
def test_a_file_of_someone_else(tmp_path, text, message):
    path = tmp_path / "cases.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    with pytest.raises(ValueError, match=message):
        read_answers(path)


def test_separators_at_the_end_of_the_rows_shift_no_column(tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text("position,answer,minutes\n1,fraud,,\n4,genuine,2,\n")
    answers = read_answers(path)
    assert (answers.indices.tolist(), answers.y.tolist(), answers.minutes) == ([1, 4], [1, 0], 2.0)


def test_no_question_makes_an_empty_queue(tmp_path, table):
    path = tmp_path / "cases.parquet"
    write_queue(path, table, np.array([], dtype=int))
    answers = read_answers(path)
    assert len(answers.indices) == len(answers.y) == len(answers.set_aside) == answers.minutes == 0
