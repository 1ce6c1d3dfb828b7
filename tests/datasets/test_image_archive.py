import pickle

import numpy as np
import pytest

from synda_sk.datasets import load_image_archive

X = np.random.default_rng(0).integers(0, 256, (6, 4, 5, 3)).astype(np.uint8)
Y = np.array([0, 1, 2, 0, 1, 2])


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_come_back_as_they_were(tmp_path, save):
    test = np.arange(6) > 3
    save(tmp_path / "x.npz", X=X, y=Y, test=test, patient=[3, 3], X_other=X[:1])
    bunch = load_image_archive(tmp_path / "x.npz")
    np.testing.assert_array_equal(bunch.data, X)
    assert bunch.data.dtype == np.uint8
    np.testing.assert_array_equal(bunch.target, Y)
    np.testing.assert_array_equal(bunch.test, test)
    assert bunch.patient.tolist() == [3, 3]
    assert bunch.X_other.shape == (1, 4, 5, 3)
    assert bunch.target_names == [0, 1, 2]


def test_labels_may_be_text_or_missing(tmp_path):
    np.savez(tmp_path / "x.npz", X=X[:2, ..., 0], y=["rust", "scab"])
    assert load_image_archive(str(tmp_path / "x.npz")).target_names == ["rust", "scab"]
    np.savez(tmp_path / "x.npz", X=X / 255, y=np.where(Y == 2, np.nan, Y))
    bunch = load_image_archive(tmp_path / "x.npz")
    assert bunch.target_names == [0, 1]
    assert bunch.data.dtype == np.float64


def test_nothing_is_unpickled(tmp_path):
    np.savez(tmp_path / "x.npz", X=X, y=np.array(["a", None] * 3, dtype=object))
    with pytest.raises(ValueError, match=r"x\.npz' cannot be read .*pickle"):
        load_image_archive(tmp_path / "x.npz")
    (tmp_path / "x.npz").write_bytes(pickle.dumps({"X": X, "y": Y}))
    with pytest.raises(ValueError, match=r"x\.npz' cannot be read .*pickle"):
        load_image_archive(tmp_path / "x.npz")


def damaged(path):
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 3] ^= 255
    return bytes(raw)


@pytest.mark.parametrize(
    "damage", [lambda path: path.read_bytes()[:-40], lambda path: b"", lambda path: b"PK", damaged]
)
def test_a_damaged_file_is_named(tmp_path, damage):
    path = tmp_path / "x.npz"
    np.savez_compressed(path, X=X, y=Y)
    path.write_bytes(damage(path))
    with pytest.raises(ValueError, match=r"x\.npz' cannot be read as an archive"):
        load_image_archive(path)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"X": X}, r"lacks the arrays \['y'\]"),
        ({"X": X, "y": Y[:3]}, "X has 6, y has 3"),
        ({"X": X, "y": Y, "test": [True]}, "test has 1"),
        ({"X": X, "y": Y, "split": ["train"]}, "split has 1"),
        ({"X": X[:, 0, 0], "y": Y}, "must be a stack of images"),
        ({"X": X[:0], "y": Y[:0]}, "at least one image"),
        ({"X": X, "y": Y, "target": Y}, r"arrays named \['target'\]"),
        ({"X": X, "y": Y / 7}, "y.*continuous|continuous"),
    ],
)
def test_what_does_not_fit_together_is_named(tmp_path, arrays, message):
    np.savez(tmp_path / "x.npz", **arrays)
    with pytest.raises(ValueError, match=message):
        load_image_archive(tmp_path / "x.npz")


def test_an_array_alone_is_no_archive(tmp_path):
    np.save(tmp_path / "x.npy", X)
    (tmp_path / "x.npy").rename(tmp_path / "x.npz")
    with pytest.raises(ValueError, match="is a single array"):
        load_image_archive(tmp_path / "x.npz")
