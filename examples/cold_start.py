"""
From no label at all to an alert list
=====================================

A fraud desk's first week. Nothing is known of 5,000 transactions but that they are either genuine (0) or
fraud (1). Each day the desk looks at 30 of them. Which ones is up to the classifier.
"""

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import average_precision_score
from sklearn.pipeline import make_pipeline

from synda_sk import SynDAClassifier
from synda_sk.datasets import make_mobile_money
from synda_sk.utils import TableEncoder

X, truth = make_mobile_money(8_000, fraud_rate=0.02, random_state=1)
truth = np.asarray(truth)
history, today = np.arange(5_000), np.arange(5_000, 8_000)

# %%
# A label that is not known is NaN. ``classes`` says what the labels will be, since there is none to see
# yet.

model = make_pipeline(TableEncoder(), RandomForestClassifier(100))
clf = SynDAClassifier(model, classes=[0, 1], random_state=0)
clf.fit(X.iloc[history], np.full(len(history), np.nan))

# %%
# ``query`` names rows and changes nothing; ``teach`` takes the answers and fits the model anew. Here the
# simulated truth answers in the desk's place. The later transactions are there to measure by, and never
# asked about. They hold few frauds, so that the average precision of one run goes down as well as up.

for day in range(1, 8):
    rows = clf.query(n_queries=30)
    clf.teach(rows, truth[rows])
    found = clf.history_[-1]["n_per_class"][1]
    score = average_precision_score(truth[today], clf.predict_proba(X.iloc[today])[:, 1])
    print(f"day {day}: {clf.n_labels_:3d} labels, {found:3d} frauds found, average precision {score:.2f}")

# %%
# What goes to the alert desk is the model alone, without the rows it was trained on.

alerts = np.argsort(-clf.to_predictor().predict_proba(X.iloc[today])[:, 1])[:30]
by_chance = 30 * truth[today].mean()
print(f"of today's 30 alerts {truth[today][alerts].sum()} are fraud; by chance it would be {by_chance:.1f}")
