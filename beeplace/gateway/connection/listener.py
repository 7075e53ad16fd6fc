"""The open port: takes new connections a few at a time, so that thousands who come at once hold nobody up.

asyncio's own servers take all that wait in one turn of the loop. What waits longer than a turn does so in the
kernel, which keeps up to `BACKLOG` connections for us.
"""

from __future__ import annotations

import asyncio
import errno
import os
import re
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from beeplace.errors import SettingError
from beeplace.gateway.connection.takeover import accept, bound

if sys.platform != "win32":  # which has no such limit
    import resource

BACKLOG = 4096
EVERY_ADDRESS = "::"
_PAUSE_SECONDS = 0.5
KEPT_DESCRIPTORS = 32  # for the database, Redis, files and pages, where as many clients have come as may
_CONDA = re.compile(r"-(conda|linux|apple|w64)-")  # as its compilers' activation scripts set HOST
AT_ONCE = 16  # connections in one turn: about 5 ms of it with all that follows
YIELD_SECONDS, YIELD_TURNS = 0.05, 2  # for which newcomers are left to a worker that has fewer clients, and how often
AFTER_ALL = 4  # of them that are taken then, if it has not: it may be busy


def listen(host: str, port: int) -> list[socket.socket]:
    """A listening socket for each address of a host; all get the same port.

    `::` is every address of both families. Raises SettingError for a host that is none, and OSError with the host and
    port in its words.
    """
    with ExitStack() as undo:
        sockets: list[socket.socket] = []
        for family, address in _addresses(host, port):
            free = port or (place(sockets)[1] if sockets else 0)
            try:
                one = undo.enter_context(socket.socket(family, socket.SOCK_STREAM))
                _bind(one, (address[0], free, *address[2:]))
            except OSError as error:
                if host == EVERY_ADDRESS and error.errno == errno.EAFNOSUPPORT:
                    continue  # a machine with one family listens on that one
                raise OSError(error.errno, _words(error, host, free)) from error
            sockets.append(one)
        if not sockets:
            raise OSError(errno.EAFNOSUPPORT, f"HOST={host}: this machine has no such addresses")
        undo.pop_all()
        return sockets


def _addresses(host: str, port: int) -> list[tuple[int, tuple[Any, ...]]]:
    """Family and address of each place to listen on, as `socket.bind` takes it."""
    hosts = (EVERY_ADDRESS, "0.0.0.0") if host == EVERY_ADDRESS else (host,)
    found = [one for name in hosts for one in _named(name, port)]
    return list(dict.fromkeys((int(family), address) for family, _, _, _, address in found))


def _named(host: str, port: int) -> list[tuple[Any, ...]]:
    wrong = f"HOST: must be an address or a name of this machine, not {host!r}"
    if _CONDA.search(host):
        raise SettingError(f"{wrong}, which is conda's for its compilers: give --host")
    try:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE))
    except UnicodeError as error:
        raise SettingError(wrong) from error
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise OSError(errno.EHOSTUNREACH, f"HOST={host}: no name server answers") from error
        raise SettingError(wrong) from error


def _bind(one: socket.socket, address: tuple[Any, ...]) -> None:
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if one.family == socket.AF_INET6:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    bound(one)
    one.bind(address)
    one.listen(BACKLOG)


