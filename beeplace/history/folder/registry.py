"""Which archive folders were asked for and how far they are: a record beside them for each, which all gateways read.

Gateways that share a board share the folder. Invariant: whoever makes an archive holds the lock of its record, also
against `kill -9`; so a record that says `running` and that nobody holds is of one that died.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import msgspec

from beeplace.errors import BeePlaceError, Reused

_RECORDS: Final = ".archives"
_REGISTRY: Final = "registry.lock"
_LEFT_OVER: Final = "[0-9a-f]" * 8  # what `whole_folder` puts behind the name of one that is not whole


class ArchiveUnderWay(BeePlaceError):
    """An archive is being made; another one can begin when it has ended."""


class ArchiveRecord(msgspec.Struct, rename="camel"):
    """One archive folder, from the moment when it was asked for.

    `seq` is the board's when it was asked for, and the last one that the folder has once it is done. `by` is the name
    of the key that asked, null where the end of the drawing did; `given` the name that it was asked for under.
    """

    id: str
    name: str
    given: str | None
    by: str | None
    at: str
    film_seconds: float
    seq: int
    state: Literal["running", "done", "failed", "stopped"] = "running"
    step: str = ""
    share: float = 0.0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class HeldArchive:
    """An archive that this process makes; `lock` is an open file."""

    record: ArchiveRecord
    path: Path
    lock: int


class ArchiveRegistry:
    """The records of one folder. All of it blocks: it is for threads. Each method may raise OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._records = folder, folder / _RECORDS

    def listed(self) -> list[ArchiveRecord]:
        """All of them, the last one first."""
        found = [self._read(path) for path in self._records.glob("*.json")]
        return sorted(filter(None, found), key=lambda record: record.at, reverse=True)

    def begin(self, wanted: ArchiveRecord) -> ArchiveRecord | HeldArchive:
        """Begins one, or finds the one that has this id already.

        Raises Reused where that was asked for otherwise, ArchiveUnderWay, and FileExistsError for a name that is taken.
        """
        with self._alone():
            known = self.listed()
            for record in known:
                if record.id == wanted.id:
                    if (record.given, record.film_seconds) != (wanted.given, wanted.film_seconds):
                        raise Reused
                    return record
            return self._begun(wanted, known)

    def begin_closed(self, wanted: ArchiveRecord, needed: Callable[[ArchiveRecord | None], bool]) -> HeldArchive | None:
        """Begins one of a board that was closed, where `needed` says so of the last one that began in this way.

        Raises ArchiveUnderWay and FileExistsError.
        """
        with self._alone():
            known = self.listed()
            last = next((record for record in known if record.by is None), None)
            return self._begun(wanted, known) if needed(last) else None

    def write(self, record: ArchiveRecord) -> None:
        """What there is to say of it now."""
        path = self._records / f"{record.id}.json"
        unfinished = path.with_suffix(f".{secrets.token_hex(4)}")
        try:
            unfinished.write_bytes(msgspec.json.encode(record))
            unfinished.replace(path)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise

    def clear(self, name: str) -> None:
        """Takes away what a process that was killed has left of an archive."""
        for left in self._folder.glob(f"{name}.{_LEFT_OVER}"):
            shutil.rmtree(left, ignore_errors=True)

    def clear_stopped(self) -> None:
        """The same of all that were being made when their gateways died, a machine's too; says so in their records."""
        for path in self._records.glob("*.json"):
            record = self._read(path)
            if record and record.state == "stopped":
                self.clear(record.name)
                self.write(record)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One gateway at a time, for as long as it takes to write a record."""
        self._records.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._records / _REGISTRY, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _begun(self, wanted: ArchiveRecord, known: Sequence[ArchiveRecord]) -> HeldArchive:
        if any(record.state == "running" for record in known):
            raise ArchiveUnderWay
        path = self._folder / wanted.name
        if path.exists() or path.is_symlink():
            raise FileExistsError(0, "there is something of that name already", wanted.name)
        lock = os.open(self._lock(wanted.id), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # nobody else knows of it yet
            self.write(wanted)
        except BaseException:
            os.close(lock)
            raise
        return HeldArchive(wanted, path, lock)

    def _read(self, path: Path) -> ArchiveRecord | None:
        try:
            record = msgspec.json.decode(path.read_bytes(), type=ArchiveRecord)
        except (OSError, msgspec.DecodeError):
            return None  # of another version, or taken away meanwhile
        if record.state == "running" and not self._held(record.id):
            record.state = "stopped"
        return record

    def _held(self, name: str) -> bool:
        try:
            handle = os.open(self._lock(name), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(handle)
        return False

    def _lock(self, name: str) -> Path:
        return self._records / f"{name}.lock"
