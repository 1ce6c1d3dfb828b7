"""An estimator round a network of torch: what came of its training, its weights as arrays, its module."""

import copy
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from synda_sk.utils._optional import import_optional


@dataclass
class Training:
    """What came of a training: the best state and how it was found.

    Parameters
    ----------
    state : dict of str to Tensor
        The best weights; empty before the first look.
    best_step : int
        The step they are of.
    n_steps : int
        Steps taken.
    history : list of (int, float)
        Step and held-out loss of each look.
    interrupted : bool
        Whether an interruption ended the training.
    """

    state: dict[str, Any] = field(default_factory=dict)
    best_step: int = 0
    n_steps: int = 0
    history: list[tuple[int, float]] = field(default_factory=list)
    interrupted: bool = False


class NetworkMixin:
    """Holds the weights of a network as arrays, so that its pickle needs no torch, and rebuilds the module.

    A subclass writes ``_empty_module()``, and ``_trained(module)`` where the weights are those
    of a part of it.

    Attributes
    ----------
    n_parameters_ : int
        Numbers in the network.
    n_steps_ : int
        Steps taken.
    best_step_ : int
        Step of the state that was kept.
    validation_curve_ : list of (int, float)
        Step and held-out loss of each look.
    interrupted_ : bool
        Whether an interruption ended the training.
    """

    n_parameters_: int
    n_steps_: int
    best_step_: int
    validation_curve_: list[tuple[int, float]]
    interrupted_: bool
    _weights: dict[str, NDArray[Any]]
    _module: Any

    def to_module(self) -> Any:
        """Return the network.

        Returns
        -------
        torch.nn.Module
            A copy with the weights of the fit, or the one given to :meth:`with_module`, in
            evaluation mode. The class tells how it is called.
        """
        check_is_fitted(self)
        if self._module is not None:
            return self._module
        torch = import_optional("torch", extra="torch", feature=type(self).__name__)
        module = self._empty_module()
        weights = {name: torch.from_numpy(values.copy()) for name, values in self._weights.items()}
        self._trained(module).load_state_dict(weights)
        return module.eval()

    def with_module(self, module: Any) -> Self:
        """Return a copy of the fitted estimator that works with another network.

        Parameters
        ----------
        module : torch.nn.Module
            Called as :meth:`to_module`'s: a pruned, quantized or distilled one, say. It is
            copied, and the copy is in evaluation mode.

        Returns
        -------
        estimator
            A copy; this one is left as it was.
        """
        check_is_fitted(self)
        changed = copy.copy(self)
        changed._module = copy.deepcopy(module).eval()
        changed.n_parameters_ = _n_parameters(module)
        return changed

    def _network_to_train(self) -> Any:
        """Return a copy of the network of the fit, in training mode."""
        if self._module is not None:
            raise ValueError(
                f"This {type(self).__name__} works with a network given to with_module, which cannot be "
                "trained further here: train it by compression.finetune or distill, then give it."
            )
        return self.to_module().train()

    @abstractmethod
    def _empty_module(self) -> Any:
        """Return the network without weights."""

    def _trained(self, module: Any) -> Any:
        """Return the part of the network that holds all its weights."""
        return module

    def _take_weights(self, state: Any) -> None:
        """Keep the weights of a network, as arrays."""
        self._weights = {name: tensor.cpu().numpy() for name, tensor in state.items()}
        self._module = None
        self.n_parameters_ = _n_parameters(self._empty_module())

    def _take(self, done: Training) -> None:
        """Keep what came of a training."""
        self._take_weights(done.state)
        self.n_steps_, self.best_step_ = done.n_steps, done.best_step
        self.validation_curve_, self.interrupted_ = done.history, done.interrupted

    def _raise_if_interrupted(self) -> Self:
        if self.interrupted_:
            raise KeyboardInterrupt(
                f"{type(self).__name__} keeps its state after {self.best_step_} of {self.n_steps_} steps"
            )
        return self


def hold_out(codes: NDArray[np.intp], share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Choose rows to judge by, the same share of each class, never its only row.

    Parameters
    ----------
    codes : ndarray of int of shape (n_samples,)
        Classes as numbers from 0.
    share : float
        In [0, 1). What is left over by rounding down is drawn for.
    rng : numpy.random.Generator
        Source of the draw.

    Returns
    -------
    ndarray of bool of shape (n_samples,)
        True for the rows held out.
    """
    held = np.zeros(len(codes), dtype=bool)
    for code in np.unique(codes):
        own = rng.permutation(np.flatnonzero(codes == code))
        n_held = int(len(own) * share + rng.random())
        held[own[: min(n_held, len(own) - 1)]] = True
    return held


def _n_parameters(module: Any) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
