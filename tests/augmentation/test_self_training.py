"""Rows that a model labels itself."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal

from synda_sk.augmentation._self_training import sure_rows


class Told:
    """A model whose probabilities are the rows themselves."""

    classes_ = np.array(["bill", "cash", "fraud"])

    def predict_proba(self, X):
        return X / X.sum(axis=1, keepdims=True)


@given(
    arrays(np.float64, st.tuples(st.integers(0, 20), st.just(3)), elements=st.sampled_from([0.01, 0.1, 5.0])),
    st.sets(st.sampled_from(Told.classes_.tolist())),
)
def test_the_sure_rows_and_no_others_keep_their_order(X, known):
    given_labels = [(row, Told.classes_[np.argmax(row)]) for row in X if max(row) / sum(row) >= 0.95]
    naive = [(row, label) for row, label in given_labels if label in known]
    rows, labels = sure_rows(Told(), X, np.array(sorted(known), dtype=Told.classes_.dtype))
    assert_array_equal(rows, np.array([row for row, _ in naive]).reshape(-1, 3))
    assert labels.tolist() == [label for _, label in naive]
