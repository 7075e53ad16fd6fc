"""What a backup's frames may say: every value is checked before anything of it is restored.

The functions raise ValueError, TypeError, LookupError or another of `NONSENSE` for what no backup says.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from base64 import b64decode
from itertools import pairwise
from typing import Any

from beeplace.board.allowance import Allowance
from beeplace.board.changes import read
from beeplace.board.changes.placement import Placement
from beeplace.board.changes.resize import Resize
from beeplace.board.geometry import LARGEST_SIDE, Pixel
from beeplace.board.moderation import Moderation
from beeplace.board.palette import Palette
from beeplace.board.rules import Answer, CachedAnswer
from beeplace.board.state import BoardState, LiveSettings
from beeplace.log.archive import Answers, Claims, Epoch, Epochs, Head, Row, Undo, Windows
from beeplace.log.claims.claim import Claim
from beeplace.log.keys import StoredKey

NONSENSE = (  # what reading a file that was cut off, damaged or forged ends in
    EOFError, zlib.error, gzip.BadGzipFile, struct.error, ValueError, LookupError, TypeError, AttributeError,
    OverflowError, RecursionError,
)  # fmt: skip
_MAX_INTEGER = 2**62
_MAX_SMALL = 2**31 - 1
_EARLIEST_MS, _LATEST_MS = -62_135_596_800_000, 253_402_300_799_999  # the years 1 to 9999
_MAX_TEXT, _MAX_BLOB = 10_000, 64
_HEAD = {"made_at_ms", "state", "board_ms", "epochs", "secrets"}
_STATE = {"epoch", "seq", "width", "height", "colors", "read_only"}
_NEWER = {"first_settings"}, {"settings"}  # what the head and the state have beside these since format 2
_IN_FORCE = "moderation"  # which the state has where there is any
_MAX_MODERATION = 200_000
_MAX_PAYLOAD = 1 << 26


def head(told: dict[str, Any]) -> tuple[int, Head]:
    """When the backup was made, and the board as of its moment."""
    newer = "first_settings" in told
    fields = (_HEAD | _NEWER[0], _STATE | _NEWER[1]) if newer else (_HEAD, _STATE)
    if (set(told) - {"keys"}, set(told["state"]) - {_IN_FORCE}) != fields:
        raise ValueError("other fields")
    s = told["state"]
    width, height = (whole(s[side], 1, LARGEST_SIDE) for side in ("width", "height"))
    settings = _settings(s["settings"]) if newer else LiveSettings()
    state = BoardState(
        text(s["epoch"]), whole(s["seq"]), width, height, _palette(s["colors"]), s["read_only"], "", settings,
        Moderation.read(text(s[_IN_FORCE], _MAX_MODERATION) if _IN_FORCE in s else None),
    )  # fmt: skip
    if type(state.read_only) is not bool:
        raise TypeError("read-only is true or false")
    epochs = tuple(_epoch(one) for one in told["epochs"])
    _follow(epochs, state)
    secrets = {text(name): blob(value) for name, value in told["secrets"].items()}
    first = _settings(told["first_settings"]) if newer and told["first_settings"] is not None else None
    keys = tuple(_key(*one) for one in told.get("keys", ()))  # an early file of format 2 has none
    found = Head(state, whole(told["board_ms"]), epochs, secrets, first_settings=first, keys=keys)
    return moment(told["made_at_ms"]), found


def _key(key_id: Any, name: Any, role: Any, digest: Any, made_ms: Any, *ends: Any) -> StoredKey:
    until_ms, revoked_ms = (None if end is None else moment(end) for end in ends)
    return StoredKey(text(key_id), text(name), text(role), blob(digest), moment(made_ms), until_ms, revoked_ms)


def _settings(told: Any) -> LiveSettings:
    settings = LiveSettings.read(text(told))
    if broken := settings.objection(256, settings.named()):
        raise ValueError(broken)
    return settings


def _epoch(told: list[Any]) -> Epoch:
    name, first_seq, width, height, colors, at_ms = told
    width, height = (whole(side, 1, LARGEST_SIDE) for side in (width, height))
    return Epoch(text(name), whole(first_seq, 1), width, height, _palette(colors), moment(at_ms))


def _follow(epochs: tuple[Epoch, ...], state: BoardState) -> None:
    """Raises ValueError unless the epochs lead to the state."""
    last = epochs[-1]
    if epochs[0].first_seq != 1 or (last.name, last.palette) != (state.epoch, state.palette):
        raise ValueError("the epochs do not lead to the board")
    if len({epoch.name for epoch in epochs}) < len(epochs) or last.first_seq > max(1, state.seq):
        raise ValueError("an epoch is there twice, or has not begun")
    if any(later.first_seq <= earlier.first_seq for earlier, later in pairwise(epochs)):
        raise ValueError("the epochs are out of order")
    if (last.width, last.height) != (state.width, state.height):
        raise ValueError("the board is of another size than its epoch")


def row(told: list[Any], epochs: Epochs, beginnings: set[int]) -> Row:
    """An entry that is no plain placement, with its epoch and hex."""
    seq, kind, x, y, width, height, color, at_ms, identity, action, *rest = told
    [payload] = rest or [None]
    epoch = epochs.at(whole(seq, 1))
    found = Row(
        seq, epoch.name, whole(kind, 1), x, y, width, height, color, None, moment(at_ms), blob(identity), action,
        None if payload is None else blob(payload, _MAX_PAYLOAD),
    )  # fmt: skip
    _check_area([x, y, width, height], color, epoch)
    change = read(found.record)
    board = epochs.state_before(seq)
    if not change.KNOWN or not change.fits(board) or (change.area is None) is not (x is None):
        raise ValueError("no change of this board")
    if (seq in beginnings) != change.BEGINS_EPOCH:
        raise ValueError("an epoch begins with what begins one")
    after = change.state_after(board) if change.RESIZES else board
    if (after.width, after.height) != (epoch.width, epoch.height):
        raise ValueError("a board's size changes with what changes it")
    if action not in (None, seq):
        raise ValueError("an action is named by its seq")
    if kind == Placement.NUMBER and (width, height) != (None, None):
        raise ValueError("a placement is one pixel")
    return found if x is None or payload is not None else found._replace(hex=epoch.palette[color])


def _check_area(corners: list[int | None], color: int, epoch: Epoch) -> None:
    if corners == 4 * [None]:
        whole(color, 0, 255)
        return
    x, y, width, height = corners
    whole(width or 1, 1, epoch.width - whole(x, 0, epoch.width - 1))
    whole(height or 1, 1, epoch.height - whole(y, 0, epoch.height - 1))
    if (width is None) != (height is None) or 0 in (width, height):
        raise ValueError("an area has two sides")
    whole(color, 0, len(epoch.palette) - 1)


def undo(told: list[Any]) -> Undo:
    """What an action is reversed with."""
    seq, reason, before = told
    return Undo(whole(seq, 1), text(reason), blob(before, None))


def check_before(before: bytes, entry: Row) -> None:
    """Raises unless it is the picture of the entry's area, or nothing; never unpacks more than that."""
    size = (entry.width or 1) * (entry.height or 1) if entry.x is not None else 0
    if entry.kind == Resize.NUMBER:
        size = sum(area.width * area.height for area in Resize.read(entry.record).replaces())
    unpacked = zlib.decompressobj()
    found = len(unpacked.decompress(before, size + 1))
    if found not in (0, size) or not unpacked.eof or unpacked.unused_data:
        raise ValueError("no picture of the area")


