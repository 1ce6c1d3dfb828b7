"""
Tuning lambda and beta, then labelling with the best
====================================================

Last month is labelled, this month is not. On last month the labelling is replayed, with 90 labels
instead of all, to find out which lambda (uncertainty against density) and which beta (weight of the
synthetic rows) suit this table. The classifier that won then asks about this month.
"""

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from synda_sk import SynDAClassifier
from synda_sk.datasets import make_mobile_money
from synda_sk.model_selection import alc_scorer
from synda_sk.utils import TableEncoder

X, y = make_mobile_money(6_000, fraud_rate=0.04, random_state=3)
y = np.asarray(y)
last_month, this_month, next_month = np.split(np.arange(6_000), [1_500, 4_000])

# %%
# With a ``label_budget``, ``fit`` hides the labels, buys them round by round and trains on what it
# bought. Without it all labels would be known to every candidate, and lambda would change nothing. The
# encoder stands inside the estimator, so that generators see the raw table.

model = make_pipeline(TableEncoder(), RandomForestClassifier(30, random_state=0))
clf = SynDAClassifier(model, label_budget=90, n_rounds=3, store_stages=True, random_state=0)

# %%
# Both parameters are reached through the parts they belong to. ``alc_scorer`` prefers settings that are
# good with few labels: it is the area under the learning curve, not its end. One seed gives every
# candidate the same first labels.

grid = {"selector__uncertainty_weight": [0.5, 1.0], "mixer__synthetic_weight": [0.0, "auto", 0.3]}
search = GridSearchCV(clf, grid, scoring=alc_scorer, cv=2, refit=False)
search.fit(X.iloc[last_month], y[last_month])
for settings, score in zip(search.cv_results_["params"], search.cv_results_["mean_test_score"], strict=True):
    weights = f"lambda {settings['selector__uncertainty_weight']}, beta {settings['mixer__synthetic_weight']}"
    print(f"{weights}: area under the learning curve {score:.3f}")

# %%
# Two folds of 90 labels tell little: such differences may be chance. On a table of your own give the search
# more folds, or repeat it with other seeds, before you believe it.
#
# The winner's settings go to the live loop. There is no budget now: the labels come from people.

live = clone(clf).set_params(**search.best_params_, label_budget=None, store_stages=False, classes=[0, 1])
live.fit(X.iloc[this_month], np.full(len(this_month), np.nan))
print(f"live with {search.best_params_}")
for day in range(1, 5):
    rows = live.query(n_queries=25)
    live.teach(rows, y[this_month][rows])  # here the annotator answers
    found = live.history_[-1]["n_per_class"][1]
    score = average_precision_score(y[next_month], live.predict_proba(X.iloc[next_month])[:, 1])
    print(f"day {day}: {live.n_labels_} labels, {found} frauds found, average precision {score:.2f}")
