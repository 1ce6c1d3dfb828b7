"""Optional dependencies, imported where they are used."""

import importlib
from types import ModuleType


def import_optional(name: str, extra: str, feature: str) -> ModuleType:
    """Import an optional package or say which extra brings it.

    Parameters
    ----------
    name : str
        Module to import.
    extra : str
        The extra of synda-sk that installs it.
    feature : str
        What needs it, the first words of the message.

    Returns
    -------
    module
        The imported module.

    Raises
    ------
    ImportError
        If the package is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(
            f"{feature} needs the package {name.partition('.')[0]!r}: pip install 'synda-sk[{extra}]'"
        ) from error
