import numpy as np
import pytest

from synda_sk.datasets import load_image_folder
from synda_sk.exceptions import BrokenFileWarning

Image = pytest.importorskip("PIL.Image")

RNG = np.random.default_rng(0)


def draw(*shape):
    return RNG.integers(0, 256, shape).astype(np.uint8)


def write(folder, images):
    for name, pixels in images.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(file)
    return folder


def test_pixels_labels_and_order_are_those_of_the_folders(tmp_path):
    images = {
        "scab/10.png": draw(5, 7, 3),
        "scab/2.png": draw(5, 7, 3),
        "rust/day 2/a.PNG": draw(5, 7, 3),
        "rust/b.png": draw(5, 7, 3),
    }
    write(tmp_path, images)
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / "scab" / "._2.png").write_text("no image")
    (tmp_path / ".thumbs").mkdir()
    (tmp_path / "empty").mkdir()
    bunch = load_image_folder(tmp_path)
    order = ["rust/b.png", "rust/day 2/a.PNG", "scab/10.png", "scab/2.png"]
    assert bunch.filenames.tolist() == [str(tmp_path / name) for name in order]
    np.testing.assert_array_equal(bunch.data, [images[name] for name in order])
    assert bunch.data.dtype == np.uint8
    assert bunch.target.tolist() == ["rust", "rust", "scab", "scab"]
    assert bunch.target.dtype.kind == "U"
    assert bunch.target_names == ["rust", "scab"]
    again = load_image_folder(str(tmp_path))
    np.testing.assert_array_equal(again.data, bunch.data)


def test_images_without_a_label_have_none_and_come_last(tmp_path):
    names = ["a/1.png", "unlabeled/2.png", "z/3.png", "4.png"]
    write(tmp_path, {name: draw(4, 4) for name in names})
    bunch = load_image_folder(tmp_path)
    assert bunch.target.tolist() == ["a", "z", None, None]
    assert bunch.target_names == ["a", "z"]
    assert [name[-5:] for name in bunch.filenames] == ["1.png", "3.png", "4.png", "2.png"]
    assert load_image_folder(tmp_path, unlabeled="z").target_names == ["a", "unlabeled"]
    named = load_image_folder(tmp_path, unlabeled=None)
    assert named.target.tolist() == ["a", "unlabeled", "z", None]


def test_classes_are_chosen_and_ordered(tmp_path):
    write(tmp_path, {f"{name}/1.png": draw(4, 4) for name in ["a", "b", "c", "unlabeled"]})
    bunch = load_image_folder(tmp_path, classes=["c", "a"])
    assert bunch.target.tolist() == ["c", "a", None]
    assert bunch.target_names == ["c", "a"]
    with pytest.raises(ValueError, match=r"classes has 'd', .* there are \['a', 'b', 'c'\]"):
        load_image_folder(tmp_path, classes=["a", "d"])


@pytest.mark.parametrize("names", [["a/1.png", "a/2.png"], ["a/2.png", "a/1.png"]])
def test_one_image_in_colours_makes_all_of_them_so(tmp_path, names):
    grey, colours = draw(4, 6), draw(4, 6, 3)
    write(tmp_path, dict(zip(names, [grey, colours], strict=True)))
    where = names.index("a/1.png")
    as_colours = [np.repeat(grey[..., np.newaxis], 3, axis=2), colours]
    for mode in ("auto", "rgb"):
        data = load_image_folder(tmp_path, mode=mode).data
        np.testing.assert_array_equal(data, as_colours[::-1] if where else as_colours)
    as_grey = [grey, colours @ [0.299, 0.587, 0.114]]
    data = load_image_folder(tmp_path, mode="grey").data
    np.testing.assert_allclose(data, as_grey[::-1] if where else as_grey, atol=1)


def test_a_size_resizes_and_no_size_refuses_what_differs(tmp_path):
    flat = {"a/1.png": np.full((40, 20), 90, np.uint8), "a/2.png": np.full((10, 30), 90, np.uint8)}
    write(tmp_path, flat)
    np.testing.assert_array_equal(load_image_folder(tmp_path, size=8).data, np.full((2, 8, 8), 90))
    assert load_image_folder(tmp_path, size=(4, 12)).data.shape == (2, 4, 12)
    with pytest.raises(ValueError, match=r"1\.png' has 40 x 20 and .*2\.png' has 10 x 30; give size"):
        load_image_folder(tmp_path)


