"""What befalls a board as a whole: a rehearsal beside it, an older copy put back, a file taken away, a nameless boot.

Each function plays one such story with real servers and gives its violations, sentences that begin with what was
broken. They are no part of the random mix: an older copy loses what was confirmed, and is right to.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Literal

import aiohttp

from tests import preloaded
from tests.chaos.site import ROOT, Shape
from tests.clients.canvas import Canvas
from tests.clients.http import LOST
from tests.clients.phone import Phone
from tests.postgres import PostgresServer
from tests.redis import RedisServer
from tests.servers import ServerProcess

SIDE = 32
SHOWN_SECONDS = 10.0
NOTICED_SECONDS = 8.0  # promised are 5
COMMAND_SECONDS = 60
COOLDOWN_SECONDS = 60
TRIES = 5
CLOCK_SECONDS = 0.01  # of rounding
OURS, THEIRS = 1, 2  # colours
SETTINGS: dict[str, object] = {
    "BOARD_SIZE": SIDE, "COOLDOWN": 0, "BOARD_REFRESH_RATE": 50, "SOCKET_EVENTS_PER_SECOND": 1_000,
}  # fmt: skip
Origin = Literal["restored", "cloned"]
Loss = Literal["wal", "replaced"]


class Served(ServerProcess):
    """A gateway, with a planted fault if one is named."""

    def __init__(self, folder: Path, planted: str, *, nameless_boot: bool = False, **settings: object) -> None:
        self.command = Shape(planted=planted, nameless_boot=nameless_boot).command()
        super().__init__(folder, PYTHONPATH=ROOT, **{**SETTINGS, **settings})

    def end(self) -> None:
        """Ends it, if it runs."""
        if self.process.poll() is None:
            self.kill()

    def run(self, command: str, *arguments: str) -> int:
        """The exit code of a command of BeePlace with the same settings."""
        return preloaded.run(self.folder, self.environment, COMMAND_SECONDS, command, *arguments).returncode


class Viewer:
    """Somebody who places and follows the board, and comes back with the position that was shown last."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self.canvas = Canvas()
        self.fingerprint = ""

    @asynccontextmanager
    async def at(self, url: str) -> AsyncIterator[Phone]:
        """A connection to that gateway."""
        phone = Phone(url, canvas=self.canvas)
        phone.on_gap = lambda: None  # what is lacking shows
        try:
            await phone.open()
            named = {"fingerprint": self.fingerprint} if self.fingerprint else {}
            assert "initialState" in await phone.resume(**named)
            yield phone
        finally:
            await phone.close()

    async def shows(self, seq: int) -> bool:
        """Waits until it has that change."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SHOWN_SECONDS):
                while self.canvas.seq < seq:  # noqa: ASYNC110  # a canvas sets no event
                    await asyncio.sleep(0.02)
        return self.canvas.seq >= seq


async def place(socket: Phone, places: range, color: int) -> list[int]:
    """Places that colour at those offsets; the offsets that were confirmed."""
    confirmed = []
    for offset in places:
        with suppress(*LOST):
            answer = await socket.call("pixelFromPlayer", {"x": offset % SIDE, "y": offset // SIDE, "color": color})
            if answer["ok"]:
                confirmed.append(offset)
    return confirmed


async def board(http: aiohttp.ClientSession, url: str) -> bytes:
    """What a gateway shows."""
    async with http.get(f"{url}/api/board") as response:
        return await response.read()


async def rehearsal(origin: Origin, planted: str, folder: Path) -> list[str]:
    """A copy of production's database is served beside it, on another database of the same Redis."""
    with PostgresServer() as postgres, RedisServer() as redis:
        production = Served(folder / "production", planted, DATABASE_URL=postgres.url("show"), REDIS_URL=redis.url(0))
        servers = [production]
        try:
            async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
                viewer = Viewer(http)
                async with viewer.at(production.url) as socket:
                    await place(socket, range(10), OURS)
                copied = await asyncio.to_thread(_copy, origin, production, postgres)
                second = Served(folder / "rehearsal", planted, DATABASE_URL=copied, REDIS_URL=redis.url(1))
                servers.append(second)
                return await _side_by_side(http, viewer, production, second)
        except LOST as error:
            return [f"down: {error}"]
        finally:
            for server in servers:
                server.end()


