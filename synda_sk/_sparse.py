"""Whether a SynDAClassifier can be fitted to sparse rows."""

from typing import Any

from scipy.sparse import issparse
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from synda_sk.typing import Table


def why_not_sparse(clf: Any, estimator: Any) -> str | None:
    """Return what stands in the way of sparse rows, None where nothing does.

    Parameters
    ----------
    clf : SynDAClassifier
        Its parameters are looked at.
    estimator : classifier
        The final model, unfitted.

    Returns
    -------
    str or None
        Names the parameter and what to do.
    """
    first = estimator.steps[0][1] if isinstance(estimator, Pipeline) else estimator
    if hasattr(first, "__sklearn_tags__") and not get_tags(first).input_tags.sparse:
        return (
            f"estimator begins with {type(first).__name__}, which takes dense tables only; begin with what "
            "takes sparse rows, or give X.toarray()"
        )
    if clf.journal is not None:
        return "journal keeps rows of dense tables only; set journal=None"
    if clf.augmenter is not None:
        return "augmenter makes rows for dense tables only; leave it None"
    if clf.mixer is not None:
        weight = getattr(clf.mixer, "synthetic_weight", None)
        scheduled = getattr(clf.mixer, "schedule", None) is not None
        if scheduled or not (weight == "auto" or weight == 0):
            return (
                "mixer asks for synthetic rows, which are made for dense tables only; leave its "
                "synthetic_weight at 'auto', which makes none here, or set 0"
            )
    return None


def check_takes(X: Table, clf: Any, estimator: Any) -> None:
    """Raise where rows are sparse and cannot be taken.

    Raises
    ------
    TypeError
        Names the parameter in the way.
    """
    reason = why_not_sparse(clf, estimator) if issparse(X) else None
    if reason is not None:
        raise TypeError(f"X is sparse, but {reason}.")
