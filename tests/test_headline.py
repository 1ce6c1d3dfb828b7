"""The headline table ends with the same numbers, however often its benchmark is interrupted."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "benchmarks" / "headline.py"
TIMES = {"cpu_seconds", "inference_ms_per_1000_rows"}

pytestmark = pytest.mark.skipif(
    not SCRIPT.exists(), reason="benchmarks are not part of a source distribution"
)


def start(folder, *options):
    command = [sys.executable, str(SCRIPT), "--quick", *options]
    paths = ["--store", str(folder / "runs"), "--out", str(folder / "headline.json")]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command + paths, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def interrupt(process, runs, n_finished, by):
    """Send the signal as soon as so many runs are finished; return how it ended."""
    deadline = time.monotonic() + 120
    while len(list(runs.glob("*.json"))) < n_finished:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(by)
    process.communicate(timeout=120)
    return process.returncode


def without_times(value):
    if isinstance(value, dict):
        return {key: without_times(entry) for key, entry in value.items() if key not in TIMES}
    return [without_times(entry) for entry in value] if isinstance(value, list) else value


def numbers(folder):
    content = json.loads((folder / "headline.json").read_text())
    return without_times({key: content[key] for key in ("runs", "table", "skipped")})


def test_killed_and_stopped_it_ends_with_the_same_numbers(tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    wanted = ("--sets", "breast_cancer,leaf_apple")
    told, _ = start(whole, *wanted).communicate(timeout=240)
    assert interrupt(start(broken, *wanted), broken / "runs", 1, signal.SIGKILL) == -signal.SIGKILL
    assert interrupt(start(broken, *wanted), broken / "runs", 3, signal.SIGINT) == 130
    assert len(list((broken / "runs").glob("*.json"))) < 6
    last = start(broken, *wanted)
    last.communicate(timeout=240)
    assert last.returncode == 0
    assert numbers(broken) == numbers(whole)
    assert numbers(whole)["skipped"] == {"leaf_apple": "DATA absent (leaf_apple/leaf_apple_32rgb.npz)"}
    assert "leaf_apple: skipped: DATA absent" in told
    assert "| health | breast cancer |" in told


def test_a_misspelt_set_is_refused(tmp_path):
    process = start(tmp_path, "--sets", "breast_canser")
    process.communicate(timeout=60)
    assert process.returncode == 2
    assert not (tmp_path / "headline.json").exists()
