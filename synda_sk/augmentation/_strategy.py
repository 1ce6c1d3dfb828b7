"""How many rows to add to each class."""

from collections.abc import Callable, Mapping
from numbers import Integral, Real
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from synda_sk.generators._names import unknown_name

SamplingStrategy: TypeAlias = str | float | Mapping[Any, int] | Callable[[NDArray[Any]], Mapping[Any, int]]

NAMES = ("auto", "minority", "not minority", "not majority", "all")


def check_strategy(sampling_strategy: Any) -> None:
    """Raise unless this is a strategy for some labels or other.

    Parameters
    ----------
    sampling_strategy : object
        What was given.

    Raises
    ------
    ValueError
        Names the strategies there are.
    """
    if isinstance(sampling_strategy, str):
        if sampling_strategy not in NAMES:
            raise ValueError(unknown_name("sampling_strategy", sampling_strategy, NAMES))
    elif not isinstance(sampling_strategy, Real | Mapping) and not callable(sampling_strategy):
        raise ValueError(
            f"sampling_strategy == {sampling_strategy!r}, must be a float in (0, 1], a dict of sizes by "
            f"label, a callable that makes one from y, or one of {', '.join(map(repr, NAMES))}."
        )


def over_sampling_counts(sampling_strategy: SamplingStrategy, y: NDArray[Any]) -> dict[Any, int]:
    """Count the rows to add as the over-samplers of imbalanced-learn do.

    Parameters
    ----------
    sampling_strategy : str, float, mapping or callable
        "minority", "not minority", "not majority" ("auto") and "all" fill the
        classes they name up to the largest one; a float in (0, 1] is the
        wanted size of the smaller of two classes relative to the larger; a
        mapping gives the wanted size by label; a callable makes one from `y`.
    y : ndarray of shape (n_samples,)
        Labels of at least two classes.

    Returns
    -------
    dict
        Rows to add by label, for the classes the strategy names.

    Raises
    ------
    ValueError
        If the strategy is unknown, names an unseen class or asks for fewer rows
        than there are.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.augmentation._strategy import over_sampling_counts
    >>> over_sampling_counts("auto", np.array(["a", "a", "a", "b"]))
    {'b': 2}
    >>> over_sampling_counts({"a": 4, "b": 4}, np.array(["a", "a", "a", "b"]))
    {'a': 1, 'b': 3}
    """
    check_strategy(sampling_strategy)
    have = _class_sizes(y)
    if isinstance(sampling_strategy, str):
        return {label: max(have.values()) - have[label] for label in _named(sampling_strategy, have)}
    if isinstance(sampling_strategy, Real):
        return _to_share(float(sampling_strategy), have)
    sizes = sampling_strategy(y) if callable(sampling_strategy) else sampling_strategy
    if not isinstance(sizes, Mapping):
        raise ValueError(f"sampling_strategy made {sizes!r} from y, must make a dict of sizes by label.")
    return _to_sizes(sizes, have)


def equal_counts(n_rows: int, sampling_strategy: SamplingStrategy, y: NDArray[Any]) -> dict[Any, int]:
    """Share `n_rows` equally over the classes a strategy names, "auto" meaning all.

    Parameters
    ----------
    n_rows : int
        Rows to add.
    sampling_strategy : str, float, mapping or callable
        Which classes; the sizes it asks for are not used.
    y : ndarray of shape (n_samples,)
        Labels of at least two classes.

    Returns
    -------
    dict
        Rows to add by label; the first classes get the remainder.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.augmentation._strategy import equal_counts
    >>> equal_counts(5, "auto", np.array(["a", "a", "a", "b"]))
    {'a': 3, 'b': 2}
    """
    if isinstance(sampling_strategy, str) and sampling_strategy == "auto":
        labels = list(_class_sizes(y))
    else:
        labels = list(over_sampling_counts(sampling_strategy, y))
    return dict(zip(labels, share_equally(n_rows, len(labels)), strict=True))


def share_equally(n_rows: int, n_classes: int) -> list[int]:
    """Split `n_rows` into `n_classes` parts that differ by one at most, larger ones first."""
    return [len(part) for part in np.array_split(np.arange(n_rows), n_classes)]


def _class_sizes(y: NDArray[Any]) -> dict[Any, int]:
    classes, counts = np.unique(y, return_counts=True)
    return dict(zip(classes.tolist(), counts.tolist(), strict=True))


def _named(name: str, have: dict[Any, int]) -> list[Any]:
    largest, smallest = max(have, key=have.__getitem__), min(have, key=have.__getitem__)
    match name:
        case "all":
            return list(have)
        case "auto" | "not majority":
            return [label for label in have if label != largest]
        case "minority":
            return [smallest]
    return [label for label in have if label != smallest]


def _to_share(share: float, have: dict[Any, int]) -> dict[Any, int]:
    if not 0 < share <= 1:
        raise ValueError(f"sampling_strategy == {share!r}, must be in (0, 1].")
    if len(have) != 2:
        raise ValueError(
            f"sampling_strategy == {share!r}, a float is for two classes, there are {len(have)}; use a dict."
        )
    (smaller,) = _named("not majority", have)
    added = int(max(have.values()) * share - have[smaller])
    if added <= 0:
        raise ValueError(
            f"sampling_strategy == {share!r} asks for {share:g} times the larger class, "
            f"and class {smaller!r} is as large already; increase it."
        )
    return {smaller: added}


def _to_sizes(sizes: Mapping[Any, int], have: dict[Any, int]) -> dict[Any, int]:
    for label, size in sizes.items():
        if label not in have:
            raise ValueError(f"sampling_strategy names the class {label!r}, y has only {list(have)}.")
        if not isinstance(size, Integral) or size < have[label]:
            raise ValueError(
                f"sampling_strategy[{label!r}] == {size!r}, must be an int >= {have[label]}, its rows in y."
            )
    return {label: int(sizes[label]) - have[label] for label in have if label in sizes}
