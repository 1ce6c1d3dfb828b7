"""Train by steps, judge now and then, keep the best state so far."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from synda_sk.utils import Training

JUDGE_EVERY = 50


def train(
    step: Callable[[float], None],
    judge: Callable[[], float],
    snapshot: Callable[[], dict[str, Any]],
    *,
    max_steps: int,
    patience: int,
    verbose: int,
    name: str,
    task: Callable[[], AbstractContextManager[None]],
) -> Training:
    """Call `step` with the share of steps done, and stop where `judge` has not fallen for `patience` calls.

    The steps up to a call of `judge` are one `task`. An interruption ends the
    training; without a state to keep, it goes on upwards.
    """
    done = Training()
    best = float("inf")
    try:
        for first in range(0, max_steps, JUDGE_EVERY):
            with task():
                for k in range(first, min(first + JUDGE_EVERY, max_steps)):
                    step(k / max_steps)
                    done.n_steps = k + 1
                loss = judge()
                done.history.append((done.n_steps, loss))
                if verbose:
                    where = f"{name}: step {done.n_steps} of {max_steps}"
                    sys.stderr.write(f"{where}, held-out loss {loss:.4f}\n")
                if loss < best or not done.state:
                    best, done.best_step, done.state = min(best, loss), done.n_steps, snapshot()
                elif len(done.history) - 1 - [s for s, _ in done.history].index(done.best_step) >= patience:
                    break
    except KeyboardInterrupt:
        if not done.state:
            raise
        done.interrupted = True
    return done
