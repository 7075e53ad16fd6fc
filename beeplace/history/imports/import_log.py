"""An import: a file of another canvas becomes a new board, whole or not at all."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Final

from beeplace.board.geometry import Area
from beeplace.board.palette import Palette
from beeplace.board.state import BoardState, LiveSettings
from beeplace.errors import ImportRefused
from beeplace.history.imports.board import PlayedBoard
from beeplace.history.imports.entries import EntryMaker, clipped
from beeplace.history.imports.fields import Colors
from beeplace.history.imports.forms import FORMS, REDDIT_2017, RowReader
from beeplace.history.imports.records import PIXEL, Records, WrongRows
from beeplace.history.imports.sort import SortedRecords
from beeplace.history.whole_file import STANDARD, standard
from beeplace.log.archive import Archive, Epoch, Head, Placed, Rows, Undo
from beeplace.progress import Progress

LARGEST_SIDE: Final = 4096
SMALLEST_SIDE: Final = 8
_KEY_BYTES = 32
_WHITE = "#FFFFFF"


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What came of it: the new board, how many rows could not be imported, and what was added to coordinates."""

    state: BoardState
    wrong: int
    shift: tuple[int, int]


async def import_log(
    archive: Archive, path: Path, form: str, *, settings: LiveSettings, colors: Palette, told: Callable[[str], None]
) -> ImportSummary:
    """Fills an empty database with what a file has; `-` is standard input. `colors` are those of a file that has none.

    Wrong rows are told. Raises ImportRefused and StoreNotEmpty, and leaves the database as it was.
    """
    wrong, key = WrongRows(told), secrets.token_bytes(_KEY_BYTES)
    known = {"reddit-2017": REDDIT_2017, "pxls": colors.colors}.get(form, (_WHITE,))
    with standard(0, "a log") if path == STANDARD else path.open("rb") as file, SortedRecords() as records:
        reader = RowReader(file, FORMS[form], Colors(known), key, wrong)
        extent = await _read(file, reader, records)
        area, rows = extent.board(), extent.rows()
        palette = Palette(tuple(reader.colors.found) if len(reader.colors.found) > 1 else (_WHITE, "#000000"))
        epoch = Epoch(secrets.token_hex(8), 1, area.width, area.height, palette, extent.began_ms)
        live = replace(settings, initial_color=min(settings.initial_color, len(palette) - 1))
        live = live.chosen_by_organiser(("colors", "initialColor"))  # not those that the environment gives
        state = BoardState(epoch.name, rows, area.width, area.height, palette, settings=live)
        head = Head(state, 0, (epoch,), {"identities": key})
        maker = EntryMaker(epoch, PlayedBoard(area.width, area.height), area)
        async with archive.filling(head) as filling:
            with Progress("write", rows) as progress:
                async for part in _made(records, maker):
                    await (filling.place(part) if isinstance(part, Placed) else filling.take(part))
                    progress.reached(maker.seq)
            await filling.finish(0, maker.board.blocks())
    return ImportSummary(state, wrong.count, (-area.x, -area.y))


class Extent:
    """Where and when the rows of a file are; moderators' areas may lie outside of the board that people drew on."""

    def __init__(self) -> None:
        self._left = self._top = self._right = self._bottom = 0
        self._placed = self._began_ms = 0
        self._areas: list[Records] = []
        self._any = False

    def add(self, records: Records) -> None:
        """Some rows of the file."""
        if not len(records):
            return
        began = int(records["at_ms"].min())
        self._began_ms = min(began, self._began_ms) if self._any else began
        self._any = True
        pixels = records["shape"] == PIXEL
        if not pixels.all():
            self._areas.append(records[~pixels])
        if pixels.any():
            xs, ys = records["x"][pixels], records["y"][pixels]
            self._left, self._top = min(self._left, int(xs.min())), min(self._top, int(ys.min()))
            self._right, self._bottom = max(self._right, int(xs.max())), max(self._bottom, int(ys.max()))
            self._placed += int(pixels.sum())

    @property
    def began_ms(self) -> int:
        """The first moment."""
        return self._began_ms

    def board(self) -> Area:
        """The board that has all pixels; it begins at 0, 0 or before. Raises ImportRefused where there is none."""
        if not self._placed:
            raise ImportRefused("the file has no pixel that can be imported")
        width, height = self._right - self._left + 1, self._bottom - self._top + 1
        if max(width, height) > LARGEST_SIDE:
            raise ImportRefused(f"the file has pixels of {width} x {height}; a board has at most {LARGEST_SIDE} a side")
        return Area(self._left, self._top, max(width, SMALLEST_SIDE), max(height, SMALLEST_SIDE))

    def rows(self) -> int:
        """How many entries the rows become."""
        board = self.board()
        return self._placed + sum(clipped(record, board) is not None for areas in self._areas for record in areas)


async def _read(file: BinaryIO, reader: RowReader, records: SortedRecords) -> Extent:
    extent, size = Extent(), os.fstat(file.fileno()).st_size if file.seekable() else 0
    with Progress("read", size or 1) as progress:
        for some in reader:
            extent.add(some)
            await _finished(asyncio.to_thread(records.add, some))
            if size:
                progress.reached(file.tell())
    return extent


async def _finished(work: Coroutine[Any, Any, None]) -> None:
    """Waits for what a thread does, also where nobody wants it any more: its folder is removed next."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


async def _made(records: SortedRecords, maker: EntryMaker) -> AsyncIterator[Placed | Undo | Rows]:
    for some in records.read():
        for part in maker.make(some):
            yield part
        await asyncio.sleep(0)  # a place where Ctrl-C and SIGTERM are heard
