"""What a method may know of a run beside the labels it buys."""

from dataclasses import dataclass
from typing import Any

from synda_sk.typing import Labels, Table


@dataclass(frozen=True)
class RunContext:
    """The rows around a run.

    An estimator with a method ``given(context)``, which returns an estimator,
    is replaced by what that returns before its run begins.

    Parameters
    ----------
    X_train : table of shape (n_train, n_features)
        Rows of the training part. None of their labels is here.
    X_source : table of shape (n_source, n_features) or None
        Rows of another region or period.
    y_source : array-like of shape (n_source,) or None
        Their labels.
    seed : int
        The seed of the run.
    """

    X_train: Table
    X_source: Table | None
    y_source: Labels | None
    seed: int

    def fitted_to(self, estimator: Any) -> Any:
        """Return `estimator` as this run needs it.

        Parameters
        ----------
        estimator : classifier or None
            Of any kind.

        Returns
        -------
        classifier or None
            What its ``given`` returns, itself where it has none.
        """
        return estimator.given(self) if hasattr(estimator, "given") else estimator
