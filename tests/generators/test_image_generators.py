"""Generators of images: shapes, classes, contexts, seeds, interruption, smaller and faster copies."""

import copy
import pickle
import subprocess
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier

torch = pytest.importorskip("torch", reason="the extra torch is not installed")
pytest.importorskip("skorch", reason="the extra torch is not installed")

from synda_sk import SynDAClassifier, SyntheticAugmenter  # noqa: E402
from synda_sk.compression import n_bytes, prune, quantize  # noqa: E402
from synda_sk.exceptions import SampleHealthWarning  # noqa: E402
from synda_sk.generators import ConvVAEGenerator, DiffusionGenerator, distill_diffusion  # noqa: E402
from synda_sk.generators import _cosine as cosine  # noqa: E402
from synda_sk.images import StandardAugmentation  # noqa: E402
from synda_sk.persistence import load, save  # noqa: E402

DIGITS, LABELS = load_digits(return_X_y=True)
pytestmark = pytest.mark.filterwarnings("ignore::synda_sk.exceptions.SampleHealthWarning")  # short fits


def diffusion(**params):
    return DiffusionGenerator(
        **{"width": 8, "max_steps": 3, "n_sampling_steps": 2, "random_state": 0} | params
    )


def vae(**params):
    return ConvVAEGenerator(**{"width": 4, "max_steps": 3, "n_latent": 4, "random_state": 0} | params)


each_generator = pytest.mark.parametrize("make", [diffusion, vae])


