"""The methods that a comparison plays against each other, by name."""

from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from synda_sk.classifier import SynDAClassifier
from synda_sk.evaluation._options import suggestion
from synda_sk.evaluation._over_sampled import OverSampledClassifier
from synda_sk.evaluation._semi_supervised import SemiSupervisedClassifier
from synda_sk.evaluation._transfer import TransferClassifier
from synda_sk.mixing import CurriculumMixer
from synda_sk.selection import HybridQuerySelector, RandomQuerySelector
from synda_sk.utils import import_optional

METHOD, REFERENCE = "synda", "random"
TRANSFER = ("transfer", "transfer tuned")
SKACTIVEML = {
    "uncertainty": "UncertaintySampling",
    "badge": "Badge",
    "typiclust": "TypiClust",
    "coreset": "CoreSet",
    "falcun": "Falcun",
}
MODAL = {"uncertainty": "uncertainty_sampling", "margin": "margin_sampling", "entropy": "entropy_sampling"}


def _plain(estimator: Any, selector: Any) -> SynDAClassifier:
    """Labels bought as others buy them: a random start, the model's own probabilities, no synthetic row."""
    return SynDAClassifier(
        estimator,
        selector=selector,
        mixer=CurriculumMixer(synthetic_weight=0),
        query_estimator=None,
        initial="random",
    )


def _at_random(estimator: Any) -> SynDAClassifier:
    return _plain(estimator, RandomQuerySelector())


def _synthetic(estimator: Any) -> SynDAClassifier:
    return SynDAClassifier(estimator, selector=RandomQuerySelector(), query_estimator=None, initial="random")


def _modal(function: str) -> Callable[[Any], SynDAClassifier]:
    def make(estimator: Any) -> SynDAClassifier:
        from synda_sk.interop.modal import FromModal

        try:
            module = import_module("modAL.uncertainty")
        except ImportError as error:
            raise ImportError(
                "The methods of modAL need the package modAL-python (modAL is another one)"
            ) from error
        selector = FromModal(getattr(module, function), lower_first=function == "margin_sampling")
        return _plain(estimator, selector)

    return make


def _skactiveml(strategy: str) -> Callable[[Any], SynDAClassifier]:
    def make(estimator: Any) -> SynDAClassifier:
        from synda_sk.interop.skactiveml import FromSkactiveml

        module = import_optional("skactiveml.pool", extra="active", feature="A method of scikit-activeml")
        return _plain(estimator, FromSkactiveml(getattr(module, strategy)()))

    return make


BASELINES: dict[str, Callable[[Any], SynDAClassifier]] = {
    METHOD: SynDAClassifier,
    REFERENCE: _at_random,
    "active learning": lambda estimator: SynDAClassifier(
        estimator, mixer=CurriculumMixer(synthetic_weight=0)
    ),
    "entropy": lambda estimator: _plain(
        estimator, HybridQuerySelector(uncertainty="entropy", redundancy_penalty=0)
    ),
    "synthetic": _synthetic,
    "self-training": lambda estimator: _at_random(SemiSupervisedClassifier("self-training", estimator)),
    "label spreading": lambda estimator: _at_random(SemiSupervisedClassifier("label spreading", estimator)),
    "transfer": lambda estimator: _at_random(TransferClassifier(estimator, tune=False)),
    "transfer tuned": lambda estimator: _at_random(TransferClassifier(estimator)),
}
PEERS: dict[str, tuple[str, Callable[[Any], SynDAClassifier]]] = {
    "smote": ("imblearn", lambda estimator: _at_random(OverSampledClassifier("smote", estimator))),
    "over-sampling": ("imblearn", lambda estimator: _at_random(OverSampledClassifier("random", estimator))),
    **{f"modal {name}": ("modAL", _modal(function)) for name, function in MODAL.items()},
    **{f"skactiveml {name}": ("skactiveml", _skactiveml(strategy)) for name, strategy in SKACTIVEML.items()},
}
MAKERS = BASELINES | {name: make for name, (_, make) in PEERS.items()}
GROUPS = ("default", "baselines", "all")


def default_arms(estimator: Any = None) -> dict[str, SynDAClassifier]:
    """Return SynDA with its defaults and plain random labelling, both with one estimator.

    Parameters
    ----------
    estimator : classifier or None, default=None
        The final model of both; None takes the default of SynDAClassifier.

    Returns
    -------
    dict of str to SynDAClassifier
        "synda" and "random"; the latter draws all its labels at random and
        makes no synthetic rows.

    Examples
    --------
    >>> from synda_sk.evaluation import default_arms
    >>> list(default_arms())
    ['synda', 'random']
    """
    return make_arms("default", estimator)


def make_arms(
    names: str | Iterable[str] = "baselines", estimator: Any = None, *, source: bool = False
) -> dict[str, SynDAClassifier]:
    """Return methods by name: the baselines of section 2.4.2 of the proposal, and peers.

    ================= ==============================================================
    name              method
    ================= ==============================================================
    synda             SynDA with its defaults
    random            real rows alone, labelled at random
    active learning   SynDA's acquisition without synthetic rows
    entropy           plain entropy from a random start, without synthetic rows
    synthetic         synthetic rows, labelled at random
    self-training     semi-supervised, labelled at random
    label spreading   semi-supervised, labelled at random
    transfer          a model of the source as it is
    transfer tuned    mixed with a model of labels drawn at random here
    smote             imbalanced-learn's SMOTE, labelled at random
    over-sampling     imbalanced-learn's RandomOverSampler, labelled at random
    modal ...         modAL's uncertainty, margin or entropy sampling
    skactiveml ...    scikit-activeml's uncertainty, badge, typiclust, coreset or falcun
    ================= ==============================================================

    Parameters
    ----------
    names : str or iterable of str, default="baselines"
        Names of methods; or "default" (synda and random), "baselines" (all but
        the peers) or "all" (with the peers whose package is installed).
    estimator : classifier or None, default=None
        The final model of all; None takes the default of SynDAClassifier.
    source : bool, default=False
        Whether "baselines" and "all" have transfer among them.

    Returns
    -------
    dict of str to SynDAClassifier
        In the order of `names`.

    Raises
    ------
    ValueError
        If a name is unknown, or there is none.
    ImportError
        If a peer's package is not installed.

    Examples
    --------
    >>> from synda_sk.evaluation import make_arms
    >>> list(make_arms(["synda", "self-training"]))
    ['synda', 'self-training']
    >>> list(make_arms("baselines"))
    ['synda', 'random', 'active learning', 'entropy', 'synthetic', 'self-training', 'label spreading']
    """
    if isinstance(names, str) and names in GROUPS:
        chosen = _group(names, source)
    else:
        chosen = [names] if isinstance(names, str) else list(names)
    if not chosen:
        raise ValueError("names is empty, must hold a method at least.")
    for name in chosen:
        if name not in MAKERS:
            hint = suggestion(str(name), (*MAKERS, *GROUPS), "methods")
            raise ValueError(f"names holds {name!r}, which is no method; {hint}.")
    return {name: MAKERS[name](estimator) for name in chosen}


def _group(name: str, source: bool) -> list[str]:
    if name == "default":
        return [METHOD, REFERENCE]
    found = [arm for arm in BASELINES if source or arm not in TRANSFER]
    if name == "all":
        found += [arm for arm, (package, _) in PEERS.items() if find_spec(package) is not None]
    return found
