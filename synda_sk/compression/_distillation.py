"""A small network learns to answer as a large one."""

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sklearn.utils._param_validation import validate_parameter_constraints

from synda_sk.compression._modules import check_module, import_torch
from synda_sk.compression._training import CONSTRAINTS, train_copy
from synda_sk.typing import RandomState

if TYPE_CHECKING:
    import torch


def distill(
    teacher: Callable[..., Any],
    student: "torch.nn.Module",
    make_inputs: Callable[["torch.Generator"], Any],
    *,
    n_steps: int = 2000,
    learning_rate: float = 1e-3,
    random_state: RandomState = None,
) -> "torch.nn.Module":
    r"""Train a copy of a network to give the outputs of another.

    .. math:: L_{distill} = E_x \| D_\phi(x) - G_\theta(x) \|_2^2

    (proposal, 2.1.1; distillation of Hinton et al. 2015 [1]_), the mean taken
    over the elements of the output. x is whatever `make_inputs` makes: noise for
    the decoder of a generator, a noised image and its time for a diffusion
    model. Needs the extra ``torch``.

    Parameters
    ----------
    teacher : torch.nn.Module or callable
        D, called with the inputs; it is not changed. A module answers in
        evaluation mode. A callable may be several steps of a sampler at once.
    student : torch.nn.Module
        G before training, of any architecture whose outputs have the shape of
        the teacher's; it is not changed. What is pruned stays 0.
    make_inputs : callable (generator) -> tensor or tuple of tensors
        Makes a batch, its random choices drawn from a ``torch.Generator`` on
        the CPU. A tuple holds several arguments.
    n_steps : int, default=2000
        Steps of the optimiser, at least 1. See :func:`finetune`.
    learning_rate : float, default=1e-3
        The first learning rate, > 0.
    random_state : int, RandomState instance or None, default=None
        Seed of the batches.

    Returns
    -------
    torch.nn.Module
        The trained copy of the student: the state with the lowest loss over
        batches that are always the same.

    Raises
    ------
    TypeError
        If `student` is no torch module, or `teacher` or `make_inputs` is not
        callable.
    ValueError
        If outputs have other shapes, a parameter is out of range, or the
        student is quantized already.

    See Also
    --------
    distill_classifier : Probabilities of a classifier instead of outputs.
    finetune : Any other loss.

    Notes
    -----
    Where outputs are several tensors, their losses are added; one without
    elements, such as the levels of a table of numbers, adds nothing. The
    networks must be on the same device; inputs are moved to the student's.

    References
    ----------
    .. [1] G. Hinton, O. Vinyals and J. Dean, "Distilling the Knowledge in a
       Neural Network" (2015), arXiv:1503.02531.

    Examples
    --------
    >>> import torch
    >>> from synda_sk.compression import distill
    >>> teacher = torch.nn.Sequential(torch.nn.Linear(4, 64), torch.nn.ReLU(), torch.nn.Linear(64, 2))
    >>> student = torch.nn.Linear(4, 2)
    >>> def noise(generator):
    ...     return torch.randn(64, 4, generator=generator)
    >>> trained = distill(teacher, student, noise, n_steps=100, learning_rate=0.05, random_state=0)
    >>> x = torch.randn(500, 4)
    >>> def distance(net):
    ...     return (teacher(x) - net(x)).square().mean().item()
    >>> distance(trained) < distance(student)
    True
    """
    torch = import_torch("distill")
    check_module(torch, student, "student")
    settings: dict[str, Any] = {
        "n_steps": n_steps,
        "learning_rate": learning_rate,
        "random_state": random_state,
    }
    validate_parameter_constraints(CONSTRAINTS, settings, caller_name="distill")
    for name, value in (("teacher", teacher), ("make_inputs", make_inputs)):
        if not callable(value):
            raise TypeError(f"{name} is of type {type(value).__name__}, must be callable.")
    answer = copy.deepcopy(teacher).eval() if isinstance(teacher, torch.nn.Module) else teacher
    device = next((parameter.device for parameter in student.parameters()), torch.device("cpu"))

    def loss(model: Callable[..., Any], generator: Any) -> Any:
        inputs = tuple(part.to(device) for part in _tensors(make_inputs(generator)))
        with torch.no_grad():
            wanted = _tensors(answer(*inputs))
        given = _tensors(model(*inputs))
        shapes = [[tuple(part.shape) for part in parts] for parts in (given, wanted)]
        if shapes[0] != shapes[1]:
            raise ValueError(f"student makes outputs of shapes {shapes[0]}, teacher of {shapes[1]}.")
        pairs = [pair for pair in zip(given, wanted, strict=True) if pair[0].numel()]
        if not pairs:
            raise ValueError(f"teacher makes outputs of shapes {shapes[1]}: no number to learn.")
        return torch.stack([torch.nn.functional.mse_loss(*pair) for pair in pairs]).sum()

    return train_copy(torch, student, loss, "student", **settings)


def _tensors(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (value,)