def _words(error: OSError, host: str, port: int) -> str:
    """What is wrong with listening there, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return f"{url(host, port)[7:]}: address already in use by another program: end that one, or give another PORT"
    if error.errno == errno.EACCES:
        return f"port {port} is not for every program: give a PORT from 1024 on, or CAP_NET_BIND_SERVICE"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"HOST={host} is no address of this machine: 0.0.0.0 is all of IPv4, :: all there are"
    return f"HOST={host} PORT={port}: {error.strerror}"


def place(sockets: list[socket.socket]) -> tuple[str, int]:
    """The first address and its port."""
    host, port = sockets[0].getsockname()[:2]
    return str(host), int(port)


def url(host: str, port: int) -> str:
    """How a browser is told of it."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Listener:
    """Listens on every address of a host, and gives each connection a protocol of its own.

    `full` hears that no more connections are taken: the process's last file descriptors are kept for everything else.
    Who comes then waits in the kernel, and is taken by another worker of the same port, or once somebody has left.
    While it `yields`, newcomers are left to another worker.
    """

    def __init__(self, factory: Callable[[], asyncio.BaseProtocol], full: Callable[[], None] = lambda: None) -> None:
        self._factory, self._full = factory, full
        self.yields: Callable[[], bool] = lambda: False
        self._is_full = False
        self._loop = asyncio.get_running_loop()
        self._sockets: list[socket.socket] = []
        self._entering: set[asyncio.Task[object]] = set()

    async def open(self, host: str, port: int) -> tuple[str, int]:
        """Begins to listen; returns the first address. Raises SettingError or OSError."""
        return self.take(await asyncio.to_thread(listen, host, port))

    def take(self, sockets: list[socket.socket]) -> tuple[str, int]:
        """Lets in who comes to sockets that listen already, and owns them; returns the first address."""
        self._sockets = sockets
        for one in sockets:
            one.setblocking(False)
            self._loop.add_reader(one, self._let_in, one, int(one.family))
        return place(sockets)

    @property
    def listens(self) -> bool:
        """Whether it has sockets to listen on."""
        return bool(self._sockets)

    @property
    def takes(self) -> bool:
        """Whether it takes who comes, as far as it knows."""
        return self.listens and not self._is_full

    @property
    def entering(self) -> int:
        """How many have been taken in this moment, and have no protocol yet."""
        return len(self._entering)

    def _let_in(self, listening: socket.socket, family: int) -> None:
        if self.yields():
            self._loop.remove_reader(listening)
            self._yield(listening, family, YIELD_TURNS)
        else:
            self._take_some(listening, family, AT_ONCE)

    def _yield(self, listening: socket.socket, family: int, turns: int) -> None:
        """Waits until this worker is not ahead any more, or for as many turns."""
        if listening not in self._sockets:
            return
        if turns and self.yields():
            self._loop.call_later(YIELD_SECONDS, self._yield, listening, family, turns - 1)
        elif self._take_some(listening, family, AT_ONCE if turns else AFTER_ALL):
            self._loop.add_reader(listening, self._let_in, listening, family)

    def _take_some(self, listening: socket.socket, family: int, number: int) -> bool:
        """Whether there are descriptors for more."""
        loop, most = self._loop, _most_descriptors()
        for taken in range(number):
            if taken and taken % AFTER_ALL == 0 and self.yields():
                return True
            try:
                connection = accept(listening, family)
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return True
            except OSError:
                self._pause(listening)
                return False
            last = connection.fileno() >= most  # the lowest number that is free is given
            task = loop.create_task(loop.connect_accepted_socket(self._factory, connection))
            self._entering.add(task)
            task.add_done_callback(self._entering.discard)
            if last:
                self._pause(listening)
                return False
        return True

    def _pause(self, listening: socket.socket) -> None:
        """Nearly out of descriptors: the rest waits in the kernel until somebody leaves, and the loop does not spin."""
        self._is_full = True
        self._full()
        self._loop.remove_reader(listening)
        self._loop.call_later(_PAUSE_SECONDS, self._resume, listening)

    def _resume(self, listening: socket.socket) -> None:
        if listening not in self._sockets:
            return
        if _next_descriptor(listening) >= _most_descriptors():
            self._loop.call_later(_PAUSE_SECONDS, self._resume, listening)
        else:
            self._is_full = False
            self._loop.add_reader(listening, self._let_in, listening, int(listening.family))

    def close(self) -> None:
        """Listens no more; who is inside stays."""
        for listening in self._sockets:
            self._loop.remove_reader(listening)
            listening.close()
        self._sockets.clear()


def _most_descriptors() -> int:
    """The first number that is no client's any more: few are kept of few, so that somebody comes in at all."""
    if sys.platform == "win32":
        return sys.maxsize
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit - min(KEPT_DESCRIPTORS, limit // 8)


def _next_descriptor(any_socket: socket.socket) -> int:
    """The number that the next connection would have; beyond all where none is free."""
    try:
        number = os.dup(any_socket.fileno())
    except OSError:
        return sys.maxsize
    os.close(number)
    return number
