"""What came back from the people asked, whichever tool they used."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synda_sk.typing import IntArray


class Answers(NamedTuple):
    """Answers to the rows asked about.

    Parameters
    ----------
    indices : ndarray of int of shape (n_answers,)
        Positions of the rows answered.
    y : ndarray of object of shape (n_answers,)
        Their labels, None where the answer gives none.
    minutes : float
        Time spent, summed over all rows.
    set_aside : ndarray of int
        Positions of the rows answered "cannot tell", not to be asked about again.

    See Also
    --------
    synda_sk.SynDAClassifier.set_aside : Takes the rows set aside.
    synda_sk.SynDAClassifier.teach : Takes the others.

    Examples
    --------
    Both go to the classifier in one line, whichever tool they come from:

    >>> import numpy as np
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from synda_sk import SynDAClassifier
    >>> from synda_sk.interop.case_queue import Answers
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = SynDAClassifier(GaussianNB()).fit(X, np.where(np.arange(150) % 10, np.nan, y))
    >>> answers = Answers(np.array([51, 52, 53]), np.array([1, None, None]), 2.5, np.array([53]))
    >>> clf = clf.set_aside(answers.set_aside).teach(answers.indices, answers.y)
    >>> clf.n_labels_, clf.set_aside_.tolist()
    (16, [53])
    """

    indices: IntArray
    y: NDArray[np.object_]
    minutes: float
    set_aside: IntArray
