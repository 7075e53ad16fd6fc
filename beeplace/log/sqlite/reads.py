"""Reads of the embedded store for people: by a connection and a thread of their own, so that no commit waits for them.

In WAL mode they see the last commit and hold up nobody.
"""

from __future__ import annotations

import sys
import zlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

import apsw
import orjson

from beeplace.board.entries import Entry
from beeplace.board.geometry import LARGEST_AREA, Area
from beeplace.board.palette import Palette
from beeplace.board.state import BoardState, LiveSettings
from beeplace.board.versions import BLOCK
from beeplace.log.archive import Epoch
from beeplace.log.keys import StoredKey
from beeplace.log.past import (
    HEAD_BYTES,
    TAKES_BACK,
    UNDO_BYTES,
    UNDOES_BAN,
    UNDOS_AT_ONCE,
    ActionFilter,
    Beginnings,
    Done,
    DoneUndo,
    ListedAction,
    cut_off,
    state_cut_off,
    stretches_at_once,
    undos_of,
)
from beeplace.log.pieces.stored import PieceHead
from beeplace.log.sql_files import queries
from beeplace.log.sqlite import row_codec
from beeplace.log.strips.strip import BAND_ROWS, BANDS, STRETCH, Strip

if TYPE_CHECKING:
    from beeplace.log.pieces.columns import Columns

MAX_UNPACKED = 2**29  # bytes of seqs for one answer, four times those of the largest board; an answer ends there
MAX_KEPT = 2**24  # bytes of seqs that stay unpacked
_PIECE = 2**20
_AT_ONCE = 8_192  # placements of one answer: the interpreter is held while its numbers are read
_BLOCK_BYTES = 8 * BLOCK

_SQL = queries("sqlite")

T = TypeVar("T")


