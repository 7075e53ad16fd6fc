"""Plays the log and checks every entry; for verify, with no code of the board that it judges."""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Iterable
from itertools import repeat
from typing import Any

from beeplace.board.bitmap import Block
from beeplace.board.versions import BLOCK
from beeplace.log.archive import Epochs, Head, Row, Rows

PLACEMENT, FILL, RESET, READ_ONLY, PALETTE, RESTORE, PASTE, SETTINGS = range(1, 9)
CLEAR = 11
BAN, ZONE, PANIC, ANNOUNCEMENT, SAFE_PICTURE = range(12, 17)
SIZE = 17
MODERATION = (BAN, ZONE, PANIC, ANNOUNCEMENT, SAFE_PICTURE)  # what is in force; see `moderation.py`
BEGINNINGS = (RESET, PALETTE, RESTORE, SIZE)
_MAX_TOLD = 20


class Faults:
    """What is wrong, one sentence each; many are counted, and only the first are told."""

    def __init__(self) -> None:
        self.count = 0
        self.told: list[str] = []

    def add(self, sentence: str) -> None:
        """One more."""
        self.count += 1
        if self.count <= _MAX_TOLD:
            self.told.append(sentence)
        elif self.count == _MAX_TOLD + 1:
            self.told.append("...")

    def extend(self, sentences: Iterable[str]) -> None:
        """Several more."""
        for sentence in sentences:
            self.add(sentence)


