"""Backup and restore: a board in one file, and back, into this or another kind of database."""

from __future__ import annotations

import asyncio
import secrets
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from beeplace.board.bitmap import Bitmap, Block
from beeplace.board.changes import Change, read
from beeplace.board.changes.placement import Placement
from beeplace.board.changes.restore import Restore
from beeplace.board.state import BoardState
from beeplace.board.versions import packed
from beeplace.history.backup_file import BackupReader, BackupWriter
from beeplace.history.whole_file import PRIVATE, STANDARD, new_file, standard
from beeplace.log.archive import Archive, Epoch, Head, Part, Row, Rows, Undo
from beeplace.progress import Progress

_WHAT = "a backup"
_OF_ONE_BOARD = frozenset(("bus",))  # secrets by which gateways of one board know each other: made anew by a restore


@dataclass(frozen=True, slots=True)
class ArchiveSummary:
    """What a backup holds or a restore wrote: the board's state, and when the backup was made."""

    state: BoardState
    made_at_ms: int

    @property
    def made_at(self) -> str:
        """In UTC, to the second."""
        return _utc(self.made_at_ms)


async def backup(archive: Archive, path: Path) -> ArchiveSummary:
    """Writes a backup that only its owner can read; `-` is standard output. Raises FileExistsError.

    No file is left where it fails.
    """
    with new_file(path, _WHAT, PRIVATE) as file:  # it holds secrets
        return await _write(archive, file)


async def _write(archive: Archive, file: BinaryIO) -> ArchiveSummary:
    async with archive.moment() as moment:
        done = ArchiveSummary(moment.head.state, time.time_ns() // 1_000_000)
        writer = BackupWriter(file, moment.head, done.made_at_ms)
        async for held in moment.held():
            writer.add(held)
    with Progress("backup", done.state.seq) as progress:
        async for part in archive.entries(0, done.state.seq):
            writer.add(part)
            progress.reached(writer.seq)
            await asyncio.sleep(0)  # a place where Ctrl-C and SIGTERM are heard
    writer.close()
    return done


async def restore(archive: Archive, path: Path) -> ArchiveSummary:
    """Fills an empty database with a backup, and begins a new epoch there, in which the pixels stay.

    `-` is standard input. Raises BackupDamaged and StoreNotEmpty, and leaves the database as it was.
    """
    with standard(0, _WHAT) if path == STANDARD else path.open("rb") as file:
        reader = BackupReader(file)
        head, last = _new_epoch(reader)
        board = ReplayedBoard(head)
        async with archive.filling(head) as filling:
            with Progress("restore", head.state.seq) as progress:
                for part in chain(reader, last):
                    for whole in board.add(part):
                        await filling.take(whole)
                    progress.reached(board.seq)
                    await asyncio.sleep(0)
            await filling.finish(board.reset_seq, board.blocks())
    return ArchiveSummary(head.state, reader.made_at_ms)


class ReplayedBoard:
    """The board that the log leads to, for what a store keeps beside the log."""

    def __init__(self, head: Head) -> None:
        self._width, height = head.epochs[0].width, head.epochs[0].height
        self._bitmap = Bitmap(self._width * height)
        self._undone: dict[int, Undo] = {}  # of actions whose entry is still to come
        self.seq = self.reset_seq = 0

    def add(self, part: Part) -> Iterator[Part]:
        """The part, with what follows from the log before it; an Undo comes with its entry."""
        match part:
            case Undo():
                self._undone[part.seq] = part
            case Rows(rows):
                if undo := self._undone.pop(rows[0].seq, None):  # the file has what is no placement alone
                    yield replace(undo, seqs=self._seqs(rows[0]))
                yield Rows(rows, [self._paint(row) for row in rows])
                self.seq = rows[-1].seq
            case _:
                yield part

    def replaced_by(self, change: Change) -> bytes:
        """The colours of what a change is about to paint over or cut off."""
        pixels, areas = self._bitmap.pixels, change.replaces()
        rows = (row for area in areas for row in area.rows(self._width))
        return b"".join(bytes(pixels[row.start : row.stop]) for row in rows)

    def blocks(self) -> Iterator[Block]:
        """All that was ever painted."""
        return map(self._bitmap.block, self._bitmap.blocks_since(0))

    def _seqs(self, row: Row) -> bytes:
        kept = read(row.record).seqs_kept()
        return packed(self._bitmap.versions.pieces(row for area in kept for row in area.rows(self._width)))

    def _paint(self, row: Row) -> int:
        """Takes an entry in; the seq of the change before it, of a placement's pixel."""
        if row.kind == Placement.NUMBER and row.x is not None and row.y is not None:  # nearly all: no object for each
            offset = row.y * self._width + row.x
            before = self._bitmap.versions.at(offset)
            self._bitmap.set(offset, row.color, row.seq)
            return before
        change = read(row.record)
        spot = change.single(self._width)
        previous = 0 if spot is None else self._bitmap.versions.at(spot[0])
        if change.EMPTIES:
            self._bitmap, self.reset_seq = Bitmap(len(self._bitmap.pixels)), row.seq
        elif change.RESIZES:
            self._bitmap = change.repaint(self._bitmap, self._width, row.seq)
            self._width = change.width_after(self._width)
        else:
            change.paint(self._bitmap, self._width, row.seq)
        return previous


def _new_epoch(reader: BackupReader) -> tuple[Head, list[Part]]:
    """The head of the restored board, and the entry that begins its epoch: nobody takes it for the old one."""
    head, now_ms = reader.head, time.time_ns() // 1_000_000
    state = replace(head.state, epoch=secrets.token_hex(8), seq=head.state.seq + 1)
    epoch = Epoch(state.epoch, state.seq, state.width, state.height, state.palette, now_ms)
    reason = f"restored from a backup made at {_utc(reader.made_at_ms)}"
    kind, nowhere = Restore.NUMBER, (None, None, None, None)
    row = Row(state.seq, state.epoch, kind, *nowhere, 0, None, now_ms, bytes(16), state.seq)
    kept = {name: value for name, value in head.secrets.items() if name not in _OF_ONE_BOARD}
    whole = replace(head, state=state, epochs=(*head.epochs, epoch), secrets=kept)
    return whole, [Undo(state.seq, reason, zlib.compress(b"")), Rows([row])]


def _utc(ms: int) -> str:
    return datetime.fromtimestamp(ms // 1000, UTC).isoformat().replace("+00:00", "Z")
