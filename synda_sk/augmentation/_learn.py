"""Which rows a generator learns from, given contexts, exemplars and constraints."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synda_sk.base import check_labels, check_seen
from synda_sk.conditioning import ContextEncoder
from synda_sk.conditioning._columns import find_columns, pick_columns
from synda_sk.conditioning._context import Context
from synda_sk.conditioning._exemplars import exemplar_weights, resample_evenly
from synda_sk.conditioning._rules import Rules
from synda_sk.typing import FloatArray, IntArray, Table
from synda_sk.utils import (
    SeedStreams,
    check_same_length,
    check_table,
    concat_rows,
    is_frame,
    take_rows,
)


@dataclass
class Contexts:
    """The contexts that rows of each class have.

    Parameters
    ----------
    encoder : ContextEncoder
        Fitted.
    rows : Context
        Of the rows the generator learns from.
    labels : ndarray of shape (n_rows,)
        Their classes.
    """

    encoder: ContextEncoder
    rows: Context
    labels: NDArray[Any]

    def draw(self, labels: NDArray[Any], rng: np.random.Generator) -> Context:
        """Draw a context for each label, that of a random row of its class."""
        chosen = np.empty(len(labels), dtype=np.intp)
        for label in np.unique(labels):
            wanted = np.flatnonzero(labels == label)
            chosen[wanted] = rng.choice(np.flatnonzero(self.labels == label), size=len(wanted))
        return self.rows.take(chosen)


def check_learning_params(augmenter: Any) -> None:
    """Raise unless `context`, `exemplars` and `constraints` are of the right kind.

    Raises
    ------
    ValueError
        Names the parameter.
    """
    context = augmenter.context
    if context is not None and (
        isinstance(context, str) or not isinstance(context, list | tuple | np.ndarray) or not len(context)
    ):
        raise ValueError(f"context == {context!r}, must be a list of columns, such as ['region'], or None.")
    constraints = augmenter.constraints
    if constraints is not None and not isinstance(constraints, list | tuple):
        raise ValueError(f"constraints == {constraints!r}, must be a list of constraints or None.")
    for constraint in constraints or ():
        if isinstance(constraint, type) or not all(
            callable(getattr(constraint, name, None)) for name in ("fit", "holds", "repair")
        ):
            raise ValueError(
                f"constraints has {constraint!r}, must have objects with fit, holds and repair, such as "
                "synda_sk.conditioning.Range('amount', low=0)."
            )


def rows_to_learn(
    augmenter: Any, X: Table, y: NDArray[Any]
) -> tuple[Table, NDArray[Any], Contexts | None, Rules]:
    """Choose the rows to fit a generator to.

    Parameters
    ----------
    augmenter : SyntheticAugmenter
        Its parameters.
    X : table of shape (n_samples, n_features)
        Real rows.
    y : ndarray of shape (n_samples,)
        Their labels.

    Returns
    -------
    X : table of shape (n_learnt, n_features)
        Rows, perhaps repeated; `X` itself where no parameter asks for more.
    y : ndarray of shape (n_learnt,)
        Their labels.
    contexts : Contexts or None
        Where columns of a context are named.
    rules : Rules
        Fitted constraints.
    """
    streams = SeedStreams(augmenter.random_state) if augmenter.exemplars is not None else None
    weights = np.ones(len(y))
    if streams is not None:
        X_exemplars, y_exemplars = _open_exemplars(augmenter, X, y)
        weights, more = _weights(augmenter, X, X_exemplars, streams.seed("exemplar folds"))
        if y_exemplars is not None:
            X, y = concat_rows(X, X_exemplars), np.concatenate([y, y_exemplars])
            weights = np.concatenate([weights, more])
    rules = Rules(augmenter.constraints or ())
    good = rules.fit(X, y) if rules.constraints else np.ones(len(y), dtype=bool)
    if not good.all():
        X, y, weights = take_rows(X, np.flatnonzero(good)), y[good], weights[good]
    encoder = context = None
    if augmenter.context is not None:
        encoder = ContextEncoder(list(augmenter.context)).fit(X)
        context = encoder.read(X)
    if streams is not None:
        rows = _resample(y, weights, streams.generator("exemplars"))
        if context is not None:
            rows = np.concatenate([rows, _lost_contexts(context, rows)])
            context = context.take(rows)
        X, y = take_rows(X, rows), y[rows]
    contexts = None if encoder is None or context is None else Contexts(encoder, context, y)
    return X, y, contexts, rules


def _open_exemplars(augmenter: Any, X: Table, y: NDArray[Any]) -> tuple[Table, NDArray[Any] | None]:
    given, labels = augmenter.exemplars, None
    if isinstance(given, tuple):
        if len(given) != 2:
            raise ValueError(f"exemplars is a tuple of {len(given)}, must be (X, y) or a table.")
        given, labels = given
    try:
        table = check_table(augmenter, given, reset=False)
    except (TypeError, ValueError) as error:
        raise type(error)(f"exemplars: {error}") from error
    if is_frame(X) != is_frame(table) or (is_frame(X) and list(X.dtypes) != list(table.dtypes)):
        raise ValueError(
            "exemplars must be the same kind of table as X, with the same dtypes in its columns."
        )
    if labels is None:
        return table, None
    known = check_labels(labels, "the labels of exemplars")
    check_same_length(exemplars=table, labels=known)
    check_seen(known, np.unique(y), "exemplars", "y")
    return table, known


def _weights(augmenter: Any, X: Table, X_exemplars: Table, seed: int) -> tuple[FloatArray, FloatArray]:
    context = find_columns(X, list(augmenter.context), "context") if augmenter.context is not None else []
    kept = [k for k in range(X.shape[1]) if k not in context]
    if augmenter.exemplar_strength == 0 or not kept:
        return np.ones(len(X)), np.ones(len(X_exemplars))
    ratios = exemplar_weights(pick_columns(X, kept), pick_columns(X_exemplars, kept), seed)
    return ratios[0] ** augmenter.exemplar_strength, ratios[1] ** augmenter.exemplar_strength


def _resample(y: NDArray[Any], weights: FloatArray, rng: np.random.Generator) -> IntArray:
    """As many rows of each class as there are, by weight."""
    parts = []
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        parts.append(rows[resample_evenly(weights[rows], rng.uniform(1e-6, 1 - 1e-6))])
    return np.sort(np.concatenate(parts))


def _lost_contexts(context: Context, rows: IntArray) -> IntArray:
    """One row for each level, and each end of the range, of a context column that `rows` lack."""
    lost: list[int] = []
    for column in context.codes.T:
        first = np.unique(column, return_index=True)[1]
        lost += first[~np.isin(column[first], column[rows])].tolist()
    for column in context.numbers.T:
        by_value = np.argsort(column, kind="stable")  # missing ones last
        n_known = int((~np.isnan(column)).sum())
        wanted = {by_value[0], by_value[max(n_known - 1, 0)], by_value[-1]}
        lost += sorted(int(row) for row in wanted if not _has(column[rows], column[row]))
    return np.array(lost, dtype=np.intp)


def _has(values: FloatArray, value: float) -> bool:
    """Tell whether a value, or a missing one, is among others."""
    return bool(np.isnan(values).any() if np.isnan(value) else (values == value).any())
