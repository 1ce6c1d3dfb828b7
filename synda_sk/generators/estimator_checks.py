"""Checks that a generator keeps the contract of `BaseGenerator`, for third parties too."""

import pickle
from collections.abc import Callable, Iterator
from typing import Any

import narwhals as nw
import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError

__all__ = ["check_generator", "generator_checks"]


def generator_checks(generator: Any) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield the checks of a generator, by name.

    Parameters
    ----------
    generator : object with ``fit(X, y)`` and ``sample(n_samples, y)``
        Unfitted; each check works on a clone. It must take numeric arrays; one
        whose tags say so is given missing values too. Give it settings with
        which a fit takes well under a second: there are some twenty.

    Yields
    ------
    name : str
        What is checked.
    check : callable
        Without arguments; raises AssertionError, or what the generator raised.

    Examples
    --------
    >>> from synda_sk.generators import CopulaGenerator
    >>> from synda_sk.generators.estimator_checks import generator_checks
    >>> checks = dict(generator_checks(CopulaGenerator()))
    >>> checks["labels_are_exact"]()
    """
    for check in _CHECKS:
        if check is _all_missing_column and not _takes_gaps(generator):
            continue
        yield check.__name__.strip("_"), _bound(check, generator)


def check_generator(generator: Any) -> None:
    """Check that a generator keeps the contract.

    Parameters
    ----------
    generator : object with ``fit(X, y)`` and ``sample(n_samples, y)``
        As for :func:`generator_checks`.

    Raises
    ------
    AssertionError
        At the first check that fails, with its name and what was found.

    Examples
    --------
    >>> from synda_sk.generators import GaussianGenerator
    >>> from synda_sk.generators.estimator_checks import check_generator
    >>> check_generator(GaussianGenerator())
    """
    for name, check in generator_checks(generator):
        try:
            check()
        except Exception as error:
            raise AssertionError(f"{type(generator).__name__} fails {name}: {error}") from error


def _bound(check: Callable[[Callable[..., Any]], None], generator: Any) -> Callable[[], None]:
    return lambda: check(lambda seed=0: _fresh(generator, seed))


def _fresh(generator: Any, seed: Any) -> Any:
    made = clone(generator, safe=False)
    if hasattr(made, "get_params") and "random_state" in made.get_params(deep=False):
        made.set_params(random_state=seed)
    return made


def _takes_gaps(generator: Any) -> bool:
    return isinstance(generator, BaseEstimator) and generator.__sklearn_tags__().input_tags.allow_nan


def _ensure(holds: Any, message: str) -> None:
    if not holds:
        raise AssertionError(message)


def _table() -> tuple[Any, Any]:
    """Three numeric columns and three classes of 12, 7 and 1 rows."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(20, 3)) * [1, 10, 100], np.repeat(["a", "b", "c"], [12, 7, 1])


def _shapes_and_dtypes(make: Callable[..., Any]) -> None:
    X, y = _table()
    for dtype in (np.float64, np.float32, np.int64):
        generator = make()
        _ensure(generator.fit(X.astype(dtype), y) is generator, "fit does not return the generator")
        rows, labels = generator.sample(9)
        _ensure(
            isinstance(rows, np.ndarray) and rows.shape == (9, 3), "sample(9) is no array of shape (9, 3)"
        )
        _ensure(rows.dtype == dtype, f"the dtype is {rows.dtype}, {np.dtype(dtype)} in fit")
        _ensure(np.shape(labels) == (9,), "sample(9) does not return nine labels")
        _ensure(set(labels) <= set(y), "labels that are not in fit")
        _ensure(np.isfinite(rows).all(), "numbers that are not finite")


def _frames_come_back(make: Callable[..., Any]) -> None:
    X, y = _table()
    for module in ("pandas", "polars"):
        try:
            backend = __import__(module)
        except ImportError:
            continue
        frame = backend.DataFrame({"amount": X[:, 0], "count": X[:, 1].astype(int)})
        rows, _ = make().fit(frame, y).sample(7)
        found, wanted = nw.from_native(rows).schema, nw.from_native(frame).schema
        _ensure(type(rows) is type(frame), f"a frame of {module} comes back as {type(rows).__name__}")
        _ensure(dict(found) == dict(wanted), f"columns {dict(found)}, {dict(wanted)} in fit")


def _labels_are_exact(make: Callable[..., Any]) -> None:
    generator = make().fit(*_table())
    wanted = ["c", "a", "b", "a", "c", "b"]
    rows, labels = generator.sample(6, wanted)
    _ensure(list(labels) == wanted, f"asked for the labels {wanted}, got {list(labels)}")
    _ensure(len(rows) == 6, "another number of rows than labels")
    rows, labels = generator.sample(4, "b")
    _ensure(list(labels) == ["b"] * 4 and len(rows) == 4, "sample(4, 'b') is not four rows of 'b'")


def _integer_labels(make: Callable[..., Any]) -> None:
    X, y = _table()
    labels = make().fit(X, np.where(y == "a", 7, -1)).sample(5, [7, -1, 7, 7, -1])[1]
    _ensure(list(labels) == [7, -1, 7, 7, -1], "integer labels are not exact")


def _no_rows(make: Callable[..., Any]) -> None:
    generator = make().fit(*_table())
    for given in (None, np.array([], dtype=str)):
        rows, labels = generator.sample(0, given)
        _ensure(np.shape(rows) == (0, 3) and len(labels) == 0, "sample(0) is no empty table")


