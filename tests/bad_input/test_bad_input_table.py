"""Bad input over the whole public API: each a clear error that names the parameter, and nothing has changed.

A row of the table: what is called with what, the call, the exception, the
parameter its message must name, and a pattern of what it must say beside.
"""
# ruff: noqa: E501

import re

import numpy as np
import pandas as pd
import pytest
from bad_input_world import LR, CommandError, World
from scipy.sparse import csr_matrix
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GroupKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from synda_sk import (
    CurriculumMixer,
    HybridQuerySelector,
    LinearBudget,
    QualityFilter,
    RandomQuerySelector,
    SigmoidSchedule,
    SynDAClassifier,
    SyntheticAugmenter,
    compression,
)
from synda_sk.conditioning import FixedCombinations, Inequality, Range, SumIs
from synda_sk.datasets import load_image_archive, load_image_folder, load_paysim, make_mobile_money
from synda_sk.evaluation import (
    OverSampledClassifier,
    ProtocolResult,
    SemiSupervisedClassifier,
    SplitError,
    TransferClassifier,
    ablation_arms,
    held_out_split,
    make_arms,
    run_ablations,
    write_report,
)
from synda_sk.exceptions import JournalError
from synda_sk.generators import CopulaGenerator, GaussianGenerator, make_generator
from synda_sk.images import ConvClassifier
from synda_sk.inspection import (
    AlertBudgetDisplay,
    FidelityDisplay,
    LabelEfficiencyDisplay,
    MixingScheduleDisplay,
    QualityScoreDisplay,
    QueryMapDisplay,
    SampleGridDisplay,
)
from synda_sk.interop import modal, onnx, skactiveml
from synda_sk.interop.case_queue import read_answers
from synda_sk.interop.label_studio import read_annotations
from synda_sk.metrics import (
    adaptation_drop,
    adaptation_recovery,
    alert_count,
    area_under_learning_curve,
    closer_than_holdout,
    closer_to_train,
    column_shapes,
    corrupt,
    corruption_robustness,
    distance_to_closest_record,
    frechet_distance,
    group_scores,
    isotonic_curve,
    labels_saved,
    labels_to_target,
    learning_curves,
    mean_standard_error,
    membership_auc,
    memorisation_ratio,
    near_copy_share,
    nearest_neighbour_distance_ratio,
    operating_cost,
    pair_trends,
    paired_bootstrap,
    precision_at_alert_budget,
    precision_at_k,
    precision_recall_neighbours,
    recall_at_alert_budget,
    recall_at_alert_rate,
    recall_at_k,
    sample_health,
    tstr_ratio,
    tstr_score,
    two_sample_auc,
    value_at_alert_budget,
    wilcoxon_holm,
    worst_group_score,
)
from synda_sk.mixing import AdaptiveRatio, curriculum_threshold
from synda_sk.model_selection import (
    DelayedLabelSplit,
    PartiallyLabeledSplit,
    alc_scorer,
    make_alert_budget_scorer,
)
from synda_sk.persistence import load, save
from synda_sk.quality import GlobalThreshold
from synda_sk.selection import (
    MaxCost,
    MaxLabels,
    PerformancePlateau,
    ProxyClassifier,
    StablePredictions,
    entropy,
    greedy_batch,
    margin,
)
from synda_sk.selection._similarity import make_similarity
from synda_sk.utils import (
    Features,
    SeedStreams,
    TableCodec,
    TableEncoder,
    as_images,
    concat_rows,
    fit_weighted,
    import_optional,
    split_missing,
    weight_route,
)

pytest.importorskip("skactiveml")
pytest.importorskip("imblearn")
pytest.importorskip("skops")
pytest.importorskip("sdmetrics")
pytest.importorskip("pyarrow")
pytest.importorskip("skl2onnx")
pytest.importorskip("PIL")

NAN, INF = float("nan"), float("inf")
RECORD = {"arm": "a", "seed": 0, "n_labels": 1, "q": 0.5}


class Unsure:
    """A model that knows nothing."""

    classes_ = np.array([0, 1])

    def predict_proba(self, X):
        return np.full((len(X), 2), NAN)


def fit(**params):
    return lambda w: w.having(**params).fit(w.X, w.y)


def fit_input(X=None, y=None, weight=None):
    return lambda w: w.live.fit(
        w.X if X is None else X(w), w.y if y is None else y(w), sample_weight=weight and weight(w)
    )


def classify(X=None, y=None, weight=None, unlabeled=None, **params):
    def call(w):
        """Fit the fitted classifier of images again, with other parameters."""
        former = w.network.get_params(deep=False)
        try:
            w.network.set_params(**params).fit(
                w.X if X is None else X(w),
                w.y if y is None else y(w),
                sample_weight=weight,
                X_unlabeled=unlabeled and unlabeled(w),
            )
        finally:
            w.network.set_params(**former)

    return call


def teach(rows, y, weight=None):
    return lambda w: w.live.teach(rows(w) if callable(rows) else rows, y, sample_weight=weight)


def query(**given):
    return lambda w: w.live.query(**given)


def having_query(**params):
    return lambda w: w.having(**params).query()


def hybrid(**params):
    return lambda w: HybridQuerySelector(**params).query(w.model, w.X, 3)


def select(**given):
    return lambda w: HybridQuerySelector(0.5).select(
        **{"probabilities": w.model.predict_proba(w.X), "features": w.X, "n_queries": 3, **given}
    )


def greedy(**given):
    return lambda w: greedy_batch(
        **{
            "scores": np.linspace(0, 1, len(w.X)),
            "n_queries": 3,
            "similarity": make_similarity("rbf", w.X),
            **given,
        }
    )


def augment(**params):
    return lambda w: SyntheticAugmenter(**params).fit(w.X, w.y)


def framed(**params):
    return lambda w: SyntheticAugmenter(random_state=0, **params).fit(w.frame, w.y)


def ruled(*constraints):
    return framed(constraints=list(constraints))


def given(context, y=0):
    return lambda w: (
        SyntheticAugmenter(context=["kind", "a"], random_state=0).fit(w.frame, w.y).sample(2, y, context)
    )


def quality(**params):
    return lambda w: QualityFilter(**{"threshold": 0.5, **params}).fit_resample(w.X, w.y)


def plan(performance=None, consistency=None, **params):
    return lambda w: CurriculumMixer(**{"synthetic_weight": 0.3, **params}).plan(
        w.y, performance=performance, consistency=consistency
    )


def mix(X_new, y_new, step=0, **params):
    return lambda w: CurriculumMixer(**{"synthetic_weight": 0.3, **params}).mix(
        w.X, w.y, X_new(w), y_new(w), step=step
    )


def generate(name, **params):
    return lambda w: make_generator(name, params).fit(w.X, w.y)


def protocol(**settings):
    return lambda w: w.protocol(**settings)


def onnx_export(estimator=None, path="model.onnx", **params):
    return lambda w: onnx.export(
        w.model if estimator is None else estimator,
        w.folder / path if isinstance(path, str) else path,
        **params,
    )


def from_modal(function, n_queries=2, **params):
    return lambda w: modal.FromModal(function, **params).query(w.model, w.X, n_queries)


def from_skactiveml(strategy=None, n_queries=2, X_labeled=None, y_labeled=None, **params):
    def call(w):
        from skactiveml.pool import RandomSampling

        given = RandomSampling(random_state=0) if strategy is None else strategy
        known = None if X_labeled is None else w.X[:X_labeled]
        skactiveml.FromSkactiveml(given, **params).query(
            w.model, w.X, n_queries, X_labeled=known, y_labeled=y_labeled
        )

    return call


def to_skactiveml(clf=None, selector=None, **given):
    def call(w):
        from skactiveml.classifier import SklearnClassifier

        model = SklearnClassifier(LogisticRegression(), classes=[0, 1]) if clf is None else clf
        skactiveml.ToSkactiveml(selector).query(w.X, w.partly, model, **given)

    return call


def draw(n_labels, scores, **given):
    return lambda w: LabelEfficiencyDisplay(n_labels, scores, **given).plot()


def folder(**params):
    return lambda w: load_image_folder(w.images, **params)


def health(**given):
    def call(w):
        stacks = {"X_real": w.stack[:30], "X_synthetic": w.stack[30:]}
        sample_health(
            **stacks | {name: value(w) if callable(value) else value for name, value in given.items()}
        )

    return call


def draw_images(**given):
    def call(w):
        part = dict.fromkeys(("real", "synthetic", "nearest"), w.stack[:4])
        SampleGridDisplay(**part | {"distances": [1.0] * 4, "labels": [0, 0, 1, 1]} | given).plot()

    return call


def sample_images(**given):
    def call(w):
        given_ = {"generator": w.augmenter, "X": w.X, "y": w.y, "image_shape": (2, 2)} | given
        SampleGridDisplay.from_generator(**given_)

    return call


def encode(**params):
    return lambda w: TableEncoder(**params).fit(w.frame)


def queue(**given):
    return lambda w: w.queue(**given)


def tasks(**given):
    return lambda w: w.tasks(**given)


def command(*words):
    return lambda w: w.command(*(w.folder / word if "." in word else word for word in words))


def shrink(name, *args, **params):
    """Call a function of `compression` on a small network."""

    def call(w):
        import torch

        return getattr(compression, name)(torch.nn.Linear(4, 2), *args, **params)

    return call


def distill(teacher=None, student=None, make_inputs=lambda g: None, **params):
    def call(w):
        import torch

        net = torch.nn.Linear(4, 2)
        compression.distill(teacher or net, net if student is None else student, make_inputs, **params)

    return call


def distill_classifier(student=LR, teacher=None, y=True, **params):
    def call(w):
        labels = w.y if y is True else y
        compression.distill_classifier(
            w.model if teacher is None else teacher, student, w.X, labels, **params
        )

    return call


def text_as_network(w):
    import torch

    compression.load(w.folder / "text.txt", torch.nn.Linear(4, 2))


def other_network(w):
    import torch

    compression.from_bytes(compression.to_bytes(torch.nn.Linear(4, 3)), torch.nn.Linear(4, 2))


CONSTRUCTOR = [
    ("estimator of text", fit(estimator="forest"), ValueError, "estimator", "'fit' and 'predict'"),
    ("estimator a class", lambda w: SynDAClassifier(LogisticRegression).fit(w.X, w.y), TypeError, "estimator", "must be an instance"),
    ("augmenter of text", fit(augmenter="gaussian"), ValueError, "augmenter", "'fit' and 'sample'"),
    ("augmenter a class", fit(augmenter=SyntheticAugmenter), TypeError, "augmenter", r"SyntheticAugmenter\(\)"),
    ("generator misspelt and not used yet", fit(augmenter=SyntheticAugmenter("gausian")), ValueError, "generator", "did you mean 'gaussian'"),
    ("selector of text", fit(selector="hybrid"), ValueError, "selector", "'query'"),
    ("selector a class", fit(selector=HybridQuerySelector), TypeError, "selector", "must be an instance"),
    ("lambda above 1", fit(selector=HybridQuerySelector(1.5)), ValueError, "uncertainty_weight", r"\[0\.0, 1\.0\]"),
    ("random selector's batch of 0", fit(selector=RandomQuerySelector(batch_size=0)), ValueError, "batch_size", r"\[1, inf\)"),
    ("quality_filter a number", fit(quality_filter=0.5), ValueError, "quality_filter", "'assess'"),
    ("quality_filter with its own sampler", fit(quality_filter=QualityFilter(SyntheticAugmenter())), ValueError, "quality_filter", "sampler=None"),
    ("mixer a number", fit(mixer=0.1), ValueError, "mixer", "'plan' and 'mix'"),
    ("mixer with its own sampler", fit(mixer=CurriculumMixer(SyntheticAugmenter())), ValueError, "mixer", "sampler=None"),
    ("mixer's beta of 1", fit(mixer=CurriculumMixer(synthetic_weight=1.0)), ValueError, "synthetic_weight", r"\[0\.0, 1\.0\)"),
    ("query_estimator misspelt", fit(query_estimator="both"), ValueError, "query_estimator", "'auto'"),
    ("query_estimator a class", fit(query_estimator=LogisticRegression), TypeError, "query_estimator", "must be an instance"),
    ("features misspelt", fit(features="atuo"), ValueError, "features", "'auto', 'estimator'"),
    ("features None", fit(features=None), ValueError, "features", "'auto', 'estimator'"),
    ("features of too few rows", fit(features=lambda X: X[:3], label_budget=20), ValueError, "features", "must make 60 rows"),
    ("features of NaN", fit(features=lambda X: X * NAN, label_budget=20), ValueError, "features", "NaN or infinity"),
    ("features of text", fit(features=lambda X: np.full(len(X), "a"), label_budget=20), ValueError, "features", "must make numbers"),
    ("features of an estimator without any", fit(features="estimator", label_budget=20), ValueError, "features", "no transform"),
    ("label_budget of 0", fit(label_budget=0), ValueError, "label_budget", r"\[1, inf\)"),
    ("label_budget negative", fit(label_budget=-5), ValueError, "label_budget", r"\[1, inf\)"),
    ("label_budget a share above 1", fit(label_budget=1.5), ValueError, "label_budget", r"\(0\.0, 1\.0\]"),
    ("label_budget NaN", fit(label_budget=NAN), ValueError, "label_budget", r"\(0\.0, 1\.0\]"),
    ("label_budget of text", fit(label_budget="all"), ValueError, "label_budget", r"\[1, inf\)"),
    ("initial_labels of 0", fit(initial_labels=0), ValueError, "initial_labels", r"\[1, inf\)"),
    ("initial_labels above the budget", fit(label_budget=10, initial_labels=20), ValueError, "initial_labels", "label_budget == 10"),
    ("initial misspelt", fit(initial="anomoly"), ValueError, "initial", "'anomaly'"),
    ("initial not a position", fit(initial=[0.5], label_budget=10), ValueError, "initial", "row positions"),
    ("initial outside the table", fit(initial=[0, 1000], label_budget=10), ValueError, "initial", r"positions in \[0, 60\)"),
    ("initial empty", fit(initial=[], label_budget=10), ValueError, "initial", "row positions"),
    ("n_rounds of 0", fit(n_rounds=0), ValueError, "n_rounds", r"\[1, inf\)"),
    ("n_rounds a fraction", fit(n_rounds=2.5), ValueError, "n_rounds", "an int"),
    ("stopping of text", fit(stopping="stable"), ValueError, "stopping", "a stopping rule"),
    ("stopping a class", fit(stopping=MaxLabels), ValueError, "stopping", "a stopping rule"),
    ("stopping above all agreement", fit(stopping=[StablePredictions(1.5)]), ValueError, "threshold", r"\(0\.0, 1\.0\]"),
    ("stopping by a cost without costs", fit(stopping=MaxCost(5.0)), ValueError, "costs", "what each row costs"),
    ("stopping at no cost", fit(stopping=MaxCost(0)), ValueError, "cost_budget", r"\(0\.0, inf\)"),
    ("costs of other length", lambda w: w.live.fit(w.X, w.y, costs=np.ones(3)), ValueError, "costs", r"expected \(60,\)"),
    ("costs of text", lambda w: w.live.fit(w.X, w.y, costs=["1"] * 60), ValueError, "costs", "'1' in row 0"),
    ("costs of 0", lambda w: w.live.fit(w.X, w.y, costs=np.zeros(60)), ValueError, "costs", "positive and finite"),
    ("costs too high for any label", lambda w: w.having(stopping=MaxCost(5.0)).fit(w.X, w.y, costs=np.full(60, 6.0)), ValueError, "cost_budget", "cheapest costs 6"),
    ("classes without one that is there", fit(classes=[0]), ValueError, "classes", r"lacks the labels \[1\]"),
    ("classes two-dimensional", fit(classes=[[0, 1], [1, 0]]), ValueError, "classes", "1d array"),
    ("classes with infinity", fit(classes=[0, 1, INF]), ValueError, "classes", "infinity"),
    ("classes of two types", fit(classes=[0, 1, "x"]), ValueError, "classes", "mixes strings and numbers"),
    ("missing_label a list", fit(missing_label=[0, 1]), ValueError, "missing_label", "a single value"),
    ("weighting misspelt", fit(weighting="weights"), ValueError, "weighting", "'sample_weight'"),
    ("weighting the estimator cannot", fit(estimator=KNeighborsClassifier(), weighting="sample_weight"), ValueError, "weighting", "takes no sample_weight"),
    ("store_stages of text", fit(store_stages="yes"), ValueError, "store_stages", "'bool'"),
    ("journal a number", fit(journal=3), ValueError, "journal", "'str'"),
    ("n_jobs a fraction", fit(n_jobs=1.5), ValueError, "n_jobs", "'int'"),
    ("random_state of text", fit(random_state="zero"), ValueError, "random_state", "RandomState"),
    ("random_state negative", fit(random_state=-1), ValueError, "random_state", r"\[0, "),
    ("verbose of text", fit(verbose="loud"), ValueError, "verbose", "'bool'"),
    ("parameter misspelt", lambda w: SynDAClassifier(label_bugdet=3), TypeError, "label_bugdet", "unexpected keyword"),
    ("set_params misspelt", lambda w: w.having(label_bugdet=3), ValueError, "label_bugdet", "'label_budget'"),
    ("parameter of a part misspelt", lambda w: w.having(selector__uncertainty_wait=1), ValueError, "uncertainty_wait", "'uncertainty_weight'"),
]  # fmt: skip

