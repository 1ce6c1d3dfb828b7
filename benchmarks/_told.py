"""What all benchmarks tell: the command they were run with, and means with their errors.

It imports nothing heavy: some benchmarks measure what a fresh process imports.
"""

import shlex
import sys
from pathlib import Path
from typing import Any


def command_line() -> str:
    """Return the command of this run, folders by their last part only."""
    words = [Path(word).name if Path(word).is_absolute() else word for word in sys.argv[1:]]
    return shlex.join(["python", f"benchmarks/{Path(sys.argv[0]).name}", *words])


def mean_error(values: Any) -> list[float | None]:
    """Return the mean of an array and its standard error, None of a single value."""
    error = float(values.std(ddof=1) / len(values) ** 0.5) if len(values) > 1 else None
    return [float(values.mean()), error]
