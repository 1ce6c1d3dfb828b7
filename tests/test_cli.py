import datetime
import decimal
import json
import runpy
import sys
from importlib.metadata import version

import numpy as np
import pytest

from synda_sk import __version__, cli, persistence
from synda_sk.evaluation._report import versions

pd = pytest.importorskip("pandas")
pytest.importorskip("matplotlib")
pytest.importorskip("pyarrow")

N_ROWS = 300
FAST = ["--labels", "30", "--rounds", "2", "--seeds", "2", "--estimator", "logistic"]


def make_frame():
    rng = np.random.default_rng(0)
    fraud = rng.random(N_ROWS) < 0.15
    return pd.DataFrame(
        {
            "amount": np.round(rng.lognormal(3 + fraud, 1.0), 2),
            "channel": np.where(rng.random(N_ROWS) < 0.3, "app", "ussd"),
            "day": pd.date_range("2024-01-01", periods=N_ROWS).strftime("%Y-%m-%d"),
            "step": np.arange(N_ROWS) // 3,
            "note": np.where(rng.random(N_ROWS) < 0.2, None, "seen"),
            "kind": rng.permutation(np.repeat(["a", "b", "c"], N_ROWS // 3)),
            "empty": np.full(N_ROWS, np.nan),
            "number": rng.random(N_ROWS),
            "constant": "same",
            "fraud": np.where(fraud, "yes", "no"),
        }
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("tables")
    frame = make_frame()
    frame.to_csv(path / "table.csv", index=False)
    frame.to_csv(path / "table.csv.gz", index=False)
    frame.to_parquet(path / "table.parquet")
    frame.iloc[:0].to_csv(path / "header.csv", index=False)
    frame.assign(number=np.where(frame.index == 5, np.inf, frame["number"])).to_csv(
        path / "infinite.csv", index=False
    )
    frame.assign(note=[[1]] * N_ROWS).to_parquet(path / "lists.parquet")
    frame.assign(fraud=np.where(frame.index == 5, "yes", "no")).to_csv(path / "one.csv", index=False)
    frame.assign(fraud=np.where(frame.index < 30, "yes", "no")).to_csv(path / "early.csv", index=False)
    frame[["fraud", "day"]].to_csv(path / "bare.csv", index=False)
    (path / "nothing.csv").write_text("")
    (path / "broken.parquet").write_bytes(b"PAR1 is not all there is to it")
    (path / "broken.csv.gz").write_bytes(b"this was never compressed")
    (path / "ragged.csv").write_text("a,b\n1,2\n1,2,3\n")
    (path / "binary.csv").write_bytes(bytes(range(128, 256)) * 4)
    (path / "table.xlsx").write_text("a,b\n")
    (path / "folder.csv").mkdir()
    return path


@pytest.fixture
def run(folder, tmp_path, capsys, monkeypatch):
    def call(*words, table="table.csv", out="out"):
        monkeypatch.chdir(tmp_path)
        try:
            code = cli.main(["run", "--table", str(folder / table), "--out", out, *map(str, words)])
        except SystemExit as stop:
            code = stop.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    call.out = tmp_path / "out"
    return call


def results(run):
    return json.loads((run.out / "results.json").read_text())


def numbers(content):
    return [{k: v for k, v in record.items() if k != "seconds"} for record in content["rounds"]]


def test_a_run_prints_and_writes_everything(run, folder):
    code, out, err = run(
        "--target", "fraud", "--positive", "yes", "--time", "day", "--drop", "empty,kind", *FAST
    )
    assert code == 0
    assert "average precision" in out
    assert "positives found" in out
    assert "synda against random" in out
    assert "of 6 models were trained with synthetic rows" in out
    assert max(map(len, out.splitlines()[:-1])) <= 100
    assert err.count("s left") == 4
    assert (run.out / "learning_curve.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in run.out.iterdir()) == [
        "learning_curve.png",
        "report.html",
        "results.json",
    ]
    content = results(run)
    assert {"command", "configuration", "summary", "versions", "runs", "rounds"} <= set(content)
    assert content["versions"]["synda_sk"] == __version__
    assert content["configuration"]["features"] == ["amount", "channel", "step", "note", "number", "constant"]
    assert content["configuration"]["positive"] == "yes"
    keys = {(r["arm"], r["seed"], r["n_labels"]) for r in content["rounds"]}
    assert keys == {(arm, seed, n) for arm in ("synda", "random") for seed in (0, 1) for n in (6, 18, 30)}
    text = (run.out / "results.json").read_text()
    assert str(folder) not in text
    assert str(run.out) not in text
    assert content["command"].startswith("python -m synda_sk run --table table.csv --out out --target fraud")


def test_results_name_the_torch_that_networks_ran_on():
    pytest.importorskip("torch")
    assert versions()["torch"] == version("torch")


def test_a_model_from_elsewhere_is_transferred(run, tmp_path):
    pytest.importorskip("skops")
    frame = make_frame()
    model = cli.make_estimator("logistic").fit(frame.drop(columns=["fraud", "empty"]), frame["fraud"])
    persistence.save(model, tmp_path / "north.skops")
    words = ["--target", "fraud", "--methods", "transfer,random", "--source", "north.skops"]
    assert run(*words, *FAST)[0] == 0
    found = results(run)["configuration"]
    assert (found["source_model"], found["n_source"]) == ("LogisticRegression", 0)
    assert "model from elsewhere" in (run.out / "report.html").read_text()


def test_groups_are_told_apart(run):
    code, out, _ = run("--target", "fraud", "--positive", "yes", "--groups", "channel", *FAST)
    assert code == 0
    found = results(run)
    assert found["configuration"]["groups"] == ["app", "ussd"]
    worst = found["summary"]["curves"]["synda"][-1]["worst_group"]["mean"]
    assert f"Average precision of the worst group at the end: synda {worst:.3f}" in out
    assert "Group by group" in (run.out / "report.html").read_text()


def test_money_is_counted(run):
    words = ["--target", "fraud", "--positive", "yes", "--amount", "amount", "--alert-cost", "2"]
    code, out, _ = run(*words, "--alerts", "0.1", *FAST)
    assert code == 0
    found = results(run)
    end = found["summary"]["curves"]["synda"][-1]
    n_alerts = found["configuration"]["n_alerts"]
    assert f"value among {n_alerts} alerts at the end: synda {end['value_at_alerts']['mean']:.3f}" in out
    assert end["operating_cost"]["mean"] >= 2 * n_alerts
    assert "Money" in (run.out / "report.html").read_text()


def test_methods_by_name_with_a_source_and_resumed(run):
    words = ["--target", "fraud", "--drop", "empty,day", "--methods", "synda,random,transfer tuned,entropy"]
    words += ["--source", "channel=app", "--resume", *FAST]
    code, out, err = run(*words)
    assert code == 0
    assert err.count("finished before") == 0
    assert max(map(len, out.splitlines()[:-1])) <= 100
    assert "transfer tuned" in out
    first = results(run)
    assert first["configuration"]["n_source"] > 50
    assert len(list((run.out / "runs").iterdir())) == 8
    code, _, err = run(*words)
    assert (code, err.count("finished before")) == (0, 8)
    assert results(run)["rounds"] == first["rounds"]


def test_the_kind_of_file_changes_no_number(run):
    found = []
    for table in ("table.csv", "table.csv.gz", "table.parquet"):
        words = ["--target", "fraud", "--drop", "day,empty,note", *FAST, "--seeds", "1"]
        assert run(*words, table=table)[0] == 0
        found.append(numbers(results(run)))
    assert found[0] == found[1] == found[2]


def test_jobs_of_a_run_change_no_number(run):
    found = []
    for jobs in (1, 2):
        assert run("--target", "fraud", "--drop", "day,empty", "--jobs", jobs, *FAST)[0] == 0
        found.append(numbers(results(run)))
    assert found[0] == found[1]


def test_two_time_columns_sort_by_the_first(run):
    assert run("--target", "fraud", "--time", "step,amount", "--drop", "day", *FAST)[0] == 0
    by_both = results(run)
    assert {(r["n_train"], r["n_test"]) for r in by_both["runs"]} == {(210, 90)}
    assert len({r["test_rows_crc32"] for r in by_both["runs"]}) == 1


def test_several_classes_and_one_against_the_rest(run):
    code, out, _ = run("--target", "kind", *FAST)
    assert code == 0
    assert "balanced accuracy" in out
    code, out, _ = run("--target", "kind", "--positive", "b", *FAST)
    assert code == 0
    assert "of class b" in out


def test_whole_numbers_with_gaps_are_compared_as_typed(run, folder):
    frame = make_frame()
    frame["flag"] = np.where(frame.index < 9, np.nan, (frame["fraud"] == "yes").astype(float))
    frame["price"] = [decimal.Decimal(i) / 7 for i in range(N_ROWS)]
    frame["date"] = [datetime.date(2024, 1, 1) + datetime.timedelta(i) for i in range(N_ROWS)]
    frame.to_parquet(folder / "gaps.parquet")
    code, _, err = run("--target", "flag", "--positive", "1", "--time", "date", *FAST, table="gaps.parquet")
    assert code == 0
    assert "columns left out, for they hold missing values only: empty" in err
    assert "9 of 300 rows left out" in err
    assert results(run)["configuration"]["n_samples"] == 291


def test_labels_never_exceed_the_budget(run):
    assert (
        run("--target", "fraud", "--labels", 31, "--rounds", 4, "--seeds", 1, "--estimator", "boosting")[0]
        == 0
    )
    counts = [record["n_labels"] for record in results(run)["rounds"]]
    assert max(counts) == 31


BAD = {
    "no such file": ("--table", {"table": "absent.csv"}, "does not exist"),
    "another kind of file": ("--table", {"table": "table.xlsx"}, ".parquet"),
    "a folder": ("--table", {"table": "folder.csv"}, "must be a file"),
    "an empty file": ("--table", {"table": "nothing.csv"}, "cannot be read as csv"),
    "no rows": ("--table", {"table": "header.csv"}, "no rows"),
    "broken parquet": ("--table", {"table": "broken.parquet"}, "cannot be read as parquet"),
    "broken gzip": ("--table", {"table": "broken.csv.gz"}, "cannot be read as csv.gz"),
    "ragged rows": ("--table", {"table": "ragged.csv"}, "line 3"),
    "no text": ("--table", {"table": "binary.csv"}, "cannot be read"),
    "infinity": ("--table", {"table": "infinite.csv"}, "'number'"),
    "lists": ("--table", {"table": "lists.parquet"}, "lists or the like in column 'note'"),
    "unknown target": (
        "--target",
        {"target": "fruad"},
        "did you mean 'fraud'? The columns are: amount, channel",
    ),
    "empty target": ("--target", {"target": "empty"}, "missing values only"),
    "single class": ("--target", {"target": "constant"}, "'same'"),
    "continuous target": ("--target", {"target": "number"}, "--positive"),
    "class of one row": ("--target", {"table": "one.csv"}, "at least 2"),
    "unknown positive": ("--positive", {"words": ["--positive", "Yes"]}, "did you mean 'yes'?"),
    "unknown time": ("--time", {"words": ["--time", "dya"]}, "did you mean 'day'?"),
    "text as time": ("--time", {"words": ["--time", "kind"]}, "2024-01-31"),
    "time stands still": ("--time", {"words": ["--time", "day", "--time", "constant"]}, "'same'"),
    "target as time": ("--time", {"words": ["--time", "fraud"]}, "is the --target"),
    "empty time": ("--time", {"words": ["--time", "empty"]}, "missing values only"),
    "no late frauds": ("--time", {"words": ["--time", "day"], "table": "early.csv"}, "no row of class 'yes'"),
    "unknown method": ("--methods", {"words": ["--methods", "synda,entropi"]}, "did you mean 'entropy'?"),
    "transfer from nowhere": ("--methods", {"words": ["--methods", "transfer"]}, "--source"),
    "unknown source": ("--source", {"words": ["--source", "chanel=app"]}, "did you mean 'channel'?"),
    "unknown source value": ("--source", {"words": ["--source", "channel=ap"]}, "did you mean 'app'?"),
    "source of no file": ("--source", {"words": ["--source", "absent.skops"]}, "does not exist"),
    "groups misspelt": ("--groups", {"words": ["--groups", "chanel"]}, "did you mean 'channel'?"),
    "groups of the labels": ("--groups", {"words": ["--groups", "fraud"]}, "region"),
    "a group for each row": ("--groups", {"words": ["--groups", "number"]}, "2 to 50"),
    "groups that are not known": ("--groups", {"words": ["--groups", "note"]}, "missing in"),
    "amount misspelt": ("--amount", {"words": ["--amount", "amuont"]}, "did you mean 'amount'?"),
    "amount of text": ("--amount", {"words": ["--amount", "channel"]}, "amount"),
    "alert cost alone": ("--alert-cost", {"words": ["--alert-cost", "2"]}, "--amount"),
    "negative alert cost": ("--alert-cost", {"words": ["--alert-cost", "-2"]}, ">= 0"),
    "source without a value": ("--source", {"words": ["--source", "channel"]}, "column=value"),
    "unknown drop": ("--drop", {"words": ["--drop", "amount,nothere"]}, "'nothere'"),
    "target dropped": ("--drop", {"words": ["--drop", "fraud"]}, "is the --target"),
    "all dropped": ("--drop", {"words": ["--drop", "day"], "table": "bare.csv"}, "no column"),
    "empty name": ("--drop", {"words": ["--drop", "amount,,day"]}, "commas"),
    "more labels than rows": ("--labels", {"words": ["--labels", "211"]}, "210 rows"),
    "one label": ("--labels", {"words": ["--labels", "1"]}, ">= 2"),
    "text for a number": ("--labels", {"words": ["--labels", "many"]}, "a whole number >= 2, got 'many'"),
    "no round": ("--rounds", {"words": ["--rounds", "0"]}, ">= 1"),
    "negative seeds": ("--seeds", {"words": ["--seeds", "-3"]}, ">= 1"),
    "no job": ("--jobs", {"words": ["--jobs", "0"]}, ">= 1"),
    "too many alerts": ("--alerts", {"words": ["--alerts", "1.5"]}, "<= 1"),
    "alerts not a number": ("--alerts", {"words": ["--alerts", "nan"]}, "> 0"),
    "unknown estimator": ("--estimator", {"words": ["--estimator", "svm"]}, "boosting"),
    "misspelt option": ("--lables", {"words": ["--lables", "9"]}, "did you mean --labels?"),
    "unknown option": ("--zzz", {"words": ["--zzz"]}, "there are: --estimator"),
    "option without value": ("--labels", {"words": ["--labels"]}, "needs a value"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_clear_line(case, run):
    option, given, expected = BAD[case]
    words = ["--target", given.get("target", "fraud"), *given.get("words", [])]
    code, out, err = run(*words, table=given.get("table", "table.csv"))
    assert code == 2
    assert out == ""
    assert err.startswith("synda run: error: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert option in err
    assert expected in err
    assert not run.out.exists()
    assert "np.str_" not in err


def test_an_output_that_is_a_file_is_refused(run, folder):
    code, _, err = run("--target", "fraud", *FAST, "--drop", "empty", out=str(folder / "table.csv"))
    assert (code, err.count("\n")) == (2, 1)
    assert "--out" in err
    assert "is a file" in err


def test_an_output_that_cannot_be_written_is_refused(run, folder):
    code, _, err = run("--target", "fraud", *FAST, "--drop", "empty", out=str(folder / "table.csv" / "below"))
    assert (code, err.count("\n")) == (2, 1)
    assert "--out" in err


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["demo", "--difficulty", "none"], "'easy', 'medium', 'hard'"),
        (["demo", "--n-samples", "10"], "--n-samples: must be a whole number >= 1000"),
        (["demo", "--fraud-rate", "0.5"], "--fraud-rate: must be a number > 0 and <= 0.2"),
        (["demo", "--n-samples", "1000", "--fraud-rate", "0.0001"], "--fraud-rate"),
        (["demo", "--n-samples", "1000", "--labels", "900"], "--labels is 900"),
        (["demo", "--table", "x.csv"], "--table is no option"),
        (["run", "--target", "y"], "--table"),
        (["play"], "demo"),
        ([], "demo|run"),
    ],
)
def test_bad_commands_are_one_clear_line(argv, expected, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    try:
        code = cli.main(argv)
    except SystemExit as stop:
        code = stop.code
    err = capsys.readouterr().err
    assert (code, err.count("\n")) == (2, 1)
    assert expected in err


def test_the_demo_runs_as_a_module(tmp_path, monkeypatch, capsys):
    argv = [
        "synda_sk",
        "demo",
        "--n-samples",
        "2000",
        "--fraud-rate",
        "0.05",
        "--out",
        str(tmp_path / "demo"),
        *FAST,
    ]
    monkeypatch.setattr(sys, "argv", argv)
    with pytest.raises(SystemExit) as stop:
        runpy.run_module("synda_sk", run_name="__main__")
    assert stop.value.code == 0
    assert "1400 rows to label, 600 later rows" in capsys.readouterr().out
    content = json.loads((tmp_path / "demo" / "results.json").read_text())
    assert content["configuration"]["split"].startswith("by time")
    assert content["command"].split()[:4] == ["python", "-m", "synda_sk", "demo"]
    assert str(tmp_path) not in content["command"]


def test_an_interruption_writes_what_is_finished(run, monkeypatch):
    def stop_after_one(done, total, run):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_progress", lambda: stop_after_one)
    code, out, _ = run("--target", "fraud", *FAST)
    assert code == 130
    assert "stopped early" in out
    assert results(run)["interrupted"] is True


def test_an_interruption_before_any_result_says_so(run, monkeypatch):
    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run_protocol", stop)
    code, _, err = run("--target", "fraud", *FAST)
    assert code == 130
    assert "stopped before" in err
    assert list(run.out.iterdir()) == []


def test_a_failed_write_leaves_the_former_results(run, monkeypatch):
    assert run("--target", "fraud", *FAST)[0] == 0
    before = (run.out / "results.json").read_text()

    def fail(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr("synda_sk.utils._files.os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        run("--target", "fraud", *FAST)
    assert (run.out / "results.json").read_text() == before
    assert len(list(run.out.iterdir())) == 3


def test_a_missing_package_names_the_extra(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    code, _, err = run("--target", "fraud")
    assert (code, err.count("\n")) == (2, 1)
    assert "pip install 'synda-sk[cli]'" in err


@pytest.mark.parametrize("argv", [["--help"], ["run", "--help"], ["demo", "--help"], ["--version"]])
def test_help_is_there(argv, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(argv)
    assert stop.value.code == 0
    assert capsys.readouterr().out


def test_a_terminal_gets_one_line_of_progress(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    report = cli._progress()

    class Run:
        account = {"arm": "synda", "seed": 0}

    report(1, 2, Run)
    report(2, 2, Run)
    err = capsys.readouterr().err
    assert err.count("\r") == 2
    assert err.count("\n") == 1


@pytest.mark.parametrize("name", ["forest", "logistic", "boosting"])
def test_estimators_take_raw_tables(name):
    frame = make_frame().drop(columns=["fraud", "empty"])
    model = cli.make_estimator(name).fit(frame, np.arange(N_ROWS) % 2)
    assert model.predict_proba(frame).shape == (N_ROWS, 2)
