"""Answers as they come: skips, rows nobody can label, corrections, and how the journal keeps them."""

import copy
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from synda_sk import (
    CurriculumMixer,
    HybridQuerySelector,
    QualityFilter,
    SynDAClassifier,
    SyntheticAugmenter,
    cli,
)
from synda_sk._journal_file import VERSION
from synda_sk.exceptions import JournalError
from synda_sk.selection._start import ANOMALY

LR = LogisticRegression(max_iter=1000)
X, Y = make_classification(120, 5, weights=[0.8], random_state=5)
PARTLY = np.where(np.arange(120) < 30, Y, np.nan)
V1 = Path(__file__).parent / "data" / "journal_v1.sql"


@pytest.fixture
def started():
    labels_only = CurriculumMixer(synthetic_weight=0)
    return SynDAClassifier(LR, mixer=labels_only, random_state=0).fit(X, PARTLY)


@pytest.fixture
def journalled(tmp_path):
    return SynDAClassifier(LR, augmenter=SyntheticAugmenter(use_pool=False), journal=tmp_path / "j.db")


def resumed(clf, table=X):
    clf._journal.close()
    return clone(clf).resume(table)


def assert_same(a, b):
    assert_array_equal(a.predict_proba(X), b.predict_proba(X))
    assert_array_equal(a.set_aside_, b.set_aside_)
    assert_array_equal(a.labeled_iter_, b.labeled_iter_)
    for name in ("n_labels", "n_per_class", "batch", "corrected", "set_aside", "exploration"):
        assert [stage[name] for stage in a.history_] == [stage[name] for stage in b.history_]


@given(aside=st.sets(st.integers(30, 119)), wanted=st.integers(1, 100), rare=st.booleans())
@settings(max_examples=20)
def test_a_row_set_aside_is_never_offered(aside, wanted, rare):
    partly = np.where(PARTLY == 1, np.nan, PARTLY) if rare else PARTLY  # one class only: half a hedge
    clf = SynDAClassifier(LR, classes=[0, 1], random_state=0).fit(X, partly)
    free = set(np.flatnonzero(np.isnan(partly))) - aside
    clf.set_aside(np.array(sorted(aside), dtype=int))
    if not free:
        with pytest.raises(ValueError, match="set aside"):
            clf.query(n_queries=wanted)
        return
    asked = clf.query(n_queries=wanted)
    assert len(asked) == len(set(asked)) == min(wanted, len(free))
    assert set(asked) <= free


def test_setting_aside_changes_the_pool_and_nothing_else(started):
    model, before = started.estimator_, copy.deepcopy(started.history_)
    scores = dict(zip(*started.query(n_queries=90, return_scores=True), strict=True))
    started.set_params(selector=HybridQuerySelector(0.3, density="cosine"))
    dense = dict(zip(*started.query(n_queries=90, return_scores=True), strict=True))
    assert started.set_aside(np.array([50, 40])).set_aside([60]) is started
    assert started.estimator_ is model
    assert started.set_aside_.tolist() == [40, 50, 60]
    assert started.history_ == [{**before[0], "set_aside": [50, 40, 60]}]
    rows, after = started.query(n_queries=90, return_scores=True)
    assert len(rows) == 87
    np.testing.assert_allclose(after, [dense[row] for row in rows])  # the density is still that of all rows
    rows, after = started.set_params(selector=None).query(n_queries=90, return_scores=True)
    assert_array_equal(after, [scores[row] for row in rows])
    started.set_aside([40]).set_aside([])
    assert started.history_[0]["set_aside"] == [50, 40, 60]


def test_a_label_brings_a_row_back(started):
    started.set_aside([40, 50]).teach(np.array([40]), [1.0])
    assert started.set_aside_.tolist() == [50]
    assert started.n_labels_ == 31
    assert [stage["set_aside"] for stage in started.history_] == [[40, 50], []]
    assert started.fit(X, PARTLY).set_aside_.tolist() == []


def test_skips_stay_in_the_pool(started):
    asked = started.query(n_queries=8)
    started.teach(asked, [None] * 8)
    assert_array_equal(started.query(n_queries=8), asked)
    started.set_aside(asked[:3]).teach(asked, [None] * 7 + [0.0])
    assert set(asked[3:7]) <= set(started.query(n_queries=86))
    assert not set(asked[:3]) & set(started.query(n_queries=86))


