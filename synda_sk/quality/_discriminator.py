"""D_disc: does a row look real?"""

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from synda_sk.typing import FloatArray

INNER_SPLITS = 3
FEWEST = 3  # rows of either side that can be split twice


class CrossFittedDiscriminator:
    r"""A calibrated real-or-synthetic classifier that never scores rows it was trained on.

    .. math:: D(x) = \frac{p_{real}(x)}{p_{real}(x) + p_{syn}(x)}

    the realism of a row were there as many real rows as synthetic ones. In
    each fold the classifier is cross-validated once more inside the training
    rows for Platt's sigmoid, and the odds it gives to a held-out row are
    multiplied by n_syn / n_real: so D is a probability whatever the
    classifier, its weights of the classes and the numbers of rows.

    Parameters
    ----------
    classifier : classifier
        Cloned for each fold; has ``predict_proba``.
    random_state : int
        Seed of the folds.
    n_splits : int, default=5
        Folds; fewer where either side has fewer rows. With fewer than three
        rows on a side D is 0.5.
    """

    def __init__(self, classifier: BaseEstimator, random_state: int, n_splits: int = 5) -> None:
        self.classifier = classifier
        self.random_state = random_state
        self.n_splits = n_splits

    def fit(self, real: FloatArray, synthetic: FloatArray) -> "CrossFittedDiscriminator":
        """Cross-fit on f(x) of real and synthetic rows.

        Sets ``realism_`` (out-of-fold D of the synthetic rows) and
        ``consistency_`` (see :attr:`consistency_`).
        """
        rows = np.concatenate([real, synthetic])
        is_real = np.arange(len(rows)) < len(real)
        fewest = min(len(real), len(synthetic))
        self.models_: list[BaseEstimator] = []
        self._prior_odds = len(real) / max(len(synthetic), 1)
        held_out = np.full(len(rows), 0.5)
        if fewest >= FEWEST:
            folds = StratifiedKFold(min(self.n_splits, fewest), shuffle=True, random_state=self.random_state)
            for train, test in folds.split(rows, is_real):
                model = self._calibrated(rows[train], is_real[train])
                held_out[test] = self._realism(model, rows[test])
                self.models_.append(model)
        self.realism_ = held_out[~is_real]
        auc = roc_auc_score(is_real, held_out)
        #: 1 where real and synthetic rows cannot be told apart, 0 where they always can.
        self.consistency_ = float(min(1.0, 2.0 * (1.0 - auc)))
        return self

    def score(self, rows: FloatArray) -> FloatArray:
        """Return the mean D of rows not seen in fit."""
        if not self.models_:
            return np.full(len(rows), 0.5)
        return np.mean([self._realism(model, rows) for model in self.models_], axis=0)

    def _calibrated(self, rows: FloatArray, is_real: np.ndarray) -> BaseEstimator:
        n_splits = min(INNER_SPLITS, int(is_real.sum()), int((~is_real).sum()))
        inner = StratifiedKFold(n_splits, shuffle=True, random_state=self.random_state)
        model = CalibratedClassifierCV(clone(self.classifier), method="sigmoid", cv=inner, ensemble=False)
        return model.fit(rows, is_real)

    def _realism(self, model: BaseEstimator, rows: FloatArray) -> FloatArray:
        real, synthetic = model.predict_proba(rows)[:, 1], model.predict_proba(rows)[:, 0]
        return real / (real + self._prior_odds * synthetic)
