"""Operations of a prediction, against counting by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris, make_classification
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from synda_sk import SynDAClassifier
from synda_sk.evaluation import (
    OverSampledClassifier,
    SemiSupervisedClassifier,
    TransferClassifier,
    run_protocol,
)
from synda_sk.evaluation._operations import flops_per_row

X, Y = make_classification(200, 6, weights=[0.7], random_state=0)
LR = LogisticRegression()


def walked(tree, row):
    """Comparisons on the way of a row to its leaf."""
    node, n_steps = 0, 0
    while tree.children_left[node] != -1:
        goes_left = np.float32(row[tree.feature[node]]) <= tree.threshold[node]
        node = (tree.children_left if goes_left else tree.children_right)[node]
        n_steps += 1
    return n_steps


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_trees_compare_as_often_as_a_walk_from_root_to_leaf(seed, n_rows):
    rng = np.random.default_rng(seed)
    rows, labels = rng.normal(size=(n_rows, 3)), rng.integers(0, 3, n_rows)
    tree = DecisionTreeClassifier(random_state=0).fit(rows, labels)
    forest = ExtraTreesClassifier(3, random_state=0).fit(rows, labels)
    asked = rng.normal(size=(20, 3))
    assert flops_per_row(tree, asked) == np.mean([walked(tree.tree_, row) for row in asked])
    by_hand = np.mean([sum(walked(member.tree_, row) for member in forest.estimators_) for row in asked])
    assert flops_per_row(forest, asked) == pytest.approx(by_hand)


def test_linear_models_are_their_matrix_product():
    assert flops_per_row(LR.fit(X, Y), X) == 2 * 6
    iris = load_iris(return_X_y=True)
    assert flops_per_row(LogisticRegression(max_iter=500).fit(*iris), iris[0]) == 2 * 4 * 3


def test_cells_that_are_not_stored_are_not_multiplied():
    kinds = np.array([["a", "x"], ["b", "x"], ["c", "y"], ["a", "y"]])
    model = make_pipeline(OneHotEncoder(), LogisticRegression()).fit(kinds, [0, 1, 0, 1])
    assert model[-1].n_features_in_ == 5
    assert flops_per_row(model, kinds) == 2 * 2
    forest = RandomForestClassifier(5, random_state=0).fit(X, Y)
    assert flops_per_row(forest, sparse.csr_array(X)) == flops_per_row(forest, X)


def test_models_of_models_are_the_sum_of_their_parts():
    forest = RandomForestClassifier(5, random_state=0)
    vote = make_pipeline(StandardScaler(), VotingClassifier([("a", forest), ("b", LR)], voting="soft"))
    vote.fit(X, Y)
    scaled = vote[0].transform(X)
    assert flops_per_row(vote, X) == 12 + flops_per_row(vote[-1].estimators_[0], scaled)
    north = LogisticRegression().fit(X[:100], Y[:100])
    tuned = TransferClassifier(LR, source_model=FrozenEstimator(north), random_state=0).fit(X, Y)
    assert flops_per_row(tuned, X) == 24
    assert flops_per_row(SemiSupervisedClassifier("self-training", LR, pool=X).fit(X, Y), X) == 12
    assert flops_per_row(SynDAClassifier(LR).fit(X, Y), X) == 12
    behind = SemiSupervisedClassifier("self-training", make_pipeline(StandardScaler(), LR), pool=X).fit(X, Y)
    assert flops_per_row(behind, X) == 12


def test_an_over_sampled_model_counts_as_the_model():
    pytest.importorskip("imblearn")
    assert flops_per_row(OverSampledClassifier("smote", LR, random_state=0).fit(X, Y), X) == 12


@pytest.mark.parametrize(
    "model",
    [
        HistGradientBoostingClassifier(max_iter=2),
        KNeighborsClassifier(),
        make_pipeline(PCA(2), LR),
        make_pipeline(FunctionTransformer(np.abs), LR),
        make_pipeline(make_column_transformer((PCA(2), [0, 1, 2])), LR),
        VotingClassifier([("a", KNeighborsClassifier()), ("b", LR)], voting="soft"),
        SemiSupervisedClassifier("label spreading"),
    ],
    ids=lambda model: type(model).__name__,
)
def test_what_cannot_be_counted_has_no_number(model):
    assert flops_per_row(model.fit(X, Y), X) is None


def test_columns_by_name_are_seen_through():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "kind": np.where(Y, "x", "y")})
    columns = make_column_transformer(
        (make_pipeline(StandardScaler()), ["a", "b"]), (OneHotEncoder(sparse_output=False), ["kind"])
    )
    assert flops_per_row(make_pipeline(columns, LR).fit(frame, Y), frame) == 2 * 4


def test_a_network_is_counted_by_torch():
    torch = pytest.importorskip("torch")

    class Net:
        layers = torch.nn.Sequential(torch.nn.Linear(6, 10), torch.nn.ReLU(), torch.nn.Linear(10, 2))

        def predict_proba(self, rows):
            with torch.no_grad():
                return self.layers(torch.tensor(rows, dtype=torch.float32)).softmax(1).numpy()

    assert flops_per_row(Net(), X) == 2 * (6 * 10 + 10 * 2)


def test_images_are_counted_as_the_report_of_compression_counts_their_network():
    torch = pytest.importorskip("torch")
    from synda_sk.compression import report
    from synda_sk.images import ConvClassifier

    images = np.random.default_rng(0).integers(0, 255, (64, 8, 8)).astype(np.uint8)
    model = ConvClassifier((8, 8), max_steps=1, random_state=0).fit(images.reshape(64, -1), np.arange(64) % 2)
    one = report(model.to_module(), torch.zeros(1, 64, dtype=torch.uint8)).flops
    assert flops_per_row(model, images.reshape(64, -1)) == one


def test_each_run_of_a_comparison_tells_them():
    result = run_protocol(
        X, Y, LR, arms=["random", "label spreading"], label_budget=20, n_rounds=1, n_seeds=2
    )
    assert [run["flops_per_row"] for run in result.runs] == [12.0, None] * 2
    assert {row["arm"]: row["flops_per_row"] for row in result.comparison()} == {
        "random": 12.0,
        "label spreading": None,
    }
