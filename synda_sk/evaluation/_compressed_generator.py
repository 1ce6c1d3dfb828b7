"""A generator of tables whose network is pruned and quantized after its training."""

from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils._param_validation import Interval

from synda_sk.base import BaseGenerator
from synda_sk.generators import TableVAE
from synda_sk.typing import RandomState, Table


class CompressedVAE(BaseGenerator):
    """:class:`~synda_sk.generators.TableVAE` with fewer weights and fewer bits, for ablations.

    Parameters
    ----------
    width : int, default=64
        Width of the network.
    amount : float, default=0
        Share of the weights set to 0 after training, in [0, 1).
    n_bits : int or None, default=None
        Bits of a weight, 2 to 8; None leaves them as they are.
    random_state : int, RandomState instance or None, default=None
        Seed.
    """

    _parameter_constraints = {
        "width": [Interval(Integral, 1, None, closed="left")],
        "amount": [Interval(Real, 0, 1, closed="left")],
        "n_bits": [Interval(Integral, 2, 8, closed="both"), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        width: int = 64,
        *,
        amount: float = 0,
        n_bits: int | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.width = width
        self.amount = amount
        self.n_bits = n_bits
        self.random_state = random_state

    def _fit(self, X: Table, y: NDArray[Any]) -> None:
        from synda_sk.compression import prune, quantize

        whole = TableVAE(width=self.width, random_state=self.random_state).fit(X, y)
        module = whole.to_module()
        if self.amount:
            module = prune(module, amount=self.amount)
        if self.n_bits is not None:
            module = quantize(module, self.n_bits)
        self._whole = whole.with_module(module)

    def _sample(self, labels: NDArray[Any], rng: np.random.RandomState) -> Table:
        return self._whole._sample(labels, rng)
