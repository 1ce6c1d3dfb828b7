"""Whether an estimator classifies images."""

from typing import Any

from synda_sk.images._classifier import ConvClassifier
from synda_sk.utils import final_estimator


def is_conv_classifier(estimator: Any) -> bool:
    """Tell whether the last step is a `ConvClassifier`.

    Parameters
    ----------
    estimator : estimator
        A pipeline or anything else.

    Returns
    -------
    bool
        True for one.
    """
    return isinstance(final_estimator(estimator), ConvClassifier)
