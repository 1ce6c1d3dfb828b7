"""Messages about names that do not exist."""

import difflib
from collections.abc import Iterable
from typing import Any


def unknown_name(parameter: str, given: Any, valid: Iterable[str]) -> str:
    """Say which names there are, and which one was probably meant.

    Examples
    --------
    >>> from synda_sk.generators._names import unknown_name
    >>> unknown_name("generator", "copla", ["gaussian", "copula"])
    "generator == 'copla' is unknown, did you mean 'copula'? Valid: 'gaussian', 'copula'."
    """
    valid = list(valid)
    close = difflib.get_close_matches(str(given), valid, n=1)
    hint = f", did you mean {close[0]!r}?" if close else "."
    return f"{parameter} == {given!r} is unknown{hint} Valid: {', '.join(map(repr, valid))}."
