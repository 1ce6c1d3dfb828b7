"""A classifier trained on over-sampled rows, as imbalanced-learn's users do it."""

from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from synda_sk._default import default_estimator
from synda_sk.augmentation import SyntheticAugmenter
from synda_sk.base import check_labels
from synda_sk.typing import FloatArray, Labels, Table
from synda_sk.utils import SeedStreams, TableCodec, import_optional, is_frame, set_seed


class OverSampledClassifier(ClassifierMixin, BaseEstimator):
    """Classifier fitted to rows that imbalanced-learn has over-sampled to parity.

    Missing numbers are imputed by their medians before, since SMOTE takes none.

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

    def fit(self, X: Table, y: Labels) -> "OverSampledClassifier":
        """Over-sample the rarer classes, and fit.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Labelled rows.
        y : array-like of shape (n_samples,)
            Their labels, of two classes at least.

        Returns
        -------
        OverSampledClassifier
            Itself.

        Raises
        ------
        ValueError
            If a parameter is out of its range, or there is one class only.
        ImportError
            If imbalanced-learn is not installed.
        """
        self._validate_params()
        streams = SeedStreams(self.random_state)
        rows, labels = self._sampler(streams.seed("sampler")).fit_resample(_filled(X), check_labels(y))
        model = default_estimator() if self.estimator is None else clone(self.estimator)
        set_seed(model, streams.seed("model"))
        self._model = model.fit(rows, labels)
        self.classes_ = np.unique(labels)
        return self

    def predict_proba(self, X: Table) -> FloatArray:
        """Return the probability of each class.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            In the order of `classes_`.
        """
        return self._model.predict_proba(X)

    def predict(self, X: Table) -> NDArray[Any]:
        """Return the label of each row.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Labels.
        """
        return self._model.predict(X)

    def _sampler(self, seed: int) -> Any:
        if self.sampler == "smote":
            return SyntheticAugmenter("smote", soft_labels=False, use_pool=False, random_state=seed)
        imblearn = import_optional(
            "imblearn.over_sampling", extra="imblearn", feature="OverSampledClassifier('random')"
        )
        return imblearn.RandomOverSampler(random_state=seed)


def _filled(X: Table) -> Table:
    """Return the rows with the median in place of a missing number; 0 where a column holds none."""
    codec = TableCodec().fit(X if is_frame(X) else np.asarray(X))
    numbers, codes = codec.encode(X)
    if not np.isnan(numbers).any():
        return X
    medians = [np.median(known) if len(known := column[~np.isnan(column)]) else 0.0 for column in numbers.T]
    return codec.decode(np.where(np.isnan(numbers), medians, numbers), codes)
