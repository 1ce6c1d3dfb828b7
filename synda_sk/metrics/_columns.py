"""Whether columns, and pairs of columns, are distributed as they should be."""

import itertools
import warnings
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import _num_samples

from synda_sk.typing import FloatArray, Table
from synda_sk.utils import TableCodec, import_optional

_Columns: TypeAlias = dict[str, NDArray[Any]]

__all__ = ["column_shapes", "pair_trends"]


def column_shapes(X_real: Table, X_synthetic: Table) -> dict[str, float]:
    r"""Similarity of the distribution of each column, by SDMetrics.

    For numbers and times the complement of the Kolmogorov-Smirnov statistic,
    for categories that of the total variation:

    .. math:: 1 - \sup_t |F(t) - G(t)|, \qquad 1 - \tfrac{1}{2} \sum_k |p_k - q_k|

    Needs the extra ``report``.

    Parameters
    ----------
    X_real : table of shape (n_real, n_features)
        Real rows.
    X_synthetic : table of shape (n_synthetic, n_features)
        Synthetic rows.

    Returns
    -------
    dict of str to float
        In [0, 1] by the name of the column, 1 where it is distributed alike.
        Missing numbers are left out, a missing category is a level. A column
        of numbers without a single one on either side is left out.

    Raises
    ------
    ValueError
        If the tables have other columns or no rows.
    ImportError
        If SDMetrics is not installed.

    References
    ----------
    SDMetrics, https://docs.sdv.dev/sdmetrics, "KSComplement", "TVComplement".

    Examples
    --------
    >>> from synda_sk.metrics import column_shapes
    >>> column_shapes([[0.0, 1.0], [1.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]])
    {'x0': 0.5, 'x1': 1.0}
    """
    real, synthetic, numeric = _split(X_real, X_synthetic)
    sdmetrics = import_optional("sdmetrics.single_column", extra="report", feature="column_shapes")
    scores = {}
    for name in real:
        measure = sdmetrics.KSComplement if name in numeric else sdmetrics.TVComplement
        if name in numeric and (np.isnan(real[name]).all() or np.isnan(synthetic[name]).all()):
            continue
        with warnings.catch_warnings():  # about a p-value that is not used
            warnings.filterwarnings("ignore", "ks_2samp", RuntimeWarning)
            scores[name] = float(np.clip(measure.compute(real[name], synthetic[name]), 0.0, 1.0))
    return scores


def pair_trends(X_real: Table, X_synthetic: Table) -> dict[tuple[str, str], float]:
    r"""Similarity of the dependence of each pair of columns, by SDMetrics.

    For two columns of numbers from Pearson's correlations, for all others from
    the shares of the cells of their contingency table, numbers cut at the
    deciles of the real ones:

    .. math:: 1 - |\rho - \hat\rho| / 2, \qquad 1 - \tfrac{1}{2} \sum_{kl} |p_{kl} - q_{kl}|

    Needs the extra ``report``.

    Parameters
    ----------
    X_real : table of shape (n_real, n_features)
        Real rows.
    X_synthetic : table of shape (n_synthetic, n_features)
        Synthetic rows.

    Returns
    -------
    dict of tuple of str to float
        In [0, 1] by the names of the two columns, 1 where they go together
        alike. A pair with a constant column of numbers has no correlation and
        is left out.

    Raises
    ------
    ValueError
        If the tables have other columns or no rows.
    ImportError
        If SDMetrics is not installed.

    References
    ----------
    SDMetrics, https://docs.sdv.dev/sdmetrics, "CorrelationSimilarity",
    "ContingencySimilarity".

    Examples
    --------
    >>> from synda_sk.metrics import pair_trends
    >>> real, synthetic = [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]], [[0.0, 2.0], [1.0, 1.0], [2.0, 0.0]]
    >>> round(pair_trends(real, synthetic)["x0", "x1"], 9)
    0.0
    """
    real, synthetic, numeric = _split(X_real, X_synthetic)
    pairs = import_optional("sdmetrics.column_pairs", extra="report", feature="pair_trends")
    pandas = import_optional("pandas", extra="report", feature="pair_trends")
    cut = {name: _deciles(real[name], synthetic[name]) for name in numeric}
    scores = {}
    for a, b in itertools.combinations(real, 2):
        if a in numeric and b in numeric:
            if not (_varied(real[a], real[b]) and _varied(synthetic[a], synthetic[b])):
                continue
            sides = [{name: side[name] for name in (a, b)} for side in (real, synthetic)]
            measure = "Correlation"
        else:
            sides = [
                {name: cut[name][k] if name in numeric else side[name] for name in (a, b)}
                for k, side in enumerate((real, synthetic))
            ]
            measure = "Contingency"
        compute = getattr(pairs, f"{measure}Similarity").compute
        scores[a, b] = float(np.clip(compute(*map(pandas.DataFrame, sides)), 0.0, 1.0))
    return scores


def _split(X_real: Table, X_synthetic: Table) -> tuple[_Columns, _Columns, set[str]]:
    """Columns of both tables by name, numbers scaled by their largest real value, and which are numbers."""
    tables = {"X_real": X_real, "X_synthetic": X_synthetic}
    for name, table in tables.items():
        tables[name] = np.asarray(table) if isinstance(table, list) else table
        if _num_samples(table) < 1:
            raise ValueError(f"{name} has no rows.")
    codec = TableCodec().fit(tables["X_real"])
    sides = []
    peak: FloatArray | None = None
    for name, table in tables.items():
        try:
            numbers, codes = codec.encode(table)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{name}: {error}") from error
        if peak is None:
            peak = np.fmax.reduce(np.abs(numbers), axis=0, initial=0.0)
            peak = np.where(peak > 0, peak, 1.0)
        columns = dict(zip(codec.numeric, (numbers / peak).T, strict=True))
        sides.append(columns | dict(zip(codec.categorical, codes.T, strict=True)))
    return sides[0], sides[1], set(codec.numeric)


def _deciles(real: FloatArray, synthetic: FloatArray) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    known = real[~np.isnan(real)]
    edges = np.unique(np.quantile(known, np.arange(1, 10) / 10)) if len(known) else np.empty(0)
    return tuple(np.where(np.isnan(v), -1, np.digitize(v, edges)) for v in (real, synthetic))  # type: ignore[return-value]


def _varied(a: FloatArray, b: FloatArray) -> bool:
    both = ~(np.isnan(a) | np.isnan(b))
    return bool(both.sum() > 1 and np.ptp(a[both]) > 1e-12 and np.ptp(b[both]) > 1e-12)
