"""The energy of the processor, where the kernel tells it."""

from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

POWERCAP = Path("/sys/class/powercap")
SECONDS = 30.0  # the smallest counters begin anew after 65 kJ: no package takes 2 kW


class EnergyCounter:
    """Count the joules that the processor packages take during a block of code.

    They are those of the whole machine, idle power and other processes
    included, without main memory and other devices. The kernel's counters
    (Linux, ``powercap/intel-rapl:N``, AMD's too) begin anew at their end, so
    they are read every half minute as well.

    Parameters
    ----------
    root : Path, default=/sys/class/powercap
        Where the counters are.
    seconds : float, default=30.0
        Between two readings.

    Attributes
    ----------
    joules : float or None
        None where there is no counter, or one cannot be read: most kernels let
        the superuser alone do so.
    """

    joules: float | None = None

    def __init__(self, root: Path = POWERCAP, seconds: float = SECONDS) -> None:
        self.root = root
        self.seconds = seconds

    def __enter__(self) -> Self:
        """Start counting."""
        self._zones = _packages(self.root)
        self._last = _read(self._zones)
        self.joules = None if self._last is None else 0.0
        self._ended = Event()
        self._thread = Thread(target=self._keep_reading, daemon=True)
        if self._last is not None:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop counting."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        self.read()

    def read(self) -> None:
        """Add what was taken since the counters were read last."""
        now = _read(self._zones)
        if self.joules is None or self._last is None or now is None:
            self.joules = None
            return
        for (before, _), (after, end) in zip(self._last, now, strict=True):
            self.joules += (after - before + (end if after < before else 0)) / 1e6
        self._last = now

    def _keep_reading(self) -> None:
        while not self._ended.wait(self.seconds):
            self.read()


def _packages(root: Path) -> list[Path]:
    """Return the counters of packages; their parts, and other ways to the same ones, are left out."""
    return [
        zone
        for zone in sorted(root.glob("intel-rapl:*"))
        if (_text(zone / "name") or "").startswith("package")
    ]


def _read(zones: list[Path]) -> list[tuple[int, int]] | None:
    """Return the microjoules of each counter and where it begins anew; None unless all are known."""
    found = []
    for zone in zones:
        now, end = _text(zone / "energy_uj"), _text(zone / "max_energy_range_uj")
        if now is None or end is None:
            return None
        found.append((int(now), int(end)))
    return found or None


def _text(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None
