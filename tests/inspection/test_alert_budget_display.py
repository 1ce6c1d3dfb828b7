import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from synda_sk.inspection import AlertBudgetDisplay
from synda_sk.metrics import precision_at_alert_budget, recall_at_alert_budget, value_at_alert_budget

figure = pytest.importorskip("matplotlib.figure")


def make_ax():
    return figure.Figure(figsize=(3.5, 3), layout="constrained").subplots()


@settings(max_examples=15)
@given(st.integers(0, 1000), st.sampled_from(["recall", "precision", "value"]))
def test_each_point_is_the_measure_at_its_budget(seed, measure):
    rng = np.random.default_rng(seed)
    y, day = np.r_[1, rng.integers(0, 2, 30)], rng.integers(0, 4, 31)
    score, amount = rng.integers(0, 5, 31) / 5, rng.lognormal(size=31)
    display = AlertBudgetDisplay.from_predictions(
        y, score, day=day, amount=amount, measure=measure, max_alerts=6, ax=make_ax()
    )
    line = display.lines_["model"]
    for k, found in zip(*line.get_data(), strict=True):
        at = {
            "recall": lambda k: recall_at_alert_budget(y, score, k, day=day),
            "precision": lambda k: precision_at_alert_budget(y, score, k, day=day),
            "value": lambda k: value_at_alert_budget(y, score, amount, k, day=day),
        }[measure]
        assert found == pytest.approx(at(int(k)))
    assert (line.get_ydata() <= np.asarray(display.best)[: len(line.get_ydata())] + 1e-9).all()


def test_several_models_share_a_picture_and_differ_in_more_than_colour():
    X, y = make_classification(200, 4, n_redundant=0, weights=[0.9], random_state=0)
    labels = np.where(y == 1, "fraud", "genuine")
    models = {
        "tree": DecisionTreeClassifier(max_depth=3).fit(X, labels),
        "logistic": LogisticRegression().fit(X, labels),
        "margin": LinearSVC().fit(X, labels),
    }
    ax = make_ax()
    display = AlertBudgetDisplay.from_estimator(
        models, X, labels, pos_label="fraud", day=np.repeat(np.arange(10), 20), ax=ax
    )
    assert display.ax_ is ax
    assert list(display.lines_) == list(models)
    assert len({line.get_linestyle() for line in display.lines_.values()}) == 3
    assert len({line.get_color() for line in display.lines_.values()}) == 3
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == [*models, "perfect order", "random order"]
    for name in ("tree", "logistic", "margin"):
        assert display.lines_[name].get_ydata()[-1] > 0.7
    assert np.asarray(display.best)[-1] == 1
    display.figure_.canvas.draw()


def test_one_model_goes_by_its_class_and_money_is_the_measure_where_it_is_given():
    X, y = make_classification(100, 4, random_state=0)
    model = LogisticRegression().fit(X, y)
    display = AlertBudgetDisplay.from_estimator(model, X, y, amount=np.ones(100), ax=make_ax())
    assert list(display.lines_) == ["LogisticRegression"]
    assert display.ax_.get_ylabel() == "Share of the money found"
    assert display.ax_.get_xlabel() == "Alerts a day"
