"""Write the pages of the site that follow from something else, under docs/generated.

The API reference follows from each public module's ``__all__``, the page of measured figures and the
changelog from the README and CHANGELOG.md. docs/conf.py calls this at the start of a build.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import synda_sk

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ("## What was measured", "## Honest limits", "Licence: ")


def public_modules() -> Iterator[str]:
    """Yield the dotted names of the modules that say what they export."""
    yield "synda_sk"
    for info in pkgutil.walk_packages(synda_sk.__path__, "synda_sk."):
        is_private = any(part.startswith("_") for part in info.name.split("."))
        if not is_private and getattr(importlib.import_module(info.name), "__all__", None):
            yield info.name


def exported(module: str) -> list[str]:
    """Return where each name of ``__all__`` is documented, everyday names in their sub-package."""
    names = importlib.import_module(module).__all__
    home = synda_sk._HOME if module == "synda_sk" else {}
    return [f"{home.get(name, module)}.{name}" for name in names if name != "__version__"]


def reference_page(module: str) -> str:
    """Return the page of one module, its names each with a page of its own."""
    options = ["   :nosignatures:"] + (["   :toctree: objects"] if module != "synda_sk" else [])
    return "\n".join(
        [
            module,
            "=" * len(module),
            "",
            f".. automodule:: {module}",
            "",
            ".. autosummary::",
            *options,
            "",
            *(f"   ~{name}" for name in exported(module)),
            "",
        ]
    )


def reference_index(modules: list[str]) -> str:
    """Return the page that leads to those of the modules."""
    text = "Every public name, by module. The everyday ones can be imported from ``synda_sk`` itself."
    entries = [f"   {module}" for module in modules]
    return "\n".join(["API reference", "=============", "", text, "", ".. toctree::", "", *entries, ""])


def _from_root(text: str) -> str:
    """Return Markdown of the root with its links as seen from docs/generated."""
    return re.sub(r"\]\((?!https?:|#)(?:docs/|(?=[\w.]))", _upwards, text)


def _upwards(match: re.Match[str]) -> str:
    return "](../" if match.group().endswith("docs/") else "](../../"


def measured_page(readme: str) -> str:
    """Return what the README says was measured, and its limits, as a page of the site."""
    start, middle, end = FIGURES
    measured, rest = readme.split(start)[1].split(middle)
    limits = rest.split(end)[0]
    parts = ["# What was measured\n", measured.strip(), f"\n{middle}\n", limits.strip(), ""]
    return _from_root("\n".join(parts))


def pages() -> dict[str, str]:
    """Return the text of each page by its path under docs/generated."""
    modules = list(public_modules())
    return {
        "api/index.rst": reference_index(modules),
        **{f"api/{module}.rst": reference_page(module) for module in modules},
        "measured.md": measured_page((ROOT / "README.md").read_text()),
        "changelog.md": _from_root((ROOT / "CHANGELOG.md").read_text()),
        "contributing.md": _from_root((ROOT / "CONTRIBUTING.md").read_text()),
    }


def write(folder: Path) -> None:
    """Write the pages that have changed, and nothing else, so that a build can reuse what it knows."""
    for name, text in pages().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
