import json
import signal
import subprocess
import sys

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

from synda_sk.evaluation import run_protocol
from synda_sk.evaluation._cells import table_digest
from synda_sk.evaluation._measured import Measured

pd = pytest.importorskip("pandas")
ARMS = ["entropy", "random"]  # what is cheap to play


class Counted(LogisticRegression):
    """Notes every fit in a file."""

    def __init__(self, log=None, C=1.0):
        super().__init__(C=C)
        self.log = log

    def fit(self, X, y, sample_weight=None):
        with open(self.log, "a") as file:
            file.write("fit\n")
        return super().fit(X, y, sample_weight)


@pytest.fixture(scope="module")
def table():
    return make_classification(300, 5, weights=[0.8], random_state=0)


@pytest.fixture
def play(table, tmp_path):
    def call(model=None, **settings):
        log = tmp_path / "log"
        log.write_text("")
        options = {"label_budget": 30, "n_rounds": 2, "n_seeds": 2, "arms": ARMS, "store": tmp_path / "runs"}
        options |= settings
        result = run_protocol(*options.pop("table", table), model or Counted(str(log)), **options)
        return result, log.read_text().count("fit")

    call.runs = tmp_path / "runs"
    return call


def test_finished_runs_are_never_played_again(play):
    first, n_fits = play()
    assert n_fits > 0
    times = {path.name: path.stat().st_mtime_ns for path in play.runs.iterdir()}
    second, n_again = play()
    assert n_again == 0
    assert {path.name: path.stat().st_mtime_ns for path in play.runs.iterdir()} == times
    assert second == first


def test_a_run_that_stops_goes_on_to_the_same_numbers(play):
    def stop(done, total, run):
        if done == 3:
            raise KeyboardInterrupt

    whole, n_fits = play(store=None)
    part, n_first = play(progress=stop)
    assert part.interrupted
    rest, n_rest = play()
    assert n_first + n_rest == n_fits

    def numbers(result):
        return [{k: v for k, v in r.items() if k != "seconds"} for r in result.rounds]

    assert numbers(rest) == numbers(whole)


def test_runs_stored_before_operations_were_counted_are_used(play):
    play()
    for path in play.runs.iterdir():
        content = json.loads(path.read_text())
        del content["run"]["flops_per_row"]
        path.write_text(json.dumps(content))
    result, n_fits = play(n_seeds=3)
    assert [run.get("flops_per_row") for run in result.runs] == [None] * 4 + [10.0] * 2
    assert result.summary()["cost"]["entropy"]["flops_per_row"] == 10.0
    again, n_again = play(n_seeds=2)
    assert n_fits > n_again == 0
    assert again.comparison()[0]["flops_per_row"] is None


def test_seeds_and_methods_are_added(play):
    _, n_two = play()
    _, n_more = play(n_seeds=3)
    assert n_more < n_two
    assert len(list(play.runs.iterdir())) == 6
    result, _ = play(arms=[*ARMS, "synda"], n_seeds=3, n_jobs=2)
    assert len(list(play.runs.iterdir())) == 9
    assert [(r["arm"], r["seed"]) for r in result.runs] == [
        (arm, seed) for seed in range(3) for arm in (*ARMS, "synda")
    ]


@pytest.mark.parametrize("change", ["model", "rows", "labels", "budget", "alerts"])
def test_whatever_changes_a_number_is_played_anew(change, play, table, tmp_path):
    X, y = table
    play()
    changed = {
        "model": dict(model=Counted(str(tmp_path / "log"), C=0.1)),
        "rows": dict(table=(X + 1e-9, y)),
        "labels": dict(table=(X, np.where(np.arange(300) == y.argmax(), 0, y))),
        "budget": dict(label_budget=29),
        "alerts": dict(alert_rate=0.1),
    }[change]
    assert play(**changed)[1] > 0
    assert play()[1] == 0


SCRIPT = """
import os, signal, sys
from pathlib import Path
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from synda_sk.evaluation import run_protocol

runs, out, dies = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "dies"

class Model(LogisticRegression):
    def fit(self, X, y, sample_weight=None):
        if dies and len(y) > 10 and len(list(runs.glob("*.json"))) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().fit(X, y, sample_weight)

X, y = make_classification(300, 5, weights=[0.8], random_state=0)
arms = ["entropy", "random"]
run_protocol(
    X, y, Model(), label_budget=30, n_rounds=2, n_seeds=3, arms=arms, store=runs, progress=True
).save(out)
"""


def test_killed_in_the_middle_of_a_run_it_goes_on(tmp_path):
    runs, out = tmp_path / "runs", tmp_path / "results.json"
    command = [sys.executable, "-c", SCRIPT, str(runs), str(out)]
    killed = subprocess.run([*command, "dies"], capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL
    assert not out.exists()
    finished = {path: path.stat().st_mtime_ns for path in runs.glob("*.json")}
    assert len(finished) == 3
    done = subprocess.run([*command, "lives"], capture_output=True, text=True, check=True)
    assert done.stderr.count("finished before") == 3
    assert done.stderr.count("s left") == 3
    assert {path: path.stat().st_mtime_ns for path in finished} == finished
    content = json.loads(out.read_text())
    assert len(content["runs"]) == 6
    assert content["interrupted"] is False


def test_what_is_not_asked_for_is_no_part_of_a_run_s_name():
    told = Measured(0.01, alert_cost=0.0, image_shape=(8, 8), energy=True).told()
    assert told == {"alert_rate": 0.01}


def test_a_broken_file_is_named(play):
    play(n_seeds=1)
    broken = sorted(play.runs.iterdir())[0]
    broken.write_text("{")
    with pytest.raises(ValueError, match=f"{broken.name}.*delete it"):
        play(n_seeds=1)


@pytest.mark.parametrize(
    "change",
    [
        lambda X: X.rename(columns={"a": "z"}),
        lambda X: X.assign(a=X["a"].astype(np.float32)),
        lambda X: X.assign(b=X["b"].where(X.index != 3)),
        lambda X: X.iloc[::-1],
        lambda X: X.assign(b=X["b"].map({"x": "x", "y": "Y"})),
    ],
)
def test_tables_that_differ_have_another_digest(change):
    X = pd.DataFrame({"a": [1.0, 2.0, np.nan, 4.0], "b": ["x", "y", "x", "y"]})
    assert table_digest(X) == table_digest(X.copy())
    assert table_digest(change(X)) != table_digest(X)
