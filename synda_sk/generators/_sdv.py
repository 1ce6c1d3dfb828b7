"""Adapter of the Synthetic Data Vault: one synthesizer a class, seeded and silent."""

import contextlib
import inspect
import io
import logging
import math
import random
import threading
import warnings
from collections.abc import Iterator, Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from synda_sk.base import BaseGenerator
from synda_sk.generators._names import unknown_name
from synda_sk.typing import FloatArray, IntArray, Labels, RandomState, Table
from synda_sk.utils import SeedStreams, TableCodec, import_optional
from synda_sk.utils._progress import CallbackSupportMixin, fit_task, progress_task, with_callbacks

SYNTHESIZERS = {
    "gaussian_copula": "GaussianCopulaSynthesizer",
    "ctgan": "CTGANSynthesizer",
    "tvae": "TVAESynthesizer",
    "copula_gan": "CopulaGANSynthesizer",
}
LOGGERS = ("sdv", "rdt", "copulas", "ctgan", "SingleTableSynthesizer")
TABLE = "rows"

_LOCK = threading.RLock()


class SDVGenerator(CallbackSupportMixin, BaseGenerator):
    r"""A synthesizer of the Synthetic Data Vault for each class.

    The SDV [1]_ brings a Gaussian copula with parametric marginals and the
    networks CTGAN and TVAE [2]_. One is fitted to the rows of each class, so
    that :math:`x = G_\theta(z, c)` (SynDA proposal, section 2.1) is exact in
    :math:`c`: no rejection, and a class of one row can be asked for any number
    of rows. Needs the extra ``sdv``, imported in ``fit``.

    Parameters
    ----------
    synthesizer : {"gaussian_copula", "ctgan", "tvae", "copula_gan"}, default="gaussian_copula"
        Which synthesizer.
    synthesizer_params : dict or None, default=None
        Its parameters by name, such as ``{"epochs": 100}``. Where they are not
        given, ``enable_gpu`` is False and ``batch_size`` is a tenth of the rows
        of the class, at least 32 and at most 500, rounded up to a multiple of
        ``pac``. ``numerical_distributions`` goes by the names of the columns, "x0", "x1", ... in an array.
    random_state : int, RandomState instance or None, default=None
        Source of the initial weights and of the noise. An int gives the same
        rows at each call of ``sample``.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels seen in fit.
    class_count_ : ndarray of shape (n_classes,)
        Rows of each class in fit.
    synthesizers_ : list
        The SDV object of each class; None where all rows of the class are equal.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where they have names.

    See Also
    --------
    CopulaGenerator : A copula without the SDV, which fits in milliseconds.

    Notes
    -----
    A column that is constant in a class stays constant in it, and only levels
    seen in the class come out. **A class of one row gives copies of that row.**
    The networks are trained on whatever rows a class has; with fewer than some
    hundreds they learn little, and their time grows with the number of classes.

    The SDV uses the process-wide random states of NumPy and PyTorch. They are
    put back as they were, and a lock lets one thread at a time into the SDV.
    While it works, standard output and error of the process are muted.

    Callbacks given to ``set_callbacks`` (scikit-learn 1.9 and later) hear of the
    begin and the end of the fit of each class. The SDV has no hook for its
    epochs, so that is all they can hear of, and what they write to a muted
    stream in between is lost.

    SDV, ctgan, copulas and rdt come under the Business Source License 1.1,
    which excludes offering synthetic data as a commercial service.

    References
    ----------
    .. [1] N. Patki, R. Wedge and K. Veeramachaneni, "The Synthetic Data
       Vault", IEEE International Conference on Data Science and Advanced
       Analytics (2016), 399-410.
    .. [2] L. Xu, M. Skoularidou, A. Cuesta-Infante and K. Veeramachaneni,
       "Modeling tabular data using conditional GAN", Advances in Neural
       Information Processing Systems 32 (2019).

    Examples
    --------
    >>> import pandas as pd
    >>> from synda_sk.generators import SDVGenerator
    >>> X = pd.DataFrame({"amount": [10.0, 12.5, 900.0, 870.0], "type": ["bill", "bill", "transfer", "bill"]})
    >>> generator = SDVGenerator(random_state=0).fit(X, ["genuine", "genuine", "fraud", "fraud"])
    >>> X_new, _ = generator.sample(20, "fraud")
    >>> bool(X_new["amount"].between(870, 900).all()), X_new.dtypes.equals(X.dtypes)
    (True, True)
    """

    _parameter_constraints = {
        "synthesizer": "no_validation",
        "synthesizer_params": [Mapping, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        synthesizer: str = "gaussian_copula",
        *,
        synthesizer_params: Mapping[str, Any] | None = None,
        random_state: RandomState = None,
    ) -> None:
        self.synthesizer = synthesizer
        self.synthesizer_params = synthesizer_params
        self.random_state = random_state

    @with_callbacks
    def fit(self, X: Table, y: Labels) -> Self:
        """Learn the distribution of the rows of each class.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            Real rows: numbers, integers, booleans, categories, missing values.
        y : array-like of shape (n_samples,)
            Their labels, none missing.

        Returns
        -------
        SDVGenerator
            Itself.

        Raises
        ------
        ValueError
            If a label is missing, lengths differ or a parameter is out of its range.
        ImportError
            If sdv is not installed.
        """
        self._validate_params()
        with fit_task(self):
            return super().fit(X, y)

    def _fit(self, X: Table, y: NDArray[Any]) -> None:
        if self.synthesizer not in SYNTHESIZERS:
            raise ValueError(unknown_name("synthesizer", self.synthesizer, SYNTHESIZERS))
        self._codec = TableCodec().fit(X)
        self._names = [*self._codec.numeric, *self._codec.categorical]
        numbers, codes = self._codec.encode(X)
        self._range = np.fmin.reduce(numbers), np.fmax.reduce(numbers)
        self._constants, self.synthesizers_ = [], []
        streams = SeedStreams(self.random_state)
        for k, label in enumerate(self.classes_):
            constants, varied = _split_constant(numbers[y == label], codes[y == label])
            self._constants.append(constants)
            with progress_task(self, "class"), _seeded_and_silent(streams.seed("fit", k)):
                self.synthesizers_.append(self._fit_synthesizer(varied) if varied else None)

    def _fit_synthesizer(self, varied: dict[str, NDArray[Any]]) -> Any:
        frame = _import("pandas").DataFrame(varied)
        columns = {
            name: {"sdtype": "numerical" if values.dtype.kind == "f" else "categorical"}
            for name, values in varied.items()
        }
        metadata = _import("sdv.metadata").Metadata.load_from_dict({"tables": {TABLE: {"columns": columns}}})
        make = getattr(_import("sdv.single_table"), SYNTHESIZERS[self.synthesizer])
        synthesizer = make(metadata, **self._resolved_params(make, len(frame), columns))
        synthesizer.fit({TABLE: frame})
        return synthesizer

    def _resolved_params(self, make: type, n_rows: int, columns: Mapping[str, Any]) -> dict[str, Any]:
        """Check the names of the parameters and add defaults that depend on the rows."""
        valid = [name for name in inspect.signature(make).parameters if name != "metadata"]
        params = dict(self.synthesizer_params or {})
        for name in params:
            if name not in valid:
                raise ValueError(unknown_name(f"synthesizer_params of {self.synthesizer!r}", name, valid))
        if "batch_size" in valid:
            pac = params.get("pac", 10) if "pac" in valid else 1
            params = {"enable_gpu": False, "batch_size": _batch_size(n_rows, pac)} | params
        if params.get("numerical_distributions"):
            given = params["numerical_distributions"]
            for name in given:
                if name not in self._codec.numeric:
                    raise ValueError(unknown_name("numerical_distributions", name, self._codec.numeric))
            by_column = {f"c{self._names.index(name)}": shape for name, shape in given.items()}
            params["numerical_distributions"] = {c: s for c, s in by_column.items() if c in columns}
        return params

    def _sample(self, labels: NDArray[Any], rng: np.random.RandomState) -> Table:
        n_numeric = len(self._codec.numeric)
        numbers = np.empty((len(labels), n_numeric))
        codes = np.empty((len(labels), len(self._codec.categorical)), dtype=np.intp)
        streams = SeedStreams(rng)
        for k, (label, synthesizer) in enumerate(zip(self.classes_, self.synthesizers_, strict=True)):
            rows = np.flatnonzero(labels == label)
            numbers[rows], codes[rows] = self._constants[k]
            if synthesizer is None or not len(rows):
                continue
            for name, values in _draw(synthesizer, len(rows), streams.seed("sample", k)).items():
                j = int(name[1:])
                if j < n_numeric:
                    numbers[rows, j] = values.to_numpy(dtype=np.float64)
                else:
                    levels = [int(level[1:]) if isinstance(level, str) else -1 for level in values]
                    codes[rows, j - n_numeric] = levels
        return self._codec.decode(np.clip(numbers, *self._range), codes)


def _split_constant(
    numbers: FloatArray, codes: IntArray
) -> tuple[tuple[FloatArray, IntArray], dict[str, NDArray[Any]]]:
    """Return the first row, and the columns that vary: floats, or levels as strings."""
    varied: dict[str, NDArray[Any]] = {}
    for j, values in enumerate(numbers.T):
        if not np.array_equal(values, np.full_like(values, values[0]), equal_nan=True):
            varied[f"c{j}"] = values
    for j, values in enumerate(codes.T, start=numbers.shape[1]):
        if (values != values[0]).any():
            varied[f"c{j}"] = np.array([None if code < 0 else f"k{code}" for code in values], dtype=object)
    return (numbers[0], codes[0]), varied


def _batch_size(n_rows: int, pac: int) -> int:
    """Return a tenth of the rows, in 32..500, rounded up to an even multiple of `pac`."""
    unit = math.lcm(2, pac)
    return math.ceil(min(max(n_rows // 10, 32), 500) / unit) * unit


def _draw(synthesizer: Any, n_rows: int, seed: int) -> Any:
    with _seeded_and_silent(seed):
        synthesizer.reset_sampling()
        synthesizer._set_random_state(seed)
        transformers = synthesizer._data_processor._hyper_transformer._transformers_sequence
        for k, transformer in enumerate(transformers):
            transformer.set_random_state(np.random.RandomState([seed, k]), "reverse_transform")
        return synthesizer.sample(n_rows)[TABLE]


def _import(name: str) -> Any:
    return import_optional(name, extra="sdv", feature="SDVGenerator")


@contextlib.contextmanager
def _seeded_and_silent(seed: int) -> Iterator[None]:
    """Seed the process-wide random states for one thread, put them back after, and keep quiet."""
    with _LOCK, contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        for logger in map(logging.getLogger, LOGGERS):
            stack.callback(logger.setLevel, logger.level)
            logger.setLevel(logging.CRITICAL + 1)
        stack.callback(np.random.set_state, np.random.get_state())  # noqa: NPY002
        stack.callback(random.setstate, random.getstate())
        _import("sdv")
        torch = _import("torch")
        gpus = range(torch.cuda.device_count()) if torch.cuda.is_initialized() else ()
        stack.enter_context(torch.random.fork_rng(devices=gpus))
        torch.manual_seed(seed)
        np.random.seed(seed)  # noqa: NPY002
        random.seed(seed)
        yield
