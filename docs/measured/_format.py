"""Tables in Markdown, and how numbers are written in them."""

from collections.abc import Iterable, Sequence

from synda_sk.metrics import mean_standard_error


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def percent(share: float | None, absent: str = "never", *, digits: int = 0, sign: str = "") -> str:
    """Return a share as a percentage; `sign` "+" marks gains."""
    if share is None:
        return absent
    rounded = round(100 * share, digits) or 0.0  # no minus in front of 0
    return f"{rounded:{sign if rounded else ''}.{digits}f} %".replace("-", "−")


def signed(spread: Sequence[float | None], digits: int = 3, scale: float = 1.0) -> str:
    """Return a difference and its standard error; None, of a single seed, is left out."""
    mean, error = spread
    text = f"{scale * mean:+.{digits}f}".replace("-", "−")
    return text if error is None else f"{text} ± {scale * error:.{digits}f}"


def spread(values: Sequence[float], form: str, unit: str = "") -> str:
    """Return a mean, and its standard error where there are several values."""
    mean, error = mean_standard_error(values)
    text = f"{mean:{form}}".replace("-", "−")
    return f"{text}{unit}" if len(values) == 1 else f"{text} ± {error:{form.removeprefix('+')}}{unit}"


def names(items: Sequence[str]) -> str:
    """Return a list in words: "a, b and c"."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def span(values: Iterable[float], form: str = "{:.2g}") -> str:
    """Return the least and the largest of some values."""
    found = sorted(values)
    told = [form.format(found[0]), form.format(found[-1])]
    return told[0] if told[0] == told[1] else " to ".join(told)
