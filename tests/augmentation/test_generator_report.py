import json
import sys

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

from synda_sk.augmentation import SyntheticAugmenter
from synda_sk.generators import OverSamplerGenerator
from synda_sk.metrics import membership_auc, near_copy_share, tstr_score
from synda_sk.utils import TableEncoder, take_rows

pytest.importorskip("sdmetrics")


@pytest.fixture(scope="module")
def data():
    return make_classification(300, 5, n_redundant=0, weights=[0.8], random_state=0)


@pytest.fixture(scope="module")
def report(data):
    return SyntheticAugmenter(random_state=0).report(*data)


def test_figures_are_those_of_the_measures_on_the_parts(data):
    from synda_sk.augmentation._report import split_rows
    from synda_sk.utils import SeedStreams

    X, y = data
    augmenter = SyntheticAugmenter(random_state=0)
    found = augmenter.report(X, y, estimator=LogisticRegression()).figures
    train, holdout = split_rows(y, 0.5, SeedStreams(0).seed("split"))
    assert not set(train) & set(holdout)
    assert sorted([*train, *holdout]) == list(range(300))
    X_new, y_new = SyntheticAugmenter(random_state=0).fit(X[train], y[train]).sample(150, y[train])
    features = TableEncoder().fit(X[train]).transform
    assert found["near_copies"]["synthetic"] == near_copy_share(X_new, X[train], features=features)
    assert found["membership_auc"]["synthetic"] == membership_auc(
        X[train], X[holdout], X_new, features=features
    )
    for side, (rows, labels) in {"synthetic": (X_new, y_new), "real": (X[train], y[train])}.items():
        assert found["test_score"][side] == tstr_score(
            rows, labels, X[holdout], y[holdout], estimator=LogisticRegression()
        )


def test_it_is_repeated_by_the_seed_and_changes_nothing(data, report):
    augmenter = SyntheticAugmenter(random_state=0).fit(*data)
    before = augmenter.sample(5, 1)[0]
    again = augmenter.report(*data)
    assert again.figures == report.figures
    assert again.columns == report.columns
    np.testing.assert_array_equal(augmenter.sample(5, 1)[0], before)
    unfitted = SyntheticAugmenter()
    unfitted.report(*data, random_state=0)
    assert not hasattr(unfitted, "generator_")


def test_a_generator_that_copies_rows_is_found_out(data):
    copier = SyntheticAugmenter(OverSamplerGenerator(RandomOverSampler()), random_state=0)
    figures = copier.report(*data).figures
    assert figures["near_copies"]["synthetic"] == 1.0
    assert figures["closer_than_holdout"]["synthetic"] == 1.0
    assert figures["distance_ratio"]["synthetic"] == 0.0
    assert figures["membership_auc"]["synthetic"] > 0.75  # rows drawn with replacement: 63 % are there


def test_summary_and_json_hold_every_figure(report):
    assert json.loads(json.dumps(report.to_dict())) == report.to_dict()
    text = report.summary()
    assert str(report) == text
    for word in ("150 rows to fit", "column shapes", "two-sample AUC", "roc_auc", "membership AUC"):
        assert word in text
    assert len({len(line) for line in text.splitlines() if line.startswith("  ")}) == 1
    score = report.figures["test_score"]
    assert report.tstr_ratio == score["synthetic"] / score["real"]


def test_without_sdmetrics_it_says_which_extra_is_wanted(data, monkeypatch):
    monkeypatch.setattr("synda_sk.augmentation._report.find_spec", lambda name: None)
    report = SyntheticAugmenter(random_state=0).report(*data)
    assert report.columns == {}
    assert "column_shapes" not in report.figures
    assert report.summary().count("synda-sk[report]") == 2


def test_mixed_frames_several_classes_and_a_class_of_one_row(mixed_frame):
    X, y = mixed_frame
    X, y = take_rows(X, np.arange(150)), np.array(["b", "c"], dtype=object)[y[:150]]
    y[7] = "a"
    report = SyntheticAugmenter("copula", ratio=0.1, random_state=0).report(X, y, test_size=0.3)
    assert (report.n_train, report.n_holdout) == (105, 45)
    assert report.scoring == "balanced_accuracy"
    assert set(report.columns) == set(X.columns)


def test_importing_it_brings_no_sdmetrics():
    import subprocess

    code = "import sys, synda_sk.augmentation, synda_sk.metrics; print('sdmetrics' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"
