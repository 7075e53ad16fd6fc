"""A resize: the board got another size; pixels keep their coordinates, and a new epoch begins.

What lies beyond the new size is cut off, and kept with the action; what is new has colour 0, or, where a resize is
taken back, the colours that were cut off. The payload has the form of a restoration's, see `restoration.py`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Any, ClassVar, NamedTuple

from beeplace.board.bitmap import Bitmap
from beeplace.board.changes.change import Before, Change, Listed, Record, Stroke
from beeplace.board.changes.paste import Paste
from beeplace.board.changes.restoration import head_end, listed_by_head, pack_payload, read_head, read_payload
from beeplace.board.geometry import LARGEST_SIDE, SMALLEST_SIDE, Area
from beeplace.board.state import BoardState


class Size(NamedTuple):
    """A board's width and height."""

    width: int
    height: int

    def beyond(self, other: Size) -> list[Area]:
        """What a board of this size has beyond one of another size: to its right, and below."""
        width, height = min(self.width, other.width), min(self.height, other.height)
        right, below = Area(width, 0, self.width - width, height), Area(0, height, self.width, self.height - height)
        return [area for area in (right, below) if area.width and area.height]


@dataclass(frozen=True, slots=True)
class Resize(Change):
    """`before` and `after` are sizes. `added` paints what is new, None where nothing is; `target` is the seq of the
    resize that this one takes back, None for another."""

    NUMBER: ClassVar[int] = 17
    NAME: ClassVar[str] = "size"
    BEGINS_EPOCH: ClassVar[bool] = True
    IN_STROKES: ClassVar[bool] = True
    RESIZES: ClassVar[bool] = True

    before: Size
    after: Size
    added: Paste | None
    target: int | None = None

    @classmethod
    def to(cls, after: Size, before: Size, colors: bytes = b"", target: int | None = None) -> Resize:
        """`colors` are those of what is new, in the order of `Size.beyond`; without any they are 0."""
        return cls(before, after, _added(after.beyond(before), colors), target)

    @classmethod
    def listed(cls, record: Record) -> Listed:
        area, fields = listed_by_head(record)
        width, height = _size(read_head(record.payload)[0].get("to"))
        return Listed(area, {**fields, "size": {"width": width, "height": height}})

    def record(self) -> Record:
        head: dict[str, Any] = {"from": [*self.before], "to": [*self.after], "kind": self.NUMBER}
        if self.target is not None:
            head["target"] = self.target
        payload = self.added.record().payload if self.added else None
        packed = pack_payload({**head, "changed": self.size, "left": 0}, payload)
        return Record(self.NUMBER, self.area, payload=packed)

    @classmethod
    def read(cls, record: Record) -> Resize:
        found = read_payload(record.payload)
        before, after = _size(found.head.get("from")), _size(found.head.get("to"))
        target = found.head.get("target")
        if len(found.parts) != 1 or (target is not None and type(target) is not int):
            raise ValueError("a resize has one part, and the number of another")
        added = None
        if found.parts[0] is not None:
            added = Paste.read(record._replace(kind=Paste.NUMBER, payload=found.parts[0]))
        if not _paints(added, after.beyond(before)):
            raise ValueError("a resize paints what is new, and nothing else")
        return cls(before, after, added, target)

    @classmethod
    def read_state(cls, record: Record) -> Resize:
        """The sizes alone, without what is new."""
        head, _ = read_head(record.payload)
        return cls(_size(head.get("from")), _size(head.get("to")), None)

    @classmethod
    def state_end(cls, payload: bytes) -> int:
        return head_end(payload)

    @property
    def area(self) -> Area | None:
        return self.added.area if self.added else None

    @property
    def size(self) -> int:
        return self.added.size if self.added else 0

    def offsets(self, width: int) -> Sequence[range]:  # noqa: ARG002  # no pixel is newer than the epoch it begins
        return ()

    def strokes(self, width: int) -> Iterable[Stroke]:
        return self.added.strokes(width) if self.added else ()

    def color_of(self, x: int, y: int) -> int | None:
        return self.added.color_of(x, y) if self.added else None

    def replaces(self) -> Sequence[Area]:
        return self.before.beyond(self.after)

    def seqs_kept(self) -> Sequence[Area]:
        return self.replaces()

    def state_after(self, state: BoardState) -> BoardState:
        settings = state.settings.chosen_by_organiser(("width", "height"))
        return replace(state, width=self.after.width, height=self.after.height, settings=settings)

    def with_size_before(self, after: BoardState) -> BoardState:
        return replace(after, width=self.before.width, height=self.before.height)

    def fits(self, state: BoardState) -> bool:
        colors = self.added is None or self.added.fits(replace(state, width=self.after.width, height=self.after.height))
        return colors and self.after != self.before and self.objection(state) is None

    def objection(self, state: BoardState) -> str | None:
        """Why it cannot be, in words; None where it can."""
        if (state.width, state.height) != self.before:
            return "width and height are others by now; look again"
        for name, side in zip(("width", "height"), self.after, strict=True):
            if not SMALLEST_SIDE <= side <= LARGEST_SIDE:
                return f"{name} must be a whole number from {SMALLEST_SIDE} to {LARGEST_SIDE}"
        return None

    def line(self, ms: int, epoch: str) -> str:
        runs = ";".join(self.added.runs()) if self.added and not self.added.blank else ""
        sizes = ",".join(map(str, (*self.before, *self.after)))
        return f"s,{sizes},{runs},{ms},{epoch}"

    def repainted(self, bitmap: Bitmap, width: int, seq: int) -> Generator[None, None, Bitmap]:  # noqa: ARG002
        new = yield from bitmap.resized(self.before, self.after)
        for stroke in self.strokes(self.after.width):
            new.copy(stroke.offsets, stroke.colors, seq, stroke.mask)
            yield
        return new

    def width_after(self, width: int) -> int:  # noqa: ARG002  # whatever it was
        return self.after.width

    def redraw(self, pixels: bytearray, width: int) -> bytearray:
        width, kept = self.after.width, min(self.before.width, self.after.width)
        found = bytearray(width * self.after.height)
        for y in range(min(self.before.height, self.after.height)):
            found[y * width : y * width + kept] = pixels[y * self.before.width : y * self.before.width + kept]
        self.draw(found, width)
        return found

    def undone(self, seq: int, before: Before) -> Change | None:
        """The size before it with what was cut off; nothing where the board has another size again by now."""
        if (before.width, before.height) != self.after:
            return None
        return Resize.to(self.before, self.after, before.pixels, seq)


