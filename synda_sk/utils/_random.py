"""One random stream for every component and round, all from one seed."""

import zlib
from numbers import Integral

import numpy as np
from sklearn.utils import check_random_state

from synda_sk.typing import RandomState


class SeedStreams:
    """Independent, reproducible seeds addressed by component and round.

    A stream depends on the entropy, the component's name and the round alone,
    so that changing one component's parameters leaves every other draw as it
    was: candidates of a grid search share common random numbers.

    Parameters
    ----------
    random_state : int, RandomState instance or None
        An int >= 0 gives the same streams for ever; None draws fresh entropy.

    Raises
    ------
    ValueError
        If `random_state` is something else.

    Examples
    --------
    >>> from synda_sk.utils import SeedStreams
    >>> streams = SeedStreams(0)
    >>> streams.seed("augmenter", 3) == SeedStreams(0).seed("augmenter", 3)
    True
    >>> streams.seed("augmenter", 3) == streams.seed("selector", 3)
    False
    """

    entropy: int

    def __init__(self, random_state: RandomState = None) -> None:
        if isinstance(random_state, Integral) and random_state >= 0:
            self.entropy = int(random_state)
        elif random_state is not None and not isinstance(random_state, np.random.RandomState):
            raise ValueError(f"random_state == {random_state!r}, must be an int >= 0, a RandomState or None.")
        else:
            self.entropy = int(check_random_state(random_state).randint(np.iinfo(np.int32).max))

    def seed(self, component: str, step: int = 0) -> int:
        """Return the seed of a component in a round.

        Parameters
        ----------
        component : str
            Name of the component.
        step : int, default=0
            The round.

        Returns
        -------
        int
            Seed in [0, 2**31).
        """
        key = (zlib.crc32(component.encode()), step)
        return int(np.random.SeedSequence(self.entropy, spawn_key=key).generate_state(1)[0] >> 1)

    def generator(self, component: str, step: int = 0) -> np.random.Generator:
        """Return a NumPy generator on the stream of a component in a round.

        Parameters
        ----------
        component : str
            Name of the component.
        step : int, default=0
            The round.

        Returns
        -------
        numpy.random.Generator
            Freshly seeded.
        """
        return np.random.default_rng(self.seed(component, step))


def set_seed(estimator: object, seed: int) -> None:
    """Give `seed` to every ``random_state`` parameter that is still None.

    A ``random_state`` the user has set is never overwritten.

    Parameters
    ----------
    estimator : estimator
        Changed in place, nested estimators included.
    seed : int
        Non-negative seed; nested parameters get different seeds derived from it.
    """
    if not hasattr(estimator, "get_params"):
        return
    params = estimator.get_params(deep=True)
    free = sorted(k for k, v in params.items() if k.split("__")[-1] == "random_state" and v is None)
    streams = SeedStreams(seed)
    estimator.set_params(**{key: streams.seed(key) for key in free})  # type: ignore[attr-defined]
