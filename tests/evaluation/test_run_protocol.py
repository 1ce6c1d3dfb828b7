import json

import numpy as np
import pytest
from sklearn.datasets import load_iris, make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from synda_sk import SynDAClassifier
from synda_sk.evaluation import default_arms, held_out_split, run_protocol
from synda_sk.mixing import CurriculumMixer

HISTORY = {"beta", "generated", "kept", "exploration", "seconds"}


@pytest.fixture(scope="module")
def table():
    return make_classification(400, 6, weights=[0.85], class_sep=1.2, random_state=0)


def play(table, **settings):
    options = {"label_budget": 40, "n_rounds": 3, "n_seeds": 2, "alert_rate": 0.05} | settings
    return run_protocol(*table, LogisticRegression(), **options)


@pytest.fixture(scope="module")
def result(table):
    return play(table)


def without_times(result):
    return [{k: v for k, v in record.items() if k != "seconds"} for record in result.rounds]


def test_every_round_of_every_seed_of_every_arm_is_there(result):
    keys = [(r["arm"], r["seed"], r["round"], r["n_labels"]) for r in result.rounds]
    expected = [8, 19, 30, 40]
    assert sorted(keys) == sorted(
        (arm, seed, i, n) for arm in ("synda", "random") for seed in (0, 1) for i, n in enumerate(expected)
    )
    assert all(HISTORY | set(result.measures) <= set(record) for record in result.rounds)


def test_it_is_strict_json(result):
    text = json.dumps(result.to_dict(), allow_nan=False)
    assert set(json.loads(text)) == {"configuration", "summary", "interrupted", "runs", "rounds"}


def test_arms_are_paired_and_seeds_differ(result):
    rows = {seed: {r["test_rows_crc32"] for r in result.runs if r["seed"] == seed} for seed in (0, 1)}
    assert len(rows[0]) == len(rows[1]) == 1
    assert rows[0] != rows[1]


def test_a_time_split_is_the_same_for_every_seed(table):
    result = play(table, time=np.arange(400))
    assert len({r["test_rows_crc32"] for r in result.runs}) == 1
    assert {(r["n_train"], r["n_test"]) for r in result.runs} == {(280, 120)}


def test_labels_of_the_test_part_do_not_matter_for_training(table):
    X, y = table
    flipped = y.copy()
    flipped[280:] = np.roll(y[280:], 7)
    first, second = (play((X, labels), time=np.arange(400)) for labels in (y, flipped))
    found = [
        [(r["n_labels"], r["positives_found"], r["beta"]) for r in res.rounds] for res in (first, second)
    ]
    assert found[0] == found[1]


def test_the_numbers_can_be_had_by_hand(table, result):
    X, y = table
    train, test = held_out_split(y, time=None, test_size=0.3, seed=1)
    model = SynDAClassifier(LogisticRegression(), label_budget=40, n_rounds=3, random_state=1)
    model.fit(X[train], y[train])
    (last,) = [r for r in result.rounds if (r["arm"], r["seed"], r["round"]) == ("synda", 1, 3)]
    assert last["average_precision"] == average_precision_score(y[test], model.predict_proba(X[test])[:, 1])
    assert last["positives_found"] == model.history_[-1]["n_per_class"][1]


def test_jobs_change_no_number(table, result):
    assert without_times(play(table, n_jobs=2)) == without_times(result)


def test_the_positive_class_may_be_any(table):
    X, y = table
    named = np.where(y == 1, "fraud", "genuine")
    by_name, rarer = play((X, named), positive="fraud"), play((X, named))
    assert by_name.configuration["positive"] == rarer.configuration["positive"] == "fraud"
    assert without_times(by_name) == without_times(rarer)


def test_several_classes_are_measured_by_balanced_accuracy():
    result = run_protocol(
        *load_iris(return_X_y=True), LogisticRegression(max_iter=500), label_budget=30, n_rounds=2, n_seeds=2
    )
    assert result.quality == "balanced_accuracy"
    assert "average_precision" not in result.rounds[0]
    assert result.summary()["curves"]["synda"][-1]["balanced_accuracy"]["mean"] > 0.8


def test_summary_pairs_seeds(result):
    summary = result.summary()
    final = {
        arm: np.array(
            [r["average_precision"] for r in result.rounds if r["arm"] == arm and r["n_labels"] == 40]
        )
        for arm in ("synda", "random")
    }
    difference = final["synda"] - final["random"]
    assert summary["difference"]["synda"]["final"]["mean"] == pytest.approx(difference.mean())
    assert summary["difference"]["synda"]["final"]["standard_error"] == pytest.approx(
        difference.std(ddof=1) / np.sqrt(2)
    )
    assert list(summary["labels_saved"]) == ["synda"]


def test_one_seed_has_no_standard_error(table):
    assert play(table, n_seeds=1).summary()["area"]["synda"]["standard_error"] is None


def test_own_arms_without_a_reference(table):
    plain = SynDAClassifier(LogisticRegression(), mixer=CurriculumMixer(synthetic_weight=0))
    result = play(table, arms={"plain": plain}, n_seeds=1)
    assert result.configuration["reference"] is None
    assert "labels_saved" not in result.summary()
    assert plain.label_budget is None


def test_the_random_arm_makes_no_rows_and_no_hedge(result):
    random = [r for r in result.rounds if r["arm"] == "random"]
    assert {(r["generated"], r["kept"], r["beta"], r["exploration"]) for r in random} == {(0, 0, 0.0, 0)}


def test_an_interruption_keeps_what_is_finished(table):
    def stop_after_two(done, total, run):
        assert total == 4
        assert {r["arm"] for r in run.rounds} == {run.account["arm"]}
        if done == 2:
            raise KeyboardInterrupt

    result = play(table, progress=stop_after_two)
    assert result.interrupted
    assert [(r["arm"], r["seed"]) for r in result.runs] == [("synda", 0), ("random", 0)]
    assert result.summary()["difference"]["synda"]["n_pairs"] == 1


def test_an_interruption_before_the_reference_compares_nothing(table):
    def stop(done, total, run):
        raise KeyboardInterrupt

    assert "difference" not in play(table, progress=stop).summary()


def test_default_arms_share_the_estimator():
    estimator = LogisticRegression()
    arms = default_arms(estimator)
    assert all(model.estimator is estimator for model in arms.values())
