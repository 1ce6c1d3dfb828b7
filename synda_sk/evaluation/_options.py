"""An option that cannot be used as the user gave it."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

SHOWN = 12


class OptionError(ValueError):
    """Bad input by way of an option of the command line.

    Parameters
    ----------
    option : str
        The option, such as "--target".
    message : str
        What is wrong and what would be right, in one line.
    """

    def __init__(self, option: str, message: str) -> None:
        super().__init__(" ".join(f"{option} {message}".split()))
        self.option = option


def suggestion(value: str, known: Iterable[Any], what: str) -> str:
    """Say which known names there are, the one probably meant first.

    Parameters
    ----------
    value : str
        What was given.
    known : iterable
        What there is.
    what : str
        Plural noun for it.

    Returns
    -------
    str
        For the end of a message.

    Examples
    --------
    >>> suggestion("isFruad", ["amount", "isFraud"], "columns")
    "did you mean 'isFraud'? The columns are: amount, isFraud"
    """
    names = [str(name) for name in known]
    by_lower = {name.lower(): name for name in names}
    near = get_close_matches(value.lower(), list(by_lower), n=1, cutoff=0.6)
    more = f", ... ({len(names)} in all)" if len(names) > SHOWN else ""
    listing = f"the {what} are: {', '.join(names[:SHOWN])}{more}"
    return f"did you mean {by_lower[near[0]]!r}? T{listing[1:]}" if near else listing