class SqliteReads:
    """Used by one thread; `close` by any. `place` gives the file, and raises StoreUnavailable where another is there.

    `state` is the board's as last committed, `version` tells when a pixel changed last, in the board in memory.
    """

    def __init__(
        self, place: Callable[[], Path], state: Callable[[], BoardState], version: Callable[[int], int]
    ) -> None:
        self._place, self._state, self._version = place, state, version
        self._opened: apsw.Connection | None = None
        self._turn = Lock()
        self._seqs = _UnpackedSeqs()

    def run(self, work: Callable[..., T], *arguments: object) -> T:
        """One of the reads below."""
        with self._turn:
            return work(*arguments)

    def ask(self, work: Callable[[apsw.Connection], T]) -> T:
        """Any other read."""
        return work(self._db)

    def open(self) -> None:
        """Opens the file, which any read would do too."""
        self._opened = apsw.Connection(str(self._place()), flags=apsw.SQLITE_OPEN_READONLY)
        for pragma in ("busy_timeout = 1000", "query_only = ON", "cache_size = -2000"):
            self._opened.execute(f"PRAGMA {pragma}")

    def close(self) -> None:
        """Waits for the read under way; the next one opens the file again.

        Connections of one process share their view of a WAL: whoever opens a new one closes this one first.
        """
        with self._turn:
            if self._opened:
                self._opened.close()
                self._opened = None

    @property
    def _db(self) -> apsw.Connection:
        if self._opened is None:
            self.open()
        assert self._opened
        return self._opened

    def entries_after(self, seq: int, most: int) -> list[Entry]:
        """As the port says."""
        return self._entries("entries_after", (seq, most))

    def seqs_before(self, moments: Sequence[int]) -> list[int]:
        """As the port says."""
        found: list[int] = self._told("seqs_before", moments)
        return found

    def keys(self) -> list[StoredKey]:
        """As the port says."""
        return [StoredKey(*row) for row in self._db.execute(_SQL["keys"])]

    def secrets(self) -> dict[str, bytes]:
        """As the port says."""
        return dict(self._db.execute(_SQL["secrets"]))

    def beginnings(self) -> Beginnings:
        """As the port says."""
        epoch_seq, empty_seq = self._db.execute(_SQL["beginnings"]).get
        return Beginnings(epoch_seq, empty_seq)

    def strips(self, area: Area, after: int, to: int) -> list[Strip]:
        """As the port says."""
        found: list[Strip] = []
        first, last = area.y // BAND_ROWS, (area.y + area.height - 1) // BAND_ROWS
        stored, begin = self.stretches(), after // STRETCH
        for number in range(begin, min(-(-to // STRETCH), begin + stretches_at_once(area))):
            if number < stored:
                keys = (number * BANDS + first, number * BANDS + last)
                found += [Strip.stored(key, packed) for key, packed in self._db.execute(_SQL["strips"], keys)]
            else:
                found += self._packed(number, area, max(after, number * STRETCH), min(to, (number + 1) * STRETCH))
        return found

    def stretches(self) -> int:
        """As the port says."""
        stored: int = self._db.execute(_SQL["stretches"]).get
        return stored

    def packed(self, number: int) -> list[Strip]:
        """As the port says."""
        return self._packed(number, LARGEST_AREA, number * STRETCH, (number + 1) * STRETCH)

    def _packed(self, number: int, area: Area, after: int, to: int) -> list[Strip]:
        from beeplace.log.strips.packed import pack  # noqa: PLC0415  # see `_columns`

        return pack(number, self._columns(area, after, to))

    def columns(self, after: int, to: int) -> Columns:
        """As the port says."""
        return self._columns(LARGEST_AREA, after, to)

    def _columns(self, area: Area, after: int, to: int) -> Columns:
        from beeplace.log.pieces.packed import of_lists  # noqa: PLC0415  # on this thread, and not at the start

        corners = (area.x, area.x + area.width - 1, area.y, area.y + area.height - 1)
        found = [
            self._db.execute(_SQL["columns"], (begin, min(to, begin + _AT_ONCE), *corners)).get
            for begin in range(after, to, _AT_ONCE)
        ]
        return of_lists(found)

    def others(self, after: int, to: int) -> list[Entry]:
        """As the port says."""
        return self._entries("others", (after, to))

    def piece_heads(self, begin: int) -> list[PieceHead]:
        """As the port says."""
        return [PieceHead(*row) for row in self._db.execute(_SQL["piece_heads"], (begin,))]

    def piece(self, number: int) -> bytes | None:
        """As the port says."""
        packed: bytes | None = self._db.execute(_SQL["piece"], (number,)).get
        return packed

    def checkpoint(self, number: int) -> bytes | None:
        """As the port says."""
        packed: bytes | None = self._db.execute(_SQL["checkpoint"], (number,)).get
        return packed

    def rollup(self) -> tuple[int, bytes] | None:
        """As the port says."""
        row: tuple[int, bytes] | None = self._db.execute(_SQL["rollup"]).get
        return row

    def epochs(self) -> list[Epoch]:
        """As the port says."""
        return [
            Epoch(name, first_seq, width, height, Palette(tuple(orjson.loads(colors))), at_ms)
            for name, first_seq, width, height, colors, at_ms in self._db.execute(_SQL["epochs"])
        ]

    def last_painted(self, area: Area, after: int, to: int) -> Entry | None:
        """As the port says."""
        ends = (area.x + area.width, area.y + area.height, area.x, area.y)
        return next(iter(self._entries("last_painted", (after, to, *ends))), None)

    def state_changes(self, after: int, to: int) -> list[Entry]:
        """As the port says."""
        found = []
        rows: list[tuple[Any, ...]] = self._db.execute(
            _SQL["state_changes"], (after, to, UNDOES_BAN, HEAD_BYTES)
        ).fetchall()
        for *columns, payload in rows:
            if needed := state_cut_off(columns[2], payload):
                payload = self._db.execute(_SQL["payload_head"], (columns[0], needed)).get  # noqa: PLW2901  # all of it
            found.append(row_codec.state_entry((*columns, payload)))
        return found

    def actions(self, asked: ActionFilter, most: int) -> list[ListedAction]:
        """As the port says."""
        found = []
        kinds = None if asked.kinds is None else orjson.dumps(asked.kinds).decode()
        bindings = (asked.before, kinds, asked.identity, most, HEAD_BYTES)
        rows: list[tuple[Any, ...]] = self._db.execute(_SQL["actions_before"], bindings).fetchall()
        for seq, epoch, kind, *area, color, identity, at_ms, reason, payload in rows:
            if needed := cut_off(kind, payload):
                payload = self._db.execute(_SQL["payload_head"], (seq, needed)).get  # noqa: PLW2901  # all of it
            place = None if area[0] is None else Area(*area[:2], *(size or 1 for size in area[2:]))
            found.append(ListedAction(seq, epoch, kind, place, color, identity, at_ms, reason, payload))
        return found

    def undos(self, after: int) -> list[DoneUndo]:
        """As the port says."""
        return undos_of(self._db.execute(_SQL["undos"], (after, UNDO_BYTES, UNDOS_AT_ONCE, TAKES_BACK)))

    def action(self, seq: int) -> Done | None:
        """As the port says."""
        for row in self._db.execute(_SQL["action"], (seq,)):
            return Done(row_codec.entry(row, self._state()), row[12], zlib.decompress(row[13]))
        return None

    def first_state(self) -> BoardState:
        """As the port says."""
        epoch, width, height, colors, settings = self._db.execute(_SQL["first_state"]).get
        palette = Palette(tuple(orjson.loads(colors)))
        return BoardState(epoch, 0, width, height, palette, settings=LiveSettings.read(settings))

    def moments(self, seqs: Sequence[int]) -> dict[int, int]:
        """As the port says."""
        return dict(self._told("moments", seqs))

    def _told(self, query: str, numbers: Sequence[int]) -> list[Any]:
        """What a query tells of many numbers, in one step of SQLite."""
        asked = orjson.dumps([*numbers]).decode()
        found: list[Any] = orjson.loads(self._db.execute(_SQL[query], (asked,)).get)
        return found

    def _entries(self, query: str, bindings: tuple[int | bytes, ...]) -> list[Entry]:
        state = self._state()
        return [row_codec.entry(row, state) for row in self._db.execute(_SQL[query], bindings)]

    def history(self, x: int, y: int, most: int) -> list[Entry]:
        """From the pixel's last change back, each naming the one before; where the epoch began with a reset, to it."""
        found: list[Entry] = []
        left = MAX_UNPACKED
        seq = self._version(y * self._state().width + x)
        while seq and len(found) < most and left > 0:
            row = self._db.execute(_SQL["entry"], (seq,)).get
            if row is None:  # the log went back, and the board has not been read anew yet
                break
            found.append(entry := self._change(row, x, y))
            seq, area, unpacked = row[12], entry.change.area, 0
            if entry.change.RESIZES:
                seq, unpacked = self._before_cut(entry.seq, x, y)
            elif area and entry.change.single(area.width) is None:
                seq, unpacked = self._before(entry.seq, [area], x, y)
            left -= unpacked
        if not seq and len(found) < most and (reset := self._db.execute(_SQL["reset"]).get):
            found.append(self._change(self._db.execute(_SQL["entry"], (reset,)).get, x, y))
        return found

    def _change(self, row: tuple[Any, ...], x: int, y: int) -> Entry:
        entry = row_codec.entry(row, self._state())
        color = entry.change.color_of(x, y) if row[14] else None
        return entry._replace(hex=row[13] if color is None else orjson.loads(row[14])[color])

    def _before_cut(self, size: int, x: int, y: int) -> tuple[int, int]:
        """The same of a place that came with another size: when its pixel had changed last before it was cut off."""
        sizes: list[tuple[int]] = self._db.execute(_SQL["sizes_before"], (size,)).fetchall()  # type: ignore[assignment]
        for (seq,) in sizes:
            cut = row_codec.entry(self._db.execute(_SQL["entry"], (seq,)).get, self._state()).change.seqs_kept()
            if any(area.holds(x, y) for area in cut):
                return self._before(seq, cut, x, y)
        return 0, 0

    def _before(self, action: int, areas: Sequence[Area], x: int, y: int) -> tuple[int, int]:
        """When a pixel of an action's areas had changed last before it, and how many bytes were unpacked for that."""
        offset, unpacked = 0, 0
        for area in areas:
            if area.holds(x, y):
                offset += (y - area.y) * area.width + x - area.x
                break
            offset += area.width * area.height
        if action not in self._seqs:
            packed = self._db.execute(_SQL["seqs_before_action"], (action,)).get
            if not packed:
                return 0, 0
            unpacked = self._seqs.unpack(action, packed)
        return self._seqs.at(action, offset), unpacked


class _UnpackedSeqs:
    """The seqs of some actions' areas, least recently used forgotten; a block whose pixels have one seq is that."""

    def __init__(self) -> None:
        self._actions: OrderedDict[int, list[int | bytes]] = OrderedDict()
        self._bytes = 0

    def __contains__(self, action: int) -> bool:
        return action in self._actions

    def unpack(self, action: int, packed: bytes) -> int:
        """Keeps an action's seqs; how many bytes they were. Those of a whole board are 134 MB: a piece at a time."""
        blocks: list[int | bytes] = []
        unpacker, rest, total = zlib.decompressobj(), b"", 0
        while piece := unpacker.decompress(packed, _PIECE):
            packed, total, rest = unpacker.unconsumed_tail, total + len(piece), rest + piece
            end = len(rest) - len(rest) % _BLOCK_BYTES
            blocks += [_smallest(rest[at : at + _BLOCK_BYTES]) for at in range(0, end, _BLOCK_BYTES)]
            rest = rest[end:]
        if rest:
            blocks.append(rest)
        self._actions[action] = blocks
        self._bytes += _size(blocks)
        while self._bytes > MAX_KEPT and len(self._actions) > 1:
            self._bytes -= _size(self._actions.popitem(last=False)[1])
        return total

    def at(self, action: int, offset: int) -> int:
        """One pixel's."""
        self._actions.move_to_end(action)
        blocks, inside = self._actions[action], 8 * (offset % BLOCK)
        block = blocks[offset // BLOCK] if blocks else 0  # none are kept with a reset, nor were with another size
        return block if isinstance(block, int) else int.from_bytes(block[inside : inside + 8], sys.byteorder)


def _smallest(block: bytes) -> int | bytes:
    return int.from_bytes(block[:8], sys.byteorder) if block == block[:8] * BLOCK else block


def _size(blocks: list[int | bytes]) -> int:
    return sum(len(block) if isinstance(block, bytes) else 40 for block in blocks)
