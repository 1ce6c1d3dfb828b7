import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.tree import DecisionTreeClassifier

from synda_sk import CurriculumMixer, SigmoidSchedule, SynDAClassifier
from synda_sk.inspection import MixingScheduleDisplay
from synda_sk.mixing import AdaptiveRatio

figure = pytest.importorskip("matplotlib.figure")

STAGE = {"beta": 0.1, "ratio": 0.5, "kept": 5, "performance": None, "consistency": None}


def axes(n):
    return figure.Figure(figsize=(3.5, 3), layout="constrained").subplots(n, squeeze=False).ravel()


def replayed(mixer=None):
    X, y = make_classification(150, 4, n_redundant=0, random_state=0)
    clf = SynDAClassifier(
        DecisionTreeClassifier(max_depth=3),
        mixer=mixer,
        query_estimator=None,
        initial="random",
        label_budget=60,
        n_rounds=3,
        random_state=0,
    )
    return clf.fit(X, y)


def test_each_line_is_a_column_of_the_history():
    clf = replayed(CurriculumMixer(ratio=AdaptiveRatio(2.0), schedule=SigmoidSchedule(gain=2.0)))
    given = axes(3)
    display = MixingScheduleDisplay.from_estimator(clf, axes=given)
    assert list(display.axes_) == list(given)
    assert display.figure_ is given[0].figure
    for name, line in display.lines_.items():
        drawn = [None if np.isnan(value) else value for value in line.get_ydata()]
        assert drawn == [stage[name] for stage in clf.history_], name
    assert set(display.lines_) == {"beta", "ratio", "performance", "consistency"}
    assert [text.get_text() for text in given[2].get_legend().get_texts()] == [
        "Performance $P_t$",
        "Consistency $C_t$",
    ]


def test_what_was_never_computed_has_no_axes_and_no_rows_mean_a_ratio_of_0():
    clf = replayed(CurriculumMixer(synthetic_weight=0.0))
    display = MixingScheduleDisplay.from_estimator(clf, axes=axes(2))
    assert len(display.axes_) == 2
    assert display.lines_["ratio"].get_ydata().tolist() == [0.0] * len(clf.history_)
    assert display.axes_[-1].get_xlabel() == "Stage"


def test_a_gap_is_a_gap_and_every_value_is_inside():
    history = [STAGE, STAGE | {"performance": 0.7}, STAGE | {"ratio": None}, STAGE | {"ratio": 6.0}]
    display = MixingScheduleDisplay(history).plot(axes=axes(3))
    assert np.isnan(display.lines_["ratio"].get_ydata()).tolist() == [False, False, True, False]
    assert np.isnan(display.lines_["performance"].get_ydata()).tolist() == [True, False, True, True]
    assert display.axes_[1].get_ylim()[1] > 6.0
    display.figure_.canvas.draw()