def stripes(n, side=8, seed=0):
    """Images of two classes, standing and lying stripes, of two brightnesses."""
    rng = np.random.default_rng(seed)
    y = rng.integers(2, size=n)
    bright = rng.integers(2, size=n)
    phase = rng.integers(2, size=n)[:, None, None]
    pattern = (np.arange(side) // 2)[None, None, :] + phase
    lying = np.broadcast_to(pattern % 2, (n, side, side))
    X = np.where(y[:, None, None] == 1, lying.transpose(0, 2, 1), lying) * (100 + 155 * bright[:, None, None])
    return X.astype(np.uint8), np.array(["lying", "standing"])[1 - y], np.array(["dark", "light"])[bright]


@each_generator
@pytest.mark.parametrize("shape", [(8, 8), (7, 10), (9, 6, 3), (1, 1)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_images_come_back_as_they_were(make, shape, dtype):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 200, (12, *shape)).astype(dtype)
    y = np.repeat(["a", "b", "c"], 4)
    width = {"width": 16} if make is diffusion else {}
    X_new, y_new = make(**width).fit(X, y).sample(5, "b")
    assert X_new.shape == (5, *shape)
    assert X_new.dtype == dtype
    assert y_new.tolist() == ["b"] * 5
    low, high = (0, 255) if dtype == np.uint8 else (X.min(), X.max())
    assert X_new.min() >= low
    assert X_new.max() <= high
    flat, _ = make(image_shape=shape, **width).fit(X.reshape(12, -1), y).sample(5, "b")
    np.testing.assert_array_equal(flat, X_new.reshape(5, -1))


@each_generator
def test_labels_follow_frequencies_or_wishes(make):
    X, y = DIGITS[:40], np.repeat([0, 1], [30, 10])
    generator = make().fit(X, y)
    _, drawn = generator.sample(400)
    assert abs((drawn == 1).mean() - 0.25) < 0.08
    assert generator.sample(3, [1, 0, 1])[1].tolist() == [1, 0, 1]
    assert generator.sample(0)[0].shape == (0, 64)
    with pytest.raises(ValueError, match=r"y contains labels not seen in fit: \[7\]"):
        generator.sample(1, 7)


@each_generator
def test_seeds_are_exact_and_no_global_state_moves(make):
    before = torch.random.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    first, again = (make().fit(DIGITS[:50], LABELS[:50]) for _ in range(2))
    other = make(random_state=1).fit(DIGITS[:50], LABELS[:50])
    drawn = first.sample(4, 3)[0]
    np.testing.assert_array_equal(drawn, again.sample(4, 3)[0])
    np.testing.assert_array_equal(drawn, first.sample(4, 3)[0])
    assert not np.array_equal(drawn, other.sample(4, 3)[0])
    assert torch.equal(before[0], torch.random.get_rng_state())
    np.testing.assert_array_equal(before[1], np.random.get_state()[1])  # noqa: NPY002


def test_diffusion_learns_classes_and_contexts():
    X, _, light = stripes(300)
    y = np.where(np.arange(300) % 2, "above", "below")
    X[y == "above", 4:], X[y == "below", :4] = 0, 0
    settings = {
        "width": 16,
        "max_steps": 200,
        "learning_rate": 5e-3,
        "average_decay": 0.9,
        "label_dropout": 0.0,
    }
    generator = diffusion(n_sampling_steps=4, augmentation=None, **settings).fit(X, y, light)
    drawn, labels = generator.sample(60, context="light")
    above = drawn[:, :4].mean(axis=(1, 2)) > drawn[:, 4:].mean(axis=(1, 2))
    assert np.mean(above == (labels == "above")) > 0.9
    dark, _ = generator.sample(60, context=("dark",))
    assert drawn.mean() > 1.5 * dark.mean()
    mixed, _ = generator.sample(60, context=["dark", "light"] * 30)
    assert mixed[1::2].mean() > 1.5 * mixed[::2].mean()
    with pytest.raises(ValueError, match="context contains"):
        generator.sample(2, context="green")
    with pytest.raises(ValueError, match="context has shape"):
        generator.sample(3, context=["dark", "light"])
    with pytest.raises(ValueError, match="context is None"):
        generator.finetune(X, y)


def test_the_autoencoder_learns_classes():
    X, _, _ = stripes(300)
    y = np.where(np.arange(300) % 2, "above", "below")
    X[y == "above", 4:], X[y == "below", :4] = 0, 0
    drawn, labels = (
        vae(width=8, max_steps=200, n_latent=8, learning_rate=6e-3, augmentation=None).fit(X, y).sample(60)
    )
    above = drawn[:, :4].mean(axis=(1, 2)) > drawn[:, 4:].mean(axis=(1, 2))
    assert np.mean(above == (labels == "above")) > 0.9


@each_generator
def test_finetuning_steers_a_copy(make):
    X, y, _ = stripes(200)
    generator = make(max_steps=100, augmentation=None).fit(X, y)
    before = generator.sample(50)[0]
    tuned = generator.finetune(255 - X // 4, y, max_steps=100)
    np.testing.assert_array_equal(before, generator.sample(50)[0])
    assert tuned.sample(50)[0].mean() > before.mean() + 20
    assert tuned.get_params() == generator.get_params()
    with pytest.raises(ValueError, match="not seen in fit"):
        generator.finetune(X, np.repeat("sloping", 200))


@each_generator
def test_pickles_hold_no_torch_and_modules_can_be_exchanged(make):
    generator = make(width=16, max_steps=20).fit(DIGITS[:100], LABELS[:100])
    stored = pickle.dumps(generator)
    code = (
        "import pickle, sys; g = pickle.loads(sys.stdin.buffer.read()); "
        "assert not {'torch', 'skorch'} & set(sys.modules); print(g.n_parameters_)"
    )
    done = subprocess.run([sys.executable, "-c", code], input=stored, capture_output=True, check=True)
    assert (
        int(done.stdout)
        == generator.n_parameters_
        == sum(p.numel() for p in generator.to_module().parameters())
    )
    drawn = generator.sample(20)[0]
    np.testing.assert_array_equal(drawn, pickle.loads(stored).sample(20)[0])
    whole = generator.to_module()
    light = quantize(whole, n_bits=8)
    assert n_bytes(light) < 0.45 * n_bytes(whole)
    np.testing.assert_allclose(generator.with_module(light).sample(20)[0], drawn, atol=1.5)
    assert n_bytes(prune(whole, amount=0.7)) < 0.6 * n_bytes(whole)


def as_it_is(generator):
    return generator


def thinner(generator):
    return distill_diffusion(generator, amount=0.5, max_steps=5, n_images=30, random_state=0)


@pytest.mark.parametrize(("make", "change"), [(diffusion, as_it_is), (diffusion, thinner), (vae, as_it_is)])
def test_files_hold_every_generator_and_its_students(make, change, tmp_path):
    pytest.importorskip("skops", reason="the extra skops is not installed")
    generator = change(make(width=16, max_steps=100).fit(DIGITS[:100], LABELS[:100]))
    save(generator, tmp_path / "generator.skops")
    for back in (load(tmp_path / "generator.skops"), pickle.loads(pickle.dumps(generator))):
        np.testing.assert_array_equal(back.sample(20)[0], generator.sample(20)[0])
        assert back.n_parameters_ == generator.n_parameters_


def test_a_student_can_be_tuned_thinned_and_halved_and_stays_as_it_was():
    student = thinner(diffusion(width=16, max_steps=20, n_sampling_steps=4).fit(DIGITS[:100], LABELS[:100]))
    before = student.sample(10)[0]
    tuned = student.finetune(DIGITS[100:150], LABELS[100:150], max_steps=5)
    smaller = thinner(student)
    fast = distill_diffusion(
        student, n_sampling_steps=2, max_steps_per_halving=5, n_images=30, random_state=0
    )
    sizes = [sum(p.numel() for p in one.to_module().parameters()) for one in (student, tuned, smaller, fast)]
    assert sizes[0] == sizes[1] == sizes[3]
    assert sizes[2] <= sizes[0] / 2
    for other in (tuned, smaller, fast):
        assert not np.array_equal(other.sample(10)[0], before)
    np.testing.assert_array_equal(student.sample(10)[0], before)
    again = student.fit(DIGITS[:50], LABELS[:50])
    assert again.n_parameters_ > sizes[0]


@each_generator
def test_a_network_given_is_not_trained_behind_its_owners_back(make):
    generator = make().fit(DIGITS[:50], LABELS[:50])
    given = generator.with_module(prune(generator.to_module(), amount=0.5))
    with pytest.raises(ValueError, match="given to with_module"):
        given.finetune(DIGITS[:50], LABELS[:50])


@each_generator
def test_an_interruption_keeps_the_best_state_or_the_former_model(make, monkeypatch):
    from synda_sk.images import _fit

    generator = make().fit(DIGITS[:50], LABELS[:50])
    former = generator.sample(3)[0]
    real = _fit.StepNet.train_step_single
    steps = iter(range(10_000))

    def interrupt(self, batch, **params):
        if next(steps) == when:
            raise KeyboardInterrupt
        return real(self, batch, **params)

    monkeypatch.setattr(_fit.StepNet, "train_step_single", interrupt)
    when = 50
    with pytest.raises(KeyboardInterrupt):
        generator.set_params(max_steps=300).fit(DIGITS[50:150], LABELS[50:150])
    np.testing.assert_array_equal(former, generator.sample(3)[0])
    steps = iter(range(10_000))
    when = 150
    with pytest.raises(KeyboardInterrupt, match="keeps its state after 100 of"):
        generator.fit(DIGITS[50:150], LABELS[50:150])
    assert generator.interrupted_
    assert not np.array_equal(former, generator.sample(3)[0])


@each_generator
def test_the_best_look_is_kept(make, capsys):
    generator = make(max_steps=300, patience=1, learning_rate=0.05, verbose=1).fit(DIGITS[:60], LABELS[:60])
    best = min(generator.validation_curve_, key=lambda look: look[1])
    assert generator.best_step_ == best[0]
    assert capsys.readouterr().err.count("held-out loss") == len(generator.validation_curve_)


def test_noise_is_told_of():
    X = np.zeros((40, 8, 8), dtype=np.uint8)
    X[:, 2:6, 2:6] = np.linspace(80, 255, 40)[:, None, None]
    with pytest.warns(SampleHealthWarning, match="unlike those it learnt from: total variation is"):
        noisy = diffusion(max_steps=100, learning_rate=1e-9).fit(X, [0, 1] * 20)
    assert not noisy.health_.ok
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fine = vae(width=8, max_steps=201, learning_rate=1e-2, augmentation=None).fit(X, [0, 1] * 20)
    assert fine.health_.ok
    assert fine.n_steps_ == 201
    assert vae().fit(X, [0, 1] * 20).health_ is None


@each_generator
def test_bad_images_leave_the_former_model(make):
    generator = make().fit(DIGITS[:50], LABELS[:50])
    former = generator.sample(3)[0]
    for X, message in (
        (np.full((50, 8, 8), np.nan), "NaN"),
        (np.zeros((50, 2, 2, 2, 2)), "5 dimensions"),
        (np.zeros((49, 8, 8)), "inconsistent|lengths|49"),
    ):
        with pytest.raises(ValueError, match=message):
            generator.fit(X, LABELS[:50])
    with pytest.raises(ValueError, match="image_shape"):
        clone(generator).set_params(image_shape=(8, 9)).fit(DIGITS, LABELS)
    np.testing.assert_array_equal(former, generator.sample(3)[0])


def test_too_narrow_a_network_is_refused():
    X = np.zeros((10, 32, 32, 3), dtype=np.uint8)
    with pytest.raises(ValueError, match=r"width == 8, must be at least 12"):
        diffusion().fit(X, [0, 1] * 5)


@each_generator
def test_the_augmenter_and_the_loop_take_them_by_name(make):
    name = "diffusion" if make is diffusion else "conv_vae"
    params = {k: v for k, v in make().get_params().items() if k in ("width", "max_steps", "n_latent")}
    X, y = DIGITS[:60].astype(np.uint8), LABELS[:60] % 3
    augmenter = SyntheticAugmenter(name, generator_params=params, random_state=0)
    X_more, y_more = augmenter.fit_resample(X, y)
    assert len(set(np.bincount(y_more))) == 1
    assert X_more.dtype == np.uint8
    model = SynDAClassifier(RandomForestClassifier(5, random_state=0), augmenter=augmenter, random_state=0)
    assert model.fit(X, y).predict(X[:3]).shape == (3,)


def test_velocity_noise_and_image_are_one_triangle():
    x, noise = (torch.randn(6, 1, 4, 4, generator=torch.Generator().manual_seed(k)) for k in (0, 1))
    time = torch.rand(6, generator=torch.Generator().manual_seed(2))
    z, v = cosine.noised(x, noise, time), cosine.velocity(x, noise, time)
    alpha, sigma = cosine.scales(time)
    torch.testing.assert_close(alpha * z - sigma * v, x)
    torch.testing.assert_close(sigma * z + alpha * v, noise)


@pytest.mark.parametrize("solver", ["ddim", "dpm++"])
@pytest.mark.parametrize("n_steps", [1, 2, 7])
def test_steps_with_the_true_velocity_end_at_the_image(n_steps, solver):
    x = torch.rand(3, 1, 4, 4) * 2 - 1

    def truth(z, time):
        alpha, sigma = cosine.scales(time)
        return cosine.velocity(x, (z - alpha * x) / sigma, time)

    drawn = cosine.draw(truth, torch.randn(3, 1, 4, 4), n_steps, solver)
    torch.testing.assert_close(drawn, x, atol=1e-4, rtol=0)


@given(n_images=st.integers(1, 64), seed=st.integers(0, 1000))
def test_noise_levels_of_a_batch_are_spread_evenly(n_images, seed):
    source = torch.Generator().manual_seed(seed)
    times = cosine.spread(n_images, source)
    assert times.min() >= 0
    assert times.max() < 1
    gaps = torch.cat([times, 1 + times.min()[None]]).sort().values.diff()
    torch.testing.assert_close(gaps, torch.full_like(gaps, 1 / n_images), atol=1e-6, rtol=0)
    assert not torch.equal(cosine.spread(n_images, source), times)


@given(n_steps=st.integers(1, 40))
def test_steps_are_of_equal_length_in_the_log_ratio_but_for_the_ends(n_steps):
    times = cosine.times(n_steps).double()
    assert times[[0, -1]].tolist() == [0, 1]
    assert (times.diff() > 0).all()
    inner = torch.log(torch.tan(times[1:-1] * torch.pi / 2))
    torch.testing.assert_close(
        inner, cosine.LOG_RATIO * (2 * torch.arange(1, n_steps) / n_steps - 1).double(), atol=1e-4, rtol=1e-4
    )
    torch.testing.assert_close(cosine.times(2 * n_steps)[::2].double(), times)  # a halving keeps every other


def of_a_normal(scale):
    """Return the velocity of pixels N(0, scale^2), whose path from noise ends at `scale` times the noise."""

    def predict(z, time):
        alpha, sigma = cosine.scales(time)
        x = z * alpha * scale**2 / (alpha**2 * scale**2 + sigma**2)
        return cosine.velocity(x, (z - alpha * x) / sigma, time)

    return predict


def test_drawing_out_comes_nearer_the_known_path_of_a_normal_distribution():
    scale = 0.4
    noise = torch.randn(50, 1, 4, 4, generator=torch.Generator().manual_seed(0)).double().clamp(-2, 2)

    def error(solver, n_steps):
        return (cosine.draw(of_a_normal(scale), noise, n_steps, solver) - scale * noise).abs().mean().item()

    assert error("dpm++", 16) < error("ddim", 16) / 4
    assert error("ddim", 64) < error("ddim", 16) / 3
    assert error("dpm++", 64) < error("dpm++", 16) / 2


@given(scale=st.floats(0.1, 10))
def test_sixteen_steps_keep_the_spread_of_fine_and_of_coarse_details(scale):
    """A change of all n pixels of an image has the root of n times the spread of one."""
    noise = torch.full((1, 1, 1, 1), 0.5 / scale, dtype=torch.float64)
    drawn = cosine.draw(of_a_normal(scale), noise, 16, "dpm++").item()
    assert drawn == pytest.approx(0.5, rel=0.02)


def test_one_step_at_the_target_ends_where_two_steps_do():
    weight = torch.randn(16, 16, generator=torch.Generator().manual_seed(0)) / 16

    def predict(z, time):
        return (z.flatten(1) @ weight).view_as(z) - time[:, None, None, None]

    z = torch.randn(5, 1, 4, 4, generator=torch.Generator().manual_seed(1)) / 4
    until, middle, time = (torch.tensor([0.0, 0.25, 0.25, 0.5, 0.5]) + more for more in (0, 0.1, 0.25))
    halfway, _ = cosine.step(predict, z, time, middle)
    end, _ = cosine.step(predict, halfway, middle, until)
    target = cosine.two_steps(predict, z, time, middle, until)
    once, _ = cosine.step(lambda z, time: target, z, time, until)
    torch.testing.assert_close(once, end, atol=1e-5, rtol=1e-4)


def test_guidance_is_for_large_images_unless_told():
    X, y, _ = stripes(40)
    small = diffusion().fit(X, y)
    large = diffusion(width=8).fit(np.repeat(np.repeat(X.reshape(40, 8, 8), 2, axis=1), 2, axis=2), y)
    for made, told in ((small, 0.0), (large, 1.5)):
        wanted = copy.copy(made).set_params(guidance=told).sample(6)[0]
        np.testing.assert_array_equal(made.sample(6)[0], wanted)
    assert not np.array_equal(large.sample(6)[0], copy.copy(large).set_params(guidance=0.0).sample(6)[0])


def test_guidance_acts_in_the_middle_of_the_noise_levels():
    guided = diffusion(guidance=2.0).fit(DIGITS[:60], LABELS[:60])
    module, labels, contexts = guided.to_module(), torch.arange(6), torch.zeros(6, 0, dtype=torch.int64)
    z, time = torch.randn(6, 1, 8, 8), torch.tensor([0.0, 0.24, 0.26, 0.74, 0.76, 1.0])
    any_label, _ = module.withhold(labels, contexts, torch.ones(6, dtype=torch.bool))
    with torch.no_grad():
        told = guided._velocity(module, labels, contexts)(z, time)
        plain = copy.copy(guided).set_params(guidance=0.0)._velocity(module, labels, contexts)(z, time)
        without = copy.copy(guided).set_params(guidance=0.0)._velocity(module, any_label, contexts)(z, time)
    changed = torch.tensor([False, False, True, True, False, False])[:, None, None, None]
    wanted = torch.where(changed, 3 * plain - 2 * without, plain)
    torch.testing.assert_close(told, wanted, atol=2e-2, rtol=0)
    assert not torch.allclose(plain, without, atol=2e-2)


@pytest.mark.parametrize(("rotation", "share"), [(170, (0.0, 0.0)), (180, (0.25, 0.75))])
@pytest.mark.filterwarnings("error::synda_sk.exceptions.SampleHealthWarning")
def test_images_without_an_upside_are_drawn_in_each_way_they_may_lie(rotation, share):
    bright_left = np.zeros((60, 8, 8))
    bright_left[:, :, :4] = 1
    X = bright_left + np.random.default_rng(0).normal(0, 0.4, bright_left.shape)
    settings = {"max_steps": 300, "augmented_share": 0.0, "n_sampling_steps": 8}
    drawn, _ = (
        diffusion(**settings, augmentation=StandardAugmentation(rotation=rotation))
        .fit(X, np.zeros(60, dtype=int))
        .sample(100)
    )
    beside, below = (
        np.abs(one.mean((1, 2)) - other.mean((1, 2)))
        for one, other in ((drawn[:, :, :4], drawn[:, :, 4:]), (drawn[:, :4], drawn[:, 4:]))
    )
    assert share[0] <= (below > beside).mean() <= share[1]


def test_what_pads_images_is_not_turned_with_them():
    X = np.random.default_rng(0).random((10, 5, 7))
    fitted = diffusion(augmentation=StandardAugmentation(rotation=180, flip=True)).fit(
        X, np.zeros(10, dtype=int)
    )
    pixels = torch.full((40, 1, 6, 8), -1.0)
    pixels[:, :, :5, :7] = 1
    assert torch.equal(fitted._turned(pixels, torch.Generator().manual_seed(0)), pixels)


def test_a_network_is_told_of_brightness_only_where_it_changes():
    settings = {"augmentation": StandardAugmentation(brightness=0.2, colour=0.1)}
    told, untold = (
        diffusion(**settings).fit(DIGITS[:50], LABELS[:50]),
        diffusion().fit(DIGITS[:50], LABELS[:50]),
    )
    assert (told.to_module().changes.in_features, untold.to_module().changes.in_features) == (13, 7)
    assert told.sample(5)[0].shape == (5, 64)


@pytest.mark.parametrize("how", [{"amount": 0.5}, {"width": 8}], ids=str)
def test_a_student_answers_as_its_teacher_and_in_fewer_steps(how):
    X, y, light = stripes(200)
    teacher = diffusion(width=16, max_steps=100, augmentation=None).fit(X, y, light)
    before = teacher.sample(10, context="light")[0]
    student = distill_diffusion(teacher, X, y, light, **how, max_steps=200, n_images=50, random_state=0)
    assert student.n_parameters_ < teacher.n_parameters_ / 2
    z = torch.randn(100, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    time = torch.linspace(0.3, 1, 100)
    told = torch.arange(100) % 2, torch.zeros(100, 1, dtype=torch.long)
    with torch.no_grad():
        wanted, given = (made.to_module()(z, time, *told) for made in (teacher, student))
    assert (given - wanted).square().mean() < 0.5 * wanted.var()

    settings = {"n_sampling_steps": 1, "max_steps_per_halving": 40, "n_images": 50, "random_state": 0}
    fast = distill_diffusion(student, X, y, light, **settings)
    assert fast.n_parameters_ == student.n_parameters_
    slow_images, one_step, fast_images = (
        made.set_params(random_state=1, n_sampling_steps=n_steps).sample(60)[0].astype(float)
        for made, n_steps in ((student, 2), (student, 1), (fast, 1))
    )
    assert np.abs(fast_images - slow_images).mean() < np.abs(one_step - slow_images).mean()
    np.testing.assert_array_equal(before, teacher.sample(10, context="light")[0])


def test_distillation_tells_what_is_wrong():
    teacher = diffusion(n_sampling_steps=8).fit(DIGITS[:50], LABELS[:50])
    for n_steps in (3, 16, 5):
        with pytest.raises(ValueError, match="divided by a power of 2"):
            distill_diffusion(teacher, n_sampling_steps=n_steps)
    with pytest.raises(ValueError, match="give amount or the others"):
        distill_diffusion(teacher, amount=0.5, width=8)
    with pytest.raises(ValueError, match="layers of rank 1 save no more"):
        distill_diffusion(teacher, amount=0.999)
    with pytest.raises(ValueError, match="max_steps"):
        distill_diffusion(teacher, width=8, max_steps=0)
    with pytest.raises(TypeError, match="must be a DiffusionGenerator"):
        distill_diffusion(copy.copy(vae()), width=8)