def _copy(origin: Origin, production: Served, postgres: PostgresServer) -> str:
    """The address of the copy. To be cloned, a database must be at rest."""
    if origin == "restored":
        address = postgres.url("rehearsal")
        file = str(production.folder / "backup")
        assert production.run("backup", file) == 0
        production.set(DATABASE_URL=address)
        assert production.run("restore", file) == 0
        production.set(DATABASE_URL=postgres.address("show"))
        return address
    production.stop()
    postgres.sql('CREATE DATABASE rehearsal TEMPLATE "show"')
    production.start()
    return postgres.address("rehearsal")


async def _side_by_side(http: aiohttp.ClientSession, viewer: Viewer, production: Served, second: Served) -> list[str]:
    wrong, other = set[str](), Viewer(http)
    async with viewer.at(production.url) as ours, other.at(second.url) as theirs:
        rest, mine = list[int](), list[int]()
        for row in range(2, 12):
            # A restore has an entry more: production goes first, so that what is said there could follow here.
            mine += await place(ours, range(row * SIDE + 8, row * SIDE + 12), OURS)
            rest += await place(theirs, range(row * SIDE, row * SIDE + 4), THEIRS)
            wrong |= _strangers("production", THEIRS, await board(http, production.url), viewer)
            wrong |= _strangers("the rehearsal", OURS, await board(http, second.url), other)
        if len(rest) + len(mine) < 80:
            wrong.add(f"stopped: of 40 placements each {len(mine)} were taken here and {len(rest)} there")
        for server in (production, second):
            async with http.get(f"{server.url}/ready") as response:
                if response.status != 200:
                    wrong.add(f"down: {server.folder.name} is not ready: {await response.text()}")
    if await asyncio.to_thread(production.run, "verify"):
        wrong.add("false: beeplace verify finds faults in production")
    return sorted(wrong)


def _strangers(name: str, color: int, shown: bytes, viewer: Viewer) -> set[str]:
    """Whether a gateway, or somebody who follows it, shows a colour that only the other board has."""
    seen = {name: shown, f"a screen of {name}": bytes(viewer.canvas.pixels)}
    return {
        f"false: {what} shows pixels of the other board" for what, pixels in seen.items() if color in pixels[2 * SIDE :]
    }


async def older_copy(store: str, planted: str, folder: Path) -> list[str]:
    """An older copy of the database is put back; somebody returns who has seen what it lacks."""
    if store == "sqlite":
        return await _older_copy(Served(folder, planted), _Files(folder / "data" / "beeplace.db"))
    with PostgresServer() as postgres, RedisServer() as redis:
        server = Served(folder, planted, DATABASE_URL=postgres.url("show"), REDIS_URL=redis.url())
        return await _older_copy(server, _Databases(postgres))


class _Files:
    """An SQLite database that is at rest, and its copy."""

    def __init__(self, file: Path) -> None:
        self._file, self._copy = file, file.with_name("copy")

    def keep(self) -> None:
        shutil.copy(self._file, self._copy)

    def put_back(self) -> None:
        for name in ("-wal", "-shm"):
            self._file.with_name(self._file.name + name).unlink(missing_ok=True)
        shutil.copy(self._copy, self._file)


