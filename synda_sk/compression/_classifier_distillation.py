"""A small classifier learns from labels and from a large classifier's probabilities."""

import sys
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils._param_validation import HasMethods, Interval, validate_parameter_constraints
from sklearn.utils.validation import _num_samples

from synda_sk.compression._modules import import_torch
from synda_sk.compression._soft_labels import fit_soft_labels
from synda_sk.compression._training import CONSTRAINTS, train_copy
from synda_sk.typing import FloatArray, IntArray, Labels, RandomState, Table
from synda_sk.utils import SeedStreams, check_same_length, set_seed

if TYPE_CHECKING:
    import torch

_CONSTRAINTS = CONSTRAINTS | {
    "teacher": [HasMethods(["predict_proba"])],
    "alpha": [Interval(Real, 0, 1, closed="both")],
    "temperature": [Interval(Real, 0, None, closed="neither")],
    "batch_size": [Interval(Integral, 1, None, closed="left")],
}


def distill_classifier(
    teacher: Any,
    student: Any,
    X: Table,
    y: Labels = None,
    *,
    alpha: float = 0.5,
    temperature: float = 1.0,
    n_steps: int = 2000,
    batch_size: int = 128,
    learning_rate: float = 1e-3,
    random_state: RandomState = None,
) -> Any:
    r"""Train a copy of a classifier on labels and on another's probabilities.

    .. math:: L_{KD} = \alpha \, CE(y, p_S) + (1 - \alpha) \, T^2 \, KL(p_T \| p_S)

    (proposal, 2.1.3; Hinton et al. 2015 [1]_). With a temperature T other than
    1 the probabilities under KL are those of the logits divided by T, and the
    factor T² keeps the two gradients comparable.

    Parameters
    ----------
    teacher : fitted classifier
        Has ``predict_proba`` and ``classes_``.
    student : torch.nn.Module or classifier
        A network that gives logits of shape (n_samples, n_classes), its classes
        in the teacher's order; or any scikit-learn classifier, fitted to each
        row once for each class with the weight
        :math:`\alpha 1[y = c] + (1 - \alpha) p_T(c)`, whose weighted log-loss
        is L up to a constant. It is not changed.
    X : table of shape (n_samples, n_features)
        Training rows. A network gets them as an array of 32-bit floats, the
        teacher as they are.
    y : array-like of shape (n_samples,) or None, default=None
        Their labels, all of them known to the teacher. None needs ``alpha=0``.
    alpha : float, default=0.5
        Weight of the labels, in [0, 1].
    temperature : float, default=1.0
        T > 0. Networks only: sample weights cannot soften a classifier's own
        probabilities, so that other students take nothing but 1.
    n_steps : int, default=2000
        Steps of a network's optimiser, at least 1. See :func:`finetune`.
    batch_size : int, default=128
        Rows of each step, drawn with replacement, at least 1.
    learning_rate : float, default=1e-3
        A network's first learning rate, > 0.
    random_state : int, RandomState instance or None, default=None
        Seed of the batches, or of a classifier's parts without their own.

    Returns
    -------
    torch.nn.Module or classifier
        The trained copy of the student.

    Raises
    ------
    TypeError
        If `student` is neither a network nor a classifier with
        ``predict_proba``, or `teacher` is not fitted.
    ValueError
        If a parameter is out of range, labels are missing or unknown to the
        teacher, or a network makes outputs of another shape.

    See Also
    --------
    synda_sk.selection.ProxyClassifier : The same without labels, as an estimator.
    distill : Outputs of a network instead of probabilities.

    References
    ----------
    .. [1] G. Hinton, O. Vinyals and J. Dean, "Distilling the Knowledge in a
       Neural Network" (2015), arXiv:1503.02531.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from synda_sk.compression import distill_classifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> forest = RandomForestClassifier(200, random_state=0).fit(X, y)
    >>> tree = distill_classifier(forest, DecisionTreeClassifier(max_leaf_nodes=8), X, y, random_state=0)
    >>> bool((tree.predict(X) == forest.predict(X)).mean() > 0.95)
    True
    """
    settings: dict[str, Any] = {
        "n_steps": n_steps,
        "learning_rate": learning_rate,
        "random_state": random_state,
    }
    given = {"teacher": teacher, "alpha": alpha, "temperature": temperature, "batch_size": batch_size}
    validate_parameter_constraints(_CONSTRAINTS, settings | given, caller_name="distill_classifier")
    is_network = "torch" in sys.modules and isinstance(student, sys.modules["torch"].nn.Module)
    if not is_network and (isinstance(student, type) or not hasattr(student, "predict_proba")):
        raise TypeError(
            f"student is of type {type(student).__name__}, must be a torch.nn.Module "
            "or a classifier with predict_proba."
        )
    if not is_network and temperature != 1:
        raise ValueError(
            f"temperature == {temperature!r}, must be 1 for a student that is no torch.nn.Module."
        )
    wanted, classes = _probabilities(teacher, X)
    codes = _codes(y, X, classes, alpha)
    if is_network:
        loss = _loss_of_batches(X, codes, wanted, alpha, temperature, batch_size)
        return train_copy(import_torch("distill_classifier"), student, loss, "student", **settings)
    streams = SeedStreams(random_state)
    fitted = clone(student)
    set_seed(fitted, streams.seed("student"))
    targets = (1 - alpha) * wanted
    if alpha:
        targets[np.arange(len(codes)), codes] += alpha
    fit_soft_labels(fitted, X, targets, classes, random_state=streams.seed("bootstrap"))
    return fitted


