"""A network that can be broken on purpose: it carries bytes between a browser and the server, or does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Relay:
    """Listens on a port of its own, `url`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._is_down = False
        self.url = ""
        self.loses_answers = False  # the server hears everything, the browser nothing
        self.silences: tuple[bytes, ...] = ()  # where one of these is said, nothing is answered from then on
        self.opens = False  # but a WebSocket's handshake
        self._silenced: set[asyncio.StreamWriter] = set()
        self._forgotten: set[asyncio.StreamWriter] = set()
        self._passes = asyncio.Event()  # what browsers say
        self._passes.set()

    def hold(self) -> None:
        """What browsers say waits from now on; what the server says does not."""
        self._passes.clear()

    def release(self) -> None:
        """All that waited arrives, as fast as it can."""
        self._passes.set()

    def forget(self) -> None:
        """From now on the connections that there are carry nothing, and nobody is told; new ones work.

        So does a network that gave a phone's place to another one while it slept.
        """
        self._forgotten |= self._writers

    def cut(self) -> None:
        """Breaks every connection and takes no new one."""
        self._is_down = True
        for writer in self._writers:
            writer.transport.abort()

    def mend(self) -> None:
        """Works as it should, from the next connection on."""
        self._is_down = self.loses_answers = False

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carries one connection to its end."""
        if self._is_down:
            writer.transport.abort()
            return
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers |= {writer, server_writer}
        await asyncio.gather(
            self._carry(reader, server_writer, writer, answers=False),
            self._carry(server_reader, writer, writer, answers=True),
        )
        self._writers -= {writer, server_writer}

    async def _carry(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, browser: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        try:
            while data := await source.read(65_536):
                if not answers:
                    await self._passes.wait()
                    if any(said in data for said in self.silences):
                        self._silenced.add(browser)
                elif browser in self._silenced:
                    head, end, _ = data.partition(b"\r\n\r\n")
                    data = head + end if self.opens and b" 101 " in head else b""
                if not (answers and self.loses_answers) and sink not in self._forgotten:
                    sink.write(data)
                    await sink.drain()
        except ConnectionError:
            pass
        finally:
            sink.close()


@asynccontextmanager
async def relay(port: int) -> AsyncIterator[Relay]:
    """A network to the server at that port."""
    network = Relay(port)
    listener = await asyncio.start_server(network.accept, "127.0.0.1", 0)
    network.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield network
    finally:
        listener.close()
        network.release()
        network.cut()
        await listener.wait_closed()
