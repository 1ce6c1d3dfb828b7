import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier, IsolationForest
from sklearn.metrics import average_precision_score
from threadpoolctl import threadpool_limits

from synda_sk.datasets import make_mobile_money

LEVELS = ["easy", "medium", "hard"]


@pytest.fixture(scope="module", params=LEVELS)
def ledger(request):
    return make_mobile_money(20_000, difficulty=request.param, return_ids=True, random_state=3)


@pytest.fixture(scope="module", params=LEVELS)
def split(request):
    X, y = make_mobile_money(40_000, difficulty=request.param, random_state=0)
    return request.param, X[:28_000], X[28_000:], y[:28_000], y[28_000:]


def cents(column):
    return np.round(column * 100).astype("Int64")


def replay(X):
    """Mismatches between the balances on record and those carried from row to row, and all balances."""
    balance, wrong, seen = {}, [], []
    money = {
        name: cents(X[name]).fillna(-1).tolist()
        for name in ("amount", "fee", "balance_before", "balance_after", "receiver_balance_before")
    }
    parties = zip(
        *(X[name].tolist() for name in ("type", "origin", "destination")), *money.values(), strict=True
    )
    for i, (kind, origin, destination, amount, fee, before, after, receiver_before) in enumerate(parties):
        wallet = destination if kind == "cash_in" else origin
        change = amount if kind == "cash_in" else -amount - fee
        if balance.setdefault(wallet, before) != before or before + change != after:
            wrong.append(i)
        balance[wallet] = after
        if kind == "transfer":
            if balance.setdefault(destination, receiver_before) != receiver_before:
                wrong.append(i)
            balance[destination] = receiver_before + amount
            seen.append(balance[destination])
        seen.extend((before, after))
    return wrong, seen


def test_balances_add_up_to_the_cent(ledger):
    X, _ = ledger
    wrong, balances = replay(X)
    assert wrong == []
    assert min(balances) >= 0


def test_replay_notices_a_missing_cent(ledger):
    X, _ = ledger
    tampered = X.copy()
    tampered.loc[5_000, "amount"] += 0.01
    assert replay(tampered)[0][0] == 5_000


def test_every_amount_is_positive_and_in_whole_cents(ledger):
    X, _ = ledger
    assert X["amount"].min() > 0
    for name in ("amount", "fee", "balance_before", "balance_after"):
        np.testing.assert_allclose(X[name] * 100, np.round(X[name] * 100), atol=1e-6)


def test_ids_name_who_pays_whom(ledger):
    X, _ = ledger
    letters = {
        "airtime": "WO",
        "bill": "WB",
        "cash_in": "AW",
        "cash_out": "WA",
        "payment": "WM",
        "transfer": "WW",
    }
    found = X["origin"].str[0] + X["destination"].str[0]
    pd.testing.assert_series_equal(found, X["type"].astype(str).map(letters), check_names=False)
    assert (X["origin"] != X["destination"]).all()


def test_rows_are_in_the_order_of_time_and_the_clock_columns_agree(ledger):
    X, _ = ledger
    assert X["time"].is_monotonic_increasing
    assert (X["hour"] == X["time"].dt.hour).all()
    assert (X["weekday"] == X["time"].dt.weekday).all()


def test_ids_are_extra_columns_of_the_same_table():
    plain, y_plain = make_mobile_money(500, random_state=1)
    with_ids, y_ids = make_mobile_money(500, return_ids=True, random_state=1)
    assert list(with_ids.columns[:3]) == ["time", "origin", "destination"]
    pd.testing.assert_frame_equal(plain, with_ids.iloc[:, 3:])
    pd.testing.assert_series_equal(y_plain, y_ids)


def test_columns_are_of_mixed_types():
    X, y = make_mobile_money(2_000, random_state=0)
    assert X.shape == (2_000, 26)
    kinds = X.dtypes.astype(str)
    categorical = {"type", "channel", "region", "merchant_category"}
    assert set(kinds[kinds == "category"].index) == categorical
    assert set(kinds[kinds == "bool"].index) == {"new_counterparty", "other_region"}
    assert set(kinds[kinds == "int8"].index) == {"hour", "weekday", "day_of_month"}
    counts = {"account_age_days", "dealings_24h", "debits_1h", "debits_24h"}
    assert set(kinds[kinds == "int16"].index) == counts
    assert (kinds == "float64").sum() == 13
    assert y.name == "fraud"
    assert y.dtype == np.int8
    assert X.index.equals(y.index)


