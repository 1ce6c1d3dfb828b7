"""
Labelling with Label Studio and with a spreadsheet
==================================================

The questions of one loop go to people in two ways: as tasks of Label Studio on the first day, as a CSV
file that a review desk fills in on the second. Both come back in the same form. People are played by the
simulated truth here.
"""

import json
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from synda_sk import SynDAClassifier
from synda_sk.datasets import make_mobile_money
from synda_sk.interop import case_queue, label_studio
from synda_sk.utils import TableEncoder

X, truth = make_mobile_money(3_000, fraud_rate=0.03, random_state=0)
truth = np.asarray(truth)
X.insert(0, "case", [f"T{i:05d}" for i in range(len(X))])
features = X.drop(columns="case")
y = np.full(len(X), np.nan)
y[:50] = truth[:50]

folder = Path(tempfile.mkdtemp())

# %%
# With a ``journal`` each answer is on the disk before anything is done with it.

model = make_pipeline(TableEncoder(), LogisticRegression(max_iter=1000))
clf = SynDAClassifier(model, classes=[0, 1], journal=folder / "labels.db", random_state=0)
clf.fit(features, y)

# %%
# Label Studio
# ------------
#
# ``write_tasks`` makes the file that Label Studio's "Import" takes. ``choices`` says which label each
# button stands for; the score lets annotators sort by urgency.

CHOICES = {"fraud": 1, "genuine": 0}
rows, scores = clf.query(n_queries=20, return_scores=True)
tasks = folder / "tasks.json"
label_studio.write_tasks(
    tasks, X, rows, ids="case", scores=scores, suggested=clf.predict(features.iloc[rows]), choices=CHOICES
)
first = json.loads(tasks.read_text())[0]
print("first task:", {name: first["data"][name] for name in ("id", "position", "type", "amount")})

# %%
# What Label Studio exports (format "JSON") is the tasks with annotations. Somebody cannot tell in the
# last case.


def annotate(task, choice, i):
    """What an annotator's click adds to a task."""
    result = {"from_name": "label", "to_name": "row", "type": "choices", "value": {"choices": [choice]}}
    done = {"id": i, "lead_time": 25.0, "updated_at": "2026-03-02T09:00:00Z", "result": [result]}
    return task | {"annotations": [done]}


exported = json.loads(tasks.read_text())
names = ["fraud" if truth[task["data"]["position"]] else "genuine" for task in exported]
names[-1] = "cannot tell"
export = folder / "export.json"
export.write_text(json.dumps([annotate(*case) for case in zip(exported, names, range(20), strict=True)]))

answers = label_studio.read_annotations(export, choices=CHOICES)
clf.set_aside(answers.set_aside).teach(answers.indices, answers.y)
print(
    f"Label Studio: {clf.n_labels_} labels, {len(answers.set_aside)} set aside, {answers.minutes:.0f} minutes"
)

# %%
# A spreadsheet
# -------------
#
# ``write_queue`` writes the rows most urgent first, with empty columns for the answer and the minutes it
# took.

rows, scores = clf.query(n_queries=20, return_scores=True)
queue = folder / "tuesday.csv"
case_queue.write_queue(
    queue, X, rows, ids="case", scores=scores, reason="the model is unsure", deadline="2026-03-03"
)
sheet = pd.read_csv(queue, dtype={"answer": object})
print("columns of the desk:", list(sheet.columns[:8]))

# %%
# The desk writes into the file: words that stand for labels, "unsure" (may be asked again), "cannot
# tell" (not again), or nothing yet.

sheet["answer"] = ["fraud" if truth[row] else "genuine" for row in sheet["position"]]
sheet.loc[[3, 4], "answer"] = ["unsure", "cannot tell"]
sheet.loc[19, "answer"] = None
sheet["minutes"] = 1.5
sheet.to_csv(queue, index=False)

answers = case_queue.read_answers(queue)
clf.set_aside(answers.set_aside).teach(answers.indices, answers.y)
found = clf.history_[-1]["n_per_class"]
print(f"spreadsheet: {clf.n_labels_} labels, {answers.minutes:.0f} minutes, by class {found}")

# %%
# The rows set aside are not asked about again, and the journal knows every answer should this process
# die.

again = clf.query(n_queries=200)
print("asked again about a row set aside:", bool(np.isin(clf.set_aside_, again).any()))
later = SynDAClassifier(model, classes=[0, 1], journal=folder / "labels.db", random_state=0)
del clf  # one process writes to a journal at a time
print("labels after a crash:", later.resume(features).n_labels_)
