"""The pages of the user guide say what is true: their examples run and give what they show."""

import doctest
import re
from pathlib import Path

import pytest

GUIDE = Path(__file__).parent.parent / "docs" / "guide"
PAGES = sorted(GUIDE.glob("*.md"))
FENCE = re.compile(r"```python\n(.*?)```", flags=re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_run(page, tmp_path, monkeypatch):
    if page.stem in ("compression", "domains", "images"):
        pytest.importorskip("torch")
    monkeypatch.chdir(tmp_path)
    code = "\n".join(FENCE.findall(page.read_text()))
    test = doctest.DocTestParser().get_doctest(code, {}, page.name, str(page), 0)
    told = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    runner.run(test, out=told.append)
    assert test.examples
    assert not runner.failures, "".join(told)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_words_code_an_equation_a_picture_and_tells_where_figures_are(page):
    text = page.read_text()
    pictures = re.findall(r"!\[[^]]+\]\((.+?)\)", text)
    assert pictures
    assert all((GUIDE / picture).exists() for picture in pictures)
    assert FENCE.search(text)
    assert "$" in FENCE.sub("", text)
    assert "## Figures" in text
