import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from synda_sk.generators import GaussianGenerator
from synda_sk.metrics import (
    distance_to_closest_record,
    frechet_distance,
    memorisation_ratio,
    precision_recall_neighbours,
    sample_health,
    tstr_score,
)

DIGITS = load_digits()
IMAGES, LABELS = DIGITS.images, DIGITS.target

points = arrays(float, st.tuples(st.integers(4, 14), st.just(2)), elements=st.integers(-3, 3).map(float))


def naive_share(rows, centres, k):
    own = np.sort(cdist(centres, centres), axis=1)[:, k]
    return (cdist(rows, centres) <= own).any(axis=1).mean()


@settings(max_examples=50)
@given(points, points, st.integers(1, 3))
def test_precision_and_recall_follow_their_definition(real, synthetic, k):
    found = precision_recall_neighbours(real, synthetic, n_neighbors=k)
    assert found == (naive_share(synthetic, real, k), naive_share(real, synthetic, k))


@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_blocks_and_a_shift_change_nothing(monkeypatch, shift):
    monkeypatch.setattr("synda_sk.metrics._precision_recall.ROWS_AT_ONCE", 7)
    real, synthetic = np.random.default_rng(0).normal(size=(2, 90, 5)) + shift
    synthetic = 1.5 * (synthetic - shift) + shift
    found = precision_recall_neighbours(real, synthetic)
    expected = [naive_share(synthetic, real, 3), naive_share(real, synthetic, 3)]
    assert list(found) == expected
    assert 0 < min(expected) < max(expected) < 1


def test_precision_and_recall_tell_repetition_from_noise():
    real, more = IMAGES[:400], IMAGES[400:800]
    noise = np.random.default_rng(0).uniform(0, 16, size=real.shape)
    repeated = np.repeat(IMAGES[:4], 100, axis=0)
    usual = precision_recall_neighbours(real, more)
    assert min(usual) > 0.6
    assert precision_recall_neighbours(real, noise) == (0.0, 0.0)
    precision, recall = precision_recall_neighbours(real, repeated)
    assert precision == 1.0
    assert recall < 0.05


@settings(max_examples=40)
@given(points, points, points)
def test_memorisation_follows_its_definition(synthetic, train, holdout):
    below, above = (np.median(cdist(rows, train).min(axis=1)) for rows in (synthetic, holdout))
    found = memorisation_ratio(synthetic, train, holdout)
    assert found == pytest.approx(below / above) if above else np.isnan(found)


def test_copies_are_memorised_and_new_images_are_not():
    train, holdout, new = IMAGES[:600], IMAGES[600:1200], IMAGES[1200:]
    assert memorisation_ratio(train[:100], train, holdout) == 0.0
    assert memorisation_ratio(new, train, holdout) == pytest.approx(1.0, abs=0.1)
    assert memorisation_ratio(train[:100] + 0.1, train, holdout) < 0.1


@pytest.mark.parametrize(
    "measure", [frechet_distance, precision_recall_neighbours, distance_to_closest_record]
)
def test_features_are_an_object_a_function_or_pixels(measure):
    a, b = IMAGES[:150], IMAGES[150:350]
    flat = [part.reshape(len(part), -1) for part in (a, b)]
    embed = make_pipeline(FunctionTransformer(lambda X: X.reshape(len(X), -1)), PCA(5, random_state=0)).fit(a)
    np.testing.assert_array_equal(measure(a, b, features=None), measure(*flat, features=lambda X: X))
    np.testing.assert_array_equal(measure(a, b, features=embed), measure(a, b, features=embed.transform))
    with pytest.raises(ValueError, match=r"features='auto' takes tables; None takes the pixels"):
        measure(a, b, features="auto")
    with pytest.raises(ValueError, match=r"features == .*PCA"):
        measure(*flat, features=PCA)


def test_classification_accuracy_score_takes_images():
    model = make_pipeline(
        FunctionTransformer(lambda X: X.reshape(len(X), -1)), LogisticRegression(max_iter=500)
    )
    real, truth = IMAGES[600:], LABELS[600:]
    found = tstr_score(IMAGES[:600], LABELS[:600], real, truth, estimator=model, scoring="accuracy")
    assert found == model.fit(IMAGES[:600], LABELS[:600]).score(real, truth)
    with pytest.raises(ValueError, match=r"X_synthetic has the shape \(600, 8, 8\).*estimator"):
        tstr_score(IMAGES[:600], LABELS[:600], real, truth)