FIT = [
    ("X without rows", fit_input(X=lambda w: w.X[:0], y=lambda w: w.y[:0]), ValueError, "X", "0 sample"),
    ("X without columns", fit_input(X=lambda w: w.X[:, :0]), ValueError, "X", "0 feature"),
    ("X one-dimensional", fit_input(X=lambda w: w.X[:, 0]), ValueError, "X", "Expected 2D"),
    ("X None", lambda w: w.live.fit(None, w.y), ValueError, "X", "Expected 2D"),
    ("X of dictionaries", fit_input(X=lambda w: np.full((60, 4), {}, dtype=object)), TypeError, "X", "'dict'"),
    ("X complex", fit_input(X=lambda w: w.X * 1j), ValueError, "X", "Complex data not supported"),
    ("X sparse", fit_input(X=lambda w: csr_matrix(w.X)), TypeError, "X", "dense"),
    ("X with infinity", fit_input(X=lambda w: np.where(w.X > 2, INF, w.X)), ValueError, "X", "infinity"),
    ("X with NaN for a model that takes none", fit_input(X=lambda w: np.where(w.X > 1, NAN, w.X)), ValueError, "X", "contains NaN"),
    ("X a frame with infinity", fit_input(X=lambda w: w.frame.assign(c=INF)), ValueError, "X", "column 'c'"),
    ("X a frame with columns twice", fit_input(X=lambda w: pd.concat([w.frame, w.frame], axis=1)), ValueError, "X", r"duplicated column names: \['a', 'b', "),
    ("X a frame without rows", fit_input(X=lambda w: w.frame[:0], y=lambda w: []), ValueError, "X", "0 sample"),
    ("X a frame of lists", lambda w: w.framed.fit(w.frame.assign(kind=[[1]] * 60), w.y), TypeError, "'kind'", "no category"),
    ("y of another length", fit_input(y=lambda w: w.y[:10]), ValueError, "X has 60, y has 10", "inconsistent"),
    ("images that are no rows", lambda w: w.live.fit(np.zeros((60, 4, 4)), w.y), ValueError, "X", "flat rows"),
    ("y None", lambda w: w.live.fit(w.X, None), ValueError, "y", "is None"),
    ("y a number", fit_input(y=lambda w: 1), ValueError, "y", "1d array"),
    ("y two-dimensional", fit_input(y=lambda w: np.c_[w.y, w.y]), ValueError, "y", "1d array"),
    ("y ragged", fit_input(y=lambda w: [[1], [1, 2]] * 30), ValueError, "y", "1d array"),
    ("y without a label", fit_input(y=lambda w: [None] * 60), ValueError, "y", "name the possible labels in classes"),
    ("y with infinity", fit_input(y=lambda w: np.where(w.y == 1, INF, 0)), ValueError, "y", "infinity"),
    ("y continuous", fit_input(y=lambda w: w.X[:, 0]), ValueError, "label type", "continuous"),
    ("y of two types", fit_input(y=lambda w: [0, "a"] * 30), ValueError, "y", "mixes strings and numbers"),
    ("y without a label to replay", lambda w: w.having(label_budget=10, classes=[0, 1]).fit(w.X, [None] * 60), ValueError, "label_budget", "no label to replay"),
    ("initial a row without label", lambda w: w.having(label_budget=10, initial=[50]).fit(w.X, w.partly), ValueError, "initial", "labelled rows"),
    ("sample_weight of another length", fit_input(weight=lambda w: np.ones(3)), ValueError, "sample_weight", r"expected \(60,\)"),
    ("sample_weight negative", fit_input(weight=lambda w: -np.ones(60)), ValueError, "sample_weight", "Negative"),
    ("sample_weight NaN", fit_input(weight=lambda w: np.full(60, NAN)), ValueError, "sample_weight", "NaN"),
    ("sample_weight infinite", fit_input(weight=lambda w: np.full(60, INF)), ValueError, "sample_weight", "infinity"),
    ("sample_weight of text", fit_input(weight=lambda w: ["heavy"] * 60), ValueError, "sample_weight", "number"),
    ("sample_weight two-dimensional", fit_input(weight=lambda w: np.ones((60, 2))), ValueError, "sample_weight", r"expected \(60,\)"),
    ("sample_weight all 0", fit_input(weight=lambda w: np.zeros(60)), ValueError, "Sample weights", "non-zero"),
    ("a fit parameter without routing", lambda w: w.live.fit(w.X, w.y, groups=w.y), ValueError, "SynDAClassifier.fit", "enable_metadata_routing"),
]  # fmt: skip

PREDICT = [
    ("predict before fit", lambda w: SynDAClassifier(LR).predict(w.X), NotFittedError, "SynDAClassifier", "'fit'"),
    ("predict fewer columns", lambda w: w.live.predict(w.X[:, :3]), ValueError, "X", "expecting 4 features"),
    ("predict infinity", lambda w: w.live.predict(w.X + INF), ValueError, "X", "infinity"),
    ("predict_proba one row as 1-D", lambda w: w.live.predict_proba(w.X[0]), ValueError, "X", "Expected 2D"),
    ("predict_proba without rows", lambda w: w.live.predict_proba(w.X[:0]), ValueError, "X", "0 sample"),
    ("predict_proba other column names", lambda w: w.framed.predict_proba(w.frame.rename(columns={"a": "amount"})), ValueError, "amount", "feature names"),
    ("predict_proba columns in another order", lambda w: w.framed.predict_proba(w.frame[list("dcba") + ["kind"]]), ValueError, "feature names", "same order"),
    ("predict_proba text where numbers were", lambda w: w.framed.predict_proba(w.frame.assign(a="x")), ValueError, "'a'", "as in fit"),
    ("decision_function fewer columns", lambda w: w.live.decision_function(w.X[:, :1]), ValueError, "X", "expecting 4 features"),
    ("score of other lengths", lambda w: w.live.score(w.X, w.y[:4]), ValueError, r"samples: [4, 60]", "inconsistent"),
    ("staged_predict_proba without stages", lambda w: next(w.live.staged_predict_proba(w.X)), ValueError, "store_stages", "must be True"),
    ("to_predictor before fit", lambda w: SynDAClassifier(LR).to_predictor(), NotFittedError, "SynDAClassifier", "'fit'"),
]  # fmt: skip

QUERY = [
    ("before fit", lambda w: SynDAClassifier(LR).query(w.X), NotFittedError, "SynDAClassifier", "'fit'"),
    ("no row", query(n_queries=0), ValueError, "n_queries", ">= 1"),
    ("a negative number of rows", query(n_queries=-2), ValueError, "n_queries", ">= 1"),
    ("half a row", query(n_queries=2.5), ValueError, "n_queries", "an int"),
    ("NaN rows", query(n_queries=NAN), ValueError, "n_queries", "an int"),
    ("text for a number", query(n_queries="ten"), ValueError, "n_queries", "an int"),
    ("costs of other length", query(costs=[1.0]), ValueError, "costs", r"expected \(60,\)"),
    ("costs of NaN", query(costs=[NAN] * 60), ValueError, "costs", "nan in row 0"),
    ("costs negative", query(costs=-np.ones(60)), ValueError, "costs", "positive and finite"),
    ("a cost_budget without costs", query(cost_budget=5), ValueError, "cost_budget", "without costs"),
    ("a cost_budget negative", query(costs=np.ones(60), cost_budget=-1), ValueError, "cost_budget", ">= 0"),
    ("a cost_budget of text", query(costs=np.ones(60), cost_budget="5"), ValueError, "cost_budget", ">= 0"),
    ("a cost_budget without end", query(costs=np.ones(60), cost_budget=INF), ValueError, "cost_budget", "finite"),
    ("costs of clusters", lambda w: w.having(selector=HybridQuerySelector(redundancy="cluster")).query(costs=np.ones(60)), ValueError, "redundancy", "does not weigh costs"),
    ("stopping by a cost that is not known", having_query(stopping=MaxCost(5.0)), ValueError, "costs", "to fit, or to resume"),
    ("costs of answers without costs of fit", lambda w: w.live.teach([41], [1], costs=[2.0]), ValueError, "costs", "given costs too"),
    ("a number for X", query(X=5), ValueError, "X", r"n_queries=5"),
    ("X with fewer columns", lambda w: w.live.query(w.X[:, :2]), ValueError, "X", "expecting 4 features"),
    ("X with infinity", lambda w: w.live.query(w.X + INF), ValueError, "X", "infinity"),
    ("X without rows", lambda w: w.live.query(w.X[:0]), ValueError, "X", "0 sample"),
    ("no pool left", lambda w: w.done.query(), ValueError, "X", "no stored pool"),
    ("selector of text by now", having_query(selector="hybrid"), ValueError, "selector", "'query'"),
    ("density misspelt by now", having_query(selector=HybridQuerySelector(density="gauss")), ValueError, "density", "'rbf'"),
    ("query_estimator misspelt by now", having_query(query_estimator="both"), ValueError, "query_estimator", "'auto'"),
    ("proxy of no rows", having_query(selector=HybridQuerySelector(proxy=ProxyClassifier(n_samples=0))), ValueError, "n_samples", r"\[1, inf\)"),
]  # fmt: skip

TEACH = [
    ("before fit", lambda w: SynDAClassifier(LR).teach(w.X, w.y), NotFittedError, "SynDAClassifier", "'fit'"),
    ("a position outside", teach(np.array([300]), [0.0]), ValueError, "X_or_indices", r"outside \[0, 60\)"),
    ("a negative position", teach(np.array([-1]), [0.0]), ValueError, "X_or_indices", r"outside \[0, 60\)"),
    ("a position beyond int64", teach(np.array([2**63], np.uint64), [0.0]), ValueError, "X_or_indices", "outside"),
    ("a position twice", teach(np.array([40, 40]), [0.0, 1.0]), ValueError, "X_or_indices", "more than once"),
    ("positions as floats", teach(np.array([40.0]), [0.0]), ValueError, "X_or_indices", r"row positions \(int\)"),
    ("positions as a mask", teach(np.arange(60) == 40, [0.0]), ValueError, "X_or_indices", r"row positions \(int\)"),
    ("positions as text", teach(["40"], [0.0]), ValueError, "X_or_indices", r"row positions \(int\)"),
    ("positions as a Series", teach(pd.Series([40]), [0.0]), ValueError, "X_or_indices", "Series"),
    ("a position without a list", teach(40, [0.0]), ValueError, "X_or_indices", "one-dimensional"),
    ("X None", teach(None, [0.0]), ValueError, "X_or_indices", "table of rows"),
    ("X three-dimensional", teach(np.zeros((1, 2, 4)), [0.0]), ValueError, "X_or_indices", "table of rows"),
    ("rows ragged", teach([[1.0, 2.0], [1.0]], [0.0, 1.0]), ValueError, "X_or_indices", "table of rows"),
    ("rows with more columns", teach(np.zeros((2, 5)), [0.0, 1.0]), ValueError, "X", "expecting 4 features"),
    ("rows with infinity", teach(np.full((1, 4), INF), [0.0]), ValueError, "X", "infinity"),
    ("rows with NaN for a model that takes none", teach(np.full((1, 4), NAN), [0.0]), ValueError, "X_or_indices", "missing values"),
    ("rows of text where numbers were", teach(np.array([["x"] * 4]), [0.0]), ValueError, "X_or_indices", "expected numbers"),
    ("rows of objects where numbers were", teach(np.array([["x"] * 4], object), [0.0]), ValueError, "X_or_indices", "expected numbers"),
    ("a frame where arrays were", lambda w: w.live.teach(w.frame[list("abcd")][:1], [0.0]), ValueError, "X_or_indices", "expected a numpy ndarray"),
    ("an array where frames were", lambda w: w.framed.teach(w.frame[:1].to_numpy(), [0.0]), ValueError, "X_or_indices", "expected a pandas DataFrame"),
    ("a frame with text where numbers were", lambda w: w.framed.teach(w.frame[:1].assign(a="x"), [0.0]), ValueError, "X_or_indices", "column 'a', expected numbers"),
    ("a frame with None where numbers were", lambda w: w.framed.teach(w.frame[:1].assign(a=None), [0.0]), ValueError, "X_or_indices", "column 'a', expected numbers"),
    ("a frame with numbers where text was", lambda w: w.framed.teach(w.frame[:1].assign(kind=1.5), [0.0]), ValueError, "X_or_indices", "column 'kind', expected categories"),
    ("a frame without a column", lambda w: w.framed.teach(w.frame[["a"]][:1], [0.0]), ValueError, "feature names", "now missing"),
    ("sparse rows", lambda w: w.live.teach(csr_matrix(w.X[:1]), [0.0]), ValueError, "X_or_indices", "expected a numpy ndarray"),
    ("y of another length", teach(np.array([40, 41]), [0.0]), ValueError, "X_or_indices has 2, y has 1", "inconsistent"),
    ("y None", teach(np.array([40]), None), ValueError, "y", "is None"),
    ("y a number", teach(np.array([40]), 1), ValueError, "y", "1d array"),
    ("y text where numbers were", teach(np.array([40]), ["fraud"]), ValueError, "y", "another type"),
    ("y of two types", teach(np.array([40, 41]), [1, "a"]), ValueError, "y", "mixes strings and numbers"),
    ("y of lists here and there", teach(np.array([40, 41]), [None, [0]]), ValueError, "y", "1d array"),
    ("y continuous", teach(np.array([40]), [0.37]), ValueError, "label type", "continuous"),
    ("y infinite", teach(np.array([40]), [INF]), ValueError, "y", "infinity"),
    ("sample_weight of another length", teach(np.array([50]), [0], [1, 2]), ValueError, "sample_weight", r"expected \(1,\)"),
    ("sample_weight negative", teach(np.array([50]), [0], [-1]), ValueError, "sample_weight", "Negative"),
    ("sample_weight NaN", teach(np.array([50]), [0], [NAN]), ValueError, "sample_weight", "NaN"),
    ("sample_weight of text", teach(np.array([50]), [0], ["heavy"]), ValueError, "sample_weight", "number"),
    ("a bad parameter by now", lambda w: w.having(store_stages="no").teach(np.array([50]), [0]), ValueError, "store_stages", "'bool'"),
    ("weights the estimator cannot take by now", lambda w: w.having(estimator=KNeighborsClassifier(), weighting="sample_weight").teach(np.array([50]), [0], sample_weight=[2]), ValueError, "weighting", "takes no sample_weight"),
    ("journal a folder", lambda w: w.having(journal=w.folder).teach(np.array([50]), [0]), JournalError, "journal", "Is a directory"),
    ("journal in no folder", lambda w: w.having(journal=w.folder / "no" / "labels.db").teach(np.array([50]), [0]), JournalError, "journal", "give another path"),
    ("journal no journal", lambda w: w.having(journal=w.folder / "text.txt").teach(np.array([50]), [0]), JournalError, "journal", "text.txt"),
    ("set_aside before fit", lambda w: SynDAClassifier(LR).set_aside([3]), NotFittedError, "SynDAClassifier", "'fit'"),
    ("set_aside a position outside", lambda w: w.live.set_aside([60]), ValueError, "indices", r"outside \[0, 60\)"),
    ("set_aside a position twice", lambda w: w.live.set_aside([50, 50]), ValueError, "indices", "more than once"),
    ("set_aside positions as floats", lambda w: w.live.set_aside([50.0]), ValueError, "indices", r"row positions \(int\)"),
    ("set_aside a row with a label", lambda w: w.live.set_aside([0]), ValueError, "indices", "have a label"),
    ("resume without journal", lambda w: w.having(journal=None).resume(), ValueError, "journal", "path of the file"),
    ("resume from nowhere", lambda w: w.having(journal=w.folder / "nowhere.db").resume(), JournalError, "journal", "No such file"),
    ("resume from no journal", lambda w: w.having(journal=w.folder / "text.txt").resume(), JournalError, "journal", "not a SQLite file"),
    ("resume from a journal in use", lambda w: SynDAClassifier(LR, journal=w.journal).resume(w.X), JournalError, "journal", "in use"),
    ("resume with a bad parameter", lambda w: w.having(n_rounds=0).resume(), ValueError, "n_rounds", r"\[1, inf\)"),
]  # fmt: skip