BAD = [
    ([3], "have a label: \\[3\\]"),
    ([120], "indices holds positions outside"),
    ([-1], "outside"),
    ([40, 40], "more than once"),
    ([40.0], "one-dimensional array of row positions"),
    (X[:2], "one-dimensional"),
    (["a"], "one-dimensional"),
]


@pytest.mark.parametrize(("indices", "message"), BAD)
def test_what_cannot_be_set_aside_changes_nothing(started, indices, message):
    started.set_aside([45])
    with pytest.raises(ValueError, match=message):
        started.set_aside(indices)
    assert started.set_aside_.tolist() == [45]
    assert started.history_[0]["set_aside"] == [45]


def test_corrections_replace_the_label_and_are_told(started):
    started.teach(np.array([40, 41]), [1.0, 0.0])
    started.teach(np.array([41, 40, 42]), [0.0, 0.0, 1.0])
    assert [stage["corrected"] for stage in started.history_] == [[], [], [40]]
    assert started.labeled_iter_[[40, 41, 42]].tolist() == [1, 1, 2]
    expected = clone(LR).fit(X[[*range(30), 40, 41, 42]], [*Y[:30], 0, 0, 1])
    assert_array_equal(started.predict_proba(X), expected.predict_proba(X))
    started.teach(np.array([40, 0]), [7.0, 7.0])
    assert started.history_[-1]["corrected"] == [40, 0]
    assert started.history_[-1]["n_per_class"][7.0] == 2


def test_a_correction_does_not_change_who_picked_the_row():
    rare = np.where(np.arange(120) < 20, 0.0, np.nan)
    clf = SynDAClassifier(LR, classes=[0, 1], random_state=0).fit(X, rare)
    asked = clf.query(n_queries=8)
    clf.teach(asked, np.zeros(8))
    picked = clf._state.arms.copy()
    assert (picked[asked] == ANOMALY).any()
    clf.teach(asked, np.ones(8))
    assert_array_equal(clf._state.arms, picked)


def test_a_replay_forgets_what_was_set_aside_before():
    clf = SynDAClassifier(LR, label_budget=40, random_state=0).fit(X, Y)
    labels = clf.labeled_iter_
    clf.set_aside(np.flatnonzero(labels < 0)[:50])
    assert len(clf.query(n_queries=80)) == 30
    assert_array_equal(clf.fit(X, Y).labeled_iter_, labels)


def test_resume_knows_what_was_set_aside(journalled):
    clf = clone(journalled).fit(X, PARTLY)
    clf.set_aside([40, 50]).teach(np.array([60, 61]), [1.0, 0.0])
    clf.set_aside([70]).teach(np.array([50]), [0.0]).teach(X[80:82], [0.0, 1.0])
    clf.set_aside([90])
    seeing = resumed(clf)
    assert_same(clf, seeing)
    assert seeing.set_aside_.tolist() == [40, 70, 90]
    assert_array_equal(clf.query(n_queries=20), seeing.query(n_queries=20))
    clf.set_params(journal=None)
    for one in (clf, seeing):
        one.set_aside([91]).teach(np.array([90]), [1.0])
    assert_same(clf, seeing)
    assert_same(clf, resumed(seeing))
    blind = resumed(seeing, None)
    assert_array_equal(blind.predict_proba(X), clf.predict_proba(X))
    assert [stage["set_aside"] for stage in blind.history_] == [[40, 50], [70], [], [90, 91], []]
    with pytest.raises(ValueError, match=r"indices holds positions.*resume\(X\)"):
        blind.set_aside([41])
    assert blind.set_aside([]).teach(X[100:101], [1.0]).n_labels_ == clf.n_labels_ + 1
    assert resumed(blind).set_aside_.tolist() == [40, 70, 91]


