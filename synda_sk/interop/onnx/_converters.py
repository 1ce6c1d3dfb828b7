"""Where skl2onnx needs help with scikit-learn's own estimators."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from synda_sk.interop.onnx._columns import MISSING, is_missing, spell
from synda_sk.interop.onnx._graph import Graph

Converter = Callable[[Any, Any, Any], None]
_TREES = (
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)


def custom_conversions() -> dict[type, Converter]:
    """Return skl2onnx's converters of some estimators, given what they can work with."""
    changed = {
        HistGradientBoostingClassifier: _boosting,
        HistGradientBoostingRegressor: _boosting,
        OneHotEncoder: _encoder,
        OrdinalEncoder: _encoder,
        SimpleImputer: _imputer,
        VotingClassifier: _vote,
    }
    return changed | dict.fromkeys(_TREES, _forest)


class _WithMissing:
    """A container that fills in where missing values go at the nodes of trees.

    skl2onnx writes booleans, which protobuf refuses where integers belong, and
    for scikit-learn's forests nothing at all.
    """

    _KEY = "nodes_missing_value_tracks_true"

    def __init__(self, container: Any, to_left: list[int] | None = None) -> None:
        self._container = container
        self._to_left = to_left

    def __getattr__(self, name: str) -> Any:
        return getattr(self._container, name)

    def add_node(self, *args: Any, **attributes: Any) -> None:
        """Add a node as it is, or with the attribute for missing values."""
        if self._KEY in attributes:
            attributes[self._KEY] = self._to_left or [int(value) for value in attributes[self._KEY]]
        self._container.add_node(*args, **attributes)


def _boosting(scope: Any, operator: Any, container: Any) -> None:
    # trees of ONNX compare a number with a threshold: a split by a set of levels is none of theirs
    if getattr(operator.raw_operator, "is_categorical_", None) is not None:
        raise ValueError(
            "boosted trees with categorical_features cannot be written as ONNX trees; encode the levels in "
            "a step before"
        )
    _convert(scope, operator, _WithMissing(container))


def _forest(scope: Any, operator: Any, container: Any) -> None:
    model = operator.raw_operator
    trees = [tree.tree_ for tree in getattr(model, "estimators_", [model])]
    to_left = [tree.missing_go_to_left * (tree.children_left >= 0) for tree in trees]
    _convert(scope, operator, _WithMissing(container, np.concatenate(to_left).astype(int).tolist()))


def _encoder(scope: Any, operator: Any, container: Any) -> None:
    """Spell levels as the columns do."""
    encoder = copy.copy(operator.raw_operator)
    if _is_text(operator):
        encoder.categories_ = [
            np.array([spell(level) for level in levels], dtype=object) for levels in encoder.categories_
        ]
    _convert(scope, operator, container, encoder)


def _imputer(scope: Any, operator: Any, container: Any) -> None:
    """Fill in texts as the columns spell them, and float64, which the operator for it does not take."""
    from skl2onnx.common.data_types import DoubleTensorType

    imputer = copy.copy(operator.raw_operator)
    if _is_text(operator) and is_missing(imputer.missing_values):
        imputer.missing_values = MISSING
    if not isinstance(operator.inputs[0].type, DoubleTensorType):
        _convert(scope, operator, container, imputer)
        return
    fill = np.asarray(imputer.statistics_, dtype=np.float64)
    if not is_missing(imputer.missing_values) or np.isnan(fill).any():
        # export then computes in float32, where the operator of ONNX for it is used
        raise ValueError(
            "float64 cannot be imputed in a column without any value, or for another mark than NaN"
        )
    graph = Graph(scope, container)
    values = graph.node("Concat", *(variable.full_name for variable in operator.inputs), axis=1)
    filled = (graph.node("IsNaN", values), graph.constant(fill), values)
    graph.node("Where", *filled, output=operator.outputs[0].full_name)


def _vote(scope: Any, operator: Any, container: Any) -> None:
    """Leave aside the layout of ``transform``, of which nothing is exported, and take weights in a list."""
    vote = copy.copy(operator.raw_operator)
    vote.flatten_transform = False
    if vote.weights is not None:
        vote.weights = np.asarray(vote.weights, dtype=float)
    _convert(scope, operator, container, vote)


def _is_text(operator: Any) -> bool:
    from skl2onnx.common.data_types import StringTensorType

    return isinstance(operator.inputs[0].type, StringTensorType)


def _convert(scope: Any, operator: Any, container: Any, instead: Any = None) -> None:
    """Call skl2onnx's own converter, with another estimator in the place of the original."""
    from skl2onnx.common._registration import get_converter

    original = operator.raw_operator
    operator.raw_operator = original if instead is None else instead
    try:
        get_converter(operator.type)(scope, operator, container)
    finally:
        operator.raw_operator = original
