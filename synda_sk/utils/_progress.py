"""Progress through scikit-learn's callbacks where it has them (1.9 and later)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Stand-in for scikit-learn's mixin below version 1.9."""

    def with_callbacks(method: Callable[..., Any]) -> Callable[..., Any]:
        """Return `method` as it is."""
        return method


__all__ = ["CallbackSupportMixin", "fit_task", "progress_task", "with_callbacks"]


@contextmanager
def fit_task(estimator: Any, max_subtasks: int | None = None) -> Iterator[None]:
    """Announce the begin and the end of fit to the callbacks of `estimator`.

    A fit that ends in an error has no end.

    Parameters
    ----------
    estimator : estimator
        The one being fitted, its parameters validated. Its fit is decorated
        by `with_callbacks`.
    max_subtasks : int or None, default=None
        The most tasks :func:`progress_task` will announce, if known.
    """
    if not hasattr(estimator, "_init_callback_context"):
        yield
        return
    context = estimator._init_callback_context(max_subtasks=max_subtasks)
    context.call_on_fit_task_begin(estimator=estimator)
    estimator._callback_context = context
    try:
        yield
        context.call_on_fit_task_end(estimator=estimator)
    finally:
        del estimator._callback_context


@contextmanager
def progress_task(estimator: Any, name: str) -> Iterator[None]:
    """Announce the begin and the end of a part of fit, where inside :func:`fit_task`.

    Parameters
    ----------
    estimator : estimator
        The one being fitted.
    name : str
        Name of the task.
    """
    context = getattr(estimator, "_callback_context", None)
    if context is None:
        yield
        return
    task = context.subcontext(task_name=name)
    task.call_on_fit_task_begin(estimator=estimator)
    yield
    task.call_on_fit_task_end(estimator=estimator)
