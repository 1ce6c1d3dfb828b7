"""Check that the documentation is complete: docstrings, dependencies, the changelog's version."""

import importlib
import inspect
import pkgutil
import re
import sys
import tomllib
from pathlib import Path

from numpydoc.validate import validate

import synda_sk

ROOT = Path(__file__).parent.parent
# EX01, SA01, ES01: examples, see-also and extended summaries where they help, not everywhere.
# GL01, GL02, GL03, GL08: layout of quotes and blank lines; dunder methods. PR02: parameters of __init__.
# YD01, RT02-RT05, PR08, PR09: small print of layout. SS05, SS06: wording. SA04: see-also text.
IGNORED = re.compile("EX01|SA01|ES01|GL0[1238]|PR02|YD01|RT0[2345]|PR0[89]|SS0[56]|SA04")


def public_objects() -> list[str]:
    """Return dotted names of all public classes, functions and own methods."""
    names = []
    for info in pkgutil.walk_packages([str(ROOT / "synda_sk")], "synda_sk."):
        if info.name in ("synda_sk.__main__", "synda_sk.typing") or "._" in info.name:
            continue
        module = importlib.import_module(info.name)
        for name in getattr(module, "__all__", []):
            thing = getattr(module, name)
            if not (inspect.isclass(thing) or inspect.isfunction(thing)):
                continue
            names.append(f"{info.name}.{name}")
            if inspect.isclass(thing):
                names += [
                    f"{info.name}.{name}.{method}"
                    for method, value in vars(thing).items()
                    if not method.startswith("_") and inspect.isfunction(value)
                ]
    return names


def docstring_faults() -> list[str]:
    """Return a line for each rule of numpydoc that a public docstring breaks."""
    return [
        f"{name}: {code} {text}"
        for name in public_objects()
        for code, text in validate(name)["errors"]
        if not IGNORED.fullmatch(code)
    ]


def unexplained_dependencies() -> list[str]:
    """Return a line for each dependency without a word in docs/dependencies.md."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = list(project["project"]["dependencies"])
    for extra in project["project"]["optional-dependencies"].values():
        wanted += extra
    for group in project["dependency-groups"].values():
        wanted += [item for item in group if isinstance(item, str)]
    text = (ROOT / "docs" / "dependencies.md").read_text()
    names = {re.match(r"[\w-]+", item).group() for item in wanted} - {"synda-sk"}
    return [f"docs/dependencies.md does not explain {name}" for name in sorted(names) if name not in text]


def main() -> int:
    """Print every fault; return 1 if there is one."""
    faults = docstring_faults() + unexplained_dependencies()
    if synda_sk.__version__ not in (ROOT / "CHANGELOG.md").read_text():
        faults.append(f"CHANGELOG.md does not mention {synda_sk.__version__}")
    sys.stdout.write(
        "\n".join([*faults, f"{len(faults)} faults in {len(public_objects())} docstrings and the docs"])
    )
    sys.stdout.write("\n")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