SELECTION = [
    ("uncertainty_weight negative", hybrid(uncertainty_weight=-1), ValueError, "uncertainty_weight", r"\[0\.0, 1\.0\]"),
    ("uncertainty_weight NaN", hybrid(uncertainty_weight=NAN), ValueError, "uncertainty_weight", r"\[0\.0, 1\.0\]"),
    ("uncertainty misspelt", hybrid(uncertainty="entrpy"), ValueError, "uncertainty", "'entropy'"),
    ("uncertainty of too few scores", hybrid(uncertainty=lambda p: p[:3, 0]), ValueError, "uncertainty", r"must make \(60,\)"),
    ("uncertainty of NaN", hybrid(uncertainty=lambda p: p[:, 0] * NAN), ValueError, "scores", "NaN or infinity"),
    ("density misspelt", hybrid(density="gauss"), ValueError, "density", "'cosine'"),
    ("density of too few similarities", hybrid(density=lambda A, B: np.zeros(3)), ValueError, "density", r"\(len\(A\), len\(B\)\)"),
    ("select with fewer probabilities", select(probabilities=np.full((3, 2), 0.5)), ValueError, "probabilities of 3 rows", "features of 60"),
    ("select with one-dimensional probabilities", select(probabilities=np.full(60, 0.5)), ValueError, "probabilities", r"\(n_samples, n_classes\)"),
    ("select with features of NaN", select(features=np.full((60, 2), NAN)), ValueError, "features", "finite"),
    ("select with one-dimensional features", select(features=np.zeros(60)), ValueError, "features", r"\(n_samples, n_components\)"),
    ("select a negative number", select(n_queries=-3), ValueError, "n_queries", ">= 0"),
    ("select text for a number", select(n_queries="x"), ValueError, "n_queries", "an int"),
    ("redundancy misspelt", hybrid(redundancy="maximum"), ValueError, "redundancy", "'max'"),
    ("redundancy_penalty negative", hybrid(redundancy_penalty=-1), ValueError, "redundancy_penalty", r"\[0\.0, inf\)"),
    ("batch_size of 0", hybrid(batch_size=0), ValueError, "batch_size", r"\[1, inf\)"),
    ("features misspelt", hybrid(features="raw"), ValueError, "features", "'auto', 'estimator'"),
    ("proxy of text", hybrid(proxy="small"), ValueError, "proxy", "'distill'"),
    ("exploration above 1", hybrid(exploration=1.5), ValueError, "exploration", r"\[0\.0, 1\.0\]"),
    ("random_state of text", hybrid(random_state="x"), ValueError, "random_state", "RandomState"),
    ("no row from the rule", lambda w: HybridQuerySelector().query(w.model, w.X, 0), ValueError, "n_queries", ">= 1"),
    ("text for a number in modAL's way", lambda w: HybridQuerySelector()(w.model, w.X, "x"), ValueError, "n_queries", "an int"),
    ("a pool with fewer columns", lambda w: HybridQuerySelector().query(w.model, w.X[:, :2], 3), ValueError, "X", "expecting 4 features"),
    ("a model that is not fitted", lambda w: HybridQuerySelector().query(LogisticRegression(), w.X, 3), NotFittedError, "LogisticRegression", "'fit'"),
    ("a model without probabilities", lambda w: HybridQuerySelector().query(StandardScaler(), w.X, 3), TypeError, "StandardScaler", "neither predict_proba nor decision_function"),
    ("probabilities that are one-dimensional", lambda w: entropy([0.1, 0.9]), ValueError, "probabilities", r"\(n_samples, n_classes\)"),
    ("a margin of one-dimensional probabilities", lambda w: margin([0.1, 0.9]), ValueError, "probabilities", r"\(n_samples, n_classes\)"),
    ("a negative number of random rows", lambda w: RandomQuerySelector().query(None, w.X, -1), ValueError, "n_queries", ">= 1"),
    ("random rows' costs of None", lambda w: RandomQuerySelector().query(None, w.X, 2, costs=[None] * 60), ValueError, "costs", "None in row 0"),
    ("random rows for money without costs", lambda w: RandomQuerySelector().query(None, w.X, cost_budget=5), ValueError, "cost_budget", "without costs"),
    ("half a random row", lambda w: RandomQuerySelector().query(None, w.X, 2.5), ValueError, "n_queries", "an int"),
    ("a negative batch of random rows", lambda w: RandomQuerySelector(batch_size=-1).query(None, w.X), ValueError, "batch_size", ">= 1"),
    ("a random selector's seed of text", lambda w: RandomQuerySelector(random_state="x").query(None, w.X), ValueError, "random_state", "RandomState"),
    ("no pool for random rows", lambda w: RandomQuerySelector().query(None, None, 3), TypeError, "NoneType", "array-like"),
    ("a budget of 0", lambda w: LinearBudget(0), ValueError, "initial", r"\[1, inf\)"),
    ("a budget of text", lambda w: LinearBudget("3"), ValueError, "initial", "an int"),
    ("a budget that shrinks", lambda w: LinearBudget(3, -1), ValueError, "increment", r"\[0, inf\)"),
    ("a budget that grows by halves", lambda w: LinearBudget(3, 0.5), ValueError, "increment", "an int"),
    ("a budget beyond its maximum", lambda w: LinearBudget(3, 1, 2), ValueError, "maximum", "initial == 3"),
    ("a budget in a negative round", lambda w: LinearBudget(3, 1)(-7), ValueError, "step", ">= 0"),
    ("a greedy batch with fewer scores", greedy(scores=np.ones(3)), ValueError, "scores", r"expected \(60,\)"),
    ("a greedy batch of NaN", greedy(scores=np.full(60, NAN)), ValueError, "scores", "NaN or infinity"),
    ("a greedy batch of a negative number", greedy(n_queries=-1), ValueError, "n_queries", ">= 0"),
    ("a greedy batch of text", greedy(n_queries="x"), ValueError, "n_queries", "an int"),
    ("a greedy batch's redundancy misspelt", greedy(redundancy="maximum"), ValueError, "redundancy", "'max' or 'sum'"),
    ("a greedy batch's penalty negative", greedy(penalty=-1), ValueError, "redundancy_penalty", ">= 0"),
    ("a greedy batch's penalty of text", greedy(penalty="x"), ValueError, "redundancy_penalty", "finite"),
    ("a plateau of two rounds", lambda w: PerformancePlateau(n_rounds=2).reason([{"n_labels": 3}]), ValueError, "n_rounds", r"\[3, inf\)"),
    ("a greedy batch's costs two-dimensional", greedy(costs=np.ones((60, 1))), ValueError, "costs", r"expected \(60,\)"),
    ("a greedy batch's costs of infinity", greedy(costs=np.full(60, INF)), ValueError, "costs", "positive and finite"),
    ("a greedy batch's money of NaN", greedy(costs=np.ones(60), cost_budget=NAN), ValueError, "cost_budget", "finite"),
    ("money below 0", lambda w: MaxCost(-1).reason([{"cost": 3.0, "cheapest": None}]), ValueError, "cost_budget", r"\(0\.0, inf\)"),
    ("most labels below 1", lambda w: MaxLabels(0).reason([{"n_labels": 3}]), ValueError, "n_labels", r"\[1, inf\)"),
    ("stopping before the start", lambda w: MaxLabels(5).reason([]), ValueError, "history", "empty"),
    ("a proxy of no rows", lambda w: ProxyClassifier(n_samples=0).distill(w.model, w.X), ValueError, "n_samples", r"\[1, inf\)"),
    ("a proxy refreshed never", lambda w: ProxyClassifier(refresh=0).distill(w.model, w.X), ValueError, "refresh", r"\[1, inf\)"),
    ("a proxy refreshed at any value", lambda w: ProxyClassifier(refresh=1.5).update(w.model, w.X), ValueError, "refresh", r"\(0.0, 1.0\)"),
    ("a proxy of nothing", lambda w: HybridQuerySelector().make_proxy(w.model, w.X), ValueError, "proxy", "must be a ProxyClassifier"),
    ("a proxy of text", lambda w: ProxyClassifier("small").distill(w.model, w.X), ValueError, "estimator", "'predict_proba'"),
    ("a proxy of NaN", lambda w: ProxyClassifier().distill(Unsure(), w.X), ValueError, "Unsure", "NaN or infinity"),
    ("a proxy's rows with infinity", lambda w: w.proxy.predict(w.X + INF), ValueError, "X", "infinity"),
    ("a proxy with missing labels", lambda w: ProxyClassifier().fit(w.X, w.partly), ValueError, "y", "every row labelled"),
    ("a proxy with fewer labels", lambda w: ProxyClassifier().fit(w.X, w.y[:3]), ValueError, "y has 3", "inconsistent"),
    ("a proxy before fit", lambda w: ProxyClassifier().predict(w.X), NotFittedError, "ProxyClassifier", "'fit'"),
]  # fmt: skip

SYNTHETIC = [
    ("generator misspelt", augment(generator="gausian"), ValueError, "generator", "did you mean 'gaussian'"),
    ("generator a number", augment(generator=3), ValueError, "generator", "'fit' and 'sample'"),
    ("generator a class", augment(generator=GaussianGenerator), TypeError, "generator", "must be an instance"),
    ("generator_params misspelt", augment(generator_params={"shrink": 1}), ValueError, "generator_params", "did you mean 'shrinkage'"),
    ("generator_params a list", augment(generator_params=[1]), ValueError, "generator_params", "Mapping"),
    ("generator_params out of range", augment(generator_params={"shrinkage": 3}), ValueError, "shrinkage", r"\[0\.0, 1\.0\]"),
    ("ratio of 0", augment(ratio=0), ValueError, "ratio", r"\(0\.0, inf\)"),
    ("ratio negative", augment(ratio=-1), ValueError, "ratio", r"\(0\.0, inf\)"),
    ("ratio NaN", augment(ratio=NAN), ValueError, "ratio", r"\(0\.0, inf\)"),
    ("sampling_strategy misspelt", augment(sampling_strategy="not_minority"), ValueError, "sampling_strategy", "did you mean 'not minority'"),
    ("sampling_strategy None", augment(sampling_strategy=None), ValueError, "sampling_strategy", r"a float in \(0, 1\]"),
    ("sampling_strategy a list", augment(sampling_strategy=["a"]), ValueError, "sampling_strategy", r"a float in \(0, 1\]"),
    ("sampling_strategy above 1", augment(sampling_strategy=1.5), ValueError, "sampling_strategy", r"\(0, 1\]"),
    ("sampling_strategy of an unseen class", augment(sampling_strategy={"d": 9}), ValueError, "sampling_strategy", r"y has only \[0, 1\]"),
    ("sampling_strategy below what is there", augment(sampling_strategy={0: 2}), ValueError, "sampling_strategy", "must be an int >= "),
    ("sampling_strategy of half a row", augment(sampling_strategy={0: 95.5}), ValueError, "sampling_strategy", "must be an int"),
    ("sampling_strategy a function that makes no dict", augment(sampling_strategy=lambda y: 3), ValueError, "sampling_strategy", "dict of sizes"),
    ("sampling_strategy a share of three classes", lambda w: SyntheticAugmenter(sampling_strategy=0.5).fit(w.X, np.arange(60) % 3), ValueError, "sampling_strategy", "two classes, there are 3"),
    ("soft_labels misspelt", augment(soft_labels="soft"), ValueError, "soft_labels", "'auto'"),
    ("use_pool a table", augment(use_pool=[[1.0]]), ValueError, "use_pool", "bool"),
    ("a pool not to be used", lambda w: SyntheticAugmenter(use_pool=False).fit(w.X, w.y, X_pool=w.X), ValueError, "X_pool", "use_pool=True"),
    ("a pool of other columns", lambda w: SyntheticAugmenter().fit(w.X, w.y, X_pool=w.X[:, :2]), ValueError, "X", "features"),
    ("a negative soft sample", lambda w: w.augmenter.sample_soft(-1), ValueError, "n_samples", ">= 0"),
    ("a soft sample before fit", lambda w: SyntheticAugmenter().sample_soft(1), NotFittedError, "SyntheticAugmenter", "'fit'"),
    ("an augmenter's seed of text", augment(random_state="x"), ValueError, "random_state", "RandomState"),
    ("one class only", lambda w: SyntheticAugmenter().fit_resample(w.X, w.y * 0), ValueError, "'y'", "more than 1 class"),
    ("labels missing", lambda w: SyntheticAugmenter().fit_resample(w.X, w.partly), ValueError, "y", "every row labelled"),
    ("labels of another length", lambda w: SyntheticAugmenter().fit_resample(w.X, w.y[:4]), ValueError, "y has 4", "inconsistent"),
    ("indicators of two classes at once", lambda w: SyntheticAugmenter().fit_resample(w.X, np.c_[w.y, w.y]), ValueError, "y", "single 1"),
    ("context a name", framed(context="kind"), ValueError, "context", r"such as \['region'\]"),
    ("context empty", framed(context=[]), ValueError, "context", "a list of columns"),
    ("context misspelt", framed(context=["knd"]), ValueError, "context", "'knd', X has"),
    ("context twice", framed(context=["kind", "kind"]), ValueError, "context", "twice"),
    ("context a name in an array", augment(context=["kind"]), ValueError, "context", "no names but 0 to 3"),
    ("context a position too far", augment(context=[4]), ValueError, "context", "0 to 3"),
    ("context in the classifier and not used yet", fit(augmenter=SyntheticAugmenter(context="kind")), ValueError, "context", "a list of columns"),
    ("a sample's context without columns", lambda w: w.augmenter.sample(2, 0, {0: 1.0}), ValueError, "context", r"SyntheticAugmenter\(context="),
    ("a sample's context never seen", given({"kind": "airtime"}), ValueError, "context", r"'airtime' in column 'kind'.*known: \['bill', 'transfer'\]"),
    ("a sample's context of another column", given({"b": 0.0}), ValueError, "context", "'b', must be among"),
    ("a sample's context too long", given({"kind": ["bill"] * 3}), ValueError, "context", "3 values of 'kind', expected 2"),
    ("a sample's context out of range", given({"a": 99.0}), ValueError, "context", "outside the range"),
    ("a sample's context missing", given({"a": None}), ValueError, "context", "missing value in column 'a'"),
    ("a sample's context of text", given({"a": "x"}), ValueError, "context", "holds numbers"),
    ("a sample's context empty", given({}), ValueError, "context", "must have some of"),
    ("a sample's context a number", given(3), ValueError, "context", "rows of"),
    ("a sample's context and an unseen class", given({"kind": "bill"}, 7), ValueError, "y", r"not seen in fit: \[7\]"),
    ("a sample's context and fewer labels", given({"kind": "bill"}, [0]), ValueError, "y", "as n_samples"),
    ("a generator's context never seen", lambda w: GaussianGenerator().fit(w.frame, w.y).sample(1, 0, {"kind": "x"}), ValueError, "context", "known:"),
    ("exemplars of other columns", lambda w: SyntheticAugmenter(exemplars=w.X[:5, :2]).fit(w.X, w.y), ValueError, "exemplars", "2 features"),
    ("exemplars of another container", lambda w: SyntheticAugmenter(exemplars=np.zeros((5, 5))).fit(w.frame, w.y), ValueError, "exemplars", "same kind of table"),
    ("exemplars of other dtypes", lambda w: SyntheticAugmenter(exemplars=w.frame.assign(a=1)).fit(w.frame, w.y), ValueError, "exemplars", "same dtypes"),
    ("exemplars of three parts", lambda w: SyntheticAugmenter(exemplars=(w.X, w.y, 0)).fit(w.X, w.y), ValueError, "exemplars", r"\(X, y\)"),
    ("exemplars with fewer labels", lambda w: SyntheticAugmenter(exemplars=(w.X, w.y[:3])).fit(w.X, w.y), ValueError, "exemplars", "inconsistent"),
    ("exemplars of an unseen class", lambda w: SyntheticAugmenter(exemplars=(w.X, w.y + 5)).fit(w.X, w.y), ValueError, "exemplars", "not seen in y"),
    ("exemplar_strength of 2", augment(exemplar_strength=2), ValueError, "exemplar_strength", r"\[0\.0, 1\.0\]"),
    ("constraints no list", framed(constraints=Range("a", low=0)), ValueError, "constraints", "must be a list"),
    ("constraints of text", ruled("a > 0"), ValueError, "constraints", "fit, holds and repair"),
    ("a constraint of a column that is not there", ruled(Range("z", low=0)), ValueError, "Range", "'z', X has"),
    ("a constraint of a number where a column is meant", ruled(Inequality("a", ">", 0)), ValueError, "Inequality", "the column 0"),
    ("a constraint of one column twice", ruled(Inequality("a", ">", "a")), ValueError, "Inequality", "twice"),
    ("a constraint on categories", ruled(Inequality("a", ">", "kind")), ValueError, "Inequality", "'kind' of categories"),
    ("a comparison misspelt", ruled(Inequality("a", "=<", "b")), ValueError, "comparison", "'<='"),
    ("a range without ends", ruled(Range("a")), ValueError, "Range", "neither low nor high"),
    ("a range upside down", ruled(Range("a", low=1, high=0)), ValueError, "low", "no value between"),
    ("a range of text", ruled(Range("a", low="x")), ValueError, "low", "holds numbers"),
    ("closed misspelt", ruled(Range("a", low=0, closed="none")), ValueError, "closed", "'neither'"),
    ("a sum of nothing", ruled(SumIs("a", {})), ValueError, "terms", "is empty"),
    ("a sum with a coefficient of 0", ruled(SumIs("a", {"b": 0})), ValueError, "terms", "0 for 'b'"),
    ("a sum's tolerance negative", ruled(SumIs("a", {"b": 1}, tolerance=-1)), ValueError, "tolerance", r"\[0\.0, inf\)"),
    ("a combination of one", ruled(FixedCombinations(["kind"])), ValueError, "columns", "two or more"),
    ("a condition on a column that is not there", ruled(Range("a", low=0, where={"z": 1})), ValueError, "where", "'z', X has"),
    ("a condition of text", ruled(Range("a", low=0, where="kind")), ValueError, "where", "Mapping"),
    ("a constraint no row obeys", ruled(Range("a", low=1e9)), ValueError, "constraints", "no real row of class 0 obeys"),
    ("a constraint before fit", lambda w: Range("a", low=0).holds(w.frame), NotFittedError, "Range", "'fit'"),
    ("a constraint on other columns", lambda w: Range("a", low=-9).fit(w.frame).holds(w.frame[["b", "a"]]), ValueError, "X", r"expected \['a'\]"),
    ("a negative sample", lambda w: w.augmenter.sample(-1), ValueError, "n_samples", ">= 0"),
    ("a sample of text", lambda w: w.augmenter.sample("x"), ValueError, "n_samples", "an int"),
    ("a sample of an unseen class", lambda w: w.augmenter.sample(2, 7), ValueError, "y", r"not seen in fit: \[7\]"),
    ("a sample of a missing class", lambda w: w.augmenter.sample(2, [0, None]), ValueError, "y", r"not seen in fit: \[None\]"),
    ("a sample with fewer labels", lambda w: w.augmenter.sample(3, [0, 1]), ValueError, "y", "n_samples"),
    ("a sample before fit", lambda w: SyntheticAugmenter().sample(1), NotFittedError, "SyntheticAugmenter", "'fit'"),
    ("a report of one class", lambda w: w.augmenter.report(w.X, w.y * 0), ValueError, "y", "more than 1 class"),
    ("a report of missing labels", lambda w: w.augmenter.report(w.X, w.partly), ValueError, "y", "every row labelled"),
    ("a report of other lengths", lambda w: w.augmenter.report(w.X, w.y[:4]), ValueError, "y has 4", "inconsistent"),
    ("a report that holds all rows out", lambda w: w.augmenter.report(w.X, w.y, test_size=1.0), ValueError, "test_size", r"\(0, 1\)"),
    ("a report that holds too few rows out", lambda w: w.augmenter.report(w.X, w.y, test_size=0.01), ValueError, "test_size", "too few of 60 rows of 2 classes"),
    ("a report of half a seed", lambda w: w.augmenter.report(w.X, w.y, random_state=0.5), ValueError, "random_state", "an int >= 0"),
    ("make_generator misspelt", lambda w: make_generator("coppula"), ValueError, "generator", "did you mean 'copula'\\? Valid: 'auto', 'gaussian', 'copula'"),
    ("make_generator a number", lambda w: make_generator(3), TypeError, "generator", r"fit\(X, y\) and sample"),
    ("make_generator a factory of nothing", lambda w: make_generator(lambda: None), TypeError, "generator", "returned None"),
    ("vae of a width its groups do not divide", generate("vae", width=30), ValueError, "width", "multiple of n_groups == 4"),
    ("vae without steps", generate("vae", max_steps=0), ValueError, "max_steps", r"\[1"),
    ("vae that holds everything out", generate("vae", validation_fraction=1.0), ValueError, "validation_fraction", r"1\.0"),
    ("vae without divergence", generate("vae", kl_weight=0), ValueError, "kl_weight", "0"),
    ("gan of a misspelt batch", generate("gan", batch_size="all"), ValueError, "batch_size", "auto"),
    ("gan of no rate", generate("gan", learning_rate=-1), ValueError, "learning_rate", "-1"),
    ("make_generator a class", lambda w: make_generator(GaussianGenerator), TypeError, "generator", "instance"),
    ("make_generator parameters of text", lambda w: make_generator("kde", "bandwidth"), TypeError, "generator_params", "dict"),
    ("make_generator a parameter misspelt", lambda w: make_generator("kde", {"bandwith": 1}), ValueError, "bandwith", "did you mean 'bandwidth'"),
    ("shrinkage misspelt", generate("gaussian", shrinkage="ledoit"), ValueError, "shrinkage", "'ledoit-wolf'"),
    ("copula's seed of text", generate("copula", random_state="x"), ValueError, "random_state", "RandomState"),
    ("bandwidth of 0", generate("kde", bandwidth=0), ValueError, "bandwidth", r"\(0\.0, inf\)"),
    ("bandwidth misspelt", generate("kde", bandwidth="scot"), ValueError, "bandwidth", "'scott'"),
    ("over-sampler of text", generate("smote", sampler="smote"), ValueError, "sampler", "'fit_resample'"),
    ("over-sampler that is none", generate("smote", sampler=LR), ValueError, "sampler", "'fit_resample'"),
    ("synthesizer misspelt", generate("ctgan", synthesizer="ctgn"), ValueError, "synthesizer", "did you mean 'ctgan'"),
    ("synthesizer_params a number", generate("ctgan", synthesizer_params=3), ValueError, "synthesizer_params", "Mapping"),
    ("a generator's rows with infinity", lambda w: CopulaGenerator().fit(w.X + INF, w.y), ValueError, "X", "infinity"),
]  # fmt: skip

