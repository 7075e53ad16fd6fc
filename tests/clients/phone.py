"""A participant's client: a Socket.IO session that joins, places, and keeps a board equal to the server's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from tests.clients.canvas import Canvas
from tests.clients.session import Session


class Phone(Session):
    """One client. Its canvas outlives its connections, and `resume` joins with what the canvas has.

    `on_gap` is called where a batch leaves a gap; by default that is a failure, for a client that reads all the time
    is never left one. `sync` and `cut` are other answers to it.
    """

    def __init__(
        self, url: str, headers: Mapping[str, str] | None = None, *, canvas: Canvas | None = None, **options: Any
    ) -> None:
        super().__init__(url, headers, **options)
        self.canvas = canvas or Canvas()
        self.on_gap: Callable[[], None] = _unexpected
        self.joined = False
        self._syncing = False

    @property
    def board(self) -> bytearray:
        """The pixels that it shows."""
        return self.canvas.pixels

    @property
    def epoch(self) -> str:
        """Of its board."""
        return self.canvas.epoch

    @property
    def seq(self) -> int:
        """Of its board; -1 before it has joined."""
        return self.canvas.seq

    async def open(self) -> None:
        """A new connection, which has not joined."""
        self.joined = self._syncing = False
        await super().open()

    async def join(self, payload: Any = None) -> dict[str, Any]:
        """Joins as an original client or with an object; the initial state."""
        answer = await self.call("join", {} if payload is None else payload, then=self.begin)
        assert "initialState" in answer, answer
        state: dict[str, Any] = answer["initialState"]
        return state

    async def resume(self, **more: Any) -> Any:
        """Joins where the canvas is; the answer, which may be a refusal."""
        return await self.call("join", {**self.canvas.wanted(), **more}, then=self.begin)

    async def place(self, x: int, y: int, color: int, **more: Any) -> Any:
        """Places a pixel; the answer."""
        return await self.call("pixelFromPlayer", {"x": x, "y": y, "color": color, **more})

    async def reached(self, seq: int) -> None:
        """Waits until this client has every change up to `seq`."""
        await self.until(lambda: self.seq >= seq)

    def sync(self) -> None:
        """Asks for what was missed; once at a time."""
        if not self._syncing:
            self._syncing = True
            self.request("sync", {"epoch": self.epoch, "seq": self.seq}, then=self._synced)

    def event_heard(self, told: list[Any]) -> None:
        """Follows the board; the event is kept as every other one."""
        if told[0] == "u" and self.joined and self.canvas.hear(*told[1:]) == "sync":
            self.on_gap()
        elif told[0] == "resetBoard" and self.joined:
            self.canvas.empty(told[2])
        super().event_heard(told)

    def begin(self, answer: dict[str, Any]) -> None:
        """Takes the answer to a join in."""
        if state := answer.get("initialState"):
            self.canvas.begin(state)
            self.joined = True

    def _synced(self, answer: dict[str, Any]) -> None:
        self._syncing = False
        if "code" not in answer:
            self.canvas.catch_up(answer)


def _unexpected() -> None:
    raise AssertionError("a batch that leaves a gap, or of another epoch")


@asynccontextmanager
async def dial(url: str, headers: Mapping[str, str] | None = None, **options: Any) -> AsyncIterator[Phone]:
    """A connected phone that has not joined."""
    phone = Phone(url, headers, **options)
    await phone.open()
    try:
        yield phone
    finally:
        await phone.close()
    phone.check()
