"""The desk's socket: who opens it is known before python-socketio sees a byte, and there are few of them.

The library is loaded with the first ticket that is used, in a thread: most gateways never need its 12 MB.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from aiohttp import web

from beeplace.board.entries import Entry
from beeplace.board.state import BoardState
from beeplace.coalesced import Coalesced
from beeplace.errors import BadRequest, Busy
from beeplace.gateway.connection.faults import FaultLog
from beeplace.gateway.connection.handshake import OriginCheck, accepted, permitted, transport
from beeplace.gateway.connection.refusals import RequestRefused
from beeplace.gateway.desk_socket.commands import COMMANDS, Commands
from beeplace.gateway.desk_socket.patches import difference
from beeplace.gateway.desk_socket.state import DeskState
from beeplace.gateway.desk_socket.tickets import Tickets
from beeplace.gateway.http.actions.selections import moment
from beeplace.gateway.http.errors import DEADLINE
from beeplace.people.keys import KeyRing

if TYPE_CHECKING:
    import socketio

PATH = "/desk/socket.io/"
ORGANISER = "/organiser"
MAX_SOCKETS = 200
MAX_MESSAGE_BYTES = 65_536
MAX_ACTIONS = 1_000  # that wait to be told; of more the newest are
_STEP_SECONDS = 1.0
_REPORTS_SECONDS = 0.4  # between two looks for reports while a desk is open
_LOOKS = 40  # so many of these times without a desk: the figure of the metrics may be older
_KEYS_SECONDS = 0.5  # between two looks whether the keys of open sockets are still valid
_PING_SECONDS = 10
_ROOM = "desks"
_HOLDER = web.RequestKey("desk holder", str)  # what the log calls the key that the ticket was given for

logger = logging.getLogger("beeplace.desk")


@dataclass(slots=True)
class _Shown:
    """What every desk has been told."""

    version: int = 0
    state: dict[str, Any] = field(default_factory=dict)


class DeskSocket:
    """The door, the library behind it, what desks ask for, and what is told to all of them once a second."""

    def __init__(
        self, tickets: Tickets, keys: KeyRing, state: DeskState, origins: OriginCheck, commands: Commands
    ) -> None:
        self.tickets, self.state, self._keys, self._origins = tickets, state, keys, origins
        self._commands = commands
        self._open: dict[asyncio.Task[object], str] = {}  # the requests whose WebSockets are open, and their holders
        self._server: socketio.AsyncServer | None = None
        self._load = Coalesced(self._loaded)
        self._shown = _Shown()
        self._actions: list[Entry] = []
        self._faults = FaultLog()
        self._telling = asyncio.Lock()  # one patch after the other

    def __len__(self) -> int:
        return len(self._open)

    # The door

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Any request to the path: a WebSocket's handshake with a ticket, or an error."""
        try:
            permitted(request, self._origins)
            if transport(request, polling=False) != "websocket" or "sid" in request.query:
                raise RequestRefused
            accepted(request)
        except RequestRefused as refused:
            return refused.response()
        given = request.query.getall("ticket", [])
        holder = self.tickets.holder(given[0]) if len(given) == 1 else None
        if holder is None:
            raise BadRequest(401, "Unauthorized")
        if len(self._open) >= MAX_SOCKETS:
            raise Busy("too many desks are open")
        task = asyncio.current_task()
        assert task
        self._open[task] = request[_HOLDER] = holder
        try:
            if not await self.tickets.use(given[0]):
                raise BadRequest(401, "Unauthorized")
            server = self._server or await self._load(None)
            request[DEADLINE].reschedule(None)
            response = await server.handle_request(request)
            assert isinstance(response, web.StreamResponse)  # the WebSocket, which is over
            return response
        finally:
            del self._open[task]

    async def watch_keys(self) -> None:
        """Closes the sockets of keys that were revoked or have ended, until its owner cancels it."""
        while True:
            await asyncio.sleep(_KEYS_SECONDS)
            for holder in set(self._open.values()):
                if await self._keys.by_identity(bytes.fromhex(holder)) is None:
                    self._end(holder)

    def _end(self, holder: str) -> None:
        for task, theirs in list(self._open.items()):
            if theirs == holder:
                task.cancel()

    # The library

    async def _loaded(self, _: None) -> socketio.AsyncServer:
        if self._server is None:
            self._server = await asyncio.to_thread(_made)
            self._server.on("connect", self._connected, namespace=ORGANISER)
            for name in COMMANDS:
                self._server.on(name, partial(self._asked, name), namespace=ORGANISER)
        return self._server

    async def _connected(self, sid: str, *_: object) -> None:
        """A desk is there: it gets all that a desk shows. A client may also send an event of that name: the same."""
        assert self._server
        await self._server.enter_room(sid, _ROOM, namespace=ORGANISER)
        if not self._shown.state:
            self._shown.state = self.state.now()
        told: dict[str, Any] = {"version": self._shown.version, "state": self._shown.state}
        await self._server.emit("state", told, to=sid, namespace=ORGANISER)

    async def _asked(self, name: str, sid: str, *payload: object) -> dict[str, Any]:
        """A command of a desk; what is returned is its acknowledgement."""
        assert self._server
        environ = self._server.get_environ(sid, namespace=ORGANISER)
        assert environ  # of its handshake, which `handle` let through
        return await self._commands.answer(name, bytes.fromhex(environ["aiohttp.request"][_HOLDER]), *payload)

    # What is told

    def follow(self, entries: Sequence[Entry], state: BoardState) -> None:
        """What is committed: where people draw, and what organisers did. Without a desk nobody looks."""
        if self._open:
            self.state.busy.note(entries, state)
            self._actions += [entry for entry in entries if entry.action is not None]
            del self._actions[:-MAX_ACTIONS]

    async def run(self) -> None:
        """Reads the figures and tells all desks, once a second, until its owner cancels it."""
        while True:
            await asyncio.sleep(_STEP_SECONDS)
            self.state.note()
            if self._open and self._server:
                self.state.busy.step()
                await self._tell(self._server)
            else:
                self._shown.state = {}
                self._actions.clear()
                self.state.busy.clear()

    async def watch_reports(self) -> None:
        """Tells all desks of a report, or of what became of one, as soon as it is seen, until its owner cancels it."""
        looks = 0
        while True:
            await asyncio.sleep(_REPORTS_SECONDS)
            looks = (looks + 1) % _LOOKS
            if (self._open or not looks) and await self.state.look() and self._open and self._server:
                await self._tell(self._server)

    async def _tell(self, server: socketio.AsyncServer) -> None:
        try:
            async with self._telling:
                await self._tell_news(server)
        except Exception as error:  # of the library: one second without news must not end the gateway
            self._faults.note(error)

    async def _tell_news(self, server: socketio.AsyncServer) -> None:
        actions, self._actions = self._actions, []
        names = await self._keys.names() if actions else {}
        for entry in actions:
            told = _action(entry, names.get(entry.identity))
            await server.emit("log", told, room=_ROOM, namespace=ORGANISER)
        state = self.state.now()
        if patch := difference(self._shown.state, state):
            self._shown = _Shown(self._shown.version + 1, state)
            news: dict[str, Any] = {"version": self._shown.version, "patch": patch}
            await server.emit("patch", news, room=_ROOM, namespace=ORGANISER)

    async def close(self, _: web.Application) -> None:
        """Ends all sockets; a signal of the application that is shutting down."""
        for task in list(self._open):
            task.cancel()
        if self._server:
            await self._server.shutdown()


def _made() -> socketio.AsyncServer:
    import socketio  # noqa: PLC0415  # see the module's docstring

    return socketio.AsyncServer(
        async_mode="aiohttp",
        namespaces=[ORGANISER],
        always_connect=True,  # the door has let it in; what is told at once comes behind the acceptance
        async_handlers=True,  # a command that takes long keeps neither pongs waiting nor a revoked key's socket open
        transports=["websocket"],
        cors_allowed_origins=[],  # the door has looked
        max_http_buffer_size=MAX_MESSAGE_BYTES,
        ping_interval=_PING_SECONDS,
        ping_timeout=_PING_SECONDS,
    )


def _action(entry: Entry, by: str | None) -> dict[str, Any]:
    """As `GET /api/actions` tells it."""
    change = entry.change
    told: dict[str, Any] = {
        "seq": entry.seq, "epoch": entry.epoch, "at": moment(entry.at_ms), "kind": change.NAME.replace("_", "-"),
        "by": by,
    }  # fmt: skip
    return told | {"area": change.area._asdict()} if change.area else told
