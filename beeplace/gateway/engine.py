"""The Engine.IO server: handshakes, polls and upgrades, on python-engineio's codec and events.

This module, `sockets.py` and `handover.py` are the only ones that use private names of python-engineio,
python-socketio and aiohttp. All are pinned exactly, and `tests/gateway/test_library_contract.py` fails when
an upgrade changes one of them. Nothing here knows BeePlace: any handlers can be served.
"""

from __future__ import annotations

import asyncio
import os
import re
from binascii import b2a_base64
from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import Any

import engineio
from aiohttp import web
from engineio.async_drivers.aiohttp import translate_request
from engineio.packet import CLOSE, OPEN, Packet

from beeplace.gateway.budget import Budget
from beeplace.gateway.deadlines import Deadlines
from beeplace.gateway.frames import frame
from beeplace.gateway.gate import Gate
from beeplace.gateway.handover import take_over
from beeplace.gateway.handshake import Origins, accepted, cors, permitted, transport
from beeplace.gateway.heartbeat import Heartbeat
from beeplace.gateway.neighbours import Neighbours
from beeplace.gateway.polling import packets, whole_body
from beeplace.gateway.refusals import Refused, come_back
from beeplace.gateway.session import TOO_SLOW, Limits, Session, Violation
from beeplace.gateway.websocket import WebSocket

NEWCOMERS_AT_ONCE = 16  # handshakes in one turn of the loop: about 5 ms of it
LEAVERS_AT_ONCE = 64
_MOST_PULSE_SECONDS = 0.25
_PROBE_SECONDS = 10.0
_SID = re.compile(r"[A-Za-z0-9_-]{20}", re.ASCII)

_URL_SAFE = bytes.maketrans(b"+/", b"-_")

Receive = Callable[[Session, str | bytes], None]


