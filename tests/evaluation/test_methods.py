import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.pipeline import make_pipeline

from synda_sk import SynDAClassifier, persistence
from synda_sk.evaluation import (
    OverSampledClassifier,
    SemiSupervisedClassifier,
    TransferClassifier,
    held_out_split,
    make_arms,
    run_protocol,
)
from synda_sk.evaluation._arms import MAKERS, PEERS
from synda_sk.utils import TableEncoder

LR = LogisticRegression(max_iter=1000)
AT_RANDOM = ["random", "synthetic", "self-training", "label spreading", "transfer", "transfer tuned"]


@pytest.fixture(scope="module")
def table():
    X, y = make_classification(500, 6, weights=[0.85], class_sep=1.2, random_state=0)
    frame = pd.DataFrame(X, columns=list("abcdef"))
    frame["region"] = np.where(np.arange(500) < 150, "north", "south")
    frame.loc[::9, "a"] = np.nan
    return frame, y


@pytest.fixture(scope="module")
def everything(table):
    for package, _ in PEERS.values():
        pytest.importorskip(package)
    model = make_pipeline(TableEncoder(), LR)
    return run_protocol(
        *table, model, arms="all", source="region=north", label_budget=40, n_rounds=2, n_seeds=1
    )


def of(result, arm, key):
    return [record[key] for record in result.rounds if record["arm"] == arm]


def test_all_methods_play_on_the_same_rows(everything):
    assert list(dict.fromkeys(r["arm"] for r in everything.rounds)) == list(MAKERS)
    parts = {
        (run["test_rows_crc32"], run["n_train"], run["n_test"], run["n_source"]) for run in everything.runs
    }
    ((_, *sizes),) = parts
    assert sizes == [245, 105, 150]
    assert all(run["cpu_seconds"] > 0 and run["inference_ms_per_1000_rows"] > 0 for run in everything.runs)


def test_methods_that_label_at_random_label_the_same_rows(everything):
    found = {tuple(of(everything, arm, "positives_found")) for arm in [*AT_RANDOM, "smote", "over-sampling"]}
    assert len(found) == 1


def test_the_peers_that_ask_for_entropy_agree_with_ours(everything):
    ours = of(everything, "entropy", "average_precision")
    for peer in ("modal entropy", "modal margin", "modal uncertainty", "skactiveml uncertainty"):
        assert of(everything, peer, "average_precision") == ours


def test_only_the_synthetic_methods_use_synthetic_rows(everything):
    used = {record["arm"] for record in everything.rounds if record["kept"]}
    assert used == {"synda", "synthetic"}


def test_a_source_as_it_is_learns_nothing_here(table, everything):
    X, y = table
    assert len(set(of(everything, "transfer", "roc_auc"))) == 1
    home = np.flatnonzero(X["region"] == "south")
    _, test = held_out_split(y[home], time=None, test_size=0.3, seed=0)
    model = make_pipeline(TableEncoder(), LR).fit(X[:150], y[:150])
    expected = roc_auc_score(y[home[test]], model.predict_proba(X.iloc[home[test]])[:, 1])
    assert of(everything, "transfer", "roc_auc")[0] == pytest.approx(expected)


def test_a_source_may_be_a_mask_or_columns(table):
    X, y = table
    settings = dict(arms=["random", "transfer"], label_budget=20, n_rounds=1, n_seeds=1)
    model = make_pipeline(TableEncoder(), LR)
    found = [
        [r["average_precision"] for r in run_protocol(X, y, model, source=source, **settings).rounds]
        for source in ("region=north", {"region": "north"}, np.arange(500) < 150)
    ]
    assert found[0] == found[1] == found[2]


def test_labels_of_the_source_matter_to_transfer_alone(table):
    X, y = table
    model = make_pipeline(TableEncoder(), LR)
    settings = dict(
        arms=["synda", "transfer"], reference="synda", source="region=north", label_budget=20, n_rounds=1
    )
    flipped = np.where(np.arange(500) < 150, 1 - y, y)
    first, second = (run_protocol(X, labels, model, n_seeds=1, **settings) for labels in (y, flipped))
    assert of(first, "synda", "roc_auc") == of(second, "synda", "roc_auc")
    assert of(first, "transfer", "roc_auc") != of(second, "transfer", "roc_auc")


def test_groups_of_methods():
    assert "transfer" not in make_arms("baselines")
    assert set(make_arms("baselines", source=True)) - set(make_arms("baselines")) == {
        "transfer",
        "transfer tuned",
    }
    assert set(make_arms("all")) <= set(MAKERS)
    assert all(isinstance(model, SynDAClassifier) and model.estimator is LR for model in
               make_arms(["synda", "entropy"], LR).values())  # fmt: skip


def test_the_pool_helps_where_neighbours_have_one_label():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 200)
    angle = rng.uniform(0, np.pi, 400)
    moons = np.column_stack([np.cos(angle) + y, np.where(y, 0.3 - np.sin(angle), np.sin(angle))])
    moons += rng.normal(0, 0.05, moons.shape)
    labelled = np.r_[0:20, 200:220]
    alone = SemiSupervisedClassifier("label spreading", LR).fit(moons[labelled], y[labelled])
    pooled = SemiSupervisedClassifier("label spreading", LR, pool=moons).fit(moons[labelled], y[labelled])
    assert pooled.score(moons, y) > 0.995 > alone.score(moons, y)


