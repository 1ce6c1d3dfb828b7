"""Layers of low rank."""

import numpy as np
import pytest
from compression_nets import NETS, conv, make, mlp, nn, same, snapshot, torch
from hypothesis import given, settings
from hypothesis import strategies as st

from synda_sk.compression import factorize, prune, quantize


def n_numbers(model):
    return sum(parameter.numel() for parameter in model.parameters())


def product(layers):
    first, second = (layer.weight.detach().double().flatten(1) for layer in layers)
    return (second @ first).numpy()


@given(
    n_in=st.integers(2, 12),
    n_out=st.integers(2, 12),
    share=st.floats(0, 0.95),
    seed=st.integers(0, 99),
)
@settings(max_examples=40)
def test_a_layer_becomes_the_nearest_of_its_rank(n_in, n_out, share, seed):
    weight = np.random.default_rng(seed).standard_normal((n_out, n_in))
    layer = nn.Linear(n_in, n_out, dtype=torch.float64)
    layer.weight.data = torch.from_numpy(weight.copy())
    least = (n_in + 2 * n_out) / n_numbers(layer)  # rank 1 and the bias
    small = factorize(layer, amount=share * max(1 - least, 0))
    if isinstance(small, nn.Linear):
        assert torch.equal(small.weight, layer.weight)
        return
    rank = small[0].out_features
    lost = np.linalg.svd(weight, compute_uv=False)[rank:]
    assert np.linalg.norm(weight - product(small)) == pytest.approx(np.linalg.norm(lost), abs=1e-9)
    assert n_numbers(small) < n_numbers(layer)


@pytest.mark.parametrize("amount", [0.1, 0.3, 0.5])
@pytest.mark.parametrize(("make_net", "shape"), [(lambda: mlp(64), (5, 6)), (conv, (5, 1, 8, 8))])
def test_at_least_as_much_is_saved_as_was_asked(make_net, shape, amount):
    model = make_net().eval()
    before = snapshot(model)
    small = factorize(model, amount=amount)
    assert n_numbers(small) <= (1 - amount) * n_numbers(model)
    assert small(torch.zeros(shape)).shape == model(torch.zeros(shape)).shape
    assert same(before, snapshot(model))


def test_a_network_of_low_rank_answers_as_before():
    layer = nn.Conv2d(8, 16, 3, stride=2, padding=1)
    kernels, mixes = torch.randn(2, 8, 3, 3), torch.randn(16, 2)
    layer.weight.data = torch.einsum("or,rikl->oikl", mixes, kernels)
    small = factorize(layer, amount=0.8)
    assert isinstance(small, nn.Sequential)
    assert small[0].out_channels == 2
    images = torch.randn(3, 8, 9, 9)
    torch.testing.assert_close(small(images), layer(images), atol=1e-4, rtol=1e-4)


def test_the_layer_that_carries_less_is_thinned_first():
    rich, poor = nn.Linear(20, 20), nn.Linear(20, 20)
    rich.weight.data = torch.linalg.qr(torch.randn(20, 20))[0]
    poor.weight.data = torch.randn(20, 1) @ torch.randn(1, 20) + 1e-3 * torch.randn(20, 20)
    small = factorize(nn.Sequential(rich, poor), amount=0.3)
    assert isinstance(small[0], nn.Linear)
    assert small[1][0].out_features < 10


@pytest.mark.parametrize("name", ["decoder", "half", "double"])
def test_layers_of_any_kind_of_number_are_thinned(name):
    model, inputs = make(name), NETS[name][1]()
    small = factorize(model, amount=0.2)
    assert n_numbers(small) <= 0.8 * n_numbers(model)
    assert {p.dtype for p in small.parameters()} == {p.dtype for p in model.parameters()}
    wanted, found = (net(inputs) for net in (model, small))
    pairs = zip(wanted, found, strict=True) if isinstance(wanted, tuple) else [(wanted, found)]
    for a, b in pairs:
        assert a.shape == b.shape
        assert a.dtype == b.dtype


@pytest.mark.parametrize("name", ["tied", "gru"])
def test_shared_and_recurrent_weights_are_left_alone(name):
    model, inputs = make(name), NETS[name][1]()
    torch.testing.assert_close(factorize(model, amount=0.0)(inputs), model(inputs))
    with pytest.raises(ValueError, match=r"must be at most 0\.000"):
        factorize(model, amount=0.1)


def test_what_cannot_be_done_is_told():
    with pytest.raises(ValueError, match=r"amount == 0.99, must be at most 0\.\d+: layers of rank 1"):
        factorize(mlp(), amount=0.99)
    with pytest.raises(ValueError, match="amount"):
        factorize(mlp(), amount=1.0)
    with pytest.raises(ValueError, match="pruned already: factorize first"):
        factorize(prune(mlp(), amount=0.5), amount=0.2)
    with pytest.raises(ValueError, match="quantized already"):
        factorize(quantize(mlp(), n_bits=8), amount=0.2)
    with pytest.raises(TypeError, match="model is of type str"):
        factorize("net", amount=0.2)
