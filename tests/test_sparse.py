"""SynDAClassifier on sparse rows: replayed, live, and what it refuses."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.utils import get_tags

from synda_sk import CurriculumMixer, RandomQuerySelector, SynDAClassifier, SyntheticAugmenter
from synda_sk.utils import concat_rows

LR = LogisticRegression(max_iter=1000)
DENSE, Y = make_classification(240, 10, weights=[0.7], class_sep=1.5, random_state=0)
DENSE = np.where(np.abs(DENSE) < 0.7, 0, DENSE)
X = sparse.csr_array(DENSE)


def test_a_replay_at_random_is_that_of_the_dense_table():
    def play(rows):
        return SynDAClassifier(
            LR,
            selector=RandomQuerySelector(),
            query_estimator=None,
            initial="random",
            mixer=CurriculumMixer(synthetic_weight=0),
            label_budget=40,
            n_rounds=3,
            store_stages=True,
            random_state=0,
        ).fit(rows, Y)

    found, expected = play(X), play(DENSE)
    assert_array_equal(found.labeled_iter_, expected.labeled_iter_)
    for ours, theirs in zip(found.staged_predict_proba(X), expected.staged_predict_proba(DENSE), strict=True):
        assert_allclose(ours, theirs, rtol=1e-9)


@pytest.mark.parametrize("model", [LR, RandomForestClassifier(10, random_state=0)])
def test_a_live_loop_asks_and_is_taught(model):
    partly = np.where(np.arange(240) < 30, Y, np.nan)
    clf = SynDAClassifier(model, random_state=0).fit(X, partly)
    rows = clf.query(n_queries=6)
    assert_array_equal(rows, clf.query(n_queries=6))
    clf.teach(rows, Y[rows])
    clf.teach(X[[100, 101]], Y[[100, 101]])
    assert clf.n_labels_ == 38
    assert len(clf.query(X[150:], 4)) == 4
    assert {stage["kept"] for stage in clf.history_} == {0}
    known = np.flatnonzero(clf.labeled_iter_ >= 0)
    by_hand = concat_rows(X[known], X[[100, 101]])
    if model is LR:
        again = LogisticRegression(max_iter=1000).fit(by_hand, np.r_[Y[known], Y[[100, 101]]])
        assert_array_equal(clf.predict_proba(X), again.predict_proba(X))


def test_texts_behind_a_vectorizer():
    rng = np.random.default_rng(0)
    words = {
        0: ["market", "school", "rain", "maize", "road", "goat"],
        1: ["prize", "pin", "urgent", "refund", "code", "winner"],
    }
    labels = (rng.random(200) < 0.3).astype(int)
    texts = [" ".join([*rng.choice(words[k], 4), *rng.choice(words[0], 3)]) for k in labels]
    rows = TfidfVectorizer().fit_transform(texts)
    clf = SynDAClassifier(MultinomialNB(), label_budget=30, n_rounds=3, random_state=0).fit(rows, labels)
    assert clf.n_labels_ == 30
    assert clf.score(rows, labels) > 0.9


def test_tags_tell_what_is_taken():
    def takes(**params):
        return get_tags(SynDAClassifier(**params)).input_tags.sparse

    assert takes(estimator=LR)
    assert takes(estimator=LR, mixer=CurriculumMixer())
    assert takes(estimator=make_pipeline(LR))
    assert not takes()
    assert not takes(estimator=HistGradientBoostingClassifier())
    assert not takes(estimator=LR, mixer=CurriculumMixer(synthetic_weight=0.1))
    assert not takes(estimator=LR, journal="j.db")


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"estimator": HistGradientBoostingClassifier()}, "estimator begins with HistGradientBoosting"),
        ({"estimator": None}, "estimator begins with TableEncoder"),
        ({"mixer": CurriculumMixer(synthetic_weight="cv")}, "mixer asks for synthetic rows"),
        ({"augmenter": SyntheticAugmenter("copula")}, "augmenter makes rows"),
        ({"journal": "j.db"}, "journal keeps rows of dense tables"),
    ],
)
def test_what_stands_in_the_way_is_named_and_nothing_is_fitted(params, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    clf = SynDAClassifier(**{"estimator": LR} | params)
    with pytest.raises(TypeError, match=f"X is sparse, but {message}"):
        clf.fit(X, Y)
    assert not hasattr(clf, "classes_")
    assert not list(tmp_path.iterdir())


def test_rows_taught_are_of_the_kind_of_fit():
    sparsely = SynDAClassifier(LR).fit(X, Y)
    with pytest.raises(ValueError, match="expected a sparse matrix"):
        sparsely.teach(DENSE[:2], [0, 1])
    densely = SynDAClassifier(LR).fit(DENSE, Y)
    with pytest.raises(ValueError, match="expected a numpy"):
        densely.teach(X[:2], [0, 1])
    with pytest.raises(ValueError, match="X_new is an array with 10 columns, must be sparse"):
        concat_rows(X, DENSE)
