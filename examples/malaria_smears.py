"""
Malaria smears: labels, patients, and a model for the field
===========================================================

**The cells on this page are drawn by the function below; they are no photographs.** To run it on your own,
put them in a folder with one folder a class, or in an ``.npz`` archive with ``X``, ``y`` and ``patient``::

    SMEARS=path/to/smears python examples/malaria_smears.py

The name of a file has to start with its patient and an underscore, as in ``C33P1thinF_IMG_2015.png``. Some
thousand images of 32 x 32 take a minute or two. Needs the extras ``cli``, ``torch`` and ``onnx``, and
``images`` for a folder.
"""

import os
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GroupShuffleSplit

from synda_sk import SynDAClassifier
from synda_sk.datasets import load_image_archive, load_image_folder
from synda_sk.generators import DiffusionGenerator
from synda_sk.images import ConvClassifier, StandardAugmentation
from synda_sk.interop import onnx
from synda_sk.metrics import sample_health

# %%
# Every slide is stained by hand, so each patient's cells have colours of their own. A parasite is a small
# dark spot; dust and platelets are spots too.


def draw_smears(n_patients=40, n_cells=30, size=24, seed=0):
    """Draw cells of patients, one in three with a parasite: images, labels, patients."""
    rng = np.random.default_rng(seed)
    down, across = np.mgrid[:size, :size] / (size - 1) - 0.5
    images, labels, patients = [], [], []
    for patient in range(n_patients):
        stain = np.array([205, 150, 165]) + rng.normal(0, 22, 3)
        for _ in range(n_cells):
            infected = rng.random() < 1 / 3
            middle, radius = rng.normal(0, 0.03, 2), rng.uniform(0.36, 0.46)
            inside = np.hypot(down - middle[0], across - middle[1]) < radius
            shade = rng.normal(1, 0.06) + rng.normal(0, 0.04, (size, size))
            angle, far = rng.uniform(0, 2 * np.pi), radius * rng.uniform(0.1, 0.75)
            from_spot = np.hypot(
                down - middle[0] - far * np.sin(angle), across - middle[1] - far * np.cos(angle)
            )
            spot = np.exp(-((from_spot / rng.uniform(0.06, 0.11)) ** 2))[:, :, None]
            colour = [110, 60, 130] if infected else [225, 190, 205]
            cell = stain * shade[:, :, None]
            if infected or rng.random() < 0.5:
                cell = cell + 0.8 * spot * (np.array(colour) - cell)
            images.append(np.clip(cell * inside[:, :, None], 0, 255).astype(np.uint8))
            labels.append("parasite" if infected else "clean")
            patients.append(patient)
    return np.array(images), np.array(labels), np.array(patients)


source = os.environ.get("SMEARS")
if source is None:
    images, y, patient = draw_smears()
elif source.endswith(".npz"):
    smears = load_image_archive(source)
    if "patient" not in smears:
        raise SystemExit(f"{source} has no array named patient: whose slide each image comes from.")
    images, y, patient = smears.data, smears.target, smears.patient
else:
    smears = load_image_folder(source, size=32, mode="rgb")
    images, y = smears.data, smears.target
    patient = np.array([Path(name).name.partition("_")[0] for name in smears.filenames])
X, shape = images.reshape(len(images), -1), images.shape[1:]
plt.figure(figsize=(6, 1.3))
plt.imshow(np.vstack([np.hstack(images[y == name][:10]) for name in np.unique(y)]))
plt.axis("off")
print(f"{len(X)} images of {len(np.unique(patient))} patients, {shape[0]} x {shape[1]} pixels")
print("from above:", *np.unique(y))

# %%
# Split by patient
# ----------------
#
# A new slide is what the model will see, so it has to be tested on patients it has not seen. A random split
# would put cells of one slide on both sides. If the line above counts as many patients as images, the names
# of the files do not tell the patient, and the split is a random one.

pool, test = next(GroupShuffleSplit(1, test_size=0.25, random_state=0).split(X, y, patient))
print(f"{len(pool)} cells to label from, {len(test)} of other patients to test on")


