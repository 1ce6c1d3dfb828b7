"""Saving fitted models to files that run no code when they are loaded, through skops."""

import importlib
import io
import json
import os
import pickle
import zipfile
from collections.abc import Iterable
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Any

import narwhals as nw
import numpy as np
from sklearn.tree._tree import Tree

from synda_sk._journal_codec import decode_rows, dump, encode_rows
from synda_sk.utils import import_optional, is_frame, write_atomically

__all__ = ["load", "save", "trusted_types"]

_OWN = (
    "synda_sk._journal.Journal",
    "synda_sk._state.LabelState",
    "synda_sk._state.Pool",
    "synda_sk._stop_set.StopSet",
    "synda_sk._training.Trainer",
    "synda_sk.augmentation._augmenter.SyntheticAugmenter",
    "synda_sk.classifier.SynDAClassifier",
    "synda_sk.conditioning._context.ContextEncoder",
    "synda_sk.conditioning._fixed_combinations.FixedCombinations",
    "synda_sk.conditioning._inequality.Inequality",
    "synda_sk.conditioning._range.Range",
    "synda_sk.conditioning._sum_is.SumIs",
    "synda_sk.generators._class_conditional.NumberScale",
    "synda_sk.generators._class_copula.CopulaGenerator",
    "synda_sk.generators._class_copula._ClassModel",
    "synda_sk.generators._class_copula._Levels",
    "synda_sk.generators._class_gaussian.GaussianGenerator",
    "synda_sk.generators._class_gaussian._ClassModel",
    "synda_sk.generators._class_kde.KDEGenerator",
    "synda_sk.generators._conv_vae.ConvVAEGenerator",
    "synda_sk.generators._diffusion.DiffusionGenerator",
    "synda_sk.generators._over_sampler.OverSamplerGenerator",
    "synda_sk.generators._quantile_scale.QuantileScale",
    "synda_sk.generators._sdv.SDVGenerator",
    "synda_sk.generators._table_gan.TableGAN",
    "synda_sk.generators._table_vae.TableVAE",
    "synda_sk.images._augmentation.StandardAugmentation",
    "synda_sk.images._classifier.ConvClassifier",
    "synda_sk.images._codec.ImageCodec",
    "synda_sk.metrics._sample_health.SampleHealth",
    "synda_sk.mixing._mixer.CurriculumMixer",
    "synda_sk.mixing._schedule.AdaptiveRatio",
    "synda_sk.mixing._schedule.SigmoidSchedule",
    "synda_sk.persistence._StoredNumbers",
    "synda_sk.persistence._StoredTable",
    "synda_sk.quality._filter.QualityFilter",
    "synda_sk.quality._threshold.GlobalThreshold",
    "synda_sk.selection._budget.LinearBudget",
    "synda_sk.selection._hybrid.HybridQuerySelector",
    "synda_sk.selection._plain_encoder.PlainEncoder",
    "synda_sk.selection._proxy.ProxyClassifier",
    "synda_sk.selection._random.RandomQuerySelector",
    "synda_sk.selection._stopping.MaxCost",
    "synda_sk.selection._stopping.MaxLabels",
    "synda_sk.selection._stopping.PerformancePlateau",
    "synda_sk.selection._stopping.StablePredictions",
    "synda_sk.utils._codec.TableCodec",
    "synda_sk.utils._codec._Column",
    "synda_sk.utils._encoder.TableEncoder",
    "synda_sk.utils._encoder.TableEncoder.transform",
    "synda_sk.utils._features.Features",
    "synda_sk.utils._random.SeedStreams",
)
_OTHERS = (
    "numpy.dtype",
    "pathlib.PosixPath",
    "pathlib.WindowsPath",
    "sklearn.frozen._frozen.FrozenEstimator",
    "sklearn.tree._tree.Tree",
    "sklearn.utils._bunch.Bunch",
)


class _StoredTable:
    """A data frame, or a column of one, in the journal's spelling."""

    def __init__(self, schema: str, rows: list[str], is_column: bool) -> None:
        self.schema = schema
        self.rows = rows
        self.is_column = is_column


class _StoredNumbers:
    """A dictionary of integers whose keys are no text, which skops would turn into text."""

    def __init__(self, keys: list[Any], numbers: list[int]) -> None:
        self.keys = keys
        self.numbers = numbers


def trusted_types() -> list[str]:
    """Return the types that :func:`load` builds beside those skops trusts by itself.

    Returns
    -------
    list of str
        Types of synda_sk and the few of scikit-learn, NumPy and the standard
        library that its models hold. skops itself trusts scikit-learn's
        estimators and NumPy's arrays.
    """
    return sorted([*_OWN, *_OTHERS])


def save(estimator: Any, path: str | os.PathLike[str]) -> None:
    """Save a fitted model, whole or not at all, readable by the owner alone.

    Parameters
    ----------
    estimator : estimator
        A :class:`~synda_sk.SynDAClassifier`, which holds the table it was
        given, its ``to_predictor()``, which does not, or any estimator.
        Encoders hold the levels of categories and texts.
    path : path
        The file, usually ``.skops``.

    Raises
    ------
    ValueError
        If the model holds something that cannot be saved without pickle, such
        as a function.
    """
    skops = _skops("save")
    try:
        content = skops.dumps(_without_frames(estimator))
    except (
        TypeError,
        AttributeError,
        pickle.PicklingError,
        skops.exceptions.UnsupportedTypeException,
    ) as error:
        raise ValueError(f"estimator cannot be saved without pickle: {error}") from error
    write_atomically(path, lambda file: file.write(content), mode=0o600)


