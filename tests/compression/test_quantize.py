"""W_q = Quantize(W, b)."""

import numpy as np
import pytest
from compression_nets import NETS, make, matrices, mlp, nn, same, snapshot, torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from synda_sk.compression import finetune, from_bytes, prune, quantize, to_bytes
from synda_sk.compression._bits import pack_bits, packed_size, unpack_bits


@given(codes=hnp.arrays(np.uint8, st.integers(0, 40)), n_bits=st.integers(1, 8))
@settings(max_examples=100)
def test_packed_codes_come_back(codes, n_bits):
    codes = codes & np.uint8(2**n_bits - 1)
    packed = pack_bits(codes, n_bits)
    assert len(packed) == packed_size(len(codes), n_bits) == -(-len(codes) * n_bits // 8)
    np.testing.assert_array_equal(unpack_bits(packed, n_bits, len(codes)), codes)


@given(
    weight=hnp.arrays(
        np.float32,
        hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
        elements=st.floats(-1e3, 1e3, width=32) | st.floats(-(2.0**127), 2.0**127, width=32),
    ),
    n_bits=st.integers(2, 8),
)
@settings(max_examples=150)
def test_no_weight_moves_by_more_than_half_a_step(weight, n_bits):
    layer = nn.Linear(*weight.shape[::-1])
    layer.weight.data = torch.from_numpy(weight.copy())
    rounded = quantize(layer, n_bits).weight.detach().numpy().astype(np.float64)
    largest = np.abs(weight.astype(np.float64)).max(axis=1, keepdims=True)
    step = largest / (2 ** (n_bits - 1) - 1)
    slack = np.spacing(np.abs(rounded).astype(np.float32)) + np.spacing(step.astype(np.float32)) * 2**n_bits
    assert (np.abs(weight - rounded) <= step / 2 + slack).all()
    assert all(len(np.unique(row)) <= 2**n_bits - 1 for row in rounded)
    assert not rounded[weight == 0].any()


@pytest.mark.parametrize("name", NETS)
def test_any_network_is_quantized_and_left_as_it_was(name):
    model = make(name)
    before, inputs = snapshot(model), NETS[name][1]()
    quantized = quantize(model, 8)
    assert same(before, snapshot(model))
    for key, weight in matrices(quantized).items():
        old = before[0][key].float()
        assert weight.dtype == before[0][key].dtype
        assert (weight.float() - old).abs().max() <= old.abs().max() / 100
    quantized.eval()(inputs)


def test_fewer_bits_are_coarser_and_smaller():
    model = mlp(400)
    found = {b: quantize(model, b) for b in range(2, 9)}
    errors = [sum((w - matrices(model)[n]).norm() for n, w in matrices(found[b]).items()) for b in found]
    sizes = [len(to_bytes(net)) for net in found.values()]
    assert errors == sorted(errors, reverse=True)
    assert sizes == sorted(sizes)
    assert sizes[-1] < len(to_bytes(model)) / 2


@given(
    parts=st.dictionaries(st.sampled_from(["", "0", "2", "body", "body.0"]), st.integers(2, 8), min_size=1)
)
def test_the_longest_name_of_a_part_tells_its_bits(parts):
    net = nn.Sequential(nn.Linear(9, 9), nn.ReLU(), nn.Linear(9, 9), nn.Linear(9, 9))
    net.add_module("body", nn.Sequential(nn.Linear(9, 9), nn.Linear(9, 9)))
    mixed = matrices(quantize(net, parts))
    for name, weight in matrices(net).items():
        path = name.split(".")
        named = [part for k in range(len(path)) if (part := ".".join(path[:k])) in parts]
        alone = weight if not named else matrices(quantize(net, parts[named[-1]]))[name]
        assert torch.equal(mixed[name], alone)


def test_mixed_bits_are_packed_and_read_back():
    model = mlp(40)
    mixed = quantize(model, {"": 4, "0": 8})
    content = to_bytes(mixed)
    assert len(to_bytes(quantize(model, 4))) < len(content) < len(to_bytes(quantize(model, 8)))
    assert same(snapshot(from_bytes(content, model)), snapshot(mixed))


def test_quantizing_again_changes_nothing_at_the_same_bits():
    once = quantize(mlp(), 4)
    twice = quantize(once, 4)
    for name, weight in matrices(once).items():
        torch.testing.assert_close(matrices(twice)[name], weight)


def test_a_quantized_network_is_neither_pruned_nor_trained():
    quantized = quantize(mlp(), 4)
    with pytest.raises(ValueError, match=r"quantized already.*prune first"):
        prune(quantized, amount=0.5)
    with pytest.raises(ValueError, match=r"quantized already.*train first"):
        finetune(quantized, lambda m, g: m(torch.ones(1, 6)).sum())
    inside = nn.Sequential(mlp(), quantized)
    with pytest.raises(ValueError, match=r"'1\.0\.weight'"):
        prune(inside, amount=0.5)
