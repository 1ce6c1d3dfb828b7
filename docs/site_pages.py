"""Write the pages of the site that follow from something else, under docs/generated.

The API reference follows from each public module's ``__all__``, the limits from the README, the others
from the pages beside it. docs/conf.py calls this at the start of a build.
"""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from typing import Any

from sphinx.pycode import ModuleAnalyzer

import synda_sk

ROOT = Path(__file__).resolve().parents[1]
FROM_ROOT = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
}
LIMITS = ("## Honest limits", "Licence: ")


def public_modules() -> list[str]:
    """Return the dotted names of the modules that say what they export, the package itself last."""
    names = [info.name for info in pkgutil.walk_packages(synda_sk.__path__, "synda_sk.")]
    public = [name for name in names if not any(part.startswith("_") for part in name.split("."))]
    return [name for name in public if getattr(importlib.import_module(name), "__all__", None)] + ["synda_sk"]


def homes() -> dict[str, str]:
    """Return, of each public name with its module, where it is documented: one page for one thing."""
    first: dict[int, str] = {}
    found = {}
    for module in public_modules():
        for name in sorted(set(importlib.import_module(module).__all__) - {"__version__"}):
            full = f"{module}.{name}"
            found[full] = first.setdefault(id(_value(full)), full) if _has_page(full) else full
    return found


def reference_page(module: str, places: dict[str, str]) -> str:
    """Return the page of one module: its names, each with a page of its own, then its aliases of types."""
    names = [name for name in places if name.rpartition(".")[0] == module]
    own = [name for name in names if places[name] == name]
    tables = {
        ("   :toctree: objects", ""): [name for name in own if _has_page(name)],
        ("",): [places[name] for name in names if name not in own],
    }
    lines = [module, "=" * len(module), "", f".. automodule:: {module}", ""]
    for options, listed in tables.items():
        if listed:
            lines += [
                ".. autosummary::",
                "   :nosignatures:",
                *options,
                *(f"   ~{name}" for name in listed),
                "",
            ]
    for name in own:
        if not _has_page(name):
            lines += [f".. py:data:: {name}", "", *(f"   {line}" for line in _alias_docs(name)), ""]
    return "\n".join(lines)


def _value(name: str) -> Any:
    module, _, own = name.rpartition(".")
    return getattr(importlib.import_module(module), own)


def _has_page(name: str) -> bool:
    value = _value(name)
    is_own = str(getattr(value, "__module__", "")).startswith("synda_sk")
    return is_own and (inspect.isclass(value) or inspect.isroutine(value))


def _alias_docs(name: str) -> list[str]:
    module, _, own = name.rpartition(".")
    found: dict[tuple[str, str], list[str]] = ModuleAnalyzer.for_module(module).find_attr_docs()
    return found.get(("", own), [f"``{_value(name)}``"])


def reference_index(modules: list[str]) -> str:
    """Return the page that leads to those of the modules."""
    text = "Every public name, by module. The everyday ones can be imported from ``synda_sk`` itself."
    entries = [f"   {module}" for module in modules]
    return "\n".join(["API reference", "=============", "", text, "", ".. toctree::", "", *entries, ""])


def _from_root(text: str) -> str:
    """Return Markdown of the root with its links as seen from docs/generated."""
    return re.sub(r"\]\((?!https?:|#)([^)]+)\)", lambda link: f"]({_seen_from_here(link[1])})", text)


def _seen_from_here(target: str) -> str:
    if target in FROM_ROOT:
        return FROM_ROOT[target]
    return f"../{target.removeprefix('docs/')}" if target.startswith("docs/") else f"../../{target}"


def limits_page(readme: str) -> str:
    """Return the limits that the README tells as a page of the site."""
    start, end = LIMITS
    limits = readme.split(start)[1].split(end)[0]
    return _from_root(f"{start.removeprefix('#')}\n\n{limits.strip()}\n")


def pages() -> dict[str, str]:
    """Return the text of each page by its path under docs/generated."""
    modules, places = public_modules(), homes()
    return {
        "api/index.rst": reference_index(modules),
        **{f"api/{module}.rst": reference_page(module, places) for module in modules},
        "limits.md": limits_page((ROOT / "README.md").read_text()),
        **{page: _from_root((ROOT / name).read_text()) for name, page in FROM_ROOT.items()},
    }


def write(folder: Path) -> None:
    """Write the pages that have changed, and nothing else, so that a build can reuse what it knows."""
    made = pages()
    for page in folder.glob("*.md"):
        if page.name not in made:
            page.unlink()
    for name, text in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
