import numpy as np
import pytest
from sklearn.base import clone

from synda_sk import SyntheticAugmenter
from synda_sk.generators import CopulaGenerator, GaussianGenerator, SDVGenerator, make_generator


class Noise:
    """A generator that is no estimator."""

    def fit(self, X, y):
        return self

    def sample(self, n_samples, y):
        return np.zeros((n_samples, 2)), y


@pytest.mark.parametrize(
    ("name", "kind"),
    [("auto", GaussianGenerator), ("gaussian", GaussianGenerator), ("copula", CopulaGenerator)],
)
def test_names(name, kind):
    assert type(make_generator(name)) is kind


@pytest.mark.parametrize("name", ["gaussian_copula", "ctgan", "tvae", "copula_gan"])
def test_names_of_the_sdv(name):
    generator = make_generator(name, {"synthesizer_params": {"epochs": 3}})
    assert isinstance(generator, SDVGenerator)
    assert generator.get_params() == {
        "synthesizer": name,
        "synthesizer_params": {"epochs": 3},
        "random_state": None,
    }


def test_instances_are_cloned():
    given = CopulaGenerator(random_state=1)
    made = make_generator(given, {"random_state": 2})
    assert made is not given
    assert (given.random_state, made.random_state) == (1, 2)


def test_any_object_with_fit_and_sample_is_taken():
    assert isinstance(make_generator(Noise()), Noise)


def test_unknown_names_are_explained():
    with pytest.raises(ValueError, match="generator_params of Noise"):
        make_generator(Noise(), {"epochs": 3})


def test_a_callable_makes_a_fresh_object_each_time():
    made = make_generator(lambda: Noise())
    assert isinstance(made, Noise)
    with pytest.raises(TypeError, match="generator returned 3, which has no fit"):
        make_generator(lambda: 3)


def test_the_augmenter_calls_the_factory():
    X, y = np.random.default_rng(0).normal(size=(12, 2)), np.repeat([0, 1], [8, 4])
    augmenter = SyntheticAugmenter(lambda: Noise())
    resampled, labels = augmenter.fit_resample(X, y)
    assert (resampled[12:] == 0).all()
    assert labels.tolist().count(1) == 8
    assert clone(augmenter).fit_resample(X, y)[1].tolist() == labels.tolist()
