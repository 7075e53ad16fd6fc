"""Placements as columns of numbers, of what PostgreSQL packed. Loaded with NumPy, when first needed."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from beeplace.log.pieces.columns import Columns

_FORMS = (">i8", ">i2", ">i2", ">i2", ">i8")  # as the query packs them: the highest byte first


def columns_of(row: Iterable[bytes | None]) -> Columns:
    """Of the row of the query `columns`."""
    *numbers, identities = (column or b"" for column in row)
    seqs, xs, ys, colors, at_ms = (
        np.frombuffer(column, form).astype(np.int64) for column, form in zip(numbers, _FORMS, strict=True)
    )
    return Columns(seqs, xs, ys, colors.astype(np.uint8), at_ms, identities)
