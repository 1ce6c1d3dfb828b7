"""Pages of docs tell what the results they are made from hold."""

import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
PAGES = [page for page in PAGES if "generated" not in page.parts]


@pytest.fixture
def figures(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    module = import_module("figures")
    if not module.RESULTS.exists():
        pytest.skip("benchmarks are not part of a source distribution")
    return module


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_tells_what_the_results_hold(page, figures):
    text = page.read_text()
    assert figures.render(text) == text, "run python docs/figures.py"


def test_a_figure_that_changed_is_noticed(figures):
    page = (ROOT / "README.md").read_text()
    block = figures.BLOCK.search(page)
    changed = page.replace(block.group(), re.sub(r"\d", "7", block.group()))
    assert changed != page
    assert figures.render(changed) == page


def test_every_block_is_closed(figures):
    for page in PAGES:
        text = page.read_text()
        assert (
            text.count("<!-- figures: ")
            == text.count("<!-- end of figures -->")
            == len(figures.BLOCK.findall(text))
        )
