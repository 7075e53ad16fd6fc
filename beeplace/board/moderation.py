"""What organisers have in force to keep order, as state of the board: equal on all gateways at the same seq."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final, TypeVar

import orjson

from beeplace.board.geometry import Pixel
from beeplace.board.in_force import (
    PERSON_BYTES,
    AnnouncementState,
    BanState,
    InForce,
    ZoneState,
    person_bytes,
    read_seq,
)

MAX_PEOPLE: Final = 2_000  # that are banned at the same time: each commit reads them
MAX_ZONES: Final = 64
MAX_ANNOUNCEMENTS: Final = 16

Item = TypeVar("Item", bound=InForce)


@dataclass(frozen=True, slots=True)
class ApprovedPicture:
    """Which entry of the log has the picture; armed walls also show it when they cannot reach the server."""

    seq: int
    armed: bool = True

    def as_json(self) -> dict[str, Any]:
        """For stores and clients."""
        return {"seq": self.seq, "armed": self.armed}


@dataclass(frozen=True, slots=True)
class Moderation:
    """See the module's docstring. Invariant: one that has nothing in force equals `Moderation()`.

    `restricts` says whether anything of it can refuse a placement: all that a placement asks while nothing does. Bans,
    zones and announcements are in the order of their seqs.
    """

    panic: bool = False
    safe_picture: ApprovedPicture | None = None
    bans: tuple[BanState, ...] = ()
    zones: tuple[ZoneState, ...] = ()
    announcements: tuple[AnnouncementState, ...] = ()
    restricts: bool = field(init=False, compare=False)
    _by_person: Mapping[bytes, tuple[BanState, ...]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        found: dict[bytes, tuple[BanState, ...]] = {}
        for ban in self.bans:
            for person in ban.people:
                key = person_bytes(person)
                found[key] = (*found.get(key, ()), ban)
        object.__setattr__(self, "_by_person", found)
        object.__setattr__(self, "restricts", bool(self.panic or self.bans or self.zones))

    # What the rules ask

    def refusal(self, identity: bytes, pixel: Pixel, now_ms: int) -> str | None:
        """Why somebody may not place a pixel now; None where nothing is against it."""
        if self.panic:
            return "read_only"
        if self.bans and self.ban_of(identity, now_ms):
            return "banned"
        for zone in self.zones_at(pixel, now_ms):
            if code := zone.refusal(pixel.color):
                return code
        return None

    def zone_behind(self, code: str, pixel: Pixel, now_ms: int) -> ZoneState | None:
        """The zone that a placement was refused by; None where it was for something else."""
        if code == "cooldown":
            return self.limited_at(pixel, now_ms)
        return next((zone for zone in self.zones_at(pixel, now_ms) if zone.refusal(pixel.color) == code), None)

    def ban_of(self, identity: bytes, now_ms: int) -> BanState | None:
        """What keeps somebody from drawing, the longest of it; None where nothing does."""
        named = (self._by_person.get(identity[:size], ()) for size in PERSON_BYTES)
        holding = [ban for bans in named for ban in bans if ban.holds(now_ms)]
        return max(holding, key=_ends_ms, default=None)

    def zones_at(self, pixel: Pixel, now_ms: int) -> Iterable[ZoneState]:
        """The zones that a position lies in, the newest first."""
        return (zone for zone in reversed(self.zones) if zone.area.holds(pixel.x, pixel.y) and zone.holds(now_ms))

    def limited_at(self, pixel: Pixel, now_ms: int) -> ZoneState | None:
        """The zone whose limits count at a position, the newest of several; None where the board's do."""
        return next((zone for zone in self.zones_at(pixel, now_ms) if zone.limits), None)

    # What changes of it

    def with_ban(self, ban: BanState, now_ms: int, *, lifted: bool) -> Moderation:
        """These with a ban more, or one less; those that have ended are forgotten."""
        return replace(self, bans=_with(self.bans, ban, now_ms, lifted=lifted))

    def with_zone(self, zone: ZoneState, now_ms: int, *, lifted: bool) -> Moderation:
        """The same of a zone."""
        return replace(self, zones=_with(self.zones, zone, now_ms, lifted=lifted))

    def with_announcement(self, announcement: AnnouncementState, now_ms: int, *, lifted: bool) -> Moderation:
        """The same of an announcement."""
        return replace(self, announcements=_with(self.announcements, announcement, now_ms, lifted=lifted))

    # What is told of it

    def client_fields(self, now_ms: int) -> dict[str, Any]:
        """What all clients are told, under the names of the interface."""
        announced = next((one for one in reversed(self.announcements) if one.holds(now_ms)), None)
        return {
            "panic": self.panic,
            "safePicture": self.safe_picture and self.safe_picture.as_json(),
            "zones": [zone.public_json() for zone in self.zones if zone.holds(now_ms)],
            "announcement": announced and announced.public_json(),
        }

    def next_end_ms(self, now_ms: int) -> int | None:
        """When the next of what all clients are told ends, in board time."""
        ends = (item.end.board_ms for item in (*self.zones, *self.announcements) if item.end)
        return min((ms for ms in ends if ms > now_ms), default=None)

    @lru_cache(maxsize=8)  # noqa: B019  # never changes, and few are in use
    def text(self) -> str | None:
        """As JSON, for stores, without what there is none of; None where nothing is in force."""
        told: dict[str, Any] = {
            "panic": self.panic,
            "safePicture": self.safe_picture and self.safe_picture.as_json(),
            "bans": [ban.as_json() for ban in self.bans],
            "zones": [zone.as_json() for zone in self.zones],
            "announcements": [announcement.as_json() for announcement in self.announcements],
        }
        told = {name: value for name, value in told.items() if value}
        return orjson.dumps(told).decode() if told else None

    @staticmethod
    @lru_cache(maxsize=8)
    def read(text: str | None) -> Moderation:
        """From `text`. Raises ValueError, TypeError or LookupError for what is none."""
        if text is None:
            return NOTHING_IN_FORCE
        told = orjson.loads(text)
        if not isinstance(told, dict):
            raise TypeError("nothing that is in force")
        picture = told.get("safePicture")
        return Moderation(
            panic=_truth(told.get("panic", False)),
            safe_picture=picture and ApprovedPicture(read_seq(picture["seq"]), _truth(picture["armed"])),
            bans=_ordered(map(BanState.read, told.get("bans", ()))),
            zones=_ordered(map(ZoneState.read, told.get("zones", ()))),
            announcements=_ordered(map(AnnouncementState.read, told.get("announcements", ()))),
        )


def _with(items: tuple[Item, ...], item: Item, now_ms: int, *, lifted: bool) -> tuple[Item, ...]:
    others = [one for one in items if one.seq != item.seq and one.holds(now_ms)]
    return _ordered(others if lifted else [*others, item])


def _ordered(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda item: item.seq))


def _ends_ms(item: InForce) -> float:
    return item.end.board_ms if item.end else float("inf")


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false")
    return value


NOTHING_IN_FORCE = Moderation()
