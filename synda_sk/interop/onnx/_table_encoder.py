"""``TableEncoder`` as ONNX nodes: numbers computed in float64, a lookup for each category."""

from typing import Any

import numpy as np

from synda_sk.interop.onnx._columns import MISSING, spell
from synda_sk.interop.onnx._graph import Graph
from synda_sk.utils import TableEncoder
from synda_sk.utils._codec import MISSING as MISSING_CODE
from synda_sk.utils._codec import UNKNOWN as UNKNOWN_CODE

_ML = "ai.onnx.ml"
_ALIAS = "SyndaTableEncoder"


def register_table_encoder() -> None:
    """Tell skl2onnx about the encoder."""
    from skl2onnx import update_registered_converter

    update_registered_converter(TableEncoder, _ALIAS, _shape, _convert, parser=_parse, overwrite=True)


def _parse(scope: Any, model: TableEncoder, inputs: list[Any], custom_parsers: Any = None) -> list[Any]:
    """Declare an output of the type of the numbers that go in."""
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    operator = scope.declare_local_operator(_ALIAS, model)
    operator.inputs.extend(inputs)
    widths = [] if model._one_hot is None else _widths(model)
    shape = [None, len(model._codec.numeric) + sum(widths)]
    is_double = any(isinstance(variable.type, DoubleTensorType) for variable in inputs)
    kind = DoubleTensorType if is_double else FloatTensorType
    operator.outputs.append(scope.declare_local_variable("encoded", kind(shape)))
    return list(operator.outputs)


def _shape(operator: Any) -> None:
    """Leave the type as it was declared."""


def _convert(scope: Any, operator: Any, container: Any) -> None:
    from skl2onnx.common.data_types import guess_proto_type

    encoder = operator.raw_operator
    dtype = guess_proto_type(operator.outputs[0].type)
    graph = Graph(scope, container)
    kinds = encoder._codec.kinds()
    names = [variable.full_name for variable in operator.inputs]
    if len(names) == 1 and len(kinds) > 1:
        if "category" in kinds:
            # a tensor has one type: levels are texts, and cannot stand in a matrix of numbers
            raise ValueError(
                "a table with categories is exported with one input for each column: put TableEncoder first"
            )
        numbers, texts = names, []
    else:
        pairs = list(zip(names, kinds, strict=True))
        numbers = [name for name, kind in pairs if kind != "category"]
        texts = [name for name, kind in pairs if kind == "category"]
    parts = []
    if numbers:
        parts.append(graph.node("Cast", _scaled(encoder, graph, numbers), to=dtype))
    tables = [] if encoder._one_hot is None else _lookups(encoder)
    for text, (keys, columns, width) in zip(texts, tables, strict=True):
        parts.append(graph.node("Cast", _one_hot(graph, text, keys, columns, width), to=dtype))
    graph.node("Concat", *parts, axis=1, output=operator.outputs[0].full_name)


def _scaled(encoder: Any, graph: Graph, names: list[str]) -> str:
    from onnx import TensorProto

    columns = [graph.node("Cast", name, to=TensorProto.DOUBLE) for name in names]
    values = graph.node("Concat", *columns, axis=1)
    if encoder._skewed.any():
        size = graph.node("Log", graph.node("Add", graph.node("Abs", values), graph.constant([1.0])))
        compressed = graph.node("Mul", graph.node("Sign", values), size)
        values = graph.node("Where", graph.constant(encoder._skewed), compressed, values)
    values = graph.node("Where", graph.node("IsNaN", values), graph.constant(encoder._fill), values)
    centred = graph.node("Sub", values, graph.constant(encoder._scale.mean_))
    return graph.node("Div", centred, graph.constant(encoder._scale.scale_))


def _one_hot(graph: Graph, text: str, keys: list[str], columns: list[int], width: int) -> str:
    flat = graph.node("Reshape", text, graph.constant([-1]))
    found = graph.node(
        "LabelEncoder",
        flat,
        keys_strings=keys,
        values_int64s=columns[:-1],
        default_int64=columns[-1],
        op_domain=_ML,
        op_version=2,
    )
    ends = graph.constant(np.array([0, 1], np.float32))
    return graph.node("OneHot", found, graph.constant([width]), ends, axis=1)


def _lookups(encoder: Any) -> list[tuple[list[str], list[int], int]]:
    """Spelt levels, the output column of each and of all others (`width` for none), for each category.

    Rare levels, which may be the names of people, are among the others.
    """
    one_hot, codec = encoder._one_hot, encoder._codec
    lookups, start = [], 0
    for j, (name, width) in enumerate(zip(codec.categorical, _widths(encoder), strict=True)):
        levels = codec.levels(name)
        keys = [*map(spell, levels), MISSING]
        if len(set(keys)) < len(keys):
            raise ValueError(f"levels of the column {name!r} are spelt alike: {sorted(map(spell, levels))}")
        codes = np.tile([part[0] for part in one_hot.categories_], (len(levels) + 2, 1))
        codes[:, j] = [*range(len(levels)), MISSING_CODE, UNKNOWN_CODE]
        block = one_hot.transform(codes)[:, start : start + width]
        columns = np.where(block.any(axis=1), block.argmax(axis=1), width)
        kept = np.flatnonzero(columns[:-1] != columns[-1]).tolist() or [len(levels)]
        lookups.append(([keys[k] for k in kept], columns[[*kept, -1]].tolist(), width))
        start += width
    return lookups


def _widths(encoder: Any) -> list[int]:
    one_hot = encoder._one_hot
    rare = getattr(one_hot, "infrequent_categories_", None) or [None] * len(one_hot.categories_)
    return [
        len(levels) if few is None else len(levels) - len(few) + 1
        for levels, few in zip(one_hot.categories_, rare, strict=True)
    ]
