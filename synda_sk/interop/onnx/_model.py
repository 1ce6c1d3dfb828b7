"""A model in an ONNX file, run by onnxruntime; NumPy is all else that is imported."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synda_sk.interop.onnx._columns import CONVERTERS, split_columns

METADATA = "synda_sk"
"""Key of the description of a model in its file."""

_TYPES = {"tensor(float)": "float32", "tensor(double)": "float64", "tensor(string)": "object"}


class OnnxModel:
    """A model in an ONNX file, as :func:`load` returns it.

    Parameters
    ----------
    session : onnxruntime.InferenceSession
        Of the file.

    Attributes
    ----------
    input_names, output_names : list of str
        The tensors of the model.
    columns_ : list of str or None
        Columns of the tables it takes; None for a network, which takes arrays.
    classes_ : ndarray of shape (n_classes,) or None
        Labels, in the order of the probabilities; None without classes.
    """

    def __init__(self, session: Any) -> None:
        self._session = session
        self._inputs = {tensor.name: tensor for tensor in session.get_inputs()}
        self.input_names = list(self._inputs)
        self.output_names = [tensor.name for tensor in session.get_outputs()]
        told = json.loads(session.get_modelmeta().custom_metadata_map.get(METADATA, "{}"))
        self._columns: list[tuple[str, str]] | None = told.get("columns")
        self._named: bool = told.get("named", False)
        self._takes_missing: bool = told.get("takes_missing", False)
        self._probabilities: str | None = told.get("probabilities")
        self._predictions: str | None = told.get("predictions")
        self.columns_ = None if self._columns is None else [name for name, _ in self._columns]
        classes = told.get("classes")
        self.classes_ = None if classes is None else np.array(classes, dtype=told["class_dtype"])

    def run(self, inputs: Mapping[str, ArrayLike] | ArrayLike) -> dict[str, NDArray[Any]]:
        """Return all outputs for tensors given as they are.

        Parameters
        ----------
        inputs : mapping of str to array-like, or array-like
            A tensor for each of ``input_names``; the array alone where there
            is one. Cast to the type of the model where nothing but precision
            can be lost.

        Returns
        -------
        dict of str to ndarray
            By the names in ``output_names``.

        Raises
        ------
        ValueError
            If names or shapes are others than the model's.
        TypeError
            If values cannot be cast, such as texts to numbers.
        """
        if not isinstance(inputs, Mapping):
            if len(self._inputs) > 1:
                raise ValueError(f"inputs is one array, must be a dict with the keys {self.input_names}.")
            inputs = {self.input_names[0]: inputs}
        if set(inputs) != set(self._inputs):
            raise ValueError(f"inputs has the keys {list(inputs)}, must have {self.input_names}.")
        feed = {name: self._tensor(name, values) for name, values in inputs.items()}
        return dict(zip(self.output_names, self._session.run(None, feed), strict=True))

    def predict_proba(self, X: Any) -> NDArray[Any]:
        """Return the probability of each class.

        Parameters
        ----------
        X : table of shape (n_samples, n_features), mapping of columns, or array
            Rows as the original takes them: a pandas or polars frame or a
            dictionary by the names of the columns, an array by their position.
            For a network its first tensor.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``.

        Raises
        ------
        AttributeError
            If the model gives no probabilities.
        ValueError
            If `X` has other columns, or holds infinite values, or missing ones
            where the original takes none.
        """
        if self._probabilities is None:
            raise AttributeError(f"the model gives no probabilities; its outputs are {self.output_names}.")
        return self._output(X, self._probabilities)

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the label, or the value, of each row.

        Parameters
        ----------
        X : table of shape (n_samples, n_features), mapping of columns, or array
            As :meth:`predict_proba` takes it.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Labels of a classifier, values of a regressor.

        Raises
        ------
        AttributeError
            If the model neither gives probabilities nor predicts.
        ValueError
            As :meth:`predict_proba`.
        """
        if self._probabilities is not None and self.classes_ is not None:
            return self.classes_[self.predict_proba(X).argmax(axis=1)]
        if self._predictions is None:
            raise AttributeError(f"the model predicts nothing; its outputs are {self.output_names}: use run.")
        values = self._output(X, self._predictions)
        if self.classes_ is not None:
            return np.asarray(values).astype(self.classes_.dtype)
        return values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values

    def _output(self, X: Any, name: str) -> NDArray[Any]:
        if self._columns is None:
            return self.run(X)[name]
        names = [column for column, _ in self._columns]
        columns = zip(self._columns, split_columns(X, names, named=self._named), strict=True)
        parts = [self._column(column, kind, values)[:, np.newaxis] for (column, kind), values in columns]
        if len(self._inputs) == 1:
            return self.run(np.hstack(parts))[name]
        return self.run(dict(zip(self._inputs, parts, strict=True)))[name]

    def _column(self, name: str, kind: str, values: Any) -> NDArray[Any]:
        try:
            column = CONVERTERS[kind](values)
        except (TypeError, ValueError) as error:
            raise ValueError(f"column {name!r} of X must hold a {kind} in each row: {error}") from error
        if column.dtype.kind == "f":
            if np.isinf(column).any():
                raise ValueError(f"X holds an infinite value in column {name!r}.")
            if not self._takes_missing and np.isnan(column).any():
                raise ValueError(f"X holds a missing value in column {name!r}; the model takes none.")
        return column

    def _tensor(self, name: str, values: ArrayLike) -> NDArray[Any]:
        tensor = self._inputs[name]
        array = np.asarray(values)
        wanted = [size if isinstance(size, int) else None for size in tensor.shape]
        fits = len(wanted) == array.ndim and all(
            size is None or size == found for size, found in zip(wanted, array.shape, strict=True)
        )
        if not fits:
            shape = tuple("n" if size is None else size for size in wanted)
            raise ValueError(f"{name} has the shape {array.shape}, the model takes {shape}.")
        dtype = np.dtype(_TYPES.get(tensor.type, tensor.type.removeprefix("tensor(").removesuffix(")")))
        if not np.can_cast(array.dtype, dtype, casting="same_kind"):
            raise TypeError(f"{name} has the type {array.dtype}, the model takes {dtype}.")
        return array.astype(dtype, copy=False)


