"""All servers of a run: gateways that are started again whenever they end, and what they stand on.

Each gateway reaches Redis and PostgreSQL over a proxy of its own, and has one before it for some of its clients.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.chaos.links.proxy import Proxy
from tests.chaos.links.redis_link import RedisLink
from tests.ports import free_port
from tests.postgres import PostgresServer
from tests.redis import RedisServer
from tests.servers import ServerProcess

ROOT = Path(__file__).resolve().parent.parent.parent
SIDE = 128
MAX_PIXELS, COOLDOWN_SECONDS = 3, 2
POLL_SECONDS = 0.02
START_SECONDS = 60.0
ON_THE_WAY_OUT, OUT_SECONDS = ("draining", "keeping"), 1.0
AGAIN_SECONDS = 0.2  # between two starts, where the first did not come to listen
# A file system of its own, as systemd's ProcSubset=pid makes one, in which the kernel's names are not there. An
# ordinary user may do so as the root of a namespace of users.
NAMELESS_BOOT = (
    "unshare", *(() if os.geteuid() == 0 else ("--map-root-user",)), "--mount",
    "sh", "-c", 'mount -t tmpfs none /proc/sys/kernel/random && exec "$@"', "sh",
)  # fmt: skip
ENDS_WELL = (0, -9, 70)  # drained, killed, or drained no longer than it may


class Life(ServerProcess):
    """A gateway that is started when it is told to, not when it is made."""

    def __init__(self, folder: Path, command: tuple[str, ...], **settings: object) -> None:
        self.command = command
        self._is_made = False
        super().__init__(folder, **settings)
        self._is_made = True

    def start(self) -> None:
        if self._is_made:
            super().start()


@dataclass(frozen=True, slots=True)
class Links:
    """The proxies of one gateway: before it, and between it and what it stands on."""

    clients: Proxy
    redis: RedisLink | None = None
    database: Proxy | None = None

    def __str__(self) -> str:
        links = {"clients": self.clients, "redis": self.redis, "database": self.database}
        return ", ".join(f"{name}: {link}" for name, link in links.items() if link)

    def heal(self) -> None:
        """All of them work."""
        for link in (self.clients, self.redis, self.database):
            if link:
                link.heal()


class Gateway:
    """One gateway and its links. `crash_at` is the point at which its next life ends, if it comes that far."""

    def __init__(self, folder: Path, command: tuple[str, ...], settings: dict[str, object], links: Links) -> None:
        self.port, self.links = links.clients.server, links
        self.crash_at = ""
        self.next_crash: Callable[[], str] = str
        self.is_listening = False
        self.is_closing = False
        self.was_killed = False
        self.ends: Counter[int] = Counter()
        self.crashes: Counter[str] = Counter()
        self.failed_starts = 0
        self.server = Life(folder, command, PORT=self.port, PYTHONPATH=ROOT, **settings)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def proxied_url(self) -> str:
        return f"http://127.0.0.1:{self.links.clients.port}"

    async def live(self, changed: Callable[[], None]) -> None:
        """Runs it, again and again; `changed` is called when it listens and when it does no longer."""
        while not self.is_closing:
            self.crash_at, self.was_killed = self.next_crash(), False
            try:
                await asyncio.to_thread(self._start)
            except AssertionError:
                self._close()
                self.failed_starts += 1
                if self.server.process.returncode == -9:  # killed while it started
                    self.ends[-9] += 1
                    self.crashes[self.crash_at.split(":")[0]] += not self.was_killed
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            self.is_listening = True
            changed()
            self._lead_to_its_end()
            code = await self._ended()
            self.is_listening = False
            if code == -9 and not self.was_killed:
                self.crashes[self.crash_at.split(":")[0]] += 1
            changed()
            self.ends[code] += 1

    def _lead_to_its_end(self) -> None:
        """A life that is to end while it drains is told to."""
        if self.crash_at.split(":")[0] in ON_THE_WAY_OUT:
            # Popen sends nothing to a process that has ended.
            asyncio.get_running_loop().call_later(OUT_SECONDS, self.server.process.send_signal, signal.SIGTERM)

    def _start(self) -> None:
        self.server.set(CRASH_AT=self.crash_at)
        self.server.start()

    async def _ended(self) -> int:
        while (code := self.server.process.poll()) is None:  # noqa: ASYNC110  # a process sets no event
            await asyncio.sleep(POLL_SECONDS)
        self._close()
        return code

    def _close(self) -> None:
        if self.server.process.stdout:
            self.server.process.stdout.close()

    async def is_back(self, ends: int) -> None:
        """Waits until it listens in a later life than that which was the last when it had ended so often."""
        while not (self.is_listening and self.ends.total() > ends):  # noqa: ASYNC110  # a process sets no event
            await asyncio.sleep(POLL_SECONDS)

    def state(self) -> str:
        """For people who look for the reason of something."""
        lines = self.server.log.read_text(errors="replace").strip().splitlines() or [""]
        return f"gateway {self.port}: {lines[-1]} ({self.links})"

    def send(self, number: int) -> None:
        """A signal, if it runs."""
        if hasattr(self.server, "process") and self.server.process.poll() is None:
            self.was_killed |= number == signal.SIGKILL
            self.server.process.send_signal(number)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a run is made of: "sqlite" has one gateway, "postgresql" several and Redis; `planted` is a fault."""

    store: str = "postgresql"
    gateways: int = 2
    planted: str = ""
    settings: dict[str, object] = field(default_factory=dict)
    nameless_boot: bool = False  # the system does not tell gateways which boot of the machine this is
    postgres: PostgresServer | None = None  # one that runs already, for runs that leave it alone
    next_crash: Callable[[int], Callable[[], str]] = lambda _: str  # for each gateway what draws its ends

    def command(self) -> tuple[str, ...]:
        """What starts a gateway."""
        planted = (sys.executable, "-m", "tests.chaos.faults.faulty", self.planted)
        command = planted if self.planted else ServerProcess.command
        return (*NAMELESS_BOOT, *command) if self.nameless_boot else command