def score(model):
    """Balanced accuracy on the cells of other patients."""
    return balanced_accuracy_score(y[test], model.predict(X[test]))


# %%
# Augmentation first
# ------------------
#
# Before anything is generated or chosen: the same labels, with and without random rotations, zooms, shifts,
# mirror images and changes of brightness. A cell has no upside, so for colour images all rotations are the
# default. Stains are the other thing that changes from patient to patient and says nothing of the parasite:
# ``colour`` changes each channel by itself, and ``standardize`` gives each channel of each image the same
# mean and spread. (Not where the colour tells the class, as on leaves.) ``max_steps`` is for a quick page:
# leave it out for photographs.

order = np.random.default_rng(0).permutation(pool)
FIRST, BATCH, ROUNDS = 50, 40, 2
everything = order[: FIRST + BATCH * ROUNDS]
stains = StandardAugmentation(rotation=180, flip=True, brightness=0.1, colour=0.1)
ways = {
    "no augmentation": {"augmentation": None},
    "standard augmentation": {"augmentation": "auto"},
    "with colours, standardised": {"augmentation": stains, "standardize": True},
}
for name, way in ways.items():
    model = ConvClassifier(shape, width=16, separable=True, max_steps=300, random_state=0, **way)
    model.fit(X[everything], y[everything])
    print(f"{name}: {len(everything)} random labels {score(model):.2f}")

# %%
# Let the model ask
# -----------------
#
# The same first labels, then the ones the classifier asks for. The features of the network tell which cells
# are alike; ``classes`` need not be given, because both are among the first labels.

known = np.full(len(pool), None, dtype=object)
known[np.isin(pool, order[:FIRST])] = y[pool][np.isin(pool, order[:FIRST])]
clf = SynDAClassifier(model, random_state=0).fit(X[pool], known)
for _ in range(ROUNDS):
    rows = clf.query(n_queries=BATCH)
    clf.teach(rows, y[pool][rows])  # here the microscopist answers
    asked = len(np.unique(patient[pool][rows]))
    print(f"{clf.n_labels_} labels: {score(clf):.2f}; the last {BATCH} came from {asked} patients")

# %%
# Compare the last line with the same number of random labels above before you rely on it; what choosing saved
# on real smears stands in :doc:`/guide/domains`.
#
# Synthetic cells?
# ----------------
#
# A diffusion model draws cells of a class, and of a context: here whether the slide is stained pale or dark.
# It has to be trained for some thousand steps, which take minutes. After a few it makes noise, and
# ``sample_health`` says so. Do not train on images that it does not pass.

labelled = pool[clf.labeled_iter_ >= 0]
brightness = X.mean(axis=1)
slide = {p: brightness[patient == p].mean() for p in np.unique(patient)}
middle = np.median(list(slide.values()))
stain = np.array([["dark" if slide[p] < middle else "pale"] for p in patient])

generator = DiffusionGenerator(shape, width=16, max_steps=40, random_state=0)
generator.fit(X[labelled], y[labelled], context=stain[labelled])
made, made_labels = generator.sample(100, context="pale")
health = sample_health(X[pool], made, y_synthetic=made_labels, judge=clf, image_shape=shape)
print(f"fit to train on: {health.ok}", *health.reasons, sep="\n  ")

# %%
# To the field
# ------------
#
# A student of a quarter of the width learns what the model thinks of all cells, labelled or not. As an ONNX
# file it needs NumPy and onnxruntime, nothing else.

teacher = clf.to_predictor()
student = ConvClassifier(shape, width=8, teacher=teacher, standardize=True, random_state=0)
student.fit(X[labelled], y[labelled], X_unlabeled=X[pool])
folder = Path(tempfile.mkdtemp())
onnx.export(student, folder / "smears.onnx", X=X[pool][:32], weights="int8", tolerance=0.1)
answers = onnx.load(folder / "smears.onnx").predict(X[test])
print(f"student: {student.n_parameters_:,} weights, {(folder / 'smears.onnx').stat().st_size:,} bytes")
print(f"balanced accuracy {balanced_accuracy_score(y[test], answers):.2f}, of its teacher {score(clf):.2f}")