class _Databases:
    """A PostgreSQL database that is at rest, and its copy."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    def keep(self) -> None:
        self._server.sql('CREATE DATABASE "copy" TEMPLATE "show"')

    def put_back(self) -> None:
        self._server.sql('DROP DATABASE "show"')
        self._server.sql('ALTER DATABASE "copy" RENAME TO "show"')


async def _older_copy(server: Served, copies: _Files | _Databases) -> list[str]:
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            viewer = Viewer(http)
            async with viewer.at(server.url) as socket:
                await place(socket, range(10), OURS)
            await asyncio.to_thread(server.stop)
            await asyncio.to_thread(copies.keep)
            await asyncio.to_thread(server.start)
            async with viewer.at(server.url) as socket:  # what the copy lacks
                await place(socket, range(2 * SIDE, 2 * SIDE + 20), OURS)
                await viewer.shows(30)
            await asyncio.to_thread(server.stop)
            await asyncio.to_thread(copies.put_back)
            await asyncio.to_thread(server.start)
            async with Viewer(http).at(server.url) as socket:  # another history, and a longer one
                taken = await place(socket, range(4 * SIDE, 4 * SIDE + 25), THEIRS)
            if len(taken) < 25:
                return [f"stopped: {len(taken)} of 25 placements were taken after an older copy was put back"]
            async with viewer.at(server.url) as socket:
                await place(socket, range(1), THEIRS)
                await viewer.shows(36)
                shown, wanted = bytes(viewer.canvas.pixels), await board(http, server.url)
            count = sum(a != b for a, b in zip(shown, wanted, strict=True))
            return [f"diverged: {count} wrong pixels after an older copy was put back"] if count else []
    finally:
        server.end()


async def file_lost(loss: Loss, planted: str, folder: Path) -> list[str]:
    """The file of a running gateway is taken from under it; what it confirms from then on is there after a crash."""
    server = Served(folder, planted)
    file = folder / "data" / "beeplace.db"
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            async with Viewer(http).at(server.url) as socket:
                await place(socket, range(10), OURS)
                _lose(loss, file)
                after, is_refused = await _place_until_refused(socket)
            server.kill()
            wrong = [] if is_refused else [f"unnoticed: placements were taken for {NOTICED_SECONDS} s after a loss"]
            with suppress(AssertionError):  # a gateway that does not start on what is left of it confirms nothing
                await asyncio.to_thread(server.start)
                found = await board(http, server.url)
                if lost := [offset for offset in after if found[offset] != OURS]:
                    wrong.append(f"lost: {len(lost)} of {len(after)} that were confirmed after the loss")
            return wrong
    finally:
        server.end()


def _lose(loss: Loss, file: Path) -> None:
    if loss == "wal":
        file.with_name(file.name + "-wal").unlink()
        return
    other = file.with_name("other")
    shutil.copy(file, other)
    other.replace(file)


async def _place_until_refused(socket: Phone) -> tuple[list[int], bool]:
    """What was confirmed, and whether it came to a refusal in time."""
    until, confirmed = time.monotonic() + NOTICED_SECONDS, list[int]()
    for offset in range(2 * SIDE, SIDE * SIDE):
        if time.monotonic() > until:
            break
        taken = await place(socket, range(offset, offset + 1), OURS)
        if not taken:
            return confirmed, True
        confirmed += taken
        await asyncio.sleep(0.02)
    return confirmed, False


async def nameless_boot(planted: str, folder: Path) -> list[str]:
    """The system hides the boot's name; a window that is opened on one gateway is tried on another."""
    with PostgresServer() as postgres:
        settings = {"DATABASE_URL": postgres.url("show"), "COOLDOWN": COOLDOWN_SECONDS, "MAX_PIXELS": 1}
        first = Served(folder / "first", planted, nameless_boot=True, **settings)
        second = None
        try:
            second = Served(folder / "second", planted, nameless_boot=True, **settings)
            async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
                return await _early_window(http, second.url, first.url)
        finally:
            first.end()
            if second:
                second.end()


async def _early_window(http: aiohttp.ClientSession, opened_at: str, tried_at: str) -> list[str]:
    viewer = Viewer(http)
    viewer.fingerprint = "one person"
    async with viewer.at(opened_at) as socket:
        began = time.monotonic()
        assert await place(socket, range(1), OURS)
    ends = []
    async with viewer.at(tried_at) as socket:
        for _ in range(TRIES):
            answer = await socket.call("pixelFromPlayer", {"x": 1, "y": 1, "color": OURS})
            ends.append(time.monotonic() - began + answer.get("retryIn", 0) / 1000)
    early = min(ends) < COOLDOWN_SECONDS - CLOCK_SECONDS  # all that takes time here makes it later
    return [f"allowance: a window of {COOLDOWN_SECONDS} s ends after {min(ends):.2f} s elsewhere"] if early else []


STORIES: dict[str, Callable[[Path], Coroutine[None, None, list[str]]]] = {
    "a rehearsal from a backup beside production": lambda folder: rehearsal("restored", "", folder),
    "a rehearsal from a cloned database beside production": lambda folder: rehearsal("cloned", "", folder),
    "an older copy put back, SQLite": lambda folder: older_copy("sqlite", "", folder),
    "an older copy put back, PostgreSQL": lambda folder: older_copy("postgresql", "", folder),
    "a WAL deleted under a gateway": lambda folder: file_lost("wal", "", folder),
    "a file replaced under a gateway": lambda folder: file_lost("replaced", "", folder),
    "a boot whose name is hidden": lambda folder: nameless_boot("", folder),
}
