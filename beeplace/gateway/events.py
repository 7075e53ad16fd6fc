"""BeePlace's events: what happens when a client joins, places a pixel, or asks what it missed.

Every handler runs in one step of the loop: between a snapshot and its subscription nothing else happens. Where the
snapshot of a large board has to be made first, the answer to it is such a step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any, NamedTuple

import structlog

from beeplace.board.board import Board
from beeplace.board.entries import Entry
from beeplace.board.geometry import Pixel
from beeplace.board.rules import Answer, PlacementRequest
from beeplace.board.state import BoardState
from beeplace.board.terms import parted
from beeplace.errors import BadPayload, Busy, Restarting
from beeplace.gateway.bans import Bans
from beeplace.gateway.connection.limits import Deadlines
from beeplace.gateway.connection.origins import network
from beeplace.gateway.connection.session import PROTOCOL_VIOLATED, TOO_SLOW, Session
from beeplace.gateway.entry_news import EntryNews
from beeplace.gateway.fanout.holding import HeldSnapshots
from beeplace.gateway.fanout.snapshot import Delta, Snapshot
from beeplace.gateway.fanout.snapshots import Snapshots
from beeplace.gateway.fanout.subscribers import LateSubscriber, Subscribers
from beeplace.gateway.initial_state import ClientSettings
from beeplace.gateway.metrics import Metrics
from beeplace.gateway.participants import Participant
from beeplace.gateway.request_budget import RETRY_MS, RequestBudget
from beeplace.gateway.socketio_server import Ack, Handler, Handlers, direct
from beeplace.gateway.surplus_sockets import SurplusSockets
from beeplace.gateway.wire.plain_json import dumps
from beeplace.gateway.wire.protocol import (
    Join,
    decode_join,
    decode_placement,
    decode_plain_placement,
    decode_sync,
    encode_answer,
    encode_refusal,
    retry_in_ms,
)
from beeplace.gateway.wire.socketio import Connect
from beeplace.log.commit_loop import BUSY_MS, CommitLoop
from beeplace.people.groups import Groups
from beeplace.people.identities import Identities, Identity
from beeplace.people.newcomers import SECONDS
from beeplace.people.presence import Presence

log = structlog.get_logger("beeplace.events")

_BAD_JOINS = 3
_JOIN_SECONDS = 10.0  # from CONNECT to `join`


class _Refused(Exception):
    """A join that is not let in, and what it is answered."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__()
        self.answer = answer


class _Admitted(NamedTuple):
    join: Join
    identity: Identity | None


class _Canvas(NamedTuple):
    """The fields of an answer that bring a client the board; `behind` where the board is newer than they say."""

    fields: dict[str, Any]
    behind: LateSubscriber | None = None