def test_a_large_photograph_is_shrunk_as_if_read_in_full(tmp_path):
    ramp = np.linspace(0, 255, 600 * 800).reshape(600, 800)
    write(tmp_path, {"a/1.jpg": np.stack([ramp, ramp[::-1], ramp], axis=2).astype(np.uint8)})
    with Image.open(tmp_path / "a" / "1.jpg") as image:
        expected = np.asarray(image.resize((16, 16), Image.Resampling.BICUBIC)).astype(int)
    assert abs(load_image_folder(tmp_path, size=16).data[0] - expected).max() <= 3


def test_photographs_are_turned_upright(tmp_path):
    pixels = draw(4, 6)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate by 270 degrees
    (tmp_path / "a").mkdir()
    Image.fromarray(pixels).save(tmp_path / "a" / "1.png", exif=exif)
    np.testing.assert_array_equal(load_image_folder(tmp_path).data[0], np.rot90(pixels, 3))


def test_other_kinds_of_pixels(tmp_path):
    deep = RNG.integers(0, 2**16, (4, 4)).astype(np.uint16)
    write(tmp_path, {"a/deep.png": deep, "b/bits.png": draw(4, 4) > 127})
    bunch = load_image_folder(tmp_path)
    np.testing.assert_array_equal(bunch.data[0], deep >> 8)
    assert set(np.unique(bunch.data[1])) == {0, 255}
    palette = Image.fromarray(draw(4, 4, 3)).quantize(5)
    palette.save(tmp_path / "a" / "palette.gif", transparency=1)
    clear = Image.fromarray(draw(4, 4, 4))
    clear.save(tmp_path / "a" / "clear.png")
    data = load_image_folder(tmp_path, classes=["a"]).data
    np.testing.assert_array_equal(data[0], np.asarray(clear)[..., :3])
    np.testing.assert_array_equal(data[2], np.asarray(palette.convert("RGB")))
    Image.fromarray(np.ones((4, 4), np.float32)).save(tmp_path / "a" / "wide.tif")
    with pytest.raises(ValueError, match=r"wide\.tif' cannot be read as an image: its pixels have 32 bits"):
        load_image_folder(tmp_path)


def test_broken_files_are_named_or_left_out_on_request(tmp_path):
    whole = draw(30, 30, 3)
    write(tmp_path, {"a/1.png": whole, "a/2.png": draw(30, 30, 3), "b/3.png": whole})
    broken = tmp_path / "a" / "2.png"
    broken.write_bytes(broken.read_bytes()[:-900])
    (tmp_path / "b" / "4.jpg").write_text("a page of the museum's web site")
    with pytest.raises(ValueError, match=r"2\.png' cannot be read as an image: .*on_broken='skip'"):
        load_image_folder(tmp_path)
    with pytest.warns(BrokenFileWarning, match=r"^2 file\(s\) .*2\.png', .*4\.jpg'$"):
        bunch = load_image_folder(tmp_path, on_broken="skip")
    np.testing.assert_array_equal(bunch.data, [whole, whole])
    assert bunch.target.tolist() == ["a", "b"]
    assert len(bunch.filenames) == 2


def test_where_nothing_is_left_it_is_an_error(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(ValueError, match=r"has no image"):
        load_image_folder(tmp_path)
    (tmp_path / "a" / "1.png").write_text("")
    with (
        pytest.warns(BrokenFileWarning, match="1 file"),
        pytest.raises(ValueError, match=r"no file .* can be read"),
    ):
        load_image_folder(tmp_path, on_broken="skip")


def test_a_missing_pillow_is_told_with_its_extra(tmp_path, monkeypatch):
    write(tmp_path, {"a/1.png": draw(4, 4)})
    monkeypatch.setitem(__import__("sys").modules, "PIL.Image", None)
    with pytest.raises(ImportError, match=r"load_image_folder needs .*synda-sk\[images\]"):
        load_image_folder(tmp_path)
