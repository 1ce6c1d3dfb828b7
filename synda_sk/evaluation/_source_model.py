"""A source that is a model: trained elsewhere, given itself or as a file."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synda_sk.evaluation._target import Target
from synda_sk.persistence import load
from synda_sk.typing import FloatArray, Table


class OneAgainstRest:
    """A classifier of any labels as one of the class sought, 1, and the rest, 0.

    Parameters
    ----------
    model : fitted classifier
        With ``predict_proba``.
    column : int
        Where the class sought is among its classes.
    """

    classes_: NDArray[np.intp] = np.array([0, 1])

    def __init__(self, model: Any, column: int) -> None:
        self.model = model
        self.column = column

    def predict_proba(self, X: Table) -> FloatArray:
        """Return the probabilities of 0 and 1.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, 2)
            They sum to 1.
        """
        found = self.model.predict_proba(X)[:, self.column]
        return np.column_stack([1 - found, found])

    def _prediction_parts(self, X: Table) -> list[tuple[Any, Table]]:
        """Return the model that predicts, and the rows it sees."""
        return [(self.model, X)]


def source_model(source: Any) -> Any:
    """Return the model that a source is; None where it tells rows.

    Parameters
    ----------
    source : Any
        As :func:`~synda_sk.evaluation.run_protocol` takes it.

    Returns
    -------
    fitted classifier or None
        Of a file, what :func:`synda_sk.persistence.load` returns.

    Raises
    ------
    ValueError
        If it is not fitted, or the file is no saved classifier.
    """
    is_file = isinstance(source, os.PathLike) or (
        isinstance(source, str) and (Path(source).is_file() or source.endswith(".skops"))
    )
    if is_file:
        if not Path(source).is_file():
            raise ValueError(f"source == {str(source)!r} does not exist; give a file of persistence.save.")
        try:
            source = load(source)
        except ValueError as error:
            raise ValueError(f"source cannot be loaded: {error}") from error
    if not is_file and not hasattr(source, "fit"):
        return None
    if not hasattr(source, "predict_proba") or not hasattr(source, "classes_"):
        raise ValueError(f"source == {source!r}, must be a fitted classifier with predict_proba.")
    return source


def fitted_to_target(model: Any, target: Target, n_features: int) -> Any:
    """Return a source's model with the labels of the target.

    Parameters
    ----------
    model : fitted classifier
        Trained elsewhere.
    target : Target
        Of the rows here.
    n_features : int
        Columns of the rows here.

    Returns
    -------
    fitted classifier
        `model`, or for a class sought :class:`OneAgainstRest`.

    Raises
    ------
    ValueError
        If it expects other columns, or does not know the class sought, or none of several classes.
    """
    expected = getattr(model, "n_features_in_", n_features)
    if expected != n_features:
        raise ValueError(f"source is a model of {expected} columns, X has {n_features}.")
    known = model.classes_.tolist()
    if not target.is_binary:
        if not set(known) & set(target.y.tolist()):
            raise ValueError(f"source knows the classes {known}, and none of those of y.")
        return model
    columns = [i for i, label in enumerate(known) if str(label) == str(target.positive)]
    if not columns:
        raise ValueError(f"source knows the classes {known}, and not the class sought, {target.positive!r}.")
    return OneAgainstRest(model, columns[0])
