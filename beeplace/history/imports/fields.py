"""Fields of a file's rows as arrays: moments, places, colours, people. What cannot be read is marked, never guessed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final

import numpy
import pyarrow as pa  # type: ignore[import-untyped]  # it brings no types
import pyarrow.compute as pc  # type: ignore[import-untyped]
from numpy.typing import NDArray

from beeplace.history.imports.records import CIRCLE, PIXEL, RECTANGLE, Records

NO_MOMENT: Final = numpy.iinfo(numpy.int64).min
_FARTHEST: Final = 30_000  # a coordinate that a file can have
_MOMENT: Final = r"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,3})?$"
_NUMBER: Final = r"^\d{10,14}$"
_PLACE: Final = r"^-?\d{1,5},-?\d{1,5}$"
_RECTANGLE: Final = re.compile(r"(-?\d{1,5}),(-?\d{1,5}),(-?\d{1,5}),(-?\d{1,5})", re.ASCII)
_CIRCLE: Final = re.compile(r"\{\s*X:\s*(-?\d{1,5})\s*,\s*Y:\s*(-?\d{1,5})\s*,\s*R:\s*(\d{1,4})\s*\}", re.ASCII)
_COLOR: Final = re.compile(r"#[0-9A-F]{6}")
_MOST_COLORS: Final = 256

Numbers = NDArray[Any]


def moments(column: Any) -> Numbers:
    """Milliseconds since 1970: of texts in UTC with a fraction of at most three digits, or of such numbers."""
    text = pc.replace_substring_regex(pc.replace_substring(column, ",", "."), r"\s*(UTC|Z)$", "")
    found = numpy.full(len(column), NO_MOMENT)
    is_text = pc.match_substring_regex(text, _MOMENT).to_numpy(zero_copy_only=False).astype(bool)
    if is_text.any():
        found[is_text] = _read(text.filter(pa.array(is_text)))
    if not is_text.all():
        is_number = pc.match_substring_regex(text, _NUMBER).to_numpy(zero_copy_only=False).astype(bool)
        found[is_number] = text.filter(pa.array(is_number)).cast(pa.int64()).to_numpy()
    return found


def _read(texts: Any) -> Numbers:
    try:
        return numpy.asarray(texts.cast(pa.timestamp("ms")).cast(pa.int64()).to_numpy())
    except pa.ArrowInvalid:  # a month 13 among them
        return numpy.array([_read_one(text) for text in texts.to_pylist()])


def _read_one(text: str) -> int:
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)
    except ValueError:
        return int(NO_MOMENT)


def place(column: Any, records: Records) -> Numbers:
    """Writes where each row is; True for those that are nowhere."""
    wrong = numpy.zeros(len(column), bool)
    plain = pc.match_substring_regex(column, _PLACE).to_numpy(zero_copy_only=False).astype(bool)
    numbers = pc.split_pattern(column.filter(pa.array(plain)), ",").flatten().cast(pa.int32()).to_numpy().reshape(-1, 2)
    far = (numpy.abs(numbers) > _FARTHEST).any(axis=1)
    records["x"][plain], records["y"][plain] = numpy.clip(numbers, -_FARTHEST, _FARTHEST).T
    records["shape"][plain] = PIXEL
    wrong[plain] = far
    for index in numpy.flatnonzero(~plain).tolist():
        wrong[index] = not _place_area(column[index].as_py() or "", records[index : index + 1])
    return wrong


def _place_area(text: str, record: Records) -> bool:
    """What moderators painted: `x1,y1,x2,y2` with both corners, or `{X: 1, Y: 2, R: 3}`."""
    if found := _RECTANGLE.fullmatch(text):
        left, top, right, bottom = map(int, found.groups())
        left, right, top, bottom = min(left, right), max(left, right), min(top, bottom), max(top, bottom)
        told = (left, top, right - left + 1, bottom - top + 1, RECTANGLE)
    elif found := _CIRCLE.fullmatch(text):
        told = (int(found[1]), int(found[2]), int(found[3]), 0, CIRCLE)
    else:
        return False
    if max(map(abs, told[:4])) > _FARTHEST:
        return False
    for name, value in zip(("x", "y", "width", "height", "shape"), told, strict=True):
        record[name] = value
    return True


class Colors:
    """The palette that a file's colours lead to: white first, since a board is white before anybody draws."""

    def __init__(self, known: Iterable[str] = ("#FFFFFF",)) -> None:
        self.found = list(known)

    def of_hex(self, column: Any) -> Numbers:
        """Indices of colours that are told as #RRGGBB; -1 where there is none, or where they are more than 256."""
        return self._of(column, self._named)

    def of_index(self, column: Any) -> Numbers:
        """The same of colours that are told as indices."""
        return self._of(column, self._numbered)

    def _of(self, column: Any, read: Callable[[str], int]) -> Numbers:
        encoded = pc.dictionary_encode(pc.fill_null(column, ""))
        known = numpy.array([read(text) for text in encoded.dictionary.to_pylist()], numpy.int64)
        return known[encoded.indices.to_numpy()] if len(known) else known

    def _named(self, text: str) -> int:
        color = text.strip().upper()
        if color in self.found:
            return self.found.index(color)
        if not _COLOR.fullmatch(color) or len(self.found) == _MOST_COLORS:
            return -1
        self.found.append(color)
        return len(self.found) - 1

    def _numbered(self, text: str) -> int:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 4 and int(text) < len(self.found) else -1


def people(column: Any, key: bytes) -> Numbers:
    """The identities of those who are named: a hash under the new board's own key."""
    encoded = pc.dictionary_encode(pc.fill_null(column, ""))
    names = encoded.dictionary.to_pylist()
    hashes = b"".join(hashlib.blake2s(b"import:" + name.encode(), digest_size=16, key=key).digest() for name in names)
    return numpy.frombuffer(hashes, "V16")[encoded.indices.to_numpy()] if names else numpy.empty(0, "V16")
