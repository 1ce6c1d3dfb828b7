import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

from synda_sk import SynDAClassifier
from synda_sk.evaluation import ablation_arms, run_ablations, run_protocol
from synda_sk.evaluation._ablations import STUDIES
from synda_sk.evaluation._compressed_generator import CompressedVAE

LR = LogisticRegression(max_iter=1000)
SMALL = {"label_budget": 24, "n_rounds": 1, "n_seeds": 1}


@pytest.fixture(scope="module")
def table():
    return make_classification(300, 5, weights=[0.8], class_sep=1.2, random_state=0)


@pytest.fixture(scope="module")
def result(table):
    studies = ablation_arms(["without", "mixing"], LR)
    studies["mixing"] = {"beta 0.5": studies["mixing"]["beta 0.5"]}
    return run_ablations(*table, LR, studies=studies, **SMALL)


def ends(result):
    return {r["arm"]: r["average_precision"] for r in result.rounds if r["round"] == 1}


def test_there_is_a_row_for_each_part_removed(result):
    rows = {row["arm"]: row for row in result.comparison()}
    removed = [row["arm"] for row in rows.values() if row["study"] == "without"]
    assert removed == [f"without: {name}" for name in ablation_arms("without")["without"]]
    end = ends(result)
    assert rows["synda"]["final_difference_mean"] is None
    for arm in removed:
        assert rows[arm]["final_difference_mean"] == pytest.approx(end[arm] - end["synda"])


def test_the_parts_removed_are_gone(result):
    kept = {arm: sum(r["kept"] for r in result.rounds if r["arm"] == arm) for arm in ends(result)}
    assert kept["synda"] > 0
    assert kept["without: synthetic rows"] == kept["without: everything"] == 0
    exploration = {arm: sum(r["exploration"] for r in result.rounds if r["arm"] == arm) for arm in kept}
    assert exploration["synda"] > 0 == exploration["without: start"] == exploration["without: everything"]
    beta = {r["beta"] for r in result.rounds if r["arm"] == "mixing: beta 0.5"}
    assert beta == {0.5}


def test_without_everything_is_random_labelling(table, result):
    plain = run_protocol(*table, LR, arms=["random"], **SMALL)
    assert ends(plain)["random"] == ends(result)["without: everything"]


def test_variants_of_ones_own(table):
    own = {"penalty": {"none": SynDAClassifier(LR).set_params(selector__redundancy_penalty=0)}}
    result = run_ablations(*table, LR, studies=own, **SMALL)
    assert result.configuration["studies"] == {"penalty: none": "penalty"}
    assert result.configuration["reference"] == "synda"


def test_generators_make_the_rows_in_every_round(table):
    arms = ablation_arms("generator", LR)["generator"]
    assert {"gaussian", "copula", "kde"} <= set(arms)
    studies = {"generator": {name: arms[name] for name in ("gaussian", "copula")}}
    result = run_ablations(*table, LR, studies=studies, **SMALL)
    made = {(r["arm"], r["beta"]) for r in result.rounds if r["arm"] != "synda" and r["kept"]}
    assert made == {("generator: gaussian", 0.3), ("generator: copula", 0.3)}
    assert len({value for arm, value in ends(result).items() if arm != "synda"}) == 2


def test_a_compressed_generator_draws_by_its_compressed_network(table):
    torch = pytest.importorskip("torch")
    X, y = table
    whole = CompressedVAE(16, random_state=0).fit(X, y)
    small = CompressedVAE(16, amount=0.5, n_bits=4, random_state=0).fit(X, y)
    weights = [p for p in small._whole.to_module().parameters() if p.dim() > 1]
    n_zero = sum(int((p == 0).sum()) for p in weights)
    assert n_zero >= 0.5 * sum(p.numel() for p in weights)
    assert all(len(torch.unique(row)) <= 15 for p in weights for row in p.detach())
    assert not (whole.sample(50, 1)[0] == small.sample(50, 1)[0]).all()


def test_every_study_has_variants_that_can_be_cloned():
    for study, variants in ablation_arms(tuple(STUDIES), LR).items():
        assert variants, study
        for model in variants.values():
            assert clone(model).estimator is not LR
