"""The open port: takes new connections a few at a time, so that thousands who come at once hold nobody up.

asyncio's own servers take all that wait in one turn of the loop. What waits longer than a turn does so in the
kernel, which keeps up to `BACKLOG` connections for us.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any

from beeplace.gateway.connection.takeover import accept, bound

BACKLOG = 4096
_PAUSE_SECONDS = 0.5
AT_ONCE = 16  # connections in one turn: about 5 ms of it with all that follows


def found(host: str, port: int) -> list[tuple[Any, ...]]:
    """The addresses of a host, as `listen` takes them. Raises OSError."""
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE))


def listen(addresses: Iterable[tuple[Any, ...]], port: int) -> list[socket.socket]:
    """A listening socket for each address as `getaddrinfo` names it; all get the same port. Raises OSError."""
    with ExitStack() as undo:
        sockets: list[socket.socket] = []
        for family, _, _, _, address in dict.fromkeys(addresses):
            one = undo.enter_context(socket.socket(family, socket.SOCK_STREAM))
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            bound(one)
            one.bind((address[0], port or (place(sockets)[1] if sockets else 0), *address[2:]))
            one.listen(BACKLOG)
            sockets.append(one)
        undo.pop_all()
        return sockets


def place(sockets: list[socket.socket]) -> tuple[str, int]:
    """The first address and its port."""
    host, port = sockets[0].getsockname()[:2]
    return str(host), int(port)


def url(host: str, port: int) -> str:
    """How a browser is told of it."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Listener:
    """Listens on every address of a host, and gives each connection a protocol of its own.

    `full` hears that a connection cannot be taken: none of the process's file descriptors is free.
    """

    def __init__(self, factory: Callable[[], asyncio.BaseProtocol], full: Callable[[], None] = lambda: None) -> None:
        self._factory, self._full = factory, full
        self._sockets: list[socket.socket] = []
        self._entering: set[asyncio.Task[object]] = set()

    async def open(self, host: str, port: int) -> tuple[str, int]:
        """Begins to listen; returns the first address. Raises OSError."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        return self.take(listen(found, port))

    def take(self, sockets: list[socket.socket]) -> tuple[str, int]:
        """Lets in who comes to sockets that listen already, and owns them; returns the first address."""
        self._sockets = sockets
        for one in sockets:
            one.setblocking(False)
            asyncio.get_running_loop().add_reader(one, self._let_in, one, int(one.family))
        return place(sockets)

    def _let_in(self, listening: socket.socket, family: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(AT_ONCE):
            try:
                connection = accept(listening, family)
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:
                self._pause(listening)
                return
            task = loop.create_task(loop.connect_accepted_socket(self._factory, connection))
            self._entering.add(task)
            task.add_done_callback(self._entering.discard)

    def _pause(self, listening: socket.socket) -> None:
        """Out of descriptors: the rest waits in the kernel until somebody leaves, and the loop does not spin."""
        self._full()
        loop = asyncio.get_running_loop()
        loop.remove_reader(listening)
        loop.call_later(_PAUSE_SECONDS, self._resume, listening)

    def _resume(self, listening: socket.socket) -> None:
        if listening in self._sockets:
            asyncio.get_running_loop().add_reader(listening, self._let_in, listening, int(listening.family))

    def close(self) -> None:
        """Listens no more; who is inside stays."""
        loop = asyncio.get_running_loop()
        for listening in self._sockets:
            loop.remove_reader(listening)
            listening.close()
        self._sockets.clear()
