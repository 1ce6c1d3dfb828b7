"""The methods that a comparison plays against each other."""

from typing import Any

from synda_sk.classifier import SynDAClassifier
from synda_sk.mixing import CurriculumMixer
from synda_sk.selection import RandomQuerySelector

METHOD, REFERENCE = "synda", "random"


def default_arms(estimator: Any = None) -> dict[str, SynDAClassifier]:
    """Return SynDA with its defaults and plain random labelling, both with one estimator.

    Parameters
    ----------
    estimator : classifier or None, default=None
        The final model of both; None takes the default of SynDAClassifier.

    Returns
    -------
    dict of str to SynDAClassifier
        "synda" and "random"; the latter draws all its labels at random and
        makes no synthetic rows.

    Examples
    --------
    >>> from synda_sk.evaluation import default_arms
    >>> list(default_arms())
    ['synda', 'random']
    """
    return {
        METHOD: SynDAClassifier(estimator),
        REFERENCE: SynDAClassifier(
            estimator,
            selector=RandomQuerySelector(),
            mixer=CurriculumMixer(synthetic_weight=0),
            query_estimator=None,
            initial="random",
        ),
    }
