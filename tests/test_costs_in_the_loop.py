"""Money in a replay and in a live loop: never overspent, accounted for, sliced with the rows."""

from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn import config_context
from sklearn.datasets import make_classification
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from synda_sk import HybridQuerySelector, RandomQuerySelector, SynDAClassifier
from synda_sk.base import BaseQueryStrategy
from synda_sk.selection import MaxCost, MaxLabels

X, Y = make_classification(200, 4, n_redundant=0, weights=[0.7], random_state=3)
COSTS = np.random.default_rng(0).choice([1.0, 2.0, 10.0], 200)
CLUSTER = HybridQuerySelector(redundancy="cluster")
PARTLY = np.where(np.arange(200) < 20, Y, np.nan)


def make(stopping=None, **params):
    params = {"query_estimator": None, "random_state": 0, "n_rounds": 4, **params}
    return SynDAClassifier(GaussianNB(), stopping=stopping, **params)


def spent(costs, rows):
    return sum((Fraction(float(cost)) for cost in np.asarray(costs)[rows]), Fraction(0))


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(2, 60),
    shape=st.sampled_from(["steep", "cents", "equal", "two"]),
    share=st.floats(0.02, 1.2),
    initial=st.sampled_from(["auto", "random", "diverse", "anomaly"]),
    initial_labels=st.sampled_from([0.2, 0.9, 1.0, 5]),
    label_budget=st.sampled_from([None, 10, 1.0]),
    n_rounds=st.integers(1, 5),
    selector=st.sampled_from(
        [
            HybridQuerySelector(),
            HybridQuerySelector(0.5, redundancy="sum", exploration=0.4),
            RandomQuerySelector(),
        ]
    ),
)
@pytest.mark.filterwarnings("ignore::synda_sk.exceptions.BudgetClippedWarning")
@pytest.mark.filterwarnings("ignore::synda_sk.exceptions.InertParameterWarning")
def test_a_replay_never_spends_more(
    seed, n, shape, share, initial, initial_labels, label_budget, n_rounds, selector
):
    rng = np.random.default_rng(seed)
    rows = rng.choice(200, n, replace=False)
    costs = {
        "steep": np.exp(rng.normal(0, 2, n)),
        "cents": np.round(rng.uniform(0.1, 3, n), 2),
        "equal": np.full(n, 0.1),
        "two": rng.choice([1.0, 30.0], n),
    }[shape]
    money = max(float(share * costs.sum()), float(costs.min()))
    clf = make(
        MaxCost(money), initial=initial, label_budget=label_budget, n_rounds=n_rounds, selector=selector
    )
    n_known = min(n, 10) if label_budget == 10 else n
    if isinstance(initial_labels, float) or initial_labels <= n_known:
        clf.set_params(initial_labels=initial_labels)
    clf.fit(X[rows], Y[rows], costs=costs)
    bought = np.flatnonzero(clf.labeled_iter_ >= 0)
    assert len(bought) == clf.n_labels_ >= 1
    assert spent(costs, bought) <= Fraction(money)
    assert clf.cost_ == clf.history_[-1]["cost"] <= money
    assert clf.cost_ == pytest.approx(costs[bought].sum())
    if clf.n_labels_ < n_known:  # nothing but the money ends it: no row that is left fits
        left = np.delete(costs, bought)
        assert left.min() > money - clf.cost_ - 1e-9
        assert "cost_budget" in clf.stop_reason_
    for stage in clf.history_:
        known = (clf.labeled_iter_ >= 0) & (clf.labeled_iter_ <= clf.history_.index(stage))
        assert stage["cost"] == pytest.approx(costs[known].sum())


def test_the_money_is_spread_over_the_rounds():
    clf = make(MaxCost(200.0), n_rounds=5).fit(X, Y, costs=COSTS)
    costs = [stage["cost"] for stage in clf.history_]
    assert costs[0] <= 40
    steps = np.diff(costs)
    assert len(steps) in (5, 6)
    assert steps.max() <= (200 - costs[0]) / 5 + 10
    assert 195 < clf.cost_ <= 200
    assert clf.stop_reason_.startswith(f"{clf.cost_:g} is spent")


def test_equal_costs_are_no_costs():
    plain = make(label_budget=40).fit(X, Y)
    same = make(label_budget=40).fit(X, Y, costs=np.full(200, 3.0))
    assert_array_equal(same.labeled_iter_, plain.labeled_iter_)
    assert [s["batch"] for s in same.history_] == [s["batch"] for s in plain.history_]
    assert same.cost_ == 120
    assert plain.cost_ is None
    assert {s["cost"] for s in plain.history_} == {None}


