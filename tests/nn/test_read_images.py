"""ReadImages: what a network sees of images as users have them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose

torch = pytest.importorskip("torch")

from synda_sk.nn import ReadImages  # noqa: E402

images = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=4, max_dims=4, min_side=1, max_side=5))


@given(images)
def test_a_channel_is_standardised_by_itself_unless_it_is_flat(X):
    found = ReadImages(X.shape[1:], 0, 255, standardize=True)(torch.from_numpy(X)).numpy()
    levels = X.transpose(0, 3, 1, 2).astype(np.float64)
    mean, spread = levels.mean(axis=(2, 3), keepdims=True), levels.std(axis=(2, 3), keepdims=True)
    assert found.shape == levels.shape
    assert_allclose(found, (levels - mean) / np.maximum(spread, 1), atol=1e-4)


@given(st.floats(0.5, 2), st.floats(-100, 100), st.integers(0, 9))
def test_light_and_contrast_of_an_image_make_no_difference(contrast, light, seed):
    X = np.random.default_rng(seed).uniform(0, 255, size=(2, 4, 4, 3))
    read = ReadImages((4, 4, 3), 0, 255, standardize=True)
    assert_allclose(
        read(torch.from_numpy(X * contrast + light)).numpy(), read(torch.from_numpy(X)).numpy(), atol=1e-4
    )


@given(images)
def test_unless_they_are_standardised_the_ends_become_minus_one_and_one(X):
    found = ReadImages(X.shape[1:], 0, 255)(torch.from_numpy(X.reshape(len(X), -1))).numpy()
    assert_allclose(found, X.transpose(0, 3, 1, 2) / 127.5 - 1, atol=1e-6)
