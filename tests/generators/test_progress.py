"""Callbacks of scikit-learn hear how far a slow generator is."""

from unittest.mock import Mock

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone

from synda_sk import SyntheticAugmenter
from synda_sk.generators import SDVGenerator, TableGAN, TableVAE

pytest.importorskip("sklearn.callback", reason="scikit-learn below 1.9 has no callbacks")
pytest.importorskip("torch")
X = np.random.default_rng(0).normal(size=(60, 3))
y = np.arange(60) % 3
each_net = pytest.mark.parametrize("make", [TableVAE, TableGAN])


class Log:
    def __init__(self):
        self.heard, self.most = [], None

    def setup(self, estimator, context):
        self.heard.append("setup")

    def on_fit_task_begin(self, estimator, context):
        self.most = context.max_subtasks if context.task_name == "fit" else self.most
        self.heard.append(f"begin {context.task_name}")

    def on_fit_task_end(self, estimator, context):
        self.heard.append(f"end {context.task_name}")

    def teardown(self, estimator, context):
        self.heard.append("teardown")


def heard(part, times):
    return ["setup", "begin fit", *[f"begin {part}", f"end {part}"] * times, "end fit", "teardown"]


@each_net
def test_a_network_tells_every_stretch_of_steps(make):
    log = Log()
    told = make(max_steps=120, random_state=0).set_callbacks(log).fit(X, y)
    assert log.heard == heard("steps", 3)
    assert log.most == 3
    assert_array_equal(told.sample(9)[0], make(max_steps=120, random_state=0).fit(X, y).sample(9)[0])


def test_training_that_stops_early_ends_its_tasks():
    log = Log()
    fitted = TableVAE(max_steps=3000, patience=1, random_state=0).set_callbacks(log).fit(X, y)
    assert log.heard == heard("steps", len(fitted.validation_curve_))
    assert log.most == 60 > len(fitted.validation_curve_)


def test_copies_made_by_an_augmenter_tell_too():
    log = Log()
    SyntheticAugmenter(TableVAE(max_steps=50).set_callbacks(log), random_state=0).fit_resample(X, y)
    assert log.heard == heard("steps", 1)


def test_a_failed_fit_has_no_end_and_leaves_nothing_behind():
    log = Log()
    generator = TableVAE(max_steps=50, random_state=0).set_callbacks(log).fit(X, y)
    before, log.heard = dict(vars(generator)), []
    with pytest.raises(ValueError, match="NaN"):
        generator.fit(X, np.where(y, y, np.nan))
    assert log.heard == ["setup", "begin fit", "teardown"]
    assert vars(generator) == before
    log.heard = []
    with pytest.raises(ValueError, match="max_steps"):
        clone(generator).set_params(max_steps=0).fit(X, y)
    assert log.heard == []


def test_a_callback_that_interrupts_leaves_the_state_so_far():
    log = Log()
    log.on_fit_task_end = Mock(side_effect=KeyboardInterrupt)
    generator = TableVAE(max_steps=120, random_state=0).set_callbacks(log)
    with pytest.raises(KeyboardInterrupt, match="keeps its state"):
        generator.fit(X, y)
    assert log.heard == ["setup", "begin fit", "begin steps", "teardown"]
    assert generator.n_steps_ == 50
    assert generator.sample(4)[0].shape == (4, 3)


def test_sdv_tells_each_class():
    pytest.importorskip("sdv")
    log = Log()
    SDVGenerator(random_state=0).set_callbacks(log).fit(X, y)
    assert log.heard == heard("class", 3)
