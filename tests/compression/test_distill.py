"""A network answers as another."""

import numpy as np
import pytest
from compression_nets import Decoder, conv, matrices, mlp, nn, same, snapshot, torch

from synda_sk.compression import distill, finetune, prune, report


def noise(generator):
    return torch.randn(64, 8, generator=generator)


@pytest.fixture
def teacher():
    torch.manual_seed(0)
    return Decoder(width=64)


def distance(first, second):
    x = torch.randn(2000, 8, generator=torch.Generator().manual_seed(9))
    with torch.no_grad():
        return float((first(x)[0] - second(x)[0]).square().mean())


def test_a_narrow_decoder_learns_from_a_wide_one(teacher):
    student = Decoder(width=32)
    before = snapshot(teacher), snapshot(student)
    trained = distill(teacher, student, noise, n_steps=400, learning_rate=0.01, random_state=0)
    assert distance(teacher, trained) < 0.05 * distance(teacher, student)
    assert report(trained).n_parameters < 0.55 * report(teacher).n_parameters
    assert same(before[0], snapshot(teacher))
    assert same(before[1], snapshot(student))
    assert all(p.grad is None for p in [*trained.parameters(), *student.parameters(), *teacher.parameters()])


def test_a_seed_gives_one_result_and_global_random_states_stay(teacher):
    student = nn.Sequential(nn.Linear(8, 5), nn.Dropout(0.3))
    answer = teacher.body
    states = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    first = distill(answer, student, noise, n_steps=30, random_state=3)
    assert torch.equal(torch.get_rng_state(), states[0])
    assert np.array_equal(np.random.get_state()[1], states[1])  # noqa: NPY002
    torch.manual_seed(123)
    again = distill(answer, student, lambda g: noise(g), n_steps=30, random_state=3)
    other = distill(answer, student, noise, n_steps=30, random_state=4)
    assert same(snapshot(first), snapshot(again))
    assert not same(snapshot(first), snapshot(other))


def test_the_best_state_is_kept(teacher):
    with torch.no_grad():
        wrecked = distill(teacher, teacher, noise, n_steps=20, learning_rate=10.0, random_state=0)
    assert same(snapshot(wrecked), snapshot(teacher))


def test_what_is_pruned_stays_zero_and_the_rest_recovers(teacher):
    pruned = prune(teacher, amount=0.5)
    trained = distill(teacher, pruned, noise, n_steps=300, learning_rate=0.01, random_state=0)
    for name, weight in matrices(pruned).items():
        assert not matrices(trained)[name][weight == 0].any()
    assert report(trained).n_nonzero == report(pruned).n_nonzero
    assert distance(teacher, trained) < 0.5 * distance(teacher, pruned)


def test_a_layer_that_starts_at_zero_is_trained(teacher):
    student = nn.Linear(8, 5)
    nn.init.zeros_(student.weight)
    trained = distill(teacher.body, student, noise, n_steps=20, random_state=0)
    assert bool((trained.weight != 0).all())


def test_several_arguments_and_a_callable_teacher():
    class Denoiser(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(3, 2)

        def forward(self, x, t):
            return self.layer(torch.cat([x, t], dim=1))

    teacher = Denoiser()

    def inputs(generator):
        return torch.randn(32, 2, generator=generator), torch.rand(32, 1, generator=generator)

    def two_steps(x, t):
        return teacher(teacher(x, t), t / 2)

    trained = distill(two_steps, Denoiser(), inputs, n_steps=300, learning_rate=0.05, random_state=0)
    x, t = inputs(torch.Generator().manual_seed(5))
    assert (trained(x, t) - two_steps(x, t)).square().mean() < 0.1 * two_steps(x, t).var()


def test_an_output_without_elements_adds_nothing(teacher):
    class Numbers(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.body = nn.Linear(8, width)

        def forward(self, z):
            h = self.body(z)
            return h, h[:, :0]

    class Nothing(nn.Linear):
        def forward(self, z):
            return super().forward(z)[:, :0]

    trained = distill(Numbers(3), Numbers(3), noise, n_steps=300, learning_rate=0.05, random_state=0)
    alone = distill(trained.body, Numbers(3).body, noise, n_steps=300, learning_rate=0.05, random_state=0)
    assert torch.allclose(trained.body.weight, alone.weight, atol=1e-3)
    with pytest.raises(ValueError, match="no number to learn"):
        distill(lambda z: z[:, :0], Nothing(8, 1), noise)


def test_frozen_parameters_and_modes_stay():
    student = conv()
    student[0].weight.requires_grad_(False)
    student[1].eval()
    before = snapshot(student)

    def loss(model, generator):
        return (model(torch.randn(8, 1, 8, 8, generator=generator)) - 1).square().mean()

    tuned = finetune(student, loss, n_steps=20, learning_rate=0.01, random_state=0)
    after = snapshot(tuned)
    assert torch.equal(after[0]["0.weight"], before[0]["0.weight"])
    assert not torch.equal(after[0]["5.weight"], before[0]["5.weight"])
    assert after[1:] == before[1:]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda t: distill(t, Decoder(n_columns=4), noise),
            ValueError,
            r"student makes outputs of shapes \[\(64, 4\)",
        ),
        (lambda t: distill(t, t.body, noise), ValueError, "student makes outputs of shapes"),
        (lambda t: distill(t, nn.ReLU(), noise), ValueError, "student has no parameter"),
        (lambda t: finetune(t, lambda m, g: 3.0), TypeError, "loss must return a scalar tensor"),
        (lambda t: finetune(t, lambda m, g: m(noise(g))[0]), TypeError, "loss must return a scalar tensor"),
        (lambda t: finetune(t, lambda m, g: m(noise(g))[0].sum() * float("nan")), ValueError, "loss == nan"),
    ],
)
def test_what_cannot_be_trained_is_said(teacher, call, error, message):
    with pytest.raises(error, match=message):
        call(teacher)


def test_a_pruned_weight_that_changed_is_not_trained():
    pruned = prune(mlp(), amount=0.5)
    pruned[0].weight.data.add_(1)
    with pytest.raises(ValueError, match=r"changed in the pruned weight '0\.weight'"):
        finetune(pruned, lambda m, g: m(torch.ones(1, 6)).sum())
