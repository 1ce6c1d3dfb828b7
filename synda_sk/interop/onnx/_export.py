"""A model as an ONNX file that is known to answer as the original does."""

import json
import os
import tempfile
from collections.abc import Callable
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from sklearn.utils._param_validation import Interval, StrOptions, validate_parameter_constraints
from sklearn.utils.validation import check_is_fitted

from synda_sk.interop.onnx._int8 import store_weights_as_int8
from synda_sk.interop.onnx._model import METADATA, OnnxModel, load
from synda_sk.interop.onnx._network import Network
from synda_sk.interop.onnx._plain_model import plain_model
from synda_sk.interop.onnx._table_model import TableModel
from synda_sk.utils import import_optional, write_atomically

_CONSTRAINTS = {
    "n_checks": [Interval(Integral, 1, None, closed="left")],
    "weights": [StrOptions({"float32", "int8"})],
    "tolerance": [Interval(Real, 0, None, closed="left"), None],
    "opset": [Interval(Integral, 18, None, closed="left"), None],
}
_TOLERANCE = {"float32": 1e-4, "int8": 0.05}


def export(
    estimator: Any,
    path: str | os.PathLike[str],
    *,
    X: Any = None,
    n_checks: int = 256,
    weights: str = "float32",
    tolerance: float | None = None,
    opset: int | None = None,
) -> None:
    """Write a fitted model to an ONNX file, and compare the file with it.

    The file needs none of the libraries the model was trained with, see
    :func:`load`. It holds what the model needs to predict and no rows of a
    :class:`~synda_sk.SynDAClassifier`; models that are their training rows,
    such as nearest neighbours, still hold those, and encoders hold the levels
    of categories. Needs the extra ``onnx``.

    Parameters
    ----------
    estimator : estimator or torch.nn.Module
        A model of tables: any classifier or regressor that skl2onnx knows,
        in pipelines with its transformers, :class:`~synda_sk.utils.TableEncoder`
        and samplers or not, :class:`~synda_sk.SynDAClassifier` (its final
        model), a search (its best model). A network, as it is or in an
        estimator, see Notes.
    path : path
        Where to, usually ``.onnx``; replaced when all went well.
    X : table of shape (n_samples, n_features), array or tuple of arrays, default=None
        Rows like those the model will see: their columns tell the inputs, their
        values are drawn from for the check. May be left out for a model of
        numbers in an array; then it is checked with normal numbers. For a
        network one batch of its inputs, or a tuple with one for each; may be
        left out where an estimator brings its own.
    n_checks : int, default=256
        Rows in the check, at least 1. Half of them are rows of `X`, the others
        have each value from another row.
    weights : {"float32", "int8"}, default="float32"
        "int8" stores each matrix of weights of a network as integers with one
        scale for each output channel, in a quarter of the bytes; the arithmetic
        stays in float32.
    tolerance : float or None, default=None
        Largest difference of a probability, or of a value in units of the
        largest (where that exceeds 1). None means 1e-4, and 0.05 with "int8".
    opset : int or None, default=None
        Version of the operators, at least 18; None is the newest that the
        converters are tested with.

    Raises
    ------
    ImportError
        If a package of the extra is not installed.
    NotFittedError
        If the model is not fitted.
    TypeError
        If `estimator` is neither, or `path` is no path.
    ValueError
        If a parameter is out of its range, `X` is needed, the model cannot be
        converted, or the file answers otherwise than the model. Nothing is
        written then.

    See Also
    --------
    load : Runs the file.
    synda_sk.persistence.save : Keeps the whole model, to be trained further.

    Notes
    -----
    An estimator round a network has a method ``_onnx_module()`` that returns
    ``(module, inputs, input_names, output_names)``: the module with its scaling
    of the raw input, one example batch of each input, and names. An output
    named "probabilities" is compared with the estimator's ``predict_proba``
    of the first input too, and goes with its ``classes_``.

    A table of numbers goes in as one matrix, one with texts or in front of a
    ``ColumnTransformer`` as one input of shape (n, 1) for each column: numbers,
    times as microseconds since 1970, and everything else as text, where a
    missing value is "<NA>" and True is "1".

    The steps of a pipeline compute in float64 where skl2onnx can, the model
    itself in float32, so that a row within rounding of the threshold of a tree
    may fall to its other side.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from synda_sk.interop.onnx import export, load
    >>> from synda_sk.utils import TableEncoder
    >>> X = pd.DataFrame({"amount": [5.0, 900.0, 7.5, None], "type": ["bill", "transfer", "bill", "cash"]})
    >>> clf = make_pipeline(TableEncoder(), LogisticRegression()).fit(X, ["fine", "fraud", "fine", "fraud"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     export(clf, f"{folder}/fraud.onnx", X=X)
    ...     model = load(f"{folder}/fraud.onnx")
    >>> model.predict({"amount": [850.0, None], "type": ["transfer", "bill"]}).tolist()
    ['fraud', 'fine']
    """
    given = {"n_checks": n_checks, "weights": weights, "tolerance": tolerance, "opset": opset}
    validate_parameter_constraints(_CONSTRAINTS, given, caller_name="export")
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path == {path!r}, must be a path.")
    path = Path(path)
    if not path.parent.is_dir():
        raise ValueError(f"path == {str(path)!r}, its folder does not exist.")
    onnx = import_optional("onnx", extra="onnx", feature="interop.onnx.export")
    import_optional("onnxruntime", extra="onnx", feature="interop.onnx.export")
    allowed = _TOLERANCE[weights] if tolerance is None else tolerance
    original = _original(estimator, X, n_checks)
    errors: list[ValueError] = []
    for convert in original.conversions(opset):
        try:
            graph, told = convert()
            if weights == "int8":
                store_weights_as_int8(graph)
            onnx.helper.set_model_props(graph, {METADATA: json.dumps(told)})
            _write(graph, path, lambda file: original.check(file, allowed))
            return
        except ValueError as error:
            # not every converter knows float64: the next way is taken if it passes the same check
            errors.append(error)
    for earlier in errors[:-1]:
        errors[-1].add_note(f"Before that, computing in float64: {earlier}")
    raise errors[-1]


def _write(graph: Any, path: Path, check: Callable[[OnnxModel], None]) -> None:
    """Write a file under another name, read it back, and move it to its place if it is right."""
    content = graph.SerializeToString()
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        draft = Path(folder) / path.name
        write_atomically(draft, lambda file: file.write(content))
        check(load(draft))
        os.replace(draft, path)


def _original(estimator: Any, X: Any, n_checks: int) -> TableModel | Network:
    if hasattr(estimator, "state_dict"):
        if X is None:
            raise ValueError("X is None, must be a batch of the network's inputs.")
        return Network(estimator, _batches(X), n_checks=n_checks)
    if isinstance(estimator, type) or not hasattr(estimator, "fit"):
        raise TypeError(f"estimator == {estimator!r}, must be a fitted estimator or a torch.nn.Module.")
    check_is_fitted(estimator)
    model = plain_model(estimator)
    if not hasattr(model, "_onnx_module"):
        return TableModel(estimator, model, X, n_checks)
    module, inputs, input_names, output_names = model._onnx_module()
    inputs = inputs if X is None else _batches(X)
    return Network(module, inputs, input_names, output_names, estimator=model, n_checks=n_checks)


def _batches(X: Any) -> tuple[Any, ...]:
    return tuple(X) if isinstance(X, tuple | list) else (X,)