class Site:
    """Everything that serves; entered, it runs, and `changed` is called whenever a gateway comes or goes."""

    def __init__(self, shape: Shape, folder: Path, randomness: random.Random, changed: Callable[[], None]) -> None:
        self.shape, self.folder, self.random, self.changed = shape, folder, randomness, changed
        self.postgres: PostgresServer | None = None
        self.redis: RedisServer | None = None
        self.gateways: list[Gateway] = []
        self.actions: list[tuple[int, int]] = []  # kind and seq of what organisers were told that they had done
        self.unreplicated: list[tuple[int, int]] = []  # when commits could not reach the standby that they wait for
        self.database_name = f"chaos_{secrets.token_hex(6)}"
        self._closing = AsyncExitStack()
        self._lives: list[asyncio.Task[None]] = []

    @property
    def database(self) -> Path:
        """The file of a run on SQLite."""
        return self.folder / "gateway0" / "data" / "beeplace.db"

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._closing.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._closing.aclose()

    async def _start(self) -> None:
        if self.shape.store == "postgresql":
            postgres = self.shape.postgres
            if postgres is None:
                postgres = await asyncio.to_thread(PostgresServer)
                self._closing.callback(postgres.end)
            await asyncio.to_thread(postgres.url, self.database_name)
            self.postgres = postgres
            self.redis = await asyncio.to_thread(RedisServer)
            self._closing.callback(self.redis.end)
        for index in range(self.shape.gateways if self.postgres else 1):
            self.gateways.append(await self._gateway(index))
        self._closing.push_async_callback(self._end)
        self._lives = [asyncio.create_task(gateway.live(self.changed)) for gateway in self.gateways]
        async with asyncio.timeout(START_SECONDS):
            await self.all_listen()

    async def _gateway(self, index: int) -> Gateway:
        settings: dict[str, object] = {
            "BOARD_SIZE": SIDE, "MAX_PIXELS": MAX_PIXELS, "COOLDOWN": COOLDOWN_SECONDS, "LOG_LEVEL": "warning",
            "HANDSHAKES_PER_SECOND": 10_000, "SOCKET_EVENTS_PER_SECOND": 1_000, **self.shape.settings,
        }  # fmt: skip
        clients = await self._closing.enter_async_context(Proxy(free_port(), self.random))
        if not (self.postgres and self.redis):
            return self._made(index, settings, Links(clients))
        database = await self._closing.enter_async_context(Proxy(self.postgres.port, self.random))
        redis = await self._closing.enter_async_context(RedisLink(self.redis.port, self.random))
        settings["DATABASE_URL"] = self.postgres.address(self.database_name, port=database.port)
        settings["REDIS_URL"] = self.redis.url(port=redis.port)
        return self._made(index, settings, Links(clients, redis, database))

    def _made(self, index: int, settings: dict[str, object], links: Links) -> Gateway:
        gateway = Gateway(self.folder / f"gateway{index}", self.shape.command(), settings, links)
        gateway.next_crash = self.shape.next_crash(index)
        return gateway

    async def all_listen(self) -> None:
        """Waits until every gateway does; as long as the caller has patience."""
        while not all(gateway.is_listening for gateway in self.gateways):
            for life in self._lives:
                if life.done():
                    life.result()
            await asyncio.sleep(POLL_SECONDS)

    async def _end(self) -> None:
        for gateway in self.gateways:
            gateway.is_closing = True
        while not all(life.done() for life in self._lives):
            for gateway in self.gateways:
                gateway.send(9)
            await asyncio.sleep(POLL_SECONDS)

    def urls(self) -> list[str]:
        """Where clients may go now: straight to each gateway, and over its proxy."""
        up = [gateway for gateway in self.gateways if gateway.is_listening]
        return [g.url for g in up] * 2 + [g.proxied_url for g in up]

    def heal(self) -> None:
        """Every link works."""
        for gateway in self.gateways:
            gateway.links.heal()
