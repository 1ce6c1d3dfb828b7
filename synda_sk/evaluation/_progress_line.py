"""A line that tells how far a comparison is and how long it will take."""

import sys
import time
from collections.abc import Callable

from synda_sk.evaluation._run import Run


def progress_line() -> Callable[[int, int, Run], None]:
    """Return a function that writes to stderr what is done and about how many seconds are left.

    Runs read from a store do not count for the pace. On a terminal the line is
    written over.

    Returns
    -------
    callable (n_done, n_runs, run) -> None
        For ``run_protocol(progress=...)``.
    """
    started, tty = time.monotonic(), sys.stderr.isatty()
    n_played = 0

    def report(done: int, total: int, run: Run) -> None:
        nonlocal n_played
        restored = getattr(run, "restored", False)
        n_played += not restored
        elapsed = time.monotonic() - started
        name = f"{run.account['arm']}, seed {run.account['seed']}"
        if restored:
            line = f"[{done}/{total}] {name}: finished before"
        else:
            left = elapsed / n_played * (total - done)
            line = f"[{done}/{total}] {name}: {elapsed:.0f} s, about {left:.0f} s left"
        sys.stderr.write(f"\r\033[K{line}" + "\n" * (done == total) if tty else f"{line}\n")
        sys.stderr.flush()

    return report
