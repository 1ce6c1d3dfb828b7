"""What each part of the method is worth: parts removed, and parts exchanged for others."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

from synda_sk.augmentation import SyntheticAugmenter
from synda_sk.classifier import SynDAClassifier
from synda_sk.evaluation._arms import METHOD
from synda_sk.evaluation._compressed_generator import CompressedVAE
from synda_sk.evaluation._options import suggestion
from synda_sk.evaluation._protocol import run_protocol
from synda_sk.evaluation._result import ProtocolResult
from synda_sk.mixing import AdaptiveRatio, CurriculumMixer, SigmoidSchedule
from synda_sk.quality import GlobalThreshold, QualityFilter
from synda_sk.selection import HybridQuerySelector, ProxyClassifier, RandomQuerySelector
from synda_sk.typing import Labels, Table

WEIGHT = 0.3  # beta where rows of a generator are compared, so that they count in every round
GENERATORS = {"gaussian": None, "copula": None, "kde": None, "vae": "torch", "gan": "torch"}
Variants = dict[str, dict[str, Any]]


def _removed() -> Variants:
    real = CurriculumMixer(synthetic_weight=0)
    random = {"selector": RandomQuerySelector(), "query_estimator": None, "initial": "random"}
    return {
        "start": {"initial": "random"},
        "committee": {"query_estimator": None},
        "diverse batches": {"selector": HybridQuerySelector(redundancy_penalty=0)},
        "active learning": random,
        "rows of the pool": {"augmenter": SyntheticAugmenter(use_pool=False)},
        "soft labels": {"augmenter": SyntheticAugmenter(soft_labels=False, use_pool=False)},
        "synthetic rows": {"mixer": real},
        "everything": {**random, "mixer": real},
    }


def _with_generator(generator: Any) -> dict[str, Any]:
    augmenter = SyntheticAugmenter(generator, soft_labels=False, use_pool=False)
    return {"augmenter": augmenter, "mixer": CurriculumMixer(synthetic_weight=WEIGHT)}


def _generators() -> Variants:
    usable = [name for name, needs in GENERATORS.items() if needs is None or find_spec(needs) is not None]
    return {name: _with_generator(name) for name in usable}


def _queries() -> Variants:
    selectors = {
        "entropy": HybridQuerySelector(uncertainty="entropy"),
        "margin": HybridQuerySelector(uncertainty="margin"),
        "least confident": HybridQuerySelector(uncertainty="least_confident"),
        "mutual information": HybridQuerySelector(uncertainty="mutual_information"),
        "vote entropy": HybridQuerySelector(uncertainty="vote_entropy"),
        "lambda 0.5": HybridQuerySelector(0.5),
        "density alone": HybridQuerySelector(0.0),
        "lambda adaptive": HybridQuerySelector("adaptive"),
        "sum penalty": HybridQuerySelector(redundancy="sum"),
        "clusters": HybridQuerySelector(redundancy="cluster"),
        "random": RandomQuerySelector(),
    }
    return {name: {"selector": selector} for name, selector in selectors.items()}


def _mixing() -> Variants:
    hard = {"augmenter": SyntheticAugmenter(soft_labels=False, use_pool=False)}
    fixed = CurriculumMixer(synthetic_weight=WEIGHT)
    mixers = {
        **{f"beta {beta}": CurriculumMixer(synthetic_weight=beta) for beta in (0.1, WEIGHT, 0.5)},
        "beta by cross-validation": CurriculumMixer(synthetic_weight="cv"),
        "beta sigmoid": CurriculumMixer(ratio=1.0, schedule=SigmoidSchedule(threshold=2.0)),
        "ratio adaptive": CurriculumMixer(synthetic_weight=WEIGHT, ratio=AdaptiveRatio()),
        "curriculum by distance": CurriculumMixer(synthetic_weight=WEIGHT, complexity="distance"),
        "curriculum by margin": CurriculumMixer(synthetic_weight=WEIGHT, complexity="margin"),
    }
    filters = {
        "best half kept": QualityFilter(threshold=0.5),
        "above a threshold kept": QualityFilter(threshold=GlobalThreshold(0.25)),
    }
    return {
        **{name: {**hard, "mixer": mixer} for name, mixer in mixers.items()},
        **{name: {**hard, "mixer": fixed, "quality_filter": kept} for name, kept in filters.items()},
    }


def _compression() -> Variants:
    variants = {"proxy": {"selector": HybridQuerySelector(proxy=ProxyClassifier())}}
    if find_spec("torch") is None:
        return variants
    nets = {
        "vae": CompressedVAE(),
        "vae at half width": CompressedVAE(32),
        "vae of 8 bits": CompressedVAE(n_bits=8),
        "vae of 4 bits": CompressedVAE(n_bits=4),
        "vae with half its weights": CompressedVAE(amount=0.5),
    }
    return variants | {name: _with_generator(net) for name, net in nets.items()}


STUDIES: dict[str, Callable[[], Variants]] = {
    "without": _removed,
    "generator": _generators,
    "query": _queries,
    "mixing": _mixing,
    "compression": _compression,
}


def ablation_arms(
    studies: str | Iterable[str] = tuple(STUDIES), estimator: Any = None
) -> dict[str, dict[str, SynDAClassifier]]:
    r"""Return the variants of the method that the ablations of section 2.4.5 of the proposal compare.

    =========== ========================================================================
    study       variants
    =========== ========================================================================
    without     the start, the committee, diverse batches, active learning, rows of the
                pool, soft labels, synthetic rows, everything: each removed
    generator   each generator of ours that is installed, its rows at :math:`\beta = 0.3`
    query       measures of uncertainty, :math:`\lambda`, penalties, clusters, random
    mixing      :math:`\beta` fixed, cross-validated, by the sigmoid; the ratio adaptive;
                curricula; filters
    compression a proxy that scores the pool; with torch a VAE, narrower, of fewer bits,
                pruned, its rows at :math:`\beta = 0.3`
    =========== ========================================================================

    Parameters
    ----------
    studies : str or iterable of str, default=("without", "generator", "query", "mixing", "compression")
        Names of studies.
    estimator : classifier or None, default=None
        The final model of all; None takes the default of SynDAClassifier.

    Returns
    -------
    dict of str to dict of str to SynDAClassifier
        Variants by study.

    Raises
    ------
    ValueError
        If a study is unknown, or there is none.

    Examples
    --------
    >>> from synda_sk.evaluation import ablation_arms
    >>> list(ablation_arms("without")["without"])[:3]
    ['start', 'committee', 'diverse batches']
    """
    chosen = [studies] if isinstance(studies, str) else list(studies)
    if not chosen:
        raise ValueError("studies is empty, must hold a study at least.")
    for name in chosen:
        if name not in STUDIES:
            raise ValueError(f"studies holds {name!r}; {suggestion(str(name), STUDIES, 'studies')}.")
    return {
        study: {
            name: SynDAClassifier(estimator).set_params(**params) for name, params in STUDIES[study]().items()
        }
        for study in chosen
    }


def run_ablations(
    X: Table | str,
    y: Labels | str,
    estimator: Any = None,
    *,
    studies: str | Iterable[str] | Mapping[str, Mapping[str, Any]] = tuple(STUDIES),
    **settings: Any,
) -> ProtocolResult:
    """Tell what each part of the method is worth, as section 2.4.5 of the proposal has it.

    Parameters
    ----------
    X : table of shape (n_samples, n_features), or path
        As in :func:`run_protocol`.
    y : array-like of shape (n_samples,) or str
        As in :func:`run_protocol`.
    estimator : classifier or None, default=None
        The final model of all.
    studies : str, iterable of str or mapping of str to mapping, default=all
        Names, see :func:`ablation_arms`, or variants of your own: by study, by
        name, a SynDAClassifier.
    **settings : dict
        Other parameters of :func:`run_protocol`, but `arms` and `reference`.

    Returns
    -------
    ProtocolResult
        Its arms are "synda", the reference, and "study: variant". Its
        ``comparison()`` is the table: what each variant differs by from the
        method, with Holm's correction over all variants.

    Raises
    ------
    ValueError
        As :func:`run_protocol`, and if `studies` is no such thing.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from synda_sk.evaluation import ablation_arms, run_ablations
    >>> X, y = make_classification(200, 5, random_state=0)
    >>> arms = ablation_arms("without", LogisticRegression())["without"]
    >>> studies = {"without": {name: arms[name] for name in ("start", "synthetic rows")}}
    >>> small = {"label_budget": 20, "n_rounds": 1, "n_seeds": 1}
    >>> result = run_ablations(X, y, LogisticRegression(), studies=studies, **small)
    >>> [(row["study"], row["arm"]) for row in result.comparison()][1:]
    [('without', 'without: start'), ('without', 'without: synthetic rows')]
    """
    for name in ("arms", "reference"):
        if name in settings:
            raise ValueError(f"{name} is set here; give studies.")
    variants = studies if isinstance(studies, Mapping) else ablation_arms(studies, estimator)
    arms, belongs = {METHOD: SynDAClassifier(estimator)}, {}
    for study, models in variants.items():
        if not isinstance(models, Mapping) or not models:
            raise ValueError(f"studies[{study!r}] must be a mapping of one SynDAClassifier a name.")
        for name, model in models.items():
            arms[f"{study}: {name}"], belongs[f"{study}: {name}"] = model, study
    result = run_protocol(X, y, estimator, arms=arms, reference=METHOD, **settings)
    return replace(result, configuration=result.configuration | {"studies": belongs})
