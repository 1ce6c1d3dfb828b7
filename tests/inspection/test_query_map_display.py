import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import TSNE
from sklearn.pipeline import make_pipeline

from synda_sk import HybridQuerySelector, RandomQuerySelector, SynDAClassifier
from synda_sk.inspection import QueryMapDisplay
from synda_sk.selection import entropy
from synda_sk.utils import TableEncoder

figure = pytest.importorskip("matplotlib.figure")

X, Y = make_classification(160, 5, n_redundant=0, random_state=0)
PARTLY = np.where(np.arange(160) < 40, Y, np.nan)


def make_ax():
    return figure.Figure(figsize=(3.5, 3), layout="constrained").subplots()


@pytest.fixture(scope="module")
def live():
    return SynDAClassifier(LogisticRegression(), query_estimator=None, random_state=0).fit(X, PARTLY)


def test_the_batch_is_the_one_that_query_gives_and_nothing_changes(live):
    before = live.query(n_queries=8)
    ax = make_ax()
    display = QueryMapDisplay.from_estimator(live, n_queries=8, ax=ax, random_state=0)
    assert_array_equal(live.query(n_queries=8), before)
    free = np.arange(40, 160)
    assert_array_equal(free[np.asarray(display.chosen)], before)
    np.testing.assert_allclose(display.uncertainty, entropy(live.predict_proba(X[40:])))
    assert len(display.labeled_.get_offsets()) == 40
    assert len(display.pool_.get_offsets()) == 120
    rings = np.asarray(display.chosen_.get_offsets())
    assert_array_equal(rings, np.asarray(display.points)[display.chosen])
    assert display.ax_ is ax
    display.figure_.canvas.draw()


def test_a_large_pool_is_thinned_but_the_batch_is_whole(live):
    big = np.concatenate([X + 0.01 * k for k in range(6)])
    display = QueryMapDisplay.from_estimator(live, big, 12, n_points=100, random_state=0, ax=make_ax())
    assert len(display.points) == 112
    assert len(display.chosen) == 12
    again = QueryMapDisplay.from_estimator(live, big, 12, n_points=100, random_state=0, ax=make_ax())
    assert_array_equal(again.points, display.points)


def test_mixed_frames_and_a_committee(mixed_frame):
    frame, y = mixed_frame
    partly = pd.Series(np.where(np.arange(len(y)) < 60, y, np.nan))
    model = make_pipeline(TableEncoder(), LogisticRegression(max_iter=500))
    clf = SynDAClassifier(model, random_state=0).fit(frame, partly)
    display = QueryMapDisplay.from_estimator(clf, n_queries=5, ax=make_ax())
    assert len(display.points) == len(y) - 60
    assert display.axis_names[0].startswith("PC 1 (")
    assert ((display.uncertainty >= 0) & (display.uncertainty <= 1)).all()


def test_a_pool_in_a_file_is_drawn_like_the_table(tmp_path):
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame(X, columns=list("abcde"))
    frame.iloc[40:].to_parquet(tmp_path / "pool.parquet")
    clf = SynDAClassifier(LogisticRegression(), query_estimator=None, random_state=0)
    clf.fit(frame.iloc[:40], Y[:40])
    given = {"n_queries": 7, "n_points": 50, "random_state": 0}
    table = QueryMapDisplay.from_estimator(clf, frame.iloc[40:], ax=make_ax(), **given)
    file = QueryMapDisplay.from_estimator(clf, tmp_path / "pool.parquet", ax=make_ax(), **given)
    assert_array_equal(file.chosen, table.chosen)
    np.testing.assert_allclose(file.points, table.points)


@pytest.mark.parametrize(
    "selector", [HybridQuerySelector(uncertainty="margin"), RandomQuerySelector(random_state=0)]
)
def test_any_selector_and_model(selector):
    model = LogisticRegression().fit(X[:40], Y[:40])
    display = QueryMapDisplay.from_selector(selector, model, X[40:], 6, ax=make_ax())
    assert_array_equal(display.chosen, selector.query(model, X[40:], 6))
    assert display.labeled_ is None


def test_another_projection_and_a_single_column():
    model = LogisticRegression().fit(X[:40], Y[:40])
    display = QueryMapDisplay.from_selector(
        HybridQuerySelector(),
        model,
        X[40:],
        6,
        X_labeled=X[:40],
        projection=TSNE(perplexity=10, max_iter=250),
        random_state=0,
        ax=make_ax(),
    )
    assert display.axis_names == ("TSNE 1", "TSNE 2")
    one = LogisticRegression().fit(X[:40, :1], Y[:40])
    flat = QueryMapDisplay.from_selector(HybridQuerySelector(), one, X[40:, :1], 6, ax=make_ax())
    assert not np.asarray(flat.points)[:, 1].any()
