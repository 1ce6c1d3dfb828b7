"""
A local script: few images of other hands
=========================================

A net that reads one group's handwriting reads another's worse. **Here the first group is scikit-learn's
digits, and the second is such digits made slanted and smaller by the function below.** To run it on real
writers, give an ``.npz`` archive with ``X`` and ``y`` of the first group and ``X_dig`` and ``y_dig`` of the
second, as in Kannada-MNIST with its Dig-MNIST, or a folder with the folders ``source`` and ``local``, each
with one folder a sign::

    SCRIPT=path/to/kannada.npz python examples/local_script.py

Images of 28 x 28 take a minute or two. Needs the extras ``cli`` and ``torch``, and
``images`` for folders.
"""

import copy
import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy.ndimage import affine_transform
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

from synda_sk import SynDAClassifier
from synda_sk.datasets import load_image_archive, load_image_folder
from synda_sk.images import ConvClassifier
from synda_sk.metrics import adaptation_drop, adaptation_recovery


def other_hand(images):
    """Slant the digits and make them smaller."""
    middle = (np.array(images.shape[1:]) - 1) / 2
    matrix = np.array([[1.1, 0.0], [-0.45, 1.05]])
    offset = middle - matrix @ middle
    changed = [affine_transform(image, matrix, offset, order=1) for image in images.astype(float)]
    return np.clip(changed, 0, 255).astype(np.uint8)


given = os.environ.get("SCRIPT")
if given is None:
    digits = load_digits()
    images = np.rint(digits.images * 255 / 16).astype(np.uint8)
    there, here = train_test_split(np.arange(len(images)), test_size=0.6, random_state=0)
    far, y_far = images[there], digits.target[there]
    near, y_near = other_hand(images[here]), digits.target[here]
elif given.endswith(".npz"):
    script = load_image_archive(given)
    if not {"X_dig", "y_dig"} <= set(script):
        raise SystemExit(f"{given} has no arrays named X_dig and y_dig: the images of the second group.")
    far, y_far, near, y_near = script.data, script.target, script.X_dig, script.y_dig
else:
    sides = [load_image_folder(Path(given, side), size=28, mode="grey") for side in ("source", "local")]
    far, y_far, near, y_near = (part for side in sides for part in (side.data, side.target))
shape = far.shape[1:]
X_far, X_near = far.reshape(len(far), -1), near.reshape(len(near), -1)
plt.figure(figsize=(6, 1.3))
plt.imshow(np.vstack([np.hstack(far[:10]), np.hstack(near[:10])]), cmap="gray")
plt.axis("off")
print("the first group above, the second below:")

# %%
# What is lost
# ------------
#
# One net is trained on the first group, with up to 500 images, and tested on both.

train, check = train_test_split(np.arange(len(y_far)), test_size=0.3, stratify=y_far, random_state=0)
train = train[:500]
pool, test = train_test_split(np.arange(len(y_near)), test_size=0.5, stratify=y_near, random_state=0)


def score(model):
    """Accuracy on the second group's test images."""
    return accuracy_score(y_near[test], model.predict(X_near[test]))


net = ConvClassifier(shape, width=12, random_state=0)
elsewhere = clone(net).fit(X_far[train], y_far[train])
at_home, abroad = accuracy_score(y_far[check], elsewhere.predict(X_far[check])), score(elsewhere)
print(f"first group {at_home:.2f}, second group {abroad:.2f}:", end=" ")
print(f"{adaptation_drop(at_home, abroad):.0%} of the accuracy is lost")

# %%
# Five images a sign
# ------------------
#
# Somebody writes each sign five times. A net can start from nothing with them, or go on from the first
# group's (``warm_start``), or learn from both groups at once; then a local image weighs so much more that the
# groups weigh the same.

order = np.random.default_rng(0).permutation(pool)
few = np.concatenate([order[y_near[order] == sign][:5] for sign in np.unique(y_near)])


def fine_tuned(rows):
    """Return a copy of the first group's net, trained further on images of the second."""
    copied = copy.deepcopy(elsewhere).set_params(warm_start=True, learning_rate=1e-3)
    return copied.fit(X_near[rows], y_near[rows])


scratch = clone(net).fit(X_near[few], y_near[few])
weights = np.r_[np.ones(len(train)), np.full(len(few), len(train) / len(few))]
both = clone(net).fit(np.r_[X_far[train], X_near[few]], np.r_[y_far[train], y_near[few]], weights)
plenty = clone(net).fit(X_near[order[:1_000]], y_near[order[:1_000]])

full = score(plenty)
models = {"local images alone": scratch, "fine-tuned": fine_tuned(few), "both groups": both}
for name, model in models.items():
    closed = adaptation_recovery(abroad, score(model), full)
    print(f"{name}: {score(model):.2f}, {closed:.0%} of the gap to {len(order[:1_000])} local labels closed")

# %%
# The next images
# ---------------
#
# With some local images at hand the classifier tells which further ones are worth a label: it knows what it
# confuses. A copy of the first group's net is then trained further on all of them.

known = np.full(len(pool), np.nan)
known[np.isin(pool, few)] = y_near[pool][np.isin(pool, few)]
clf = SynDAClassifier(net, random_state=0).fit(X_near[pool], known)
asked = pool[clf.query(n_queries=50)]  # a reader of the script labels these
by_chance = order[~np.isin(order, few)][:50]
for name, rows in {"by chance": by_chance, "asked for": asked}.items():
    print(f"50 more labels {name}: {score(fine_tuned(np.r_[few, rows])):.2f}")

# %%
# ``DiffusionGenerator.finetune`` does the same for a generator: a few local images steer one that was trained
# on another group's. Whether its images are worth training on, ``metrics.sample_health`` and a test on real
# images tell; first of all comes the augmentation that the classifier has anyway (:doc:`/guide/images`).
