"""What SynDAClassifier.fit does with full and partly missing labels, with and without a budget."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from synda_sk import (
    CurriculumMixer,
    HybridQuerySelector,
    LinearBudget,
    QualityFilter,
    RandomQuerySelector,
    SynDAClassifier,
    SyntheticAugmenter,
)
from synda_sk.exceptions import BudgetClippedWarning, InertParameterWarning
from synda_sk.mixing import AdaptiveRatio
from synda_sk.utils import TableEncoder

LR = LogisticRegression(max_iter=1000)


@pytest.fixture(scope="module")
def data():
    return make_classification(400, 8, weights=[0.85], n_informative=5, random_state=3)


def frame_of(X):
    return pd.DataFrame(X, columns=[f"c{k}" for k in range(X.shape[1])])


@pytest.mark.parametrize(
    "estimator",
    [
        LR,
        RandomForestClassifier(20, random_state=0),
        HistGradientBoostingClassifier(random_state=0),
        KNeighborsClassifier(),
        make_pipeline(StandardScaler(), LR),
    ],
    ids=lambda e: type(e).__name__,
)
def test_without_synthetic_rows_fit_is_the_estimators_own(data, estimator):
    X, y = data
    ours = SynDAClassifier(estimator, mixer=CurriculumMixer(synthetic_weight=0), random_state=1).fit(X, y)
    assert_array_equal(ours.predict_proba(X), clone(estimator).fit(X, y).predict_proba(X))
    assert ours.weighting_ == "none"


def test_the_final_stage_of_a_replay_is_the_estimator_on_the_revealed_rows(data):
    X, y = data
    forest = RandomForestClassifier(20, random_state=0)
    ours = SynDAClassifier(forest, label_budget=120, random_state=0).fit(X, y)
    rows = np.flatnonzero(ours.labeled_iter_ >= 0)
    assert ours.history_[-1]["beta"] == 0
    assert_array_equal(ours.predict_proba(X), clone(forest).fit(X[rows], y[rows]).predict_proba(X))


def test_a_set_random_state_is_kept_and_a_free_one_is_seeded(data):
    X, y = data
    kept = SynDAClassifier(RandomForestClassifier(5, random_state=7), random_state=0).fit(X, y)
    free = [SynDAClassifier(RandomForestClassifier(5), random_state=0).fit(X, y) for _ in range(2)]
    assert kept.estimator_.random_state == 7
    assert_array_equal(free[0].predict_proba(X), free[1].predict_proba(X))


@settings(max_examples=15)
@given(
    budget=st.one_of(st.integers(2, 90), st.floats(0.05, 1.0)),
    n_rounds=st.integers(1, 4),
    share=st.floats(0.05, 1.0),
    missing=st.integers(0, 40),
    seed=st.integers(0, 100),
)
def test_budget_is_never_exceeded_and_the_account_adds_up(budget, n_rounds, share, missing, seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(130, 3))
    y = (X[:, 0] + rng.normal(size=130) > 1).astype(float)
    y[rng.choice(130, missing, replace=False)] = np.nan
    clf = SynDAClassifier(
        LR, label_budget=budget, n_rounds=n_rounds, initial_labels=share, classes=[0, 1], random_state=seed
    ).fit(X, y)
    n_known = 130 - missing
    allowed = budget if isinstance(budget, int) else max(1, round(budget * n_known))
    assert clf.n_labels_ == min(allowed, n_known)
    assert [h["n_labels"] for h in clf.history_] == sorted({h["n_labels"] for h in clf.history_})
    assert len(clf.history_) <= n_rounds + 1
    revealed = np.flatnonzero(clf.labeled_iter_ >= 0)
    assert len(revealed) == clf.n_labels_
    assert not np.isnan(y[revealed]).any()
    for step, stage in enumerate(clf.history_):
        assert_array_equal(np.sort(stage["batch"]), np.flatnonzero(clf.labeled_iter_ == step))
        assert sum(stage["n_per_class"].values()) == stage["n_labels"]


LEAK_CASES = {
    "int budget": dict(label_budget=60),
    "share": dict(label_budget=0.3),
    "diverse": dict(label_budget=60, initial="diverse"),
    "density": dict(label_budget=60, selector=HybridQuerySelector(0.5, density="cosine", redundancy="sum")),
    "synthetic": dict(
        label_budget=60,
        mixer=CurriculumMixer(synthetic_weight=0.2, ratio=AdaptiveRatio(), complexity="margin"),
        quality_filter=QualityFilter(threshold=0.7),
    ),
}


@pytest.mark.parametrize("case", LEAK_CASES)
@pytest.mark.parametrize("labels", ["int", "string", "partly missing"])
def test_labels_not_revealed_influence_nothing(data, case, labels):
    X, y = data
    y = y.astype(object) if labels == "partly missing" else y
    if labels == "string":
        y = np.array(["genuine", "fraud"])[y]
    if labels == "partly missing":
        y[::5] = None
    classes = np.unique(y[y != None])  # noqa: E711
    clf = SynDAClassifier(RandomForestClassifier(10), classes=classes, random_state=2)
    clf.set_params(n_rounds=3, **LEAK_CASES[case])
    first = clone(clf).fit(X, y)
    hidden = np.flatnonzero((first.labeled_iter_ < 0) & np.array([v is not None for v in y]))
    permuted = y.copy()
    permuted[hidden] = np.random.default_rng(9).permutation(y[hidden])
    assert not np.array_equal(permuted, y)
    second = clone(clf).fit(X, permuted)
    assert_array_equal(first.predict_proba(X), second.predict_proba(X))
    assert_array_equal(first.labeled_iter_, second.labeled_iter_)
    account = [{k: v for k, v in h.items() if k != "seconds"} for h in first.history_]
    assert account == [{k: v for k, v in h.items() if k != "seconds"} for h in second.history_]


def test_one_seed_gives_common_random_numbers_over_a_grid(data):
    X, y = data
    first_labels = set()
    for weight in (0.0, 0.3):
        for uncertainty in (0.2, 1.0):
            clf = SynDAClassifier(
                RandomForestClassifier(10),
                selector=HybridQuerySelector(uncertainty),
                mixer=CurriculumMixer(synthetic_weight=weight),
                label_budget=60,
                random_state=4,
            ).fit(X, y)
            first_labels.add(tuple(clf.history_[0]["batch"]))
    assert len(first_labels) == 1


def test_containers_give_the_same_numbers(data):
    X, y = data
    pandas_frame = frame_of(X)
    clf = SynDAClassifier(make_pipeline(TableEncoder(), LR), label_budget=60, random_state=0)
    reference = clone(clf).fit(X, y).predict_proba(X)
    assert_array_equal(clone(clf).fit(pandas_frame, y).predict_proba(pandas_frame), reference)
    polars_frame = pl.from_pandas(pandas_frame)
    assert_array_equal(clone(clf).fit(polars_frame, pl.Series(y)).predict_proba(polars_frame), reference)


def test_frames_with_datetimes_give_the_same_numbers_in_pandas_and_polars(mixed_frame):
    X, y = mixed_frame
    X = X.assign(when=pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(len(X)) * 37, unit="min"))
    X.loc[5, "when"] = pd.NaT
    clf = SynDAClassifier(
        label_budget=60, n_rounds=2, mixer=CurriculumMixer(synthetic_weight=0.2), random_state=0
    )
    reference = clone(clf).fit(X, y).predict_proba(X)
    polars_frame = pl.from_pandas(X)
    assert_array_equal(clone(clf).fit(polars_frame, y).predict_proba(polars_frame), reference)


def test_mixed_frame_with_missing_values_works_by_default(mixed_frame):
    X, y = mixed_frame
    clf = SynDAClassifier(label_budget=80, n_rounds=3, random_state=0, store_stages=True).fit(X, y)
    assert clf.score(X, y) > 0.85
    assert len(list(clf.staged_predict_proba(X))) == len(clf.history_) == 4
    assert_array_equal(list(clf.staged_predict_proba(X))[-1], clf.predict_proba(X))


@pytest.mark.parametrize("marker", [np.nan, None, pd.NA, -1])
@pytest.mark.parametrize("strings", [False, True])
def test_missing_labels_become_the_pool(data, marker, strings):
    X, y = data
    labels = np.array(["genuine", "fraud"], dtype=object)[y] if strings else y.astype(object)
    labels[100:] = marker
    if isinstance(marker, int) and not strings:
        labels = labels.astype(int)
    missing_label = -1 if isinstance(marker, int) else "auto"
    real = CurriculumMixer(synthetic_weight=0)
    clf = SynDAClassifier(LR, mixer=real, random_state=0, missing_label=missing_label).fit(X, labels)
    assert clf.n_labels_ == 100
    assert_array_equal(clf.labeled_iter_ < 0, np.arange(400) >= 100)
    expected = clone(LR).fit(X[:100], labels[:100].tolist())
    assert_array_equal(clf.classes_, expected.classes_)
    assert_array_equal(clf.predict_proba(X), expected.predict_proba(X))


def test_minus_one_is_a_class_unless_asked(data):
    X, y = data
    assert SynDAClassifier(LR).fit(X, np.where(y == 1, 1, -1)).classes_.tolist() == [-1, 1]


def test_one_class_gives_a_constant_predictor(data):
    X, _ = data
    clf = SynDAClassifier(LR, classes=["fraud", "genuine"]).fit(X, ["genuine"] * len(X))
    assert set(clf.predict(X)) == {"genuine"}
    assert_array_equal(clf.predict_proba(X)[0], [0.0, 1.0])
    assert (clf.decision_function(X) > 0).all()
    assert clf.predict_proba(X).shape == (len(X), 2)


def test_no_label_at_all_works_where_the_classes_are_named(data):
    X, _ = data
    clf = SynDAClassifier(LR, classes=[0, 1], random_state=0).fit(X, np.full(len(X), np.nan))
    assert clf.n_labels_ == 0
    assert_array_equal(clf.predict_proba(X), np.full((len(X), 2), 0.5))
    assert len(clf.query(n_queries=10)) == 10


def test_a_class_unseen_at_first_has_probability_zero(data):
    X, _ = data
    y = np.arange(len(X)) % 3
    clf = SynDAClassifier(LR, classes=[0, 1, 2], initial=[0, 1, 3, 4], label_budget=4, random_state=0).fit(
        X, y
    )
    assert clf.predict_proba(X).shape == (len(X), 3)
    assert (clf.predict_proba(X)[:, 2] == 0).all()
    assert clf.decision_function(X).shape == (len(X), 3)
    assert (clf.decision_function(X).argmax(axis=1) != 2).all()


@pytest.mark.parametrize("initial", ["auto", "random", "diverse", "anomaly"])
def test_every_start_reveals_as_many_labels_as_asked(data, initial):
    X, y = data
    clf = SynDAClassifier(LR, label_budget=50, initial_labels=23, initial=initial, random_state=0).fit(X, y)
    assert clf.history_[0]["n_labels"] == 23


def test_initial_rows_can_be_named(data):
    X, y = data
    clf = SynDAClassifier(LR, label_budget=50, initial=[5, 3, 8], random_state=0).fit(X, y)
    assert clf.history_[0]["batch"] == [3, 5, 8]


def test_linear_budget_caps_each_round(data):
    X, y = data
    clf = SynDAClassifier(
        LR,
        selector=HybridQuerySelector(batch_size=LinearBudget(4, 3, 9)),
        label_budget=60,
        initial_labels=20,
        n_rounds=2,
        random_state=0,
    ).fit(X, y)
    assert [len(h["batch"]) for h in clf.history_] == [20, 4, 7, 9, 9, 9, 2]


def test_a_budget_above_the_known_rows_is_clipped_with_a_warning(data):
    X, y = data
    with pytest.warns(BudgetClippedWarning, match="400"):
        clf = SynDAClassifier(LR, label_budget=1000, random_state=0).fit(X, y)
    assert clf.n_labels_ == 400


def test_an_unused_selector_is_said_once(data):
    X, y = data
    with pytest.warns(InertParameterWarning, match=r"unused by fit, used by query\(\)") as caught:
        SynDAClassifier(LR, selector=HybridQuerySelector(0.5)).fit(X, y)
    assert len(caught) == 1


def test_synthetic_rows_enter_only_behind_the_gate(data):
    X, y = data
    forest, piped = RandomForestClassifier(5), make_pipeline(StandardScaler(), RandomForestClassifier(5))
    for estimator, n_rare, with_pool, beta in [
        (forest, 2, False, 0.8),
        (forest, 3, False, 0.0),
        (piped, 19, True, 0.8),
        (piped, 20, True, 0.0),
        (LR, 39, True, 0.8),
        (LR, 39, False, 0.0),
        (HistGradientBoostingClassifier(max_iter=5), 39, False, 0.8),
        (LR, 40, True, 0.0),
        (HistGradientBoostingClassifier(max_iter=5), 39, True, 0.8),
        (GaussianNB(), 5, True, 0.0),
        (LogisticRegression(class_weight="balanced"), 5, True, 0.0),
        (LinearDiscriminantAnalysis(), 5, True, 0.0),
    ]:
        known = np.r_[np.flatnonzero(y == 0)[:60], np.flatnonzero(y == 1)[:n_rare]]
        if with_pool:
            partly = np.full(len(y), np.nan)
            partly[known] = y[known]
            clf = SynDAClassifier(estimator, random_state=0).fit(X, partly)
        else:
            clf = SynDAClassifier(estimator, random_state=0).fit(X[known], y[known])
        assert clf.history_[0]["beta"] == beta
        assert (clf.history_[0]["kept"] > 0) == (beta > 0)


def test_rows_of_the_pool_are_used_and_no_label_of_theirs(data):
    X, y = data
    known = np.r_[np.flatnonzero(y == 0)[:40], np.flatnonzero(y == 1)[:6]]
    partly = np.full(len(y), np.nan)
    partly[known] = y[known]
    seen = []

    class Recording(LogisticRegression):
        def fit(self, X, y, sample_weight=None):
            seen.append((X, y, sample_weight))
            return super().fit(X, y, sample_weight)

    clf = SynDAClassifier(Recording(), random_state=0).fit(X, partly)
    rows, _, weight = seen[-1]
    pool = X[np.isnan(partly)]
    assert all((pool == row).all(axis=1).any() for row in rows[46:])
    assert weight[46:].sum() / weight.sum() == pytest.approx(0.8)
    assert clf.history_[0]["generated"] == clf.history_[0]["kept"] == len(rows) - 46
    without = SynDAClassifier(Recording(), augmenter=SyntheticAugmenter(use_pool=False), random_state=0)
    assert without.fit(X, partly).history_[0]["kept"] == 0


@pytest.mark.parametrize("model", [RandomForestClassifier(10), LR], ids=["forest", "linear"])
def test_rows_of_the_pool_leak_no_label_that_was_not_revealed(data, model):
    X, y = data
    asked = {"initial": "random", "initial_labels": 25, "label_budget": 40, "n_rounds": 2}
    clf = SynDAClassifier(model, classes=[0, 1], random_state=1, **asked)
    first = clone(clf).fit(X, y)
    rarest = [min(h["n_per_class"].values()) for h in first.history_]
    assert [h["beta"] for h in first.history_] == [
        0.8 if model is LR or k == 0 else 0.1 if n < 10 else 0.0 for k, n in enumerate(rarest)
    ]
    hidden = np.flatnonzero(first.labeled_iter_ < 0)
    permuted = y.copy()
    permuted[hidden] = np.random.default_rng(9).permutation(y[hidden])
    second = clone(clf).fit(X, permuted)
    assert_array_equal(first.predict_proba(X), second.predict_proba(X))
    assert_array_equal(first.labeled_iter_, second.labeled_iter_)


def test_beta_reaches_every_kind_of_estimator(data):
    X, y = data
    for estimator, route in [
        (RandomForestClassifier(5), "sample_weight"),
        (make_pipeline(StandardScaler(), LR), "step"),
        (KNeighborsClassifier(), "resample"),
    ]:
        clf = SynDAClassifier(estimator, mixer=CurriculumMixer(synthetic_weight=0.3), random_state=0).fit(
            X, y
        )
        assert clf.weighting_ == route
        assert clf.history_[0]["beta"] == 0.3


def test_the_curriculum_lets_more_rows_in_round_by_round(data):
    X, y = data
    clf = SynDAClassifier(
        LR,
        mixer=CurriculumMixer(synthetic_weight=0.2, complexity="distance", ratio=2.0, n_warmup_rounds=4),
        label_budget=60,
        n_rounds=5,
        random_state=0,
    ).fit(X, y)
    thresholds = [h["complexity"] for h in clf.history_]
    shares = [h["kept"] / h["generated"] for h in clf.history_]
    assert thresholds == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0, 1.0])
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_feedback_is_computed_only_where_asked(data):
    X, y = data
    plain = SynDAClassifier(LR, label_budget=60, random_state=0).fit(X, y)
    assert all(h["performance"] is None and h["consistency"] is None for h in plain.history_)
    adaptive = SynDAClassifier(
        LR,
        mixer=CurriculumMixer(synthetic_weight=0.2, ratio=AdaptiveRatio(2.0)),
        quality_filter=QualityFilter(threshold=0.9),
        label_budget=60,
        n_rounds=3,
        random_state=0,
    ).fit(X, y)
    assert all(0 <= h["performance"] <= 1 and 0 <= h["consistency"] <= 1 for h in adaptive.history_)


def test_random_labelling_is_a_selector_like_any_other(data):
    X, y = data
    clf = SynDAClassifier(
        LR, selector=RandomQuerySelector(), initial="random", label_budget=60, random_state=0
    ).fit(X, y)
    assert clf.n_labels_ == 60
    assert sum(h["exploration"] for h in clf.history_) == 0


def test_an_estimator_without_probabilities_can_be_used(data):
    X, y = data
    clf = SynDAClassifier(RidgeClassifier(), label_budget=60, random_state=0).fit(X, y)
    assert not hasattr(clf, "predict_proba")
    assert clf.decision_function(X).shape == (400,)
    assert len(clf.query(X[:50], 5)) == 5


def test_features_of_the_estimator_can_steer_the_choice(data):
    X, y = data
    pipe = make_pipeline(StandardScaler(), LR)
    for features in ("estimator", StandardScaler(), lambda Z: Z[:, :2]):
        clf = SynDAClassifier(
            pipe,
            features=features,
            selector=HybridQuerySelector(0.8),
            label_budget=40,
            n_rounds=2,
            random_state=0,
        ).fit(X, y)
        assert clf.n_labels_ == 40


def test_weights_of_the_user_are_kept(data):
    X, y = data
    weight = np.linspace(0.1, 2, len(y))
    ours = SynDAClassifier(LR).fit(X, y, sample_weight=weight)
    assert_array_equal(ours.predict_proba(X), clone(LR).fit(X, y, sample_weight=weight).predict_proba(X))


def test_to_predictor_predicts_the_same_and_holds_no_rows(data):
    import pickle

    X, y = data
    clf = SynDAClassifier(LR, label_budget=60, random_state=0).fit(X, y)
    predictor = clf.to_predictor()
    assert_array_equal(predictor.predict_proba(X), clf.predict_proba(X))
    assert X[7].tobytes() in pickle.dumps(clf)
    assert X[7].tobytes() not in pickle.dumps(predictor)


def test_n_jobs_changes_nothing_but_time(data):
    X, y = data
    one = SynDAClassifier(RandomForestClassifier(10), random_state=0, n_jobs=1, label_budget=40).fit(X, y)
    two = SynDAClassifier(RandomForestClassifier(10), random_state=0, n_jobs=2, label_budget=40).fit(X, y)
    assert two.estimator_.n_jobs == 2
    assert_array_equal(one.predict_proba(X), two.predict_proba(X))


def test_verbose_writes_a_line_a_stage(data, capsys):
    X, y = data
    SynDAClassifier(LR, label_budget=40, n_rounds=2, random_state=0, verbose=1).fit(X, y)
    assert capsys.readouterr().err.count("labels") == 3


def test_callbacks_of_scikit_learn_see_every_stage(data):
    X, y = data
    pytest.importorskip("sklearn.callback", reason="scikit-learn below 1.9 has no callbacks")

    class Log:
        def __init__(self):
            self.begun = []

        def setup(self, estimator, context):
            pass

        def on_fit_task_begin(self, estimator, context):
            self.begun.append(context.task_name)

        def on_fit_task_end(self, estimator, context):
            pass

        def teardown(self, estimator, context):
            pass

    log = Log()
    SynDAClassifier(LR, label_budget=40, n_rounds=2, random_state=0).set_callbacks(log).fit(X, y)
    assert log.begun == ["fit", "stage", "stage", "stage"]


def test_inclusion_probabilities_are_logged_for_every_row_bought(data):
    X, y = data
    selector = HybridQuerySelector(exploration=0.25)
    clf = SynDAClassifier(LR, selector=selector, label_budget=80, n_rounds=3, random_state=0).fit(X, y)
    assert clf.history_[0]["inclusion"] is None
    for stage in clf.history_[1:]:
        assert len(stage["inclusion"]) == len(stage["batch"])
        assert all(0 < p <= 1 for p in stage["inclusion"])
        assert min(stage["inclusion"]) < 1
    repeated = clone(clf).fit(X, y)
    assert [h["batch"] for h in repeated.history_] == [h["batch"] for h in clf.history_]
