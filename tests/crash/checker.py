"""Judges a crash run: reads the database file itself and compares it with what people saw.

It shares no code with beeplace and never opens the server's own file, but a copy of it. Each violation is one
sentence that begins with what was broken: lost, doubled, hole, ...
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crash.history import History, Triple, Wish

PLACEMENT, FILL, RESET, READ_ONLY = 1, 2, 3, 4
REMEMBERED, REMEMBERED_MS = 20, 10_000  # refusals of one person in so long that are remembered (decision 19)


@dataclass(slots=True)
class Row:
    """One entry of the log."""

    seq: int
    epoch: str
    kind: int
    area: tuple[int, int, int, int] | None
    color: int
    identity: bytes
    at_ms: int

    @property
    def pixel(self) -> Triple | None:
        return (*self.area[:2], self.color) if self.kind == PLACEMENT and self.area else None


@dataclass(slots=True)
class Stored:
    """What the file says."""

    rows: list[Row]
    board_seq: int
    integrity: str


def read(database: Path) -> Stored:
    """Reads a copy, with the WAL that a killed server left."""
    with tempfile.TemporaryDirectory() as folder:
        for file in (database, database.with_name(database.name + "-wal")):
            if file.exists():
                shutil.copy(file, folder)
        with closing(sqlite3.connect(Path(folder) / database.name)) as db:
            rows = [_row(columns) for columns in db.execute(_LOG)]
            [(board_seq,)] = db.execute("SELECT seq FROM board")
            [(integrity,)] = db.execute("PRAGMA quick_check")
    return Stored(rows, board_seq, integrity)


_LOG = """
SELECT l.seq, e.name, l.kind, l.x, l.y, l.width, l.height, l.color, l.identity, l.at_ms
  FROM log l JOIN epoch e ON e.id = l.epoch ORDER BY l.seq
"""


def _row(columns: tuple[Any, ...]) -> Row:
    seq, epoch, kind, x, y, width, height, color, identity, at_ms = columns
    area = None if x is None else (x, y, width or 1, height or 1)
    return Row(seq, epoch, kind, area, color, identity, at_ms)


def violations(stored: Stored, history: History) -> list[str]:
    """All that is wrong; empty where every promise was kept."""
    by_pixel: dict[Triple, list[Row]] = defaultdict(list)
    for row in stored.rows:
        if row.pixel:
            by_pixel[row.pixel].append(row)
    return [
        *_numbering(stored),
        *_wishes(by_pixel, history),
        *_denials(by_pixel, history),
        *_order(history),
        *_identities(by_pixel, history),
        *_allowances(stored.rows, history),
        *_refusals(by_pixel, history),
        *_actions(stored.rows, history),
        *_shown(stored.rows, by_pixel, history),
        *_pictures(stored.rows, history),
    ]


def _numbering(stored: Stored) -> Iterator[str]:
    if stored.integrity != "ok":
        yield f"damaged: {stored.integrity}"
    seqs = [row.seq for row in stored.rows]
    if seqs != list(range(1, len(seqs) + 1)):
        missing = sorted(set(range(1, max(seqs, default=0) + 1)) - set(seqs))
        yield f"hole: the log lacks {missing[:5]}"
    if stored.board_seq != len(seqs):
        yield f"hole: the board stands at {stored.board_seq}, the log at {len(seqs)}"


def _wishes(by_pixel: dict[Triple, list[Row]], history: History) -> Iterator[str]:
    """Confirmed ones are in the log as they were confirmed, refused ones are not, and none is there twice."""
    wished, judged_anew = {wish.pixel for wish in history.wishes}, _judged_anew(history)
    for pixel in by_pixel:
        if pixel not in wished:
            yield f"invented: nobody wished for {pixel}"
    for wish in history.wishes:
        rows = by_pixel.get(wish.pixel, [])
        if len(rows) > 1:
            yield f"doubled: {wish.rid} is in the log as {[row.seq for row in rows]}"
        if wish.confirmed and wish.answers[0]["seq"] not in [row.seq for row in rows]:
            yield f"lost: {wish.rid} was confirmed as {wish.answers[0]['seq']}, the log has {[r.seq for r in rows]}"
        if wish.rid in judged_anew:
            continue
        if wish.settled and not wish.confirmed and rows:
            yield f"both: {wish.rid} was refused ({wish.answers[0]['code']}) and is in the log as {rows[0].seq}"
        if any(answer != wish.answers[0] for answer in wish.answers):
            yield f"both: {wish.rid} was answered {wish.answers}"


def _judged_anew(history: History) -> set[str]:
    """Wishes that were refused among so many of that person that the refusal need not have been remembered.

    Asked again, such a one is another question, with an answer of its own.
    """
    refused: dict[int, list[float]] = defaultdict(list)
    for wish in history.wishes:
        if wish.settled and not wish.confirmed:
            refused[wish.person].append(wish.told_ms)
    return {
        wish.rid
        for wish in history.wishes
        if wish.settled
        and not wish.confirmed
        and sum(wish.told_ms - REMEMBERED_MS < told <= wish.told_ms for told in refused[wish.person]) > REMEMBERED
    }


def _denials(by_pixel: dict[Triple, list[Row]], history: History) -> Iterator[str]:
    """Who was told that it could not be stored, and had no other attempt under way, was told the truth."""
    for wish in history.wishes:
        for row in by_pixel.get(wish.pixel, []):
            if wish.denied_ms and row.at_ms < wish.denied_ms - history.tolerance_ms:
                yield f"both: {wish.rid} could not be stored at {wish.denied_ms}, and is in the log at {row.at_ms}"


def _order(history: History) -> Iterator[str]:
    """What was confirmed before something else was asked for comes before it in the log."""
    confirmed = [wish for wish in history.wishes if wish.confirmed]
    told = sorted((wish.told_ns, wish.answers[0]["seq"]) for wish in confirmed)
    newest, at = 0, 0
    for wish in sorted(confirmed, key=lambda wish: wish.first_ns):
        while at < len(told) and told[at][0] < wish.first_ns:
            newest, at = max(newest, told[at][1]), at + 1
        if wish.answers[0]["seq"] <= newest:
            yield f"order: {wish.rid} is {wish.answers[0]['seq']}, and {newest} was confirmed before it was asked for"


def _identities(by_pixel: dict[Triple, list[Row]], history: History) -> Iterator[str]:
    """A person is one identity, over all restarts, and shares it with nobody."""
    identities = {(wish.person, row.identity) for wish in history.wishes for row in by_pixel.get(wish.pixel, [])}
    for number in (0, 1):
        for name, count in Counter(pair[number] for pair in identities).items():
            if count > 1:
                yield f"identity: {name!r} belongs to {count}"


def _allowances(rows: list[Row], history: History) -> Iterator[str]:
    """Windows begin with their first pixel and have at most so many.

    Where a pixel lies so close to the end of a window that two clocks could differ on it, both readings are
    followed; it is a violation when none is left.
    """
    readings: dict[bytes, set[tuple[int, int]]] = {}
    tolerance = history.tolerance_ms
    for row in rows:
        if row.kind != PLACEMENT:
            continue
        at = row.at_ms
        followed = set()
        for began, used in readings.get(row.identity) or {(-1_000_000, history.most)}:
            ends = began + history.cooldown_ms
            if at < ends + tolerance and used < history.most:
                followed.add((began, used + 1))
            if at >= ends - tolerance:
                followed.add((at, 1))
        if not followed:
            yield f"allowance: {row.identity.hex()} is over its allowance with {row.seq}"
        readings[row.identity] = followed


def _refusals(by_pixel: dict[Triple, list[Row]], history: History) -> Iterator[str]:
    """Who was told to wait had a full window; and the log's times lie between question and answer."""
    placed: dict[int, list[int]] = defaultdict(list)
    judged_anew = _judged_anew(history)
    for wish in history.wishes:
        for row in by_pixel.get(wish.pixel, []):
            placed[wish.person].append(row.at_ms)
            answered = wish.rid in judged_anew or _before_answer(wish, row, history)
            if not (wish.sent_ms - history.tolerance_ms <= row.at_ms and answered):
                yield f"time: {wish.rid} is in the log at {row.at_ms}, asked {wish.sent_ms}, told {wish.told_ms}"
    for wish in history.wishes:
        if wish.settled and wish.answers[0].get("code") == "cooldown":
            first = wish.sent_ms - history.cooldown_ms - history.tolerance_ms
            window = [at for at in placed[wish.person] if first <= at <= wish.told_ms + history.tolerance_ms]
            if len(window) < history.most:
                yield f"charged: {wish.rid} was told to wait after {len(window)} of {history.most}"


