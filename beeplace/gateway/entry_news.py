"""What people hear of the entry rule: whether they may draw as it is, and, original clients, when that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from beeplace.board.board import Board
from beeplace.board.entries import Entry
from beeplace.board.state import BoardState
from beeplace.gateway.connection.session import Session
from beeplace.gateway.initial_state import entry_of
from beeplace.gateway.participants import Participant
from beeplace.gateway.wire.protocol import MESSAGES
from beeplace.people.identities import Identities

_FLOOD = "newcomers come in floods: to draw, open this site's own page, where your device works for a moment"


class EntryNews:
    """One for each gateway. `sockets` are those that follow the board; `now_ms` is board time, and
    `identities` know whether there is a flood."""

    def __init__(
        self, board: Board, sockets: Iterable[Session], now_ms: Callable[[], int], identities: Identities
    ) -> None:
        self._board, self._sockets, self._now_ms, self._identities = board, sockets, now_ms, identities
        self._gated = board.state.settings.gated
        self._waiting = False  # original clients owe work

    def tell(self, participant: Participant, own: dict[str, Any]) -> dict[str, Any]:
        """Adds to a person's own part of the state that they join with; returns what is said beside the state."""
        settings = self._board.state.settings
        left_ms = participant.entered_until_ms and participant.entered_until_ms - self._now_ms()
        own["entry"] = entry_of(settings, left_ms, owes_work=participant.owes_work)
        if left_ms > 0 or not (settings.gated or participant.owes_work):
            return {}
        if participant.original:
            own["readOnly"] = True  # all that an original client understands of it
            self._waiting = self._waiting or participant.owes_work
        return {"code": "entry", "message": MESSAGES["entry"], **self.reason_fields(participant)}

    def reason_fields(self, participant: Participant) -> dict[str, str]:
        """What is told of a refusal instead: how to draw, where the rule lets everybody in whom it does not know."""
        return {} if self._board.state.settings.gated or not participant.owes_work else {"message": _FLOOD}

    def step(self) -> None:
        """Lets original clients in once a flood is over: they cannot work for it. Called a few times a second."""
        if not self._waiting or self._identities.flooded():
            return
        self._waiting = False
        closed = "true" if self._gated or self._board.state.closed else "false"
        for socket in list(self._sockets):
            if socket.owner.original and socket.owner.owes_work:
                socket.owner.owes_work = False
                socket.say(f'2["readOnly",{closed}]')

    def follow(self, _: Sequence[Entry], state: BoardState) -> None:
        """Tells original clients that may not draw any more, or may again; others hear `settings`."""
        if state.settings.gated is self._gated:
            return
        self._gated = state.settings.gated
        now_ms, closed = self._now_ms(), self._gated or state.closed
        for socket in list(self._sockets):
            if socket.owner.original and socket.owner.entered_until_ms <= now_ms:
                socket.say(f'2["readOnly",{"true" if closed or socket.owner.owes_work else "false"}]')
