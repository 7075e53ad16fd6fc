"""A strip: the placements of one stretch of the log (65,536 entries) in one band of the board (16 rows), as columns.

Nine bytes a placement, column after column, little-endian: its place in the stretch (16 bits), `y % 16 * 4096 + x`
(16 bits), the colour index (8 bits), and the first four bytes of the identity (32 bits), which a pseudonym is made of.

Strips follow from the log and are made some time after it, by `builder.py`; where there are none yet, a store makes
those that are asked for from the log itself. So an area is looked up without an index that each placement has to keep.
"""

from __future__ import annotations

from typing import Final, NamedTuple

STRETCH: Final = 65_536
BAND_ROWS: Final = 16
BANDS: Final = 256  # of the largest board
ROW_BYTES: Final = 9
NAME_BYTES: Final = 4


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
