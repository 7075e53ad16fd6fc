"""Autobahn's cases against the WebSocket that gateways deploy, on a bare echo: all that are not beyond the limit of
fragments, which are refused with the code that says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import kosoku
from multidict import CIMultiDict

from beeplace.gateway.connection.websocket import WebSocket
from beeplace.gateway.wire.handshake import accept

MAX_BYTES = 32_000_000  # the longest message of a case is 16 MiB
COMPRESSION = ["12.*", "13.*"]
TOO_MANY_FRAGMENTS = ["9.3.*", "9.4.*"]  # up to 65,536 of them; a gateway takes 64
DEADLINE_SECONDS = 240


class Echo(asyncio.Protocol):
    """Answers the handshake, hands the connection over, and sends back what the WebSocket hears."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._read = cast(asyncio.Transport, transport), b""

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, end, tail = self._read.partition(b"\r\n\r\n")
        if not end:
            return
        lines = (line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        accepted = accept(CIMultiDict((name, value) for name, value in lines), deflate=True)
        assert accepted
        self._transport.write(accepted.answer)
        self._websocket = WebSocket(self._transport, self, MAX_BYTES, deflates=accepted.deflates)
        self._transport.set_protocol(self._websocket)
        if tail:
            self._websocket.data_received(tail)

    # What a WebSocket tells its listener

    def admits(self) -> bool:
        return True

    def heard(self, message: str | bytes) -> None:
        self._websocket.send(message)

    def broke(self, code: int) -> None:
        assert code >= 1002

    def busy(self) -> None:
        pass

    def ended(self) -> None:
        pass


@asynccontextmanager
async def echo() -> AsyncIterator[str]:
    """Its address."""
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0)
    try:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def test_every_case_of_autobahn_passes() -> None:
    async with echo() as url, asyncio.timeout(DEADLINE_SECONDS):
        results = await kosoku.run_fuzzingclient(url, exclude_cases=[*COMPRESSION, *TOO_MANY_FRAGMENTS], concurrency=4)
    assert len(results) > 200


async def test_a_message_of_few_fragments_passes_however_long_it_is() -> None:
    """Of the cases of fragments those that stay within 64: the longest message, and the shortest with large pieces."""
    async with echo() as url, asyncio.timeout(DEADLINE_SECONDS):
        results = await kosoku.run_fuzzingclient(
            url, cases=["9.3.6", "9.3.7", "9.3.8", "9.3.9", "9.4.9"], concurrency=2
        )
    assert len(results) == 5
