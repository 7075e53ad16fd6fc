"""The Engine.IO server: sessions, handshakes, polls and upgrades.

Nothing here knows BeePlace: any `Application` can be served.
"""

from __future__ import annotations

import asyncio
import os
import re
from binascii import b2a_base64
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol

from aiohttp import web

from beeplace.gateway.connection.admission import Admission
from beeplace.gateway.connection.close_codes import TOO_SLOW
from beeplace.gateway.connection.faults import FaultLog
from beeplace.gateway.connection.handoff import Handoff
from beeplace.gateway.connection.handshake import OriginCheck, accepted, cors, permitted, transport
from beeplace.gateway.connection.heartbeat import Heartbeat
from beeplace.gateway.connection.limits import Budget, ConnectionLimits, Deadlines
from beeplace.gateway.connection.origins import relayed
from beeplace.gateway.connection.polling import Polling, whole_body
from beeplace.gateway.connection.refusals import RequestRefused, come_back, other_method
from beeplace.gateway.connection.session import Session
from beeplace.gateway.connection.takeover import take_over
from beeplace.gateway.connection.websocket import WebSocket
from beeplace.gateway.sliced import SLICE_BYTES
from beeplace.gateway.wire.engineio import Packet, State, decode_payload, opening, promised
from beeplace.gateway.wire.errors import ProtocolError
from beeplace.gateway.wire.handshake import HandshakeAnswer

NEWCOMERS_AT_ONCE = 16  # handshakes in one turn of the loop: about 5 ms of it
LEAVERS_AT_ONCE = 64
_MAX_PULSE_SECONDS = 0.25
OPEN_SECONDS = 0.02  # behind a proxy, from the answer to a WebSocket's handshake to what opens the session
_PROBE_SECONDS = 10.0
_GOODBYE_SECONDS = 2.0  # for the poll of a client whose session is over, which brings why
_MAX_GOODBYES = 64
_SID = re.compile(r"[A-Za-z0-9_-]{20}", re.ASCII)
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_METHODS = ("GET", "POST")

Refused = Callable[[str, Callable[[], dict[str, str]]], None]  # a reason, and what the log may say of it


class Application(Protocol):
    """The layer above. What it raises besides ProtocolError is logged, and ends the one session that it was about."""

    def receive(self, session: Session, message: str | bytes) -> None:
        """A message. Raises ProtocolError."""

    def closed(self, session: Session) -> None:
        """The session is over; called once for each."""