def load(path: str | os.PathLike[str], *, trusted: Iterable[str] = ()) -> Any:
    """Load a model saved by :func:`save`; nothing in the file is run.

    Parameters
    ----------
    path : path
        The file.
    trusted : iterable of str, default=()
        Further types to build, such as a model of your own, as the message
        names them.

    Returns
    -------
    estimator
        As it was saved.

    Raises
    ------
    ValueError
        If it is no skops file, such as a pickle, or holds types that are not
        trusted, which are named.
    TypeError
        If `trusted` is no list.
    """
    skops = _skops("load")
    if isinstance(trusted, str) or not isinstance(trusted, Iterable):
        raise TypeError(f"trusted == {trusted!r}, must be a list of the names of types.")
    names = list(map(str, trusted))
    content = Path(path).read_bytes()
    name = str(path)
    if not zipfile.is_zipfile(io.BytesIO(content)) or not content.startswith(b"PK"):
        raise ValueError(
            f"path == {name!r} is no skops file; pickles are not loaded. Give a file made by save()."
        )
    allowed = {*trusted_types(), *names}
    try:
        unknown = sorted(set(skops.get_untrusted_types(data=content)) - allowed)
    except Exception as error:
        raise ValueError(f"path == {name!r} is no sound skops file: {error}") from error
    if unknown:
        raise ValueError(
            f"path == {name!r} holds types that are not trusted: {', '.join(unknown)}. If the file is your "
            f"own and you know them: load(path, trusted={unknown})."
        )
    try:
        return _with_frames(skops.loads(content, trusted=sorted(allowed)), {})
    except Exception as error:
        raise ValueError(f"path == {name!r} is no sound skops file: {error}") from error


def _skops(feature: str) -> Any:
    skops = import_optional("skops.io", extra="skops", feature=f"persistence.{feature}")
    importlib.import_module("skops.io.exceptions")
    return skops


class _TablesOut(pickle.Pickler):
    """Copies an estimator in memory and leaves out its data frames."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.kept: dict[int, tuple[Any, Any]] = {}

    def persistent_id(self, thing: Any) -> int | None:
        """Return the key of what skops cannot store, None for anything else."""
        if type(thing) is dict and not all(isinstance(key, str) for key in thing):
            if not all(type(value) is int for value in thing.values()):
                return None
            self.kept[id(thing)] = (thing, _StoredNumbers(list(thing), list(thing.values())))
            return id(thing)
        column = isinstance(thing, nw.Series)
        if not column and not (isinstance(thing, nw.DataFrame) or is_frame(thing)):
            return None
        if id(thing) not in self.kept:
            frame = nw.to_native(thing.to_frame() if column else thing, pass_through=True)
            schema, rows = encode_rows(frame)
            self.kept[id(thing)] = (thing, _StoredTable(dump(schema), rows, column))
        return id(thing)


class _TablesIn(pickle.Unpickler):
    """The other half of the copy; it reads nothing but what this process has just written."""

    def __init__(self, file: io.BytesIO, kept: dict[int, tuple[Any, Any]]) -> None:
        super().__init__(file)
        self.kept = kept

    def persistent_load(self, key: int) -> Any:
        """Return what stands for it."""
        return self.kept[key][1]


def _without_frames(estimator: Any) -> Any:
    """Return a copy in which data frames are spelt out: skops does not know them."""
    file = io.BytesIO()
    pickler = _TablesOut(file)
    pickler.dump(estimator)
    file.seek(0)
    return _TablesIn(file, pickler.kept).load()


def _with_frames(thing: Any, done: dict[int, tuple[Any, Any]]) -> Any:
    """Put data frames back in place; attributes are set, nothing is called."""
    if id(thing) in done:
        return done[id(thing)][1]
    done[id(thing)] = (thing, thing)
    if isinstance(thing, _StoredTable):
        frame = decode_rows(json.loads(thing.schema), thing.rows)
        table = nw.from_native(frame, eager_only=True)
        done[id(thing)] = (thing, table[:, 0] if thing.is_column else frame)
    elif isinstance(thing, _StoredNumbers):
        done[id(thing)] = (thing, dict(zip(thing.keys, thing.numbers, strict=True)))
    elif isinstance(thing, tuple) and type(thing) is tuple:
        parts = tuple(_with_frames(part, done) for part in thing)
        if any(new is not old for new, old in zip(parts, thing, strict=True)):
            done[id(thing)] = (thing, parts)
    elif isinstance(thing, list):
        thing[:] = [_with_frames(part, done) for part in thing]
    elif isinstance(thing, dict):
        for key in list(thing):
            thing[key] = _with_frames(thing[key], done)
    elif isinstance(thing, MethodType):
        _with_frames(thing.__self__, done)
    elif hasattr(thing, "__dict__") and not isinstance(thing, type | FunctionType | ModuleType):
        _with_frames(vars(thing), done)
        if isinstance(vars(thing).get("tree_"), Tree):
            _check_tree(thing.tree_, thing.n_features_in_)
    return done[id(thing)][1]


def _check_tree(tree: Any, n_features: int) -> None:
    """Raise unless every node leads on to later ones: scikit-learn walks a tree without looking."""
    nodes = np.arange(tree.node_count)
    left, right = tree.children_left, tree.children_right
    leaf = left == -1
    onward = (left > nodes) & (right > nodes) & (left < len(nodes)) & (right < len(nodes))
    split = (tree.feature >= 0) & (tree.feature < n_features)
    if not (np.where(leaf, right == -1, onward & split)).all():
        raise ValueError("a decision tree in it is not sound")
