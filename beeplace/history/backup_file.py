"""The backup file: one board up to one seq, with all that a new database needs, and not tied to any kind of database.

It is gzip; inside, after the line `BeePlace backup 2`, follow frames: one letter, the payload's length and its CRC-32
(32 bits each), and the payload. Nothing of a frame is believed before its CRC fits, and nothing is restored before the
last frame says that it was all. Numbers are little-endian, blobs in JSON are base64.

    H  JSON: made_at_ms, state, board_ms, epochs, secrets, keys
    W  JSON: [[identity, used, ends_ms], ...], open windows in board time
    A  JSON: [[identity, rid, x, y, color, code, seq, remaining, retry_in_ms, expires_ms], ...], first answers
    S  JSON: {reports: [columns of the table, picture, ...], mutes: [...]}, people's reports
    T  JSON: [[ticket, holder, listed], ...], tickets by which somebody has come in
    U  JSON: [seq, reason, before], what the action with that seq is reversed with; before is zlib
    P  consecutive placements: the first one's seq (64 bits), then x, y (16), color (8), at_ms (64) and identity
       (16 bytes) of each
    R  JSON: one entry of another kind, the fields of `Row` without the epoch and the hex
    E  JSON: entries, sha256 of everything before this frame; the last one

The log begins at seq 1; an entry's epoch is the last one with `first_seq` <= seq;
its colour's hex is in that epoch's palette.
"""

from __future__ import annotations

import gzip
import hashlib
import struct
import zlib
from base64 import b64encode
from collections.abc import Iterator
from itertools import groupby
from typing import Any, BinaryIO

import orjson

from beeplace.board.changes import KINDS, read
from beeplace.board.changes.placement import Placement
from beeplace.board.changes.unknown import Unknown
from beeplace.board.rules import CachedAnswer
from beeplace.errors import BackupDamaged, StoreUnavailable
from beeplace.history import backup_reports, backup_values
from beeplace.log.archive import Answers, Claims, Epoch, Epochs, Head, Part, Reports, Row, Rows, Undo, Windows

MAGIC = b"BeePlace backup 2\n"
READ = (b"BeePlace backup 1\n", MAGIC)  # the first version had neither payloads nor live settings
_FRAME = struct.Struct("<cII")
_FIRST = struct.Struct("<Q")
_PLACEMENT = struct.Struct("<HHBQ16s")
# Of each kind of frame: a wrong length must not fill the memory. An action's picture has 16.8 million pixels at most, a
# paste as many and a bit for each.
_MAX_BYTES = {
    b"H": 1 << 25,
    b"W": 1 << 20,
    b"A": 1 << 20,
    b"S": 1 << 20,
    b"T": 1 << 20,
    b"U": 1 << 25,
    b"P": 1 << 20,
    b"R": 1 << 25,
    b"E": 1 << 12,
}
_MAX_AHEAD = 10_000  # entries between an action's picture and its entry
_MAX_PENDING_BYTES = 1 << 28  # of such pictures


class BackupWriter:
    """Writes one backup. `close` makes it complete; without it, it is refused by `BackupReader`."""

    def __init__(self, file: BinaryIO, head: Head, made_at_ms: int) -> None:
        self._gzip = gzip.GzipFile("", "wb", 1, file, mtime=0)
        self._sha256 = hashlib.sha256()
        self._epochs = Epochs(head)
        self._state = head.state
        self.seq = 0
        self._write(MAGIC)
        self._frame(b"H", orjson.dumps(_from_head(head, made_at_ms)))

    def add(self, part: Part) -> None:
        """Takes the next part. Raises StoreUnavailable where an entry of the log is missing or has a wrong epoch."""
        match part:
            case Rows(rows):
                self._rows(rows)
            case Windows(allowances):
                self._frame(b"W", orjson.dumps([[_text(i), a.used, a.ends_ms] for i, a in allowances.items()]))
            case Answers(remembered):
                self._frame(b"A", orjson.dumps(list(map(_from_remembered, remembered))))
            case Reports():
                self._frame(b"S", orjson.dumps(backup_reports.told(part)))
            case Claims(claims):
                self._frame(b"T", orjson.dumps([[_text(c.ticket), _text(c.holder), c.listed] for c in claims]))
            case Undo(seq, reason, before):
                self._frame(b"U", orjson.dumps([seq, reason, _text(before)]))

    def _rows(self, rows: list[Row]) -> None:
        for placements, some in groupby(rows, _is_packed):
            same = list(some)
            if placements and _are_sound(same, self.seq + 1, self._epochs):
                self.seq += len(same)
            else:
                self._check(same)
            if placements:
                _, _, _, xs, ys, _, _, colors, _, moments, people, *_ = zip(*same, strict=True)
                packed = map(_PLACEMENT.pack, xs, ys, colors, moments, people)
                self._frame(b"P", _FIRST.pack(same[0].seq) + b"".join(packed))
                continue
            for r in same:
                payload = None if r.payload is None else _text(r.payload)
                fields = [r.seq, *r[2:8], r.at_ms, _text(r.identity), r.action, payload]
                self._frame(b"R", orjson.dumps(fields))

    def _check(self, rows: list[Row]) -> None:
        """Raises StoreUnavailable with the first entry that could not be restored."""
        for row in rows:
            self.seq += 1
            if row.kind > max(KINDS):
                raise StoreUnavailable(
                    f"entry {row.seq} is of kind {row.kind}, which a newer BeePlace made; back up with that one"
                )
            if row.seq != self.seq or not _is_sound(row, self._epochs):
                raise StoreUnavailable(f"the log is damaged at entry {self.seq}; beeplace verify tells more")

    def close(self) -> None:
        """Everything was added. Raises StoreUnavailable where that is less than the head says."""
        if self.seq != self._state.seq:
            raise StoreUnavailable(f"the log ends at entry {self.seq}, the board stands at {self._state.seq}")
        self._frame(b"E", orjson.dumps({"entries": self.seq, "sha256": self._sha256.hexdigest()}))
        self._gzip.close()

    def _frame(self, kind: bytes, payload: bytes) -> None:
        self._write(_FRAME.pack(kind, len(payload), zlib.crc32(payload)) + payload)

    def _write(self, data: bytes) -> None:
        self._sha256.update(data)
        self._gzip.write(data)


