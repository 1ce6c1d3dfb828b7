"""docs/generators.md tells what benchmarks/results/privacy.json holds."""

import json
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_the_page_and_the_results_agree():
    results = ROOT / "benchmarks" / "results" / "privacy.json"
    if not results.exists():
        pytest.skip("benchmarks are not part of a source distribution")
    render = runpy.run_path(str(ROOT / "docs" / "generator_table.py"))["render"]
    page = (ROOT / "docs" / "generators.md").read_text()
    assert render(page, json.loads(results.read_text())) == page, "run python docs/generator_table.py"
