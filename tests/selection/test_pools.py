"""One query for tables in memory, mapped, sparse, in Parquet and in Dask."""

import subprocess
import sys
from itertools import pairwise

import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from distributed import Client, LocalCluster
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy.sparse import coo_array, csr_matrix
from sklearn.base import BaseEstimator
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from synda_sk import HybridQuerySelector, SynDAClassifier
from synda_sk.selection import ProxyClassifier, RandomQuerySelector, take_pool_rows
from synda_sk.selection import _pools as pools
from synda_sk.utils import TableRows, make_parts
from synda_sk.utils import _rows as rows_module

COLUMNS = ["amount", "hour", "balance", "kind"]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Parts of 64 rows and samples of 100, so that small pools have many parts and are sampled."""
    monkeypatch.setattr(rows_module, "BLOCK_ROWS", 64)
    monkeypatch.setattr(rows_module, "SAMPLE_ROWS", 100)


def make_frame(n, seed=0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "row": np.arange(n),
            "amount": rng.lognormal(size=n).round(1),
            "hour": rng.integers(0, 24, n),
            "balance": np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n)),
            "kind": rng.choice(["cash", "bill", "send"], n),
        }
    )
    return frame, (frame["amount"] * (1 + (frame["kind"] == "send")) > 2).to_numpy().astype(int)


@pytest.fixture(scope="module")
def mixed():
    frame, y = make_frame(700)
    encode = make_column_transformer((OneHotEncoder(), ["kind"]), (StandardScaler(), ["amount", "hour"]))
    return frame, make_pipeline(encode, LogisticRegression()).fit(frame.loc[:80, COLUMNS], y[:81])


@pytest.fixture(scope="module")
def numbers():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(500, 4))
    X[250:300] = X[0:50]
    return X, LogisticRegression().fit(X[:60], X[:60, 0] > 0)


SELECTORS = [
    HybridQuerySelector(),
    HybridQuerySelector(0.5, redundancy="sum", redundancy_penalty=2.0, exploration=0.2, random_state=0),
    HybridQuerySelector("adaptive", density="cosine", redundancy="cluster", random_state=0),
    HybridQuerySelector(uncertainty=lambda p: p[:, 0].argsort().argsort() / len(p)),
    HybridQuerySelector(features=StandardScaler(), proxy=ProxyClassifier(n_samples=90, random_state=0)),
    RandomQuerySelector(random_state=0),
]


def write(frame, path, row_group_size=50, n_files=1):
    """Parquet with small row groups, in several files of unequal length."""
    if n_files == 1:
        pq.write_table(pa.Table.from_pandas(frame), path, row_group_size=row_group_size)
        return path
    path.mkdir()
    cuts = np.linspace(0, len(frame) ** 0.5, n_files + 1).astype(int) ** 2
    cuts[-1] = len(frame)
    for k, (start, stop) in enumerate(pairwise(cuts)):
        write(frame.iloc[start:stop], path / f"part-{k}.parquet", row_group_size)
    return path


@pytest.mark.parametrize("k", range(len(SELECTORS)))
def test_a_mixed_table_gives_the_same_rows_wherever_it_is(mixed, k, tmp_path):
    frame, model = mixed
    selector = SELECTORS[k]
    if k == 4:
        selector = HybridQuerySelector(proxy=ProxyClassifier(n_samples=90, random_state=0), random_state=0)
    exclude = np.arange(0, 700, 7)
    for left_out in (None, exclude):
        expected = selector.query(model, frame[COLUMNS], 12, exclude=left_out)
        assert len(set(expected.tolist())) == 12
        places = [
            write(frame, tmp_path / f"one-{left_out is None}.parquet"),
            str(write(frame, tmp_path / f"many-{left_out is None}", n_files=5)),
            ds.dataset(tmp_path / f"many-{left_out is None}"),
            ds.dataset(pa.Table.from_pandas(frame)),
            dd.from_pandas(frame, npartitions=4),
            dd.from_pandas(frame, npartitions=1),
        ]
        for place in places:
            assert_array_equal(selector.query(model, place, 12, exclude=left_out), expected)


@pytest.mark.parametrize("k", range(len(SELECTORS)))
def test_numbers_give_the_same_rows_wherever_they_are(numbers, k, tmp_path):
    X, model = numbers
    selector = SELECTORS[k]
    expected = selector.query(model, X, 12)
    np.save(tmp_path / "X.npy", X)
    frame = pd.DataFrame(X, columns=list("abcd"))
    places = [
        np.load(tmp_path / "X.npy", mmap_mode="r"),
        X.tolist(),
        write(frame, tmp_path / "x.parquet", row_group_size=333),
        da.from_array(X, chunks=(77, 3)),
        da.from_array(X, chunks=(1000, 1)),
    ]
    for place in places:
        assert_array_equal(selector.query(model, place, 12), expected)
    if k != 5:
        scores = selector.score_samples(model, X)
        assert_array_equal(selector.score_samples(model, places[2]), scores)
        assert_array_equal(selector.score_samples(model, places[3]), scores)
        assert_array_equal(selector.pool_density(places[2], model).values, selector.pool_density(X).values)


@settings(max_examples=25)
@given(
    n=st.integers(1, 400),
    cuts=st.lists(st.integers(1, 399), max_size=6),
    group=st.integers(1, 200),
    data=st.data(),
)
def test_partitions_and_row_groups_never_show(n, cuts, group, data, tmp_path_factory):
    frame = make_frame(n)[0].drop(columns="kind").fillna(0.0)
    train, y_train = make_frame(50, seed=1)
    names = ["hour", "amount"]
    model = GaussianNB().fit(train[names], y_train)
    bounds = [0, *sorted(cut for cut in cuts if cut < n), n]
    pieces = [frame.iloc[a:b] for a, b in pairwise(bounds)]
    exclude = data.draw(st.lists(st.integers(0, n - 1), max_size=n))
    selector = HybridQuerySelector(0.9, redundancy_penalty=1.0)
    expected = selector.query(model, frame[names], 5, exclude=exclude)
    free = np.setdiff1d(np.arange(n), exclude)
    assert len(expected) == min(5, len(free))
    assert np.isin(expected, free).all()
    folder = tmp_path_factory.mktemp("pool")
    for k, piece in enumerate(pieces):
        pq.write_table(pa.Table.from_pandas(piece), folder / f"{k:03}.parquet", row_group_size=group)
    assert_array_equal(selector.query(model, folder, 5, exclude=exclude), expected)
    lazily = dd.from_map(lambda piece: piece, pieces)
    assert_array_equal(selector.query(model, lazily, 5, exclude=exclude), expected)
    rows = data.draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=9))
    for place in (folder, lazily, frame, pl.from_pandas(frame)):
        assert list(take_pool_rows(place, rows)["row"]) == rows
    assert list(take_pool_rows(folder, rows, model).columns) == names


def test_leaving_rows_out_is_as_if_they_were_not_there(numbers):
    X, model = numbers
    exclude = np.random.default_rng(0).choice(500, 200, replace=False)
    rest = np.setdiff1d(np.arange(500), exclude)
    for selector in SELECTORS[:4]:
        expected = rest[selector.query(model, X[rest], 10)]
        assert_array_equal(selector.query(model, X, 10, exclude=exclude), expected)
    assert len(HybridQuerySelector().query(model, X, 10, exclude=np.arange(500))) == 0


@pytest.mark.parametrize(
    ("exclude", "said"),
    [
        ([500], r"exclude names the row 500, must name rows in \[0, 500\)"),
        ([-1], "row -1"),
        ([0.5], "of ints"),
    ],
)
def test_rows_to_leave_out_must_be_rows(numbers, exclude, said):
    X, model = numbers
    for selector in (HybridQuerySelector(), RandomQuerySelector()):
        with pytest.raises(ValueError, match=said):
            selector.query(model, X, 3, exclude=exclude)


def test_parts_cover_all_rows_once_and_none_is_small():
    for n in (0, 1, 63, 64, 127, 128, 500):
        parts = list(make_parts(n))
        assert np.concatenate([np.arange(part.start, part.stop) for part in parts]).tolist() == list(range(n))
        assert all(64 <= part.stop - part.start < 128 for part in parts) or n < 64
    wanted = [part.wanted.tolist() for part in make_parts(500, np.array([3, 70, 71, 499]))]
    assert wanted == [[3], [70, 71], [499]]


def test_sparse_rows_are_compared_by_their_singular_directions(monkeypatch):
    monkeypatch.setattr(rows_module, "SAMPLE_ROWS", 300)
    rng = np.random.default_rng(0)
    X = csr_matrix(rng.random((300, 80)) * (rng.random((300, 80)) < 0.05))
    model = LogisticRegression().fit(X[:50], np.arange(50) % 2)
    for selector in (HybridQuerySelector(), HybridQuerySelector(0.8, density="cosine")):
        chosen = selector.query(model, X, 10)
        assert_array_equal(chosen, selector.query(model, coo_array(X), 10))
        assert len(set(chosen.tolist())) == 10
    exact = HybridQuerySelector(features=lambda part: part.toarray()).query(model, X, 10)
    assert len(np.intersect1d(exact, HybridQuerySelector().query(model, X, 10))) >= 8
    assert take_pool_rows(X, [5, 3]).toarray().tolist() == X[[5, 3]].toarray().tolist()


def test_only_the_columns_of_the_model_are_read_and_little_is_held(mixed, tmp_path, monkeypatch):
    frame, model = mixed
    path = write(frame, tmp_path / "x.parquet")
    seen = []
    convert = pools.ArrowRows.scan

    def watching(self, function, rows=None):
        def look(X):
            seen.append((list(X.columns), len(X)))
            return function(X)

        return convert(self, look, rows)

    monkeypatch.setattr(pools.ArrowRows, "scan", watching)
    HybridQuerySelector().query(model, path, 5)
    assert {tuple(columns) for columns, _ in seen} == {tuple(COLUMNS)}
    assert max(n for _, n in seen) < 128


def test_a_file_is_read_once_for_the_scores_and_the_sample(mixed, tmp_path, monkeypatch):
    frame, model = mixed
    reads = []
    scan = pools.ArrowRows.scan

    def counting(self, function, rows=None):
        reads.append(None if rows is None else len(rows))
        return scan(self, function, rows)

    monkeypatch.setattr(pools.ArrowRows, "scan", counting)
    path = write(frame, tmp_path / "x.parquet")
    chosen = HybridQuerySelector(redundancy_penalty=0.01).query(model, path, 5)
    assert reads == [None, 700]  # every score; f(x) of the candidates, here all rows
    reads.clear()
    left_out = HybridQuerySelector().query(model, path, 5, exclude=chosen)
    assert reads == [695, 695]
    assert not np.isin(left_out, chosen).any()


def test_categories_that_differ_between_files_are_read_as_their_values(tmp_path):
    frame, y = make_frame(300)
    train = frame[["amount", "kind"]].astype({"kind": "category"})
    encode = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["kind"]), remainder="passthrough"
    )
    model = make_pipeline(encode, RandomForestClassifier(5, random_state=0)).fit(train, y)
    folder = tmp_path / "pool"
    folder.mkdir()
    pieces = [train.iloc[:100], train.iloc[100:]]
    pieces[1] = pieces[1].assign(kind=pieces[1]["kind"].cat.reorder_categories(["send", "cash", "bill"]))
    for k, piece in enumerate(pieces):
        pq.write_table(pa.Table.from_pandas(piece), folder / f"{k}.parquet")
    selector = HybridQuerySelector()
    assert_array_equal(selector.query(model, folder, 9), selector.query(model, train, 9))


def test_folders_whose_names_hold_a_column(tmp_path):
    frame, y = make_frame(300)
    frame = frame.sort_values("kind", kind="stable").assign(row=np.arange(300))
    frame = frame.reset_index(drop=True)
    model = make_pipeline(
        make_column_transformer((OneHotEncoder(), ["kind"]), ("passthrough", ["amount"])), GaussianNB()
    )
    model.fit(frame[["kind", "amount"]], y)
    ds.write_dataset(
        pa.Table.from_pandas(frame),
        tmp_path / "pool",
        format="parquet",
        partitioning=ds.partitioning(pa.schema([("kind", pa.string())]), flavor="hive"),
    )
    chosen = HybridQuerySelector().query(model, tmp_path / "pool", 9)
    assert_array_equal(chosen, HybridQuerySelector().query(model, frame[["kind", "amount"]], 9))
    assert_array_equal(take_pool_rows(tmp_path / "pool", chosen)["row"], chosen)


class TestBadPools:
    def test_errors_name_what_is_wrong(self, mixed, numbers, tmp_path):
        frame, model = mixed
        (tmp_path / "junk.parquet").write_bytes(b"not parquet at all")
        whole = write(frame, tmp_path / "whole.parquet")
        short = write(frame[["amount", "kind"]], tmp_path / "short.parquet")
        wide = write(frame[["row", "amount", "hour"]], tmp_path / "wide.parquet")
        cases = [
            (model, tmp_path / "none.parquet", "none.parquet' does not exist; give a Parquet file or folder"),
            (model, tmp_path / "junk.parquet", "cannot be read as Parquet"),
            (model, short, r"lacks the columns \['hour', 'balance'\]"),
            (model, dd.from_pandas(frame[["amount"]], npartitions=2), "lacks the columns"),
            (numbers[1], wide, "has 3 columns, but LogisticRegression was fitted on 4, without names"),
            (numbers[1], da.ones((5, 3)), "has 3 columns"),
            (numbers[1], da.ones(5), "has 1 dimensions, must have 2"),
            (model, ds.dataset(whole).filter(ds.field("amount") > 0), "filter"),
        ]
        for estimator, pool, said in cases:
            with pytest.raises(ValueError, match=said):
                HybridQuerySelector().query(estimator, pool, 3)

    def test_an_empty_file_gives_no_rows(self, mixed, tmp_path):
        frame, model = mixed
        for empty in (write(frame[:0], tmp_path / "x.parquet"), dd.from_pandas(frame[:0], npartitions=1)):
            assert len(HybridQuerySelector().query(model, empty, 3)) == 0
            assert len(RandomQuerySelector().query(model, empty, 3)) == 0

    def test_rows_that_are_not_there_cannot_be_taken(self, numbers):
        for rows in ([500], [-1], [], [0.5], [[1]]):
            with pytest.raises(ValueError, match="rows"):
                take_pool_rows(numbers[0], rows)


def test_a_long_scan_says_how_far_it_is_and_can_be_interrupted(mixed, tmp_path, capsys, monkeypatch):
    frame, model = mixed
    path = write(frame, tmp_path / "x.parquet")
    monkeypatch.setattr(pools, "_SECONDS", 0.0)
    selector = HybridQuerySelector(verbose=1)
    quiet = HybridQuerySelector().query(model, path, 5)
    assert capsys.readouterr().err == ""
    assert_array_equal(selector.query(model, path, 5), quiet)
    assert "[query] 3 of 10 parts of the pool" in capsys.readouterr().err

    class Impatient:
        feature_names_in_ = model.feature_names_in_
        classes_ = model.classes_
        n_parts = 0

        def predict_proba(self, X):
            self.n_parts += 1
            if self.n_parts == 4:
                raise KeyboardInterrupt
            return model.predict_proba(X)

    before = repr(vars(selector))
    with pytest.raises(KeyboardInterrupt):
        selector.query(Impatient(), path, 5)
    assert repr(vars(selector)) == before
    assert_array_equal(selector.query(model, path, 5), quiet)


@pytest.fixture(scope="module")
def cluster():
    local = LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
    with local as workers, Client(workers) as client:
        yield client


def _part_length():
    from synda_sk.utils import _rows

    return _rows.BLOCK_ROWS


def test_two_worker_processes_choose_the_same_rows(cluster, mixed, numbers, tmp_path):
    frame, model = mixed
    X, linear = numbers
    assert set(cluster.run(_part_length).values()) == {65_536}
    for selector in SELECTORS[:3]:
        expected = selector.query(model, frame[COLUMNS], 12)
        assert_array_equal(selector.query(model, dd.from_pandas(frame, npartitions=5), 12), expected)
        expected = selector.query(linear, X, 12)
        assert_array_equal(selector.query(linear, da.from_array(X, chunks=(90, 2)), 12), expected)
    clf = SynDAClassifier(LogisticRegression(), random_state=0).fit(X[:60], X[:60, 0] > 0)
    assert_array_equal(clf.query(da.from_array(X, chunks=(90, 2)), 12), clf.query(TableRows(X), 12))


class TestClassifier:
    def test_pools_outside_memory_are_asked_like_tables(self, mixed, tmp_path):
        frame, _ = mixed
        y = (frame["amount"] > 1.5).to_numpy().astype(int)
        clf = SynDAClassifier(random_state=0).fit(frame.loc[:60, COLUMNS], y[:61])
        exclude = np.arange(100)
        for left_out in (None, exclude):
            expected = clf.query(frame[COLUMNS], 15, exclude=left_out)
            path = write(frame, tmp_path / f"{left_out is None}.parquet")
            assert_array_equal(clf.query(path, 15, exclude=left_out), expected)
            lazily = dd.from_pandas(frame, npartitions=3)
            assert_array_equal(clf.query(lazily, 15, exclude=left_out), expected)
        rows, scores = clf.query(path, 4, return_scores=True)
        answers = take_pool_rows(path, rows, clf)
        assert scores.shape == (4,)
        assert clf.teach(answers, y[rows]).n_labels_ == 65

    def test_the_hedge_and_other_selectors_work_on_them(self, numbers, tmp_path):
        X, _ = numbers
        frame = pd.DataFrame(X, columns=list("abcd"))
        path = write(frame, tmp_path / "x.parquet")
        y = np.zeros(30, dtype=int)
        clf = SynDAClassifier(GaussianNB(), classes=[0, 1], random_state=0).fit(frame[:30], y)
        assert_array_equal(clf.query(path, 12), clf.query(frame, 12))
        clf.set_params(selector=RandomQuerySelector())
        assert_array_equal(clf.query(path, 12), clf.query(frame, 12))

        class Picky(BaseEstimator):
            def query(self, *args, **kwargs):
                raise AssertionError

        clf.set_params(selector=Picky())
        with pytest.raises(ValueError, match=r"selector == Picky.* tables in memory only"):
            clf.query(path, 12)

    def test_a_large_pool_is_asked_with_a_partner(self):
        rng = np.random.default_rng(0)
        X = rng.normal(size=(400, 5))
        y = (X[:, 0] + 0.3 * rng.normal(size=400) > 0).astype(int)
        clf = SynDAClassifier(RandomForestClassifier(10), query_estimator="auto", random_state=0)
        clf.fit(X[:40], y[:40])
        assert len(clf.query(X, 8)) == 8

    def test_rows_of_fit_can_be_left_out_too(self, numbers):
        X, _ = numbers
        y = np.where(np.arange(500) < 40, X[:, 0] > 0, np.nan)
        clf = SynDAClassifier(GaussianNB(), random_state=0).fit(X, y)
        first = clf.query(n_queries=5)
        second = clf.query(n_queries=5, exclude=first)
        assert not np.isin(second, first).any()
        with pytest.raises(ValueError, match="There is no row to choose"):
            clf.query(n_queries=5, exclude=np.arange(40, 500))


def test_nothing_of_dask_or_pyarrow_is_imported_before_it_is_needed():
    code = "import sys, synda_sk.selection; sys.exit(bool({'dask', 'pyarrow.dataset'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
