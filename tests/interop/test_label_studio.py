"""Label Studio's task files, out and back."""

import datetime
import json

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

from synda_sk import SynDAClassifier
from synda_sk.interop.label_studio import read_annotations, write_tasks

LABELS = st.one_of(st.integers(), st.booleans(), st.text(), st.floats(allow_nan=False, allow_infinity=False))
SUBMITTED = "2030-01-02T10:00:00Z"


def tasks_in(path):
    return json.loads(path.read_text(encoding="utf-8"))


def annotation(name, at=SUBMITTED, number=1, cancelled=False):
    value = {"choices": [] if name is None else [name]}
    result = {"from_name": "label", "to_name": "row", "type": "choices", "value": value}
    return {"id": number, "was_cancelled": cancelled, "updated_at": at, "result": [result]}


def annotate(path, answers):
    """What Label Studio does: export the tasks with what people chose."""
    tasks = tasks_in(path)
    for number, (task, given_) in enumerate(zip(tasks, answers, strict=True), 1):
        task["id"] = number
        task["annotations"] = given_
    path.write_text(json.dumps(tasks), encoding="utf-8")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tasks.json"


def test_a_round_with_the_classifier(path):
    X, truth = make_classification(120, 4, random_state=0)
    y = np.where(np.arange(120) < 20, truth, np.nan)
    clf = SynDAClassifier(LogisticRegression(), random_state=0).fit(X, y)
    rows, scores = clf.query(n_queries=6, return_scores=True)
    choices = {"fraud": 1.0, "genuine": 0.0}
    write_tasks(path, X, rows, scores=scores, suggested=clf.predict(X[rows]), choices=choices)
    tasks = tasks_in(path)
    assert [task["predictions"][0]["score"] for task in tasks] == scores.tolist()
    assert [task["data"]["x3"] for task in tasks] == X[rows, 3].tolist()
    names = ["fraud" if label else "genuine" for label in truth[rows[:3]]] + ["cannot tell"]
    annotate(path, [[annotation(n)] for n in names] + [[annotation(None, cancelled=True)], []])
    answers = read_annotations(path, choices=choices)
    assert_array_equal(answers.indices, rows[:5])
    assert answers.y.tolist() == [*truth[rows[:3]].astype(float), None, None]
    assert answers.set_aside.tolist() == [rows[3]]
    clf.set_aside(answers.set_aside).teach(answers.indices, answers.y)
    assert clf.n_labels_ == 23
    assert clf.set_aside_.tolist() == [rows[3]]
    assert set(rows) & set(clf.query(n_queries=100)) == set(rows[4:])


@given(st.lists(LABELS, min_size=1, max_size=5))
def test_labels_of_any_type_come_back_as_they_were(tmp_path_factory, labels):
    path = tmp_path_factory.mktemp("studio") / "tasks.json"
    write_tasks(path, np.zeros((len(labels), 1)), np.arange(len(labels)), suggested=labels)
    chosen = [task["predictions"][0]["result"] for task in tasks_in(path)]
    annotate(path, [[{"id": 1, "result": result}] for result in chosen])
    answers = read_annotations(path, cannot_tell="\0")
    assert_array_equal(answers.indices, np.arange(len(labels)))
    assert [(type(label), label) for label in answers.y] == [(type(label), label) for label in labels]


@pytest.mark.parametrize("label", [np.int64(3), np.float32(0.5), np.bool_(True), np.str_("odd"), "1", "true"])
def test_numpy_labels_and_texts_that_look_like_numbers(path, label):
    write_tasks(path, [[0.0]], [0], suggested=np.array([label]))
    annotate(path, [[{"id": 1, "result": tasks_in(path)[0]["predictions"][0]["result"]}]])
    (back,) = read_annotations(path).y
    assert back == label
    assert isinstance(back, str) == isinstance(label, str)


