"""The evidence of a report: its area before and after, who drew there in which order, and each change between.

It is made from the log as of the report's seq, so that it stays true whatever is drawn, taken back or reset later; of
the report itself it takes nothing but the area and the picture as it was, which the server kept.
"""

from __future__ import annotations

import sys
import zlib
from typing import NamedTuple

import numpy as np

from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.board.palette import Palette
from beeplace.board.state import BoardState
from beeplace.desk.beside import Beside
from beeplace.desk.log_walk import Piece, backwards, walk
from beeplace.desk.rows import Bytes, Flags, Names, Numbers, Seqs, rows
from beeplace.desk.selection import Selection
from beeplace.desk.walk import covered, painted
from beeplace.log.reads import Reads
from beeplace.log.reports.report import FoundReport, StoredReport
from beeplace.log.strips.strip import NAME_BYTES

LOOK_BACK_MS = 15 * 60_000  # before the report
MAX_STEPS = 4_096  # pixels that changed; of more, the newest
MAX_OLDER = 512  # where nothing changed in that time, so many of before


class Steps(NamedTuple):
    """Pixels of an area that changed, in order: when, where in the area row by row, to what, and by whom; a name means
    nothing where `drawn` is not set, since it was an organiser."""

    seqs: Seqs
    offsets: Numbers
    colors: Bytes
    names: Names
    drawn: Flags


class EvidenceAuthor(NamedTuple):
    """One person, by the first bytes of the identity: pixels placed, those of them that were to be seen at the end,
    and the seqs of the first and the last."""

    name: bytes
    pixels: int
    shown: int
    first_seq: int
    last_seq: int


class Evidence(NamedTuple):
    """Everything after the change `since`, up to the report's seq; the people in the order in which they began."""

    report: StoredReport
    palette: Palette
    since: int
    before: bytes
    after: bytes
    steps: Steps
    people: list[EvidenceAuthor]

    def main_author(self) -> bytes | None:
        """Whose pixels most of those are that were to be seen; None where nobody drew there."""
        return max(self.people, key=lambda one: (one.shown, one.pixels)).name if self.people else None


async def evidence(reads: Reads, beside: Beside, found: FoundReport) -> Evidence:
    """Of one report. Raises StoreUnavailable, Busy."""
    report, begin = found.report, found.first_seq if found.first_seq > 1 else 0
    [recent] = await reads.seqs_before([report.at_ms - LOOK_BACK_MS])
    since, steps = await _steps(reads, beside, report, min(max(begin, recent), report.seq), MAX_STEPS)
    if not len(steps.seqs):
        since, steps = await _steps(reads, beside, report, begin, MAX_OLDER)
    after = zlib.decompress(found.packed)
    before = await _before(reads, beside, found, since, after)
    people = await beside.run(_people, steps)
    return Evidence(report, found.palette, since, before, after, steps, people)


async def _steps(reads: Reads, beside: Beside, report: StoredReport, since: int, most: int) -> tuple[int, Steps]:
    """The newest changes of (since, the report's seq], `most` of them, and the change after which they begin."""
    pieces, count = list[Steps](), 0
    async for piece in backwards(reads, report.area, since, report.seq):
        pieces.append(await beside.run(_steps_of, report.area, piece))
        count += len(pieces[-1].seqs)
        if count > most:
            break
    steps = _joined([_NONE, *reversed(pieces)])
    if count <= most:
        return since, steps
    begin = int(steps.seqs[-most - 1])  # all of a change, or nothing
    return begin, _taken(steps, steps.seqs > begin)


_NONE = Steps(
    np.zeros(0, np.uint64), np.zeros(0, np.int64), np.zeros(0, np.uint8), np.zeros(0, np.uint32), np.zeros(0, np.bool_)
)


def _joined(pieces: list[Steps]) -> Steps:
    return Steps(
        np.concatenate([piece.seqs for piece in pieces]),
        np.concatenate([piece.offsets for piece in pieces]),
        np.concatenate([piece.colors for piece in pieces]),
        np.concatenate([piece.names for piece in pieces]),
        np.concatenate([piece.drawn for piece in pieces]),
    )


def _taken(steps: Steps, which: Flags) -> Steps:
    return Steps(*(column[which] for column in steps))  # type: ignore[arg-type]  # column by column of its own type


def _steps_of(area: Area, piece: Piece | Entry) -> Steps:
    if not isinstance(piece, Entry):
        found = rows(*piece)
        order = np.argsort(found.seqs, kind="stable")
        drawn: Flags = np.ones(len(order), np.bool_)
        return Steps(found.seqs[order], found.offsets[order], found.colors[order], found.names[order], drawn)
    pixels, inside = covered(area, piece.change)
    count = len(pixels)
    seqs, nobody = np.full(count, piece.seq, np.uint64), np.zeros(count, np.uint32)
    return Steps(seqs, pixels, painted(piece.change)[inside], nobody, np.zeros(count, np.bool_))


async def _before(reads: Reads, beside: Beside, found: FoundReport, since: int, after: bytes) -> bytes:
    """The area as it was at `since`: what a rewind at the report's seq would have given back."""
    report, side = found.report, max(sum(found.report.area[::2]), sum(found.report.area[1::2]))
    then = BoardState(report.epoch, report.seq, side, side, found.palette)
    shown = np.frombuffer(after, np.uint8)
    parts = [
        np.where(band.given_back, band.colors, shown).astype(np.uint8).tobytes()
        async for band in walk(reads, beside, Selection(report.area, since, report.seq), then, after)
    ]
    return b"".join(parts)


def _people(steps: Steps) -> list[EvidenceAuthor]:
    last_rows = dict(zip(steps.offsets.tolist(), range(len(steps.offsets)), strict=True))  # of a pixel the last counts
    seen = set(last_rows.values())
    found: dict[int, EvidenceAuthor] = {}
    for row, (name, seq) in enumerate(zip(steps.names.tolist(), steps.seqs.tolist(), strict=True)):
        if not steps.drawn[row]:
            continue
        packed = int(name).to_bytes(NAME_BYTES, sys.byteorder)
        one = found.get(name) or EvidenceAuthor(packed, 0, 0, seq, seq)
        found[name] = one._replace(pixels=one.pixels + 1, shown=one.shown + (row in seen), last_seq=seq)
    return list(found.values())
