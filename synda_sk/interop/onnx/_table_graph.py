"""scikit-learn's models of tables as ONNX graphs, through skl2onnx."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import is_classifier
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline

from synda_sk.interop.onnx._columns import column_kind, split_columns
from synda_sk.interop.onnx._converters import custom_conversions
from synda_sk.interop.onnx._plain_model import first_step
from synda_sk.interop.onnx._table_encoder import register_table_encoder
from synda_sk.typing import Table
from synda_sk.utils import TableEncoder, import_optional, is_frame

Columns = list[tuple[str, str]]
_KINDS = {"continuous": "number", "integer": "number", "datetime": "time", "category": "text"}


def describe_columns(model: Any, X: Table) -> Columns:
    """Return the name of each column and its kind: "number", "time" or "text".

    Raises
    ------
    ValueError
        If a column has no name.
    """
    names = [str(name) for name in X.columns] if is_frame(X) else [f"x{k}" for k in range(np.shape(X)[1])]
    if "" in names:
        raise ValueError("X has a column that has no name, must have a name for each.")
    first = first_step(model)
    if isinstance(first, TableEncoder):
        return list(zip(names, [_KINDS[kind] for kind in first._codec.kinds()], strict=True))
    columns = split_columns(X, names, named=is_frame(X))
    return [(name, column_kind(column)) for name, column in zip(names, columns, strict=True)]


def table_graph(model: Any, columns: Columns, opset: int | None, *, in_double: bool) -> Any:
    """Return the graph of a fitted model.

    Parameters
    ----------
    model : estimator
        A plain model.
    columns : list of (str, str)
        Names and kinds.
    opset : int or None
        Version of the operators.
    in_double : bool
        Compute up to the last step in float64, as scikit-learn does: a rounding
        error there lets rows fall to the other side of a tree's threshold. The
        last step gets float32, which is all that most of its converters know.

    Raises
    ------
    ValueError
        If skl2onnx cannot convert it.
    """
    skl2onnx = import_optional("skl2onnx", extra="onnx", feature="interop.onnx.export")
    register_table_encoder()
    types = _input_types(model, columns, in_double)
    if in_double:
        from skl2onnx.sklapi import CastTransformer

        cast = ("to_float32", CastTransformer(dtype=np.float32))
        model = Pipeline([*model.steps[:-1], cast, model.steps[-1]])
    last = model.steps[-1][1] if isinstance(model, Pipeline) else model
    as_matrix = {"zipmap": False} if is_classifier(last) and hasattr(last, "predict_proba") else {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return skl2onnx.convert_sklearn(
                model,
                name="model",
                initial_types=types,
                options={id(last): as_matrix},
                target_opset=opset,
                custom_conversion_functions=custom_conversions(),
            )
    except Exception as error:
        raise ValueError(f"estimator cannot be converted by skl2onnx: {error}") from error


def spread_probabilities(graph: Any, seen: NDArray[Any], classes: NDArray[Any]) -> None:
    """Give classes without a label yet a column of zeros, in place."""
    if len(seen) == len(classes):
        return
    from onnx import helper, numpy_helper

    output = graph.graph.output[1]
    inner, padding, order, padded = (
        f"{output.name}_{part}" for part in ("seen", "padding", "order", "padded")
    )
    for node in graph.graph.node:
        node.output[:] = [inner if name == output.name else name for name in node.output]
        node.input[:] = [inner if name == output.name else name for name in node.input]
    places = {label: k for k, label in enumerate(seen.tolist())}
    columns = [places.get(label, len(seen)) for label in classes.tolist()]
    constants = {padding: np.array([0, 0, 0, 1]), order: np.array(columns)}
    graph.graph.initializer.extend(numpy_helper.from_array(v, name) for name, v in constants.items())
    graph.graph.node.append(helper.make_node("Pad", [inner, padding], [padded]))
    graph.graph.node.append(helper.make_node("Gather", [padded, order], [output.name], axis=1))
    output.type.tensor_type.shape.dim[1].dim_value = len(classes)


def _input_types(model: Any, columns: Columns, in_double: bool) -> list[tuple[str, Any]]:
    """Return one matrix for numbers alone, else one input for each column."""
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, StringTensorType

    number = DoubleTensorType if in_double else FloatTensorType
    if all(kind == "number" for _, kind in columns) and not isinstance(first_step(model), ColumnTransformer):
        return [("X", number([None, len(columns)]))]
    types = {"number": number, "time": DoubleTensorType, "text": StringTensorType}
    return [(name, types[kind]([None, 1])) for name, kind in columns]
