"""What the neural generators of tables share: rows as tensors, weights as arrays, drawing rows."""

import math
from abc import abstractmethod
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils._param_validation import Interval, StrOptions

from synda_sk.base import BaseGenerator
from synda_sk.generators._net_training import JUDGE_EVERY
from synda_sk.generators._quantile_scale import QuantileScale
from synda_sk.typing import FloatArray, IntArray, Labels, Table
from synda_sk.utils import NetworkMixin, SeedStreams, TableCodec, Training, hold_out, import_optional
from synda_sk.utils._progress import CallbackSupportMixin, fit_task, with_callbacks

N_BLOCKS = 1
PART = 10_000  # rows drawn at a time
NET_CONSTRAINTS: dict[str, Any] = {
    "n_latent": [Interval(Integral, 1, None, closed="left")],
    "width": [Interval(Integral, 1, None, closed="left")],
    "n_groups": [Interval(Integral, 1, None, closed="left")],
    "max_steps": [Interval(Integral, 1, None, closed="left")],
    "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "learning_rate": [Interval(Real, 0, None, closed="neither")],
    "validation_fraction": [Interval(Real, 0, 1, closed="left")],
    "patience": [Interval(Integral, 1, None, closed="left")],
    "random_state": ["random_state"],
    "verbose": ["verbose"],
}


@dataclass
class Rows:
    """Rows as tensors; levels are counted on from one column to the next."""

    numbers: Any  # (n_rows, n_numbers) float32: normal scores, 0 where missing
    known: Any  # (n_rows, n_numbers) float32: 0 where missing, else 1
    levels: Any  # (n_rows, n_columns) int64
    labels: Any  # (n_rows,) int64

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.labels)

    def take(self, rows: Any) -> "Rows":
        """Return some of them."""
        return Rows(self.numbers[rows], self.known[rows], self.levels[rows], self.labels[rows])


