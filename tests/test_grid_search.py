"""The grid over lambda and beta in a pipeline on a mixed-type frame."""

import numpy as np
import pytest
from sklearn import config_context
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

from synda_sk import CurriculumMixer, HybridQuerySelector, SynDAClassifier
from synda_sk.exceptions import InertParameterWarning
from synda_sk.model_selection import PartiallyLabeledSplit

LAMBDA = "synda__selector__uncertainty_weight"
BETA = "synda__mixer__synthetic_weight"


def pipeline(**params):
    numbers = ["amount", "hour", "age"]
    prep = ColumnTransformer(
        [("numbers", SimpleImputer(), numbers), ("rest", OneHotEncoder(), ["type", "region", "new_account"])]
    )
    synda = SynDAClassifier(
        RandomForestClassifier(15),
        selector=HybridQuerySelector(),
        mixer=CurriculumMixer(),
        random_state=0,
        **params,
    )
    return Pipeline([("prep", prep), ("synda", synda)])


def scores(search, key):
    return np.array(search.cv_results_["mean_test_score"])[np.argsort(search.cv_results_[f"param_{key}"])]


def test_lambda_and_beta_matter_under_replay(mixed_frame):
    X, y = mixed_frame
    pipe = pipeline(label_budget=60, n_rounds=3)
    for key, values in ((LAMBDA, [0.0, 0.5, 1.0]), (BETA, [0.0, 0.3, 0.6])):
        search = GridSearchCV(pipe, {key: values}, scoring="average_precision", cv=3).fit(X, y)
        assert len(np.unique(scores(search, key))) == 3


@pytest.mark.filterwarnings("ignore::synda_sk.exceptions.InertParameterWarning")
def test_without_replay_beta_matters_and_lambda_ties_exactly(mixed_frame):
    X, y = mixed_frame
    tied = GridSearchCV(pipeline(), {LAMBDA: [0.0, 0.5, 1.0]}, scoring="average_precision", cv=3).fit(X, y)
    assert len(np.unique(scores(tied, LAMBDA))) == 1
    differ = GridSearchCV(pipeline(), {BETA: [0.0, 0.3, 0.6]}, scoring="average_precision", cv=3).fit(X, y)
    assert len(np.unique(scores(differ, BETA))) == 3


def test_the_tie_is_announced(mixed_frame):
    X, y = mixed_frame
    with pytest.warns(InertParameterWarning):
        pipeline().fit(X, y)


def test_two_jobs_give_the_numbers_of_one(mixed_frame):
    X, y = mixed_frame
    grid = {LAMBDA: [0.5, 1.0], BETA: [0.0, 0.2]}
    results = [
        GridSearchCV(pipeline(label_budget=50, n_rounds=2), grid, scoring="average_precision", cv=2, n_jobs=n)
        .fit(X, y)
        .cv_results_["mean_test_score"]
        for n in (1, 2)
    ]
    np.testing.assert_array_equal(*results)


def test_partly_labelled_frames_are_scored_on_known_labels(mixed_frame):
    X, y = mixed_frame
    partly = y.astype(float)
    partly[::3] = np.nan
    cv = PartiallyLabeledSplit(3)
    values = cross_val_score(
        pipeline(label_budget=0.5, n_rounds=2), X, partly, cv=cv, scoring="average_precision"
    )
    assert np.isfinite(values).all()


def test_metadata_routing_brings_weights_to_the_estimator(mixed_frame):
    X, y = mixed_frame
    X, weight = X[["amount", "hour"]], np.linspace(0.1, 3, len(y))
    with config_context(enable_metadata_routing=True):
        inner = LogisticRegression(max_iter=1000).set_fit_request(sample_weight=True)
        clf = SynDAClassifier(inner).set_fit_request(sample_weight=True)
        pipe = Pipeline([("synda", clf)]).fit(X, y, sample_weight=weight)
        expected = LogisticRegression(max_iter=1000).fit(X, y, sample_weight=weight)
        np.testing.assert_array_equal(pipe.predict_proba(X), expected.predict_proba(X))
        assert pipe[-1].weighting_ == "routing"


def test_parts_left_at_their_default_can_be_searched():
    clf = SynDAClassifier(LogisticRegression()).set_params(
        selector__uncertainty_weight=0.8, mixer__synthetic_weight=0.2, quality_filter__threshold=0.9
    )
    assert clf.selector.uncertainty_weight == 0.8
    assert clf.mixer.synthetic_weight == 0.2
    assert clf.quality_filter.threshold == 0.9
    assert clf.augmenter is None