def _before_answer(wish: Wish, row: Row, history: History) -> bool:
    return not wish.settled or row.at_ms <= wish.told_ms + history.tolerance_ms


def _actions(rows: list[Row], history: History) -> Iterator[str]:
    """What organisers were told that they had done is in the log."""
    for kind, seq in history.actions:
        if not (seq <= len(rows) and rows[seq - 1].kind == kind):
            yield f"lost: an action of kind {kind} was confirmed as {seq}, the log has something else there"


def _shown(rows: list[Row], by_pixel: dict[Triple, list[Row]], history: History) -> Iterator[str]:
    """No colour was on a screen that is not in the log; only organisers give a pixel the first colour back."""
    emptied = any(row.kind in (FILL, RESET) for row in rows)
    for batch in history.batches:
        numbers = [int(number) for number in batch.split(",")] if batch else []
        for pixel in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True):
            if pixel not in by_pixel and not (emptied and pixel[2] == 0):
                yield f"false: {pixel} was shown and is not in the log"


def _pictures(rows: list[Row], history: History) -> Iterator[str]:
    """Whatever anyone saw as (epoch, seq) is the log played up to there; after a hyphen its term is named."""
    due = sorted(history.pictures, key=lambda picture: picture.seq)
    board, played = bytearray(history.width * history.height), 0
    for picture in due:
        while played < len(rows) and rows[played].seq <= picture.seq:
            _play(rows[played], board, history.width)
            played += 1
        epoch, epochs = picture.epoch.split("-")[0], {row.epoch for row in rows[max(0, played - 1) : played]}
        if picture.seq and (played == 0 or rows[played - 1].seq != picture.seq or epoch not in epochs):
            yield f"false: {picture.who} saw {picture.epoch}:{picture.seq}, which the log has not"
        elif picture.pixels != board:
            wrong = sum(a != b for a, b in zip(picture.pixels, board, strict=True))
            yield f"false: {picture.who} saw {wrong} wrong pixels at {picture.seq}"


def _play(row: Row, board: bytearray, width: int) -> None:
    if row.kind == RESET:
        board[:] = bytes(len(board))
    elif row.area and row.kind in (PLACEMENT, FILL):
        x, y, across, down = row.area
        for line in range(y, y + down):
            board[line * width + x : line * width + x + across] = bytes((row.color,)) * across
