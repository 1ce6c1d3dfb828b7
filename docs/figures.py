"""Write every measured figure of README.md and docs from benchmarks/results.

python docs/figures.py

A page marks the place of figures by two comments, ``<!-- figures: labels_saved.by_model -->`` and
``<!-- end of figures -->``. What stands between them is what the function `by_model` of
docs/measured/labels_saved.py returns. Such a function is given `load`, which reads
benchmarks/results/NAME.json, so one table may tell of several benchmarks.

A figure inside a sentence stands between ``<!--= saved paysim_kaggle forest -->`` and ``<!-- -->``: what
the function `saved` of docs/measured/domains.py returns for these words. Words must stand before it in its
line.
"""

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from measured._results import load
from measured.domains import figure

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"(<!-- figures: (\w+)\.(\w+) -->\n).*?(<!-- end of figures -->)", flags=re.DOTALL)
INLINE = re.compile(r"<!--= (.*?) -->.*?<!-- -->", flags=re.DOTALL)
Load = Callable[[str], Any]


def pages() -> list[Path]:
    """Return the pages that may hold figures."""
    docs = ROOT / "docs"
    return [ROOT / "README.md", *sorted(docs.glob("*.md")), *sorted(docs.glob("guide/*.md"))]


def render(text: str, load: Load = load) -> str:
    """Return a page with the figures of these results in their places."""

    def written(block: re.Match[str]) -> str:
        start, module, function, end = block.groups()
        told = getattr(import_module(f"measured.{module}"), function)(load)
        return f"{start}\n{told.strip()}\n\n{end}"

    text = INLINE.sub(lambda mark: f"<!--= {mark[1]} -->{figure(mark[1])}<!-- -->", text)
    return BLOCK.sub(written, text)


if __name__ == "__main__":
    for page in pages():
        page.write_text(render(page.read_text()))
