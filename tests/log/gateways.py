"""Gateways without their sockets: one log, and for each a board, a feed, commits and a bus on a real Redis."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import redis

from beeplace.board.board import Board
from beeplace.board.rules import Answer, PlacementRequest, decide
from beeplace.log.commit_loop import CommitLoop
from beeplace.log.committed import Committed
from beeplace.log.redis.bus import RedisBus
from beeplace.log.redis.codec import Seal
from beeplace.log.replica import Replica
from beeplace.log.store import FactsNeeded, Store
from tests.log.desk import DEADLINE_SECONDS
from tests.log.samples import Session
from tests.redis import RedisServer
from tests.waiting import until

SECRET = b"a secret of the database's own.."
ALWAYS = 86_400.0  # seconds between two looks into the log: it is read only when something seems to be missing


class Gateway:
    """What commits and what hears; `heard` has all that the bus said, None included."""

    def __init__(self, url: str, store: Store, board: Board, name: str, secret: bytes = SECRET) -> None:
        self.store, self.board, self.replica = store, board, Replica(board, store)
        self.bus = RedisBus(url, board, secret, secrets.token_hex(8), name)
        self.commits = CommitLoop(
            store=store, board=board, replica=self.replica, bus=self.bus, measure=lambda _, __: None
        )
        self.heard: list[Committed | None] = []
        self.people: set[bytes] = set()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self.bus.run(self._hear, lambda: self.people)),
            asyncio.create_task(self.replica.run(lambda: ALWAYS)),
            asyncio.create_task(self.commits.run()),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        assert all(isinstance(e, asyncio.CancelledError) for e in ended), ended

    def _hear(self, news: Committed | None) -> None:
        self.heard.append(news)
        self.replica.hear(news)

    async def place(self, *placements: PlacementRequest) -> list[Answer]:
        """Asks the commit loop, and returns what it answered."""
        answers: list[asyncio.Future[Answer]] = [asyncio.get_running_loop().create_future() for _ in placements]
        for placement, answer in zip(placements, answers, strict=True):
            self.commits.place(placement, answer.set_result)
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await asyncio.gather(*answers)

    async def place_silently(self, *placements: PlacementRequest) -> Committed:
        """A commit that nobody else is told of, and what could have been told."""
        question = FactsNeeded(frozenset(p.identity for p in placements), board=self.board)
        decision = await self.store.commit(question, lambda facts: decide(placements, facts))
        news = Committed(decision.entries, decision.state, decision.allowances)
        assert self.replica.take(news)
        return news

    def news(self) -> list[Committed]:
        """What was heard, in its order."""
        return [news for news in self.heard if news]


class Pair:
    """Two gateways of one board, and what Redis has of it."""

    def __init__(self, server: RedisServer, name: str, gateways: Sequence[Gateway]) -> None:
        self.server, self.gateways = server, gateways
        self.one, self.two = gateways
        self.key, self.state, self.channel = (f"{{{name}}}:{part}" for part in ("board", "state", "news"))
        self.name = name

    def seal(self, secret: bytes = SECRET) -> Seal:
        """What the gateways know each other by, or what somebody has who knows another secret."""
        return Seal(secret, self.name, lambda: self.one.board.state.term)

    async def settled(self) -> None:
        """Both connected, with the same board, and the bitfield like it."""
        await until(lambda: all(not g.bus.failing for g in self.gateways))
        await until(self.same)
        await until(self.right)

    def same(self) -> bool:
        one, two = ((g.board.state, g.board.pixels, g.board.allowances) for g in self.gateways)
        return one == two

    def right(self, server: RedisServer | None = None) -> bool:
        """Whether the bitfield is that of the first gateway's board, read as any reader would."""
        server, board = server or self.server, self.one.board
        try:
            content, state = server.command("GET", self.key), server.command("HGETALL", self.state)
        except redis.ResponseError:  # another type
            return False
        wanted = {
            b"epoch": board.state.epoch, b"seq": board.state.seq,
            b"width": board.state.width, b"height": board.state.height,
        }  # fmt: skip
        wanted_text = {key: str(value).encode() for key, value in wanted.items()}
        return bool(state == wanted_text and content == bytes(board.pixels))


@asynccontextmanager
async def pair(server: RedisServer, folder: Path, *urls: str, name: str | None = None) -> AsyncIterator[Pair]:
    """Two gateways that have found each other, on a board of its own name; at these addresses of that server."""
    session, name = Session(folder), name or secrets.token_hex(8)
    await session.open()
    boards = zip((session.board, session.board.twin()), urls or 2 * (server.url(),), strict=True)
    both = Pair(server, name, [Gateway(url, session.store, board, name) for board, url in boards])
    for gateway in both.gateways:
        gateway.start()
    try:
        await both.settled()
        await until(lambda: all(g.bus.gateways for g in both.gateways))
        yield both
    finally:
        for gateway in both.gateways:
            await gateway.stop()
        await session.store.close()


@contextmanager
def paused(server: RedisServer) -> Iterator[None]:
    """A server that hangs: its connections stay open, and nothing answers."""
    server.pause()
    try:
        yield
    finally:
        server.resume()
