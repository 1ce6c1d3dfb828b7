"""Cross-validation with missing labels."""

import numpy as np
from numpy.testing import assert_array_equal
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, StratifiedKFold, cross_val_score

from synda_sk import SynDAClassifier
from synda_sk.model_selection import PartiallyLabeledSplit


def test_test_parts_partition_the_labelled_rows_and_training_parts_hold_the_rest():
    y = np.where(np.arange(50) % 3 == 0, np.nan, np.arange(50) % 2)
    known = np.flatnonzero(~np.isnan(y))
    tests = []
    for train, test in PartiallyLabeledSplit(4).split(np.zeros((50, 1)), y):
        assert np.isnan(y[train]).sum() == np.isnan(y).sum()
        assert len(np.unique(np.concatenate([train, test]))) == 50
        tests.append(test)
    assert_array_equal(np.sort(np.concatenate(tests)), known)


def test_it_is_the_inner_splitter_where_all_labels_are_known():
    X, y = np.zeros((40, 1)), np.arange(40) % 2
    inner = StratifiedKFold(4, shuffle=True, random_state=1)
    for ours, theirs in zip(PartiallyLabeledSplit(inner).split(X, y), inner.split(X, y), strict=True):
        assert_array_equal(ours[0], theirs[0])
        assert_array_equal(ours[1], theirs[1])


def test_groups_and_markers_are_passed_on():
    y = np.where(np.arange(30) < 10, -1, np.arange(30) % 2)
    groups = np.arange(30) // 5
    split = PartiallyLabeledSplit(GroupKFold(2), missing_label=-1)
    assert split.get_n_splits(None, y, groups) == 2
    for train, test in split.split(np.zeros((30, 1)), y, groups):
        assert not set(groups[train][y[train] >= 0]) & set(groups[test])
        assert (y[test] >= 0).all()


def test_an_active_learner_is_scored_on_known_labels():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))
    y = (X[:, 0] > 0).astype(float)
    y[::2] = np.nan
    scores = cross_val_score(SynDAClassifier(LogisticRegression()), X, y, cv=PartiallyLabeledSplit(3))
    assert scores.min() > 0.85
