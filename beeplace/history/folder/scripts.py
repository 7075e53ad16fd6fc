"""The evening for the replay of an archive folder: pieces, checkpoints and their index as scripts.

A page that was opened from a disk may read no file, and may run scripts that lie beside it: each hands over one thing,
the index as it is and the rest as base64 of gzip, to `beeplaceArchive(name, content)`. `docs/history.md` has the forms.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from beeplace.history.pieces import index
from beeplace.history.stretches import Stretch
from beeplace.log.archive import Head
from beeplace.log.pieces.builder import BYTES_A_PLACEMENT, make_piece
from beeplace.log.pieces.codec import paint
from beeplace.log.pieces.stored import PieceHead
from beeplace.log.strips.strip import STRETCH


class HistoryScripts:
    """Writes pieces while the log is read, and has the board as far as it was read; `close` writes the index."""

    def __init__(self, folder: Path, head: Head) -> None:
        self._folder, self._head = folder, head
        for name in ("pieces", "checkpoints"):
            (folder / name).mkdir(parents=True)
        first = head.epochs[0]
        self.pixels, self._width = bytearray(first.width * first.height), first.width
        self._pieces: list[PieceHead] = []
        self._checkpoint = 0  # the piece before which the last one is; before the first the board is empty

    def follow(self, stretch: Stretch) -> None:
        """Takes in what comes next in the log."""
        number = len(self._pieces)
        since = self._pieces[self._checkpoint :]
        left = BYTES_A_PLACEMENT * len(since) * STRETCH - sum(head.packed_bytes for head in since)
        made = make_piece(number, stretch.columns, stretch.others, self.pixels, left)
        name = f"{number}-{made.digest}"
        self._write(f"pieces/{name}", made.packed)
        checkpoint_bytes = None
        if made.checkpoint is not None:
            self._write(f"checkpoints/{name}", made.checkpoint)
            self._checkpoint, checkpoint_bytes = number, len(made.checkpoint)
        self._pieces.append(
            PieceHead(number, made.first_ms, made.last_ms, made.digest, len(made.packed), checkpoint_bytes)
        )
        self.pixels, self._width = paint(self.pixels, self._width, stretch.columns, stretch.others)

    def close(self, moments: Sequence[dict[str, Any]]) -> None:
        """Everything was read."""
        told = index(self._pieces, STRETCH, self._head.state.seq, self._head.epochs, moments)
        (self._folder / "index.js").write_bytes(b'beeplaceArchive("index",' + orjson.dumps(told) + b");\n")

    def _write(self, name: str, packed: bytes) -> None:
        (self._folder / f"{name}.js").write_bytes(f'beeplaceArchive("{name}","'.encode() + b64encode(packed) + b'");\n')
