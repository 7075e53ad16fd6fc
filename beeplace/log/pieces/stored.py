"""A piece as a store keeps it."""

from __future__ import annotations

import hashlib
from typing import NamedTuple


class StoredPiece(NamedTuple):
    """Piece `number` is of the stretch with that number; `first_ms` and `last_ms` are when its ends were committed.

    `packed` is gzip of what `codec.py` writes; `checkpoint`, where there is one, gzip of the board before the piece,
    one byte a pixel.
    """

    number: int
    first_ms: int
    last_ms: int
    packed: bytes
    checkpoint: bytes | None

    @property
    def digest(self) -> str:
        """Part of its address, so that no other piece ever has the same."""
        return hashlib.sha256(self.packed + (self.checkpoint or b"")).hexdigest()[:16]


class PieceHead(NamedTuple):
    """What is known of a stored piece without reading it; `checkpoint_bytes` is None where there is no checkpoint."""

    number: int
    first_ms: int
    last_ms: int
    digest: str
    packed_bytes: int
    checkpoint_bytes: int | None