class BackupReader:
    """Reads one backup: the head at once, the rest by iterating. Raises BackupDamaged, at the end at the latest."""

    def __init__(self, file: BinaryIO) -> None:
        self._gzip = gzip.GzipFile("", "rb", fileobj=file)
        self._sha256 = hashlib.sha256()
        self._seq = 0
        self._pending: dict[int, bytes] = {}  # pictures of actions whose entry is still to come
        self._pending_bytes = 0
        with understood():
            if self._read(len(MAGIC)) not in READ:
                raise BackupDamaged
            kind, payload, _ = self._frame()
            if kind != b"H":
                raise BackupDamaged
            self.made_at_ms, self.head = backup_values.head(orjson.loads(payload))
        self._epochs = Epochs(self.head)
        self._beginnings = {epoch.first_seq for epoch in self.head.epochs[1:]}

    def __iter__(self) -> Iterator[Part]:
        while True:
            with understood():
                kind, payload, sha256 = self._frame()
                if kind == b"E":
                    self._end(orjson.loads(payload), sha256)
                    return
                part = self._part(kind, payload)
            yield part

    def _part(self, kind: bytes, payload: bytes) -> Part:
        if kind == b"P":
            return Rows(self._placements(payload))
        told = orjson.loads(payload)
        match kind:
            case b"R":
                return Rows([self._row(told)])
            case b"U":
                return self._undo(told)
            case b"W" if not self._seq:
                return backup_values.windows(told)
            case b"A" if not self._seq:
                return backup_values.answers(told)
            case b"S" if not self._seq:
                return backup_reports.read(told, self.head)
            case b"T" if not self._seq:
                return backup_values.claims(told)
        raise BackupDamaged

    def _placements(self, payload: bytes) -> list[Row]:
        [first] = _FIRST.unpack_from(payload)
        packed = payload[_FIRST.size :]
        count = len(packed) // _PLACEMENT.size
        last = first + count - 1
        self._follows(first, count)
        epoch = self._epochs.at(first)
        if not count or self._epochs.at(last) is not epoch or first in self._beginnings:
            raise BackupDamaged
        if self._pending and next(iter(self._pending)) <= last:
            raise BackupDamaged
        name, kind, colors, width, height = epoch.name, Placement.NUMBER, epoch.palette.colors, *_size(epoch)
        rows = [
            Row(seq, name, kind, x, y, None, None, color, colors[color], at_ms, identity, None)
            for seq, (x, y, color, at_ms, identity) in enumerate(_PLACEMENT.iter_unpack(packed), first)
        ]
        if any(row.x >= width or row.y >= height for row in rows if row.x is not None and row.y is not None):
            raise BackupDamaged
        backup_values.moment(max(row.at_ms for row in rows))
        return rows

    def _row(self, told: list[Any]) -> Row:
        row = backup_values.row(told, self._epochs, self._beginnings)
        self._follows(row.seq, 1)
        if self._pending and next(iter(self._pending)) == row.seq:
            before = self._pending.pop(row.seq)
            self._pending_bytes -= len(before)
            backup_values.check_before(before, row)
        elif row.action is not None:
            raise BackupDamaged
        return row

    def _undo(self, told: list[Any]) -> Undo:
        undo = backup_values.undo(told)
        newest = next(reversed(self._pending), self._seq)
        self._pending[undo.seq] = undo.before
        self._pending_bytes += len(undo.before)
        if not newest < undo.seq <= self._seq + _MAX_AHEAD or self._pending_bytes > _MAX_PENDING_BYTES:
            raise BackupDamaged
        return undo

    def _follows(self, seq: int, count: int) -> None:
        if seq != self._seq + 1 or seq + count - 1 > self.head.state.seq:
            raise BackupDamaged
        self._seq += count

    def _end(self, told: dict[str, Any], sha256: str) -> None:
        # Reading on makes gzip compare its own checksum.
        whole = told == {"entries": self._seq, "sha256": sha256} and self._seq == self.head.state.seq
        if not whole or self._pending or self._gzip.read(1):
            raise BackupDamaged

    def _frame(self) -> tuple[bytes, bytes, str]:
        """A frame's letter and payload, and the checksum of all before it."""
        sha256 = self._sha256.hexdigest()
        kind, length, crc = _FRAME.unpack(self._read(_FRAME.size))
        if length > _MAX_BYTES.get(kind, 0) or zlib.crc32(payload := self._read(length)) != crc:
            raise BackupDamaged
        return kind, payload, sha256

    def _read(self, size: int) -> bytes:
        data = self._gzip.read(size)
        if len(data) < size:
            raise BackupDamaged
        self._sha256.update(data)
        return data


