"""A classifier trained on over-sampled rows, as imbalanced-learn's users do it."""

from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from synda_sk._default import default_estimator
from synda_sk.augmentation import SyntheticAugmenter
from synda_sk.base import TableClassifier
from synda_sk.typing import FloatArray, Table
from synda_sk.utils import SeedStreams, TableCodec, import_optional, set_seed


class OverSampledClassifier(TableClassifier):
    """Classifier fitted to rows that imbalanced-learn has over-sampled to parity.

    Missing numbers are imputed by their medians in `fit`, 0 where a column holds none, since SMOTE
    takes none. ``fit`` raises ValueError where there is one class only, and ImportError without
    imbalanced-learn.

    Parameters
    ----------
    sampler : {"smote", "random"}, default="smote"
        SMOTE, or its kin for categories, by way of
        :class:`~synda_sk.SyntheticAugmenter`; or RandomOverSampler.
    estimator : classifier or None, default=None
        The model. None takes the default of :class:`~synda_sk.SynDAClassifier`.
    random_state : int or None, default=None
        Seed of the sampler, and of an estimator that has none.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from synda_sk.evaluation import OverSampledClassifier
    >>> X, y = make_classification(200, weights=[0.9], random_state=0)
    >>> OverSampledClassifier("random", LogisticRegression(), random_state=0).fit(X, y).classes_.tolist()
    [0, 1]
    """

    _parameter_constraints = {
        "sampler": [StrOptions({"smote", "random"})],
        "estimator": [HasMethods(["fit", "predict_proba"]), None],
        "random_state": [Interval(Integral, 0, None, closed="left"), None],
    }

    def __init__(
        self, sampler: str = "smote", estimator: Any = None, *, random_state: int | None = None
    ) -> None:
        self.sampler = sampler
        self.estimator = estimator
        self.random_state = random_state

    def _fit(self, X: Table, y: NDArray[Any]) -> None:
        streams = SeedStreams(self.random_state)
        self._codec = TableCodec().fit(X)
        numbers, _ = self._codec.encode(X)
        self._medians = [
            np.median(known) if len(known := column[~np.isnan(column)]) else 0.0 for column in numbers.T
        ]
        rows, labels = self._sampler(streams.seed("sampler")).fit_resample(self._filled(X), y)
        model = default_estimator() if self.estimator is None else clone(self.estimator)
        set_seed(model, streams.seed("model"))
        self._model = model.fit(rows, labels)
        self.classes_ = np.unique(labels)

    def _probabilities(self, X: Table) -> FloatArray:
        return self._model.predict_proba(self._filled(X))

    def _prediction_parts(self, X: Table) -> list[tuple[Any, Table]]:
        """Return the model that predicts, and the rows it sees."""
        return [(self._model, self._filled(X))]

    def _sampler(self, seed: int) -> Any:
        if self.sampler == "smote":
            return SyntheticAugmenter("smote", soft_labels=False, use_pool=False, random_state=seed)
        imblearn = import_optional(
            "imblearn.over_sampling", extra="imblearn", feature="OverSampledClassifier('random')"
        )
        return imblearn.RandomOverSampler(random_state=seed)

    def _filled(self, X: Table) -> Table:
        """Return the rows with the median of fit in place of a missing number."""
        numbers, codes = self._codec.encode(X)
        if not np.isnan(numbers).any():
            return X
        return self._codec.decode(np.where(np.isnan(numbers), self._medians, numbers), codes)