def _added(areas: Sequence[Area], colors: bytes) -> Paste | None:
    """Areas that touch, in the smallest rectangle that holds them."""
    if not areas:
        return None
    if len(areas) == 1:
        [area] = areas
        return Paste(area, colors or bytes(area.width * area.height))
    right, below = areas
    whole, mask = _around(right, below), b"".join(_mask_rows(right, below))
    if not colors:
        return Paste(whole, bytes(len(mask)), mask)
    beside, split = bytes(right.x), right.width * right.height
    rows = [beside + colors[at : at + right.width] for at in range(0, split, right.width)]
    return Paste(whole, b"".join([*rows, colors[split:]]), mask)


def _paints(added: Paste | None, areas: Sequence[Area]) -> bool:
    """Whether it paints these areas as `_added` does, whatever its colours."""
    if added is None or not areas:
        return added is None and not areas
    if len(areas) == 1:
        return (added.area, added.mask) == (areas[0], None)
    if added.area != _around(*areas) or (mask := added.mask) is None:
        return False
    at = 0
    for row in _mask_rows(*areas):
        if mask[at : at + len(row)] != row:
            return False
        at += len(row)
    return True


def _around(right: Area, below: Area) -> Area:
    return Area(0, 0, below.width, right.height + below.height)


def _mask_rows(right: Area, below: Area) -> Iterator[bytes]:
    """A byte for each pixel: 1 in the two areas, 0 in what lies left of one and above the other."""
    yield from repeat(bytes(right.x) + b"\x01" * right.width, right.height)
    yield from repeat(b"\x01" * below.width, below.height)


def _size(told: object) -> Size:
    if not isinstance(told, list) or len(told) != 2 or not all(type(side) is int for side in told):
        raise ValueError("a size has two sides")
    if not all(1 <= side <= LARGEST_SIDE for side in told):
        raise ValueError("a size has sides of a board")
    return Size(*told)
