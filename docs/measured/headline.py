"""What the research proposal promises against what was measured."""

from collections.abc import Callable
from typing import Any


def promises(load: Callable[[str], Any]) -> str:
    """Return the headline table."""
    return ""
