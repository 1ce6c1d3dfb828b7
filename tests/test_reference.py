"""The API reference is complete: it has every name of every ``__all__``, each explained in one place."""

import importlib
import re
import sys
from pathlib import Path

import pytest

import synda_sk

DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture(scope="module")
def site_pages():
    sys.path.insert(0, str(DOCS))
    try:
        pytest.importorskip("torch")
        pytest.importorskip("sphinx")
        yield importlib.import_module("site_pages")
    finally:
        sys.path.remove(str(DOCS))


@pytest.fixture(scope="module")
def pages(site_pages):
    return site_pages.pages()


def names_in(page):
    return set(re.findall(r"^   ~([\w.]+)$|^\.\. py:data:: ([\w.]+)$", page, flags=re.MULTILINE))


def test_every_exported_name_is_on_the_page_of_its_module(site_pages, pages):
    for module in site_pages.public_modules():
        listed = {"".join(name).rpartition(".")[2] for name in names_in(pages[f"api/{module}.rst"])}
        wanted = set(importlib.import_module(module).__all__) - {"__version__"}
        assert listed == wanted, module


def test_every_public_module_is_in_the_index(pages):
    package = Path(synda_sk.__file__).parent
    found = {"synda_sk"}
    for path in package.rglob("*.py"):
        parts = path.relative_to(package.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if "._" not in name and "__all__" in path.read_text():
            found.add(name)
    listed = set(re.findall(r"^   (synda_sk[\w.]*)$", pages["api/index.rst"], flags=re.MULTILINE))
    assert found - {"synda_sk.interop"} == listed


def test_a_thing_that_has_two_names_has_one_page(site_pages):
    places = site_pages.homes()
    assert places["synda_sk.HybridQuerySelector"] == "synda_sk.selection.HybridQuerySelector"
    assert places["synda_sk.interop.case_queue.Answers"] == places["synda_sk.interop.label_studio.Answers"]
    assert {places[place] for place in places.values()} == set(places.values())


def test_the_limits_of_the_readme_are_on_the_site(pages):
    limits = pages["limits.md"]
    assert limits.startswith("# Honest limits")
    assert "- Labels bought by a query" in limits
    for target in re.findall(r"\]\(([^)#]+)\)", limits):
        assert (DOCS / "generated" / target).resolve().exists(), target
