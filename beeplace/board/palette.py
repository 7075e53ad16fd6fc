"""The ordered list of colours a board is drawn with; a pixel stores the index."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEX = re.compile(r"#[0-9A-Fa-f]{6}", re.ASCII)

# The sixteen colours of the thesis, which are those of r/place in 2017.
THESIS_COLORS = (
    "#FFFFFF", "#E4E4E4", "#888888", "#222222", "#FFA7D1", "#E50000", "#E59500", "#A06A42",
    "#E5D900", "#94E044", "#02BE01", "#00D3DD", "#0083C7", "#0000EA", "#CF6EE4", "#820080",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Palette:
    """2 to 256 distinct colours as `#RRGGBB`, in order. Raises ValueError with the broken rule."""

    colors: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 2 <= len(self.colors) <= 256:
            raise ValueError(f"2 to 256 colours, not {len(self.colors)}")
        for color in self.colors:
            if not _HEX.fullmatch(color):
                raise ValueError(f"colours are #RRGGBB, not {color[:20]!r}")
        if len({c.upper() for c in self.colors}) < len(self.colors):
            raise ValueError("the colours must be distinct")

    def __len__(self) -> int:
        return len(self.colors)

    def __getitem__(self, index: int) -> str:
        return self.colors[index]

    def rgb(self) -> bytes:
        """Three bytes a colour, in order."""
        return b"".join(bytes.fromhex(c[1:]) for c in self.colors)
