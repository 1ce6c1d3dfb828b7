"""What a network costs."""

import subprocess
import sys

import pytest
from compression_nets import NETS, conv, make, mlp, nn, same, snapshot, torch

from synda_sk.compression import n_bytes, prune, quantize, report


def test_the_numbers_are_those_of_the_network():
    model = mlp(640)
    found = report(model, torch.zeros(1, 6))
    assert (found.n_parameters, found.n_nonzero) == (6 * 640 + 640 + 640 * 3 + 3,) * 2
    assert found.flops == 2 * (6 * 640 + 640 * 3)
    assert 4 * found.n_parameters < found.bytes_fp32 < 4 * found.n_parameters + 1000
    assert found.bytes_stored == n_bytes(model)
    pruned, small = report(prune(model, amount=0.5)), report(quantize(model, 4))
    assert pruned.n_nonzero == found.n_parameters - (6 * 640 + 640 * 3) // 2
    assert small.bytes_fp32 == found.bytes_fp32
    assert small.share_saved == 1 - n_bytes(quantize(model, 4)) / found.bytes_fp32 > 0.5
    assert report(model.to(torch.float16)).bytes_fp32 == found.bytes_fp32


def test_a_kernel_is_counted_where_it_is_applied():
    found = report(nn.Conv2d(2, 4, 3, bias=False), torch.zeros(1, 2, 8, 8))
    assert found.flops == 2 * (4 * 6 * 6) * (2 * 3 * 3)
    narrow = nn.Sequential(nn.Conv2d(2, 2, 3, groups=2, bias=False), nn.Conv2d(2, 4, 1, bias=False))
    assert report(narrow, torch.zeros(1, 2, 8, 8)).flops < 0.5 * found.flops


@pytest.mark.parametrize("name", NETS)
def test_the_network_is_left_as_it_was(name):
    model = make(name)
    before = snapshot(model)
    report(model, NETS[name][1]())
    assert same(snapshot(model), before)


def test_several_arguments_are_a_tuple():
    model = nn.Bilinear(3, 4, 2)
    assert report(model, (torch.zeros(1, 3), torch.zeros(1, 4))).n_parameters == 26


def test_importing_brings_no_torch():
    code = "import sys, synda_sk.compression, synda_sk.selection; print('torch' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_a_batch_statistic_is_stored_too():
    assert report(conv()).n_parameters == sum(p.numel() for p in conv().parameters())