def test_values_are_missing_where_they_have_no_meaning(ledger):
    X, _ = ledger
    assert (X["merchant_category"].notna() == (X["type"] == "payment")).all()
    assert (X["receiver_age_days"].notna() == (X["type"] == "transfer")).all()
    assert (X["receiver_balance_before"].notna() == (X["type"] == "transfer")).all()
    assert (X["device_age_days"].notna() == (X["channel"] == "app")).all()
    assert ((X["channel"] == "agent") == (X["type"] == "cash_in")).all()
    always = ["amount", "fee", "balance_before", "balance_after", "sim_age_days", "debit_sum_24h"]
    assert X[always].notna().all(axis=None)


def test_velocity_columns_look_only_back(ledger):
    X, _ = ledger
    wallet = X["origin"].where(X["type"] != "cash_in", X["destination"])
    busiest = X[wallet == wallet.value_counts().index[0]]
    debits = busiest[busiest["type"] != "cash_in"]
    for _, row in busiest.iterrows():
        age = (row["time"] - debits["time"]).dt.total_seconds()
        assert row["debits_1h"] == ((age > 0) & (age <= 3_600)).sum()
        assert row["debits_24h"] == ((age > 0) & (age <= 86_400)).sum()
        recent = debits["amount"][(age > 0) & (age <= 86_400)]
        assert row["debit_sum_24h"] == pytest.approx(recent.sum(), abs=0.011)


def test_days_and_regions_have_their_rhythm():
    X, _ = make_mobile_money(20_000, random_state=0)
    by_hour = X["hour"].value_counts()
    assert by_hour.loc[[9, 17]].min() > 3 * by_hour.loc[[2, 3]].max()
    weekend = (X["weekday"] >= 5).groupby(X["region"], observed=True).mean()
    assert weekend["coast"] > weekend["capital"] + 0.05
    payments = (X["type"] == "payment").groupby(X["region"], observed=True).mean()
    assert payments["capital"] > payments["border"] + 0.05


@settings(max_examples=15)
@given(
    n_samples=st.integers(200, 900),
    fraud_rate=st.floats(0.0005, 0.2),
    difficulty=st.sampled_from(LEVELS),
    seed=st.integers(0, 1_000),
)
def test_counts_are_exact_and_the_ledger_holds_for_any_size(n_samples, fraud_rate, difficulty, seed):
    X, y = make_mobile_money(
        n_samples, fraud_rate=fraud_rate, difficulty=difficulty, return_ids=True, random_state=seed
    )
    assert len(X) == len(y) == n_samples
    assert y.sum() == round(n_samples * fraud_rate)
    assert set(y) <= {0, 1}
    assert X["amount"].min() > 0
    wrong, balances = replay(X)
    assert wrong == []
    assert min(balances) >= 0


