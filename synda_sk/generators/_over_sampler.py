"""Any over-sampler of imbalanced-learn as a generator."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils._param_validation import HasMethods

from synda_sk.base import BaseGenerator
from synda_sk.typing import FloatArray, IntArray, RandomState, Table
from synda_sk.utils import TableCodec, import_optional, set_seed


class OverSamplerGenerator(BaseGenerator):
    """Rows made by an over-sampler of imbalanced-learn, any number of any class.

    Parameters
    ----------
    sampler : over-sampler or None, default=None
        Cloned for each call of ``sample``; its ``sampling_strategy`` is set
        there. None is SMOTE [1]_, SMOTENC where some columns are categories,
        SMOTEN where all are.
    random_state : int, RandomState instance or None, default=None
        Source of the noise. An int gives the same rows at each call of ``sample``.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels seen in fit.
    class_count_ : ndarray of shape (n_classes,)
        Rows of each class in fit.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where they have names.

    See Also
    --------
    GaussianGenerator : Keeps no real row and takes missing values.

    Notes
    -----
    Needs the extra ``imblearn``. Categories reach the over-sampler as numbers,
    a missing one as a level of its own. Where a class has no more rows than
    neighbours are asked for, fewer neighbours are used; a class of a single row
    gives copies of it. Interpolated rows lie close to real ones: a poor choice
    for privacy.

    References
    ----------
    .. [1] N. V. Chawla, K. W. Bowyer, L. O. Hall and W. P. Kegelmeyer, "SMOTE:
       synthetic minority over-sampling technique", Journal of Artificial
       Intelligence Research 16 (2002), 321-357.

    Examples
    --------
    >>> import numpy as np
    >>> from synda_sk.generators import OverSamplerGenerator
    >>> X = np.array([[0.0], [1.0], [2.0], [8.0], [9.0]])
    >>> X_new, _ = OverSamplerGenerator(random_state=0).fit(X, [0, 0, 0, 1, 1]).sample(3, 1)
    >>> bool(((X_new >= 8) & (X_new <= 9)).all())
    True
    """

    _parameter_constraints = {
        "sampler": [HasMethods("fit_resample"), None],
        "random_state": ["random_state"],
    }

    def __init__(self, sampler: Any = None, random_state: RandomState = None) -> None:
        self.sampler = sampler
        self.random_state = random_state

    def _fit(self, X: Table, y: NDArray[Any]) -> None:
        import_optional("imblearn", extra="imblearn", feature="OverSamplerGenerator")
        self._codec = TableCodec().fit(X)
        self._numbers, codes = self._codec.encode(X)
        if np.isnan(self._numbers).any():
            raise ValueError(
                "Input X contains NaN in a numeric column; over-samplers take none. Impute it, or use "
                "generator='gaussian' or 'copula'."
            )
        self._codes = codes + 1
        self._y = y

    def _sample(self, labels: NDArray[Any], rng: np.random.RandomState) -> Table:
        numbers = np.empty((len(labels), self._numbers.shape[1]))
        codes = np.empty((len(labels), self._codes.shape[1]), dtype=np.intp)
        for label in self.classes_:
            rows = np.flatnonzero(labels == label)
            if len(rows):
                numbers[rows], codes[rows] = self._sample_class(label, len(rows), rng.randint(2**31 - 1))
        return self._codec.decode(numbers, codes - 1)

    def _sample_class(self, label: Any, n_samples: int, seed: int) -> tuple[FloatArray, IntArray]:
        own = np.flatnonzero(self._y == label)
        if len(own) == 1:
            rows = np.repeat(own, n_samples)
            return self._numbers[rows], self._codes[rows]
        sampler = self._make_sampler()
        set_seed(sampler, seed)
        if isinstance(getattr(sampler, "k_neighbors", None), int):
            sampler.set_params(k_neighbors=min(sampler.k_neighbors, len(own) - 1))
        table, y, wanted = np.hstack([self._numbers, self._codes]), self._y, label
        if len(self.classes_) == 1:  # over-samplers refuse a single class: the same rows as another one
            table, y, wanted = np.vstack([table, table]), np.repeat([1, 0], len(y)), 1
        sampler.set_params(sampling_strategy={wanted: len(own) + n_samples})
        resampled, labels = sampler.fit_resample(table, y)
        added = resampled[len(y) :][labels[len(y) :] == wanted]
        if len(added) != n_samples:
            raise ValueError(
                f"sampler={type(sampler).__name__} made {len(added)} rows of class {label!r}, "
                f"not {n_samples}; use one that meets sampling_strategy (SMOTE, RandomOverSampler)."
            )
        split = self._numbers.shape[1]
        return added[:, :split], np.round(added[:, split:]).astype(np.intp)

    def _make_sampler(self) -> Any:
        if self.sampler is not None:
            return clone(self.sampler)
        over_sampling = import_optional(
            "imblearn.over_sampling", extra="imblearn", feature="OverSamplerGenerator"
        )
        n_numeric, n_categorical = self._numbers.shape[1], self._codes.shape[1]
        if n_categorical == 0:
            return over_sampling.SMOTE()
        if n_numeric == 0:
            return over_sampling.SMOTEN()
        return over_sampling.SMOTENC(categorical_features=list(range(n_numeric, n_numeric + n_categorical)))

    def __sklearn_tags__(self):  # type: ignore[no-untyped-def]
        """Missing numbers are refused."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = False
        return tags
