"""Sparse rows in a comparison: the same numbers as dense ones where no synthetic row is made."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

from synda_sk import SynDAClassifier
from synda_sk.evaluation import run_protocol
from synda_sk.mixing import CurriculumMixer

LR = LogisticRegression(max_iter=1000)
DENSE, Y = make_classification(300, 12, weights=[0.75], class_sep=1.2, random_state=0)
DENSE = np.where(np.abs(DENSE) < 0.7, 0, DENSE)
REGION = np.random.default_rng(0).choice(["east", "west"], 300)
SMALL = {"arms": ["entropy", "random"], "label_budget": 30, "n_rounds": 2, "n_seeds": 2}


def assert_same(found, expected):
    assert len(found.rounds) == len(expected.rounds)
    for ours, theirs in zip(found.rounds, expected.rounds, strict=True):
        known = {k: v for k, v in theirs.items() if k not in ("seconds", "groups")}
        assert {k: ours[k] for k in known} == pytest.approx(known)


@pytest.mark.parametrize("kind", ["csr_matrix", "csr_array", "csc_array", "coo_matrix"])
def test_sparse_rows_give_the_numbers_of_dense_ones(kind):
    settings = SMALL | {
        "time": np.arange(300) // 2,
        "groups": REGION,
        "amount": np.abs(DENSE[:, 0]) + 1,
    }
    found = run_protocol(getattr(sparse, kind)(DENSE), Y, LR, **settings)
    assert_same(found, run_protocol(DENSE, Y, LR, **settings))
    stored = sparse.csr_array(DENSE)[found.runs[0]["n_train"] :].nnz / found.runs[0]["n_test"]
    assert found.runs[0]["flops_per_row"] == pytest.approx(2 * stored)


def test_split_and_seeds_are_those_of_dense_rows_and_jobs_change_nothing():
    dense = run_protocol(DENSE, Y, LR, **SMALL)
    for n_jobs in (1, 2):
        found = run_protocol(sparse.csr_array(DENSE), Y, LR, n_jobs=n_jobs, **SMALL)
        assert_same(found, dense)
        assert [r["test_rows_crc32"] for r in found.runs] == [r["test_rows_crc32"] for r in dense.runs]


def test_the_method_buys_labels_and_makes_no_rows():
    found = run_protocol(
        sparse.csr_array(DENSE), Y, LR, arms=["synda", "random"], label_budget=40, n_rounds=2
    )
    assert {r["kept"] for r in found.rounds} == {0}
    ends = found.summary()["curves"]["synda"][-1]
    assert ends["n_labels"] == 40
    assert ends["average_precision"]["mean"] > Y.mean() + 0.2


def test_a_store_knows_the_same_rows_in_any_format(tmp_path):
    settings = SMALL | {"store": tmp_path}
    restored = []

    def note(done, total, run):
        restored.append(run.restored)

    X = sparse.csr_array(DENSE)
    first = run_protocol(X, Y, LR, progress=note, **settings)
    cells = X.tocoo()
    rows, columns = cells.coords
    reversed_cells = sparse.coo_array((cells.data[::-1], (rows[::-1], columns[::-1])), X.shape)
    for other in (X.tocsc(), sparse.csr_matrix(DENSE), reversed_cells):
        assert run_protocol(other, Y, LR, progress=note, **settings) == first
    assert restored == [False] * 4 + [True] * 12
    changed = DENSE.copy()
    changed[5, np.flatnonzero(changed[5])[0]] *= 2
    run_protocol(sparse.csr_array(changed), Y, LR, progress=note, **settings)
    assert restored[-4:] == [False] * 4


def test_rows_of_a_source_may_be_sparse_too():
    with pytest.raises(ValueError, match=r"arms\['transfer'\] cannot take X, which is sparse: estimator"):
        run_protocol(
            sparse.csr_array(DENSE),
            Y,
            LR,
            source=REGION == "east",
            **SMALL | {"arms": ["transfer", "random"]},
        )
    mask = REGION == "east"
    found = run_protocol(sparse.csr_array(DENSE), Y, LR, source=mask, **SMALL)
    assert_same(found, run_protocol(DENSE, Y, LR, source=mask, **SMALL))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"arms": ["self-training"]}, r"arms\['self-training'\].*estimator begins with SemiSupervised"),
        ({"estimator": None}, r"arms\['entropy'\].*estimator begins with TableEncoder"),
        (
            {"arms": {"mine": SynDAClassifier(LR, mixer=CurriculumMixer(synthetic_weight=0.2))}},
            r"arms\['mine'\].*mixer asks for synthetic rows",
        ),
        ({"corruptions": ["noise"]}, "corruptions.*X is sparse"),
        ({"groups": "region"}, "groups == 'region'.*data frame"),
    ],
)
def test_what_cannot_take_sparse_rows_is_named_before_anything_is_trained(settings, message):
    given = {"estimator": LR} | SMALL | settings
    with pytest.raises(ValueError, match=message):
        run_protocol(sparse.csr_array(DENSE), Y, given.pop("estimator"), **given)


def test_other_libraries_strategies_take_them():
    pytest.importorskip("skactiveml")
    found = run_protocol(
        sparse.csr_array(DENSE), Y, LR, **SMALL | {"arms": ["skactiveml uncertainty", "random"]}
    )
    assert len(found.runs) == 4
