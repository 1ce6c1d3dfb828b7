"""A step of a diffusion model and the decoder of an autoencoder as ONNX files."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

for name in ("torch", "skorch", "onnx", "onnxruntime", "onnxscript"):
    pytest.importorskip(name, reason=f"{name} is not installed")

import torch  # noqa: E402

from synda_sk.generators import ConvVAEGenerator, DiffusionGenerator  # noqa: E402
from synda_sk.interop.onnx import export, load  # noqa: E402

X, y = load_digits(return_X_y=True)
X, y = X[:40], y[:40]


@pytest.mark.parametrize("context", [None, np.repeat(["desk", "field"], 20)])
def test_one_step_of_diffusion(tmp_path, context):
    generator = DiffusionGenerator(width=8, max_steps=2, random_state=0).fit(X, y, context)
    export(generator, tmp_path / "step.onnx")
    inputs = {
        "noised": np.random.default_rng(0).standard_normal((3, 1, 8, 8)).astype(np.float32),
        "time": np.array([1.0, 0.5, 0.25], dtype=np.float32),
        "label": np.array([0, 3, 9]),
    }
    if context is not None:
        inputs["context"] = np.array([[0], [1], [1]])
    found = load(tmp_path / "step.onnx").run(inputs)["velocity"]
    with torch.no_grad():
        wanted = generator.to_module()(*(torch.from_numpy(values) for values in inputs.values()))
    np.testing.assert_allclose(found, wanted.numpy(), atol=1e-4)


def test_the_decoder_of_an_autoencoder(tmp_path):
    generator = ConvVAEGenerator(width=4, n_latent=3, max_steps=2, random_state=0).fit(X, y)
    export(generator, tmp_path / "decoder.onnx", weights="int8", tolerance=0.1)
    z = np.random.default_rng(0).standard_normal((5, 3)).astype(np.float32)
    found = load(tmp_path / "decoder.onnx").run({"latent": z, "label": np.arange(5)})["image"]
    assert found.shape == (5, 1, 8, 8)
    assert np.abs(found).max() <= 1