def test_money_that_buys_all_labels_trains_on_all():
    clf = make(MaxCost(COSTS.sum())).fit(X, Y, costs=COSTS)
    assert clf.n_labels_ == 200
    assert len(clf.history_) == 1
    assert clf.cost_ == COSTS.sum()
    assert_array_equal(clf.predict_proba(X), make().fit(X, Y).predict_proba(X))


def test_more_labels_for_the_same_money_than_at_random():
    ours = make(MaxCost(150.0)).fit(X, Y, costs=COSTS)
    random = make(MaxCost(150.0), selector=RandomQuerySelector()).fit(X, Y, costs=COSTS)
    assert ours.n_labels_ > 1.2 * random.n_labels_


def test_hidden_labels_do_not_influence_what_is_bought():
    first = make(MaxCost(100.0), classes=[0, 1]).fit(X, Y, costs=COSTS)
    permuted = Y.copy()
    hidden = first.labeled_iter_ < 0
    permuted[hidden] = np.random.default_rng(0).permutation(Y[hidden])
    again = make(MaxCost(100.0), classes=[0, 1]).fit(X, permuted, costs=COSTS)
    assert_array_equal(first.labeled_iter_, again.labeled_iter_)


@pytest.mark.parametrize("routing", [False, True])
def test_a_grid_slices_costs_with_the_rows(routing):
    costs = np.arange(1.0, 201.0)
    params = {"synda__stopping__cost_budget": [300.0, 900.0]}
    with config_context(enable_metadata_routing=routing):
        clf = make(MaxCost())
        pipe = make_pipeline(StandardScaler(), clf.set_fit_request(costs=True) if routing else clf)
        pipe.steps[-1] = ("synda", pipe.steps[-1][1])
        key = "costs" if routing else "synda__costs"
        search = GridSearchCV(pipe, params, cv=2).fit(X, Y, **{key: costs})
        folds = cross_validate(
            make(MaxCost(300.0)).set_fit_request(costs=True) if routing else make(MaxCost(300.0)),
            X,
            Y,
            cv=2,
            params={"costs": costs},
            return_estimator=True,
            return_indices=True,
        )
    best = search.best_estimator_[-1]
    assert best.cost_ <= search.best_params_["synda__stopping__cost_budget"]
    for clf, train in zip(folds["estimator"], folds["indices"]["train"], strict=True):
        assert clf.cost_ == pytest.approx(costs[train][clf.labeled_iter_ >= 0].sum())
        assert 200 < clf.cost_ <= 300
        assert clf.stop_reason_ is not None


def test_a_live_loop_keeps_to_the_money():
    clf = make(MaxCost(COSTS[:20].sum() + 60)).fit(X, PARTLY, costs=COSTS)
    assert clf.cost_ == COSTS[:20].sum()
    while clf.stop_reason_ is None:
        rows = clf.query(n_queries=8)
        assert len(rows)
        clf.teach(rows, Y[rows])
    assert COSTS[:20].sum() + 50 < clf.cost_ <= COSTS[:20].sum() + 60
    assert clf.cost_ == COSTS[clf.labeled_iter_ >= 0].sum()
    assert not len(clf.query())


def test_a_query_is_about_money_or_rows_or_both():
    clf = make().fit(X, PARTLY, costs=COSTS)
    hour = clf.query(cost_budget=60)
    assert COSTS[hour].sum() <= 60
    assert len(hour) > 20
    assert len(clf.query()) == 20
    assert len(clf.query(n_queries=3, cost_budget=60)) == 3
    assert clf.query(cost_budget=0.5).tolist() == []
    assert COSTS[clf.query(n_queries=10)].mean() < COSTS.mean()
    other = np.where(COSTS == 1.0, 10.0, 1.0)
    assert COSTS[clf.query(n_queries=10, costs=other)].min() > 1
    no_costs = make().fit(X, PARTLY)
    assert_array_equal(no_costs.query(n_queries=9, costs=np.ones(200)), no_costs.query(n_queries=9))
    rows, scores = no_costs.query(costs=COSTS, cost_budget=12, return_scores=True)
    assert len(rows) == len(scores) > 0


def test_what_answers_did_cost_and_rows_from_elsewhere():
    clf = make().fit(X, PARTLY, costs=COSTS)
    first = clf.cost_
    clf.teach(np.array([50, 51, 52]), [0, np.nan, 1], costs=[7.0, 100.0, 8.0])
    assert clf.cost_ == first + 15
    clf.teach(np.array([60]), [1])
    assert clf.cost_ == first + 15 + COSTS[60]
    clf.teach(np.array([60]), [0])
    assert clf.cost_ == first + 15 + COSTS[60]
    clf.teach(X[:2] + 0.5, [0, 1], costs=[3.0, 4.0])
    assert clf.cost_ == first + 22 + COSTS[60] == clf.history_[-1]["cost"]
    before = clf.n_labels_
    with pytest.raises(ValueError, match="costs must tell what the rows"):
        clf.teach(X[:2] + 0.7, [0, 1])
    assert clf.n_labels_ == before


