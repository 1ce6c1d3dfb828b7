"""Networks as bytes and back."""

import copy
import pickle

import numpy as np
import pytest
from compression_nets import NETS, Tied, make, matrices, mlp, nn, same, snapshot, torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from synda_sk.compression import finetune, from_bytes, load, n_bytes, prune, quantize, save, to_bytes

CHANGES = {
    "plain": lambda m: m,
    "pruned": lambda m: prune(m, amount=0.6),
    "8 bits": lambda m: quantize(m, 8),
    "3 bits": lambda m: quantize(m, 3),
    "pruned, 4 bits": lambda m: quantize(prune(m, amount=0.8), 4),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", NETS)
def test_the_round_trip_is_exact(name, change, tmp_path):
    model = CHANGES[change](make(name))
    other = make(name, seed=1)
    before = snapshot(other)
    save(model, tmp_path / "net.safetensors")
    loaded = load(tmp_path / "net.safetensors", other)
    assert same(snapshot(loaded), snapshot(model))
    assert same(snapshot(other), before)
    assert to_bytes(loaded) == to_bytes(model) == (tmp_path / "net.safetensors").read_bytes()
    assert n_bytes(model) == (tmp_path / "net.safetensors").stat().st_size
    assert to_bytes(pickle.loads(pickle.dumps(model))) == to_bytes(model)


@given(
    weight=hnp.arrays(
        np.float32,
        hnp.array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=30),
        elements=st.just(0.0) | st.just(-0.0) | st.floats(width=32, allow_nan=False, allow_infinity=False),
    ),
    n_bits=st.none() | st.integers(2, 8),
    amount=st.sampled_from([0.0, 0.5, 0.95]),
)
@settings(max_examples=80)
def test_any_weights_come_back_bit_by_bit(weight, n_bits, amount):
    model = nn.ParameterDict({"w": nn.Parameter(torch.from_numpy(weight.copy()))})
    changed = prune(model, amount=amount) if amount else model
    changed = quantize(changed, n_bits) if n_bits else changed
    empty = nn.ParameterDict({"w": nn.Parameter(torch.ones(weight.shape))})
    loaded = from_bytes(to_bytes(changed), empty)
    assert loaded["w"].detach().numpy().tobytes() == changed["w"].detach().numpy().tobytes()


def test_bytes_fall_with_bits_and_zeros():
    model = nn.Linear(256, 256)
    size = {name: n_bytes(change(model)) / n_bytes(model) for name, change in CHANGES.items()}
    assert size["pruned"] < 0.45
    assert size["8 bits"] < 0.27
    assert size["3 bits"] < 0.11
    assert size["pruned, 4 bits"] < 0.08


def test_a_loaded_network_is_still_pruned():
    model = prune(mlp(), amount=0.5)
    loaded = from_bytes(to_bytes(model), mlp())
    tuned = finetune(loaded, lambda m, g: (m(torch.ones(4, 6)) - 1).square().mean(), n_steps=20)
    for name, weight in matrices(model).items():
        assert torch.equal(matrices(tuned)[name] == 0, weight == 0)


def test_part_of_a_network_keeps_its_codes():
    whole = nn.Sequential(nn.Linear(64, 64), quantize(nn.Linear(64, 64), 4))
    assert n_bytes(whole) < 0.6 * n_bytes(nn.Sequential(nn.Linear(64, 64), nn.Linear(64, 64)))
    loaded = from_bytes(to_bytes(copy.deepcopy(whole)), copy.deepcopy(whole))
    assert to_bytes(loaded) == to_bytes(whole)


def test_changed_weights_are_not_stored_as_what_they_were():
    for change, word in ((lambda m: quantize(m, 4), "quantized"), (lambda m: prune(m, amount=0.5), "pruned")):
        model = change(mlp())
        model[0].weight.data.add_(1)
        with pytest.raises(ValueError, match=rf"{word} weight '0\.weight'"):
            to_bytes(model)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4)), r"'2\.(weight|bias)'.*model"),
        (lambda: nn.Sequential(nn.Linear(6, 16), nn.Tanh()), r"'2\.bias' is in the file alone"),
        (lambda: nn.Sequential(*mlp(), nn.Linear(3, 3)), r"'3\.bias' is in model alone"),
        (lambda: mlp().double(), "float64"),
        (Tied, "another network"),
    ],
)
@pytest.mark.parametrize("change", CHANGES)
def test_another_architecture_is_refused(wrong, message, change):
    content = to_bytes(CHANGES[change](mlp()))
    with pytest.raises(ValueError, match=message):
        from_bytes(content, wrong())


def test_other_shared_weights_are_refused():
    apart = Tied()
    apart.out.weight = nn.Parameter(torch.zeros(6, 4))
    for first, second in ((apart, Tied()), (Tied(), apart)):
        with pytest.raises(ValueError, match="shares other weights"):
            from_bytes(to_bytes(first), second)


def test_a_broken_file_is_refused(tmp_path):
    content = to_bytes(quantize(mlp(), 4))
    path = tmp_path / "net.safetensors"
    for broken in (b"", b"PK", content[:-3], content[:40], content.replace(b"n_bits", b"n_bytz")):
        path.write_bytes(broken)
        with pytest.raises(ValueError, match=r"net\.safetensors"):
            load(path, mlp())
    safetensors = pytest.importorskip("safetensors.torch")
    with pytest.raises(ValueError, match="no sound file"):
        from_bytes(safetensors.save(mlp().state_dict()), mlp())


def test_a_state_of_objects_is_refused():
    class Odd(nn.Linear):
        def get_extra_state(self):
            return {"epoch": 3}

        def set_extra_state(self, state):
            pass

    with pytest.raises(TypeError, match="_extra_state"):
        to_bytes(Odd(2, 2))
