"""A network link that breaks on command: a TCP proxy that the rig puts before a gateway, Redis or PostgreSQL.

    async with Proxy(server.port) as link:
        connect_to(link.port)
        link.delay(0.2)
        link.heal()

Each fault holds for all connections until `heal`, except `cut`, which ends those that are open and no other.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal, Self

CHUNK_BYTES = 65_536
AT_ONCE = struct.pack("ii", 1, 0)  # for SO_LINGER: closing resets the connection

Direction = Literal["up", "down"]


class Filter:
    """Changes what one connection carries in one direction; as it stands, it changes nothing."""

    def pass_on(self, data: bytes) -> bytes:
        """What goes on in place of `data`; may keep back what is not complete yet."""
        return data


def _set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass
class Way:
    """One direction of a link: up to the server, or down from it."""

    delay_seconds: float = 0.0
    jitter_seconds: float = 0.0
    bytes_per_second: float = 0.0  # 0: as fast as it can
    left_bytes: int | None = None  # the connection that carries the last of them is cut
    silent: bool = False
    flowing: asyncio.Event = field(default_factory=_set)
    carried_bytes: int = 0

    @property
    def most_bytes(self) -> int:
        """How much is read at once: little on a slow link, so that it flows rather than bursts."""
        return max(1, int(self.bytes_per_second / 20)) if self.bytes_per_second else CHUNK_BYTES

    def take(self, data: bytes) -> bytes:
        """What of it may still pass."""
        if self.left_bytes is None:
            return data
        passed, self.left_bytes = data[: max(0, self.left_bytes)], self.left_bytes - len(data)
        return passed

    def is_used_up(self) -> bool:
        """True once, when more came than was to pass."""
        if self.left_bytes is None or self.left_bytes >= 0:
            return False
        self.left_bytes = None
        return True

    def heal(self) -> None:
        """No fault any more."""
        self.delay_seconds = self.jitter_seconds = self.bytes_per_second = 0.0
        self.left_bytes, self.silent = None, False
        self.flowing.set()


class Link:
    """One connection through a proxy."""

    def __init__(self, *writers: asyncio.StreamWriter) -> None:
        self.writers = list(writers)
        self.is_deaf = False  # its question was passed on, and no answer will be
        self.has_lost = False  # bytes are missing in its middle: it can only be ended

    def cut(self) -> None:
        """Ends both halves with a reset."""
        for writer in self.writers:
            given = writer.get_extra_info("socket")
            if given is not None:
                with suppress(OSError):
                    given.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            writer.transport.abort()


class Proxy:
    """Listens on `port` of 127.0.0.1 and carries every connection to `server`, a port of 127.0.0.1 too."""

    def __init__(self, server: int, randomness: random.Random | None = None) -> None:
        self.server = server
        self.port = 0
        self.up, self.down = Way(), Way()
        self.links: set[Link] = set()
        self.answers_lost = 0  # how often `lose_answer` had its effect
        self._random = randomness or random.Random()
        self._is_refusing = False
        self._question: bytes | None = None
        self._question_arrives = True
        self._carrying: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listener.close()
        self.cut()
        for task in self._carrying:
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    def __str__(self) -> str:
        ways = [
            f"{way.carried_bytes} bytes{' silent' * way.silent}{' stopped' * (not way.flowing.is_set())}"
            for way in (self.up, self.down)
        ]
        lost = sum(link.has_lost for link in self.links)
        return f"{len(self.links)} connections ({lost} broken){' refusing' * self._is_refusing}, {' and '.join(ways)}"

    # Faults

    def delay(self, seconds: float, jitter: float = 0.0) -> None:
        """Everything takes so much longer in each direction, and stays in order."""
        for way in (self.up, self.down):
            way.delay_seconds, way.jitter_seconds = seconds, jitter

    def slow(self, bytes_per_second: float) -> None:
        """Each connection carries so little in each direction."""
        self.up.bytes_per_second = self.down.bytes_per_second = bytes_per_second

    def stop_reading(self, *directions: Direction) -> None:
        """Takes no more from who sends that way (without a direction: both); all of it arrives after `heal`."""
        for way in self._ways(directions):
            way.flowing.clear()

    def silence(self, *directions: Direction) -> None:
        """Half-open: everything is taken, new connections too, and nothing arrives, not even an end."""
        for way in self._ways(directions):
            way.silent = True

    def cut(self) -> None:
        """Resets the connections there are."""
        for link in self.links:
            link.cut()

    def refuse(self) -> None:
        """Resets the connections there are, and each new one."""
        self._is_refusing = True
        self.cut()

    def cut_after(self, most_bytes: int, direction: Direction = "down") -> None:
        """Carries so many bytes more in that direction, then resets the connection that brings the next."""
        self._ways((direction,))[0].left_bytes = most_bytes

    def lose_answer(self, question: bytes, *, arrives: bool = True) -> None:
        """Once: the connection that sends `question` is reset before it hears the answer.

        With `arrives` the server has answered by then; without, it never hears the question.
        """
        self._question, self._question_arrives = question, arrives

    def heal(self) -> None:
        """Works as it should; connections that lost bytes in their middle are reset."""
        self._is_refusing, self._question = False, None
        self.up.heal()
        self.down.heal()
        for link in self.links:
            if link.has_lost or len(link.writers) < 2:
                link.cut()

    def filters(self) -> tuple[Filter, Filter]:
        """For a new connection, what changes its bytes: up and down."""
        return Filter(), Filter()

    def _ways(self, directions: tuple[Direction, ...]) -> list[Way]:
        return [{"up": self.up, "down": self.down}[direction] for direction in directions or ("up", "down")]

    # Carrying

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._carry_all(reader, writer))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    async def _carry_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(writer)
        self.links.add(link)
        try:
            await self._carry_link(link, reader, writer)
        except* OSError:
            link.cut()
        finally:
            self.links.discard(link)
            for each in link.writers:
                each.close()

    async def _carry_link(self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_refusing:
            link.cut()
            return
        if self.up.silent:
            await self._swallow(reader)
            return
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.server)
        link.writers.append(server_writer)
        up, down = self.filters()
        async with asyncio.TaskGroup() as both:
            both.create_task(self._carry(link, reader, server_writer, self.up, up))
            both.create_task(self._carry(link, server_reader, writer, self.down, down))

    async def _swallow(self, reader: asyncio.StreamReader) -> None:
        while await reader.read(CHUNK_BYTES):
            pass

    async def _carry(
        self, link: Link, source: asyncio.StreamReader, sink: asyncio.StreamWriter, way: Way, change: Filter
    ) -> None:
        loop = asyncio.get_running_loop()
        due = 0.0
        while data := await self._read(source, way):
            await way.flowing.wait()
            way.carried_bytes += len(data)
            if way.silent or self._is_unheard(link, data, way):
                link.has_lost = True
                continue
            passed = change.pass_on(data)
            if way.bytes_per_second:
                await asyncio.sleep(len(data) / way.bytes_per_second)
            wait = way.delay_seconds + self._random.uniform(0, way.jitter_seconds)
            due = max(due + 1e-6, loop.time() + wait)
            await self._write(sink, way.take(passed), due)
            if way.is_used_up():
                link.cut()
                return
        await way.flowing.wait()
        if way.silent:
            link.has_lost = True
            return
        await asyncio.sleep(due - loop.time() + 0.001)  # timers of one moment have no order
        self._end(sink)

    async def _read(self, source: asyncio.StreamReader, way: Way) -> bytes:
        try:
            return await source.read(way.most_bytes)
        except OSError:
            if not way.silent:
                raise
            return b""

    async def _write(self, sink: asyncio.StreamWriter, data: bytes, due: float) -> None:
        loop = asyncio.get_running_loop()
        if due > loop.time() + 0.000_5:
            loop.call_at(due, sink.write, data)
        else:
            sink.write(data)
        await sink.drain()

    def _end(self, sink: asyncio.StreamWriter) -> None:
        if sink.can_write_eof() and not sink.is_closing():
            with suppress(OSError):
                sink.write_eof()

    def _is_unheard(self, link: Link, data: bytes, way: Way) -> bool:
        """Looks for the question whose answer is to be lost, and cuts its connection at the right moment."""
        if way is self.down:
            if link.is_deaf:
                link.cut()
            return link.is_deaf
        if self._question is None or self._question not in data:
            return False
        self._question = None
        self.answers_lost += 1
        if self._question_arrives:
            link.is_deaf = True
            return False
        link.cut()
        return True
