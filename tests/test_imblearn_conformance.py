"""imbalanced-learn's own conformance suite on our samplers, and the containers it does not try."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn.over_sampling import SMOTE
from imblearn.utils._test_common.instance_generator import _get_check_estimator_ids
from imblearn.utils.estimator_checks import estimator_checks_generator
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.datasets import make_classification

from synda_sk import CurriculumMixer, QualityFilter, SyntheticAugmenter

SAMPLERS = [
    SyntheticAugmenter(random_state=0),
    SyntheticAugmenter("copula", ratio=0.5, random_state=0),
    QualityFilter(random_state=0),
    QualityFilter(SMOTE(random_state=0), threshold=0.8, random_state=0),
    CurriculumMixer(random_state=0),
    CurriculumMixer(synthetic_weight=0.2, random_state=0),
]
WITHOUT_STRINGS = {
    "check_samplers_string": "the table may hold words, but the SMOTE inside interpolates between numbers",
    "check_samplers_nan": "the table may have gaps, but the SMOTE inside needs every value",
}


def expected_failures(sampler):
    return WITHOUT_STRINGS if isinstance(getattr(sampler, "sampler", None), SMOTE) else {}


CHECKS = [
    pair
    for sampler in SAMPLERS
    for pair in estimator_checks_generator(
        sampler, expected_failed_checks=expected_failures(sampler), mark="xfail"
    )
]


@pytest.mark.parametrize(("estimator", "check"), CHECKS, ids=_get_check_estimator_ids)
def test_imbalanced_learn_conformance(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def data():
    return make_classification(
        120, 4, n_classes=3, n_informative=3, n_redundant=0, weights=[0.6, 0.3], random_state=0
    )


@pytest.fixture(scope="module")
def plain(data):
    return SyntheticAugmenter(random_state=0).fit_resample(*data)


@pytest.mark.parametrize(
    "kind", [f"{f}_{k}" for f in ("csr", "csc", "coo", "lil") for k in ("matrix", "array")]
)
def test_sparse_rows_come_back_in_their_format(data, plain, kind):
    X = getattr(sparse, kind)(data[0])
    X_new, y_new = SyntheticAugmenter(random_state=0).fit_resample(X, data[1])
    assert type(X_new) is type(X)
    assert_array_equal(X_new.toarray(), plain[0])
    assert_array_equal(y_new, plain[1])


def test_some_sparse_columns_of_a_frame(data, plain):
    frame = pd.DataFrame(data[0], columns=list("abcd")).astype({"b": pd.SparseDtype(float, 0)})
    X_new, _ = SyntheticAugmenter(random_state=0).fit_resample(frame, data[1])
    assert X_new.dtypes.equals(frame.dtypes)
    assert_array_equal(X_new.to_numpy(), plain[0])


def test_labels_in_a_frame_of_one_column(data, plain):
    words = np.array(["no", "maybe", "yes"])[data[1]]
    for make in (pd.DataFrame, pl.DataFrame):
        y = make({"answer": words.tolist()})
        _, y_new = SyntheticAugmenter(random_state=0).fit_resample(data[0], y)
        assert type(y_new) is type(y)
        assert list(y_new.columns) == ["answer"]
        assert len(y_new) == len(plain[1])
    y = pd.DataFrame({7: pd.Categorical(words)})
    _, y_new = SyntheticAugmenter(random_state=0).fit_resample(data[0], y)
    assert y_new.dtypes.equals(y.dtypes)


@pytest.mark.parametrize("dtype", [int, float, bool])
def test_indicators_in_any_container(data, plain, dtype):
    array = np.eye(3, dtype=dtype)[data[1]]
    for y in (array, pd.DataFrame(array, columns=list("abc")), pl.DataFrame(array, schema=list("abc"))):
        _, y_new = SyntheticAugmenter(random_state=0).fit_resample(data[0], y)
        assert type(y_new) is type(y)
        assert_array_equal(np.asarray(y_new), np.eye(3)[plain[1]])
        assert np.asarray(y_new).dtype == dtype
    _, y_new = SyntheticAugmenter(random_state=0).fit_resample(data[0], array.tolist())
    assert_array_equal(np.argmax(y_new, axis=1), plain[1])
    assert isinstance(y_new, list)


def test_what_indicates_no_class_or_two_is_refused(data):
    y = np.eye(3, dtype=int)[data[1]]
    for row in ([0, 0, 0], [1, 1, 0]):
        y[5] = row
        with pytest.raises(ValueError, match="without a single 1"):
            SyntheticAugmenter().fit_resample(data[0], y)
    with pytest.raises(ValueError, match="1d array"):
        SyntheticAugmenter().fit_resample(data[0], y * 2.5)


def test_names_of_the_columns_stay(mixed_frame):
    sampler = SyntheticAugmenter(random_state=0).fit(*mixed_frame)
    assert sampler.get_feature_names_out().tolist() == list(mixed_frame[0].columns)
