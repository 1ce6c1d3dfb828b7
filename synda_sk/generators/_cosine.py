r"""The cosine noise schedule, v-prediction, and steps from noise to image.

With :math:`\alpha_t = \cos(\pi t / 2)` and :math:`\sigma_t = \sin(\pi t / 2)`, a noised image is
:math:`z_t = \alpha_t x + \sigma_t \epsilon` and its velocity :math:`v_t = \alpha_t \epsilon - \sigma_t x`,
so that :math:`x = \alpha_t z_t - \sigma_t v_t` and :math:`\epsilon = \sigma_t z_t + \alpha_t v_t`
(Salimans and Ho 2022). A DDIM step (Song et al. 2021) goes to :math:`\alpha_s x + \sigma_s \epsilon`.
A step of DPM-Solver++(2M) (Lu et al. 2022) does so with an x drawn out from this step's and the last's,
linearly in :math:`\log(\alpha / \sigma)`; the last step has nowhere to draw it out to and takes x.
Importing this module imports torch.
"""

import math
from collections.abc import Callable

from torch import Tensor

Velocity = Callable[[Tensor, Tensor], Tensor]  # (z, time) -> v


def scales(time: Tensor) -> tuple[Tensor, Tensor]:
    """Return alpha and sigma, of shape (n_images, 1, 1, 1)."""
    angle = time[:, None, None, None] * (math.pi / 2)
    return angle.cos(), angle.sin()


def noised(x: Tensor, noise: Tensor, time: Tensor) -> Tensor:
    """Return z at a time."""
    alpha, sigma = scales(time)
    return alpha * x + sigma * noise


def velocity(x: Tensor, noise: Tensor, time: Tensor) -> Tensor:
    """Return v at a time."""
    alpha, sigma = scales(time)
    return alpha * noise - sigma * x


def step(predict: Velocity, z: Tensor, time: Tensor, until: Tensor) -> tuple[Tensor, Tensor]:
    """Take a DDIM step; return z at `until`, and the image it was made from, clipped to [-1, 1]."""
    v = predict(z, time)
    alpha, sigma = scales(time)
    x = (alpha * z - sigma * v).clamp(-1, 1)
    noise = (z - alpha * x) / sigma
    return noised(x, noise, until), x


def draw(predict: Velocity, noise: Tensor, n_steps: int, solver: str) -> Tensor:
    """Return images in [-1, 1] from noise, by `n_steps` steps of equal length."""
    z, x = noise, noise
    for k in range(n_steps, 0, -1):
        time = noise.new_full((len(noise),), k / n_steps)
        until, last = time - 1 / n_steps, x
        z_ddim, x = step(predict, z, time, until)
        if solver == "ddim" or k in (n_steps, 1):
            z = z_ddim
            continue
        growth = (_log_ratio(k - 1, n_steps) - _log_ratio(k, n_steps)) / (
            _log_ratio(k, n_steps) - _log_ratio(k + 1, n_steps)
        )
        alpha, sigma = scales(time)
        alpha_until, sigma_until = scales(until)
        drawn_out = x + growth / 2 * (x - last)
        z = sigma_until / sigma * z + (alpha_until - sigma_until * alpha / sigma) * drawn_out
    return x


def _log_ratio(k: int, n_steps: int) -> float:
    """Return log(alpha / sigma) at the time k / n_steps."""
    return -math.log(math.tan(math.pi / 2 * k / n_steps))


def two_steps(predict: Velocity, z: Tensor, time: Tensor, length: float) -> Tensor:
    """Return the v with which one step of `length` ends where two steps of half that length do.

    The target of progressive distillation (Salimans and Ho 2022, algorithm 2).
    """
    middle, _ = step(predict, z, time, time - length / 2)
    end, _ = step(predict, middle, time - length / 2, time - length)
    alpha, sigma = scales(time)
    alpha_end, sigma_end = scales(time - length)
    x = (end - sigma_end / sigma * z) / (alpha_end - sigma_end / sigma * alpha)
    return (alpha * z - x.clamp(-1, 1)) / sigma
