"""The report as a page: what it says, that it asks for nothing, and how it looks in a real browser."""

import json
import os
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest
from sklearn.datasets import load_iris, make_classification
from sklearn.linear_model import LogisticRegression

from synda_sk.evaluation import ProtocolResult, html_report, run_ablations, run_protocol, write_report
from synda_sk.evaluation._ablations import ablation_arms
from synda_sk.evaluation._svg_curves import count_ticks, nice_ticks

LR = LogisticRegression(max_iter=1000)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
VOID = {"meta", "link", "br", "img"}


class Elements(HTMLParser):
    """All elements of a page, its text, and whether every one is closed."""

    def __init__(self, page):
        super().__init__()
        self.found, self.open, self.text = [], [], ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text += data + " "

    def of(self, tag):
        return [attrs for name, attrs in self.found if name == tag]


@pytest.fixture(scope="module")
def result():
    table = make_classification(300, 5, weights=[0.8], class_sep=1.2, random_state=0)
    arms = ["entropy", "random", "synthetic", "label spreading"]
    return run_protocol(*table, LR, arms=arms, label_budget=30, n_rounds=2, n_seeds=3)


@pytest.fixture(scope="module")
def page(result):
    return html_report(result)


def test_the_numbers_of_the_page_are_those_of_the_result(result, page):
    text = Elements(page).text
    for row in result.comparison():
        assert row["arm"] in text
        assert f"{row['average_precision']:.3f}" in text
        assert f"{row['area']:.3f}" in text
    assert "30 in all, 20 % of them first, then 2 rounds" in text
    assert "With 3 seeds no difference can pass the test" in text


def test_it_tells_what_a_prediction_costs(result, page):
    rows = re.findall(r'<tr><th scope="row">([^<]*)</th>(.*?)</tr>', page[page.index("operations a row") :])
    last = {arm: re.findall("<td>(.*?)</td>", cells)[-1] for arm, cells in rows}
    assert last == {"entropy": "10", "random": "10", "synthetic": "10", "label spreading": "–"}


def test_it_has_a_picture_for_each_measure_and_a_point_for_each_mean(result, page):
    elements = Elements(page)
    pictures = elements.of("svg")
    assert (
        len(pictures) == 2 + len(result.measures) - 1
    )  # the first is there for wide pages and for narrow ones
    assert all(picture["role"] == "img" and picture["aria-label"] for picture in pictures)
    assert len(elements.of("circle")) == len(pictures) * 4 * 3


def test_it_asks_for_nothing(page):
    elements = Elements(page)
    assert not elements.of("script")
    assert not re.search(r"(?i)https?:|//[a-z]|@import|url\(", page)
    assert [link["href"] for link in elements.of("link")] == ["data:,"]
    assert not any(name.startswith("on") for _, attrs in elements.found for name in attrs)


def test_names_of_users_are_text_and_nothing_else(result):
    evil = "<script>alert(1)</script>&amp;\"'"
    content = json.loads(json.dumps(result.to_dict()).replace("synthetic", "X")).copy()
    for part in ("runs", "rounds"):
        for record in content[part]:
            record["arm"] = evil if record["arm"] == "X" else record["arm"]
    content["configuration"] |= {"data": evil, "positive": evil}
    elements = Elements(html_report(content | {"command": evil}))
    assert not elements.of("script")
    assert elements.text.count(evil) >= 5


def test_a_file_a_mapping_and_a_result_give_the_same_page(result, page, tmp_path):
    result.save(tmp_path / "results.json")
    assert html_report(tmp_path / "results.json") == html_report(result.to_dict()) == page
    write_report(result, tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text() == page


@pytest.mark.parametrize("drop", ["cpu_seconds", "added_memory_mb", "flops_per_row", "roc_auc", "f1"])
def test_results_of_older_versions_have_a_page(result, drop):
    content = result.to_dict()
    for part in ("runs", "rounds"):
        content[part] = [{k: v for k, v in record.items() if k != drop} for record in content[part]]
    assert "synda" in Elements(html_report(content)).text


def test_results_without_a_reference_of_one_seed_and_interrupted():
    table = make_classification(300, 5, weights=[0.8], random_state=0)
    result = run_protocol(*table, LR, arms=["entropy"], label_budget=20, n_rounds=1, n_seeds=1)
    assert (
        "Stopped early"
        in Elements(html_report(ProtocolResult(result.configuration, result.runs, result.rounds, True))).text
    )


def test_several_classes_have_a_page():
    result = run_protocol(
        *load_iris(return_X_y=True), LR, arms=["entropy", "random"], label_budget=20, n_rounds=1, n_seeds=2
    )
    text = Elements(html_report(result)).text
    assert "Balanced accuracy" in text
    assert "means over the classes" in text


def test_an_ablation_is_told_study_by_study():
    table = make_classification(300, 5, weights=[0.8], random_state=0)
    arms = ablation_arms(["without", "query"], LR)
    studies = {study: dict(list(variants.items())[:1]) for study, variants in arms.items()}
    result = run_ablations(*table, LR, studies=studies, label_budget=20, n_rounds=1, n_seeds=2)
    page = html_report(result)
    assert "What each part is worth" in Elements(page).text
    assert re.findall("<h3>(.*?)</h3>", page)[:2] == ["without", "query"]


@pytest.mark.parametrize("results", [3, {"rounds": []}, {"configuration": {}, "runs": [], "rounds": []}])
def test_other_things_have_no_page(results):
    with pytest.raises(ValueError, match="results"):
        html_report(results)


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0.1, 0.12), (-3, 70), (0.5, 0.5), (0.99251, 0.99402)])
def test_ticks_are_round_and_go_round_the_values(low, high):
    ticks = nice_ticks(low, high, 5)
    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert 2 <= len(ticks) <= 8
    assert count_ticks(list(range(0, 500, 10)), 380)[-1] == 490


