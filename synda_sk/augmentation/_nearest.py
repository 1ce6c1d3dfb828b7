"""Contexts for generators that take none: the nearest of their rows."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synda_sk.conditioning._context import Context
from synda_sk.typing import FloatArray, IntArray, Table
from synda_sk.utils import stack_rows, take_rows

OVERDRAW = 10
MAX_POOLS = 5
BLOCK_ROWS = 500


def draw_nearest(
    draw: Callable[[NDArray[Any]], Table], labels: NDArray[Any], context: Context
) -> tuple[Table, NDArray[np.bool_]]:
    """Draw rows near a context and give them the context.

    Ten rows are drawn for each row wanted, and of those of its class the
    nearest is taken, each once: the one that differs in the fewest categories
    of the context, then in its numbers least. Rows without a match in all
    categories are tried again, five times in all; in the end the nearest is
    taken. The columns of the context are then overwritten.

    Parameters
    ----------
    draw : callable
        Makes a row a label.
    labels : ndarray of shape (n_samples,)
        At least one.
    context : Context
        Of `n_samples` rows.

    Returns
    -------
    X : table of shape (n_samples, n_features)
        Rows with the context.
    matched : ndarray of bool of shape (n_samples,)
        Whether the generator itself made the categories of the context.
    """
    pending = np.arange(len(labels))
    rows, parts = [], []
    matched = np.zeros(len(labels), dtype=bool)
    for attempt in range(MAX_POOLS):
        pool_labels = np.repeat(labels[pending], OVERDRAW)
        pool = draw(pool_labels)
        chosen, fits = _choose(context.take(pending), labels[pending], context.encode(pool), pool_labels)
        taken = fits if attempt < MAX_POOLS - 1 else np.ones(len(pending), dtype=bool)
        if taken.any():
            rows.append(pending[taken])
            parts.append(take_rows(pool, chosen[taken]))
            matched[pending[taken]] = fits[taken]
        pending = pending[~taken]
        if not len(pending):
            break
    return context.fill(take_rows(stack_rows(parts), np.argsort(np.concatenate(rows)))), matched


def _choose(
    wanted: Context, labels: NDArray[Any], pool: tuple[FloatArray, IntArray], pool_labels: NDArray[Any]
) -> tuple[IntArray, NDArray[np.bool_]]:
    """Position in the pool of the nearest unused row of each, and whether its categories agree."""
    numbers, codes = pool
    with np.errstate(invalid="ignore"):
        spread = np.fmax.reduce(numbers, initial=-np.inf) - np.fmin.reduce(numbers, initial=np.inf)
    spread = np.where(np.isfinite(spread) & (spread > 0), spread, 1.0)
    chosen = np.empty(len(labels), dtype=np.intp)
    fits = np.empty(len(labels), dtype=bool)
    for label in np.unique(labels):
        own, own_pool = np.flatnonzero(labels == label), np.flatnonzero(pool_labels == label)
        n_blocks = -(-len(own) // BLOCK_ROWS)
        for rows, drawn in zip(
            np.array_split(own, n_blocks), np.array_split(own_pool, n_blocks), strict=True
        ):
            differ = (wanted.codes[rows, None] != codes[drawn]).sum(axis=2).astype(np.float64)
            gap = np.abs(wanted.numbers[rows, None] - numbers[drawn]) / spread
            unequal = np.isnan(wanted.numbers[rows, None]) != np.isnan(numbers[drawn])
            gap = np.where(unequal, 1.0, np.where(np.isnan(gap), 0.0, np.minimum(gap, 1.0)))
            distance = differ + gap.sum(axis=2) / (gap.shape[2] + 1)
            for i, row in enumerate(rows):
                nearest = int(np.argmin(distance[i]))
                chosen[row], fits[row] = drawn[nearest], differ[i, nearest] == 0
                distance[:, nearest] = np.inf
    return chosen, fits
