import io

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from synda_sk import SyntheticAugmenter
from synda_sk.generators import GaussianGenerator
from synda_sk.inspection import SampleGridDisplay

figure = pytest.importorskip("matplotlib.figure")

FLAT, Y = load_digits(n_class=3, return_X_y=True)
X = FLAT.reshape(-1, 8, 8)


@pytest.fixture
def ax():
    return figure.Figure(figsize=(5, 4), layout="constrained").subplots()


class Repeats:
    """A generator of images that gives back rows of its own."""

    def __init__(self, images, labels):
        self.images, self.labels = images, labels

    def sample(self, n_samples, y):
        rows = [np.flatnonzero(self.labels == label)[0] for label in y]
        return self.images[rows], np.asarray(y)


def texts(ax):
    return [text.get_text() for text in [*ax.texts, *ax.get_yticklabels()]]


def test_synthetic_images_stand_over_the_nearest_real_ones(ax):
    generator = GaussianGenerator(random_state=0).fit(FLAT, Y)
    display = SampleGridDisplay.from_generator(generator, FLAT, Y, n_per_class=3, image_shape=(8, 8), ax=ax)
    assert display.labels.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    flat = display.synthetic.reshape(9, 64)
    np.testing.assert_array_equal(flat, generator.sample(9, display.labels)[0])
    gaps = cdist(flat, FLAT)
    np.testing.assert_array_equal(display.nearest, X[gaps.argmin(axis=1)])
    own = cdist(FLAT[:: len(FLAT) // 500 + 1], FLAT)
    typical = np.median(np.sort(own, axis=1)[:, 1])
    np.testing.assert_allclose(display.distances, gaps.min(axis=1) / typical, rtol=0.05)
    for image, label in zip(display.real, display.labels, strict=True):
        assert any(np.array_equal(image, other) for other in X[label == Y])


def test_copies_have_the_distance_0(ax):
    display = SampleGridDisplay.from_generator(Repeats(X, Y), X, Y, n_per_class=2, ax=ax)
    assert display.distances.tolist() == [0] * 6
    np.testing.assert_array_equal(display.nearest, display.synthetic)
    assert [text.get_text() for text in display.distance_texts_] == ["0.00"] * 6


def test_distances_are_measured_in_features(ax):
    pca = PCA(2, random_state=0).fit(FLAT)
    generator = GaussianGenerator(random_state=0).fit(FLAT, Y)
    display = SampleGridDisplay.from_generator(generator, FLAT, Y, image_shape=(8, 8), features=pca, ax=ax)
    made = pca.transform(generator.sample(12, display.labels)[0])
    np.testing.assert_array_equal(display.nearest, X[cdist(made, pca.transform(FLAT)).argmin(axis=1)])


def test_an_augmenter_and_text_labels_and_a_shape_of_its_own(ax):
    names = np.array(["zero", "one", "two"])[Y]
    augmenter = SyntheticAugmenter("gaussian", random_state=0).fit(FLAT, names)
    augmenter.image_shape = (8, 8)
    display = SampleGridDisplay.from_generator(augmenter, FLAT, names, n_per_class=1, ax=ax)
    assert display.labels.tolist() == ["one", "two", "zero"]
    assert {"one", "two", "zero", "real", "synthetic", "nearest real"} <= set(texts(ax))
    assert ax.get_title(loc="left").startswith("SyntheticAugmenter")


def test_flat_rows_take_the_shape_that_an_image_network_was_fitted_to(ax):
    pytest.importorskip("torch")
    from synda_sk.generators import ConvVAEGenerator

    generator = ConvVAEGenerator(max_steps=2, width=8, random_state=0).fit(FLAT, Y)
    display = SampleGridDisplay.from_generator(generator, FLAT, Y, n_per_class=1, ax=ax)
    np.testing.assert_array_equal(display.real, X[[np.flatnonzero(label == Y)[0] for label in (0, 1, 2)]])
    augmenter = SyntheticAugmenter(generator, random_state=0).fit(FLAT, Y)
    assert SampleGridDisplay.from_generator(augmenter, FLAT, Y, ax=ax).synthetic.shape == (12, 8, 8)
    whole = SampleGridDisplay.from_generator(generator.fit(X, Y), X, Y, n_per_class=1, ax=ax)
    np.testing.assert_array_equal(whole.real, display.real)
    padded = ConvVAEGenerator(max_steps=2, width=8, random_state=0).fit(FLAT[:, :60], Y)
    assert padded.image_shape_ == (8, 8, 1)
    with pytest.raises(ValueError, match=r"flat rows: give image_shape"):
        SampleGridDisplay.from_generator(padded, FLAT[:, :60], Y, ax=ax)


def grid(n, **given):
    images = np.random.default_rng(0).uniform(size=(n, 4, 6))
    return SampleGridDisplay(
        images, images, images, np.arange(n) / 10, [f"class {i // 2}" for i in range(n)], **given
    )


def test_rows_columns_and_bands(ax):
    display = grid(5, n_columns=3)
    assert display.plot(ax=ax) is display
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert len(display.images_) == 15
    assert [text.get_text() for text in display.distance_texts_] == ["0.00", "0.10", "0.20", "0.30", "0.40"]
    extents = np.array([image.get_extent() for image in display.images_])
    np.testing.assert_allclose((extents[:, 1] - extents[:, 0]) / (extents[:, 2] - extents[:, 3]), 1.5)
    first_band, second_band = extents[:9], extents[9:]
    assert first_band[:, 2].max() < second_band[:, 3].min()
    assert texts(ax).count("nearest real") == 2
    assert texts(ax).count("class 1") == 2  # told again where the band goes on with it


def test_pictures_share_the_range_of_the_real_ones(ax):
    real = np.array([[[0, 100]], [[100, 200]]], dtype=np.uint8)
    display = SampleGridDisplay(real, real / 2 - 50, real, [1, 1], ["a", "b"]).plot(ax=ax)
    drawn = [image.get_array() for image in display.images_]
    np.testing.assert_allclose(np.ravel(drawn), [0, 0.5, 0.5, 1, 0, 0, 0, 0.25, 0, 0.5, 0.5, 1])
    colours = np.zeros((2, 3, 3, 3))
    assert (
        SampleGridDisplay(colours, colours, colours, [1, 1], [0, 1]).plot(ax=ax).images_[0].get_array().ndim
        == 3
    )


@pytest.mark.parametrize(
    ("n", "given"), [(1, {}), (4, {"n_columns": 2}), (40, {"title": "forty"}), (40, {"n_columns": 4})]
)
def test_a_figure_is_made_in_which_nothing_is_cut_off(n, given):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    display = grid(n, **given).plot()
    file = io.BytesIO()
    display.figure_.savefig(file, format="png")
    whole, drawn = display.figure_.bbox, display.ax_.get_tightbbox()
    pyplot.close(display.figure_)
    assert file.getvalue().startswith(b"\x89PNG")
    assert whole.x0 <= drawn.x0
    assert whole.y0 <= drawn.y0
    assert drawn.x1 <= whole.x1
    assert drawn.y1 <= whole.y1
