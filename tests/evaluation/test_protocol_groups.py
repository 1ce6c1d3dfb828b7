"""Groups of rows in a comparison: regions, periods, unseen ones, scripts."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits, make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score

from synda_sk.evaluation import ProtocolResult, held_out_split, html_report, make_arms, run_protocol
from synda_sk.evaluation._groups import measure_groups

LR = LogisticRegression(max_iter=1000)
SMALL = {"arms": ["entropy", "random"], "label_budget": 30, "n_rounds": 2, "n_seeds": 2}
X, Y = make_classification(400, 6, weights=[0.75], class_sep=1.2, random_state=0)
REGION = np.random.default_rng(0).choice(["east", "north", "west"], 400)
NEW = {"groups", "worst_group"}


@pytest.fixture(scope="module")
def result():
    return run_protocol(X, Y, LR, groups=REGION, **SMALL)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 4))
def test_each_group_is_measured_as_if_it_were_the_test_part(seed, n_classes):
    rng = np.random.default_rng(seed)
    y = np.r_[np.arange(n_classes), rng.integers(0, n_classes, 20)]
    groups = np.r_[["a"] * n_classes, rng.choice(["a", "b", "c"], 20)]
    probabilities = rng.dirichlet(np.ones(n_classes), len(y))
    is_binary = n_classes == 2
    found = measure_groups(y, probabilities, np.arange(n_classes), groups, is_binary=is_binary)
    for name in set(groups.tolist()):
        own = groups == name
        said = probabilities[own].argmax(axis=1)
        there = sorted(set(y[own].tolist()))
        recalls = [np.mean(said[y[own] == label] == label) for label in there]
        score = probabilities[own, 1]
        by_hand = {"balanced_accuracy": np.mean(recalls)}
        if not is_binary:
            by_hand["accuracy"] = np.mean(said == y[own])
        elif len(there) == 2:
            by_hand["average_precision"] = average_precision_score(y[own], score)
            by_hand["roc_auc"] = roc_auc_score(y[own], score)
        else:
            by_hand = dict.fromkeys(["average_precision", "roc_auc", "balanced_accuracy"])
        assert found["groups"][name] == pytest.approx(by_hand)
    quality = "average_precision" if is_binary else "balanced_accuracy"
    known = [measures[quality] for measures in found["groups"].values() if measures[quality] is not None]
    assert found["worst_group"] == min(known)


def test_the_numbers_of_a_group_can_be_had_by_hand(result):
    train, test = held_out_split(Y, time=None, test_size=0.3, seed=1)
    plain = run_protocol(X, Y, LR, **SMALL)
    (last,) = [r for r in result.rounds if (r["arm"], r["seed"], r["round"]) == ("entropy", 1, 2)]
    arm = make_arms(["entropy"], LR)["entropy"]
    arm.set_params(label_budget=30, n_rounds=2, random_state=1).fit(X[train], Y[train])
    score, north = arm.predict_proba(X[test])[:, 1], REGION[test] == "north"
    assert last["groups"]["north"]["average_precision"] == average_precision_score(
        Y[test][north], score[north]
    )
    (run,) = [r for r in result.runs if (r["arm"], r["seed"]) == ("entropy", 1)]
    assert run["groups"]["north"] == {"n_test": north.sum(), "positives_test": Y[test][north].sum()}
    without = [{k: v for k, v in r.items() if k not in NEW | {"seconds"}} for r in result.rounds]
    assert without == [{k: v for k, v in r.items() if k != "seconds"} for r in plain.rounds]


def test_tables_of_groups_and_the_worst_of_them(result, tmp_path):
    pytest.importorskip("pandas")
    frames = result.to_frames()
    groups = frames["groups"]
    assert len(groups) == 2 * 2 * 3 * 3
    assert set(groups["group"]) == {"east", "north", "west"}
    assert "groups" not in {*frames["rounds"], *frames["runs"]}
    worst = groups.groupby(["arm", "seed", "round"])["average_precision"].min()
    assert frames["rounds"].set_index(["arm", "seed", "round"])["worst_group"].to_dict() == worst.to_dict()
    ends = groups.query("n_labels == 30 and arm == 'entropy'")
    told = result.summary()["groups"]["entropy"]["west"]
    own = ends.query("group == 'west'")
    assert told["roc_auc"]["mean"] == pytest.approx(own["roc_auc"].mean())
    assert told["n_test"] == own["n_test"].mean()
    row = {r["arm"]: r for r in result.comparison()}["entropy"]
    assert row["worst_group"] == pytest.approx(worst.loc["entropy", :, 2].mean())
    pairs = worst.loc["entropy", :, 2] - worst.loc["random", :, 2]
    assert row["worst_group_difference_mean"] == pytest.approx(pairs.mean())
    result.save(tmp_path / "results.json")
    assert ProtocolResult.load(tmp_path / "results.json") == result
    json.dumps(result.to_dict(), allow_nan=False)


def test_the_page_tells_each_group(result):
    page = html_report(result)
    section = page[page.index("Group by group") : page.index("Other measures")]
    told = result.summary()["groups"]
    for arm in ("entropy", "random"):
        for group in ("east", "north", "west"):
            assert f"{told[arm][group]['average_precision']['mean']:.3f}" in section
    assert "Average precision of the worst group" in page
    assert "Group by group" not in html_report(run_protocol(X, Y, LR, **SMALL))


def test_a_column_of_a_frame_or_a_file_tells_the_groups(tmp_path):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=[*"abcdef"]).assign(month=REGION, fraud=np.where(Y, "yes", "no"))
    frame.loc[3, "fraud"] = None
    frame.to_csv(tmp_path / "table.csv", index=False)
    settings = SMALL | {"n_seeds": 1}
    by_name = run_protocol(
        tmp_path / "table.csv", "fraud", LR, positive="yes", groups="month", drop=["month"], **settings
    )
    keep = np.arange(400) != 3
    by_hand = run_protocol(X[keep], Y[keep], LR, groups=REGION[keep], **settings)
    assert [r["worst_group"] for r in by_name.rounds] == pytest.approx(
        [r["worst_group"] for r in by_hand.rounds]
    )
    only_groups = run_protocol(
        frame[["a", "b", "month"]].assign(month=1.0 * (X[:, 2] > 0)), Y, LR, groups="month", **settings
    )
    assert only_groups.configuration["groups"] == ["0", "1"]


def test_a_region_never_seen_in_training_is_the_test_part_of_an_order_of_two():
    seen, unseen = REGION != "west", REGION == "west"
    result = run_protocol(X, Y, LR, time=unseen.astype(int), **SMALL)
    assert {(r["n_train"], r["n_test"]) for r in result.runs} == {(seen.sum(), unseen.sum())}


def test_images_of_another_script_are_a_group():
    images, labels = load_digits(return_X_y=True)
    images, labels = images[labels < 3], labels[labels < 3]
    shifted = np.arange(len(labels)) % 3 == 0
    images[shifted] = 16 - images[shifted]
    held_out = shifted | (np.arange(len(labels)) % 3 == 1)
    result = run_protocol(
        images,
        labels,
        LR,
        time=held_out.astype(int),
        groups=np.where(shifted, "inverted", "as printed"),
        **SMALL | {"n_seeds": 1},
    )
    ends = result.summary()["groups"]["random"]
    assert ends["as printed"]["accuracy"]["mean"] > 0.8 > ends["inverted"]["accuracy"]["mean"]
    assert result.rounds[0]["worst_group"] <= result.rounds[0]["balanced_accuracy"]


def test_months_come_in_their_order():
    month = np.random.default_rng(0).choice([2, 9, 10], 400)
    result = run_protocol(X, Y, LR, groups=month, **SMALL | {"n_seeds": 1})
    assert result.configuration["groups"] == list(result.summary()["groups"]["random"]) == ["2", "9", "10"]
    page = html_report(result)
    assert page.index("2<br>") < page.index("9<br>") < page.index("10<br>")


def test_a_group_without_positives_has_no_score_and_is_not_the_worst():
    rare = np.where((np.arange(400) < 60) & (Y == 0), "rare", REGION)
    result = run_protocol(X, Y, LR, groups=rare, **SMALL | {"n_seeds": 1})
    for record in result.rounds:
        assert set(record["groups"]["rare"].values()) == {None}
        assert not math.isnan(record["worst_group"])
    assert result.summary()["groups"]["random"]["rare"]["roc_auc"] == {"mean": None, "standard_error": None}
    assert "Group by group" in html_report(result)


def test_a_store_tells_comparisons_by_groups_from_those_without(tmp_path):
    settings = SMALL | {"store": tmp_path, "n_seeds": 1}
    run_protocol(X, Y, LR, **settings)
    first = run_protocol(X, Y, LR, groups=REGION, **settings)
    assert len(list(tmp_path.iterdir())) == 4
    assert run_protocol(X, Y, LR, groups=REGION, **settings) == first
    assert len(list(tmp_path.iterdir())) == 4
