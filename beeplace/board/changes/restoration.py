"""What rewinds and undos have in common: they put another change in force, and say why it is this one.

Their payload is a version byte; the length of a head (32-bit little-endian); the head, JSON; and after it parts, whose
lengths the head has as `sizes`, null for one that is not there. The first part is the payload of the change in force,
whose area and colour are in the record's own columns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

import orjson

from beeplace.board.bitmap import Bitmap
from beeplace.board.changes.change import Before, Change, Listed, Record, Stroke
from beeplace.board.changes.paste import Paste, restored
from beeplace.board.geometry import Area
from beeplace.board.state import BoardState

_VERSION = 1
MAX_TOLD = 20  # of the pixels that stay


class Left(NamedTuple):
    """A pixel that stays, since a later change, `seq`, gave it its colour."""

    x: int
    y: int
    seq: int


@dataclass(frozen=True, slots=True)
class Restoration(Change):
    """`left` counts the pixels that stay because somebody changed them later; `told` are the first of them."""

    IN_STROKES: ClassVar[bool] = True

    shown: Change  # what is in force from here on
    left: int
    told: tuple[Left, ...]

    @classmethod
    def listed(cls, record: Record) -> Listed:
        return listed_by_head(record)

    @classmethod
    def state_end(cls, payload: bytes) -> int:
        return head_end(payload)

    def _record(self, head: dict[str, Any], *parts: bytes) -> Record:
        inner = self.shown.record()
        head = {**head, "changed": self.size, "left": self.left, "told": [[*one] for one in self.told]}
        return Record(self.NUMBER, inner.area, inner.color, pack_payload(head, inner.payload, *parts))

    @property
    def area(self) -> Area | None:
        return self.shown.area

    @property
    def size(self) -> int:
        return self.shown.size

    def offsets(self, width: int) -> Sequence[range]:
        return self.shown.offsets(width)

    def strokes(self, width: int) -> Iterable[Stroke]:
        return self.shown.strokes(width)

    def paint(self, bitmap: Bitmap, width: int, seq: int) -> None:
        self.shown.paint(bitmap, width, seq)

    def draw(self, pixels: bytearray, width: int) -> None:
        self.shown.draw(pixels, width)

    def color_of(self, x: int, y: int) -> int | None:
        return self.shown.color_of(x, y)

    @property
    def in_state(self) -> Change:
        return self.shown.in_state

    def state_after(self, state: BoardState) -> BoardState:
        return self.shown.state_after(state)

    def fits(self, state: BoardState) -> bool:
        """One that has nothing to give back does not happen."""
        return self.shown.fits(state) and (self.shown.area is None or self.shown.size > 0)

    def line(self, ms: int, epoch: str) -> str:
        return self.shown.line(ms, epoch)

    def without(self, offsets: Collection[int], width: int) -> Change:
        """Pixels that changed while it was worked out stay, too."""
        if isinstance(self.shown, Restoration):
            fewer = self.shown.without(offsets, width)
            left = self.left + self.shown.size - fewer.size
            return replace(self, shown=fewer if fewer.size else fewer.in_state, left=left)
        if not isinstance(self.shown, Paste):
            return self
        area = self.shown.pasted
        places = [(o // width - area.y, o % width - area.x) for o in offsets]
        inside = [y * area.width + x for y, x in places if 0 <= x < area.width and 0 <= y < area.height]
        shown = self.shown.keeping(inside)
        return replace(self, shown=shown, left=self.left + self.shown.size - shown.size)

    def undone(self, seq: int, before: Before) -> Change | None:
        if isinstance(self.shown, Paste):
            return restored(self.shown.pasted, seq, before)
        return self.shown.undone(seq, before)


def listed_by_head(record: Record) -> Listed:
    """What a list says of an action with such a payload, whose beginning is enough."""
    head, _ = read_head(record.payload)
    fields = {name: head[name] for name in ("changed", "left", "selection") if name in head}
    return Listed(record.area, fields | ({"undoes": head["target"]} if "target" in head else {}))


def pack_payload(head: dict[str, Any], *parts: bytes | None) -> bytes:
    """What `read_payload` takes apart."""
    sizes = [None if part is None else len(part) for part in parts]
    packed = orjson.dumps({**head, "sizes": sizes})
    start = bytes((_VERSION,)) + len(packed).to_bytes(4, "little")
    return b"".join([start, packed, *(part for part in parts if part is not None)])


class Read(NamedTuple):
    """A payload taken apart."""

    head: dict[str, Any]
    left: int
    told: tuple[Left, ...]
    parts: list[bytes | None]


def head_end(payload: bytes) -> int:
    """Where the head of a payload ends."""
    return 5 + int.from_bytes(payload[1:5], "little")


def read_head(payload: bytes | None) -> tuple[dict[str, Any], int]:
    """What the beginning of a payload says, and where it ends. Raises ValueError where it is none of these."""
    if not payload or payload[0] != _VERSION:
        raise ValueError("a restoration has a payload")
    at = head_end(payload)
    head = orjson.loads(payload[5:at])
    if not isinstance(head, dict) or not isinstance(head.get("sizes"), list) or type(head.get("left")) is not int:
        raise ValueError("a restoration's head is an object")
    return head, at


def read_payload(payload: bytes | None) -> Read:
    """Raises ValueError where it is none of these."""
    head, at = read_head(payload)
    assert payload
    parts: list[bytes | None] = []
    for size in head["sizes"]:
        if size is not None and (type(size) is not int or not 0 <= size <= len(payload) - at):
            raise ValueError("the payload is damaged")
        parts.append(None if size is None else payload[at : at + size])
        at += size or 0
    if at != len(payload) or not parts:
        raise ValueError("the payload is damaged")
    return Read(head, head["left"], tuple(Left(*map(int, one)) for one in head.get("told", ())), parts)
