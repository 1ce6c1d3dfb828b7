"""A model trained elsewhere: used as it is, or tuned by labels from here."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.utils._param_validation import HasMethods, Interval

from synda_sk._default import default_estimator
from synda_sk.base import TableClassifier
from synda_sk.selection._committee import align_probabilities
from synda_sk.typing import FloatArray, Table
from synda_sk.utils import SeedStreams, set_seed

if TYPE_CHECKING:
    from synda_sk.evaluation._context import RunContext

SHARES = np.linspace(0, 1, 11)
FOLDS = 5


class TransferClassifier(TableClassifier):
    r"""Classifier that begins with a model trained on another region or period.

    Tuned, its probabilities are a mixture of the source's and of those of a
    model fitted to the labels from here,

    .. math:: p(y|x) = w\, p_{source}(y|x) + (1 - w)\, p_{here}(y|x),

    where w, of 0, 0.1, ..., 1, has the least log-loss out of fold: the linear
    interpolation among the baselines of [1]_. It works for any two models.
    ``fit`` raises ValueError where `source_model` is None.

    Parameters
    ----------
    estimator : classifier or None, default=None
        The model fitted to the labels from here. None takes the default of
        :class:`~synda_sk.SynDAClassifier`.
    source_model : fitted classifier or None, default=None
        The model from elsewhere; clones keep it fitted. None in ``run_protocol`` is filled by a clone
        of `estimator` fitted to the rows of `source`; ``fit`` alone needs one.
    tune : bool, default=True
        False leaves the source's model as it is; labels from here are not used.
    random_state : int or None, default=None
        Seed of the folds, and of an estimator that has none.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels of either model.
    source_share_ : float
        w; 1 while a class has fewer than two labels.

    References
    ----------
    .. [1] H. Daume III, "Frustratingly easy domain adaptation", Annual Meeting
       of the Association of Computational Linguistics (2007).

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from synda_sk.evaluation import TransferClassifier
    >>> X, y = make_classification(300, random_state=0)
    >>> north = LogisticRegression().fit(X[:200], y[:200])
    >>> model = TransferClassifier(LogisticRegression(), source_model=north, random_state=0)
    >>> model.fit(X[200:212], y[200:212]).source_share_
    1.0
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict_proba"]), None],
        "source_model": [HasMethods(["predict_proba"]), None],
        "tune": ["boolean"],
        "random_state": [Interval(Integral, 0, None, closed="left"), None],
    }

    def __init__(
        self,
        estimator: Any = None,
        *,
        source_model: Any = None,
        tune: bool = True,
        random_state: int | None = None,
    ) -> None:
        self.estimator = estimator
        self.source_model = source_model
        self.tune = tune
        self.random_state = random_state

    def given(self, context: RunContext) -> TransferClassifier:
        """Return a copy whose source is fitted to the source rows of a run.

        Parameters
        ----------
        context : RunContext
            The run, with source rows.

        Returns
        -------
        TransferClassifier
            Unfitted, with a fitted source.

        Raises
        ------
        ValueError
            If there is neither a source's model nor rows of a source.
        """
        model = clone(self)
        if self.source_model is None:
            if context.X_source is None:
                raise ValueError(
                    "source is None; TransferClassifier needs rows of a source, or a source_model."
                )
            fitted = self._target(context.seed).fit(context.X_source, context.y_source)
            model.set_params(source_model=FrozenEstimator(fitted))
        return model

    def __sklearn_clone__(self) -> TransferClassifier:
        """Return a clone with the source's model as it is: fitted."""
        params = self.get_params(deep=False)
        kept = params.pop("source_model")
        return type(self)(
            source_model=kept, **{name: clone(value, safe=False) for name, value in params.items()}
        )

    def _fit(self, X: Table, y: NDArray[Any]) -> None:
        if not hasattr(self.source_model, "classes_"):
            raise ValueError(f"source_model == {self.source_model!r}, must be a fitted classifier.")
        self._fitted: Any = None
        self.source_share_ = 1.0
        self.classes_ = self.source_model.classes_
        counts = np.unique(y, return_counts=True)[1]
        if not self.tune or len(counts) < 2:
            return
        self.classes_ = np.union1d(self.classes_, y)
        seed = SeedStreams(self.random_state).seed("model")
        if counts.min() >= 2:
            folds = StratifiedKFold(min(FOLDS, int(counts.min())), shuffle=True, random_state=seed)
            here = cross_val_predict(self._target(seed), X, y, cv=folds, method="predict_proba")
            here = align_probabilities(here, np.unique(y), self.classes_)
            there = self._source_probabilities(X)
            losses = [log_loss(y, _mixed(w, there, here), labels=self.classes_) for w in SHARES]
            self.source_share_ = float(SHARES[int(np.argmin(losses))])
        self._fitted = self._target(seed).fit(X, y)

    def _probabilities(self, X: Table) -> FloatArray:
        there = self._source_probabilities(X)
        if self._fitted is None:
            return there
        here = align_probabilities(self._fitted.predict_proba(X), self._fitted.classes_, self.classes_)
        return self.source_share_ * there + (1 - self.source_share_) * here

    def _prediction_parts(self, X: Table) -> list[tuple[Any, Table]]:
        """Return the models that predict, and the rows each of them sees."""
        return [(model, X) for model in (self.source_model, self._fitted) if model is not None]

    def _target(self, seed: int) -> Any:
        model = default_estimator() if self.estimator is None else clone(self.estimator)
        set_seed(model, seed)
        return model

    def _source_probabilities(self, X: Table) -> FloatArray:
        found = self.source_model.predict_proba(X)
        return align_probabilities(found, self.source_model.classes_, self.classes_)


def _mixed(share: float, there: FloatArray, here: FloatArray) -> FloatArray:
    mixed = np.clip(share * there + (1 - share) * here, 1e-6, None)
    return mixed / mixed.sum(axis=1, keepdims=True)
