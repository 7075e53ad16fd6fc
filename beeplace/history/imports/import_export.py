"""An import of an export of BeePlace: the same log under a key of its own, whole or not at all."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from beeplace.board.palette import Palette
from beeplace.board.state import BoardState, LiveSettings
from beeplace.errors import ImportRefused
from beeplace.history.backup import ReplayedBoard
from beeplace.history.imports.export_changes import change_of
from beeplace.history.imports.export_file import ExportFile, ExportRow
from beeplace.history.imports.import_log import ImportSummary
from beeplace.history.imports.survey import surveyed
from beeplace.history.whole_file import STANDARD, standard
from beeplace.log.archive import Archive, Epochs, Head, Part, Row, Rows, Undo
from beeplace.people.export_names import ExportNames
from beeplace.progress import Progress

_AT_ONCE: Final = 10_000
_ORGANISER: Final = "organiser"
_NAME: Final = "bee-"
_REASON: Final = "imported"
_PLACEMENT, _PIXEL = 1, (None, None)


async def import_export(archive: Archive, path: Path, *, settings: LiveSettings, colors: Palette) -> ImportSummary:
    """Fills an empty database with what an export has; `-` is standard input. People have the same names in exports.

    Raises ImportRefused and StoreNotEmpty, and leaves the database as it was.
    """
    key = secrets.token_bytes(32)
    with _seekable(path) as seekable:
        file = ExportFile(seekable)
        survey = await asyncio.to_thread(surveyed, file, colors)
        last = survey.epochs[-1]
        live = replace(settings, initial_color=min(settings.initial_color, len(last.palette) - 1))
        live = live.chosen_by_organiser(("colors", "initialColor"))  # not those that the environment gives
        state = BoardState(last.name, survey.entries, last.width, last.height, last.palette, settings=live)
        head = Head(state, 0, survey.epochs, {"identities": key})
        maker = _LogMaker(head, ExportNames(key))
        async with archive.filling(head) as filling:
            with Progress("write", survey.entries) as progress:
                async for part in _made(file, maker):
                    await filling.take(part)
                    progress.reached(maker.board.seq)
            await filling.finish(maker.board.reset_seq, maker.board.blocks())
    return ImportSummary(state, 0, (0, 0))


@contextmanager
def _seekable(path: Path) -> Iterator[Path]:
    """The file, which is read twice; of standard input a copy."""
    if path != STANDARD:
        yield path
        return
    with standard(0, "an export") as given, tempfile.NamedTemporaryFile() as copy:
        shutil.copyfileobj(given, copy)
        copy.flush()
        yield Path(copy.name)


async def _made(file: ExportFile, maker: _LogMaker) -> AsyncIterator[Part]:
    waiting: list[Row] = []
    for row in file.rows():
        placed = row.change is None
        if placed:
            waiting.append(maker.placement(row))
        if waiting and (not placed or len(waiting) == _AT_ONCE):
            for part in maker.board.add(Rows(waiting)):
                yield part
            waiting = []
            await asyncio.sleep(0)  # a place where Ctrl-C and SIGTERM are heard
        if not placed:
            for part in maker.other(row):
                yield part
    if waiting:
        for part in maker.board.add(Rows(waiting)):
            yield part


class _LogMaker:
    """Makes entries of the log from rows, which must come in their order."""

    def __init__(self, head: Head, names: ExportNames) -> None:
        self.board = ReplayedBoard(head)
        self._epochs, self._names = Epochs(head), names
        self._identities: dict[str, bytes] = {}

    def placement(self, row: ExportRow) -> Row:
        """Raises ImportRefused."""
        epoch = self._epochs.at(row.seq)
        on_board = row.x is not None and row.y is not None and 0 <= row.x < epoch.width and 0 <= row.y < epoch.height
        in_palette = row.color is not None and 0 <= row.color < len(epoch.palette)
        if row.kind != "placement" or row.epoch != epoch.name or not on_board or not in_palette:
            raise ImportRefused(f"entry {row.seq:,} is no placement on its board, and says nothing else")
        assert row.color is not None
        color = epoch.palette[row.color]
        identity = self._identity(row)
        return Row(
            row.seq, row.epoch, _PLACEMENT, row.x, row.y, *_PIXEL, row.color, color, row.at_ms, identity, None
        )  # fmt: skip

    def other(self, row: ExportRow) -> Iterator[Part]:
        """The entry, for an action with what undoes it. Raises ImportRefused."""
        epoch = self._epochs.at(row.seq)
        before = self._epochs.state_before(row.seq)
        try:
            change = change_of(row)
            if change.area and not replace(before, width=epoch.width, height=epoch.height).holds(change.area):
                raise ValueError("it is not on its board")
        except (ValueError, KeyError, IndexError) as error:
            raise ImportRefused(f"entry {row.seq:,} is not as an export tells it: {error}") from error
        kind, area, color, payload = change.record()
        x, y, width, height = (None, None, None, None) if area is None else area
        identity = bytes(16) if row.action is not None else self._identity(row)
        made = Row(
            row.seq, row.epoch, kind, x, y, width, height, color, row.hex, row.at_ms, identity, row.action, payload
        )  # fmt: skip
        if row.action is not None:
            pixels = self.board.replaced_by(change)
            yield from self.board.add(Undo(row.action, _REASON, zlib.compress(pixels, 1)))
        yield from self.board.add(Rows([made]))

    def _identity(self, row: ExportRow) -> bytes:
        """Raises ImportRefused."""
        if (found := self._identities.get(row.person)) is None:
            try:
                name = bytes.fromhex(row.person.removeprefix(_NAME))
                if len(name) != 16 or not row.person.startswith(_NAME):
                    raise ValueError(row.person)
            except ValueError as error:
                raise ImportRefused(f"entry {row.seq:,} names nobody: {row.person[:40]!r}") from error
            if len(self._identities) >= 1 << 20:
                self._identities.clear()
            found = self._identities[row.person] = self._names.identities(name)
        return found
