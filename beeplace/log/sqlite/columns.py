"""Placements as columns of numbers, of what SQLite packed. Loaded with NumPy, when first needed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from beeplace.log.pieces.columns import Columns, Numbers


def columns_of(rows: Sequence[Sequence[str | bytes | None]]) -> Columns:
    """Of the rows of the query `columns`, in order."""
    *lists, identities = zip(*rows, strict=True) if rows else [()] * 4
    seqs, places, at_ms = map(_numbers, lists)
    colors = (places & 0xFF).astype(np.uint8)
    return Columns(seqs, places >> 8 & 0xFFF, places >> 20, colors, at_ms, b"".join(filter(None, identities)))


def _numbers(lists: Sequence[str | None]) -> Numbers:
    """Of lists with commas between, of which there is none for what has no numbers."""
    parts = [np.fromstring(one, np.int64, sep=",") for one in lists if one]
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
