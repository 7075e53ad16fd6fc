"""What clients are told of the settings when they join, under the names of the thesis; called by `app.py`."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import orjson

from beeplace.board.board import Board
from beeplace.board.moderation import Moderation
from beeplace.board.state import BoardState, LiveSettings
from beeplace.gateway.wire.plain_json import Parted, parted


class ClientSettings:
    """What clients are told of the settings as they are now; `saving` says whether placements can be stored, `now_ms`
    is board time.

    What is the same for all who join is written as JSON once, and again where it is another.
    """

    def __init__(self, board: Board, saving: Callable[[], bool], now_ms: Callable[[], int]) -> None:
        self._board, self._saving = board, saving
        self._in_force, self._rules = ModerationFields(board, now_ms), RuleFields(board)
        self._written_of: tuple[object, object] = (None, None)
        self._written = b""

    def __call__(self) -> dict[str, Any]:
        """All of it, which may be changed by who is told."""
        return {**self._rules(), **self._in_force(), **self._own()}

    def _own(self) -> dict[str, Any]:
        """The part that may be another for some clients, or changes without a change of the rules."""
        return {"readOnly": self._board.state.closed, "saving": self._saving()}

    def initial_state(self, own: dict[str, Any], beside: dict[str, Any]) -> Parted:
        """An answer with the settings, what is a client's `own` of them and of the board, and what is `beside`."""
        rules = self._rules()
        shared, fields = self._text(rules, self._in_force()), {"entry": rules["entry"], **self._own(), **own}
        mine = parted(fields)
        before = b'{"initialState":' + shared + b"," + mine.before[1:]
        behind = b"," + orjson.dumps(beside)[1:] if beside else b"}"
        return Parted(before, mine.long, mine.behind + behind) if mine.long else Parted(before + behind)

    def _text(self, rules: dict[str, Any], in_force: dict[str, Any]) -> bytes:
        """The shared part as JSON without its end. Both are the same objects as long as they are the same."""
        written_of = self._written_of
        if rules is not written_of[0] or in_force is not written_of[1]:
            shared = {**rules, **in_force}
            del shared["entry"]
            self._written_of, self._written = (rules, in_force), orjson.dumps(shared)[:-1]
        return self._written


class RuleFields:
    """The fields of size, settings and palette, as clients get them: made anew where one of these is another."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._make(board.state)

    def __call__(self) -> dict[str, Any]:
        state, of = self._board.state, self._of
        same = state.settings is of.settings and state.palette is of.palette
        if not same or (state.width, state.height) != (of.width, of.height):
            self._make(state)
        return self._told

    def _make(self, state: BoardState) -> None:
        self._of = state
        self._told = {**size_fields(state), **told(state.settings), "colors": list(state.palette.colors)}


class ModerationFields:
    """The fields of what is in force, as clients get them: made anew where that changed, or something of it ended."""

    def __init__(self, board: Board, now_ms: Callable[[], int]) -> None:
        self._board, self._now_ms = board, now_ms
        self._make(board.state.moderation)

    def __call__(self) -> dict[str, Any]:
        moderation = self._board.state.moderation
        if moderation is not self._moderation or (self._end_ms is not None and self._now_ms() >= self._end_ms):
            self._make(moderation)
        return self._told

    def _make(self, moderation: Moderation) -> None:
        now_ms = self._now_ms()
        self._moderation, self._told = moderation, moderation.client_fields(now_ms)
        self._end_ms = moderation.next_end_ms(now_ms)


def size_fields(state: BoardState) -> dict[str, Any]:
    """The board's size; `canvasSize` is the thesis's word for a width that is also the height."""
    return {"canvasSize": state.width, "width": state.width, "height": state.height}


def told(settings: LiveSettings) -> dict[str, Any]:
    """The live settings that clients know of."""
    known = {name: value for name, value in settings.named().items() if name not in _OURS}
    return {**known, "entry": _entry(settings)}


def entry_of(settings: LiveSettings, left_ms: int, *, owes_work: bool = False) -> dict[str, Any] | orjson.Fragment:
    """The entry rule for somebody who may draw for so long yet where not everyone may, and whether they owe work: the
    same for all who have not entered and owe none."""
    if left_ms <= 0 and not owes_work:
        return _not_entered(settings.entry, settings.wall_code_round)
    owing = {"owesWork": True} if owes_work else {}
    return {**_entry(settings), "entered": left_ms > 0, "endsIn": max(0, left_ms), **owing}


def _entry(settings: LiveSettings) -> dict[str, Any]:
    return {"ways": list(settings.entry), "round": settings.wall_code_round}


@lru_cache(maxsize=8)
def _not_entered(ways: tuple[str, ...], wall_code_round: int) -> orjson.Fragment:
    told = {"ways": ways, "round": wall_code_round, "entered": False, "endsIn": 0}
    return orjson.Fragment(orjson.dumps(told))


# Limits of the server, of no use to a client that keeps them, and what only concerns who shows codes.
_OURS = ("socketsPerIdentity", "eventsPerSecond", "entryHours", "wallCodeSeconds", "wallCodeRound")