def load(path: str | os.PathLike[str], *, n_threads: int = 1) -> OnnxModel:
    """Load a model from an ONNX file, to be run without the library it was trained with.

    Parameters
    ----------
    path : path
        A file written by :func:`export`, or any other ONNX file, which can be
        ``run``.
    n_threads : int, default=1
        Threads that onnxruntime uses for one call; one is fastest for small
        models.

    Returns
    -------
    OnnxModel
        With ``predict_proba``, ``predict`` and ``run``.

    Raises
    ------
    ImportError
        If onnxruntime is not installed.
    TypeError
        If `path` is no path.
    FileNotFoundError
        If there is no such file.
    ValueError
        If `n_threads` is no positive integer, or it is no ONNX file.

    Notes
    -----
    Integers with scales become floats when the file is loaded, so one that
    computes with quantized activations runs in float32 here.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from synda_sk.interop.onnx import export, load
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> forest = RandomForestClassifier(10, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     export(forest, f"{folder}/forest.onnx", X=X)
    ...     model = load(f"{folder}/forest.onnx")
    >>> bool((model.predict(X) == forest.predict(X)).all())
    True
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise ImportError(
            "interop.onnx.load needs the package 'onnxruntime': pip install 'synda-sk[onnx]'"
        ) from error
    if isinstance(n_threads, bool) or not isinstance(n_threads, int) or n_threads < 1:
        raise ValueError(f"n_threads == {n_threads!r}, must be an int >= 1.")
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path == {path!r}, must be a path.")
    if not Path(path).is_file():
        raise FileNotFoundError(f"path == {str(path)!r}, there is no such file.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = n_threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # weights stored as int8 become floats once, at load, and not at every call
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ValueError(
            f"path == {str(path)!r} is no ONNX file that onnxruntime can run: {error}"
        ) from error
    return OnnxModel(session)
