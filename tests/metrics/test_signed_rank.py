from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from synda_sk.metrics._signed_rank import holm, signed_rank_p


def all_signs(differences):
    """The test by its definition: the share of all signs whose rank sum is as far from its mean."""
    ranks = rankdata(np.abs(differences))
    sums = np.array([np.dot(ranks, signs) for signs in product([0, 1], repeat=len(ranks))])
    off = abs(np.dot(ranks, np.array(differences) > 0) - ranks.sum() / 2)
    return np.mean(np.abs(sums - ranks.sum() / 2) >= off - 1e-9)


@given(st.lists(st.integers(-1000, 1000).filter(bool), min_size=2, max_size=9, unique_by=abs))
def test_signed_ranks_are_those_of_all_signs(differences):
    assert signed_rank_p(differences) == pytest.approx(all_signs(differences))


def test_the_ends_of_the_test():
    assert signed_rank_p([0.5]) is None
    assert signed_rank_p([0.0, 0.0]) == 1.0
    assert signed_rank_p([0.1] * 6) == pytest.approx(2 / 2**6)


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_is_the_largest_of_the_steps_before(p_values):
    found = holm(p_values)
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    for place, i in enumerate(order):
        steps = [(len(order) - k) * p_values[j] for k, j in enumerate(order[: place + 1])]
        assert found[i] == pytest.approx(min(1, max(steps)))
