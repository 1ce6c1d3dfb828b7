"""The model that predicts, without the rows, searches and samplers round it."""

from typing import Any

from sklearn.dummy import DummyClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from synda_sk.classifier import SynDAClassifier


def plain_model(estimator: Any) -> Any:
    """Return the model, or one flat pipeline that ends in it.

    Raises
    ------
    ValueError
        If a :class:`~synda_sk.SynDAClassifier` has seen one class only.
    """
    if isinstance(estimator, SynDAClassifier):
        return plain_model(estimator.estimator_)
    if isinstance(estimator, FrozenEstimator):
        return plain_model(estimator.estimator)
    if hasattr(estimator, "best_estimator_"):
        return plain_model(estimator.best_estimator_)
    if isinstance(estimator, DummyClassifier):
        raise ValueError("estimator is a constant: with labels of one class there is no model to export yet.")
    if not isinstance(estimator, Pipeline):
        return estimator
    steps = [step for _, step in estimator.steps if step not in (None, "passthrough")]
    steps = [plain_model(step) for step in steps if not hasattr(step, "fit_resample")]
    flat: list[Any] = []
    for step in steps:
        flat += [inner for _, inner in step.steps] if isinstance(step, Pipeline) else [step]
    return flat[0] if len(flat) == 1 else Pipeline([(f"step{k}", step) for k, step in enumerate(flat)])


def first_step(model: Any) -> Any:
    """Return the first step of a plain model, or the model itself."""
    return model.steps[0][1] if isinstance(model, Pipeline) else model
