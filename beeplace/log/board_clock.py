"""Board time: milliseconds that never go back, also over restarts, and never ask the wall clock.

The machine's boot clock gives it; the id of the boot tells whether a stored reading still belongs to it.
After a reboot board time goes on where it was, so a window can last longer by the time the machine was off,
and never ends early.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def boot_ms() -> int:
    """Milliseconds since the machine was started, sleep included."""
    return time.clock_gettime_ns(_CLOCK) // 1_000_000


def wall_ms() -> int:
    """The wall clock, in milliseconds since 1970, which is only recorded."""
    return time.time_ns() // 1_000_000


def boot_id() -> str:
    """Names this boot of the machine; empty where the system has no name for it."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:  # another system than Linux, or a unit with ProcSubset=pid
        return ""


@dataclass(frozen=True, slots=True)
class Reading:
    """Board time as it was stored, with the boot clock of that moment."""

    board_ms: int
    boot_ms: int
    boot_id: str


class BoardClock:
    """Continues board time from the reading a store kept.

    `late_ms` is how far others may be ahead who continue the same reading; none where they are on this machine.
    """

    late_ms = 0

    def __init__(self, last: Reading, ticks: Callable[[], int] = boot_ms, name: Callable[[], str] = boot_id) -> None:
        self._ticks = ticks
        self._boot_id = name()
        self._ahead_ms = self._continued(last) - ticks()

    def _continued(self, reading: Reading) -> int:
        same_boot = bool(self._boot_id) and reading.boot_id == self._boot_id
        return reading.board_ms + (max(0, self._ticks() - reading.boot_ms) if same_boot else 0)

    def observe(self, reading: Reading) -> None:
        """Takes over what another gateway stored, where that is ahead; time never goes back."""
        self._ahead_ms = max(self._ahead_ms, self._continued(reading) - self._ticks())

    def now_ms(self) -> int:
        """Board time now."""
        return self._ticks() + self._ahead_ms

    def reading(self) -> Reading:
        """What a store keeps, so that the next start continues here."""
        ticks = self._ticks()
        return Reading(ticks + self._ahead_ms, ticks, self._boot_id)
