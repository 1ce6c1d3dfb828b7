"""A sampler that fits a generator and adds its rows."""

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from synda_sk.augmentation._committee import SoftLabeller, as_weighted_rows
from synda_sk.augmentation._draw import Drawing
from synda_sk.augmentation._learn import check_learning_params, rows_to_learn
from synda_sk.augmentation._report import GeneratorReport, measure_generator
from synda_sk.augmentation._strategy import (
    SamplingStrategy,
    check_strategy,
    equal_counts,
    over_sampling_counts,
    share_equally,
)
from synda_sk.base import SamplerMixin, check_n_samples, check_seen
from synda_sk.generators import KDEGenerator, make_generator
from synda_sk.metrics._train_on_synthetic import Scoring
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
    generator : str, object with ``fit(X, y)`` and ``sample(n_samples, y)`` or callable, default="auto"
        "auto" or "gaussian", "copula", "kde", with the extra ``imblearn`` "smote"
        (SMOTE, or its kin for categories), with the extra ``torch`` "vae" and
        "gan", with the extra ``sdv`` "gaussian_copula", "ctgan", "tvae",
        "copula_gan". An object is cloned; a callable returns a fresh one.
        "auto" is "gaussian", for :meth:`sample_soft` "kde" unless other parameters
        say what the rows are to be like.
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
    context : list of str or int, or None, default=None
        Columns that say where a row comes from (region, channel, season), by
        name, by position in tables without names: the :math:`c` of
        :math:`G_\theta(z, c)`. Rows are drawn given values in these columns, in
        ``fit_resample`` and by default in ``sample`` with the frequencies they
        have in each class among the rows the generator learns from. See Notes.
    exemplars : table, pair of a table and labels, or None, default=None
        A small set of local rows to lean towards, with the columns and dtypes of
        `X`. Those with labels are learnt from as well. See Notes.
    exemplar_strength : float, default=0.5
        In [0, 1]: how far to lean towards the exemplars; with 0 all rows count
        alike. Above 0.5 few rows carry most of the weight.
    constraints : list of Constraint or None, default=None
        Rules that every synthetic row obeys, such as
        ``Inequality("opened", "<=", "used")``: see :mod:`synda_sk.conditioning`.
    soft_labels : bool or "auto", default="auto"
        Whether :class:`~synda_sk.SynDAClassifier` takes :meth:`sample_soft`
        instead of :meth:`sample`; "auto" where the generator, contexts, exemplars
        and constraints are left at their defaults and the weight of the rows to
        the mixer, ``synthetic_weight="auto"``, rows have no ``sample_weight``
        and, for a forest, none was chosen to be labelled. A sampler alone has
        hard labels. A :class:`~synda_sk.images.ConvClassifier` labels rows of the
        pool itself, with "auto": those of which a first one is sure, p >= 0.95, teach
        a second one.
    use_pool : bool, default=True
        Take rows without a label for :meth:`sample_soft` where there are some, so
        that their distribution is the pool's and only their labels are made up.
    random_state : int, RandomState instance or None, default=None
        Seeds a generator whose ``random_state`` is None, the draw of contexts and
        whatever is redrawn. An int gives the same rows at each call.

    Attributes
    ----------
    generator_ : object
        The fitted generator.
    classes_ : ndarray of shape (n_classes,)
        Labels seen in fit.
    sampling_strategy_ : dict
        Rows added, by class; after ``fit``, those ``fit_resample`` would add.
    synthetic_mask_ : ndarray of bool of shape (n_resampled,)
        True for the rows that were added.
    acceptance_rate_ : dict or None
        Of the rows the generator made at the last call, the share that obeyed
        all constraints ``before_repair`` and ``after_repair``; None before.
    context_match_rate_ : float or None
        Of the rows with a context at the last call, the share for which the
        generator itself made the context's categories; None without a context.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where they have names.

    See Also
    --------
    synda_sk.generators.GaussianGenerator : The default generator.

    Notes
    -----
    *Context.* The class-conditional generators, and any whose ``sample`` has a
    parameter `context` (a dict of lists by column), draw given the context. For
    others ten rows are drawn for each row wanted, the nearest in context of its
    class is taken, up to five times where its categories do not agree, and the
    context is written into it: where ``context_match_rate_`` is low the other
    columns follow the class rather than the context. The SDV's own conditional sampling is not used: it
    shifts the other columns little, and most of its models reject rows as well.

    *Exemplars.* Rows are weighted by :math:`w(x)^s`, with the density of the
    exemplars relative to that of the rows, estimated by a domain classifier on
    the columns outside the context [3]_ and clipped to [1/10, 10], and the
    strength :math:`s` that flattens it [2]_. Labelled exemplars are added, and
    as many rows as there then are of each class drawn evenly by weight are what
    the generator is fitted to; one row more of each level of a context that
    would be lost. Weights suppose that the classes look alike among exemplars
    and rows where their columns do. Measured with 20, 60 or 200 labelled exemplars
    of another region in twelve simulated mobile-money tables, other ones than
    those the constants were chosen on: the energy distance to that region's other
    rows fell from 0.121 to 0.077 on average for "copula" (in twelve tables), from
    0.189 to 0.150 for "gaussian" (in eleven) and from 0.238 to 0.210 for "kde" (in
    nine); with strength 1 to 0.080, 0.157 and 0.224.

    *Constraints.* Real rows that break a constraint are left out of what the
    generator learns from, with a ``ConstraintWarning`` that tells their share.
    Of the rows drawn those that break one are repaired, without touching the
    context, and redrawn where that fails; a ValueError after twenty rounds. Repair
    may leave the range seen in fit. The SDV's own constraints are not
    used: they reshape or drop columns, which collides with columns that are
    constant in a class, and there is none for sums or for one column's bounds.

    References
    ----------
    .. [1] G. Lemaitre, F. Nogueira and C. K. Aridas, "Imbalanced-learn: a Python
       toolbox to tackle the curse of imbalanced datasets in machine learning",
       Journal of Machine Learning Research 18 (2017), 1-5.
    .. [2] H. Shimodaira, "Improving predictive inference under covariate shift by
       weighting the log-likelihood function", Journal of Statistical Planning
       and Inference 90 (2000), 227-244.
    .. [3] S. Bickel, M. Brueckner and T. Scheffer, "Discriminative learning for
       differing training and test distributions", International Conference on
       Machine Learning (2007), 81-88.

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

    With a context and a rule:

    >>> from synda_sk.conditioning import Range
    >>> augmenter = SyntheticAugmenter(context=["type"], constraints=[Range("amount", low=10)])
    >>> X_new, _ = augmenter.fit(X, y).sample(20, "genuine", context={"type": "bill"})
    >>> X_new["type"].unique().tolist(), bool((X_new["amount"] >= 10).all())
    (['bill'], True)
    """

    _parameter_constraints = {
        "generator": [str, HasMethods(["fit", "sample"]), callable],
        "generator_params": [Mapping, None],
        "ratio": [Interval(Real, 0, None, closed="neither"), None],
        "sampling_strategy": "no_validation",
        "context": "no_validation",
        "exemplars": "no_validation",
        "exemplar_strength": [Interval(Real, 0, 1, closed="both")],
        "constraints": "no_validation",
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
        context: Sequence[Any] | None = None,
        exemplars: Any = None,
        exemplar_strength: float = 0.5,
        constraints: Sequence[Any] | None = None,
        soft_labels: bool | str = "auto",
        use_pool: bool = True,
        random_state: RandomState = None,
    ) -> None:
        self.generator = generator
        self.generator_params = generator_params
        self.ratio = ratio
        self.sampling_strategy = sampling_strategy
        self.context = context
        self.exemplars = exemplars
        self.exemplar_strength = exemplar_strength
        self.constraints = constraints
        self.soft_labels = soft_labels
        self.use_pool = use_pool
        self.random_state = random_state

    def fit(self, X: Table, y: Labels, X_pool: Table | None = None) -> Self:
        """Fit the generator without drawing, and keep what soft labels are made from.

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
        self._validate_params()
        _, X, labels = self._open(X, y)
        pool = None if X_pool is None else check_table(self, X_pool, reset=False)
        self.sampling_strategy_ = self._learn(X, labels)
        self._pool = pool
        return self

    def sample(
        self, n_samples: int, y: Labels | None = None, context: Any = None
    ) -> tuple[Table, NDArray[Any]]:
        """Draw synthetic rows with the container, columns and dtypes seen in fit.

        Parameters
        ----------
        n_samples : int
            Number of rows, at least 0.
        y : label, array-like of shape (n_samples,) or None, default=None
            The class wanted, of every row or row by row. None shares the rows
            equally over the classes, in their order; the first ones get the
            remainder.
        context : mapping, data frame, array-like or None, default=None
            Values of some or all of the columns named by the parameter
            `context`, one for all rows or one for each: ``{"region": "north"}``,
            a frame of `n_samples` rows, or as many rows of values in the order of
            the parameter. None draws contexts with their frequencies in each
            class.

        Returns
        -------
        X : table of shape (n_samples, n_features)
            Synthetic rows.
        y : ndarray of shape (n_samples,)
            Their labels.

        Raises
        ------
        ValueError
            If `n_samples` is negative, `y` has another length or an unseen
            label, `context` names an unseen level or a column that is not among
            those of the parameter, or the constraints cannot be met.
        """
        check_is_fitted(self)
        check_n_samples(n_samples)
        if y is None:
            y = np.repeat(self.classes_, share_equally(n_samples, len(self.classes_)))
        return self._draw(int(n_samples), y, context)

    def _draw(self, n_samples: int, y: Labels, context: Any) -> tuple[Table, NDArray[Any]]:
        if context is not None and self._contexts is None:
            raise ValueError(
                "context is given, but the augmenter has none; use SyntheticAugmenter(context=[columns])."
            )
        if n_samples == 0 or (self._contexts is None and not self._rules.constraints):
            return self.generator_.sample(n_samples, y)
        labels = np.asarray(y)
        labels = np.repeat(labels, n_samples) if labels.ndim == 0 else labels
        if labels.shape != (n_samples,):
            raise ValueError(f"y has shape {labels.shape}, expected one label or {n_samples}, as n_samples.")
        check_seen(labels, self.classes_, "y")
        streams = SeedStreams(self.random_state)
        wanted = None
        if self._contexts is not None:
            if context is None:
                wanted = self._contexts.draw(labels, streams.generator("context"))
            else:
                wanted = self._contexts.encoder.encode(context, n_samples)
        drawing = Drawing(self.generator_, self._rules, streams)
        X_new = drawing.rows(labels, wanted)
        self.acceptance_rate_ = drawing.acceptance_rate if self._rules.constraints else None
        self.context_match_rate_ = None if wanted is None else float(np.concatenate(drawing.matched).mean())
        return X_new, labels

    def report(
        self,
        X: Table,
        y: Labels,
        *,
        estimator: Any = None,
        test_size: float = 0.5,
        scoring: Scoring = None,
        random_state: RandomState = None,
    ) -> GeneratorReport:
        """Tell how true, how useful and how private the generator's rows are on a table.

        A clone is fitted to one part of the rows, the other is held out: the
        augmenter itself stays as it is. As many synthetic rows as there are
        training rows, of the same classes, are compared with the held-out rows
        (fidelity), train a model that is scored on them (usefulness), and are
        searched for training rows (privacy). Each figure stands beside what
        real rows in the place of the synthetic ones have.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Real rows.
        y : array-like of shape (n_samples,)
            Their labels, of at least two classes.
        estimator : classifier or None, default=None
            The model to train; None is a random forest on
            :class:`~synda_sk.utils.TableEncoder`.
        test_size : float, default=0.5
            Share of the rows to hold out, in (0, 1), drawn class by class; the
            only row of a class is never held out. Halves make the privacy
            measures sharpest.
        scoring : str, callable or None, default=None
            How to score the model, see :func:`~synda_sk.metrics.tstr_score`.
        random_state : int, RandomState instance or None, default=None
            Seed of the split, of the models, and of a generator without its own;
            None takes that of the augmenter.

        Returns
        -------
        GeneratorReport
            The figures; print it, or see its ``summary`` and ``to_dict``.

        Raises
        ------
        ValueError
            If `y` has a single class or missing labels, or a part has too few rows.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from synda_sk import SyntheticAugmenter
        >>> report = SyntheticAugmenter().report(*load_iris(return_X_y=True), random_state=0)
        >>> report.figures["membership_auc"]["synthetic"] < 0.6
        True
        """
        given = clone(self).set_params(ratio=None, sampling_strategy="auto")
        _, X, labels = given._open(X, y)
        streams = SeedStreams(given.random_state if random_state is None else random_state)
        if given.random_state is None:
            given.set_params(random_state=streams.seed("augmenter"))
        return measure_generator(
            given, X, labels, estimator=estimator, test_size=test_size, scoring=scoring, streams=streams
        )

    @property
    def leaves_rows_open(self) -> bool:
        """Whether no parameter says what the rows are to be like."""
        shaped = (self.context, self.exemplars, self.constraints)
        automatic = isinstance(self.generator, str) and self.generator == "auto"
        return automatic and not self.generator_params and all(wish is None for wish in shaped)

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
            labels = np.sort(rng.choice(y, n_samples))
            if self.leaves_rows_open:
                rows, _ = KDEGenerator(random_state=streams.seed("kde")).fit(X, y).sample(n_samples, labels)
            else:
                rows, _ = self._draw(int(n_samples), labels, None)
        if not len(rows):
            return rows, y[:0], np.empty(0)
        labeller = SoftLabeller(streams.seed("committee")).fit(X, y)
        where, labels, weight = as_weighted_rows(labeller.predict_proba(rows), labeller.classes_)
        return take_rows(rows, where), labels, weight

    def _validate_params(self) -> None:
        super()._validate_params()
        make_generator(self.generator, self.generator_params)
        check_strategy(self.sampling_strategy)
        check_learning_params(self)

    def _fit_resample(self, X: Table, y: NDArray[Any]) -> tuple[Table, NDArray[Any]]:
        self._validate_params()
        counts = self._learn(X, y)
        added = np.repeat(self.classes_, [counts[label] for label in self.classes_.tolist()])
        if not len(added):
            return X, y
        X_new, _ = self._draw(len(added), added, None)
        return concat_rows(X, X_new), np.concatenate([y, added])

    def _learn(self, X: Table, y: NDArray[Any]) -> dict[Any, int]:
        """Fit the generator; return how many rows of each class the strategy asks for."""
        if self.ratio is None:
            counts = over_sampling_counts(self.sampling_strategy, y)
        else:
            counts = equal_counts(round(self.ratio * len(y)), self.sampling_strategy, y)
        generator = _seeded(make_generator(self.generator, self.generator_params), self.random_state)
        X_learnt, y_learnt, contexts, rules = rows_to_learn(self, X, y)
        generator.fit(X_learnt, y_learnt)
        self.generator_, self._contexts, self._rules = generator, contexts, rules
        self.acceptance_rate_ = self.context_match_rate_ = None
        self.classes_: NDArray[Any] = np.unique(y)
        self._real, self._pool = (X, y), None
        return {label: counts.get(label, 0) for label in self.classes_.tolist()}


def _seeded(generator: Any, random_state: RandomState) -> Any:
    """Seed an unfitted generator that has no seed of its own; a RandomState is shared with it."""
    if isinstance(random_state, int | np.integer):
        set_seed(generator, int(random_state))
    elif random_state is not None and hasattr(generator, "get_params"):
        params = generator.get_params(deep=False)
        if "random_state" in params and params["random_state"] is None:
            generator.set_params(random_state=random_state)
    return generator
