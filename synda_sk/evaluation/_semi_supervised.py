"""Self-training and label spreading, which learn from rows without a label too."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.semi_supervised import LabelSpreading, SelfTrainingClassifier
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from synda_sk._default import default_estimator
from synda_sk.base import TableClassifier
from synda_sk.typing import FloatArray, Table
from synda_sk.utils import SeedStreams, TableEncoder, concat_rows, is_frame, set_seed, take_rows

if TYPE_CHECKING:
    from synda_sk.evaluation._context import RunContext

UNLABELLED = -1


class SemiSupervisedClassifier(TableClassifier):
    """Classifier that learns from its labelled rows and from a pool without labels.

    Parameters
    ----------
    method : {"self-training", "label spreading"}, default="self-training"
        scikit-learn's SelfTrainingClassifier round `estimator`, which takes
        rows predicted with 90 % or more as labelled; or LabelSpreading over the
        graph of the 7 nearest neighbours, which needs no estimator.
    estimator : classifier or None, default=None
        A pipeline's last step is the classifier and those before it encode the
        rows. None takes the default of :class:`~synda_sk.SynDAClassifier`.
    pool : table of shape (n_pool, n_features) or None, default=None
        Rows without a label. None in ``run_protocol`` is filled from the
        training part; ``fit`` alone then learns from the labelled rows only.
    max_pool : int, default=3000
        The most rows of the training part that ``run_protocol`` gives.
    random_state : int or None, default=None
        Seed of a classifier that has none.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from synda_sk.evaluation import SemiSupervisedClassifier
    >>> pool = np.arange(40.0).reshape(-1, 1)
    >>> model = SemiSupervisedClassifier("label spreading", LogisticRegression(), pool=pool)
    >>> model.fit([[3.0], [36.0]], ["low", "high"]).predict([[10.0], [30.0]]).tolist()
    ['low', 'high']
    """

    _parameter_constraints = {
        "method": [StrOptions({"self-training", "label spreading"})],
        "estimator": [HasMethods(["fit", "predict_proba"]), None],
        "pool": "no_validation",
        "max_pool": [Interval(Integral, 1, None, closed="left")],
        "random_state": [Interval(Integral, 0, None, closed="left"), None],
    }

    def __init__(
        self,
        method: str = "self-training",
        estimator: Any = None,
        *,
        pool: Table | None = None,
        max_pool: int = 3000,
        random_state: int | None = None,
    ) -> None:
        self.method = method
        self.estimator = estimator
        self.pool = pool
        self.max_pool = max_pool
        self.random_state = random_state

    def given(self, context: RunContext) -> SemiSupervisedClassifier:
        """Return a copy whose pool is drawn from the training part of a run.

        Parameters
        ----------
        context : RunContext
            The run.

        Returns
        -------
        SemiSupervisedClassifier
            Unfitted; with its own pool where it had one.
        """
        model = clone(self)
        if model.pool is None:
            n_rows = len(context.X_train)
            rng = np.random.default_rng(context.seed)
            rows = rng.choice(n_rows, min(self.max_pool, n_rows), replace=False)
            model.set_params(pool=take_rows(context.X_train, rows))
        return model

    def _fit(self, X: Table, y: NDArray[Any]) -> None:
        classes, codes = np.unique(y, return_inverse=True)
        rows = X if self.pool is None else concat_rows(X, self.pool)
        encoder, model = self._parts(rows)
        encoded = rows if encoder is None else encoder.fit_transform(rows)
        labels = np.full(len(encoded), UNLABELLED)
        labels[: len(codes)] = codes
        if self.method == "label spreading":
            learner = LabelSpreading(kernel="knn", n_neighbors=min(7, len(encoded)))
        else:
            set_seed(model, SeedStreams(self.random_state).seed("model"))
            learner = model if self.pool is None else SelfTrainingClassifier(model, threshold=0.9)
        self._learner, self._encoder = learner.fit(encoded, labels), encoder
        self.classes_, self._shares = classes, np.bincount(codes) / len(codes)

    def _probabilities(self, X: Table) -> FloatArray:
        """Return the learner's, and the shares of the labelled rows where the graph does not reach a row."""
        with np.errstate(invalid="ignore"):  # 0 / 0 where the graph does not reach
            found = np.nan_to_num(self._learner.predict_proba(self._encoded(X)))
        total = found.sum(axis=1, keepdims=True)
        return np.where(total > 0, found / np.where(total > 0, total, 1), self._shares)

    def _prediction_parts(self, X: Table) -> list[tuple[Any, Table]]:
        """Return the model that predicts, behind its encoder, and the rows it sees."""
        if isinstance(self._encoder, Pipeline):
            return [(Pipeline([*self._encoder.steps, ("model", self._learner)]), X)]
        return [(self._learner, self._encoded(X))]

    def _encoded(self, X: Table) -> Any:
        return X if self._encoder is None else self._encoder.transform(X)

    def _parts(self, rows: Table) -> tuple[Any, Any]:
        """Return what encodes the rows, or None, and the classifier behind it."""
        whole = default_estimator() if self.estimator is None else clone(self.estimator)
        if isinstance(whole, Pipeline) and len(whole) > 1:
            return whole[:-1], whole[-1]
        if is_frame(rows) or self.method == "label spreading":
            return TableEncoder(), whole
        return None, whole

    def __sklearn_tags__(self):  # type: ignore[no-untyped-def]
        """Missing values are the estimator's business where it sees the rows as they are."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self.estimator is None or self.method == "label spreading"
        return tags