def test_rows_nobody_could_label_are_paid_for_once():
    clf = make(MaxCost(COSTS[:20].sum() + 12)).fit(X, PARTLY, costs=COSTS)
    dear = np.flatnonzero((COSTS == 10) & np.isnan(PARTLY))[:2]
    clf.set_aside(dear[:1])
    assert clf.cost_ == clf.history_[-1]["cost"] == COSTS[:20].sum() + 10
    assert clf.stop_reason_ is None
    clf.teach(dear[:1], [1])
    assert clf.cost_ == COSTS[:20].sum() + 10
    clf.set_aside(dear[1:])
    assert "is spent" in clf.stop_reason_
    assert not len(clf.query())


def test_pools_on_disk_with_rows_left_out(tmp_path):
    table = pa.table({name: X[:, k] for k, name in enumerate("abcd")})
    pq.write_table(table, tmp_path / "pool.parquet", row_group_size=50)
    model = GaussianNB().fit(X[:50], Y[:50])
    exclude = np.arange(0, 200, 3)
    kept = np.setdiff1d(np.arange(200), exclude)
    for selector in (
        HybridQuerySelector(exploration=0.2, random_state=0),
        HybridQuerySelector(0.7, redundancy="sum"),
        RandomQuerySelector(random_state=0),
    ):
        asked = dict(exclude=exclude, costs=COSTS, cost_budget=30.0)
        found = selector.query(model, str(tmp_path / "pool.parquet"), **asked)
        assert_array_equal(found, selector.query(model, X, **asked))
        assert not np.isin(found, exclude).any()
        assert 0 < COSTS[found].sum() <= 30
        if isinstance(selector, HybridQuerySelector):
            assert_array_equal(
                found, kept[selector.query(model, X[kept], costs=COSTS[kept], cost_budget=30.0)]
            )
    clf = make().fit(X[:50], Y[:50])
    rows = clf.query(str(tmp_path / "pool.parquet"), exclude=exclude, costs=COSTS, cost_budget=30.0)
    assert not np.isin(rows, exclude).any()
    assert 0 < COSTS[rows].sum() <= 30


def test_random_rows_are_drawn_while_they_fit():
    selector = RandomQuerySelector(random_state=0)
    order = selector.query(None, X, 200)
    expected, left = [], 40.0
    for row in order:
        if COSTS[row] <= left:
            expected.append(row)
            left -= COSTS[row]
    assert selector.query(None, X, costs=COSTS, cost_budget=40).tolist() == expected
    assert_array_equal(selector.query(None, X, 7, costs=COSTS, cost_budget=1000), order[:7])
    assert_array_equal(selector.query(None, X, 7, costs=COSTS), order[:7])


@settings(max_examples=40)
@given(st.floats(0, 1), st.floats(0, 150), st.sampled_from([None, 5, 60]), st.integers(0, 1000))
def test_exploration_fits_too(exploration, money, n_queries, seed):
    model = GaussianNB().fit(X[:50], Y[:50])
    selector = HybridQuerySelector(exploration=exploration, random_state=seed)
    rows = selector.query(model, X, n_queries, costs=COSTS, cost_budget=money)
    assert len(set(rows.tolist())) == len(rows) <= (n_queries or 200)
    assert spent(COSTS, rows) <= Fraction(money)
    equal = selector.query(model, X, 10, costs=np.ones(200), cost_budget=10)
    assert_array_equal(equal, selector.query(model, X, 10))


def test_inclusion_is_not_claimed_where_money_ruled_rows_out():
    p = GaussianNB().fit(X[:50], Y[:50]).predict_proba(X)
    u = 1 - np.abs(p[:, 0] - p[:, 1])
    selector = HybridQuerySelector(exploration=0.5, random_state=0)
    plenty = selector.choose(u, X, 10, costs=COSTS, cost_budget=1000.0)
    assert plenty.inclusion.tolist() == [1.0] * 5 + [5 / 195] * 5
    tight = selector.choose(u, X, 10, costs=COSTS, cost_budget=20.0)
    n_rule = int((tight.inclusion == 1).sum())
    assert np.isnan(tight.inclusion[n_rule:]).all()
    assert 0 < n_rule < len(tight.indices)


