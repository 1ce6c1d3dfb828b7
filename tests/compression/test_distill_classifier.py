"""alpha CE(y, p_S) + (1 - alpha) KL(p_T || p_S)."""

import numpy as np
import pytest
from compression_nets import nn, same, snapshot, torch
from scipy.special import log_softmax
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from synda_sk.compression import distill_classifier, prune

N_CLASSES = 3


@pytest.fixture(scope="module")
def world():
    X, y = make_classification(
        600, 6, n_informative=4, n_redundant=0, n_classes=N_CLASSES, flip_y=0.1, random_state=0
    )
    y = np.array(["bill", "cash", "transfer"])[y]
    teacher = RandomForestClassifier(100, min_samples_leaf=3, random_state=0).fit(X, y)
    return X, y, teacher


def loss(logits, X, y, teacher, alpha, temperature=1.0):
    log_p = log_softmax(logits, axis=1)
    hard = -log_p[np.arange(len(y)), np.searchsorted(teacher.classes_, y)].mean()
    wanted = teacher.predict_proba(X) ** (1 / temperature)
    wanted = wanted / wanted.sum(axis=1, keepdims=True)
    soft_log_p = log_softmax(logits / temperature, axis=1)
    terms = np.where(wanted > 0, wanted * (np.log(np.maximum(wanted, 1e-300)) - soft_log_p), 0)
    return alpha * hard + (1 - alpha) * temperature**2 * terms.sum(axis=1).mean()


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_sample_weights_minimise_the_loss(world, alpha):
    X, y, teacher = world
    model = distill_classifier(teacher, LogisticRegression(C=1e6, max_iter=3000), X, y, alpha=alpha)
    best = loss(model.decision_function(X), X, y, teacher, alpha)
    rng = np.random.default_rng(0)
    for _ in range(20):
        coef = model.coef_ + rng.normal(0, 0.05, model.coef_.shape)
        assert loss(X @ coef.T + model.intercept_, X, y, teacher, alpha) > best


@pytest.mark.parametrize("temperature", [1.0, 3.0])
def test_a_network_reaches_the_same_minimum(world, temperature):
    X, y, teacher = world
    given = {"alpha": 0.3, "temperature": temperature, "random_state": 0}
    torch.manual_seed(0)
    student = nn.Linear(6, N_CLASSES)
    before = snapshot(student)
    net = distill_classifier(
        teacher, student, X, y, n_steps=1500, batch_size=256, learning_rate=0.05, **given
    )
    assert same(snapshot(student), before)
    with torch.no_grad():
        found = loss(net(torch.from_numpy(X).float()).numpy(), X, y, teacher, 0.3, temperature)
        nowhere = loss(student(torch.from_numpy(X).float()).numpy(), X, y, teacher, 0.3, temperature)
    assert found < nowhere
    if temperature == 1:
        exact = distill_classifier(teacher, LogisticRegression(C=1e6, max_iter=3000), X, y, alpha=0.3)
        assert found == pytest.approx(loss(exact.decision_function(X), X, y, teacher, 0.3), rel=0.01)


def test_without_labels_the_teacher_is_enough(world):
    X, _, teacher = world
    model = distill_classifier(
        teacher, DecisionTreeClassifier(min_samples_leaf=5), X, alpha=0, random_state=0
    )
    assert (model.predict(X) == teacher.predict(X)).mean() > 0.85
    assert set(model.classes_) == {"bill", "cash", "transfer"}


def test_labels_and_order_of_the_teacher_are_kept(world):
    X, y, teacher = world

    class Reversed:
        classes_ = teacher.classes_[::-1]

        def predict_proba(self, rows):
            return teacher.predict_proba(rows)[:, ::-1]

    student = LogisticRegression(max_iter=2000)
    first, second = (distill_classifier(t, student, X, y) for t in (teacher, Reversed()))
    np.testing.assert_allclose(first.predict_proba(X), second.predict_proba(X), atol=1e-3)


def test_students_without_weights_and_seeds(world):
    X, y, teacher = world
    student = KNeighborsClassifier(15)
    first, again = (distill_classifier(teacher, student, X, y, random_state=1) for _ in range(2))
    assert not hasattr(student, "classes_")
    np.testing.assert_array_equal(first.predict_proba(X), again.predict_proba(X))
    assert first.score(X, y) > 0.6


def test_a_pruned_network_stays_pruned(world):
    X, y, teacher = world
    student = prune(nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3)), amount=0.5)
    net = distill_classifier(teacher, student, X, y, n_steps=50, random_state=0)
    assert torch.equal(net[0].weight == 0, student[0].weight == 0)


def test_a_temperature_near_zero_keeps_the_likeliest_class(world):
    X, _, teacher = world
    given = {"alpha": 0, "n_steps": 5, "random_state": 0}
    net = distill_classifier(teacher, nn.Linear(6, N_CLASSES), X, temperature=1e-3, **given)
    assert bool(net.weight.isfinite().all())
