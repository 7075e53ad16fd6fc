"""Judges a log with organisers' actions by the model of `tests/desk/model.py`, which shares nothing with the server."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import asyncpg

from tests.desk.model import Asked, Happened, Place, TakeBackModel

LOG = "SELECT seq, kind, x, y, color, identity FROM log ORDER BY seq"
PLACEMENT = 1

Restored = tuple[dict[Place, int], dict[Place, int], int]  # as the model says it


class Row(NamedTuple):
    """What the judge looks at of an entry."""

    seq: int
    kind: int
    x: int | None
    y: int | None
    color: int
    identity: bytes


async def read_file(path: str) -> list[Row]:
    """The log of a SQLite file; its server may run."""

    def read() -> list[Row]:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            return [Row(*row) for row in db.execute(LOG)]

    return await asyncio.to_thread(read)


async def read_server(address: str) -> list[Row]:
    """The log of a PostgreSQL database."""
    db = await asyncpg.connect(address)
    try:
        return [Row(*record) for record in await db.fetch(LOG)]
    finally:
        await db.close()


@dataclass(frozen=True, slots=True)
class Acted:
    """An action as it was asked for, and its answer, in the end."""

    path: str
    body: dict[str, Any]
    answer: dict[str, Any]

    @property
    def target(self) -> int | None:
        """What it undoes."""
        return int(self.path.split("/")[3]) if self.path.endswith("/undo") else None

    @property
    def seqs(self) -> list[int]:
        """Its entries: none where nothing was left to change."""
        return [] if self.answer["seq"] is None else [self.answer["seq"]]


@dataclass
class Judge:
    """`violations` has what was wrong."""

    side: int
    confirmed: dict[int, tuple[int, int, int]]
    acted: list[Acted]
    violations: list[str] = field(default_factory=list)
    model: TakeBackModel = field(default_factory=TakeBackModel)
    banned: dict[int, str] = field(default_factory=dict)  # by the seq of the ban
    closed: dict[int, set[Place]] = field(default_factory=dict)  # by the seq of the zone

    def board(self, rows: list[Row]) -> bytes:
        """What the log and the actions come to; judges each entry on the way."""
        by_seq = {seq: acted for acted in self.acted for seq in acted.seqs}
        if [row.seq for row in rows] != list(range(1, len(rows) + 1)):
            self.violations.append("order: the log has holes")
        if missing := (self.confirmed.keys() | by_seq.keys()) - {row.seq for row in rows}:
            self.violations.append(f"lost: {sorted(missing)[:10]}")
        for row in rows:
            if row.kind == PLACEMENT:
                self._placed(row)
            elif row.seq not in by_seq:
                self.violations.append(
                    f"doubled: entry {row.seq} of kind {row.kind} is of no action that was asked for"
                )
            else:
                self._acted(row, by_seq[row.seq])
        pixels = ((x, y) for y in range(self.side) for x in range(self.side))
        return bytes(map(self.model.color, pixels))

    def _placed(self, row: Row) -> None:
        assert row.x is not None
        assert row.y is not None
        place, who = (row.x, row.y), row.identity[:4]
        if self.confirmed.get(row.seq, (*place, row.color)) != (*place, row.color):
            self.violations.append(f"lost: {row.seq} is another placement than the one confirmed")
        if f"bee-{who.hex()}" in self.banned.values():
            self.violations.append(f"ban: {row.seq} is of a person who is banned")
        if any(place in places for places in self.closed.values()):
            self.violations.append(f"zone: {row.seq} lies in a closed area")
        self.model.happen(Happened(row.seq, "placement", who, {place: row.color}))

    def _acted(self, row: Row, acted: Acted) -> None:
        body, target = acted.body, acted.target
        if target is not None:
            self._undone(row, acted, target)
        elif body["kind"] == "fill":
            self.model.happen(Happened(row.seq, "fill", b"", dict.fromkeys(self._places(body), body["color"])))
        elif body["kind"] == "zone":
            self.closed[row.seq] = self._places(body)
        elif body["kind"] == "ban":
            [self.banned[row.seq]] = body["people"]
            if "rewind" in body:
                self._rewound(row, acted, {**body["rewind"], "people": body["people"]})
        else:
            self._rewound(row, acted, body["selection"])

    def _rewound(self, row: Row, acted: Acted, selection: dict[str, Any]) -> None:
        people = {bytes.fromhex(name[4:]) for name in selection.get("people", ())} or None
        asked = Asked(self._places(selection), selection.get("from", 0), selection["to"], people)
        self._restored(row, acted, acted.body["kind"], self.model.rewound(asked))

    def _undone(self, row: Row, acted: Acted, target: int) -> None:
        """An undo of a ban or a zone lifts it; an undo of such an undo does not happen here."""
        self.banned.pop(target, None)
        if self.closed.pop(target, None) is None and any(one.seq == target for one in self.model.log):
            self._restored(row, acted, "undo", self.model.undone(target))

    def _restored(self, row: Row, acted: Acted, kind: str, expected: Restored) -> None:
        colors, back, left = expected
        if (acted.answer["changed"], acted.answer["left"]) != (len(colors), left):
            told = (acted.answer["changed"], acted.answer["left"])
            self.violations.append(f"{kind}: {row.seq} told {told} changed and left, where it is {len(colors), left}")
        self.model.happen(Happened(row.seq, kind, b"", colors, back))

    def _places(self, given: dict[str, Any]) -> set[Place]:
        area = given.get("area", {"x": 0, "y": 0, "width": self.side, "height": self.side})
        return set(_within(**area))


def _within(x: int, y: int, width: int, height: int) -> Iterable[Place]:
    return ((x + across, y + down) for down in range(height) for across in range(width))
