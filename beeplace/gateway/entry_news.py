"""What people hear of the entry rule: whether they may draw as it is, and, original clients, when that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from beeplace.board.board import Board
from beeplace.board.entries import Entry
from beeplace.board.state import BoardState
from beeplace.gateway.connection.session import Session
from beeplace.gateway.participants import Participant
from beeplace.gateway.wire.protocol import MESSAGES


class EntryNews:
    """One for each gateway. `sockets` are those that follow the board; `now_ms` is board time."""

    def __init__(self, board: Board, sockets: Iterable[Session], now_ms: Callable[[], int]) -> None:
        self._board, self._sockets, self._now_ms = board, sockets, now_ms
        self._gated = board.state.settings.gated

    def tell(self, participant: Participant, answer: dict[str, Any]) -> None:
        """Adds to the answer of a join what is the person's own."""
        state = answer["initialState"]
        left_ms = participant.entered_until_ms and participant.entered_until_ms - self._now_ms()
        state["entry"] = {**state["entry"], "entered": left_ms > 0, "endsIn": max(0, left_ms)}
        if self._board.state.settings.gated and left_ms <= 0:
            answer |= {"code": "entry", "message": MESSAGES["entry"]}
            if participant.original:
                state["readOnly"] = True  # all that an original client understands of it

    def follow(self, _: Sequence[Entry], state: BoardState) -> None:
        """Tells original clients that may not draw any more, or may again; others hear `settings`."""
        if state.settings.gated is self._gated:
            return
        self._gated = state.settings.gated
        now_ms, closed = self._now_ms(), "true" if self._gated or state.closed else "false"
        for socket in list(self._sockets):
            if socket.owner.original and socket.owner.entered_until_ms <= now_ms:
                socket.say(f'2["readOnly",{closed}]')