class Events:
    """The handlers of one gateway. `config` has the fields of `initialState` that are the same for everyone."""

    def __init__(
        self,
        *,
        board: Board,
        commits: CommitLoop,
        identities: Identities,
        people: Presence[Session],
        fanout: Subscribers,
        snapshots: Snapshots,
        metrics: Metrics,
        config: ClientSettings,
        refused: Callable[[str], None],
    ) -> None:
        self._board, self._commits, self._snapshots = board, commits, snapshots
        self._identities, self._people, self._fanout = identities, people, fanout
        self._metrics, self._config, self._refused_for = metrics, config, refused
        self.bans = Bans(board, fanout, commits.now_ms)
        self.entry_news = EntryNews(board, fanout, commits.now_ms, identities)
        self.draining = False
        self._clock = clock = asyncio.get_running_loop().time
        self._log = log.bind()  # once, and not with each client
        self.groups = Groups(clock, lambda: board.state)
        self._asking = RequestBudget(clock)
        self._holding = HeldSnapshots()
        self._surplus = SurplusSockets(people, lambda: board.state.settings.sockets_per_identity, clock)
        self._joins: Deadlines[Session] = Deadlines(_JOIN_SECONDS, clock, _not_joined)

    def step(self, now: float) -> None:
        """Looks at deadlines and at who has read what; called a few times a second."""
        self._joins.step(now)
        self._surplus.step(now)
        self._holding.step(now)
        self.entry_news.step()
        self.groups.step()

    def follow(self, entries: Sequence[Entry], state: BoardState) -> None:
        """Takes a commit in: people hear what is another now of what they may do."""
        self.bans.follow(entries, state)
        self.entry_news.follow(entries, state)

    def handlers(self) -> Handlers:
        """For the Socket.IO server."""
        events: dict[str, Handler] = {
            "join": direct(self.join),
            "pixelFromPlayer": direct(self.place),
            "sync": direct(self.sync),
        }
        return Handlers(events, self.connected, self.left, self.placed)

    def connected(self, socket: Session, _: Connect) -> None:
        """A client has opened a socket; it is nobody until it joins."""
        request = socket.request
        cookies = request.cookies if request is not None and "Cookie" in request.headers else None
        socket.owner = Participant(self._identities.shown(cookies) if cookies else None)
        self._log.debug("socket opened", sid=socket.sid)
        self._joins.add(socket)

    def left(self, socket: Session) -> None:
        """A client's session has ended. May be called for one that never joined."""
        if socket.closed:
            self._log.debug("socket closed", sid=socket.sid, joined=socket.owner.joined)
        identity, socket.owner.identity = socket.owner.identity, None
        if identity and socket.owner.left_unused(self._clock(), SECONDS):
            self._identities.unused += 1
        with ExitStack() as steps:  # a fault in one of them keeps nothing of the others
            if identity:
                steps.callback(self._people.go, identity, socket)
            for forget in (self._holding.forget, self._asking.forget, self._fanout.remove):
                steps.callback(forget, socket)

    # join

    def join(self, socket: Session, ack: Ack | None, arguments: list[Any]) -> None:
        """Answers with the board and what is the client's own, and subscribes it, in one step.

        That step is this one, unless the board is so large that its snapshot has to be made in many.
        """
        try:
            admitted = self._admitted(socket, arguments)
        except _Refused as refused:
            if ack:
                ack(refused.answer)
            if socket.owner.bad_joins >= _BAD_JOINS:
                socket.kick(PROTOCOL_VIOLATED)
            return
        self._with_canvas(socket, admitted.join, partial(self._joined, socket, ack, admitted))

    def _admitted(self, socket: Session, arguments: list[Any]) -> _Admitted:
        participant: Participant = socket.owner
        try:
            join = decode_join(arguments)
        except BadPayload as error:
            participant.bad_joins += 1
            self._refused_for("join")
            raise _Refused(encode_refusal(error.code)) from error
        if self.draining:
            raise _Refused(encode_refusal("restarting", BUSY_MS))
        if participant.joined and not self._asking.may(socket):
            raise _Refused(encode_refusal("busy", RETRY_MS))
        identity = None if join.watch and not participant.identity else self._who(socket, join)
        if identity and (banned := self.bans.refusal(identity.hash)):
            participant.banned_as = identity.hash
            raise _Refused(banned)
        if identity and not participant.identity:
            if not self._surplus.admits(identity.hash):
                self._refused_for("sockets")
                raise _Refused(encode_refusal("busy", BUSY_MS))
            self._people.come(identity.hash, socket)
            if identity.fresh:
                self.groups.come(identity.hash)
            participant.followed = self.groups.follows(identity.hash)
        if identity:
            participant.adopt(identity, self._clock())
        participant.joined = True
        participant.original = join.board == "array"
        return _Admitted(join, identity)

    def _joined(self, socket: Session, ack: Ack | None, admitted: _Admitted, canvas: _Canvas) -> None:
        own: dict[str, Any] = {"userCount": max(len(self._people), 1 if admitted.identity else 0), **canvas.fields}
        beside: dict[str, Any] = {}
        if identity := admitted.identity:
            own["remainingPixels"], own["retryIn"] = self._commits.left(identity.hash)
            if identity.token:
                own["token"] = identity.token
            beside = self.entry_news.tell(socket.owner, own)
        if ack:
            ack.parts(self._config.initial_state(own, beside))
        self._metrics.joined()
        self._fanout.add(socket, canvas.behind)

    def _who(self, socket: Session, join: Join) -> Identity:
        """The identity of a join. Invariant: a socket has one for good, whatever a later join names."""
        participant: Participant = socket.owner
        known = self._identities.recognise
        first, named = participant.identity, known(join.token) if join.token else None
        if named is None and participant.cookie:
            named = known(participant.cookie)
        if named and named.fresh and first is None:
            named = self._identities.arrived(named)
        if named is None and join.fingerprint is not None and join.token is None:
            named = self._identities.from_fingerprint(join.fingerprint)
        if named is None:
            named = self._identities.newcomer(socket.sid, participant.owes_work if first else None)
        return named if first in (None, named.hash) else Identity(first, None, owes_work=participant.owes_work)

    # sync

    def sync(self, socket: Session, ack: Ack | None, arguments: list[Any]) -> None:
        """The exact delta from where a client is, or the whole board."""
        if ack is None:
            return
        if not socket.owner.joined:
            ack(encode_refusal("not_joined"))
            return
        try:
            epoch, seq = decode_sync(arguments)
        except BadPayload as error:
            ack(encode_refusal(error.code))
            return
        if not self._asking.may(socket):
            ack(encode_refusal("busy", RETRY_MS))
        elif delta := self._delta(epoch, seq):
            self._asking.charge(socket, len(delta.pixels))
            ack.long({"epoch": self._board.state.name, **delta.fields()})
        else:
            self._with_canvas(socket, Join(board="b64"), partial(self._synced, socket, ack))

    def _synced(self, socket: Session, ack: Ack, canvas: _Canvas) -> None:
        ack.parts(self._config.initial_state(canvas.fields, {}))
        self._fanout.add(socket, canvas.behind)

    # The board

    def _with_canvas(self, socket: Session, join: Join, then: Callable[[_Canvas], None]) -> None:
        """Calls `then` with the board, or the shortest way from what the client has to it."""
        now = self._board.state
        if delta := self._delta(join.epoch, join.seq):
            self._asking.charge(socket, len(delta.pixels))
            then(_Canvas({"epoch": now.name, "seq": delta.to_seq, "delta": delta.fields()}))
        elif join.board == "none":
            then(_Canvas({"epoch": now.name, "seq": now.seq}))
        elif snapshot := self._snapshots.at_hand(join.board, deflate=socket.deflates):
            self._show(socket, join.board, then, snapshot)
        else:
            self._asking.wait(socket)
            show = partial(self._show, socket, join.board, then)
            self._snapshots.wait(join.board, show, deflate=socket.deflates)

    def _delta(self, epoch: str | None, seq: int | None) -> Delta | None:
        """What changed since; None where that is longer than the board, or of another history."""
        known = epoch is not None and seq is not None and self._board.has(epoch, seq)
        return self._snapshots.delta(seq) if known and seq is not None else None

    def _show(self, socket: Session, form: str, then: Callable[[_Canvas], None], snapshot: Snapshot) -> None:
        if not self._asking.answered(socket):
            return
        now, board = self._board.state, snapshot.encoded(form)
        self._asking.charge(socket, len(snapshot.pixels))
        older = (snapshot.epoch, snapshot.seq) != (now.name, now.seq)
        behind = LateSubscriber(parted(snapshot.epoch)[0], snapshot.seq) if older else None
        then(_Canvas({"epoch": snapshot.epoch, "seq": snapshot.seq, "board": board}, behind))
        self._holding.hold(socket, snapshot)

    # pixelFromPlayer

    def place(self, socket: Session, ack: Ack | None, arguments: list[Any]) -> None:
        """Queues a placement for the next commit; the answer comes after it, or at once where there is none."""
        try:
            self._queue(socket, ack, *decode_placement(arguments))
        except BadPayload as error:
            given = arguments[0] if arguments and isinstance(arguments[0], dict) else {}
            self._refuse(socket, ack, given, error.code)

    def placed(self, socket: Session, packet: str) -> bool:
        """The same, for the packet that nearly every placement has; False for every other packet."""
        decoded = decode_plain_placement(packet)
        if decoded is None:
            return False
        address, pixel, rid, epoch = decoded
        self._queue(socket, Ack(socket, address) if address else None, pixel, rid, epoch)
        return True

    def _queue(self, socket: Session, ack: Ack | None, pixel: Pixel, rid: bytes | None, epoch: str | None) -> None:
        participant: Participant = socket.owner
        if ack:
            self._asking.full(socket)
        if participant.identity is None:
            banned = self.bans.reason_fields(participant.banned_as)
            self._refuse(socket, ack, pixel._asdict(), "banned" if banned else "not_joined")
            return
        if participant.followed and (wait_ms := self._group_wait_ms(socket, participant, pixel)):
            self._refuse(socket, ack, pixel._asdict(), "cooldown", wait_ms)
            return
        until_ms, owes_work = participant.entered_until_ms, participant.owes_work
        placement = PlacementRequest(participant.identity, pixel, rid, epoch, until_ms, owes_work)
        try:
            self._commits.place(placement, partial(self._answered, socket, ack, pixel))
        except Busy:
            self._refuse(socket, ack, pixel._asdict(), "busy", BUSY_MS)
        except Restarting:
            self._refuse(socket, ack, pixel._asdict(), "restarting", BUSY_MS)

    def _group_wait_ms(self, socket: Session, participant: Participant, pixel: Pixel) -> int:
        identity = participant.identity
        assert identity
        wait_ms = self.groups.wait_ms(identity, pixel, network(socket.address))
        participant.followed = self.groups.follows(identity)
        return wait_ms

    def _answered(self, socket: Session, ack: Ack | None, pixel: Pixel, answer: Answer) -> None:
        self._metrics.answer(answer.code)
        if not answer.code:
            socket.owner.newcomer_since = 0.0
        if ack:
            ack(
                encode_answer(answer) | self._why(socket, answer.code, pixel._asdict())
                if answer.code
                else encode_answer(answer)
            )
        elif answer.code:
            self._take_back(socket, pixel._asdict(), answer.code, retry_in_ms(answer))

    def _refuse(self, socket: Session, ack: Ack | None, given: dict[str, Any], code: str, retry_in_ms: int = 0) -> None:
        self._metrics.answer(code)
        if ack:
            ack(encode_refusal(code, retry_in_ms) | self._why(socket, code, {}))
            return
        integers = {k: v for k in ("x", "y", "color") if type(v := given.get(k)) is int}
        self._take_back(socket, integers, code, retry_in_ms)

    def _why(self, socket: Session, code: str, given: dict[str, int]) -> dict[str, Any]:
        """What is told beside a code: why somebody is banned, or which zone it was and why, and until when; how to
        draw nevertheless."""
        if code == "entry":
            return self.entry_news.reason_fields(socket.owner)
        if code == "banned":
            return self.bans.reason_fields(socket.owner.identity or socket.owner.banned_as)
        moderation = self._board.state.moderation
        if moderation.zones and given.keys() == {"x", "y", "color"}:
            zone = moderation.zone_behind(code, Pixel(**given), self._commits.now_ms())
            return {"zone": zone.seq, "reason": zone.reason, "until": zone.until} if zone else {}
        return {}

    def _take_back(self, socket: Session, pixel: dict[str, int], code: str, retry_in_ms: int) -> None:
        """Tells an original client, which has drawn the pixel already, what is there really."""
        self._asking.full(socket)
        rejected: dict[str, Any] = {**pixel, "code": code, **self._why(socket, code, pixel)}
        if retry_in_ms:
            rejected["retryIn"] = retry_in_ms
        state, x, y = self._board.state, pixel.get("x", -1), pixel.get("y", -1)
        if 0 <= x < state.width and 0 <= y < state.height:
            rejected["current"] = self._board.pixels[y * state.width + x]
        socket.say(f'2["pixelRejected",{dumps(rejected)}]')


def _not_joined(socket: Session) -> None:
    if not socket.closed and not socket.owner.joined:
        socket.kick(TOO_SLOW)