PROBE = """<!DOCTYPE html><body style="margin:0">
<iframe id="f" src="report.html" style="border:0;width:%dpx;height:6000px"></iframe><script>
onload = () => {
  const frame = document.getElementById("f"), page = frame.contentDocument, view = frame.contentWindow;
  const seen = [...page.querySelectorAll("svg")].filter(s => s.getBoundingClientRect().height > 0);
  const box = e => { const b = e.getBoundingClientRect(); return [b.width, b.height]; };
  const out = {
    pictures: seen.map(box),
    lines: seen.map(s => [...s.querySelectorAll(".line")].map(l => view.getComputedStyle(l).stroke)),
    texts: seen.flatMap(s => [...s.querySelectorAll("text")].map(t => box(t)[1])),
    dots: [...page.querySelectorAll(".track em")].map(box),
    overflow: page.documentElement.scrollWidth,
    ink: view.getComputedStyle(page.body).color,
    paper: view.getComputedStyle(page.body).backgroundColor,
    resources: view.performance.getEntriesByType("resource").map(r => r.name),
  };
  document.body.innerHTML = "<pre id='out'></pre>";
  document.getElementById("out").textContent = JSON.stringify(out);
};
</script>"""


@pytest.fixture(scope="module")
def browse(tmp_path_factory):
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        # a browser is no Python package, so no extra can bring one
        pytest.skip(f"no browser is installed; looked for {', '.join(BROWSERS)}")
    folder = tmp_path_factory.mktemp("browser")

    def open_page(page, width, *more):
        (folder / "report.html").write_text(page)
        (folder / "probe.html").write_text(PROBE % width)
        command = [browser, "--headless=new", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
        command += ["--no-sandbox"] if os.getuid() == 0 else []  # a browser of root's has no sandbox
        command += ["--allow-file-access-from-files", "--enable-logging=stderr", "--disable-dev-shm-usage"]
        command += ["--window-size=1200,1000", "--virtual-time-budget=5000", *more, "--dump-dom"]
        done = subprocess.run(
            [*command, (folder / "probe.html").as_uri()], capture_output=True, text=True, timeout=120
        )
        told = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, flags=re.DOTALL)
        assert told, done.stderr[-2000:]
        console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
        return json.loads(told[1].replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")), console

    return open_page


@pytest.mark.parametrize("width", [360, 1100])
def test_a_browser_shows_every_picture_and_complains_of_nothing(browse, page, width):
    seen, console = browse(page, width)
    assert console == []
    assert seen["resources"] == []
    assert seen["overflow"] <= width
    n_pictures = len(Elements(page).of("svg")) - 1  # one of the first two is hidden
    assert len(seen["pictures"]) == n_pictures
    assert all(w > 230 and h > 130 for w, h in seen["pictures"])
    assert all(len(lines) == len(set(lines)) == 4 for lines in seen["lines"])
    assert min(seen["texts"]) > 9
    assert all(min(dot) > 8 for dot in seen["dots"])


def test_a_dark_page_for_who_wants_it(browse, page):
    def brightness(color):
        return sum(map(int, re.findall(r"\d+", color)[:3]))

    light, _ = browse(page, 800)
    dark, _ = browse(page, 800, "--blink-settings=preferredColorScheme=0")
    assert brightness(light["paper"]) > 600 > 200 > brightness(light["ink"])
    assert brightness(dark["paper"]) < 200 < 600 < brightness(dark["ink"])


def test_the_browser_would_tell_of_a_request(browse, page):
    asking = page.replace("</main>", '<img src="http://127.0.0.1:9/x.png" alt=""></main>')
    _, console = browse(asking, 800)
    assert any("Content Security Policy" in line for line in console)
