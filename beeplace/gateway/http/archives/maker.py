"""Makes archive folders beside the gateway, each in a process of its own: when an organiser asks, and when the drawing
is closed where the settings say so.

The process hears that its gateway has gone by the end of its input, and leaves nothing then.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import blake2s
from typing import Any, Final

import orjson
import structlog

from beeplace.board.entries import Entry
from beeplace.board.state import BoardState
from beeplace.history.folder.registry import ArchiveRecord, ArchiveRegistry, ArchiveUnderWay, HeldArchive
from beeplace.log.replica import Replica
from beeplace.settings.settings import Settings
from beeplace.terminal import INTERRUPTED

_LOOK_SECONDS: Final = 2.0  # between two looks at whether the archive that is being made has ended
_STOP_SECONDS: Final = 2.0  # for a process to leave nothing; then it is killed, and what it left is taken away
_COMMAND: Final = (sys.executable, "-P", "-m", "beeplace", "archive", "--followed")

log = structlog.get_logger("beeplace")


class ArchiveMaker:
    """One for each gateway. Of all gateways that share the folder one makes an archive at a time."""

    def __init__(self, settings: Settings, replica: Replica, wall_ms: Callable[[], int]) -> None:
        self._registry = ArchiveRegistry(settings.archive_folder) if settings.archive_folder else None
        self._when_closed, self._film_seconds = settings.archive_when_closed, settings.archive_film
        self._board, self._wall_ms = replica.board, wall_ms
        self._begun: asyncio.Queue[HeldArchive] = asyncio.Queue(1)  # the registry lets one begin at a time
        self._asking: asyncio.Future[ArchiveRecord] | None = None
        self._was_closed = replica.board.state.read_only
        self._closed_by: int | None = None  # the first of the entries one of which closed the board
        self._closed = asyncio.Event()
        if self._was_closed:
            self._closed.set()
        replica.follow(self.follow)

    @property
    def possible(self) -> bool:
        """Whether there is a folder to put archives into."""
        return self._registry is not None

    async def listed(self) -> list[ArchiveRecord]:
        """What was asked for, the last one first."""
        return await asyncio.to_thread(self._registry.listed) if self._registry else []

    async def ask(self, key: str, by: str, name: str | None, film_seconds: float | None) -> ArchiveRecord:
        """Begins an archive, or tells of the one that was asked for under this key.

        Raises Reused, ArchiveUnderWay, FileExistsError and OSError.
        """
        assert self._registry
        wanted = self._wanted(blake2s(key.encode(), digest_size=16).hexdigest(), by, name, film_seconds)
        # What has begun is made, also where nobody waits for the answer any more.
        self._asking = asyncio.ensure_future(self._asked(self._registry, wanted))
        return await asyncio.shield(self._asking)

    async def _asked(self, registry: ArchiveRegistry, wanted: ArchiveRecord) -> ArchiveRecord:
        begun = await asyncio.to_thread(registry.begin, wanted)
        if isinstance(begun, HeldArchive):
            self._begun.put_nowait(begun)
            return begun.record
        return begun

    def follow(self, entries: Sequence[Entry], state: BoardState) -> None:
        """Sees the drawing closed: a follower of the replica."""
        if state.read_only and not self._was_closed and entries:
            self._closed_by = entries[0].seq
            self._closed.set()
        self._was_closed = state.read_only

    async def run(self) -> None:
        """Makes what was asked for until its owner cancels it; what is being made is stopped then."""
        if self._registry:
            try:
                await asyncio.to_thread(self._registry.clear_stopped)
            except OSError as error:
                log.error("what was left of archives cannot be taken away", why=error.strerror)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._make_all())
            if self._when_closed:
                group.create_task(self._begin_when_closed())

    async def _make_all(self) -> None:
        while True:
            held = await self._begun.get()
            try:
                await self._make(held)
            finally:
                os.close(held.lock)

    async def _begin_when_closed(self) -> None:
        while True:
            await self._closed.wait()
            self._closed.clear()
            while self._board.state.read_only:
                try:
                    if held := await asyncio.to_thread(self._begin_closed):
                        self._begun.put_nowait(held)
                    break
                except ArchiveUnderWay:
                    await asyncio.sleep(_LOOK_SECONDS)
                except OSError as error:
                    log.error("no archive of the closed board can be made", why=error.strerror)
                    break

    def _begin_closed(self) -> HeldArchive | None:
        assert self._registry
        closed_by = self._closed_by

        def needed(last: ArchiveRecord | None) -> bool:
            """Another gateway may have seen it closed, too. At a start nobody saw it: what did not end begins anew."""
            return last is None or (last.state == "stopped" if closed_by is None else last.seq < closed_by)

        wanted = self._wanted(secrets.token_hex(16), None, None)
        return self._registry.begin_closed(wanted, needed)

    def _wanted(self, name: str, by: str | None, given: str | None, film_seconds: float | None = None) -> ArchiveRecord:
        if film_seconds is None:
            film_seconds = self._film_seconds
        now = datetime.fromtimestamp(self._wall_ms() / 1000, UTC)
        called = given or f"{now:%Y-%m-%d-%H%M%S}-{name[:6]}"
        at = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return ArchiveRecord(name, called, given, by, at, film_seconds, self._board.state.seq)

    async def _make(self, held: HeldArchive) -> None:
        record, registry = held.record, self._registry
        assert registry
        log.info("an archive is begun", name=record.name, by=record.by, seq=record.seq)
        try:
            record.state, record.error = await self._worked(held, registry)
        except asyncio.CancelledError:
            record.state = "stopped"
            raise
        except OSError as error:  # there are no more processes, say
            record.state, record.error = "failed", error.strerror
        finally:
            await asyncio.shield(asyncio.to_thread(_end, registry, held))
            log.info("an archive has ended", name=record.name, state=record.state, error=record.error)

    async def _worked(self, held: HeldArchive, registry: ArchiveRegistry) -> tuple[Any, str | None]:
        """State and error at the end."""
        record = held.record
        process = await asyncio.create_subprocess_exec(
            *_COMMAND, "--film", f"{record.film_seconds:g}", "--", str(held.path),
            stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True,
        )  # fmt: skip
        try:
            assert process.stdout
            assert process.stderr
            said = asyncio.ensure_future(process.stderr.read())
            async for line in process.stdout:
                told = orjson.loads(line)
                record.step, record.share = told.get("step", record.step), told.get("share", record.share)
                record.seq = told.get("seq", record.seq)
                with suppress(OSError):  # a full disk is told by the process itself
                    await asyncio.to_thread(registry.write, record)
            code = await process.wait()
            lines = (await said).decode(errors="replace").strip().splitlines() or [f"exit code {code}"]
        finally:
            await _ended(process)
        if code == 0:
            return "done", None
        if code == INTERRUPTED or code < 0:
            return "stopped", None
        return "failed", lines[-1].removeprefix("beeplace: ")


def _end(registry: ArchiveRegistry, held: HeldArchive) -> None:
    if held.record.state != "done":
        registry.clear(held.record.name)
    try:
        registry.write(held.record)
    except OSError as error:  # without it, the record counts as stopped
        log.error("the end of an archive cannot be written down", name=held.record.name, why=error.strerror)


async def _ended(process: Process) -> None:
    """However it went, also where the gateway stops."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