@pytest.mark.parametrize("method", ["self-training", "label spreading"])
def test_semi_supervised_models_take_arrays_frames_and_words(method, table):
    X, y = table
    words = np.where(y == 1, "fraud", "genuine")
    for rows, model in ((X, None), (X, make_pipeline(TableEncoder(), LR)), (X[list("bcdef")].to_numpy(), LR)):
        fitted = SemiSupervisedClassifier(method, model, pool=rows[100:], random_state=0)
        fitted.fit(rows[:100], words[:100])
        found = fitted.predict_proba(rows)
        np.testing.assert_allclose(found.sum(axis=1), 1)
        assert fitted.classes_.tolist() == ["fraud", "genuine"]
        assert np.mean(fitted.predict(rows) == words) > 0.75


def test_images_as_flat_rows_reach_the_model_as_they_are():
    class Net(LogisticRegression):
        def fit(self, X, y):
            assert X.dtype == np.uint8
            assert X.shape[1] == 64
            return super().fit(X, y)

    rng = np.random.default_rng(0)
    X = rng.integers(0, 255, (60, 64)).astype(np.uint8)
    y = (X[:, :32].mean(axis=1) > X[:, 32:].mean(axis=1)).astype(int)
    for model in (
        SemiSupervisedClassifier("self-training", Net(), pool=X[30:]),
        TransferClassifier(Net(), source_model=LogisticRegression(max_iter=2000).fit(X, y)),
    ):
        model.fit(X[:30], y[:30]).predict(X)


def test_a_wrong_source_is_left_once_labels_tell():
    X, y = make_classification(600, 5, class_sep=2, random_state=1)
    wrong = LogisticRegression().fit(X[:300], 1 - y[:300])
    model = TransferClassifier(LR, source_model=wrong, random_state=0)
    assert model.fit(X[300:302], [0, 1]).source_share_ == 1
    assert model.fit(X[300:400], y[300:400]).source_share_ == 0
    assert model.score(X[400:], y[400:]) > 0.9 > wrong.score(X[400:], y[400:])
    assert TransferClassifier(LR, source_model=wrong, tune=False).fit(X, y).score(X, y) == wrong.score(X, y)


def test_transfer_is_a_classifier_like_any_other():
    # scikit-learn's own suite cannot play it: each of its checks has other columns than the source's model
    X, y = make_classification(200, 5, random_state=0)
    model = TransferClassifier(LR, source_model=LogisticRegression().fit(X, y), random_state=0)
    with pytest.raises(NotFittedError):
        model.predict(X)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(X, y[:-1])
    assert model.fit(X, y).n_features_in_ == 5
    with pytest.raises(ValueError, match="4 features"):
        model.predict_proba(X[:, :4])


def test_over_sampling_evens_the_classes_out(table):
    pytest.importorskip("imblearn")
    X, y = table
    base = make_pipeline(TableEncoder(), LR).fit(X, y).predict_proba(X)[:, 1].mean()
    for sampler in ("smote", "random"):
        model = OverSampledClassifier(sampler, make_pipeline(TableEncoder(), LR), random_state=0)
        assert model.fit(X, y).predict_proba(X)[:, 1].mean() > 1.3 * base
        assert model.predict(X).shape == y.shape
    assert X["a"].isna().any()
    numbers = X[["a", "b"]].to_numpy()
    assert OverSampledClassifier("random", LR).fit(numbers, y).predict(numbers).shape == y.shape


def test_a_peer_that_is_not_installed_says_so(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "modAL.uncertainty", None)
    with pytest.raises(ImportError, match="modAL-python"):
        make_arms(["modal margin"])


def test_a_clone_keeps_the_model_from_elsewhere_fitted():
    X, y = make_classification(200, 5, random_state=0)
    north = LogisticRegression().fit(X, y)
    model = clone(TransferClassifier(LR, source_model=north, random_state=3))
    assert model.source_model is north
    assert model.estimator is not LR
    assert model.random_state == 3
    inside = SynDAClassifier(TransferClassifier(LR, source_model=north), label_budget=20, random_state=0)
    assert inside.fit(X, y).score(X, y) > 0.8


@pytest.mark.parametrize("given", ["model", "file", "words"])
def test_a_source_may_be_a_model_or_its_file(given, tmp_path):
    X, y = make_classification(400, 5, class_sep=1.5, random_state=0)
    there, here = slice(0, 200), slice(200, 400)
    words = np.where(y == 1, "fraud", "genuine")
    labels = y if given != "words" else words
    north = LogisticRegression().fit(X[there], labels[there])
    source = north
    if given == "file":
        pytest.importorskip("skops")
        persistence.save(north, tmp_path / "north.skops")
        source = tmp_path / "north.skops"
    settings = {
        "label_budget": 20,
        "n_rounds": 1,
        "n_seeds": 2,
        "arms": ["transfer", "transfer tuned", "random"],
    }
    result = run_protocol(X[here], labels[here], LR, source=source, positive=labels[y == 1][0], **settings)
    for record in result.rounds:
        if record["arm"] == "transfer":
            test = held_out_split(y[here], time=None, test_size=0.3, seed=record["seed"])[1]
            score = north.predict_proba(X[here][test])[:, north.classes_.tolist().index(labels[y == 1][0])]
            assert record["average_precision"] == average_precision_score(y[here][test], score)
    assert {run["n_train"] for run in result.runs} == {140}
    assert {(run["arm"], run["flops_per_row"]) for run in result.runs} == {
        ("transfer", 10),
        ("transfer tuned", 20),
        ("random", 10),
    }


def test_another_model_as_source_is_another_comparison(tmp_path):
    X, y = make_classification(300, 5, random_state=0)
    settings = {"label_budget": 20, "n_rounds": 1, "n_seeds": 1, "arms": ["transfer"], "store": tmp_path}
    for end in (150, 150, 200):
        run_protocol(X, y, LR, source=LogisticRegression().fit(X[:end], y[:end]), **settings)
    assert len(list(tmp_path.iterdir())) == 2
