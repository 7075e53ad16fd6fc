"""A strip: the placements of one stretch of the log (65,536 entries) in one band of the board (16 rows), as columns.

Nine bytes a placement, column after column, little-endian: its place in the stretch (16 bits), `y % 16 * 4096 + x`
(16 bits), the colour index (8 bits), and the first four bytes of the identity (32 bits), which a pseudonym is made of.

Strips follow from the log and are made some time after it, by `builder.py`; where there are none yet, a store makes
those that are asked for from the log itself. So an area is looked up without an index that each placement has to keep.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable
from typing import Final, NamedTuple

STRETCH: Final = 65_536
BAND_ROWS: Final = 16
BANDS: Final = 256  # of the largest board
ROW_BYTES: Final = 9
NAME_BYTES: Final = 4
_LARGEST_SIDE: Final = 4096

_Row = tuple[int, int, int, int, bytes]  # seq, x, y, color, identity


class Strip(NamedTuple):
    """Stretch `number` has the seqs from `number * STRETCH + 1` on."""

    number: int
    band: int
    packed: bytes

    @property
    def key(self) -> int:
        """Its name in a store: the strips of a stretch follow each other."""
        return self.number * BANDS + self.band

    @staticmethod
    def stored(key: int, packed: bytes) -> Strip:
        """The one that a store has under this name."""
        return Strip(key // BANDS, key % BANDS, packed)


def pack(number: int, rows: Iterable[_Row]) -> list[Strip]:
    """The strips of placements of one stretch, given in the order of their seqs."""
    bands: dict[int, tuple[array[int], array[int], bytearray, bytearray]] = {}
    first = number * STRETCH + 1
    for seq, x, y, color, identity in rows:
        band, row = divmod(y, BAND_ROWS)
        if (columns := bands.get(band)) is None:
            columns = bands[band] = array("H"), array("H"), bytearray(), bytearray()
        columns[0].append(seq - first)
        columns[1].append(row * _LARGEST_SIDE + x)
        columns[2].append(color)
        columns[3].extend(identity[:NAME_BYTES])
    return [Strip(number, band, _joined(*columns)) for band, columns in sorted(bands.items())]


def _joined(seqs: array[int], places: array[int], colors: bytearray, names: bytearray) -> bytes:
    if sys.byteorder == "big":
        seqs.byteswap()
        places.byteswap()
    return b"".join([seqs.tobytes(), places.tobytes(), colors, names])
