import functools

import numpy as np
import pytest
from sklearn.datasets import load_iris, make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from synda_sk import CurriculumMixer, SynDAClassifier
from synda_sk.metrics import area_under_learning_curve
from synda_sk.model_selection import alc_scorer

X, Y = make_classification(240, 5, weights=[0.8], random_state=0)
LR = LogisticRegression(max_iter=500)


def replay(**params):
    given = {"label_budget": 40, "n_rounds": 3, "initial": "random", "store_stages": True, **params}
    real_only = CurriculumMixer(synthetic_weight=0.0)
    return SynDAClassifier(LR, query_estimator=None, mixer=real_only, random_state=0, **given)


def test_it_is_the_area_under_the_scores_of_the_stages():
    clf = replay().fit(X[:120], Y[:120])
    n_labels = [stage["n_labels"] for stage in clf.history_]
    stages = list(clf.staged_predict_proba(X[120:]))
    for scoring, measure in {
        None: lambda p: average_precision_score(Y[120:], p[:, 1]),
        "roc_auc": lambda p: roc_auc_score(Y[120:], p[:, 1]),
        "balanced_accuracy": lambda p: balanced_accuracy_score(Y[120:], p.argmax(axis=1)),
    }.items():
        wanted = area_under_learning_curve(n_labels, [measure(p) for p in stages])
        assert alc_scorer(clf, X[120:], Y[120:], scoring=scoring) == pytest.approx(wanted)


def test_a_pipeline_is_followed_to_its_end():
    pipe = make_pipeline(StandardScaler(), replay()).fit(X[:120], Y[:120])
    scaled = pipe[:-1].transform(X[120:])
    assert alc_scorer(pipe, X[120:], Y[120:]) == alc_scorer(pipe[-1], scaled, Y[120:])


def test_several_classes_and_a_single_stage():
    rows, labels = load_iris(return_X_y=True)
    clf = SynDAClassifier(LR, store_stages=True, random_state=0).fit(rows[::2], labels[::2])
    wanted = balanced_accuracy_score(labels[1::2], clf.predict(rows[1::2]))
    assert alc_scorer(clf, rows[1::2], labels[1::2]) == pytest.approx(wanted)


def test_corrections_leave_one_score_for_a_number_of_labels():
    partly = np.where(np.arange(len(Y)) < 60, Y, np.nan)
    clf = SynDAClassifier(LR, query_estimator=None, store_stages=True, random_state=0).fit(X, partly)
    clf.teach(np.array([3]), [1 - Y[3]])
    assert [stage["n_labels"] for stage in clf.history_] == [60, 60]
    last = average_precision_score(Y[60:], clf.predict_proba(X[60:])[:, 1])
    assert alc_scorer(clf, X[60:], Y[60:]) == pytest.approx(last)


def test_it_serves_a_grid_search():
    search = GridSearchCV(
        replay(),
        {"selector__uncertainty_weight": [0.0, 1.0]},
        scoring={"area": functools.partial(alc_scorer, scoring="roc_auc"), "end": "roc_auc"},
        refit="area",
        cv=2,
    ).fit(X, Y)
    areas, ends = search.cv_results_["mean_test_area"], search.cv_results_["mean_test_end"]
    assert search.best_index_ == areas.argmax()
    assert np.isfinite(areas).all()
    assert not np.allclose(areas, ends)
