"""Pages of docs tell what the results they are made from hold."""

import json
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("script", "page", "results"),
    [("generator_table", "generators", "privacy"), ("image_table", "images", "images")],
)
def test_the_page_and_the_results_agree(script, page, results):
    results = ROOT / "benchmarks" / "results" / f"{results}.json"
    if not results.exists():
        pytest.skip("benchmarks are not part of a source distribution")
    render = runpy.run_path(str(ROOT / "docs" / f"{script}.py"))["render"]
    text = (ROOT / "docs" / f"{page}.md").read_text()
    assert render(text, json.loads(results.read_text())) == text, f"run python docs/{script}.py"


def test_the_guidelines_and_the_results_agree():
    if not (ROOT / "benchmarks" / "results").exists():
        pytest.skip("benchmarks are not part of a source distribution")
    render = runpy.run_path(str(ROOT / "docs" / "domain_tables.py"))["render"]
    text = (ROOT / "docs" / "guide" / "domains.md").read_text()
    assert render(text) == text, "run python docs/domain_tables.py"


def test_no_comment_turns_a_line_of_the_guidelines_into_html():
    lines = (ROOT / "docs" / "guide" / "domains.md").read_text().splitlines()
    assert not [line for line in lines if line.lstrip().startswith("<!--= ") and "_table " not in line]
