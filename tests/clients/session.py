"""A Socket.IO session over a WebSocket that is read all the time: events, acknowledgements, pings, the end.

It may be opened again after its end. What goes wrong while something is taken in fails whoever waits next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from tests.clients import packets
from tests.clients.frames import CLOSE, FINAL, TEXT, Frame, masked
from tests.clients.tcp import DEADLINE_SECONDS
from tests.clients.websocket import Closed, WebSocket

OnEvent = Callable[[str, list[Any]], None]
GOODBYE_SECONDS = 2.0  # for the server's part of a close
NORMAL = (1000).to_bytes(2, "big")


class Session:
    """One session at a time with the server at `url`; `options` are those of `WebSocket.at`."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None, **options: Any) -> None:
        self.url, self._headers, self._options = url, headers, options
        self.answer_seconds = DEADLINE_SECONDS
        self.told: list[list[Any]] = []  # events that nobody has asked for yet
        self.answers: dict[int, Any] = {}  # acknowledgements that nobody waits for
        self.longest = 0  # message, in characters
        self._socket: WebSocket | None = None
        self._asked: dict[int, tuple[asyncio.Future[Any] | None, Callable[[Any], None] | None]] = {}
        self._count = 0
        self._changed = asyncio.Event()
        self._on_event: OnEvent | None = None
        self._failure: BaseException | None = None

    # opening and ending

    async def open(self) -> None:
        """Opens the Engine.IO and the Socket.IO session. Raises NotAccepted, Closed, or another OSError."""
        socket = await WebSocket.at(self.url, self._headers, **self._options)
        try:
            opened = await socket.text()
            assert opened.startswith("0{"), opened
            socket.send(packets.CONNECT)
            connected = await socket.text()
            assert connected.startswith("40{"), connected
        except BaseException:
            socket.close()
            raise
        self._socket = socket
        socket.listen(self._frame, self.ended)

    @property
    def socket(self) -> WebSocket:
        """The connection."""
        assert self._socket, "not opened"
        return self._socket

    @property
    def is_open(self) -> bool:
        """Whether there is a connection."""
        return self._socket is not None and not self._socket.lost and not self._socket.transport.is_closing()

    def cut(self) -> None:
        """Loses the connection without a word."""
        if self._socket:
            self._socket.close()

    async def close(self) -> None:
        """Says goodbye as a WebSocket does, and waits for the server's part."""
        if not self.is_open:
            return
        self.socket.write(masked(NORMAL, FINAL | CLOSE))
        self.socket.resume()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(GOODBYE_SECONDS):
                    while not self.socket.lost:
                        self._changed.clear()
                        await self._changed.wait()
        finally:
            self.cut()

    async def closed(self) -> int | None:
        """Waits for the end; the close code."""
        while not self.socket.lost:
            await self._change()
        return self.socket.code

    # saying

    async def send(self, text: str) -> None:
        """One packet, as it is. Raises Closed."""
        self.say(text)

    def say(self, text: str) -> None:
        """One packet, as it is. Raises Closed."""
        if not self.is_open:
            raise Closed("the connection has ended")
        self.socket.send(text)

    async def emit(self, event: str, *arguments: Any) -> None:
        """An event without an acknowledgement."""
        self.say(packets.event(event, *arguments))

    def request(self, event: str, *arguments: Any, then: Callable[[Any], None]) -> None:
        """An event; `then` is called with its answer as soon as that is read, before whatever comes behind it."""
        self._count += 1
        self._asked[self._count] = None, then
        self.say(packets.event(event, *arguments, number=self._count))

    async def call(self, event: str, *arguments: Any, then: Callable[[Any], None] | None = None) -> Any:
        """An event; its answer. Raises Closed or TimeoutError."""
        return await self._call(lambda number: packets.event(event, *arguments, number=number), then)

    async def ask(self, event: str, literal: str) -> Any:
        """An event whose arguments are given as JSON text; its answer."""
        return await self._call(lambda number: packets.literal_event(event, literal, number), None)

    async def _call(self, packet: Callable[[int], str], then: Callable[[Any], None] | None) -> Any:
        self._count += 1
        number, answer = self._count, asyncio.get_running_loop().create_future()
        self._asked[number] = answer, then
        try:
            self.say(packet(number))
            async with asyncio.timeout(self.answer_seconds):
                return await answer
        finally:
            self._asked.pop(number, None)

    # hearing

    async def answer(self, number: int) -> Any:
        """The acknowledgement of a packet that was sent as it is."""
        await self.until(lambda: number in self.answers)
        return self.answers.pop(number)

    async def until(self, done: Callable[[], bool]) -> None:
        """Waits until something holds. Raises Closed, TimeoutError after the deadline, and what went wrong."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not done():
                if self.socket.lost:
                    raise Closed(f"the connection has ended: {self.socket.code}")
                await self._change()

    async def event(self, name: str) -> list[Any]:
        """The arguments of the next event of that name that was not asked for yet."""
        await self.until(lambda: any(told[0] == name for told in self.told))
        found = next(told for told in self.told if told[0] == name)
        self.told.remove(found)
        return found[1:]

    def follow(self, on_event: OnEvent) -> None:
        """Hears every event as (name, arguments) and keeps none; those that came already come first."""
        self._on_event = on_event
        for name, *arguments in self.told:
            on_event(name, arguments)
        self.told.clear()

    async def _change(self) -> None:
        """Waits until something was heard, or the connection has ended."""
        self.check()
        self._changed.clear()
        await self._changed.wait()
        self.check()

    def check(self) -> None:
        """Raises what went wrong while something was taken in."""
        if self._failure is not None:
            raise self._failure

    def _frame(self, frame: Frame) -> None:
        try:
            if frame.opcode == TEXT:
                self.heard(frame.message.decode())
            else:
                assert frame.opcode == CLOSE, f"no message: {frame.raw[:20]!r}"
                self.socket.write(masked(frame.payload[:2], FINAL | CLOSE))
                self.socket.transport.close()
        except Exception as error:  # raised again where somebody waits
            self._failure = error
            self.cut()
        self._changed.set()

    def heard(self, text: str) -> None:
        """Takes one packet in."""
        self.longest = max(self.longest, len(text))
        if text == packets.PING:
            self.socket.send(packets.PONG)
        elif text.startswith(packets.ACK):
            self._answered(*packets.read_answer(text))
        elif text.startswith(packets.EVENT):
            self.event_heard(packets.read_event(text))

    def _answered(self, number: int, answer: Any) -> None:
        future, then = self._asked.pop(number, (None, None))
        if then:
            then(answer)
        if future and not future.done():
            future.set_result(answer)
        if not (future or then):
            self.answers[number] = answer

    def event_heard(self, told: list[Any]) -> None:
        """Takes one event in."""
        if self._on_event:
            self._on_event(told[0], told[1:])
        else:
            self.told.append(told)

    def ended(self) -> None:
        """The connection has ended: whoever waits for an answer hears of it."""
        asked, self._asked = self._asked, {}
        for future, _ in asked.values():
            if future and not future.done():
                future.set_exception(Closed(f"the connection has ended: {self.socket.code}"))
        self._changed.set()
