"""What an export says of the board in all: its numberings, sizes and palettes, as the new database has to know first.

Parquet tells of them itself. In text they follow from the entries: the sizes from what changed or emptied the board, or
else from the pixels, and the palettes from the colours that were used.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import Final

from beeplace.board.geometry import LARGEST_SIDE, SMALLEST_SIDE
from beeplace.board.palette import Palette
from beeplace.errors import ImportRefused
from beeplace.history.imports.export_changes import BEGINNINGS, change_of
from beeplace.history.imports.export_file import ExportFile, ExportRow
from beeplace.log.archive import Epoch

_LARGEST_PALETTE: Final = 256


@dataclass(slots=True)
class _Seen:
    """One numbering, as far as its entries tell of it."""

    name: str
    first_seq: int
    at_ms: int
    colors: dict[int, str] = field(default_factory=dict)
    largest: int = 1  # colour index
    size: tuple[int, int] | None = None  # where an entry says it
    right: int = SMALLEST_SIDE
    below: int = SMALLEST_SIDE


@dataclass(frozen=True, slots=True)
class Survey:
    """All numberings in their order, and how many entries there are."""

    epochs: tuple[Epoch, ...]
    entries: int


def surveyed(file: ExportFile, colors: Palette) -> Survey:
    """Reads a file once; `colors` are the palette where it has all that were used. Raises ImportRefused."""
    seen: list[_Seen] = []
    row: ExportRow | None = None
    for row in file.rows():
        if not seen and row.kind in BEGINNINGS:
            seen.append(_Seen(secrets.token_hex(8), 1, row.at_ms))  # the board before it has no entry
        if not seen or seen[-1].name != row.epoch:
            seen.append(_Seen(row.epoch, row.seq, row.at_ms))
        try:
            _note(seen, row)
        except (ValueError, KeyError, IndexError) as error:
            raise ImportRefused(f"entry {row.seq:,} is not as an export tells it: {error}") from error
    if row is None:
        raise ImportRefused("the file has no entries")
    told = file.epochs()
    if told is None:
        return Survey(tuple(_epochs(seen, colors)), row.seq)
    began = {one.name: one.at_ms for one in seen}
    if not {one.name for one in seen[1:]} <= {one.name for one in told}:
        raise ImportRefused("the file's entries belong to epochs that its metadata does not know")
    return Survey(tuple(replace(one, at_ms=began.get(one.name, seen[0].at_ms)) for one in told), row.seq)


def _note(seen: list[_Seen], row: ExportRow) -> None:
    epoch = seen[-1]
    if row.color is not None:
        epoch.largest = max(epoch.largest, row.color)
        if row.hex is not None and epoch.colors.setdefault(row.color, row.hex) != row.hex:
            raise ValueError(f"colour {row.color} is {row.hex}, and was {epoch.colors[row.color]}")
    if row.x is not None and row.y is not None:
        epoch.right = max(epoch.right, row.x + (row.width or 1))
        epoch.below = max(epoch.below, row.y + (row.height or 1))
    if row.change is None:
        return
    letter, *told = row.change.split(",")
    if letter == "s":
        seen[-2].size, epoch.size = (int(told[0]), int(told[1])), (int(told[2]), int(told[3]))
    elif letter == "r" and row.width and row.height:
        epoch.size = seen[-2].size = row.width, row.height
    if letter in "ps":
        change = change_of(row)
        for stroke in change.strokes(max(epoch.right, 1)):
            epoch.largest = max(epoch.largest, *stroke.colors)


def _epochs(seen: list[_Seen], colors: Palette) -> list[Epoch]:
    """A size holds until the next one that is said, and back to the one before; a palette grows, or is another."""
    sizes = [one.size for one in seen]
    for forth in (range(1, len(seen)), range(len(seen) - 2, -1, -1)):
        for index in forth:
            neighbour = index - 1 if forth.step > 0 else index + 1
            sizes[index] = sizes[index] or sizes[neighbour]
    extent = max(one.right for one in seen), max(one.below for one in seen)
    if max(extent) > LARGEST_SIDE:
        raise ImportRefused(f"the file has pixels of {extent[0]} x {extent[1]}; a board has at most {LARGEST_SIDE}")
    return [
        Epoch(one.name, one.first_seq, *(size or extent), _palette(one, colors), one.at_ms)
        for one, size in zip(seen, sizes, strict=True)
    ]


def _palette(seen: _Seen, known: Palette) -> Palette:
    """The known one, where all that was used is in it; else what was used, and greys for what nobody placed."""
    if seen.largest < len(known) and all(known.colors[index] == color for index, color in seen.colors.items()):
        return known
    used = {color.lower() for color in seen.colors.values()}
    greys = (
        grey for value in range(_LARGEST_PALETTE) if (grey := f"#{value:02X}{value:02X}{value:02X}").lower() not in used
    )
    return Palette(tuple(seen.colors.get(index) or next(greys) for index in range(seen.largest + 1)))