class EngineServer(engineio.AsyncServer):  # type: ignore[misc]  # engineio is untyped
    """Engine.IO 4 on aiohttp. `receive` gets every message, `origins` says which sites may speak to us.

    `opened` is told of each new session, and `receive` of each message, in place of the library's events of both.
    """

    def prepare(self, limits: Limits, receive: Receive, origins: Origins) -> None:
        """Completes what the library's constructor does not know of; needs a running loop."""
        self.limits, self.receive, self.origins = limits, receive, origins
        self.clock = asyncio.get_running_loop().time
        self.second = int(self.clock())
        self.heartbeat: Heartbeat[Session] = Heartbeat(self.ping_interval, self.ping_timeout, self.clock)
        self.connects: Deadlines[Session] = Deadlines(limits.connect_seconds, self.clock, self._ungreeted)
        self.probes: Deadlines[WebSocket] = Deadlines(_PROBE_SECONDS, self.clock, _give_up_probe)
        self.kicked: Callable[[Session, int], None] = lambda _session, _code: None
        self.opened: Callable[[str, dict[str, Any]], None] = lambda _sid, _environment: None
        self.steps: list[Callable[[float], None]] = [self.heartbeat.step, self.connects.step, self.probes.step]
        self._promises = (
            f'"pingInterval":{int(self.ping_interval * 1000)},"pingTimeout":{int(self.ping_timeout * 1000)},'
            f'"maxPayload":{limits.bytes_per_message}'
        )
        self._pulse_seconds = min(_MOST_PULSE_SECONDS, self.ping_timeout / 4)
        self._handshakes = Budget(limits.handshakes_per_second)
        self.neighbours: Neighbours | None = None
        self.gate = Gate(NEWCOMERS_AT_ONCE)
        self._tasks: set[asyncio.Future[None]] = set()
        self._leaving: deque[Session] = deque()

    def attach(self, app: web.Application, engineio_path: str = "engine.io") -> None:
        """Adds the route; every method comes here, so that each has its answer."""
        app.router.add_route("*", f"/{engineio_path.strip('/')}/", self.handle_request)

    async def pulse(self) -> None:
        """Heartbeats and deadlines, until its owner cancels it."""
        while True:
            await asyncio.sleep(self._pulse_seconds)
            now = self.clock()
            self.second = int(now)
            for step in self.steps:
                step(now)

    # Sessions

    def generate_id(self) -> str:
        """A new session id, which leads to this worker where there are several."""
        return self.neighbours.new_sid() if self.neighbours else new_sid()

    def pong(self, session: Session) -> bool:
        """A peer answered."""
        return self.heartbeat.heard(session)

    def end(self, session: Session) -> None:
        """Forgets a session, and tells the layer above."""
        self.heartbeat.forget(session)
        self._leaving.append(session)
        if len(self._leaving) == 1:
            self.own(self._see_off())

    async def _see_off(self) -> None:
        """One task for all who leave, a few in each turn of the loop: thousands may leave at once."""
        while self._leaving:
            for session in list(islice(self._leaving, LEAVERS_AT_ONCE)):
                try:
                    await self._trigger_event("disconnect", session.sid, self.reason.TRANSPORT_CLOSE, run_async=False)
                finally:
                    self.sockets.pop(session.sid, None)
                    self._leaving.popleft()
            await asyncio.sleep(0)

    def own(self, work: Any) -> None:
        """Runs a short piece of work to its end; the server owns the task."""
        self._tasks.add(task := asyncio.ensure_future(work))
        task.add_done_callback(self._tasks.discard)

    def _ungreeted(self, session: Session) -> None:
        if not session.greeted and not session.closed:
            session.kick(TOO_SLOW)

    # Requests

    async def handle_request(self, request: web.Request) -> web.StreamResponse:
        """Any request to the Engine.IO path."""
        try:
            allowed = cors(request, self.origins)
            if request.method == "OPTIONS":
                return web.Response(status=204, headers=allowed)
            response = await self._answer(request)
            response.headers.update(allowed)
        except Refused as refused:
            return refused.response()
        return response

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        wanted = transport(request, polling=self.limits.polling)
        session = await self._session(request, request.query["sid"]) if "sid" in request.query else None
        if wanted == "websocket":
            return await self._websocket(request, session)
        if session is None:
            return await self._open_polling(request)
        if request.method == "GET":
            return await self._poll(request, session)
        if request.method == "POST":
            return await self._post(request, session)
        raise Refused

    async def _session(self, request: web.Request, sid: str) -> Session:
        if self.neighbours and sid not in self.sockets:
            await self.neighbours.send_on(request, sid)
        return self._known(sid)

    def _known(self, sid: str) -> Session:
        session: Session | None = self.sockets.get(sid) if _SID.fullmatch(sid) else None
        if session is None or session.closed:
            raise Refused("Session ID unknown")
        if not session.upgraded and self.heartbeat.late(session):
            session.drop()
            raise Refused("Session ID unknown")
        return session

    async def _welcome(self, request: web.Request, *, polling: bool) -> Session:
        """A new session. Raises Refused where there are too many at once."""
        if request.method != "GET":
            raise Refused("Bad handshake method")
        self._spend_handshake()
        await self.gate.enter()
        session = self._new_session(request)
        session.push(Packet(OPEN, self._opening(session, '"websocket"' if polling else "")))
        return session

    def _spend_handshake(self) -> None:
        if not self._handshakes.spend(self.clock()):
            raise come_back()

    def _new_session(self, request: web.BaseRequest) -> Session:
        session = Session(self, self.generate_id(), self.origins.address(request))
        self.sockets[session.sid] = session
        self.opened(session.sid, self._environment(request))
        self.heartbeat.expect_ping(session)
        self.connects.add(session)
        return session

    def _opening(self, session: Session, upgrades: str = "") -> str:
        """The data of the packet that opens a session."""
        return f'{{"sid":"{session.sid}","upgrades":[{upgrades}],{self._promises}}}'

    def _environment(self, request: web.BaseRequest) -> dict[str, Any]:
        """What the library's handlers expect; the direct ones look at the request alone."""
        if self.limits.strict:
            return {"aiohttp.request": request}
        environment: dict[str, Any] = translate_request(request)
        return environment | {"REMOTE_ADDR": request.remote or ""}

    # Polling

    async def _open_polling(self, request: web.Request) -> web.Response:
        session = await self._welcome(request, polling=True)
        return await self._poll(request, session)

    async def _poll(self, request: web.Request, session: Session) -> web.Response:
        polling = session.polling
        if polling is None:
            raise Refused
        if polling.busy:
            polling.put(Packet(CLOSE))
            session.drop()
            raise Refused
        body = await polling.take()
        if request.transport is None or request.transport.is_closing():
            session.drop()  # what was taken is lost, and a session with a hole is worse than none
        return web.Response(text=body, content_type="text/plain", charset="UTF-8")

    async def _post(self, request: web.Request, session: Session) -> web.Response:
        if session.upgraded:
            raise Refused
        try:
            body = await whole_body(request, self.limits.bytes_per_message)
            for packet in packets(body):
                if session.closed:
                    break
                if not session.admits():
                    raise Refused(status=429)
                session.take(packet)
        except Refused:
            session.drop()
            raise
        except (Violation, ValueError) as error:
            session.drop()
            raise Refused from error
        return web.Response(text="ok", content_type="text/html")

    # WebSocket

    async def _websocket(self, request: web.Request, session: Session | None) -> web.StreamResponse:
        answer = accepted(request)
        fresh = session is None
        session = session or await self._welcome(request, polling=False)
        if request.transport is None:
            session.drop()
            raise Refused
        self._hand_over(request, session, answer, fresh=fresh)
        # The connection is not aiohttp's any more: to it, this request's client has gone.
        raise asyncio.CancelledError

    def check_handshake(self, request: web.BaseRequest) -> bytes:
        """What a new session's WebSocket is answered with. Raises Refused where it is none, or is not let in."""
        permitted(request, self.origins)
        if transport(request, polling=self.limits.polling) != "websocket" or "sid" in request.query:
            raise Refused
        answer = accepted(request)
        self._spend_handshake()
        return answer

    def open_websocket(
        self, request: web.BaseRequest, connection: asyncio.Transport, answer: bytes, tail: bytes
    ) -> None:
        """Opens the session of a handshake that was checked, on its connection; `tail` came behind it."""
        session = self._new_session(request)
        websocket = WebSocket(connection, session, self.limits.bytes_per_message)
        connection.set_protocol(websocket)
        session.use(websocket, answer + frame(f"0{self._opening(session)}"))
        if tail:
            websocket.data_received(tail)

    def _hand_over(self, request: web.Request, session: Session, answer: bytes, *, fresh: bool) -> None:
        assert request.transport is not None
        websocket = WebSocket(request.transport, session, self.limits.bytes_per_message)
        tail = take_over(request, websocket)
        if fresh:
            session.use(websocket, answer)
        elif session.upgraded or session.probing:
            websocket.transport.write(answer)
            websocket.listener = None
            websocket.close(1000)
        else:
            websocket.transport.write(answer)
            session.probe(websocket)
            self.probes.add(websocket)
        if tail:
            websocket.data_received(tail)


def new_sid() -> str:
    """120 random bits."""
    return b2a_base64(os.urandom(15), newline=False).translate(_URL_SAFE).decode()


def _give_up_probe(websocket: WebSocket) -> None:
    session = websocket.listener
    if isinstance(session, Session) and session.probing:
        websocket.transport.abort()
