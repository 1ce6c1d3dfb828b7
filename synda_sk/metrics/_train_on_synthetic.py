"""What a model learns from synthetic rows alone."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import get_scorer, recall_score
from sklearn.pipeline import make_pipeline

from synda_sk.base import check_labels
from synda_sk.typing import Labels, RandomState, Table
from synda_sk.utils import SeedStreams, TableEncoder, check_same_length, set_seed

__all__ = ["tstr_ratio", "tstr_score"]

Scoring: TypeAlias = str | Callable[[Any, Table, Labels], float] | None


def tstr_score(
    X_synthetic: Table,
    y_synthetic: Labels,
    X_test: Table,
    y_test: Labels,
    *,
    estimator: Any = None,
    scoring: Scoring = None,
    random_state: RandomState = None,
) -> float:
    """Score on real rows of a model trained on synthetic ones (TSTR) [1]_.

    With ``scoring="accuracy"`` and a classifier of images it is their
    classification accuracy score, CAS [2]_.

    Parameters
    ----------
    X_synthetic : table of shape (n_synthetic, n_features)
        Synthetic rows, or whatever `estimator` takes, such as images of shape
        (n_synthetic, height, width[, channels]).
    y_synthetic : array-like of shape (n_synthetic,)
        Their labels, of at least two classes.
    X_test : table of shape (n_test, n_features)
        Real rows the generator never saw, of the same kind.
    y_test : array-like of shape (n_test,)
        Their labels.
    estimator : classifier or None, default=None
        Cloned. None is a random forest on :class:`~synda_sk.utils.TableEncoder`.
    scoring : str, callable or None, default=None
        scikit-learn's scorer by name or ``scorer(estimator, X, y)``. None is
        "roc_auc" where both parts have two classes, else balanced accuracy.
    random_state : int, RandomState instance or None, default=None
        Seed of an estimator without its own.

    Returns
    -------
    float
        The score.

    Raises
    ------
    ValueError
        If `y_synthetic` has a single class, a label is missing or lengths differ.

    References
    ----------
    .. [1] C. Esteban, S. L. Hyland and G. Ratsch, "Real-valued (medical) time
       series generation with recurrent conditional GANs" (2017).
    .. [2] S. Ravuri and O. Vinyals, "Classification accuracy score for
       conditional generative models", Advances in Neural Information
       Processing Systems 32 (2019).

    Examples
    --------
    >>> from synda_sk.metrics import tstr_score
    >>> X, y = [[0.0], [0.1], [0.9], [1.0]] * 5, [0, 0, 1, 1] * 5
    >>> tstr_score(X, y, [[0.05], [0.95]], [0, 1], random_state=0)
    1.0
    """
    labels = check_labels(y_synthetic, "y_synthetic")
    truth = check_labels(y_test, "y_test")
    check_same_length(X_synthetic=X_synthetic, y_synthetic=labels)
    check_same_length(X_test=X_test, y_test=truth)
    if estimator is None and getattr(X_synthetic, "ndim", 2) > 2:
        raise ValueError(
            f"X_synthetic has the shape {X_synthetic.shape}: give an estimator that takes images."
        )
    if len(np.unique(labels)) < 2:
        raise ValueError(f"y_synthetic has one class only, {labels[0]!r}; a classifier needs two.")
    model = make_pipeline(TableEncoder(), RandomForestClassifier()) if estimator is None else clone(estimator)
    set_seed(model, SeedStreams(random_state).seed("estimator"))
    model.fit(X_synthetic, labels)
    if scoring is None:
        if scoring_name(labels, truth) == "balanced_accuracy":
            classes = np.unique(truth)  # a class that is not there has no recall
            predicted = model.predict(X_test)
            return float(recall_score(truth, predicted, labels=classes, average="macro", zero_division=0))
        scoring = "roc_auc"
    scorer = scoring if callable(scoring) else get_scorer(scoring)
    return float(scorer(model, X_test, truth))


def tstr_ratio(
    X_synthetic: Table,
    y_synthetic: Labels,
    X_train: Table,
    y_train: Labels,
    X_test: Table,
    y_test: Labels,
    *,
    estimator: Any = None,
    scoring: Scoring = None,
    random_state: RandomState = None,
) -> float:
    r"""What synthetic rows are worth beside the real ones they were made from.

    .. math:: score(train\ on\ synthetic) / score(train\ on\ real)

    Parameters
    ----------
    X_synthetic : table of shape (n_synthetic, n_features)
        Synthetic rows.
    y_synthetic : array-like of shape (n_synthetic,)
        Their labels.
    X_train : table of shape (n_train, n_features)
        Rows the generator was fitted to.
    y_train : array-like of shape (n_train,)
        Their labels.
    X_test : table of shape (n_test, n_features)
        Real rows the generator never saw.
    y_test : array-like of shape (n_test,)
        Their labels.
    estimator : classifier or None, default=None
        As in :func:`tstr_score`.
    scoring : str, callable or None, default=None
        As in :func:`tstr_score`; higher is better and 0 is worst.
    random_state : int, RandomState instance or None, default=None
        Seed of both models.

    Returns
    -------
    float
        1 where synthetic rows teach as much as real ones; NaN where the model
        of the real rows scores 0. An AUC is 0.5 by chance, so a ratio of AUCs
        near 0.5 is worth nothing.

    Raises
    ------
    ValueError
        As :func:`tstr_score`.

    Examples
    --------
    >>> from synda_sk.metrics import tstr_ratio
    >>> X, y = [[0.0], [0.1], [0.9], [1.0]] * 5, [0, 0, 1, 1] * 5
    >>> tstr_ratio(X, y, X, y, [[0.05], [0.95]], [0, 1], random_state=0)
    1.0
    """
    seed = SeedStreams(random_state).seed("estimator")
    settings: dict[str, Any] = {"estimator": estimator, "scoring": scoring, "random_state": seed}
    on_synthetic = tstr_score(X_synthetic, y_synthetic, X_test, y_test, **settings)
    on_real = tstr_score(X_train, y_train, X_test, y_test, **settings)
    return on_synthetic / on_real if on_real else float("nan")


def scoring_name(y_train: Labels, y_test: Labels) -> str:
    """Return what :func:`tstr_score` measures on these labels by default."""
    return "roc_auc" if len(np.unique(y_train)) == len(np.unique(y_test)) == 2 else "balanced_accuracy"
