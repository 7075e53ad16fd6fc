"""The smallest Socket.IO client that joins, places and follows the board; one WebSocket of one person."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from typing import Any

import aiohttp

from tests.crash.history import Answer, History, Picture

OnEvent = Callable[[str, list[Any]], None]
OPEN_SECONDS = 10.0
ANSWER_SECONDS = 10.0
LOST = (aiohttp.ClientError, ConnectionError, TimeoutError, asyncio.IncompleteReadError)


class Refused(ConnectionError):
    """The server did not let the client in; it comes back."""


class Socket:
    """One connection. What arrives before `follow` waits for it."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._ws = ws
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._next = 0
        self._early: list[tuple[str, list[Any]]] = []
        self._on_event: OnEvent | None = None

    @classmethod
    async def connect(cls, http: aiohttp.ClientSession, url: str) -> Socket:
        """Opens the Engine.IO and the Socket.IO session."""
        async with asyncio.timeout(OPEN_SECONDS):
            ws = await http.ws_connect(f"{url}/socket.io/?EIO=4&transport=websocket", max_msg_size=0, autoping=True)
            await _text(ws, "0")
            await ws.send_str("40")
            await _text(ws, "40")
        return cls(ws)

    @property
    def open(self) -> bool:
        return not self._ws.closed

    async def listen(self) -> None:
        """Takes everything in until the connection ends; questions without an answer fail then."""
        try:
            async for message in self._ws:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    break
                await self._take(message.data)
        finally:
            await self._ws.close()
            for answer in list(self._waiting.values()):
                if not answer.done():
                    answer.set_exception(ConnectionError("the connection ended"))

    async def _take(self, text: str) -> None:
        if text == "2":
            await self._ws.send_str("3")
        elif text.startswith("43"):
            number, answer = text[2:].split("[", 1)
            if (future := self._waiting.pop(int(number), None)) and not future.done():
                future.set_result(json.loads("[" + answer)[0])
        elif text.startswith("42"):
            name, *arguments = json.loads(text[2:])
            if self._on_event:
                self._on_event(name, arguments)
            else:
                self._early.append((name, arguments))

    def follow(self, on_event: OnEvent) -> None:
        """Hears every event as (name, arguments), those that came already first."""
        self._on_event = on_event
        for name, arguments in self._early:
            on_event(name, arguments)

    async def ask(self, event: str, payload: dict[str, Any]) -> Answer:
        """Sends an event and waits for its acknowledgement. Raises one of LOST."""
        self._next += 1
        number, answer = self._next, asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            await self._ws.send_str(f"42{number}{json.dumps([event, payload], separators=(',', ':'))}")
            async with asyncio.timeout(ANSWER_SECONDS):
                result: Answer = await answer
            return result
        finally:
            self._waiting.pop(number, None)

    def end(self) -> None:
        """Ends the connection from within an event."""
        self._ending = asyncio.ensure_future(self._ws.close())

    async def close(self) -> None:
        await self._ws.close()


async def _text(ws: aiohttp.ClientWebSocketResponse, start: str) -> None:
    message = await ws.receive()
    if message.type is not aiohttp.WSMsgType.TEXT or not message.data.startswith(start):
        raise Refused(f"{message.type.name} instead of {start}")


class Canvas:
    """What a screen shows, through all breaks of its connection."""

    def __init__(self, who: str, history: History) -> None:
        self.who, self.history = who, history
        self.pixels = bytearray(history.width * history.height)
        self.epoch, self.seq = "", -1

    def wanted(self) -> dict[str, Any]:
        """What a join says of the board: the delta where there is something to add to."""
        return {"epoch": self.epoch, "seq": self.seq} if self.seq >= 0 else {}

    def joined(self, state: dict[str, Any]) -> None:
        if delta := state.get("delta"):
            self.paint(delta["pixels"])
            self.history.rejoined += 1
        else:
            self.pixels[:] = base64.b64decode(state["board"])
        self.epoch, self.seq = state["epoch"], state["seq"]

    def hear(self, pixels: str, covers: str) -> str:
        """The rule of `tests/wire/range.json`; answers what it did: "apply", "ignore" or "sync"."""
        epoch, from_seq, to_seq = covers.split(":")
        if epoch != self.epoch or int(from_seq) > self.seq:
            return "sync"
        if int(to_seq) <= self.seq:
            return "ignore"
        self.paint(pixels)
        self.seq = int(to_seq)
        return "apply"

    def emptied(self, position: str) -> None:
        """The board was reset: "epoch:seq" of the new one."""
        epoch, seq = position.split(":")
        if epoch != self.epoch and int(seq) > self.seq:
            self.pixels[:] = bytes(len(self.pixels))
            self.epoch, self.seq = epoch, int(seq)

    def paint(self, pixels: str) -> None:
        self.history.batches.add(pixels)
        numbers = [int(number) for number in pixels.split(",")] if pixels else []
        for x, y, color in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True):
            self.pixels[y * self.history.width + x] = color

    def picture(self) -> None:
        """Hands what is shown now to the checker."""
        if self.seq >= 0:
            self.history.pictures.append(Picture(self.who, self.epoch, self.seq, bytes(self.pixels)))