def test_resume_is_told_costs_again(tmp_path):
    clf = make(MaxCost(500.0), journal=tmp_path / "j.db").fit(X, PARTLY, costs=COSTS)
    rows = clf.query(n_queries=5)
    cost = clf.teach(rows, Y[rows]).cost_
    with pytest.raises(ValueError, match="stopping limits the cost"):
        clf.resume(X)
    with pytest.raises(ValueError, match="give resume the table"):
        clf.resume(costs=COSTS)
    assert clf.resume(X, costs=COSTS).cost_ == cost
    assert [s["cost"] for s in clf.history_] == [COSTS[:20].sum(), cost]
    clf.teach(X[:1] + 0.1, [0], costs=[2.0])
    with pytest.raises(ValueError, match="rows from elsewhere"):
        clf.resume(X, costs=COSTS)
    assert clf.set_params(stopping=None).resume(X).cost_ is None


def test_a_journal_takes_a_replay_within_money(tmp_path):
    selector = HybridQuerySelector(exploration=0.5)
    clf = make(MaxCost(100.0), selector=selector, journal=tmp_path / "j.db").fit(X, Y, costs=COSTS)
    assert any(None in stage["inclusion"] for stage in clf.history_[1:])
    history = clf.history_
    clf.set_params(stopping=MaxCost(200.0)).teach(clf.query(n_queries=3), [0, 1, 0])
    clf.resume(X, costs=COSTS)
    np.testing.assert_equal(clf.history_[:-1], history[:-1])
    assert 100 < clf.cost_ <= 200


def test_costs_are_saved_with_the_model(tmp_path):
    pytest.importorskip("skops")
    from synda_sk.persistence import load, save

    clf = make(MaxCost(300.0)).fit(X, PARTLY, costs=COSTS).teach(X[:1] + 0.1, [0], costs=[2.0])
    save(clf, tmp_path / "model.skops")
    back = load(tmp_path / "model.skops")
    assert back.cost_ == clf.cost_ == COSTS[:20].sum() + 2
    assert_array_equal(back.query(n_queries=5), clf.query(n_queries=5))


class NoCosts(BaseQueryStrategy):
    batch_size = 5

    def query(self, estimator, X_pool, n_queries=None, *, X_labeled=None, y_labeled=None):
        return np.arange(n_queries)

    def score_samples(self, estimator, X_pool):
        return np.zeros(len(X_pool))


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: make(MaxCost(9.0)).fit(X, Y), "costs must tell"),
        (lambda: make(MaxCost(0.5)).fit(X, Y, costs=COSTS), "buys no label: the cheapest costs 1"),
        (lambda: make(MaxCost(2.0), initial=[0, 1, 2]).fit(X, Y, costs=COSTS), "initial names rows that"),
        (lambda: make(MaxCost(-1.0)).fit(X, Y, costs=COSTS), "cost_budget"),
        (lambda: make().fit(X, Y, costs=COSTS[:9]), "costs have shape"),
        (lambda: make().fit(X, Y, costs=-COSTS), "costs hold"),
        (lambda: make(selector=NoCosts()).fit(X, PARTLY, costs=COSTS).query(), "takes no costs"),
        (lambda: make().fit(X, PARTLY).query(cost_budget=5), "without costs"),
        (lambda: make().fit(X, PARTLY, costs=COSTS).query(X[:9], costs=COSTS), "costs have shape"),
        (lambda: make(MaxCost(900.0)).fit(X, PARTLY, costs=COSTS).query(X[:9]), "give costs of the rows"),
        (lambda: make().fit(X, PARTLY).set_params(stopping=MaxCost()).query(), "give costs to fit"),
        (lambda: make().fit(X, PARTLY).teach(np.array([30]), [1], costs=[2.0]), "costs of answers"),
        (lambda: make().fit(X, PARTLY).set_params(stopping=MaxCost()).teach(X[:1], [1]), "costs of ans"),
        (lambda: make().fit(X, PARTLY, costs=COSTS).teach(np.array([30]), [1], costs=[0]), "costs hold"),
        (lambda: make(MaxCost(90.0), selector=CLUSTER).fit(X, Y, costs=COSTS), "'cluster' does not weigh"),
    ],
)  # fmt: skip
def test_wrong_costs_are_named(call, word):
    with pytest.raises(ValueError, match=word):
        call()


def test_the_rule_reads_the_history():
    rule = MaxCost(10.0)
    assert rule.reason([{"cost": 9.0, "cheapest": 1.0}]) is None
    assert rule.reason([{"cost": 9.0, "cheapest": None}]) is None
    assert "cheapest row left costs 1.5" in rule.reason([{"cost": 9.0, "cheapest": 1.5}])
    assert rule.reason([{"cost": 10.0, "cheapest": None}]) == "10 is spent, cost_budget == 10.0"
    clf = make([MaxCost(60.0), MaxLabels(15)], initial_labels=10).fit(X, Y, costs=COSTS)
    assert "n_labels == 15" in clf.stop_reason_
