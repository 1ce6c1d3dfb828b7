import numpy as np
import pytest
from scipy.ndimage import map_coordinates

torch = pytest.importorskip("torch", reason="the extra torch is not installed")

from synda_sk.images import StandardAugmentation  # noqa: E402


def source(seed=0):
    return torch.Generator().manual_seed(seed)


def test_no_change_leaves_images_as_they_are():
    images = torch.rand(4, 3, 9, 7, generator=source())
    torch.testing.assert_close(
        StandardAugmentation().apply(images, torch.zeros(4, 7)), images, atol=1e-5, rtol=0
    )


def test_mirroring_alone():
    images = torch.rand(2, 1, 6, 6, generator=source())
    changes = torch.zeros(2, 7)
    changes[1, 6] = 1
    changed = StandardAugmentation(flip=True).apply(images, changes)
    torch.testing.assert_close(changed[0], images[0], atol=1e-5, rtol=0)
    torch.testing.assert_close(changed[1], images[1].flip(-1), atol=1e-5, rtol=0)


def test_the_pixels_are_those_of_the_equation():
    augmentation = StandardAugmentation(rotation=40, zoom=0.3, shift=0.2, shear=0.3, flip=True)
    images = torch.rand(8, 1, 11, 11, generator=source(1))
    changes = augmentation.draw(8, source(2))
    changed = augmentation.apply(images, changes).numpy()
    centre = np.linspace(-1 + 1 / 11, 1 - 1 / 11, 11)
    below, beside = np.meshgrid(centre, centre, indexing="ij")
    for image, result, (sine, versine, log_zoom, shear, right, down, mirrored) in zip(
        images[:, 0].numpy(), changed[:, 0], changes.numpy().astype(float), strict=True
    ):
        s, m, cosine = np.exp(log_zoom), 1 - 2 * mirrored, 1 - versine
        x = m * s * cosine * beside + (shear - s * sine) * below + 2 * right
        y = m * s * sine * beside + s * cosine * below + 2 * down
        wanted = map_coordinates(
            image, [(v + 1) * 11 / 2 - 0.5 for v in (y, x)], order=1, mode="nearest", prefilter=False
        )
        np.testing.assert_allclose(result, wanted, atol=1e-4)


def test_changes_keep_to_their_ranges_and_to_the_seed():
    augmentation = StandardAugmentation(rotation=30, zoom=0.2, shift=0.1, shear=0.05)
    changes = augmentation.draw(5000, source())
    assert torch.equal(changes, augmentation.draw(5000, source()))
    angles = torch.asin(changes[:, 0]) * 180 / torch.pi
    for values, largest in zip((angles, *changes.T[2:6]), (30, 0.2, 0.05, 0.1, 0.1), strict=True):
        assert largest * 0.98 < values.abs().max() <= largest * 1.0001
    assert not changes[:, 6].any()
    torch.testing.assert_close((1 - changes[:, 1]) ** 2 + changes[:, 0] ** 2, torch.ones(5000))


@pytest.mark.parametrize("n_channels", [1, 3, 5])
def test_brightness_and_colour_are_those_of_the_equation(n_channels):
    augmentation = StandardAugmentation(rotation=0, zoom=0, shift=0, shear=0, brightness=0.2, colour=0.1)
    images = torch.rand(6, n_channels, 8, 8, generator=source(1)) * 2 - 1
    changes = augmentation.draw(6, source(2))
    assert changes.shape == (6, augmentation.n_changes)
    assert not changes[:, :7].any()
    changed = augmentation.apply(images, changes).numpy()
    for image, result, told in zip(images.numpy(), changed, changes.numpy(), strict=True):
        for c in range(n_channels):
            mean = image[c].mean()
            wanted = (1 + told[7 + c % 3]) * (image[c] - mean) + mean + told[10 + c % 3]
            np.testing.assert_allclose(result[c], wanted, atol=1e-4)


def test_brightness_is_common_to_the_channels_and_colour_is_not():
    light = StandardAugmentation(brightness=0.3).draw(4000, source())[:, 7:].view(-1, 2, 3)
    assert torch.equal(light[..., 0], light[..., 1])
    assert torch.equal(light[..., 0], light[..., 2])
    assert 0.29 < light.abs().max() <= 0.3
    stain = StandardAugmentation(colour=0.3).draw(4000, source())[:, 7:].view(-1, 2, 3)
    assert abs(np.corrcoef(stain[:, 0, 0], stain[:, 0, 1])[0, 1]) < 0.1
    assert 0.29 < stain.abs().max() <= 0.3


def test_brightness_leaves_the_drawing_of_moves_as_it_was():
    plain, bright = (
        StandardAugmentation(flip=True),
        StandardAugmentation(flip=True, brightness=0.2, colour=0.1),
    )
    assert torch.equal(plain.draw(50, source(3)), bright.draw(50, source(3))[:, :7])


def test_the_process_wide_random_state_is_left_alone():
    before = torch.random.get_rng_state()
    StandardAugmentation().draw(3, source())
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize(
    ("width", "flip", "n_ways"), [(5, True, 8), (5, False, 4), (6, True, 4), (6, False, 2)]
)
def test_images_without_an_upside_are_turned_to_the_pixel(width, flip, n_ways):
    image = torch.rand(2, 5, width, generator=source())
    turned = StandardAugmentation(rotation=180, flip=flip).turn(image.repeat(400, 1, 1, 1), source())
    ways = [
        torch.rot90(way, k, (1, 2))
        for way in ((image, image.flip(2)) if flip else (image,))
        for k in (range(4) if width == 5 else (0, 2))
    ]
    counts = [sum(torch.equal(one, way) for one in turned) for way in ways]
    assert len(counts) == n_ways
    assert sum(counts) == 400
    assert min(counts) > 200 / n_ways


def test_images_with_an_upside_are_not_turned():
    images = torch.rand(20, 1, 4, 4, generator=source())
    assert torch.equal(StandardAugmentation(rotation=90, flip=True).turn(images, source()), images)