class understood:  # noqa: N801  # a context manager, read as a word
    """Whatever cannot be understood of a file is a damaged backup."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, backup_values.NONSENSE):
            raise BackupDamaged from error


def _size(epoch: Epoch) -> tuple[int, int]:
    return epoch.width, epoch.height


def _is_sound(row: Row, epochs: Epochs) -> bool:
    """Whether it can be restored: a backup that cannot be is worth nothing on the day it is needed."""
    epoch = epochs.at(row.seq)
    if row.epoch != epoch.name:
        return False
    try:
        change = read(row.record)
    except ValueError:
        return False
    named = epoch.palette[row.color] if row.payload is None and 0 <= row.color < len(epoch.palette) else None
    known = row.x is None or (0 <= row.color < len(epoch.palette) and row.hex == named)
    return known and not isinstance(change, Unknown) and change.fits(epochs.state_before(row.seq))


def _are_sound(rows: list[Row], first: int, epochs: Epochs) -> bool:
    """Whether placements of one epoch, from entry `first` on, are all sound: a column at a time, which takes a fifth of
    the time that one after the other does. Of some that are sound it may say no."""
    seqs, names, _, xs, ys, _, _, colors, hexes, _, _, _, payloads = zip(*rows, strict=True)
    epoch = epochs.at(first)
    if seqs != (*range(first, first + len(rows)),) or {*names} != {epoch.name} or {*payloads} != {None}:
        return False
    spots = ((xs, epoch.width), (ys, epoch.height), (colors, len(epoch.palette)))
    if not all(None not in {*column} and 0 <= min(column) <= max(column) < end for column, end in spots):
        return False
    return epochs.at(seqs[-1]) is epoch and hexes == (*map(epoch.palette.colors.__getitem__, colors),)


def _is_packed(row: Row) -> bool:
    plain = row.kind == Placement.NUMBER and row.action is None and row.width is None and row.height is None
    return plain and len(row.identity) == 16 and row.at_ms >= 0


def _from_head(head: Head, made_at_ms: int) -> dict[str, Any]:
    s, in_force = head.state, head.state.moderation.text()
    return {
        "made_at_ms": made_at_ms,
        "state": {
            "epoch": s.epoch,
            "seq": s.seq,
            "width": s.width,
            "height": s.height,
            "colors": s.palette.colors,
            "read_only": s.read_only,
            "settings": s.settings.text(),
            **({"moderation": in_force} if in_force else {}),
        },
        "first_settings": head.first_settings.text() if head.first_settings else None,
        "board_ms": head.board_ms,
        "epochs": [[e.name, e.first_seq, e.width, e.height, e.palette.colors, e.at_ms] for e in head.epochs],
        "secrets": {name: _text(value) for name, value in head.secrets.items()},
        "keys": [[_text(c) if isinstance(c, bytes) else c for c in key.columns] for key in head.keys],
    }


def _from_remembered(r: CachedAnswer) -> list[Any]:
    return [_text(r.identity), _text(r.rid), *r.pixel, *r.answer, r.expires_ms]


def _text(blob: bytes) -> str:
    return b64encode(blob).decode()
