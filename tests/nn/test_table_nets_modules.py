"""The torch modules: shapes, exact groups, reproducible weights."""

import pickle

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from synda_sk.nn import (  # noqa: E402
    GroupedLinear,
    LatentEncoder,
    ResidualMLP,
    TableCritic,
    TableDecoder,
    UNet,
    convolution,
    initialise,
    linear,
)

SHAPE = dict(n_classes=3, n_numbers=4, n_levels=[2, 7, 1], width=16, n_blocks=2, n_groups=4)


def source(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("groups", [1, 2, 6])
def test_groups_are_a_block_diagonal_matrix_with_interleaved_outputs(groups):
    layer = initialise(GroupedLinear(12, 18, groups), source())
    with torch.no_grad():
        layer.bias.uniform_(generator=source(1))
    x = torch.randn(5, 12, generator=source(2))
    naive = torch.zeros(5, 18)
    n_in, n_out = 12 // groups, 18 // groups
    for g in range(groups):
        for o in range(n_out):
            row = g * n_out + o
            part = x[:, g * n_in : (g + 1) * n_in]
            naive[:, o * groups + g] = part @ layer.weight[row] + layer.bias[row]
    torch.testing.assert_close(layer(x), naive)


def test_groups_cut_the_weights_and_must_divide_the_widths():
    sizes = [sum(p.numel() for p in ResidualMLP(8, 8, 64, 1, g).parameters()) for g in (1, 4)]
    assert sizes[0] - sizes[1] == 2 * 64 * 64 * 3 // 4
    with pytest.raises(ValueError, match=r"n_in == 10 .* multiples of n_groups == 4"):
        GroupedLinear(10, 8, 4)


def test_shapes_and_shares():
    decoder = initialise(TableDecoder(5, **SHAPE), source())
    numbers, logits = decoder(torch.randn(6, 5), torch.tensor([0, 1, 2, 0, 1, 2]))
    assert (numbers.shape, logits.shape, decoder.log_spread().shape) == ((6, 4), (6, 10), (4,))
    log_shares = logits - decoder.log_totals(logits)[:, decoder.column]
    expected = torch.cat([part.log_softmax(1) for part in logits.split([2, 7, 1], dim=1)], dim=1)
    torch.testing.assert_close(log_shares, expected)

    encoder = initialise(LatentEncoder(5, **SHAPE), source())
    levels = torch.tensor([[1, 2 + 3, 9]] * 6)
    mean, log_variance = encoder(numbers, levels, torch.zeros(6, dtype=torch.long))
    assert mean.shape == log_variance.shape == (6, 5)

    critic = initialise(TableCritic(**SHAPE), source())
    hard = torch.zeros(6, 10).scatter_(1, levels, 1.0)
    assert critic(numbers, hard, torch.zeros(6, dtype=torch.long)).shape == (6,)


def test_first_weights_come_from_the_generator_alone():
    state = torch.get_rng_state()
    first, again, other = (initialise(TableDecoder(5, **SHAPE), source(s)).state_dict() for s in (0, 0, 1))
    assert torch.equal(torch.get_rng_state(), state)
    for name, weights in first.items():
        np.testing.assert_array_equal(weights, again[name])
    assert not torch.equal(first["mlp.inputs.weight"], other["mlp.inputs.weight"])


def test_classes_and_contexts_are_told_as_loudly_as_the_noise_level():
    net = initialise(UNet(1, n_classes=200, width=16, n_contexts=[200]), source())
    level = net.level(torch.randn(500, net.level.in_features, generator=source(1)) / 2**0.5)
    for table in net.labels:
        assert table.abs().max() <= 1
        assert 0.5 < table.std() / level.std() < 2


@pytest.mark.parametrize(("layer", "kind"), [(linear(4, 2), nn.Linear), (convolution(3, 6, 3, 3), nn.Conv2d)])
def test_layers_are_torch_s_own(layer, kind):
    assert type(layer) is kind
    alike = kind(4, 2) if kind is nn.Linear else kind(3, 6, 3, padding=1, groups=3)
    shapes = {name: values.shape for name, values in layer.state_dict().items()}
    assert shapes == {name: values.shape for name, values in alike.state_dict().items()}
    again = pickle.loads(pickle.dumps(initialise(layer, source())))
    assert all(torch.equal(values, again.state_dict()[name]) for name, values in layer.state_dict().items())
