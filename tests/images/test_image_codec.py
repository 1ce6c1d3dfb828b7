import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from synda_sk.images._codec import ImageCodec

SHAPES = st.one_of(
    npst.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12),
    npst.array_shapes(min_dims=3, max_dims=3, min_side=1, max_side=9),
    npst.array_shapes(min_dims=4, max_dims=4, min_side=1, max_side=6),
)
IMAGES = st.one_of(
    npst.arrays(np.uint8, SHAPES),
    npst.arrays(np.int32, SHAPES, elements=st.integers(-1000, 1000)),
    npst.arrays(np.float64, SHAPES, elements=st.floats(-1e3, 1e3)),
    npst.arrays(np.float32, SHAPES, elements=st.floats(-100, 100, width=32)),
)


@given(IMAGES, st.integers(1, 8))
def test_what_is_encoded_comes_back(X, multiple):
    codec = ImageCodec().fit(X, lambda shape: multiple)
    images = codec.encode(X)
    assert images.dtype == np.float32
    assert images.shape[1] == codec.shape_[2]
    assert all(side % multiple == 0 for side in images.shape[2:])
    assert np.abs(images).max() <= 1 + 1e-5
    back = codec.decode(images)
    assert back.dtype == X.dtype
    assert back.shape == X.shape
    spread = float(X.max()) - float(X.min()) if X.dtype != np.uint8 else 255
    np.testing.assert_allclose(back.astype(float), X.astype(float), atol=1e-5 * spread + 1e-6)


@given(npst.arrays(np.float32, (3, 2, 8, 8), elements=st.floats(-9, 9, width=32)))
def test_decoded_images_keep_to_the_range_seen(images):
    codec = ImageCodec().fit(np.arange(8 * 6 * 2, dtype=np.int16).reshape(1, 8, 6, 2), lambda shape: 4)
    values = codec.decode(images)
    assert values.shape == (3, 8, 6, 2)
    assert values.min() >= 0
    assert values.max() <= 95


@pytest.mark.parametrize(
    ("n_pixels", "shape"),
    [(64, (8, 8, 1)), (192, (8, 8, 3)), (1, (1, 1, 1)), (3, (1, 1, 3)), (10, (4, 4, 1))],
)
def test_flat_rows_are_read_as_squares(n_pixels, shape):
    assert ImageCodec().fit(np.zeros((2, n_pixels))).shape_ == shape


def test_flat_rows_and_whole_images_are_the_same_pixels():
    X = np.random.default_rng(0).integers(0, 256, (4, 5, 7, 3), dtype=np.uint8)
    whole, flat = ImageCodec().fit(X), ImageCodec((5, 7, 3)).fit(X.reshape(4, -1))
    np.testing.assert_array_equal(whole.encode(X), flat.encode(X.reshape(4, -1)))


@pytest.mark.parametrize("shape", [(8,), (8, 8, 3, 1), (8.0, 8), "8x8", 8, (0, 8), (-1, 8)])
def test_shapes_that_are_none(shape):
    with pytest.raises(ValueError, match="image_shape"):
        ImageCodec(shape).fit(np.zeros((2, 64)))


def test_a_shape_that_does_not_fit_the_columns():
    with pytest.raises(ValueError, match=r"holds 48 values, but X has 64 columns"):
        ImageCodec((4, 4, 3)).fit(np.zeros((2, 64)))
    with pytest.raises(ValueError, match="image_shape"):
        ImageCodec((4, 4)).fit(np.zeros((2, 8, 8)))