def windows(told: list[Any]) -> Windows:
    """Open windows."""
    found = {blob(i): Allowance(whole(used, 0, _MAX_SMALL), whole(ends_ms)) for i, used, ends_ms in told}
    if len(found) < len(told):
        raise ValueError("an identity is there twice")
    return Windows(found)


def answers(told: list[Any]) -> Answers:
    """First answers."""
    return Answers([_remembered(*one) for one in told])


def claims(told: list[Any]) -> Claims:
    """Tickets by which somebody has come in."""
    found = [Claim(blob(ticket), blob(holder), listed) for ticket, holder, listed in told]
    if {type(claim.listed) for claim in found} - {bool} or len({claim.ticket for claim in found}) < len(found):
        raise TypeError("no such claims")
    return Claims(found)


def _remembered(identity: str, rid: str, x: int, y: int, color: int, *rest: Any) -> CachedAnswer:
    code, seq, remaining, retry_in_ms, expires_ms = rest
    answer = Answer(
        None if code is None else text(code),
        None if seq is None else whole(seq, 1),
        whole(remaining, 0, _MAX_SMALL),
        whole(retry_in_ms),
    )
    asked = Pixel(*(whole(value, -_MAX_INTEGER) for value in (x, y, color)))
    return CachedAnswer(blob(identity), blob(rid), asked, answer, whole(expires_ms))


def moment(value: Any) -> int:
    """Milliseconds since 1970, or before it where a wall clock was wrong."""
    return whole(value, _EARLIEST_MS, _LATEST_MS)


def whole(value: Any, least: int = 0, most: int = _MAX_INTEGER) -> int:
    if type(value) is not int or not least <= value <= most:
        raise TypeError("no such number")
    return value


def text(value: Any, longest: int = _MAX_TEXT) -> str:
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        raise TypeError("no such text")
    return value


def _palette(colors: Any) -> Palette:
    if not isinstance(colors, list):
        raise TypeError("no list of colours")
    return Palette(tuple(map(text, colors)))


def blob(told: Any, most: int | None = _MAX_BLOB) -> bytes:
    """Bytes that were written as base64."""
    if not isinstance(told, str):
        raise TypeError("no base64")
    data = b64decode(told, validate=True)
    if most is not None and len(data) > most:
        raise ValueError("too long")
    return data
