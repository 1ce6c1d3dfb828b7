"""A sampler that fits a generator and adds its rows."""

from collections.abc import Mapping
from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from synda_sk.augmentation._committee import SoftLabeller, as_weighted_rows
from synda_sk.augmentation._strategy import (
    SamplingStrategy,
    check_strategy,
    equal_counts,
    over_sampling_counts,
    share_equally,
)
from synda_sk.base import SamplerMixin, check_n_samples
from synda_sk.generators import KDEGenerator, make_generator
from synda_sk.typing import FloatArray, Labels, RandomState, Table
from synda_sk.utils import SeedStreams, check_table, concat_rows, set_seed, take_rows


class SyntheticAugmenter(SamplerMixin, BaseEstimator):
    r"""Add rows drawn from a generator fitted to each class.

    A sampler in the sense of imbalanced-learn, for its pipelines or alone: the
    rows given come back first, unchanged, and behind them the synthetic ones,
    :math:`x_{\text{syn}} = G_\theta(z, c)` (SynDA proposal, section 2.1).
    Mixed types, missing values and any class of at least one row are fine.

    Parameters
    ----------
    generator : str or object with ``fit(X, y)`` and ``sample(n_samples, y)``, default="auto"
        "auto", "gaussian", "copula", "kde", with the extra ``imblearn`` "smote"
        (SMOTE, or its kin for categories), with the extra ``sdv``
        "gaussian_copula", "ctgan", "tvae", "copula_gan". An object is cloned.
        "auto" is "gaussian", for :meth:`sample_soft` "kde" unless it has parameters.
    generator_params : dict or None, default=None
        Parameters of the generator, by name.
    ratio : float or None, default=None
        Synthetic rows per row given: ``round(ratio * n_samples)`` rows, shared
        equally over the classes that `sampling_strategy` names, "auto" naming
        all. With None, `sampling_strategy` alone sets the counts.
    sampling_strategy : str, float, dict or callable, default="auto"
        As in the over-samplers of imbalanced-learn [1]_: "minority",
        "not minority", "not majority" ("auto") and "all" fill the classes they
        name up to the largest one; a float in (0, 1] is the wanted size of the
        smaller of two classes relative to the larger; a dict gives the wanted
        size by label; a callable makes such a dict from `y`.
    soft_labels : bool or "auto", default="auto"
        Whether :class:`~synda_sk.SynDAClassifier` takes :meth:`sample_soft`
        instead of :meth:`sample`; "auto" where the weight of the rows is left
        to the mixer, ``synthetic_weight="auto"``, rows have no ``sample_weight``
        and, for a forest, none was chosen to be labelled. A sampler alone has
        hard labels.
    use_pool : bool, default=True
        Take rows without a label for :meth:`sample_soft` where there are some, so
        that their distribution is the pool's and only their labels are made up.
    random_state : int, RandomState instance or None, default=None
        Seeds a generator whose ``random_state`` is None. An int gives the same
        rows at each call.

    Attributes
    ----------
    generator_ : object
        The fitted generator.
    classes_ : ndarray of shape (n_classes,)
        Labels seen in fit.
    sampling_strategy_ : dict
        Rows added, by class.
    synthetic_mask_ : ndarray of bool of shape (n_resampled,)
        True for the rows that were added.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they have names.

    See Also
    --------
    synda_sk.generators.GaussianGenerator : The default generator.

    References
    ----------
    .. [1] G. Lemaitre, F. Nogueira and C. K. Aridas, "Imbalanced-learn: a Python
       toolbox to tackle the curse of imbalanced datasets in machine learning",
       Journal of Machine Learning Research 18 (2017), 1-5.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from synda_sk.augmentation import SyntheticAugmenter
    >>> X = pd.DataFrame({"amount": [10, 12, 15, 900], "type": ["bill", "bill", "transfer", "bill"]})
    >>> y = np.array(["genuine", "genuine", "genuine", "fraud"])
    >>> augmenter = SyntheticAugmenter(random_state=0)
    >>> X_resampled, y_resampled = augmenter.fit_resample(X, y)
    >>> y_resampled[augmenter.synthetic_mask_].tolist(), augmenter.sampling_strategy_
    (['fraud', 'fraud'], {'fraud': 2, 'genuine': 0})
    >>> X_resampled.dtypes.equals(X.dtypes)
    True
    """

    _parameter_constraints = {
        "generator": [str, HasMethods(["fit", "sample"])],
        "generator_params": [Mapping, None],
        "ratio": [Interval(Real, 0, None, closed="neither"), None],
        "sampling_strategy": "no_validation",
        "soft_labels": ["boolean", StrOptions({"auto"})],
        "use_pool": ["boolean"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        generator: Any = "auto",
        *,
        generator_params: Mapping[str, Any] | None = None,
        ratio: float | None = None,
        sampling_strategy: SamplingStrategy = "auto",
        soft_labels: bool | str = "auto",
        use_pool: bool = True,
        random_state: RandomState = None,
    ) -> None:
        self.generator = generator
        self.generator_params = generator_params
        self.ratio = ratio
        self.sampling_strategy = sampling_strategy
        self.soft_labels = soft_labels
        self.use_pool = use_pool
        self.random_state = random_state

    def fit(self, X: Table, y: Labels, X_pool: Table | None = None) -> Self:
        """Fit the generator, and keep what soft labels are made from.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Real rows.
        y : array-like of shape (n_samples,)
            Their labels.
        X_pool : table of shape (n_pool, n_features) or None, default=None
            Rows without a label, only with ``use_pool=True``.

        Returns
        -------
        SyntheticAugmenter
            Itself.

        Raises
        ------
        ValueError
            If `y` has a single class or missing labels, `X_pool` other columns,
            or `X_pool` is given and ``use_pool=False``.
        """
        if X_pool is not None and not self.use_pool:
            raise ValueError("X_pool is given, but use_pool == False; set use_pool=True.")
        super().fit(X, y)
        self._pool = None if X_pool is None else check_table(self, X_pool, reset=False)
        return self

    def sample(self, n_samples: int, y: Labels | None = None) -> tuple[Table, NDArray[Any]]:
        """Draw synthetic rows with the container, columns and dtypes seen in fit.

        Parameters
        ----------
        n_samples : int
            Number of rows, at least 0.
        y : label, array-like of shape (n_samples,) or None, default=None
            The class wanted, of every row or row by row. None shares the rows
            equally over the classes, in their order; the first ones get the
            remainder.

        Returns
        -------
        X : table of shape (n_samples, n_features)
            Synthetic rows.
        y : ndarray of shape (n_samples,)
            Their labels.

        Raises
        ------
        ValueError
            If `n_samples` is negative, `y` has another length or an unseen label.
        """
        check_is_fitted(self)
        check_n_samples(n_samples)
        if y is None:
            y = np.repeat(self.classes_, share_equally(n_samples, len(self.classes_)))
        return self.generator_.sample(n_samples, y)

    def sample_soft(self, n_samples: int) -> tuple[Table, NDArray[Any], FloatArray]:
        r"""Draw rows and label them softly, by a committee of the real rows.

        The rows are distinct ones of the pool, else the generator's, classes in
        their shares in fit. The committee is the mean p of a random forest and a
        logistic regression; a row x enters once as each class c, with the weight
        :math:`p_c(x)`: a model trained on them imitates the committee.

        Parameters
        ----------
        n_samples : int
            Number of rows, at least 0.

        Returns
        -------
        X : table of shape (n_weighted, n_features)
            Rows, each as often as it has classes of a probability of at least 0.001.
        y : ndarray of shape (n_weighted,)
            Their labels.
        sample_weight : ndarray of shape (n_weighted,)
            Weights, 1 in all for each row drawn. A pool of fewer rows gives fewer.

        Raises
        ------
        ValueError
            If `n_samples` is negative.

        Examples
        --------
        >>> import numpy as np
        >>> from synda_sk.augmentation import SyntheticAugmenter
        >>> X, y = np.arange(20.0)[:, None], np.repeat([0, 1], 10)
        >>> augmenter = SyntheticAugmenter(random_state=0)
        >>> X_new, y_new, weight = augmenter.fit(X, y, X_pool=np.array([[0.0], [18.5]])).sample_soft(2)
        >>> X_new.ravel().tolist(), y_new.tolist(), bool(weight.sum().round(6) == 2)
        ([0.0, 0.0, 18.5, 18.5], [0, 1, 0, 1], True)
        """
        check_is_fitted(self)
        check_n_samples(n_samples)
        streams = SeedStreams(self.random_state)
        rng = streams.generator("soft")
        X, y = self._real
        if self._pool is not None:
            n_rows = min(n_samples, len(self._pool))
            rows = take_rows(self._pool, np.sort(rng.choice(len(self._pool), n_rows, replace=False)))
        else:
            generator = self.generator_
            if isinstance(self.generator, str) and self.generator == "auto" and not self.generator_params:
                generator = KDEGenerator(random_state=streams.seed("kde")).fit(X, y)
            rows, _ = generator.sample(n_samples, np.sort(rng.choice(y, n_samples)))
        if not len(rows):
            return rows, y[:0], np.empty(0)
        labeller = SoftLabeller(streams.seed("committee")).fit(X, y)
        where, labels, weight = as_weighted_rows(labeller.predict_proba(rows), labeller.classes_)
        return take_rows(rows, where), labels, weight

    def _validate_params(self) -> None:
        super()._validate_params()
        make_generator(self.generator, self.generator_params)
        check_strategy(self.sampling_strategy)

    def _fit_resample(self, X: Table, y: NDArray[Any]) -> tuple[Table, NDArray[Any]]:
        self._validate_params()
        if self.ratio is None:
            counts = over_sampling_counts(self.sampling_strategy, y)
        else:
            counts = equal_counts(round(self.ratio * len(y)), self.sampling_strategy, y)
        self.generator_ = _seeded(make_generator(self.generator, self.generator_params), self.random_state)
        self.generator_.fit(X, y)
        self.classes_ = np.unique(y)
        self._real, self._pool = (X, y), None
        added = np.repeat(self.classes_, [counts.get(label, 0) for label in self.classes_.tolist()])
        if not len(added):
            return X, y
        X_new, _ = self.generator_.sample(len(added), added)
        return concat_rows(X, X_new), np.concatenate([y, added])


def _seeded(generator: Any, random_state: RandomState) -> Any:
    """Seed an unfitted generator that has no seed of its own; a RandomState is shared with it."""
    if isinstance(random_state, int | np.integer):
        set_seed(generator, int(random_state))
    elif random_state is not None and hasattr(generator, "get_params"):
        params = generator.get_params(deep=False)
        if "random_state" in params and params["random_state"] is None:
            generator.set_params(random_state=random_state)
    return generator
