"""A model of tables, to be exported."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import is_classifier
from sklearn.pipeline import Pipeline

from synda_sk.interop.onnx._check import compare, draw_rows, with_gaps
from synda_sk.interop.onnx._model import OnnxModel
from synda_sk.interop.onnx._plain_model import first_step
from synda_sk.interop.onnx._table_graph import describe_columns, spread_probabilities, table_graph
from synda_sk.typing import Table
from synda_sk.utils import TableEncoder, is_frame, take_rows


class TableModel:
    """A fitted estimator and rows like those it will see.

    Parameters
    ----------
    estimator : estimator
        Fitted classifier or regressor.
    model : estimator
        The plain model in it.
    X : table or None
        Rows; None for normal numbers.
    n_checks : int
        Rows to draw for the check.
    """

    def __init__(self, estimator: Any, model: Any, X: Table | None, n_checks: int) -> None:
        self.estimator = estimator
        self.model = model
        X = _rows(estimator, X, n_checks)
        self.rows = draw_rows(X, n_checks, np.random.default_rng(0))
        self.predict(self.rows)
        self.gaps = self._with_gaps()
        self.columns = describe_columns(self.model, X)

    def conversions(self, opset: int | None) -> list[Callable[[], tuple[Any, dict[str, Any]]]]:
        """Return functions that make the graph and its description, the most exact first."""
        precisions = [True, False] if isinstance(self.model, Pipeline) else [False]
        return [partial(self._convert, opset, in_double) for in_double in precisions]

    def check(self, file: OnnxModel, tolerance: float) -> None:
        """Raise unless the file answers as the estimator does, for many rows and for one.

        Raises
        ------
        ValueError
            Tells by how much.
        """
        tables = [("predictions", self.rows), ("the prediction", take_rows(self.rows, np.array([0])))]
        if self.gaps is not None:
            tables.append(("predictions without some numbers", self.gaps))
        answer = file.predict_proba if hasattr(self.estimator, "predict_proba") else file.predict
        for name, table in tables:
            compare(name, self.predict(table), answer(table), tolerance)

    def predict(self, X: Table) -> NDArray[Any]:
        """Return the probabilities, or the predictions where there are none."""
        has_them = hasattr(self.estimator, "predict_proba")
        return np.asarray(self.estimator.predict_proba(X) if has_them else self.estimator.predict(X))

    def _convert(self, opset: int | None, in_double: bool) -> tuple[Any, dict[str, Any]]:
        graph = table_graph(self.model, self.columns, opset, in_double=in_double)
        outputs = [tensor.name for tensor in graph.graph.output]
        told = {
            "columns": self.columns,
            "named": hasattr(self.estimator, "feature_names_in_"),
            "takes_missing": self.gaps is not None or isinstance(first_step(self.model), TableEncoder),
        }
        if is_classifier(self.estimator):
            classes = self.estimator.classes_
            told |= {"classes": classes.tolist(), "class_dtype": classes.dtype.str}
            if hasattr(self.estimator, "predict_proba"):
                spread_probabilities(graph, self.model.classes_, classes)
                return graph, told | {"probabilities": outputs[1]}
        return graph, told | {"predictions": outputs[0]}

    def _with_gaps(self) -> Table | None:
        """Return rows without some of their numbers, None where the estimator refuses them."""
        gaps = with_gaps(self.rows)
        if gaps is None:
            return None
        try:
            self.predict(gaps)
        except (TypeError, ValueError):
            return None
        return gaps


def _rows(estimator: Any, X: Table | None, n: int) -> Table:
    if not hasattr(estimator, "predict"):
        raise TypeError(f"estimator == {estimator!r} predicts nothing, must be a classifier or regressor.")
    if isinstance(getattr(estimator, "classes_", None), list):
        raise ValueError("estimator predicts several labels at once, must predict one.")
    if X is None:
        if hasattr(estimator, "feature_names_in_"):
            names = list(estimator.feature_names_in_)
            raise ValueError(f"X is None, must be rows with the columns {names}, whose types it tells.")
        return np.random.default_rng(0).normal(size=(n, estimator.n_features_in_))
    X = X if is_frame(X) else np.asarray(X)
    if not is_frame(X) and X.ndim != 2:
        raise ValueError(f"X has the shape {X.shape}, must be a table of rows and columns.")
    if not len(X):
        raise ValueError("X has no rows.")
    return X