def _probabilities(teacher: Any, X: Table) -> tuple[FloatArray, NDArray[Any]]:
    if not hasattr(teacher, "classes_"):
        raise TypeError(f"teacher == {teacher!r} has no classes_, must be fitted.")
    classes = np.asarray(teacher.classes_)
    wanted = np.asarray(teacher.predict_proba(X), dtype=np.float64)
    if wanted.ndim != 2 or wanted.shape[1] != len(classes) or not np.isfinite(wanted).all():
        raise ValueError(f"teacher made no finite probabilities of {len(classes)} classes.")
    return wanted, classes


def _codes(y: Labels, X: Table, classes: NDArray[Any], alpha: float) -> IntArray:
    """Return the column of each label; zeros without labels, which nothing uses."""
    if y is None:
        if alpha:
            raise ValueError(f"y is None, but alpha == {alpha!r}: give labels, or alpha=0.")
        return np.zeros(_num_samples(X), dtype=np.intp)
    labels = np.asarray(y)
    check_same_length(X=X, y=labels)
    known = np.isin(labels, classes)
    if not known.all():
        raise ValueError(f"y holds labels not known to teacher: {list(dict.fromkeys(labels[~known]))[:5]}.")
    order = np.argsort(classes)
    return order[np.searchsorted(classes, labels, sorter=order)]


def _loss_of_batches(
    X: Table, codes: IntArray, wanted: FloatArray, alpha: float, temperature: float, batch_size: int
) -> Any:
    import torch
    from torch.nn.functional import cross_entropy, kl_div, log_softmax

    rows = torch.from_numpy(np.asarray(X, dtype=np.float32))
    labels = torch.from_numpy(codes)
    softened = (wanted / wanted.max(axis=1, keepdims=True)) ** (1 / temperature)
    target = torch.from_numpy((softened / softened.sum(axis=1, keepdims=True)).astype(np.float32))

    def loss(model: "torch.nn.Module", generator: "torch.Generator") -> "torch.Tensor":
        device = next(iter(model.parameters())).device
        drawn = torch.randint(len(rows), (batch_size,), generator=generator)
        logits = model(rows[drawn].to(device))
        if logits.shape != (batch_size, target.shape[1]):
            expected = (batch_size, target.shape[1])
            raise ValueError(f"student makes outputs of shape {tuple(logits.shape)}, expected {expected}.")
        hard = cross_entropy(logits, labels[drawn].to(device))
        log_p = log_softmax(logits / temperature, dim=1)
        soft = kl_div(log_p, target[drawn].to(device), reduction="batchmean")
        return alpha * hard + (1 - alpha) * temperature**2 * soft

    return loss
