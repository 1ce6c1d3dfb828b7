"""Small networks of many kinds."""

import pytest

torch = pytest.importorskip("torch")
nn = torch.nn


class Decoder(nn.Module):
    """Noise to logits and scales, two outputs as some table generators have them."""

    def __init__(self, n_noise=8, width=16, n_columns=5):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(n_noise, width), nn.ReLU(), nn.Linear(width, n_columns))
        self.sigma = nn.Parameter(torch.full((n_columns,), 0.1))

    def forward(self, noise):
        return self.body(noise), self.sigma


class Tied(nn.Module):
    """One matrix under two names, and a buffer that is no number."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(6, 4)
        self.out = nn.Linear(4, 6, bias=False)
        self.out.weight = self.embed.weight
        self.register_buffer("mask", torch.zeros(700, dtype=torch.bool))

    def forward(self, codes):
        return self.out(self.embed(codes))


def mlp(width=16):
    return nn.Sequential(nn.Linear(6, width), nn.ReLU(), nn.Linear(width, 3))


def conv():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, bias=False),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Conv2d(8, 8, 3, groups=8),
        nn.Flatten(),
        nn.Linear(8 * 36, 4),
    )


NETS = {
    "mlp": (mlp, lambda: torch.randn(5, 6)),
    "conv": (conv, lambda: torch.randn(5, 1, 8, 8)),
    "decoder": (Decoder, lambda: torch.randn(5, 8)),
    "tied": (Tied, lambda: torch.arange(6)),
    "gru": (lambda: nn.GRU(3, 4), lambda: torch.randn(2, 5, 3)),
    "half": (lambda: nn.Linear(40, 40).to(torch.bfloat16), lambda: torch.randn(2, 40).to(torch.bfloat16)),
    "double": (lambda: nn.Linear(7, 2).double(), lambda: torch.randn(2, 7).double()),
}


def make(name, seed=0):
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(seed)
        return NETS[name][0]()


def snapshot(model):
    """All of a module that must stay as it was."""
    state = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
    return (
        state,
        [module.training for module in model.modules()],
        [p.requires_grad for p in model.parameters()],
    )


def same(first, second):
    return (
        first[0].keys() == second[0].keys()
        and all(torch.equal(first[0][name], second[0][name]) for name in first[0])
        and first[1:] == second[1:]
    )


def matrices(model):
    return {name: p.detach() for name, p in model.named_parameters() if p.ndim >= 2}
