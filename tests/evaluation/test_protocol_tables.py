"""Tables given as a file or by the name of a column, and results as tables and files."""

import json

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from synda_sk.evaluation import ProtocolResult, run_protocol
from synda_sk.utils import TableEncoder

pd = pytest.importorskip("pandas")
MODEL = make_pipeline(TableEncoder(), LogisticRegression(max_iter=1000))
SMALL = {"arms": ["entropy", "random"], "label_budget": 30, "n_rounds": 2, "n_seeds": 3}


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(0)
    y = rng.random(300) < 0.2
    return pd.DataFrame(
        {
            "amount": rng.lognormal(3 + 2 * y, 1.0),
            "kind": rng.choice(["bill", "transfer"], 300),
            "day": np.arange(300) // 2,
            "note": rng.random(300),
            "fraud": np.where(y, "yes", "no"),
        }
    )


@pytest.fixture(scope="module")
def result(frame):
    return run_protocol(frame.drop(columns="fraud"), frame["fraud"], MODEL, **SMALL)


def scores(result):
    return [(r["arm"], r["seed"], r["n_labels"], r["average_precision"]) for r in result.rounds]


def test_a_file_a_frame_and_arrays_give_the_same_numbers(frame, result, tmp_path):
    frame.to_csv(tmp_path / "table.csv", index=False)
    from_file = run_protocol(tmp_path / "table.csv", "fraud", MODEL, **SMALL)
    from_frame = run_protocol(frame, "fraud", MODEL, positive="yes", **SMALL)
    assert scores(from_frame) == scores(result)
    assert [row[:3] for row in scores(from_file)] == [row[:3] for row in scores(result)]
    assert [row[3] for row in scores(from_file)] == pytest.approx([row[3] for row in scores(result)])


def test_times_and_columns_to_drop_by_name(frame):
    by_name = run_protocol(frame, "fraud", MODEL, time="day", drop=["note"], **SMALL)
    by_hand = run_protocol(
        frame[["amount", "kind"]], frame["fraud"], MODEL, time=frame["day"].to_numpy(), **SMALL
    )
    assert by_name.configuration["split"].startswith("by time")
    assert scores(by_name) == scores(by_hand)


def test_a_polars_frame_with_its_labels(frame, result):
    polars = pytest.importorskip("polars")
    assert scores(run_protocol(polars.from_pandas(frame), "fraud", MODEL, **SMALL)) == scores(result)


def test_a_share_of_the_training_rows_as_budget(frame):
    result = run_protocol(frame, "fraud", MODEL, **SMALL | {"label_budget": 0.2, "initial_labels": 0.5})
    assert sorted({r["n_labels"] for r in result.rounds}) == [21, 32, 42]


def test_images_as_flat_rows_play_like_tables():
    X, y = load_digits(return_X_y=True)
    X, y = X[y < 3].astype(np.uint8), y[y < 3]
    result = run_protocol(
        X,
        y,
        LogisticRegression(max_iter=2000),
        arms=["random", "self-training", "label spreading", "entropy"],
        label_budget=40,
        n_rounds=1,
        n_seeds=1,
    )
    assert {r["arm"] for r in result.rounds if r["n_labels"] == 40 and r["balanced_accuracy"] > 0.9} == set(
        result.configuration["arms"]
    )


def test_a_folder_of_images_and_an_array_of_them_give_the_same_numbers(tmp_path):
    image = pytest.importorskip("PIL.Image")
    images, labels = load_digits(return_X_y=True)
    images = np.rint(images[labels < 2][:80] * 255 / 16).astype(np.uint8).reshape(-1, 8, 8)
    labels = np.array([f"digit {label}" for label in labels[labels < 2][:80]])
    order = np.argsort(labels, kind="stable")
    images, labels = images[order], labels[order]
    for i, (pixels, label) in enumerate(zip(images, labels, strict=True)):
        (tmp_path / label).mkdir(exist_ok=True)
        image.fromarray(pixels).save(tmp_path / label / f"{i:03}.png")
    (tmp_path / "unlabeled").mkdir()
    image.fromarray(images[0]).save(tmp_path / "unlabeled" / "a.png")
    model = LogisticRegression(max_iter=2000)
    settings = {"arms": ["random"], "label_budget": 20, "n_rounds": 1, "n_seeds": 1}
    by_folder = run_protocol(tmp_path, None, model, **settings)
    by_array = run_protocol(images, labels, model, **settings)
    assert scores(by_folder) == scores(by_array)
    assert by_folder.configuration["n_samples"] == 80


def test_images_of_a_folder_are_resized_to_what_the_network_takes(tmp_path):
    image = pytest.importorskip("PIL.Image")
    pytest.importorskip("torch")
    from synda_sk.images import ConvClassifier

    rng = np.random.default_rng(0)
    for label, low in (("bright", 120), ("dark", 0)):
        (tmp_path / label).mkdir()
        for i in range(20):
            pixels = rng.integers(low, low + 100, (12 + i % 3, 12)).astype(np.uint8)
            image.fromarray(pixels).save(tmp_path / label / f"{i}.png")
    net = ConvClassifier((8, 8), max_steps=2, width=8)
    result = run_protocol(tmp_path, estimator=net, arms=["random"], label_budget=8, n_rounds=1, n_seeds=1)
    assert result.configuration["positive"] in ("bright", "dark")
    assert result.runs[0]["flops_per_row"] > 0
    with pytest.raises(ValueError, match=r"X cannot be read.*size"):
        run_protocol(tmp_path, arms=["random"])


def test_tidy_frames_hold_one_row_an_observation(result):
    frames = result.to_frames()
    assert set(frames) == {"rounds", "runs", "curves", "comparison"}
    assert len(frames["rounds"]) == 2 * 3 * 3
    assert len(frames["runs"]) == 2 * 3
    curve = frames["curves"].query("arm == 'entropy' and measure == 'roc_auc' and n_labels == 30")
    by_hand = frames["rounds"].query("arm == 'entropy' and n_labels == 30")["roc_auc"]
    assert curve["mean"].item() == pytest.approx(by_hand.mean())
    assert curve["standard_error"].item() == pytest.approx(by_hand.sem())
    row = frames["comparison"].set_index("arm").loc["entropy"]
    ends = (
        frames["rounds"]
        .query("n_labels == 30")
        .pivot(index="seed", columns="arm", values="average_precision")
    )
    assert row["final_difference_mean"] == pytest.approx((ends["entropy"] - ends["random"]).mean())
    assert row["final_difference_p_holm"] == row["final_difference_p"] <= 1
    low, high = result.summary()["labels_saved_interval"]["entropy"]
    assert low is None or low <= row["labels_saved"]
    assert row["labels_saved"] <= high <= 1 - 6 / 30


def test_results_survive_the_disk(result, tmp_path):
    path = tmp_path / "results.json"
    result.save(path)
    assert ProtocolResult.load(path) == result
    assert json.loads(path.read_text())["summary"] == json.loads(json.dumps(result.summary()))
    path.write_text("{}")
    with pytest.raises(ValueError, match=r"results\.json.*no results"):
        ProtocolResult.load(path)


def test_progress_tells_the_time_left(frame, capsys):
    run_protocol(frame, "fraud", MODEL, progress=True, **SMALL)
    err = capsys.readouterr().err
    assert err.count("s left") == 6
    assert "[6/6] random, seed 2" in err
