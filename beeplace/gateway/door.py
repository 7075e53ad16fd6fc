"""The open port: takes new connections a few at a time, so that thousands who come at once hold nobody up.

asyncio's own servers take all that wait in one turn of the loop. What waits longer than a turn does so in the
kernel, which keeps up to `BACKLOG` connections for us.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

BACKLOG = 4096
_PAUSE_SECONDS = 0.5
AT_ONCE = 16  # connections in one turn: about 5 ms of it with all that follows


class Door:
    """Listens on every address of a host, and gives each connection a protocol of its own."""

    def __init__(self, factory: Callable[[], asyncio.BaseProtocol]) -> None:
        self._factory = factory
        self._sockets: list[socket.socket] = []
        self._entering: set[asyncio.Task[object]] = set()

    async def open(self, host: str, port: int) -> tuple[str, int]:
        """Begins to listen; returns the first address. Raises OSError."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, _, _, _, address in dict.fromkeys(found):
            listening = socket.socket(family, socket.SOCK_STREAM)
            self._sockets.append(listening)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listening.setblocking(False)
            listening.bind((address[0], port or self._port(), *address[2:]))
            listening.listen(BACKLOG)
            loop.add_reader(listening, self._let_in, listening)
        return str(self._sockets[0].getsockname()[0]), self._port()

    def _port(self) -> int:
        """The port that the first address got: the others take the same."""
        return int(self._sockets[0].getsockname()[1]) if len(self._sockets) else 0

    def _let_in(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(AT_ONCE):
            try:
                connection, _ = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:
                self._pause(listening)
                return
            connection.setblocking(False)
            task = asyncio.ensure_future(loop.connect_accepted_socket(self._factory, connection))
            self._entering.add(task)
            task.add_done_callback(self._entering.discard)

    def _pause(self, listening: socket.socket) -> None:
        """Out of descriptors: the rest waits in the kernel until somebody leaves, and the loop does not spin."""
        loop = asyncio.get_running_loop()
        loop.remove_reader(listening)
        loop.call_later(_PAUSE_SECONDS, self._resume, listening)

    def _resume(self, listening: socket.socket) -> None:
        if listening in self._sockets:
            asyncio.get_running_loop().add_reader(listening, self._let_in, listening)

    def close(self) -> None:
        """Listens no more; who is inside stays."""
        loop = asyncio.get_running_loop()
        for listening in self._sockets:
            loop.remove_reader(listening)
            listening.close()
        self._sockets.clear()
