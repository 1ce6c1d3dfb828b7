"""What goes wrong around a journal: killed writers, second writers, broken files, full disks."""

import os
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

from synda_sk import CurriculumMixer, SynDAClassifier
from synda_sk._journal_file import JournalFile
from synda_sk.exceptions import JournalError

ROOT = Path(__file__).resolve().parents[1]
HEAD = """
import resource, sys
import numpy as np
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from synda_sk import SynDAClassifier
X, y = make_classification(200, 6, random_state=5)
partly = y.astype(float)
partly[30:] = np.nan
"""


@pytest.fixture(scope="module")
def data():
    X, y = make_classification(200, 6, random_state=5)
    partly = y.astype(float)
    partly[30:] = np.nan
    return X, y, partly


@pytest.fixture
def config(tmp_path):
    labels_only = CurriculumMixer(synthetic_weight=0)
    return lambda: SynDAClassifier(
        LogisticRegression(), mixer=labels_only, random_state=0, journal=tmp_path / "j.db"
    )


@pytest.fixture
def sound(data, config, tmp_path):
    """The bytes of a journal with 33 labels, whose writer is gone."""
    clf = config().fit(data[0], data[2])
    for row in (40, 41, 42):
        clf.teach(np.array([row]), [1.0])
    clf._journal.close()
    return (tmp_path / "j.db").read_bytes()


