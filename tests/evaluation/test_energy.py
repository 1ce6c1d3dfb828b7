"""The reader of the kernel's energy counters, against a tree of files as the kernel has it."""

import time
from functools import partial

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

from synda_sk.evaluation import _run, run_protocol
from synda_sk.evaluation._energy import EnergyCounter

END = 262_143_328_850  # where a real counter begins anew


def zone(root, folder, name, energy, end=END):
    (root / folder).mkdir(exist_ok=True)
    for file, content in (("name", name), ("energy_uj", energy), ("max_energy_range_uj", end)):
        (root / folder / file).write_text(f"{content}\n")


@pytest.fixture
def root(tmp_path):
    zone(tmp_path, "intel-rapl:0", "package-0", 1_000_000)
    zone(tmp_path, "intel-rapl:1", "package-1", 5_000_000)
    zone(tmp_path, "intel-rapl:0:0", "core", 500_000)
    zone(tmp_path, "intel-rapl:2", "psys", 7_000_000)
    zone(tmp_path, "intel-rapl-mmio:0", "package-0", 1_000_000)
    (tmp_path / "intel-rapl").mkdir()
    return tmp_path


def test_packages_are_added_up_and_counted_once(root):
    with EnergyCounter(root) as counter:
        zone(root, "intel-rapl:0", "package-0", 3_500_000)
        zone(root, "intel-rapl:1", "package-1", 6_000_000)
        for folder, name in (
            ("intel-rapl:0:0", "core"),
            ("intel-rapl:2", "psys"),
            ("intel-rapl-mmio:0", "package-0"),
        ):
            zone(root, folder, name, 90_000_000)
    assert counter.joules == 3.5


def test_a_counter_may_begin_anew_more_than_once(root):
    zone(root, "intel-rapl:0", "package-0", END - 2_000_000)
    with EnergyCounter(root) as counter:
        zone(root, "intel-rapl:0", "package-0", 1_000_000)
        counter.read()
        zone(root, "intel-rapl:0", "package-0", END - 1_000_000)
        counter.read()
        zone(root, "intel-rapl:0", "package-0", 0)
    assert counter.joules == pytest.approx(3 + (END - 2_000_000) / 1e6 + 1)


def test_it_reads_by_itself_in_between(root):
    with EnergyCounter(root, seconds=0.01) as counter:
        zone(root, "intel-rapl:0", "package-0", 2_000_000)
        deadline = time.monotonic() + 10
        while counter.joules < 1 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert counter.joules == 1.0


@pytest.mark.parametrize("lacking", ["all", "one", "later"])
def test_what_cannot_be_read_is_not_told(root, lacking):
    if lacking == "all":
        root = root / "absent"
    if lacking == "one":
        (root / "intel-rapl:1" / "energy_uj").unlink()
    with EnergyCounter(root) as counter:
        if lacking == "later":
            (root / "intel-rapl:1" / "energy_uj").unlink()
    assert counter.joules is None


def test_runs_tell_it_where_they_are_played_one_at_a_time(root, monkeypatch):
    class Burning(LogisticRegression):
        def fit(self, X, y, sample_weight=None):
            before = int((root / "intel-rapl:0" / "energy_uj").read_text())
            zone(root, "intel-rapl:0", "package-0", before + 2_000_000)
            return super().fit(X, y, sample_weight)

    monkeypatch.setattr(_run, "EnergyCounter", partial(EnergyCounter, root))
    table = make_classification(200, 5, weights=[0.7], random_state=0)
    settings = {"arms": ["random"], "label_budget": 20, "n_rounds": 2, "n_seeds": 1}
    (run,) = (result := run_protocol(*table, Burning(), **settings)).runs
    assert run["energy_joules"] >= 2 * 3
    assert result.comparison()[0]["energy_joules"] == run["energy_joules"]
    side_by_side = run_protocol(*table, LogisticRegression(), n_jobs=2, **settings)
    assert side_by_side.runs[0]["energy_joules"] is None
    assert np.isfinite(side_by_side.runs[0]["cpu_seconds"])
