"""The whole board, and what changed since a seq, in the forms asked for: each made once between two refreshes."""

from __future__ import annotations

import binascii
from dataclasses import dataclass, field
from typing import Any

import orjson

from beeplace.board.board import Board
from beeplace.gateway.plain_json import Long
from beeplace.gateway.protocol import encode_pixels

_BYTES_FOR_A_PIXEL = 10  # of a delta's comma string, about
_MOST_DELTAS = 256
_MOST_FRESH_PIXELS = 512 * 512  # 0.3 ms to copy and encode


@dataclass(slots=True)
class Snapshot:
    """The board as of (epoch, seq)."""

    epoch: str
    seq: int
    pixels: bytes
    forms: dict[str, Long] = field(default_factory=dict)

    def encoded(self, form: str) -> Long:
        """JSON text of the pixels: "array" of indices row by row, or base64 ("b64") of the same bytes."""
        if form not in self.forms:
            self.forms[form] = Long(_ENCODE[form](self.pixels))
        return self.forms[form]


Delta = dict[str, Any]  # {from, to, pixels}, ready to be sent


class Snapshots:
    """Shared by all who join between two refreshes.

    They are as new as the board. One of a large board may be a little older, since copying it for each commit
    would cost more than it is worth: it is not older than the last batch, so the next batch covers what it lacks.
    The same holds for deltas; a crowd that lost its connections together asks for the same few.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._latest: Snapshot | None = None
        self._deltas: dict[int, Delta | None] = {}
        self._seq = board.state.seq  # of what is kept here

    def latest(self) -> Snapshot:
        """The board as of now, or, if it is large, as of any moment since the last refresh."""
        self._freshen()
        if self._latest is None:
            state = self._board.state
            self._latest = Snapshot(state.epoch, state.seq, bytes(self._board.pixels))
        return self._latest

    def renew(self) -> None:
        """A batch went out: who joins from here on needs what it covered."""
        self._latest = None
        self._deltas.clear()

    def delta(self, seq: int) -> Delta | None:
        """What changed after `seq` of this epoch; None where the whole board is shorter, or the seq is not ours."""
        self._freshen()
        if seq not in self._deltas:
            if len(self._deltas) >= _MOST_DELTAS:
                self._deltas.clear()
            self._deltas[seq] = self._changed(seq)
        return self._deltas[seq]

    def _freshen(self) -> None:
        if self._seq != self._board.state.seq and len(self._board.pixels) <= _MOST_FRESH_PIXELS:
            self._seq = self._board.state.seq
            self.renew()

    def _changed(self, seq: int) -> Delta | None:
        now = self._board.state
        if seq > now.seq:
            return None
        snapshot_bytes = len(self._board.pixels) * 4 // 3
        offsets = self._board.changed_since(seq, max(64, snapshot_bytes // _BYTES_FOR_A_PIXEL))
        if offsets is None:
            return None
        pixels = encode_pixels(self._board.pixels, now.width, offsets)
        return {"from": seq, "to": now.seq, "pixels": orjson.Fragment(f'"{pixels}"')}


def _array(pixels: bytes) -> bytes:
    return orjson.dumps(list(pixels))


def _b64(pixels: bytes) -> bytes:
    return b'"' + binascii.b2a_base64(pixels, newline=False) + b'"'


_ENCODE = {"array": _array, "b64": _b64}