def test_values_are_safe_in_json(path):
    frame = pd.DataFrame(
        {
            "amount": [np.nan, np.inf, 1.5],
            "when": pd.to_datetime(["2030-01-02 03:04:05", None, None]),
            "day": [datetime.date(2030, 1, 2), None, pd.NaT],
            "count": pd.array([1, None, 3], dtype="Int64"),
            "type": pd.Categorical(["é", "b", None]),
            "id": ["u", "v", "w"],
            "position": [7, 8, 9],
        }
    )
    write_tasks(path, frame, [0, 1, 2])
    first, second, third = (task["data"] for task in tasks_in(path))
    assert first["amount"] is None
    assert second["amount"] is None
    assert first["when"] == "2030-01-02T03:04:05"
    assert second["when"] is None
    assert first["day"] == "2030-01-02"
    assert (first["count"], second["count"], third["count"]) == (1, None, 3)
    assert (first["type"], third["type"]) == ("é", None)
    assert (third["id"], third["row_id"], third["position"], third["row_position"]) == (2, "w", 2, 9)
    assert "NaN" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_ids_from_a_column(path, make):
    write_tasks(path, make({"id": ["u", "v"], "amount": [1, 2]}), [1], ids="id")
    assert tasks_in(path)[0]["data"] == {"id": "v", "position": 1, "amount": 2}
    assert tasks_in(path)[0]["predictions"] == [{"model_version": "synda_sk", "score": None, "result": []}]


def test_the_last_of_several_annotations_counts(path):
    write_tasks(path, np.zeros((4, 1)), np.arange(4))
    earlier, later = "2030-01-02T10:00:00.500000Z", "2030-01-02T13:00:01+02:00"
    annotate(
        path,
        [
            [annotation("b", later, 1), annotation("a", earlier, 2)],
            [annotation("a", later, 1), annotation("b", later, 2)],
            [annotation("a", earlier, 1), annotation("b", later, 2, cancelled=True)],
            [annotation("a", None, 3), annotation("b", earlier, 1)],
        ],
    )
    assert read_annotations(path).y.tolist() == ["b", "b", None, "b"]
    tasks = tasks_in(path)
    path.write_text(json.dumps([*tasks, {**tasks[0], "annotations": [annotation("c", "2031-01-01")]}]))
    answers = read_annotations(path)
    assert answers.indices.tolist() == [0, 1, 2, 3]
    assert answers.y[0] == "c"


def test_only_the_last_annotation_sets_a_row_aside(path):
    write_tasks(path, np.zeros((3, 1)), np.arange(3))
    earlier, later = "2030-01-02T10:00:00Z", "2030-01-03T10:00:00Z"
    told = [annotation("cannot tell", earlier), annotation("a", later)]
    taken_back = [annotation("a", earlier), annotation("cannot tell", later)]
    annotate(path, [told, taken_back, [{**annotation("weiß nicht"), "lead_time": 90.0}]])
    answers = read_annotations(path)
    assert answers.y.tolist() == ["a", None, "weiß nicht"]
    assert answers.set_aside.tolist() == [1]
    assert answers.minutes == 1.5
    assert read_annotations(path, cannot_tell="weiß nicht").set_aside.tolist() == [2]
    with pytest.raises(ValueError, match="cannot_tell == 'b' is one of choices: a, b"):
        read_annotations(path, choices={"a": 1, "b": 0}, cannot_tell="b")


def test_other_tags_of_the_configuration_are_passed_over(path):
    write_tasks(path, [[0.0]], [0])
    given_ = annotation("a")
    given_["result"].insert(0, {"from_name": "comment", "type": "textarea", "value": {"text": ["hm"]}})
    annotate(path, [[given_]])
    assert read_annotations(path).y.tolist() == ["a"]
    assert read_annotations(path, label_name="verdict").y.tolist() == [None]


def test_what_cannot_be_read_is_named(path):
    write_tasks(path, [[0.0]], [0])
    annotate(path, [[annotation("frued")]])
    with pytest.raises(ValueError, match=r"label == 'frued' in task 1: did you mean 'fraud'\? .*genuine"):
        read_annotations(path, choices={"fraud": 1, "genuine": 0})
    two = annotation("a")
    two["result"][0]["value"]["choices"].append("b")
    annotate(path, [[two]])
    with pytest.raises(ValueError, match="2 choices in task 1"):
        read_annotations(path)
    for content, message in [({}, "no list of tasks"), ([{"data": {}}], "Task 1"), (["x"], "Task 1")]:
        path.write_text(json.dumps(content))
        with pytest.raises(ValueError, match=message):
            read_annotations(path)
