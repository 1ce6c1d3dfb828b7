"""Where in the pool the rows of a batch lie."""

from numbers import Integral
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.utils.validation import check_is_fitted

from synda_sk.classifier import SynDAClassifier
from synda_sk.inspection._style import ORANGE, column_figure, tidy
from synda_sk.selection import HybridQuerySelector
from synda_sk.selection._pools import open_pool
from synda_sk.typing import FloatArray, IntArray, RandomState, Table
from synda_sk.utils import Features, RowSource, SeedStreams, as_rows, set_seed

__all__ = ["QueryMapDisplay"]


class QueryMapDisplay:
    """A map of the pool: how unsure the model is of each row, what is labelled, what it asks about.

    Make one with :meth:`from_estimator` or :meth:`from_selector`; the
    constructor takes computed values.

    Parameters
    ----------
    points : array-like of shape (n_points, 2)
        Rows of the pool.
    uncertainty : array-like of shape (n_points,)
        u(x) of each.
    chosen : array-like of int
        Which of the points the batch is, best first.
    labeled : array-like of shape (n_labeled, 2) or None, default=None
        Labelled rows.
    axis_names : tuple of two str, default=("", "")
        What the axes are.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Where it was drawn.
    figure_ : matplotlib.figure.Figure
        The figure around it.
    pool_, chosen_ : matplotlib.collections.PathCollection
        Dots of the pool and rings of the batch.
    labeled_ : matplotlib.collections.PathCollection or None
        Crosses of the labelled rows.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from synda_sk import HybridQuerySelector
    >>> from synda_sk.inspection import QueryMapDisplay
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X[:30], y[:30])
    >>> display = QueryMapDisplay.from_selector(
    ...     HybridQuerySelector(), model, X[30:], 10, X_labeled=X[:30], random_state=0
    ... )
    >>> len(display.chosen), display.axis_names[0]
    (10, 'PC 1 (45 %)')
    """

    def __init__(
        self,
        points: ArrayLike,
        uncertainty: ArrayLike,
        chosen: ArrayLike,
        labeled: ArrayLike | None = None,
        *,
        axis_names: tuple[str, str] = ("", ""),
    ) -> None:
        self.points = points
        self.uncertainty = uncertainty
        self.chosen = chosen
        self.labeled = labeled
        self.axis_names = axis_names

    @classmethod
    def from_estimator(
        cls,
        estimator: SynDAClassifier,
        X: Table | None = None,
        n_queries: int | None = None,
        *,
        projection: Any = None,
        n_points: int = 2000,
        random_state: RandomState = None,
        ax: Any = None,
    ) -> Self:
        """Ask a classifier for a batch, which changes nothing, and draw it.

        The colour is u(x) by the models that ``query`` asks.

        Parameters
        ----------
        estimator : SynDAClassifier
            Fitted.
        X : table of shape (n_pool, n_features) or None, default=None
            A pool, in memory or not; None takes the rows of fit without a label.
        n_queries : int or None, default=None
            Rows to ask about; None takes the selector's ``batch_size``.
        projection : transformer or None, default=None
            Has ``fit_transform`` and makes two columns of f(x), such as
            ``TSNE()``; None is PCA.
        n_points : int, default=2000
            The most rows of the pool drawn, at random, beside the batch; the
            same number at most of the labelled rows.
        random_state : int, RandomState instance or None, default=None
            Seed of that draw and of a projection without its own.
        ax : matplotlib.axes.Axes or None, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        QueryMapDisplay
            Drawn.

        Raises
        ------
        TypeError
            If `estimator` is no SynDAClassifier.
        ValueError
            If there is no pool, or a parameter is out of range.
        """
        if not isinstance(estimator, SynDAClassifier):
            raise TypeError(
                f"estimator == {estimator!r}, must be a SynDAClassifier; for other models use from_selector."
            )
        check_is_fitted(estimator)
        batch: Any = estimator.query(X, n_queries)
        pool = as_rows(estimator._pool.X) if X is None else open_pool(X, estimator)
        free = estimator._state.free if X is None else np.arange(len(pool))
        state, model = estimator._state, estimator.estimator_
        committee = estimator._acquisition()._committee(
            state, model, lambda rows: estimator._features(rows, model)
        )
        values = _Map(projection, n_points, random_state).values(
            pool,
            free,
            batch,
            uncertainty=getattr(estimator.selector, "uncertainty", "auto"),
            model=committee,
            features=lambda rows: estimator._features(rows, model),
            X_labeled=as_rows(state.labelled()[0]),
        )
        return cls(**values).plot(ax=ax)

    @classmethod
    def from_selector(
        cls,
        selector: Any,
        estimator: Any,
        X_pool: Table,
        n_queries: int | None = None,
        *,
        X_labeled: Table | None = None,
        projection: Any = None,
        n_points: int = 2000,
        random_state: RandomState = None,
        ax: Any = None,
    ) -> Self:
        """Choose a batch with a query strategy and draw it.

        Parameters
        ----------
        selector : query strategy
            Such as :class:`~synda_sk.HybridQuerySelector`.
        estimator : fitted classifier
            Has ``predict_proba`` or ``decision_function``.
        X_pool : table of shape (n_pool, n_features)
            Unlabelled rows, in memory or not.
        n_queries : int or None, default=None
            Rows to choose; None takes the selector's ``batch_size``.
        X_labeled : table of shape (n_labeled, n_features) or None, default=None
            Labelled rows to show.
        projection : transformer or None, default=None
            As :meth:`from_estimator` takes it.
        n_points : int, default=2000
            The most rows drawn, as in :meth:`from_estimator`.
        random_state : int, RandomState instance or None, default=None
            Seed.
        ax : matplotlib.axes.Axes or None, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        QueryMapDisplay
            Drawn.

        Raises
        ------
        TypeError
            If `selector` has no ``query``.
        ValueError
            If a parameter is out of range.
        """
        if not hasattr(selector, "query"):
            raise TypeError(f"selector == {selector!r}, must have query, as HybridQuerySelector has.")
        batch = selector.query(estimator, X_pool, n_queries)
        pool = open_pool(X_pool, estimator)
        values = _Map(projection, n_points, random_state).values(
            pool,
            np.arange(len(pool)),
            batch,
            uncertainty=getattr(selector, "uncertainty", "auto"),
            model=estimator,
            features=Features(getattr(selector, "features", "auto"), pool).map(estimator),
            X_labeled=None if X_labeled is None else as_rows(X_labeled),
        )
        return cls(**values).plot(ax=ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib.axes.Axes or None, default=None
            Where to; None makes a figure of a column's width.

        Returns
        -------
        QueryMapDisplay
            Itself, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If shapes do not fit, or `chosen` is no position of a point.
        """
        points, uncertainty, chosen = self._check()
        if ax is None:
            ax = column_figure("QueryMapDisplay.plot", 3.0)
        self.ax_, self.figure_ = ax, ax.figure
        order = np.argsort(uncertainty, kind="stable")  # the unsure ones on top
        self.pool_ = ax.scatter(
            *points[order].T,
            c=uncertainty[order],
            cmap="cividis",
            s=9,
            linewidth=0,
            vmin=0,
            vmax=max(float(uncertainty.max()), 1e-12),
            rasterized=True,
            label="pool",
        )
        self.labeled_ = None
        if self.labeled is not None and len(np.asarray(self.labeled)):
            self.labeled_ = ax.scatter(
                *np.asarray(self.labeled).T,
                marker="X",
                s=24,
                color="black",
                edgecolor="white",
                linewidth=0.6,
                label="labelled",
            )
        self.chosen_ = ax.scatter(
            *points[chosen].T, s=42, facecolor="none", edgecolor=ORANGE, linewidth=1.4, label="chosen"
        )
        bar = self.figure_.colorbar(self.pool_, ax=ax, pad=0.02, aspect=30)
        bar.set_label("uncertainty u(x)", fontsize=8)
        bar.ax.tick_params(labelsize=7)
        bar.outline.set_visible(False)
        tidy(ax, xlabel=self.axis_names[0], ylabel=self.axis_names[1])
        ax.set(xticks=[], yticks=[])
        handles = [handle for handle in (self.chosen_, self.labeled_) if handle is not None]
        ax.legend(
            handles=handles,
            fontsize=7,
            frameon=False,
            ncols=2,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            borderaxespad=0.2,
        )
        return self

    def _check(self) -> tuple[FloatArray, FloatArray, IntArray]:
        points = np.asarray(self.points, dtype=np.float64)
        uncertainty = np.asarray(self.uncertainty, dtype=np.float64)
        chosen = np.asarray(self.chosen)
        if points.ndim != 2 or points.shape[1] != 2 or not len(points):
            raise ValueError(f"points has shape {points.shape}, must have (n_points, 2).")
        if uncertainty.shape != (len(points),):
            raise ValueError(f"uncertainty has shape {uncertainty.shape}, must have ({len(points)},).")
        if self.labeled is not None and np.shape(self.labeled)[1:] != (2,):
            raise ValueError(f"labeled has shape {np.shape(self.labeled)}, must have (n_labeled, 2).")
        if chosen.ndim != 1 or (len(chosen) and chosen.dtype.kind not in "iu"):
            raise ValueError(f"chosen == {self.chosen!r}, must be positions of points.")
        if len(chosen) and not 0 <= chosen.min() <= chosen.max() < len(points):
            raise ValueError(f"chosen holds a position outside [0, {len(points)}).")
        return points, uncertainty, chosen.astype(np.intp)


class _Map(NamedTuple):
    """How rows become points."""

    projection: Any
    n_points: int
    random_state: RandomState

    def values(
        self,
        pool: RowSource,
        free: IntArray,
        batch: IntArray,
        *,
        uncertainty: Any,
        model: Any,
        features: Any,
        X_labeled: RowSource | None,
    ) -> dict[str, Any]:
        """Take the batch and a sample of the pool, measure and project them."""
        if not isinstance(self.n_points, Integral) or self.n_points < 1:
            raise ValueError(f"n_points == {self.n_points!r}, must be a whole number >= 1.")
        if self.projection is not None and not hasattr(self.projection, "fit_transform"):
            raise ValueError(f"projection == {self.projection!r}, must have fit_transform, as PCA has.")
        rng = SeedStreams(self.random_state).generator("points")
        shown = np.union1d(batch, self._sample(np.setdiff1d(free, batch), rng))
        X = pool.take(shown)
        parts = [features(X)]
        if X_labeled is not None and len(X_labeled):
            parts.append(features(X_labeled.take(self._sample(np.arange(len(X_labeled)), rng))))
        points, names = self._project(np.vstack(parts))
        scorer = HybridQuerySelector(uncertainty=uncertainty)
        return {
            "points": points[: len(shown)],
            "uncertainty": scorer.pool_uncertainty(model, X),
            "chosen": np.searchsorted(shown, batch),
            "labeled": points[len(shown) :] if len(parts) > 1 else None,
            "axis_names": names,
        }

    def _sample(self, rows: IntArray, rng: np.random.Generator) -> IntArray:
        if len(rows) <= self.n_points:
            return rows
        return np.sort(rng.choice(rows, self.n_points, replace=False))

    def _project(self, features: FloatArray) -> tuple[FloatArray, tuple[str, str]]:
        if self.projection is None:
            n_components = min(2, *features.shape)
            pca = PCA(n_components, svd_solver="full")
            points = np.zeros((len(features), 2))
            points[:, :n_components] = pca.fit_transform(features)
            first, second = [*pca.explained_variance_ratio_, 0.0][:2]
            return points, (f"PC 1 ({100 * first:.0f} %)", f"PC 2 ({100 * second:.0f} %)")
        projection = clone(self.projection)
        set_seed(projection, SeedStreams(self.random_state).seed("projection"))
        points = np.asarray(projection.fit_transform(features))
        if points.shape != (len(features), 2):
            raise ValueError(f"projection made shape {points.shape}, must make ({len(features)}, 2).")
        name = type(projection).__name__
        return points, (f"{name} 1", f"{name} 2")
