"""An export of a board's whole log, while gateways run: read in pieces, written in pieces, whole at the end."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from beeplace.history.export.chosen import ChosenEntries
from beeplace.history.export.pxls import PxlsWriter
from beeplace.history.export.reddit import RedditWriter
from beeplace.history.export.rows import ExportedColumns, ExportedRows
from beeplace.history.export.text import CsvWriter, JsonLinesWriter
from beeplace.history.object_store import new_object
from beeplace.history.whole_file import SHARED, new_file
from beeplace.log.archive import Archive, Head
from beeplace.progress import Progress

FORMS: Final = ("parquet", "csv", "ndjson", "reddit", "pxls")


Choose = Callable[[Head], Awaitable[ChosenEntries]]


class ExportWriter(Protocol):
    """Writes one form of export; without `close` it is not complete."""

    def add(self, rows: ExportedRows) -> None:
        """Takes the next rows."""

    def close(self) -> None:
        """Everything was added."""


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """How many entries were written, the last one's epoch and seq, and the SHA-256 of all that was written."""

    entries: int
    epoch: str
    seq: int
    sha256: str


async def export(archive: Archive, to: Path | str, form: str, choose: Choose | None = None) -> ExportSummary:
    """Writes the log up to the present moment, or what is chosen of it, into a new file, to standard output for `-`,
    or into an object for `s3://bucket/key` (a string).

    What is written has its name once it is whole. Raises FileExistsError, OSError, StoreUnavailable.
    """
    async with archive.moment() as moment:
        head = moment.head
    return await export_up_to(archive, head, to, form, await choose(head) if choose else None)


async def export_up_to(
    archive: Archive, head: Head, to: Path | str, form: str, chosen: ChosenEntries | None = None
) -> ExportSummary:
    """The same up to a moment that was read before."""
    chosen = chosen or ChosenEntries(0, head.state.seq)
    with new_object(to) if isinstance(to, str) else new_file(to, "an export", SHARED) as file:
        checked = ChecksumFile(file)
        try:
            entries = await _write(archive, head, chosen, _writer(form, checked, head))
        except BaseException:
            checked.abandon()
            raise
    return ExportSummary(entries, head.state.epoch, head.state.seq, checked.sha256.hexdigest())


async def _write(archive: Archive, head: Head, chosen: ChosenEntries, writer: ExportWriter) -> int:
    """How many entries were written."""
    columns, adding, entries = ExportedColumns(head), _Adding(writer), 0
    with Progress("export", chosen.to - chosen.after) as progress:
        try:
            async for piece in archive.columns(chosen.after, chosen.to):
                rows, mask = columns.of(piece), chosen.mask(piece)
                if mask is not None:
                    rows = rows.only(mask)
                if len(rows.seq):
                    await adding.add(rows)
                entries += len(rows.seq)
                progress.reached(piece.to - chosen.after)
                await asyncio.sleep(0)  # a place where Ctrl-C and SIGTERM are heard
        finally:
            await adding.end()
    await asyncio.to_thread(writer.close)
    return entries


class _Adding:
    """Gives rows to a writer, in a thread, while the next ones are read; at most one piece waits for it."""

    def __init__(self, writer: ExportWriter) -> None:
        self._writer = writer
        self._last: asyncio.Task[None] | None = None

    async def add(self, rows: ExportedRows) -> None:
        await self.end()
        self._last = asyncio.create_task(asyncio.to_thread(self._writer.add, rows))
        await asyncio.sleep(0)  # it begins

    async def end(self) -> None:
        """The writer has all that it was given. Raises what it raised."""
        if self._last:
            last, self._last = self._last, None
            try:
                await asyncio.shield(last)
            except asyncio.CancelledError:
                await last  # a thread goes on to its end, also where nobody wants it any more
                raise


def _writer(form: str, file: BinaryIO, head: Head) -> ExportWriter:
    if form == "parquet":
        from beeplace.history.export.parquet import ParquetWriter  # noqa: PLC0415  # 60 MB that no other form needs

        return ParquetWriter(file, head)
    if form == "reddit":
        return RedditWriter(file, head)
    if form == "pxls":
        return PxlsWriter(file, head)
    return CsvWriter(file) if form == "csv" else JsonLinesWriter(file)


class ChecksumFile(io.RawIOBase, BinaryIO):
    """Writes through to a file and takes the SHA-256 of it; needs no file that can be sought in.

    Once it is abandoned it takes what is written and does nothing: a Parquet writer that is thrown away writes the
    file's end, also where the disk is full.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file: BinaryIO | None = file
        self._size = 0
        self.sha256 = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]  # both bases name it differently
        if self._file is not None:
            self._file.write(data)
            self.sha256.update(data)
        self._size += len(data)
        return len(data)

    def tell(self) -> int:
        return self._size

    def abandon(self) -> None:
        """What was written is not wanted."""
        self._file = None