MIXING = [
    ("threshold of 0", quality(threshold=0), ValueError, "threshold", r"\(0\.0, 1\.0\]"),
    ("threshold above 1", quality(threshold=1.2), ValueError, "threshold", r"\(0\.0, 1\.0\]"),
    ("threshold NaN", quality(threshold=NAN), ValueError, "threshold", r"\(0\.0, 1\.0\]"),
    ("global threshold of text", lambda w: GlobalThreshold("x"), ValueError, "value", "a float"),
    ("global threshold NaN", lambda w: GlobalThreshold(NAN), ValueError, "value", "a float"),
    ("min_distance of 0", quality(min_distance=0), ValueError, "min_distance", r"\(0\.0, 1\.0\)"),
    ("min_distance of 1", quality(min_distance=1.0), ValueError, "min_distance", r"\(0\.0, 1\.0\)"),
    ("min_distance of text", quality(min_distance="near"), ValueError, "min_distance", "a float"),
    ("combine misspelt", quality(combine="sum"), ValueError, "combine", "'product'"),
    ("combine makes one number", quality(combine=lambda r, c: 3), ValueError, "combine", "one number a row"),
    ("combine makes NaN", quality(combine=lambda r, c: r * NAN), ValueError, "combine", "one number a row"),
    ("filter's sampler of text", quality(sampler="smote"), ValueError, "sampler", "'fit_resample'"),
    ("filter's estimator of text", quality(estimator="logistic"), ValueError, "estimator", "'predict_proba'"),
    ("filter's estimator without probabilities", quality(estimator=LinearSVC()), ValueError, "estimator", "'predict_proba'"),
    ("discriminator a number", quality(discriminator=3), ValueError, "discriminator", "'predict_proba'"),
    ("filter with one class", lambda w: QualityFilter().fit_resample(w.X, w.y * 0), ValueError, "'y'", "more than 1 class"),
    ("filter with missing labels", lambda w: QualityFilter().fit_resample(w.X, w.partly), ValueError, "y", "NaN or None"),
    ("assess with fewer labels", lambda w: QualityFilter().assess(w.X, w.y, w.X, w.y[:3]), ValueError, "y_synthetic has 3", "inconsistent"),
    ("assess with missing labels", lambda w: QualityFilter().assess(w.X, w.y, w.X, w.partly), ValueError, "y_synthetic", "every row labelled"),
    ("accept without labels", lambda w: w.quality.accept(w.X, None), ValueError, "y", "is None"),
    ("accept with fewer labels", lambda w: w.quality.accept(w.X, w.y[:3]), ValueError, "y has 3", "inconsistent"),
    ("score_samples of fewer columns", lambda w: w.quality.score_samples(w.X[:, :2]), ValueError, "X", "expecting 4 features"),
    ("score_samples before fit", lambda w: QualityFilter().score_samples(w.X), NotFittedError, "QualityFilter", "'fit'"),
    ("synthetic_weight negative", plan(synthetic_weight=-0.1), ValueError, "synthetic_weight", r"\[0\.0, 1\.0\)"),
    ("mixer's ratio of 0", plan(ratio=0), ValueError, "ratio", r"\(0\.0, inf\)"),
    ("mixer's ratio infinite", plan(ratio=INF), ValueError, "ratio", r"\(0\.0, inf\)"),
    ("ratio a function without its arguments", plan(ratio=AdaptiveRatio()), ValueError, "performance", r"\[0, 1\]"),
    ("performance of 3", plan(3, 0.5, ratio=AdaptiveRatio()), ValueError, "performance", r"\[0, 1\]"),
    ("consistency NaN", plan(0.5, NAN, ratio=AdaptiveRatio()), ValueError, "consistency", r"\[0, 1\]"),
    ("ratio a function that makes negative numbers", plan(0.5, 0.5, ratio=lambda p, c: -2), ValueError, "ratio", ">= 0"),
    ("schedule a number", plan(synthetic_weight="auto", schedule=0.3), ValueError, "schedule", "callable"),
    ("schedule a class", plan(synthetic_weight="auto", schedule=SigmoidSchedule), ValueError, "schedule", r"\[0, 1\)"),
    ("schedule that gives all weight away", plan(synthetic_weight="auto", schedule=lambda r: 1.0), ValueError, "schedule", r"\[0, 1\)"),
    ("weight by cross-validation without a model", plan(synthetic_weight="cv"), ValueError, "synthetic_weight", "SynDAClassifier"),
    ("weight misspelt", plan(synthetic_weight="cross-validated"), ValueError, "synthetic_weight", "'cv'"),
    ("rows from nowhere", lambda w: CurriculumMixer().plan(w.y, source="copula"), ValueError, "source", "'pool'"),
    ("weights of fewer rows", lambda w: CurriculumMixer(synthetic_weight=0.3).mix(w.X, w.y, w.X, w.y, weight_synthetic=[1.0]), ValueError, "weight_synthetic", "one a row"),
    ("negative weights of rows", lambda w: CurriculumMixer(synthetic_weight=0.3).mix(w.X, w.y, w.X, w.y, weight_synthetic=-np.ones(len(w.y))), ValueError, "weight_synthetic", ">= 0"),
    ("schedule and weight", plan(schedule=SigmoidSchedule()), ValueError, "synthetic_weight", "schedule sets the weight"),
    ("complexity misspelt", plan(complexity="hard"), ValueError, "complexity", "'distance'"),
    ("complexity limits reversed", plan(complexity_min=0.9, complexity_max=0.2), ValueError, "complexity_min", "must be <="),
    ("n_warmup_rounds negative", plan(n_warmup_rounds=-1), ValueError, "n_warmup_rounds", r"\[0, inf\)"),
    ("mixer's sampler that is none", plan(sampler=LR), ValueError, "sampler", "'fit_resample'"),
    ("a plan for nothing", lambda w: CurriculumMixer().plan([]), ValueError, "y", "empty"),
    ("mixing other columns", mix(lambda w: w.X[:, :2], lambda w: w.y), ValueError, "X_new", "4 columns"),
    ("mixing fewer labels", mix(lambda w: w.X, lambda w: w.y[:3]), ValueError, "y_synthetic has 3", "inconsistent"),
    ("mixing unseen labels", mix(lambda w: w.X, lambda w: w.y + 5), ValueError, "y_synthetic", r"not seen in y: \[5, 6\]"),
    ("mixing in a negative round", mix(lambda w: w.X, lambda w: w.y, step=-1), ValueError, "step", ">= 0"),
    ("complexity of one number", mix(lambda w: w.X, lambda w: w.y, complexity=lambda X, y: [1]), ValueError, "complexity", "one a row"),
    ("sigmoid's scale of 0", lambda w: SigmoidSchedule(scale=0), ValueError, "scale", r"\(0\.0, inf\)"),
    ("sigmoid's gain of text", lambda w: SigmoidSchedule(gain="x"), ValueError, "gain", "a float"),
    ("adaptive ratio of 0", lambda w: AdaptiveRatio(0), ValueError, "maximum", r"\(0\.0, inf\)"),
    ("adaptive ratio of None", lambda w: AdaptiveRatio(None), ValueError, "maximum", "a float"),
    ("curriculum of negative length", lambda w: curriculum_threshold(1, 0.2, 1, -5), ValueError, "n_warmup_rounds", ">= 0"),
]  # fmt: skip

