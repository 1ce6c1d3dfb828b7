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


__all__ = ["CallbackSupportMixin", "begin_task", "progress_task", "with_callbacks"]


def begin_task(estimator: Any) -> Any:
    """Announce the begin of fit.

    Parameters
    ----------
    estimator : estimator
        The one being fitted.

    Returns
    -------
    CallbackContext or None
        The context of its fit; None below version 1.9.
    """
    if not hasattr(estimator, "_init_callback_context"):
        return None
    context = estimator._init_callback_context(max_subtasks=None)
    context.call_on_fit_task_begin(estimator=estimator)
    return context


@contextmanager
def progress_task(estimator: Any, context: Any, name: str) -> Iterator[None]:
    """Announce the begin and the end of a part of fit to the callbacks of `estimator`.

    Parameters
    ----------
    estimator : estimator
        The one being fitted.
    context : CallbackContext or None
        The context of its fit; None announces nothing.
    name : str
        Name of the task.
    """
    if context is None:
        yield
        return
    task = context.subcontext(task_name=name)
    task.call_on_fit_task_begin(estimator=estimator)
    yield
    task.call_on_fit_task_end(estimator=estimator)