class EngineServer:
    """Engine.IO 4 at one path. `kicked` hears of each session that is ended by us, `refused` of each request that is
    not answered; `steps` are taken at each pulse."""

    def __init__(
        self,
        limits: ConnectionLimits,
        application: Application,
        origins: OriginCheck,
        *,
        path: str = "/socket.io/",
        kicked: Callable[[Session, int], None] = lambda _session, _code: None,
        refused: Refused = lambda _reason, _why: None,
        handoff: Handoff | None = None,
    ) -> None:
        self.limits, self.origins, self.path = limits, origins, path
        self.kicked, self.handoff = kicked, handoff
        self._refused = refused
        self.clock = asyncio.get_running_loop().time
        self.second = int(self.clock())
        self.sessions: dict[str, Session] = {}
        self.faults = FaultLog()
        self.gate = Admission(NEWCOMERS_AT_ONCE)
        self.receive = application.receive
        self._application = application
        self.heartbeat: Heartbeat[Session] = Heartbeat(limits.ping_interval, limits.ping_timeout, self.clock)
        self._connects: Deadlines[Session] = Deadlines(limits.connect_seconds, self.clock, _end_ungreeted)
        self._probes: Deadlines[WebSocket] = Deadlines(_PROBE_SECONDS, self.clock, _end_probe)
        self.steps: list[Callable[[float], None]] = [self.heartbeat.step, self._connects.step, self._probes.step]
        # Deadlines are met with a hundredth of the interval: seldom in operation, exactly where intervals are short.
        self.pulse_seconds = min(_MAX_PULSE_SECONDS, limits.ping_interval / 100)
        self._promises = promised(
            int(limits.ping_interval * 1000), int(limits.ping_timeout * 1000), limits.bytes_per_message
        )
        self._goodbyes: dict[str, Session] = {}
        self._unheard: Deadlines[Session] = Deadlines(_GOODBYE_SECONDS, self.clock, self._forget_goodbye)
        self.steps.append(self._unheard.step)
        self._unopened: Deadlines[Session] = Deadlines(OPEN_SECONDS, self.clock, self.open)
        self._handshakes = Budget(limits.handshakes_per_second)
        self._leaving: deque[Session] = deque()

    def attach(self, app: web.Application) -> None:
        """Adds the route; every method comes here, so that each has its answer."""
        app.router.add_route("*", self.path, self.handle_request)

    def allow(self, frames_per_second: int) -> None:
        """How many frames each session may send in a second, from its next one on."""
        if frames_per_second != self.limits.frames_per_second:
            self.limits = replace(self.limits, frames_per_second=frames_per_second)

    async def pulse(self) -> None:
        """Heartbeats and deadlines, until its owner cancels it."""
        while True:
            await asyncio.sleep(self.pulse_seconds)
            now = self.clock()
            self.second = int(now)
            for step in self.steps:
                try:
                    step(now)
                except Exception as error:  # one client's fault must not stop the time of all others
                    self.failed(error)

    # Sessions

    def new_sid(self) -> str:
        """A new session id, which leads to this worker where there are several."""
        return self.handoff.new_sid() if self.handoff else new_sid()

    def pong(self, session: Session) -> bool:
        """A peer answered."""
        return self.heartbeat.heard(session)

    def ask(self, session: Session) -> None:
        """Asks a peer before its time."""
        self.heartbeat.ask(session)

    def asked(self, session: Session) -> bool:
        """Whether a peer's answer is outstanding."""
        return self.heartbeat.asked(session)

    def failed(self, error: Exception) -> None:
        """A handler of ours failed."""
        self.faults.note(error)

    def end(self, session: Session) -> None:
        """Forgets a session, and tells the layer above in a turn of the loop to come."""
        self.heartbeat.forget(session)
        if not self._leaving:
            asyncio.get_running_loop().call_soon(self._see_off)
        self._leaving.append(session)

    def keep_goodbye(self, session: Session) -> None:
        """Its next poll is answered all the same, if it comes soon; beyond some sessions they hear of it by a 400."""
        if len(self._goodbyes) < _MAX_GOODBYES:
            self._goodbyes[session.sid] = session
            self._unheard.add(session)

    def _forget_goodbye(self, session: Session) -> None:
        self._goodbyes.pop(session.sid, None)

    def _see_off(self) -> None:
        """A few in each turn of the loop: thousands may leave at once."""
        for _ in range(min(LEAVERS_AT_ONCE, len(self._leaving))):
            session = self._leaving[0]
            self.sessions.pop(session.sid, None)
            try:
                self._application.closed(session)
            except Exception as error:  # of any handler: the session is freed all the same
                self.failed(error)
            self._leaving.popleft()  # not before: `end` begins anew where nobody is leaving
        if self._leaving:
            asyncio.get_running_loop().call_soon(self._see_off)

    # Requests

    async def handle_request(self, request: web.Request) -> web.StreamResponse:
        """Any request to the path."""
        try:
            allowed = cors(request, self.origins)
            if request.method == "OPTIONS":
                return web.Response(status=204, headers=allowed)
            response = await self._answer(request)
            response.headers.update(allowed)
        except RequestRefused as refused:
            self._refused(refused.reason, partial(self._why, request, refused))
            return refused.response()
        return response

    def _why(self, request: web.Request, refused: RequestRefused) -> dict[str, str]:
        return self.origins.compared(request) if refused.reason == "origin" else {}

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.method not in _METHODS:
            raise other_method(self.limits.profile.other_method_status)
        wanted = transport(request, polling=self.limits.polling)
        if goodbye := self._goodbyes.get(request.query.get("sid", "")) if wanted == "polling" else None:
            return await self._last_poll(request, goodbye)
        session = await self._session(request, request.query["sid"]) if "sid" in request.query else None
        if wanted == "websocket":
            return await self._websocket(request, session)
        if session is None:
            return await self._open_polling(request)
        return await (self._poll if request.method == "GET" else self._post)(request, session)

    async def _session(self, request: web.Request, sid: str) -> Session:
        if self.handoff and sid not in self.sessions:
            await self.handoff.send_on(request, sid)
        return self._known(sid)

    def _known(self, sid: str) -> Session:
        session = self.sessions.get(sid) if _SID.fullmatch(sid) else None
        if session is None or session.closed:
            raise RequestRefused("Session ID unknown")
        if not session.upgraded and self.heartbeat.late(session):
            session.drop()
            raise RequestRefused("Session ID unknown")
        return session

    async def _admit(self, request: web.Request) -> None:
        """Returns when it is this handshake's turn. Raises RequestRefused where there are too many at once."""
        if request.method != "GET":
            raise RequestRefused("Bad handshake method")
        self._spend_handshake()
        await self.gate.enter()

    def _spend_handshake(self) -> None:
        if not self._handshakes.spend(self.clock()):
            raise come_back()

    def _new_session(self, request: web.BaseRequest, state: State) -> Session:
        session = Session(self, self.new_sid(), self.origins.address(request), request, state)
        self.sessions[session.sid] = session
        self.heartbeat.expect_ping(session)
        self._connects.add(session)
        return session

    # Polling

    async def _open_polling(self, request: web.Request) -> web.Response:
        await self._admit(request)
        session = self._new_session(request, State.POLLING)
        session.push(opening(session.sid, upgrade=True, promises=self._promises))
        return await self._poll(request, session)

    async def _poll(self, request: web.Request, session: Session) -> web.Response:
        if session.polling is None:
            raise RequestRefused
        if session.polling.held:
            session.end_polls()
            raise RequestRefused
        return await self._answered(request, session, session.polling)

    async def _answered(self, request: web.Request, session: Session, polling: Polling) -> web.Response:
        payload = await session.poll()
        if request.transport is None or request.transport.is_closing():
            session.drop()  # what was taken is lost, and a session with a hole is worse than none
        size = sum(map(len, payload))
        if size <= SLICE_BYTES:
            return web.Response(body=b"".join(payload), content_type="text/plain", charset="UTF-8")
        polling.begin(size, request.transport)
        body, sized = polling.written(payload, session.drop), {"Content-Length": str(size)}
        return web.Response(body=body, content_type="text/plain", charset="UTF-8", headers=sized)

    async def _last_poll(self, request: web.Request, session: Session) -> web.Response:
        """What a session that is over was still told, once."""
        if request.method != "GET":
            raise RequestRefused("Session ID unknown")
        del self._goodbyes[session.sid]
        return await self._answered(request, session, Polling())

    async def _post(self, request: web.Request, session: Session) -> web.Response:
        if session.upgraded:
            raise RequestRefused
        try:
            body = await whole_body(request, self.limits.bytes_per_message)
            for packet in decode_payload(body):
                if session.closed:
                    break
                if not session.admits():
                    raise RequestRefused(status=429, reason="body")
                session.take(packet)
        except RequestRefused:
            session.drop()
            raise
        except ProtocolError as error:
            session.refuse(error)
            if not error.answer:  # else the next poll says it, and a client that is told no here would not ask
                raise RequestRefused(reason="body") from error
        return web.Response(text="ok", content_type="text/html")

    # WebSocket

    async def _websocket(self, request: web.Request, session: Session | None) -> web.StreamResponse:
        answer = accepted(request, deflate=self.limits.deflate)
        if session is None:
            await self._admit(request)
        if request.transport is None:
            raise RequestRefused
        self._hand_over(request, session, answer)
        # The connection is not aiohttp's any more: to it, this request's client has gone.
        raise asyncio.CancelledError

    def check_handshake(self, request: web.BaseRequest) -> HandshakeAnswer:
        """What a new session's WebSocket is answered with. Raises RequestRefused where it is none, or is not let in."""
        permitted(request, self.origins)
        if transport(request, polling=self.limits.polling) != "websocket" or "sid" in request.query:
            raise RequestRefused
        answer = accepted(request, deflate=self.limits.deflate)
        self._spend_handshake()
        return answer

    def open_websocket(
        self, request: web.BaseRequest, connection: asyncio.Transport, accepted: HandshakeAnswer, tail: bytes
    ) -> None:
        """Opens the session of a handshake that was checked, on its connection; `tail` came behind it."""
        session = self._new_session(request, State.OPENING)
        websocket = WebSocket(connection, session, self.limits.bytes_per_message, deflates=accepted.deflates)
        connection.set_protocol(websocket)
        self._begin(session, websocket, request, accepted.answer)
        if tail:
            websocket.data_received(tail)

    def _begin(self, session: Session, websocket: WebSocket, request: web.BaseRequest, answer: bytes) -> None:
        """Some proxies hold back or lose what comes in one piece with a 101: behind one, the packet that opens the
        session comes a moment later, or when the peer says something before. Else they go together: to be woken for it
        once more would be a quarter of what a join costs."""
        if not relayed(request):
            session.begin(websocket, answer, self._opening(session))
            return
        session.begin(websocket, answer)
        if self._unopened.next is None:
            asyncio.get_running_loop().call_later(OPEN_SECONDS, self._open_due)
        self._unopened.add(session)

    def _open_due(self) -> None:
        self._unopened.step(self.clock())
        if (due := self._unopened.next) is not None:
            asyncio.get_running_loop().call_at(due, self._open_due)

    def open(self, session: Session) -> None:
        """Opens a session on its WebSocket, unless that was done."""
        session.open(self._opening(session))

    def _opening(self, session: Session) -> Packet:
        return opening(session.sid, upgrade=False, promises=self._promises)

    def _hand_over(self, request: web.Request, session: Session | None, accepted: HandshakeAnswer) -> None:
        assert request.transport is not None
        known = session or self._new_session(request, State.OPENING)
        websocket = WebSocket(request.transport, known, self.limits.bytes_per_message, deflates=accepted.deflates)
        tail = take_over(request, websocket)
        if session is None:
            self._begin(known, websocket, request, accepted.answer)
        else:
            websocket.transport.write(accepted.answer)
            if session.probe(websocket):
                self._probes.add(websocket)
            else:
                websocket.listener = None
                websocket.close(1000)
        if tail:
            websocket.data_received(tail)


def new_sid() -> str:
    """120 random bits."""
    return b2a_base64(os.urandom(15), newline=False).translate(_URL_SAFE).decode()


def _end_ungreeted(session: Session) -> None:
    if not session.greeted and not session.closed:
        session.kick(TOO_SLOW)


def _end_probe(websocket: WebSocket) -> None:
    session = websocket.listener
    if isinstance(session, Session) and session.probing:
        websocket.transport.abort()
