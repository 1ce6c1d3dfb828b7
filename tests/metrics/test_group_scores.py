"""Scores by group, against a loop over the rows."""

import math

import numpy as np
import pytest
import sklearn
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, average_precision_score, log_loss, make_scorer
from sklearn.model_selection import GridSearchCV

from synda_sk.metrics import group_scores, worst_group_score

ROWS = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.sampled_from(["east", "north", "west"])), min_size=1
)


def by_hand(rows, group):
    """Share of the rows of a group that are right, row by row."""
    own = [(truth, said) for truth, said, name in rows if name == group]
    return sum(truth == said for truth, said in own) / len(own)


@given(ROWS)
def test_each_group_is_scored_as_a_loop_over_its_rows_would(rows):
    y, said, groups = (np.array(column) for column in zip(*rows, strict=True))
    found = group_scores(y, said, groups, accuracy_score)
    assert list(found) == sorted(set(groups.tolist()))
    assert all(found[group] == pytest.approx(by_hand(rows, group)) for group in found)
    assert worst_group_score(y, said, groups, accuracy_score) == min(found.values())
    assert min(found.values()) <= accuracy_score(y, said) <= max(found.values())


@given(ROWS, st.randoms())
def test_the_order_of_the_rows_and_the_names_of_the_groups_do_not_matter(rows, random):
    mixed = random.sample(rows, len(rows))
    first, second = (
        [np.array(column) for column in zip(*given_rows, strict=True)] for given_rows in (rows, mixed)
    )
    codes = np.unique(second[2], return_inverse=True)[1]
    assert list(group_scores(*first, accuracy_score).values()) == list(
        group_scores(*second[:2], codes, accuracy_score).values()
    )


@given(ROWS)
def test_a_group_without_a_class_has_no_score_where_every_class_is_asked(rows):
    y, said, groups = (np.array(column) for column in zip(*rows, strict=True))
    found = group_scores(y, said, groups, accuracy_score, every_class=True)
    classes = set(y.tolist())
    lacking = {g for g in found if {t for t, _, name in rows if name == g} != classes}
    assert {group for group, score in found.items() if math.isnan(score)} == lacking
    if len(lacking) == len(found):
        with pytest.raises(ValueError, match="groups: none of"):
            worst_group_score(y, said, groups, accuracy_score, every_class=True)
    else:
        known = [score for score in found.values() if not math.isnan(score)]
        assert worst_group_score(y, said, groups, accuracy_score, every_class=True) == min(known)


def test_probabilities_of_several_classes_and_months():
    rng = np.random.default_rng(0)
    y, probabilities = rng.integers(0, 3, 30), rng.dirichlet(np.ones(3), 30)
    months = np.repeat(np.array(["2024-01", "2024-02"], dtype="datetime64[M]"), 15)
    found = group_scores(y, probabilities, months, lambda y, p: -log_loss(y, p, labels=[0, 1, 2]))
    assert list(found) == ["2024-01", "2024-02"]
    assert found["2024-02"] == pytest.approx(np.log(probabilities[np.arange(15, 30), y[15:]]).mean())


def test_a_search_chooses_what_serves_the_worst_group_best():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 2))
    region = np.where(np.arange(400) % 4, "city", "village")
    signal = np.where(region == "city", X[:, 0], X[:, 1])
    y = (signal + 0.3 * rng.normal(size=400) > 0.8).astype(int)
    scorer = make_scorer(
        worst_group_score, response_method="predict_proba", metric=average_precision_score, every_class=True
    )
    with sklearn.config_context(enable_metadata_routing=True):
        search = GridSearchCV(
            LogisticRegression(), {"C": [1e-4, 1.0]}, scoring=scorer.set_score_request(groups=True), cv=2
        ).fit(X, y, groups=region)
    model, village = search.best_estimator_, region == "village"
    by_hand = average_precision_score(y[village], model.predict_proba(X[village])[:, 1])
    with sklearn.config_context(enable_metadata_routing=True):
        assert search.score(X, y, groups=region) == by_hand