class Replay:
    """The board as the log says it was at `seq`: colour indices, and the seq of each pixel's last change."""

    def __init__(self, head: Head, faults: Faults) -> None:
        self._faults = faults
        self._holes = False
        self.seq = self.entries = self.placements = self.unknown = 0
        self.read_only = False
        self.know(head)
        self._empty(head.epochs[0].width * head.epochs[0].height)

    def know(self, head: Head) -> None:
        """Takes over the epochs of a later moment."""
        self._epochs = Epochs(head)
        self._beginnings = {epoch.first_seq for epoch in head.epochs[1:]}

    @property
    def epoch(self) -> str:
        """The name of the epoch that `seq` belongs to."""
        return self._epochs.at(self.seq).name

    def place(self, offset: int) -> str:
        """A position in words."""
        y, x = divmod(offset, self._epochs.at(self.seq).width)
        return f"({x}, {y})"

    def take(self, part: Rows) -> None:
        """Plays and checks what comes next in the log."""
        previous_seqs: Iterable[int | None] = part.previous or repeat(None, len(part.rows))
        for row, previous in zip(part.rows, previous_seqs, strict=True):
            self._number(row)
            self.entries += 1
            fault = self._fault(row) or self._play(row, previous)
            if fault:
                self._faults.add(f"entry {row.seq:,}: {fault}")

    def end(self, seq: int) -> None:
        """The log was read up to `seq`, where the board stands."""
        if self.seq < seq:
            self._missing(self.seq + 1, seq)
            self.seq = seq

    def _number(self, row: Row) -> None:
        if row.seq > self.seq + 1:
            self._missing(self.seq + 1, row.seq - 1)
        elif row.seq <= self.seq:
            self._faults.add(f"entry {row.seq:,} is there twice")
        self.seq = max(self.seq, row.seq)

    def _missing(self, first: int, last: int) -> None:
        self._holes = True
        self._faults.add(
            f"entry {first:,} is missing" if first == last else f"entries {first:,} to {last:,} are missing"
        )

    def _fault(self, row: Row) -> str | None:
        """What cannot be, whatever the board looks like."""
        epoch = self._epochs.at(row.seq)
        if row.epoch != epoch.name:
            return f"it belongs to epoch {epoch.name}, and says {row.epoch}"
        if row.kind > SETTINGS and row.kind not in (CLEAR, SIZE, *MODERATION):
            self.unknown += 1  # a newer BeePlace's, which alone can say what is right
            return None
        if (row.kind in BEGINNINGS) != (row.seq in self._beginnings):
            return "an epoch begins here without its entry" if row.seq in self._beginnings else "it begins no epoch"
        if row.kind == READ_ONLY:
            return None if row.color in (0, 1) else f"read-only is 0 or 1, not {row.color}"
        if row.x is None or row.y is None:
            return (
                None
                if row.kind in (PALETTE, RESTORE, SETTINGS, SIZE, *MODERATION)
                else f"kind {row.kind} needs an area"
            )
        if row.kind < PLACEMENT:
            return f"there is no kind {row.kind}"
        if not 0 <= row.color < len(epoch.palette):
            return f"color {row.color} is not in the palette of {len(epoch.palette)}"
        if row.hex != (named := None if row.kind in (PASTE, SIZE) else epoch.palette[row.color]):
            return f"color {row.color} is {named} in the palette, and {row.hex} in the log"
        width, height = row.width or 1, row.height or 1
        inside = 0 <= row.x <= epoch.width - width and 0 <= row.y <= epoch.height - height
        return None if inside else f"({row.x}, {row.y}) is not on the board"

    def _play(self, row: Row, previous: int | None) -> str | None:
        """Changes the board; says where the entry names another change before it than there was."""
        if row.kind == PLACEMENT and row.x is not None and row.y is not None:
            self.placements += 1
            offset = row.y * self._epochs.at(row.seq).width + row.x
            before = self.versions[offset]
            self.pixels[offset], self.versions[offset] = row.color, row.seq
            if previous is not None and previous != before and not self._holes:
                return f"({row.x}, {row.y}) had changed before at {before:,}, and it says {previous:,}"
        elif row.kind == RESET:
            epoch = self._epochs.at(row.seq)
            self._empty(epoch.width * epoch.height)
        elif row.kind == READ_ONLY:
            self.read_only = bool(row.color)
        elif row.kind == PASTE:
            return self._paste(row)
        elif row.kind == SIZE:
            return self._resize(row)
        elif row.x is not None and (row.kind <= SETTINGS or self._fits(row)):
            self._fill(row)
        return None

    def _fits(self, row: Row) -> bool:
        epoch, x, y, width, height = self._epochs.at(row.seq), row.x or 0, row.y or 0, row.width or 1, row.height or 1
        inside = x >= 0 and 0 < width <= epoch.width - x and y >= 0 and 0 < height <= epoch.height - y
        return inside and 0 <= row.color < len(epoch.palette)

    def _empty(self, size: int) -> None:
        self.pixels = bytearray(size)
        self.versions = array("Q", bytes(8 * size))

    def _paste(self, row: Row) -> str | None:
        epoch, width, height = self._epochs.at(row.seq), row.width or 1, row.height or 1
        found = pasted(row.payload, width * height)
        if found is None:
            return "its pixels are damaged"
        for index, (changes, color) in enumerate(zip(*found, strict=True)):
            if color >= len(epoch.palette) or (color and not changes):
                return f"it pastes color {color} of a palette of {len(epoch.palette)}"
            if changes:
                offset = ((row.y or 0) + index // width) * epoch.width + (row.x or 0) + index % width
                self.pixels[offset], self.versions[offset] = color, row.seq
        return None

    def _resize(self, row: Row) -> str | None:
        """Pixels keep their coordinates; what is new gets the colours that the entry names."""
        old, new = self._epochs.at(row.seq - 1), self._epochs.at(row.seq)
        pixels, versions, (kept, rows) = (
            self.pixels,
            self.versions,
            (min(old.width, new.width), min(old.height, new.height)),
        )
        self._empty(new.width * new.height)
        for y in range(rows):
            here, there = slice(y * new.width, y * new.width + kept), slice(y * old.width, y * old.width + kept)
            self.pixels[here], self.versions[here] = pixels[there], versions[there]
        at = 5 + int.from_bytes((row.payload or b"")[1:5], "little")
        try:
            head = json.loads((row.payload or b"")[5:at])
        except ValueError:
            return "its sizes are damaged"
        if (head.get("from"), head.get("to")) != ([old.width, old.height], [new.width, new.height]):
            return f"it names other sizes than {old.width} x {old.height} and {new.width} x {new.height}"
        return None if row.x is None else self._paste(row._replace(payload=(row.payload or b"")[at:]))

    def _fill(self, row: Row) -> None:
        width, height, board_width = row.width or 1, row.height or 1, self._epochs.at(row.seq).width
        for y in range(row.y or 0, (row.y or 0) + height):
            first = y * board_width + (row.x or 0)
            self.pixels[first : first + width] = bytes([row.color]) * width
            self.versions[first : first + width] = array("Q", [row.seq]) * width


def pasted(payload: bytes | None, pixels: int) -> tuple[bytes, bytes] | None:
    """For each pixel of a paste's area a byte that is 1 where it changes, and its colour; None where it is damaged.

    The form is that of `board/changes/paste.py`, read here once more on purpose.
    """
    kept, packed = kept_by(payload or b"")
    try:
        told = zlib.decompress(packed)
    except zlib.error:
        return None
    masked, bits = told[:1] == b"\x01", told[1 : 1 + (pixels + 7) // 8]
    colors = told[1 + len(bits) :] if masked else told[1:]
    changing = bytes(bits[i >> 3] >> (7 - i & 7) & 1 for i in range(pixels)) if masked else bytes((1,)) * pixels
    if len(colors) != pixels or (payload or b"")[:1] not in (b"\x01", b"\x02") or any(i >= pixels for i in kept):
        return None
    if kept:
        changing = bytes(changes and i not in kept for i, changes in enumerate(changing))
        colors = bytes(color if changes else 0 for color, changes in zip(colors, changing, strict=True))
    return changing, colors


def kept_by(payload: bytes) -> tuple[set[int], bytes]:
    """The pixels that stay whatever the rest of a paste says, by their places in its area; and that rest."""
    if payload[:1] != b"\x02":
        return set(), payload[1:]
    end = 5 + 4 * int.from_bytes(payload[1:5], "little")
    return {int.from_bytes(payload[at : at + 4], "little") for at in range(5, end, 4)}, payload[end:]


def settings_of(row: Row) -> dict[str, Any]:
    """The values that an entry gives to live settings."""
    try:
        told = json.loads(row.payload or b"{}")
    except ValueError:
        return {}
    values = told.get("values") if isinstance(told, dict) else None
    return values if isinstance(values, dict) else {}


def compare(replay: Replay, pixels: bytes) -> Iterable[str]:
    """Where a picture of the board differs from the log."""
    if len(pixels) != len(replay.pixels):
        yield f"it has {len(pixels):,} pixels, the log {len(replay.pixels):,}"
    elif pixels != replay.pixels:
        for offset, (shown, logged) in enumerate(zip(pixels, replay.pixels, strict=True)):
            if shown != logged:
                yield f"{replay.place(offset)} is {shown}, by entry {replay.versions[offset]:,} it is {logged}"


class StoredBoard:
    """The stored blocks with the log's tail over them, compared with the log alone."""

    def __init__(self, replay: Replay, checkpoint_seq: int) -> None:
        self._replay, self._checkpoint_seq = replay, checkpoint_seq
        self._seen: set[int] = set()

    def differences(self, block: Block) -> Iterable[str]:
        """What of a block is not as the log says."""
        self._seen.add(block.number)
        first = block.number * BLOCK
        pixels = self._replay.pixels[first : first + BLOCK]
        if len(block.pixels) != len(pixels) or len(block.versions) != 8 * BLOCK:
            yield f"block {block.number} is damaged"
            return
        versions = self._replay.versions[first : first + BLOCK]
        stored = array("Q")
        stored.frombytes(block.versions[: 8 * len(pixels)])
        if block.pixels == pixels and stored == versions:
            return
        yield from self._pixels(block, stored, versions)

    def _pixels(self, block: Block, stored: array[int], versions: array[int]) -> Iterable[str]:
        for index, (version, logged) in enumerate(zip(stored, versions, strict=True)):
            if version < logged and logged > self._checkpoint_seq:
                continue  # the tail has a newer change
            offset = block.number * BLOCK + index
            where, color = f"{self._replay.place(offset)} in block {block.number}", self._replay.pixels[offset]
            if version != logged:
                yield f"{where} changed last at {version:,}, by the log at {logged:,}"
            elif block.pixels[index] != color:
                yield f"{where} is {block.pixels[index]}, by entry {logged:,} it is {color}"

    def missing(self) -> Iterable[str]:
        """Blocks that should be there, and are not."""
        versions = self._replay.versions
        for number in range(-(-len(versions) // BLOCK)):
            if number not in self._seen:
                changed = versions[number * BLOCK : (number + 1) * BLOCK]
                if any(0 < version <= self._checkpoint_seq for version in changed):
                    yield f"block {number} is missing"
