import io

import pytest
from sklearn.datasets import load_iris

from synda_sk import SyntheticAugmenter
from synda_sk.augmentation import GeneratorReport
from synda_sk.inspection import FidelityDisplay

figure = pytest.importorskip("matplotlib.figure")

FIGURES = {
    "two_sample_auc": {"synthetic": 0.8, "real": 0.5},
    "frechet_distance": {"synthetic": 7.0, "real": 3.0},
    "test_score": {"synthetic": 0.7, "real": 0.9},
    "membership_auc": {"synthetic": 0.6, "real": 0.5},
}
COLUMNS = {name: {"synthetic": 0.9 - k / 10, "real": 0.95} for k, name in enumerate("abc")}


@pytest.fixture
def ax():
    return figure.Figure(figsize=(3.5, 3), layout="constrained").subplots()


def make_report(**changed):
    given = {
        "generator": "copula",
        "n_train": 50,
        "n_holdout": 50,
        "n_synthetic": 50,
        "scoring": "roc_auc",
        "fit_seconds": 0.1,
        "figures": FIGURES,
        "columns": COLUMNS,
    }
    return GeneratorReport(**given | changed)


def labels(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_a_line_a_figure_and_the_worst_columns_first(ax):
    display = FidelityDisplay.from_report(make_report(), n_columns=2, ax=ax)
    assert labels(ax) == [
        "fidelity",
        "two-sample AUC",
        "usefulness",
        "trained on it, roc auc",
        "privacy",
        "membership AUC",
        "worst columns",
        "c",
        "b",
    ]
    x, y = display.synthetic_.get_data()
    assert list(x) == pytest.approx([0.8, 0.7, 0.6, 0.7, 0.8])
    assert list(y) == [1, 3, 5, 7, 8]
    assert list(display.real_.get_xdata()) == [0.5, 0.9, 0.5, 0.95, 0.95]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_axes_and_figure_are_kept_and_self_returned(ax):
    display = FidelityDisplay(FIGURES)
    assert display.plot(ax=ax) is display
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert "worst columns" not in labels(ax)


def test_dots_differ_in_colour_and_in_fill(ax):
    display = FidelityDisplay(FIGURES).plot(ax=ax)
    assert display.real_.get_markerfacecolor() == "white"
    assert display.synthetic_.get_color() != display.real_.get_color()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["real rows", "synthetic rows"]


def test_an_augmenter_is_measured_and_left_alone(ax):
    augmenter = SyntheticAugmenter("copula")
    display = FidelityDisplay.from_estimator(augmenter, *load_iris(return_X_y=True), ax=ax, random_state=0)
    assert not hasattr(augmenter, "generator_")
    assert ax.get_title(loc="left") == "copula, 75 rows"
    file = io.BytesIO()
    display.figure_.savefig(file, format="png")
    assert file.getvalue().startswith(b"\x89PNG")
