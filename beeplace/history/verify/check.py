"""Verify: proves that stored board, running gateways and Redis show what the log says, while they run."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

import aiohttp

from beeplace.board.state import LiveSettings
from beeplace.board.terms import Terms, parted
from beeplace.history.verify.allowances import AllowanceReplay
from beeplace.history.verify.moderation import ModerationReplay
from beeplace.history.verify.replay import PLACEMENT, SETTINGS, Faults, Replay, StoredBoard, compare, settings_of
from beeplace.history.verify.reports import ReportCheck
from beeplace.history.verify.restorations import ban_of, in_force
from beeplace.log.archive import Archive, Head, Moment, Reports, Row, Rows
from beeplace.progress import Progress

_ANSWER_SECONDS = 30.0
_ETAG = re.compile(r'"([0-9a-zA-Z_-]+):(\d{1,15})"')


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was checked, and what came of it; `details` name what is wrong, one sentence each."""

    word: Literal["ok", "wrong", "note", "skipped"]
    name: str
    told: str
    details: Sequence[str] = ()

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"{self.word:<8} {self.name}: {self.told}"
        yield from (f"           {detail}" for detail in self.details)


@dataclass(frozen=True, slots=True)
class ShownBoard:
    """A picture of the board that somebody has: the epoch and seq it includes, and its colour indices."""

    name: str
    epoch: str
    seq: int
    pixels: bytes


