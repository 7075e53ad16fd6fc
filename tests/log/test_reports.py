"""Reports in a store of either kind: written once, decided once, kept by a backup, judged by verify."""

from __future__ import annotations

import asyncio
import zlib
from functools import partial
from pathlib import Path

import pytest

from beeplace.board.geometry import Area
from beeplace.desk.reports import rules
from beeplace.desk.reports.queue import ReportQueue
from beeplace.errors import BadRequest
from beeplace.history.backup import backup, restore
from beeplace.history.verify.check import Check
from beeplace.log.reads import Reads
from beeplace.log.reports.report import ReportFilter, ReportQuestion
from tests.closed_store import archive
from tests.log.samples import ANN, BOB, ORGANISER, STORES, Session, placement, reset, rid
from tests.log.stores import change, of

AREA = Area(1, 1, 4, 3)
ALL = ReportFilter(100, open=None)


def queue(session: Session) -> ReportQueue:
    return ReportQueue(session.store, session.board, Reads(session.store))


async def reported(session: Session) -> None:
    """Three reports: one decided, one claimed, one of an epoch that is over; and a mute."""
    reports = queue(session)
    await reports.file(ANN, AREA, "hate", rid(1))
    await session.place(placement(2, 2, 3, by=BOB))
    await reports.file(ANN, AREA, "nudity", rid(2))
    await session.act(reset(before=bytes(72)))
    await session.place(placement(1, 1, 2, by=BOB))
    await reports.file(BOB, Area(0, 0, 2, 2), "other", rid(3))
    await reports.decide(rules.Decided(1, ORGANISER, "dismissed", None, rid(9)))
    await reports.claim(3, ORGANISER)
    await reports.mute(3, ORGANISER, 4_000_000_000_000)


async def test_reports_are_numbered_and_keep_the_picture_of_their_moment(session: Session) -> None:
    await reported(session)
    found = [await session.store.report(number) for number in (1, 2, 3)]
    assert [one and (one.report.seq, one.report.area, one.report.reason, one.first_seq) for one in found] == [
        (0, AREA, "hate", 1), (1, AREA, "nudity", 1), (3, Area(0, 0, 2, 2), "other", 2),
    ]  # fmt: skip
    assert [one and zlib.decompress(one.packed) for one in found] == [
        bytes(12), bytes((*[0] * 5, 3, *[0] * 6)), bytes((0, 0, 0, 2))
    ]  # fmt: skip
    assert [one.number for one in await session.store.reports(ReportFilter(100), 5)] == [3]
    assert [one.number for one in await session.store.reports(ReportFilter(100, open=False), 5)] == [2, 1]
    assert [one.number for one in await session.store.reports(ReportFilter(3, open=None), 1)] == [2]
    assert await session.store.report(4) is None
    await session.restart()
    assert [await session.store.report(number) for number in (1, 2, 3)] == found


async def test_of_two_moderators_at_once_one_gets_a_report(session: Session) -> None:
    await queue(session).file(ANN, AREA, "hate", rid(1))
    claims = [queue(session).claim(1, who) for who in (ANN, BOB)]
    outcomes = await asyncio.gather(*claims, return_exceptions=True)
    assert [type(one) for one in outcomes if one] == [BadRequest]
    [report] = await session.store.reports(ALL, 5)
    assert report.claimed_by in (ANN, BOB)
    assert report.claimed_until_ms == session.store.now_ms() + rules.CLAIM_MS


async def test_what_a_rule_refuses_leaves_nothing_behind(session: Session) -> None:
    before = await session.store.queue_state()
    with pytest.raises(BadRequest):
        await session.store.change_reports(ReportQuestion(7), partial(rules.claimed, ORGANISER))
    assert await session.store.queue_state() == before
    assert (await session.place(placement()))[0].seq == 1


@pytest.mark.parametrize("kinds", [("sqlite", "postgres"), ("postgres", "sqlite")], ids="-to-".join)
async def test_a_backup_has_all_reports_and_mutes(tmp_path: Path, kinds: tuple[str, str]) -> None:
    one, other = (Session(tmp_path / kind, STORES[kind]) for kind in kinds)
    await one.open()
    await reported(one)
    expected = [await one.store.report(number) for number in (1, 2, 3)], await one.store.mutes()
    assert len(expected[1]) == 1
    await one.store.close()
    other.ticks = one.ticks
    await backup(archive(one), tmp_path / "file")
    await restore(archive(other), tmp_path / "file")
    check = Check(archive(other), ())
    await check.run()
    assert [(c.word, c.told) for c in check.checks if c.name == "reports"] == [
        ("ok", "the pictures of 3 reports are what the log says")
    ]
    await other.open()
    assert ([await other.store.report(number) for number in (1, 2, 3)], await other.store.mutes()) == expected
    await queue(other).file(ANN, AREA, "hate", rid(4))
    assert [report.number for report in await other.store.reports(ALL, 1)] == [4]
    await other.store.close()


async def test_verify_finds_a_picture_that_the_log_does_not_know(session: Session) -> None:
    await reported(session)
    await session.store.close()
    wrong = zlib.compress(bytes((1,)) * 12).hex()
    if session.make is STORES["sqlite"]:
        change(session.folder / "board.db", f"UPDATE report SET picture = x'{wrong}' WHERE number = 2")
    else:
        of(session, f"UPDATE {{}}.report SET picture = '\\x{wrong}' WHERE number = 2 RETURNING 1")
    check = Check(archive(session), ())
    await check.run()
    [found] = [one for one in check.checks if one.name == "reports"]
    assert (found.word, list(found.details)) == ("wrong", ["report 2: its picture is not what the log says"])
    await session.open()