MEASURES = [
    ("precision at 0", lambda w: precision_at_k([0, 1, 0], [0.1, 0.2, 0.3], 0), ValueError, "k", r"\[1, 3\]"),
    ("precision beyond the rows", lambda w: precision_at_k([0, 1, 0], [0.1, 0.2, 0.3], 4), ValueError, "k", r"\[1, 3\]"),
    ("precision at half a row", lambda w: precision_at_k([0, 1, 0], [0.1, 0.2, 0.3], 1.5), ValueError, "k", "whole number"),
    ("scores of another length", lambda w: precision_at_k([0, 1], [0.1], 1), ValueError, "y_score has 1", "inconsistent"),
    ("scores NaN", lambda w: precision_at_k([0, 1], [0.1, NAN], 1), ValueError, "y_score", "finite"),
    ("scores of text", lambda w: precision_at_k([0, 1], ["a", "b"], 1), ValueError, "y_score", "numbers"),
    ("scores two-dimensional", lambda w: precision_at_k([0, 1], [[0.1, 0.2], [0.3, 0.4]], 1), ValueError, "y_score", r"\(n_samples,\)"),
    ("truth missing", lambda w: precision_at_k([0, NAN], [0.1, 0.2], 1), ValueError, "y_true", "every row labelled"),
    ("truth None", lambda w: recall_at_alert_rate(None, [0.1], 0.5), ValueError, "y_true", "is None"),
    ("labels of text, positive a number", lambda w: precision_at_k(["a", "b"], [0.1, 0.2], 1), ValueError, "pos_label", "like those of y_true: 'a'"),
    ("recall without positives", lambda w: recall_at_k([0, 0], [0.1, 0.2], 1), ValueError, "y_true", "undefined"),
    ("alert_rate of 0", lambda w: alert_count(10, 0), ValueError, "alert_rate", r"\(0, 1\]"),
    ("alert_rate above 1", lambda w: alert_count(10, 1.01), ValueError, "alert_rate", r"\(0, 1\]"),
    ("alert_rate NaN", lambda w: alert_count(10, NAN), ValueError, "alert_rate", r"\(0, 1\]"),
    ("alert_rate of text", lambda w: recall_at_alert_rate([0, 1], [0.1, 0.2], "x"), ValueError, "alert_rate", r"\(0, 1\]"),
    ("alerts of no rows", lambda w: alert_count(0, 0.1), ValueError, "n_samples", ">= 1"),
    ("alerts of half a row", lambda w: alert_count(2.5, 0.1), ValueError, "n_samples", "whole number"),
    ("a curve of fewer scores", lambda w: isotonic_curve([10, 20], [0.1]), ValueError, "scores", "label counts"),
    ("a curve backwards", lambda w: isotonic_curve([20, 10], [0.1, 0.2]), ValueError, "n_labels", "ascending"),
    ("a curve standing still", lambda w: isotonic_curve([10, 10], [0.1, 0.2]), ValueError, "n_labels", "ascending"),
    ("a curve of NaN", lambda w: isotonic_curve([10, 20], [0.1, NAN]), ValueError, "scores", "finite"),
    ("a curve at NaN", lambda w: isotonic_curve([10, NAN], [0.1, 0.2]), ValueError, "n_labels", "finite"),
    ("a curve of text", lambda w: isotonic_curve([10, 20], ["a", "b"]), ValueError, "scores", "numbers"),
    ("a curve of nothing", lambda w: isotonic_curve([], []), ValueError, "n_labels", "shape"),
    ("a curve of one number", lambda w: isotonic_curve([10], 0.5), ValueError, "scores", "shape"),
    ("an area up to infinity", lambda w: area_under_learning_curve([10, INF], [0.1, 0.2]), ValueError, "n_labels", "finite"),
    ("a target of text", lambda w: labels_to_target([1, 2], [0.1, 0.2], "x"), ValueError, "target", "number"),
    ("a target NaN", lambda w: labels_to_target([1, 2], [0.1, 0.2], NAN), ValueError, "target", "number"),
    ("labels saved of fewer scores", lambda w: labels_saved([1, 2], [0.1], [0.1, 0.2]), ValueError, "method_scores", "label counts"),
    ("labels saved from none", lambda w: labels_saved([0, 2], [0.1, 0.2], [0.3, 0.2]), ValueError, "n_labels", "positive"),
    ("records of no mapping", lambda w: learning_curves("x", "q"), ValueError, "records", "mappings"),
    ("a record without the measure", lambda w: learning_curves([{**RECORD}], "p"), ValueError, "record lacks 'p'", "it has"),
    ("seeds without a common count", lambda w: learning_curves([RECORD, {**RECORD, "seed": 1, "n_labels": 2}], "q"), ValueError, "'a'", "share no number"),
    ("features of a distance misspelt", lambda w: distance_to_closest_record(w.X, w.X, features="atuo"), ValueError, "features", "'auto' or a callable"),
    ("features of a distance NaN", lambda w: distance_to_closest_record(w.X, w.X, features=lambda X: X * NAN), ValueError, "features", "finite matrix"),
    ("features of a distance without rows", lambda w: distance_to_closest_record(w.X, w.X, features=lambda X: X[:0]), ValueError, "features", "at least one row"),
    ("distances of other columns", lambda w: distance_to_closest_record(w.X[:, :2], w.X), ValueError, "X", "expecting 4 features"),
    ("distances from infinity", lambda w: distance_to_closest_record(w.X, w.X + INF), ValueError, "X_reference", "infinity"),
    ("distances from nothing", lambda w: distance_to_closest_record(w.X, w.X[:0]), ValueError, "X_reference", "0 sample"),
    ("a distance ratio with one row", lambda w: nearest_neighbour_distance_ratio(w.X, w.X[:1]), ValueError, "X_train", "at least 2"),
    ("a distance ratio's quantile of 0", lambda w: nearest_neighbour_distance_ratio(w.X, w.X, quantile=0), ValueError, "quantile", r"\(0, 1\)"),
    ("near-copies of text", lambda w: near_copy_share(w.X, w.X, quantile="few"), ValueError, "quantile", r"\(0, 1\)"),
    ("near-copies of another kind", lambda w: near_copy_share(w.frame.assign(a="x"), w.frame), ValueError, "X_synthetic", "as in fit"),
    ("a quantile above 1", lambda w: closer_than_holdout(w.X, w.X, w.X, quantile=2), ValueError, "quantile", r"\(0, 1\)"),
    ("a held-out part of other columns", lambda w: closer_to_train(w.X, w.X, w.X[:, :1]), ValueError, "X_holdout", "expecting 4 features"),
    ("membership of nothing", lambda w: membership_auc(w.X, w.X, w.X[:0]), ValueError, "X_synthetic", "0 sample"),
    ("two samples of one row", lambda w: two_sample_auc(w.X[:1], w.X), ValueError, "X_real", "at least 2 each"),
    ("two samples in one fold", lambda w: two_sample_auc(w.X, w.X, n_splits=1), ValueError, "n_splits", ">= 2"),
    ("two samples by a regression", lambda w: two_sample_auc(w.X, w.X, classifier=LinearSVC()), TypeError, "classifier", "predict_proba"),
    ("a Frechet distance of one column", lambda w: frechet_distance(w.X, w.X[:, 0]), ValueError, "X_synthetic", "Expected 2D"),
    ("training on one class", lambda w: tstr_score(w.X, w.y * 0, w.X, w.y), ValueError, "y_synthetic", "one class only"),
    ("testing on missing labels", lambda w: tstr_score(w.X, w.y, w.X, w.partly), ValueError, "y_test", "every row labelled"),
    ("training on fewer labels", lambda w: tstr_score(w.X, w.y[:3], w.X, w.y), ValueError, "y_synthetic has 3", "inconsistent"),
    ("a scoring misspelt", lambda w: tstr_ratio(w.X, w.y, w.X, w.y, w.X, w.y, scoring="acuracy", estimator=LR), ValueError, "acuracy", "not a valid scoring"),
    ("shapes of other columns", lambda w: column_shapes(w.frame, w.frame[["a", "b"]]), ValueError, "X_synthetic", "as in fit"),
    ("shapes of nothing", lambda w: column_shapes(w.X[:0], w.X), ValueError, "X_real", "no rows"),
    ("trends of text among numbers", lambda w: pair_trends(w.frame, w.frame.assign(a="x")), ValueError, "X_synthetic", "as in fit"),
    ("a mean of nothing", lambda w: mean_standard_error([]), ValueError, "scores", "at least one seed"),
    ("features a class", lambda w: distance_to_closest_record(w.X, w.X, features=StandardScaler), ValueError, "features", "a fitted object with transform"),
    ("features not fitted", lambda w: memorisation_ratio(w.X, w.X, w.X, features=StandardScaler()), NotFittedError, "features", "not fitted"),
    ("features auto of images", lambda w: frechet_distance(w.stack, w.stack), ValueError, "X_real", "None takes the pixels"),
    ("pixels of text", lambda w: memorisation_ratio([["a"]], w.X, w.X), ValueError, "X_synthetic", "could not convert"),
    ("pixels of another size", lambda w: precision_recall_neighbours(w.stack, w.stack[:, :2]), ValueError, "X_synthetic", "16 columns at first and 8"),
    ("neighbours of none", lambda w: precision_recall_neighbours(w.X, w.X, n_neighbors=0), ValueError, "n_neighbors", r"\[1, 60\)"),
    ("neighbours beyond the rows", lambda w: precision_recall_neighbours(w.X, w.X[:3]), ValueError, "n_neighbors", r"\[1, 3\)"),
    ("neighbours of text", lambda w: precision_recall_neighbours(w.X, w.X, n_neighbors="few"), ValueError, "n_neighbors", "an int"),
    ("memorisation without held-out rows", lambda w: memorisation_ratio(w.X, w.X, w.X[:0]), ValueError, "X_holdout", "at least one row"),
    ("training a table's model on images", lambda w: tstr_score(w.stack, w.y, w.stack, w.y), ValueError, "X_synthetic", "give an estimator"),
    ("health of flat images", health(X_real=lambda w: w.X), ValueError, "X_real", "give image_shape"),
    ("health of other shapes", health(X_synthetic=lambda w: w.stack[:, :2]), ValueError, "X_synthetic", r"\(2, 4\)"),
    ("health of NaN", health(X_synthetic=lambda w: w.stack * NAN), ValueError, "X_synthetic", "finite"),
    ("health of nothing", health(X_real=lambda w: w.stack[:0]), ValueError, "X_real", "at least one image"),
    ("health of text", health(X_real=lambda w: [[["a"]]]), ValueError, "X_real", "array of numbers"),
    ("an image_shape of one number", health(image_shape=(16,)), ValueError, "image_shape", "height, width"),
    ("an image_shape of another size", health(image_shape=(2, 8)), ValueError, "image_shape", r"\(4, 4\)"),
    ("bounds the other way round", health(bounds=(2.0, 0.5)), ValueError, "bounds", "low <= 1 <= high"),
    ("bounds a number", health(bounds=2.0), ValueError, "bounds", r"\(low, high\)"),
    ("bounds NaN", health(bounds=(NAN, 2.0)), ValueError, "bounds", r"\(low, high\)"),
    ("min_skill above 1", health(min_skill=2), ValueError, "min_skill", r"\[-1, 1\]"),
    ("a judge without labels", health(judge=LR), ValueError, "y_synthetic", "both or neither"),
    ("labels without a judge", health(y_synthetic=lambda w: w.y[30:]), ValueError, "judge", "both or neither"),
    ("a judge of text", health(judge="LR", y_synthetic=lambda w: w.y[30:]), TypeError, "judge", "predict"),
    ("labels the judge never saw", health(X_real=lambda w: w.X[:30], X_synthetic=lambda w: w.X[30:], image_shape=(2, 2), judge=lambda w: w.model, y_synthetic=["a"] * 30), ValueError, "y_synthetic", "the fit of judge"),
    ("fewer labels for the judge", health(X_real=lambda w: w.X[:30], X_synthetic=lambda w: w.X[30:], image_shape=(2, 2), judge=lambda w: w.model, y_synthetic=[0]), ValueError, "y_synthetic has 1", "inconsistent"),
]  # fmt: skip

DATA = [
    ("simulated rows below 200", lambda w: make_mobile_money(-1), ValueError, "n_samples", "must be >= 200"),
    ("simulated rows of text", lambda w: make_mobile_money("x"), TypeError, "n_samples", "int"),
    ("fraud_rate above 0.2", lambda w: make_mobile_money(300, fraud_rate=0.5), ValueError, "fraud_rate", r"must be <= 0\.2"),
    ("fraud_rate negative", lambda w: make_mobile_money(300, fraud_rate=-0.1), ValueError, "fraud_rate", "must be > 0"),
    ("fraud_rate of text", lambda w: make_mobile_money(300, fraud_rate="x"), TypeError, "fraud_rate", "float"),
    ("the simulator's seed of text", lambda w: make_mobile_money(300, random_state="x"), ValueError, "random_state", "an int >= 0"),
    ("the simulator's seed negative", lambda w: make_mobile_money(300, random_state=-1), ValueError, "random_state", "an int >= 0"),
    ("PaySim of another kind", lambda w: load_paysim("paysim.xlsx"), ValueError, "path", r"\.csv, \.csv\.gz, \.parquet"),
    ("PaySim without an ending", lambda w: load_paysim("paysim"), ValueError, "path", r"\.csv, \.csv\.gz, \.parquet"),
    ("PaySim that is not there", lambda w: load_paysim(w.folder / "paysim.csv"), FileNotFoundError, "paysim.csv", "no file"),
    ("PaySim empty", lambda w: load_paysim(w.folder / "empty.csv"), ValueError, "empty.csv", "cannot be read"),
    ("PaySim broken", lambda w: load_paysim(w.folder / "broken.parquet"), ValueError, "broken.parquet", "cannot be read"),
    ("PaySim with other columns", lambda w: load_paysim(w.folder / "other.csv"), ValueError, "other.csv", "lacks the columns"),
    ("drop_balances misspelt", lambda w: load_paysim(w.folder / "other.csv", drop_balances="destination"), ValueError, "drop_balances", "'origin'"),
    ("an image folder that is not there", lambda w: load_image_folder(w.folder / "cells"), FileNotFoundError, "cells", "no folder"),
    ("an image folder that is a file", lambda w: load_image_folder(w.folder / "text.txt"), ValueError, "path", "load_image_archive"),
    ("an image folder without images", lambda w: load_image_folder(w.images / "scab"), ValueError, "path", r"no image, .*\.png"),
    ("images of size 0", folder(size=0), ValueError, "size", "int >= 1"),
    ("images of three sizes", folder(size=(8, 8, 3)), ValueError, "size", r"\(height, width\)"),
    ("images of half a pixel", folder(size=7.5), ValueError, "size", r"\(height, width\)"),
    ("a mode misspelt", folder(mode="gray"), ValueError, "mode", "'grey'"),
    ("on_broken misspelt", folder(on_broken="ignore"), ValueError, "on_broken", "'skip'"),
    ("unlabeled a number", folder(unlabeled=0), ValueError, "unlabeled", "name of a folder"),
    ("a class misspelt", folder(classes=["rusts"]), ValueError, "classes", "did you mean 'rust'"),
    ("a class without images", folder(classes=["rust", "scab"]), ValueError, "classes", "'scab', which is no folder with images"),
    ("one class as text", folder(classes="rust"), ValueError, "classes", "distinct names"),
    ("a class twice", folder(classes=["rust", "rust"]), ValueError, "classes", "distinct names"),
    ("a class that is no name", folder(classes=[["rust"]]), ValueError, "classes", "distinct names"),
    ("an image that is none", folder(), ValueError, "broken.png", "cannot be read as an image"),
    ("an archive that is not there", lambda w: load_image_archive(w.folder / "x.npz"), FileNotFoundError, "x.npz", "no file"),
    ("an archive of another kind", lambda w: load_image_archive(w.folder / "text.txt"), ValueError, "path", r"\.npz"),
    ("an archive that is broken", lambda w: load_image_archive(w.folder / "broken.npz"), ValueError, "broken.npz", "cannot be read as an archive"),
    ("a split without labels", lambda w: next(PartiallyLabeledSplit(2).split(w.X, [None] * 60)), ValueError, "y", "no known label"),
    ("a split of other lengths", lambda w: next(PartiallyLabeledSplit(2).split(w.X[:20], w.partly)), ValueError, "X has 20, y has 60", "inconsistent"),
    ("a split with fewer groups", lambda w: next(PartiallyLabeledSplit(GroupKFold(2)).split(w.X, w.partly, [1, 2])), ValueError, "groups has 2", "inconsistent"),
    ("a split of text", lambda w: next(PartiallyLabeledSplit("five").split(w.X, w.partly)), ValueError, "cv", "integer"),
    ("a split in one part", lambda w: next(PartiallyLabeledSplit(1).split(w.X, w.partly)), ValueError, "n_splits", "2 or more"),
]  # fmt: skip

