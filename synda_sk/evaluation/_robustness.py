"""How much of its quality a model keeps where the test rows are made worse."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.metrics import average_precision_score, balanced_accuracy_score

from synda_sk.metrics import corrupt, corruption_robustness, mean_standard_error
from synda_sk.typing import FloatArray, Table
from synda_sk.utils import evenly_spaced, take_rows

ROBUSTNESS = "robustness_"  # begins the names of columns
MOST_ROWS = 1000  # to try a kind on


def check_corruptions(corruptions: Any, X: Table, image_shape: tuple[int, ...] | None) -> tuple[str, ...]:
    """Return the kinds of corruption, none for None.

    Parameters
    ----------
    corruptions : sequence of str or None
        What was given.
    X : table of shape (n_samples, n_features)
        Rows.
    image_shape : tuple of int or None
        Of the images that they are.

    Returns
    -------
    tuple of str
        Each once.

    Raises
    ------
    ValueError
        If it is no list of kinds that there are for such rows, or they are sparse.
    """
    if corruptions is None:
        return ()
    if isinstance(corruptions, str) or not isinstance(corruptions, Sequence) or not len(corruptions):
        raise ValueError(f"corruptions == {corruptions!r}, must be a list of kinds or None.")
    if sparse.issparse(X):
        raise ValueError("corruptions are of dense tables and images, but X is sparse.")
    some = take_rows(X, evenly_spaced(X.shape[0], MOST_ROWS))
    for kind in corruptions:
        try:
            corrupt(_as_given(some, image_shape), kind, 0.0, random_state=0)
        except ValueError as error:
            raise ValueError(f"corruptions holds {kind!r}, which does not fit X: {error}") from error
    return tuple(dict.fromkeys(corruptions))


def measure_robustness(
    predict_proba: Callable[[Table], FloatArray],
    classes: NDArray[Any],
    X: Table,
    y: NDArray[Any],
    corruptions: Sequence[str],
    *,
    image_shape: tuple[int, ...] | None,
    is_binary: bool,
    seed: int,
    arm: str,
) -> dict[str, float | None]:
    """Measure a model on corrupted test rows, the same for all models of a seed.

    Parameters
    ----------
    predict_proba : callable (X) -> ndarray of shape (n_samples, n_classes)
        The model.
    classes : ndarray of shape (n_classes,)
        Labels.
    X : table of shape (n_samples, n_features)
        Test rows.
    y : ndarray of shape (n_samples,)
        Their labels.
    corruptions : sequence of str
        Kinds.
    image_shape : tuple of int or None
        Of the images that rows are.
    is_binary : bool
        Whether 1 is a class sought among the rest.
    seed : int
        Of the corruption.
    arm : str
        Its name, to blame.

    Returns
    -------
    dict of str to float or None
        "robustness_noise" and so on: quality on corrupted rows, mean over the
        severities, / quality on the rows as they are; None where that is 0.

    Raises
    ------
    ValueError
        If the model cannot predict such rows.
    """

    def quality(_: Any, X: Table, y: NDArray[Any]) -> float:
        found = predict_proba(X if image_shape is None else np.reshape(X, (len(y), -1)))
        if is_binary:
            return float(average_precision_score(y, found[:, 1]))
        return float(balanced_accuracy_score(y, classes[np.argmax(found, axis=1)]))

    columns = {kind: f"{ROBUSTNESS}{kind}" for kind in corruptions}
    if not quality(None, X, y) > 0:
        return dict.fromkeys(columns.values())
    kept: dict[str, float | None] = {}
    for kind, name in columns.items():
        try:
            found = corruption_robustness(
                None, _as_given(X, image_shape), y, [kind], scoring=quality, random_state=seed
            )
        except ValueError as error:
            raise ValueError(
                f"corruptions holds {kind!r}; arm {arm!r} cannot predict such rows ({error}). Leave it out, "
                "or give an estimator that can."
            ) from error
        kept[name] = found[kind]
    return kept


def robustness_summary(runs: list[dict[str, Any]], corruptions: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return means of what is kept of the quality.

    Parameters
    ----------
    runs : list of dict
        See :class:`~synda_sk.evaluation.ProtocolResult`.
    corruptions : sequence of str
        Kinds.

    Returns
    -------
    dict of str to dict
        By arm and kind mean and standard error over the seeds, None where unknown.
    """
    found: dict[str, dict[str, Any]] = {}
    for arm in dict.fromkeys(run["arm"] for run in runs):
        found[arm] = {}
        for kind in corruptions:
            shares = [run[f"{ROBUSTNESS}{kind}"] for run in runs if run["arm"] == arm]
            known = [share for share in shares if share is not None]
            mean, error = mean_standard_error(known) if known else (None, np.nan)
            found[arm][kind] = {
                "mean": None if mean is None else float(mean),
                "standard_error": None if np.isnan(error) else float(error),
            }
    return found


def _as_given(X: Table, image_shape: tuple[int, ...] | None) -> Table:
    return X if image_shape is None else np.reshape(np.asarray(X), (-1, *image_shape))
