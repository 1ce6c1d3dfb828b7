"""Random corruptions of valid input: taken in their documented meaning, or refused by name; labels stay."""

import copy
import re

import numpy as np
import pytest
from bad_input_world import LR, N_KNOWN, N_ROWS, state_of
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_classification

from synda_sk import CurriculumMixer, HybridQuerySelector, QualityFilter, SynDAClassifier, SyntheticAugmenter
from synda_sk.generators import make_generator
from synda_sk.generators._registry import GENERATORS

X, Y = make_classification(N_ROWS, 4, n_redundant=0, weights=[0.7], random_state=5)
PARTLY = np.where(np.arange(N_ROWS) < N_KNOWN, Y, np.nan)
NAN, INF = float("nan"), float("inf")
LIVE = SynDAClassifier(LR, query_estimator=None, random_state=0).fit(X, PARTLY)
LIVE.query()  # what is computed once is in the copies too

fast = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def labels_of(clf):
    """Labels by row of the table, then those of rows from outside."""
    _, y, _ = clf._state.labelled()
    known = np.flatnonzero(clf.labeled_iter_ >= 0)
    return dict(zip(known.tolist(), y[: len(known)].tolist(), strict=True)), y[len(known) :].tolist()


def refused(call, clf, names):
    """Tell whether the call was refused, by one of the names, and has changed nothing."""
    before = state_of(clf, X)
    try:
        call(clf)
    except (ValueError, TypeError) as error:
        message = str(error)
    else:
        return False
    assert any(re.search(rf"(?<!\w){name}(?!\w)", message) for name in names), message
    assert state_of(clf, X) == before
    return True


positions = st.lists(st.integers(0, N_ROWS - 1), min_size=1, max_size=5, unique=True)
bad_positions = st.one_of(
    st.lists(st.integers(-5, N_ROWS + 5), max_size=5),
    st.lists(st.floats(0, N_ROWS - 1), min_size=1, max_size=5),
    st.lists(st.booleans(), min_size=1, max_size=5),
    st.lists(st.sampled_from(["1", "forty", ""]), min_size=1, max_size=5),
    st.integers(0, N_ROWS),
    st.none(),
).map(lambda rows: np.array(rows) if isinstance(rows, list) and rows else rows)
labels = st.sampled_from([0.0, 1.0, 2.0, NAN, None])
bad_labels = st.sampled_from([INF, 0.37, "fraud", b"fraud", [0, 1], {}])
weights = st.floats(0.5, 3)
bad_weights = st.sampled_from([NAN, INF, -1.0, "heavy", None, [1.0]])


@fast
@given(rows=bad_positions, data=st.data())
def test_positions_are_those_of_the_table_or_refused(rows, data):
    clf = copy.deepcopy(LIVE)
    stored, _ = labels_of(clf)
    n = np.size(rows) if rows is not None else 1
    y = data.draw(st.lists(st.sampled_from([0.0, 1.0]), min_size=n, max_size=n))
    if refused(lambda clf: clf.teach(rows, y), clf, ["X_or_indices"]):
        assert labels_of(clf) == (stored, [])
        return
    given_ = np.asarray(rows, dtype=int).tolist()
    assert len(set(given_)) == len(given_)
    assert all(0 <= row < N_ROWS for row in given_)
    assert labels_of(clf) == (stored | dict(zip(given_, y, strict=True)), [])


@fast
@given(rows=positions, data=st.data())
def test_answers_are_labels_of_each_row_or_refused(rows, data):
    clf = copy.deepcopy(LIVE)
    stored, _ = labels_of(clf)
    size = data.draw(st.sampled_from([len(rows)] * 4 + [len(rows) + 1, len(rows) - 1]))
    y = data.draw(st.lists(labels | bad_labels, min_size=size, max_size=size))
    if refused(lambda clf: clf.teach(np.array(rows), y), clf, ["y", "[Ll]abel type", "labels"]):
        assert labels_of(clf) == (stored, [])
        return
    assert len(y) == len(rows)
    answered = {
        row: label for row, label in zip(rows, y, strict=True) if label is not None and label == label
    }
    assert labels_of(clf) == (stored | answered, [])
    assert clf.n_labels_ == len(stored | answered)
    assert set(clf.classes_) == {0.0, 1.0} | set(answered.values())


@fast
@given(rows=positions, data=st.data())
def test_weights_are_numbers_of_each_row_or_refused(rows, data):
    clf = copy.deepcopy(LIVE)
    size = data.draw(st.sampled_from([len(rows)] * 4 + [len(rows) + 1, len(rows) - 1]))
    given_ = data.draw(st.lists(weights | bad_weights, min_size=size, max_size=size))
    names = ["sample_weight", "Sample weights"]
    if not refused(lambda clf: clf.teach(np.array(rows), Y[rows], sample_weight=given_), clf, names):
        assert len(given_) == len(rows)
        assert all(isinstance(weight, float) and 0 < weight < INF for weight in given_)
        assert set(rows) <= set(np.flatnonzero(clf.labeled_iter_ >= 0))


