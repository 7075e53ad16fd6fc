"""A client that speaks raw Socket.IO over aiohttp's WebSocket, so that tests choose every byte of a payload."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp

DEADLINE_SECONDS = 30.0


class Closed(Exception):
    """The server has closed the socket."""


class Phone:
    """One connected socket. It keeps what it was told and draws its own board from that."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.told: list[list[Any]] = []  # events that nobody has asked for yet
        self.answers: dict[int, Any] = {}
        self.texts: list[str] = []  # every frame, as it came
        self.board = bytearray()
        self.width = 0
        self.epoch, self.seq = "", -1
        self.asks = False  # whether the test expects another name of the epoch, for which a client asks
        self.lost = False
        self._asked = 0

    # saying

    async def send(self, text: str) -> None:
        """One text frame, as it is."""
        await self.ws.send_str(text)

    async def emit(self, event: str, *arguments: Any) -> None:
        """An event without an acknowledgement."""
        await self.send("42" + json.dumps([event, *arguments]))

    async def ask(self, event: str, literal: str) -> Any:
        """An event whose arguments are given as JSON text; its answer."""
        self._asked += 1
        mine = self._asked
        await self.send(f'42{mine}["{event}"{"," if literal else ""}{literal}]')
        return await self.answer(mine)

    async def answer(self, asked: int) -> Any:
        """The acknowledgement with that id."""
        await self.until(lambda: asked in self.answers)
        return self.answers.pop(asked)

    async def call(self, event: str, *arguments: Any) -> Any:
        """An event; its answer."""
        return await self.ask(event, ",".join(map(json.dumps, arguments)))

    async def join(self, payload: Any = None) -> dict[str, Any]:
        """Joins as an original client or with an object; the initial state."""
        answer = await self.call("join", {} if payload is None else payload)
        assert "initialState" in answer, answer
        state: dict[str, Any] = answer["initialState"]
        self._begin(state)
        return state

    async def place(self, x: int, y: int, color: int, **more: Any) -> Any:
        """Places a pixel; the answer."""
        return await self.call("pixelFromPlayer", {"x": x, "y": y, "color": color, **more})

    async def sync(self) -> dict[str, Any]:
        """Asks for what it missed; the answer."""
        told: dict[str, Any] = await self.call("sync", {"epoch": self.epoch, "seq": self.seq})
        if "initialState" in told:
            self._begin(told["initialState"])
        else:
            self._draw(told["pixels"])
            self.epoch, self.seq = told["epoch"], told["to"]
        return told

    # hearing

    async def until(self, done: Callable[[], bool]) -> None:
        """Takes in what comes until something holds. Fails after the deadline. Raises Closed."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not done():
                await self._take()

    async def event(self, name: str) -> list[Any]:
        """The arguments of the next event of that name that was not asked for yet."""
        await self.until(lambda: any(told[0] == name for told in self.told))
        found = next(told for told in self.told if told[0] == name)
        self.told.remove(found)
        return found[1:]

    async def closed(self) -> int | None:
        """Waits for the end; the close code."""
        with suppress(Closed):
            await self.until(lambda: False)
        return self.ws.close_code

    async def reached(self, seq: int) -> None:
        """Waits until this client has every change up to `seq`."""
        await self.until(lambda: self.seq >= seq)

    async def _take(self) -> None:
        message = await self.ws.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise Closed
        text: str = message.data
        self.texts.append(text)
        if text == "2":
            await self.send("3")
        elif text.startswith("43"):
            digits = text[2 : text.index("[")]
            self.answers[int(digits)] = json.loads(text[2 + len(digits) :])[0]
        elif text.startswith("42"):
            self._hear(json.loads(text[2:]))
            if self.lost:
                self.lost = False
                await self.sync()

    # drawing

    def _begin(self, state: dict[str, Any]) -> None:
        self.width, self.epoch, self.seq = state["width"], state["epoch"], state["seq"]
        if "delta" in state:
            self._draw(state["delta"]["pixels"])
        elif isinstance(state.get("board"), str):
            self.board = bytearray(base64.b64decode(state["board"]))
        elif "board" in state:
            self.board = bytearray(state["board"])

    def _hear(self, told: list[Any]) -> None:
        self.told.append(told)
        if told[0] == "u" and self.width:
            epoch, first, last = told[2].split(":")
            if self.asks and epoch != self.epoch:
                self.lost = True
                return
            assert epoch == self.epoch, "a batch of another epoch"
            assert int(first) <= self.seq, "a batch that leaves a gap"
            if int(last) > self.seq:
                self._draw(told[1])
                self.seq = int(last)
        elif told[0] == "resetBoard":
            self.epoch, seq = told[2].split(":")
            self.seq, self.board = int(seq), bytearray(len(self.board))

    def _draw(self, text: str) -> None:
        numbers = [int(n) for n in text.split(",")] if text else []
        for x, y, color in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True):
            self.board[y * self.width + x] = color


@asynccontextmanager
async def dial(url: str, **options: Any) -> AsyncIterator[Phone]:
    """A connected phone that has not joined; `options` go to aiohttp."""
    address = url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    async with aiohttp.ClientSession() as session, session.ws_connect(address, **options) as ws:
        phone = Phone(ws)
        async with asyncio.timeout(DEADLINE_SECONDS):
            assert (await ws.receive_str()).startswith("0{")
            await ws.send_str("40")
            assert (await ws.receive_str()).startswith("40{")
        yield phone


async def post(url: str, path: str, body: Any = None, key: str | None = None) -> tuple[int, dict[str, Any]]:
    """An organiser's request: status and answer."""
    headers = {} if key is None else {"apiKey": key}
    async with aiohttp.ClientSession() as session, session.post(url + path, json=body, headers=headers) as response:
        found: dict[str, Any] = await response.json()
        return response.status, found


async def get(url: str, path: str, **options: Any) -> tuple[int, bytes, Mapping[str, str]]:
    """Status, body and headers."""
    async with aiohttp.ClientSession() as session, session.get(url + path, **options) as response:
        return response.status, await response.read(), response.headers
