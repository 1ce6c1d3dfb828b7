"""Rows of a fitted generator that have a context and obey constraints."""

import copy
import inspect
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from synda_sk.augmentation._nearest import draw_nearest
from synda_sk.conditioning._context import Context
from synda_sk.conditioning._rules import Rules
from synda_sk.typing import Table
from synda_sk.utils import SeedStreams, is_frame, stack_rows, take_rows

MAX_ROUNDS = 20
MAX_OVERDRAW = 10


@dataclass
class Drawing:
    """One call for rows, and the account of it.

    Parameters
    ----------
    generator : object with ``sample(n_samples, y)``
        Fitted. Rows after the first draw come from copies with other seeds.
    rules : Rules
        Constraints, perhaps none.
    streams : SeedStreams
        Seeds of the copies.
    """

    generator: Any
    rules: Rules
    streams: SeedStreams
    drawn: int = 0
    n_draws: int = 0
    good: int = 0
    repaired: int = 0
    matched: list[NDArray[np.bool_]] = field(default_factory=list)
    failures: NDArray[np.intp] | None = None

    def rows(self, labels: NDArray[Any], context: Context | None) -> Table:
        """Draw rows until all of them obey the constraints.

        Parameters
        ----------
        labels : ndarray of shape (n_samples,)
            At least one.
        context : Context or None
            Of `n_samples` rows.

        Returns
        -------
        table of shape (n_samples, n_features)
            In the order of `labels`.

        Raises
        ------
        ValueError
            If some are still missing after twenty rounds.
        """
        pending = np.arange(len(labels))
        order, parts = [], []
        for _ in range(MAX_ROUNDS):
            asked = np.repeat(pending, self._overdraw())
            X = self._raw(labels[asked], None if context is None else context.take(asked))
            X, obeys = self._accept(X, [] if context is None else context.columns)
            found, first = np.unique(asked[obeys], return_index=True)
            if len(found):
                order.append(found)
                parts.append(take_rows(X, np.flatnonzero(obeys)[first]))
            pending = np.setdiff1d(pending, found)
            if not len(pending):
                return _in_order(stack_rows(parts), np.concatenate(order))
        raise ValueError(self._complaint(len(pending), len(labels)))

    @property
    def acceptance_rate(self) -> dict[str, float]:
        """Share of the rows drawn that obeyed all constraints, before and after repair."""
        return {"before_repair": self.good / self.drawn, "after_repair": self.repaired / self.drawn}

    def _overdraw(self) -> int:
        if not self.drawn:
            return 1
        return int(np.clip(np.ceil(1.5 * self.drawn / max(self.repaired, 1)), 1, MAX_OVERDRAW))

    def _raw(self, labels: NDArray[Any], context: Context | None) -> Table:
        if context is None:
            return self._sample(labels)
        if takes_context(self.generator):
            self.matched.append(np.ones(len(labels), dtype=bool))
            return context.fill(self._sample(labels, context=context.values()))
        X, matched = draw_nearest(self._sample, labels, context)
        self.matched.append(matched)
        return X

    def _sample(self, labels: NDArray[Any], **given: Any) -> Table:
        generator = self.generator
        if self.n_draws and isinstance(getattr(generator, "random_state", None), int | np.integer):
            generator = copy.copy(generator)
            seed = self.streams.seed("draw", self.n_draws)
            generator.random_state = np.random.RandomState(seed)
        self.n_draws += 1
        return generator.sample(len(labels), labels, **given)[0]

    def _accept(self, X: Table, keep: list[Any]) -> tuple[Table, NDArray[np.bool_]]:
        held = self.rules.holds(X)
        self.drawn += len(X)
        self.good += int(held.all(axis=0).sum())
        if not held.all():
            X = self.rules.repair(X, keep)
            held = self.rules.holds(X)
            self.failures = (~held).sum(axis=1)
        obeys: NDArray[np.bool_] = np.all(held, axis=0)
        self.repaired += int(obeys.sum())
        return X, obeys

    def _complaint(self, n_missing: int, n_samples: int) -> str:
        failures = np.zeros(1) if self.failures is None else self.failures
        worst = self.rules.constraints[int(np.argmax(failures))]
        return (
            f"constraints: {n_missing} of {n_samples} rows are still missing after {MAX_ROUNDS} rounds of "
            f"draws. {worst!r} failed most often; after repair {self.repaired / self.drawn:.1%} of "
            f"{self.drawn} rows obeyed all constraints. They may contradict each other or the context."
        )


def takes_context(generator: Any) -> bool:
    """Tell whether ``sample`` has a parameter `context`."""
    return "context" in inspect.signature(generator.sample).parameters


def _in_order(X: Table, order: NDArray[np.intp]) -> Table:
    if not (np.diff(order) > 0).all():
        X = take_rows(X, np.argsort(order))
    return nw.maybe_reset_index(nw.from_native(X, eager_only=True)).to_native() if is_frame(X) else X
