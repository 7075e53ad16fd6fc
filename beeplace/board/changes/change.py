"""What every kind of change is asked for: what it paints, what the board is after it, and how it is written down."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Generator, Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple, Self

from beeplace.board.bitmap import Bitmap
from beeplace.board.geometry import Area
from beeplace.board.state import BoardState
from beeplace.board.versions import merged


class Record(NamedTuple):
    """A change as tables, the bus and backups keep it: columns for what most changes are, a payload for the rest.

    `area` is None where no pixel changes; `color` is an index of the epoch's palette where one does.
    """

    kind: int
    area: Area | None = None
    color: int = 0
    payload: bytes | None = None


def without_area(record: Record) -> Record:
    """The record of a change that paints nothing. Raises ValueError where it has an area."""
    if record.area is not None:
        raise ValueError("a change that paints nothing has no area")
    return record


class Stroke(NamedTuple):
    """Pixels side by side: their offsets, a colour index for each, and a byte for each, 1 where it changes and 0 where
    it stays (its colour is 0 then); None where all change."""

    offsets: range
    colors: bytes
    mask: bytes | None = None


class Listed(NamedTuple):
    """What a list of actions says of one: its area, and fields that kinds share by their names, such as `until`."""

    area: Area | None
    fields: dict[str, Any]


class Change(ABC):
    """One thing that happened to a board. Invariant: an instance never changes, and paints the same on every gateway.

    `NUMBER` is stored: never reuse one. `NAME` is what people and interfaces call the kind, and may be that of several,
    such as a ban alone and one with a rewind. A kind that `BEGINS_EPOCH`
    starts a new numbering; one that `EMPTIES` leaves every pixel with colour 0, as if nothing had ever been drawn; one
    that is not `KNOWN` was written by a newer version. One that paints `IN_STROKES` takes long where it is large, and
    is painted ahead, in steps. One that `RESIZES` leaves a board of another size.
    """

    __slots__ = ()

    NUMBER: ClassVar[int]
    NAME: ClassVar[str]
    BEGINS_EPOCH: ClassVar[bool] = False
    KNOWN: ClassVar[bool] = True
    EMPTIES: ClassVar[bool] = False
    IN_STROKES: ClassVar[bool] = False
    RESIZES: ClassVar[bool] = False

    @classmethod
    def listed(cls, record: Record) -> Listed:
        """What a list of actions says of one of this kind. Raises ValueError for a newer version's.

        Of a long payload the record may have the beginning alone.
        """
        return Listed(record.area, {})

    @abstractmethod
    def record(self) -> Record:
        """How it is written down."""

    @classmethod
    @abstractmethod
    def read(cls, record: Record) -> Self:
        """The change that was written down. Raises ValueError where the record is none of this kind."""

    @property
    def area(self) -> Area | None:
        """The rectangle that holds all the pixels it changes; None where it changes none."""
        return None

    @property
    def size(self) -> int:
        """How many pixels it changes at most."""
        area = self.area
        return area.width * area.height if area else 0

    def single(self, width: int) -> tuple[int, int] | None:  # noqa: ARG002  # nearly every kind changes more
        """Of a change that can never be of more than one pixel, its offset (y * width + x) and colour; None for others.

        What a commit does for each pixel asks this, and nothing else of a placement.
        """
        return None

    def offsets(self, width: int) -> Sequence[range]:
        """The offsets of the pixels it changes, in stretches."""
        area = self.area
        return area.rows(width) if area else ()

    def replaces(self) -> Sequence[Area]:
        """What it paints over or cuts off of the board before it: its undo needs the pixels of these areas."""
        return (self.area,) if self.area else ()

    def seqs_kept(self) -> Sequence[Area]:
        """The areas of which it is kept when each pixel changed last before it, so that its history goes on:
        none of what begins an epoch, but for what is cut off."""
        return () if self.BEGINS_EPOCH else self.replaces()

    def strokes(self, width: int) -> Iterable[Stroke]:  # noqa: ARG002  # a kind that paints nothing has none
        """What it paints, row by row."""
        return ()

    def paint(self, bitmap: Bitmap, width: int, seq: int) -> None:
        """Gives the pixels their colours as of `seq`."""
        for stroke in self.strokes(width):
            bitmap.copy(stroke.offsets, stroke.colors, seq, stroke.mask)

    def draw(self, pixels: bytearray, width: int) -> None:
        """Gives the pixels of a picture, one byte each, their colours."""
        for offsets, colors, mask in self.strokes(width):
            place = slice(offsets.start, offsets.stop)
            pixels[place] = colors if mask is None else merged(pixels[place], colors, mask)

    def redraw(self, pixels: bytearray, width: int) -> bytearray:
        """A picture of the board after it, of one `width` pixels wide; what was given is not used any more."""
        self.draw(pixels, width)
        return pixels

    def repainted(self, bitmap: Bitmap, width: int, seq: int) -> Generator[None, None, Bitmap]:
        """The board after it, as the entry `seq`, beside that of before; made in short steps."""
        ahead = bitmap.ahead()
        yield
        for stroke in self.strokes(width):
            ahead.copy(stroke.offsets, stroke.colors, seq, stroke.mask)
            yield
        return ahead

    def repaint(self, bitmap: Bitmap, width: int, seq: int) -> Bitmap:
        """The same at once."""
        steps = self.repainted(bitmap, width, seq)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                found: Bitmap = end.value
                return found

    def width_after(self, width: int) -> int:
        """How wide the board is after it, in pixels."""
        return width

    def color_of(self, x: int, y: int) -> int | None:  # noqa: ARG002  # a kind that paints nothing colours no pixel
        """The colour it gives to a pixel; None where it leaves the pixel as it is."""
        return None

    @classmethod
    def read_state(cls, record: Record) -> Change:
        """What of one that was written down changes the board's state (see `in_state`). Raises ValueError.

        Of a payload with pixels or a picture the record may have the beginning alone, `state_end` bytes.
        """
        return cls.read(record).in_state

    @classmethod
    def state_end(cls, payload: bytes) -> int:  # noqa: ARG003  # most payloads are short, and read whole
        """How long the part is that `read_state` needs of a payload, by its first bytes; 0 where these are enough."""
        return 0

    @property
    def in_state(self) -> Change:
        """What of it changes the board's state: itself where it has no parts."""
        return self

    def state_after(self, state: BoardState) -> BoardState:
        """The board's state after it, but for the epoch and the seq, which the entry has."""
        return state

    def fits(self, state: BoardState) -> bool:
        """Whether it can happen to a board in that state."""
        area = self.area
        return area is None or state.holds(area)

    def with_size_before(self, after: BoardState) -> BoardState:
        """The state that it led to, with the size that the board had before it."""
        return after

    def line(self, ms: int, epoch: str) -> str:  # noqa: ARG002  # only what begins an epoch names one
        """The entry in the log's text (see `log_text.py`), `ms` after the entry before."""
        return f"-,{ms}"

    def without(self, offsets: Collection[int], width: int) -> Change:  # noqa: ARG002  # most kinds are of one piece
        """The same, but for pixels that somebody changed since it was worked out: those stay as they are."""
        return self

    def undone(self, seq: int, before: Before) -> Change | None:  # noqa: ARG002  # some kinds can not be undone
        """What takes it back, where it is entry `seq`; None where nothing is left to take back.

        Pixels and other state that somebody changed later stay as they are.
        """
        return None


