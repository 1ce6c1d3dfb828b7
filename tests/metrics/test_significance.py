import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wilcoxon

from synda_sk.metrics import adaptation_drop, adaptation_recovery, paired_bootstrap, wilcoxon_holm


def test_the_interval_holds_the_mean_and_repeats_with_its_seed():
    rng = np.random.default_rng(0)
    ours, theirs = rng.normal(0.8, 0.1, 30), rng.normal(0.7, 0.1, 30)
    first = paired_bootstrap(ours, theirs, random_state=3)
    assert first == paired_bootstrap(ours, theirs, random_state=3)
    assert first.low < first.difference < first.high
    assert first.difference == pytest.approx(ours.mean() - theirs.mean())
    wider = paired_bootstrap(ours, theirs, confidence_level=0.99, random_state=3)
    assert wider.low < first.low < first.high < wider.high


def test_pairing_takes_out_what_the_tables_have_in_common():
    table = np.random.default_rng(1).normal(0.5, 0.3, 20)
    noise = np.random.default_rng(2).normal(0, 0.01, 20)
    found = paired_bootstrap(table + 0.05 + noise, table, random_state=0)
    assert found.low > 0
    assert found.high - found.low < 0.05


def test_a_constant_difference_is_its_own_interval():
    assert paired_bootstrap([0.5, 0.75, 1.0], [0.25, 0.5, 0.75]) == (0.25, 0.25, 0.25)


def test_holm_multiplies_the_smallest_p_most_and_never_falls():
    rng = np.random.default_rng(0)
    scores = {f"m{k}": rng.normal(0.1 * k, 0.3, 15) for k in range(4)}
    rows = wilcoxon_holm(scores)
    assert [(row["method"], row["reference"]) for row in rows[:3]] == [
        ("m1", "m0"),
        ("m2", "m0"),
        ("m3", "m0"),
    ]
    for row in rows:
        difference = scores[row["method"]] - scores[row["reference"]]
        assert row["p_value"] == pytest.approx(wilcoxon(difference).pvalue)
        assert row["difference"] == pytest.approx(difference.mean())
    p = np.array([row["p_value"] for row in rows])
    holm = np.array([row["p_holm"] for row in rows])
    naive = [
        min(1, max((len(p) - rank) * value for rank, value in enumerate(np.sort(p)) if value <= own))
        for own in p
    ]
    np.testing.assert_allclose(holm, naive)
    assert pd.DataFrame(rows).shape == (6, 6)


@settings(max_examples=50)
@given(st.lists(st.integers(-5, 5), min_size=2, max_size=7))
def test_any_differences_have_a_p_value_without_a_warning(differences):
    (row,) = wilcoxon_holm({"a": [0.0] * len(differences), "b": differences})
    assert 0 <= row["p_value"] <= 1
    assert row["p_holm"] == row["p_value"]


def test_one_sided_tests_tell_better_from_worse():
    base = np.arange(10) / 10
    scores = {"base": base, "better": base + np.linspace(0.01, 0.1, 10)}
    (greater,) = wilcoxon_holm(scores, reference="base", alternative="greater")
    (less,) = wilcoxon_holm(scores, reference="base", alternative="less")
    assert greater["p_value"] == pytest.approx(2**-10)
    assert less["p_value"] == pytest.approx(1)


def test_drop_and_recovery():
    assert adaptation_drop([0.75, 0.85], 0.4) == pytest.approx(0.5)
    assert adaptation_drop(0.5, 0.6) < 0
    assert adaptation_recovery([0.4, 0.6], 0.75, 1.0) == 0.5
    assert adaptation_recovery(0.5, 0.4, 0.7) < 0
    assert np.isnan(adaptation_recovery(0.7, 0.8, 0.7))
