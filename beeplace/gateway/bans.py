"""What people hear of bans: why they may not draw and until when, as soon as it is so, and when they may again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from beeplace.board.board import Board
from beeplace.board.entries import Entry
from beeplace.board.in_force import BanState, person_bytes
from beeplace.board.moderation import Moderation
from beeplace.board.state import BoardState
from beeplace.gateway.connection.session import Session
from beeplace.gateway.wire.plain_json import dumps
from beeplace.gateway.wire.protocol import encode_refusal


class Bans:
    """One for each gateway. `sockets` are those that follow the board; `now_ms` is board time."""

    def __init__(self, board: Board, sockets: Iterable[Session], now_ms: Callable[[], int]) -> None:
        self._board, self._sockets, self._now_ms = board, sockets, now_ms
        self._known = board.state.moderation

    def reason_fields(self, identity: bytes | None) -> dict[str, Any]:
        """Reason and end, for somebody who is banned; nothing for others."""
        now_ms = self._now_ms()
        ban = identity and self._board.state.moderation.ban_of(identity, now_ms)
        return _told(ban, now_ms) if ban else {}

    def refusal(self, identity: bytes) -> dict[str, Any] | None:
        """The answer to a join of somebody who is banned."""
        if not self._board.state.moderation.restricts:
            return None
        told = self.reason_fields(identity)
        return encode_refusal("banned") | told if told else None

    def follow(self, _: Sequence[Entry], state: BoardState) -> None:
        """Tells whose ban has come or gone."""
        if state.moderation is self._known:
            return
        before, self._known = self._known, state.moderation
        if concerned := _people(before) ^ _people(state.moderation):
            self._tell({person for person, _ in concerned})

    def _tell(self, people: set[bytes]) -> None:
        for socket in list(self._sockets):
            identity = socket.owner.identity or socket.owner.banned_as
            if identity and (identity[:4] in people or identity in people):
                told = self.reason_fields(identity)
                closed = bool(told) or self._board.state.closed
                socket.say(f'2["banned",{dumps(told or None)}]')
                socket.say(f'2["readOnly",{dumps(closed)}]')  # all that an original client understands of it


def _people(moderation: Moderation) -> set[tuple[bytes, BanState]]:
    return {(person_bytes(person), ban) for ban in moderation.bans for person in ban.people}


def _told(ban: BanState, now_ms: int) -> dict[str, Any]:
    end = {"retryIn": ban.end.board_ms - now_ms} if ban.end else {}
    return {"reason": ban.reason, "until": ban.until, **end}
