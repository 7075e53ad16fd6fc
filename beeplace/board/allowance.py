"""How many pixels an identity may still place: `MAX_PIXELS` in each window of `COOLDOWN` seconds.

The window is opened by its first pixel, as in the thesis; when it ends the whole allowance is back.
Times are board time (milliseconds from a monotonic source of the store), never a phone's or a wall clock's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Allowance(NamedTuple):
    """What one identity used of its window, and the board time at which the window ends."""

    used: int
    ends_ms: int


@dataclass(frozen=True, slots=True)
class Limits:
    """The organiser's choice. A cooldown of 0 means no limit."""

    max_pixels: int
    cooldown_ms: int

    def left(self, allowance: Allowance | None, now_ms: int) -> tuple[int, int]:
        """How many pixels may still be placed, and the milliseconds until the window ends (0: none is open)."""
        if allowance is None or not self.cooldown_ms or allowance.ends_ms <= now_ms:
            return self.max_pixels, 0
        return max(0, self.max_pixels - allowance.used), allowance.ends_ms - now_ms

    def charge(self, allowance: Allowance | None, now_ms: int, late_ms: int = 0) -> Allowance | None:
        """The allowance after one more pixel; None where the window has none left.

        A new window lasts `late_ms` longer: it must not end early for another gateway, whose time may be ahead by that.
        """
        if allowance is None or allowance.ends_ms <= now_ms or not self.cooldown_ms:
            return Allowance(1, now_ms + late_ms + self.cooldown_ms)
        if allowance.used >= self.max_pixels:
            return None
        return Allowance(allowance.used + 1, allowance.ends_ms)