@pytest.mark.parametrize("replayed", [False, True])
def test_a_journal_may_begin_with_a_row_set_aside(tmp_path, replayed):
    config = SynDAClassifier(
        RandomForestClassifier(10),
        mixer=CurriculumMixer(
            synthetic_weight=0.5, ratio=lambda performance, consistency: 0.3 + consistency / 2
        ),
        quality_filter=QualityFilter(threshold=0.5),
        label_budget=40 if replayed else None,
        n_rounds=2,
        journal=tmp_path / "j.db",
    )
    clf = clone(config).fit(X, Y if replayed else PARTLY)
    row = np.flatnonzero(clf.labeled_iter_ < 0)[:1]
    clf.set_aside(row)
    back = resumed(clf)
    assert_same(clf, back)
    assert back.history_[-1]["inclusion"] == clf.history_[-1]["inclusion"]
    rows = back.query(n_queries=4)
    clf.set_params(journal=None)
    for one in (clf, back):
        one.teach(rows, Y[rows])
    assert_same(clf, back)


def test_what_the_journal_cannot_take_is_not_set_aside(journalled, tmp_path):
    clf = journalled.fit(X, PARTLY).teach(np.array([40]), [1.0])
    clf._journal.close()
    other = clone(clf).resume(X)
    with pytest.raises(JournalError, match="in use"):
        clf.set_aside([50])
    assert clf.set_aside_.tolist() == clf.history_[-1]["set_aside"] == []
    other.set_aside([50])
    assert resumed(other).set_aside_.tolist() == [50]


def test_the_journal_keeps_every_label_and_resume_takes_the_last(journalled, tmp_path, capsys):
    clf = journalled.fit(X, PARTLY)
    clf.teach(np.array([40, 41]), [1.0, 0.0]).set_aside([50]).teach(np.array([40]), [0.0])
    clf.teach(np.array([50]), [1.0]).set_aside([51])
    clf._journal.close()
    connection = sqlite3.connect(tmp_path / "j.db")
    found = connection.execute("SELECT label, round FROM labels WHERE position = 40 ORDER BY id").fetchall()
    assert found == [("1.0", 1), ("0.0", 2)]
    connection.close()
    assert_same(clf, clone(clf).resume(X))
    assert [stage["corrected"] for stage in clf.history_] == [[], [], [40], []]
    assert cli.main(["journal", str(tmp_path / "j.db"), "--verify"]) == 0
    out = capsys.readouterr().out
    assert "33: 33 of a table of 120 rows" in out
    assert "aside    1" in out


def test_a_failed_refit_keeps_the_order_of_what_was_told(journalled, monkeypatch):
    clf = journalled.fit(X, PARTLY).teach(np.array([40]), [1.0])

    def fail(*args):
        raise RuntimeError("out of memory")

    with monkeypatch.context() as patch:
        patch.setattr("synda_sk._training.Trainer.train", fail)
        with pytest.raises(RuntimeError):
            clf.teach(np.array([41]), [0.0])
    clf.set_aside([50]).teach(np.array([42]), [0.0])
    assert [stage["set_aside"] for stage in clf.history_] == [[], [50], []]
    assert_same(clf, resumed(clf))


def test_a_journal_of_the_first_version_still_opens(tmp_path):
    path = tmp_path / "v1.db"
    connection = sqlite3.connect(path)
    connection.executescript(V1.read_text())
    connection.close()
    table = [[0, 1], [1, 0.5], [4, 3], [5, 2.5], [0.5, 0.75], [4.5, 3.5], [2, 2], [2.5, 1.5]]
    table = np.array(table, dtype=float)
    config = SynDAClassifier(GaussianNB(), journal=path)

    def version():
        connection = sqlite3.connect(path)
        try:
            return connection.execute("PRAGMA user_version").fetchone()[0]
        finally:
            connection.close()

    for given_table in (table, None):
        clf = clone(config).resume(given_table)
        expected = GaussianNB().fit(
            [*table[:6].tolist(), [2.25, 1.75]], [0, 0, 1, 1, 1, 1, 0], sample_weight=[1, 1, 1, 1, 1, 1, 2]
        )
        np.testing.assert_allclose(clf.predict_proba(table), expected.predict_proba(table))
        assert [stage["corrected"] for stage in clf.history_] == [[], [], [4], []]
        assert [stage["set_aside"] for stage in clf.history_] == [[]] * 4
        assert version() == 1
        clf._journal.close()
    clf = clone(config).resume(table).set_aside([6])
    assert resumed(clf, table).set_aside_.tolist() == [6]
    assert version() == VERSION == 2
