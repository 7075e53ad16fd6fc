"""The other workers of this machine: a request that comes to the wrong one goes on to the one whose session it is.

The first four characters of a session id name the worker that made it, and its socket in a folder that nobody else may
enter. What goes there is the client's connection itself, as an open file, with what was read of it: no byte is relayed,
and the owner serves it as any other, with its own limits and the client's own address. No header is believed for it.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from aiohttp import web

from beeplace.gateway.connection.refusals import RequestRefused
from beeplace.gateway.connection.takeover import let_go, so_far
from beeplace.gateway.worker_loads import FILE, WorkerLoads

PATIENCE_SECONDS = 5.0  # with a worker whose queue is full, because it is busy or hangs
_AGAIN_SECONDS = (0.005, 0.5)  # the first wait, and the longest: many may be waiting
_NAME = 4  # characters of a worker's name
_RANDOM_BYTES = 12
_SID = re.compile(r"[A-Za-z0-9_-]{20}", re.ASCII)
_MAX_BYTES = 65_536  # of a request on its way; fits into one message of the kernel
_AT_ONCE = 16  # connections in one turn of the loop

Factory = Callable[[], asyncio.Protocol]


class Handoff:
    """What one worker has to do with the others. `all_leave` says that none of them will be left."""

    def __init__(self, folder: Path, name: str, number: int) -> None:
        self.all_leave = False
        self._folder, self._name, self._number = folder, name, number
        self._inbox: socket.socket | None = None
        self._entering: set[asyncio.Task[object]] = set()

    def new_sid(self) -> str:
        """A session id that leads here: 96 random bits behind the name."""
        return self._name + secrets.token_urlsafe(_RANDOM_BYTES)

    def loads(self, clients: Callable[[], int]) -> WorkerLoads:
        """How many clients each worker has; `clients` counts this one's."""
        return WorkerLoads(self._folder, self._number, clients)

    def be_last(self) -> None:
        """All workers leave."""
        self.all_leave = True

    # Giving away

    async def send_on(self, request: web.Request, sid: str) -> None:
        """Gives a request with its connection to the owner of a session; returns where there is none.

        Raises CancelledError when it is given away: nobody is left here who could be answered. Raises RequestRefused
        for one that cannot be. The owner never gives it away again, since the id has its own name.
        """
        if not _SID.fullmatch(sid) or sid[:_NAME] == self._name:
            return
        if "Transfer-Encoding" in request.headers:
            raise RequestRefused(status=411, reason="body")
        if await self._given(request, self._folder / sid[:_NAME]):
            let_go(request)
            raise asyncio.CancelledError

    async def _given(self, request: web.Request, owner: Path) -> bool:
        body, (wait, longest) = b"", _AGAIN_SECONDS
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while request.transport is not None:  # else the client has gone
                    body += request.content.read_nowait()
                    with suppress(BlockingIOError):
                        return _sent(request, so_far(request, body), owner)
                    await asyncio.sleep(wait)
                    wait = min(2 * wait, longest)
        return False

    # Taking

    def open(self, factory: Factory) -> None:
        """From now on what is ours comes in. Raises OSError."""
        self._inbox = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._inbox.setblocking(False)
        self._inbox.bind(str(self._folder / self._name))
        asyncio.get_running_loop().add_reader(self._inbox, self._let_in, self._inbox, factory)

    def _let_in(self, inbox: socket.socket, factory: Factory) -> None:
        for _ in range(_AT_ONCE):
            try:
                read, descriptors, _, _ = socket.recv_fds(inbox, _MAX_BYTES, 1)
            except OSError:
                return
            if descriptors:  # else none was free, and the client has lost its connection
                self._enter(socket.socket(fileno=descriptors[0]), _Begun(factory, read))

    def _enter(self, connection: socket.socket, begun: _Begun) -> None:
        connection.setblocking(False)
        loop = asyncio.get_running_loop()
        task: asyncio.Task[object] = asyncio.ensure_future(loop.connect_accepted_socket(lambda: begun, connection))
        self._entering.add(task)
        task.add_done_callback(self._entering.discard)

    def close(self) -> None:
        """Nothing more is taken; the last one of all takes the folder away, where their parent cannot."""
        if self._inbox:
            asyncio.get_running_loop().remove_reader(self._inbox)
            self._inbox.close()
            (self._folder / self._name).unlink(missing_ok=True)
        if self.all_leave:
            (self._folder / FILE).unlink(missing_ok=True)
            with suppress(OSError):  # it is not empty yet, or gone already
                self._folder.rmdir()


class _Begun(asyncio.Protocol):
    """The first steps of a connection of which something was read elsewhere."""

    def __init__(self, factory: Factory, read: bytes) -> None:
        self._factory, self._read = factory, read

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Goes on as the protocol that it would have had here from the beginning."""
        protocol = self._factory()
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        protocol.data_received(self._read)


def _sent(request: web.Request, read: bytes, owner: Path) -> bool:
    """Whether the owner has it now. Raises BlockingIOError where its queue is full, and RequestRefused."""
    if not read or len(read) > _MAX_BYTES:
        raise RequestRefused(status=413 if read else 400, reason="body")
    assert request.transport is not None
    connection = request.transport.get_extra_info("socket")
    # A socket for each: the kernel counts what waits against its sender, and one neighbour must not block another.
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as outbox:
        outbox.setblocking(False)
        try:
            outbox.connect(str(owner))
            socket.send_fds(outbox, [read], [connection.fileno()])
        except BlockingIOError:
            raise
        except OSError:
            return False
    return True
