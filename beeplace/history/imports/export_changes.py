"""What an export tells of an entry, as a change of the log again, as far as an export tells of it.

The picture is that of before at each moment. What an export has not, since it is nobody's business, is not there
either: bans, zones and announcements are such as were lifted, of nobody, and a rewind does not know whose pixels it
gave back.
"""

from __future__ import annotations

import re
import zlib
from typing import Final

from beeplace.board.changes import Change, Record
from beeplace.board.changes.adjust import Adjust
from beeplace.board.changes.clear import Clear
from beeplace.board.changes.fill import Fill
from beeplace.board.changes.moderation.announce import Announce
from beeplace.board.changes.moderation.ban import Ban
from beeplace.board.changes.moderation.ban_and_rewind import BanAndRewind
from beeplace.board.changes.moderation.enforce import Span
from beeplace.board.changes.moderation.panic import Panic
from beeplace.board.changes.moderation.safe_picture import SafePicture
from beeplace.board.changes.moderation.zone import Zone
from beeplace.board.changes.paste import Paste
from beeplace.board.changes.read_only import ReadOnly
from beeplace.board.changes.recolor import Recolor
from beeplace.board.changes.reset import Reset
from beeplace.board.changes.resize import Resize, Size
from beeplace.board.changes.restore import Restore
from beeplace.board.changes.rewind import Rewind
from beeplace.board.changes.undo import Undone
from beeplace.board.changes.unknown import Unknown
from beeplace.board.geometry import Area
from beeplace.history.imports.export_file import ExportRow

_LIFTED: Final = Span(lifted=True)
_BAN: Final = Ban(_LIFTED, ("bee-00000000",))
_PIXEL: Final = Area(0, 0, 1, 1)
_OTHER: Final = 32_767  # a kind of a version that is still to come
_NOTHING: Final = ReadOnly(closed=False)
_PAINTS_NOTHING: Final[dict[str, Change]] = {
    "read-only": _NOTHING,
    "palette": Recolor(),
    "restore": Restore(),
    "settings": Adjust(()),
    "ban": _BAN,
    "zone": Zone(_LIFTED, _PIXEL, closed=True),
    "announce": Announce(_LIFTED, (("en", "-"),)),
    "panic": Panic(begun=False),
    "safe-picture": SafePicture(b""),
    "undo": Undone(_NOTHING, 0, (), 0),
    "other": Unknown(Record(_OTHER)),
}
_RUN: Final = re.compile(r"(?:(\d{1,8})\*)?(\d{1,3}|-)", re.ASCII)
BEGINNINGS: Final = frozenset(
    kind.NAME.replace("_", "-") for kind in (Reset, Recolor, Restore, Resize) if kind.BEGINS_EPOCH
)


def change_of(row: ExportRow) -> Change:
    """Raises ValueError where the row tells of none that an export would write."""
    assert row.change is not None
    letter, *told = row.change.split(",")
    if letter == "-":
        return _PAINTS_NOTHING[row.kind]
    if letter == "r" and row.kind == "reset":
        return Reset(_area(row) if row.x is not None else None)
    if letter == "s" and row.kind == "size":
        return _resize(row, told)
    shown: Fill | Paste = Fill(_area(row), int(told[4])) if letter == "f" else _paste(_area(row), told[4])
    if [*map(str, _area(row))] != told[:4] or letter not in "fp":
        raise ValueError(f"it says another area than {row.change[:60]}")
    return _shown(row, shown)


def _shown(row: ExportRow, shown: Fill | Paste) -> Change:
    """A kind that paints what is shown. Raises ValueError."""
    match row.kind, shown:
        case ("fill", Fill()) | ("paste", Paste()):
            return shown
        case "clear", Fill(area=area, color=0):
            return Clear(area)
        case "undo", _:
            return Undone(shown, 0, (), 0)
        case "rewind", Paste():
            return _rewind(shown)
        case "ban", Paste():
            return BanAndRewind.of(_BAN, _rewind(shown))
        case "other", Fill():
            return Unknown(Record(_OTHER, shown.area, shown.color))
    raise ValueError(f"it says {row.kind}, and {str(row.change)[:60]}")


def _rewind(shown: Paste) -> Rewind:
    return Rewind(shown, 0, (), {}, zlib.compress(bytes(8 * shown.size), 1))


def _area(row: ExportRow) -> Area:
    if row.x is None or row.y is None or row.width is None or row.height is None:
        raise ValueError("what paints has an area")
    return Area(row.x, row.y, row.width, row.height)


def _paste(area: Area, runs: str) -> Paste:
    """Raises ValueError."""
    colors, mask = bytearray(), bytearray()
    for run in runs.split(";"):
        if not (found := _RUN.fullmatch(run)):
            raise ValueError(f"no run of pixels: {run[:20]}")
        count, color = int(found[1] or 1), found[2]
        if len(colors) + count > area.width * area.height:
            raise ValueError("it has more pixels than its area")
        colors += bytes([0 if color == "-" else int(color)]) * count
        mask += bytes([color != "-"]) * count
    return Paste(area, bytes(colors), None if all(mask) else bytes(mask))


def _resize(row: ExportRow, told: list[str]) -> Resize:
    before, after = Size(int(told[0]), int(told[1])), Size(int(told[2]), int(told[3]))
    if told[4]:
        return Resize(before, after, _paste(_area(row), told[4]))
    return Resize.to(after, before)
