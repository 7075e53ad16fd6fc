"""Makes the strips of one stretch of the log. Loaded with NumPy, when first needed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from beeplace.board.geometry import LARGEST_SIDE
from beeplace.log.pieces.columns import IDENTITY_BYTES, Columns
from beeplace.log.strips.strip import BAND_ROWS, NAME_BYTES, STRETCH, Strip


def pack(number: int, placed: Columns) -> list[Strip]:
    """The strips of placements of one stretch, in the order of their bands."""
    bands = placed.ys // BAND_ROWS
    order = np.argsort(bands, kind="stable")  # the seqs of each band stay in order
    names = np.frombuffer(placed.identities, np.uint32)[:: IDENTITY_BYTES // NAME_BYTES]  # as they lie in memory
    columns: tuple[NDArray[Any], ...] = (
        (placed.seqs - (number * STRETCH + 1)).astype("<u2"),
        (placed.ys % BAND_ROWS * LARGEST_SIDE + placed.xs).astype("<u2"),
        placed.colors,
        names,
    )
    columns = tuple(column[order] for column in columns)
    found, begins = np.unique(bands[order], return_index=True)
    ends = np.append(begins, len(order))[1:]
    return [
        Strip(number, band, b"".join(column[begin:end].tobytes() for column in columns))
        for band, begin, end in zip(found.tolist(), begins.tolist(), ends.tolist(), strict=True)
    ]
