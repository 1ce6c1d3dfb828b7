"""ConvClassifier: what it learns, what it leaves alone, and where it fits in."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from synda_sk import (
    CurriculumMixer,
    HybridQuerySelector,
    SynDAClassifier,
    SyntheticAugmenter,
    persistence,
)
from synda_sk.compression import distill_classifier, load, n_bytes, prune, quantize, report, save
from synda_sk.images import ConvClassifier, StandardAugmentation
from synda_sk.images import _fit as training

torch = pytest.importorskip("torch")
pytest.importorskip("skorch")

QUICK = dict(width=8, max_steps=30, learning_rate=1e-2, random_state=0)


@pytest.fixture(scope="module")
def digits():
    data = load_digits(n_class=4)
    return np.rint(data.data * 255 / 16).astype(np.uint8), data.target


@pytest.fixture(scope="module")
def fitted(digits):
    X, y = digits
    return ConvClassifier(**QUICK).fit(X[:200], y[:200])


def same(first, second, X):
    return bool((first.predict_proba(X) == second.predict_proba(X)).all())


def test_few_images_are_enough(digits):
    X, y = digits
    few = np.concatenate([np.flatnonzero(y == label)[:10] for label in range(4)])
    classifier = ConvClassifier(width=8, max_steps=60, random_state=0).fit(X[few], y[few])
    rest = np.setdiff1d(np.arange(len(y)), few)
    assert classifier.score(X[rest], y[rest]) > 0.85
    assert_allclose(classifier.predict_proba(X).sum(axis=1), 1)


def test_rows_stacks_and_channels_are_the_same_images(digits, fitted):
    X, y = digits
    stacked = X.reshape(-1, 8, 8)
    for images in (stacked, stacked[..., None]):
        assert same(fitted, ConvClassifier(**QUICK).fit(images[:200], y[:200]), X[200:])
    assert fitted.image_shape_ == (8, 8, 1)
    assert_array_equal(fitted.predict_proba(stacked[:5]), fitted.predict_proba(X[:5]))
    wide = ConvClassifier((4, 16), **QUICK).fit(X[:40], y[:40])
    assert wide.image_shape_ == (4, 16, 1)


def test_bytes_and_floats_of_the_same_span_are_the_same_images(digits, fitted):
    X, y = digits
    ends = np.vstack([X[:200], np.zeros((1, 64)), np.full((1, 64), 255)])
    ends_y = np.append(y[:200], [0, 0])
    whole = ConvClassifier(**QUICK).fit(ends.astype(np.uint8), ends_y)
    floats = ConvClassifier(**QUICK).fit(ends, ends_y)
    # floats sort differently by their bytes, so that batches differ: the same net only up to training noise
    assert (floats.predict(X[200:].astype(float)) == whole.predict(X[200:])).mean() > 0.9


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (9, 1), (2, 2), (3, 5), (33, 20, 2)])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_images_of_any_size_are_learnt(shape, precision):
    rng = np.random.default_rng(0)
    y = np.arange(20) % 2
    X = rng.normal(size=(20, *shape)) + 3 * y.reshape(-1, *[1] * len(shape))
    steps = 20 if np.prod(shape) < 100 else 3
    classifier = ConvClassifier(**QUICK | dict(max_steps=steps), precision=precision).fit(X, y)
    assert np.isfinite(classifier.predict_proba(X)).all()
    if steps == 20:
        assert classifier.score(X, y) > 0.8


@settings(max_examples=4)
@given(st.lists(st.integers(0, 3), min_size=12, max_size=12), st.randoms(use_true_random=False))
def test_a_weight_is_a_number_of_copies_and_order_is_nothing(counts, rng):
    X = np.random.default_rng(0).normal(size=(12, 9))
    y = np.arange(12) % 2
    counts = np.array(counts)
    counts[:2] = 1
    order = list(range(counts.sum()))
    rng.shuffle(order)
    quick = QUICK | dict(max_steps=3, validation_fraction=0.3, class_weight="balanced")
    weighted = ConvClassifier(**quick).fit(X, y, sample_weight=counts)
    copied = ConvClassifier(**quick).fit(X.repeat(counts, axis=0)[order], y.repeat(counts)[order])
    assert_array_equal(weighted.predict_proba(X), copied.predict_proba(X))


@pytest.mark.parametrize("dtype", [bool, np.int16, np.uint16, np.int64, np.float16, ">f4", np.float64])
def test_numbers_of_any_kind_are_images(dtype):
    X = (np.arange(6 * 9).reshape(6, 9) % 2).astype(dtype)
    X.flags.writeable = False
    classifier = ConvClassifier(**QUICK | dict(max_steps=1)).fit(X, [0, 1] * 3)
    plain = ConvClassifier(**QUICK | dict(max_steps=1)).fit(X.astype(np.float32), [0, 1] * 3)
    assert_allclose(classifier.predict_proba(X), plain.predict_proba(X), rtol=1e-5)


def test_predictions_do_not_depend_on_what_else_is_asked(digits, fitted):
    X, _ = digits
    whole, features = fitted.predict_proba(X[:70]), fitted.transform(X[:70])
    for rows in (np.array([3]), np.arange(69, 30, -1)):
        assert_array_equal(fitted.predict_proba(X[rows]), whole[rows])
        assert_array_equal(fitted.transform(X[rows]), features[rows])


def test_features_are_named_and_end_in_the_probabilities(digits, fitted):
    X, _ = digits
    features = fitted.transform(X[:5])
    assert features.shape == (5, 32)
    assert fitted.get_feature_names_out()[-1] == "convclassifier31"
    head = fitted.to_module().net.head
    logits = features @ head.weight.detach().numpy().T + head.bias.detach().numpy()
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert_allclose(p, fitted.predict_proba(X[:5]), rtol=1e-4, atol=1e-6)


def test_class_weights_and_sample_weights_move_predictions():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 16)), np.arange(60) % 2  # nothing to learn but the share of a class
    many = ConvClassifier(**QUICK, class_weight={0: 1, 1: 50}).fit(X, y)
    weighted = ConvClassifier(**QUICK).fit(X, y, sample_weight=np.where(y == 1, 50, 1))
    assert same(many, weighted, X)
    even = ConvClassifier(**QUICK).fit(X, y)
    unseen = rng.normal(size=(60, 16))
    assert many.predict_proba(unseen)[:, 1].mean() > even.predict_proba(unseen)[:, 1].mean() + 0.1


def test_seeds_repeat_and_no_global_state_moves(digits, fitted):
    X, y = digits
    torch_state, numpy_state = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    again = clone(fitted).fit(X[:200], y[:200])
    assert torch.equal(torch.get_rng_state(), torch_state)
    assert_array_equal(np.random.get_state()[1], numpy_state)  # noqa: NPY002
    assert same(again, fitted, X)
    other = clone(fitted).set_params(random_state=1).fit(X[:200], y[:200])
    assert not same(other, fitted, X)


def test_text_labels_one_class_and_pipelines(digits):
    X, y = digits
    names = np.array(["zero", "one", "two", "three"])[y]
    pipe = make_pipeline(MinMaxScaler(), ConvClassifier(**QUICK)).fit(X[:200], names[:200])
    assert pipe.score(X[200:], names[200:]) > 0.8
    assert pipe[:-1].transform(X[:2]).shape == (2, 64)
    assert pipe.transform(X[:2]).shape == (2, 32)
    alone = ConvClassifier(**QUICK).fit(X[:9], ["only"] * 9)
    assert_array_equal(alone.predict_proba(X[:2]), [[1], [1]])
    assert alone.predict(X[:1]) == "only"
    assert alone.transform(X[:2]).shape == (2, 32)


def test_a_grid_searches_it(digits):
    X, y = digits
    grid = GridSearchCV(ConvClassifier(**QUICK), {"augmentation": [None, StandardAugmentation()]}, cv=2)
    assert grid.fit(X[:80], y[:80]).best_score_ > 0.5


def test_the_best_state_on_held_out_images_is_kept_and_ends_the_training():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(80, 64)), rng.integers(0, 2, 80)  # noise: the loss soon rises
    classifier = ConvClassifier(
        **QUICK | dict(max_steps=400), augmentation=None, validation_fraction=0.4, patience=2
    ).fit(X, y)
    losses = dict(classifier.validation_curve_)
    assert classifier.best_step_ == min(losses, key=losses.get)
    assert classifier.n_steps_ == max(losses) < 400
    assert ConvClassifier(**QUICK).fit(X, y).validation_curve_ == []


@pytest.mark.parametrize(
    ("params", "learnable", "n_rounds"),
    [
        ({}, False, 3),
        ({}, True, 1),
        ({"max_steps": 40}, False, 1),
        ({"validation_fraction": 0.3, "patience": 99}, False, 1),
    ],
)
def test_training_goes_on_while_images_are_not_learnt(monkeypatch, digits, params, learnable, n_rounds):
    X, y = digits
    monkeypatch.setattr("synda_sk.images._classifier.LEAST_STEPS", 40)
    labels = y[:60] if learnable else np.random.default_rng(0).integers(2, size=60)
    settings = {**QUICK, "max_steps": "auto", "augmentation": None if learnable else "auto", **params}
    assert ConvClassifier(**settings).fit(X[:60], labels).n_steps_ == 40 * n_rounds


def test_a_warm_start_goes_on_from_the_present_weights(digits):
    X, y = digits
    warm = ConvClassifier(**QUICK, warm_start=True).fit(X[:100], y[:100])
    taught = warm.predict_proba(X)
    warm.set_params(learning_rate=1e-9, max_steps=1).fit(X[:100], y[:100])
    assert_allclose(warm.predict_proba(X), taught, atol=0.1)
    cold = clone(warm).fit(X[:100], y[:100])
    assert np.abs(cold.predict_proba(X) - taught).max() > 0.5
    with pytest.raises(ValueError, match="warm_start == True goes on with the same classes"):
        warm.fit(X[:100], y[:100] + 1)
    assert_array_equal(warm.classes_, range(4))


def test_an_interruption_keeps_the_best_state_or_the_former_model(digits, monkeypatch):
    X, y = digits
    classifier = ConvClassifier(**QUICK).fit(X[:40, :16], y[:40])
    former = classifier.predict_proba(X[:5, :16])
    step, left = training.StepNet.train_step_single, [0]

    def interrupted(net, batch, **kwargs):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return step(net, batch, **kwargs)

    monkeypatch.setattr(training.StepNet, "train_step_single", interrupted)
    with pytest.raises(KeyboardInterrupt):
        classifier.fit(X[:40], y[:40])
    assert_array_equal(classifier.predict_proba(X[:5, :16]), former)
    left[0] = 17
    with pytest.raises(KeyboardInterrupt, match="keeps its state after 17 of 17 steps"):
        classifier.fit(X[:40], y[:40])
    assert classifier.interrupted_
    assert classifier.predict_proba(X[:5]).shape == (5, 4)


def test_pickles_load_without_torch(digits, fitted, tmp_path):
    X, _ = digits
    content = pickle.dumps(fitted)
    assert b"torch" not in content
    assert same(pickle.loads(content), fitted, X)
    file = tmp_path / "model.pickle"
    file.write_bytes(content)
    code = f"import pickle, sys; pickle.load(open({str(file)!r}, 'rb')); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env=os.environ, check=False).returncode == 0


def test_skops_files_hold_it(digits, fitted, tmp_path):
    pytest.importorskip("skops")
    X, y = digits
    augmented = clone(fitted).set_params(augmentation=StandardAugmentation(flip=True)).fit(X[:50], y[:50])
    for number, model in enumerate((fitted, augmented)):
        persistence.save(model, tmp_path / f"{number}.skops")
        loaded = persistence.load(tmp_path / f"{number}.skops")
        assert same(loaded, model, X)
        assert loaded.augmentation == model.augmentation


def test_standardised_images_are_told_apart_in_another_light(digits):
    X, y = digits
    darker = (X * 0.1).astype(np.uint8)
    model = ConvClassifier(standardize=True, **QUICK).fit(X[:200], y[:200])
    assert model.score(darker, y) > model.score(X, y) - 0.02
    assert ConvClassifier(**QUICK).fit(X[:200], y[:200]).score(darker, y) < model.score(darker, y) - 0.2
    assert same(pickle.loads(pickle.dumps(model)), model, X)
    assert same(clone(model).fit(X[:200], y[:200]), model, X)
    with torch.no_grad():
        exported = model._onnx_module()[0](torch.from_numpy(X[:20])).numpy()
    assert_allclose(exported, model.predict_proba(X[:20]), rtol=1e-4, atol=1e-6)
    before = model.predict_proba(X)
    assert_array_equal(model.set_params(standardize=False).predict_proba(X), before)


def test_networks_are_compressed_and_put_back(digits, fitted, tmp_path):
    X, y = digits
    module = fitted.to_module()
    assert fitted.n_parameters_ == sum(p.numel() for p in module.parameters())
    assert same(fitted.with_module(module), fitted, X)
    for smaller in (quantize(module, 8), prune(module, amount=0.3)):
        save(smaller, tmp_path / "net.safetensors")
        compact = fitted.with_module(load(tmp_path / "net.safetensors", module))
        assert n_bytes(smaller) < 0.85 * n_bytes(module)
        assert not same(compact, fitted, X)
        assert compact.score(X[200:], y[200:]) > fitted.score(X[200:], y[200:]) - 0.05
        assert compact.transform(X[:2]).shape == (2, 32)
    assert report(module, torch.from_numpy(X[:1])).flops > 1e5
    other = distill_classifier(fitted, torch.nn.Linear(64, 4), X[:200], y[:200], n_steps=50, random_state=0)
    replaced = fitted.with_module(other)
    with pytest.raises(ValueError, match=r"net\.features"):
        replaced.transform(X.astype(np.float32))


def test_a_student_learns_from_a_teacher_of_any_kind(digits):
    X, y = digits
    X = X.astype(float)
    names = np.array(["zero", "one", "two", "three"])
    teacher = LogisticRegression(max_iter=1000).fit(X[:300] / 255, names[y[:300]])
    student = ConvClassifier(**QUICK | dict(max_steps=60), teacher=teacher, alpha=0.3)
    few = np.array([np.flatnonzero(y == label)[0] for label in (0, 1)])
    student.fit(X[few] / 255, names[y[few]], X_unlabeled=X[:300] / 255)
    assert_array_equal(student.classes_, sorted(names))
    assert student.score(X[300:] / 255, names[y[300:]]) > 0.85
    with pytest.raises(ValueError, match="y contains labels not seen in the teacher"):
        student.fit(X[:20], y[:20])


def test_a_student_given_no_labels_but_the_teachers_loss_copies_the_teacher(digits, fitted):
    X, y = digits
    wrong = (y + 1) % 4
    student = ConvClassifier(**QUICK | dict(max_steps=80), teacher=fitted, alpha=0).fit(X[:200], wrong[:200])
    assert (student.predict(X[200:]) == fitted.predict(X[200:])).mean() > 0.9
    taught = ConvClassifier(**QUICK, teacher=fitted, alpha=1).fit(X[:200], y[:200])
    assert same(taught, fitted, X)


def test_a_frozen_teacher_survives_cloning(digits, fitted):
    X, y = digits
    student = ConvClassifier(**QUICK, teacher=FrozenEstimator(fitted))
    clone(student).fit(X[:50], y[:50])
    bare = clone(ConvClassifier(**QUICK, teacher=fitted))
    with pytest.raises(ValueError, match="FrozenEstimator"):
        bare.fit(X[:50], y[:50])


def test_the_loop_asks_by_the_features_of_the_network(digits):
    X, y = digits
    loop = SynDAClassifier(
        ConvClassifier(**QUICK),
        selector=HybridQuerySelector(uncertainty_weight=0.7),
        label_budget=40,
        initial_labels=20,
        n_rounds=2,
        random_state=0,
    ).fit(X, y)
    assert loop.history_[-1]["query_model"] == ["ConvClassifier"]
    assert loop.score(X, y) > 0.8
    explicit = clone(loop).set_params(features="estimator").fit(X, y)
    assert_array_equal(explicit.labeled_iter_, loop.labeled_iter_)


def first_of_each(y, n):
    """Return the first `n` places of each class, and labels that are known there alone."""
    known = np.concatenate([np.flatnonzero(y == label)[:n] for label in range(4)])
    partly = np.full(len(y), np.nan)
    partly[known] = y[known]
    return known, partly


class Recording(ConvClassifier):
    """Remembers what each network of a loop is trained on."""

    lessons: list = []

    def fit(self, X, y, sample_weight=None):
        self.lessons.append((X, y, sample_weight))
        return super().fit(X, y, sample_weight)


def test_the_loop_trains_again_on_images_a_first_network_is_sure_of(digits):
    X, y = digits
    known, partly = first_of_each(y, 10)
    Recording.lessons.clear()
    loop = SynDAClassifier(Recording(**QUICK), random_state=0).fit(X, partly)
    (first_X, first_y, no_weight), (rows, labels, weight) = Recording.lessons
    assert no_weight is None
    assert_array_equal(first_X, X[known[np.argsort(known)]])
    stage = loop.history_[0]
    assert 0 < stage["kept"] == stage["generated"] == len(rows) - 40 < 600
    assert weight[40:].sum() / weight.sum() == pytest.approx(stage["beta"]) == 0.5
    first = ConvClassifier(**loop.estimator_.get_params()).fit(first_X, first_y)
    p = first.predict_proba(rows[40:])
    assert (p.max(axis=1) >= 0.95).all()
    assert_array_equal(labels[40:], p.argmax(axis=1))
    pool = {row.tobytes() for row in X[np.isnan(partly)]}
    assert {row.tobytes() for row in rows[40:]} <= pool


def test_a_network_that_is_sure_of_no_image_is_not_trained_twice(digits):
    X, y = digits
    _, partly = first_of_each(y, 5)
    Recording.lessons.clear()
    loop = SynDAClassifier(Recording(width=8, max_steps=1, learning_rate=1e-9), random_state=0).fit(X, partly)
    assert loop.history_[0]["kept"] == 0
    assert len(Recording.lessons) == 1
    assert_array_equal(loop.predict_proba(X), loop.to_predictor().predict_proba(X))
    assert loop.query(n_queries=10).shape == (10,)


def test_self_training_changes_what_is_predicted_and_not_what_is_asked_for(digits):
    X, y = digits
    asked = {"label_budget": 60, "initial_labels": 20, "n_rounds": 4, "random_state": 0}
    asked["selector"] = HybridQuerySelector()
    loop = SynDAClassifier(ConvClassifier(**QUICK), **asked).fit(X, y)
    alone = SynDAClassifier(
        ConvClassifier(**QUICK), augmenter=SyntheticAugmenter(use_pool=False), **asked
    ).fit(X, y)
    assert max(stage["kept"] for stage in loop.history_) > 0
    assert_array_equal(loop.labeled_iter_, alone.labeled_iter_)
    assert not same(loop, alone, X)
    assert_array_equal(loop.query(n_queries=10), alone.query(n_queries=10))


@pytest.mark.parametrize("n_each", [12, 13])
def test_below_fifty_labels_images_are_drawn_at_random(digits, n_each):
    X, y = digits
    _, partly = first_of_each(y, n_each)
    net = ConvClassifier(**QUICK)
    loop = SynDAClassifier(net, random_state=0).fit(X, partly)
    by_doubt, by_chance = (
        SynDAClassifier(net, selector=HybridQuerySelector(exploration=share), random_state=0)
        .fit(X, partly)
        .query(n_queries=10)
        for share in (0.0, 1.0)
    )
    assert not np.array_equal(np.sort(by_doubt), np.sort(by_chance))
    assert_array_equal(loop.query(n_queries=10), by_chance if 4 * n_each < 50 else by_doubt)


def test_a_replay_of_images_tells_which_rows_were_drawn_at_random(digits):
    X, y = digits
    loop = SynDAClassifier(
        ConvClassifier(**QUICK), label_budget=80, initial_labels=20, n_rounds=3, random_state=0
    ).fit(X, y)
    drawn = [[p < 1 for p in stage["inclusion"]] for stage in loop.history_[1:]]
    assert [stage["n_labels"] for stage in loop.history_[1:]] == [40, 60, 80]
    assert [all(rows) for rows in drawn] == [True, True, False]
    assert not any(drawn[2])


def test_images_without_a_label_are_left_alone_where_they_were_not_measured_to_help(digits):
    X, y = digits
    for n_each, parts in [
        (40, {}),
        (10, {"augmenter": SyntheticAugmenter(use_pool=False)}),
        (10, {"mixer": CurriculumMixer(synthetic_weight=0)}),
    ]:
        known, partly = first_of_each(y, n_each)
        loop = SynDAClassifier(ConvClassifier(**QUICK), random_state=0, **parts).fit(X, partly)
        assert (loop.history_[0]["kept"], loop.history_[0]["beta"]) == (0, 0)
        alone = ConvClassifier(**loop.estimator_.get_params()).fit(X[np.sort(known)], y[np.sort(known)])
        assert same(loop, alone, X)


def test_the_loop_learns_from_a_teacher_that_knows_more_classes_than_are_labelled(digits, fitted):
    X, y = digits
    partly = np.full(len(y), np.nan)
    partly[np.flatnonzero(y < 2)[:20]] = y[y < 2][:20]
    student = ConvClassifier(**QUICK, teacher=FrozenEstimator(fitted))
    loop = SynDAClassifier(student, classes=range(4), random_state=0).fit(X, partly)
    assert loop.history_[0]["kept"] > 0
    assert loop.predict_proba(X).shape == (len(X), 4)


def test_the_loop_starts_with_one_class(digits):
    X, y = digits
    known = np.where(np.arange(len(y)) < 3, 0, np.nan)
    loop = SynDAClassifier(ConvClassifier(**QUICK), classes=range(4), random_state=0).fit(X, known)
    rows = loop.query(n_queries=20)
    loop.teach(rows, y[rows])
    assert len(np.unique(loop.predict(X))) > 1


def test_the_network_for_export_gives_the_probabilities_of_raw_images(digits, fitted):
    X, _ = digits
    module, inputs, names, outputs = fitted._onnx_module()
    assert (names, outputs) == (["images"], ["probabilities"])
    assert inputs[0].dtype == torch.uint8
    with torch.no_grad():
        found = module(torch.from_numpy(X[:20])).numpy()
    assert_allclose(found, fitted.predict_proba(X[:20]), rtol=1e-4, atol=1e-6)


def test_progress_is_told_where_wanted(digits, capsys):
    X, y = digits
    ConvClassifier(**QUICK | dict(max_steps=2), verbose=1).fit(X[:20], y[:20])
    assert "ConvClassifier: step 2" in capsys.readouterr().err
