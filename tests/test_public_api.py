"""What the package shows, what importing it costs, and how its modules lean on each other."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import synda_sk

ROOT = Path(synda_sk.__file__).parent
HEAVY = [
    "torch",
    "sdv",
    "skorch",
    "imblearn",
    "modAL",
    "skactiveml",
    "matplotlib",
    "dask",
    "pandas",
    "polars",
    "onnx",
    "onnxruntime",
]
PACKAGES = sorted(m.name for m in pkgutil.iter_modules([str(ROOT)], "synda_sk.") if m.ispkg)


def test_every_promised_name_is_there_and_sorted():
    assert synda_sk.__all__ == sorted(synda_sk.__all__)
    assert set(synda_sk.__all__) - {"__version__"} == set(synda_sk._HOME)
    for name in synda_sk.__all__:
        assert getattr(synda_sk, name) is not None
        assert name in dir(synda_sk)
    with pytest.raises(AttributeError, match="SynDAClasifier"):
        _ = synda_sk.SynDAClasifier


@pytest.mark.parametrize("name", PACKAGES)
def test_sub_packages_list_what_they_export(name):
    module = importlib.import_module(name)
    public = {
        k for k, v in vars(module).items() if not k.startswith("_") and getattr(v, "__module__", "") != name
    }
    public -= {k for k, v in vars(module).items() if type(v).__name__ == "module"}
    assert sorted(module.__all__) == list(module.__all__)
    assert public == set(module.__all__)


def loaded_after(statement):
    code = f"import sys; {statement}; print(*sys.modules)"
    return set(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
    )


def test_importing_the_package_brings_nothing_heavy():
    assert not loaded_after("import synda_sk") & {*HEAVY, "sklearn"}


def test_the_everyday_names_bring_nothing_heavy():
    brought = loaded_after("from synda_sk import *") - loaded_after("import sklearn.ensemble")
    assert not brought & set(HEAVY)


def code_lines(path):
    tree = ast.parse(path.read_text())
    docstrings = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(getattr(first.value, "value", None), str):
            docstrings.update(range(first.lineno, first.end_lineno + 1))
    lines = enumerate(path.read_text().splitlines(), 1)
    return sum(
        1 for n, line in lines if n not in docstrings and line.strip() and not line.strip().startswith("#")
    )


def test_files_stay_short():
    sizes = sorted(code_lines(path) for path in ROOT.rglob("*.py") if path.name != "__init__.py")
    assert sizes[len(sizes) // 2] <= 120
    assert sizes[-1] <= 400


def test_no_constructor_parameter_looks_fitted():
    for name in synda_sk.__all__:
        value = getattr(synda_sk, name)
        if hasattr(value, "get_params"):
            assert not [p for p in value._get_param_names() if p.endswith("_")]
