"""Nothing half-changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def restored_on_failure(estimator: Any) -> Iterator[None]:
    """Put back the attributes that an estimator had, where the block fails or is interrupted.

    Parameters
    ----------
    estimator : object
        Changed by the block.
    """
    former = dict(vars(estimator))
    try:
        yield
    except BaseException:
        estimator.__dict__.clear()
        estimator.__dict__.update(former)
        raise
