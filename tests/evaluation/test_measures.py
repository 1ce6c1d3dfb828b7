import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from synda_sk.evaluation._cost import PROCESS, Meter
from synda_sk.evaluation._measures import BINARY_MEASURES, MULTICLASS_MEASURES, measure


@given(st.integers(0, 2**32 - 1), st.floats(0.05, 1))
def test_two_classes_are_measured_as_counting_by_hand_would(seed, rate):
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.r_[0, 1, rng.integers(0, 2, 20)])
    score = rng.random(len(y))
    found = measure(y, np.column_stack([1 - score, score]), np.array([0, 1]), is_binary=True, alert_rate=rate)
    said = score > 0.5
    hits = int((said & (y == 1)).sum())
    precision = hits / said.sum() if said.any() else 0
    recall = hits / y.sum()
    k = max(1, round(len(y) * rate))
    among = y[np.argsort(-score)[:k]].sum()
    by_hand = {
        "accuracy": np.mean(said == y),
        "balanced_accuracy": (recall + np.mean(~said[y == 0])) / 2,
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall) if hits else 0,
        "roc_auc": np.mean([[a > b for b in score[y == 0]] for a in score[y == 1]]),
        "recall_at_alerts": among / y.sum(),
        "precision_at_alerts": among / k,
        "average_precision": average_precision_score(y, score),
    }
    assert found == pytest.approx(by_hand)
    assert list(found) == [name for name in BINARY_MEASURES if name != "positives_found"]


def test_several_classes_are_measured_each_against_the_rest():
    rng = np.random.default_rng(0)
    y, classes = np.repeat(["a", "b", "c"], 10), np.array(["a", "b", "c"])
    probabilities = rng.dirichlet(np.ones(3), 30)
    found = measure(y, probabilities, classes, is_binary=False, alert_rate=0.1)
    assert list(found) == list(MULTICLASS_MEASURES)
    each = [(y == name, probabilities[:, i]) for i, name in enumerate(classes)]
    assert found["macro_roc_auc"] == pytest.approx(np.mean([roc_auc_score(*pair) for pair in each]))
    assert found["macro_average_precision"] == pytest.approx(
        np.mean([average_precision_score(*pair) for pair in each])
    )
    assert found["balanced_accuracy"] == pytest.approx(found["recall"])


def test_a_block_is_charged_for_its_time_alone():
    with Meter() as short:
        sum(range(1000))
    with Meter() as long:
        began = time.process_time()
        while time.process_time() < began + 0.05:
            pass
    assert 0 <= short.cpu_seconds < 0.05 <= long.cpu_seconds


@pytest.mark.skipif(not PROCESS.exists(), reason="only Linux tells the peak of a process's memory, in /proc")
def test_a_block_is_charged_for_its_memory_alone():
    np.ones(30_000_000)
    with Meter() as small:
        pass
    with Meter() as large:
        np.ones(8_000_000)  # 61 MiB
    assert small.added_memory_mb < 20
    assert 50 < large.added_memory_mb < 90


def test_memory_is_unknown_where_the_system_does_not_tell(monkeypatch, tmp_path):
    monkeypatch.setattr("synda_sk.evaluation._cost.PROCESS", tmp_path / "nowhere")
    with Meter() as meter:
        pass
    assert (meter.peak_memory_mb, meter.added_memory_mb) == (None, None)