def cells(seed, n=120):
    """Smooth discs on black of two classes, bright and dark in the middle, and where the discs are."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    grid = np.stack(np.meshgrid(*2 * [np.arange(24)], indexing="ij"))
    centre = rng.uniform(10, 13, size=(n, 2, 1, 1))
    away = np.sqrt(((grid - centre) ** 2).sum(axis=1)) / rng.uniform(7, 10, size=(n, 1, 1))
    disc = away < 1
    shade = rng.uniform(120, 180, size=(n, 1, 1)) + np.where(y, 60, -60)[:, None, None] * (1 - away)
    return (disc * shade).astype(np.uint8)[..., np.newaxis].repeat(3, axis=3), y, disc[..., np.newaxis]


def flatten(X):
    return X.reshape(len(X), -1)


@pytest.fixture(scope="module")
def judge():
    X, y, _ = cells(0)
    return make_pipeline(FunctionTransformer(flatten), LogisticRegression(max_iter=2000)).fit(X / 255, y)


def scaled(judge):
    return make_pipeline(FunctionTransformer(lambda X: X / 255), judge.steps[0][1], judge.steps[1][1])


def test_new_real_images_and_a_simple_generator_are_healthy(judge):
    real, more = cells(1), cells(2)
    health = sample_health(real[0], more[0], y_synthetic=more[1], judge=scaled(judge))
    assert health.ok, health.reasons
    assert health.reasons == ()
    assert health.agreement > 0.95
    assert health.chance == pytest.approx(0.5, abs=0.05)
    for figure in (health.variation_ratio, health.range_ratio, health.spread_ratio):
        assert figure == pytest.approx(1.0, abs=0.1)
    flat = IMAGES.reshape(-1, 64)
    made, _ = GaussianGenerator(random_state=0).fit(flat[:900], LABELS[:900]).sample(300)
    assert sample_health(flat[900:], made, image_shape=(8, 8)).ok


def test_noise_inside_right_outlines_is_caught_by_two_measures(judge):
    real, (more, y, disc) = cells(1), cells(2)
    noise = np.random.default_rng(0).uniform(0, 255, size=more.shape)
    failed = np.where(disc, noise, more).astype(np.uint8)
    health = sample_health(real[0], failed, y_synthetic=y, judge=scaled(judge))
    assert health.variation_ratio > 3
    assert not health.ok
    assert any(reason.startswith("total variation is") for reason in health.reasons)
    assert not sample_health(real[0], failed).ok


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda X: X / 255, "the range of values in an image is 0.00"),
        (lambda X: np.full_like(X, 128), "the range of values in an image is 0 times"),
        (lambda X: np.repeat(X[:1], 50, axis=0), "the spread over images is 0 times"),
        (lambda X: np.repeat(X.mean(axis=0, keepdims=True), 50, axis=0), "the spread over images is"),
        (lambda X: X.astype(float) + 200, "% of the pixels are outside the range"),
        (lambda X: X * 3.0, "total variation is 3 times"),
    ],
)
def test_what_is_wrong_is_told(make, reason):
    health = sample_health(cells(1)[0], make(cells(2)[0]))
    assert not health.ok
    assert any(reason in line for line in health.reasons), health.reasons


def test_labels_that_mean_nothing_are_caught(judge):
    (real, _, _), (more, y, _) = cells(1), cells(2)
    shuffled = np.random.default_rng(0).permutation(y)
    health = sample_health(real, more, y_synthetic=shuffled, judge=scaled(judge))
    assert not health.ok
    assert "by chance, a skill of" in health.reasons[0]
    one_class = sample_health(real, more[y == 1], y_synthetic=y[y == 1], judge=scaled(judge))
    assert one_class.ok, one_class.reasons
    collapsed = sample_health(real, more[y == 1], y_synthetic=shuffled[y == 1], judge=scaled(judge))
    assert not collapsed.ok


def test_flat_images_are_the_same_images():
    (real, _, _), (more, _, _) = cells(1), cells(2)
    assert sample_health(flatten(real), flatten(more), image_shape=(24, 24, 3)) == sample_health(real, more)


@settings(max_examples=40)
@given(st.floats(0.1, 10), st.floats(-5, 5))
def test_ratios_do_not_depend_on_the_unit(scale, shift):
    a, b = IMAGES[:30], IMAGES[30:60]
    before, after = sample_health(a, b), sample_health(scale * a + shift, scale * b + shift)
    for name in ("variation_ratio", "range_ratio", "spread_ratio"):
        assert getattr(after, name) == pytest.approx(getattr(before, name))
    assert after.ok == before.ok
