"""The compact VAE and GAN: what they learn, how they stop, and what they leave alone."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from synda_sk import SyntheticAugmenter
from synda_sk.compression import from_bytes, n_bytes, prune, quantize, to_bytes
from synda_sk.generators import TableGAN, TableVAE, make_generator
from synda_sk.generators import _net_training as training

torch = pytest.importorskip("torch")

QUICK = dict(max_steps=60, random_state=0)
each_net = pytest.mark.parametrize("make", [TableVAE, TableGAN])


def mixed(n=300, seed=0):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(int)
    frame = pd.DataFrame(
        {
            "amount": rng.lognormal(2 + 2 * y, 0.7),
            "hour": rng.integers(0, 24, n),
            "zero": np.where(rng.random(n) < 0.6, 0.0, rng.exponential(size=n)),
            "type": np.where(rng.random(n) < 0.1 + 0.8 * y, "transfer", "bill"),
            "age": np.where(rng.random(n) < 0.1 + 0.5 * y, np.nan, rng.integers(18, 80, n)),
        }
    )
    return frame, y


@each_net
def test_classes_are_learnt_in_numbers_categories_and_gaps(make):
    X, y = mixed(600)
    drawn, labels = make(max_steps=400, random_state=0).fit(X, y).sample(2000, np.arange(2000) % 2)
    for label in (0, 1):
        real, made = X[y == label], drawn[labels == label]
        spread = np.log(X["amount"]).std()
        assert np.log(made["amount"]).mean() == pytest.approx(np.log(real["amount"]).mean(), abs=0.4 * spread)
        assert (made["type"] == "bill").mean() == pytest.approx((real["type"] == "bill").mean(), abs=0.12)
        assert made["age"].isna().mean() == pytest.approx(real["age"].isna().mean(), abs=0.15)
    assert (drawn["zero"] == 0).mean() == pytest.approx(0.6, abs=0.15)
    assert (drawn["age"].dropna() % 1 == 0).all()


@each_net
def test_a_rare_class_is_learnt(make):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(400, 3)), np.repeat([0, 1], [388, 12])
    X[y == 1] += 4
    drawn, labels = make(max_steps=300, random_state=0).fit(X, y).sample(400, np.repeat([0, 1], 200))
    assert drawn[labels == 1].mean() - drawn[labels == 0].mean() > 2


@each_net
def test_wide_tables_and_many_levels(make):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(60, 300))).rename(columns=str)
    X["id"] = [f"u{i}" for i in range(60)]
    assert make(max_steps=5, random_state=0).fit(X, np.arange(60) % 2).sample(20)[0].shape == (20, 301)
    many = pd.DataFrame({"k": [f"k{i % 1000}" for i in range(1500)], "x": rng.normal(size=1500)})
    drawn, _ = make(max_steps=5, random_state=0).fit(many, np.arange(1500) % 3).sample(50)
    assert set(drawn["k"]) <= set(many["k"])


@each_net
def test_the_best_state_on_the_held_out_rows_is_kept_and_ends_the_training(make):
    X, y = np.random.default_rng(0).normal(size=(60, 3)), np.arange(60) % 2
    generator = make(max_steps=3000, patience=1, random_state=0).fit(X, y)
    losses = dict(generator.validation_curve_)
    assert generator.best_step_ == min(losses, key=losses.get)
    assert generator.n_steps_ == max(losses) < 3000
    assert not generator.interrupted_


@each_net
def test_an_interruption_keeps_the_best_state_or_the_former_model(make, monkeypatch):
    X, y = mixed(100)
    generator = make(max_steps=500, random_state=0).fit(X[["amount"]], y)
    former = generator.sample(5)[0]
    real, stop_at = training.train, [20]

    def stopped(step, *args, **kwargs):
        def and_then(done):
            if round(done * 500) >= stop_at[0]:
                raise KeyboardInterrupt
            step(done)

        return real(and_then, *args, **kwargs)

    for module in ("_table_vae", "_table_gan"):
        monkeypatch.setattr(f"synda_sk.generators.{module}.train", stopped)
    with pytest.raises(KeyboardInterrupt):
        generator.fit(X, y)
    pd.testing.assert_frame_equal(generator.sample(5)[0], former)
    assert generator.n_features_in_ == 1
    stop_at[0] = 130
    with pytest.raises(KeyboardInterrupt, match="keeps its state after"):
        generator.fit(X, y)
    assert generator.interrupted_
    assert generator.n_steps_ == 130
    assert generator.sample(5)[0].shape == (5, 5)


@each_net
def test_threads_give_the_serial_rows_and_no_global_state_moves(make):
    X, y = mixed(80)

    def rows(seed):
        return make(max_steps=30, random_state=seed).fit(X, y).sample(20)[0]

    torch_state, numpy_state = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    serial = [rows(seed) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for alone, threaded in zip(serial, pool.map(rows, range(4)), strict=True):
            pd.testing.assert_frame_equal(alone, threaded)
    assert torch.equal(torch.get_rng_state(), torch_state)
    assert_array_equal(np.random.get_state()[1], numpy_state)  # noqa: NPY002


@each_net
def test_pickles_hold_no_torch_and_modules_can_be_exchanged(make):
    X, y = mixed(80)
    generator = make(**QUICK).fit(X, y)
    assert b"torch" not in pickle.dumps(generator)
    module = generator.to_module()
    assert generator.n_parameters_ == sum(p.numel() for p in module.parameters())
    before = generator.sample(30)[0]
    pd.testing.assert_frame_equal(generator.with_module(module).sample(30)[0], before)
    with torch.no_grad():
        module.mlp.outputs.weight.zero_()
        module.mlp.outputs.bias.zero_()
    changed = generator.with_module(module)
    assert not changed.sample(30)[0].equals(before)
    pd.testing.assert_frame_equal(generator.sample(30)[0], before)


@each_net
def test_compressed_decoders_draw_rows_and_weigh_less(make):
    X, y = mixed(200)
    generator = make(**QUICK).fit(X, y)
    module = generator.to_module()
    rows, _ = generator.sample(400, 1)
    for smaller in (quantize(module, 8), prune(module, amount=0.3)):
        assert n_bytes(smaller) < 0.85 * n_bytes(module)
        drawn, labels = generator.with_module(smaller).sample(400, 1)
        assert (labels == 1).all()
        assert drawn["amount"].median() == pytest.approx(rows["amount"].median(), rel=0.5)
        stored = generator.with_module(from_bytes(to_bytes(smaller), generator.to_module()))
        pd.testing.assert_frame_equal(stored.sample(400, 1)[0], drawn)


@each_net
def test_verbose_and_groups(make, capsys):
    X, y = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 2
    sizes = [make(n_groups=g, **QUICK).fit(X, y).n_parameters_ for g in (1, 4)]
    assert sizes[1] < 0.6 * sizes[0]
    assert capsys.readouterr().err == ""
    make(verbose=1, **QUICK).fit(X, y)
    assert f"{make.__name__}: step 50 of 60, held-out loss" in capsys.readouterr().err
    with pytest.raises(ValueError, match="width == 30, must be a multiple of n_groups == 4"):
        make(width=30).fit(X, y)


def test_the_augmenter_takes_them_by_name():
    X, y = mixed(120)
    augmenter = SyntheticAugmenter("vae", generator_params={"max_steps": 20}, random_state=0)
    resampled, labels = augmenter.fit_resample(X, y)
    assert np.bincount(labels)[0] == np.bincount(labels)[1]
    pd.testing.assert_series_equal(resampled.dtypes, X.dtypes)
    assert isinstance(make_generator("gan"), TableGAN)


@pytest.mark.parametrize("make", [TableVAE, TableGAN])
def test_missing_torch_is_named_and_leaves_the_former_model(make, monkeypatch):
    X, y = mixed(60)
    generator = make(**QUICK).fit(X, y)
    before = generator.sample(4)[0]
    with monkeypatch.context() as patch:
        patch.setitem(__import__("sys").modules, "torch", None)
        with pytest.raises(ImportError, match=r"needs the package 'torch': pip install 'synda-sk\[torch\]'"):
            generator.fit(X[["amount"]], y)
    pd.testing.assert_frame_equal(generator.sample(4)[0], before)
