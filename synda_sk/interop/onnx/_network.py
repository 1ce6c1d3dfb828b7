"""A network of torch, to be exported."""

import copy
import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synda_sk.interop.onnx._check import compare
from synda_sk.interop.onnx._model import OnnxModel
from synda_sk.utils import import_optional


class Network:
    """A module in evaluation mode, with example inputs and the names of its tensors.

    Parameters
    ----------
    module : torch.nn.Module
        Copied, so that the original stays in its mode and on its device.
    inputs : sequence of array-like
        One batch of each tensor it takes; floats get the type of its weights.
    input_names, output_names : sequence of str
        Names; generated where there are none.
    estimator : estimator or None
        What it is the network of.
    n_checks : int
        Rows to draw for the check.
    """

    def __init__(
        self,
        module: Any,
        inputs: Sequence[Any],
        input_names: Sequence[str] = (),
        output_names: Sequence[str] = (),
        *,
        estimator: Any = None,
        n_checks: int,
    ) -> None:
        self.torch = import_optional("torch", extra="torch", feature="interop.onnx.export of a network")
        import_optional("onnxscript", extra="onnx", feature="interop.onnx.export of a network")
        self.module = copy.deepcopy(module).cpu().eval()
        self.estimator = estimator
        self.inputs = self._batches(inputs)
        self.input_names = list(input_names) or _numbered("input", len(self.inputs))
        rng = np.random.default_rng(0)
        self.drawn = [_draw(values, n_checks, rng) for values in self.inputs]
        self.output_names = list(output_names) or _numbered("output", len(self.compute(self.inputs)))

    def conversions(self, opset: int | None) -> list[Callable[[], tuple[Any, dict[str, Any]]]]:
        """Return the function that makes the graph and its description."""
        return [partial(self._convert, opset)]

    def check(self, file: OnnxModel, tolerance: float) -> None:
        """Raise unless the file computes what the network does, for many rows and for one.

        Raises
        ------
        ValueError
            Tells by how much.
        """
        for inputs in (self.drawn, [values[:1] for values in self.drawn]):
            found = file.run(dict(zip(self.input_names, inputs, strict=True)))
            for name, expected in zip(self.output_names, self.compute(inputs), strict=True):
                compare(f"the output {name!r}", expected, found[name], tolerance)
        if self._is_classifier():
            expected = np.asarray(self.estimator.predict_proba(self.drawn[0]))
            compare("predict_proba", expected, file.predict_proba(self.drawn[0]), tolerance)

    def compute(self, inputs: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """Return what the network computes.

        Raises
        ------
        ValueError
            If it does not take such inputs, or gives no tensors.
        """
        try:
            with self.torch.no_grad():
                outputs = self.module(*map(self.torch.from_numpy, inputs))
            outputs = outputs if isinstance(outputs, tuple | list) else [outputs]
            return [output.numpy() for output in outputs]
        except Exception as error:
            raise ValueError(f"the network cannot be run on X, or gives no tensors: {error}") from error

    def _convert(self, opset: int | None) -> tuple[Any, dict[str, Any]]:
        # a batch of one row would be taken for a constant
        examples = tuple(
            self.torch.from_numpy(np.resize(v, (max(2, len(v)), *v.shape[1:]))) for v in self.inputs
        )
        try:
            with _quiet():
                program = self.torch.onnx.export(
                    self.module,
                    examples,
                    input_names=self.input_names,
                    output_names=self.output_names,
                    dynamic_shapes=tuple({0: self.torch.export.Dim.DYNAMIC} for _ in examples),
                    opset_version=opset,
                    dynamo=True,
                    verbose=False,
                )
        except Exception as error:
            raise ValueError(f"the network cannot be exported by torch.onnx: {error}") from error
        graph = program.model_proto
        _forget_sources(graph)
        if not self._is_classifier():
            return graph, {}
        classes = self.estimator.classes_
        told = {"classes": classes.tolist(), "class_dtype": classes.dtype.str}
        return graph, told | {"probabilities": "probabilities"}

    def _is_classifier(self) -> bool:
        return self.estimator is not None and "probabilities" in self.output_names

    def _batches(self, inputs: Sequence[Any]) -> list[NDArray[Any]]:
        weights = [weight.dtype for weight in self.module.parameters() if weight.is_floating_point()]
        tensors = [self.torch.as_tensor(values).detach().cpu() for values in inputs]
        sizes = [len(tensor) if tensor.ndim else 0 for tensor in tensors]
        if not sizes or not sizes[0] or len(set(sizes)) > 1:
            raise ValueError(
                f"X holds batches of {sizes} rows, must hold as many for each input, at least one."
            )
        if weights:
            tensors = [tensor.to(weights[0]) if tensor.is_floating_point() else tensor for tensor in tensors]
        return [tensor.contiguous().numpy() for tensor in tensors]


def _draw(values: NDArray[Any], n: int, rng: np.random.Generator) -> NDArray[Any]:
    """Return inputs whose every value was seen at its place in the examples."""
    rows = rng.integers(len(values), size=(n, *values.shape[1:]))
    return np.take_along_axis(values, rows, axis=0)


def _numbered(word: str, n: int) -> list[str]:
    return [word] if n == 1 else [f"{word}_{k}" for k in range(n)]


def _forget_sources(graph: Any) -> None:
    """Drop the stack traces that torch writes to each node: they tell the paths of the machine."""
    things = [graph, graph.graph, *graph.graph.input, *graph.graph.output]
    for part in [graph.graph, *graph.functions]:
        things += [part, *part.node, *part.value_info]
        for node in part.node:
            node.doc_string = ""
    for thing in things:
        del thing.metadata_props[:]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the exporter logs, and its own deprecations, from the user."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
