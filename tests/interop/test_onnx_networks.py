"""Networks as ONNX files."""

import logging

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from synda_sk import SynDAClassifier, compression
from synda_sk.interop.onnx import export, load

torch = pytest.importorskip("torch", reason="needs the extra torch")
onnx = pytest.importorskip("onnx", reason="needs the extra onnx")
pytest.importorskip("onnxruntime", reason="needs the extra onnx")
pytest.importorskip("onnxscript", reason="needs the extra onnx")


def images(n, seed=0):
    return np.random.default_rng(seed).normal(size=(n, 1, 8, 8)).astype(np.float32)


def convolutions():
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Conv2d(1, 32, 3, padding=1),
        torch.nn.BatchNorm2d(32),
        torch.nn.ReLU(),
        torch.nn.Conv2d(32, 64, 3, stride=2, padding=1),
        torch.nn.Dropout(),
        torch.nn.Flatten(),
        torch.nn.Linear(64 * 16, 5),
    )
    net(torch.from_numpy(images(64)))  # statistics of the batch norm
    return net


def computed(net, *inputs):
    with torch.no_grad():
        return net.eval()(*map(torch.from_numpy, inputs)).numpy()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("networks")
    export(convolutions(), folder / "net.onnx", X=images(1))
    export(convolutions(), folder / "small.onnx", X=images(16), weights="int8")
    return folder


@pytest.mark.parametrize("n", [1, 2, 7])
def test_batches_of_any_size(folder, n):
    file = load(folder / "net.onnx")
    assert (file.input_names, file.output_names) == (["input"], ["output"])
    assert_allclose(
        file.run(images(n, seed=1))["output"], computed(convolutions(), images(n, seed=1)), atol=1e-4
    )


def test_one_file_without_paths_of_this_machine(folder):
    assert sorted(path.name for path in folder.iterdir()) == ["net.onnx", "small.onnx"]
    content = (folder / "net.onnx").read_bytes()
    assert b".py" not in content
    onnx.checker.check_model(str(folder / "net.onnx"), full_check=True)


def test_int8_weights_are_a_quarter_and_what_quantize_gives(folder):
    ratio = (folder / "small.onnx").stat().st_size / (folder / "net.onnx").stat().st_size
    assert ratio < 0.3
    found = load(folder / "small.onnx").run(images(9, seed=1))["output"]
    exact = computed(convolutions(), images(9, seed=1))
    assert 1e-5 < np.abs(found - exact).max() < 0.05
    assert_allclose(found, computed(compression.quantize(convolutions(), 8), images(9, seed=1)), atol=1e-4)


class Weights(torch.nn.Module):
    """One layer of each kind whose weights are stored."""

    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(50, 16)
        self.up = torch.nn.ConvTranspose1d(16, 24, 4, groups=2)
        self.matrix = torch.nn.Parameter(torch.randn(24, 40) * torch.logspace(-3, 2, 40))
        self.linear = torch.nn.Linear(40, 3)

    def forward(self, codes):
        x = self.up(self.embedding(codes).transpose(1, 2))
        return self.linear(torch.tanh(x.mean(dim=2) @ self.matrix))


def test_each_weight_is_rounded_by_half_a_level_of_its_channel_at_most(tmp_path):
    torch.manual_seed(0)
    net = Weights()
    export(net, tmp_path / "net.onnx", X=np.arange(40).reshape(8, 5) % 50, weights="int8", tolerance=0.5)
    graph = onnx.load(tmp_path / "net.onnx").graph
    stored = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    nodes = [node for node in graph.node if node.op_type == "DequantizeLinear"]
    originals = [weight.detach().numpy() for weight in net.parameters() if weight.ndim > 1]
    assert {stored[node.input[0]].shape for node in nodes} == {weight.shape for weight in originals}
    for node in nodes:
        codes, scale = (stored[name] for name in node.input)
        assert codes.dtype == np.int8
        axis = node.attribute[0].i
        scale = scale.reshape([-1 if k == axis else 1 for k in range(codes.ndim)])
        original = next(w for w in originals if w.shape == codes.shape)
        assert (np.abs(original - codes * scale) <= scale * 0.5001).all()


class Step(torch.nn.Module):
    """Looks like one denoising step: an image, a time and a class go in."""

    def __init__(self):
        super().__init__()
        self.classes = torch.nn.Embedding(4, 8)
        self.conv = torch.nn.Conv2d(1, 8, 3, padding=1)
        self.out = torch.nn.Conv2d(8, 1, 3, padding=1)

    def forward(self, x, time, label):
        scale = self.classes(label) + torch.cos(time)[:, None]
        return self.out(torch.relu(self.conv(x)) * scale[:, :, None, None])


