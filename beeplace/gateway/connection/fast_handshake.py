"""Where each connection begins. Nearly all ask to become a new WebSocket, in one piece, and are answered at once.

aiohttp would have made a handler, a task for it, a task for the request and a route of each; here its parser reads the
handshake, and the Engine.IO server checks it and takes the connection over in the same step. Whatever is not such a
handshake, or is refused, goes to aiohttp as it came, which has an answer for everything; but for requests that are
answered at once, after which the connection is again one of which nothing is known.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, cast

from aiohttp import web

from beeplace.gateway.connection.engineio_server import EngineServer
from beeplace.gateway.connection.refusals import RequestRefused
from beeplace.gateway.connection.takeover import PromptAnswer, parsed
from beeplace.gateway.wire.handshake import HandshakeAnswer

_ENDS = b"\r\n\r\n"
_MAX_BYTES = 8_192  # of a handshake and of what is sent behind it before its answer


class PendingConnections:
    """Makes the protocol of each new connection; `http` makes aiohttp's. Each engine has a path of its own, with or
    without `base_path` in front of it.

    `cut` hears of each that said nothing for `seconds`. `prompt` has the answers to requests that wait for nothing.
    """

    def __init__(
        self,
        engines: Sequence[EngineServer],
        http: Callable[[], asyncio.Protocol],
        seconds: float,
        cut: Callable[[], None] = lambda: None,
        *,
        base_path: str = "",
        prompt: PromptAnswer = lambda _data, _connection: None,
    ) -> None:
        self.http, self.prompt = http, prompt
        bases = dict.fromkeys((base_path, ""))
        self._engines = [(f"GET {base}{engine.path}?".encode(), engine) for engine in engines for base in bases]
        self._seconds, self._cut = seconds, cut
        self._clock = asyncio.get_running_loop().time
        # Who has said nothing yet, or nothing more, and since when; the first came first.
        self._silent: dict[PendingConnection, float] = {}

    @property
    def silent(self) -> int:
        """How many have said nothing yet, or nothing more."""
        return len(self._silent)

    def __call__(self) -> PendingConnection:
        """The protocol of a connection."""
        return PendingConnection(self)

    def came(self, entrance: PendingConnection) -> None:
        """It is there, or has its answer, and has `seconds` to say something."""
        self._silent[entrance] = self._clock()

    def heard(self, entrance: PendingConnection) -> None:
        """It said something, or has gone."""
        self._silent.pop(entrance, None)

    def engine(self, data: bytes) -> EngineServer | None:
        """Whose path a request asks for that may be a handshake."""
        if data.endswith(_ENDS) and len(data) <= _MAX_BYTES:
            for begins, engine in self._engines:
                if data.startswith(begins):
                    return engine
        return None

    def step(self, now: float) -> None:
        """Cuts those who have said nothing for too long."""
        while self._silent:
            entrance, since = next(iter(self._silent.items()))
            if now - since < self._seconds:
                return
            self.heard(entrance)
            if entrance.end():
                self._cut()

    def close(self) -> None:
        """Cuts all who have said nothing."""
        for entrance in list(self._silent):
            entrance.transport.abort()


class PendingConnection(asyncio.Protocol):
    """A connection of which nothing is known yet. To its request it is what a handler of aiohttp's is."""

    __slots__ = ("_answered", "_read", "_reception", "sockname", "ssl_context", "transport")

    def __init__(self, reception: PendingConnections) -> None:
        self._reception = reception
        self._read = b""  # while a handshake waits for its turn
        self._answered = False
        self.ssl_context = self.sockname = None

    @property
    def peername(self) -> Any:
        """The client's address."""
        return self.transport.get_extra_info("peername")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Nothing is sent before something is heard."""
        self.transport = cast(asyncio.Transport, transport)
        self._reception.came(self)

    def connection_lost(self, _: Exception | None) -> None:
        """It has gone before it was anything."""
        self._reception.heard(self)

    def data_received(self, data: bytes) -> None:
        """The first bytes decide."""
        if self._read:
            self._read += data
            if len(self._read) > _MAX_BYTES:
                self.transport.abort()
            return
        self._reception.heard(self)
        self._read = data
        engine = self._reception.engine(data)
        request = parsed(data, self) if engine else None
        if engine is None or request is None:
            self._answer()
            return
        try:
            answer = engine.check_handshake(request)
        except RequestRefused:
            self._give_to_http()
        else:
            engine.gate.let_in(lambda: self._enter(engine, request, answer, len(data)))

    def _enter(self, engine: EngineServer, request: web.BaseRequest, answer: HandshakeAnswer, size: int) -> None:
        """It is this connection's turn."""
        if not self.transport.is_closing():
            engine.open_websocket(request, self.transport, answer, self._read[size:])

    def _answer(self) -> None:
        """Invariant: a prompt answer is written to a connection that has taken all before it."""
        behind = self.transport.get_write_buffer_size()
        if behind or (answer := self._reception.prompt(self._read, self)) is None:
            self._give_to_http()
            return
        self._read, self._answered = b"", True
        self.transport.write(answer)
        self._reception.came(self)

    def end(self) -> bool:
        """Ends one that has been silent for too long; whether it never had an answer."""
        if not self._answered or self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()
        return not self._answered

    def _give_to_http(self) -> None:
        protocol = self._reception.http()
        self.transport.set_protocol(protocol)
        protocol.connection_made(self.transport)
        protocol.data_received(self._read)
