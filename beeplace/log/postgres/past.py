"""What people read of the past from PostgreSQL: by a connection of its own, so that no commit waits for it."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from beeplace.board.entries import Entry
from beeplace.board.geometry import LARGEST_AREA, Area
from beeplace.board.palette import Palette
from beeplace.board.state import BoardState, LiveSettings
from beeplace.log.archive import Epoch
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
    Past,
    cut_off,
    state_cut_off,
    stretches_at_once,
    undos_of,
)
from beeplace.log.pieces.stored import PieceHead
from beeplace.log.postgres import row_codec
from beeplace.log.postgres.connection import Link
from beeplace.log.sql_files import queries
from beeplace.log.strips.strip import BAND_ROWS, STRETCH, Strip

if TYPE_CHECKING:
    from beeplace.log.pieces.columns import Columns

_SQL = queries("postgres")
_MAX_PAYLOAD = 65_536  # bytes that are read on the event loop: a paste of some hundred thousand pixels takes 5 ms

MAX_UNPACKED = 1 << 26  # pixels of large pastes for one answer, four times those of the largest board; it ends there
_END = 2**62  # behind every seq
_LARGE, _COLORS = "large", "colors"
Look = Callable[..., Awaitable[Sequence[Any]]]


class PostgresPast(Past):
    """The part of the store that only reads. `_known` is the board as it was last seen."""

    _known: BoardState

    def __init__(self, past: Link) -> None:
        self._past = past

    async def _look(self, query: str, *arguments: object) -> Sequence[row_codec.Row]:
        return await self._past.run(lambda db: db.fetch(_SQL[query], *arguments))

    async def excerpt(self, seq: int, most: int) -> list[Entry]:
        return await entries_of(await self._look("entries_after", seq, most), self._known)

    async def seqs_before(self, moments: Sequence[int]) -> list[int]:
        [[seqs]] = await self._look("seqs_before", moments)
        return list(seqs)

    async def history(self, x: int, y: int, most: int) -> list[Entry]:
        return await pixel_history(self._look, self._known, x, y, most)

    async def beginnings(self) -> Beginnings:
        [row] = await self._look("beginnings")
        return Beginnings(*row)

    async def strips(self, area: Area, after: int, to: int) -> list[Strip]:
        stored, begin = await self.stretches(), after // STRETCH
        end = min(-(-to // STRETCH), begin + stretches_at_once(area))
        bands = (area.y // BAND_ROWS, (area.y + area.height - 1) // BAND_ROWS)
        rows = await self._look("strips", begin, min(end, stored), *bands) if begin < stored else ()
        found = [Strip.stored(key, packed) for key, packed in rows]
        for number in range(max(begin, stored), end):
            found += await self._packed(number, area, max(after, number * STRETCH), min(to, (number + 1) * STRETCH))
        return found

    async def stretches(self) -> int:
        [[stored]] = await self._look("stretches")
        return int(stored)

    async def packed(self, number: int) -> list[Strip]:
        return await self._packed(number, LARGEST_AREA, number * STRETCH, (number + 1) * STRETCH)

    async def _packed(self, number: int, area: Area, after: int, to: int) -> list[Strip]:
        return await asyncio.to_thread(_pack, number, await self._placed(area, after, to))

    async def columns(self, after: int, to: int) -> Columns:
        return await asyncio.to_thread(_columns, await self._placed(LARGEST_AREA, after, to))

    async def _placed(self, area: Area, after: int, to: int) -> row_codec.Row:
        corners = (area.x, area.x + area.width - 1, area.y, area.y + area.height - 1)
        [row] = await self._look("columns", after, to, *corners)
        return row

    async def others(self, after: int, to: int) -> list[Entry]:
        return await entries_of(await self._look("others", after, to), self._known)

    async def piece_heads(self, begin: int) -> list[PieceHead]:
        return [PieceHead(*row) for row in await self._look("piece_heads", begin)]

    async def piece(self, number: int) -> bytes | None:
        return await self._stored("piece", number)

    async def checkpoint(self, number: int) -> bytes | None:
        return await self._stored("checkpoint", number)

    async def _stored(self, query: str, number: int) -> bytes | None:
        for [packed] in await self._look(query, number):
            return None if packed is None else bytes(packed)
        return None

    async def rollup(self) -> tuple[int, bytes] | None:
        for stretches, body in await self._look("rollup"):
            return int(stretches), bytes(body)
        return None

    async def epochs(self) -> list[Epoch]:
        return [
            Epoch(name, first_seq, width, height, Palette(tuple(colors)), at_ms)
            for name, first_seq, width, height, colors, at_ms in await self._look("epochs")
        ]

    async def last_painted(self, area: Area, after: int, to: int) -> Entry | None:
        ends = (area.x + area.width, area.y + area.height, area.x, area.y)
        return next(iter(await entries_of(await self._look("last_painted", after, to, *ends), self._known)), None)

    async def state_changes(self, after: int, to: int) -> list[Entry]:
        found = []
        for row in await self._look("state_changes", after, to, UNDOES_BAN, HEAD_BYTES):
            *columns, payload = row
            if needed := state_cut_off(columns[2], payload):
                [[payload]] = await self._look("payload_head", columns[0], needed)
            found.append(row_codec.state_entry((*columns, payload)))
        return found

    async def actions(self, asked: ActionFilter, most: int) -> list[ListedAction]:
        found = []
        for row in await self._look("actions_before", *asked, most, HEAD_BYTES):
            seq, epoch, kind, x, y, width, height, color, identity, at_ms, reason, payload = row
            if needed := cut_off(kind, payload):
                [[payload]] = await self._look("payload_head", seq, needed)
            place = None if x is None else Area(x, y, width or 1, height or 1)
            found.append(ListedAction(seq, epoch, kind, place, color, identity, at_ms, reason, payload))
        return found

    async def undos(self, after: int) -> list[DoneUndo]:
        return undos_of(await self._look("undos", after, UNDO_BYTES, UNDOS_AT_ONCE, TAKES_BACK))

    async def action(self, seq: int) -> Done | None:
        for row in await self._look("action", seq):
            *columns, reason, packed = row
            [entry] = await entries_of([columns], self._known)
            return Done(entry, reason, await asyncio.to_thread(zlib.decompress, packed))
        return None

    async def first_state(self) -> BoardState:
        [[epoch, width, height, colors, settings]] = await self._look("first_state")
        return BoardState(epoch, 0, width, height, Palette(tuple(colors)), settings=LiveSettings.read(settings))

    async def moments(self, seqs: Sequence[int]) -> dict[int, int]:
        asked = (
            f"{{{','.join(map(str, seqs))}}}"  # asyncpg asks Python four times of what kind each number of a list is
        )
        [[there, at_ms]] = await self._look("moments", asked)
        return dict(zip(there or (), at_ms or (), strict=True))


async def entries_of(rows: Sequence[row_codec.Row], board: BoardState) -> list[Entry]:
    """The entries of a query; beside the event loop where there are large payloads among them."""
    if row_codec.payload_bytes(rows) > _MAX_PAYLOAD:
        return await asyncio.to_thread(row_codec.entries, rows, board)
    return row_codec.entries(rows, board)


def _pack(number: int, row: row_codec.Row) -> list[Strip]:
    from beeplace.log.strips.packed import pack  # noqa: PLC0415  # see `_columns`

    return pack(number, _columns(row))


async def pixel_history(look: Look, board: BoardState, x: int, y: int, most: int) -> list[Entry]:
    """At most `most`, newest first. `look` runs one of the store's named queries.

    The database knows a paste's area alone: whether the pixel is one of those that changed is read here, so that the
    query is asked again for as many as fell away.
    """
    found: list[Entry] = []
    before, left = _END, MAX_UNPACKED
    while len(found) < most and left > 0:
        rows = await look("history", x, y, asked := most - len(found), before)
        for row in rows:
            if left <= 0:
                break
            entry = await _read(look, row, board)
            left -= entry.change.size if row[_LARGE] else 0
            if (color := entry.change.color_of(x, y)) is not None:
                colors = row[_COLORS]
                found.append(entry._replace(hex=colors[color]) if colors else entry)
        if len(rows) < asked:
            break
        before = rows[-1]["seq"]
    return found


async def _read(look: Look, row: Any, board: BoardState) -> Entry:
    """A large payload is fetched by itself, and read beside the event loop."""
    columns = list(row)[:13]
    if not row[_LARGE]:
        return row_codec.entry(columns, board)
    [[columns[11]]] = await look("payload", row["seq"])
    return await asyncio.to_thread(row_codec.entry, columns, board)


def _columns(row: row_codec.Row) -> Columns:
    """For a thread, which loads NumPy where nobody needed it yet."""
    from beeplace.log.pieces.packed import of_strings  # noqa: PLC0415

    return of_strings(row)
