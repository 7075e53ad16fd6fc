"""Placements of a stretch of the log as columns of numbers, as stores read them for pieces and statistics."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

IDENTITY_BYTES = 16

Numbers: TypeAlias = NDArray[np.int64]
Bytes: TypeAlias = NDArray[np.uint8]


class Columns(NamedTuple):
    """Placements in the order of their seqs; `identities` has `IDENTITY_BYTES` for each."""

    seqs: Numbers
    xs: Numbers
    ys: Numbers
    colors: Bytes
    at_ms: Numbers
    identities: bytes
