"""Generators by name."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sklearn.base import clone

from synda_sk.generators._class_copula import CopulaGenerator
from synda_sk.generators._class_gaussian import GaussianGenerator
from synda_sk.generators._class_kde import KDEGenerator
from synda_sk.generators._conv_vae import ConvVAEGenerator
from synda_sk.generators._diffusion import DiffusionGenerator
from synda_sk.generators._names import unknown_name
from synda_sk.generators._over_sampler import OverSamplerGenerator
from synda_sk.generators._sdv import SYNTHESIZERS, SDVGenerator
from synda_sk.generators._table_gan import TableGAN
from synda_sk.generators._table_vae import TableVAE

GENERATORS: dict[str, Callable[[], Any]] = {
    "auto": GaussianGenerator,
    "gaussian": GaussianGenerator,
    "copula": CopulaGenerator,
    "kde": KDEGenerator,
    "smote": OverSamplerGenerator,
    "vae": TableVAE,
    "gan": TableGAN,
    "diffusion": DiffusionGenerator,
    "conv_vae": ConvVAEGenerator,
    **{name: partial(SDVGenerator, name) for name in SYNTHESIZERS},
}
"""Constructors by name; "auto" is "gaussian"."""


def make_generator(generator: Any, generator_params: Mapping[str, Any] | None = None) -> Any:
    """Build an unfitted generator.

    Parameters
    ----------
    generator : str, object with ``fit(X, y)`` and ``sample(n_samples, y)`` or callable
        "auto" or "gaussian", "copula", "kde", with the extra ``imblearn`` "smote"
        (SMOTE, or its kin for categories), with the extra ``torch`` "vae" and
        "gan" for tables, "diffusion" and "conv_vae" for images, with the extra
        ``sdv`` "gaussian_copula", "ctgan", "tvae", "copula_gan". An object is
        cloned. A callable without ``fit`` and
        ``sample`` is called and returns a fresh object that has them; it need
        know nothing of scikit-learn.
    generator_params : mapping or None, default=None
        Parameters to set on it, by name.

    Returns
    -------
    generator
        Unfitted; the object given is left as it was.

    Raises
    ------
    ValueError
        If the name or a parameter is unknown.
    TypeError
        If an object, or what a callable returns, lacks ``fit`` or ``sample``, or
        `generator_params` is no mapping.

    Examples
    --------
    >>> from synda_sk.generators import make_generator
    >>> make_generator("auto", {"shrinkage": 0.2})
    GaussianGenerator(shrinkage=0.2)
    >>> make_generator("gausian")
    Traceback (most recent call last):
    ...
    ValueError: generator == 'gausian' is unknown, did you mean 'gaussian'? Valid: 'auto', 'gaussian', ...
    """
    if isinstance(generator, str):
        if generator not in GENERATORS:
            raise ValueError(unknown_name("generator", generator, GENERATORS))
        made = GENERATORS[generator]()
    elif isinstance(generator, type):
        raise TypeError(f"generator is the class {generator.__name__}, must be an instance of it or a name.")
    elif _generates(generator):
        made = clone(generator, safe=False)
    elif callable(generator) and not hasattr(generator, "fit"):
        made = generator()
        if not _generates(made) or isinstance(made, type):
            raise TypeError(f"generator returned {made!r}, which has no fit(X, y) and sample(n_samples, y).")
    else:
        raise TypeError(
            f"generator must be a name or have fit(X, y) and sample(n_samples, y), got {generator!r}."
        )
    if generator_params is not None and not isinstance(generator_params, Mapping):
        raise TypeError(f"generator_params == {generator_params!r}, must be a dict of parameters by name.")
    if generator_params:
        valid = made.get_params() if hasattr(made, "get_params") else {}
        for name in generator_params:
            if name not in valid:
                owner = f"generator_params of {type(made).__name__}"
                raise ValueError(unknown_name(owner, name, valid))
        made.set_params(**generator_params)
    return made


def _generates(thing: Any) -> bool:
    return callable(getattr(thing, "fit", None)) and callable(getattr(thing, "sample", None))
