"""Exceptions and warnings of synda_sk.

::

    Warning
    └── UserWarning
        └── SynDAWarning
            ├── BrokenFileWarning        files that cannot be read are left out
            ├── ConstraintWarning        real rows break a constraint and are left out of what is learnt
            ├── InertParameterWarning    a parameter was given that this call cannot use
            ├── SampleHealthWarning      synthetic images are noise, blur or all alike
            └── BudgetClippedWarning     more labels were asked for than there are

    ValueError
    └── JournalError                     a journal cannot be opened, read or written

Other bad input raises scikit-learn's own kinds (``ValueError``, ``TypeError``, ``NotFittedError``).
"""

__all__ = [
    "BrokenFileWarning",
    "BudgetClippedWarning",
    "ConstraintWarning",
    "InertParameterWarning",
    "JournalError",
    "SampleHealthWarning",
    "SynDAWarning",
]


class SynDAWarning(UserWarning):
    """Base of every warning raised by synda_sk."""


class BrokenFileWarning(SynDAWarning):
    """Files cannot be read and are left out, as was asked for."""


class InertParameterWarning(SynDAWarning):
    """A parameter was set explicitly that the call at hand does not use."""


class ConstraintWarning(SynDAWarning):
    """Real rows break a constraint; the generator does not learn from them."""


class SampleHealthWarning(SynDAWarning):
    """What a generator of images makes does not look like its training images."""


class BudgetClippedWarning(SynDAWarning):
    """A label budget was larger than the number of labelled rows and was reduced to it."""


class JournalError(ValueError):
    """A journal is missing, damaged, in use, not a journal, or cannot be written."""
