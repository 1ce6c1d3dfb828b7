"""Quality on corrupted test rows as columns of a comparison."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits, make_classification
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from synda_sk import SynDAClassifier
from synda_sk.evaluation import held_out_split, html_report, make_arms, run_protocol
from synda_sk.metrics import corrupt, corruption_robustness

LR = LogisticRegression(max_iter=1000)
X, Y = make_classification(400, 6, weights=[0.8], class_sep=1.5, random_state=0)
SMALL = {"arms": ["entropy", "random"], "label_budget": 40, "n_rounds": 2, "n_seeds": 2}


@pytest.fixture(scope="module")
def model():
    return HistGradientBoostingClassifier(max_iter=10, min_samples_leaf=2, random_state=0)


@pytest.fixture(scope="module")
def result(model):
    return run_protocol(X, Y, model, corruptions=["noise", "missing"], **SMALL)


def test_the_numbers_can_be_had_by_hand(result, model):
    train, test = held_out_split(Y, time=None, test_size=0.3, seed=1)
    arm = make_arms(["entropy"], model)["entropy"]
    arm.set_params(label_budget=40, n_rounds=2, random_state=1).fit(X[train], Y[train])
    by_hand = corruption_robustness(
        arm, X[test], Y[test], ["noise", "missing"], scoring="average_precision", random_state=1
    )
    (run,) = [run for run in result.runs if (run["arm"], run["seed"]) == ("entropy", 1)]
    assert {kind: run[f"robustness_{kind}"] for kind in by_hand} == pytest.approx(by_hand)


def test_means_in_tables_and_on_the_page(result):
    shares = [run["robustness_noise"] for run in result.runs if run["arm"] == "random"]
    row = {r["arm"]: r for r in result.comparison()}["random"]
    assert row["robustness_noise"] == pytest.approx(np.mean(shares))
    assert row["robustness_noise_standard_error"] == pytest.approx(np.std(shares, ddof=1) / np.sqrt(2))
    page = html_report(result)
    section = page[page.index("On corrupted rows") :]
    assert f"{row['robustness_noise']:.3f}" in section
    without = run_protocol(X, Y, LR, **SMALL)
    assert "On corrupted rows" not in html_report(without)
    assert not any(name.startswith("robustness") for name in {*without.runs[0], *without.comparison()[0]})


def test_all_arms_of_a_seed_see_the_same_corrupted_rows():
    class Noting(LogisticRegression):
        seen = []

        def predict_proba(self, X):
            self.seen.append(X.copy())
            return super().predict_proba(X)

    settings = {"label_budget": 40, "n_rounds": 1, "n_seeds": 2}
    rows = {}
    for name in ("first", "second"):
        Noting.seen.clear()
        arms = {name: SynDAClassifier(Noting(), random_state=0)}
        run_protocol(X, Y, arms=arms, corruptions=["noise"], **settings)
        rows[name] = [x.tobytes() for x in Noting.seen if len(x) == 120]
    assert rows["first"] == rows["second"]
    assert len(set(rows["first"])) == 2 * (1 + 3)  # each seed's rows, clean and of three severities


def test_images_are_blurred_as_images():
    images, labels = load_digits(return_X_y=True)
    images, labels = images[labels < 3].reshape(-1, 8, 8), labels[labels < 3]
    settings = {"arms": ["random"], "label_budget": 40, "n_rounds": 1, "n_seeds": 1}
    kinds = ["noise", "blur", "brightness"]
    (run,) = run_protocol(images, labels, LR, corruptions=kinds, **settings).runs
    train, test = held_out_split(labels, time=None, test_size=0.3, seed=0)
    arm = make_arms(["random"], LR)["random"].set_params(label_budget=40, n_rounds=1, random_state=0)
    flat = images.reshape(len(images), -1)
    arm.fit(flat[train], labels[train])

    class OnPictures(ClassifierMixin, BaseEstimator):
        classes_ = arm.classes_

        def predict(self, X):
            return arm.predict(X.reshape(len(X), -1))

    by_hand = corruption_robustness(OnPictures(), images[test], labels[test], kinds, random_state=0)
    assert {kind: run[f"robustness_{kind}"] for kind in kinds} == pytest.approx(by_hand)
    with pytest.raises(ValueError, match=r"corruptions holds 'blur'.*a table"):
        run_protocol(flat, labels, LR, corruptions=["blur"], **settings)


def test_brightness_goes_both_ways_and_keeps_the_range():
    pictures = np.full((50, 4, 4), 100, dtype=np.uint8)
    worse = corrupt(pictures, "brightness", 0.2, random_state=0)
    assert set(worse.mean(axis=(1, 2)).tolist()) == {49.0, 151.0}
    assert set(np.unique(corrupt(pictures, "brightness", 1.0, random_state=0))) == {0, 255}


def test_a_model_that_cannot_take_such_rows_is_named():
    with pytest.raises(ValueError, match=r"corruptions holds 'missing'; arm 'entropy' cannot"):
        run_protocol(X, Y, LR, corruptions=["missing"], **SMALL)