@fast
@given(
    cell=st.sampled_from([0.5, -2, True, NAN, INF, "x", None, {}, 1j]),
    width=st.sampled_from([4, 4, 4, 3, 5, 0]),
    n_rows=st.integers(0, 3),
    n_labels=st.integers(0, 3),
    kind=st.sampled_from(["array", "list", "flat", "deep"]),
)
def test_rows_from_outside_are_like_those_of_fit_or_refused(cell, width, n_rows, n_labels, kind):
    clf = copy.deepcopy(LIVE)
    stored, _ = labels_of(clf)
    rows = [[cell] * width for _ in range(n_rows)]
    if kind != "list":
        rows = np.array(rows).reshape(n_rows, width)
        rows = {"array": rows, "flat": rows.ravel(), "deep": rows[None]}[kind]
    y = [1.0] * n_labels
    names = ["X", "X_or_indices"]
    if refused(lambda clf: clf.teach(rows, y), clf, names):
        assert labels_of(clf) == (stored, [])
        return
    if n_rows * n_labels == 0:  # nothing was asked
        assert labels_of(clf) == (stored, [])
        return
    if kind == "flat":
        assert cell == -2 or isinstance(cell, bool)
        return
    assert n_rows == n_labels
    assert width == 4
    assert isinstance(cell, bool | int | float)
    assert labels_of(clf) == (stored, y)


@fast
@given(
    n_queries=st.one_of(
        st.integers(-3, N_ROWS + 3), st.floats(), st.text(max_size=3), st.lists(st.integers(), max_size=2)
    )
)
def test_a_query_is_a_number_of_rows_or_refused(n_queries):
    clf = copy.deepcopy(LIVE)
    if not refused(lambda clf: clf.query(n_queries=n_queries), clf, ["n_queries"]):
        rows = clf.query(n_queries=n_queries)
        assert n_queries >= 1
        assert len(rows) == len(set(rows.tolist())) == min(n_queries, N_ROWS - N_KNOWN)
        assert (rows >= N_KNOWN).all()


@fast
@given(
    drop=st.sampled_from(["X", "y", "sample_weight", None]),
    bad=st.sampled_from([NAN, INF, "x", None]),
    where=st.sampled_from(["X", "y", "sample_weight", None]),
    row=st.integers(0, N_ROWS - 1),
)
def test_a_table_is_learnt_from_or_refused(drop, bad, where, row):
    clf = copy.deepcopy(LIVE)
    stored = labels_of(clf)
    given_ = {"X": X.astype(object), "y": Y.astype(object), "sample_weight": np.ones(N_ROWS, dtype=object)}
    if where == "X":
        given_["X"][row, 0] = bad
    elif where is not None:
        given_[where][row] = bad
    if drop is not None:
        given_[drop] = np.delete(given_[drop], row, axis=0)
    names = ["X", "y", "sample_weight", "'x'"]
    if refused(lambda clf: clf.fit(**given_), clf, names):
        assert labels_of(clf) == stored
        return
    harmless = drop == where or where is None or (where == "y" and bad in (None, "x"))
    assert drop is None or drop == where
    assert harmless or (where == "y" and bad != bad)


OPTIONS = {
    "initial": ("auto", "random", "diverse", "anomaly"),
    "query_estimator": ("auto",),
    "features": ("auto", "estimator"),
    "weighting": ("auto", "sample_weight", "resample"),
    "selector__uncertainty": ("auto", "entropy", "margin"),
    "selector__density": ("rbf", "cosine"),
    "selector__redundancy": ("max", "sum"),
    "quality_filter__combine": ("product", "mean", "min"),
    "mixer__synthetic_weight": ("auto",),
    "mixer__ratio": ("auto",),
    "mixer__complexity": ("distance", "margin"),
    "augmenter__sampling_strategy": ("auto", "minority", "not minority", "not majority", "all"),
    "augmenter__generator": tuple(GENERATORS),
}


@st.composite
def misspelt(draw, word):
    """A word with a letter left out, put in, exchanged or moved, or in capitals."""
    place = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from("aeinrst_ "))
    left, right = word[:place], word[place + 1 :]
    return draw(
        st.sampled_from(
            [
                left + right,
                left + letter + word[place:],
                left + letter + right,
                left + right[:1] + word[place] + right[1:],
                word.upper(),
                f"{word} ",
                "",
            ]
        )
    )


@fast
@given(data=st.data(), parameter=st.sampled_from(sorted(OPTIONS)))
def test_a_misspelt_option_is_refused_with_the_right_ones(data, parameter):
    wrong = data.draw(misspelt(data.draw(st.sampled_from(OPTIONS[parameter]))))
    assume(wrong not in OPTIONS[parameter])
    clf = copy.deepcopy(LIVE).set_params(
        selector=HybridQuerySelector(),
        quality_filter=QualityFilter(),
        mixer=CurriculumMixer(),
        augmenter=SyntheticAugmenter(),
    )
    clf.set_params(**{parameter: wrong})
    before = state_of(clf, X)
    for call in (lambda: clf.fit(X, PARTLY), clf.query, lambda: clf.teach(np.array([40]), [1.0])):
        with pytest.raises(ValueError, match=rf"(?<!\w){parameter.split('__')[-1]}(?!\w)") as caught:
            call()
        assert any(f"'{right}'" in str(caught.value) for right in OPTIONS[parameter])
        assert state_of(clf, X) == before


@fast
@given(data=st.data(), name=st.sampled_from(sorted(LIVE.get_params(deep=False))))
def test_a_misspelt_parameter_is_refused_with_the_right_ones(data, name):
    wrong = data.draw(misspelt(name))
    assume(wrong not in LIVE.get_params() and "__" not in wrong)
    clf = copy.deepcopy(LIVE)
    with pytest.raises(ValueError, match=re.escape(name)):
        clf.set_params(**{wrong: None})
    assert state_of(clf, X) == state_of(LIVE, X)


@fast
@given(data=st.data(), name=st.sampled_from(OPTIONS["augmenter__generator"]))
def test_a_misspelt_generator_is_refused_with_the_right_ones(data, name):
    wrong = data.draw(misspelt(name))
    assume(wrong not in GENERATORS)
    with pytest.raises(ValueError, match=f"generator == .* '{name}'"):
        make_generator(wrong)
