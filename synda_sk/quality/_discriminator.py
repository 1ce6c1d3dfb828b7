"""D_disc: does a row look real?"""

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from synda_sk.typing import FloatArray


class CrossFittedDiscriminator:
    """A real-or-synthetic classifier that never scores rows it was trained on.

    Parameters
    ----------
    classifier : classifier
        Cloned for each fold; has ``predict_proba``.
    random_state : int
        Seed of the folds.
    n_splits : int, default=5
        Folds; fewer where either side has fewer rows.
    """

    def __init__(self, classifier: BaseEstimator, random_state: int, n_splits: int = 5) -> None:
        self.classifier = classifier
        self.random_state = random_state
        self.n_splits = n_splits

    def fit(self, real: FloatArray, synthetic: FloatArray) -> "CrossFittedDiscriminator":
        """Cross-fit on f(x) of real and synthetic rows.

        Sets ``realism_`` (out-of-fold probability of being real, of the
        synthetic rows) and ``consistency_`` (see :attr:`consistency_`).
        """
        rows = np.concatenate([real, synthetic])
        is_real = np.arange(len(rows)) < len(real)
        n_splits = min(self.n_splits, len(real), len(synthetic))
        self.models_: list[BaseEstimator] = []
        held_out = np.full(len(rows), 0.5)
        if n_splits >= 2:
            folds = StratifiedKFold(n_splits, shuffle=True, random_state=self.random_state)
            for train, test in folds.split(rows, is_real):
                model = clone(self.classifier).fit(rows[train], is_real[train])
                held_out[test] = model.predict_proba(rows[test])[:, 1]
                self.models_.append(model)
        self.realism_ = held_out[~is_real]
        auc = roc_auc_score(is_real, held_out)
        #: 1 where real and synthetic rows cannot be told apart, 0 where they always can.
        self.consistency_ = float(min(1.0, 2.0 * (1.0 - auc)))
        return self

    def score(self, rows: FloatArray) -> FloatArray:
        """Return the mean probability of being real of rows not seen in fit."""
        if not self.models_:
            return np.full(len(rows), 0.5)
        return np.mean([model.predict_proba(rows)[:, 1] for model in self.models_], axis=0)
