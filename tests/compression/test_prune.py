"""M * I(|W| > tau)."""

import numpy as np
import pytest
from compression_nets import NETS, Tied, make, matrices, mlp, nn, same, snapshot, torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from synda_sk.compression import prune

MATRIX = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8),
    elements=st.floats(-4, 4, width=32) | st.sampled_from([0.0, -0.0, 1.0, -1.0]),
)


def linear(weight):
    layer = nn.Linear(*weight.shape[::-1])
    layer.weight.data = torch.from_numpy(weight.copy())
    return layer


@given(weight=MATRIX, threshold=st.floats(0, 4))
@settings(max_examples=60)
def test_a_threshold_is_the_formula(weight, threshold):
    pruned = prune(linear(weight), threshold=threshold).weight.detach().numpy()
    np.testing.assert_array_equal(pruned, weight * (np.abs(weight) > threshold))


@given(first=MATRIX, second=MATRIX, amount=st.floats(0, 1), scope=st.sampled_from(["global", "layer"]))
@settings(max_examples=60)
def test_an_amount_removes_so_many_of_the_smallest(first, second, amount, scope):
    pruned = prune(nn.ModuleList([linear(first), linear(second)]), amount=amount, scope=scope)
    before, after = [first, second], [layer.weight.detach().numpy() for layer in pruned]
    if scope == "global":
        before, after = [[np.concatenate([m.ravel() for m in part])] for part in (before, after)]
    for old, new in zip(before, after, strict=True):
        gone = new == 0
        assert gone.sum() == max(round(amount * old.size), (old == 0).sum())
        np.testing.assert_array_equal(new[~gone], old[~gone])
        if gone.any() and not gone.all():
            assert np.abs(old[gone]).max() <= np.abs(old[~gone]).min()


@pytest.mark.parametrize("name", NETS)
def test_any_network_is_pruned_and_left_as_it_was(name):
    model = make(name)
    before, inputs = snapshot(model), NETS[name][1]()
    pruned = prune(model, amount=0.5)
    weights = torch.cat([weight.flatten().float() for weight in matrices(pruned).values()])
    assert int((weights == 0).sum()) == pytest.approx(len(weights) / 2, abs=1)
    others = {n: p for n, p in pruned.named_parameters() if p.ndim < 2}
    assert all(torch.equal(p, before[0][n]) for n, p in others.items())
    assert same(before, snapshot(model))
    pruned.eval()(inputs)


def test_a_layer_is_pruned_alone():
    model = nn.Sequential(nn.Linear(10, 10), nn.Linear(10, 10))
    model[0].weight.data.mul_(1e6)
    together, alone = (prune(model, amount=0.5, scope=scope) for scope in ("global", "layer"))
    assert [int((layer.weight == 0).sum()) for layer in together] == [
        0,
        100,
    ]
    assert [int((layer.weight == 0).sum()) for layer in alone] == [50, 50]


def test_a_shared_weight_stays_shared():
    pruned = prune(Tied(), amount=0.5)
    assert pruned.out.weight is pruned.embed.weight


def test_pruning_again_removes_more():
    once = prune(mlp(), amount=0.3)
    twice = prune(once, amount=0.6)
    for name, weight in matrices(once).items():
        assert not matrices(twice)[name][weight == 0].any()