def start(code, *args):
    return subprocess.Popen(
        [sys.executable, "-c", HEAD + textwrap.dedent(code), *map(str, args)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.skipif(os.name != "posix", reason="kills a child with SIGKILL, which only POSIX has")
def test_a_killed_process_loses_no_answer():
    command = [sys.executable, str(ROOT / "benchmarks" / "journal_faults.py"), "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "'lost': 0" in done.stdout


def test_one_writer_at_a_time(data, config, tmp_path):
    path = tmp_path / "j.db"
    code = """
    clf = SynDAClassifier(LogisticRegression(), random_state=0, journal=sys.argv[1]).fit(X, partly)
    clf.teach(np.array([40]), [1.0])
    print("written", flush=True)
    sys.stdin.readline()
    """
    with start(code, path) as other:
        assert other.stdout.readline() == "written\n"
        with pytest.raises(JournalError, match="in use"):
            config().resume()
        clf = config().fit(data[0], data[2])
        with pytest.raises(JournalError, match="in use"):
            clf.teach(np.array([41]), [1.0])
        assert clf.n_labels_ == 30
        assert len(JournalFile(path, "read").select("SELECT * FROM labels")) == 31
        other.kill()
        other.wait()
    assert config().resume().n_labels_ == 31


def test_two_classifiers_of_one_process(data, config, tmp_path):
    clf = config().fit(data[0], data[2]).teach(np.array([40]), [1.0])
    os.symlink(tmp_path / "j.db", tmp_path / "link.db")
    for path in ("j.db", "link.db"):
        with pytest.raises(JournalError, match="in use"):
            config().set_params(journal=tmp_path / path).resume()
    assert clf.teach(np.array([41]), [1.0]).n_labels_ == 32
    del clf
    assert config().resume().n_labels_ == 32


def broken(path, how, sound):
    if how == "text":
        path.write_text("date,amount\n" * 50)
    elif how == "short text":
        path.write_text("x")
    elif how in ("foreign", "foreign wal"):
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA journal_mode={'WAL' if 'wal' in how else 'DELETE'}")
        connection.execute("CREATE TABLE meta (key, value)")
        connection.commit()
        connection.close()
    elif how == "future":
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA user_version = 7")
        connection.close()
    elif how == "truncated":
        path.write_bytes(sound[: len(sound) // 2])
    elif how == "cut header":
        path.write_bytes(sound[:60])
    elif how == "flipped":
        place = sound.rindex(b"0.")
        path.write_bytes(sound[:place] + b"7." + sound[place + 2 :])
    elif how == "scrambled":
        path.write_bytes(sound[:4096] + os.urandom(len(sound) - 4096))
    elif how == "row gone":
        connection = sqlite3.connect(path)
        connection.execute("DELETE FROM labels WHERE id = 5")
        connection.commit()
        connection.close()


WORDS = {
    "text": "not a SQLite file",
    "short text": "not a SQLite file",
    "foreign": "another program",
    "foreign wal": "another program",
    "future": "update synda_sk",
    "truncated": "damaged",
    "cut header": "damaged|cut short",
    "flipped": "checksum",
    "scrambled": "damaged",
    "row gone": "of 30 labels",
}


@pytest.mark.parametrize("how", WORDS)
def test_a_broken_file_is_refused_and_left_alone(data, config, sound, tmp_path, how):
    path = tmp_path / "j.db"
    if "foreign" in how:
        path.unlink()
    broken(path, how, sound)
    before = path.read_bytes()
    fresh = config()
    with pytest.raises(JournalError, match=WORDS[how]):
        fresh.resume()
    assert not hasattr(fresh, "estimator_")
    clf = config().fit(data[0], data[2])
    with pytest.raises(JournalError):
        clf.teach(np.array([50]), [1.0])
    assert clf.n_labels_ == 30
    assert path.read_bytes() == before


def test_a_missing_or_empty_file(data, config, tmp_path):
    with pytest.raises(JournalError, match="No such file"):
        config().resume()
    assert not (tmp_path / "j.db").exists()
    (tmp_path / "j.db").touch()
    with pytest.raises(JournalError, match="is empty"):
        config().resume()
    assert config().fit(data[0], data[2]).teach(np.array([40]), [1.0]).n_labels_ == 31
    assert (tmp_path / "j.db").stat().st_mode & 0o777 == 0o600


def test_paths_that_cannot_be_written(data, tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "j.db", tmp_path / "none" / "j.db", tmp_path, "/proc/j.db"):
        clf = SynDAClassifier(LogisticRegression(), random_state=0, journal=path).fit(data[0], data[2])
        with pytest.raises(JournalError, match="cannot be"):
            clf.teach(np.array([40]), [1.0])
        assert clf.n_labels_ == 30
        assert clf.set_params(journal=None).teach(np.array([40]), [1.0]).n_labels_ == 31


@pytest.mark.skipif(os.name != "posix", reason="plays a full disk with RLIMIT_FSIZE, which only POSIX has")
def test_a_full_disk_keeps_what_was_acknowledged(config, tmp_path):
    code = """
    clf = SynDAClassifier(LogisticRegression(), random_state=0, journal=sys.argv[1]).fit(X, partly)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, resource.RLIM_INFINITY))
    try:
        for row in range(30, 200):
            clf.teach(np.array([row]), y[[row]])
    except ValueError as error:
        assert type(error).__name__ == "JournalError" and "cannot be written" in str(error), error
        n_labels = clf.n_labels_
        assert n_labels == row and len(clf.history_) == row - 29
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        clf.teach(np.array([row]), y[[row]])
        print(n_labels, clf.n_labels_)
    """
    with start(code, tmp_path / "j.db") as child:
        told = child.communicate()[0].split()
    assert 30 < int(told[0]) < 199
    assert config().resume().n_labels_ == int(told[1]) == int(told[0]) + 1


@pytest.mark.skipif(os.name != "posix", reason="plays a full disk with RLIMIT_FSIZE, which only POSIX has")
def test_a_disk_full_from_the_start(config, tmp_path):
    code = """
    clf = SynDAClassifier(LogisticRegression(), random_state=0, journal=sys.argv[1]).fit(X, partly)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, resource.RLIM_INFINITY))
    try:
        clf.teach(np.array([40]), [1.0])
    except ValueError as error:
        print(clf.n_labels_)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(clf.teach(np.array([40]), [1.0]).n_labels_)
    """
    with start(code, tmp_path / "j.db") as child:
        assert child.communicate()[0].split() == ["30", "31"]
    assert config().resume().n_labels_ == 31


def test_a_fork_does_not_write(data, config):
    clf = config().fit(data[0], data[2]).teach(np.array([40]), [1.0])
    clf._journal._file._pid += 1
    with pytest.raises(JournalError, match="fork"):
        clf.teach(np.array([41]), [1.0])
    assert clf.n_labels_ == 31