EVALUATION = [
    ("a budget above the training rows", protocol(label_budget=43), ValueError, "label_budget", "must be <= 42"),
    ("a budget of 0", protocol(label_budget=0), ValueError, "label_budget", ">= 1"),
    ("a budget of text", protocol(label_budget="x"), ValueError, "label_budget", "whole number"),
    ("no round", protocol(n_rounds=0), ValueError, "n_rounds", ">= 1"),
    ("no seed", protocol(n_seeds=0), ValueError, "n_seeds", ">= 1"),
    ("half a seed", protocol(n_seeds=1.5), ValueError, "n_seeds", "whole number"),
    ("all rows held out", protocol(test_size=1.0), ValueError, "test_size", r"\(0, 1\)"),
    ("a part of text held out", protocol(test_size="x"), ValueError, "test_size", r"\(0, 1\)"),
    ("no alert", protocol(alert_rate=0), ValueError, "alert_rate", r"\(0, 1\]"),
    ("alerts of text", protocol(alert_rate="x"), ValueError, "alert_rate", r"\(0, 1\]"),
    ("a positive class that is none", protocol(positive=7), ValueError, "positive", r"it has \[0, 1\]"),
    ("times of fewer rows", protocol(time=[0, 1]), ValueError, "time has 2", "inconsistent"),
    ("times missing", protocol(time=[NAN, *range(59)]), ValueError, "time", "missing in 1 rows"),
    ("times two-dimensional", protocol(time=np.ones((60, 2))), ValueError, "time", r"\(n_samples,\)"),
    ("time standing still", protocol(time=np.ones(60)), SplitError, "time", "same in every row"),
    ("no arm", protocol(arms={}), ValueError, "arms", "mapping"),
    ("arms a list", protocol(arms=[SynDAClassifier(LR)]), ValueError, "arms", "mapping"),
    ("an arm that is no SynDAClassifier", protocol(arms={"a": LR}), ValueError, "arms['a']", "SynDAClassifier"),
    ("an arm without probabilities", protocol(arms={"svm": SynDAClassifier(LinearSVC())}), ValueError, "'svm'", "no predict_proba"),
    ("an estimator of text", protocol(estimator="forest"), ValueError, "estimator", "no predict_proba"),
    ("reference misspelt", protocol(reference="randm"), ValueError, "reference", "synda, random"),
    ("initial_labels of 0", protocol(initial_labels=0), ValueError, "initial_labels", r"\[1, inf\)"),
    ("seed of text", protocol(random_state="x"), ValueError, "random_state", ">= 0"),
    ("seed negative", protocol(random_state=-1), ValueError, "random_state", ">= 0"),
    ("progress a number", protocol(progress=3), ValueError, "progress", "callable"),
    ("rows missing", protocol(X=None), TypeError, "X", "table or array"),
    ("fewer rows than labels", protocol(X=np.zeros((4, 2))), ValueError, "X has 4, y has 60", "inconsistent"),
    ("one class", protocol(y=[1] * 60), ValueError, "y", "one class"),
    ("labels missing", protocol(y=[0, 1, None] * 20), ValueError, "y", "missing"),
    ("a share of the rows above 1", protocol(label_budget=1.5), ValueError, "label_budget", r"\(0, 1\]"),
    ("an arm misspelt", protocol(arms=["synda", "entropi"]), ValueError, "entropi", "did you mean 'entropy'"),
    ("a group of arms misspelt", protocol(arms="baseline"), ValueError, "baseline", "did you mean 'baselines'"),
    ("names of arms of nothing", protocol(arms=[]), ValueError, "arms", "empty"),
    ("transfer from nowhere", protocol(arms=["transfer"]), ValueError, "source", "'transfer' needs rows"),
    ("a source of text", protocol(source="north"), ValueError, "source", "column=value"),
    ("a source column of an array", protocol(source="region=north"), ValueError, "source", "data frame"),
    ("a source column misspelt", lambda w: w.protocol(X=w.frame, source="knid=bill"), ValueError, "source", "did you mean 'kind'"),
    ("a source value misspelt", lambda w: w.protocol(X=w.frame, source={"kind": "bil"}), ValueError, "source", "did you mean 'bill'"),
    ("a source of all rows", protocol(source=np.ones(60, bool)), ValueError, "source", "60 of 60"),
    ("a source of positions", protocol(source=[0, 1]), ValueError, "source", "mask of bool"),
    ("a source of fewer rows", protocol(source=np.arange(4) > 2), ValueError, "source has 4", "inconsistent"),
    ("a source of one class", lambda w: w.protocol(source=w.y == 1), ValueError, "source", "one class only"),
    ("a source of other classes", protocol(y=np.arange(60) % 2 * np.repeat([1, 2], 30), source=np.arange(60) < 30), ValueError, "source", "fewer than two classes"),
    ("a source that is not fitted", protocol(source=LogisticRegression()), ValueError, "source", "fitted classifier"),
    ("a source without probabilities", lambda w: w.protocol(source=LinearSVC().fit(w.X, w.y)), ValueError, "source", "predict_proba"),
    ("a source of other columns", lambda w: w.protocol(source=LogisticRegression().fit(w.X[:, :2], w.y)), ValueError, "source", "2 columns, X has 4"),
    ("a source without the class sought", lambda w: w.protocol(source=LogisticRegression().fit(w.X, w.y + 5)), ValueError, "source", r"\[5, 6\].*not the class sought"),
    ("a source of none of several classes", lambda w: w.protocol(y=np.arange(60) % 3, source=LogisticRegression().fit(w.X, w.y + 5)), ValueError, "source", r"\[5, 6\].*none of"),
    ("a source in a file that is absent", lambda w: w.protocol(source=w.folder / "absent.skops"), ValueError, "source", "does not exist"),
    ("a source in a file of text", lambda w: w.protocol(source=w.folder / "text.txt"), ValueError, "source", "no skops file"),
    ("a model to transfer that is not fitted", lambda w: TransferClassifier(LR, source_model=LogisticRegression()).fit(w.X, w.y), ValueError, "source_model", "fitted classifier"),
    ("a budget of True", protocol(label_budget=True), ValueError, "label_budget", "whole number"),
    ("rounds of True", protocol(n_rounds=True), ValueError, "n_rounds", "whole number"),
    ("a seed beyond NumPy's", protocol(random_state=2**32), ValueError, "random_state", "4294967295"),
    ("a time column beside labels", lambda w: w.protocol(X=w.frame, time="day"), ValueError, "time", "give an array"),
    ("a folder with a broken image", lambda w: w.protocol(X=w.folder / "images", y=None), ValueError, "X", "cannot be read"),
    ("a folder and labels", lambda w: w.protocol(X=w.folder), ValueError, "y", "must be None"),
    ("no labels", protocol(y=None), ValueError, "y", "None"),
    ("groups of fewer rows", protocol(groups=["a", "b"]), ValueError, "groups has 2", "inconsistent"),
    ("groups two-dimensional", protocol(groups=np.ones((60, 2))), ValueError, "groups", r"\(n_samples,\)"),
    ("groups missing", protocol(groups=[None, *"ab" * 29, "a"]), ValueError, "groups", "missing in 1 rows"),
    ("groups of several kinds", protocol(groups=np.array([1, "a"] * 30, dtype=object)), ValueError, "groups", "cannot be ordered"),
    ("one group", protocol(groups=["a"] * 60), ValueError, "groups", "2 to 50"),
    ("a group for each row", protocol(groups=np.arange(60)), ValueError, "groups", "has 60 values"),
    ("groups of one class each", lambda w: w.protocol(groups=w.y), ValueError, "groups", "larger groups"),
    ("amounts of fewer rows", protocol(amount=[1.0]), ValueError, "amount", r"\(60,\)"),
    ("amounts below 0", protocol(amount=[-1.0] * 60), ValueError, "amount", ">= 0"),
    ("amounts missing", protocol(amount=[NAN, *range(59)]), ValueError, "amount", "NaN"),
    ("amounts of text", protocol(amount=["a"] * 60), ValueError, "amount", "array of numbers"),
    ("an amount column of an array", protocol(amount="money"), ValueError, "amount", "data frame"),
    ("an amount column misspelt", lambda w: w.protocol(X=w.frame, amount="knid"), ValueError, "amount", "did you mean 'kind'"),
    ("an amount column of text", lambda w: w.protocol(X=w.frame, amount="kind"), ValueError, "amount", "array of numbers"),
    ("amounts of several classes", protocol(y=np.arange(60) % 3, amount=np.ones(60)), ValueError, "amount", "give positive"),
    ("amounts of 0", protocol(amount=np.zeros(60)), ValueError, "amount", "undefined"),
    ("an alert cost below 0", protocol(amount=np.ones(60), alert_cost=-1), ValueError, "alert_cost", ">= 0"),
    ("an alert cost of text", protocol(amount=np.ones(60), alert_cost="x"), ValueError, "alert_cost", "number"),
    ("an alert cost of nothing", protocol(alert_cost=1), ValueError, "alert_cost", "amount is None"),
    ("corruptions of text", protocol(corruptions="noise"), ValueError, "corruptions", "list of kinds"),
    ("no corruption", protocol(corruptions=[]), ValueError, "corruptions", "list of kinds"),
    ("a corruption misspelt", protocol(corruptions=["nois"]), ValueError, "corruptions", "one of noise"),
    ("a corruption of images", protocol(corruptions=["blur"]), ValueError, "corruptions", "a table"),
    ("a corruption of no column", protocol(corruptions=["levels"]), ValueError, "corruptions", "no categorical column"),
    ("a corruption that is no text", protocol(corruptions=[3]), ValueError, "corruptions", "one of noise"),
    ("sparse rows for a model of dense ones", lambda w: w.protocol(X=csr_matrix(w.X), estimator=None), ValueError, "arms['synda']", "takes dense tables only"),
    ("sparse rows to corrupt", lambda w: w.protocol(X=csr_matrix(w.X), corruptions=["noise"]), ValueError, "corruptions", "X is sparse"),
    ("groups a number", protocol(groups=3), TypeError, "groups", "table or array"),
    ("a column of groups in an array", protocol(groups="region"), ValueError, "groups", "data frame"),
    ("a column of groups misspelt", lambda w: w.protocol(X=w.frame, groups="knid"), ValueError, "groups", "did you mean 'kind'"),
    ("a column of groups misspelt in a file", lambda w: w.protocol(X=w.folder / "table.csv", y="fraud", groups="dya"), ValueError, "groups", "not a column"),
    ("groups an array beside a file", lambda w: w.protocol(X=w.folder / "table.csv", y="fraud", groups=["a"] * 60), ValueError, "groups", "name of a column"),
    ("groups the labels", lambda w: w.protocol(X=w.folder / "table.csv", y="fraud", groups="fraud"), ValueError, "groups", "region"),
    ("a store that is a file", lambda w: w.protocol(store=w.folder / "text.txt"), ValueError, "store", "is a file"),
    ("a store of a number", protocol(store=3), ValueError, "store", "path of a folder"),
    ("a store of a method that cannot be told", lambda w: w.protocol(store=w.folder / "none", arms={"a": SynDAClassifier(LR).set_params(selector__uncertainty=lambda p: p[:, 0])}), ValueError, "arms['a']", "lambdas"),
    ("a file without the name of its labels", lambda w: w.protocol(X=w.folder / "table.csv"), ValueError, "y", "name of a column"),
    ("a file that is absent", lambda w: w.protocol(X=w.folder / "absent.csv", y="fraud"), ValueError, "X", "does not exist"),
    ("a column of labels misspelt", lambda w: w.protocol(X=w.folder / "table.csv", y="fruad"), ValueError, "y", "did you mean 'fraud'"),
    ("a column of labels in an array", protocol(y="fraud"), ValueError, "X", "data frame or a file"),
    ("a time column misspelt", lambda w: w.protocol(X=w.folder / "table.csv", y="fraud", time="dya"), ValueError, "time", "not a column"),
    ("a column to drop misspelt", lambda w: w.protocol(X=w.folder / "table.csv", y="fraud", drop=["amuont"]), ValueError, "drop", "did you mean 'amount'"),
    ("columns to drop from arrays", protocol(drop=["a"]), ValueError, "drop", "names a column"),
    ("a study misspelt", lambda w: ablation_arms("querry"), ValueError, "studies", "did you mean 'query'"),
    ("studies of nothing", lambda w: run_ablations(w.X, w.y, LR, studies=[]), ValueError, "studies", "empty"),
    ("a study of one arm", lambda w: run_ablations(w.X, w.y, LR, studies={"a": SynDAClassifier(LR)}), ValueError, "studies['a']", "mapping"),
    ("ablations with arms", lambda w: run_ablations(w.X, w.y, LR, arms=["synda"]), ValueError, "arms", "studies"),
    ("methods of nothing", lambda w: make_arms([]), ValueError, "names", "empty"),
    ("a report of nothing", lambda w: write_report({}, w.folder / "r.html"), ValueError, "results", "lacks 'configuration'"),
    ("a report of a number", lambda w: write_report(3, w.folder / "r.html"), ValueError, "results", "a ProtocolResult"),
    ("a report of text", lambda w: write_report(w.folder / "text.txt", w.folder / "r.html"), ValueError, "results", "no file of JSON"),
    ("results of text", lambda w: ProtocolResult.load(w.folder / "text.txt"), ValueError, "path", "no results"),
    ("a semi-supervised method misspelt", lambda w: SemiSupervisedClassifier("self-trainig", LR).fit(w.X, w.y), ValueError, "method", "'self-training'"),
    ("a pool of no row", lambda w: SemiSupervisedClassifier(max_pool=0).fit(w.X, w.y), ValueError, "max_pool", r"\[1, inf\)"),
    ("a pool of other columns", lambda w: SemiSupervisedClassifier(estimator=LR, pool=w.X[:, :2]).fit(w.X, w.y), ValueError, "X_new", "4 columns"),
    ("transfer without a source's model", lambda w: TransferClassifier(LR).fit(w.X, w.y), ValueError, "source_model", "fitted classifier"),
    ("transfer of a machine", lambda w: TransferClassifier(LR, source_model=LinearSVC()).fit(w.X, w.y), ValueError, "source_model", "predict_proba"),
    ("an over-sampler misspelt", lambda w: OverSampledClassifier("smot", LR).fit(w.X, w.y), ValueError, "sampler", "'smote'"),
    ("held-out part above 1", lambda w: held_out_split(w.y, time=None, test_size=2, seed=0), ValueError, "test_size", r"\(0, 1\)"),
    ("held-out seed negative", lambda w: held_out_split(w.y, time=None, test_size=0.3, seed=-1), ValueError, "seed", ">= 0"),
    ("held-out part of nothing", lambda w: held_out_split(w.y[:0], time=None, test_size=0.3, seed=0), ValueError, "y", "empty"),
    ("held-out part of unknown labels", lambda w: held_out_split(None, time=None, test_size=0.3, seed=0), ValueError, "y", "is None"),
    ("a display of nothing", lambda w: LabelEfficiencyDisplay.from_results({"rounds": []}), ValueError, "results", "no round"),
    ("a display of something else", lambda w: LabelEfficiencyDisplay.from_results({"runs": []}), ValueError, "results", "'rounds'"),
    ("a display's measure misspelt", lambda w: LabelEfficiencyDisplay.from_results([RECORD], measure="p"), ValueError, "'p'", "it has"),
    ("a picture of no report", lambda w: FidelityDisplay.from_report({}), TypeError, "report", "a GeneratorReport"),
    ("a picture of no augmenter", lambda w: FidelityDisplay.from_estimator(LR, w.X, w.y), TypeError, "augmenter", "must have report"),
    ("a picture of one side", lambda w: FidelityDisplay({"near_copies": {"real": 0.1}}).plot(), ValueError, "near_copies", "synthetic and real"),
    ("a picture of nothing", lambda w: FidelityDisplay({}).plot(), ValueError, "figures", "nothing to draw"),
    ("images of no generator", sample_images(generator=LR), TypeError, "generator", "with sample"),
    ("images of a generator's class", sample_images(generator=GaussianGenerator), TypeError, "generator", "with sample"),
    ("images of no class", sample_images(n_per_class=0), ValueError, "n_per_class", ">= 1"),
    ("images in no column", sample_images(n_columns=0), ValueError, "n_columns", ">= 1"),
    ("images without a shape", sample_images(image_shape=None), ValueError, "image_shape", "flat rows"),
    ("images of another shape", sample_images(image_shape=(3, 3)), ValueError, "image_shape", "asks for 9"),
    ("images of fewer labels", sample_images(y=[0, 1]), ValueError, "y has 2", "inconsistent"),
    ("images of missing labels", sample_images(y=[NAN] * 60), ValueError, "y", "every row labelled"),
    ("images by misspelt features", sample_images(features="pixels"), ValueError, "features", "None"),
    ("one image only", sample_images(X=np.ones((1, 4)), y=[0]), ValueError, "X", "at least 2"),
    ("images that are all equal", sample_images(X=np.ones((5, 4)), y=[0] * 5), ValueError, "X", "distances have no unit"),
    ("a grid of fewer distances", draw_images(distances=[1.0]), ValueError, "distances has 1", "inconsistent"),
    ("a grid of other images", draw_images(nearest=np.ones((4, 2, 2))), ValueError, "nearest", r"\(4, 4, 4\)"),
    ("a grid of five channels", draw_images(real=np.ones((4, 2, 2, 5))), ValueError, "real", "5 channels"),
    ("a grid without columns", draw_images(n_columns=0.5), ValueError, "n_columns", ">= 1"),
    ("a display of lists", draw([1, 2], [0.1, 0.2]), ValueError, "n_labels", "mapping"),
    ("a display of other arms", draw({"a": [1, 2]}, {"b": [[0.1, 0.2]]}), ValueError, "scores", r"\['b'\]"),
    ("a display of fewer counts", draw({"a": [1, 2]}, {"a": [[0.1, 0.2, 0.3]]}), ValueError, "scores['a']", "n_counts"),
    ("a display's reference misspelt", draw({"a": [1, 2]}, {"a": [[0.1, 0.2]]}, reference="b"), ValueError, "reference", "no arm"),
]  # fmt: skip

DAYS = np.arange(60)


def delayed(time=DAYS, X=None, groups=None, **given):
    return lambda w: next(
        DelayedLabelSplit(time=time, **given).split(w.X if X is None else X(w), groups=groups)
    )


def alerts(function, **given):
    told = {"y_true": [1, 0, 1], "y_score": [0.9, 0.5, 0.1], "n_alerts": 1, **given}
    return lambda w: function(**told)


def picture_of_alerts(**given):
    return lambda w: AlertBudgetDisplay.from_predictions(
        **{"y_true": [1, 0, 1], "y_score": [0.9, 0.5, 0.1], **given}
    )