def _bad_requests_are_refused(make: Callable[..., Any]) -> None:
    generator = make().fit(*_table())
    for n_samples, labels in ((2, "stolen"), (2, ["a"]), (-1, None)):
        try:
            generator.sample(n_samples, labels)
        except ValueError:
            continue
        raise AssertionError(f"sample({n_samples}, {labels!r}) raises no ValueError")


def _unfitted_is_refused(make: Callable[..., Any]) -> None:
    unfitted, fitted = make(), make().fit(*_table())
    clones = [clone(fitted)] if hasattr(fitted, "get_params") else []  # of other objects it is a copy
    for generator in (unfitted, *clones):
        try:
            generator.sample(1)
        except (NotFittedError, AttributeError):
            continue
        raise AssertionError("an unfitted generator or a clone of a fitted one can be sampled")


def _a_seed_repeats_itself(make: Callable[..., Any]) -> None:
    X, y = _table()
    generator = make(3).fit(X, y)
    first, again = generator.sample(20)[0], generator.sample(20)[0]
    _ensure(np.array_equal(first, again), "an int as random_state gives other rows at the second call")
    _ensure(np.array_equal(first, make(3).fit(X, y).sample(20)[0]), "the same seed gives other rows")
    _ensure(not np.array_equal(first, make(4).fit(X, y).sample(20)[0]), "another seed gives the same rows")
    moving = make(np.random.RandomState(0)).fit(X, y)
    _ensure(not np.array_equal(moving.sample(20)[0], moving.sample(20)[0]), "a RandomState does not move on")


def _pickles(make: Callable[..., Any]) -> None:
    generator = make().fit(*_table())
    again = pickle.loads(pickle.dumps(generator))
    _ensure(np.array_equal(generator.sample(5)[0], again.sample(5)[0]), "a pickle gives other rows")


def _one_class_and_single_rows(make: Callable[..., Any]) -> None:
    X, y = _table()
    for n_rows in (1, 2, 5):
        rows, _ = make().fit(X[:n_rows], y[:n_rows]).sample(8)
        _ensure(np.shape(rows) == (8, 3), f"{n_rows} rows in fit do not give eight")
    _ensure(len(make().fit(X, y).sample(8, "c")[0]) == 8, "a class of one row does not give eight")


def _constant_and_duplicated_columns(make: Callable[..., Any]) -> None:
    X, y = _table()
    X = np.column_stack([X, np.full(20, 7.0), X[:, 0]])
    rows, _ = make().fit(X, y).sample(30)
    _ensure((rows[:, 3] == 7).all(), "a constant column does not stay constant")
    _ensure(np.isfinite(rows).all(), "numbers that are not finite")
    _ensure((make().fit(np.ones((6, 2)), [0, 0, 0, 1, 1, 1]).sample(5)[0] == 1).all(), "constants change")


def _all_missing_column(make: Callable[..., Any]) -> None:
    X, y = _table()
    X[:, 1] = np.nan
    X[::2, 2] = np.nan
    rows, _ = make().fit(X, y).sample(40)
    _ensure(np.isnan(rows[:, 1]).all(), "values in a column that has none")
    _ensure(not np.isnan(rows[:, 0]).any(), "gaps in a column that has none")
    _ensure(0 < np.isnan(rows[:, 2]).sum() < 40, "a column with gaps comes back with none or nothing else")


def _classes_are_kept_apart(make: Callable[..., Any]) -> None:
    x = np.concatenate([np.linspace(0, 1, 40), np.linspace(50, 51, 40)])
    generator = make().fit(np.column_stack([x, x]), np.repeat([0, 1], 40))
    low, high = (np.mean(generator.sample(60, label)[0][:, 0]) for label in (0, 1))
    _ensure(high > low, "the classes of the rows do not follow the labels asked for")


def _nothing_else_is_touched(make: Callable[..., Any]) -> None:
    X, y = _table()
    before, labels, state = X.copy(), y.copy(), np.random.get_state()[1].copy()  # type: ignore[index] # noqa: NPY002
    make().fit(X, y).sample(5)
    _ensure(np.array_equal(X, before) and np.array_equal(y, labels), "fit changes the table or the labels")
    now = np.random.get_state()[1]  # type: ignore[index] # noqa: NPY002
    _ensure(np.array_equal(now, state), "the process-wide random state of NumPy is touched")


def _failed_fit_leaves_the_former(make: Callable[..., Any]) -> None:
    X, y = _table()
    generator = make().fit(X, y)
    rows = generator.sample(5)[0]
    for bad_X, bad_y in ((np.full((20, 2), np.inf), y), (X[:, :2], y[:-1]), (X[:, :2], [None] * 20)):
        try:
            generator.fit(bad_X, bad_y)
        except (ValueError, TypeError):
            _ensure(np.array_equal(generator.sample(5)[0], rows), "a fit that failed changed the generator")
        else:
            raise AssertionError("infinite numbers, missing labels or too few of them are accepted")


_CHECKS: list[Callable[[Callable[..., Any]], None]] = [
    _shapes_and_dtypes,
    _frames_come_back,
    _labels_are_exact,
    _integer_labels,
    _no_rows,
    _bad_requests_are_refused,
    _unfitted_is_refused,
    _a_seed_repeats_itself,
    _pickles,
    _one_class_and_single_rows,
    _constant_and_duplicated_columns,
    _all_missing_column,
    _classes_are_kept_apart,
    _nothing_else_is_touched,
    _failed_fit_leaves_the_former,
]
