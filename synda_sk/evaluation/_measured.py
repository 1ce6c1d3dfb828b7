"""What is measured of a run, beside its quality."""

from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray

from synda_sk.typing import FloatArray


@dataclass(frozen=True)
class Measured:
    """What is measured of the models of a run.

    Parameters
    ----------
    alert_rate : float
        Share of the test rows that may raise an alert.
    groups : ndarray of str of shape (n_samples,) or None, default=None
        The group of each row, to measure apart.
    amount : ndarray of shape (n_samples,) or None, default=None
        What each row is worth.
    alert_cost : float, default=0.0
        Of one alert, in the money of `amount`.
    corruptions : tuple of str, default=()
        How the test rows of the last model are made worse.
    image_shape : tuple of int or None, default=None
        Shape of the images that rows are, None for a table.
    energy : bool, default=False
        Whether the machine does nothing else, so that its energy is the run's.
    """

    alert_rate: float
    groups: NDArray[np.str_] | None = None
    amount: FloatArray | None = None
    alert_cost: float = 0.0
    corruptions: tuple[str, ...] = ()
    image_shape: tuple[int, ...] | None = None
    energy: bool = False

    def told(self) -> dict[str, Any]:
        """Return what the numbers of a run follow from; only what was asked for is in it."""
        told: dict[str, Any] = {"alert_rate": self.alert_rate}
        if self.groups is not None:
            told["groups"] = joblib.hash(self.groups)
        if self.amount is not None:
            told |= {"amount": joblib.hash(self.amount), "alert_cost": float(self.alert_cost)}
        if self.corruptions:
            told |= {"corruptions": list(self.corruptions), "image_shape": self.image_shape}
        return told