JUDGING = [
    ("no window", delayed(n_splits=0), ValueError, "n_splits", ">= 1"),
    ("half a window", delayed(n_splits=1.5), ValueError, "n_splits", "whole number"),
    ("a window of no time", delayed(time=None), ValueError, "time", "column's name or an array"),
    ("a window's time misspelt", delayed(time="tmie", X=lambda w: w.frame), ValueError, "time", "no column of X"),
    ("a window's time named of an array", delayed(time="time"), ValueError, "time", "no column names"),
    ("a window's time in other numbers", delayed(time=[1, 2, 3]), ValueError, "time has 3", "inconsistent"),
    ("a window's time missing", delayed(time=[NAN, *range(59)]), ValueError, "time", "missing in 1 rows"),
    ("a window's time infinite", delayed(time=[INF, *range(59)]), ValueError, "time", "finite"),
    ("a window's time of words", delayed(time=["soon"] * 60), ValueError, "time", "numbers or datetimes"),
    ("a delay below 0", delayed(delay=-1), ValueError, "delay", ">= 0"),
    ("a delay that is no number", delayed(delay=NAN), ValueError, "delay", ">= 0"),
    ("a delay of text", delayed(delay="7D"), TypeError, "delay", "a number"),
    ("a delay of days among numbers", delayed(delay=np.timedelta64(7, "D")), TypeError, "delay", "a number"),
    ("a delay of numbers among dates", delayed(time=pd.date_range("2024-01-01", periods=60), delay=7), TypeError, "delay", "timedelta"),
    ("a delay above all time", delayed(delay=100), ValueError, "delay", "no time to test"),
    ("a test window of nothing", delayed(test_size=0), ValueError, "test_size", "> 0"),
    ("a training window of nothing", delayed(train_size=0), ValueError, "train_size", "> 0"),
    ("windows before all rows", delayed(test_size=20, n_splits=3), ValueError, "n_splits", "no row to train on"),
    ("windows of customers without them", delayed(disjoint_groups=True), ValueError, "groups", "must be given"),
    ("windows of fewer customers", delayed(disjoint_groups=True, groups=[1, 2]), ValueError, "groups", "one a row"),
    ("windows of maybe", delayed(disjoint_groups="yes"), ValueError, "disjoint_groups", "True or False"),
    ("the curve of a model without one", lambda w: alc_scorer(w.model, w.X, w.y), TypeError, "estimator", "SynDAClassifier"),
    ("the curve of stages not kept", lambda w: alc_scorer(w.done, w.X, w.y), ValueError, "store_stages", "must be True"),
    ("a scorer of no alert", lambda w: make_alert_budget_scorer(0), ValueError, "n_alerts", ">= 1"),
    ("a scorer misspelt", lambda w: make_alert_budget_scorer(1, measure="recal"), ValueError, "measure", "recall, precision, value"),
    ("no alert a day", alerts(recall_at_alert_budget, n_alerts=0), ValueError, "n_alerts", ">= 1"),
    ("half an alert a day", alerts(precision_at_alert_budget, n_alerts=0.5), ValueError, "n_alerts", "whole number"),
    ("alerts on fewer days", alerts(recall_at_alert_budget, day=[1, 2]), ValueError, "day", "one a row"),
    ("alerts on no day", alerts(recall_at_alert_budget, day=[1, None, 2]), ValueError, "day", "missing in 1 rows"),
    ("alerts on half days", alerts(recall_at_alert_budget, day=[1, 1.5, 2]), ValueError, "day", "whole numbers"),
    ("alerts about nothing", alerts(recall_at_alert_budget, y_true=[0, 0, 0]), ValueError, "y_true", "undefined"),
    ("alerts about no rows", alerts(precision_at_alert_budget, y_true=[], y_score=[]), ValueError, "y_true", "empty"),
    ("amounts below 0", alerts(value_at_alert_budget, amount=[1, -2, 3]), ValueError, "amount", ">= 0"),
    ("amounts too few", alerts(value_at_alert_budget, amount=[1]), ValueError, "amount", "one a row"),
    ("amounts of 0", alerts(value_at_alert_budget, amount=[0, 5, 0]), ValueError, "amount", "undefined"),
    ("a label's cost below 0", alerts(operating_cost, amount=[1, 1, 1], label_cost=-1), ValueError, "label_cost", ">= 0"),
    ("an alert's cost of text", alerts(operating_cost, amount=[1, 1, 1], alert_cost="1"), ValueError, "alert_cost", ">= 0"),
    ("more recovered than lost", alerts(operating_cost, amount=[1, 1, 1], recovered=2), ValueError, "recovered", r"\[0, 1\]"),
    ("bootstrap of one pair", lambda w: paired_bootstrap([1], [2]), ValueError, "scores", "at least 2"),
    ("bootstrap of no pairs", lambda w: paired_bootstrap([1, 2], [1, 2, 3]), ValueError, "reference", "n_pairs"),
    ("bootstrap of NaN", lambda w: paired_bootstrap([1, 2], [1, NAN]), ValueError, "reference", "finite"),
    ("bootstrap at level 95", lambda w: paired_bootstrap([1, 2], [1, 3], confidence_level=95), ValueError, "confidence_level", r"\(0, 1\)"),
    ("bootstrap of few draws", lambda w: paired_bootstrap([1, 2], [1, 3], n_resamples=9), ValueError, "n_resamples", ">= 100"),
    ("bootstrap seed of text", lambda w: paired_bootstrap([1, 2], [1, 3], random_state="x"), ValueError, "random_state", ">= 0"),
    ("a test of one method", lambda w: wilcoxon_holm({"a": [1, 2]}), ValueError, "scores", "two methods"),
    ("a test's reference misspelt", lambda w: wilcoxon_holm({"a": [1, 2], "b": [1, 3]}, reference="c"), ValueError, "reference", "a, b"),
    ("a test's side misspelt", lambda w: wilcoxon_holm({"a": [1, 2], "b": [1, 3]}, alternative="more"), ValueError, "alternative", "'greater'"),
    ("a test of other lengths", lambda w: wilcoxon_holm({"a": [1, 2], "b": [1, 3, 4]}), ValueError, "scores['b']", "n_pairs"),
    ("group scores by a name", lambda w: group_scores(w.y, w.y, w.y, "accuracy"), TypeError, "metric", "callable"),
    ("group scores of fewer groups", lambda w: group_scores(w.y, w.y, ["a"], accuracy_score), ValueError, "groups has 1", "inconsistent"),
    ("group scores of fewer predictions", lambda w: worst_group_score(w.y, [1], w.y, accuracy_score), ValueError, "y_pred has 1", "inconsistent"),
    ("group scores without labels", lambda w: group_scores([None, 1], [1, 1], ["a", "b"], accuracy_score), ValueError, "y_true", "missing in 1 rows"),
    ("group scores of missing groups", lambda w: group_scores([1, 0], [1, 1], [NAN, 1], accuracy_score), ValueError, "groups", "missing in 1 rows"),
    ("group scores of a matrix of groups", lambda w: group_scores([1, 0], [1, 1], [[1], [2]], accuracy_score), ValueError, "groups", r"\(n_samples,\)"),
    ("group scores without groups", lambda w: group_scores([1, 0], [1, 1], None, accuracy_score), TypeError, "groups", "table or array"),
    ("the worst of groups of one class", lambda w: worst_group_score([1, 0], [1, 1], [1, 0], accuracy_score, every_class=True), ValueError, "groups", "lacks a class"),
    ("a drop from 0", lambda w: adaptation_drop(0, 1), ValueError, "source_score", "positive"),
    ("a drop to NaN", lambda w: adaptation_drop(1, NAN), ValueError, "target_score", "finite"),
    ("a recovery of no seeds", lambda w: adaptation_recovery(1, [], 2), ValueError, "adapted_score", "n_seeds"),
    ("a corruption misspelt", lambda w: corrupt(w.X, "nosie", 0.1), ValueError, "kind", "noise, missing, levels"),
    ("a table blurred", lambda w: corrupt(w.X, "blur", 0.1), ValueError, "kind", "a table"),
    ("a severity above 1", lambda w: corrupt(w.X, "noise", 2), ValueError, "severity", r"\[0, 1\]"),
    ("levels of numbers", lambda w: corrupt(w.X, "levels", 0.1), ValueError, "kind", "no categorical column"),
    ("noise on words", lambda w: corrupt(w.frame[["kind"]], "noise", 0.1), ValueError, "kind", "no column of numbers"),
    ("pictures with the channels first", lambda w: corrupt(np.zeros((2, 3, 8, 8)), "blur", 0.1), ValueError, "X has shape", "last"),
    ("pictures of NaN", lambda w: corrupt(np.full((2, 8, 8), NAN), "blur", 0.1), ValueError, "X", "finite"),
    ("pictures of words", lambda w: corrupt(np.full((2, 8, 8), "a"), "blur", 0.1), ValueError, "X", "pictures of numbers"),
    ("robustness to nothing", lambda w: corruption_robustness(w.model, w.X, w.y, []), ValueError, "kinds", "at least one"),
    ("robustness to a word", lambda w: corruption_robustness(w.model, w.X, w.y, "noise"), ValueError, "kinds", "list"),
    ("robustness of no severity", lambda w: corruption_robustness(w.model, w.X, w.y, ["noise"], severities=()), ValueError, "severities", "at least one"),
    ("robustness of a loss", lambda w: corruption_robustness(w.model, w.X, w.y, ["noise"], scoring="neg_log_loss"), ValueError, "scoring", "positive"),
    ("a schedule of no classifier", lambda w: MixingScheduleDisplay.from_estimator(w.model), TypeError, "estimator", "SynDAClassifier"),
    ("a schedule of one not fitted", lambda w: MixingScheduleDisplay.from_estimator(SynDAClassifier()), TypeError, "estimator", "fitted"),
    ("a schedule of no stage", lambda w: MixingScheduleDisplay([]).plot(), ValueError, "history", "empty"),
    ("a schedule without beta", lambda w: MixingScheduleDisplay([{"ratio": 1}]).plot(), ValueError, "history", "lacks 'beta'"),
    ("quality of no filter", lambda w: QualityScoreDisplay.from_estimator(w.model), TypeError, "quality_filter", "fitted QualityFilter"),
    ("quality of no row", lambda w: QualityScoreDisplay([], [], []).plot(), ValueError, "quality", "each row"),
    ("quality of fewer labels", lambda w: QualityScoreDisplay([0.1, 0.2], [1], ["kept"] * 2).plot(), ValueError, "labels", "alike"),
    ("quality for another reason", lambda w: QualityScoreDisplay([0.1], [1], ["lost"]).plot(), ValueError, "reasons", "near copy"),
    ("quality in no bins", lambda w: QualityScoreDisplay([0.1], [1], ["kept"], n_bins=0).plot(), ValueError, "n_bins", ">= 1"),
    ("a map of no SynDAClassifier", lambda w: QueryMapDisplay.from_estimator(w.model), TypeError, "estimator", "from_selector"),
    ("a map of no selector", lambda w: QueryMapDisplay.from_selector("hybrid", w.model, w.X), TypeError, "selector", "query"),
    ("a map of no points", lambda w: QueryMapDisplay.from_estimator(w.live, n_points=0), ValueError, "n_points", ">= 1"),
    ("a map of a word", lambda w: QueryMapDisplay.from_estimator(w.live, projection="tsne"), ValueError, "projection", "fit_transform"),
    ("a map in three dimensions", lambda w: QueryMapDisplay(np.ones((4, 3)), np.ones(4), [0]).plot(), ValueError, "points", "n_points, 2"),
    ("a map of fewer uncertainties", lambda w: QueryMapDisplay(np.ones((4, 2)), np.ones(3), [0]).plot(), ValueError, "uncertainty", r"\(4,\)"),
    ("a map of a row outside", lambda w: QueryMapDisplay(np.ones((4, 2)), np.ones(4), [4]).plot(), ValueError, "chosen", "outside"),
    ("a map of flat labels", lambda w: QueryMapDisplay(np.ones((4, 2)), np.ones(4), [0], [1, 2]).plot(), ValueError, "labeled", "n_labeled, 2"),
    ("a picture of alerts misspelt", picture_of_alerts(measure="recal"), ValueError, "measure", "recall, precision, value"),
    ("a picture of value without one", picture_of_alerts(measure="value"), ValueError, "amount", "must be given"),
    ("a picture of no alert", picture_of_alerts(max_alerts=0), ValueError, "max_alerts", ">= 1"),
    ("a picture of no model", picture_of_alerts(y_score={}), ValueError, "y_score", "empty"),
    ("a picture of nothing to find", picture_of_alerts(y_true=[0, 0, 0]), ValueError, "y_true", "nothing to find"),
    ("a picture of a class that is none", lambda w: AlertBudgetDisplay.from_estimator(w.model, w.X, w.y, pos_label=7), ValueError, "pos_label", "no class"),
    ("a picture of no curve", lambda w: AlertBudgetDisplay({}).plot(), ValueError, "curves", "model's name"),
]  # fmt: skip

INTEROP = [
    ("queue positions two-dimensional", queue(indices=[[0, 1]]), ValueError, "indices", "one-dimensional"),
    ("queue positions of halves", queue(indices=[0.5]), ValueError, "indices", "int"),
    ("queue position outside", queue(indices=[60]), ValueError, "indices", r"outside \[0, 60\)"),
    ("queue position negative", queue(indices=[-1]), ValueError, "indices", r"outside \[0, 60\)"),
    ("queue position twice", queue(indices=[1, 1]), ValueError, "indices", "more than once"),
    ("queue of no table", queue(X=None), ValueError, "X", "table of shape"),
    ("queue scores too few", queue(scores=[0.1]), ValueError, "scores", "expected 2"),
    ("queue score parts too few", queue(score_parts={"density": [1]}), ValueError, "score_parts['density']", "expected 2"),
    ("queue score parts a list", queue(score_parts=[1, 2]), ValueError, "score_parts", "dict"),
    ("queue score part named as a column", queue(score_parts={"position": [7, 8]}), ValueError, "score_parts", "other names"),
    ("queue ids too few", queue(ids=["a", "b"]), ValueError, "ids", "expected 60"),
    ("queue ids a column that is none", queue(ids="account"), ValueError, "ids", "not a column of X"),
    ("queue ids a number", queue(ids=3), ValueError, "ids", "one id for each row"),
    ("queue suggestions too many", queue(suggested=[0, 1, 1]), ValueError, "suggested", "expected 2"),
    ("queue of another kind", queue(path="cases.xlsx"), ValueError, "path", r"\.csv"),
    ("answers of another kind", lambda w: read_answers("cases.xlsx"), ValueError, "path", r"\.csv"),
    ("answers in an empty file", lambda w: read_answers(w.folder / "empty.csv"), ValueError, "empty.csv", "cannot be read"),
    ("answers in a broken file", lambda w: read_answers(w.folder / "broken.parquet"), ValueError, "broken.parquet", "cannot be read"),
    ("answers to a row beyond all tables", lambda w: read_answers(w.folder / "huge.csv"), ValueError, "position", "int >= 0"),
    ("answers a list of words", lambda w: read_answers(w.folder / "filled.csv", answers=["fraud"]), ValueError, "answers", "dict"),
    ("unsure an answer too", lambda w: read_answers(w.folder / "filled.csv", unsure="Fraud"), ValueError, "unsure", "different words"),
    ("task position outside", tasks(indices=[60]), ValueError, "indices", r"outside \[0, 60\)"),
    ("tasks of no table", tasks(X="table"), ValueError, "X", "table of shape"),
    ("task suggestions too many", tasks(suggested=[0, 1, 1]), ValueError, "suggested", "expected 2"),
    ("task suggestion that is no choice", tasks(indices=[0], suggested=[2], choices={"fraud": 1}), ValueError, "suggested", "choices"),
    ("task choices a list", tasks(choices=["fraud"]), ValueError, "choices", "dict"),
    ("annotations broken", lambda w: read_annotations(w.folder / "broken.json"), ValueError, "broken.json", "no JSON"),
    ("annotations of no tasks", lambda w: read_annotations(w.folder / "dict.json"), ValueError, "dict.json", "no list of tasks"),
    ("annotations that are none", lambda w: read_annotations(w.folder / "no_annotations.json"), ValueError, "Task 1", "broken annotations"),
    ("annotations by number", lambda w: read_annotations(w.folder / "number.json"), ValueError, "Task 1", "choices"),
    ("annotation choices a list", lambda w: read_annotations(w.folder / "dict.json", choices=["a"]), ValueError, "choices", "dict"),
    ("modAL function of text", from_modal("margin"), TypeError, "query_function", "callable"),
    ("modAL function that gives no positions", from_modal(lambda c, X, n_instances: [0.5, 1.5]), ValueError, "query_function", "row positions"),
    ("modAL function that gives text", from_modal(lambda c, X, n_instances: ([0, 1], ["a", "b"])), ValueError, "query_function", "no numbers"),
    ("modAL rows of text", from_modal(lambda c, X, n_instances: [0], "x"), ValueError, "n_queries", "an int"),
    ("modAL batch negative", from_modal(lambda c, X, n_instances: [0], None, batch_size=-1), ValueError, "batch_size", ">= 1"),
    ("modAL model that is not fitted", lambda w: modal.FromModal(lambda c, X, n_instances: [0]).query(LogisticRegression(), w.X, 1), TypeError, "estimator", "fitted"),
    ("skactiveml strategy of text", from_skactiveml("random"), TypeError, "strategy", "instance"),
    ("skactiveml rows below 1", from_skactiveml(n_queries=0), ValueError, "n_queries", ">= 1"),
    ("skactiveml features misspelt", from_skactiveml(features="atuo"), ValueError, "features", "'auto', 'estimator'"),
    ("skactiveml parameters a list", from_skactiveml(query_params=[1]), TypeError, "query_params", "dict"),
    ("skactiveml labels too few", from_skactiveml(X_labeled=3, y_labeled=[0, 1]), ValueError, "y_labeled has 2", "inconsistent"),
    ("skactiveml labels unseen", from_skactiveml(X_labeled=3, y_labeled=[0, 1, 7]), ValueError, "y_labeled", r"not seen in fit: \[7\]"),
    ("skactiveml name misspelt", lambda w: skactiveml.FromSkactivml, AttributeError, "FromSkactivml", "no attribute"),
    ("selector of text for skactiveml", to_skactiveml(selector="hybrid"), TypeError, "selector", "query strategy"),
    ("classifier of scikit-learn for skactiveml", to_skactiveml(clf=LR), TypeError, "clf", "SkactivemlClassifier"),
    ("batch of 0 for skactiveml", to_skactiveml(batch_size=0), ValueError, "batch_size", ">= 1"),
    ("candidate outside for skactiveml", to_skactiveml(candidates=[900]), ValueError, "900", "less than 60"),
]  # fmt: skip

