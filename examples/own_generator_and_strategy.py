"""
A generator and a query strategy of your own
============================================

Both contracts are small. A generator says how to fit and how to draw a row a label; a query strategy
says which rows it wants. They then work wherever those of the library do: in the augmenter, in the
classifier, in a grid search.
"""

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline

from synda_sk import CurriculumMixer, SynDAClassifier, SyntheticAugmenter
from synda_sk.base import BaseGenerator, BaseQueryStrategy
from synda_sk.datasets import make_mobile_money
from synda_sk.generators.estimator_checks import check_generator, generator_checks
from synda_sk.selection import entropy
from synda_sk.utils import TableCodec, TableEncoder

# %%
# A generator
# -----------
#
# It draws each column by itself from the rows of the class, as if columns had nothing to do with each
# other given the class: naive Bayes, turned round. ``BaseGenerator`` checks the table and the labels,
# knows the classes and hands over a source of randomness. ``TableCodec`` turns a table of any kind into
# numbers and codes, and back.


class IndependentColumns(BaseGenerator):
    """Rows whose columns are drawn independently, given the class."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def _fit(self, X, y):
        self._codec = TableCodec().fit(X)
        numbers, codes = self._codec.encode(X)
        self._rows = {label: (numbers[y == label], codes[y == label]) for label in self.classes_.tolist()}

    def _sample(self, labels, rng):
        numbers = np.empty((len(labels), len(self._codec.numeric)))
        codes = np.empty((len(labels), len(self._codec.categorical)), dtype=np.intp)
        for label, known in self._rows.items():
            wanted = np.flatnonzero(labels == label)
            for made, real in zip((numbers, codes), known, strict=True):
                for j in range(real.shape[1]):
                    made[wanted, j] = rng.choice(real[:, j], size=len(wanted))
        return self._codec.decode(numbers, codes)


# %%
# The contract comes as a suite of checks: containers and types come back, labels are exact, seeds repeat
# themselves, gaps and constants are kept, a failed fit leaves the former model. It names what it finds.

check_generator(IndependentColumns())
print("checks passed:", len(list(generator_checks(IndependentColumns()))))

# %%
# A query strategy
# ----------------
#
# This desk would rather hear about large sums: the uncertainty of a row counts in proportion to its
# amount.


class MoneyInDoubt(BaseQueryStrategy):
    """Rows whose amount times the model's uncertainty is largest."""

    def __init__(self, batch_size=20, *, column="amount"):
        self.batch_size = batch_size
        self.column = column

    def score_samples(self, estimator, X_pool):
        amount = np.asarray(X_pool[self.column], dtype=float)
        return entropy(estimator.predict_proba(X_pool)) * amount

    def query(self, estimator, X_pool, n_queries=None, *, X_labeled=None, y_labeled=None):
        wanted = self.batch_size if n_queries is None else n_queries
        return np.argsort(-self.score_samples(estimator, X_pool), kind="stable")[:wanted]


# %%
# Both at work
# ------------
#
# A replay of 120 labels, once with the default rule and once with ours. What is compared is the money in
# the rows that were asked about, which is what ours is after.

X, y = make_mobile_money(2_000, fraud_rate=0.05, random_state=0)
for selector in (None, MoneyInDoubt()):
    clf = SynDAClassifier(
        make_pipeline(TableEncoder(), RandomForestClassifier(40, random_state=0)),
        selector=selector,
        augmenter=SyntheticAugmenter(IndependentColumns()),
        mixer=CurriculumMixer(synthetic_weight=0.1),
        label_budget=120,
        n_rounds=4,
        random_state=0,
    ).fit(X, y)
    asked = clf.labeled_iter_ > 0
    made = sum(stage["generated"] for stage in clf.history_)
    name = "the default rule" if selector is None else "money in doubt"
    money = X["amount"][asked].mean()
    print(f"{name}: mean amount asked about {money:,.0f}, {made} synthetic rows made by our generator")
