"""
Leaf disease: a folder of photographs, and a rare disease
=========================================================

**The leaves on this page are drawn by the function below; they are no photographs.** To run it on your own,
put them in a folder with one folder a class, or in an ``.npz`` archive with ``X`` and ``y``::

    LEAVES=path/to/leaves python examples/leaf_disease.py

All of them need a label there, because the labels play the agronomist. Some thousand images of 32 x 32 take a
minute or two. Needs the extras ``cli``, ``torch`` and ``images``.
"""

import os
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image
from sklearn.metrics import balanced_accuracy_score, recall_score
from sklearn.model_selection import train_test_split

from synda_sk import SynDAClassifier
from synda_sk.datasets import load_image_archive, load_image_folder
from synda_sk.images import ConvClassifier

# %%
# Most leaves are healthy; scab makes many dark specks, rot a few brown patches with a ring, and rust, the
# rare one, orange dots.

KINDS = {"healthy": 0.55, "scab": 0.2, "rot": 0.2, "rust": 0.05}
SPOTS = {  # how many, how large as a share of the side, what colour
    "scab": (6, 14, 0.03, 0.06, (60, 65, 35)),
    "rot": (1, 3, 0.08, 0.14, (125, 85, 50)),
    "rust": (2, 6, 0.05, 0.08, (215, 130, 30)),
}


def draw_leaf(kind, rng, size=24):
    """Draw a leaf on black, in any direction."""
    down, across = np.mgrid[:size, :size] / (size - 1) - 0.5
    turn = rng.uniform(0, 2 * np.pi)
    along = np.cos(turn) * across + np.sin(turn) * down
    beside = np.cos(turn) * down - np.sin(turn) * across
    width = rng.uniform(0.22, 0.32) * np.sqrt(np.clip(1 - (along / 0.48) ** 2, 0, None))
    inside = np.abs(beside) < width
    leaf = np.array([80, 130, 55]) + rng.normal(0, 14, 3) + rng.normal(0, 9, (size, size, 1))
    leaf[np.abs(beside) < 0.02] += 25
    at_least, at_most, smallest, largest, colour = SPOTS.get(kind, (0, 0, 0, 0, (0, 0, 0)))
    places = np.argwhere(inside)
    for _ in range(rng.integers(at_least, at_most + 1)):
        place = places[rng.integers(len(places))] / (size - 1) - 0.5
        far = np.hypot(down - place[0], across - place[1]) / rng.uniform(smallest, largest)
        spot = np.exp(-(far**2))[:, :, None]
        leaf += 0.9 * spot * (np.array(colour) - leaf)
        if kind == "rot":
            leaf -= 45 * np.exp(-((far - 1.2) ** 2) / 0.08)[:, :, None]
    return np.clip(leaf * inside[:, :, None], 0, 255).astype(np.uint8)


# %%
# A folder of images
# ------------------
#
# The name of a folder is the label of what lies in it. A folder named ``unlabeled`` may lie beside them: its
# images get no label, and are what the classifier asks about. ``size`` brings photographs to one size.

source = os.environ.get("LEAVES")
if source is None:
    source = tempfile.mkdtemp()
    rng = np.random.default_rng(0)
    for i, kind in enumerate(rng.choice(list(KINDS), 1_400, p=list(KINDS.values()))):
        file = Path(source, kind, f"{i:04d}.png")
        file.parent.mkdir(exist_ok=True)
        Image.fromarray(draw_leaf(kind, rng)).save(file)
    leaves = load_image_folder(source, size=24, classes=list(KINDS))
else:
    leaves = load_image_archive(source) if source.endswith(".npz") else load_image_folder(source, size=32)
images, truth = leaves.data, np.asarray(leaves.target)
X, shape = images.reshape(len(images), -1), images.shape[1:]
pool, test = train_test_split(np.arange(len(X)), test_size=0.3, stratify=truth, random_state=0)
names, counts = np.unique(truth, return_counts=True)
plt.figure(figsize=(6, 2.5))
plt.imshow(np.vstack([np.hstack(images[truth == name][:10]) for name in np.unique(truth)]))
plt.axis("off")
print(f"{len(X)} images of {shape[0]} x {shape[1]}:", dict(zip(names.tolist(), counts.tolist(), strict=True)))
print("from above:", *names)

# %%
# Labels, by chance and by request
# --------------------------------
#
# Fifteen random images of each class come first: somebody has to show what each disease looks like. Then
# further labels are either random or those the classifier asks for. Balanced accuracy counts each disease
# alike, however rare. ``max_steps`` is for a quick page: leave it out for photographs.

order = np.random.default_rng(1).permutation(len(pool))
y_pool = truth[pool]
first = np.concatenate([order[y_pool[order] == name][:15] for name in names])
later = order[~np.isin(order, first)]
BATCH, ROUNDS = 50, 2


def told(name, model, rows):
    """Print what a model is worth on the test images, and what it was taught with."""
    predicted = model.predict(X[test])
    of_each = {str(kind): int((y_pool[rows] == kind).sum()) for kind in names}
    print(
        f"{name}: balanced accuracy {balanced_accuracy_score(truth[test], predicted):.2f}, labels {of_each}"
    )


model = ConvClassifier(shape, width=16, max_steps=300, random_state=0)
told("the first labels", model.fit(X[pool][first], y_pool[first]), first)
random_rows = np.concatenate([first, later[: BATCH * ROUNDS]])
told("random labels", model.fit(X[pool][random_rows], y_pool[random_rows]), random_rows)

known = np.full(len(pool), None, dtype=object)
known[first] = y_pool[first]
clf = SynDAClassifier(model, random_state=0).fit(X[pool], known)
for _ in range(ROUNDS):
    rows = clf.query(n_queries=BATCH)
    clf.teach(rows, y_pool[rows])  # here the agronomist answers
told("labels asked for", clf, np.flatnonzero(clf.labeled_iter_ >= 0))

# %%
# It asks where classes are taken for each other, which need not be where they are rare. Augmentation is on by
# default. Images of more than one channel are turned by any angle and mirrored: a leaf
# lies as it lies. For pictures with an upside give ``StandardAugmentation()`` instead.
#
# What is asked for has names
# ---------------------------
#
# ``query`` gives positions in the table that ``fit`` saw. The names of the files go to whoever looks at them;
# a photograph that nobody can judge is set aside and not offered again.

rows = clf.query(n_queries=3)
if "filenames" in leaves:
    print("have a look at:", [Path(leaves.filenames[pool[row]]).name for row in rows])
clf.set_aside(rows[:1])
print("offered again:", bool(np.isin(rows[:1], clf.query(n_queries=200)).any()))

# %%
# One figure hides the rare disease: look at each.

found = recall_score(truth[test], clf.predict(X[test]), average=None, labels=names)
print("found of each:", {str(name): round(float(share), 2) for name, share in zip(names, found, strict=True)})
