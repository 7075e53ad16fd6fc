"""Placements as columns of numbers, of what the databases packed. Loaded with NumPy, when first needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from beeplace.log.pieces.columns import Columns, Numbers

_FORMS = (">i8", ">i2", ">i2", ">i2", ">i8")  # the highest byte first


def of_lists(rows: Sequence[Sequence[str | bytes | None]]) -> Columns:
    """Of rows of lists with commas between, in order: seqs, places and moments; and of identities. SQLite packs so."""
    *lists, identities = zip(*rows, strict=True) if rows else [()] * 4
    seqs, places, at_ms = map(_numbers, lists)
    colors = (places & 0xFF).astype(np.uint8)
    return Columns(seqs, places >> 8 & 0xFFF, places >> 20, colors, at_ms, b"".join(filter(None, identities)))


def _numbers(lists: Sequence[str | None]) -> Numbers:
    """There is none for what has no numbers."""
    parts = [np.fromstring(one, np.int64, sep=",") for one in lists if one]
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def of_strings(row: Iterable[bytes | None]) -> Columns:
    """Of one row of strings of numbers: seqs, x, y, colours and moments; and of identities. PostgreSQL packs so."""
    *numbers, identities = (column or b"" for column in row)
    seqs, xs, ys, colors, at_ms = (
        np.frombuffer(column, form).astype(np.int64) for column, form in zip(numbers, _FORMS, strict=True)
    )
    return Columns(seqs, xs, ys, colors.astype(np.uint8), at_ms, identities)