def test_frauds_lie_in_every_tenth_of_the_rows(ledger):
    _, y = ledger
    assert y.groupby(np.arange(len(y)) * 10 // len(y)).sum().min() >= 5


@pytest.mark.parametrize("make_seed", [lambda: 7, lambda: np.random.RandomState(7)])
def test_same_random_state_gives_the_same_table(make_seed):
    first = make_mobile_money(400, random_state=make_seed())
    second = make_mobile_money(400, random_state=make_seed())
    pd.testing.assert_frame_equal(first[0], second[0])
    pd.testing.assert_series_equal(first[1], second[1])


def test_other_random_states_give_other_tables():
    tables = [make_mobile_money(400, random_state=seed)[0] for seed in (0, 1, None, None)]
    sums = [table["amount"].sum() for table in tables]
    assert len(set(sums)) == 4


@pytest.mark.parametrize("random_state", [0, None])
def test_global_random_state_is_left_alone(random_state):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    make_mobile_money(300, random_state=random_state)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_no_column_sorts_hard_frauds_out_and_models_find_easy_ones(split):
    difficulty, X_train, X_test, y_train, y_test = split
    numbers = X_test.select_dtypes(["number", "bool"]).astype(float)
    best = max(
        average_precision_score(y_test, (sign * column).fillna(end))
        for _, column in numbers.items()
        for sign in (1, -1)
        for end in (-1e12, 1e12)
    )
    model = HistGradientBoostingClassifier(random_state=0, categorical_features="from_dtype")
    with threadpool_limits(1):
        probability = model.fit(X_train, y_train).predict_proba(X_test)[:, 1]
    score = average_precision_score(y_test, probability)
    if difficulty == "easy":
        assert score > 0.85
    elif difficulty == "medium":
        assert 0.5 < score < 0.9
    else:
        assert best < 0.25
        assert best + 0.1 < score < 0.6


def test_no_outlier_detector_sorts_hard_frauds_out():
    X, y = make_mobile_money(20_000, random_state=1)
    table = pd.get_dummies(X, dtype=float).fillna(-1.0)
    detector = IsolationForest(random_state=0).fit(table)
    assert average_precision_score(y, -detector.score_samples(table)) < 0.2


@pytest.mark.parametrize("difficulty", LEVELS)
def test_thieves_never_take_the_whole_balance(difficulty):
    X, y = make_mobile_money(20_000, difficulty=difficulty, random_state=0)
    assert not (X["amount"] == X["balance_before"])[y == 1].any()
    assert (X["balance_after"] > 0).all()


def test_hard_frauds_are_of_three_types_and_mixed_into_honest_hours():
    X, y = make_mobile_money(20_000, random_state=0)
    frauds = X[y == 1]
    assert set(frauds["type"].unique()) == {"cash_in", "cash_out", "transfer"}
    assert frauds["hour"].between(7, 21).mean() > 0.5
    assert 0.2 < frauds["new_counterparty"].mean() < 0.95
    assert X["new_counterparty"][y == 0].mean() > 0.1


@pytest.fixture(scope="module")
def kinds():
    """Mean place of each kind's frauds among everyday rows of the same types, column by column, in [0, 1]."""
    X, _, details = make_mobile_money(
        40_000, fraud_rate=0.02, difficulty="easy", return_details=True, random_state=0
    )
    numbers = X.select_dtypes(["number", "bool"]).astype(float)
    places = {}
    for kind in details["kind"].cat.categories[1:]:
        frauds = (details["kind"] == kind) & details["fraud"]
        everyday = (details["kind"] == "everyday") & X["type"].isin(X["type"][frauds].unique())
        ranks = numbers[frauds | everyday].rank(pct=True)
        places[kind] = ranks[frauds[ranks.index]].mean()
    return pd.DataFrame(places)


@pytest.mark.parametrize(
    ("kind", "column", "low"),
    [
        ("sim_swap", "sim_age_days", True),
        ("sim_swap", "debits_1h", False),
        ("mule_chain", "receiver_age_days", True),
        ("commission_splitting", "dealings_24h", False),
        ("social_engineering", "receiver_credits_24h", False),
    ],
)
def test_each_kind_of_fraud_leaves_its_own_trace(kinds, kind, column, low):
    place = kinds[kind][column]
    others = kinds.drop(columns=kind).loc[column].dropna()
    assert place < 0.25 if low else place > 0.7
    if (kind, column) != ("mule_chain", "receiver_age_days"):
        assert (place < others).all() if low else (place > others).all()


def test_victims_of_social_engineering_act_by_themselves(kinds):
    assert kinds["social_engineering"]["sim_age_days"] > 0.35
    assert kinds["sim_swap"]["sim_age_days"] < 0.15


def test_pay_days_bring_more_and_larger_deposits():
    X, _ = make_mobile_money(20_000, return_ids=True, random_state=0)
    deposits = X[X["type"] == "cash_in"]
    paid = deposits["day_of_month"].between(25, 27)
    n_days = deposits["time"].dt.date[paid].nunique(), deposits["time"].dt.date[~paid].nunique()
    assert paid.sum() / n_days[0] > 1.3 * (~paid).sum() / n_days[1]
    assert deposits["amount"][paid].median() > 1.3 * deposits["amount"][~paid].median()
    assert (X["day_of_month"] == X["time"].dt.day).all()


@pytest.mark.parametrize("n_regions", [1, 3, 12, 50])
def test_any_number_of_regions(n_regions):
    X, _ = make_mobile_money(3_000, n_regions=n_regions, random_state=0)
    regions = X["region"].cat.categories
    assert len(regions) == n_regions
    assert list(regions[:5]) == ["border", "capital", "coast", "highlands", "lakes"][:n_regions]
    assert X["region"].nunique() > 0.8 * n_regions
    assert X["other_region"].any() == (n_regions > 1)


def test_drift_moves_the_frauds_from_one_half_of_the_kinds_to_the_other():
    X, _, details = make_mobile_money(40_000, fraud_rate=0.1, drift=1.0, return_details=True, random_state=0)
    old = details["kind"].isin(["sim_swap", "mule_chain"])[details["fraud"]].to_numpy()
    third = len(old) // 3
    assert 0.3 < old[:third].mean() < 0.55
    assert old[-third:].mean() < 0.25
    calm, _ = make_mobile_money(40_000, fraud_rate=0.1, random_state=0)

    def rise(table):
        payments = table["amount"][table["type"] == "payment"]
        return payments[-1_500:].median() / payments[:1_500].median()

    assert rise(X) > 1.15 * rise(calm)


@settings(max_examples=15)
@given(noise=st.floats(0.0, 0.5), seed=st.integers(0, 100))
def test_label_noise_swaps_as_many_frauds_as_genuine_rows(noise, seed):
    X, y, details = make_mobile_money(
        500, fraud_rate=0.1, label_noise=noise, return_details=True, random_state=seed
    )
    clean, truth = make_mobile_money(500, fraud_rate=0.1, random_state=seed)
    pd.testing.assert_frame_equal(X, clean)
    np.testing.assert_array_equal(details["fraud"], truth == 1)
    assert y.sum() == truth.sum() == 50
    assert ((y == 0) & details["fraud"]).sum() == ((y == 1) & ~details["fraud"]).sum() == round(noise * 50)


def test_labels_come_late():
    _, y, details = make_mobile_money(
        20_000, fraud_rate=0.05, label_delay=10.0, return_details=True, random_state=0
    )
    days = (details["label_time"] - details["time"]).dt.total_seconds() / 86_400
    assert days.min() >= 0
    assert 9 < days[y == 1].median() < 11
    assert days[y == 0].nunique() < 5
    assert (days[y == 1] < days[y == 0].median()).mean() == pytest.approx(0.95, abs=0.02)
    at_once = make_mobile_money(300, label_delay=0, return_details=True, random_state=0)[2]
    assert (at_once["label_time"] == at_once["time"]).all()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n_samples": 10}, ValueError, r"n_samples == 10, must be >= 200\."),
        ({"n_samples": 1e3}, TypeError, "n_samples must be an instance of int"),
        ({"fraud_rate": 0}, ValueError, r"fraud_rate == 0, must be > 0\."),
        ({"fraud_rate": 0.21}, ValueError, r"fraud_rate == 0.21, must be <= 0.2\."),
        ({"fraud_rate": "0.1"}, TypeError, "fraud_rate must be an instance of"),
        ({"difficulty": "Easy"}, ValueError, r"one of \['easy', 'hard', 'medium'\], got 'Easy'"),
        ({"n_regions": 0}, ValueError, r"n_regions == 0, must be >= 1\."),
        ({"n_regions": 51}, ValueError, r"n_regions == 51, must be <= 50\."),
        ({"n_regions": 2.0}, TypeError, "n_regions must be an instance of int"),
        ({"drift": -0.1}, ValueError, r"drift == -0.1, must be >= 0\."),
        ({"drift": 1.5}, ValueError, r"drift == 1.5, must be <= 1\."),
        ({"label_noise": 0.6}, ValueError, r"label_noise == 0.6, must be <= 0.5\."),
        ({"label_noise": None}, TypeError, "label_noise must be an instance of"),
        ({"label_delay": -1}, ValueError, r"label_delay == -1, must be >= 0\."),
    ],
)
def test_bad_arguments_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        make_mobile_money(**{"n_samples": 300, **arguments})


def test_missing_pandas_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"make_mobile_money needs .* pip install 'synda-sk\[cli\]'"):
        make_mobile_money(300)
