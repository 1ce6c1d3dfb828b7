import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_iris

from synda_sk import QualityFilter, SyntheticAugmenter
from synda_sk.inspection import QualityScoreDisplay
from synda_sk.quality import GlobalThreshold

figure = pytest.importorskip("matplotlib.figure")

X, Y = (part[:120] for part in load_iris(return_X_y=True))


def axes(n):
    return figure.Figure(figsize=(3.5, 3), layout="constrained").subplots(n, squeeze=False).ravel()


def fitted(**settings):
    return QualityFilter(SyntheticAugmenter("kde", ratio=3.0), random_state=0, **settings).fit(X, Y)


def heights(ax):
    """Rows in all bars of each reason."""
    return {bars.get_label(): sum(bar.get_height() for bar in bars) for bars in ax.containers}


def test_bars_count_the_rows_of_each_class_by_what_became_of_them():
    judged = fitted(threshold=0.7, min_distance=0.5)
    display = QualityScoreDisplay.from_estimator(judged, axes=axes(3))
    for ax, label in zip(display.axes_, np.unique(Y), strict=True):
        own = judged.reasons_[judged.labels_ == label]
        assert heights(ax) == {name: (own == name).sum() for name in ("kept", "low quality", "near copy")}
        assert ax.get_title(loc="left").startswith(f"class {label}: ")
    names = [text.get_text() for text in display.axes_[0].get_legend().get_texts()]
    assert names == ["kept", "low quality", "near copy", "threshold"]
    display.figure_.canvas.draw()


def test_the_threshold_of_a_class_parts_kept_from_low_quality():
    judged = fitted(threshold=0.6)
    display = QualityScoreDisplay.from_estimator(judged, axes=axes(3))
    for label, cut in display.thresholds_.items():
        own = judged.labels_ == label
        assert_array_equal(judged.accepted_[own], judged.quality_[own] >= cut)
    assert len(set(display.thresholds_.values())) == 3


def test_a_global_threshold_is_one_line_and_none_is_no_line():
    judged = fitted(threshold=GlobalThreshold(0.4))
    display = QualityScoreDisplay.from_estimator(judged, axes=axes(3))
    assert display.thresholds_ == {0: 0.4, 1: 0.4, 2: 0.4}
    everything = QualityScoreDisplay.from_estimator(fitted(), axes=axes(3))
    assert everything.thresholds_ == {}


def test_a_threshold_nothing_reaches_is_in_the_picture():
    labels = np.array(["a", "b"], dtype=object)
    display = QualityScoreDisplay([0.1, 0.2], labels, ["low quality"] * 2, threshold=0.9).plot(axes=axes(2))
    assert display.axes_[0].get_xlim()[1] >= 0.9
    assert display.thresholds_ == {"a": 0.9, "b": 0.9}
