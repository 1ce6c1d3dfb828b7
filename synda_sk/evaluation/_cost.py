"""What a piece of work costs: processor time and memory."""

import time
from pathlib import Path
from types import TracebackType
from typing import Self

PROCESS = Path("/proc/self")
RESET_PEAK = "5"  # proc(5): sets the peak of the resident memory to what it is now


class Meter:
    """Measure the processor time and the peak memory of a block of code.

    Both are those of the whole process, so they mean something only where it
    does nothing else. Memory is known on Linux alone, where the peak that the
    system remembers of the process is reset.

    Attributes
    ----------
    cpu_seconds : float
        Processor time, of all threads.
    peak_memory_mb : float or None
        The most resident memory during the block, in MiB.
    added_memory_mb : float or None
        How much that was above the memory before it.
    """

    cpu_seconds: float
    peak_memory_mb: float | None = None
    added_memory_mb: float | None = None

    def __enter__(self) -> Self:
        """Start measuring."""
        self._before = _resident("VmRSS") if _reset_peak() else None
        self._started = time.process_time()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop measuring."""
        self.cpu_seconds = time.process_time() - self._started
        peak = None if self._before is None else _resident("VmHWM")
        if peak is not None and self._before is not None:
            self.peak_memory_mb = peak
            self.added_memory_mb = max(0.0, peak - self._before)


def _reset_peak() -> bool:
    try:
        (PROCESS / "clear_refs").write_text(RESET_PEAK)
    except OSError:
        return False
    return True


def _resident(name: str) -> float | None:
    """Return a number of /proc/self/status in MiB."""
    try:
        lines = (PROCESS / "status").read_text().splitlines()
    except OSError:
        return None
    values = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return int(values[0]) / 1024 if values else None
