"""Nodes and constants of a converter, under names of their own."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


class Graph:
    """What a converter of skl2onnx adds to.

    Parameters
    ----------
    scope, container : skl2onnx's
        As converters are given them.
    """

    def __init__(self, scope: Any, container: Any) -> None:
        self.scope = scope
        self.container = container

    def node(self, kind: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        """Add a node and return the name of its output."""
        output = output or self.scope.get_unique_variable_name(f"synda_{kind}")
        name = self.scope.get_unique_operator_name(f"synda_{kind}")
        self.container.add_node(kind, list(inputs), [output], name=name, **attributes)
        return output

    def constant(self, values: Any) -> str:
        """Add a constant and return its name."""
        from onnx import numpy_helper

        array: NDArray[Any] = np.asarray(values)
        name = self.scope.get_unique_variable_name("synda_constant")
        kind = numpy_helper.from_array(array).data_type
        self.container.add_initializer(name, kind, list(array.shape), array.ravel().tolist())
        return name
