"""Newcomers who behave as one, and the allowance that they share."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from beeplace.board.geometry import Pixel
from beeplace.board.state import LiveSettings

if TYPE_CHECKING:
    from beeplace.people.groups import Behaviour

PEOPLE: Final = 3  # as many pixels a group may place as so many people
MAX_MEMBERS: Final = 1_000  # who are told, the newest: as many as a selection names


class Group:
    """Who they are, where they place, and how much they still may."""

    __slots__ = ("_at", "_left", "behaviour", "bounds", "last_at", "members", "network", "number")

    def __init__(self, number: int, network: bytes, behaviour: Behaviour, now: float, settings: LiveSettings) -> None:
        self.number, self.network, self.behaviour = number, network, behaviour
        self.members: OrderedDict[bytes, None] = OrderedDict()
        self.bounds = (0, 0, -1, -1)  # the first and the last column and row
        self.last_at = self._at = now
        self._left = float(PEOPLE * settings.max_pixels)

    def add(self, identity: bytes, place: Pixel) -> None:
        """One more of them."""
        self.members[identity] = None
        if len(self.members) > MAX_MEMBERS:
            self.members.popitem(last=False)
        self._reach(place)

    def told(self) -> dict[str, int]:
        """How many they are, and the area in which they place."""
        left, top, right, bottom = self.bounds
        return {
            "number": self.number, "people": len(self.members),
            "x": left, "y": top, "width": right - left + 1, "height": bottom - top + 1,
        }  # fmt: skip

    def take(self, pixel: Pixel, now: float, settings: LiveSettings) -> int:
        """Takes a pixel out of what they share; after how many milliseconds it may be where nothing is left."""
        self.last_at = now
        if not settings.cooldown_seconds:
            return 0
        most = PEOPLE * settings.max_pixels
        self._left = min(most, self._left + (now - self._at) * most / settings.cooldown_seconds)
        self._at = now
        if self._left < 1:
            return max(1, round(1000 * (1 - self._left) * settings.cooldown_seconds / most))
        self._left -= 1
        self._reach(pixel)
        return 0

    def _reach(self, pixel: Pixel) -> None:
        left, top, right, bottom = self.bounds
        if right < 0:
            left, top = pixel.x, pixel.y
        self.bounds = (min(left, pixel.x), min(top, pixel.y), max(right, pixel.x), max(bottom, pixel.y))
