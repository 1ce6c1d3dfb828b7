"""Money in a comparison: what is found of it among the alerts, and what errors cost."""

import numpy as np
import pytest
from sklearn.datasets import load_iris, make_classification
from sklearn.linear_model import LogisticRegression

from synda_sk.evaluation import ProtocolResult, held_out_split, html_report, make_arms, run_protocol
from synda_sk.metrics import alert_count, operating_cost, value_at_alert_budget

LR = LogisticRegression(max_iter=1000)
X, Y = make_classification(400, 6, weights=[0.8], class_sep=1.0, random_state=0)
AMOUNT = np.random.default_rng(0).lognormal(8, 1.5, 400).round(2)
SMALL = {"arms": ["entropy", "random"], "label_budget": 30, "n_rounds": 2, "n_seeds": 3, "alert_rate": 0.1}
NEW = ("value_at_alerts", "operating_cost")


@pytest.fixture(scope="module")
def result():
    return run_protocol(X, Y, LR, amount=AMOUNT, alert_cost=5, **SMALL)


@pytest.fixture(scope="module")
def plain():
    return run_protocol(X, Y, LR, **SMALL)


def money(result):
    return [(r["arm"], r["seed"], r["round"], *(r[name] for name in NEW)) for r in result.rounds]


def test_the_numbers_can_be_had_by_hand(result):
    train, test = held_out_split(Y, time=None, test_size=0.3, seed=1)
    arm = make_arms(["entropy"], LR)["entropy"]
    arm.set_params(label_budget=30, n_rounds=2, random_state=1).fit(X[train], Y[train])
    score, k = arm.predict_proba(X[test])[:, 1], alert_count(len(test), 0.1)
    (last,) = [r for r in result.rounds if (r["arm"], r["seed"], r["round"]) == ("entropy", 1, 2)]
    assert last["value_at_alerts"] == value_at_alert_budget(Y[test], score, AMOUNT[test], k)
    assert last["operating_cost"] == operating_cost(Y[test], score, AMOUNT[test], k, alert_cost=5).total
    worth = AMOUNT[test][Y[test] == 1].sum()
    assert last["operating_cost"] == pytest.approx(worth * (1 - last["value_at_alerts"]) + 5 * k)


def test_nothing_else_changes(result, plain):
    kept = [{k: v for k, v in r.items() if k not in (*NEW, "seconds")} for r in result.rounds]
    assert kept == [{k: v for k, v in r.items() if k != "seconds"} for r in plain.rounds]
    assert "<h2>Money</h2>" not in html_report(plain)
    assert not set(NEW) & {*plain.rounds[0], *plain.comparison()[0], *plain.measures}


def test_tables_curves_and_paired_differences(result, tmp_path):
    pytest.importorskip("pandas")
    frames = result.to_frames()
    ends = frames["rounds"].query("n_labels == 30").pivot(index="seed", columns="arm")
    row = frames["comparison"].set_index("arm").loc["entropy"]
    for name in NEW:
        assert name in result.measures
        pairs = ends[name]["entropy"] - ends[name]["random"]
        assert row[name] == pytest.approx(ends[name]["entropy"].mean())
        assert row[f"{name}_standard_error"] == pytest.approx(ends[name]["entropy"].sem())
        assert row[f"{name}_difference_mean"] == pytest.approx(pairs.mean())
        curve = frames["curves"].query(f"arm == 'entropy' and measure == '{name}' and n_labels == 30")
        assert curve["mean"].item() == pytest.approx(row[name])
    result.save(tmp_path / "results.json")
    assert ProtocolResult.load(tmp_path / "results.json").comparison() == result.comparison()
    page = html_report(result)
    assert f"Share of the value in {result.configuration['n_alerts']} alerts" in page
    assert "k</text>" in page  # thousands on the axis of the cost
    section = page[page.index("<h2>Money</h2>") :]
    assert f"<td>{row['value_at_alerts']:.3f} " in section
    assert f"<td>{row['operating_cost']:,.0f} " in section


def test_a_column_of_a_frame_or_a_file_tells_the_amounts(result, tmp_path):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=[*"abcdef"]).assign(money=AMOUNT)
    as_feature = run_protocol(frame, Y, LR, amount="money", alert_cost=5, **SMALL)
    by_array = run_protocol(frame, Y, LR, amount=AMOUNT, alert_cost=5, **SMALL)
    assert money(as_feature) == money(by_array)
    frame.assign(fraud=np.where(Y, "yes", "no")).to_csv(tmp_path / "table.csv", index=False)
    of_file = run_protocol(
        tmp_path / "table.csv",
        "fraud",
        LR,
        positive="yes",
        amount="money",
        drop=["money"],
        alert_cost=5,
        **SMALL,
    )
    found, expected = (np.array([row[3:] for row in money(r)]) for r in (of_file, result))
    np.testing.assert_allclose(found, expected)


def test_a_store_tells_comparisons_by_their_amounts(result, plain, tmp_path):
    settings = SMALL | {"store": tmp_path, "n_seeds": 1}
    run_protocol(X, Y, LR, **settings)
    first = run_protocol(X, Y, LR, amount=AMOUNT, **settings)
    assert len(list(tmp_path.iterdir())) == 4
    assert run_protocol(X, Y, LR, amount=AMOUNT, **settings) == first
    run_protocol(X, Y, LR, amount=AMOUNT, alert_cost=1, **settings)
    assert len(list(tmp_path.iterdir())) == 6


def test_amounts_are_for_a_class_sought_that_is_worth_something():
    with pytest.raises(ValueError, match="amount is for a class sought"):
        run_protocol(*load_iris(return_X_y=True), LR, amount=np.ones(150), **SMALL)
    with pytest.raises(ValueError, match="amount is 0 in all positive rows"):
        run_protocol(X, Y, LR, amount=1.0 - Y, **SMALL)
