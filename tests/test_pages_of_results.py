"""Pages of docs tell what the results they are made from hold."""

import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md")), *sorted(DOCS.glob("guide/*.md"))]
MEASURED = re.compile(r"\d %|\d\.\d\d|± ?\d|\d (?:s|ms|MB|kB)\b")


@pytest.fixture
def figures(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    module = import_module("figures")
    if not (ROOT / "benchmarks" / "results").exists():
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
        n_blocks = len(figures.BLOCK.findall(text))
        assert text.count("<!-- figures: ") == text.count("<!-- end of figures -->") == n_blocks


def test_no_comment_turns_a_line_of_words_into_html():
    for page in PAGES:
        starts = [line.lstrip() for line in page.read_text().splitlines()]
        assert not [line for line in starts if line.startswith("<!--= ") and "_table " not in line]


def test_pages_and_the_script_go_through_the_same_files(figures):
    assert figures.pages() == PAGES


def test_no_measured_number_stands_outside_the_blocks(figures):
    readme = (ROOT / "README.md").read_text().split("## What was measured")[1].split("## Honest limits")[0]
    for text in (readme, (DOCS / "measured.md").read_text()):
        assert not MEASURED.findall(figures.BLOCK.sub("", text))


def arm(mean, relative=None, p=1.0):
    cell = {"mean": [mean, 0.01]}
    if relative is not None:
        cell |= {"relative": relative, "synda minus it": [0.1, 0.01], "p": p, "p, Holm": p}
    return {
        "at": {"20": cell},
        "labels_saved": 0.1,
        "cpu_seconds": 2.0,
        "models_with_synthetic": [0, 3],
    }


@pytest.fixture
def results():
    def row(name, domain, arms, of_images=False):
        return {"set": name, "domain": domain, "arms": arms, "of images": of_images, "n_seeds": 5}

    table_arms = {
        "synda": arm(0.9),
        "random": arm(0.75, 0.2, 0.01),
        "active learning": arm(0.9, 0.0),
        "synthetic": arm(0.7, 0.29, 0.2),
        "self-training": arm(0.6, 0.5, 0.01),
        "label spreading": arm(0.95, -0.05, 0.01),
    }
    image_arms = {"synda": arm(0.8), "random": arm(0.7, 0.14, 0.01), "transfer": arm(0.5, 0.6, 0.01)}
    image_arms["active learning"] = arm(0.76, 0.05)
    return {
        "headline": {
            "table": [row("cells", "health", image_arms, True), row("money", "finance", table_arms)],
            "source of transfer": {"cells": "another lab", "money": "no source"},
        },
        "labels_saved": {"table": [{"arm": "synda", "cell": "money/forest", "labels_saved": None}]},
        "image_labels": {
            "table": [{"set": "cells", "arm": "synda", "labels_saved": 0.6}],
            "runs": {
                f"cells/{arm}/{seed}": {"scores": [[0.1, 0.1], [end, 0.1]]}
                for arm, ends in (
                    ("synda", (0.7, 0.9, 0.2)),
                    ("vae", (0.5, 0.5)),
                    ("diffusion", (0.79,)),
                )
                for seed, end in enumerate(ends)
            },
        },
    }


def test_a_promise_is_bold_only_where_it_was_reached(figures, results):
    table = import_module("measured.headline").promises(results.get).splitlines()
    cells = {line.split(" | ")[1]: line.split(" | ")[2:8] for line in table[2:]}
    assert list(cells) == ["money", "cells"]  # finance first
    assert cells["money"] == ["none", "**+20 %**", "", "(0 %)", "**(+29 %)**", "−5 %"]
    assert cells["cells"] == ["**60 %**", "+14 %", "**+60 %**", "(+5 %)", "**(+60 %)**", ""]


def test_the_cost_of_a_saved_label_needs_one(figures, results):
    told = import_module("measured.headline").cost(results.get)
    assert "| money | none | 0.0 s |  |" in told
    assert "| cells | **60 %** | 0.0 s | 0 s |" in told


def test_numbers_are_written_alike(figures):
    told = import_module("measured._format")
    assert [told.percent(share) for share in (0.5, -0.001, -0.25, None)] == ["50 %", "0 %", "−25 %", "never"]
    assert told.percent(0.123, sign="+", digits=1) == "+12.3 %"
    assert told.signed([-0.5, None], 1) == "−0.5"
    assert told.signed([0.021, 0.0104], 1, scale=100) == "+2.1 ± 1.0"
    assert told.spread([0.25, -0.75], "+.1f") == "−0.2 ± 0.5"
    assert told.spread([97.04], ".1f", " %") == "97.0 %"
    assert told.span([3.0, 1.0, 2.0]) == "1 to 3"
    assert told.span([0.12, 0.12]) == "0.12"
    assert [told.names(["a", "b", "c"][:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]


def test_the_loop_is_told_beside_its_own_labels(figures):
    row = {"set": "cells", "n_seeds": 5, "accuracy": {"10": [0.8, 0.01], "25": [0.9, 0.01]}}
    row |= {"minus alone": {"10": [0.02, 0.01], "25": [-0.03, 0.01]}}
    row |= {"p of harm": {"10": 0.9, "25": 0.02}, "p of harm, Holm": {"10": 0.9, "25": 0.04}}
    told = import_module("measured.image_labels").same_labels({"image_labels": {"same labels": [row]}}.get)
    assert told.splitlines()[-1] == "| cells | 5 | 0.800 | +0.020 ± 0.010 | 0.900 | −0.030 ± 0.010 | 25 |"