FILES = [
    ("load from nowhere", lambda w: load(w.folder / "model.skops"), FileNotFoundError, "model.skops", "No such file"),
    ("load something else", lambda w: load(w.folder / "text.txt"), ValueError, "path", "no skops file"),
    ("trust a word", lambda w: load(w.folder / "text.txt", trusted="all"), TypeError, "trusted", "list of the names"),
    ("trust all", lambda w: load(w.folder / "text.txt", trusted=True), TypeError, "trusted", "list of the names"),
    ("save a function", lambda w: save(lambda x: x, w.folder / "model.skops"), ValueError, "estimator", "without pickle"),
    ("save into no folder", lambda w: save(w.model, w.folder / "no" / "model.skops"), FileNotFoundError, "model.skops", "No such file"),
    ("journal command without a file", command("journal"), CommandError, "FILE", "required"),
    ("journal command on nothing", command("journal", "nothing.db"), CommandError, "FILE", "No such file"),
    ("journal command on text", command("journal", "text.txt"), CommandError, "FILE", "not a SQLite file"),
    ("journal command misspelt", command("jurnal"), CommandError, "jurnal", "'journal'"),
    ("export of another kind", command("journal", "labels.db", "--export", "rows.xlsx"), CommandError, "--export", r"\.csv or \.parquet"),
    ("run on another kind", command("run", "--table", "text.txt", "--target", "fraud"), CommandError, "--table", r"\.csv"),
    ("run for a misspelt column", command("run", "--table", "table.csv", "--target", "fruad"), CommandError, "--target", "did you mean 'fraud'"),
    ("run with a misspelt option", command("run", "--table", "table.csv", "--target", "fraud", "--lables", "9"), CommandError, "--lables", "did you mean --labels"),
]  # fmt: skip

ONNX = [
    ("export a class", onnx_export(LogisticRegression), TypeError, "estimator", "fitted estimator"),
    ("export a number", onnx_export(3), TypeError, "estimator", "fitted estimator"),
    ("export an encoder", lambda w: onnx_export(w.encoder)(w), TypeError, "estimator", "predicts nothing"),
    ("export what is not fitted", onnx_export(LogisticRegression()), NotFittedError, "LogisticRegression", "not fitted"),
    ("export to a number", onnx_export(path=3), TypeError, "path", "must be a path"),
    ("export into no folder", onnx_export(path="no/model.onnx"), ValueError, "path", "does not exist"),
    ("export rows of other columns", lambda w: onnx_export(w.framed, X=w.frame[["a"]])(w), ValueError, "feature names", "now missing"),
    ("export without the columns", lambda w: onnx_export(w.framed)(w), ValueError, "X", r"\['a', 'b', 'c', 'd', 'kind'\]"),
    ("export one row as a list", onnx_export(X=[1, 2, 3, 4]), ValueError, "X", "rows and columns"),
    ("export no rows", onnx_export(X=np.zeros((0, 4))), ValueError, "X", "no rows"),
    ("export without a check", onnx_export(n_checks=0), ValueError, "n_checks", r"\[1, inf\)"),
    ("export to misspelt weights", onnx_export(weights="int4"), ValueError, "weights", "'int8'"),
    ("export weights there are none of", onnx_export(weights="int8"), ValueError, "weights", "no matrices"),
    ("export to a tolerance below 0", onnx_export(tolerance=-1.0), ValueError, "tolerance", r"\[0\.0, inf\)"),
    ("export to a tolerance of NaN", onnx_export(tolerance=NAN), ValueError, "tolerance", r"\[0\.0, inf\)"),
    ("export to a tolerance of 0", onnx_export(tolerance=0), ValueError, "tolerance", "differ by up to"),
    ("export to an old opset", onnx_export(opset=9), ValueError, "opset", r"\[18, inf\)"),
    ("open nothing", lambda w: onnx.load(w.folder / "model.onnx"), FileNotFoundError, "path", "no such file"),
    ("open a number", lambda w: onnx.load(3), TypeError, "path", "must be a path"),
    ("open text", lambda w: onnx.load(w.folder / "text.txt"), ValueError, "path", "no ONNX file"),
    ("open with no thread", lambda w: onnx.load(w.folder / "text.txt", n_threads=0), ValueError, "n_threads", ">= 1"),
    ("open with True threads", lambda w: onnx.load(w.folder / "text.txt", n_threads=True), ValueError, "n_threads", ">= 1"),
]  # fmt: skip

UTILS = [
    ("encoder before fit", lambda w: TableEncoder().transform(w.X), NotFittedError, "TableEncoder", "'fit'"),
    ("encoder's skew_threshold of text", encode(skew_threshold="x"), ValueError, "skew_threshold", "a float"),
    ("encoder's min_frequency of 2", encode(min_frequency=2.0), ValueError, "min_frequency", r"\[0\.0, 1\.0\)"),
    ("encoder's max_categories of 0", encode(max_categories=0), ValueError, "max_categories", r"\[1, inf\)"),
    ("encoder's columns missing", lambda w: w.encoder.transform(w.frame[["a"]]), ValueError, "feature names", "now missing"),
    ("encoder's numbers text", lambda w: w.encoder.transform(w.frame.assign(b="x")), ValueError, "'b'", "as in fit"),
    ("encoder's cells dictionaries", lambda w: TableEncoder().fit(w.frame.assign(kind=[{}] * 60)), TypeError, "'kind'", "no category"),
    ("codec before fit", lambda w: TableCodec().encode(w.frame), NotFittedError, "TableCodec", "'fit'"),
    ("codec with other columns", lambda w: w.codec.encode(w.frame.rename(columns={"a": "z"})), ValueError, "X", r"expected \['a'"),
    ("codec with numbers of text", lambda w: w.codec.encode(w.frame.assign(a="x")), ValueError, "'a'", "as in fit"),
    ("codec with fewer codes", lambda w: w.codec.decode(w.X, np.zeros((3, 1), int)), ValueError, "codes", r"expected \(60, 4\)"),
    ("codec with an unknown level", lambda w: w.codec.decode(w.X, np.full((60, 1), 7)), ValueError, "codes", "not seen in fit"),
    ("codec with a level of -2", lambda w: w.codec.decode(w.X, np.full((60, 1), -2)), ValueError, "codes", "not seen in fit"),
    ("labels None", lambda w: split_missing(None), ValueError, "y", "is None"),
    ("labels mixed", lambda w: split_missing(["a", 1]), ValueError, "y", "mixes strings and numbers"),
    ("labels continuous", lambda w: split_missing([0.2, 0.7, 1.1]), ValueError, "label type", "continuous"),
    ("labels infinite", lambda w: split_missing([1.0, INF]), ValueError, "y", "infinity"),
    ("marker a list", lambda w: split_missing([1, 2], missing_label=[1]), ValueError, "missing_label", "a single value"),
    ("a package that is missing", lambda w: import_optional("nowhere.at.all", "plot", "plots"), ImportError, "'nowhere'", r"pip install 'synda-sk\[plot\]'"),
    ("a route misspelt", lambda w: weight_route(LR, "resmple"), ValueError, "weighting", "'resample'"),
    ("a route that is closed", lambda w: weight_route(KNeighborsClassifier(), "sample_weight"), ValueError, "weighting", "KNeighborsClassifier takes no sample_weight"),
    ("weights of fewer rows", lambda w: fit_weighted(KNeighborsClassifier(), w.X, w.y, np.ones(3)), ValueError, "sample_weight", r"expected \(60,\)"),
    ("weights negative", lambda w: fit_weighted(KNeighborsClassifier(), w.X, w.y, -np.ones(60)), ValueError, "sample_weight", "Negative"),
    ("a seed of text", lambda w: SeedStreams("x"), ValueError, "random_state", "an int >= 0"),
    ("a seed negative", lambda w: SeedStreams(-1), ValueError, "random_state", "an int >= 0"),
    ("features misspelt", lambda w: Features("atuo", w.X), ValueError, "features", "'auto', 'estimator'"),
    ("features of a model without any", lambda w: Features("estimator", w.X)(w.X, LR), ValueError, "features", "no transform"),
    ("rows of other columns", lambda w: concat_rows(w.X, w.X[:, :2]), ValueError, "X_new", "4 columns"),
    ("rows of another container", lambda w: concat_rows(w.frame, w.X), ValueError, "X_new", "a data frame"),
    ("rows of other names", lambda w: concat_rows(w.frame, w.frame.rename(columns={"a": "z"})), ValueError, "X_new", "'z'"),
    ("images of no numbers", lambda w: as_images(np.full((2, 2, 2), "a")), ValueError, "X", "array of numbers"),
    ("images of two shapes", lambda w: as_images([[[1, 2]], [[1]]]), ValueError, "X", "array of shape"),
]  # fmt: skip

COMPRESSION = [
    ("prune a number", lambda w: compression.prune(3, amount=0.5), TypeError, "model", "torch.nn.Module"),
    ("prune by nothing", shrink("prune"), ValueError, "amount", "exactly one"),
    ("prune by two", shrink("prune", amount=0.5, threshold=0.1), ValueError, "threshold", "exactly one"),
    ("prune more than all", shrink("prune", amount=1.5), ValueError, "amount", r"\[0\.0, 1\.0\]"),
    ("prune NaN", shrink("prune", amount=NAN), ValueError, "amount", r"\[0\.0, 1\.0\]"),
    ("prune below nothing", shrink("prune", threshold=-1), ValueError, "threshold", r"\[0\.0, inf\)"),
    ("prune by a misspelt scope", shrink("prune", amount=0.5, scope="layers"), ValueError, "scope", "'layer'"),
    ("quantize to one bit", shrink("quantize", 1), ValueError, "n_bits", r"\[2, 8\]"),
    ("quantize to a fraction", shrink("quantize", 4.5), ValueError, "n_bits", "an int"),
    ("quantize a part to one bit", shrink("quantize", {"": 4, "0": 1}), ValueError, "n_bits", r"\[2, 8\]"),
    ("quantize a part there is not", shrink("quantize", {"stem": 8}), ValueError, "n_bits", "'stem', but model"),
    ("quantize no part", shrink("quantize", {}), ValueError, "n_bits", "name parts"),
    ("quantize a part by number", shrink("quantize", {0: 8}), ValueError, "n_bits", "name parts"),
    ("quantize a class", lambda w: compression.quantize(LogisticRegression), TypeError, "model", "torch.nn.Module"),
    ("report on a classifier", lambda w: compression.report(w.model), TypeError, "model", "LogisticRegression"),
    ("save a classifier as a network", lambda w: compression.save(w.model, w.folder / "net"), TypeError, "model", "torch.nn.Module"),
    ("load a network from nowhere", lambda w: compression.load(w.folder / "net.bin", None), FileNotFoundError, "net.bin", "No such file"),
    ("load a network from text", text_as_network, ValueError, "path", "no sound file"),
    ("load another network", other_network, ValueError, "model", r"\[3\] in the file.*\[2\] in model|\[3, 4\] in the file"),
    ("finetune by a word", shrink("finetune", "mse"), TypeError, "loss", "callable"),
    ("finetune for no step", shrink("finetune", lambda m, g: 0, n_steps=0), ValueError, "n_steps", r"\[1, inf\)"),
    ("distill a student of text", distill(student="small"), TypeError, "student", "torch.nn.Module"),
    ("distill a teacher of text", distill(teacher="large"), TypeError, "teacher", "callable"),
    ("distill from no inputs", distill(make_inputs=np.zeros(3)), TypeError, "make_inputs", "callable"),
    ("distill at a negative rate", distill(learning_rate=-1), ValueError, "learning_rate", r"\(0\.0, inf\)"),
    ("distill with a seed of text", distill(random_state="x"), ValueError, "random_state", "RandomState"),
    ("distill into a class", distill_classifier(LogisticRegression), TypeError, "student", "predict_proba"),
    ("distill into a machine", distill_classifier(LinearSVC()), TypeError, "student", "predict_proba"),
    ("distill from a machine", distill_classifier(teacher=LinearSVC()), ValueError, "teacher", "predict_proba"),
    ("distill from one not fitted", distill_classifier(teacher=KNeighborsClassifier()), TypeError, "teacher", "must be fitted"),
    ("distill without labels", distill_classifier(y=None), ValueError, "y", "alpha=0"),
    ("distill with unseen labels", distill_classifier(y=np.full(60, 7)), ValueError, "y", "not known to teacher"),
    ("distill with fewer labels", distill_classifier(y=[0, 1]), ValueError, "y has 2", "inconsistent"),
    ("distill with alpha above 1", distill_classifier(alpha=2), ValueError, "alpha", r"\[0\.0, 1\.0\]"),
    ("distill at no temperature", distill_classifier(temperature=0), ValueError, "temperature", r"\(0\.0, inf\)"),
    ("soften a classifier", distill_classifier(temperature=2), ValueError, "temperature", "must be 1"),
    ("distill batches of 0", distill_classifier(batch_size=0), ValueError, "batch_size", r"\[1, inf\)"),
]  # fmt: skip

IMAGES = [
    ("images of an impossible shape", classify(image_shape=(4,)), ValueError, "image_shape", r"\(height, width\)"),
    ("images of another shape", classify(image_shape=(3, 3)), ValueError, "image_shape", "9 values, but X has 4"),
    ("images in five dimensions", classify(X=lambda w: np.zeros((60, 2, 2, 1, 1))), ValueError, "X", "5 dimensions"),
    ("images of holes", classify(X=lambda w: np.where(w.X > 2, NAN, w.X)), ValueError, "X", "NaN"),
    ("images in words", classify(X=lambda w: w.X.astype(str)), ValueError, "X", "."),
    ("images without labels", classify(y=lambda w: w.partly), ValueError, "y", "every row labelled"),
    ("images and fewer labels", classify(y=lambda w: w.y[:9]), ValueError, "y", "y has 9"),
    ("images of no width", classify(width=0), ValueError, "width", r"\[1, inf\)"),
    ("an augmentation by name", classify(augmentation="standard"), ValueError, "augmentation", "'auto'"),
    ("an augmentation that cannot draw", classify(augmentation=LR), ValueError, "augmentation", "draw"),
    ("a class unweighted", classify(class_weight="equal"), ValueError, "class_weight", "balanced"),
    ("a teacher who is a number", classify(teacher=3), ValueError, "teacher", "predict_proba"),
    ("a teacher who knows nothing yet", classify(teacher=LogisticRegression()), ValueError, "teacher", "FrozenEstimator"),
    ("a teacher of NaN", classify(teacher=Unsure()), ValueError, "teacher", "finite"),
    ("labels the teacher lacks", classify(y=lambda w: w.y + 1, teacher=Unsure()), ValueError, "y", "teacher"),
    ("unlabeled images and no teacher", classify(unlabeled=lambda w: w.X), ValueError, "X_unlabeled", "teacher is None"),
    ("labels of weight 2", classify(alpha=2), ValueError, "alpha", r"\[0.*1"),
    ("a temperature of 0", classify(temperature=0), ValueError, "temperature", r"\(0.*inf"),
    ("images for no step", classify(max_steps=0), ValueError, "max_steps", "auto"),
    ("batches of one image", classify(batch_size=1), ValueError, "batch_size", "auto"),
    ("a rate of 0", classify(learning_rate=0), ValueError, "learning_rate", r"\(0.*inf"),
    ("all images held out", classify(validation_fraction=1), ValueError, "validation_fraction", r"\[0.*1"),
    ("no patience", classify(patience=0), ValueError, "patience", r"\[1, inf\)"),
    ("half precision", classify(precision="float16"), ValueError, "precision", "bfloat16"),
    ("a device that is none", classify(device="abacus"), ValueError, "device", "'auto'"),
    ("images of negative weight", classify(weight=-np.ones(60)), ValueError, "sample_weight", "."),
    ("images of too few weights", classify(weight=np.ones(3)), ValueError, "sample_weight", r"\(60,\)"),
    ("a warm start of another width", classify(width=2, warm_start=True), ValueError, "warm_start", "the same classes, width"),
    ("predict images of another size", lambda w: w.network.predict(w.X[:, :3]), ValueError, "X", "3 features"),
    ("predict before fit", lambda w: ConvClassifier().predict(w.X), NotFittedError, "ConvClassifier", "not fitted"),
]  # fmt: skip

SECTIONS = {
    "constructor": CONSTRUCTOR,
    "fit": FIT,
    "predict": PREDICT,
    "query": QUERY,
    "teach": TEACH,
    "selection": SELECTION,
    "synthetic": SYNTHETIC,
    "mixing": MIXING,
    "measures": MEASURES,
    "data": DATA,
    "evaluation": EVALUATION,
    "judging": JUDGING,
    "interop": INTEROP,
    "files": FILES,
    "images": IMAGES,
    "compression": COMPRESSION,
    "onnx": ONNX,
    "utils": UTILS,
}
TABLE = {f"{section}: {row[0]}": row[1:] for section, rows in SECTIONS.items() for row in rows}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World(tmp_path_factory.mktemp("bad_input"))


@pytest.fixture(scope="module")
def before(world):
    return world.state()


@pytest.mark.filterwarnings("ignore:X has feature names", "ignore:X does not have valid feature names")
@pytest.mark.parametrize("case", TABLE)
def test_bad_input_is_named_and_changes_nothing(world, before, case):
    call, error, parameter, pattern = TABLE[case]
    with pytest.raises(error) as caught:
        call(world)
    message = str(caught.value)
    assert re.search(rf"(?<!\w){re.escape(parameter)}(?!\w)", message), message
    assert re.search(pattern, message), message
    assert world.changed_copies() == []
    now = world.state()
    assert [name for name, value in now.items() if value != before[name]] == []


def test_the_table_covers_the_public_api():
    assert len(TABLE) == sum(map(len, SECTIONS.values())), "two rows of one name"
    assert len(TABLE) >= 100
    assert min(map(len, SECTIONS.values())) >= 10
