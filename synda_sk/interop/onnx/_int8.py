"""Weights of an ONNX graph stored as int8, for the size of the download; arithmetic stays as it is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# which input is the weight, and which of its axes the output channels are
_WEIGHTS = {"Conv": (1, 0), "ConvTranspose": (1, 1), "MatMul": (1, -1), "Gemm": (1, 1), "Gather": (0, 0)}


def store_weights_as_int8(graph: Any) -> None:
    r"""Replace float32 weights by integers, scales and the node that multiplies them, in place.

    .. math:: W \approx \Delta_c \, q, \qquad \Delta_c = \max_j |W_{cj}| / 127

    for each output channel c.

    Raises
    ------
    ValueError
        If there is nothing to be gained.
    """
    from onnx import TensorProto, helper, numpy_helper

    channels = _channel_axes(graph.graph)
    kept, nodes = [], []
    for tensor in graph.graph.initializer:
        axis = channels.get(tensor.name)
        if axis is None or tensor.data_type != TensorProto.FLOAT:
            kept.append(tensor)
            continue
        codes, scale = _rounded(numpy_helper.to_array(tensor), axis)
        parts = [f"{tensor.name}_int8", f"{tensor.name}_scale"]
        stored = [numpy_helper.from_array(codes, parts[0]), numpy_helper.from_array(scale, parts[1])]
        node = helper.make_node("DequantizeLinear", parts, [tensor.name], axis=axis)
        if node.ByteSize() + sum(part.ByteSize() for part in stored) >= tensor.ByteSize():
            kept.append(tensor)
            continue
        kept += stored
        nodes.append(node)
    if not nodes:
        raise ValueError(
            "weights == 'int8', but the model has no matrices of weights that would be smaller so: trees and "
            "linear models have none. Use weights='float32'."
        )
    nodes += list(graph.graph.node)
    del graph.graph.initializer[:], graph.graph.node[:]
    graph.graph.initializer.extend(kept)
    graph.graph.node.extend(nodes)


def _channel_axes(graph: Any) -> dict[str, int]:
    """Return the axis of the output channels of each weight, by its name."""
    ranks = {tensor.name: len(tensor.dims) for tensor in graph.initializer}
    axes: dict[str, int] = {}
    for node in graph.node:
        place, axis = _WEIGHTS.get(node.op_type, (0, None))
        if axis is None or ranks.get(node.input[place], 0) < 2:
            continue
        if any(attribute.name == "transB" and attribute.i for attribute in node.attribute):
            axis = 0
        axes.setdefault(node.input[place], axis % ranks[node.input[place]])
    return axes


def _rounded(weight: NDArray[Any], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    others = tuple(k for k in range(weight.ndim) if k != axis)
    scale = (np.abs(weight).max(axis=others, keepdims=True, initial=0) / 127).astype(np.float32)
    scale[scale == 0] = 1
    codes = np.clip(np.rint(weight / scale), -127, 127).astype(np.int8)
    return codes, scale.ravel()