class Check:
    """One pass over the log, in which every picture is compared when the replay has come to its seq."""

    def __init__(self, archive: Archive, seen: Sequence[ShownBoard]) -> None:
        self._archive = archive
        self._seen = sorted(seen, key=lambda one: one.seq)
        self._log, self._spent = Faults(), Faults()
        self._limited = False  # whether there ever was an allowance
        self._spending = AllowanceReplay(LiveSettings().limits)
        self._moderation = ModerationReplay()
        self.checks: list[Checked] = []

    async def run(self) -> None:
        """Reads the log to its end, without holding anybody up, and compares. Raises StoreUnavailable."""
        async with self._archive.moment() as moment:
            head = moment.head
            self._reports = ReportCheck([r async for held in moment.held() if isinstance(held, Reports)
                                         for r in held.reports], head)  # fmt: skip
        self._terms = Terms(head.terms)
        self._replay = Replay(head, self._log)
        self._follow(head.first_settings or head.state.settings)
        self._reports.compare(self._replay)
        with Progress("verify", head.state.seq) as progress:
            await self._to(head.state.seq, progress)
        async with self._archive.moment() as moment:  # short: it reads what was committed meanwhile, and the blocks
            self._replay.know(moment.head)
            self._terms = Terms(moment.head.terms)
            await self._to(moment.head.state.seq)
            await self._stored(moment)
        self._late()
        self._entries(moment)

    async def _to(self, seq: int, progress: Progress | None = None) -> None:
        while self._seen and self._seen[0].seq <= seq:
            one = self._seen.pop(0)
            await self._read(one.seq, progress)
            self._compare(one)
        await self._read(seq, progress)

    async def _read(self, seq: int, progress: Progress | None) -> None:
        async for part in self._archive.entries(self._replay.seq, seq):
            if isinstance(part, Rows):
                shown = Rows([*map(in_force, part.rows)], part.previous)
                for piece in self._reports.pieces(shown):
                    self._replay.take(piece)
                    self._reports.compare(self._replay)
                self._count(part.rows, shown.rows)
            if progress:
                progress.reached(self._replay.seq)
            await asyncio.sleep(0)
        self._replay.end(seq)

    def _count(self, given: Sequence[Row], shown: Sequence[Row]) -> None:
        for whole, row in zip(given, shown, strict=True):
            ban = None if whole is row else ban_of(whole)
            if wrong := self._moderation.take(ban or row):
                self._log.add(f"entry {row.seq:,}: {wrong}")
            if row.kind == SETTINGS:
                self._follow(self._settings.with_values(settings_of(row)))
                continue
            if row.kind != PLACEMENT:
                continue
            if row.color in self._settings.disabled_colors:
                self._log.add(f"entry {row.seq:,}: color {row.color} was disabled")
            if not self._moderation.has_limits_at(row) and self._spending.exceeds(row):
                self._spent.add(f"entry {row.seq:,}: one pixel too many of {row.identity.hex()[:8]}")

    def _follow(self, settings: LiveSettings) -> None:
        """The log says which settings hold from here on."""
        self._settings = settings
        self._limited |= settings.cooldown_seconds > 0
        self._spending.follow(settings.limits)

    def _compare(self, seen: ShownBoard) -> None:
        faults, (shown, term) = Faults(), parted(seen.epoch)
        if shown != (epoch := self._replay.epoch):
            faults.add(f"it is of epoch {shown}, the log's entry {seen.seq:,} of {epoch}")
        if term and not self._terms.hold(term, seen.seq, seen.seq):
            faults.add(f"it is of a history of the log that this one has not: term {term}")
        faults.extend(compare(self._replay, seen.pixels))
        self._conclude(seen.name, f"as the log says at {seen.epoch}:{seen.seq}", faults)

    def _late(self) -> None:
        for seen in self._seen:
            self.checks.append(Checked("wrong", seen.name, f"it is at {seen.seq:,}, where the log has not come"))

    async def _stored(self, moment: Moment) -> None:
        faults, stored, state = Faults(), StoredBoard(self._replay, moment.checkpoint_seq), moment.head.state
        if moment.checkpoint_seq > self._replay.seq:
            ends = f"and the log ends at {self._replay.seq:,}"
            faults.add(f"it says that it goes to entry {moment.checkpoint_seq:,}, {ends}")
        async for block in moment.blocks():
            faults.extend(stored.differences(block))
        faults.extend(stored.missing())
        if state.epoch != self._replay.epoch:
            faults.add(f"the board is in epoch {state.epoch}, the log in {self._replay.epoch}")
        if state.read_only != self._replay.read_only:
            faults.add(f"the board's read-only is {state.read_only}, by the log it is {self._replay.read_only}")
        if difference := self._moderation.difference(state.moderation.text()):
            faults.add(difference)
        self._conclude("stored board", f"with the log after {moment.checkpoint_seq:,} it is the log's", faults)

    def _entries(self, moment: Moment) -> None:
        replay, epochs = self._replay, len(moment.head.epochs)
        told = f"{replay.entries:,} entries without a hole, {replay.placements:,} of them placements, {epochs} epochs"
        self._begun(moment.head)
        self._conclude("log", told, self._log)
        self._reports.end()
        if self._reports.count:
            told = f"the pictures of {self._reports.count:,} reports are what the log says"
            self._conclude("reports", told, self._reports.faults)
        if replay.unknown:
            told = f"{replay.unknown:,} entries are of kinds that this version does not know, shown by area and colour"
            self.checks.append(Checked("note", "kinds", told))
        if self._limited:
            self._allowances(known=moment.head.first_settings is not None)

    def _begun(self, head: Head) -> None:
        """Each term begins where the board then stood, none before the one that it follows."""
        first_seqs = [0, *(term.first_seq for term in head.terms), head.state.seq]
        if first_seqs != sorted(first_seqs):
            self._log.add(f"the terms begin at {first_seqs[1:-1]}, which is out of order, or after the log's end")

    def _allowances(self, *, known: bool) -> None:
        """`known` says whether the log has all settings there were."""
        if not self._spent.count:
            self.checks.append(Checked("ok", "allowances", "nobody placed more than was allowed"))
            return
        told = f"{self._spent.count:,} placements were more than was allowed"
        if not known:
            told += ", unless the settings were others then: this log began without them"
        self.checks.append(Checked("wrong" if known else "note", "allowances", told, self._spent.told[:3]))

    def _conclude(self, name: str, well: str, faults: Faults) -> None:
        if faults.count:
            self.checks.append(Checked("wrong", name, f"{faults.count:,} things are wrong", faults.told))
        else:
            self.checks.append(Checked("ok", name, well))


async def gateway_board(url: str) -> ShownBoard:
    """What the gateway at `url` shows. Raises LookupError, which says why that is not known."""
    timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as http, http.get(f"{url}/api/board") as answer:
            pixels, tag = await answer.read(), _ETAG.fullmatch(answer.headers.get("ETag", ""))
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise LookupError("no gateway answers there") from error
    if answer.status != HTTPStatus.OK or not tag:
        raise LookupError(f"no gateway's answer: {answer.status}")
    return ShownBoard(f"gateway {url}", tag[1], int(tag[2]), pixels)
