"""A database, and a backup, as BeePlace made them before live settings and pastes: the schema's first two steps.

The same rows for SQLite and PostgreSQL, by a small model of its own: what it says is what must be seen later.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import sqlite3
import struct
import zlib
from array import array
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg

from beeplace.log.board_clock import boot_id
from beeplace.log.sql_files import migrations
from beeplace.log.sqlite.database_file import PRIVATE_FILE
from tests.postgres import schema_url

SIDE, BLOCK = 48, 1024  # two blocks of pixels and a quarter
COLORS = (["#FFFFFF", "#E50000", "#02BE01", "#0000EA"], ["#000000", "#111111", "#222222", "#333333"])
BOARD_MS, BOOT_MS, BEGAN_MS = 9_000_000, 5_000, 1_700_000_000_000
SPENT, SPENT_ENDS_MS = b"spent".ljust(16), BOARD_MS + 4_000
SECRETS = {name: name.encode().ljust(32, b".") for name in ("identities", "tokens")}
ASKED = b"r".ljust(16)  # a request id that was answered: (7, 8) in colour 1, entry 1


class Row(NamedTuple):
    """One entry of the log."""

    seq: int
    epoch: int
    kind: int
    x: int | None
    y: int | None
    width: int | None
    height: int | None
    color: int
    hex: str | None
    at_ms: int
    identity: bytes
    action: int | None
    previous: int


class OldBoard:
    """`count` entries: placements, and now and then a fill, read-only on and off, one reset, and one other palette."""

    def __init__(self, count: int) -> None:
        self._chance, self.count = random.Random(count), count
        self.pixels, self.versions = bytearray(SIDE * SIDE), array("Q", bytes(8 * SIDE * SIDE))
        self.rows: list[Row] = []
        self.actions: list[tuple[int, bytes, bytes]] = []  # seq, the area before, and its seqs; zlib
        self.epochs: list[tuple[str, int, list[str], int]] = [("first", 1, COLORS[0], BEGAN_MS)]
        self.histories: dict[int, list[int]] = {}  # by offset: seqs since the last reset, oldest first
        self.lines: list[str] = []  # of the log's text
        self.kept_seq = 0
        self.blocks: list[tuple[int, bytes, bytes]] = []
        plans: dict[int, Callable[[], None]] = {
            count // 3: self._reset, count // 2: self._palette, count - 50: lambda: self._read_only(0)
        }  # fmt: skip
        while len(self.rows) < count:
            seq = len(self.rows) + 1
            plans.get(seq, self._fill if seq % 997 == 0 else self._closing if seq % 1511 == 0 else self._place)()
            if seq == count * 3 // 4:
                self._keep()

    @property
    def head(self) -> tuple[str, int, list[str], int]:
        """The epoch that goes on."""
        return self.epochs[-1]

    def _add(
        self, kind: int, area: tuple[int | None, ...], color: int, line: str, *, placed: int | None = None
    ) -> None:
        seq = len(self.rows) + 1
        at_ms = BEGAN_MS + 10 * seq
        area_hex = None if area[0] is None else self.head[2][color]
        identity = b"person %06d".ljust(16) % ((seq - 1) // 4) if placed is not None else b"organiser".ljust(16)
        previous = 0 if placed is None else self.versions[placed]
        action = seq if placed is None else None
        x, y, width, height = area
        self.rows.append(
            Row(
                seq,
                len(self.epochs),
                kind,
                x,
                y,
                width,
                height,
                color,
                area_hex,
                at_ms,
                identity[:16],
                action,
                previous,
            )
        )
        self.lines.append(line)

    def _paint(self, offsets: list[int], color: int) -> None:
        seq = len(self.rows)
        for offset in offsets:
            self.pixels[offset], self.versions[offset] = color, seq
            self.histories.setdefault(offset, []).append(seq)

    def _place(self) -> None:
        x, y, color = (self._chance.randrange(most) for most in (SIDE, SIDE, 4))
        if not self.rows:
            x, y, color = 7, 8, 1
        self._add(1, (x, y, None, None), color, f"{x},{y},{color},10", placed=y * SIDE + x)
        self._paint([y * SIDE + x], color)

    def _act(self, offsets: list[int]) -> None:
        before, seqs = bytes(self.pixels[o] for o in offsets), array("Q", (self.versions[o] for o in offsets))
        self.actions.append((len(self.rows) + 1, zlib.compress(before, 1), zlib.compress(seqs.tobytes(), 1)))

    def _fill(self) -> None:
        x, y, width, height = 3, 5, self._chance.randint(1, 40), self._chance.randint(1, 40)
        color = self._chance.randrange(4)
        offsets = [v * SIDE + h for v in range(y, y + height) for h in range(x, x + width)]
        self._act(offsets)
        self._add(2, (x, y, width, height), color, f"f,{x},{y},{width},{height},{color},10")
        self._paint(offsets, color)

    def _closing(self) -> None:
        self._read_only(1)
        self._read_only(0)

    def _read_only(self, closed: int) -> None:
        self._act([])
        self._add(4, (None,) * 4, closed, "-,10")

    def _reset(self) -> None:
        self._act(list(range(SIDE * SIDE)))
        seq = len(self.rows) + 1
        self.epochs.append(("second", seq, COLORS[0], BEGAN_MS + 10 * seq))
        self._add(3, (0, 0, SIDE, SIDE), 0, "r,10,second")
        self.pixels, self.versions = bytearray(SIDE * SIDE), array("Q", bytes(8 * SIDE * SIDE))
        self.histories = {offset: [seq] for offset in range(SIDE * SIDE)}

    def _palette(self) -> None:
        seq = len(self.rows) + 1
        self._act([])
        self.epochs.append(("third", seq, COLORS[1], BEGAN_MS + 10 * seq))
        self._add(5, (None,) * 4, 0, "-,10")

    def _keep(self) -> None:
        """The stored board, of some time before the end."""
        self.kept_seq = len(self.rows)
        for first in range(0, SIDE * SIDE, BLOCK):
            versions = self.versions[first : first + BLOCK]
            versions.extend([0] * (BLOCK - len(versions)))
            pixels = bytes(self.pixels[first : first + BLOCK])
            self.blocks.append((first // BLOCK, pixels, versions.tobytes()))

    @property
    def reset_seq(self) -> int:
        """The last one."""
        return max((row.seq for row in self.rows if row.kind == 3), default=0)

    @property
    def epoch_rows(self) -> list[tuple[str, int, int, int, list[str], int]]:
        """As the tables have them."""
        return [(name, seq, SIDE, SIDE, colors, at_ms) for name, seq, colors, at_ms in self.epochs]

    # Where it is written down

    def to_sqlite(self, path: Path) -> None:
        """A file that no gateway has open."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(PRIVATE_FILE)
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            for number, script in migrations("sqlite")[:2]:
                db.executescript(script)
                db.execute(f"PRAGMA user_version = {number}")
            db.execute("BEGIN")
            add = "INSERT INTO epoch (name, first_seq, width, height, colors, at_ms) VALUES (?, ?, ?, ?, ?, ?)"
            db.executemany(add, [(*row[:4], json.dumps(row[4]), row[5]) for row in self.epoch_rows])
            board = (1, len(self.epochs), self.count, 0, self.kept_seq, BOARD_MS, BOOT_MS, boot_id())
            db.execute("INSERT INTO board VALUES (?, ?, ?, ?, ?, ?, ?, ?)", board)
            empty = zlib.compress(b"", 1)
            kept = [(s, "why", b, empty if s == self.reset_seq else seqs) for s, b, seqs in self.actions]
            db.executemany("INSERT INTO action VALUES (?, ?, ?, ?)", kept)
            db.executemany("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", self.rows)
            blocks = [(number, pixels, zlib.compress(versions, 1)) for number, pixels, versions in self.blocks]
            db.executemany("INSERT INTO block VALUES (?, ?, ?)", blocks)
            db.execute("INSERT INTO allowance VALUES (?, 3, ?)", (SPENT, SPENT_ENDS_MS))
            request = (SPENT, ASKED, 7, 8, 1, None, 1, 2, 10_000, BOARD_MS + 600_000)
            db.execute("INSERT INTO request VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", request)
            db.executemany("INSERT INTO secret VALUES (?, ?)", SECRETS.items())
            db.execute("COMMIT")

    async def to_postgres(self, folder: Path) -> None:
        """The schema that tests have for a folder."""
        db = await asyncpg.connect(schema_url(str(folder)))
        try:
            await db.execute("CREATE TABLE migration (number integer PRIMARY KEY, at timestamptz DEFAULT now())")
            for number, script in migrations("postgres")[:2]:
                await db.execute(script)
                await db.execute("INSERT INTO migration (number) VALUES ($1)", number)
            await db.execute("SELECT make_partitions()")
            add = "INSERT INTO epoch (name, first_seq, width, height, colors, at_ms) VALUES ($1, $2, $3, $4, $5, $6)"
            await db.executemany(add, self.epoch_rows)
            board = (
                1,
                len(self.epochs),
                self.count,
                False,
                self.kept_seq,
                self.reset_seq,
                BOARD_MS,
                BOOT_MS,
                boot_id(),
            )
            await db.execute("INSERT INTO board VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", *board)
            await db.copy_records_to_table("action", records=[(seq, "why", before) for seq, before, _ in self.actions])
            await db.copy_records_to_table(
                "log",
                records=[r[:-1] for r in self.rows],
                columns=Row._fields[:-1],
            )
            blocks = [(n, max(array("Q", v)), pixels, zlib.compress(v, 1)) for n, pixels, v in self.blocks]
            await db.copy_records_to_table("block", records=blocks)
            await db.execute("INSERT INTO allowance VALUES ($1, 3, $2)", SPENT, SPENT_ENDS_MS)
            request = (SPENT, ASKED, 7, 8, 1, None, 1, 2, 10_000, BOARD_MS + 600_000)
            await db.execute("INSERT INTO request VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", *request)
            await db.executemany("INSERT INTO secret VALUES ($1, $2)", list(SECRETS.items()))
        finally:
            await db.close()

    def to_backup(self, path: Path) -> None:
        """A file of format 1."""
        frames = [b"BeePlace backup 1\n", _frame(b"H", self._backup_head())]
        frames.append(_frame(b"W", [[_text(SPENT), 3, SPENT_ENDS_MS]]))
        frames.append(_frame(b"A", [[_text(SPENT), _text(ASKED), 7, 8, 1, None, 1, 2, 10_000, BOARD_MS + 600_000]]))
        before = {seq: picture for seq, picture, _ in self.actions}
        for row in self.rows:
            if row.action is not None:
                frames.append(_frame(b"U", [row.seq, "why", _text(before[row.seq])]))
                frames.append(_frame(b"R", [row.seq, *row[2:8], row.at_ms, _text(row.identity), row.action]))
            else:
                packed = struct.pack("<QHHBQ16s", row.seq, row.x, row.y, row.color, row.at_ms, row.identity)
                frames.append(_framed(b"P", packed))
        body = b"".join(frames)
        end = _frame(b"E", {"entries": self.count, "sha256": hashlib.sha256(body).hexdigest()})
        path.write_bytes(gzip.compress(body + end, 1))

    def _backup_head(self) -> dict[str, Any]:
        state = {"epoch": self.head[0], "seq": self.count, "width": SIDE, "height": SIDE}
        return {
            "made_at_ms": BEGAN_MS,
            "state": {**state, "colors": self.head[2], "read_only": False},
            "board_ms": BOARD_MS,
            "epochs": self.epoch_rows,
            "secrets": {name: _text(value) for name, value in SECRETS.items()},
        }


def _frame(kind: bytes, told: Any) -> bytes:
    return _framed(kind, json.dumps(told).encode())


def _framed(kind: bytes, payload: bytes) -> bytes:
    return struct.pack("<cII", kind, len(payload), zlib.crc32(payload)) + payload


def _text(blob: bytes) -> str:
    return b64encode(blob).decode()