class TableNetGenerator(NetworkMixin, CallbackSupportMixin, BaseGenerator):
    """A network from noise and a class to a row of a table.

    Numbers become normal scores; categories, with a level for a missing one,
    and the gaps among the numbers become levels. A subclass trains the
    network and says which noise to feed it.
    """

    n_latent: int
    width: int
    n_groups: int
    max_steps: int
    batch_size: Any
    learning_rate: float
    validation_fraction: float
    patience: int
    verbose: int

    @with_callbacks
    def fit(self, X: Table, y: Labels) -> Self:
        """Learn the distribution of the rows of each class.

        An interruption (Ctrl-C) is raised as always, but first the best state
        so far is kept, if the held-out rows were looked at once: the generator
        can be used. Else it is left as it was, as after a failure.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Real rows: numbers, integers, booleans, categories, missing values.
        y : array-like of shape (n_samples,)
            Their labels, none missing.

        Returns
        -------
        BaseGenerator
            Itself.

        Raises
        ------
        ValueError
            If a label is missing, lengths differ or a parameter is out of its range.
        ImportError
            If torch is not installed.
        """
        self._validate_params()
        with fit_task(self, max_subtasks=math.ceil(self.max_steps / JUDGE_EVERY)):
            super().fit(X, y)
            return self._raise_if_interrupted()

    def _empty_module(self) -> Any:
        from synda_sk.nn import TableDecoder

        return TableDecoder(**self._shape)

    def _fit(self, X: Table, y: NDArray[Any]) -> None:
        torch = import_optional("torch", extra="torch", feature=type(self).__name__)
        if self.width % self.n_groups:
            raise ValueError(f"width == {self.width}, must be a multiple of n_groups == {self.n_groups}.")
        self._codec = TableCodec().fit(X)
        numbers, codes = self._codec.encode(X)
        self._scale = QuantileScale().fit(numbers)
        scores = self._scale.forward(numbers)
        missing = np.isnan(scores)
        self._gaps = np.flatnonzero(missing.any(axis=0))
        self._n_categorical = codes.shape[1]
        pattern = np.column_stack([codes + 1, missing[:, self._gaps]]).astype(np.intp)
        self._levels, levels = [], np.empty_like(pattern)
        for j, column in enumerate(pattern.T):
            seen, levels[:, j] = np.unique(column, return_inverse=True)
            self._levels.append(seen)
        n_levels = [len(seen) for seen in self._levels]
        first = np.cumsum([0, *n_levels])[:-1]
        labels = np.searchsorted(self.classes_, y)
        rows = Rows(
            torch.from_numpy(np.nan_to_num(scores).astype(np.float32)),
            torch.from_numpy((~missing).astype(np.float32)),
            torch.from_numpy((levels + first).astype(np.int64)),
            torch.from_numpy(labels.astype(np.int64)),
        )
        self._shape = {
            "n_latent": int(self.n_latent),
            "n_classes": len(self.classes_),
            "n_numbers": scores.shape[1],
            "n_levels": n_levels,
            "width": int(self.width),
            "n_blocks": N_BLOCKS,
            "n_groups": int(self.n_groups),
        }
        streams = SeedStreams(self.random_state)
        held = hold_out(labels, self.validation_fraction, streams.generator("hold-out"))
        source = torch.Generator().manual_seed(streams.seed("training"))
        done = self._train(rows.take(~held), rows.take(held) if held.any() else rows, source)
        self._take(done)

    def _resolved_batch_size(self, n_rows: int) -> int:
        """Return a tenth of the rows, in 64..256, unless a number was given."""
        return min(max(n_rows // 10, 64), 256) if self.batch_size == "auto" else int(self.batch_size)

    def _sample(self, labels: NDArray[Any], rng: np.random.RandomState) -> Table:
        torch = import_optional("torch", extra="torch", feature=type(self).__name__)
        module = self.to_module()
        codes = np.searchsorted(self.classes_, labels)
        scores = np.empty((len(labels), self._shape["n_numbers"]))
        pattern = np.empty((len(labels), len(self._levels)), dtype=np.intp)
        with torch.no_grad():
            spread = module.log_spread().exp().numpy().astype(np.float64)
            for start in range(0, len(labels), PART):
                part = slice(start, start + PART)
                z = self._draw_latent(codes[part], rng).astype(np.float32)
                numbers, logits = module(torch.from_numpy(z), torch.from_numpy(codes[part].astype(np.int64)))
                scores[part] = numbers.numpy() + spread * rng.standard_normal(numbers.shape)
                pattern[part] = self._draw_levels(logits.numpy(), rng)
        categories, missing = np.split(pattern, [self._n_categorical], axis=1)
        scores[:, self._gaps] = np.where(missing > 0, np.nan, scores[:, self._gaps])
        return self._codec.decode(self._scale.inverse(scores), categories - 1)

    def _draw_levels(self, logits: NDArray[Any], rng: np.random.RandomState) -> IntArray:
        """Draw from the softmax of each column: the largest logit after Gumbel noise."""
        noisy = logits + rng.gumbel(size=logits.shape)
        drawn = np.empty((len(logits), len(self._levels)), dtype=np.intp)
        first = 0
        for j, seen in enumerate(self._levels):
            drawn[:, j] = seen[noisy[:, first : first + len(seen)].argmax(axis=1)]
            first += len(seen)
        return drawn

    @abstractmethod
    def _train(self, rows: Rows, held: Rows, source: Any) -> Training:
        """Return what came of the training, the weights of a ``TableDecoder`` as the state."""

    @abstractmethod
    def _draw_latent(self, codes: IntArray, rng: np.random.RandomState) -> FloatArray:
        """Draw the noise of rows of the classes `codes`."""


def draw_weights(labels: Any, n_classes: int) -> Any:
    """Return weights of rows that draw each class alike."""
    return 1 / labels.bincount(minlength=n_classes).clamp(min=1)[labels]
