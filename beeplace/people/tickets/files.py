"""Files of tickets: a list of codes, or what was revoked; as text, CSV, or the JSON of pretix's API.

A file is read again when it changes, so that a ticket that is sold or revoked during the evening counts.
"""

from __future__ import annotations

import asyncio
import csv
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Generic, TypeVar

import orjson
import structlog

COLUMNS: Final = ("code", "secret", "ticket", "barcode")  # of a file with more than one
LEAST_CHARACTERS: Final = 6  # of a code that is not guessed at once
_LOOK_SECONDS: Final = 1.0

T = TypeVar("T")
log = structlog.get_logger("beeplace")


class TicketFileWrong(ValueError):
    """Why a file is none of tickets; names no ticket."""


def plain(code: str) -> str:
    """A code as it is compared: capitals, spaces and dashes do not matter to who types it."""
    return "".join(code.split()).replace("-", "").casefold()


def texts(content: str) -> list[str]:
    """The codes or tickets of a file: one a line, the column of a CSV with a header, or JSON's `secret`s.

    Raises TicketFileWrong.
    """
    if content.lstrip().startswith(("{", "[")):
        return _of_json(content)
    lines = [line for line in content.splitlines() if line.strip()]
    if not lines:
        return []
    delimiter = next((mark for mark in ";\t," if mark in lines[0]), ",")
    rows = list(csv.reader(lines, delimiter=delimiter))
    names = [name.strip().casefold() for name in rows[0]]
    column = next((names.index(name) for name in COLUMNS if name in names), None)
    if column is None and len(names) > 1:
        raise TicketFileWrong(f"one of the columns is to be named {', '.join(COLUMNS)}")
    found = rows if column is None else rows[1:]
    return [row[column or 0].strip() for row in found if len(row) > (column or 0)]


def _of_json(content: str) -> list[str]:
    try:
        told = orjson.loads(content)
        rows = told["results"] if isinstance(told, dict) else told
        return [row if isinstance(row, str) else str(row["secret"]) for row in rows if _counts(row)]
    except (orjson.JSONDecodeError, TypeError, LookupError) as error:
        raise TicketFileWrong("this JSON is none of pretix's revoked or blocked secrets") from error


def _counts(row: object) -> bool:
    """Whether a row of pretix's is in force: a ticket that was blocked may not be any more."""
    return not isinstance(row, dict) or row.get("blocked", True) is True


def codes(content: str) -> frozenset[str]:
    """A list of codes, as they are compared. Raises TicketFileWrong."""
    found = [plain(text) for text in texts(content)]
    if short := sum(0 < len(code) < LEAST_CHARACTERS for code in found):
        raise TicketFileWrong(f"{short} of its codes are shorter than {LEAST_CHARACTERS} characters: those are guessed")
    return frozenset(filter(None, found))


class TicketFile(Generic[T]):
    """What a file says. Raises OSError or ValueError at first; later, what was read last counts on."""

    def __init__(self, path: Path, read: Callable[[str], T], clock: Callable[[], float]) -> None:
        self._path, self._parse, self._clock = path, read, clock
        self._seen = self._stamp()
        self.says = self._read()
        self._looked_at = clock()

    async def look(self) -> None:
        """Reads it again where it is another one, at most once a second."""
        now = self._clock()
        if now - self._looked_at < _LOOK_SECONDS:
            return
        self._looked_at = now
        try:
            if (stamp := self._stamp()) == self._seen:
                return
            self._seen, self.says = stamp, await asyncio.to_thread(self._read)
            log.info("tickets were read again", file=self._path.name)
        except (OSError, ValueError) as error:
            log.warning("a file of tickets cannot be read; the last one counts", file=self._path.name, why=str(error))

    def _stamp(self) -> tuple[int, int, int]:
        found = os.stat(self._path)  # noqa: PTH116  # microseconds, on the event loop
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> T:
        return self._parse(self._path.read_text(encoding="utf-8-sig"))