def test_several_inputs(tmp_path):
    torch.manual_seed(0)
    net = Step().train()
    inputs = images(6), np.linspace(0, 1, 6), np.arange(6) % 4
    export(net, tmp_path / "step.onnx", X=inputs)
    assert net.training
    file = load(tmp_path / "step.onnx")
    inputs = images(3, seed=1), np.array([0.2, 0.5, 1.0], np.float32), np.array([3, 0, 1])
    found = file.run(dict(zip(file.input_names, inputs, strict=True)))["output"]
    assert_allclose(found, computed(net, *inputs), atol=1e-4)
    with pytest.raises(TypeError, match="input_2 has the type float64, the model takes int64"):
        file.run(dict(zip(file.input_names, [inputs[0], inputs[1], [0.5, 1, 2]], strict=True)))
    with pytest.raises(AttributeError, match="use run"):
        file.predict(images(2))


class Pixels(ClassifierMixin, BaseEstimator):
    """Round a network, as image classifiers are: raw pixels in, probabilities out."""

    def __init__(self, lying=False):
        self.lying = lying

    def fit(self, X, y):
        self.classes_, codes = np.unique(y, return_inverse=True)
        torch.manual_seed(0)
        linear = torch.nn.Linear(64, len(self.classes_))
        linear.weight.data += torch.from_numpy(np.stack([X[codes == k].mean(axis=0) for k in range(2)])) / 255
        self.module_ = torch.nn.Sequential(Scale(), linear, torch.nn.Softmax(dim=1))
        self.examples_ = X[:16]
        return self

    def predict_proba(self, X):
        check_is_fitted(self)
        probabilities = computed(self.module_, np.asarray(X, dtype=np.uint8))
        return probabilities[:, ::-1] if self.lying else probabilities

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def _onnx_module(self):
        return self.module_, (self.examples_,), ("pixels",), ("probabilities",)


class Scale(torch.nn.Module):
    def forward(self, x):
        return x.to(torch.float32) / 255


PIXELS = np.random.default_rng(0).integers(0, 256, (60, 64), dtype=np.uint8)
PIXELS[30:, ::2] //= 2
KINDS = np.repeat(["sick", "well"], 30)


def test_an_estimator_brings_its_network_with_it(tmp_path):
    clf = Pixels().fit(PIXELS, KINDS)
    export(clf, tmp_path / "clf.onnx")
    file = load(tmp_path / "clf.onnx")
    assert file.classes_.tolist() == ["sick", "well"]
    assert_allclose(file.predict_proba(PIXELS), clf.predict_proba(PIXELS), atol=1e-5)
    assert_array_equal(file.predict(PIXELS), clf.predict(PIXELS))
    loop = SynDAClassifier(clf, augmenter=None, query_estimator=None, random_state=0).fit(PIXELS, KINDS)
    export(loop, tmp_path / "loop.onnx")
    assert_allclose(load(tmp_path / "loop.onnx").predict_proba(PIXELS), loop.predict_proba(PIXELS), atol=1e-5)


def test_a_network_that_is_not_what_the_estimator_predicts_is_refused(tmp_path):
    with pytest.raises(ValueError, match="predict_proba of estimator and of its file differ"):
        export(Pixels(lying=True).fit(PIXELS, KINDS), tmp_path / "clf.onnx")
    assert list(tmp_path.iterdir()) == []


def test_the_exporter_is_silent(tmp_path, capfd, caplog):
    caplog.set_level(logging.DEBUG)
    export(torch.nn.Linear(3, 2), tmp_path / "net.onnx", X=np.zeros((2, 3)))
    assert capfd.readouterr() == ("", "")
    assert [record for record in caplog.records if record.name.startswith(("torch.onnx", "onnx"))] == []
    assert logging.root.manager.disable == 0


class Shapes(torch.nn.Module):
    def forward(self, x):
        return x if x.sum() > 0 else -x


def test_what_cannot_be_exported_is_told(tmp_path):
    for net, X, told in [
        (Shapes(), images(2), "cannot be exported by torch.onnx"),
        (torch.nn.Linear(3, 2), None, "X is None"),
        (torch.nn.Linear(3, 2), (np.zeros((2, 3)), np.zeros((3, 3))), r"batches of \[2, 3\] rows"),
        (torch.nn.Linear(3, 2), np.zeros((0, 3)), "at least one"),
        (torch.nn.Linear(3, 2), np.zeros((2, 4)), "cannot be run on X"),
    ]:
        with pytest.raises(ValueError, match=told):
            export(net, tmp_path / "net.onnx", X=X)
    assert list(tmp_path.iterdir()) == []
