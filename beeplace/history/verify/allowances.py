"""Recomputes from the log whether anybody placed more than allowed; for verify."""

from __future__ import annotations

from beeplace.board.allowance import Limits
from beeplace.log.archive import Row

_SLACK_MS = 20  # by which two clocks may differ on when a window ends, and a thousandth of the window
_FORGET_EVERY = 100_000

_Reading = tuple[int, int, int]  # when a window began, how many pixels it has, and how long it lasts


class AllowanceReplay:
    """Windows by identity, as the wall clock of the log tells them.

    The rules count in board time. Where a pixel lies so close to a window's end that the clocks may differ on it,
    both readings are followed; only where none is left was there a pixel too many.
    """

    def __init__(self, limits: Limits) -> None:
        self.follow(limits)
        self._readings: dict[bytes, set[_Reading]] = {}
        self._count = self._last_ms = 0

    def follow(self, limits: Limits) -> None:
        """These hold from the next placement on; a window that is open keeps its end."""
        self._most, self._window_ms = limits.max_pixels, limits.cooldown_ms
        self._slack_ms = _SLACK_MS + limits.cooldown_ms // 1000

    def exceeds(self, row: Row) -> bool:
        """Whether this placement is one too many. It then begins a window, so that each excess is told once."""
        if row.at_ms < self._last_ms - self._slack_ms:
            self._readings.clear()  # the clock was set back: what windows are open is not known any more
        self._last_ms = row.at_ms
        if not self._window_ms:
            return False
        ended = (row.at_ms - 2 * self._window_ms, self._most, self._window_ms)
        found: set[_Reading] = set()
        fresh = (row.at_ms, 1, self._window_ms)
        for began_ms, used, window_ms in self._readings.get(row.identity) or {ended}:
            age_ms = row.at_ms - began_ms
            if age_ms <= window_ms + self._slack_ms and used < self._most:
                found.add((began_ms, used + 1, window_ms))
            if age_ms >= window_ms - self._slack_ms:
                found.add(fresh)
        self._readings[row.identity] = found or {fresh}
        self._count += 1
        if self._count % _FORGET_EVERY == 0:
            self._forget(row.at_ms)
        return not found

    def _forget(self, now_ms: int) -> None:
        open_since = now_ms - self._slack_ms
        self._readings = {
            identity: readings
            for identity, readings in self._readings.items()
            if any(began_ms + window_ms > open_since for began_ms, _, window_ms in readings)
        }
