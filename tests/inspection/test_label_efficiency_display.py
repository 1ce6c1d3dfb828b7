import io

import numpy as np
import pytest

from synda_sk.inspection import LabelEfficiencyDisplay
from synda_sk.metrics import isotonic_curve

figure = pytest.importorskip("matplotlib.figure")


@pytest.fixture
def ax():
    return figure.Figure(figsize=(3.5, 2.8), layout="constrained").subplots()


def make_records(n_seeds=3, arms=("synda", "random"), measure="average_precision"):
    rng = np.random.default_rng(0)
    return [
        {
            "arm": arm,
            "seed": seed,
            "n_labels": n,
            measure: n / 100 * (0.9 if arm == "synda" else 0.5) + rng.random() / 50,
        }
        for arm in arms
        for seed in range(n_seeds)
        for n in (20, 40, 60)
    ]


def test_lines_are_means_and_bands_one_standard_error(ax):
    records = make_records()
    display = LabelEfficiencyDisplay.from_results({"rounds": records}, ax=ax)
    scores = np.array([r["average_precision"] for r in records if r["arm"] == "synda"]).reshape(3, 3)
    x, y = display.lines_["synda"].get_data()
    assert list(x) == [20, 40, 60]
    np.testing.assert_allclose(y, scores.mean(axis=0))
    top = display.bands_["synda"].get_datalim(ax.transData).y1
    assert top == pytest.approx((scores.mean(axis=0) + scores.std(axis=0, ddof=1) / np.sqrt(3)).max())


def test_the_level_is_the_final_isotonic_quality_of_the_reference(ax):
    records = make_records()
    display = LabelEfficiencyDisplay.from_results(records, ax=ax)
    scores = np.array([r["average_precision"] for r in records if r["arm"] == "random"]).reshape(3, 3)
    assert display.level_.get_ydata()[0] == pytest.approx(isotonic_curve([20, 40, 60], scores)[-1])


def test_axes_and_figure_are_kept_and_self_returned(ax):
    display = LabelEfficiencyDisplay({"a": [1, 2]}, {"a": [[0.1, 0.2]]}, measure="roc_auc")
    assert display.plot(ax=ax) is display
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert ax.get_xlabel() == "Labels"
    assert ax.get_ylabel() == "Roc auc"


def test_one_seed_has_no_band_and_no_reference_no_level(ax):
    display = LabelEfficiencyDisplay.from_results(make_records(n_seeds=1, arms=("synda",)), ax=ax)
    assert display.bands_ == {}
    assert display.level_ is None


def test_arms_differ_in_colour_and_marker(ax):
    arms = tuple("abcdef")
    display = LabelEfficiencyDisplay.from_results(make_records(arms=arms), ax=ax)
    looks = {(line.get_color(), line.get_marker()) for line in display.lines_.values()}
    assert len({color for color, _ in looks}) == len({marker for _, marker in looks}) == len(arms)


def test_several_classes_are_drawn_by_balanced_accuracy(ax):
    display = LabelEfficiencyDisplay.from_results(make_records(measure="balanced_accuracy"), ax=ax)
    assert display.measure == "balanced_accuracy"


@pytest.mark.parametrize(
    ("method", "reference", "text"),
    [
        ([0.1, 0.9, 0.9], [0.1, 0.2, 0.9], "m: 50% of labels saved"),
        ([0.1, 0.2, 0.9], [0.1, 0.9, 0.9], "m: 100% more labels needed"),
        ([0.1, 0.2, 0.3], [0.1, 0.2, 0.9], "m"),
    ],
)
def test_the_legend_tells_the_labels_saved(ax, method, reference, text):
    counts = {"m": [20, 40, 80], "r": [20, 40, 80]}
    LabelEfficiencyDisplay(counts, {"m": [method], "r": [reference]}, reference="r").plot(ax=ax)
    assert [entry.get_text() for entry in ax.get_legend().get_texts()] == [text, "r", "final quality of r"]


def test_it_can_be_written_as_a_picture(ax):
    display = LabelEfficiencyDisplay.from_results(make_records(), ax=ax)
    file = io.BytesIO()
    display.figure_.savefig(file, format="png")
    assert file.getvalue().startswith(b"\x89PNG")