class Before(NamedTuple):
    """What an action found, and what there is now: all that its undo needs.

    `pixels` has the colour indices of what the action replaced, row by row; `state` is the board's before it;
    `bitmap` is the board as it is now, `width` pixels wide; `later` are the changes since that paint nothing.
    `shown_again` has a byte for each pixel of the area that is on the board, 1 where what the action made was covered
    and is back, by undos and rewinds of what covered it; empty where that is so nowhere.
    """

    state: BoardState
    pixels: bytes
    bitmap: Bitmap
    width: int
    later: Sequence[Change] = ()
    shown_again: bytes = b""

    @property
    def height(self) -> int:
        """Of the board as it is now, in pixels."""
        return len(self.bitmap.pixels) // self.width

    def on_board(self, area: Area) -> tuple[Area, bytes] | None:
        """The part of the action's area that is on the board as it is now, and its pixels before; None for no part."""
        here = area.within(self.width, self.height)
        if here is None or here == area:
            return here and (here, self.pixels)
        inside = Area(0, 0, here.width, here.height).rows(area.width)
        return here, b"".join(self.pixels[row.start : row.stop] for row in inside)


def next_state(change: Change, state: BoardState, epoch: str, seq: int) -> BoardState:
    """The board's state after a change that is the entry `seq` of `epoch`; `state` may be that of some entries before,
    which changed pixels alone."""
    return replace(change.state_after(replace(state, seq=seq - 1)), epoch=epoch, seq=seq)
