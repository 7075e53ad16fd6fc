"""The whole board in the forms in which it is asked for, each made at most once between two refreshes."""

from __future__ import annotations

import binascii
from dataclasses import dataclass, field

import orjson

from beeplace.board.board import Board


@dataclass(slots=True)
class Snapshot:
    """The board as of (epoch, seq)."""

    epoch: str
    seq: int
    pixels: bytes
    forms: dict[str, orjson.Fragment] = field(default_factory=dict)

    def encoded(self, form: str) -> orjson.Fragment:
        """JSON text of the pixels: "array" of indices row by row, or base64 ("b64") of the same bytes."""
        if form not in self.forms:
            self.forms[form] = orjson.Fragment(_ENCODE[form](self.pixels))
        return self.forms[form]


class Snapshots:
    """Shared by all who join between two refreshes.

    One that is a little older than the board is as good as new: it is not older than the last batch, so the
    next batch covers all that it lacks.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._latest: Snapshot | None = None

    def latest(self) -> Snapshot:
        """The board as of now, or as of any moment since the last refresh."""
        if self._latest is None:
            state = self._board.state
            self._latest = Snapshot(state.epoch, state.seq, bytes(self._board.pixels))
        return self._latest

    def renew(self) -> None:
        """A batch went out: who joins from here on needs what it covered."""
        self._latest = None


def _array(pixels: bytes) -> bytes:
    return orjson.dumps(list(pixels))


def _b64(pixels: bytes) -> bytes:
    return b'"' + binascii.b2a_base64(pixels, newline=False) + b'"'


_ENCODE = {"array": _array, "b64": _b64}
