"""Real sessions on real sockets inside of the test's process, one end held by the test."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from beeplace.gateway.connection.limits import ConnectionLimits
from beeplace.gateway.connection.session import Session
from beeplace.gateway.connection.websocket import WebSocket


class Host:
    """What a session needs of its server."""

    def __init__(self) -> None:
        self.limits = ConnectionLimits()
        self.second = int(asyncio.get_running_loop().time())
        self.ended: list[Session] = []
        self.received: list[str | bytes] = []
        self.codes: list[int] = []

    def receive(self, _session: Session, message: str | bytes) -> None:
        self.received.append(message)

    def failed(self, error: Exception) -> None:
        raise error

    def kicked(self, _session: Session, code: int) -> None:
        self.codes.append(code)

    def end(self, session: Session) -> None:
        self.ended.append(session)

    def keep_goodbye(self, session: Session) -> None:
        raise AssertionError(session)

    def open(self, session: Session) -> None:
        raise AssertionError(session)

    def ask(self, session: Session) -> None:
        raise AssertionError(session)

    def asked(self, _session: Session) -> bool:
        return False

    def pong(self, _session: Session) -> bool:
        return True


class Peer:
    """A session over a WebSocket, and the client's end of its connection."""

    def __init__(self, session: Session, end: socket.socket, host: Host) -> None:
        self.session, self.end, self.host = session, end, host

    async def read(self, size: int) -> bytes:
        """Exactly that many bytes of what was sent."""
        data = b""
        async with asyncio.timeout(60):
            while len(data) < size:
                more = await asyncio.get_running_loop().sock_recv(self.end, size - len(data))
                assert more, "closed"
                data += more
        return data

    async def read_all(self) -> bytes:
        """Everything up to the end of the connection."""
        data = b""
        async with asyncio.timeout(60):
            while more := await asyncio.get_running_loop().sock_recv(self.end, 65_536):
                data += more
        return data


def narrow_pair() -> tuple[socket.socket, socket.socket]:
    """A TCP connection that takes some ten thousand bytes, and then parts of what is sent."""
    with socket.create_server(("127.0.0.1", 0)) as door, socket.socket() as theirs:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 131_072)
        theirs.connect(door.getsockname())
        return door.accept()[0], theirs.dup()


@asynccontextmanager
async def peer(
    pair: Callable[[], tuple[socket.socket, socket.socket]] = socket.socketpair, *, deflates: bool = False
) -> AsyncIterator[Peer]:
    """One session in use."""
    ours, theirs = pair()
    for one in (ours, theirs):
        one.setblocking(False)
    transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=ours)
    host = Host()
    session = Session(host, "sid", "an address")
    websocket = WebSocket(transport, session, 2048, deflates=deflates)
    transport.set_protocol(websocket)
    session.use(websocket)
    try:
        yield Peer(session, theirs, host)
    finally:
        transport.abort()
        theirs.close()
        await asyncio.sleep(0)
